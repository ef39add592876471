"""The oracle against answers worked out by hand from kinds.md §4, §5, §9, §15: lists and decisions that change, emergencies, pilots, openings."""

import pytest

from tests.whitelist.oracle_desk import FAR, GENERATOR, Desk, body, place
from tests.whitelist.oracle_scene import CHONGQING, SICHUAN

LIST = "list/2026-51-50-a"
LETTER = {"letter_no": "n", "letter_date": "2026-11-23"}


@pytest.fixture
def desk() -> Desk:
    """A desk with a permit of 100 t a year at 500117 and a list of one row of 50 t."""
    desk = Desk()
    desk.permit = desk.grant(FAR, "500117")  # type: ignore[attr-defined]
    desk.list(LIST, desk.permit, "50")  # type: ignore[attr-defined]
    return desk


def _listed(desk: Desk, mass_t: str = "30"):  # type: ignore[no-untyped-def]
    line = {"listing": {"list": LIST, "row": 0}, "mass_t": "60"}
    return desk.approve(desk.permit, {"lines": [{"line": 0, "mass_t": mass_t}]}, **line)  # type: ignore[attr-defined]


def _act(desk: Desk, kind: str, by: str, **more: object) -> frozenset[str]:
    return desk.feed(kind, LIST, by, LETTER | more).refused


def test_a_suspended_row_gives_no_decision_and_stops_issue_until_both_resume_it(desk: Desk) -> None:
    """R-37 and list.confirm: the other side alone, once; an own word is LIST_ACT."""
    chain, first = _listed(desk, "10")
    assert first.route == "LISTED"
    sent = body(desk.permit, "500117", "1", decision_line=0) | {"approval": chain}  # type: ignore[attr-defined]
    assert _act(desk, "list.suspend", SICHUAN, row=0, reason="r") == set()
    assert _act(desk, "list.suspend", CHONGQING, row=0, reason="r") == {"ROW_STATE"}
    assert _listed(desk, "10")[1].refused == {"WL_SUSPENDED"}
    assert desk.issue(sent).refused == {"WL_SUSPENDED"}
    assert _act(desk, "list.resume", CHONGQING, row=0, reason="r") == set()
    assert _act(desk, "list.confirm", CHONGQING, act=4) == {"LIST_ACT"}
    assert _act(desk, "list.confirm", SICHUAN, act=4) == set()
    assert _act(desk, "list.confirm", SICHUAN, act=4) == {"LIST_ACT"}
    assert not desk.issue(sent).refused


def test_an_extra_for_one_application_is_filled_by_that_application_first(desk: Desk) -> None:
    """R-36 and §15: quota 50, extra 10 for one application: 40 for others, 20 for it, not a gram more for anybody."""
    assert not _listed(desk, "30")[1].refused
    assert _listed(desk, "30")[1].refused == {"WL_QUOTA"}
    named = f"approval/{GENERATOR}/{desk.count + 1:02d}ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert _act(desk, "list.exceed_consent", CHONGQING, row=0, extra_t="10", approval=named, asked_no="n", asked_date="2026-11-23") == set()
    chain, answer = _listed(desk, "30")
    assert (chain, answer.route) == (named, "LISTED")
    assert _listed(desk, "0.000001")[1].refused == {"WL_QUOTA"}


def test_an_amended_quota_counts_from_its_day_and_an_ended_row_serves_no_new_decision(desk: Desk) -> None:
    """list.amend, confirmed: a quota of tomorrow is not there today; a row ended yesterday is WL_TERM."""
    assert _act(desk, "list.amend", SICHUAN, effective_from="2026-11-24", quota=[{"row": 0, "quota_t": "20"}]) == set()
    assert _act(desk, "list.confirm", CHONGQING, act=3) == set()
    assert not _listed(desk, "10")[1].refused
    desk.at = "2026-11-24T08:00:00+08:00"
    assert _listed(desk, "10.000001")[1].refused == {"WL_QUOTA"}
    assert _act(desk, "list.amend", CHONGQING, effective_from="2026-11-01", end=[{"row": 0, "on": "2026-11-23", "reason": "r"}]) == set()
    assert _act(desk, "list.confirm", SICHUAN, act=5) == set()
    assert _listed(desk, "1")[1].refused == {"WL_TERM"}


def test_lines_are_stopped_one_by_one_and_a_revoked_one_gives_back_what_it_did_not_send(desk: Desk) -> None:
    """approval.revoke marks, the next decision settles: 30 granted, 5 sent, so 45 of 50 are free."""
    chain, _ = _listed(desk, "30")
    sent = body(desk.permit, "500117", "5", decision_line=0) | {"approval": chain}  # type: ignore[attr-defined]
    assert not desk.issue(sent).refused
    stop = {"reason": "r", "lines": [0]}
    assert desk.feed("approval.resume", chain, SICHUAN, stop).refused == {"APPROVAL_LINE"}
    assert not desk.feed("approval.suspend", chain, SICHUAN, stop).refused
    assert desk.issue(sent).refused == {"APPROVAL_STATUS"}
    assert _listed(desk, "25")[1].refused == {"WL_QUOTA"}
    assert desk.feed("approval.revoke", chain, SICHUAN, stop).accounts == {}
    assert desk.feed("approval.resume", chain, SICHUAN, stop).refused == {"APPROVAL_STAGE"}
    assert _listed(desk, "45")[1].accounts == {f"Q1 {LIST} 0": 20_000_000}


def test_clocks_run_from_the_acceptance_unless_it_came_late(desk: Desk) -> None:
    """R-42: five working days each; Monday 11-23 accepted on Friday 11-27 in time, on Tuesday 12-01 late and so from the application."""
    chain, _ = _listed(desk, "1")
    application = desk.world.state.approvals[chain].body
    for accepted, late, reviewed in (("2026-11-27", False, "2026-12-04"), ("2026-12-01", True, "2026-12-01")):
        desk.at = "2026-11-23T08:00:00+08:00"
        other = desk.chain("approval", GENERATOR)
        assert not desk.feed("approval.apply", other, GENERATOR, application).refused
        desk.at = f"{accepted}T08:00:00+08:00"
        assert bool(desk.feed("approval.accept", other, SICHUAN, {}).alerts) is late
        desk.at = f"{reviewed}T08:00:00+08:00"
        answer = desk.feed("approval.consult", other, SICHUAN, LETTER)
        assert bool(answer.alerts) is late
        assert desk.feed("approval.accept", other, SICHUAN, {}).refused == {"APPROVAL_STAGE"}


def test_a_notice_is_given_once_and_no_clock_runs_while_it_waits(desk: Desk) -> None:
    """noticed → applied by another application; then noticed no more."""
    chain = desk.chain("approval", GENERATOR)
    done, _ = _listed(desk, "1")
    application = desk.world.state.approvals[done].body
    assert not desk.feed("approval.apply", chain, GENERATOR, application).refused
    assert not desk.feed("approval.notice", chain, SICHUAN, {"deficiencies": ["d"]}).refused
    assert desk.feed("approval.consult", chain, SICHUAN, LETTER).refused == {"APPROVAL_STAGE"}
    desk.at = "2026-12-11T08:00:00+08:00"
    assert not desk.feed("approval.apply", chain, GENERATOR, application).refused
    assert desk.feed("approval.notice", chain, SICHUAN, {"deficiencies": ["d"]}).refused == {"APPROVAL_STAGE"}
    assert desk.feed("approval.accept", chain, SICHUAN, {"no": "n"}).alerts == set()
    assert not desk.feed("approval.withdraw", chain, GENERATOR, {"reason": "r"}).refused


def _declared(desk: Desk, **more: object) -> str:
    chain = desk.chain("emergency", SICHUAN)
    receivers = [{"receiver": FAR, "permit": desk.permit}]  # type: ignore[attr-defined]
    declare = {"name": "n", "happened_at": "2026-11-22T08:00:00+08:00", "place": place("510112"), "plan_no": "p", "plan_authority": "a"}
    declare |= {"generators": [GENERATOR], "wastes": [{"category": "HW31", "scope": "ALL"}], "receivers": receivers, "ceiling_t": "12"}
    answer = desk.feed("emergency.declare", chain, SICHUAN, declare | {"valid_from": "2026-11-22", "valid_to": "2026-12-22"} | more)
    assert not answer.refused
    return chain


def test_an_emergency_has_a_scope_a_ceiling_and_waits_five_days_for_the_other_side(desk: Desk) -> None:
    """R-39: 10 t of 12 t, unjoined; then nothing more than 2 t; on the sixth day refused until joined; closed for good."""
    chain = _declared(desk)
    sent = body(desk.permit, "500117") | {"type": "emergency", "emergency": chain}  # type: ignore[attr-defined]
    del sent["plan"]
    first = desk.issue(sent)
    assert (first.route, first.alerts) == ("EMERGENCY", {("H", "EMERGENCY_UNJOINED")})
    assert desk.issue(sent).refused == {"EMERGENCY_CEILING"}
    small = sent | {"lines": [sent["lines"][0] | {"mass_t": "1"}]}
    assert desk.issue(small | {"type": "normal"}).refused >= {"ISSUE_TYPE"}
    desk.at = "2026-11-28T08:00:00+08:00"
    assert desk.issue(small).refused == {"EMERGENCY_STATE"}
    assert desk.feed("emergency.join", chain, SICHUAN, LETTER).refused >= {"SIGNER_ROLE"}
    assert not desk.feed("emergency.join", chain, CHONGQING, LETTER).refused
    assert desk.issue(small).alerts == set()
    desk.at = "2026-12-23T00:00:00+08:00"
    assert desk.issue(small).refused == {"EMERGENCY_SCOPE"}
    assert not desk.feed("emergency.close", chain, SICHUAN, {"closed_on": "2026-12-23", "summary": "s"}).refused
    assert desk.issue(small).refused == {"EMERGENCY_SCOPE", "EMERGENCY_STATE"}


def test_what_was_used_before_the_log_is_stated_once(desk: Desk) -> None:
    """quota.open of row, line and permit; beyond the limit it is a fact all the same."""
    figures = {"used_t": "45", "as_of_on": "2026-11-22", "source": "s"}

    def opened(chain: str, **more: object):  # type: ignore[no-untyped-def]
        by = (SICHUAN, CHONGQING) if chain[:4] != "perm" else (CHONGQING, SICHUAN)
        body = figures | more
        return desk.world.admit(kind="quota.open", chain=chain, by=by, at=desk.at, admitted_at=desk.at, body=body)

    assert opened(LIST, item=0).accounts == {f"Q1 {LIST} 0": 45_000_000}
    assert opened(LIST, item=0).refused == {"QUOTA_OPENED"}
    assert opened(LIST, item=1).refused == {"ROW_UNKNOWN"}
    assert _listed(desk, "5.000001")[1].refused == {"WL_QUOTA"}
    chain, answer = _listed(desk, "5")
    assert answer.accounts == {f"Q1 {LIST} 0": 5_000_000}
    assert opened(chain, item=0).alerts == {("H", "QUOTA_OVERDRAWN")}
    assert opened(desk.permit, used_t="100.000001").alerts == {("M", "PERMIT_SCALE")}  # type: ignore[attr-defined]
