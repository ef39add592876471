"""Terms of applications (审批期限, R-42), of incidents, of lists (whitelist.list_deadlines) and of emergencies (whitelist.emergency_deadlines): which authority has what to do, until when; as of a moment.

Review and decision count from the acceptance (受理); nobody says so, and none asks for more, they count from the day of the application, since
which it is then accepted by law.
Source: Order 23 Art. 23–26 [READ]; 行政许可法 Art. 42.2 for the want of a reply [READ, addenda §4]; kinds §12.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.directory import LogState, authorities_of_division
from whitelist import emergency_deadlines, item_deadlines, list_deadlines, period_deadlines
from whitelist.approval import ApprovalState
from whitelist.emergency import EmergencyState
from whitelist.incident import IncidentState
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.period import PeriodState
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register, rows_of, start_of
from whitelist.workdays import LATE

_FIRST = ("approval.accept", "approval.notice")
"""What an authority may do first, within a term that ends on the same day as the one that it would stop."""
TERMS = register(
    Term(
        "review",
        ("approval.consult", *_FIRST),
        "review_wd",
        "Order 23 Art. 24",
        "审查并商请",
        "review and write to the other province",
        "M",
        LATE,
    ),
    Term(
        "listed", ("approval.decide", *_FIRST), "listed_wd", "Code Art. 536.2", "对白名单申请作出决定", "decide on listed lines", "M", LATE
    ),
    Term("reply", ("approval.reply",), "reply_wd", "Order 23 Art. 25", "复函", "reply", "M", LATE),
    Term("decide", ("approval.decide",), "decide_wd", "Order 23 Art. 26", "作出决定", "decide", "M", LATE),
    Term(
        "no_reply",
        ("approval.decide",),
        "no_reply_wd",
        "行政许可法 Art. 42.2",
        "逾期未复函的，作出决定",
        "decide without the reply",
        "M",
        LATE,
    ),
    Term("complete", ("approval.apply", "approval.withdraw"), None, "Order 23 Art. 23", "补正后重新提交申请", "complete the application"),
    Term("incident", ("incident.close",), None, "Code Art. 540", "了结突发事件", "close the incident"),
)
TERMS = {**TERMS, **list_deadlines.TERMS, **emergency_deadlines.TERMS, **period_deadlines.TERMS, **item_deadlines.TERMS}
"""By name; ``no_reply`` begins to ask for something when it has passed."""


RegistryState = ApprovalState | EmergencyState | IncidentState | ItemState | ListState | PeriodState


def clocks(chain: str, state: RegistryState) -> Iterator[Clock]:
    """Terms that run on an application, an incident, an emergency, a list or a month, from its name and state alone; authorities are named by
    ``@`` and the division."""
    if isinstance(state, PeriodState):
        yield from period_deadlines.clocks(chain, state)
        return
    if isinstance(state, ItemState):
        yield from item_deadlines.clocks(chain, state)
        return
    if isinstance(state, ListState):
        yield from list_deadlines.clocks(state)
        return
    if isinstance(state, EmergencyState):
        yield from emergency_deadlines.clocks(state)
        return
    if isinstance(state, IncidentState):
        if not state.closed_on:
            roles = (("authority of the place", (f"@{state.division}",)),)
            yield Clock(term="incident", kind="incident.close/1", since_s=state.happened_s, roles=roles)
        return
    origin = (("origin's authority", (f"@{state.origin}",)),)
    match state.stage:
        case "noticed":
            yield _clock("complete", "approval.apply/1", state.course.noticed_on, (("generator", (chain.split("/")[1],)),))
        case "applied" | "accepted" if all(line.listing is not None for line in state.lines):
            yield _clock("listed", "approval.decide/1", state.accepted_on, origin)
        case "applied" | "accepted":
            yield _clock("review", "approval.consult/1", state.accepted_on, origin)
        case "consulted":
            destination = (("destination's authority", (f"@{state.destination}",)),)
            yield _clock("reply", "approval.reply/1", state.consulted_on, destination)
            yield _clock("no_reply", "approval.decide/1", state.consulted_on, origin)
        case "agreed" | "disagreed" if state.reply is not None:
            yield _clock("decide", "approval.decide/1", state.reply.replied_on, origin)


def clock_rows(chain: str, state: Any) -> tuple[str, ...]:
    """The clocks of what has any as rows of the index, sorted; nothing else of the registries has any."""
    if not isinstance(state, RegistryState):
        return ()
    return tuple(sorted({row for clock in clocks(chain, state) for row in rows_of(clock, lambda holder: holder[1:], for_anybody=False)}))


def duties(chain: str, state: RegistryState, present: Present, log: LogState) -> tuple[Duty, ...]:
    """What is due on an application, an incident, an emergency, a list or a month now."""
    if isinstance(state, PeriodState):
        return period_deadlines.duties(chain, state, present, log)
    if isinstance(state, ItemState):
        return item_deadlines.duties(chain, state, present)
    if isinstance(state, ListState):
        return list_deadlines.duties(state, present, log)
    if isinstance(state, EmergencyState):
        return emergency_deadlines.duties(state, present, log)
    found = (duty_of(clock, TERMS[clock.term], present, lambda holder: named(holder, state, log)) for clock in clocks(chain, state))
    return tuple(duty for duty in found if duty.term != "no_reply" or duty.overdue)


def named(holder: str, state: ApprovalState | IncidentState, log: LogState) -> tuple[str, ...]:
    """Who covers the division; of an origin else any but the destination's, of a destination else who acts for the origin, of the place of an
    incident else anybody (kinds §9, §14); who is no place, itself."""
    if not holder.startswith("@"):
        return (holder,)
    near = authorities_of_division(log, holder[1:])
    if isinstance(state, IncidentState):
        return near or tuple(authority.uscc for authority in log.authorities)
    there = authorities_of_division(log, state.destination)
    if near or holder[1:] == state.origin:
        return near or tuple(authority.uscc for authority in log.authorities if authority.uscc not in there)
    return named(f"@{state.origin}", state, log)


def _clock(term: str, kind: str, day: str, roles: tuple[tuple[str, tuple[str, ...]], ...]) -> Clock:
    return Clock(term=term, kind=kind, since_s=start_of(date.fromisoformat(day)), roles=roles)
