"""``liandan rebuild``: everything that is derived from the entries made again, compared with what stands, and put in its place (design §5).

The entries are read once, in their order, and no decision is judged again: that is what ``liandan audit`` does, with folds of its own. Here
the code of the running product writes the same tables beside those that stand (ledger/repair/beside.py), whatever the size of the log in
bounded memory, and the database compares them. What the sequencer itself goes by, facts, places and head, is compared and never mended
here: ``liandan log refill`` brings it back from what was promised.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, nullcontext
from typing import Any

from asyncpg import Connection, Record
from msgspec import Struct

from ledger import store
from ledger.admission.admit import apply
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import DataSets, Kinds
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.model import DataMissing
from ledger.publishing.checkpoint_store import Promise
from ledger.publishing.files import LogFiles
from ledger.repair import beside
from ledger.repair.beside import Compared, Difference
from ledger.repair.refill import Progress
from ledger.times import parse_admission_at
from ledger.tree.merkle import Edge, leaf_hash
from liandan.database import check_schema
from liandan.installation import alone, open_offline
from liandan.settings import Settings
from liandan.wiring import KINDS
from manifests.projection import Kept, follow
from manifests.readers import Earlier, by_chain, said_before
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

PROJECTIONS = (
    "manifest_view", "manifest_term", "feed_reader", "party_name", "party_gram", "registry_view", "registry_term", "evidence_reference",
    "clock",
)  # fmt: skip
"""Tables that follow the published entries (manifests.projection) and are put in place; ``projection_position`` says how far they are."""
REGISTRY = "registry_view", "registry_term", "clock"
POSITION = "projection_position"
PAGE = 500
"""Entries that are read, applied and written at a time."""


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What came of it."""

    size: int
    """Entries in the database."""
    at: int
    """Entries that the projections have applied: as many as stand, or as were published where they were put in place."""
    tables: tuple[Compared, ...]
    """Every derived table, as it stood."""
    is_mended: bool
    """Whether the projections were put in place."""

    @property
    def is_identical(self) -> bool:
        """Nothing differs any more."""
        return not any(one.differing for one in self.tables if not (self.is_mended and one.table in (*PROJECTIONS, POSITION)))


async def rebuild(settings: Settings, progress: Progress, *, verify: bool, page: int = PAGE) -> Rebuilt:
    """Make every derived row again and compare; with ``verify`` nothing that stands is touched, and servers may run. Raises Refusal:
    REBUILD_SERVER_RUNS, REBUILD_ENTRIES (the entries are not those that were promised, or cannot be read), SCHEMA_REVISION.
    """
    async with open_offline(settings, is_patient=True) as (connection, checkpoints, files):
        with nullcontext() if verify else alone(checkpoints, "REBUILD_SERVER_RUNS"):
            await check_schema(connection)
            await connection.execute("SET ROLE liandan_owner")
            promise = checkpoints.read()
            with closing(_Again(connection, KINDS, files, promise, progress, page)) as again:
                await beside.make_beside(connection, (*beside.LEDGERS, *PROJECTIONS, POSITION))
                while (behind := await again.standing(verify) - again.at) >= page:  # what is left for the snapshot is read in no time
                    await again.project(again.at + behind // page * page)
                async with _moment(connection, verify):
                    return await _compared(again, verify)


@asynccontextmanager
async def _moment(conn: store.Conn, verify: bool) -> AsyncIterator[None]:
    """One state of the database, in which something is put in place or nothing is."""
    async with conn.transaction(isolation="repeatable_read"):
        if not verify:
            await conn.execute("LOCK TABLE public.projection_position IN EXCLUSIVE MODE")
        yield


async def _compared(again: _Again, verify: bool) -> Rebuilt:
    """The end, in one snapshot: the projections where they stand, then what the sequencer writes, up to the head."""
    conn, size = again.conn, await again.size()
    standing = await again.standing(verify)
    await again.project(standing)
    late = await again.apply_to(size)
    again.check_promise()
    await beside.analyze_beside(conn, (*beside.LEDGERS, *PROJECTIONS))
    tables = [await beside.compare(conn, table, but=late if table in REGISTRY else ()) for table in PROJECTIONS]
    position = await again.position()
    if position != standing:
        where = Difference(store.PROJECTION, f"{position}, {standing} expected")
        tables.append(Compared(POSITION, 1, 1, (where,)))
    tables += [await beside.compare(conn, table) for table in beside.LEDGERS]
    if not verify:
        for one in (table for table in tables if table.differing and table.table in PROJECTIONS):
            await beside.put_in_place(conn, one.table)
        if position != standing:
            await beside.put_in_place(conn, POSITION)
    return Rebuilt(size=size, at=again.at, tables=tuple(tables), is_mended=not verify)


class _Again:
    """The tables beside, and how far they are."""

    def __init__(
        self, conn: Connection[Record], kinds: Kinds, files: LogFiles, promise: Promise | None, progress: Progress, page: int
    ) -> None:
        self.conn, self.at = conn, 0
        self._kinds, self._promise, self._progress, self._page = kinds, promise, progress, page
        self._disk = DiskMap(None, kinds.encode, kinds.decode)
        self._facts = _Noting(DataSets(kinds, files.read), self._disk)
        self._edge, self._at_s, self._kept = Edge(), 0, Kept()
        self._is_promised = promise is None or promise.size == 0

    async def size(self) -> int:
        """Entries in the log, by the head that stands."""
        return int(await self.conn.fetchval("SELECT size FROM public.log_head") or 0)

    async def position(self) -> int:
        """How far the projections stand."""
        sql = "SELECT idx FROM public.projection_position WHERE name = $1"
        return int(await self.conn.fetchval(sql, store.PROJECTION) or 0)

    async def standing(self, verify: bool) -> int:
        """How far they are made again: as far as they stand where they are compared, as far as is promised where they are put in place. No
        further than the log."""
        promised = 0 if self._promise is None else self._promise.size
        return min(await self.size(), await self.position() if verify else promised)

    async def project(self, end: int) -> None:
        """Facts, places and projections up to ``end``."""
        while self.at < end:
            entries = await self._apply(min(end, self.at + self._page))
            self.at = await follow(self.conn, entries, await self._earlier(entries), self._kept)

    async def apply_to(self, size: int) -> set[str]:
        """Facts and places up to the head, which is noted; the chains of what the projections have not applied."""
        late: set[str] = set()
        while self._edge.size < size:
            late |= {entry.statement.chain for entry in await self._apply(min(size, self._edge.size + self._page))}
        if size:
            await beside.note_head(self.conn, store.LogHead(self._edge.size, self._edge.root(), self._edge.to_bytes(), self._at_s))
        return late

    def check_promise(self) -> None:
        """REBUILD_ENTRIES unless the entries reach what was promised, which has been compared on the way."""
        if not self._is_promised:
            assert self._promise is not None, "else nothing is promised"
            raise _damaged(self._edge.size, Phrase(f"{self._promise.size} 条", f"{self._promise.size} entries"))

    async def _apply(self, end: int) -> Sequence[Entry]:
        start = self._edge.size
        rows = await store.list_entries(self.conn, start=start, end=end)
        entries = [self._step(start + number, row) for number, row in enumerate(rows)]
        if start + len(entries) != end:
            raise _damaged(start + len(entries), Phrase("一个条目", "an entry"))
        await beside.note_entries(self.conn, self._kinds, entries, self._facts.noted())
        self._progress(end, max(end, 0 if self._promise is None else self._promise.size))
        return entries

    def _step(self, index: int, row: store.EntryRow) -> Entry:
        """The next entry, as it was promised: where its leaf ends what was promised, the root must be that one."""
        try:
            entry = read_entry(row.entry, self._kinds)
            apply(entry, self._kinds.of(entry.statement.kind, entry.admission.ruleset), self._facts)
        except (Refusal, DataMissing, LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
            raise _damaged(index, Phrase("本程序能读取的条目", "an entry that this program can read")) from error
        if (row.idx, entry.index, row.leaf) != (index, index, leaf_hash(row.entry)):
            raise _damaged(index, Phrase("所承诺的条目", "the entry that was promised"))
        self._edge, self._at_s = self._edge.append_many([row.leaf]), parse_admission_at(entry.admission.at)
        if self._promise is not None and self._edge.size == self._promise.size:
            self._is_promised = self._edge.root() == self._promise.root
            self.check_promise()
        return entry

    async def _earlier(self, entries: Sequence[Entry]) -> Earlier:
        if not (places := said_before(entries)):
            return {}
        links = await store.fetch_links(self.conn, places)
        rows = await store.fetch_entries_at(self.conn, sorted(link.idx for link in links.values()))
        return by_chain(read_entry(row.entry, self._kinds) for row in rows)

    def close(self) -> None:
        """Give up what was made: the tables go with the session."""
        self._disk.close()


class _Noting(DiskFacts):
    """Facts that remember what a range of entries has changed of them."""

    def __init__(self, dataset: Any, disk: DiskMap) -> None:
        super().__init__(dataset, disk)
        self._now = dict[str, Any]()

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self._now[key] = value

    def put_all(self, values: Mapping[str, Any]) -> None:
        super().put_all(values)
        self._now.update(values)

    def noted(self) -> list[tuple[str, Any]]:
        """What has changed since it was asked last, as it is now."""
        found, self._now = list(self._now.items()), {}
        return found


def _damaged(index: int, expected: object) -> Refusal:
    return refuse(
        "REBUILD_ENTRIES",
        field=f"entry {index}",
        found=Phrase("不符、缺失或无法读取", "differs, is missing or cannot be read"),
        expected=expected,
    )
