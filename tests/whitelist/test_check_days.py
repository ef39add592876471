"""R-32, R-40 and the day of the event: lists, back-fills judged on the day they departed on paper (L2 of the cases), plans that end too late (E8)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import Head, chain_key
from tests.whitelist.acts import (
    INTRA,
    PAPER,
    add_list,
    application,
    applied,
    applied_log,
    approved,
    decision,
    grant,
    line,
    listed,
    transfer,
    with_permit,
)
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, PERMIT, SICHUAN, Log
from whitelist.acts.decide import DecidedLine
from whitelist.acts.permit_status import PermitChange
from whitelist.approval import ListingRef
from whitelist.transfer import Answer, WasteLine


def ask(log: Log, *lines: WasteLine, **changes: Any) -> Answer:
    return log.ask(transfer(*lines, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def codes(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.reasons]


# plans that end too late (E8 of the cases)


@pytest.mark.parametrize(
    ("planned_at", "expected"),
    [
        ("2026-12-31T23:59:59+08:00", []),
        ("2026-12-31T23:59:59-08:00", [("APPROVAL_EXPIRED", "body.planned_at")]),  # in Shanghai it is January by then
        ("2027-01-01T00:00:00+08:00", [("APPROVAL_EXPIRED", "body.planned_at")]),
        ("2099-01-01T00:00:00+08:00", [("PERMIT_DATE", "body.planned_at"), ("APPROVAL_EXPIRED", "body.planned_at")]),
        ("2026-11-05", [("AT_FORM", "body.planned_at")]),
    ],
)
def test_e8_a_plan_beyond_the_last_day_of_decision_or_permit_is_refused(planned_at: str, expected: list[Any]) -> None:
    assert found(ask(listed(), planned_at=planned_at)) == expected


def test_e8_inside_a_province_the_permit_alone_bounds_the_plan() -> None:
    assert found(ask(listed(), **INTRA, planned_at="2027-06-30T23:59:59+08:00")) == []
    assert found(ask(listed(), **INTRA, planned_at="2027-07-01T00:00:00+08:00")) == [("PERMIT_DATE", "body.planned_at")]


def test_r32_each_line_of_a_decision_ends_on_its_own_day() -> None:
    lines = (applied(listing=None), applied(listing=None, name="废铅膏"))
    granted = (DecidedLine(line=0, mass_t="3000", valid_to="2026-11-05"), DecidedLine(line=1, mass_t="3000"))
    log = approved(*lines, granted=granted)
    other = line(name="废铅膏", decision_line=1)
    later = "2026-11-06T00:00:00+08:00"
    assert found(ask(log)) == [], "its last day is good"
    assert found(ask(log, planned_at=later)) == [("APPROVAL_EXPIRED", "body.planned_at")]
    assert found(ask(log, other, planned_at=later)) == []
    log.at("2026-11-06 00:00")
    assert found(ask(log)) == [("APPROVAL_EXPIRED", "body.lines.0.decision_line")]
    assert found(ask(log, other, line())) == [("APPROVAL_EXPIRED", "body.lines.1.decision_line")]


# lists (R-35, R-40; L5 of the cases)


def change_list(log: Log, **changes: Any) -> None:
    """Let the list be something else, as later kinds (amend, suspend, remove) will."""
    head: Head[Any] = log.facts.values[chain_key(LIST)]
    log.facts.put(chain_key(LIST), replace(head, state=replace(head.state, **changes)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"year": 2027, "effective_from": "2027-01-01", "effective_to": "2027-12-31"}, "APPROVAL_EARLY"),
        ({"year": 2025, "effective_from": "2025-01-01", "effective_to": "2025-12-31"}, "WL_YEAR"),
        ({"effective_to": "2026-11-04"}, "WL_TERM"),
        ({"effective_from": "2026-11-06"}, "APPROVAL_EARLY"),
    ],
)
def test_r40_a_listing_serves_the_days_of_its_list(change: dict[str, Any], code: str) -> None:
    log = listed()
    change_list(log, **change)
    assert found(ask(log)) == [(code, "body.lines.0.decision_line")]


@pytest.mark.parametrize("change", [{"status": "PROPOSED"}, {"from_province": "50", "to_province": "51"}, {"rows": ()}])
def test_r35_is_judged_at_the_decision_and_never_again(change: dict[str, Any]) -> None:
    log = listed()
    change_list(log, **change)
    assert found(ask(log)) == []


@pytest.mark.parametrize("change", [{"effective_to": "2026-11-05"}, {"effective_from": "2026-11-05"}])
def test_r40_first_and_last_effective_day_are_good(change: dict[str, Any]) -> None:
    log = listed()
    change_list(log, **change)
    assert found(ask(log)) == []


def test_r40_a_list_serves_its_own_year_though_the_decision_was_given_in_the_one_before() -> None:
    """L5: a decision of December on next year's list; nothing is issued under it before that year."""
    log = with_permit("2026-12-20 09:00", valid_to="2027-12-31")
    listing = ListingRef(list="list/2027-51-50-cy", row=0)
    add_list(log, chain=listing.list, effective_from="2027-01-01", effective_to="2027-12-31")
    log.post("approval.apply/1", APPROVAL, application(applied(listing=listing), applied_to="2027-12-31"), GENERATOR)
    log.post("approval.decide/1", APPROVAL, decision(valid_to="2027-12-19"), SICHUAN)
    log.at("2026-12-31 23:59")
    assert codes(ask(log, number=None)) == ["APPROVAL_EARLY"], "kinds §5, R-32: before its list's effective_from"
    log.at("2027-01-01 00:00")
    assert codes(ask(log, number=None)) == []


# backfilling, L2 of the cases


def in_january(**changes: Any) -> tuple[Log, dict[str, Any]]:
    """The paper trip of 30 December under a decision to 31 December, back-filled on 5 January."""
    log = approved(permit=grant(valid_to="2026-12-31"))
    log.at("2027-01-05 10:00")
    return log, {"type": "backfill_ordinary", "paper": replace(PAPER, **changes), "number": "20265101000123"}


def test_l2_a_backfill_is_judged_on_the_day_it_departed_on_paper() -> None:
    log, body = in_january()
    answer = ask(log, **body)
    assert (found(answer), answer.alerts) == ([], (("H", "BACKFILL_PAST"),))
    assert answer.tags == (("BACKFILL",), ("PLAN_OFF_LOG",), ("PROVISIONAL_CALENDAR",))
    assert codes(ask(log, number=None)) == ["PERMIT_DATE", "APPROVAL_EXPIRED"], "issued today it would be refused"


def test_l2_its_own_day_still_binds_it() -> None:
    log, body = in_january(departed_at="2027-01-01T00:00:00+08:00", completed_at="2027-01-01T09:00:00+08:00")
    answer = ask(log, **body)
    assert codes(answer) == ["PERMIT_DATE", "APPROVAL_EXPIRED"]
    assert ("M", "NO_YEAR") in answer.alerts, "the year in the number is compared with the departure"


def test_l2_statuses_are_those_of_its_moment() -> None:
    log, body = in_january()
    log.at("2026-12-31 12:00")
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产整治"), CHONGQING)
    log.at("2027-01-05 10:00")
    assert found(ask(log, **body)) == []
    late = replace(PAPER, departed_at="2026-12-31T12:00:00+08:00")
    assert "PERMIT_STATUS" in codes(ask(log, **{**body, "paper": late}))


def test_a_backfill_whose_decision_and_permit_still_stand_is_no_matter_of_the_past() -> None:
    log = approved()
    paper = replace(PAPER, departed_at="2026-11-02T09:00:00+08:00", completed_at="2026-11-02T16:00:00+08:00")
    answer = ask(log, type="backfill_special", paper=paper)
    assert (found(answer), answer.alerts) == ([], ())


@pytest.mark.parametrize(
    ("entered", "alerts"),
    [("2026-11-05 09:00", ()), ("2026-11-05 09:01", (("H", "APPROVAL_AFTER"),)), ("2026-11-06 10:00", (("H", "APPROVAL_AFTER"),))],
)
def test_a_decision_that_entered_the_log_after_the_departure_is_told(entered: str, alerts: tuple[Any, ...]) -> None:
    """Its day on paper is before the departure, but only its own word says so."""
    log = applied_log()
    log.at(entered)
    log.post("approval.decide/1", APPROVAL, decision(decided_on="2026-02-02"), SICHUAN)
    log.at("2026-11-06 11:00")
    paper = replace(PAPER, departed_at="2026-11-05T09:00:00+08:00", completed_at="2026-11-05T16:00:00+08:00")
    answer = ask(log, type="backfill_ordinary", paper=paper)
    assert (found(answer), answer.alerts) == ([], alerts)
    assert ask(log).alerts == (), "an ordinary issue comes after its decision"


def test_l2_a_listed_decision_of_last_year_serves_a_departure_of_last_year() -> None:
    log = listed()
    log.at("2027-01-05 10:00")
    answer = ask(log, type="backfill_ordinary", paper=PAPER)
    assert (found(answer), answer.route, answer.alerts) == ([], "LISTED", (("H", "BACKFILL_PAST"),))


@pytest.mark.parametrize(
    ("departed", "completed", "fields"),
    [
        ("2026-12-30T09:00:00+08:00", "2026-12-30T09:00:00+08:00", []),
        ("2026-12-30T09:00:01+08:00", "2026-12-30T09:00:00+08:00", ["body.paper.completed_at"]),
        ("2026-12-30T09:00:00+08:00", "2027-01-05T10:00:00+08:00", []),
        ("2026-12-30T09:00:00+08:00", "2027-01-05T10:00:01+08:00", ["body.paper.completed_at"]),
    ],
)
def test_r70_departed_completed_and_backfilled_follow_each_other(departed: str, completed: str, fields: list[str]) -> None:
    log, body = in_january(departed_at=departed, completed_at=completed)
    assert [field for code, field in found(ask(log, **body)) if code == "TIME_ORDER"] == fields


@pytest.mark.parametrize(("now", "alerts"), [("2026-11-19 23:59", ()), ("2026-11-20 00:00", (("M", "BACKFILL_LATE"),))])
def test_r70_ten_working_days_after_completion_a_backfill_is_late(now: str, alerts: tuple[Any, ...]) -> None:
    log = approved()
    log.at(now)
    paper = replace(PAPER, departed_at="2026-11-05T09:00:00+08:00", completed_at="2026-11-05T16:00:00+08:00")
    answer = ask(log, type="backfill_ordinary", paper=paper)
    assert (found(answer), answer.alerts) == ([], alerts)


def test_r70_a_provisional_calendar_says_so() -> None:
    log, body = in_january()
    log.at("2027-01-20 10:00")
    answer = ask(log, **body)
    assert (("M", "BACKFILL_LATE") in answer.alerts, ("PROVISIONAL_CALENDAR",) in answer.tags) == (True, True)
    log.at("2027-01-05 10:00")
    answer = ask(log, **body)
    assert (("M", "BACKFILL_LATE") in answer.alerts, ("PROVISIONAL_CALENDAR",) in answer.tags) == (False, True), "it may yet be late"
