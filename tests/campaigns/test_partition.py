"""A log may be partitioned by index one day (design §10): the append path, the guards and the audit work on a partitioned ``entry``.

What is here is what docs/operations.md tells an operator to do when a log comes near 2^24 entries.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from asyncpg import Connection, Pool, Record

from ledger.auditing.database_audit import audit_database
from ledger.log import LoggedEntry
from liandan.database import fetch_guards
from tests.house.source import ROOT
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.workbench import START, Workbench, uscc

NOW = START + 3600
SPLIT = 12
"""Index at which the second partition begins; 2^24 in earnest."""
PARTITION = (ROOT / "docs/partition.sql").read_text(encoding="utf-8").replace("16777216", str(SPLIT))
"""What docs/operations.md tells an operator to run."""


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench()
    for serial in range(20):
        bench.register(uscc("510112", serial))
    return bench


async def test_a_log_goes_on_when_its_entries_become_partitions(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        assert all(isinstance(answer, LoggedEntry) for answer in await log.append(posted[:SPLIT], now_s=NOW))
        assert await log.publisher.wait_for(SPLIT, 10)
    await database.execute(PARTITION)
    assert (await fetch_guards(database)).are_complete
    async with running(pool, tmp_path, bench.kinds) as log:
        assert all(isinstance(answer, LoggedEntry) for answer in await log.append(posted[SPLIT:], now_s=NOW))
        again = await log.append(posted, now_s=NOW)
        assert all(isinstance(answer, LoggedEntry) and not answer.is_new for answer in again)
        assert await log.publisher.wait_for(len(posted), 10)
    sizes = [await database.fetchval(f"SELECT count(*) FROM ONLY {table}") for table in ("entry", "entry_0", "entry_1")]
    assert sizes == [0, SPLIT, len(posted) - SPLIT]
    files = make_publisher(pool, tmp_path, bench.kinds).files
    assert (await audit_database(pool, files, bench.kinds)).findings == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = leaf",
        "DELETE FROM entry",
        "DELETE FROM entry_0",
        "UPDATE entry_1 SET leaf = leaf",
        "TRUNCATE entry",
        "TRUNCATE entry_0",
        "TRUNCATE entry_1",
        "DROP TABLE entry",
        "DROP TABLE entry_0",
        "DROP TRIGGER append_only ON entry_1",
        "ALTER TABLE entry_1 DISABLE TRIGGER ALL",
        "ALTER TABLE entry_0 RENAME TO elsewhere",
        "ALTER TABLE entry_1 DROP CONSTRAINT entry_leaf",
        "ALTER TABLE entry DETACH PARTITION entry_0",
        "INSERT INTO entry VALUES (3, '\\x00', '\\x00')",
    ],
)
async def test_the_guards_hold_on_every_partition(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench, statement: str
) -> None:
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:SPLIT], now_s=NOW)
    await database.execute(PARTITION)
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[SPLIT:], now_s=NOW)
    with pytest.raises(asyncpg.PostgresError, match=r"append-only|part of the ledger|entry_leaf|cannot"):
        await database.execute(statement)


async def test_no_key_refers_to_entry_and_link_alone_says_what_is_unique(database: Connection[Record]) -> None:
    """A foreign key to ``entry``, or a unique key without ``idx``, would forbid partitions."""
    assert await database.fetchval("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'entry'::regclass") == 0
    keys = await database.fetch(
        "SELECT array_agg(a.attname::text) AS columns FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = 'entry'::regclass AND i.indisunique GROUP BY i.indexrelid"
    )
    assert [row["columns"] for row in keys] == [["idx"]]
