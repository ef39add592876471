"""Whole reasons of the check: what was found, what was expected, and every word in the places of their texts.

Other tests ask which rule refuses and where; here stands what a person is told then, so that no figure or name of it may change unseen.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import chain_key
from signing.phrase import Word
from tests.whitelist.acts import INTRA, line, listed, transfer, with_permit
from tests.whitelist.driver import (
    APPROVAL,
    CHONGQING,
    OTHER_GENERATOR,
    OTHER_RECEIVER,
    PERMIT,
    RECEIVER,
    Refusing,
    ulid,
)
from tests.whitelist.test_check_basis import KILN, POINT_TO_POINT, ash, exempt
from tests.whitelist.test_check_permission import EXCEPT, T, ask, use
from whitelist import telling
from whitelist.acts.permit_status import PermitChange
from whitelist.fields import PermitItem
from whitelist.quota import q3_account
from whitelist.transfer import Answer

Whole = tuple[str, str, Word, Word, str, dict[str, Word]]
NO = "CQ5001160001"
DECIDED = "川环审批〔2026〕1号"
SICHUAN_NAME, CHONGQING_NAME = "四川（虚构）", "重庆（虚构）"
OTHER_PERMIT = f"permit/{RECEIVER}/{ulid(9)}"
BATTERIES = "废铅蓄电池 900-052-31"


def whole(answer: Answer | Refusing) -> list[Whole]:
    """All that reasons say."""
    return [(one.code, one.field, one.found, one.expected, one.cause, dict(one.places)) for one in answer.reasons]


# the permit named


def test_a_permit_that_is_not_there_or_not_the_receivers() -> None:
    unknown = {"permit": OTHER_PERMIT, "receiver": RECEIVER, "where": "body.permit"}
    expected = f"permit/{RECEIVER}/…"
    answer = ask(listed(), permit=OTHER_PERMIT)
    assert whole(answer) == [("PERMIT_UNKNOWN", "body.permit", OTHER_PERMIT, expected, "NONE", unknown)]
    other = {"no": NO, "owner": RECEIVER, "receiver": OTHER_RECEIVER, "where": "body.permit"}
    receiver = {"no": DECIDED, "asked": OTHER_RECEIVER, "approved": RECEIVER, "permit": PERMIT, "authority": SICHUAN_NAME}
    assert whole(ask(listed(), receiver=OTHER_RECEIVER)) == [
        ("PERMIT_HOLDER", "body.permit", PERMIT, f"permit/{OTHER_RECEIVER}/…", "OTHER", other),
        ("APPROVAL_RECEIVER", "body.receiver", OTHER_RECEIVER, RECEIVER, "OTHER", receiver),
    ]


def test_a_facility_elsewhere() -> None:
    asked = ("四川省成都市温江区（510115）", "Sichuan 成都市温江区 (510115)")
    right = ("重庆市江津区（500116）", "Chongqing 江津区 (500116)")
    then = ("；改后是跨省转移，须有批准", "; it then crosses provinces and needs an approval")
    own = {"no": NO, "division": "500116", "asked": asked, "right": right, "then": then}
    answer = ask(listed(), destination="510115", approval=None)
    assert whole(answer) == [("PERMIT_SITE", "body.destination.division", "510115", "500116", "OTHER", own)]


LEAVE_OUT = ("；改后是省内转移，同时删除 body.approval", "; it then stays inside one province, so leave body.approval out")
KEEP = ("；改后是跨省转移，批准保留，不要删除", "; it then crosses provinces, so keep the approval")


@pytest.mark.parametrize(
    ("origin", "destination", "approval", "then"),
    [
        ("500115", "510115", APPROVAL, LEAVE_OUT),
        ("500115", "510115", None, ""),
        ("510112", "510115", APPROVAL, KEEP),
        ("510112", "500103", APPROVAL, ""),  # crosses before and after
    ],
)
def test_a_facility_elsewhere_says_what_becomes_of_the_approval(origin: str, destination: str, approval: str | None, then: Word) -> None:
    answer = ask(listed(), origin=origin, destination=destination, approval=approval, number=None)
    assert [one.places["then"] for one in answer.reasons if one.code == "PERMIT_SITE"] == [then]


@pytest.mark.parametrize(("act", "status"), [("suspend", "SUSPENDED"), ("revoke", "REVOKED")])
def test_a_permit_that_does_not_stand_says_since_when(act: str, status: str) -> None:
    log = listed()
    log.post(f"permit.{act}/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    log.at("2026-11-06 09:00")
    own = {"no": NO, "authority": CHONGQING_NAME, "since": "2026-11-05 08:30"}
    assert whole(ask(log)) == [("PERMIT_STATUS", "body.permit", status, "ACTIVE", status, own)]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "dates"),
    [
        ("2026-01-01", "2026-11-10", ["OVER"]),
        ("2026-01-01", "2026-11-11", []),
        ("2026-11-11", "2026-12-31", []),
        ("2026-11-12", "2026-12-31", ["EARLY"]),
    ],
)
def test_a_suspended_permit_that_is_over_says_both(valid_from: str, valid_to: str, dates: list[str]) -> None:
    """On its first and last day it is suspended and nothing else."""
    log = with_permit(valid_from=valid_from, valid_to=valid_to)
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    log.at("2026-11-11 00:00")
    assert [one.cause for one in ask(log, line(decision_line=None), **INTRA).reasons] == ["SUSPENDED", *dates]


@pytest.mark.parametrize(("now", "cause"), [("2026-11-04 23:59", "EARLY"), ("2026-11-11 00:00", "OVER")])
def test_a_permit_outside_its_term(now: str, cause: str) -> None:
    log = with_permit(valid_from="2026-11-05", valid_to="2026-11-10")
    log.at(now)
    own = {"no": NO, "authority": CHONGQING_NAME, "day": now[:10], "first": "2026-11-05", "until": "2026-11-10"}
    answer = ask(log, line(decision_line=None), **INTRA)
    assert whole(answer) == [("PERMIT_DATE", "body.permit", now[:10], "2026-11-05 … 2026-11-10", cause, own)]


def test_a_plan_behind_the_permit() -> None:
    log = with_permit(valid_to="2026-11-10")
    planned_at = "2026-11-11T00:00:00+08:00"
    own = {"no": NO, "until": "2026-11-10", "day": "2026-11-11", "receiver": RECEIVER}
    answer = ask(log, line(decision_line=None), planned_at=planned_at, **INTRA)
    assert whole(answer) == [("PERMIT_DATE", "body.planned_at", planned_at, "≤ 2026-11-10", "PLANNED", own)]


# what it covers


def test_a_code_and_a_method_outside_the_permit_name_what_it_covers() -> None:
    log = with_permit(items=(EXCEPT, PermitItem(category="HW49", scope="ALL", methods=("R4",))))
    where = "body.lines.1"
    scopes = ("HW31（除 900-025-31 外）；HW49（全部代码）", "HW31 (all but 900-025-31); HW49 (all codes)")
    scope = {"waste": "900-025-31 废铅蓄电池", "no": NO, "scopes": scopes, "where": f"{where}.code"}
    assert whole(ask(log, line(), line(code="900-025-31", hazards=("T",)), **INTRA)) == [
        ("PERMIT_SCOPE", f"{where}.code", "900-025-31", "HW31 EXCEPT 900-025-31; HW49 ALL", "OTHER", scope)
    ]
    method = {
        "no": NO,
        "waste": "900-052-31",
        "asked": ("D1（填埋）", "D1 (landfill)"),
        "allowed": telling.methods(["R4", "R5"]),
        "where": f"{where}.method",
    }
    assert whole(ask(log, line(), line(method="D1"), **INTRA)) == [("PERMIT_METHOD", f"{where}.method", "D1", "R4 / R5", "OTHER", method)]


def test_a_basis_that_does_not_waive_it_is_told_line_by_line() -> None:
    log = exempt(POINT_TO_POINT, replace(KILN, methods=("R5",)))
    log.site(OTHER_GENERATOR, "S-1", "500115")
    origin = replace(transfer().origin, division="500115", site="S-1")
    answer = log.ask(transfer(ash(), ash(method="R5"), **{**INTRA, "generator": OTHER_GENERATOR, "origin": origin}))
    method = {
        "no": NO,
        "waste": "772-002-18",
        "asked": telling.method("C1"),
        "allowed": telling.methods(["R5"]),
        "where": "body.lines.0.method",
    }
    item = {"edition": "2025", "item": "31", "waste": "772-002-18", "day": "2026-11-05"}
    found = f"2025: 31, {OTHER_RECEIVER}; 772-002-18"
    owners = {"owner": OTHER_RECEIVER, "generator": OTHER_GENERATOR}
    assert whole(answer) == [
        ("PERMIT_METHOD", "body.lines.0.method", "C1", "R5", "OTHER", method),
        ("EXEMPT_BASIS", "body.lines.0.method", f"{found} C1", "", "LINK", {**item, "method": "C1"}),
        ("EXEMPT_BASIS", "body.lines.1.method", f"{found} R5", "", "GENERATOR", {**item, **owners, "method": "R5"}),
    ]


# the yearly scale


@pytest.mark.parametrize(("used_t", "left"), [(71_994, "6"), (71_999, "1"), (72_000, "0"), (72_001, "0")])
def test_a_scale_that_is_full_says_what_is_left_of_it(used_t: int, left: str) -> None:
    log = listed()
    use(log, q3_account(PERMIT), used_t * T)
    own = {"receiver": RECEIVER, "no": NO, "year": "2026", "scale": "60000", "used": str(used_t), "this": "6.000001", "percent": "120"}
    new_year = (
        "2027-01-01（这份批准到 2026-12-31 为止，届时须有新的批准）",
        "2027-01-01 (this approval ends on 2026-12-31: a new one is needed then)",
    )
    said: dict[str, Word] = {**own, "most": "72000", "left": left, "authority": CHONGQING_NAME, "next": new_year}
    cause = "FULL" if left == "0" else "LEFT"
    found = f"{used_t + 6}.000001 t"
    assert whole(ask(log, line(mass_t="6.000001"))) == [("PERMIT_SCALE", "body.permit", found, "≤ 72000.000000 t", cause, said)]


def test_a_decision_that_reaches_the_new_year_serves_it() -> None:
    log = listed()
    use(log, q3_account(PERMIT), 72_000 * T)
    head = log.facts.values[chain_key(APPROVAL)]
    lines = tuple(replace(one, valid_to="2027-01-01") for one in head.state.lines)
    log.facts.put(chain_key(APPROVAL), replace(head, state=replace(head.state, lines=lines)))
    assert [one.places["next"] for one in ask(log).reasons] == ["2027-01-01"]


def test_a_scale_that_is_passed_says_how_far() -> None:
    log = listed()
    use(log, q3_account(PERMIT), 59_994 * T)
    answer = ask(log, line(mass_t="6.000001"))
    own = {"receiver": RECEIVER, "no": NO, "year": "2026", "scale": "60000", "used": "59994", "this": "6.000001", "percent": "120"}
    assert (answer.alerts, answer.said) == ((("M", "PERMIT_SCALE"),), {"PERMIT_SCALE": ("ABOVE", {**own, "total": "60000.000001"})})


def test_without_thresholds_nothing_is_let_through() -> None:
    log = listed()
    log.without_data("thresholds")
    own = {"name": "thresholds"}
    assert whole(ask(log)) == [("DATA_NOT_ADOPTED", "body.permit", "thresholds", "data.adopt", "NONE", own)]
    assert whole(ask(log, permit=None))[0][0] == "MISSING", "and whoever names no permit hears of that too"


# the lines

USE, STORE = ("利用（use）", "use"), ("贮存（store）", "store")
MISSING_LINE: dict[str, Word] = {
    "what": ("批准行号", "the line of the decision"),
    "how": ("：批准决定中这种废物所在的行，从 0 起数", ": where this waste stands in the decision, counted from 0"),
}


@pytest.mark.parametrize(
    ("changes", "at", "reason"),
    [
        ({"form": "L", "packing": "bag"}, "packing", ("FORM_PACK", "L bag", "drum / tank / box / other", "LIQUID", {"waste": BATTERIES})),
        ({"packs": 0}, "packs", ("FORM_PACK", "box 0", "≥ 1", "NO_PACKS", {"waste": BATTERIES, "packing": ("箱（box）", "box")})),
        ({"packing": "none"}, "packs", ("FORM_PACK", "none 14", "0", "UNPACKED", {"waste": BATTERIES, "packs": "14"})),
        ({"packing": "none", "packs": 1}, "packs", ("FORM_PACK", "none 1", "0", "UNPACKED", {"waste": BATTERIES, "packs": "1"})),
        (
            {"purpose": "store"},
            "purpose",
            ("METHOD", "store", "R4: use", "PURPOSE", {"method": telling.method("R4"), "asked": STORE, "right": USE}),
        ),
        ({"decision_line": None}, "decision_line", ("MISSING", "", "0 …", "WHAT", MISSING_LINE)),
    ],
)
def test_a_line_that_is_out_of_order(changes: dict[str, Any], at: str, reason: tuple[str, str, str, str, dict[str, Word]]) -> None:
    """The second line of two, so that the path is its own."""
    code, found, expected, cause, own = reason
    where = f"body.lines.1.{at}"
    assert whole(ask(listed(), line(), line(**changes))) == [(code, where, found, expected, cause, {**own, "where": where})]


@pytest.mark.parametrize("changes", [{"packs": 1}, {"form": "SS", "packing": "bag"}, {"packing": "none", "packs": 0}, {"purpose": "use"}])
def test_a_line_that_is_in_order(changes: dict[str, Any]) -> None:
    assert whole(ask(listed(), line(**changes))) == []


def test_dangerous_goods_are_named_once() -> None:
    own = {"waste": BATTERIES, "where": "body.lines.1"}
    both, none = line(dg_none="不属于"), line(dg=None)
    field = "body.lines.1.dg"
    assert whole(ask(listed(), line(), both)) == [("DG_DATA", f"{field}_none", "不属于", "dg / dg_none", "BOTH", own)]
    assert whole(ask(listed(), line(), none)) == [("DG_DATA", field, "", "dg / dg_none", "NONE", own)]
    assert whole(ask(listed(), line(dg=None, dg_none="不属于"))) == []


def test_measures_stand_for_the_transfer_or_in_every_line() -> None:
    what = ("突发环境事件的防范措施", "what is done against an emergency")
    how = ("，或者在每一行填写 precautions", ", or give precautions in every line")
    own = {"what": what, "where": "body.emergency_measures", "how": how}
    careful = line(precautions="防止倾斜，避免雨淋。")
    answer = ask(listed(), careful, line(), emergency_measures=None)
    assert whole(answer) == [("MISSING", "body.emergency_measures", "", "", "WHAT", own)]
    assert whole(ask(listed(), careful, careful, emergency_measures=None)) == []


def test_a_permit_is_named() -> None:
    what = ("接受人的经营许可证", "the permit of the receiver")
    how = (f"：permit/{RECEIVER}/…，按接受人查询可得", f": permit/{RECEIVER}/…, by GET /v1/permits?receiver=…")
    own = {"what": what, "where": "body.permit", "how": how}
    assert whole(ask(listed(), permit=None)) == [("MISSING", "body.permit", "", f"permit/{RECEIVER}/…", "WHAT", own)]


def test_more_than_a_truck_carries_is_flagged_from_the_first_gram_beyond() -> None:
    """49 t by the thresholds; all lines together."""
    assert ask(listed(), line(mass_t="20"), line(mass_t="29")).alerts == ()
    answer = ask(listed(), line(mass_t="20"), line(mass_t="29.000001"))
    assert (answer.alerts, answer.said) == ((("H", "OVERLOAD"),), {"OVERLOAD": ("DECLARED", {"total": "49.000001", "most": "49"})})
    assert ask(listed(), line(mass_t="100"), mode="rail").alerts == ()
