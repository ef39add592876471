"""The past: facts as they were at an earlier size of the log, rebuilt from the entries below it.

What was decided is believed here (the audit is what recomputes it): each entry is read and its changes are applied, nothing else. Either every
entry is, or those alone that can have moved what a question reads: all of the chains that many share (log, permits, lists, approvals), and of
manifests those that concern the parties asked about, as the feed's index has them. The time grows with the entries, so it is bounded, and one
rebuild runs at a time in a process.
"""

import asyncio
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ledger import store
from ledger.admission.admit import apply
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.sequencer import Busy
from ledger.auditing.replay import ReplayFacts
from ledger.log import Log
from ledger.times import parse_admission_at

PAST_MAX = 200_000  # Entries; some 10,000 a second on one core.
PAGE = 2000
ONE_AT_A_TIME = asyncio.Lock()


class Past(Struct, frozen=True):
    """Facts after ``size`` entries; ``at_s`` is the admission of the last of them, Unix seconds. ``entries``: how many were read."""

    size: int
    facts: ReplayFacts
    at_s: int
    entries: int


class PastWanted(Struct, frozen=True):
    """What of a past is wanted: chains whose names begin in these ways, and all entries that concern these parties."""

    chains: tuple[str, ...]
    parties: tuple[str, ...]


class PastTooLong(Exception):
    """More entries lie before a size than are read while somebody waits."""


async def past_at(log: Log, size: int, wanted: PastWanted | None = None) -> Past:
    """Rebuild the facts at ``size``, which lies within the log; without ``wanted`` all of them. Raises PastTooLong, and Busy while another
    rebuild runs."""
    if wanted is None and size > PAST_MAX:
        raise PastTooLong
    if ONE_AT_A_TIME.locked():
        raise Busy("another answer about the past is being worked out", 5)
    async with ONE_AT_A_TIME:
        facts = ReplayFacts(log.data)
        async with log.pool.acquire() as conn:
            chosen: Sequence[int] = range(size) if wanted is None else await _chosen(conn, size, wanted)
        if len(chosen) > PAST_MAX:
            raise PastTooLong
        for start in range(0, len(chosen), PAGE):
            async with log.pool.acquire() as conn:
                rows = await store.fetch_entries_at(conn, chosen[start : start + PAGE])
            await asyncio.to_thread(_apply, [row.entry for row in rows], log.kinds, facts)
        async with log.pool.acquire() as conn:
            at_s = await _admitted_s(conn, log.kinds, size - 1)
    return Past(size, facts, at_s, len(chosen))


async def size_at(log: Log, at_s: int, present: int) -> int:
    """How many of the first ``present`` entries were admitted at or before a moment, Unix seconds: admissions are in order."""
    low, high = 0, present
    async with log.pool.acquire() as conn:
        while low < high:
            middle = (low + high) // 2
            if await _admitted_s(conn, log.kinds, middle) <= at_s:
                low = middle + 1
            else:
                high = middle
    return low


async def _chosen(conn: store.Conn, size: int, wanted: PastWanted) -> list[int]:
    """Indices below ``size`` of what is wanted; those too that the feed's index does not have yet."""
    most, projected = PAST_MAX + 1, min(size, await store.projected(conn))
    found = set(await store.list_indices(conn, [f"chain:{prefix}" for prefix in wanted.chains], end=size, limit=most))
    found |= set(await store.list_feed(conn, wanted.parties, after=-1, end=projected, limit=most))
    return sorted(found.union(range(projected, size)))


async def _admitted_s(conn: store.Conn, kinds: Kinds, index: int) -> int:
    [row] = await store.fetch_entries_at(conn, [index])
    return parse_admission_at(read_entry(row.entry, kinds).admission.at)


def _apply(raws: Iterable[bytes], kinds: Kinds, facts: ReplayFacts) -> None:
    """Apply entries in order."""
    for raw in raws:
        entry = read_entry(raw, kinds)
        apply(entry, kinds.of(entry.statement.kind, entry.admission.ruleset), facts)
