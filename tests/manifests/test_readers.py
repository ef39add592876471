"""Whose feed an entry is in: everybody who is named in a manifest, from the entry on that names him, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import pytest

from ledger import store
from ledger.caller import Caller, wanted_keys
from ledger.directory import Grant
from manifests import acts
from manifests.projection import Kept, follow
from tests.manifests.driver import CARRIER, GENERATOR, ORIGIN, RECEIVER, SECOND_CARRIER, STRANGER, Driver
from tests.manifests.test_projection import busy, from_zero
from tests.plans import explained
from tests.workbench import AUTHORITY_51, uscc

CITY = uscc("510100", 900)


def handed_over() -> Driver:
    """Issue, depart, hand over to a carrier that the issue does not name, arrive, receive."""
    log = Driver()
    log.issue(carriers=(CARRIER,))
    log.wait(minutes=10)
    log.depart()
    log.wait(hours=1)
    body = acts.HandOver(
        vehicle=acts.Vehicle(kind="truck", plate="渝A99999", licence_no="500000000001"), waybill_no="5105002", place=ORIGIN
    )
    log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), body)
    log.wait(hours=1)
    log.arrive((SECOND_CARRIER,))
    log.receive()
    return log


async def read(database: asyncpg.Connection, reader: str, *grants: Grant, after: int = -1, limit: int = 100) -> list[int]:
    keys = wanted_keys(Caller(reader, "party", "0" * 64, grants=grants))
    return await store.list_feed(database, keys, after=after, end=await store.projected(database), limit=limit)


async def test_everybody_named_sees_every_act_and_a_later_carrier_what_comes_from_then_on(database: asyncpg.Connection) -> None:
    entries = from_zero(handed_over().entries)
    await follow(database, entries)
    for named in (GENERATOR, RECEIVER, CARRIER):
        assert await read(database, named) == [0, 1, 2, 3, 4], "also what others sign, also after its own part"
    assert await read(database, SECOND_CARRIER) == [2, 3, 4], "what was before it was named is in the history, not in its feed"
    assert await read(database, STRANGER) == []


async def test_what_a_feed_holds_up_to_a_position_does_not_change_with_what_comes_later(database: asyncpg.Connection) -> None:
    entries = from_zero(handed_over().entries)
    seen: list[list[int]] = []
    for entry in entries:
        await follow(database, [entry])
        seen.append(await read(database, SECOND_CARRIER))
    assert seen == [[], [], [2], [2, 3], [2, 3, 4]]


async def test_nobody_sees_manifests_that_do_not_name_him(database: asyncpg.Connection) -> None:
    """Three manifests: two of one generator, a case about the first, and one of another."""
    entries = from_zero(busy().entries)
    await follow(database, entries)
    mine = [entry.index for entry in entries if entry.statement.owner == GENERATOR]
    assert await read(database, GENERATOR) == mine
    assert await read(database, SECOND_CARRIER) == [entry.index for entry in entries if entry.statement.owner == SECOND_CARRIER]
    assert await read(database, RECEIVER) == [entry.index for entry in entries], (
        "all are addressed to it, and the case is about one of them"
    )


async def test_readers_by_grant_see_their_regions_once_and_in_order(database: asyncpg.Connection) -> None:
    entries = from_zero(busy().entries)
    await follow(database, entries)
    everything = [entry.index for entry in entries]
    both = Grant(AUTHORITY_51, ("51", "5101", "5001"), ("manifest", "permit"))
    assert await read(database, CITY, both) == everything
    assert await read(database, CITY, both, after=everything[1], limit=2) == everything[2:4]
    assert await read(database, CITY, Grant(AUTHORITY_51, ("5107",), ("manifest",))) == []
    assert await read(database, CITY, Grant(AUTHORITY_51, ("51",), ("permit", "approval"))) == []


async def test_a_division_on_the_way_opens_the_departure_that_names_it(database: asyncpg.Connection) -> None:
    log = Driver()
    log.issue()
    log.wait(minutes=10)
    log.depart(via=("510700",))
    await follow(database, from_zero(log.entries))
    assert await read(database, CITY, Grant(AUTHORITY_51, ("5107",), ("manifest",))) == [1]


async def test_pages_join(database: asyncpg.Connection) -> None:
    await follow(database, from_zero(handed_over().entries))
    after, seen = -1, list[int]()
    while page := await read(database, RECEIVER, after=after, limit=2):
        seen += page
        after = page[-1]
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("emptied", ["manifest_view", "feed_reader", "manifest_term", "party_name"])
async def test_an_index_made_again_is_the_same(database: asyncpg.Connection, emptied: str) -> None:
    """Emptying the position is how a projection is made anew: rows that are there already do no harm."""
    entries = from_zero(handed_over().entries)
    await follow(database, entries)
    before = await index_of(database)
    await database.execute("DELETE FROM projection_position")
    await database.execute(f"DELETE FROM {emptied}")
    kept = Kept()
    for entry in entries:
        await follow(database, [entry], kept=kept)
    assert await index_of(database) == before


async def index_of(database: asyncpg.Connection) -> Sequence[tuple[object, ...]]:
    """Rows of the feed, and of the terms and views."""
    asked = ("reader, idx FROM feed_reader", "term, chain FROM manifest_term", "chain, view FROM manifest_view")
    return [tuple(row) for what in asked for row in await database.fetch(f"SELECT {what} ORDER BY 1, 2")]


async def test_a_page_costs_what_it_returns(database: asyncpg.Connection) -> None:
    """The plan of a hot query on a table as it grows: an index walked from the cursor on, no sorting of more than the pages, no scan."""
    await follow(database, from_zero(busy().entries))
    await database.execute("INSERT INTO feed_reader SELECT $1, 1000 + n FROM generate_series(1, 20000) AS n", GENERATOR)
    await database.execute("SELECT liandan_guard.analyze_ledger()")
    keys = await store.feed_keys(database, [GENERATOR, "manifest:51*"])
    assert keys == [GENERATOR, "manifest:510000", "manifest:510100", "manifest:510112", "manifest:510500"]
    plan = await explained(database, store.FEED_PAGE, keys, 500, 10**6, 20)
    assert (plan.rows, "Seq Scan feed_reader" in plan.nodes) == (20, False)
    assert plan.blocks <= 5 * len(keys), plan.nodes
    plan = await explained(database, store.FEED_KEYS, ["manifest:51"])
    assert "Seq Scan feed_reader" not in plan.nodes
    assert plan.blocks <= 5 * len(keys), "from one key to the next, however many entries each has"
