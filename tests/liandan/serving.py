"""A whole server over real HTTP for tests: keys of the workbench, a fresh database, a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from liandan.keyring import ServerKeys
from liandan.server import serving
from liandan.settings import Settings
from signing.envelope import freeze
from tests.liandan.conforming import conforms, document
from tests.workbench import OPERATOR, ORIGIN, Workbench, key_of

KEYRING = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(OPERATOR))
NOW = "2026-10-01T09:00:00+08:00"
"""The simulated present of the workbench's logs in tests."""


def settings_of(database_url: str, directory: Path, **changes: object) -> Settings:
    """Settings of a test server."""
    fields: dict[str, object] = {
        "data_dir": directory,
        "database_url": database_url,
        "pool_min": 1,
        "publisher": "task",  # keys in memory; the process has tests of its own
        "failures_per_minute": 10_000,
        "requests_per_minute": 100_000,
        "party_statements_per_minute": 100_000,
        "key_statements_per_minute": 100_000,
        "party_pages_per_minute": 100_000,
        "key_pages_per_minute": 100_000,
        **changes,
    }
    return Settings(**fields)  # type: ignore[arg-type]  # test shorthand


@asynccontextmanager
async def http(database_url: str, directory: Path, **changes: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running server; every answer it gets is held against ``/schema``."""
    document()  # made in the middle of the first answer, it would keep the loop for longer than a server keeps an idle connection
    async with (
        serving(settings_of(database_url, directory, **changes), keyring=KEYRING) as base_url,
        httpx.AsyncClient(base_url=base_url, timeout=60, headers={"Liandan-Now": NOW}, event_hooks={"response": [conforms]}) as client,
    ):
        yield client


async def post_all(client: httpx.AsyncClient, bench: Workbench) -> list[httpx.Response]:
    """Post the bench's statements one by one."""
    return [await client.post("/v1/statements", content=freeze(entry.envelope)) for entry in bench.entries]
