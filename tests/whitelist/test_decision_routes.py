"""R-35, R-36: the route of a decision and what it commits of a listing's quota (kinds §4, §15)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import Account, account_key
from tests.whitelist.acts import (
    LETTER,
    REPLY,
    add_list,
    agree,
    application,
    applied,
    applied_log,
    decision,
    grant,
    post,
    propose,
    row,
    with_permit,
)
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, ulid
from whitelist.acts.consult import ConsentedLine
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_rows import ListRows
from whitelist.approval import ListingRef
from whitelist.fields import PermitItem, Scope
from whitelist.listing import Conditions
from whitelist.quota import q1_account

Q1 = q1_account(LIST, 0)
OTHERS, SECOND, RENEWED = f"permit/{OTHER_RECEIVER}/{ulid(1)}", f"permit/{RECEIVER}/{ulid(9)}", f"permit/{RECEIVER}/{ulid(10)}"
WIDE = (PermitItem(category="HW31", scope="ALL", methods=("R4", "R5")),)
BOTH = (DecidedLine(line=0, mass_t="1"), DecidedLine(line=1, mass_t="1"))
T = 1_000_000


def codes(log: Log, body: Any) -> list[str]:
    return [code for code, _ in post(log, "decide", body)]


def route(log: Log, body: Any = None) -> str | None:
    return log.post("approval.decide/1", APPROVAL, body or decision(), SICHUAN).decision.route


def test_every_line_listed_is_the_short_way_and_commits_q1() -> None:
    log = applied_log()
    assert (route(log), log.used(Q1)) == ("LISTED", 3_000 * T)
    state = log.state(APPROVAL)
    assert (state.stage, state.route, state.decided_on, state.valid_to) == ("approved", "LISTED", "2026-02-02", "2026-12-31")
    assert (state.lines[0].mass_g, state.lines[0].listing, state.lines[0].valid_to) == (
        3_000 * T,
        ListingRef(list=LIST, row=0),
        "2026-12-31",
    )


def test_a_line_without_a_listing_needs_the_letter() -> None:
    log = applied_log(applied(), applied(name="另一行", listing=None))
    assert post(log, "decide", decision(lines=BOTH)) == [("NO_CONSENT", "body.lines.1.line")]
    agree(log)
    assert (route(log, decision(lines=BOTH)), log.used(Q1)) == ("APPROVED", 0)
    assert [line.listing for line in log.state(APPROVAL).lines] == [None, None]


def test_the_listed_line_alone_may_go_the_short_way() -> None:
    log = applied_log(applied(), applied(name="另一行", listing=None))
    assert route(log) == "LISTED"
    assert [line.mass_g for line in log.state(APPROVAL).lines] == [3_000 * T, 0]


def test_an_agreed_letter_does_not_take_the_short_way_away() -> None:
    log = applied_log()
    agree(log)
    assert route(log) == "LISTED"


def test_without_a_listing_the_other_sides_answer_decides() -> None:
    log = applied_log(applied(listing=None))
    agree(log, answer=False)
    assert post(log, "decide", decision()) == [("CONSENT_REFUSED", "body.approve")]


def test_beside_a_refused_consent_nothing_is_said_of_lists() -> None:
    log = applied_log(applied(listing=ListingRef(list="list/2026-51-50-none", row=0)))
    agree(log, answer=False)
    assert codes(log, decision()) == ["CONSENT_REFUSED"]


def test_a_letter_without_an_answer_is_no_consent() -> None:
    log = applied_log(applied(listing=None))
    post(log, "consult", LETTER)
    assert post(log, "decide", decision()) == [("NO_CONSENT", "body.lines.0.line")]


# what the reply says binds on every route


@pytest.mark.parametrize("listing", [ListingRef(list=LIST, row=0), None], ids=["LISTED", "APPROVED"])
def test_nobody_grants_more_than_the_reply_agrees_to(listing: ListingRef | None) -> None:
    log = applied_log(applied(listing=listing))
    post(log, "consult", LETTER)
    post(log, "reply", replace(REPLY, lines=(ConsentedLine(line=0, mass_t="5"),)), CHONGQING)
    over, within = (decision(lines=(DecidedLine(line=0, mass_t=mass),)) for mass in ("5.000001", "5"))
    assert post(log, "decide", over) == [("CONSENT_MASS", "body.lines.0.mass_t")]
    assert route(log, within) == ("LISTED" if listing else "APPROVED")


@pytest.mark.parametrize("listing", [ListingRef(list=LIST, row=0), None], ids=["LISTED", "APPROVED"])
def test_the_replys_time_to_complete_limits_the_term(listing: ListingRef | None) -> None:
    log = applied_log(applied(listing=listing))
    post(log, "consult", LETTER)
    post(log, "reply", replace(REPLY, conditions=Conditions(complete_within_days=30, pre_notice_days=3)), CHONGQING)
    assert "APPROVAL_TERM" in codes(log, decision(valid_to="2026-03-05"))
    assert post(log, "decide", decision(valid_to="2026-03-04")) == []
    assert [one.pre_notice_days for one in log.state(APPROVAL).lines[0].conditions] == [3]


@pytest.mark.parametrize("by", ["reply", "decision"])
def test_use_only_bars_disposal_on_every_route(by: str) -> None:
    burnt = PermitItem(category="HW31", scope="ALL", methods=("D10",))
    log = with_permit(items=(burnt,))
    assert post(log, "apply", application(applied(method="D10", listing=None)), GENERATOR) == []
    use_only = Conditions(use_only=True)
    post(log, "consult", LETTER)
    post(log, "reply", replace(REPLY, conditions=use_only if by == "reply" else None), CHONGQING)
    assert codes(log, decision(conditions=use_only if by == "decision" else None)) == ["WL_METHOD"]


# a listing that does not hold


def unlisted(**changes: Any) -> Log:
    """An application on row 0 of a list that does not hold for it; its permit covers all of HW31."""
    log = with_permit(items=WIDE)
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
    assert codes(log, decision()) == reason
    agree(log)
    assert route(log) == "APPROVED"


def test_a_row_of_the_renewed_permit_serves_the_old_one_and_the_other_way_round() -> None:
    for listed, named in ((PERMIT, RENEWED), (RENEWED, PERMIT)):
        log = with_permit()
        log.post("permit.grant/1", RENEWED, grant(renews=PERMIT), CHONGQING)
        add_list(log, row(permit=listed))
        assert post(log, "apply", application(permit=named), GENERATOR) == []
        assert route(log) == "LISTED"


@pytest.mark.parametrize("where", ["list", "row"])
def test_use_only_of_list_or_row_bars_other_methods_from_the_short_way(where: str) -> None:
    burnt = PermitItem(category="HW31", scope="ALL", methods=("D10",))
    log = with_permit(items=(burnt,))
    use_only = Conditions(use_only=True)
    add_list(log, row(methods=("D10",), conditions=use_only if where == "row" else None), conditions=use_only if where == "list" else None)
    post(log, "apply", application(applied(method="D10")), GENERATOR)
    assert codes(log, decision()) == ["WL_METHOD"]


def test_the_stricter_time_to_complete_of_list_and_row_limits_the_line() -> None:
    log = with_permit()
    add_list(log, row(conditions=Conditions(complete_within_days=20)), conditions=Conditions(complete_within_days=30, pre_notice_days=2))
    post(log, "apply", application(), GENERATOR)
    assert post(log, "decide", decision(valid_to="2026-02-23")) == [("APPROVAL_TERM", "body.lines.0.valid_to")]
    line = DecidedLine(line=0, mass_t="3000", valid_to="2026-02-22")
    assert post(log, "decide", decision(valid_to="2026-02-23", lines=(line,))) == []
    assert [one.complete_within_days for one in log.state(APPROVAL).lines[0].conditions] == [30, 20]


def test_a_list_that_is_not_countersigned_counts_for_nothing() -> None:
    log = with_permit()
    log.post("list.propose/1", LIST, propose(), SICHUAN)
    log.post("list.rows/1", LIST, ListRows(page=0, rows=(row(),)), SICHUAN)
    post(log, "apply", application(), GENERATOR)
    assert post(log, "decide", decision()) == [("WL_NOT_IN_FORCE", "body.lines.0.line")]


def test_a_pilot_list_serves_no_decision() -> None:
    log = with_permit()
    add_list(log, kind="pilot")
    post(log, "apply", application(), GENERATOR)
    assert codes(log, decision()) == ["WL_NOT_IN_FORCE"]


def test_a_unilateral_list_for_every_other_province_is_one_way() -> None:
    log = with_permit()
    chain = "list/2026-00-50-open"
    log.post("list.propose/1", chain, propose(kind="unilateral"), CHONGQING)
    log.post("list.rows/1", chain, ListRows(page=0, rows=(row(),)), CHONGQING)
    post(log, "apply", application(applied(listing=ListingRef(list=chain, row=0))), GENERATOR)
    assert route(log) == "LISTED"


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("list/2026-50-51-cy", 0, "WL_DIRECTION"),
        ("list/2026-51-50-half", 0, "WL_TERM"),
        ("list/2026-51-50-none", 0, "WL_UNKNOWN"),
        (LIST, 1, "WL_UNKNOWN"),
    ],
)
def test_direction_days_and_row_of_the_listing_count(name: str, number: int, code: str) -> None:
    log = with_permit()
    add_list(log)
    add_list(log, chain="list/2026-50-51-cy", sides=(CHONGQING, SICHUAN))
    add_list(log, chain="list/2026-51-50-half", effective_to="2026-12-30")
    post(log, "apply", application(applied(listing=ListingRef(list=name, row=number))), GENERATOR)
    assert post(log, "decide", decision()) == [(code, "body.lines.0.line")]


def test_l5_a_decision_of_december_on_next_years_list_is_lawful() -> None:
    """R-40 limits departures; the list of the year before is over when it would begin."""
    log = with_permit("2026-12-20 09:00", valid_to="2027-12-31")
    nxt = "list/2027-51-50-cy"
    add_list(log, chain=nxt, effective_from="2027-01-01", effective_to="2027-12-31")
    post(log, "apply", application(applied(listing=ListingRef(list=nxt, row=0)), applied_to="2027-12-31"), GENERATOR)
    assert route(log, decision(valid_to="2027-12-19")) == "LISTED"
    assert log.used(q1_account(nxt, 0)) == 3_000 * T


def test_a_listing_whose_year_is_over_serves_no_new_decision() -> None:
    log = with_permit("2027-01-01 00:00", valid_to="2028-12-31")
    log.at("2026-12-31 23:59")
    add_list(log)
    post(log, "apply", application(applied_to="2027-12-31"), GENERATOR)
    log.at("2027-01-01 00:00")
    assert codes(log, decision(valid_to="2027-06-30")) == ["WL_TERM"]


def test_a_paper_decision_entered_when_the_list_is_over_needs_the_letter() -> None:
    log = with_permit("2026-12-31 23:59", valid_to="2028-12-31")
    add_list(log)
    post(log, "apply", application(), GENERATOR)
    log.at("2027-01-01 00:00")
    assert codes(log, decision(decided_on="2026-12-01", valid_to="2026-12-31")) == ["WL_TERM"]


#


@pytest.mark.parametrize(("used_g", "expected"), [(57_000 * T, []), (57_000 * T + 1, ["WL_QUOTA"])])
def test_r36_q1_is_committed_to_the_last_gram_and_no_further(used_g: int, expected: list[str]) -> None:
    log = applied_log()
    log.facts.put(account_key(Q1), Account(1, used_g))
    assert codes(log, decision()) == expected
    assert log.used(Q1) == used_g + (0 if expected else 3_000 * T)


def test_r36_lines_on_one_listing_are_summed() -> None:
    log = applied_log(applied(), applied(name="另一行"))
    log.facts.put(account_key(Q1), Account(1, 55_000 * T))
    both = decision(lines=(DecidedLine(line=0, mass_t="3000"), DecidedLine(line=1, mass_t="2000.000001")))
    assert post(log, "decide", both) == [("WL_QUOTA", "body.lines.1.mass_t")]
    assert post(log, "decide", decision(lines=(both.lines[0], replace(both.lines[1], mass_t="2000")))) == []
    assert log.used(Q1) == 60_000 * T


def test_r36_beyond_the_quota_the_letter_is_the_way() -> None:
    log = applied_log()
    log.facts.put(account_key(Q1), Account(1, 60_000 * T))
    agree(log)
    assert (route(log), log.used(Q1)) == ("APPROVED", 60_000 * T)
