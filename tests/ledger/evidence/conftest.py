"""A log on the demonstration's stage for the tests of a module, and its generator's client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from liandan.demo.cast import CAST
from tests.ledger.evidence.files import desk
from tests.stories.stage import Stage, stage


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this module keeps everything."""
    return tmp_path_factory.mktemp("stage")


@pytest.fixture(scope="module")
async def on_stage(shared_database_url: str, directory: Path) -> AsyncIterator[Stage]:
    """One log for all tests of a module; each has files and manifests of its own."""
    async with stage(shared_database_url, directory) as built:
        yield built


@pytest.fixture(scope="module")
async def firm(on_stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The generator's client."""
    async with desk(on_stage, CAST.firm("jinchuan").uscc) as client:
        yield client
