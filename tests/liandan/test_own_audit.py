"""The audit of an installation compares every row that the product keeps with what the entries give."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from bench.load import Load
from ledger.auditing.audit import Options
from ledger.auditing.report import Finding
from ledger.log import Log, LoggedEntry
from liandan.database import connect, open_pool
from liandan.installation import audit_own
from liandan.wiring import KINDS
from manifests import projection
from manifests.readers import by_chain, said_before
from tests.ledger.log_server import running
from whitelist.adopted import data_files

CHANGES = {
    "stage": ("UPDATE manifest_view SET stage = 'ISSUED'", "manifest_view.stage"),
    "number": ("UPDATE manifest_view SET number = '20265101000123'", "manifest_view.number"),
    "time": ("UPDATE manifest_view SET issued_at = issued_at + interval '1 s'", "manifest_view.issued_at"),
    "microsecond": ("UPDATE manifest_view SET issued_at = issued_at + interval '1 us'", "manifest_view.issued_at"),
    "position ahead": ("UPDATE projection_position SET idx = idx + 1000", "projection_position.idx"),
    "position behind": ("UPDATE projection_position SET idx = idx - 1", "projection_position.idx"),
    "view": ("UPDATE manifest_view SET view = set_byte(view, 40, get_byte(view, 40) # 1)", "manifest_view.view"),
    "a view that nobody can read": (r"UPDATE manifest_view SET view = '\xc1'", "manifest_view.view"),
    "a quota that nobody can read": (r"UPDATE fact SET value = '\xc1' WHERE key LIKE 'account:%'", "fact.value"),
    "a permit that nobody can read": (r"UPDATE fact SET value = '\xc1' WHERE key LIKE 'chain:permit%'", "fact.value"),
    "renamed": ("UPDATE manifest_view SET chain = chain || 'X'", "manifest_view.view"),
    "terms": ("UPDATE manifest_view SET terms = '{}'", "manifest_view.terms"),
    "clocks": ("UPDATE manifest_view SET clocks = ARRAY['* receipt 0 ']", "manifest_view.clocks"),
    "a clock invented": ("INSERT INTO clock SELECT '*', 'receipt', 0, chain, '' FROM manifest_view", "clock"),
    "an authority's clock invented": ("INSERT INTO clock SELECT '@51', 'review', 0, chain, '' FROM registry_view", "clock"),
    "a term hidden": ("DELETE FROM manifest_term WHERE term LIKE 'receiver:%'", "manifest_term"),
    "a term invented": ("INSERT INTO manifest_term SELECT 'stage:issued', issued_at, chain FROM manifest_view", "manifest_term"),
    "a term moved": (
        "WITH gone AS (DELETE FROM manifest_term WHERE term LIKE 'code:%' RETURNING *)"
        " INSERT INTO manifest_term SELECT term, issued_at + interval '1 s', chain FROM gone",
        "manifest_term",
    ),
    "a feed's entry hidden": ("DELETE FROM feed_reader WHERE reader IN (SELECT receiver FROM manifest_view)", "feed_reader"),
    "hidden from everybody": ("DELETE FROM feed_reader WHERE idx = 3", "feed_reader"),
    "the newest hidden": ("DELETE FROM feed_reader WHERE idx = (SELECT max(idx) FROM feed_reader)", "feed_reader"),
    "shown to a stranger": ("INSERT INTO feed_reader SELECT 'stranger', max(idx) FROM feed_reader", "feed_reader"),
    "told before it is there": ("INSERT INTO feed_reader SELECT reader, 5000 FROM feed_reader LIMIT 1", "projection_position.idx"),
    "a registry's terms": ("UPDATE registry_view SET terms = array_remove(terms, 'any')", "registry_view.terms", "registry_term"),
    "a registry's index": ("UPDATE registry_view SET idx = idx - 1", "registry_view.idx"),
    "a registry's row": (
        "UPDATE registry_view SET chain = chain || 'X' WHERE chain LIKE 'permit/%'",
        "registry_view.chain",
        "registry_term",
    ),
    "a registry's row invented": ("INSERT INTO registry_view VALUES ('permit/x', 0, '{}')", "registry_view.chain"),
    "a registry's term hidden": ("DELETE FROM registry_term WHERE term LIKE 'code:%'", "registry_term"),
    "a party renamed": ("UPDATE party_name SET name = '别家公司'", "party_name"),
    "a party hidden": ("DELETE FROM party_name WHERE uscc = (SELECT max(uscc) FROM party_name)", "party_name"),
    "found by another name": (
        "UPDATE party_gram SET gram = '别家' WHERE (gram, uscc) = (SELECT min(gram), max(uscc) FROM party_gram)",
        "party_gram",
    ),
    "invented": (
        "INSERT INTO manifest_view SELECT chain || 'X', generator, ulid, number, stage, from_province, to_province, receiver, carriers,"
        " codes, issued_at, updated_idx, view, regions, terms FROM manifest_view",
        "manifest_view.view",
    ),
}

DERIVED = (
    "fact",
    "projection_position",
    "manifest_view",
    "manifest_term",
    "clock",
    "feed_reader",
    "registry_view",
    "registry_term",
    "party_name",
    "party_gram",
)


async def follow(log: Log, pool: Pool[Record], size: int) -> None:
    """Let the projections have come so far."""
    entries = await log.entries_at(list(range(size)))
    earlier = by_chain(await log.entries_on(said_before(entries)))
    async with pool.acquire() as conn:
        await projection.follow(conn, entries, earlier)


async def findings(log: Log, pool: Pool[Record], workers: int = 2) -> list[Finding]:
    report = await audit_own(pool, log.publisher.files, KINDS, lambda done, size: None, Options(workers=workers))
    # The load is of another origin than this server's note keys, which the audit says too and other tests prove.
    return [found for found in report.findings if found.code not in ("NOTE_SIGNATURE", "ORIGIN_DIFFERS", "VKEY_DIFFERS")]


@pytest.fixture(scope="module")
async def honest(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Log, Pool[Record]]]:
    """A log with a manifest, in whose rows nothing is found; what is derived is kept aside."""
    load, pool = Load(), await open_pool(shared_database_url, min_size=1, max_size=8)
    data = {file.name: file.path.read_bytes() for file in data_files()}
    async with running(pool, tmp_path_factory.mktemp("log"), KINDS, data) as log:
        answers = await log.append([*load.setup()], now_s=load.now_s)
        answers += await log.append(load.manifest(0), now_s=load.now_s)
        assert all(isinstance(answer, LoggedEntry) for answer in answers)
        await log.publisher.wait_for(len(answers), 20)
        await follow(log, pool, len(answers))
        assert await findings(log, pool) == []
        async with connect(shared_database_url) as conn:
            await conn.execute("CREATE SCHEMA kept")
            for table in DERIVED:
                await conn.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")
        yield log, pool
    await pool.close()


@pytest.mark.breaks_the_log("each changes rows that are derived")
@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_view_is_found_and_an_honest_one_is_not(
    honest: tuple[Log, Pool[Record]], shared_database_url: str, change: str
) -> None:
    log, pool = honest
    sql, *fields = CHANGES[change]
    async with connect(shared_database_url) as conn:  # an administrator, whom no right stops
        await conn.execute(sql)
        found = await findings(log, pool, workers=1)
        async with conn.transaction():
            for table in DERIVED:
                await conn.execute(f"DELETE FROM {table}")
                await conn.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
    codes = [("FACT_DIFFERS" if field == "fact.value" else "VIEW_DIFFERS", field) for field in fields]
    assert {(one.code, one.field) for one in found} == set(codes)


async def test_what_was_kept_aside_is_honest_again(honest: tuple[Log, Pool[Record]]) -> None:
    """After all the changes: none of them was found because of one before it."""
    assert await findings(*honest) == []


async def test_a_projection_that_lags_is_compared_as_far_as_it_is(pool: Pool[Record], tmp_path: Path) -> None:
    """Two manifests; the projection has not seen the last act of the second one."""
    load = Load()
    data = {file.name: file.path.read_bytes() for file in data_files()}
    async with running(pool, tmp_path, KINDS, data) as log:
        answers = await log.append([*load.setup(), *load.manifest(0), *load.manifest(1)], now_s=load.now_s)
        await log.publisher.wait_for(len(answers), 20)
        await follow(log, pool, len(answers) - 1)
        assert await findings(log, pool) == []
        async with pool.acquire() as conn:
            await conn.execute("UPDATE manifest_view SET stage = 'ISSUED'")
        assert [(found.chain, found.field) for found in await findings(log, pool)] == [(load.chain_of(0), "manifest_view.stage")]
