"""What the log alerts is what statements list, and nothing else: receipts without a departure (M12), numbers used twice (M6), plans (M8), quotas (M9). Weights (M4) stand in
``tests/reports/test_weight_alerts.py``."""

from __future__ import annotations

from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.model import AccountMonth, MonthlyStatement
from tests.reconciliation.history import MONTHS, WAYS, History
from tests.reconciliation.telling import started
from tests.reconciliation.test_plans import with_plan
from tests.reports.month import LINES, drawn, trip
from tests.reports.story import CARRIERS, GENERATOR, Story, trunk, waste
from whitelist.balance import QuotaBalance, QuotaLimit, level_of


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32))
@example(73)
def test_receipts_without_a_departure_are_those_that_the_log_alerted(seed: int) -> None:
    """But for those whose departure was entered since; each in the month of its receipt."""
    history = History(seed)
    entries = history.story.bench.entries
    alerted = {entry.statement.chain for entry in entries if any(code == "NO_DEPARTURE" for _, code in entry.admission.decision.alerts)}
    departed = {entry.statement.chain for entry in entries if entry.statement.kind == "manifest.depart/1"}
    drawn_ = [history.statement(month, way) for month in MONTHS for way in WAYS]
    listed = {row.chain for statement in drawn_ for row in statement.without_departure}
    received = {row.chain for statement in drawn_ for row in statement.rows if statement.period.holds(row.received_s)}
    assert listed == (alerted - departed) & received


def test_a_plan_is_over_from_the_issue_on_that_the_log_alerted() -> None:
    story = with_plan()
    for serial in range(1, 5):
        story.issue(serial, [waste("4", plan_line=0)])
        entry = story.bench.entries[-1]
        is_alerted = any(code == "PLAN_OVER" for _, code in entry.admission.decision.alerts)
        [plan] = [one for one in drawn(story, "2026-09").plans if one.line == 1]
        assert (plan.over_g > 0, plan.level) == (is_alerted, "M" if is_alerted else ""), serial
        assert entry.statement.chain == trunk(serial)
        story.wait(minutes=10)


def test_a_number_is_listed_as_used_twice_from_the_issue_on_that_the_log_alerted() -> None:
    story, alerted = Story(LINES), set[str]()
    story.at("2026-10-05T08:00:00+08:00")
    story.decide_for(CARRIERS[1], "3000")
    for serial, generator in ((1, GENERATOR), (2, GENERATOR), (1, CARRIERS[1]), (3, CARRIERS[1]), (2, CARRIERS[1])):
        story.issue(serial, generator=generator)
        levels = {level for level, code in story.bench.entries[-1].admission.decision.alerts if code == "NO_DUPLICATE"}
        alerted |= {f"202651010000{serial:02d}"} if levels else set()
        statement = drawn(story)
        assert {one.number for one in statement.duplicates} == alerted, serial
        found = {one.level for one in findings(statement) if one.code == "NO_DUPLICATE"}
        assert found == ({"H"} if alerted else set())
        assert levels <= {"H"}, "the same level in both"
        story.wait(minutes=10)
    assert len(alerted) == 2


@settings(max_examples=300)
@given(st.sampled_from(["Q1", "Q2", "Q3"]), st.integers(0, 10**6), st.integers(0, 10**6))
@example("Q3", 800, 1000)
@example("Q3", 1000, 1000)
@example("Q3", 1001, 1000)
@example("Q3", 1201, 1000)
@example("Q1", 1000, 1000)
def test_a_quota_has_the_level_that_the_log_gives_it_now(layer: str, taken_g: int, limit_g: int) -> None:
    statement = _statement()
    assert statement.terms is not None
    account = AccountMonth(account=f"{layer} x", layer=layer, label="", moved_g={}, closing_g=taken_g, limit_g=limit_g)
    told = level_of(f"{layer} x", QuotaBalance(limit=QuotaLimit(limit_g), account_g=taken_g, used_g=taken_g), statement.terms.limits)
    assert gravity.account_alert(account, statement) == (told or ("", ""))


@cache
def _statement() -> MonthlyStatement:
    story = started()
    trip(story, 1, 0, "5.6")
    return drawn(story, "2026-10")
