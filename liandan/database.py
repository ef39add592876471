"""The way to the database: pool, migrations, guards, and refusing a server or schema that would break the product's promises.

A server that acknowledges commits it may forget is refused (``synchronous_commit=off``), and so is a schema of another revision: the
application never migrates itself, ``liandan migrate`` does.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import structlog
from msgspec import Struct

import liandan
from liandan.ground import check_ground
from liandan.postgres import EmbeddedPostgres
from liandan.schema_repair import Repaired, repair
from liandan.settings import Settings
from signing.phrase import Phrase
from signing.refusal import refuse

if TYPE_CHECKING:
    from alembic.config import Config
    from asyncpg import Connection, Pool, Record

log = structlog.get_logger("liandan.database")

MIGRATION_LOCK = 0x6C69616E64616E
"""The advisory lock that alembic/env.py holds, too."""
OLDEST_VERSION = 150000
"""``server_version_num`` of the oldest server we test against."""
COMMAND_TIMEOUT_S = 60
SESSION = {"application_name": "liandan", "timezone": "UTC"}
WRITER = "liandan_writer"
"""Role of the pool: SELECT and INSERT on the ledger, UPDATE on what is derived."""
EVENT_TRIGGERS = ("guard_ledger_alter", "guard_ledger_drop")
ROLES = ("liandan_owner", "liandan_reader", "liandan_writer")
TABLES = ("entry", "link", "quarantine")
FUNCTIONS = {
    "public.refuse_change": "79986d2ea8f9d73630e392d444fa129a0eb1ff6357b81cbc1f1e689606a9f443",
    "public.keep_quarantine": "9090be2bc7d321a95c0b3a9f2261ff13b63a6d66695032dc6ade80f61990af83",
    "liandan_guard.ledger_ddl": "4560e8835036d036bfab2a2fea0e54daa74201d15d847db3cbd1b701360b0ee5",
}
"""SHA-256 of their sources as the newest migrations made them (0004, 0007): whoever may replace a function has its triggers do nothing."""
LEAF_CHECK = r"CHECK ((leaf = sha256(('\x00'::bytea || entry))))"
_migrating = threading.Lock()
"""Alembic keeps its context in module globals: one migration at a time per process."""


async def open_pool(dsn: str, *, min_size: int = 2, max_size: int = 16) -> Pool[Record]:
    """A pool whose connections read and write ``jsonb`` as Python values, in the writer's role; every new connection is checked. Whatever
    account the address names, the program appends and nothing more (migration 0004). Raises Refusal (DATABASE_VERSION,
    DATABASE_NOT_DURABLE, DATABASE_ENCODING); what the server itself refuses passes through as asyncpg's error.
    """
    with _addressed():
        return await asyncpg.create_pool(
            dsn,
            min_size=min_size,
            max_size=max_size,
            command_timeout=COMMAND_TIMEOUT_S,
            server_settings=SESSION,
            init=_prepare_writer,
            reset=_as_it_was_lent,
        )


@contextmanager
def _addressed() -> Iterator[None]:
    """What the driver makes of an address that is none; Refusal SETTING_VALUE. It may hold a password, so it is not shown."""
    try:
        yield
    except asyncpg.InterfaceError:  # said well enough, and a ValueError too
        raise
    except (ValueError, OverflowError) as error:
        expected = f"postgresql://user@host:port/name; {type(error).__name__}"
        raise refuse("SETTING_VALUE", field="LIANDAN_DATABASE_URL", found="***", expected=expected) from None


async def _as_it_was_lent(_connection: Connection[Record]) -> None:
    """Nothing is said to the server when a connection is given back, which would cost every batch and every read a way there and back: what is
    set or locked here lasts for a transaction (a house test), and one left open the driver has rolled back by now."""


async def _prepare_writer(connection: Connection[Record]) -> None:
    await prepare_connection(connection)
    if await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER')", WRITER):
        await connection.execute(f"SET ROLE {WRITER}")


@asynccontextmanager
async def connect(dsn: str, *, is_patient: bool = False) -> AsyncIterator[Connection[Record]]:
    """One connection with the rights of its own account, prepared and checked like those of the pool; ``is_patient`` waits for a statement as
    long as it takes.
    """
    with _addressed():
        timeout_s = None if is_patient else COMMAND_TIMEOUT_S
        connection = await asyncpg.connect(dsn, command_timeout=timeout_s, server_settings=SESSION)
    try:
        await prepare_connection(connection)
        yield connection
    finally:
        await connection.close()


async def prepare_connection(connection: Connection[Record]) -> None:
    """Check the server behind a new connection and teach the connection ``jsonb``."""
    version, commit, encoding = await connection.fetchrow(  # type: ignore[misc] # a SELECT without FROM has exactly one row
        "SELECT current_setting('server_version_num')::int, current_setting('synchronous_commit'), current_setting('server_encoding')"
    )
    if version < OLDEST_VERSION:
        raise refuse("DATABASE_VERSION", field="database_url", found=version, expected=f">= {OLDEST_VERSION}")
    if commit == "off":
        raise refuse("DATABASE_NOT_DURABLE", field="synchronous_commit", found=commit, expected=Phrase("on（开启）", "on"))
    if encoding != "UTF8":  # SQL_ASCII takes any bytes for text, others cannot hold ours
        raise refuse("DATABASE_ENCODING", field="server_encoding", found=encoding, expected="UTF8")
    # Binary jsonb: a version byte, then text.
    encoder, decoder = lambda value: b"\x01" + msgspec.json.encode(value), lambda raw: msgspec.json.decode(raw[1:])
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=encoder, decoder=decoder, format="binary")


async def migrate(dsn: str) -> Repaired:
    """Bring the schema to the revision of this program and put back what somebody has taken away since. Several at once are safe: the database
    lets one in at a time. Raises what ``connect`` and ``check_ground`` raise, before anything is changed, and asyncpg's error when the
    server refuses a migration or a repair.
    """
    async with connect(dsn) as connection:
        await check_ground(connection, schema_revisions())
    try:
        await asyncio.to_thread(_upgrade, dsn)
        async with connect(dsn, is_patient=True) as connection:  # an index or a CHECK of a large table takes minutes
            await connection.execute("SET statement_timeout = '15min'")  # as alembic/env.py, and for its reasons
            await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
            await connection.execute("SET lock_timeout = '10s'")
            repaired = await repair(connection, _statements)
    except asyncpg.InsufficientPrivilegeError as error:
        raise refuse(
            "DATABASE_RIGHTS",
            field="database_url",
            found=error,
            expected=Phrase("可以建表和角色的账户", "an account that may make tables and roles"),
        ) from error
    if repaired.restored or repaired.differing:
        log.warning("schema_repaired", restored=repaired.restored, differing=repaired.differing)
    return repaired


def _statements() -> list[str]:
    """What all migrations execute, in their order."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # as below

    scripts = reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))
    return [statement for script in scripts for statement in script.module.STATEMENTS]


def _upgrade(dsn: str) -> None:
    from alembic import command, util  # noqa: PLC0415  # with SQLAlchemy a fifth of a server's start, and of no use to one that is migrated
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    config = _config()
    config.attributes["dsn"] = dsn
    try:
        with _migrating:
            command.upgrade(config, "head")
    except util.CommandError as error:  # somebody has noted another version just now
        raise refuse(
            "DATABASE_FOREIGN", field="alembic_version", found=error, expected=Phrase("本程序认识的版本", "a version of this program")
        ) from error
    except DBAPIError as error:
        said: BaseException | None = error
        while said is not None and not isinstance(said, asyncpg.PostgresError):  # inside SQLAlchemy's, which callers need not know
            said = said.orig if isinstance(said, DBAPIError) else said.__cause__
        raise said or error from error


async def check_schema(connection: Connection[Record]) -> None:
    """Refuse (SCHEMA_REVISION) to serve a schema of another revision than this program's."""
    has_table = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
    found = await connection.fetchval("SELECT version_num FROM alembic_version") if has_table else None
    expected = schema_revision()
    if found != expected:
        raise refuse("SCHEMA_REVISION", field="alembic_version", found=found or "-", expected=f"{expected}: liandan migrate")


def schema_revisions() -> tuple[str, ...]:
    """The revisions of the migrations that came with this program, oldest first: their files are numbered in order, and named by it."""
    return tuple(sorted(path.name[:4] for path in (migrations() / "versions").glob("[0-9]*.py")))


def schema_revision() -> str | None:
    """The newest of them."""
    return max(schema_revisions(), default=None)


def _config() -> Config:
    """Alembic's configuration without a file: an installed wheel has none."""
    from alembic.config import Config  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrations() -> Path:
    """Directory of the migrations: inside the package in a wheel, ``alembic/`` at the top in a checkout."""
    package = Path(liandan.__file__).parent
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parent / "alembic"


class Guards(Struct, frozen=True, kw_only=True):
    """What is missing of the guards (migration 0004); nothing missing is good."""

    event_triggers_missing: tuple[str, ...]
    """Also those that are disabled. A managed server without a superuser has none."""
    roles_missing: tuple[str, ...]
    triggers_off: tuple[str, ...]
    """Tables, partitions among them, that lack a trigger firing ALWAYS against UPDATE, DELETE or TRUNCATE."""
    replaced: tuple[str, ...]
    """Functions of the guards that are not as the migrations made them, and tables without the CHECK on their leaf hash."""

    @property
    def are_complete(self) -> bool:
        """Nothing is missing."""
        return not (self.event_triggers_missing or self.roles_missing or self.triggers_off or self.replaced)


async def fetch_guards(conn: Connection[Record]) -> Guards:
    """Compare the catalogue with what the migrations put there."""
    events = await conn.fetch("SELECT evtname FROM pg_event_trigger WHERE evtname = ANY($1) AND evtenabled = 'A'", list(EVENT_TRIGGERS))
    roles = await conn.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", list(ROLES))
    bare = await conn.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        " AND (c.relname = ANY($1) OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent IN ('entry'::regclass, 'link'::regclass)))"
        # tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE. The rows of a partitioned table lie in its partitions, and so do the triggers for rows.
        " AND (SELECT coalesce(bit_or(t.tgtype::int), 0) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal"
        "      AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = ''"
        "      AND t.tgfoid = to_regproc(CASE c.relname WHEN 'quarantine' THEN 'keep_quarantine' ELSE 'refuse_change' END))"
        "     & 56 <> CASE c.relkind WHEN 'p' THEN 32 ELSE 56 END"
        " ORDER BY c.relname",
        list(TABLES),
    )
    sources = await conn.fetch(
        "SELECT n.nspname || '.' || p.proname AS name, encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') AS digest"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.oid = ANY(ARRAY(SELECT to_regproc(name)::oid FROM unnest($1::text[]) AS name))",
        list(FUNCTIONS),
    )
    found = {row["name"]: row["digest"] for row in sources}
    unchecked = await conn.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p')"
        " AND (c.oid = 'entry'::regclass OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'entry'::regclass))"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conname = 'entry_leaf' AND k.convalidated"
        "                 AND pg_get_constraintdef(k.oid) = $1) ORDER BY 1",
        LEAF_CHECK,
    )
    return Guards(
        event_triggers_missing=tuple(sorted(set(EVENT_TRIGGERS) - {row["evtname"] for row in events})),
        roles_missing=tuple(sorted(set(ROLES) - {row["rolname"] for row in roles})),
        triggers_off=tuple(row["relname"] for row in bare),
        replaced=(*sorted(name for name in FUNCTIONS if found.get(name) != FUNCTIONS[name]), *(row["relname"] for row in unchecked)),
    )


async def list_quarantined(conn: Connection[Record], cut_to: int) -> list[tuple[int, bytes]]:
    """Indices and entry bytes that a cut to this size has moved aside, in order; with the owner's rights."""
    async with conn.transaction(readonly=True):
        await conn.execute("SET LOCAL ROLE liandan_owner")
        rows = await conn.fetch("SELECT idx, entry FROM quarantine WHERE cut_to = $1 ORDER BY idx", cut_to)
    return [(row["idx"], bytes(row["entry"])) for row in rows]


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """Address of the database: the one in the settings as it is, or the embedded one, started and migrated."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = EmbeddedPostgres(settings.data_dir, bindir=settings.postgres_bindir)
    dsn = await asyncio.to_thread(embedded.start)
    try:
        await migrate(dsn)
        yield dsn
    finally:
        await asyncio.to_thread(embedded.stop)
