"""How months stand in the published log, and why one cannot be closed now. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ledger.directory import LogState
from ledger.times import format_at
from reports.periods.planning import MonthDue, MonthPlan, PeriodWay, directions_of
from reports.reconcile import check_direction
from signing.phrase import Word
from signing.refusal import Reason
from whitelist.period import PeriodState, month_ends_s


class MonthStanding(Struct, frozen=True, kw_only=True):
    """How one month stands in every direction that the log has."""

    month: str
    log: LogState
    now_s: int
    plan: MonthPlan
    states: dict[PeriodWay, PeriodState | None]
    newest: dict[PeriodWay, str]
    """The newest month that is closed, by direction; empty where none is."""

    def of(self, directions: Sequence[str]) -> list[tuple[MonthDue, PeriodState | None]]:
        """The directions asked for as ``51-50``, or all; Refusal DIRECTION_FORM."""
        wanted = [check_direction(source, target) for source, _, target in (text.partition("-") for text in directions)]
        return [(MonthDue(self.month, way), self.states.get(way)) for way in wanted or directions_of(self.log)]


def why_not(due: MonthDue, state: PeriodState | None, there: MonthStanding) -> Reason | None:
    """Why a month is not closed now, in the words of its own rules; None where it can be."""
    ends_s, newest = month_ends_s(due.month), there.newest.get(due.direction, "")
    places: dict[str, Word] = {"month": due.month}
    if there.now_s < ends_s:
        places |= {"end": format_at(ends_s)[:10], "now": format_at(there.now_s)[:16].replace("T", " ")}
        return Reason("PERIOD_MONTH", "month", due.month, f"≥ {format_at(ends_s)}", "NOT_OVER", places)
    if due.month < newest:
        return Reason("PERIOD_STATE", "month", due.month, f"> {newest}", "FOLLOWED", {**places, "last": newest})
    if state is not None and not state.disputes:
        index = str(state.newest.index)
        return Reason("PERIOD_STATE", "month", index, "", "CLOSED", {**places, "index": index})
    if state is None and due not in there.plan.due:
        return Reason("PERIOD_STATE", "month", due.month, "", "UNDER_WAY", {**places, "waits": _waits(due, there.plan)})
    return None


def _waits(due: MonthDue, plan: MonthPlan) -> Word:
    return next((one for one in plan.waiting if one.zh.startswith(due.name.zh)), due.name)
