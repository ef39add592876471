"""What a database administrator changes beside the entries, or in the published bundles, is found and named, also while the log goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from asyncpg import Connection, Pool, Record

from ledger.auditing.audit import AuditReport
from ledger.auditing.database_audit import audit_database
from ledger.publishing.files import LogFiles
from tests.ledger.log_server import envelopes, running, unguarded
from tests.workbench import START, Workbench, uscc

PARTIES = [uscc("510112", serial) for serial in range(6)]
SIZE = 1 + len(PARTIES)
NOW = START + 3600
PARTY = f"party/{PARTIES[2]}"
CHECKS = """
    SELECT conrelid::regclass::text, conname
      FROM pg_constraint
     WHERE contype = 'c' AND conrelid = ANY ('{entry,link,log_head}'::regclass[])
    """
Place = tuple[str, int | None, str, str]
CHANGES: dict[str, tuple[list[str], set[Place]]] = {
    "head size too large": (["UPDATE log_head SET size = size + 1"], {("HEAD_DIFFERS", None, "", "log_head.size")}),
    "head size too small": (["UPDATE log_head SET size = 4"], {("HEAD_DIFFERS", None, "", "log_head.size")}),
    "root": (["UPDATE log_head SET root = sha256('x')"], {("HEAD_DIFFERS", None, "", "log_head.root")}),
    "edge": (["UPDATE log_head SET edge = set_byte(edge, 20, get_byte(edge, 20) # 1)"], {("HEAD_DIFFERS", None, "", "log_head.edge")}),
    "time": (["UPDATE log_head SET at_s = at_s + 1"], {("HEAD_DIFFERS", None, "", "log_head.at_s")}),
    "no head": (["DELETE FROM log_head"], {("HEAD_DIFFERS", None, "", "log_head")}),
    "a link too many": (
        [f"INSERT INTO link SELECT 'party/X', 0, hash, {SIZE + 90} FROM link WHERE idx = 2"],
        {("LINK_DIFFERS", None, "party/X", "link.0")},
    ),
    "a place taken": (
        [f"INSERT INTO link SELECT chain, 1, hash, 2 FROM link WHERE chain = '{PARTY}'"],
        {("LINK_DIFFERS", None, PARTY, "link.1")},
    ),
    "a row gone": (["DELETE FROM entry WHERE idx = 3"], {("FILE_MISSING", 3, "", "entry")}),
    "a row moved": (
        ["UPDATE entry SET idx = 77 WHERE idx = 3"],
        {("FILE_MISSING", 3, "", "entry"), ("HEAD_DIFFERS", 77, "", "log_head.size")},
    ),
    "a fact gone": ([f"DELETE FROM fact WHERE key = 'chain:{PARTY}'"], {("FACT_DIFFERS", None, f"chain:{PARTY}", "fact.value")}),
    "a fact too many": (
        ["INSERT INTO fact SELECT 'account:Q3 permit/x', value FROM fact WHERE key LIKE 'chain:party/%' LIMIT 1"],
        {("FACT_DIFFERS", None, "account:Q3 permit/x", "fact.value")},
    ),
}


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    for party in PARTIES:
        bench.register(party)
    return bench


async def published(pool: Pool[Record], directory: Path, bench: Workbench) -> LogFiles:
    async with running(pool, directory, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=NOW)
        assert await log.publisher.wait_for(SIZE, 10)
        return log.publisher.files


def places(report: AuditReport) -> set[Place]:
    return {(found.code, found.index, found.chain, found.field) for found in report.findings}


@pytest.mark.breaks_the_log("an administrator changes a row")
@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_is_named_where_it_was_made(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench, change: str
) -> None:
    files = await published(pool, tmp_path, bench)
    clean = await audit_database(pool, files, bench.kinds)
    assert clean.findings == []
    assert clean.derived > 2 * SIZE
    statements, expected = CHANGES[change]
    async with unguarded(database) as conn:
        for table, constraint in await conn.fetch(CHECKS):
            await conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        for statement in statements:
            await conn.execute(statement)
    assert places(await audit_database(pool, files, bench.kinds)) == expected


async def test_a_published_bundle_that_was_changed_is_named_with_its_entry(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    files = await published(pool, tmp_path, bench)
    path = f"tile/entries/000.p/{SIZE}"
    changed = bytearray(files.read(path) or b"")
    changed[-9] ^= 1
    files.write(path, bytes(changed))
    assert places(await audit_database(pool, files, bench.kinds)) == {("BUNDLE_DIFFERS", SIZE - 1, "", path)}
    files.place(path).unlink()
    assert places(await audit_database(pool, files, bench.kinds)) == {("FILE_MISSING", None, "", path)}


async def test_what_was_appended_after_the_checkpoint_belongs_to_facts_and_head(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    """An audit of a log that goes on: its checkpoint is older than the database by some entries."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:4], now_s=NOW)
        assert await log.publisher.wait_for(4, 10)
        files = log.publisher.files
        kept = {path: files.read(path) or b"" for path in ("checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4")}
        await log.append(envelopes(bench)[4:], now_s=NOW + 60)
        assert await log.publisher.wait_for(SIZE, 10)
    for path, content in kept.items():
        files.write(path, content)
    (files.root / f"checkpoints/{SIZE}").unlink(missing_ok=True)
    report = await audit_database(pool, files, bench.kinds)
    assert (report.findings, report.size) == ([], 4)
    async with unguarded(database) as conn:
        await conn.execute("UPDATE fact SET value = (SELECT value FROM fact WHERE key = 'chain:log/main') WHERE key = $1", f"chain:{PARTY}")
    assert places(await audit_database(pool, files, bench.kinds)) == {("FACT_DIFFERS", None, f"chain:{PARTY}", "fact.value")}
