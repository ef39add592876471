"""list.suspend, resume, remove, confirm (kinds §4): who signs, what waits for whom, and what it does to decisions and issues (R-37)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.model import Head, chain_key
from tests.whitelist.acts import PAPER, application, decision, listed, propose, row, transfer, with_permit
from tests.whitelist.acts import post as post_approval
from tests.whitelist.driver import APPROVAL, CHONGQING, GENERATOR, LIST, SICHUAN, Log, seconds
from tests.whitelist.listing_bench import DECEMBER, LEAD, WIDE, lead, page, post, sealed
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_status import ListStatus, ListSuspend

LETTER = {"letter_no": "渝环函〔2026〕30号", "letter_date": "2025-12-20"}
OTHERS = "911101000000FX077R"  # stands for an authority that is no side of the list


def in_force(now: str = DECEMBER, rows: int = 3, **changes: Any) -> Log:
    """A list of three rows, in force."""
    log = with_permit(now, items=WIDE)
    assert post(log, "propose", propose(rows=rows, **changes)) == []
    assert post(log, "rows", page(0, *(lead(code) for code in LEAD[:rows]))) == []
    assert post(log, "countersign", sealed(log), CHONGQING) == []
    return log


def act(number: int | None = None, reason: str = "核查（虚构）", **more: Any) -> ListStatus:
    return ListStatus(row=number, reason=reason, **LETTER, **more)


def suspend(number: int | None = None) -> ListSuspend:
    return ListSuspend(row=number, reason="超标排放（虚构）", **LETTER)


def confirm(log: Log, number: int = -1, by: str = CHONGQING, chain: str = LIST) -> list[tuple[str, str]]:
    return post(log, "confirm", ListConfirm(act=log.state(chain).life.pending[number].act, **LETTER), by, chain)


def statuses(log: Log, chain: str = LIST) -> list[str]:
    state = log.state(chain)
    return [state.status_at(number, log.now) for number in range(len(state.rows))]


def test_a_suspension_is_one_sides_word_and_counts_at_once() -> None:
    for by in (SICHUAN, CHONGQING):
        log = in_force()
        assert post(log, "suspend", suspend(1), by) == []
        assert statuses(log) == ["ACTIVE", "SUSPENDED", "ACTIVE"]
        (change,) = log.state(LIST).life.changes
        assert (change.by, change.row, change.reason, change.at_s) == (by, 1, "超标排放（虚构）", log.now)
        assert post(log, "suspend", suspend(1), by) == [("ROW_STATE", "body.row")]
        assert post(log, "suspend", suspend(), by) == []
        assert statuses(log) == ["SUSPENDED"] * 3
        assert post(log, "suspend", suspend(), by) == [("ROW_STATE", "kind")]


def test_what_was_before_a_stop_is_still_known() -> None:
    log = in_force()
    log.at("2026-03-01 09:00")
    post(log, "suspend", suspend(0))
    log.at("2026-04-01 09:00")
    post(log, "resume", act(0))
    confirm(log)
    state = log.state(LIST)
    asked = [seconds(at) for at in ("2026-03-01 08:59", "2026-03-01 09:00", "2026-04-01 08:59", "2026-04-01 09:00")]
    assert [state.status_at(0, at) for at in asked] == ["ACTIVE", "SUSPENDED", "SUSPENDED", "ACTIVE"]
    assert [state.overtook(0, at) for at in asked] == [True, False, False, False]


@pytest.mark.parametrize(("mine", "theirs"), [(SICHUAN, CHONGQING), (CHONGQING, SICHUAN)])
def test_resuming_and_removing_wait_for_the_other_side(mine: str, theirs: str) -> None:
    log = in_force()
    post(log, "suspend", suspend(0), mine)
    assert post(log, "resume", act(0), mine) == []
    assert statuses(log)[0] == "SUSPENDED"
    assert confirm(log, by=mine) == [("LIST_ACT", "body.act")]
    assert confirm(log, by=theirs) == []
    assert statuses(log)[0] == "ACTIVE"
    assert log.state(LIST).life.changes[-1].confirmed_by == theirs
    assert log.state(LIST).life.pending == ()
    assert post(log, "remove", act(0), mine) == []
    assert statuses(log)[0] == "ACTIVE"
    assert confirm(log, by=theirs) == []
    assert statuses(log) == ["REMOVED", "ACTIVE", "ACTIVE"]
    for kind in ("suspend", "resume", "remove"):
        assert post(log, kind, act(0), mine) == [("ROW_STATE", "body.row")]


def test_what_was_replaced_or_is_moot_is_not_confirmed() -> None:
    log = in_force()
    post(log, "remove", act(0))
    old = log.state(LIST).life.pending[0].act
    post(log, "remove", act(0, reason="另有理由（虚构）"))
    assert len(log.state(LIST).life.pending) == 1
    assert post(log, "confirm", ListConfirm(act=old, **LETTER), CHONGQING) == [("LIST_ACT", "body.act")]
    post(log, "remove", act(0), CHONGQING)  # both sides' own words wait beside each other
    assert len(log.state(LIST).life.pending) == 2
    assert confirm(log, 1, SICHUAN) == []
    assert log.state(LIST).life.pending == ()
    assert confirm_of(log, "00" * 32) == [("LIST_ACT", "body.act")]


def confirm_of(log: Log, digest: str) -> list[tuple[str, str]]:
    return post(log, "confirm", ListConfirm(act=digest, **LETTER), CHONGQING)


def test_a_suspension_overrides_an_older_word_that_rows_go_on() -> None:
    log = in_force()
    post(log, "suspend", suspend(0))
    post(log, "resume", act())
    post(log, "suspend", suspend(1), CHONGQING)
    assert log.state(LIST).life.pending == ()
    assert statuses(log) == ["SUSPENDED", "SUSPENDED", "ACTIVE"]


def test_a_list_that_is_removed_takes_no_further_act() -> None:
    log = in_force()
    post(log, "remove", act(2))
    post(log, "remove", act(), CHONGQING)
    confirm(log, 1, SICHUAN)
    assert statuses(log) == ["REMOVED"] * 3
    assert log.state(LIST).life.pending == ()
    for kind in ("suspend", "resume", "remove"):
        assert post(log, kind, act()) == [("LIST_STAGE", "kind")]


def test_only_the_two_sides_act_on_a_list_in_force() -> None:
    log = in_force()
    assert post(log, "suspend", suspend(0), OTHERS) == [("SIGNER_ROLE", "by.0")]
    assert post(log, "suspend", suspend(3)) == [("ROW_UNKNOWN", "body.row")]
    assert post(log, "suspend", ListSuspend(row=0, reason="x", letter_no="1", letter_date="2026-02-03")) == [
        ("DATE_ORDER", "body.letter_date")
    ]
    waiting = with_permit(DECEMBER)
    post(waiting, "propose", propose())
    assert post(waiting, "suspend", suspend()) == [("LIST_STAGE", "kind")]


def test_a_unilateral_list_needs_no_other_side() -> None:
    name = "list/2026-00-50-cy"
    log = with_permit(DECEMBER, items=WIDE)
    assert post(log, "propose", propose(kind="unilateral"), CHONGQING, name) == []
    assert post(log, "rows", page(0, row(waste=lead(LEAD[0]).waste)), CHONGQING, name) == []
    assert post(log, "suspend", suspend(0), SICHUAN, name) == [("SIGNER_ROLE", "by.0")]
    for kind, expected in (("suspend", "SUSPENDED"), ("resume", "ACTIVE"), ("remove", "REMOVED")):
        assert post(log, kind, suspend(0) if kind == "suspend" else act(0), CHONGQING, name) == []
        assert statuses(log, name) == [expected]


@pytest.mark.parametrize(("proposer", "other"), [(CHONGQING, SICHUAN), (SICHUAN, CHONGQING)])
def test_the_sides_of_a_pilot_list_are_who_proposed_and_who_countersigned(proposer: str, other: str) -> None:
    log = with_permit(DECEMBER, items=WIDE)
    post(log, "propose", propose(kind="pilot"), proposer)
    post(log, "rows", page(0, lead(LEAD[0])), proposer)
    assert post(log, "countersign", sealed(log), other) == []
    assert post(log, "remove", act(0), other) == []
    assert confirm(log, by=other) == [("LIST_ACT", "body.act")]
    assert confirm(log, by=proposer) == []
    assert statuses(log) == ["REMOVED"]


# what a stop stops


@pytest.mark.parametrize("stops", ["decide", "issue", "depart"])
def test_no_decision_is_given_on_a_row_that_is_stopped(stops: Any) -> None:
    log = in_force("2026-02-02 09:00", suspension_stops=stops)
    post_approval(log, "apply", application(), GENERATOR)
    post(log, "suspend", suspend(0))
    ask = ("WL_SUSPENDED", "body.lines.0.line")
    assert ask in post_approval(log, "decide", decision())
    post(log, "resume", act(0))
    assert ask in post_approval(log, "decide", decision())
    confirm(log)
    assert ask not in post_approval(log, "decide", decision())


def stopped(stops: str, kind: str = "suspend") -> Log:
    """The log of the worked example, its row stopped on the morning of the issue."""
    log = listed()
    state = log.state(LIST)
    head = log.facts.get(chain_key(LIST))
    log.facts.put(chain_key(LIST), Head(head.seq, head.hash, head.idx, replace(state, suspension_stops=stops)))
    if kind == "remove":
        post(log, "remove", act(0))
        confirm(log)
    else:
        post(log, "suspend", suspend(0))
    return log


@pytest.mark.parametrize("kind", ["suspend", "remove"])
@pytest.mark.parametrize("stops", ["decide", "issue", "depart"])
def test_a_stop_covers_the_issue_where_its_list_says_so(stops: str, kind: str) -> None:
    answer = stopped(stops, kind).ask(transfer())
    if stops == "decide":
        assert ([reason.code for reason in answer.reasons], answer.alerts) == ([], (("H", "WL_SUSPENDED"),))
    else:
        assert [(reason.code, reason.field) for reason in answer.reasons] == [("WL_SUSPENDED", "body.lines.0.decision_line")]


def test_a_backfill_is_judged_by_the_row_as_it_stood_then() -> None:
    log = listed()
    log.at("2026-12-31 17:00")
    post(log, "suspend", suspend(0))
    before = log.ask(transfer(type="backfill_ordinary", paper=PAPER))
    assert ([reason.code for reason in before.reasons], ("H", "BACKFILL_PAST") in before.alerts) == ([], True)
    assert "WL_SUSPENDED" in [reason.code for reason in log.ask(transfer()).reasons]


def test_decisions_given_before_stay_and_serve_again_after_the_stop() -> None:
    log = stopped("issue")
    post(log, "resume", act(0))
    confirm(log)
    assert log.ask(transfer()).reasons == ()
    assert log.state(APPROVAL).stage == "approved"
