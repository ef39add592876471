"""``liandan rebuild``: what is derived is made again by the product's own code, beside what stands; a row that differs is named, and mended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner

from ledger import store
from liandan.cli import main
from liandan.database import connect
from liandan.rebuild import POSITION, PROJECTIONS, Rebuilt, rebuild
from liandan.settings import Settings
from signing.refusal import Refusal
from tests.ledger.evidence.files import named, pdf
from tests.ledger.log_server import unguarded
from tests.liandan.serving import settings_of
from tests.stories.stage import stage

CHANGES = {
    "manifest_view": ("UPDATE manifest_view SET stage = 'closed' WHERE stage = 'issued'", "stage"),
    "manifest_term": ("DELETE FROM manifest_term WHERE term LIKE 'receiver:%'", "missing"),
    "feed_reader": ("INSERT INTO feed_reader SELECT 'stranger', max(idx) FROM feed_reader", "too many"),
    "party_name": ("UPDATE party_name SET name = '别家公司', folded = '别家' WHERE uscc = (SELECT max(uscc) FROM party_name)", "name, folded"),
    "party_gram": ("DELETE FROM party_gram WHERE gram = (SELECT min(gram) FROM party_gram)", "missing"),
    "registry_view": ("UPDATE registry_view SET idx = idx - 1 WHERE chain = (SELECT min(chain) FROM registry_view)", "idx"),
    "registry_term": ("INSERT INTO registry_term SELECT 'code:900-052-31', min(chain) || 'X' FROM registry_term", "too many"),
    "evidence_reference": ("UPDATE evidence_reference SET parties = parties || 'X'::text", "parties"),
    "clock": ("DELETE FROM clock WHERE who = '*'", "missing"),
    "projection_position": ("UPDATE projection_position SET idx = idx + 100000", "expected"),
    "fact": (r"UPDATE fact SET value = '\xc1' WHERE key = (SELECT min(key) FROM fact WHERE key LIKE 'account:%')", "value"),
    "link": ("UPDATE link SET hash = sha256(hash) WHERE idx = 3", "hash"),
    "log_head": ("UPDATE log_head SET root = sha256(root), at_s = at_s - 1", "root, at_s"),
}  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this module keeps everything."""
    return tmp_path_factory.mktemp("stage")


@pytest.fixture(scope="module")
def settings(shared_database_url: str, directory: Path) -> Settings:
    """Of the installation."""
    return settings_of(shared_database_url, directory)


@pytest.fixture(scope="module")
async def stopped(settings: Settings, shared_database_url: str, directory: Path) -> Rebuilt:
    """A log with loads, a file, permits, lists and parties; verified while its server runs, which then stops."""
    async with stage(shared_database_url, directory) as built:
        trip = built.trip("batteries_out", "again", "10-12 08:30", "1.2").do("issue", set={"files": [named(pdf("磅单"))]})
        await built.play([trip, built.trip("batteries_out", "done", "10-12 09:00", "1.3").do("issue; depart 1h; arrive 6h; receive 1h")])
        found = await verified(settings)
        while found.at < found.size:  # the projector follows what is published
            found = await verified(settings)
        with pytest.raises(Refusal) as refused:
            await rebuild(settings, lambda done, of: None, verify=False)
        assert refused.value.codes == ["REBUILD_SERVER_RUNS"]
    return found


@pytest.fixture
def liandan(settings: Settings) -> Callable[..., Any]:
    """A command of the installation: exit code and what it printed."""
    env = {"LIANDAN_DATA_DIR": str(settings.data_dir), "LIANDAN_DATABASE_URL": str(settings.database_url)}

    async def ran(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner(env=env).invoke, main, ["rebuild", *words])
        return done.exit_code, done.output

    return ran


async def verified(settings: Settings, page: int = 500) -> Rebuilt:
    return await rebuild(settings, lambda done, of: None, verify=True, page=page)


def differing(found: Rebuilt) -> dict[str, str]:
    """What is said of the first difference of each table."""
    return {one.table: one.first[0].what for one in found.tables if one.differing}


async def test_rows_that_the_server_has_written_are_those_that_the_entries_give(
    stopped: Rebuilt, settings: Settings, liandan: Callable[..., Any]
) -> None:
    assert (stopped.is_identical, stopped.is_mended, differing(stopped)) == (True, False, {})
    rows = {one.table: one.rows for one in stopped.tables}
    assert rows.keys() == {*PROJECTIONS, "fact", "link", "log_head"}
    assert all(rows.values()), f"a table without a row proves nothing: {rows}"
    assert rows["link"] == stopped.size == stopped.at
    assert await verified(settings, page=7) == stopped, "in whatever ranges"
    code, told = await liandan("--verify")
    assert (code, "全部一致" in told) == (0, True), told


@pytest.mark.breaks_the_log("each changes rows that are derived")
@pytest.mark.parametrize("table", CHANGES)
async def test_a_changed_row_is_named_by_table_and_key(
    stopped: Rebuilt, settings: Settings, liandan: Callable[..., Any], table: str
) -> None:
    sql, what = CHANGES[table]
    async with connect(str(settings.database_url)) as conn:
        kept = await conn.fetch(f"SELECT * FROM {table}")
        async with unguarded(conn):
            await conn.execute(sql)
        assert await rows(conn, table) != sorted(map(repr, map(tuple, kept)))
    found = await verified(settings)
    [(name, said_of_it)] = differing(found).items()
    assert (name, what in said_of_it) == (table, True), said_of_it
    code, told = await liandan("--verify", "--json")
    [said] = [one for one in json.loads(told)["tables"] if one["differing"]]
    assert (code, said["table"]) == (1, table)
    async with connect(str(settings.database_url)) as conn:
        await conn.execute(f"DELETE FROM {table}")
        await conn.executemany(
            f"INSERT INTO {table} VALUES ({', '.join(f'${number + 1}' for number in range(len(kept[0])))})", [tuple(row) for row in kept]
        )
    assert await verified(settings) == stopped


@pytest.mark.breaks_the_log("changes rows that are derived")
async def test_a_rebuild_puts_projections_in_place_and_touches_nothing_else(
    stopped: Rebuilt, settings: Settings, liandan: Callable[..., Any]
) -> None:
    async with connect(str(settings.database_url)) as conn:
        for table in (*PROJECTIONS, POSITION):
            await conn.execute(CHANGES[table][0])
    code, told = await liandan()
    assert (code, "投影已按条目重建" in told) == (0, True), told
    assert await verified(settings) == stopped
    async with connect(str(settings.database_url)) as conn:
        [before] = await conn.fetch("SELECT * FROM log_head")
        await conn.execute(CHANGES["log_head"][0])
        code, told = await liandan()
        assert (code, "liandan log refill" in told) == (1, True), told
        assert (await store.fetch_head(conn)) != store.LogHead(*list(before)[1:])
        await conn.execute("UPDATE log_head SET root = $1, at_s = $2", before["root"], before["at_s"])
    assert await verified(settings) == stopped


@pytest.mark.breaks_the_log("changes an entry that was published")
async def test_entries_that_were_not_promised_are_not_built_upon(stopped: Rebuilt, settings: Settings, liandan: Callable[..., Any]) -> None:
    async with connect(str(settings.database_url)) as conn, unguarded(conn):
        [row] = await conn.fetch("SELECT * FROM entry WHERE idx = 3")
        [other] = await conn.fetch("SELECT * FROM entry WHERE idx = 4")
        put = "UPDATE entry SET leaf = $1, entry = $2 WHERE idx = 3"
        await conn.execute(put, other["leaf"], other["entry"])
        code, told = await liandan("--verify")
        assert (code, "REBUILD_ENTRIES" in told) == (1, True), told
        await conn.execute(put, row["leaf"], row["entry"])
        assert await verified(settings) == stopped


async def rows(conn: asyncpg.Connection, table: str) -> list[str]:
    return sorted(repr(tuple(row)) for row in await conn.fetch(f"SELECT * FROM {table}"))
