"""What is new for a reader behind a place in his feed: how large the log is, and which chains were spoken of; no content, for pages ask again.

A page is told only once its projections have come so far: whoever asks then sees what he was told of.
"""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from ledger.admission.entry import read_entry
from ledger.caller import Caller
from ledger.pending.store import list_for
from ledger.reading import wait_for_published
from ledger.service import Service
from ledger.store import projected
from signing import b64

AT_ONCE = 64
"""Entries that one event names; of more it says only that there are many."""
PENDING_SEEN = 50
CATCH_UP_S = 5.0


class LiveNews(Struct, frozen=True, kw_only=True):
    """What one event says. ``at`` is the place in the feed behind which the next one looks."""

    at: int
    size: int
    chains: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    """Types of these chains (``manifest``, ``approval`` …), and ``pending`` for what waits for signatures."""
    many: bool = False
    """More than it names: everything may have changed."""


async def place_now(service: Service) -> int:
    """The place behind which nothing has been told yet."""
    async with service.log.pool.acquire() as conn:
        return await projected(conn) - 1


async def news_behind(service: Service, caller: Caller, at: int) -> LiveNews:
    """What concerns a reader behind a place; ``chains`` is empty where nothing does, and the place goes on all the same."""
    log = service.log
    await wait_for_published(log, CATCH_UP_S)  # what the projections lack after this time is told with the next event
    size = log.projected
    if size - 1 <= at:
        return LiveNews(at=at, size=size)
    found = await service.feed(caller, at, AT_ONCE)
    entries = [one for one in found.entries if one.index < size]
    if found.next < size - 1:
        return LiveNews(at=size - 1, size=size, many=True)
    chains = dict.fromkeys(read_entry(b64.decode(one.entry), log.kinds).statement.chain for one in entries)
    topics = dict.fromkeys(chain.partition("/")[0] for chain in chains)
    return LiveNews(at=size - 1, size=size, chains=tuple(chains), topics=tuple(topics))


async def pending_mark(service: Service, caller: Caller) -> str:
    """Another text whenever what waits for the signatures of a party, or how far it is, has changed."""
    async with service.log.pool.acquire() as conn:
        now_s = await service.log.now(None)
        rows = await list_for(conn, caller.uscc, principal=None, kinds=None, unsigned=None, now_s=now_s, after=(-1, ""), limit=PENDING_SEEN)
    return sha256("".join(f"{row.statement} {row.changed_s} {row.state}\n" for row in rows).encode()).hexdigest()
