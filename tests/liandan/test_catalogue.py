"""What the migrations make, against the snapshot: nothing in the schema changes unseen."""

from __future__ import annotations

import asyncpg
import pytest

from liandan.catalogue import SNAPSHOT, catalogue

UNSEEN = (
    ("column fact.more", "ALTER TABLE fact ADD COLUMN more text"),
    ("column fact.value", "ALTER TABLE fact ALTER COLUMN value DROP NOT NULL"),
    ("constraint refusal.", "ALTER TABLE refusal ADD CHECK (size >= 0)"),
    ("index refusal_open", "DROP INDEX refusal_open"),
    ("function refuse_change()", "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"),
    ("event trigger guard_ledger_drop", "ALTER EVENT TRIGGER guard_ledger_drop DISABLE"),
    ("grant fact liandan_writer", "GRANT DELETE ON fact TO liandan_writer"),
    ("grant fact liandan_reader", "REVOKE SELECT ON fact FROM liandan_reader"),
    ("grant disclosure.salt_digest", "GRANT UPDATE (salt_digest) ON disclosure TO liandan_writer"),
    ("table token", "ALTER TABLE token OWNER TO liandan_writer"),
    ("role liandan_reader", "ALTER ROLE liandan_reader LOGIN"),
    ("trigger fact.", "CREATE TRIGGER more BEFORE UPDATE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change()"),
)
"""What a line begins with, and a change that must show in it."""


async def test_the_migrations_make_what_the_snapshot_says(database: asyncpg.Connection) -> None:
    if not await database.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        pytest.skip("event triggers need a superuser: this server's catalogue lacks them（需要超级用户）")
    written = "written anew by `python -m tests.liandan.catalogue`, when the change is wanted"
    assert (await catalogue(database)).splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines(), written


async def test_every_sort_of_change_shows(database: asyncpg.Connection) -> None:
    before = set((await catalogue(database)).splitlines())
    for begins, change in UNSEEN:
        transaction = database.transaction()
        await transaction.start()
        await database.execute(change)
        changed = set((await catalogue(database)).splitlines()) ^ before
        await transaction.rollback()
        assert changed, change
        assert any(line.startswith(begins) for line in changed), (change, changed)
