"""R-17 to R-20 and R-30 to R-35: one passing, one refusing and a boundary each."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import Account, Facts, Values, account_key
from tests.whitelist.acts import (
    BATTERY,
    INTRA,
    applied,
    approved,
    grant,
    line,
    listed,
    transfer,
    with_permit,
)
from tests.whitelist.driver import (
    APPROVAL,
    CHONGQING,
    GENERATOR,
    LIST,
    OTHER_GENERATOR,
    OTHER_RECEIVER,
    PERMIT,
    RECEIVER,
    Log,
    ulid,
)
from whitelist.acts.decide import DecidedLine
from whitelist.acts.permit_status import PermitChange
from whitelist.check import reads
from whitelist.fields import PermitItem
from whitelist.quota import SiteYear, q2_account, q3_account, q3_key
from whitelist.transfer import Answer, WasteLine

T = 1_000_000


def ask(log: Log, *lines: WasteLine, **changes: Any) -> Answer:
    return log.ask(transfer(*lines, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def use(log: Log, account: str, grams: int) -> None:
    """Book grams on an account as an earlier entry of this year would have."""
    log.facts.put(account_key(account), Account(log.index, grams))
    if account.startswith("Q3 "):
        log.facts.put(q3_key(account[3:]), SiteYear(permits=(account[3:],), year=2026))


class _Far(Values):
    """Nothing is in memory."""

    def __init__(self, kept: Facts) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, key: str) -> Any:
        return self._kept.get(key)


class _Elsewhere(Facts):
    """Facts that keep their values in another place than memory, as a long audit does."""

    def __init__(self, kept: Facts) -> None:
        super().__init__(kept.pinned_data, _Far(kept))
        self.missing, self.holds = kept.missing, kept.holds


def test_what_is_read_does_not_depend_on_where_facts_are_kept() -> None:
    log = listed()
    asked = transfer()
    log.ask(asked)
    wanted = reads(asked, asked.generator, log.now, log.facts)
    assert LIST in wanted.chains
    assert reads(asked, asked.generator, log.now, _Elsewhere(log.facts)) == wanted


#


def test_r17_the_last_and_first_day_of_the_permit_are_good() -> None:
    log = with_permit(valid_from="2026-11-05", valid_to="2026-11-10")
    for now, expected in (
        ("2026-11-04 23:59", ["PERMIT_DATE"]),
        ("2026-11-05 00:00", []),
        ("2026-11-10 23:59", []),
        ("2026-11-11 00:00", ["PERMIT_DATE"]),
    ):
        log.at(now)
        assert codes(ask(log, line(decision_line=None), **INTRA)) == expected, now


def test_r17_a_suspended_permit_is_refused_until_it_is_resumed() -> None:
    log = listed()
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    assert found(ask(log)) == [("PERMIT_STATUS", "body.permit")]
    log.post("permit.resume/1", PERMIT, PermitChange(reason="整治完成"), CHONGQING)
    assert found(ask(log)) == []
    log.post("permit.revoke/1", PERMIT, PermitChange(reason="注销"), CHONGQING)
    assert found(ask(log)) == [("PERMIT_STATUS", "body.permit")]


def test_r17_a_permit_that_the_log_does_not_have_is_refused() -> None:
    assert ("PERMIT_UNKNOWN", "body.permit") in found(ask(listed(), permit=f"permit/{RECEIVER}/{ulid(9)}"))


@pytest.mark.parametrize("permit", ["permit/x", "", "log/main", f"manifest/{GENERATOR}/{ulid(1)}", LIST])
def test_r17_a_name_that_is_no_permits_is_out_of_form(permit: str) -> None:
    assert found(ask(listed(), permit=permit)) == [("FIELD_TYPE", "body.permit")]


def test_r17_the_permit_is_the_receivers_own() -> None:
    assert ("PERMIT_HOLDER", "body.permit") in found(ask(listed(), receiver=OTHER_RECEIVER))


def test_r17_the_destination_is_the_permits_facility_so_nobody_calls_a_crossing_intra() -> None:
    answer = ask(listed(), destination="510115", approval=None)
    assert answer.route == "INTRA"
    assert ("PERMIT_SITE", "body.destination.division") in found(answer)


#

EXCEPT = PermitItem(category="HW31", scope="EXCEPT", codes=("900-025-31",), methods=("R4", "R5"))


@pytest.mark.parametrize(
    ("item", "code", "method", "expected"),
    [
        (EXCEPT, BATTERY, "R5", []),
        (EXCEPT, "900-025-31", "R4", ["PERMIT_SCOPE"]),
        (PermitItem(category="HW31", scope="ALL", methods=("R4",)), BATTERY, "R4", []),
        (PermitItem(category="HW49", scope="ALL", methods=("R4",)), BATTERY, "R4", ["PERMIT_SCOPE"]),
        (PermitItem(category="HW31", scope="INCLUDE", codes=("900-025-31",), methods=("R4",)), BATTERY, "R4", ["PERMIT_SCOPE"]),
        (PermitItem(category="HW31", scope="INCLUDE", codes=(BATTERY,), methods=("R4",)), BATTERY, "D1", ["PERMIT_METHOD"]),
    ],
)
def test_r18_r19_scope_and_method_of_the_permit(item: PermitItem, code: str, method: str, expected: list[str]) -> None:
    log = with_permit(items=(item,))
    answer = ask(log, line(code=code, method=method, hazards=("T",)), **INTRA)
    assert codes(answer) == expected


def test_r19_a_method_of_another_item_that_covers_the_code_is_permitted() -> None:
    items = (PermitItem(category="HW31", scope="INCLUDE", codes=(BATTERY,), methods=("R4",)), replace(EXCEPT, methods=("D16",)))
    log = with_permit(items=items)
    assert codes(ask(log, line(method="D16"), **INTRA)) == []


#


@pytest.mark.parametrize(
    ("used_t", "load", "expected", "alerts"),
    [
        (59_994, "6", [], []),  # exactly 100 %
        (59_994, "6.000001", [], ["PERMIT_SCALE"]),
        (71_994, "6", [], ["PERMIT_SCALE"]),  # exactly 120 %
        (71_994, "6.000001", ["PERMIT_SCALE"], []),
    ],
)
def test_r20_alerts_above_100_percent_and_refuses_above_120(used_t: int, load: str, expected: list[str], alerts: list[str]) -> None:
    log = listed()
    use(log, q3_account(PERMIT), used_t * T)
    answer = ask(log, line(mass_t=load))
    assert (codes(answer), [code for _, code in answer.alerts]) == (expected, alerts)


def test_r20_all_lines_count_together() -> None:
    log = listed()
    use(log, q3_account(PERMIT), 71_994 * T)
    assert codes(ask(log, line(mass_t="3"), line(mass_t="3"))) == []
    assert codes(ask(log, line(mass_t="3"), line(mass_t="3.000001"))) == ["PERMIT_SCALE"]


def test_r20_counts_the_year_anew() -> None:
    log = with_permit()
    use(log, q3_account(PERMIT), 72_000 * T)
    log.at("2026-12-31 23:59")
    intra = INTRA
    assert codes(ask(log, **intra)) == ["PERMIT_SCALE"]
    log.at("2027-01-01 00:00")
    answer = ask(log, **intra)
    assert (codes(answer), answer.left_g) == ([], {q3_account(PERMIT): 60_000 * T})


#


def test_r30_a_crossing_without_an_approval_is_refused() -> None:
    answer = ask(listed(), approval=None)
    assert (found(answer), answer.route) == ([("NO_APPROVAL", "body.approval")], "APPROVED")


def test_r30_an_approval_that_the_log_does_not_have_is_refused() -> None:
    assert ("APPROVAL_UNKNOWN", "body.approval") in found(ask(listed(), approval=f"approval/{GENERATOR}/{ulid(9)}"))


@pytest.mark.parametrize("approval", ["approval/x", PERMIT, ""])
def test_r30_a_name_that_is_no_approvals_is_out_of_form(approval: str) -> None:
    assert found(ask(listed(), approval=approval)) == [("FIELD_TYPE", "body.approval")]


def test_r30_an_application_is_not_yet_an_approval() -> None:
    from tests.whitelist.acts import application

    log = with_permit()
    log.post("approval.apply/1", APPROVAL, application(), GENERATOR)
    assert found(ask(log)) == [("APPROVAL_STAGE", "body.approval")]
    assert codes(ask(log, receiver=OTHER_RECEIVER)) == ["PERMIT_HOLDER", "APPROVAL_STAGE", "APPROVAL_RECEIVER"]


def test_r30_inside_a_province_no_approval_is_named() -> None:
    assert found(ask(listed(), **INTRA)) == []
    assert found(ask(listed(), **{**INTRA, "approval": APPROVAL})) == [("APPROVAL_DIRECTION", "body.approval")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"generator": OTHER_GENERATOR}, ("APPROVAL_GENERATOR", "body.approval")),
        ({"origin": "340102", "number": None}, ("APPROVAL_DIRECTION", "body.origin.division")),
        ({"receiver": OTHER_RECEIVER}, ("APPROVAL_RECEIVER", "body.receiver")),
        ({"permit": f"permit/{RECEIVER}/{ulid(9)}"}, ("APPROVAL_PERMIT", "body.permit")),
    ],
)
def test_r31_the_transfer_is_the_decisions(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    log = listed()
    log.post("permit.grant/1", f"permit/{RECEIVER}/{ulid(9)}", grant(), CHONGQING)
    assert reason in found(ask(log, **changes))


def test_r31_a_renewed_permit_is_the_permit_of_the_decision() -> None:
    log, renewed = listed(), f"permit/{RECEIVER}/{ulid(9)}"
    log.post("permit.grant/1", renewed, grant(renews=PERMIT), CHONGQING)
    assert found(ask(log, permit=renewed)) == []


def test_r31_another_place_of_the_same_province_is_the_same_direction() -> None:
    assert found(ask(listed(), origin="510502", number=None)) == []


RAGS = applied(name="含油抹布手套", code="900-041-49", category="HW49", hazards=("T",), mass_t="100", method="D10", listing=None)
CANS = replace(RAGS, name="小油漆桶", mass_t="30")
FILM = replace(RAGS, name="油膜", mass_t="10")
PAINT = grant(items=(PermitItem(category="HW49", scope="ALL", methods=("D10", "R4")),))


def several() -> Log:
    """One code in three lines, the last not granted: the shape of a real decision (addenda §4)."""
    granted = (DecidedLine(line=0, mass_t="100"), DecidedLine(line=1, mass_t="30"))
    return approved(RAGS, CANS, FILM, granted=granted, permit=PAINT)


def rag(**changes: Any) -> WasteLine:
    body = line(name="含油抹布手套", code="900-041-49", category="HW49", hazards=("T",), method="D10", mass_t="10")
    return replace(body, **changes)


def test_r31_one_code_in_several_lines_is_matched_by_line() -> None:
    log = several()
    assert found(ask(log, rag(), rag(name="小油漆桶", decision_line=1))) == []
    assert found(ask(log, rag(decision_line=1))) == [("APPROVAL_NAME", "body.lines.0.name")]
    assert found(ask(log, rag(method="R4"))) == [("APPROVAL_METHOD", "body.lines.0.method")]
    assert found(ask(log, rag(code="900-047-49"))) == [("APPROVAL_CODE", "body.lines.0.code")]


@pytest.mark.parametrize("number", [2, 3, 10**9])
def test_r31_a_line_that_was_not_granted_is_refused(number: int) -> None:
    answer = ask(several(), rag(name="油膜", decision_line=number))
    assert found(answer) == [("APPROVAL_LINE", "body.lines.0.decision_line")]
    assert answer.reasons[0].expected == "0 / 1"


def test_r33_the_lines_of_one_code_have_quotas_of_their_own() -> None:
    log = several()
    answer = ask(log, rag(mass_t="100"), rag(name="小油漆桶", decision_line=1, mass_t="30.000001"))
    assert found(answer) == [("APPROVAL_QUOTA", "body.lines.1.mass_t")]


#


def test_r32_the_last_day_of_the_decision_is_good() -> None:
    log = approved(permit=grant(valid_to="2027-12-31"))
    log.at("2026-12-31 23:59")
    assert codes(ask(log)) == []
    log.at("2027-01-01 00:00")
    assert codes(ask(log, number=None)) == ["APPROVAL_EXPIRED"]


@pytest.mark.parametrize(
    ("used_t", "load", "expected"), [(2_994, "6", []), (2_994, "6.000001", ["APPROVAL_QUOTA"]), (3_001, "0.000001", ["APPROVAL_QUOTA"])]
)
def test_r33_used_and_this_stay_within_the_line(used_t: int, load: str, expected: list[str]) -> None:
    log = listed()
    use(log, q2_account(APPROVAL, 0), used_t * T)
    answer = ask(log, line(mass_t=load))
    assert codes(answer) == expected
    assert answer.left_g[q2_account(APPROVAL, 0)] == (3_000 - used_t) * T


def test_r33_two_lines_on_one_decision_line_never_pass_separately() -> None:
    log = listed()
    use(log, q2_account(APPROVAL, 0), 2_990 * T)
    assert found(ask(log, line(mass_t="5"), line(mass_t="5"))) == []
    assert found(ask(log, line(mass_t="6"), line(mass_t="5"))) == [("APPROVAL_QUOTA", "body.lines.1.mass_t")]
    answer = ask(log, line(mass_t="11"), line(mass_t="1"))
    assert found(answer) == [("APPROVAL_QUOTA", "body.lines.0.mass_t"), ("APPROVAL_QUOTA", "body.lines.1.mass_t")]
    assert answer.reasons[1].found == "3001.000000 + 1.000000 t"


#


def test_r34_nothing_in_a_transfer_names_carrier_or_vehicle() -> None:
    assert not {"carrier", "vehicle", "plate"} & set(transfer().__struct_fields__)


def test_r35_an_issue_follows_the_route_of_its_decision() -> None:
    answer = ask(listed())
    assert (answer.route, answer.listings) == ("LISTED", ((LIST, 0),))
    by_letter = ask(approved())
    assert (by_letter.route, by_letter.listings) == ("APPROVED", (None,))


# what is drawn and left
