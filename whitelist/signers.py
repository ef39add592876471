"""Who must sign the acts of this package: authorities by province or by the holder's region (formats §3, kinds §1.7, R-66)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.admission.facts import Facts
from ledger.admission.personality import Role
from ledger.directory import authorities_of_division, authorities_of_party, log_state
from ledger.model import Statement


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


def authority_of_province(facts: Facts, province: str, *, not_for: str = "") -> Sequence[Role]:
    """The authority of a province; where the log has none for it, any authority, tag FOREIGN.

    ``not_for`` is the province of the other side: an authority of that side never stands in for the missing one.
    """
    log = log_state(facts)
    holders = authorities_of_division(log, province)
    if holders:
        return (Role(f"authority of {province}", holders),)
    other = authorities_of_division(log, not_for) if not_for else ()
    strangers = tuple(authority.uscc for authority in log.authorities if authority.uscc not in other)
    return (Role(f"authority of {province}", strangers, foreign=True),)
