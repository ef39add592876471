"""What the publisher knows beyond its promise: entries that it has read, re-hashed and decided again, and of which nothing is promised.

The longest part of a publication is to decide again, and it needs nothing of the checkpoint before. So it goes on all the time: while the
witnesses cosign that checkpoint, and between two steps. A step then reads only what was committed last, and promises the whole
(ledger/publishing/publisher.py). Until then everything here is in memory: a crash, a takeover or a full disk forgets it, and it is read again.

The database may change its mind about what was not promised (a standby that lacks the last commits takes over). What was read before is
therefore never held against the database: a contradiction is a Mismatch only if it is still there when all is read again from the promise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from asyncpg import Pool, Record

from ledger import store
from ledger.publishing.crashpoints import crash_point
from ledger.publishing.freeze import Mismatch
from ledger.publishing.recheck import Recheck, describe
from ledger.tree.merkle import Edge, leaf_hash
from signing.refusal import Refusal

log = structlog.get_logger("ledger.publishing.prefetch")

STEP_MAX = 8192  # entries in one step, so that memory and the staged bundle stay small however far the log is ahead
LOOK_MAX = 256  # entries in one look between steps: a step that could begin does not wait long for its end


class Prefetch:
    """Entries from the promised size on, in order. One publisher has one, and calls it from one task."""

    def __init__(self, recheck: Recheck) -> None:
        self._recheck = recheck
        self.rest_on(Edge())

    def rest_on(self, promised: Edge) -> None:
        """Go on from what is promised; what was read until now is promised with it, or forgotten by the recheck too."""
        self.base = self.edge = promised
        self.leaves: list[bytes] = []
        self.entries: list[bytes] = []
        self._rounds = 0

    def drop(self) -> None:
        """Forget what was read; it is read and decided again from the promise on."""
        self._recheck.drop()
        self.rest_on(self.base)

    async def settle(self, pool: Pool[Record]) -> int:
        """Read what one step may still take, and make sure that the database holds all of it now, so that it may be promised.

        Returns the committed size. Where the last round ends at the head, the roots have been compared; otherwise what earlier rounds
        read may have vanished unseen, and the rest be of another history.
        """
        size = await self.look(pool, STEP_MAX)
        if self._rounds > 1 and size > self.edge.size:
            async with pool.acquire() as conn:
                is_there = await store.list_leaves(conn, start=self.base.size, end=self.edge.size) == self.leaves
            if not is_there:
                log.warning("reads_again", why="the database holds other entries than were read", size=self.base.size)
                self.drop()
                size = await self.look(pool, STEP_MAX)
        return size

    async def look(self, pool: Pool[Record], most: int = LOOK_MAX) -> int:
        """Read at most ``most`` further entries; returns the committed size. Raises Mismatch, with nothing of the round kept."""
        begun_empty = not self.entries
        try:
            return await self._round(pool, most)
        except (Mismatch, Refusal) as error:
            self.drop()
            if begun_empty:
                raise
            log.warning("reads_again", why=str(error), size=self.base.size)
        except BaseException:
            self.drop()
            raise
        return await self.look(pool, most)

    async def _round(self, pool: Pool[Record], most: int) -> int:
        async with pool.acquire() as conn:
            head = await store.fetch_head(conn)
            self.compare(head)
            if head is None:
                return 0
            start, wanted = self.edge.size, min(head.size - self.edge.size, most, STEP_MAX - len(self.entries))
            rows = await store.list_entries(conn, start=start, end=start + wanted) if wanted > 0 else []
        if len(rows) < wanted:
            raise Mismatch(f"log_head has size {head.size}, of the entries from {start} on there are {len(rows)}")
        if rows:
            leaves, grown = await asyncio.to_thread(self._judge, rows, head)
            self.leaves += leaves
            self.entries += [row.entry for row in rows]
            self.edge = grown
            self._rounds += 1
        return head.size

    def compare(self, head: store.LogHead | None) -> None:
        """The database holds at least what was promised and read, and exactly that at the size read. Raises Mismatch."""
        size = 0 if head is None else head.size
        if size < self.base.size:
            raise Mismatch(f"the database has {size} entries, {self.base.size} were promised: a restored backup? See log refill")
        if size < self.edge.size:
            raise Mismatch(f"the database has {size} entries, {self.edge.size} were read before")
        own = (self.edge.root(), self.edge.to_bytes(), self._recheck.at_s)
        if head is not None and size == self.edge.size and (head.root, head.edge, head.at_s) != own:
            raise Mismatch(f"log_head has another root, edge or time at size {size} than the entries give")

    def _judge(self, rows: Sequence[store.EntryRow], head: store.LogHead) -> tuple[list[bytes], Edge]:
        """Leaves of the rows and the edge with them; on a thread of its own."""
        leaves = self.rehash(rows)
        grown = self.edge.append_many(leaves)
        if grown.size == head.size and grown.root() != head.root:
            raise Mismatch(f"re-hashed entries give another root at size {head.size} than log_head holds")
        findings = self._recheck.check(row.entry for row in rows)
        if findings:
            raise Mismatch(f"a second decision differs: {describe(findings[0])}")
        crash_point("publish.after_decision")
        return leaves, grown

    def rehash(self, rows: Sequence[store.EntryRow]) -> list[bytes]:
        """Leaf hashes from the bytes that were committed; they must lie without a gap and match what the sequencer wrote."""
        leaves = [leaf_hash(row.entry) for row in rows]
        for expected, (row, leaf) in enumerate(zip(rows, leaves, strict=True), self.edge.size):
            if row.idx != expected or leaf != row.leaf:
                raise Mismatch(f"entry {expected}: stored index {row.idx}, stored leaf {row.leaf.hex()[:16]}, re-hashed {leaf.hex()[:16]}")
        return leaves
