"""The job is killed on its way; the long campaign is ``python -m bench.months_killed``."""

from __future__ import annotations

from pathlib import Path

from bench.months_killed import KilledTally, campaign
from tests.liandan.months.office import month_office


async def test_a_month_is_closed_once_wherever_the_job_dies(database_url: str, tmp_path: Path) -> None:
    tally = KilledTally()
    async with month_office(database_url, tmp_path / "server") as office:
        await campaign(office, 3, 7, tally)
    assert tally.killed["line"] + tally.killed["time"] >= 3
