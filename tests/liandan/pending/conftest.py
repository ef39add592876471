"""A stage with the demo's parties, and a pair of them that signs together."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.liandan.pending.desk import Pair, pair_at
from tests.liandan.webhooks.desk import FAST
from tests.stories.stage import stage


@pytest.fixture(scope="module")
async def pair(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """One server for a module."""
    async with stage(shared_database_url, tmp_path_factory.mktemp("stage"), **FAST) as built:
        found = await pair_at(built)
        yield found
        await found.client.aclose()
