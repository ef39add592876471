"""Reading answers: a page of what is asked for, a snapshot on which everything is of one moment, and the past.

The past are the facts as they were at an earlier size of the log, rebuilt from the entries below it. What was decided is believed here
(the audit is what recomputes it): each entry is read and its changes are applied, nothing else. The time grows with the size, so it is
bounded, and one rebuild runs at a time in a process.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct

from ledger import store
from ledger.admission.admit import apply
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.sequencer import Busy
from ledger.admission.workspace import Workspace
from ledger.auditing.replay import ReplayFacts
from ledger.log import Log
from ledger.times import parse_admission_at

PAGE_MAX = 200
PAST_MAX = 200_000
"""Entries; some 10,000 a second on one core."""
PAGE = 2000
ONE_AT_A_TIME = asyncio.Lock()


class Page(Struct, frozen=True):
    """Which page of a registry."""

    cursor: str | None
    limit: int


class Snapshot(Struct, frozen=True):
    """The committed log at one moment. ``at_s`` is the admission of its last entry, Unix seconds."""

    workspace: Workspace
    size: int
    at_s: int


@asynccontextmanager
async def snapshot(log: Log) -> AsyncIterator[Snapshot]:
    """A workspace on which everything is of one moment, however many queries fill it."""
    async with log.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        head = await store.fetch_head(conn)
        workspace = Workspace(conn, log.kinds, log.data)
        yield Snapshot(workspace, 0, 0) if head is None else Snapshot(workspace, head.size, head.at_s)


class Past(Struct, frozen=True):
    """Facts after ``size`` entries; ``at_s`` is the admission of the last of them, Unix seconds."""

    size: int
    facts: ReplayFacts
    at_s: int


async def past_at(log: Log, size: int) -> Past:
    """Rebuild the facts at ``size``, which must lie within the log and 1 to PAST_MAX. Raises Busy while another rebuild runs."""
    assert 1 <= size <= PAST_MAX, "the caller bounds the size"
    if ONE_AT_A_TIME.locked():
        raise Busy("another answer about the past is being worked out", 5)
    async with ONE_AT_A_TIME:
        facts, at = ReplayFacts(log.data), ""
        for start in range(0, size, PAGE):
            async with log.pool.acquire() as conn:
                rows = await store.list_entries(conn, start=start, end=min(size, start + PAGE))
            at = await asyncio.to_thread(_apply, [row.entry for row in rows], log.kinds, facts)
    return Past(size, facts, parse_admission_at(at))


def _apply(raws: Sequence[bytes], kinds: Kinds, facts: ReplayFacts) -> str:
    """Apply consecutive entries; the admission of the last."""
    at = ""
    for raw in raws:
        entry = read_entry(raw, kinds)
        apply(entry, kinds.of(entry.statement.kind, entry.admission.ruleset), facts)
        at = entry.admission.at
    return at
