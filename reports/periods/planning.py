"""Which months are to be closed now, in which order, and what the job waits for. Pure.

Months are closed in their order, each direction by itself: from the month in which the log was founded to the last one that is over. That it is
over says the clock, and the log itself by an entry admitted after its end: before there is one, nobody who recomputes the statement would know
that nothing more of the month came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations

from msgspec import Struct

from ledger.directory import LogState, authorities_of_division
from ledger.times import format_at
from reports.words import province
from signing.phrase import Phrase
from whitelist.period import (
    PeriodState,
    following_month,
    last_day_s,
    month_at,
    month_ends_s,
    period_chain,
    preceding_month,
)

PeriodWay = tuple[str, str]
"""Two provinces, from and to."""


class MonthDue(Struct, frozen=True, order=True):
    """A close that is to be made; by month, then by direction."""

    month: str
    direction: PeriodWay

    @property
    def chain(self) -> str:
        """The chain that it goes on."""
        return period_chain(self.month, *self.direction)

    @property
    def name(self) -> Phrase:
        """As people call it: ``2026-10 四川→重庆``."""
        way = f"{province(self.direction[0])}→{province(self.direction[1])}"
        return Phrase(f"{self.month} {way}", f"{self.month} {'-'.join(self.direction)}")


class MonthPlan(Struct, frozen=True, kw_only=True):
    """What is due now, and what is waited for; ``next`` closes make others due."""

    due: tuple[MonthDue, ...]
    waiting: tuple[Phrase, ...]


def directions_of(log: LogState) -> tuple[PeriodWay, ...]:
    """Every direction between two provinces that have an authority of their own on this log, a province and its opposite together."""
    provinces = sorted({region[:2] for authority in log.authorities for region in authority.regions})
    covered = [one for one in provinces if authorities_of_division(log, one)]
    return tuple(sorted(permutations(covered, 2), key=lambda pair: (sorted(pair), pair)))


def last_month_over(now_s: int) -> str:
    """The last month that is over at a moment."""
    return preceding_month(month_at(now_s))


def months_between(first: str, last: str) -> Iterator[str]:
    """Months from the first to the last, both included."""
    while first <= last:
        yield first
        first = following_month(first)


def newest_closed(state_of: Callable[[str], PeriodState | None], way: PeriodWay, first: str, last: str) -> str:
    """The newest month of a direction that is closed; empty where none is."""
    months = list(months_between(first, last))
    return next((month for month in reversed(months) if state_of(period_chain(month, *way)) is not None), "")


def plan_of(
    log: LogState, state_of: Callable[[str], PeriodState | None], *, first: str, entered_s: int, now_s: int, again: Iterable[MonthDue] = ()
) -> MonthPlan:
    """The plan at a moment. ``first``: the month of the founding; ``entered_s``: admission of the newest entry; ``again``: disputed months that the
    operator wants to close once more. All moments in Unix seconds."""
    due, waiting = list[MonthDue](), list[Phrase]()
    over, entered = last_month_over(now_s), last_month_over(entered_s)
    wanted = set(again)
    for way in directions_of(log):
        newest = newest_closed(state_of, way, first, over)
        start = following_month(newest) if newest else first
        due += [MonthDue(month, way) for month in months_between(start, min(over, entered))]
        waiting += [
            _waits_for_entry(MonthDue(month, way), entered_s) for month in months_between(max(start, following_month(entered)), over)
        ]
        if newest and (state := state_of(period_chain(newest, *way))) is not None:
            waiting += list(_waits_for_words(MonthDue(newest, way), state, log, now_s))
            if state.disputes and MonthDue(newest, way) in wanted:
                due.append(MonthDue(newest, way))
    coming = following_month(over)
    ends = format_at(month_ends_s(coming))[:10]
    waiting.append(Phrase(f"{coming} 尚未结束：{ends} 零时起结账", f"{coming} is not over: it is closed from {ends} on"))
    return MonthPlan(due=tuple(sorted(due)), waiting=tuple(waiting))


def _waits_for_entry(due: MonthDue, entered_s: int) -> Phrase:
    at = format_at(entered_s)[:16].replace("T", " ")
    return Phrase(
        f"{due.name.zh}：等该月之后的第一条记录，任何一条入账后即可结账（最近一条入账于 {at}）",
        f"{due.name.en}: waits for the first entry behind the month: once any is admitted it is closed (the newest was admitted {at})",
    )


def _waits_for_words(due: MonthDue, state: PeriodState, log: LogState, now_s: int) -> Iterator[Phrase]:
    """Of a closed month: who disputes it, or who has not spoken yet; whether that is late, says the work list."""
    if state.disputes:
        names = "、".join(name_of(log, one.by) for one in state.disputes)
        over = now_s >= month_ends_s(following_month(due.month))
        zh = "由以后月份调整" if over else f"处理后再次结账（liandan month close {due.month}）"
        en = "a later month adjusts it" if over else f"see to it, then close the month again (liandan month close {due.month})"
        yield Phrase(f"{due.name.zh}：{names}有异议；{zh}", f"{due.name.en}: disputed by {names}; {en}")
        return
    for side in state.missing(log, due.direction):
        names = "、".join(name_of(log, one) for one in side)
        yield Phrase(f"{due.name.zh}：等{names}确认", f"{due.name.en}: waits for the word of {names}")


def name_of(log: LogState, uscc: str) -> str:
    """What an authority is called."""
    founder = log.founder(uscc)
    return uscc if founder is None else founder.name


def due_day(month: str, period_day: int) -> str:
    """The day of the month after until which a close is spoken of, ``YYYY-MM-DD``."""
    return format_at(last_day_s(month) + period_day * 86_400)[:10]
