"""The database refuses to change the ledger's tables, whoever asks; tried the way a database administrator would."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from asyncpg import Connection, Pool, Record

from liandan.database import Guards, fetch_guards
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


@pytest.fixture
async def filled(pool: Pool[Record], database: Connection[Record], tmp_path: Path) -> None:
    bench = Workbench()
    for serial in range(4):
        bench.register(uscc("510112", serial))
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START + 3600)
    await database.execute("INSERT INTO quarantine (cut_to, idx, entry) SELECT 1, idx, entry FROM entry")


async def refuses(conn: Connection[Record], statement: str) -> None:
    transaction = conn.transaction()
    await transaction.start()
    with pytest.raises(asyncpg.PostgresError):
        await conn.execute(statement)
    await transaction.rollback()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("statement", REFUSED_TO_ALL)
async def test_a_superuser_is_refused(database: Connection[Record], statement: str) -> None:
    await refuses(database, statement)


@pytest.mark.usefixtures("filled")
async def test_not_even_a_cut_deletes_what_was_moved_aside(database: Connection[Record]) -> None:
    async with database.transaction():
        await database.execute("SET LOCAL ROLE liandan_owner")
        await database.execute("SELECT set_config('liandan.cut_to', '0', true)")
        await refuses(database, "DELETE FROM quarantine")


@pytest.mark.usefixtures("filled")
async def test_disabled_by_replication_role_the_guards_still_hold(database: Connection[Record]) -> None:
    await database.execute("SET session_replication_role = replica")
    for statement in ("UPDATE entry SET leaf = leaf", "DELETE FROM link", "TRUNCATE entry", "DROP TABLE entry"):
        await refuses(database, statement)


@pytest.mark.usefixtures("filled")
async def test_without_triggers_a_changed_entry_still_does_not_fit_its_leaf(database: Connection[Record]) -> None:
    await database.execute("ALTER EVENT TRIGGER guard_ledger_alter DISABLE")
    await database.execute("ALTER TABLE entry DISABLE TRIGGER ALL")
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE entry SET entry = set_byte(entry, 9, 0)")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("statement", [*REFUSED_TO_ALL, *REFUSED_TO_THE_WRITER])
async def test_the_programs_own_role_is_refused(database: Connection[Record], statement: str) -> None:
    await database.execute("SET SESSION AUTHORIZATION liandan_writer")
    await refuses(database, statement)


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
async def test_half_a_guard_taken_away_shows_in_the_status(database: Connection[Record], attack: str, found: str) -> None:
    """What a superuser can do is seen by ``liandan log status``, even when the other half was put back."""
    await database.execute(attack)
    guards = await fetch_guards(database)
    assert not guards.are_complete
    assert (*guards.triggers_off, *guards.replaced) == (found,)
