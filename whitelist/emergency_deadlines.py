"""What emergencies wait for (whitelist.terms): the other province joins within ``join_d`` days, the declaring authority closes on the last day (kinds §5, §9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from ledger.directory import LogState, authorities_of_division
from whitelist.emergency import EmergencyState
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register, start_of

TERMS = register(
    Term("emergency_join", ("emergency.join",), "join_d", zh="加入应急转移", en="join the emergency"),
    Term("emergency_close", ("emergency.close",), "", zh="终止应急转移", en="close the emergency"),
)


def clocks(state: EmergencyState) -> Iterator[Clock]:
    """Terms that run on an emergency, from its state alone. More sides may be named than are waited for: who covers a division only the
    directory says, see :func:`duties`."""
    if state.closed_on:
        return
    if away := tuple(dict.fromkeys(f"@{one.division}" for one in state.receivers if one.division[:2] != state.division[:2])):
        roles = (("authority of receivers", away),)
        yield Clock(term="emergency_join", kind="emergency.join/1", since_s=state.declared_s, roles=roles)
    roles = (("declaring authority", (state.authority,)),)
    yield Clock(term="emergency_close", kind="emergency.close/1", since_s=start_of(date.fromisoformat(state.valid_to)), roles=roles)


def duties(state: EmergencyState, present: Present, log: LogState) -> tuple[Duty, ...]:
    """What is due on an emergency now; sides that have joined are not waited for."""
    waiting = {f"@{division}" for division in state.unjoined(log)}
    found = []
    for clock in clocks(state):
        holders = tuple(holder for holder in clock.roles[0][1] if holder in waiting or clock.term != "emergency_join")
        if holders:
            running = replace(clock, roles=((clock.roles[0][0], holders),))
            found.append(duty_of(running, TERMS[clock.term], present, lambda holder: _named(holder, state, log)))
    return tuple(found)


def _named(holder: str, state: EmergencyState, log: LogState) -> tuple[str, ...]:
    """Who covers a facility, never the declaring authority; of a province without one any other."""
    if not holder.startswith("@"):
        return (holder,)
    found = authorities_of_division(log, holder[1:]) or tuple(authority.uscc for authority in log.authorities)
    return tuple(uscc for uscc in found if uscc != state.authority)
