"""A server, a party's desk and a receiver for the tests of webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, Desk, new_desk
from tests.liandan.webhooks.receiver import Receiver, receiving
from tests.workbench import Workbench


@pytest.fixture(scope="module")
async def server(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[httpx.AsyncClient, Workbench]]:
    """One server for a module."""
    bench = Workbench()
    async with http(shared_database_url, tmp_path_factory.mktemp("server"), **FAST) as client:
        await post_all(client, bench)
        yield client, bench


@pytest.fixture
async def desk(server: tuple[httpx.AsyncClient, Workbench]) -> AsyncIterator[Desk]:
    """A party of its own; its webhooks go with it."""
    desk = await new_desk(*server)
    yield desk
    for hook in (await desk.ask("GET")).json()["webhooks"]:
        await desk.ask("DELETE", f"/{hook['id']}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Where notices arrive."""
    async with receiving() as receiver:
        yield receiver
