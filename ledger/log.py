"""The log as a service: take statements in, answer with entries, proofs and refusal receipts.

It joins intake, sequencer, publisher and store for one process; it knows nothing of HTTP and nothing of what kinds mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from time import monotonic, time
from typing import Any

import structlog
from asyncpg import Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.budgets import Budgets, OverBudget, PostingLimits, check_length
from ledger.admission.entry import Entry, read_entry
from ledger.admission.intake import Intake, Taken
from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.sequencer import Busy, Sequenced, Sequencer
from ledger.admission.statement import ClaimedAct
from ledger.directory import LOG_MAIN, LogState
from ledger.kept_facts import KeptFacts
from ledger.model import Head, chain_key
from ledger.publishing.follower import Follower
from ledger.refusal_receipts import RefusalReceipts
from signing.keys import PrivateKey
from signing.refusal import Reason, Refusal

log = structlog.get_logger("ledger.log")


UNLIMITED = PostingLimits()


class LoggedEntry(Struct, frozen=True, gc=False, kw_only=True):
    """A statement that is an entry; ``is_new`` is False for a resubmission, which is answered with the first entry."""

    entry: Entry
    is_new: bool


class TurnedDown(Struct, frozen=True, kw_only=True):
    """A refused statement. ``receipt`` is the operator's signed word for it, present when the signatures held. ``is_new`` is False for what
    was refused before, for the same reasons, and for what nobody has validly signed: anybody can send that, as often as he likes.
    """

    refusal: Refusal
    statement: str | None = None
    receipt: bytes | None = None
    is_new: bool = False
    act: ClaimedAct | None = None
    """Who signed which act; ``None`` where nobody is known to have."""


Answer = LoggedEntry | TurnedDown


class Log:
    """One log in one process."""

    def __init__(
        self,
        pool: Pool[Record],
        kinds: Kinds,
        data: DataSets,
        publisher: Follower,
        operator_key: PrivateKey,
        *,
        simulated: bool = False,
        queue_max: int = 4096,
        batch_max: int = 256,
        limits: PostingLimits = UNLIMITED,
    ) -> None:
        """``publisher`` publishes here or follows the process that does; ``operator_key`` signs refusal receipts; ``limits`` bound what a party
        may post. A ``simulated`` log takes
        the time from the client (formats §6)."""
        self.pool, self.kinds, self.data, self.publisher = pool, kinds, data, publisher
        self.operator_key, self.simulated = operator_key, simulated
        self.projected = 0  # Entries that the projections are known here to reflect; there may be more.
        self.looked_at = 0.0  # When somebody who waits for them has last looked, monotonic (ledger.reading).
        self.wanted = 0  # The most entries that somebody waits to see reflected here.
        self.wants = asyncio.Event()  # Set when that becomes more.
        self.budgets = Budgets(limits)
        self._intake = Intake(pool, kinds, publisher.files.has)
        self.receipts = RefusalReceipts(pool, kinds, operator_key, simulated=lambda: self.simulated)
        self.kept = KeptFacts(kinds, data)
        self.sequencer = Sequencer(pool, kinds, data, publisher, queue_max=queue_max, batch_max=batch_max)

    async def append(
        self, raws: Sequence[bytes], *, now_s: int | None = None, atomic: bool = False, refused: Sequence[Refusal | None] = ()
    ) -> list[Answer]:
        """Take envelopes in order, one answer each, in order; a refused one never harms the others, unless they are ``atomic``. ``now_s``
        is the simulated time and ignored by a real log. ``refused`` says, place by place, what was found wrong before (with disclosures):
        that is refused here, with the receipt that a signed statement is owed. Raises sequencer.Busy when nothing was taken."""
        taken = await self._intake.take(raws)
        for item, earlier in zip(taken, refused, strict=False):
            item.refusal = _joined(item, earlier)
        spent = await self._spend(taken)
        if atomic and any(item.refusal is not None for item in taken):
            for item in taken:
                item.refusal = item.refusal or Refusal([Reason("BATCH_ROLLED_BACK")])
        going = [item.submission for item in taken if item.refusal is None and item.submission is not None]
        claimed_s = now_s or 0 if self.simulated else None
        try:
            outcomes = iter(await self.sequencer.submit(going, now_s=claimed_s, atomic=atomic))
        except Busy:  # nothing was taken, and who tries again when there is room spends it then
            for names in spent:
                self.budgets.give_back(names)
            raise
        answers = [_new(outcome := item.refusal or next(outcomes)) or await self._answer(item, outcome, claimed_s) for item in taken]
        for names, answer in zip(spent, answers, strict=True):
            if names and not answer.is_new:  # it was here before: whoever has read it can send it
                self.budgets.give_back(names)
        return answers

    async def _spend(self, taken: Sequence[Taken]) -> list[tuple[str, ...]]:
        """What each envelope has spent, a party and a key; those over a budget, or at the end of a party's chain, are refused."""
        spent: list[tuple[str, ...]] = [()] * len(taken)
        now, spend = monotonic(), self.budgets.spend
        for number, item in enumerate(taken):
            if item.refusal is not None or item.submission is None or item.envelope is None:
                continue
            statement = item.submission.statement
            if not await self._intake.is_signed_by(item.envelope, statement.by):
                continue  # with a key that this request only claims: nobody's word yet
            names = statement.by[0], statement.keyids[0]
            if (over := spend(*names, now)) is None:
                spent[number] = names
                item.refusal = check_length(statement, self.budgets.limits)
            elif not await self.runs_the_log(statement.by[0]):
                item.refusal = over
        return spent

    async def runs_the_log(self, uscc: str) -> bool:
        """Whether a party is the operator or an authority: who has no budget."""
        state = await self.state()
        return state is not None and state.founder(uscc) is not None

    def clock(self, claimed_s: int | None = None) -> int:
        """Unix seconds: the clock, or for a simulated log the claimed time, which may lie before its last entry."""
        return claimed_s or 0 if self.simulated else int(time())

    async def now(self, claimed_s: int | None = None) -> int:
        """The log's present, Unix seconds: the clock, or for a simulated log the claimed time, never before its last entry."""
        if not self.simulated:
            return self.clock()
        head = await self.head()
        return max(self.clock(claimed_s), 0 if head is None else head.at_s)

    async def _answer(self, item: Taken, outcome: Sequenced | Refusal, claimed_s: int | None) -> Answer:
        if isinstance(outcome, Sequenced):
            return LoggedEntry(entry=outcome.entry or await self.entry_at(outcome.index), is_new=outcome.is_new)
        if item.submission is not None and isinstance(outcome, OverBudget):
            return TurnedDown(refusal=outcome, statement=item.submission.statement.hash, is_new=True)  # kept nowhere: it may come again
        if item.signed is None or item.envelope is None or not await self._intake.is_signed_by(item.envelope, item.signed.by):
            return TurnedDown(refusal=outcome)
        receipt, is_new = await self.receipts.give(item.signed, outcome.codes, claimed_s)
        return TurnedDown(refusal=outcome, statement=item.signed.statement, receipt=receipt, is_new=is_new, act=item.signed)

    async def head(self) -> store.LogHead | None:
        """The committed head; may be ahead of what is published."""
        async with self.pool.acquire() as conn:
            return await store.fetch_head(conn)

    async def entry_at(self, index: int) -> Entry:
        """A committed entry; LookupError beyond the end."""
        for entry in await self.entries_at([index]):
            return entry
        raise LookupError(f"the log has no entry {index}")

    async def entries_at(self, indices: Sequence[int]) -> list[Entry]:
        """Committed entries by index, ascending; those beyond the end are left out."""
        if (recent := self.sequencer.recent.find(sorted(set(indices)))) is not None:
            return recent
        async with self.pool.acquire() as conn:
            rows = await store.fetch_entries_at(conn, indices)
        return [read_entry(row.entry, self.kinds) for row in rows]

    async def raw_at(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Bytes of committed entries by index, for receipts: nothing of them is read."""
        if (recent := self.sequencer.recent.find(sorted(set(indices)))) is not None:
            return {entry.index: entry.raw for entry in recent}
        async with self.pool.acquire() as conn:
            return {row.idx: row.entry for row in await store.fetch_entries_at(conn, indices)}

    async def chain_entries(self, chain: str) -> list[Entry]:
        """All entries of a chain, in order."""
        async with self.pool.acquire() as conn:
            links = await store.list_links(conn, chain)
        return await self.entries_at([link.idx for link in links])

    async def first_entries(self, chains: Iterable[str]) -> list[Entry]:
        """The first entry of each chain that has one."""
        return await self.entries_on([(chain, 0) for chain in sorted(set(chains))])

    async def entries_on(self, places: Sequence[tuple[str, int]]) -> list[Entry]:
        """Entries by their chains and places on them (seq), in the order of the log; free places are left out."""
        if not places:
            return []
        async with self.pool.acquire() as conn:
            links = await store.fetch_links(conn, places)
            rows = await store.fetch_entries_at(conn, sorted(link.idx for link in links.values()))
        return [read_entry(row.entry, self.kinds) for row in rows]

    async def chain_head(self, chain: str) -> Head[Any] | None:
        """Head of a chain with its state, as committed."""
        key = chain_key(chain)
        async with self.pool.acquire() as conn:
            found = await store.fetch_facts(conn, [key])
        return self.kinds.decode(key, found[key]) if found else None

    async def state(self) -> LogState | None:
        """State of ``log/main``, or None before the founding."""
        head = await self.chain_head(LOG_MAIN)
        return None if head is None else head.state


def _new(outcome: Sequenced | Refusal) -> LoggedEntry | None:
    """The answer to a statement that has just become an entry, as nearly all do; ``None`` for any other."""
    if isinstance(outcome, Sequenced) and outcome.entry is not None:
        return LoggedEntry(entry=outcome.entry, is_new=outcome.is_new)
    return None


def _joined(item: Taken, earlier: Refusal | None) -> Refusal | None:
    """All reasons at once; what was found before speaks alone when there is no envelope to judge."""
    if earlier is None or item.refusal is None:
        return earlier or item.refusal
    return earlier if item.envelope is None else Refusal([*item.refusal.reasons, *earlier.reasons])
