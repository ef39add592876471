"""The database refuses to change the ledger's tables, whoever asks; tried the way a database administrator would."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from asyncpg import Connection, Pool, Record

from liandan.database import Guards, connect, fetch_guards, open_pool
from tests.ledger.log_server import envelopes, running
from tests.workbench import START, Workbench, uscc

REFUSED_TO_ALL = (
    "UPDATE entry SET leaf = leaf",
    "UPDATE link SET idx = idx + 1",
    "DELETE FROM entry",
    "DELETE FROM link WHERE seq = 0",
    "TRUNCATE entry",
    "TRUNCATE link CASCADE",
    "DROP TABLE entry",
    "DROP TABLE link CASCADE",
    "DROP SCHEMA public CASCADE",
    "DROP TRIGGER append_only ON entry",
    "ALTER TABLE entry DISABLE TRIGGER append_only",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "ALTER TABLE link RENAME TO old_link",
    "ALTER TABLE entry DROP CONSTRAINT entry_leaf",
    "ALTER TABLE entry DROP COLUMN leaf",
    "ALTER TABLE entry ALTER COLUMN entry TYPE text USING encode(entry, 'hex')",
    "ALTER TABLE link SET UNLOGGED",
    "UPDATE quarantine SET idx = 0",
    "DELETE FROM quarantine",
    "TRUNCATE quarantine",
    "DROP TABLE quarantine",
    "ALTER TABLE quarantine DISABLE TRIGGER append_only",
)
REFUSED_TO_THE_WRITER = (
    "DELETE FROM fact",
    "DELETE FROM log_head",
    "TRUNCATE fact",
    "SET session_replication_role = replica",
    "CREATE TABLE elsewhere (a int)",
    "ALTER EVENT TRIGGER guard_ledger_drop DISABLE",
    "SET ROLE liandan_owner",
)


@pytest.fixture(scope="module")
async def filled(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a database with a short log, for everybody: whatever is tried is refused, or rolled back."""
    bench, pool = Workbench(), await open_pool(shared_database_url, min_size=1)
    for serial in range(4):
        bench.register(uscc("510112", serial))
    async with running(pool, tmp_path_factory.mktemp("log"), bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START + 3600)
    await pool.close()
    async with connect(shared_database_url) as conn:
        await conn.execute("INSERT INTO quarantine (cut_to, idx, entry) SELECT 1, idx, entry FROM entry")
    return shared_database_url


@pytest.fixture(scope="module")
async def superuser(filled: str) -> AsyncIterator[Connection[Record]]:
    async with connect(filled) as conn:
        yield conn


@pytest.fixture(scope="module")
async def writer(filled: str) -> AsyncIterator[Connection[Record]]:
    async with connect(filled) as conn:
        await conn.execute("SET SESSION AUTHORIZATION liandan_writer")
        yield conn


async def refuses(conn: Connection[Record], statement: str) -> None:
    transaction = conn.transaction()
    await transaction.start()
    with pytest.raises(asyncpg.PostgresError):
        await conn.execute(statement)
    await transaction.rollback()


@pytest.mark.parametrize("statement", REFUSED_TO_ALL)
async def test_a_superuser_is_refused(superuser: Connection[Record], statement: str) -> None:
    await refuses(superuser, statement)


async def test_not_even_a_cut_deletes_what_was_moved_aside(superuser: Connection[Record]) -> None:
    async with superuser.transaction():
        await superuser.execute("SET LOCAL ROLE liandan_owner")
        await superuser.execute("SELECT set_config('liandan.cut_to', '0', true)")
        await refuses(superuser, "DELETE FROM quarantine")


async def test_disabled_by_replication_role_the_guards_still_hold(superuser: Connection[Record]) -> None:
    async with superuser.transaction():
        await superuser.execute("SET LOCAL session_replication_role = replica")
        for statement in ("UPDATE entry SET leaf = leaf", "DELETE FROM link", "TRUNCATE entry", "DROP TABLE entry"):
            await refuses(superuser, statement)


async def test_without_triggers_a_changed_entry_still_does_not_fit_its_leaf(superuser: Connection[Record]) -> None:
    transaction = superuser.transaction()
    await transaction.start()
    await superuser.execute("ALTER EVENT TRIGGER guard_ledger_alter DISABLE")
    await superuser.execute("ALTER TABLE entry DISABLE TRIGGER ALL")
    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute("UPDATE entry SET entry = set_byte(entry, 9, 0)")
    await transaction.rollback()


@pytest.mark.parametrize("statement", [*REFUSED_TO_ALL, *REFUSED_TO_THE_WRITER])
async def test_the_programs_own_role_is_refused(writer: Connection[Record], statement: str) -> None:
    await refuses(writer, statement)


async def test_the_pool_works_in_the_writers_role(pool: Pool[Record]) -> None:
    assert await pool.fetchval("SELECT current_user") == "liandan_writer"


AWAY = "ALTER EVENT TRIGGER guard_ledger_alter DISABLE; ALTER EVENT TRIGGER guard_ledger_drop DISABLE;"
BACK = "ALTER EVENT TRIGGER guard_ledger_alter ENABLE ALWAYS; ALTER EVENT TRIGGER guard_ledger_drop ENABLE ALWAYS;"


async def test_the_migrations_leave_every_guard_in_place(database: Connection[Record]) -> None:
    assert await fetch_guards(database) == Guards(event_triggers_missing=(), roles_missing=(), triggers_off=(), replaced=())


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        (f"{AWAY} DROP TRIGGER append_only ON entry; {BACK}", "entry"),
        (f"{AWAY} ALTER TABLE link DISABLE TRIGGER no_truncate; {BACK}", "link"),
        (f"{AWAY} ALTER TABLE link ENABLE TRIGGER append_only; {BACK}", "link"),
        (f"{AWAY} ALTER TABLE quarantine DISABLE TRIGGER append_only; {BACK}", "quarantine"),
        (f"{AWAY} ALTER TABLE entry DROP CONSTRAINT entry_leaf; {BACK}", "entry"),
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RETURN coalesce(NEW, OLD); END' /* RAISE EXCEPTION */",
            "public.refuse_change",
        ),
        (
            "CREATE OR REPLACE FUNCTION liandan_guard.ledger_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "liandan_guard.ledger_ddl",
        ),
    ],
)
async def test_half_a_guard_taken_away_shows_in_the_status(superuser: Connection[Record], attack: str, found: str) -> None:
    """What a superuser can do is seen by ``liandan log status``, even when the other half was put back."""
    transaction = superuser.transaction()
    await transaction.start()
    await superuser.execute(attack)
    guards = await fetch_guards(superuser)
    await transaction.rollback()
    assert not guards.are_complete
    assert (*guards.triggers_off, *guards.replaced) == (found,)
