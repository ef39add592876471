"""The life of an application and of its decision: acceptance, notice, withdrawal, suspension, revocation; each stage and each line (kinds §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.sample import sample
from tests.whitelist.acts import (
    LETTER,
    PAPER,
    REPLY,
    add_list,
    agree,
    application,
    applied,
    applied_log,
    approved,
    decision,
    line,
    listed,
    post,
    refusal,
    row,
    transfer,
    with_permit,
)
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, OTHER_RECEIVER, PERMIT, SICHUAN, Log, ulid
from whitelist.acts.accept import ApprovalAccept, ApprovalNotice
from whitelist.acts.approval_status import ApprovalChange
from whitelist.acts.decide import DecidedLine
from whitelist.acts.permit_status import PermitChange
from whitelist.acts.withdraw import ApprovalWithdraw
from whitelist.approval import ApprovalState
from whitelist.quota import commitments, q1_account

T = 1_000_000
Q1 = q1_account(LIST, 0)
ACCEPT, NOTICE = ApprovalAccept(no="川环受〔2026〕1号"), ApprovalNotice(deficiencies=("缺少运输路线",))
WITHDRAW, STOP = ApprovalWithdraw(reason="改由省内单位处置"), ApprovalChange(reason="接受人停产检修")


def stop(*lines: int) -> ApprovalChange:
    return replace(STOP, lines=lines)


def two_lines() -> Log:
    """Two lines by letter, both granted."""
    return approved(applied(listing=None, mass_t="10"), applied(listing=None, name="废铅栅", mass_t="10"))


def stage(log: Log) -> str:
    state: ApprovalState = log.state(APPROVAL)
    return state.stage


def marks(log: Log, act: str, body: Any, by: str = SICHUAN) -> tuple[Any, ...]:
    return log.post(f"approval.{act}/1", APPROVAL, body, by).decision.alerts


# acceptance and notice


def test_terms_count_from_the_acceptance_that_somebody_said() -> None:
    log = applied_log()
    log.at("2026-02-05 09:00")
    assert marks(log, "accept", ACCEPT) == ()
    state: ApprovalState = log.state(APPROVAL)
    assert (state.stage, state.accepted_on, state.course.accepted_no) == ("accepted", "2026-02-05", "川环受〔2026〕1号")
    log.at("2026-02-12 09:00")
    assert marks(log, "consult", LETTER) == (), "five working days from 5 February, not from 2 February"


def test_nobody_said_so_in_time_so_it_is_accepted_since_it_was_received() -> None:
    log = applied_log()
    log.at("2026-02-10 09:00")
    assert marks(log, "accept", ACCEPT) == (("M", "AUTH_LATE"),)
    assert log.state(APPROVAL).accepted_on == "2026-02-02"
    assert marks(log, "consult", LETTER) == (("M", "AUTH_LATE"),)


def test_a_listed_application_is_decided_within_five_days_of_its_acceptance() -> None:
    log = applied_log()
    log.at("2026-02-06 09:00")
    marks(log, "accept", ACCEPT)
    log.at("2026-02-13 09:00")
    assert marks(log, "decide", decision()) == ()


@pytest.mark.parametrize(("day", "alerts"), [("2026-02-09", ()), ("2026-02-10", (("M", "AUTH_LATE"),))])
def test_what_is_wanting_is_told_within_five_days_and_once(day: str, alerts: tuple[Any, ...]) -> None:
    log = applied_log()
    log.at(f"{day} 09:00")
    assert marks(log, "notice", NOTICE) == alerts
    assert post(log, "notice", NOTICE) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "accept", ACCEPT) == [("APPROVAL_STAGE", "kind")]
    log.at("2026-03-02 09:00")
    assert post(log, "apply", application(applied(mass_t="20")), GENERATOR) == []
    state: ApprovalState = log.state(APPROVAL)
    assert (state.stage, state.applied_on, state.course.first_on, state.course.noticed_on) == ("applied", "2026-03-02", "2026-02-02", day)
    assert [one.applied_g for one in state.lines] == [20 * T], "it stands in the place of the first"
    assert post(log, "notice", NOTICE) == [("APPROVAL_STAGE", "kind")], "once"
    assert marks(log, "accept", ACCEPT) == ()


def test_what_was_not_completed_is_refused_or_taken_back() -> None:
    log = applied_log()
    post(log, "notice", NOTICE)
    assert post(log, "consult", LETTER) == [("APPROVAL_STAGE", "kind")]
    assert post(log, "decide", refusal(outcome="incomplete")) == []
    log = applied_log()
    post(log, "notice", NOTICE)
    assert post(log, "withdraw", WITHDRAW, GENERATOR) == []


@pytest.mark.parametrize(
    ("act", "body", "reason"),
    [
        ("accept", replace(ACCEPT, no=" "), ("MISSING", "body.no")),
        ("notice", ApprovalNotice(deficiencies=()), ("LIST_LENGTH", "body.deficiencies")),
        ("notice", ApprovalNotice(deficiencies=("缺",) * 17), ("LIST_LENGTH", "body.deficiencies")),
        ("notice", ApprovalNotice(deficiencies=(" ",)), ("MISSING", "body.deficiencies.0")),
        ("notice", ApprovalNotice(deficiencies=("缺" * 2001,)), ("TEXT_LONG", "body.deficiencies.0")),
    ],
)
def test_an_answer_to_an_application_has_its_form(act: str, body: Any, reason: tuple[str, str]) -> None:
    assert post(applied_log(), act, body) == [reason]


@pytest.mark.parametrize(("act", "body"), [("accept", ACCEPT), ("notice", NOTICE), ("suspend", STOP), ("resume", STOP), ("revoke", STOP)])
@pytest.mark.parametrize("by", [CHONGQING, GENERATOR])
def test_they_are_the_origins_alone(act: str, body: Any, by: str) -> None:
    log = listed() if body is STOP else applied_log()
    if act == "resume":
        post(log, "suspend", STOP)
    assert post(log, act, body, by) == [("SIGNER_ROLE", "by.0")]


def test_the_generator_alone_takes_its_application_back() -> None:
    log = applied_log()
    for by in (SICHUAN, CHONGQING, OTHER_RECEIVER):
        assert post(log, "withdraw", WITHDRAW, by) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "withdraw", ApprovalWithdraw(reason=""), GENERATOR) == [("MISSING", "body.reason")]
    assert post(log, "withdraw", WITHDRAW, GENERATOR) == []
    assert log.state(APPROVAL).course.withdrawn_on == "2026-02-02"
    assert post(log, "decide", decision()) == [("APPROVAL_STAGE", "kind")]
    reasons = log.ask(transfer()).reasons
    assert [(one.code, one.field, one.found) for one in reasons] == [("APPROVAL_STAGE", "body.approval", "withdrawn")]


# stops, line by line


def test_nothing_is_issued_on_a_line_that_is_stopped_and_the_others_go_on() -> None:
    log = two_lines()
    assert post(log, "suspend", stop(1)) == []
    assert stage(log) == "approved"
    grid = line(name="废铅栅", decision_line=1)
    assert [(one.code, one.field) for one in log.ask(transfer(line(), grid)).reasons] == [("APPROVAL_STATUS", "body.lines.1.decision_line")]
    assert log.ask(transfer(line())).reasons == ()
    assert post(log, "suspend", stop(0)) == []
    assert stage(log) == "suspended"
    assert post(log, "resume", STOP) == []
    assert (stage(log), log.ask(transfer(line(), grid)).reasons) == ("approved", ())


def test_a_decision_ends_with_its_last_line_and_for_ever() -> None:
    log = two_lines()
    post(log, "revoke", stop(0))
    post(log, "suspend", STOP)
    assert [one.status for one in log.state(APPROVAL).lines] == ["REVOKED", "SUSPENDED"]
    assert stage(log) == "suspended"
    assert post(log, "resume", stop(0)) == [("APPROVAL_LINE", "body.lines.0")]
    post(log, "revoke", STOP)
    assert stage(log) == "revoked"
    for act in ("suspend", "resume", "revoke"):
        assert post(log, act, STOP) == [("APPROVAL_STAGE", "kind")]
    assert [one.code for one in log.ask(transfer()).reasons] == ["APPROVAL_STATUS"], "kinds §15"


@pytest.mark.parametrize(
    ("act", "lines", "reasons"),
    [
        ("suspend", (2,), [("APPROVAL_LINE", "body.lines.0")]),
        ("suspend", (0, 0), [("APPROVAL_LINE", "body.lines.1")]),
        ("suspend", (-1,), [("FIELD_TYPE", "body.lines.0")]),
        ("suspend", tuple(range(65)), [("LIST_LENGTH", "body.lines")]),
        ("resume", (), [("APPROVAL_STAGE", "kind")]),
        ("resume", (1,), [("APPROVAL_LINE", "body.lines.0")]),
        ("revoke", (1, 2), [("APPROVAL_LINE", "body.lines.1")]),
    ],
)
def test_stops_name_lines_that_were_granted_and_stand(act: str, lines: tuple[int, ...], reasons: list[tuple[str, str]]) -> None:
    assert post(two_lines(), act, stop(*lines)) == reasons


def test_a_line_that_was_not_granted_is_no_line() -> None:
    both = (applied(listing=None, mass_t="10"), applied(listing=None, name="废铅栅", mass_t="10"))
    log = approved(*both, granted=(DecidedLine(line=1, mass_t="5"),))
    assert post(log, "suspend", stop(0)) == [("APPROVAL_LINE", "body.lines.0")]
    assert post(log, "suspend", STOP) == []
    assert (stage(log), [one.status for one in log.state(APPROVAL).lines]) == ("suspended", ["", "SUSPENDED"])


def test_a_backfill_goes_by_the_status_of_its_own_day_and_says_that_it_is_past() -> None:
    log = approved()
    log.at("2026-12-31 18:00")
    post(log, "revoke", STOP)
    paper = replace(PAPER, departed_at="2026-12-30T09:00:00+08:00", completed_at="2026-12-30T16:00:00+08:00")
    answer = log.ask(transfer(type="backfill_ordinary", paper=paper))
    assert answer.reasons == ()
    assert ("H", "BACKFILL_PAST") in answer.alerts


def test_what_is_revoked_or_lost_its_permit_is_applied_for_anew_and_what_is_suspended_waits() -> None:
    log = approved()
    post(log, "suspend", STOP)
    assert log.ask(transfer()).anew == ()
    post(log, "revoke", STOP)
    assert [(one.fact, one.line, one.now) for one in log.ask(transfer()).anew] == [("conditions", 0, "REVOKED")]
    log = approved()
    log.post("permit.suspend/1", PERMIT, PermitChange(reason="停产"), CHONGQING)
    assert [(one.fact, one.line, one.was) for one in log.ask(transfer()).anew] == [("conditions", None, PERMIT)]
    log = approved()
    assert log.ask(transfer(line(mass_t="3000"), permit=None)).anew == (), "all of it, to the gram, is not more"
    assert [(one.fact, one.was, one.now) for one in log.ask(transfer(line(mass_t="3000.000001"))).anew] == [
        ("mass", "3000.000000", "3000.000001")
    ]
    log.at("2027-01-02 09:00")
    assert [(one.fact, one.was) for one in log.ask(transfer()).anew] == [("over", "2026-12-31")]
    assert log.ask(transfer(carriers=(OTHER_RECEIVER,), approval=f"approval/{GENERATOR}/{ulid(77)}")).anew == ()


# the listing's quota (kinds §1.6)


def test_a_revoked_line_gives_back_what_its_manifests_do_not_hold_to_the_gram() -> None:
    log = with_permit()
    add_list(log, row(quota_t="100"))
    log.post("approval.apply/1", APPROVAL, application(applied(mass_t="80")), GENERATOR)
    post(log, "decide", decision(lines=(DecidedLine(line=0, mass_t="80"),)))
    assert log.issue(transfer(line(mass_t="30"), number=None)).reasons == ()
    before = log.used(Q1)
    assert post(log, "revoke", STOP) == []
    assert log.used(Q1) == before == 80 * T, "the next decision settles it"
    second, third = (f"approval/{GENERATOR}/{ulid(number)}" for number in (21, 22))
    for chain in (second, third):
        log.post("approval.apply/1", chain, application(applied(mass_t="80")), GENERATOR)
    assert [code for code, _ in post(log, "decide", decision(lines=(DecidedLine(line=0, mass_t="70.000001"),)), chain=second)] == [
        "WL_QUOTA"
    ]
    assert post(log, "decide", decision(lines=(DecidedLine(line=0, mass_t="70"),)), chain=third) == []
    assert log.used(Q1) == 100 * T
    assert [(one.decision, one.held_g) for one in commitments(log.facts, Q1).open] == [(APPROVAL, 30 * T), (third, 70 * T)]


def test_a_suspended_line_gives_nothing_back() -> None:
    log = with_permit()
    add_list(log, row(quota_t="100"))
    log.post("approval.apply/1", APPROVAL, application(applied(mass_t="80")), GENERATOR)
    post(log, "decide", decision(lines=(DecidedLine(line=0, mass_t="80"),)))
    post(log, "suspend", STOP)
    other = f"approval/{GENERATOR}/{ulid(21)}"
    log.post("approval.apply/1", other, application(applied(mass_t="80")), GENERATOR)
    assert [code for code, _ in post(log, "decide", decision(lines=(DecidedLine(line=0, mass_t="21"),)), chain=other)] == ["WL_QUOTA"]


# every stage against every act

_NEXT: Mapping[str, Mapping[str, str]] = {
    "applied": {"accept": "accepted", "notice": "noticed", "consult": "consulted", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "noticed": {"apply": "applied", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "accepted": {"consult": "consulted", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "consulted": {"agree": "agreed", "disagree": "disagreed", "approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "agreed": {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "disagreed": {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"},
    "approved": {"suspend": "suspended", "revoke": "revoked"},
    "suspended": {"resume": "approved", "revoke": "revoked"},
}  # fmt: skip
"""Kinds §4: from a stage by an act to another; everything else is APPROVAL_STAGE."""
_ACTS: Mapping[str, tuple[str, Any, str]] = {
    "apply": ("apply", application(), GENERATOR),
    "accept": ("accept", ACCEPT, SICHUAN),
    "notice": ("notice", NOTICE, SICHUAN),
    "consult": ("consult", LETTER, SICHUAN),
    "agree": ("reply", REPLY, CHONGQING),
    "disagree": ("reply", replace(REPLY, agree=False, reason="处置能力不足"), CHONGQING),
    "approve": ("decide", decision(), SICHUAN),
    "refuse": ("decide", refusal(), SICHUAN),
    "withdraw": ("withdraw", WITHDRAW, GENERATOR),
    "suspend": ("suspend", STOP, SICHUAN),
    "resume": ("resume", STOP, SICHUAN),
    "revoke": ("revoke", STOP, SICHUAN),
}


@settings(max_examples=sample(60), deadline=None)
@given(st.lists(st.sampled_from(sorted(_ACTS)), min_size=1, max_size=14))
def test_whatever_is_tried_the_stages_are_those_of_the_table(tried: list[str]) -> None:
    """On a listing, so that a decision needs no letter and each row of the table is reached by its stage alone."""
    log = applied_log()
    expected, noticed = "applied", False
    for name in tried:
        act, body, by = _ACTS[name]
        following = _NEXT.get(expected, {}).get(name)
        if name == "notice" and noticed:
            following = None
        found = post(log, act, body, by)
        assert found == ([("APPROVAL_STAGE", "kind")] if following is None else []), (expected, name)
        expected, noticed = following or expected, noticed or (name == "notice" and following is not None)
        assert stage(log) == expected


def test_an_approval_by_letter_is_stopped_like_one_on_a_list() -> None:
    log = applied_log(applied(listing=None))
    agree(log)
    post(log, "decide", decision())
    assert post(log, "suspend", STOP) == []
    assert post(log, "revoke", STOP) == []


@settings(max_examples=sample(60), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["suspend", "resume", "revoke"]), st.lists(st.integers(0, 3), max_size=3)), max_size=8))
def test_lines_stop_and_go_on_as_a_table_of_three_says(tried: list[tuple[str, list[int]]]) -> None:
    """Three lines were granted, a fourth was not: what is named is done whole or not at all, what is not named is done to whatever it can be."""
    lines = tuple(applied(listing=None, name=f"废物{number}", mass_t="10") for number in range(4))
    log = approved(*lines, granted=tuple(DecidedLine(line=number, mass_t="5") for number in range(3)))
    before = {"suspend": {"ACTIVE"}, "resume": {"SUSPENDED"}, "revoke": {"ACTIVE", "SUSPENDED"}}
    after = {"suspend": "SUSPENDED", "resume": "ACTIVE", "revoke": "REVOKED"}
    model = ["ACTIVE"] * 3
    for act, named in tried:
        standing = {*model}
        stages = {"suspend": "ACTIVE" in standing, "resume": standing != {"REVOKED"}, "revoke": standing != {"REVOKED"}}
        wanted = named or [number for number, status in enumerate(model) if status in before[act]]
        if not stages[act] or not wanted:
            expected = {"APPROVAL_STAGE"}
        else:
            fits = len(set(wanted)) == len(wanted) and all(number < 3 and model[number] in before[act] for number in wanted)
            expected = set() if fits else {"APPROVAL_LINE"}
        assert {code for code, _ in post(log, act, stop(*named))} == expected, (act, named, model)
        if not expected:
            for number in wanted:
                model[number] = after[act]
        state: ApprovalState = log.state(APPROVAL)
        assert [line.status for line in state.lines] == [*model, ""]
        assert state.stage == ("approved" if "ACTIVE" in model else "suspended" if "SUSPENDED" in model else "revoked")
