"""``python -m tests.liandan.catalogue`` writes ``liandan/catalogue.txt`` anew from the migrations of this checkout; a test compares."""

from __future__ import annotations

import asyncio

import asyncpg

from liandan.catalogue import SNAPSHOT, catalogue
from liandan.database import migrate
from liandan.postgres import EmbeddedPostgres, temporary_directory


async def _write() -> None:
    with temporary_directory() as directory, EmbeddedPostgres(directory, fast=True) as server:
        await migrate(server.dsn)
        conn = await asyncpg.connect(server.dsn)
        SNAPSHOT.write_text(await catalogue(conn), encoding="utf-8")
        await conn.close()


if __name__ == "__main__":
    asyncio.run(_write())
