"""Which lines of which decisions were given on the rows of a list: its registers name every one (kinds §1.5), so manifests are found by them."""

from collections.abc import Mapping

from ledger.model import Facts
from manifests.model import ManifestState
from whitelist.listing import list_at
from whitelist.quota import commitments, q1_account, q1_key

DecidedRows = Mapping[tuple[str, int], int]
"""Rows of a list by decision and line."""


def registers_of(facts: Facts, chain: str, row: int | None = None) -> list[str]:
    """Registers of a list's rows, or of one of them; the list must be loaded, and one that is not there has none."""
    return [q1_key(q1_account(chain, number)) for number in _numbers(facts, chain, row)]


def decided_rows(facts: Facts, chain: str, row: int | None = None) -> DecidedRows:
    """What was decided on a list, or on one of its rows; the registers must be loaded."""
    found = ((number, one) for number in _numbers(facts, chain, row) for one in commitments(facts, q1_account(chain, number)).open)
    return {(one.decision, one.line): number for number, one in found}


def _numbers(facts: Facts, chain: str, row: int | None) -> list[int]:
    state = list_at(facts, chain)
    return [number for number in range(0 if state is None else len(state.rows)) if row in (None, number)]


def rows_of(state: ManifestState, decided: DecidedRows) -> list[int | None]:
    """The row of each line of a manifest; ``None`` for what goes on none of the list."""
    return [None if line.decision_line is None else decided.get((state.approval or "", line.decision_line)) for line in state.lines]
