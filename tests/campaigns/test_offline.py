"""A sample of ``python -m bench.offline`` as a state machine: three devices go offline and online; nothing is lost, nothing is entered twice.

What the machine shrinks is a schedule: who does what, where it dies, what it draws. A server over HTTP and its log serve all examples; in the
end both auditors read everything that they wrote.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bench.campaign import KEYRING
from bench.devices import World
from bench.fleet import DEADLY, STEPS, Trip
from bench.offline import LANES_USED, audited, close, prepared
from ledger.publishing.files import LogFiles
from liandan.server import serving
from tests.liandan.serving import settings_of
from tests.sample import sample


class Stand:
    """A server in a loop of its own, which runs while somebody waits for an answer."""

    def __init__(self, database_url: str, directory: Path) -> None:
        self.loop, self._stack, self.directory = asyncio.new_event_loop(), AsyncExitStack(), directory
        self.world: World = self.loop.run_until_complete(self._start(database_url))

    async def _start(self, database_url: str) -> World:
        url = await self._stack.enter_async_context(serving(settings_of(database_url, self.directory), keyring=KEYRING))
        world = await prepared(self._stack, url, database_url)
        self._stack.push_async_callback(close, world)
        return world

    def do(self, work: Any) -> Any:
        """Wait for something; the server works meanwhile."""
        return self.loop.run_until_complete(work)

    def stop(self) -> None:
        """Stop the server."""
        self.loop.run_until_complete(self._stack.aclose())
        self.loop.close()


@pytest.fixture
def stand(database_url: str, tmp_path: Path) -> Iterator[Stand]:
    made = Stand(database_url, tmp_path)
    yield made
    made.stop()


def machine(stand: Stand) -> type[RuleBasedStateMachine]:
    """Schedules on this server."""

    class Schedule(RuleBasedStateMachine):
        trip: Trip

        @initialize(chance=st.randoms(use_true_random=False), manifests=st.sampled_from((1, 1, 2, 3)))
        def begin(self, chance: Random, manifests: int) -> None:
            self.trip = Trip(stand.world, Path(tempfile.mkdtemp(dir=stand.directory)), chance, manifests)
            stand.do(self.trip.begin())

        @rule(act=st.sampled_from(Trip.ACTS), who=st.sampled_from(("gate", "driver", "relief")), dies=st.booleans(), data=st.data())
        def something_happens(self, act: str, who: str, dies: bool, data: st.DataObject) -> None:
            dies_at = data.draw(st.sampled_from(DEADLY.get(act, STEPS[:2]))) if dies else ""
            stand.do(self.trip.step(act, who, dies_at))

        def teardown(self) -> None:
            if hasattr(self, "trip"):
                stand.do(self.trip.end())

    return Schedule


def test_whatever_three_devices_do_nothing_is_lost_and_nothing_twice(stand: Stand) -> None:
    run_state_machine_as_test(machine(stand), settings=settings(max_examples=sample(24), stateful_step_count=30, deadline=None))
    counted = stand.world.counted
    assert counted["entered"] > 0
    assert sum(count for what, count in counted.items() if what.startswith("died")) > 0
    files = LogFiles(stand.directory / "log", stand.directory / "entries")
    assert stand.do(audited(stand.world, files, stand.directory / "export")) > 1 + 11 * LANES_USED
