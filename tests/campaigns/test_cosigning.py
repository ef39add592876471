"""A sample of ``python -m bench.cosigning``: pairs sign while servers die; each ends in exactly one entry or an answer that says why."""

from __future__ import annotations

from pathlib import Path

from bench.cosigning import Crowd, crowded

CROWD = Crowd(pairs=20, slow_s=1.0, kills=2, seed=7)


async def test_each_pair_ends_in_one_entry_or_an_answer_that_says_why(database_url: str, tmp_path: Path) -> None:
    ends, ways, _ = await crowded(database_url, tmp_path, CROWD)
    assert ends["sign: entered, entered"] == 17
    assert ends.total() == CROWD.pairs
    assert ways.total() == CROWD.kills
    assert ends["decline: declined, declined"] == 1
