"""A sample of ``python -m bench.race``: of rivals for one place exactly one wins, on whichever process they arrive."""

from __future__ import annotations

from pathlib import Path

from bench.race import Shape, race

SHAPE = Shape(processes=3, chains=2, places=10, rivals=10)


async def test_of_rivals_on_three_processes_exactly_one_wins_each_place(database_url: str, tmp_path: Path) -> None:
    codes = await race(database_url, tmp_path, SHAPE)
    assert codes["CHAIN_CONFLICT"] == SHAPE.statements - SHAPE.chains * SHAPE.places == 180
