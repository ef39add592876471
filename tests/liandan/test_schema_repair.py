"""``liandan migrate`` puts back what somebody has taken from a migrated database, and says what it cannot (case O9)."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from liandan.catalogue import SNAPSHOT, catalogue
from liandan.database import fetch_guards, migrate
from liandan.schema_repair import _PARTITIONED, Repaired

ROOT = Path(__file__).parents[2]
TAKEN = (
    "ALTER EVENT TRIGGER guard_ledger_alter DISABLE", "DROP EVENT TRIGGER guard_ledger_drop", "DROP EVENT TRIGGER guard_ledger_alter",
    "DROP TRIGGER append_only ON entry", "DROP TRIGGER no_truncate ON quarantine", "ALTER TABLE link DISABLE TRIGGER append_only",
    "ALTER TABLE entry DROP CONSTRAINT entry_leaf", "ALTER TABLE refusal DROP CONSTRAINT refusal_statement_codes_key",
    "ALTER TABLE link DROP CONSTRAINT link_pkey", "DROP INDEX refusal_open",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "DROP FUNCTION liandan_guard.analyze_ledger()",
    "REVOKE SELECT ON fact FROM liandan_reader", "GRANT DELETE, UPDATE ON entry TO liandan_writer", "GRANT SELECT ON token TO PUBLIC",
    "GRANT UPDATE (salt_digest) ON disclosure TO liandan_writer", "ALTER TABLE token OWNER TO liandan_writer",
)  # fmt: skip
"""One after the other, of one database: by then hardly a guard is left."""


async def test_everything_that_was_taken_away_is_put_back(database: asyncpg.Connection, database_url: str) -> None:
    if not await database.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        pytest.skip("event triggers need a superuser: this server's catalogue lacks them（需要超级用户）")
    for change in TAKEN:
        await database.execute(change)
    assert not (await fetch_guards(database)).are_complete
    repaired = await migrate(database_url)
    assert (await catalogue(database)).splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines()
    assert (await fetch_guards(database)).are_complete
    assert (len(repaired.restored) >= len(TAKEN) - 2, repaired.differing) == (True, ())
    again = await migrate(database_url)
    assert (again.restored, again.differing) == ((), ()), "there is nothing left to do"


async def test_what_takes_longer_than_a_query_may_is_put_back(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of a large table; and nobody waits behind it for a lock that somebody else holds."""
    said: list[str] = []

    async def slow(conn: asyncpg.Connection, migrations: object) -> Repaired:
        await conn.execute("SELECT pg_sleep(1.5)")
        said.extend([await conn.fetchval("SHOW lock_timeout"), await conn.fetchval("SHOW statement_timeout")])
        return Repaired((), ())

    monkeypatch.setattr("liandan.database.COMMAND_TIMEOUT_S", 1)
    monkeypatch.setattr("liandan.database.repair", slow)
    await migrate(database_url)
    assert said == ["10s", "15min"]


async def test_what_is_no_guard_is_named_and_left_alone(database: asyncpg.Connection, database_url: str) -> None:
    await database.execute("ALTER TABLE fact ADD COLUMN more text")
    await database.execute("CREATE TRIGGER more BEFORE UPDATE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    await database.execute("CREATE TABLE theirs (x int)")
    repaired = await migrate(database_url)
    assert [line.split(" ")[1] for line in repaired.differing] == ["fact.more", "theirs.x", "theirs", "fact.more"]


async def test_partitions_that_an_operator_makes_are_passed_over(database: asyncpg.Connection, database_url: str) -> None:
    await database.execute((ROOT / "docs/partition.sql").read_text(encoding="utf-8"))
    repaired = await migrate(database_url)
    assert (repaired.restored, repaired.differing) == ((), ())
    assert _PARTITIONED.fullmatch("trigger entry_0.append_only CREATE TRIGGER")
    assert not _PARTITIONED.fullmatch("table entryway owner x")
