"""Chromium, and a pair of firms that signs together on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.browser.conftest import browser
from tests.desk.island.page import OPENED
from tests.liandan.pending.desk import Pair, signer_at
from tests.liandan.webhooks.desk import FAST
from tests.stories.stage import stage

__all__ = ["browser"]


@pytest.fixture(scope="module")
async def pair(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """One server for a module. A browser takes its time, so no connection is used again that the server may have closed meanwhile."""
    async with (
        stage(shared_database_url, tmp_path_factory.mktemp("stage"), **FAST) as built,  # type: ignore[arg-type]  # settings by name
        httpx.AsyncClient(base_url=built.poster.url, timeout=60, limits=httpx.Limits(keepalive_expiry=1)) as client,
    ):
        trip = built.trip("batteries_out", "nobody's", "10-12 08:00", "1")
        parties = (trip.generator.uscc, trip.carrier.uscc, trip.receiver.uscc)
        yield Pair(built, client, *[await signer_at(built, client, uscc) for uscc in parties])


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Nothing that a test has opened stays open."""
    yield
    while OPENED:
        await OPENED.pop().close()
