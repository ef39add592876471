"""The published log as one process sees it, whoever publishes: the newest checkpoint, its tree, and who waits for it.

A process that leads is told by its own publisher (ledger/publishing/publisher.py); any other reads what the leader shows. Both answer the same
questions: what may be relied on, how an entry is proved in it, and whether statements may be appended.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from ledger.admission.entry import day_below
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import open_checkpoint, without_subtree_lines
from ledger.tree.merkle import inclusion_proof, range_root
from ledger.tree.tiles import TileReader

STALLED_S = 240  # how long publication may be behind before nothing more is admitted (formats §4)


class Published(Struct, frozen=True):
    """The newest published checkpoint: what everybody may rely on."""

    size: int
    root: bytes
    note: bytes
    at: float  # monotonic seconds when it was published

    @property
    def slim(self) -> bytes:
        """The note without its ML-DSA-44 lines, for receipts: 3 KB shorter each, and every verifier of today reads it (formats §4)."""
        return _slim(self.note)


_slim = lru_cache(maxsize=4)(without_subtree_lines)  # hundreds of receipts stand under one checkpoint


class Follower:
    """What is published, for the requests of one process; safe to share between its event loop and its threads."""

    def __init__(self, checkpoint_store: CheckpointStore, files: LogFiles, log_keys: Sequence[str]) -> None:
        self.files = files
        self._store, self.log_keys = checkpoint_store, tuple(log_keys)
        self._reader = self._reader_before = TileReader(0, files.read)
        self.changed = asyncio.Event()  # set at the next change of what is published, or when the log freezes
        self._waiting: dict[asyncio.Future[None], int] = {}  # Who waits for which size.
        self._committed = 0
        self._behind_since: float | None = None
        self.published: Published | None = None
        self.mismatch: str | None = None  # why the log is frozen
        self._halted: str | None = None
        self.trouble = ""
        """What hinders a publisher that runs elsewhere, as it says itself."""

    def refresh(self) -> bool:
        """Read what the leader shows, and whether the log is frozen; True if that is news. Blocks on disk."""
        before = self.mismatch
        self.mismatch = self._halted or self._store.frozen()
        note = self.files.read("checkpoint")
        if note is None or (self.published is not None and note == self.published.note):
            return self.mismatch != before
        opened = open_checkpoint(note, self.log_keys).checkpoint
        if opened.size != self._reader.size:
            self._grown(TileReader(opened.size, self.files.read))
        self._shown(Published(opened.size, opened.root, note, time.monotonic()))
        return True

    def halt(self, why: str) -> None:
        """Nothing is appended through this process any more, until it is started again; reads go on."""
        self._halted = self.mismatch = why
        self.wake()

    def _grown(self, reader: TileReader) -> None:
        """A larger tree is readable; answers go to the one before until its checkpoint is shown."""
        self._reader_before, self._reader = self._reader, reader

    def _shown(self, published: Published) -> None:
        """From here everybody may rely on it."""
        self.published = published
        self._behind_since = time.monotonic() if self._committed > published.size else None

    def note_committed(self, size: int) -> None:
        """The database holds ``size`` entries: from now on publication is awaited; of a log that is not founded nothing is."""
        self._committed = max(self._committed, size)
        if size and self._behind_since is None and (self.published is None or self.published.size < size):
            self._behind_since = time.monotonic()

    def may_append(self) -> str | None:
        """Why nothing may be appended now: after a mismatch, or while publication has hung for 4 minutes (formats §4)."""
        if self.mismatch is not None:
            return f"the log is frozen: {self.mismatch}"
        if self._behind_since is not None and time.monotonic() - self._behind_since > STALLED_S:
            return "publication has been behind for more than 4 minutes"
        return None

    @property
    def hindered(self) -> str:
        """What hinders publication now, in words; empty while nothing is known to."""
        return self.trouble

    @property
    def behind_s(self) -> float:
        """For how long something committed has waited for its publication, seconds."""
        return 0.0 if self._behind_since is None else time.monotonic() - self._behind_since

    async def wait_for(self, size: int, timeout_s: float) -> Published | None:
        """The first published checkpoint of at least ``size``, or None when it does not come in time."""
        if not self._reached(size) and timeout_s > 0 and self.mismatch is None:
            # A future of its own for each: hundreds wait, and a step wakes those that it has reached and nobody else.
            loop = asyncio.get_running_loop()
            woken = loop.create_future()
            self._waiting[woken] = size
            ends = loop.call_later(timeout_s, _set, woken)
            try:
                await woken
            finally:
                ends.cancel()
                del self._waiting[woken]
        return self.published if self._reached(size) else None

    def _reached(self, size: int) -> bool:
        return self.published is not None and self.published.size >= size

    def wake(self) -> None:
        """Let those who wait look again. On the event loop."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
        for woken, size in self._waiting.items():
            if self.mismatch is not None or self._reached(size):
                _set(woken)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Inclusion proof of an entry in a published tree, read from the tiles. Blocks on disk for tiles not in memory."""
        # The one before too: while a checkpoint is being signed, its tiles are here and answers still go to the one before.
        known = (reader for reader in (self._reader, self._reader_before) if reader.size == size)
        reader = next(known, None) or TileReader(size, self.files.read)
        return inclusion_proof(index, size, reader.hash_at)

    def root_at(self, size: int) -> str | None:
        """Root (b64) of a published or promised tree; None beyond. A client may have seen a checkpoint before this process has."""
        if size > self._reader.size and (not self.refresh() or size > self._reader.size):
            return None
        return b64encode(range_root(0, size, self._reader.hash_at)).decode()

    def day_below(self, size: int) -> str:
        """Day on which the last entry below a size that has a root was admitted. Blocks on disk."""
        return day_below(size, self._reader)

    def archive_now(self) -> Published:
        """Keep the newest checkpoint for ever, because a document or a report is going to print it."""
        assert self.published is not None, "nothing is published yet"
        self.files.archive(self.published.size, self.published.note)
        return self.published


def _set(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
