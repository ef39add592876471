"""Who must sign the acts of this package: authorities by province or by the holder's region (formats §3, R-66)."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.admission.facts import Facts
from ledger.directory import authorities_of_division, authorities_of_party, check_signers, log_state
from ledger.findings import Findings
from ledger.model import Statement

FOREIGN = "FOREIGN"


def signed_by(out: Findings, statement: Statement, role: str, holders: Iterable[str]) -> None:
    """Reasons unless exactly one party signed and it holds the role."""
    out.reasons += check_signers(statement, [(role, tuple(holders))])


def signed_by_regional_authority(out: Findings, statement: Statement, facts: Facts) -> None:
    """The authority of the chain owner's region; for a foreign party any authority, tag FOREIGN."""
    holders, foreign = authorities_of_party(log_state(facts), statement.owner)
    if foreign:
        out.tag(FOREIGN)
    signed_by(out, statement, "authority", holders)


def signed_by_province(out: Findings, statement: Statement, facts: Facts, province: str, *, not_for: str = "") -> None:
    """The authority of a province; where the log has none for it, any authority, tag FOREIGN.

    ``not_for`` is the province of the other side: an authority of that side never stands in for the missing one.
    """
    log = log_state(facts)
    holders = authorities_of_division(log, province)
    if not holders:
        out.tag(FOREIGN)
        other = authorities_of_division(log, not_for) if not_for else ()
        holders = tuple(authority.uscc for authority in log.authorities if authority.uscc not in other)
    signed_by(out, statement, f"authority of {province}", holders)
