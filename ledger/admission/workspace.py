"""The workspace: what lies on the table while the database is asked. The overlay of facts, and who holds which place.

The sequencer decides a batch on it; dry runs and read answers are made on one that is thrown away. Values come in few queries: all keys
that are known to be needed at once, then those that the loaded values name.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeAlias, TypeVar

from ledger import store
from ledger.admission.admit import Submission, base_keys, read_keys
from ledger.admission.fact_cache import FactCache
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Reads
from ledger.admission.signers import NeedsParty
from ledger.model import Facts, Unread

READ_ROUNDS_MAX = 4
PARTIES_MAX = 64  # Rounds of loading parties: the holders of a statement's roles, and who succeeds them.
T = TypeVar("T")

Dataset: TypeAlias = Callable[[str, str], Any]  # Name and SHA-256 (hex) of an adopted data file to its parsed content; cached.


class Workspace:
    """An overlay over one connection. What it shows is of one moment only inside one transaction: lock the head, or read REPEATABLE."""

    def __init__(self, conn: store.Conn, kinds: Kinds, dataset: Dataset, kept: FactCache | None = None) -> None:
        """``kept``: what lies on the table from the batch before."""
        self.conn, self._kinds = conn, kinds
        self.facts = Facts(dataset, None if kept is None else kept.values)
        self.stored: dict[str, bytes | None] = {} if kept is None else kept.stored  # Loaded values as the database holds them.
        self._used: set[str] = set()
        self.links: dict[tuple[str, int], store.LinkRow] = {}
        self.new_links: list[store.LinkRow] = []

    async def load(self, keys: Iterable[str]) -> None:
        """Bring values into the overlay; absent ones become None."""
        wanted = list(keys)
        self._used.update(wanted)
        missing = self.facts.missing(wanted)
        if not missing:
            return
        found = await store.fetch_facts(self.conn, missing)
        for key in missing:
            self.stored[key] = raw = found.get(key)
            self.facts.values[key] = None if raw is None else self._kinds.decode(key, raw)

    async def follow(self, wanted: Callable[[], Iterable[str]]) -> None:
        """Load what is wanted, and again what is wanted once that is there, until nothing new is named."""
        for _ in range(READ_ROUNDS_MAX):
            keys = list(wanted())
            if not self.facts.missing(keys):
                return
            await self.load(keys)
        raise AssertionError("reads do not come to an end")

    def changes(self) -> list[tuple[str, bytes]]:
        """Changed values as the database keeps them, by key."""
        return [(key, self._kinds.encode(self.facts.values[key])) for key in sorted(self.facts.changed)]

    def read_set(self) -> list[tuple[str, bytes | None]]:
        """What was decided from, as the database must still hold it."""
        used = self._used & self.stored.keys()
        return list(zip(used, map(self.stored.__getitem__, used), strict=True))

    async def load_all(self, submissions: Sequence[Submission]) -> None:
        """What a whole batch needs, as far as it is known before the first is decided."""
        await self.load(chain.from_iterable(map(base_keys, submissions)))
        await self.preload(submissions)

    async def preload(self, submissions: Sequence[Submission]) -> None:
        """The reads of a whole batch in as few queries as their references allow, and one query for places that may be taken. What an
        earlier statement of the batch has yet to create is left to :meth:`load_reads`."""
        places: list[tuple[str, int]] = []
        waiting: list[Submission] = []
        for submission in submissions:
            head, place = self.facts.head(submission.statement.chain), (submission.statement.chain, submission.statement.seq)
            if head is not None and place[1] <= head.seq:
                places.append(place)
            else:
                waiting.append(submission)
        values = self.facts.values
        for _ in range(READ_ROUNDS_MAX):
            named = ((submission, self.facts.missing(self._named(submission))) for submission in waiting)
            lacking = [(submission, missing) for submission, missing in named if missing]
            if not lacking:
                break
            await self.load(chain.from_iterable([missing for _, missing in lacking]))
            # What is not there names nothing more; where a kind sees that otherwise, load_reads asks again.
            waiting = [submission for submission, missing in lacking if any(map(values.get, missing))]
        if places:
            self.links.update(await store.fetch_links(self.conn, places))

    def _named(self, submission: Submission) -> list[str]:
        """Keys of the reads as far as they can be told from what is loaded."""
        try:
            return read_keys(submission.kind.reads(submission.statement, self.facts))
        except Unread:
            return []

    def reads_at_hand(self, submission: Submission) -> Reads | None:
        """All that a statement's decision reads, if nothing of it is still to be loaded."""
        reads = submission.kind.reads(submission.statement, self.facts)
        keys = read_keys(reads)
        if self.facts.missing(keys):
            return None
        self._used.update(keys)
        return reads

    async def load_reads(self, submission: Submission) -> Reads:
        """The same, loaded: references are followed until nothing new is named."""
        for _ in range(READ_ROUNDS_MAX):
            if (reads := self.reads_at_hand(submission)) is not None:
                return reads
            await self.load(read_keys(submission.kind.reads(submission.statement, self.facts)))
        raise AssertionError("reads do not come to an end")

    async def decide(self, decide: Callable[[], T]) -> T:
        """A decision; the chains of parties that did not sign themselves are loaded when it asks for them, which it rarely does."""
        for _ in range(PARTIES_MAX):
            try:
                return decide()
            except NeedsParty as needed:
                await self.load(needed.args)
        raise AssertionError("parties do not come to an end")
