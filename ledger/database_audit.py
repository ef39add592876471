"""Audit of a live database: the same audit as of an export, reading entries from PostgreSQL, then every derived row against the replay.

Nothing in the database is believed: ``entry.leaf`` is re-hashed, ``link`` and ``fact`` are compared with what the entries give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from asyncpg import Pool, Record

from ledger import store
from ledger.audit import AuditReport, Watch, audit
from ledger.entry import Entry
from ledger.files import LogFiles
from ledger.kinds import Kinds
from ledger.merkle import leaf_hash
from ledger.replay import Finding, Replay
from ledger.tiles import encode_bundle, parse_path

Progress = Callable[[int, int], None]


async def audit_database(
    pool: Pool[Record], files: LogFiles, kinds: Kinds, *, watch: Watch | None = None, progress: Progress | None = None
) -> AuditReport:
    """Audit the published part of a live log: entries, links and facts from the database, tiles and checkpoints from the files.

    Appending may go on meanwhile; rows above the published size are left alone.
    """
    loop = asyncio.get_running_loop()
    links: dict[tuple[str, int], tuple[str, int]] = {}
    end: list[Replay] = []
    stale_leaves: list[Finding] = []

    def read(path: str) -> bytes | None:
        if not path.startswith("tile/entries/"):
            return files.read(path)
        tile = parse_path(path)
        rows = asyncio.run_coroutine_threadsafe(_rows(pool, tile.index * 256, tile.index * 256 + tile.width), loop).result()
        stale_leaves.extend(_stale_leaves(rows))
        return encode_bundle([row.entry for row in rows]) if rows else None

    def note(entry: Entry) -> None:
        links[entry.statement.chain, entry.statement.seq] = (entry.statement.hash, entry.index)
        if watch is not None:
            watch(entry)

    report = await asyncio.to_thread(
        audit, read, kinds, archived=iter(files.archived_sizes()), watch=note, progress=progress, after=end.append
    )
    report.add(*stale_leaves)
    if end:
        async with pool.acquire() as conn:
            report.add(*await _check_links(conn, links, report.size))
            report.add(*await _check_facts(conn, kinds, end[0], report.size))
    return report


async def _rows(pool: Pool[Record], start: int, end: int) -> list[store.EntryRow]:
    async with pool.acquire() as conn:
        return await store.list_entries(conn, start=start, end=end)


def _stale_leaves(rows: list[store.EntryRow]) -> list[Finding]:
    return [
        Finding(code="LEAF_DIFFERS", index=row.idx, field="entry.leaf", found=row.leaf.hex(), expected=leaf_hash(row.entry).hex())
        for row in rows
        if row.leaf != leaf_hash(row.entry)
    ]


async def _check_links(conn: store.Conn, expected: dict[tuple[str, int], tuple[str, int]], size: int) -> list[Finding]:
    """``link`` holds exactly the places of the entries below ``size``."""
    findings: list[Finding] = []
    seen = 0
    async with conn.transaction(readonly=True):
        async for link in store.stream_links(conn, below=size):
            seen += 1
            wanted = expected.get((link.chain, link.seq))
            if wanted != (link.hash, link.idx):
                findings.append(_differs("LINK_DIFFERS", link.idx, link.chain, f"link.{link.seq}", (link.hash, link.idx), wanted))
    if seen != len(expected):
        findings.append(Finding(code="LINK_DIFFERS", field="link", found=f"{seen} rows", expected=f"{len(expected)} rows"))
    return findings


async def _check_facts(conn: store.Conn, kinds: Kinds, replay: Replay, size: int) -> list[Finding]:
    """``fact`` holds exactly what the entries give; compared only when nothing was appended beyond the audited size."""
    head = await store.fetch_head(conn)
    if head is None or head.size != size:
        return []
    expected = {key: kinds.encode(value) for key, value in replay.facts.values.items() if value is not None}
    findings: list[Finding] = []
    async with conn.transaction(readonly=True):
        async for key, raw in store.stream_facts(conn):
            wanted = expected.pop(key, None)
            if wanted != raw:
                found: Any = _decoded(kinds, key, raw)
                findings.append(
                    _differs("FACT_DIFFERS", None, key, "fact.value", found, None if wanted is None else kinds.decode(key, wanted))
                )
    return findings + [_differs("FACT_DIFFERS", None, key, "fact", "missing", kinds.decode(key, raw)) for key, raw in expected.items()]


def _decoded(kinds: Kinds, key: str, raw: bytes) -> Any:
    try:
        return kinds.decode(key, raw)
    except (ValueError, KeyError):
        return raw.hex()


def _differs(code: str, index: int | None, chain: str, field: str, found: object, expected: object) -> Finding:
    return Finding(code=code, index=index, chain=chain, field=field, found=str(found)[:300], expected=str(expected)[:300])
