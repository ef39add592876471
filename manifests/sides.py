"""The authorities of the two sides of a manifest: AO of its origin, AD of its destination (kinds §0, §1.7)."""

from ledger.admission.personality import Role
from ledger.directory import LogState, authorities_of_division, log_state
from ledger.model import Facts, Statement
from manifests.case import opener_of
from manifests.model import ManifestState

ORIGIN, DESTINATION = "@origin", "@destination"
"""The authorities of a side, before anybody looks up who they are; ``@`` and a division: those that cover it."""


def is_place(holder: str) -> bool:
    """Whether a holder is named by his place, not by his USCC."""
    return holder.startswith("@")


def place_of(uscc: str) -> str:
    """The authorities of a firm, by where it is registered."""
    return f"@{uscc[2:8]}"


def division_of(holder: str, state: ManifestState) -> str:
    """The division by which a holder is named."""
    match holder:
        case "@origin":
            return state.origin.division
        case "@destination":
            return state.destination.division
    return holder[1:]


def named(holder: str, state: ManifestState, log: LogState) -> tuple[str, ...]:
    """The parties that a holder stands for: a firm for itself, a place for whoever covers it, else any authority but the other side's."""
    match holder:
        case "@origin":
            return origin_side(log, state)[0]
        case "@destination":
            return destination_side(log, state)[0]
    return authorities_of_division(log, holder[1:]) or tuple(known.uscc for known in log.authorities) if is_place(holder) else (holder,)


def origin_side(log: LogState, state: ManifestState) -> tuple[tuple[str, ...], bool]:
    """AO, and whether it acts only because no authority covers the origin."""
    return _side(log, state.origin.division, state.destination.division)


def destination_side(log: LogState, state: ManifestState) -> tuple[tuple[str, ...], bool]:
    """AD, likewise."""
    return _side(log, state.destination.division, state.origin.division)


def _side(log: LogState, division: str, other: str) -> tuple[tuple[str, ...], bool]:
    """Whoever covers a place; where nobody does any authority, but none of the other side."""
    if near := authorities_of_division(log, division):
        return near, False
    there = authorities_of_division(log, other)
    return tuple(known.uscc for known in log.authorities if known.uscc not in there), True


def both_sides(statement: Statement, facts: Facts, state: ManifestState) -> tuple[Role, Role]:
    """AD and AO, as two roles in this order; where one authority covers both it signs once."""
    log = log_state(facts)
    return Role("destination's authority", *destination_side(log, state)), Role("origin's authority", *origin_side(log, state))


def either_side(statement: Statement, facts: Facts, state: ManifestState) -> Role:
    """AO or AD, as one role; foreign where the signer is one only because nobody covers a side."""
    log = log_state(facts)
    sides = (origin_side(log, state), destination_side(log, state))
    near = [uscc for holders, foreign in sides if not foreign for uscc in holders]
    strangers = [uscc for holders, foreign in sides if foreign for uscc in holders if uscc not in near]
    return Role("authority of either side", tuple(dict.fromkeys((*near, *strangers))), opener_of(statement) in strangers)


def firms_of(state: ManifestState) -> tuple[str, ...]:
    """Generator, receiver, consignor, carriers named at issue or by a leg."""
    return (state.generator, state.receiver, state.consignor, *state.carriers, *(leg.carrier for leg in state.legs))


def concerned(facts: Facts, state: ManifestState) -> tuple[str, ...]:
    """P: the firms of a manifest, and the authorities of both sides."""
    log = log_state(facts)
    return tuple(dict.fromkeys((*firms_of(state), *origin_side(log, state)[0], *destination_side(log, state)[0])))
