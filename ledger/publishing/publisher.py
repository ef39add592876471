"""The publisher: turns committed entries into a signed checkpoint that everybody can rely on.

Order of one step (design §5), and what a crash at the point named after each part leaves (ledger/publishing/crashpoints.py):

1. re-read and re-hash the committed rows on a connection of its own, compare with ``log_head``, and decide every entry again from the
   publisher's own memory (ledger/publishing/prefetch.py, ledger/publishing/recheck.py) - ``after_decision``, ``before_stage``: nothing has happened;
2. stage the files of the new size in one bundle, flushed - ``after_stage``: an orphan bundle, discarded once a larger size is shown;
3. compare-and-swap the promise, and with it that memory, in the checkpoint store, outside the database -
   ``after_swap``: :meth:`Publisher.recover` replays the bundle;
4. unpack the tiles, sign what the store holds (Ed25519 is deterministic: signing again gives the same line) -
   ``after_unpack``, ``after_sign``: the same;
5. collect the witnesses' cosignatures - ``after_witness``: witnesses are ahead of ``/checkpoint``; asked again, they cosign it again;
6. replace ``/checkpoint`` - ``after_show``: senders resubmit and get their receipt;
7. wake the waiters.

Part 1 goes on between the steps and during parts 5 and 6, for the entries that the next step will promise. Nothing else overlaps: nothing
is staged or promised before the size before is shown, so a crash finds one promise at most that is not shown, as if nothing overlapped.

A mismatch freezes: the publisher stops, nothing is signed any more, reads go on, an evidence file is written (ledger/publishing/freeze.py).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time

import structlog
from asyncpg import Pool, PostgresError, Record

from ledger import store
from ledger.admission.entry import day_of
from ledger.admission.kind_table import DataSets, Kinds
from ledger.directory import LOG_MAIN, LogState
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership, Promise
from ledger.publishing.cosigning import Contradicted, Cosigning
from ledger.publishing.crashpoints import crash_point
from ledger.publishing.files import LogFiles, StagedFiles
from ledger.publishing.follower import Follower, Published
from ledger.publishing.freeze import Mismatch, contradicting_notes, write_evidence
from ledger.publishing.prefetch import Prefetch
from ledger.publishing.recheck import Recheck, describe
from ledger.publishing.signer import CheckpointSigner
from ledger.times import format_at
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import EMPTY_ROOT, consistency_proof, range_root, verify_consistency
from ledger.tree.tiles import TileReader, new_bundles, new_tiles
from signing.refusal import Refusal

log = structlog.get_logger("ledger.publishing.publisher")

INTERVAL_S = 0.05
IDLE_S = 0.1  # how often an idle publisher looks at the database for what other processes have committed
REPUBLISH_S = 600
ARCHIVE_EVERY_S = 600
LOOK_S = 0.025  # between two looks at what is committed meanwhile


class Publisher(Follower):
    """Publishes a log, or follows the process that does: of several on one store exactly one leads, the others stand by."""

    def __init__(
        self, pool: Pool[Record], checkpoint_store: CheckpointStore, files: LogFiles, origin: str, signer: CheckpointSigner, *,
        kinds: Kinds, cosigning: Cosigning | None = None, interval_s: float = INTERVAL_S, republish_s: float = REPUBLISH_S,
    ) -> None:  # fmt: skip
        """Without ``cosigning`` no witness is asked, whatever the policy says; then the policy must be ``quorum none``."""
        super().__init__(checkpoint_store, files, signer.vkeys)
        self._pool, self.origin = pool, origin
        self._signer, self._interval_s, self._republish_s = signer, interval_s, republish_s
        self._cosigning = cosigning
        self._recheck = Recheck(checkpoint_store, kinds, DataSets(kinds, files.read), self.root_at, self.day_below)
        self._prefetch = Prefetch(self._recheck)
        self._promise = Promise(0, 0, EMPTY_ROOT, "")
        self._archived_at, self._last_day = float("-inf"), ""
        self._leadership = Leadership(checkpoint_store.path)
        self._failed = ""  # why the last step failed; empty once one has succeeded
        self._unfinished: tuple[StagedFiles, Promise] | None = None  # what is promised in the store and not yet in place as files
        self._is_unshown = False  # whether the promised size still waits to be signed and shown
        self.is_degraded = False  # whether the newest checkpoint lacks the quorum of its witnesses

    def start(self) -> None:
        """Lead if nobody does, else follow; raises Mismatch like :meth:`recover`."""
        if self._leadership.acquire():
            self.recover()
        else:
            self.refresh()

    def refresh(self) -> bool:
        """Take the newest checkpoint from what the leader shows; whoever leads knows it already."""
        if self._leadership.is_held or not super().refresh():
            return False
        if self.published is not None:
            self._promise = Promise(0, self.published.size, self.published.root, "")
        return True

    @property
    def hindered(self) -> str:
        """What hinders publication now: another process that leads, the last failure, or witnesses that are waited for."""
        if not self._leadership.is_held:  # a server that was killed leaves a publisher, which the system may keep from ending
            return f"process {self._leadership.leader() or 'unknown'} publishes this log; this one waits for its end"
        return self._failed or ("" if self._cosigning is None else self._cosigning.waiting)

    def close(self) -> None:
        """Let another process lead."""
        self._leadership.release()

    def recover(self) -> None:
        """Lead, and finish what an earlier publisher promised; raises Mismatch if its promise cannot be kept from what is here."""
        if not self._leadership.acquire():
            raise Mismatch("another process publishes this log")
        if self._store.bind(self.origin) != self.origin:
            raise Mismatch(f"the checkpoint store belongs to another log than {self.origin}")
        self._promise = self._store.take_over(EMPTY_ROOT)
        note = self.files.read("checkpoint")
        opened = None if note is None else open_checkpoint(note, self.log_keys).checkpoint
        if opened is not None and opened.size > self._promise.size:
            raise Mismatch(f"published size {opened.size} is ahead of the checkpoint store's {self._promise.size}: was the store restored?")
        if opened is None or opened.size < self._promise.size:
            bundle = self.files.read_staged(self._promise.size, self._promise.digest)
            if bundle is None and self._promise.size > 0:
                raise Mismatch(
                    f"size {self._promise.size} was promised but its staged bundle is gone, and what is published ends at "
                    f"{0 if opened is None else opened.size}: put the static files (LIANDAN_LOG_DIR) back first"
                )
            if bundle is not None:
                self.files.unpack(bundle)
        self._rest_on(self._promise)
        self._check_notes(note)
        self._rebuild_recheck()
        self._last_day = format_at(self._recheck.at_s)[:10] if self._promise.size else ""
        self._store.thaw()
        self._is_unshown = self._promise.size > 0

    def _rest_on(self, promise: Promise) -> None:
        """Take the published tiles as the base of the next step, if they give the promised root."""
        self._reader = TileReader(promise.size, self.files.read)
        edge = self._reader.edge()
        if edge.root() != promise.root:
            raise Mismatch(f"the published tiles of size {promise.size} do not give the promised root")
        self._promise = promise
        self._prefetch.rest_on(edge)

    def _check_notes(self, shown: bytes | None) -> None:
        """Notes of our own key that are at hand are parts of the promised tree: what is shown, and what froze the log once."""
        for where, note in (*contradicting_notes(self.files), *([] if shown is None else [("checkpoint", shown)])):
            said = open_checkpoint(note, self.log_keys).checkpoint
            if said.size > self._promise.size or said.root != (range_root(0, said.size, self._reader.hash_at) if said.size else EMPTY_ROOT):
                raise Mismatch(
                    f"the note of our own key in {where}, size {said.size}, contradicts the promised tree of {self._promise.size}"
                )

    def _rebuild_recheck(self) -> None:
        """Bring the publisher's own memory to the promised size, from the published entries; usually it is there already."""
        self._recheck.drop()
        if self._recheck.size > self._promise.size:
            self._store.forget_shadow()
            self._recheck.drop()
        findings = self._recheck.catch_up(self._reader.entries(self._recheck.size, self._promise.size), self._promise.size)
        if findings:
            raise Mismatch(f"published entries do not replay: {describe(findings[0])}")

    def _stand_by(self) -> bool:
        """Follow; True once this process leads because the one that did has gone."""
        if self._leadership.acquire():
            log.warning("takes_over", size=self._promise.size)
            self.mismatch = None
            self.recover()
            return True
        self.refresh()
        return False

    async def run(self, hint: asyncio.Event) -> None:
        """Publish until cancelled. ``hint`` is set when something was committed; idle logs are republished every 10 minutes."""
        while True:
            try:
                while not self._leadership.is_held and not await asyncio.to_thread(self._stand_by):
                    self.wake()
                    await asyncio.sleep(self._interval_s)
            except (Mismatch, Refusal) as error:
                self._freeze(error)
                return
            started, moved = time.monotonic(), False
            hint.clear()
            try:
                moved = await self.step()
                self._failed = ""
                if not moved and time.monotonic() - self._archived_at >= ARCHIVE_EVERY_S:
                    await asyncio.to_thread(self._archive_when_due)
                await self._pause(started + self._interval_s, hint)
            except (Mismatch, Contradicted, Refusal) as error:
                if not self._is_superseded():
                    self._freeze(error)
                    return
                self._step_back(error)
                continue
            except (*store.AWAY, PostgresError, sqlite3.Error) as error:
                self._failed = f"{type(error).__name__}: {error}"
                log.error("publish_failed", error=self._failed)
                await asyncio.sleep(max(0.0, started + self._interval_s - time.monotonic()))
            if not moved and not self._prefetch.entries and not await _is_set(hint, IDLE_S):
                self._is_unshown |= self.published is not None and time.monotonic() - self.published.at > self._republish_s

    async def _pause(self, until: float, hint: asyncio.Event) -> None:
        """Let the interval pass; what is committed meanwhile is decided again meanwhile."""
        while (left := until - time.monotonic()) > 0 and await _is_set(hint, left):
            hint.clear()
            await self._prefetch.look(self._pool)
            await asyncio.sleep(max(0.0, min(LOOK_S, until - time.monotonic())))

    def _is_superseded(self) -> bool:
        """Whether another process has taken over: this one was paused or has lost its lock."""
        newest = self._store.read()
        return newest is not None and newest.epoch > self._promise.epoch

    def _step_back(self, error: Exception) -> None:
        """Follow whoever has taken over. Nothing is wrong with the log, so nothing is frozen."""
        log.warning("steps_back", why=str(error), size=self._promise.size)
        self._unfinished = None
        self._prefetch.drop()
        self._leadership.release()

    def _freeze(self, error: Exception) -> None:
        """Nothing is signed from here on; what is known goes into an evidence file."""
        self.mismatch = str(error)
        self._store.freeze(self.mismatch)
        written = write_evidence(self.files, error, self.files.read("checkpoint"))
        log.critical("frozen", why=self.mismatch, evidence=written)
        self.wake()

    async def step(self) -> bool:
        """Publish what is committed beyond the promise, at most ahead.STEP_MAX entries; False if there is nothing to do."""
        if self._unfinished is not None:
            await asyncio.to_thread(self._put_in_place)
        self.note_committed(await self._prefetch.settle(self._pool))
        if not self._prefetch.entries and not self._is_unshown:
            return False
        if self._prefetch.entries:
            await asyncio.to_thread(self._promise_prefetched)
        note = await asyncio.to_thread(self._sign)
        crash_point("publish.after_sign")
        showing = asyncio.create_task(self._cosign_and_show(note, self._witness_policy()))
        try:
            await self._look_until(showing)
            await showing
        finally:
            showing.cancel()
            ended = (await asyncio.gather(showing, return_exceptions=True))[0]
            if isinstance(ended, Contradicted):
                raise ended  # whatever else went wrong: this one is evidence
        return True

    async def _cosign_and_show(self, note: bytes, witness_policy: tuple[str, ...]) -> None:
        """Parts 5 to 7."""
        if self._cosigning is not None:
            cosigned = await self._cosigning.cosign(note, self._prove, witness_policy)
            note, self.is_degraded = cosigned.note, cosigned.is_degraded
        crash_point("publish.after_witness")
        await asyncio.to_thread(self._show, note)
        crash_point("publish.after_show")
        self.wake()

    async def _look_until(self, showing: asyncio.Task[None]) -> None:
        """Decide the entries of the next step while this one is shown. A mismatch among them ends it at once: the log freezes."""
        try:
            while not (await asyncio.wait({showing}, timeout=LOOK_S))[0]:
                self.note_committed(await self._prefetch.look(self._pool))
        except (*store.AWAY, PostgresError, sqlite3.Error) as error:  # the next step meets it again; this one needs no database
            log.warning("looks_later", error=type(error).__name__)

    async def check(self) -> None:
        """Compare database, promise and witnesses without publishing: what a server does before it serves. Raises Mismatch."""
        # When database, checkpoint store and files were all restored together, only those outside remember: the witnesses.
        async with self._pool.acquire() as conn:
            head = await store.fetch_head(conn)
        if self._leadership.is_held:
            self._prefetch.compare(head)
        elif (0 if head is None else head.size) < self._promise.size:
            raise Mismatch(f"the database is behind size {self._promise.size}, which is published: a restored backup? See log refill")
        if self._cosigning is None or not self._leadership.is_held or self._promise.size == 0:
            return
        try:
            await self._cosigning.inspect(await asyncio.to_thread(self._sign), self._prove, self._witness_policy())
        except Contradicted as error:
            self._freeze(error)
            raise Mismatch(f"{error}: was everything restored from a backup?") from error

    def _promise_prefetched(self) -> None:
        """Parts 2 to 4 without the signature, on a thread of their own."""
        ahead, read = self._prefetch, self.files.read
        try:
            files = [(tile.path, content) for tile, content in new_tiles(ahead.base.size, ahead.leaves, read)]
            files += [(tile.path, content) for tile, content in new_bundles(ahead.base.size, ahead.entries, read)]
            bundle = StagedFiles(ahead.edge.size, tuple(files))
            crash_point("publish.before_stage")
            promise = Promise(self._promise.epoch, ahead.edge.size, ahead.edge.root(), self.files.stage(bundle))
            crash_point("publish.after_stage")
            self._archive_day(ahead.entries)
            if not self._store.swap(self._promise, promise, self._recheck.changes(), at_s=self._recheck.at_s):
                raise Mismatch("the checkpoint store holds another promise: another publisher has taken over")
        except BaseException:
            ahead.drop()  # a full disk before the swap: the same entries are decided again at the next step
            raise
        crash_point("publish.after_swap")
        self._recheck.keep()
        ahead.rest_on(ahead.edge)
        # From here the size is promised: a crash now is finished by recover(), and no other root can ever be signed for it.
        self._unfinished = (bundle, promise)
        self._put_in_place()

    def _put_in_place(self) -> None:
        """Part 4: the promised files; again at the next step if the disk would not take them."""
        assert self._unfinished is not None
        bundle, promise = self._unfinished
        self.files.unpack(bundle)
        crash_point("publish.after_unpack")
        self._check_growth(promise)
        self._promise, self._is_unshown, self._unfinished = promise, True, None

    def _check_growth(self, promise: Promise) -> None:
        """Prove from the new tiles that the new tree extends the published one, before it is signed."""
        reader = TileReader(promise.size, self.files.read)
        if self._promise.size:
            proof = consistency_proof(self._promise.size, promise.size, reader.hash_at)
            try:
                verify_consistency(self._promise.size, promise.size, self._promise.root, promise.root, proof)
            except Refusal as refusal:
                raise Mismatch(f"size {promise.size} does not extend size {self._promise.size}", proof) from refusal
        if reader.root() != promise.root:
            raise Mismatch(f"the tiles of size {promise.size} do not give the promised root")
        self._grown(reader)

    def _sign(self) -> bytes:
        """Sign what the store holds, if that is our promise, and check that the note says it."""
        promise = self._promise
        if self._store.read() != promise:
            raise Mismatch("the checkpoint store holds another promise than this publisher made")
        note = self._signer.sign(Checkpoint(self.origin, promise.size, promise.root))
        opened = open_checkpoint(note, self.log_keys).checkpoint
        if (opened.origin, opened.size, opened.root) != (self.origin, promise.size, promise.root):
            raise Mismatch("the signed note does not say what was promised")
        return note

    def _prove(self, old: int) -> tuple[bytes, ...]:
        """Consistency proof from an older size to the promised one, for a witness."""
        return consistency_proof(old, self._promise.size, self._reader.hash_at)

    def _witness_policy(self) -> tuple[str, ...]:
        """The policy in force after the promised entries, from the publisher's own memory."""
        assert not self._prefetch.entries, "the memory is ahead of the promise"
        state = self._recheck.state(LOG_MAIN)
        assert isinstance(state, LogState), "a log with entries is founded"
        return state.witness_policy

    def _show(self, note: bytes) -> None:
        """Replace ``/checkpoint``, archive when due. From here everybody may rely on it; it never goes back."""
        promise = self._promise
        with self._store.while_newest(promise) as is_newest:
            if not is_newest:
                raise Mismatch("the checkpoint store holds another promise than the one to show")
            self.files.replace_checkpoint(note)
        self._shown(Published(promise.size, promise.root, note, time.monotonic()))
        self._archive_when_due()
        self._is_unshown = False
        self.files.discard_staged(below=promise.size)

    def _archive_when_due(self) -> None:
        """Keep what is shown when ten minutes are over, also when nothing follows it: it says when witnesses first saw its entries."""
        if self.published is not None and time.monotonic() - self._archived_at >= ARCHIVE_EVERY_S:
            self.files.archive(self.published.size, self.published.note)
            self._archived_at = time.monotonic()

    def _archive_day(self, entries: list[bytes]) -> None:
        """Keep the last checkpoint of a Shanghai day when the next day's first entry comes (formats §4)."""
        for day in map(day_of, entries):
            shown = self.files.read("checkpoint") if self._last_day and day != self._last_day else None
            if shown is not None:  # read from disk: a publisher that has just taken over has shown nothing yet
                self.files.archive(open_checkpoint(shown, self.log_keys).checkpoint.size, shown)
            self._last_day = day


async def _is_set(event: asyncio.Event, within_s: float) -> bool:
    """Wait for an event; False when it does not come in time."""
    # asyncio.timeout, not wait_for: on Python 3.11 the latter loses a cancellation that comes together with the event.
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return False
