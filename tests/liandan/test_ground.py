"""``liandan migrate`` on ground that is not ours (case S5): refused in words, exit 2, and nothing is changed there."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.database import migrate, open_pool, schema_revision
from signing.refusal import Refusal
from tests.conftest import dsn_of

NOT_OURS = {
    "another software's version": (
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('ae1027a6acf')",
        "DATABASE_FOREIGN",
    ),
    "its version like one of ours": (
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0003')",
        "DATABASE_FOREIGN",
    ),
    "its newer version": (
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('9999')",
        "DATABASE_FOREIGN",
    ),
    "two versions": (
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0001'), ('x')",
        "DATABASE_FOREIGN",
    ),
    "another table of that name": ("CREATE TABLE alembic_version (other int); INSERT INTO alembic_version VALUES (1)", "DATABASE_FOREIGN"),
    "a table of a name of ours": ("CREATE TABLE entry (nothing int)", "DATABASE_FOREIGN"),
    "a view of a name of ours": ("CREATE VIEW fact AS SELECT 1 AS key", "DATABASE_FOREIGN"),
}


async def tables(dsn: str) -> list[str]:
    """Everything in the schema ``public``, and what Alembic has noted."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1")
    await connection.close()
    return [row[0] for row in rows]


async def refused(dsn: str) -> tuple[int, str]:
    """Exit code and words of ``liandan migrate``."""
    answer = await asyncio.to_thread(CliRunner(env={"LIANDAN_DATABASE_URL": dsn}).invoke, main, ["migrate"])
    return answer.exit_code, answer.stderr


async def test_foreign_tables_are_refused_and_left_as_they_are(empty_database_url: str) -> None:
    for name, (statements, code) in NOT_OURS.items():
        connection = await asyncpg.connect(empty_database_url)
        await connection.execute(statements)
        before = await tables(empty_database_url)
        exit_code, said = await refused(empty_database_url)
        assert (exit_code, code in said, "数据库" in said, "database" in said) == (2, True, True, True), f"{name}: {said}"
        assert await tables(empty_database_url) == before, name
        await connection.execute("DROP VIEW IF EXISTS fact; DROP TABLE IF EXISTS alembic_version, entry")
        await connection.close()
    assert (await refused(empty_database_url))[0] == 0, "an empty database, whatever stood there before"


async def test_a_newer_schema_of_ours_is_refused(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    exit_code, said = await refused(database_url)
    assert (exit_code, "SCHEMA_REVISION" in said, f"at most {schema_revision()}" in said) == (2, True, True), said


@pytest.fixture
async def account(admin: asyncpg.Connection) -> AsyncIterator[str]:
    """An account that owns nothing."""
    name = f"liandan_test_{uuid.uuid4().hex[:12]}"
    await admin.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    yield name
    await admin.execute(f'DROP OWNED BY "{name}"')
    await admin.execute(f'DROP ROLE "{name}"')


def as_account(dsn: str, name: str) -> str:
    """The same database, entered by that account."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"{name}:x@" + parts.netloc.rpartition("@")[2]))


async def test_an_account_without_rights_is_refused(empty_database_url: str, account: str) -> None:
    exit_code, said = await refused(as_account(empty_database_url, account))
    assert (exit_code, "DATABASE_RIGHTS" in said, "CREATE on schema public" in said) == (2, True, True), said
    owner = await asyncpg.connect(empty_database_url)
    await owner.execute(f'GRANT CREATE ON SCHEMA public TO "{account}"')
    exit_code, said = await refused(as_account(empty_database_url, account))  # the roles of migration 0004 are the cluster's
    assert (exit_code, "DATABASE_RIGHTS" in said) == (2, True), said
    await owner.execute(f'DROP OWNED BY "{account}"')
    await owner.close()


async def test_tables_of_another_account_are_refused_only_while_something_is_to_be_changed(database_url: str, account: str) -> None:
    owner = await asyncpg.connect(database_url)
    await owner.execute(f'GRANT SELECT ON alembic_version TO "{account}"')
    assert (await refused(as_account(database_url, account)))[0] in (0, 2)
    await owner.execute("UPDATE alembic_version SET version_num = '0012'")
    exit_code, said = await refused(as_account(database_url, account))
    assert (exit_code, "DATABASE_RIGHTS" in said, "owned by another account" in said) == (2, True, True), said
    await owner.execute(f'DROP OWNED BY "{account}"')
    await owner.close()


async def test_a_database_that_may_only_be_read_is_refused(empty_database_url: str, admin: asyncpg.Connection) -> None:
    name = urlsplit(empty_database_url).path.lstrip("/")
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    exit_code, said = await refused(empty_database_url)
    assert (exit_code, "DATABASE_READ_ONLY" in said) == (2, True), said
    assert await tables(empty_database_url) == []


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_is_not_in_utf_8_is_neither_migrated_nor_served(
    encoding: str, admin: asyncpg.Connection, postgres_dsn: str, run: dict[str, str]
) -> None:
    name = f"{run['name']}_{uuid.uuid4().hex[:12]}"
    await admin.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    try:
        dsn = dsn_of(postgres_dsn, name)
        exit_code, said = await refused(dsn)
        assert (exit_code, "DATABASE_ENCODING" in said, encoding in said) == (2, True, True), said
        assert await tables(dsn) == []
        with pytest.raises(Refusal, match="DATABASE_ENCODING"):
            await open_pool(dsn)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("address", ["postgresql://u:p@[::1/x", "postgresql://\udcff/x"])
async def test_an_address_that_is_none_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(Refusal, match="SETTING_VALUE") as caught:
        await migrate(address)
    assert "u:p" not in str(caught.value.reasons)
