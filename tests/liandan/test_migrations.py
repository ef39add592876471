"""The chain of migrations, and running it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from liandan import database

FILES = sorted((database.migrations() / "versions").glob("*.py"))


def test_the_migrations_are_one_line_numbered_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(database.migrations()))
    revisions = [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert [path.name[:4] for path in FILES] == revisions


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_says_why_and_does_not_go_back(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r'"""\S.{20,}', text), "the docstring says why"
    assert "raise" in text[text.index("def downgrade") :]


async def test_several_migrators_at_once_are_safe(empty_database_url: str) -> None:
    await asyncio.gather(*(database.migrate(empty_database_url) for _ in range(3)))
    connection = await asyncpg.connect(empty_database_url)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == database.schema_revision()
    await connection.close()


async def test_a_migrator_waits_for_another_one_elsewhere(empty_database_url: str) -> None:
    other = await asyncpg.connect(empty_database_url)
    await other.execute("SELECT pg_advisory_lock(x'6C69616E64616E'::bigint)")
    waiting = asyncio.create_task(database.migrate(empty_database_url))
    watcher = await asyncpg.connect(empty_database_url)
    blocked = """
        SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
        """
    while not await watcher.fetchval(blocked):
        assert not waiting.done()
        await asyncio.sleep(0.01)
    assert await watcher.fetchval("SELECT to_regclass('alembic_version')") is None
    await other.close()
    await waiting
    assert await watcher.fetchval("SELECT version_num FROM alembic_version") == database.schema_revision()
    await watcher.close()


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    await database.migrate(database_url)


def test_a_wheel_carries_the_migrations_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "liandan" / "_migrations"
    packed.mkdir(parents=True)
    monkeypatch.setattr("liandan.__file__", str(tmp_path / "liandan" / "__init__.py"))
    assert database.migrations() == packed
