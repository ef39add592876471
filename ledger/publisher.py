"""The publisher: turns committed entries into a signed checkpoint that everybody can rely on.

Order of one step (design §5), and what a crash after each part leaves:

1. re-read and re-hash the committed rows on a connection of its own, compare with ``log_head``, and decide every entry again from the
   publisher's own memory (ledger/shadow.py) - nothing has happened;
2. stage the files of the new size in one bundle, flushed - an orphan bundle, replaced next time;
3. compare-and-swap the promise, and with it that memory, in the checkpoint store, outside the database -
   :meth:`Publisher.recover` replays the bundle;
4. unpack the tiles, sign what the store holds (Ed25519 is deterministic: signing again gives the same note) - the same;
5. replace ``/checkpoint`` - the same;
6. wake the waiters - senders resubmit and get their receipt.

A mismatch in 1 raises Mismatch: the publisher stops, nothing is signed, reads go on.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode

import structlog
from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.checkpoint_store import CheckpointStore, Promise
from ledger.data import DataSets
from ledger.files import Bundle, LogFiles
from ledger.kinds import Kinds
from ledger.merkle import EMPTY_ROOT, Edge, consistency_proof, inclusion_proof, leaf_hash, range_root, verify_consistency
from ledger.note import SigningKey
from ledger.replay import Finding
from ledger.shadow import Shadow
from ledger.tiles import TileReader, new_bundles, new_tiles
from signing.refusal import Refusal

log = structlog.get_logger("ledger.publisher")

INTERVAL_S = 0.05
REPUBLISH_S = 600
ARCHIVE_EVERY_S = 600
STALLED_S = 240
STEP_MAX = 8192
"""Entries in one step, so that memory and the staged bundle stay small however far the log is ahead."""


class Mismatch(Exception):
    """The database contradicts itself or what was promised. Nothing may be signed until people have looked."""


class Published(Struct, frozen=True):
    """The newest published checkpoint."""

    size: int
    root: bytes
    note: bytes
    at: float
    """Monotonic seconds when it was published."""


class Publisher:
    """The one active publisher of a log in this process."""

    def __init__(
        self,
        pool: Pool[Record],
        checkpoint_store: CheckpointStore,
        files: LogFiles,
        origin: str,
        key: SigningKey,
        log_keys: tuple[str, ...],
        *,
        kinds: Kinds,
        ml_dsa_key: SigningKey | None = None,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._pool, self._store, self.files, self._origin = pool, checkpoint_store, files, origin
        self._key, self._ml_dsa_key, self._log_keys, self._interval_s = key, ml_dsa_key, log_keys, interval_s
        self._shadow = Shadow(checkpoint_store, kinds, DataSets(kinds, files.read), self.root_at)
        self._promise = Promise(0, 0, EMPTY_ROOT, "")
        self._edge = Edge()
        self._reader = TileReader(0, files.read)
        self._changed: asyncio.Event = asyncio.Event()
        self._archived_at = float("-inf")
        self._last_day = ""
        self._staged_at: float | None = None
        self.published: Published | None = None
        self.mismatch: str | None = None

    def recover(self) -> None:
        """Take over and finish what an earlier publisher promised; raises Mismatch if its promise cannot be kept from what is here."""
        if self._store.bind(self._origin) != self._origin:
            raise Mismatch(f"the checkpoint store belongs to another log than {self._origin}")
        self._promise = self._store.take_over(EMPTY_ROOT)
        note = self.files.read("checkpoint")
        opened = None if note is None else open_checkpoint(note, self._log_keys).checkpoint
        if opened is not None and opened.size > self._promise.size:
            raise Mismatch(f"published size {opened.size} is ahead of the checkpoint store's {self._promise.size}: was the store restored?")
        if opened is None or opened.size < self._promise.size:
            bundle = self.files.staged(self._promise.size, self._promise.digest)
            if bundle is None and self._promise.size > 0:
                raise Mismatch(f"size {self._promise.size} was promised but its staged bundle is gone")
            if bundle is not None:
                self.files.unpack(bundle)
        self._rest_on(self._promise)
        if self._promise.size > 0:
            self._sign_and_show()
        self._rebuild_shadow()

    def _rest_on(self, promise: Promise) -> None:
        """Take the published tiles as the base of the next step, if they give the promised root."""
        self._reader = TileReader(promise.size, self.files.read)
        edge = edge_of(self._reader)
        if edge.root() != promise.root:
            raise Mismatch(f"the published tiles of size {promise.size} do not give the promised root")
        self._promise, self._edge = promise, edge

    def _rebuild_shadow(self) -> None:
        """Bring the publisher's own memory to the promised size, from the published entries; usually it is there already."""
        if self._shadow.size > self._promise.size:
            self._store.forget_shadow()
            self._shadow.dropped()
        findings = self._shadow.catch_up(self._reader.entries(self._shadow.size, self._promise.size), self._promise.size)
        if findings:
            raise Mismatch(f"published entries do not replay: {_described(findings[0])}")

    async def run(self, hint: asyncio.Event) -> None:
        """Publish until cancelled. ``hint`` is set when something was committed; idle logs are republished every 10 minutes."""
        while True:
            started = time.monotonic()
            hint.clear()
            try:
                moved = await self.step()
            except (Mismatch, Refusal) as error:
                self.mismatch = str(error)
                log.critical("frozen", why=str(error))
                return
            except OSError as error:
                log.error("publish_failed", error=f"{type(error).__name__}: {error}")
                moved = False
            pause = max(0.0, self._interval_s - (time.monotonic() - started))
            await asyncio.sleep(pause)
            if not moved:
                # asyncio.timeout, not wait_for: on Python 3.11 the latter loses a cancellation that comes together with the event.
                try:
                    async with asyncio.timeout(1.0):
                        await hint.wait()
                except TimeoutError:
                    if self.published and time.monotonic() - self.published.at > REPUBLISH_S:
                        await asyncio.to_thread(self._sign_and_show)

    async def step(self) -> bool:
        """Publish what is committed beyond the promise, at most STEP_MAX entries; False if there is nothing new."""
        async with self._pool.acquire() as conn:
            head = await store.fetch_head(conn)
            size = 0 if head is None else head.size
            if head is None or size < self._promise.size:
                if self._promise.size == 0:
                    return False
                raise Mismatch(f"the database has {size} entries, {self._promise.size} were promised: a restored backup?")
            if size == self._promise.size:
                if head.root != self._promise.root:
                    raise Mismatch(f"log_head has another root at size {size} than was promised")
                return False
            rows = await store.list_entries(conn, start=self._promise.size, end=min(size, self._promise.size + STEP_MAX))
        self._staged_at = self._staged_at or time.monotonic()
        await asyncio.to_thread(self._publish, rows, head)
        self._staged_at = None
        self._wake()
        return True

    def _publish(self, rows: list[store.EntryRow], head: store.LogHead) -> None:
        """Parts 1 to 5, on a thread of their own."""
        leaves = self._rehash(rows)
        grown = self._edge.append_many(leaves)
        if grown.size == head.size and grown.root() != head.root:
            raise Mismatch(f"re-hashed entries give another root at size {head.size} than log_head holds")
        self._decide_again(rows)
        files = [(tile.path, content) for tile, content in new_tiles(self._edge.size, leaves, self.files.read)]
        files += [(tile.path, content) for tile, content in new_bundles(self._edge.size, [row.entry for row in rows], self.files.read)]
        digest = self.files.stage(Bundle(grown.size, tuple(files)))
        promise = Promise(self._promise.epoch, grown.size, grown.root(), digest)
        self._archive_day(rows)
        if not self._store.swap(self._promise, promise, self._shadow.changes(), at_s=self._shadow.at_s):
            self._shadow.dropped()
            raise Mismatch("another publisher has taken over")
        self._shadow.kept()
        # From here the size is promised: a crash now is finished by recover(), and no other root can ever be signed for it.
        self.files.unpack(Bundle(grown.size, tuple(files)))
        self._check_growth(promise)
        self._promise, self._edge = promise, grown
        self._sign_and_show()
        self.files.discard_staged(below=grown.size)

    def _rehash(self, rows: list[store.EntryRow]) -> list[bytes]:
        """Leaf hashes from the bytes that were committed; they must lie without a gap and match what the sequencer wrote."""
        leaves: list[bytes] = []
        for expected, row in enumerate(rows, self._promise.size):
            leaf = leaf_hash(row.entry)
            if row.idx != expected or leaf != row.leaf:
                raise Mismatch(f"entry {expected}: stored index {row.idx}, stored leaf {row.leaf.hex()[:16]}, re-hashed {leaf.hex()[:16]}")
            leaves.append(leaf)
        return leaves

    def _decide_again(self, rows: list[store.EntryRow]) -> None:
        """Signatures, keys, decisions and accounts from the publisher's own memory: what was edited in the database shows here."""
        findings = self._shadow.check(row.entry for row in rows)
        if findings:
            self._shadow.dropped()
            raise Mismatch(f"a second decision differs: {_described(findings[0])}")

    def _check_growth(self, promise: Promise) -> None:
        """Prove from the new tiles that the new tree extends the published one, before it is signed."""
        reader = TileReader(promise.size, self.files.read)
        if self._promise.size:
            proof = consistency_proof(self._promise.size, promise.size, reader.hash_at)
            try:
                verify_consistency(self._promise.size, promise.size, self._promise.root, promise.root, proof)
            except Refusal as refusal:
                raise Mismatch(f"size {promise.size} does not extend size {self._promise.size}") from refusal
        if reader.root() != promise.root:
            raise Mismatch(f"the tiles of size {promise.size} do not give the promised root")
        self._reader = reader

    def _sign_and_show(self) -> None:
        """Sign the promise, check the own signature, replace ``/checkpoint``, archive when due."""
        promise = self._promise
        note = sign_checkpoint(Checkpoint(self._origin, promise.size, promise.root), self._key, self._ml_dsa_key)
        opened = open_checkpoint(note, self._log_keys).checkpoint
        if (opened.size, opened.root) != (promise.size, promise.root):
            raise Mismatch("the signed note does not say what was promised")
        self.files.replace_checkpoint(note)
        now = time.monotonic()
        if now - self._archived_at >= ARCHIVE_EVERY_S:
            self.files.archive(promise.size, note)
            self._archived_at = now
        self.published = Published(promise.size, promise.root, note, now)

    def _archive_day(self, rows: list[store.EntryRow]) -> None:
        """Keep the last checkpoint of a Shanghai day when the next day's first entry comes (formats §4)."""
        marker = b'"admission":{"index":'
        for row in rows:
            start = row.entry.rfind(marker)
            day = row.entry[row.entry.index(b'"at":"', start) + 6 :][:10].decode()
            if self._last_day and day != self._last_day and self.published is not None:
                self.files.archive(self.published.size, self.published.note)
            self._last_day = day

    def archive_now(self) -> Published:
        """Keep the newest checkpoint for ever, because a document or a report is going to print it."""
        assert self.published is not None, "nothing is published yet"
        self.files.archive(self.published.size, self.published.note)
        return self.published

    def may_append(self) -> str | None:
        """Why nothing may be appended now: after a mismatch, or while publication has hung for 4 minutes (formats §4)."""
        if self.mismatch is not None:
            return f"the log is frozen: {self.mismatch}"
        if self._staged_at is not None and time.monotonic() - self._staged_at > STALLED_S:
            return "publication has been behind for more than 4 minutes"
        return None

    async def wait_for(self, size: int, timeout_s: float) -> Published | None:
        """The first published checkpoint of at least ``size``, or None when it does not come in time."""
        deadline = time.monotonic() + timeout_s
        while self.published is None or self.published.size < size:
            left = deadline - time.monotonic()
            if left <= 0 or self.mismatch is not None:
                return None
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                return None
        return self.published

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Inclusion proof of an entry in a published tree, read from the tiles. Blocks on disk for tiles not in memory."""
        reader = self._reader if self._reader.size == size else TileReader(size, self.files.read)
        return inclusion_proof(index, size, reader.hash_at)

    def root_at(self, size: int) -> str | None:
        """Root (b64) of a smaller or equal published size; None when that size is not published."""
        if self.published is None or size > self.published.size:
            return None
        return b64encode(range_root(0, size, self._reader.hash_at)).decode()


def _described(finding: Finding) -> str:
    return f"entry {finding.index} {finding.chain} {finding.code} {finding.field}: found {finding.found}, expected {finding.expected}"


def edge_of(reader: TileReader) -> Edge:
    """The compact range of a tree from its tiles: one perfect subtree per set bit of the size, largest first."""
    hashes: list[bytes] = []
    start = 0
    for level in reversed(range(reader.size.bit_length())):
        if reader.size >> level & 1:
            hashes.append(reader.hash_at(level, start >> level))
            start += 1 << level
    return Edge(reader.size, tuple(hashes))
