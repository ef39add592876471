"""Audit of a live database: the same audit as of an export, reading entries from PostgreSQL, then every derived row against the replay.

Nothing in the database is believed: ``entry.leaf`` is re-hashed, ``link``, ``fact`` and ``log_head`` are compared with what the entries
give, and the entries with the bundles that are published from them. Places are compared while the entries pass, so that memory does not
grow with the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from asyncpg import Pool, Record

from ledger import store
from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.audit import AuditReport, Options, Progress, Watch, audit
from ledger.auditing.derived_rows import DerivedRows
from ledger.auditing.replay import Replay
from ledger.auditing.report import Finding, difference, of_refusal
from ledger.publishing.files import LogFiles
from ledger.tree.merkle import leaf_hash
from ledger.tree.tiles import WIDTH, Tile, encode_bundle, find, parse_bundle, parse_path
from signing.phrase import Phrase
from signing.refusal import Refusal

T = TypeVar("T")
PAGE = 1024  # places compared with one query


async def audit_database(
    pool: Pool[Record], files: LogFiles, kinds: Kinds, *,
    watch: Watch | None = None, progress: Progress | None = None, options: Options | None = None,
) -> AuditReport:  # fmt: skip
    """Audit the published part of a live log: entries, links and facts from the database, tiles and checkpoints from the files."""
    # Appending may go on meanwhile: what was appended since is applied to the facts as it stands, and judged by the next audit.
    rows = _Rows(pool, files, kinds, asyncio.get_running_loop(), watch)
    archived = files.archived_sizes()
    report = await asyncio.to_thread(
        audit, rows.read, kinds, archived=iter(archived), watch=rows.note, progress=progress, after=rows.conclude, options=options
    )
    report.add(*rows.findings)
    report.derived += rows.compared
    return report


class _Rows:
    """The database as the audit's thread reads it; queries run on the event loop that owns the pool."""

    def __init__(self, pool: Pool[Record], files: LogFiles, kinds: Kinds, loop: asyncio.AbstractEventLoop, watch: Watch | None) -> None:
        self._pool, self._files, self._kinds, self._loop, self._watch = pool, files, kinds, loop, watch
        self._places: dict[tuple[str, int], tuple[str, int]] = {}
        self._first: int | None = None
        self.compared = 0
        self.findings: list[Finding] = []

    def _ask(self, question: Callable[[store.Conn], Awaitable[T]]) -> T:
        async def ask() -> T:
            async with self._pool.acquire() as conn:
                return await question(conn)

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result()

    def read(self, path: str) -> bytes | None:
        """Bundles from the database, everything else from the files."""
        return self._bundle(parse_path(path)) if path.startswith("tile/entries/") else self._files.read(path)

    def _bundle(self, tile: Tile) -> bytes | None:
        """The rows of a bundle. For a row that is missing the published entry stands in, so that it is one finding and no shift."""
        start = tile.index * WIDTH
        held = {row.idx: row for row in self._ask(lambda conn: store.list_entries(conn, start=start, end=start + tile.width))}
        published = self._published(tile)
        if not held and not published:
            return None
        stale = ((row, leaf) for row in held.values() if row.leaf != (leaf := leaf_hash(row.entry)))
        self.findings += [difference("LEAF_DIFFERS", "entry.leaf", row.leaf.hex(), leaf.hex(), index=row.idx) for row, leaf in stale]
        entries: list[bytes] = []
        for index, shown in enumerate(published or (b"",) * tile.width, start):
            row = held.get(index)
            if row is None:
                self.findings.append(
                    difference("FILE_MISSING", "entry", Phrase("没有这一行", "no row"), Phrase("一行", "a row"), index=index)
                )
            elif published and row.entry != shown:
                leaves = (leaf_hash(shown).hex(), leaf_hash(row.entry).hex())
                self.findings.append(difference("BUNDLE_DIFFERS", tile.path, *leaves, index=index))
            entries.append(shown if row is None else row.entry)
        try:
            return encode_bundle(entries)
        except Refusal as refusal:  # a row longer than any entry
            self.findings += [difference(r.code, f"{tile.path} {r.field}", r.found, r.expected) for r in refusal.reasons]
            return None

    def _published(self, tile: Tile) -> tuple[bytes, ...]:
        """The entries as anybody may fetch them; empty, and a finding, when they cannot be read."""
        found = find(tile, self._files.read)
        if found is None:
            self.findings.append(Finding(code="FILE_MISSING", field=tile.path))
            return ()
        try:
            return parse_bundle(found[1], found[0].width)[: tile.width]
        except Refusal as refusal:
            self.findings += of_refusal(refusal, found[0].path)
            return ()

    def note(self, entry: Entry) -> None:
        """Remember the place of an entry; a thousand at a time are compared with ``link``."""
        self._first = entry.index if self._first is None else self._first
        self._places[entry.statement.chain, entry.statement.seq] = (entry.statement.hash, entry.index)
        if len(self._places) >= PAGE:
            self._compare_places()
        if self._watch is not None:
            self._watch(entry)

    def _compare_places(self) -> None:
        places, self._places = self._places, {}
        self.compared += len(places)
        found = self._ask(lambda conn: store.fetch_links(conn, list(places)))
        for (chain, seq), wanted in places.items():
            link = found.get((chain, seq))
            held = None if link is None else (link.hash, link.idx)
            if held != wanted:
                self.findings.append(difference("LINK_DIFFERS", f"link.{seq}", held, wanted, index=wanted[1], chain=chain))

    def conclude(self, replay: Replay) -> None:
        """Once all entries have passed: no link too many, every fact, and the head."""
        self._compare_places()
        self._ask(partial(self._derived, replay))

    async def _derived(self, replay: Replay, conn: store.Conn) -> None:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            rows = DerivedRows(conn, self._kinds, self._files.read, replay)
            links = None if self._first is None else (self._first, self.compared)
            self.findings += await rows.compare(links)
        self.compared += rows.compared
