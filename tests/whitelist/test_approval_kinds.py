from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.admission.facts import account_key
from ledger.model import Account
from tests.whitelist.acts import add_list, agree, application, applied, decision, grant, propose, row, with_permit
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.decide import DecidedLine, latest_valid_to
from whitelist.acts.list_rows import ListRows
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.approval import ListingRef
from whitelist.quota import q1_account
from whitelist.scope import PermitItem, Scope

Q1 = q1_account(LIST, 0)
OTHERS, SECOND = f"permit/{OTHER_RECEIVER}/{ulid(1)}", f"permit/{RECEIVER}/{ulid(9)}"
T = 1_000_000


def post(log: Log, kind: str, body: Any, by: str = SICHUAN, chain: str = APPROVAL) -> list[tuple[str, str]]:
    try:
        log.post(f"approval.{kind}/1", chain, body, by)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def applied_log(*lines: Any, **changes: Any) -> Log:
    log = with_permit()
    add_list(log)
    assert post(log, "apply", application(*lines, **changes), GENERATOR) == []
    return log


# apply


def test_an_application_becomes_state_with_the_permits_facility_as_destination() -> None:
    state = applied_log().state(APPROVAL)
    assert (state.stage, state.direction, state.destination) == ("applied", ("51", "50"), "500116")
    assert (state.lines[0].applied_g, state.lines[0].mass_g) == (3_000 * T, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"name": ""}, [("MISSING", "name")]),
        ({"category": "HW49"}, [("CODE_CATEGORY", "category")]),
        ({"code": "900-052"}, [("CODE_CATEGORY", "code"), ("PERMIT_SCOPE", "code")]),
        ({"code": "900-000-31"}, [("IDENT_MISSING", "identification"), ("PERMIT_SCOPE", "code")]),
        ({"code": "900-025-31", "hazards": ("T",)}, [("PERMIT_SCOPE", "code")]),
        ({"code": "900-099-31"}, [("CODE_UNKNOWN", "code"), ("PERMIT_SCOPE", "code")]),
        ({"hazards": ("I",)}, [("HAZARD", "hazards")]),
        ({"hazards": ()}, [("HAZARD", "hazards")]),
        ({"mass_t": "0"}, [("QTY", "mass_t")]),
        ({"method": "D1"}, [("PERMIT_METHOD", "method")]),
        ({"method": "X"}, [("METHOD", "method"), ("PERMIT_METHOD", "method")]),
        ({"listing": ListingRef(list="list/2026-51-50", row=0)}, [("WL_UNKNOWN", "listing")]),
        ({"listing": ListingRef(list=LIST, row=-1)}, [("WL_UNKNOWN", "listing")]),
    ],
)
def test_a_malformed_line_is_refused_with_its_field(line: dict[str, Any], reason: list[tuple[str, str]]) -> None:
    log = with_permit()
    assert post(log, "apply", application(applied(), applied(**line)), GENERATOR) == [(code, f"body.lines.1.{at}") for code, at in reason]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": OTHER_RECEIVER}, ("PERMIT_HOLDER", "body.permit")),
        ({"permit": f"permit/{RECEIVER}/{ulid(9)}"}, ("PERMIT_UNKNOWN", "body.permit")),
        ({"permit": "log/main"}, ("PERMIT_UNKNOWN", "body.permit")),
        ({"origin": "500115"}, ("SAME_PROVINCE", "body.origin")),
        ({"origin": "51"}, ("DIVISION", "body.origin")),
        ({"applied_to": "2026-02-01"}, ("DATE_ORDER", "body.applied_to")),
        ({"applied_to": "2026-02-30"}, ("DATE_FORM", "body.applied_to")),
        ({"lines": ()}, ("LINES", "body.lines")),
        ({"lines": (applied(mass_t="1"),) * 65}, ("LINES", "body.lines")),
    ],
)
def test_a_malformed_application_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(with_permit(), "apply", application(**changes), GENERATOR) == [reason]


def test_an_application_to_today_with_64_lines_passes() -> None:
    lines = (applied(mass_t="1"),) * 64
    assert post(with_permit(), "apply", application(*lines, applied_to="2026-02-02"), GENERATOR) == []


def test_the_generator_applies_for_itself_and_once() -> None:
    log = with_permit()
    assert post(log, "apply", application(), OTHER_RECEIVER) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "apply", application(), GENERATOR) == []
    assert post(log, "apply", application(), GENERATOR) == [("CHAIN_NOT_OPEN", "seq")]


def test_nobody_applies_to_a_receiver_whose_permit_is_not_in_force() -> None:
    log = with_permit()
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产"), CHONGQING)
    assert post(log, "apply", application(), GENERATOR) == [("PERMIT_STATUS", "body.permit")]
    log = with_permit("2027-07-01 09:00")
    assert post(log, "apply", application(applied_to="2027-12-31"), GENERATOR) == [("PERMIT_DATE", "body.permit")]


def test_an_application_is_judged_by_the_edition_of_its_day_too() -> None:
    log = with_permit()
    log.without_data("hw-catalogue-2025")
    log.without_data("hw-catalogue-2021")
    assert post(log, "apply", application(), GENERATOR) == [("DATA_NOT_ADOPTED", "body.lines.0.code")]


def test_an_application_from_a_withdrawn_division_is_alerted() -> None:
    for origin, alerts in (("500112", (("M", "DIVISION_RETIRED"),)), ("500157", ())):
        log = with_permit(division="510112")
        assert log.post("approval.apply/1", APPROVAL, application(origin=origin), GENERATOR).decision.alerts == alerts


# consult, reply

LETTER = ApprovalConsult(letter_no="川环固函〔2026〕10号", letter_date="2026-02-02")
REPLY = ApprovalReply(letter_no="渝环固函〔2026〕11号", letter_date="2026-02-02", agree=True)


def test_letter_and_reply_are_each_sides_own_and_come_once_in_order() -> None:
    log = applied_log()
    assert post(log, "reply", REPLY, CHONGQING) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "consult", LETTER, CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "consult", LETTER) == []
    assert post(log, "consult", LETTER) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "reply", REPLY, SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "reply", REPLY, CHONGQING) == []
    assert log.state(APPROVAL).stage == "agreed"
    assert post(log, "reply", REPLY, CHONGQING) == [("APPROVAL_STAGE", "kind")]


def test_letters_have_a_number_and_no_future_date() -> None:
    log = applied_log()
    late = replace(LETTER, letter_date="2026-02-03", letter_no=" ")
    assert post(log, "consult", late) == [("MISSING", "body.letter_no"), ("DATE_ORDER", "body.letter_date")]
    post(log, "consult", LETTER)
    assert post(log, "reply", replace(REPLY, agree=False), CHONGQING) == [("MISSING", "body.reason")]


def test_no_side_answers_for_a_province_that_has_no_authority_in_the_log() -> None:
    log = Log()
    permit = f"permit/914306816828384165/{ulid(1)}"
    log.post("permit.grant/1", permit, grant(division="430100"), CHONGQING)
    body = application(applied(listing=None), receiver="914306816828384165", permit=permit)
    assert post(log, "apply", body, GENERATOR) == []
    post(log, "consult", LETTER)
    assert post(log, "reply", REPLY, SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert log.post("approval.reply/1", APPROVAL, REPLY, CHONGQING).decision.tags == (("FOREIGN",),)


# the route of a decision


def test_every_line_listed_is_the_short_way_and_commits_q1() -> None:
    log = applied_log()
    admission = log.post("approval.decide/1", APPROVAL, decision(), SICHUAN)
    assert (admission.decision.route, log.used(Q1)) == ("LISTED", 3_000 * T)
    state = log.state(APPROVAL)
    assert (state.stage, state.route, state.decided_on, state.valid_to) == ("approved", "LISTED", "2026-02-02", "2026-12-31")
    assert (state.lines[0].mass_g, state.lines[0].listing) == (3_000 * T, ListingRef(list=LIST, row=0))


def test_a_line_without_a_listing_needs_the_letter() -> None:
    log = applied_log(applied(), applied(name="另一行", listing=None))
    both = decision(lines=(DecidedLine(line=0, mass_t="1"), DecidedLine(line=1, mass_t="1")))
    assert post(log, "decide", both) == [("NO_CONSENT", "body.lines.1.line")]
    agree(log)
    admission = log.post("approval.decide/1", APPROVAL, both, SICHUAN)
    assert (admission.decision.route, log.used(Q1)) == ("APPROVED", 0)
    assert [line.listing for line in log.state(APPROVAL).lines] == [None, None]


def test_the_listed_line_alone_may_go_the_short_way() -> None:
    log = applied_log(applied(), applied(name="另一行", listing=None))
    assert log.post("approval.decide/1", APPROVAL, decision(), SICHUAN).decision.route == "LISTED"
    assert [line.mass_g for line in log.state(APPROVAL).lines] == [3_000 * T, 0]


def test_an_agreed_letter_does_not_take_the_short_way_away() -> None:
    log = applied_log()
    agree(log)
    assert log.post("approval.decide/1", APPROVAL, decision(), SICHUAN).decision.route == "LISTED"


def test_an_approval_against_the_other_sides_answer_is_refused_even_if_listed() -> None:
    log = applied_log()
    agree(log, answer=False)
    assert post(log, "decide", decision()) == [("CONSENT_REFUSED", "body.approve")]
    assert post(log, "decide", decision(approve=False, valid_to=None, lines=(), reason="接受地不同意")) == []


def test_a_letter_without_an_answer_is_no_consent() -> None:
    log = applied_log(applied(listing=None))
    post(log, "consult", LETTER)
    assert post(log, "decide", decision()) == [("NO_CONSENT", "body.lines.0.line")]


def unlisted(**changes: Any) -> Log:
    """An application on row 0 of a list that does not hold for it; its permit covers all of HW31."""
    log = with_permit(items=(PermitItem(category="HW31", scope="ALL", methods=("R4", "R5")),))
    for chain in (OTHERS, SECOND):
        log.post("permit.grant/1", chain, grant(), CHONGQING)
    add_list(log, row(**changes))
    post(log, "apply", application(), GENERATOR)
    return log


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": OTHER_RECEIVER, "permit": OTHERS}, ["WL_RECEIVER", "WL_PERMIT"]),
        ({"permit": SECOND}, ["WL_PERMIT"]),
        ({"waste": Scope(category="HW31", scope="EXCEPT", codes=("900-052-31",))}, ["WL_SCOPE"]),
        ({"methods": ("R5",)}, ["WL_METHOD"]),
    ],
)
def test_a_row_that_does_not_cover_the_line_is_said_and_the_letter_still_helps(changes: dict[str, Any], reason: list[str]) -> None:
    log = unlisted(**changes)
    assert [code for code, _ in post(log, "decide", decision())] == reason
    agree(log)
    assert log.post("approval.decide/1", APPROVAL, decision(), SICHUAN).decision.route == "APPROVED"


def test_a_list_that_is_not_countersigned_counts_for_nothing() -> None:
    log = with_permit()
    log.post("list.propose/1", LIST, propose(), SICHUAN)
    log.post("list.rows/1", LIST, ListRows(page=0, rows=(row(),)), SICHUAN)
    post(log, "apply", application(), GENERATOR)
    assert post(log, "decide", decision()) == [("WL_NOT_IN_FORCE", "body.lines.0.line")]


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("list/2026-50-51-cy", 0, "WL_DIRECTION"),
        ("list/2027-51-50-cy", 0, "WL_YEAR"),
        ("list/2026-51-50-half", 0, "WL_TERM"),
        ("list/2026-51-50-none", 0, "WL_UNKNOWN"),
        (LIST, 1, "WL_UNKNOWN"),
    ],
)
def test_direction_year_and_row_of_the_listing_count(name: str, number: int, code: str) -> None:
    log = with_permit(valid_to="2027-12-31")
    add_list(log)
    add_list(log, chain="list/2026-50-51-cy", sides=(CHONGQING, SICHUAN))
    add_list(log, chain="list/2027-51-50-cy", effective_from="2027-01-01", effective_to="2027-12-31")
    add_list(log, chain="list/2026-51-50-half", effective_from="2026-07-01")
    post(log, "apply", application(applied(listing=ListingRef(list=name, row=number))), GENERATOR)
    assert post(log, "decide", decision()) == [(code, "body.lines.0.line")]


# R-36 in decisions


@pytest.mark.parametrize(("used_g", "codes"), [(57_000 * T, []), (57_000 * T + 1, ["WL_QUOTA"])])
def test_r36_q1_is_committed_to_the_last_gram_and_no_further(used_g: int, codes: list[str]) -> None:
    log = applied_log()
    log.facts.put(account_key(Q1), Account(1, used_g))
    assert [code for code, _ in post(log, "decide", decision())] == codes
    assert log.used(Q1) == used_g + (0 if codes else 3_000 * T)


def test_r36_lines_on_one_listing_are_summed() -> None:
    log = applied_log(applied(), applied(name="另一行"))
    log.facts.put(account_key(Q1), Account(1, 55_000 * T))
    both = decision(lines=(DecidedLine(line=0, mass_t="3000"), DecidedLine(line=1, mass_t="2000.000001")))
    assert post(log, "decide", both) == [("WL_QUOTA", "body.lines.1.mass_t")]


def test_r36_beyond_the_quota_the_letter_is_the_way() -> None:
    log = applied_log()
    log.facts.put(account_key(Q1), Account(1, 60_000 * T))
    agree(log)
    admission = log.post("approval.decide/1", APPROVAL, decision(), SICHUAN)
    assert (admission.decision.route, log.used(Q1)) == ("APPROVED", 60_000 * T)


# the terms of a decision


def test_r32_the_worked_example() -> None:
    assert latest_valid_to("2026-03-01", "2026-12-31", "2027-06-30") == "2026-12-31"
    assert latest_valid_to("2026-03-01", "2027-12-31", "2027-06-30") == "2027-03-01"
    assert latest_valid_to("2026-10-01", "2027-12-31", "2027-06-30") == "2027-06-30"


@pytest.mark.parametrize(
    ("day", "codes"),
    [("2026-12-31", []), ("2026-02-02", []), ("2027-01-01", ["APPROVAL_TERM"]), ("2026-02-01", ["APPROVAL_TERM"]), ("x", ["DATE_FORM"])],
)
def test_r32_a_decision_states_the_latest_day_or_an_earlier_one(day: str, codes: list[str]) -> None:
    assert [code for code, _ in post(applied_log(), "decide", decision(valid_to=day))] == codes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"no": ""}, ("MISSING", "body.no")),
        ({"valid_to": None}, ("MISSING", "body.valid_to")),
        ({"lines": ()}, ("LINES", "body.lines")),
        ({"lines": (DecidedLine(line=1, mass_t="1"),)}, ("APPROVAL_LINE", "body.lines.0.line")),
        ({"lines": (DecidedLine(line=0, mass_t="1"),) * 2}, ("APPROVAL_LINE", "body.lines.1.line")),
        ({"lines": (DecidedLine(line=-1, mass_t="1"),)}, ("APPROVAL_LINE", "body.lines.0.line")),
        ({"lines": (DecidedLine(line=0, mass_t="3000.000001"),)}, ("APPROVAL_MASS", "body.lines.0.mass_t")),
        ({"lines": (DecidedLine(line=0, mass_t="0"),)}, ("QTY", "body.lines.0.mass_t")),
        ({"reason": "x"}, ("DECISION_FORM", "body.reason")),
        ({"approve": False, "reason": "x"}, ("DECISION_FORM", "body.lines")),
        ({"approve": False, "lines": (), "valid_to": None}, ("MISSING", "body.reason")),
    ],
)
def test_a_malformed_decision_is_refused_with_its_field(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(applied_log(), "decide", decision(**changes)) == [reason]


def test_a_decision_is_the_origins_and_made_once() -> None:
    log = applied_log()
    assert post(log, "decide", decision(), CHONGQING) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "decide", decision()) == []
    assert post(log, "decide", decision()) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "consult", LETTER) == [("APPROVAL_STAGE", "kind")]


def test_a_refusal_has_no_route_and_commits_nothing() -> None:
    log = applied_log()
    body = decision(approve=False, lines=(), valid_to=None, reason="材料不实")
    admission = log.post("approval.decide/1", APPROVAL, body, SICHUAN)
    assert (admission.decision.route, admission.decision.accounts, log.state(APPROVAL).stage) == (None, (), "refused")


def test_a_receiver_that_lost_its_conditions_is_not_approved() -> None:
    log = applied_log()
    log.post("permit.amend/1", PERMIT, PermitAmend(reason="变更", valid_to="2026-02-01"), CHONGQING)
    assert ("PERMIT_DATE", "body.lines") in post(log, "decide", decision())
    log = applied_log()
    body = PermitAmend(reason="变更", items=(replace(grant().items[0], methods=("R5",)),))
    log.post("permit.amend/1", PERMIT, body, CHONGQING)
    assert post(log, "decide", decision()) == [("PERMIT_METHOD", "body.lines.0.line")]
    log = applied_log()
    log.post("permit.revoke/1", PERMIT, PermitChange(reason="注销"), CHONGQING)
    assert post(log, "decide", decision()) == [("PERMIT_STATUS", "body.lines")]
