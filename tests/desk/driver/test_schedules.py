"""Three phones offline at once: four random schedules, ten in long mode (a thousand with ``python -m bench.offline_phones``)."""

from __future__ import annotations

from pathlib import Path

from bench.offline_phones import campaign
from tests.desk.driver.modules import needs_chromium
from tests.sample import sample

pytestmark = needs_chromium


async def test_nothing_is_lost_and_nothing_entered_twice(database_url: str, tmp_path: Path) -> None:
    schedules = sample(10)
    counted = await campaign(database_url, tmp_path, schedules, seed=14)
    assert counted["signed"] > schedules
    assert counted["in the log"] > schedules
