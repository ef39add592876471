"""Who must sign the acts of this package: authorities by place or by the holder's region (formats §3, kinds §1.7, R-66)."""

from collections.abc import Sequence

from ledger.admission.facts import Facts
from ledger.admission.personality import Role
from ledger.directory import authorities_of_division, authorities_of_party, log_state
from ledger.model import Statement
from whitelist.approval import ApprovalState


def hand(statement: Statement) -> str:
    """Who holds the first role: whoever signed, or the principal for whom it was signed."""
    return statement.principal or statement.by[0]


def authority_of_holder(statement: Statement, facts: Facts, division: str) -> Role:
    """The authority of the region of the chain's owner; of a foreign one that of its facility's division, else any, tag FOREIGN."""
    log = log_state(facts)
    holders, foreign = authorities_of_party(log, statement.owner)
    if foreign:
        holders = authorities_of_division(log, division) or holders
    return Role("authority", holders, foreign)


def owner(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The party that the chain is named after."""
    return (Role("generator", (statement.owner,)),)


def authority_of_origin(facts: Facts, state: ApprovalState) -> Role:
    """AO: the authority of the origin; where the log has none, any but the destination's, tag FOREIGN."""
    log = log_state(facts)
    holders = authorities_of_division(log, state.origin)
    if holders:
        return Role("origin's authority", holders)
    other = authorities_of_division(log, state.destination)
    strangers = tuple(authority.uscc for authority in log.authorities if authority.uscc not in other)
    return Role("origin's authority", strangers, foreign=True)


def authority_of_destination(facts: Facts, state: ApprovalState) -> Role:
    """AD: the authority of the destination; where the log has none, the origin's enters that province's letter, tag FOREIGN (kinds §14)."""
    holders = authorities_of_division(log_state(facts), state.destination)
    if holders:
        return Role("destination's authority", holders)
    return Role("origin's authority", authority_of_origin(facts, state).holders, foreign=True)
