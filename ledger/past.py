"""The past: the facts as they were at an earlier size of the log, rebuilt from the entries below it.

What was decided is believed here (the audit is what recomputes it): each entry is read and its changes are applied, nothing else. The time
grows with the size, so it is bounded, and one rebuild runs at a time in a process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.admit import apply
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.sequencer import Busy
from ledger.admission.workspace import Dataset
from ledger.auditing.replay import ReplayFacts
from ledger.times import parse_admission_at

PAST_MAX = 200_000
"""Entries; some 10,000 a second on one core."""
PAGE = 2000
ONE_AT_A_TIME = asyncio.Lock()


class Past(Struct, frozen=True):
    """Facts after ``size`` entries; ``at_s`` is the admission of the last of them, Unix seconds."""

    size: int
    facts: ReplayFacts
    at_s: int


async def past_at(pool: Pool[Record], kinds: Kinds, dataset: Dataset, size: int) -> Past:
    """Rebuild the facts at ``size``, which must lie within the log and 1 to PAST_MAX. Raises Busy while another rebuild runs."""
    assert 1 <= size <= PAST_MAX, "the caller bounds the size"
    if ONE_AT_A_TIME.locked():
        raise Busy("another answer about the past is being worked out", 5)
    async with ONE_AT_A_TIME:
        facts, at = ReplayFacts(dataset), ""
        for start in range(0, size, PAGE):
            async with pool.acquire() as conn:
                rows = await store.list_entries(conn, start=start, end=min(size, start + PAGE))
            at = await asyncio.to_thread(_apply, rows, kinds, facts)
    return Past(size, facts, parse_admission_at(at))


def _apply(rows: Sequence[store.EntryRow], kinds: Kinds, facts: ReplayFacts) -> str:
    """Apply consecutive entries; the admission of the last."""
    at = ""
    for row in rows:
        entry = read_entry(row.entry, kinds)
        apply(entry, kinds.of(entry.statement.kind, entry.admission.ruleset), facts)
        at = entry.admission.at
    return at
