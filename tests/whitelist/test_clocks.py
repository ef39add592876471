"""Clocks of applications: the course that they show is the one by which entries are alerted (R-42); days LISTED against APPROVED."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.sample import sample
from tests.whitelist.acts import LETTER, REPLY, application, applied, applied_log, decision, post, refusal
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, SICHUAN, Log, Refusing
from whitelist.acts.accept import ApprovalAccept, ApprovalNotice
from whitelist.acts.withdraw import ApprovalWithdraw
from whitelist.approval import ApprovalState
from whitelist.clocks import clocks_of, decision_time, late_workdays, running, times_by_route
from whitelist.terms import Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of

NOTICE = ApprovalNotice(deficiencies=("缺少协议",))
BY_LETTER = applied(listing=None)


def present(log: Log) -> Present:
    limits = thresholds_of(log.facts)
    assert limits is not None
    return Present(log.now, workdays_of(log.facts), limits)


def course(log: Log) -> list[tuple[str, str, str, str | None, str, int]]:
    found = clocks_of(log.state(APPROVAL), present(log))
    return [(one.name, one.whose, one.since, one.due_on, one.ended_on, one.late_wd) for one in found]


def post_on(log: Log, day: str, act: str, body: Any, by: str = SICHUAN) -> None:
    log.at(f"{day} 09:00")
    assert post(log, act, body, by) == []


def test_the_example_of_the_law_runs_its_way_by_letter() -> None:
    """R-42: accepted Monday 2 November; review by the 9th, reply by the 23rd where the letter went on the 9th, decision by the 30th."""
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-02", "accept", ApprovalAccept())
    log.at("2026-02-03 09:00")
    assert course(log)[1:] == [("review", "origin", "2026-02-02", "2026-02-09", "", 0)]
    post_on(log, "2026-02-09", "consult", LETTER)
    post_on(log, "2026-02-27", "reply", replace(REPLY, letter_date="2026-02-27"), CHONGQING)
    log.at("2026-03-02 09:00")
    assert course(log) == [
        ("notice", "origin", "2026-02-02", "2026-02-09", "2026-02-02", 0),
        ("review", "origin", "2026-02-02", "2026-02-09", "2026-02-09", 0),
        ("reply", "destination", "2026-02-09", "2026-02-28", "2026-02-27", 0),
        ("decide", "origin", "2026-02-27", "2026-03-05", "", 0),
    ], "Spring Festival lies between; Saturdays 14 and 28 February are worked"


def test_what_runs_says_how_many_days_are_left_and_then_how_many_it_is_late() -> None:
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-03", "consult", LETTER)
    log.at("2026-02-25 09:00")
    found = {one.name: one for one in running(log.state(APPROVAL), present(log))}
    assert set(found) == {"reply", "no_reply"}
    assert (found["reply"].due_on, found["reply"].left_wd, found["reply"].late_wd) == ("2026-02-24", -1, 1)
    assert found["no_reply"].due_on == "2026-04-14"
    assert found["no_reply"].left_wd == 34
    assert late_workdays(found.values()) == {"destination": 1}
    log.at("2026-04-17 09:00")
    found = {one.name: one for one in running(log.state(APPROVAL), present(log))}
    assert found["no_reply"].late_wd == 3
    assert set(late_workdays(found.values())) == {"destination"}, "the origin may decide without the reply; it is not late on it"


def test_a_refusal_without_a_reply_leaves_the_other_side_late() -> None:
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-03", "consult", LETTER)
    post_on(log, "2026-04-15", "decide", refusal(outcome="no_reply"))
    assert course(log)[-1] == ("reply", "destination", "2026-02-03", "2026-02-24", "2026-04-15", 36)
    assert decision_time(APPROVAL, log.state(APPROVAL), present(log)) is None, "it was not approved"


def test_nobody_answers_so_it_is_accepted_by_law_and_the_review_is_late() -> None:
    log = applied_log(BY_LETTER)
    log.at("2026-02-09 23:00")
    assert [(one.name, one.left_wd) for one in running(log.state(APPROVAL), present(log))] == [("notice", 0), ("review", 0)]
    log.at("2026-02-11 09:00")
    assert course(log) == [
        ("notice", "origin", "2026-02-02", "2026-02-09", "2026-02-09", 0),
        ("review", "origin", "2026-02-02", "2026-02-09", "", 2),
    ]


def test_a_completed_application_begins_anew_and_keeps_what_was_before() -> None:
    log = applied_log()
    post_on(log, "2026-02-10", "notice", NOTICE)
    post_on(log, "2026-03-02", "apply", application(), GENERATOR)
    post_on(log, "2026-03-04", "accept", ApprovalAccept())
    post_on(log, "2026-03-12", "decide", decision())
    assert course(log) == [
        ("notice", "origin", "2026-02-02", "2026-02-09", "2026-02-10", 1),
        ("complete", "generator", "2026-02-10", None, "2026-03-02", 0),
        ("notice", "origin", "2026-03-02", "2026-03-09", "2026-03-04", 0),
        ("listed", "origin", "2026-03-04", "2026-03-11", "2026-03-12", 1),
    ]
    found = decision_time(APPROVAL, log.state(APPROVAL), present(log))
    assert found is not None
    assert (found.route, found.applied_on, found.days, found.late) == ("LISTED", "2026-02-02", 38, {"origin": 2})


def test_what_was_taken_back_runs_no_more() -> None:
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-04", "notice", NOTICE)
    assert [one.name for one in running(log.state(APPROVAL), present(log))] == ["complete"]
    post_on(log, "2026-02-05", "withdraw", ApprovalWithdraw(reason="不再转移"), GENERATOR)
    log.at("2026-12-01 09:00")
    assert running(log.state(APPROVAL), present(log)) == ()


_STOPS = {"accept": "notice", "notice": "notice", "consult": "review", "reply": "reply"}


@settings(max_examples=sample(80), deadline=None)
@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(["accept", "notice", "apply", "consult", "reply", "decide"]), st.integers(0, 25)), max_size=7),
)
def test_an_act_is_alerted_where_the_clock_that_it_stops_says_late(is_listed: bool, tried: list[tuple[str, int]]) -> None:
    bodies = {
        "accept": (ApprovalAccept(), SICHUAN),
        "notice": (NOTICE, SICHUAN),
        "apply": (application(applied() if is_listed else BY_LETTER), GENERATOR),
        "consult": (LETTER, SICHUAN),
        "reply": (REPLY, CHONGQING),
        "decide": (decision(), SICHUAN),
    }
    log, day = applied_log(applied() if is_listed else BY_LETTER), date(2026, 2, 2)
    for act, wait in tried:
        day += timedelta(days=wait)
        log.at(f"{day} 09:00")
        body, by = bodies[act]
        try:
            alerts = log.post(f"approval.{act}/1", APPROVAL, body, by).decision.alerts
        except Refusing:
            continue
        state: ApprovalState = log.state(APPROVAL)
        clocks = clocks_of(state, present(log))
        stopped = _STOPS.get(act, {"LISTED": "listed", "APPROVED": "decide"}.get(state.route, ""))
        ended = [one for one in clocks if one.name == stopped and one.ended_on == day.isoformat()]
        assert (alerts == (("M", "AUTH_LATE"),)) == any(one.is_late for one in ended[-1:]), (act, clocks)
        assert all(one.ended_on or one.since <= day.isoformat() for one in clocks)


def test_who_acts_on_the_free_day_behind_the_last_one_is_late_by_no_working_day() -> None:
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-08", "consult", LETTER)
    post_on(log, "2026-03-01", "reply", replace(REPLY, letter_date="2026-02-28"), CHONGQING)
    [reply] = [one for one in clocks_of(log.state(APPROVAL), present(log)) if one.name == "reply"]
    assert (reply.due_on, reply.is_late, reply.late_wd) == ("2026-02-27", True, 1), "Saturday the 28th is worked, Sunday is not"
    log = applied_log(BY_LETTER)
    post_on(log, "2026-02-09", "consult", LETTER)
    post_on(log, "2026-03-01", "reply", replace(REPLY, letter_date="2026-02-28"), CHONGQING)
    clocks = clocks_of(log.state(APPROVAL), present(log))
    [reply] = [one for one in clocks if one.name == "reply"]
    assert (reply.due_on, reply.is_late, reply.late_wd) == ("2026-02-28", True, 0)
    assert late_workdays(clocks) == {"destination": 0}


def test_days_on_a_list_stand_against_days_by_letter() -> None:
    def took(route: str, workdays: int) -> Any:
        return replace(_TIME, route=route, workdays=workdays, days=2 * workdays, late={"origin": 1} if workdays > 20 else {})

    found = times_by_route([took("APPROVED", 25), took("LISTED", 3), took("LISTED", 5), took("APPROVED", 12), took("LISTED", 4)])
    assert [(one.route, one.decisions, one.workdays_median, one.workdays_p90, one.days_max, one.late) for one in found] == [
        ("LISTED", 3, 4.0, 5, 10, 0),
        ("APPROVED", 2, 18.5, 25, 50, 1),
    ]
    assert times_by_route([]) == ()


_LOG = applied_log()
post(_LOG, "decide", decision())
_FOUND = decision_time(APPROVAL, _LOG.state(APPROVAL), present(_LOG))
assert _FOUND is not None
_TIME = _FOUND


@pytest.mark.parametrize(("day", "workdays"), [("2026-02-02", 0), ("2026-02-09", 5), ("2026-02-25", 12)])
def test_a_decision_takes_the_days_behind_that_of_its_application(day: str, workdays: int) -> None:
    log = applied_log()
    post_on(log, day, "decide", decision())
    found = decision_time(APPROVAL, log.state(APPROVAL), present(log))
    assert found is not None
    assert (found.workdays, found.days) == (workdays, (date.fromisoformat(day) - date(2026, 2, 2)).days)
