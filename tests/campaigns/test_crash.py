"""A sample of ``python -m bench.crash``: servers and PostgreSQL die, nothing that was answered is lost. The long mode kills 1,000 times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from bench.crash import PUBLISHER, WAYS, Tally, campaign, ways_of
from ledger.publishing.crashpoints import POINTS
from liandan.postgres import EmbeddedPostgres, temporary_directory
from tests.house.source import ROOT

SAMPLE = [
    "append.after_commit",
    "publish.after_swap",
    "kill -9",
    "postgres -m immediate",
    PUBLISHER,
]
"""One way of each sort; the long mode takes all of them, in turn."""
MOST_S = 120


async def test_nothing_answered_is_lost_however_the_log_dies() -> None:
    tally = Tally()
    with temporary_directory() as directory, EmbeddedPostgres(directory) as postgres:
        await campaign(postgres, list(SAMPLE), tally, seed=8, ends=time.monotonic() + MOST_S)
    assert tally.kills == dict.fromkeys(SAMPLE, 1)
    assert tally.answers > len(SAMPLE)


def test_a_campaign_dies_in_every_way_in_turn() -> None:
    assert sorted(ways_of(len(WAYS))) == sorted(WAYS)
    assert set(POINTS) < set(WAYS)


@pytest.mark.parametrize(("armed", "passages"), [("publish.after_swap", 2), ("append.after_commit", 1)])
def test_an_armed_point_kills_at_the_passage_it_was_armed_for(armed: str, passages: int) -> None:
    program = f"""
from ledger.publishing.crashpoints import POINTS, arm, crash_point
arm({armed!r}, {passages})
for number in range(3):
    for point in POINTS:
        print(number, point, flush=True)
        crash_point(point)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.splitlines()[-1] == f"{passages - 1} {armed}"


def test_without_a_drill_every_point_is_passed() -> None:
    """No variable of the environment arms a point either."""
    program = "from ledger.publishing.crashpoints import POINTS, crash_point\nfor point in POINTS: crash_point(point)\nprint('alive')"
    env = {**os.environ, "LIANDAN_CRASH_AT": "publish.after_swap"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n")
