"""R-56 and formats §6: times along the trunk, and how old a custody act may be.

交付 ≤ 起运 ≤ 交接 ≤ 到达 ≤ 接受 ≤ 确认, each with 5 minutes of tolerance between two clocks.
"""

from __future__ import annotations

from ledger.findings import Findings
from ledger.times import format_at
from manifests.acts import Receive
from manifests.rules.judged import Judged, judge_time

TOLERANCE_S = 5 * 60
BACKFILL_AFTER_S = 15 * 24 * 3600
"""1,296,000 s."""


def time_does_not_run_back(judged: Judged, out: Findings) -> None:
    """``at`` is at most 5 minutes before the latest ``at`` of the trunk, so that many small steps cannot add up."""
    latest_s = judged.state.times.latest_s
    if judged.statement.at_s < latest_s - TOLERANCE_S:
        out.refuse("TIME_ORDER", "at", judged.statement.at, f"≥ {format_at(latest_s - TOLERANCE_S)}")


def old_acts_need_backfill(judged: Judged, out: Findings) -> None:
    """An act older than 15 days enters only on a manifest issued as a backfill (补录), tag BACKFILL."""
    if judged.moment.at_s - judged.statement.at_s <= BACKFILL_AFTER_S:
        return
    if judged.state.backfill:
        out.tag("BACKFILL")
    else:
        out.refuse("BACKFILL_REQUIRED", "at", judged.statement.at, f"≥ {format_at(judged.moment.at_s - BACKFILL_AFTER_S)}")


def acceptance_lies_between(judged: Judged, out: Findings) -> None:
    """到达 ≤ 接受 ≤ 确认: ``accepted_at`` lies between the arrival and the confirmation."""
    body: Receive = judged.statement.body
    accepted_s = judge_time(out, "body.accepted_at", body.accepted_at)
    if accepted_s is None:
        return
    arrived_s = judged.state.times.arrived_s
    assert arrived_s is not None, "the machine lets nobody receive before the arrival"
    if not arrived_s - TOLERANCE_S <= accepted_s <= judged.statement.at_s + TOLERANCE_S:
        expected = f"{format_at(arrived_s)} … {judged.statement.at}"
        out.refuse("TIME_ORDER", "body.accepted_at", body.accepted_at, expected)
