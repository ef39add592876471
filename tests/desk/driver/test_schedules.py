"""Three phones offline at once: ten random schedules (a thousand with ``python -m bench.offline_phones``)."""

from __future__ import annotations

from pathlib import Path

from bench.offline_phones import campaign
from tests.desk.driver.modules import needs_chromium

pytestmark = needs_chromium


async def test_nothing_is_lost_and_nothing_entered_twice(database_url: str, tmp_path: Path) -> None:
    counted = await campaign(database_url, tmp_path, schedules=10, seed=14)
    assert counted["signed"] > 10
    assert counted["in the log"] > 10
