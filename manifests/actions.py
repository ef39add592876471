"""Who must do what next, and by when: a pure function of the view, the calendars and the as-of time.

Due days follow from the acts; that one has passed changes nothing by itself, it only shows here (formats §6).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from ledger.directory import LogState
from ledger.times import DAY_S, day_of
from manifests.consent import consents, missing
from manifests.machine import Act, moves_from
from manifests.model import FINISHED, Capacity, ManifestState, Stage
from manifests.returned import free_g, kept_g, tally
from manifests.view import ManifestView
from whitelist.thresholds import Thresholds
from whitelist.workdays import Workdays


class Duty(Struct, frozen=True, gc=False, kw_only=True):
    """An act that is open and expected. ``due_on`` is a day, included; ``None`` where no rule sets one."""

    kind: str
    """Kind of the statement to submit."""
    signers: tuple[tuple[str, tuple[str, ...]], ...]
    """Capacities in the order of ``by``, each with the parties that may hold it; empty where any party may."""
    due_on: str | None = None
    overdue: bool = False
    provisional: bool = False
    """The due day was counted with a calendar whose official notice is not in yet."""
    case: str = ""
    """The case that it belongs to, where it goes on in one."""


def duties(
    view: ManifestView, now_s: int, workdays: Workdays, limits: Thresholds, returning: Iterable[ManifestState] = ()
) -> tuple[Duty, ...]:
    """What is expected next, the trunk's act first. Voiding is open while issued but nobody's duty.

    ``returning``: the manifests that return or redirect what was refused of this one. It is not closed before all of that has departed.
    """
    state, today = view.state, day_of(now_s)
    returned = tally(returning)
    found: list[Duty] = []
    for act, move in moves_from(state.stage):
        if act is Act.VERIFY and any(kept_g(state, returned)):
            continue
        # A receipt is open from the issue on, and expected when the load has arrived.
        if act in _EXPECTED and (act is not Act.RECEIVE or state.stage is Stage.ARRIVED):
            signers = tuple((role.value, _holders(role, state)) for role in move.roles)
            found.append(_duty(act, signers, _due(state, act, workdays, limits), today))
    if state.stage not in FINISHED and any(free_g(state, returned)) and state.times.accepted_s is not None:
        count = workdays.due(_day(state.times.accepted_s), limits.return_wd)
        found.append(_duty(Act.ISSUE, (("generator", (state.generator,)),), (count.day, bool(count.flags)), today))
    if any(flag.code == "DISCREPANCY_UNREPORTED" and flag.ended is None for flag in view.flags):
        found.append(Duty(kind="case.report/1", signers=(("receiver", (state.receiver,)),)))
    for hold in state.holds:  # nothing moves before, and its end is no day by which anybody must act
        if state.stage not in FINISHED and now_s < hold.end_s(limits.hold_d):
            found.append(Duty(kind="case.release/1", signers=(("authority that holds", (hold.by,)),), case=hold.case))
    if state.number is None and state.stage not in FINISHED:
        found.append(Duty(kind="case.number/1", signers=(("generator or origin's authority", (state.generator,)),)))
    return tuple(found)


def consents_due(view: ManifestView, log: LogState, limits: Thresholds, now_s: int) -> tuple[Duty, ...]:
    """Consents that corrections wait for, each a duty of its own; due on the last whole day before it lapses."""
    found: list[Duty] = []
    for one in view.corrections:
        lapses_s = one.proposed_s + limits.amend_d * DAY_S
        if one.ended or now_s > lapses_s:
            continue
        given = (one.by, *(consent.party or consent.by for consent in one.consents))
        for wanted in missing(consents(one.changes, view.state, log), given):
            signers = (("whose consent is missing", wanted.holders),)
            found.append(Duty(kind="case.amend_consent/1", signers=signers, due_on=day_of(lapses_s - DAY_S), case=one.case))
    return tuple(found)


def _duty(act: Act, signers: tuple[tuple[str, tuple[str, ...]], ...], term: tuple[date | None, bool], today: str) -> Duty:
    due_on = None if term[0] is None else term[0].isoformat()
    is_late = due_on is not None and due_on < today
    return Duty(kind=act.kind, signers=signers, due_on=due_on, overdue=is_late, provisional=term[1])


_EXPECTED = frozenset({Act.DEPART, Act.ARRIVE, Act.RECEIVE, Act.DISPOSE, Act.VERIFY})
"""Acts that bring a manifest on; the others (void, hand_over, transship, stop) happen when they happen."""


def _due(state: ManifestState, act: Act, workdays: Workdays, limits: Thresholds) -> tuple[date | None, bool]:
    """Last day of the act, and whether a provisional calendar was used."""
    times = state.times
    if act is Act.DEPART and state.planned_s is not None:
        return _day(state.planned_s), False
    if act is Act.RECEIVE and times.arrived_s is not None:
        # 接受之日 is not known before the receipt; it cannot lie before the arrival, so this is the earliest due day.
        count = workdays.due(_day(times.arrived_s), limits.receipt_wd)
        return count.day, bool(count.flags)
    if act is Act.DISPOSE and times.accepted_s is not None:
        return _day(times.accepted_s) + timedelta(days=limits.storage_d), False
    if act is Act.VERIFY and times.received_s is not None:
        return _day(times.received_s) + timedelta(days=limits.follow_up_d), False
    return None, False


def _day(at_s: int) -> date:
    return date.fromisoformat(day_of(at_s))


def _holders(role: Capacity, state: ManifestState) -> tuple[str, ...]:
    if role is Capacity.CARRIER:
        return tuple(dict.fromkeys(leg.carrier for leg in state.open_legs)) or state.carriers
    return () if role is Capacity.TAKING_CARRIER else state.holder_of(role)
