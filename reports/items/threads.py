"""Threads of a month's items, and how far an item is by them. Pure but for reading the month's threads.

A settlement holds while the difference is the one that was settled (``amount_t``); one that names no amount holds whatever becomes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.log import Log
from ledger.reading import Snapshot
from reports.items import store
from reports.items.model import firm_of, parts_of
from reports.items.open import FoundItem
from reports.items.words import ItemStatus
from whitelist.item import ItemState

THREADS_MAX = 20_000
"""Threads of one month that are looked at."""


class KnownThread(Struct, frozen=True):
    """A thread as it stands."""

    chain: str
    state: ItemState
    index: int
    """Of its newest entry."""


async def threads_of(log: Log, now: Snapshot, month: str) -> dict[str, list[KnownThread]]:
    """The month's threads by key, oldest first."""
    rows = await store.list_threads(now.workspace.conn, month, THREADS_MAX)
    found = defaultdict[str, list[KnownThread]](list)
    for key, raw in rows.items():
        head = log.kinds.decode(key, raw)
        found[head.state.key].append(KnownThread(key.removeprefix("chain:"), head.state, head.idx))
    for threads in found.values():
        threads.sort(key=lambda one: one.chain.rpartition("/")[2])
    return dict(found)


def status_of(item: FoundItem, threads: Sequence[KnownThread]) -> ItemStatus:
    """How far an item is that is there."""
    settled = [one.state.settled for one in threads if one.state.settled is not None]
    if any(one.amount_g is None or item.difference_g is None or one.amount_g == abs(item.difference_g) for one in settled):
        return "settled"
    return "changed" if settled else "talked" if threads else "open"


def gone(items: Sequence[FoundItem], threads: Mapping[str, Sequence[KnownThread]]) -> list[str]:
    """Keys that somebody talks of and nothing is wrong with any more, settled or not."""
    known = {item.key for item in items}
    return sorted(key for key in threads if key not in known)


def is_for(caller: Caller, key: str) -> bool:
    """Whether a thread's entries are for a reader whose statement has its item: a firm is told of its manifests and of what is named after it.

    Of a row of a list, a decision of somebody else or a number that several hold, authorities speak among themselves: who stands in a firm's
    statement beside it, and what is said of the others, is not for that firm.
    """
    parts = parts_of(key)
    return caller.role != "party" or parts.manifest is not None or firm_of(parts.chain) in caller.parties


async def entries_of(log: Log, threads: Sequence[KnownThread]) -> dict[str, list[Entry]]:
    """Entries of threads, by chain."""
    return {one.chain: [entry for entry in await log.chain_entries(one.chain) if entry.index <= one.index] for one in threads}
