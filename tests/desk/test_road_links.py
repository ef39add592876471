"""Road links on a real database: a capability opens its one trip, whoever has it; nothing of it is kept; it ends with the trip."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from asyncpg import Pool, Record
from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from liandan.desk.public import road_links, store
from liandan.desk.public.road_links import CAPABILITY, KEPT_MAX, MadeLink
from liandan.desk.public.road_view import HOURS
from manifests.acts import Void
from signing.refusal import Refusal
from tests.ledger.log_server import running
from tests.reports.month import LINES
from tests.reports.story import CARRIERS, GENERATOR, NAMES, RECEIVER, Story, trunk
from tests.reports.test_routes import replay
from tests.workbench import AUTHORITY_51

PARTIES = (GENERATOR, RECEIVER, CARRIERS[0])


class Road(Struct, frozen=True):
    """A log with trips at every stage: 1 on the road, 2 at the gate, 3 issued, 4 void."""

    log: Log
    story: Story

    async def make(self, serial: int, by: str = CARRIERS[0], now_s: int | None = None) -> MadeLink | None:
        return await road_links.make_link(self.log, caller(by), name(serial), now_s)


def name(serial: int) -> str:
    return trunk(serial).removeprefix("manifest/")


def caller(uscc: str) -> Caller:
    return Caller(uscc, "authority" if uscc == AUTHORITY_51 else "party", "0" * 64)


@pytest.fixture(scope="module")
async def road(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Road]:
    told = Story(LINES)
    told.at("2026-10-12T08:00:00+08:00")
    for serial in (1, 2, 3, 4):
        told.issue(serial, [told.lines[0]])
    told.wait(minutes=30)
    for serial in (1, 2):
        told.depart(serial)
    told.wait(hours=5)
    told.arrive(2)
    told.bench.post("manifest.void/1", trunk(4), (GENERATOR,), Void(reason="车辆故障"))
    async with running(shared_pool, tmp_path_factory.mktemp("road"), told.bench.kinds, told.bench.data) as log:
        await replay(log, told.bench.entries)
        yield Road(log, told)


def secret(link: MadeLink | None) -> str:
    assert link is not None
    path, _, capability = link.path.partition("#")
    assert path == "/road-link"
    assert CAPABILITY.fullmatch(capability), "128 bits"
    return capability


@pytest.mark.parametrize("party", PARTIES)
async def test_a_party_lets_somebody_see_the_one_trip(road: Road, party: str) -> None:
    opened = await road_links.open_link(road.log, secret(await road.make(1, party)), "zh")
    trip = opened.trip
    assert trip is not None
    assert (trip.stage, trip.leg, trip.generator, trip.receiver) == ("in_transit", 1, GENERATOR, RECEIVER)
    assert trip.plates
    assert [act.index for act in trip.acts] == sorted((act.index for act in trip.acts), reverse=True), "the newest first"
    assert len(trip.acts) == 2
    assert trip.ends_s is None
    assert opened.size == len(road.story.bench.entries)


async def test_of_a_capability_only_the_hash_is_kept(road: Road) -> None:
    capability = secret(await road.make(1))
    async with road.log.pool.acquire() as conn:
        kept = await conn.fetch("SELECT * FROM road_link")
    assert not any(capability in str(value) or capability.encode() in bytes(row["digest"]) for row in kept for value in row.values())
    assert len(capability) * 5 >= 128


@pytest.mark.parametrize("said", ["", "A" * 26, "a" * 26, "../../x", "A" * 25 + "\n", "\x00", "甲" * 26, "A" * 5000])
async def test_what_is_no_capability_opens_nothing(road: Road, said: str) -> None:
    with pytest.raises(Refusal) as refusal:
        await road_links.open_link(road.log, said, "zh")
    assert refusal.value.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("who", [AUTHORITY_51, "915117000000FX061Q"])
async def test_nobody_else_makes_one_or_takes_it_back(road: Road, who: str) -> None:
    for work in (road.make(1, who), road_links.end_links(road.log, caller(who), name(1))):
        with pytest.raises(Refusal) as refusal:
            await work
        assert refusal.value.codes == ["NOT_FOUND"]


async def test_it_ends_a_day_after_the_arrival(road: Road) -> None:
    capability = secret(await road.make(2))
    trip = (await road_links.open_link(road.log, capability, "en")).trip
    assert trip is not None
    assert trip.ends_s is not None
    arrival = next(entry for entry in road.story.bench.entries if entry.statement.kind == "manifest.arrive/1")
    assert trip.ends_s == arrival.statement.at_s + HOURS * 3600
    assert (await road_links.open_link(road.log, capability, "en", trip.ends_s - 1)).trip is not None
    assert (await road_links.open_link(road.log, capability, "en", trip.ends_s)).trip is None
    assert await road.make(2, now_s=trip.ends_s) is None, "no new one either"


async def test_a_void_is_told_for_a_day(road: Road) -> None:
    trip = (await road_links.open_link(road.log, secret(await road.make(4, GENERATOR)), "zh")).trip
    assert trip is not None
    assert (trip.stage_text, trip.ends_s is not None) == ("已作废", True)
    waiting = (await road_links.open_link(road.log, secret(await road.make(3, GENERATOR)), "zh")).trip
    assert waiting is not None
    assert (waiting.leg, waiting.plates, waiting.ends_s) == (0, (), None)


async def test_the_newest_are_kept_and_all_are_taken_back_at_once(road: Road) -> None:
    links = [secret(await road.make(3, GENERATOR)) for _ in range(KEPT_MAX + 2)]
    for place, link in enumerate(links):
        if place < 2:
            with pytest.raises(Refusal):
                await road_links.open_link(road.log, link, "zh")
        else:
            assert (await road_links.open_link(road.log, link, "zh")).trip is not None
    assert await road_links.end_links(road.log, caller(GENERATOR), name(3)) == KEPT_MAX
    with pytest.raises(Refusal):
        await road_links.open_link(road.log, links[-1], "zh")
    async with road.log.pool.acquire() as conn:
        await store.insert(conn, b"\x01" * 32, store.RoadLink(manifest=trunk(3), made_by=GENERATOR, made_s=1))
        await store.delete_before(conn, 2)
        assert await store.fetch(conn, b"\x01" * 32) is None


async def test_no_personal_data_and_no_other_trip_is_shown(road: Road) -> None:
    trip: Any = (await road_links.open_link(road.log, secret(await road.make(1)), "zh")).trip
    said = msgspec.json.encode(trip).decode()
    assert not re.search("driver|phone|escort|commit", said)
    assert NAMES[CARRIERS[1]] not in said
