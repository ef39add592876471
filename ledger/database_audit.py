"""Audit of a live database: the same audit as of an export, reading entries from PostgreSQL, then every derived row against the replay.

Nothing in the database is believed: ``entry.leaf`` is re-hashed, ``link`` and ``fact`` are compared with what the entries give. Places are
compared while the entries pass, so that memory does not grow with the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from asyncpg import Pool, Record

from ledger import store
from ledger.audit import AuditReport, Options, Watch, audit
from ledger.auditing.facts import SpilledFacts
from ledger.auditing.spill import Spill
from ledger.entry import Entry
from ledger.files import LogFiles
from ledger.kinds import Kinds
from ledger.merkle import leaf_hash
from ledger.replay import Finding, Replay
from ledger.tiles import encode_bundle, parse_path

Progress = Callable[[int, int], None]
T = TypeVar("T")
PAGE = 1024
"""Places compared with one query."""


async def audit_database(
    pool: Pool[Record],
    files: LogFiles,
    kinds: Kinds,
    *,
    watch: Watch | None = None,
    progress: Progress | None = None,
    options: Options | None = None,
) -> AuditReport:
    """Audit the published part of a live log: entries, links and facts from the database, tiles and checkpoints from the files.

    Appending may go on meanwhile; rows above the published size are left alone.
    """
    rows = _Rows(pool, files, kinds, asyncio.get_running_loop(), watch)
    archived = files.archived_sizes()
    report = await asyncio.to_thread(
        audit, rows.read, kinds, archived=iter(archived), watch=rows.note, progress=progress, after=rows.conclude, options=options
    )
    report.add(*rows.findings)
    return report


class _Rows:
    """The database as the audit's thread reads it; queries run on the event loop that owns the pool."""

    def __init__(self, pool: Pool[Record], files: LogFiles, kinds: Kinds, loop: asyncio.AbstractEventLoop, watch: Watch | None) -> None:
        self._pool, self._files, self._kinds, self._loop, self._watch = pool, files, kinds, loop, watch
        self._places: dict[tuple[str, int], tuple[str, int]] = {}
        self._compared = 0
        self._first: int | None = None
        self.findings: list[Finding] = []

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()

    def read(self, path: str) -> bytes | None:
        """Bundles from the database, everything else from the files."""
        if not path.startswith("tile/entries/"):
            return self._files.read(path)
        tile = parse_path(path)
        rows = self._ask(self._entries(tile.index * 256, tile.index * 256 + tile.width))
        self.findings += _stale_leaves(rows)
        return encode_bundle([row.entry for row in rows]) if rows else None

    async def _entries(self, start: int, end: int) -> list[store.EntryRow]:
        async with self._pool.acquire() as conn:
            return await store.list_entries(conn, start=start, end=end)

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
        self._compared += len(places)
        found = self._ask(self._links(list(places)))
        for (chain, seq), wanted in places.items():
            link = found.get((chain, seq))
            held = None if link is None else (link.hash, link.idx)
            if held != wanted:
                self.findings.append(_differs("LINK_DIFFERS", wanted[1], chain, f"link.{seq}", held, wanted))

    async def _links(self, places: list[tuple[str, int]]) -> dict[tuple[str, int], store.LinkRow]:
        async with self._pool.acquire() as conn:
            return await store.fetch_links(conn, places)

    def conclude(self, replay: Replay) -> None:
        """Once all entries have passed: no link too many, and every fact."""
        self._compare_places()
        self._ask(self._derived(replay))

    async def _derived(self, replay: Replay) -> None:
        async with self._pool.acquire() as conn:
            since = 0 if self._first is None else self._first
            held = await store.count_links(conn, start=since, end=replay.size)
            if self._first is not None and held != self._compared:
                self.findings.append(Finding(code="LINK_DIFFERS", field="link", found=f"{held} rows", expected=f"{self._compared} rows"))
            assert isinstance(replay.facts, SpilledFacts), "the audit keeps its facts in a file"
            self.findings += await _check_facts(conn, self._kinds, replay.facts.spill, replay.size)


def _stale_leaves(rows: list[store.EntryRow]) -> list[Finding]:
    return [
        Finding(code="LEAF_DIFFERS", index=row.idx, field="entry.leaf", found=row.leaf.hex(), expected=leaf_hash(row.entry).hex())
        for row in rows
        if row.leaf != leaf_hash(row.entry)
    ]


async def _check_facts(conn: store.Conn, kinds: Kinds, expected: Spill, size: int) -> list[Finding]:
    """``fact`` holds exactly what the entries give; compared only when nothing was appended beyond the audited size."""
    head = await store.fetch_head(conn)
    if head is None or head.size != size:
        return []
    findings: list[Finding] = []
    known = 0
    async with conn.transaction(readonly=True):
        async for key, raw in store.stream_facts(conn):
            wanted = expected.encoded(key)
            known += wanted is not None
            if wanted != raw:
                findings.append(_fact(kinds, key, raw, wanted))
    if known != len(expected):
        for key, wanted in expected.items():
            if not await store.fetch_facts(conn, [key]):
                findings.append(_fact(kinds, key, None, wanted))
    return findings


def _fact(kinds: Kinds, key: str, found: bytes | None, expected: bytes | None) -> Finding:
    return _differs("FACT_DIFFERS", None, key, "fact.value", _decoded(kinds, key, found), _decoded(kinds, key, expected))


def _decoded(kinds: Kinds, key: str, raw: bytes | None) -> Any:
    try:
        return "missing" if raw is None else kinds.decode(key, raw)
    except (ValueError, KeyError):
        return "" if raw is None else raw.hex()


def _differs(code: str, index: int | None, chain: str, field: str, found: object, expected: object) -> Finding:
    return Finding(code=code, index=index, chain=chain, field=field, found=str(found)[:300], expected=str(expected)[:300])
