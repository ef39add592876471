"""Two servers with data directories of their own do not publish from one database (case O9)."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from liandan.cli import main
from liandan.server import serving
from signing.refusal import Refusal
from tests.liandan.serving import KEYRING, http, post_all, settings_of
from tests.workbench import Workbench


async def starts(database_url: str, directory: Path) -> list[str]:
    """Codes of what a server refuses to start with; none if it starts."""
    try:
        async with serving(settings_of(database_url, directory), keyring=KEYRING):
            return []
    except Refusal as refusal:
        return refusal.codes


async def moved(database_url: str, directory: Path, instead_of: Path) -> Result:
    """``liandan log move-store``."""
    runner = CliRunner(env={"LIANDAN_DATA_DIR": str(directory), "LIANDAN_DATABASE_URL": database_url})
    arguments = ["log", "move-store", "--instead-of", str(instead_of / "checkpoints.sqlite3"), "--json"]
    return await asyncio.to_thread(runner.invoke, main, arguments)


async def test_a_second_store_refuses_to_start_until_it_is_moved_deliberately(database_url: str, tmp_path: Path) -> None:
    first, copy, other = (tmp_path / name for name in ("first", "copy", "other"))
    async with http(database_url, first) as client:
        await post_all(client, Workbench())
        assert await starts(database_url, other) == ["STORE_OTHER"]
        assert (await moved(database_url, other, first)).exit_code == 2, "while a server is connected"
    shutil.copytree(first, copy)
    assert await starts(database_url, copy) == ["STORE_OTHER"], "a copy has the same id"
    assert await starts(database_url, first) == []
    refused = await moved(database_url, copy, other)
    assert (refused.exit_code, "STORE_OTHER" in refused.output) == (2, True), refused.output
    done = await moved(database_url, copy, first)
    assert done.exit_code == 0, done.output
    assert await starts(database_url, copy) == []
    assert await starts(database_url, first) == ["STORE_OTHER"]
    database = await asyncpg.connect(database_url)
    await database.execute("SET ROLE liandan_writer")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.execute("DELETE FROM checkpoint_store")
    await database.close()
