"""The way to the database: pool, migrations, and refusing a server or schema that would break the product's promises.

A server that acknowledges commits it may forget is refused (``synchronous_commit=off``), and so is a schema of another revision: the
application never migrates itself, ``liandan migrate`` does.
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

import liandan
from signing.refusal import refuse

if TYPE_CHECKING:
    from asyncpg import Connection, Pool, Record

OLDEST_VERSION = 150000
"""``server_version_num`` of the oldest server we test against."""
COMMAND_TIMEOUT_S = 60
WRITER = "liandan_writer"
"""Role of the pool: SELECT and INSERT on the ledger, UPDATE on what is derived."""
_migrating = threading.Lock()
"""Alembic keeps its context in module globals: one migration at a time per process."""


async def open_pool(dsn: str, *, min_size: int = 2, max_size: int = 16) -> Pool[Record]:
    """A pool whose connections read and write ``jsonb`` as Python values, in the writer's role; every new connection is checked.

    Whatever account the address names, the program appends and nothing more (migration 0004).

    Raises Refusal (DATABASE_VERSION, DATABASE_NOT_DURABLE); what the server itself refuses passes through as asyncpg's error.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings={"application_name": "liandan", "timezone": "UTC"},
        init=_prepare_writer,
    )


async def _prepare_writer(connection: Connection[Record]) -> None:
    await prepare_connection(connection)
    if await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER')", WRITER):
        await connection.execute(f"SET ROLE {WRITER}")


async def connect(dsn: str) -> Connection[Record]:
    """One connection with the rights of its own account, prepared and checked like those of the pool; the caller closes it."""
    connection = await asyncpg.connect(
        dsn, command_timeout=COMMAND_TIMEOUT_S, server_settings={"application_name": "liandan", "timezone": "UTC"}
    )
    try:
        await prepare_connection(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def prepare_connection(connection: Connection[Record]) -> None:
    """Check the server behind a new connection and teach the connection ``jsonb``."""
    version, commit = await connection.fetchrow(  # type: ignore[misc] # a SELECT without FROM has exactly one row
        "SELECT current_setting('server_version_num')::int, current_setting('synchronous_commit')"
    )
    if version < OLDEST_VERSION:
        raise refuse("DATABASE_VERSION", field="database_url", found=version, expected=f">= {OLDEST_VERSION}")
    if commit == "off":
        raise refuse("DATABASE_NOT_DURABLE", field="synchronous_commit", found=commit, expected="on")
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_to_jsonb, decoder=_from_jsonb, format="binary")


def _to_jsonb(value: Any) -> bytes:  # any JSON value
    return b"\x01" + msgspec.json.encode(value)  # binary jsonb: a version byte, then text


def _from_jsonb(raw: bytes) -> Any:  # any JSON value
    return msgspec.json.decode(raw[1:])


async def migrate(dsn: str) -> None:
    """Bring the schema to the revision of this program. Several at once are safe: the database lets one in at a time.

    Raises what ``connect`` raises, before anything is changed, and asyncpg's error when the server refuses a migration.
    """
    await (await connect(dsn)).close()
    await asyncio.to_thread(_upgrade, dsn)


def _upgrade(dsn: str) -> None:
    config = _config()
    config.attributes["dsn"] = dsn
    try:
        with _migrating:
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise _said_by_the_server(error) from error


def _said_by_the_server(error: BaseException) -> BaseException:
    """asyncpg's error inside SQLAlchemy's, which callers need not know."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, asyncpg.PostgresError):
        found = found.orig if isinstance(found, DBAPIError) else found.__cause__
    return found or error


async def check_schema(connection: Connection[Record]) -> None:
    """Refuse (SCHEMA_REVISION) to serve a schema of another revision than this program's."""
    has_table = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
    found = await connection.fetchval("SELECT version_num FROM alembic_version") if has_table else None
    expected = schema_revision()
    if found != expected:
        raise refuse("SCHEMA_REVISION", field="alembic_version", found=found or "-", expected=f"{expected}: liandan migrate")


def schema_revision() -> str | None:
    """The newest revision among the migrations that came with this program."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    """Alembic's configuration without a file: an installed wheel has none."""
    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrations() -> Path:
    """Directory of the migrations: inside the package in a wheel, ``alembic/`` at the top in a checkout."""
    package = Path(liandan.__file__).parent
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parent / "alembic"
