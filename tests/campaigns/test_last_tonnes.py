"""A sample of ``python -m bench.last_tonnes``: what a line and a listing have left is given out exactly, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

from bench.last_tonnes import Shape, compete

SHAPE = Shape(processes=2, loads=60, decisions=15, line_t="40", row_t="30", more_t="10")


async def test_the_last_tonnes_go_to_as_many_as_fit_on_whichever_process_they_ask(database_url: str, tmp_path: Path) -> None:
    outcome = await compete(database_url, tmp_path, SHAPE)
    assert (outcome.loads, outcome.decisions) == (25, 7), "of 1.6 t in 40 t, of 7 t in 50 t"
    assert outcome.codes["APPROVAL_QUOTA"] > 0 < outcome.codes["WL_QUOTA"]
