"""Clocks of an application (R-42): whose turn it was and is, since when, until when, and who was late by how many working days; and how long
decisions took, on a list and by letter. Pure functions of a state, the adopted calendars and thresholds, and a moment.

``registry_deadlines`` says what is open now, for lists of work; here stands the whole course, what is over beside what runs. Days are those that
the alerts count by (``AUTH_LATE``): entries of letters, of a decision its own day. What the law says without an act, that an application nobody
answered in time is accepted since it was received, ends the first clock by itself. Source: Order 23 Art. 23–26 [READ]; kinds §12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from statistics import median
from typing import Literal

from msgspec import Struct

from whitelist.approval import ApprovalState
from whitelist.checked import LISTED
from whitelist.terms import Present

ClockName = Literal["notice", "complete", "review", "listed", "reply", "no_reply", "decide"]
Side = Literal["origin", "destination", "generator"]
LENGTHS = {
    "notice": "notice_wd",
    "complete": "",
    "review": "review_wd",
    "listed": "listed_wd",
    "reply": "reply_wd",
    "no_reply": "no_reply_wd",
    "decide": "decide_wd",
}
"""Fields of the thresholds; the generator completes its application when it likes."""


class ApprovalClock(Struct, frozen=True, gc=False, kw_only=True):
    """One clock. Days ``YYYY-MM-DD``."""

    name: ClockName
    whose: Side
    since: str
    due_on: str | None
    """Its last day; ``None`` where nobody sets one."""
    ended_on: str
    """Day of what stopped it; empty while it runs."""
    is_late: bool
    """Whether it ended, or the present is, behind its last day, be it on a free day: what ``AUTH_LATE`` says."""
    late_wd: int
    """Working days from ``due_on`` to ``ended_on``, or to the present while it runs; 0 in time."""
    left_wd: int | None
    """Working days that are left while it runs, 0 on the last day, below 0 by so many late; ``None`` where it has ended or nobody sets a day."""
    provisional: bool
    """The due day was counted with a calendar whose official notice is not in yet."""

    @property
    def runs(self) -> bool:
        """Whether nothing has stopped it."""
        return not self.ended_on


def clocks_of(state: ApprovalState, present: Present) -> tuple[ApprovalClock, ...]:
    """Every clock of an application until now, in the order in which they began."""
    return tuple(_counted(*span, present) for span in _spans(state, present))


def running(state: ApprovalState, present: Present) -> tuple[ApprovalClock, ...]:
    """Those that run."""
    return tuple(clock for clock in clocks_of(state, present) if clock.runs)


def late_workdays(clocks: Iterable[ApprovalClock]) -> dict[Side, int]:
    """Working days that each side that was late was it in all, 0 where free days alone lay behind; no_reply says that somebody else was, and counts for nobody."""
    found: dict[Side, int] = {}
    for clock in clocks:
        if clock.is_late and clock.name != "no_reply":
            found[clock.whose] = found.get(clock.whose, 0) + clock.late_wd
    return found


def _counted(name: ClockName, whose: Side, since: str, ended_on: str, present: Present) -> ApprovalClock:
    field, work = LENGTHS[name], present.workdays
    if not field:
        own = {"due_on": None, "is_late": False, "late_wd": 0, "left_wd": None, "provisional": False}
        return ApprovalClock(name=name, whose=whose, since=since, ended_on=ended_on, **own)  # type: ignore[arg-type]
    due = work.due(date.fromisoformat(since), getattr(present.limits, field))
    last = date.fromisoformat(ended_on) if ended_on else present.today
    return ApprovalClock(
        name=name,
        whose=whose,
        since=since,
        due_on=due.day.isoformat(),
        ended_on=ended_on,
        is_late=last > due.day,
        late_wd=work.between(due.day, last).workdays,
        left_wd=None if ended_on else present.left(due.day),
        provisional=bool(due.flags),
    )


_Span = tuple[ClockName, Side, str, str]
"""Name, whose it is, since when, and when it ended, empty while it runs."""


def _spans(state: ApprovalState, present: Present) -> Iterator[_Span]:
    course = state.course
    ended = state.decided_on if state.decided_s else course.withdrawn_on
    if course.noticed_on:
        completed = state.applied_on if course.first_on else ended
        yield "notice", "origin", course.first_on or state.applied_on, course.noticed_on
        yield "complete", "generator", course.noticed_on, completed
        if not course.first_on:
            return
    answered = course.accepted_said_on or state.consulted_on or ended
    deemed = present.workdays.due(date.fromisoformat(state.applied_on), present.limits.notice_wd).day.isoformat()
    if not course.accepted_said_on and (answered or present.today.isoformat()) > deemed:
        answered = deemed  # accepted by law, and nobody was late
    yield "notice", "origin", state.applied_on, answered
    is_listed = state.route == LISTED if state.route else all(line.listing is not None for line in state.lines)
    if is_listed:
        yield "listed", "origin", state.accepted_on, ended or state.consulted_on
    if state.consulted_on or not is_listed:
        yield "review", "origin", state.accepted_on, state.consulted_on or ended
    if state.consulted_on:
        replied_on = "" if state.reply is None else state.reply.replied_on
        yield "reply", "destination", state.consulted_on, replied_on or ended
        if not replied_on and not ended:
            yield "no_reply", "origin", state.consulted_on, ""
        if replied_on and state.route != LISTED:
            yield "decide", "origin", replied_on, ended


# --- how long decisions took ---------------------------------------------------------------------------------------------------------------


class DecisionTime(Struct, frozen=True, gc=False, kw_only=True):
    """How long an approval took, from the first application to the day of the decision; both days as the law counts, the first one out."""

    approval: str
    route: str
    """``LISTED`` or ``APPROVED``."""
    applied_on: str
    decided_on: str
    days: int
    """Calendar days."""
    workdays: int
    late: dict[Side, int]
    """Working days that a side was late, of each that was."""


def decision_time(chain: str, state: ApprovalState, present: Present) -> DecisionTime | None:
    """How long an approval took; ``None`` of what was not approved. A decision on paper counts by its own day."""
    if not state.is_granted:
        return None
    first = state.course.first_on or state.applied_on
    began, decided = date.fromisoformat(first), date.fromisoformat(state.decided_on)
    return DecisionTime(
        approval=chain,
        route=state.route,
        applied_on=first,
        decided_on=state.decided_on,
        days=max((decided - began).days, 0),
        workdays=present.workdays.between(began, decided).workdays,
        late=late_workdays(clocks_of(state, present)),
    )


class RouteTimes(Struct, frozen=True, gc=False, kw_only=True):
    """Days from application to decision of all approvals of one route."""

    route: str
    decisions: int
    days_median: float
    days_max: int
    workdays_median: float
    workdays_p90: int
    """Nine of ten took no longer (nearest rank)."""
    workdays_max: int
    late: int
    """Decisions on the way of which an authority was late."""


def times_by_route(found: Iterable[DecisionTime]) -> tuple[RouteTimes, ...]:
    """LISTED against APPROVED; a route without decisions is left out."""
    by_route: dict[str, list[DecisionTime]] = {}
    for one in found:
        by_route.setdefault(one.route, []).append(one)
    return tuple(_route_times(route, by_route[route]) for route in sorted(by_route, reverse=True))


def _route_times(route: str, found: list[DecisionTime]) -> RouteTimes:
    days, workdays = sorted(one.days for one in found), sorted(one.workdays for one in found)
    return RouteTimes(
        route=route,
        decisions=len(found),
        days_median=float(median(days)),
        days_max=days[-1],
        workdays_median=float(median(workdays)),
        workdays_p90=workdays[-(-9 * len(workdays) // 10) - 1],
        workdays_max=workdays[-1],
        late=sum(bool(one.late) for one in found),
    )
