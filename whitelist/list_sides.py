"""The two sides of a list: who proposed it and who agreed, who signs its later acts, and who must confirm them.

A mutual list has the authorities of both provinces, a unilateral one the receiving side's alone, a pilot list whoever proposed it and whoever
countersigned. Lists bind authorities of the log: no stand-in for a province that has none. Source: formats §3, kinds §1.7, §4.
"""

from ledger.directory import LogState, authorities_of_division
from whitelist.listing import ListState, PendingAct


def countersigners(log: LogState, state: ListState) -> tuple[str, ...]:
    """Who may countersign: the receiving side, never the hand that proposed; nobody where the list is one side's word.

    A pilot list that the receiving side proposed is countersigned by another authority, and by none where the log has no other.
    """
    if state.kind == "unilateral":
        return ()
    receiving = authorities_of_division(log, state.to_province)
    if state.kind == "mutual":
        sending = authorities_of_division(log, state.from_province)
        return tuple(uscc for uscc in receiving if uscc not in sending)
    candidates = receiving if state.proposer not in receiving else tuple(authority.uscc for authority in log.authorities)
    return tuple(uscc for uscc in candidates if uscc != state.proposer)


def sides_of(log: LogState, state: ListState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The authorities of the side that proposed, and of the other one, which a unilateral list does not have."""
    if state.kind == "pilot":
        return (state.proposer,), countersigners(log, state)
    receiving = authorities_of_division(log, state.to_province)
    return (receiving, ()) if state.kind == "unilateral" else (authorities_of_division(log, state.from_province), receiving)


def either_side(log: LogState, state: ListState) -> tuple[str, ...]:
    """Every authority of the list, each once."""
    return tuple(dict.fromkeys(uscc for side in sides_of(log, state) for uscc in side))


def others_of(log: LogState, state: ListState, signer: str) -> tuple[str, ...]:
    """Who confirms what an authority signed: the other side; of an authority of both sides any other. Nobody: it is in force at once."""
    one, two = sides_of(log, state)
    if signer in one and signer in two:
        return tuple(uscc for uscc in either_side(log, state) if uscc != signer)
    return tuple(uscc for uscc in (two if signer in one else one if signer in two else ()) if uscc not in (one if signer in one else two))


def same_side(log: LogState, state: ListState, one: str, other: str) -> bool:
    """Whether two authorities speak for one side."""
    return one == other or any(one in side and other in side for side in sides_of(log, state))


def confirmers(log: LogState, state: ListState, pending: PendingAct) -> tuple[str, ...]:
    """Who may confirm a pending act."""
    return others_of(log, state, pending.by)
