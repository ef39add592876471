"""Whole reasons of the check about a decision, and of an application: as ``test_check_reasons``, to the gram and to the day."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from signing.phrase import Word
from tests.whitelist.acts import INTRA, application, applied, approved, decision, grant, line, listed, post, with_permit
from tests.whitelist.acts import refusal as refused_decision
from tests.whitelist.driver import (
    APPROVAL,
    CHONGQING,
    GENERATOR,
    OTHER_GENERATOR,
    OTHER_RECEIVER,
    PERMIT,
    RECEIVER,
    SICHUAN,
    Log,
    Refusing,
    ulid,
)
from tests.whitelist.test_check_basis import KILN, POINT_TO_POINT, exempt
from tests.whitelist.test_check_permission import T, ask, rag, several, use
from tests.whitelist.test_check_reasons import BATTERIES, CHONGQING_NAME, DECIDED, NO, OTHER_PERMIT, SICHUAN_NAME, Whole, whole
from whitelist.acts.permit_status import PermitChange
from whitelist.quota import q2_account

FIRST, SECOND = ("1 行（行号 0）", "1 (number 0)"), ("2 行（行号 1）", "2 (number 1)")
GRANTED = (
    "第 1 项 含油抹布手套 900-041-49 D10（decision_line 填 0）；第 2 项 小油漆桶 900-041-49 D10（decision_line 填 1）",
    "item 1, 含油抹布手套 900-041-49 D10 (decision_line 0); item 2, 小油漆桶 900-041-49 D10 (decision_line 1)",
)


def test_no_decision_or_none_that_the_log_has() -> None:
    own = {"generator": GENERATOR, "authority": SICHUAN_NAME}
    expected, other = f"approval/{GENERATOR}/…", f"approval/{GENERATOR}/{ulid(9)}"
    way = ("四川省→重庆市", "Sichuan → Chongqing")
    assert whole(ask(listed(), approval=None)) == [("NO_APPROVAL", "body.approval", "", expected, "NONE", {**own, "way": way})]
    unknown = {**own, "approval": other}
    assert whole(ask(listed(), approval=other)) == [("APPROVAL_UNKNOWN", "body.approval", other, expected, "NONE", unknown)]
    inside = {"province": ("重庆市", "Chongqing"), "where": "body.approval"}
    answer = ask(listed(), **{**INTRA, "approval": APPROVAL})
    assert whole(answer) == [("APPROVAL_DIRECTION", "body.approval", "50 → 50", "", "INSIDE", inside)]


def test_an_application_that_waits_or_was_refused() -> None:
    log = with_permit()
    log.post("approval.apply/1", APPROVAL, application(), GENERATOR)
    pending = {"authority": SICHUAN_NAME, "stage": ("已申请", "applied"), "since": "2026-02-02"}
    assert whole(ask(log)) == [("APPROVAL_STAGE", "body.approval", "applied", "approved", "PENDING", pending)]
    log.at("2026-02-03 09:00")
    log.post("approval.decide/1", APPROVAL, refused_decision(), SICHUAN)
    refused = {"authority": SICHUAN_NAME, "no": "川环不准〔2026〕1号", "day": "2026-02-03"}
    assert whole(ask(log)) == [("APPROVAL_STAGE", "body.approval", "refused", "approved", "REFUSED", refused)]


def test_a_decision_of_another_generator_direction_or_permit() -> None:
    log = listed()
    log.post("permit.grant/1", OTHER_PERMIT, grant(no="CQ9"), CHONGQING)
    owner = {"no": DECIDED, "owner": GENERATOR, "generator": OTHER_GENERATOR}
    answer = ask(log, generator=OTHER_GENERATOR)
    assert whole(answer) == [("APPROVAL_GENERATOR", "body.approval", GENERATOR, OTHER_GENERATOR, "OTHER", owner)]
    asking = {"no": DECIDED, "authority": SICHUAN_NAME}
    ways = {"asked": ("安徽省→重庆市", "Anhui → Chongqing"), "approved": ("四川省→重庆市", "Sichuan → Chongqing")}
    answer = ask(log, origin="340102", number=None)
    assert whole(answer) == [("APPROVAL_DIRECTION", "body.origin.division", "34 → 50", "51 → 50", "OTHER", {**asking, **ways})]
    permits = {"asked": "CQ9", "approved": PERMIT}
    answer = ask(log, permit=OTHER_PERMIT)
    assert whole(answer) == [("APPROVAL_PERMIT", "body.permit", OTHER_PERMIT, PERMIT, "OTHER", {**asking, **permits})]


def test_a_line_that_is_not_the_decisions() -> None:
    log, rags = several(), "含油抹布手套"
    where = "body.lines.0"
    own: dict[str, Word] = {"no": DECIDED, "granted": GRANTED}
    not_granted = {**own, "line": ("3 行（行号 2）", "3 (number 2)")}
    answer = ask(log, rag(name="油膜", decision_line=2))
    assert whole(answer) == [("APPROVAL_LINE", f"{where}.decision_line", "2", "0 / 1", "NOT_GRANTED", not_granted)]
    anew = ("向四川（虚构）重新申请", "apply again to 四川（虚构）")
    others = [tuple(text.split(by)[number] for text, by in zip(GRANTED, ("；", "; "), strict=True)) for number in (0, 1)]
    other = ("属于这份批准另一项的，改 decision_line：", "if it belongs to another item, change decision_line: ")
    first, second = ((other[0] + zh, other[1] + en) for zh, en in others)
    own = {"no": DECIDED, "anew": anew, "where": where}
    name = {**own, "line": SECOND, "asked": rags, "approved": "小油漆桶", "others": first}
    assert whole(ask(log, rag(decision_line=1))) == [("APPROVAL_NAME", f"{where}.name", rags, "小油漆桶", "OTHER", name)]
    code = {**own, "line": FIRST, "asked": "900-047-49", "approved": "900-041-49", "name": rags, "others": second}
    answer = ask(log, rag(code="900-047-49"))
    assert whole(answer) == [("APPROVAL_CODE", f"{where}.code", "900-047-49", "900-041-49", "OTHER", code)]
    method = {
        **own,
        "line": FIRST,
        "asked": ("R4（再循环、再利用金属和金属化合物）", "R4 (recycling of metals)"),
        "approved": ("D10（焚烧）", "D10 (incineration)"),
        "waste": f"{rags} 900-041-49",
    }
    assert whole(ask(log, rag(method="R4"))) == [("APPROVAL_METHOD", f"{where}.method", "R4", "D10", "OTHER", method)]


def test_a_decision_that_is_over_or_will_be() -> None:
    log = approved(permit=grant(valid_to="2027-12-31"))
    own: dict[str, Word] = {"no": DECIDED, "day": "2027-01-01", "until": "2026-12-31", "authority": SICHUAN_NAME}
    planned_at = "2027-01-01T00:00:00+08:00"
    answer = ask(log, planned_at=planned_at)
    assert whole(answer) == [("APPROVAL_EXPIRED", "body.planned_at", planned_at, "≤ 2026-12-31", "PLANNED", own)]
    log.at("2027-01-01 00:00")
    over = {**own, "what": ("第 1 行（行号 0）（废铅蓄电池）", ", line 1 (number 0) (废铅蓄电池),")}
    answer = ask(log, number=None)
    assert whole(answer) == [("APPROVAL_EXPIRED", "body.lines.0.decision_line", "2027-01-01", "≤ 2026-12-31", "OVER", over)]


def test_a_decided_mass_that_is_full_says_what_is_left_to_the_gram() -> None:
    log = listed()
    own: dict[str, Word] = {
        "no": DECIDED,
        "line": FIRST,
        "waste": BATTERIES,
        "until": "2026-12-31",
        "where": "body.lines.0",
        "limit": "3000",
    }
    own["authority"] = SICHUAN_NAME
    field, most = "body.lines.0.mass_t", "≤ 3000.000000 t"
    use(log, q2_account(APPROVAL, 0), 2_994 * T)
    left = {**own, "used": "2994", "this": "6.000001", "left": "6", "over": "0.000001"}
    answer = ask(log, line(mass_t="6.000001"))
    assert whole(answer) == [("APPROVAL_QUOTA", field, "2994.000000 + 6.000001 t", most, "LEFT", left)]
    use(log, q2_account(APPROVAL, 0), 3_000 * T - 1)
    left = {**own, "used": "2999.999999", "this": "0.000002", "left": "0.000001", "over": "0.000001"}
    answer = ask(log, line(mass_t="0.000002"))
    assert whole(answer) == [("APPROVAL_QUOTA", field, "2999.999999 + 0.000002 t", most, "LEFT", left)]
    use(log, q2_account(APPROVAL, 0), 3_000 * T)
    used_up = {**own, "used": "3000", "this": "0.000001", "left": "0"}
    answer = ask(log, line(mass_t="0.000001"))
    assert whole(answer) == [("APPROVAL_QUOTA", field, "3000.000000 + 0.000001 t", most, "USED_UP", used_up)]


# an application is judged by the same rules


def told(log: Log, act: str, body: Any, by: str) -> list[Whole]:
    with pytest.raises(Refusing) as refused:
        log.post(f"approval.{act}/1", APPROVAL, body, by)
    return whole(refused.value)


def test_an_application_says_of_the_permit_what_an_issue_would() -> None:
    log = with_permit()
    unknown = {"permit": OTHER_PERMIT, "receiver": RECEIVER, "where": "body.permit"}
    expected = f"permit/{RECEIVER}/…"
    reasons = told(log, "apply", application(permit=OTHER_PERMIT), GENERATOR)
    assert reasons == [("PERMIT_UNKNOWN", "body.permit", OTHER_PERMIT, expected, "NONE", unknown)]
    scopes = ("HW31（仅 900-052-31）", "HW31 (900-052-31 only)")
    scope = {"waste": "900-025-31", "no": NO, "scopes": scopes, "where": "body.lines.1.code"}
    reasons = told(log, "apply", application(applied(), applied(code="900-025-31", hazards=("T",))), GENERATOR)
    assert reasons == [("PERMIT_SCOPE", "body.lines.1.code", "900-025-31", "HW31 INCLUDE 900-052-31", "OTHER", scope)]
    method = {
        "no": NO,
        "waste": "900-052-31",
        "asked": ("D1（填埋）", "D1 (landfill)"),
        "allowed": ("R4（再循环、再利用金属和金属化合物）", "R4 (recycling of metals)"),
        "where": "body.lines.1.method",
    }
    reasons = told(log, "apply", application(applied(), applied(method="D1")), GENERATOR)
    assert reasons == [("PERMIT_METHOD", "body.lines.1.method", "D1", "R4", "OTHER", method)]


def test_an_application_to_a_receiver_without_a_permit_is_judged_by_its_basis() -> None:
    log = exempt(POINT_TO_POINT, replace(KILN, methods=("R5",)))
    waste = applied(name="飞灰", code="772-002-18", category="HW18", hazards=("T",), method="R5", listing=None)
    own = {"edition": "2025", "item": "31", "waste": "772-002-18", "method": "R5", "day": "2026-11-05"}
    own |= {"owner": OTHER_RECEIVER, "generator": GENERATOR}
    found = f"2025: 31, {OTHER_RECEIVER}; 772-002-18 R5"
    reasons = told(log, "apply", application(waste), GENERATOR)
    assert reasons == [("EXEMPT_BASIS", "body.lines.0.method", found, "", "GENERATOR", own)]


@pytest.mark.parametrize(("now", "refused"), [("2027-06-30 23:59", []), ("2027-07-01 00:00", [("PERMIT_DATE", "body.permit")])])
def test_an_application_is_good_to_the_last_day_of_the_permit(now: str, refused: list[tuple[str, str]]) -> None:
    log = with_permit()
    log.at(now)
    assert post(log, "apply", application(applied(listing=None), applied_to="2027-12-31"), GENERATOR) == refused


def test_a_decision_is_given_only_while_the_permit_stands() -> None:
    log = with_permit()
    log.post("approval.apply/1", APPROVAL, application(applied(listing=None)), GENERATOR)
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    own = {"no": NO, "authority": CHONGQING_NAME, "since": "2026-02-02 09:00"}
    reasons = told(log, "decide", decision(), SICHUAN)
    assert ("PERMIT_STATUS", "body.lines", "SUSPENDED", "ACTIVE", "SUSPENDED", own) in reasons
