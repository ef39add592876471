"""The pool, its checks of the server, and the check of the schema."""

from __future__ import annotations

import ast
import re
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.database import check_schema, connect, migrate, open_pool, prepare_connection, schema_revision
from signing.refusal import Refusal
from tests.house.source import modules


async def test_jsonb_is_read_and_written_as_python_values(pool: asyncpg.Pool) -> None:
    value = {"名称": "废矿物油（虚构）", "list": [1, None, True], "big": 2**53 - 1}
    assert await pool.fetchval("SELECT $1::jsonb", value) == value
    assert await pool.fetchval("""SELECT '{"a": [1]}'::jsonb""") == {"a": [1]}


async def test_a_session_keeps_time_in_utc(database: asyncpg.Connection) -> None:
    assert await database.fetchval("SHOW timezone") == "UTC"


async def test_a_server_that_forgets_commits_is_refused(database_url: str, database: asyncpg.Connection) -> None:
    name = await database.fetchval("SELECT current_database()")
    await database.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with pytest.raises(Refusal, match="DATABASE_NOT_DURABLE"):
        await open_pool(database_url)
    with pytest.raises(Refusal, match="DATABASE_NOT_DURABLE"):
        async with connect(database_url):
            pass


async def test_an_old_server_is_refused(database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    version = await database.fetchval("SELECT current_setting('server_version_num')::int")
    monkeypatch.setattr("liandan.database.OLDEST_VERSION", version)
    await prepare_connection(database)
    monkeypatch.setattr("liandan.database.OLDEST_VERSION", version + 1)
    with pytest.raises(Refusal, match="DATABASE_VERSION"):
        await prepare_connection(database)


async def test_migrating_says_what_the_server_says_and_refuses_an_old_one(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(asyncpg.InterfaceError, match="scheme"):
        await migrate("mysql://somebody@somewhere/something")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await migrate(urlunsplit(urlsplit(empty_database_url)._replace(path="/no_such_database")))
    monkeypatch.setattr("liandan.database.OLDEST_VERSION", 999999)
    with pytest.raises(Refusal, match="DATABASE_VERSION"):
        await migrate(empty_database_url)
    monkeypatch.undo()
    async with connect(empty_database_url) as connection:
        await connection.execute("CREATE TABLE entry (nothing int)")
        with pytest.raises(Refusal, match="DATABASE_FOREIGN"):
            await migrate(empty_database_url)


def test_a_wrong_address_is_told_in_one_line(empty_database_url: str) -> None:
    nowhere = urlunsplit(urlsplit(empty_database_url)._replace(path="/no_such_database"))
    for address, said in (("mysql://a@b/c", "无法连接"), (nowhere, "数据库拒绝")):
        answer = CliRunner(env={"LIANDAN_DATABASE_URL": address}).invoke(main, ["migrate"])
        assert answer.exit_code == 3
        assert said in answer.stderr
        assert len(answer.stderr.splitlines()) == 1


async def test_a_migrated_schema_is_served(database: asyncpg.Connection) -> None:
    await check_schema(database)


async def test_an_unmigrated_database_is_not_served(empty_database_url: str) -> None:
    async with connect(empty_database_url) as connection:
        with pytest.raises(Refusal) as caught:
            await check_schema(connection)
        assert "liandan migrate" in caught.value.reasons[0].expected
        await migrate(empty_database_url)
        await check_schema(connection)


async def test_a_schema_of_another_revision_is_not_served(database: asyncpg.Connection) -> None:
    await database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal) as caught:
        await check_schema(database)
    assert caught.value.reasons[0].found == "9999"
    assert caught.value.reasons[0].expected.startswith(schema_revision() or "")


async def test_a_connection_comes_back_to_the_pool_without_its_transaction(database_url: str) -> None:
    pool = await open_pool(database_url, min_size=1, max_size=1)
    try:
        async with pool.acquire() as conn:
            before = await conn.fetchval("SELECT pg_backend_pid()")
            await conn.execute("BEGIN")
            with pytest.raises(asyncpg.PostgresError):
                await conn.execute("SELECT 1 / 0")
        async with pool.acquire() as conn:
            assert not conn.is_in_transaction()
            assert await conn.fetchval("SELECT pg_backend_pid()") == before
            assert await conn.fetchval("SELECT current_user") == "liandan_writer"
    finally:
        await pool.close()


async def test_a_connection_is_given_back_without_a_word(database_url: str) -> None:
    pool, said = await open_pool(database_url, min_size=1, max_size=1), list[str]()
    try:
        async with pool.acquire() as conn:
            conn.add_query_logger(lambda record: said.append(record.query))
        async with pool.acquire() as conn:
            assert await conn.fetchval("SELECT 1") == 1
        assert said == ["SELECT 1"]
    finally:
        await pool.close()


def test_nothing_that_is_set_or_locked_outlasts_its_transaction() -> None:
    """For connections are given back as they are; what is done to connections of one's own (migrations, rebuilding; of DuckDB, a database in
    this process that ends with the question) is excused."""
    lasting = re.compile(
        r"advisory_lock(?:_shared)?\(|^\s*(?:SET (?!LOCAL)|LISTEN |PREPARE )|set_config\([^)]*false\)|TEMP(?:ORARY)? TABLE"
    )
    found = {
        (name, node.value)
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and lasting.search(node.value)
    }
    own = {"liandan.database", "liandan.rebuild", "ledger.repair.beside"}
    assert {name for name, _ in found} == own | {"reports.parquet.duck", "reports.parquet.engines"}, found
