"""The sequencer: one batch, one transaction, one place in the log for each statement.

Safety rests on the row lock of ``log_head`` and on the primary keys of ``entry`` and ``link``; never on there being only one sequencer.
Crash points: at ``append.before_commit`` nothing has happened and the sender retries; at ``append.after_commit`` the entry has its place
for ever and only the answer is lost, which a resubmission brings again (formats §2). Source: design §5.

An atomic group is a batch of its own: when one of its statements is refused, nothing of the group is written.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import structlog
from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.admit import Submission, admit, apply, resubmission_reasons, ruleset_of
from ledger.admission.entry import Entry
from ledger.admission.fact_cache import FactCache, Recent
from ledger.admission.kind_table import Kinds
from ledger.admission.signers import NeedsParty
from ledger.admission.workspace import Dataset, Workspace
from ledger.model import Moment
from ledger.publishing.crashpoints import crash_point
from ledger.publishing.follower import Follower
from ledger.tree.merkle import EMPTY_ROOT, Edge, leaf_hash
from signing.refusal import Reason, Refusal

log = structlog.get_logger("ledger.admission.sequencer")

EMPTY = store.LogHead(0, EMPTY_ROOT, Edge().to_bytes(), 0)  # Head of a log without entries.


class Busy(Exception):
    """The log cannot take statements now: the queue is full, publication is behind, or the database is away. Retry later."""

    def __init__(self, why: str, retry_after_s: int = 1) -> None:
        self.why, self.retry_after_s = why, retry_after_s
        super().__init__(why)


class Sequenced(Struct, frozen=True, gc=False):
    """The statement is entry ``index``; ``is_new`` is False for a resubmission, whose ``entry`` is then read from the store."""

    index: int
    is_new: bool
    entry: Entry | None = None


Outcome = Sequenced | Refusal


class _Decided(Struct, frozen=True, gc=False):
    """What becomes of a batch once it is appended; ``head`` is the one after it."""

    outcomes: list[Outcome]
    entries: list[Entry]
    rows: list[store.EntryRow]
    head: store.LogHead


class _Asked(Struct):
    """Statements that came together, and who waits for what becomes of all of them."""

    outcomes: dict[int, Outcome]
    count: int
    done: asyncio.Future[list[Outcome]]

    def answer(self, place: int, outcome: Outcome) -> None:
        """What became of one of them. Whoever waited may have gone meanwhile."""
        self.outcomes[place] = outcome
        if len(self.outcomes) == self.count and not self.done.done():
            self.done.set_result([self.outcomes[place] for place in range(self.count)])


class _Pending(Struct):
    submission: Submission
    now_s: int | None
    asked: _Asked
    place: int


class _Group(Struct):
    """Statements that wait together; an atomic group is a batch of its own."""

    items: list[_Pending]
    atomic: bool


class Sequencer:
    """Queue in front of the log. One per process; several processes against one database are safe, and slower than one."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, dataset: Dataset, publisher: Follower, *, queue_max: int, batch_max: int) -> None:
        """``publisher`` says why nothing may be appended now, knows the roots of the past, and is told the size after every commit."""
        self._pool, self._kinds, self._dataset, self._publisher = pool, kinds, dataset, publisher
        self._batch_max, self._queue_max = batch_max, queue_max
        self._queue: deque[_Group] = deque()
        self._arrived = asyncio.Event()
        self.waiting = 0  # Statements in the queue.
        self.observe: Callable[[int, float], None] = lambda size, seconds: None
        """Told the size of every batch and how long its transaction took; for metrics."""
        self.committed = asyncio.Event()  # Set after every commit: the publisher's hint.
        self.size = 0
        self._kept = FactCache()
        self._refuses = False
        """Whether most of the last batch was refused: as when a crowd comes for the last tonnes of something."""
        self.recent = Recent()  # What this process has appended last.

    def submit(self, submissions: Sequence[Submission], *, now_s: int | None = None, atomic: bool = False) -> asyncio.Future[list[Outcome]]:
        """Queue statements in order, to be answered together and in this order; raises Busy when they do not fit. ``now_s`` is the simulated
        clock of a demo log. An ``atomic`` group (at most ``batch_max``) is admitted whole or not at all."""
        assert not atomic or len(submissions) <= self._batch_max, "an atomic group is one batch"
        if (reason := self._publisher.may_append()) is not None:
            raise Busy(reason, 5)
        if self.waiting + len(submissions) > self._queue_max:
            raise Busy("the queue is full", 1)
        asked = _Asked({}, len(submissions), asyncio.get_running_loop().create_future())
        pending = [_Pending(submission, now_s, asked, place) for place, submission in enumerate(submissions)]
        if pending:
            self.waiting += len(pending)
            self._queue.append(_Group(pending, atomic and len(pending) > 1))
            self._arrived.set()
        else:
            asked.done.set_result([])
        return asked.done

    async def run(self) -> None:
        """Sequence batches until cancelled. What waits in the queue then is answered Busy: nothing was written of it."""
        try:
            while True:
                batch, atomic = await self._next_batch()
                self.waiting -= len(batch)
                await asyncio.shield(self._settle(batch, atomic=atomic))
        finally:
            while self._queue:
                _fail(self._queue.popleft().items, Busy("the server is stopping"))

    async def _next_batch(self) -> tuple[list[_Pending], bool]:
        """An atomic group, or single statements as far as they wait and fit."""
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        first = self._queue.popleft()
        if first.atomic:
            return first.items, True
        batch = first.items
        while len(batch) < self._batch_max and self._queue and not self._queue[0].atomic:
            batch = batch + self._queue.popleft().items
        if len(batch) > self._batch_max:
            self._queue.appendleft(_Group(batch[self._batch_max :], atomic=False))
        return batch[: self._batch_max], False

    async def _settle(self, batch: list[_Pending], *, atomic: bool) -> None:
        """Sequence a batch and answer; a batch that fails is halved until the culprit stands alone, unless it is atomic."""
        begun = time.monotonic()
        try:
            async with self._pool.acquire() as conn:
                outcomes = await self._from_kept(conn, batch, atomic=atomic) if self._kept.serves else None
                if outcomes is None:
                    known = await self._refused_now(conn, batch) if self._refuses and not self._kept.serves else {}
                    rest = [item for number, item in enumerate(batch) if number not in known]
                    told = iter(await self._from_database(conn, rest, atomic=atomic) if rest else ())
                    outcomes = [known[number] if number in known else next(told) for number in range(len(batch))]
        except store.AWAY as error:
            log.warning("database_away", error=type(error).__name__)
            _fail(batch, Busy("the database is away", 2))
            return
        except Exception as error:  # noqa: BLE001  # whatever one statement breaks must not take the others with it
            if len(batch) == 1 or atomic:
                log.error("poison", statement=batch[0].submission.statement.hash, **_fault(error))
                for item in batch:
                    item.asked.answer(item.place, Refusal([Reason("INTERNAL_POISON")]))
                return
            middle = len(batch) // 2
            await self._settle(batch[:middle], atomic=False)
            await self._settle(batch[middle:], atomic=False)
            return
        self._refuses = 2 * sum(isinstance(outcome, Refusal) for outcome in outcomes) > len(batch)
        self._publisher.note_committed(self.size)
        self.committed.set()
        self.observe(len(batch), time.monotonic() - begun)
        for item, outcome in zip(batch, outcomes, strict=True):
            item.asked.answer(item.place, outcome)

    async def _from_kept(self, conn: store.Conn, batch: list[_Pending], *, atomic: bool) -> list[Outcome] | None:
        """Decide from what this process left behind and append in one statement, which compares it; None where it is not what the database
        holds. What is refused is said of facts that were compared, too."""
        kept = self._kept
        assert kept.head is not None, "facts are kept at a head"
        workspace = Workspace(conn, self._kinds, self._dataset, kept)
        try:
            decided = await self._decide(workspace, batch, kept.head)
            if atomic and len(decided.entries) < len(batch):
                kept.undo(workspace.facts.changed)
                return None
            if decided.entries:
                crash_point("append.before_commit")
            changes, known = workspace.changes(), workspace.read_set()
            if decided.entries:
                stands = await store.append(conn, kept.head, decided.head, decided.rows, workspace.new_links, changes, known)
            else:
                stands = await store.stands(conn, kept.head, known)
            if not stands:
                kept.drop()
                return None
        except store.AWAY:
            kept.drop()
            raise
        except Exception as error:  # noqa: BLE001  # the copy is only a copy: the database decides, also what is poison
            log.warning("decides_again", **_fault(error))
            kept.drop()
            return None
        except BaseException:
            kept.drop()
            raise
        kept.advance(decided.head, changes)
        self._appended(decided)
        return decided.outcomes

    async def _refused_now(self, conn: store.Conn, batch: list[_Pending]) -> dict[int, Outcome]:
        """What is refused as the log stands, by its number: before the lock of the head is taken, for which other processes wait. Each is
        judged as the next one; only what came alone, since of what came together each may build on the one before."""
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            head = await store.fetch_head(conn) or EMPTY
            alone = [(number, item) for number, item in enumerate(batch) if item.asked.count == 1]
            workspace = Workspace(conn, self._kinds, self._dataset)
            await workspace.load_all([item.submission for _, item in alone])
            found = [(number, await self._judged(workspace, item.submission, head.size, _at_s(head.at_s, item))) for number, item in alone]
        self.size = head.size
        return {number: outcome for number, outcome in found if isinstance(outcome, Refusal)}

    async def _from_database(self, conn: store.Conn, batch: list[_Pending], *, atomic: bool) -> list[Outcome]:
        """Decide and append under the lock of the head."""
        async with conn.transaction():
            head = await store.lock_head(conn)
            workspace, before = Workspace(conn, self._kinds, self._dataset), head or EMPTY
            decided = await self._decide(workspace, batch, before)
            self.size = before.size
            if atomic and any(isinstance(outcome, Refusal) for outcome in decided.outcomes):
                told = Refusal([Reason("BATCH_ROLLED_BACK")])
                return [told if isinstance(outcome, Sequenced) and outcome.is_new else outcome for outcome in decided.outcomes]
            if not decided.entries:
                return decided.outcomes
            changes = workspace.changes()
            done = head is not None or await store.insert_head(conn, EMPTY)
            done = done and await store.append(conn, before, decided.head, decided.rows, workspace.new_links, changes)
            assert done, "the head moved although it was locked"
            crash_point("append.before_commit")
        self._kept.refill(head, decided.head, workspace.facts.values, workspace.stored | dict(changes))
        self._appended(decided)
        return decided.outcomes

    def _appended(self, decided: _Decided) -> None:
        if decided.entries:
            crash_point("append.after_commit")
        self.size = decided.head.size
        self.recent.add(decided.entries)

    async def _decide(self, workspace: Workspace, batch: list[_Pending], head: store.LogHead) -> _Decided:
        """A batch that comes after ``head``. Leaves are hashed here, again by the CHECK, and a third time by the publisher."""
        await workspace.load_all([item.submission for item in batch])
        outcomes: list[Outcome] = []
        entries: list[Entry] = []
        at_s = head.at_s
        for item in batch:
            at = _at_s(at_s, item)
            outcome = await self._judged(workspace, item.submission, head.size + len(entries), at)
            if isinstance(outcome, Sequenced) and (entry := outcome.entry) is not None:
                self._take(workspace, entry)
                entries.append(entry)
                at_s = at
            outcomes.append(outcome)
        leaves = [leaf_hash(entry.raw) for entry in entries]
        edge = Edge.from_bytes(head.edge).append_many(leaves)
        rows = [store.EntryRow(entry.index, leaf, entry.raw) for entry, leaf in zip(entries, leaves, strict=True)]
        return _Decided(outcomes, entries, rows, store.LogHead(edge.size, edge.root(), edge.to_bytes(), at_s))

    def _take(self, workspace: Workspace, entry: Entry) -> None:
        """What comes behind an entry is judged after it."""
        statement = entry.statement
        apply(entry, self._kinds.of(statement.kind, entry.admission.ruleset), workspace.facts)
        workspace.links[statement.chain, statement.seq] = link = store.LinkRow(statement.chain, statement.seq, statement.hash, entry.index)
        workspace.new_links.append(link)

    async def _judged(self, workspace: Workspace, submission: Submission, index: int, at_s: int) -> Outcome:
        """What would become of a statement that came as entry ``index``; nothing is changed."""
        statement = submission.statement
        place = (statement.chain, statement.seq)
        if (holder := workspace.links.get(place)) is not None:
            if holder.hash == statement.hash:
                reasons = resubmission_reasons(submission, workspace.facts)
                return Refusal(reasons) if reasons else Sequenced(holder.idx, is_new=False)
            head = workspace.facts.head(statement.chain)
            known = "" if head is None else f"head {head.seq} {head.hash}"
            return Refusal([Reason("CHAIN_CONFLICT", "seq", f"{statement.seq} {statement.hash}", f"{holder.hash}; {known}")])
        try:
            moment = Moment(index, at_s, ruleset_of(workspace.facts, statement))
            submission = submission.under(self._kinds.of(statement.kind, moment.ruleset))
            reads = workspace.reads_at_hand(submission) or await workspace.load_reads(submission)
            past = self._publisher
            try:
                entry = admit(submission, workspace.facts, moment, past.root_at, reads, past.day_below)
            except NeedsParty:
                entry = await workspace.decide(lambda: admit(submission, workspace.facts, moment, past.root_at, reads, past.day_below))
        except Refusal as refusal:
            return refusal
        return Sequenced(index, is_new=True, entry=entry)


def _at_s(before_s: int, item: _Pending) -> int:
    """When a statement is admitted: never before the entry before it."""
    return max(before_s, int(time.time()) if item.now_s is None else item.now_s)


def _fail(items: Iterable[_Pending], error: Exception) -> None:
    """Whoever waits for any of these gets no answer to the others either."""
    for item in items:
        if not item.asked.done.done():
            item.asked.done.set_exception(error)


def _fault(error: Exception) -> dict[str, str]:
    """A fault for the log: its type and frames only, for messages may hold what somebody posted."""
    return {"error": type(error).__name__, "trace": "".join(traceback.format_tb(error.__traceback__))}
