"""The projections, however they came about, are the same rows: at once, entry by entry, in any ranges, beside a rival, or made again."""

from __future__ import annotations

from functools import cache
from random import Random

import asyncpg
import pytest

from ledger.admission.entry import Entry, read_entry
from ledger.auditing.report import Finding
from ledger.searching.store import list_wrong_clocks
from ledger.tree.tiles import TileReader
from liandan.export import reader_of
from liandan.wiring import KINDS
from manifests import projection
from manifests.feed_audit import FeedFold
from manifests.projection import FeedGap, Kept, follow
from manifests.readers import by_chain, said_before
from manifests.store import INDEX, stream_readers, stream_rows
from manifests.view import ViewFold
from tests.vectors.second_reader import VECTORS

TABLES = ("manifest_view", "manifest_term", "feed_reader", "party_name", "party_gram", "clock")


@cache
def corpus() -> tuple[Entry, ...]:
    """The frozen log with every kind, stage and route."""
    size = int((VECTORS / "log" / "checkpoint").read_text().splitlines()[1])
    return tuple(read_entry(raw, KINDS) for raw in TileReader(size, reader_of(VECTORS / "log")).entries(0, size))


@cache
def places() -> dict[tuple[str, int], Entry]:
    return {(entry.statement.chain, entry.statement.seq): entry for entry in corpus()}


async def apply(conn: asyncpg.Connection, start: int, end: int, kept: Kept | None = None) -> int:
    part = corpus()[start:end]
    return await follow(conn, part, by_chain(places()[place] for place in said_before(part)), kept)


async def rows(conn: asyncpg.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted((tuple(row) for row in await conn.fetch(f"SELECT * FROM {table}")), key=repr) for table in TABLES}


async def empty(conn: asyncpg.Connection) -> None:
    for table in (*TABLES, "projection_position"):
        await conn.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("seed", [1, 2])
async def test_ranges_with_and_without_what_is_kept_give_the_rows_of_one_pass(
    database: asyncpg.Connection, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two followers that keep what they wrote and one that does not, in turns that chance decides; few views are kept, so that some are
    read again."""
    size, random = len(corpus()), Random(seed)  # a test's choice
    assert await apply(database, 0, size) == size
    whole = await rows(database)
    assert all(whole.values())
    await empty(database)
    monkeypatch.setattr(projection, "KEPT_MAX", 3)
    position, followers = 0, (Kept(), Kept(), None)
    while position < size:
        position = await apply(
            database, max(0, position - random.randrange(3)), position + random.choice((1, 1, 2, 9)), random.choice(followers)
        )
    assert await rows(database) == whole


async def test_the_rows_are_those_that_an_audit_makes(database: asyncpg.Connection) -> None:
    """The audit folds by itself, without what the projection keeps and without its SQL."""
    fold, kept = ViewFold(), Kept()
    feed = FeedFold(fold)
    for position, entry in enumerate(corpus()):
        feed.watch(entry)
        await apply(database, position, position + 1, kept)
    async with database.transaction():
        found: list[Finding] = [finding async for row in stream_rows(database) for finding in fold.compare(row)]
        found += await feed.compare(stream_readers(database), len(corpus()))
    assert found == []
    assert await INDEX.list_wrong(database) == []
    assert await list_wrong_clocks(database, "manifest_view", ["manifest"]) == []
    feed.close()
    fold.close()


async def test_what_is_emptied_under_a_follower_is_made_again(database: asyncpg.Connection) -> None:
    kept, size = Kept(), len(corpus())
    await apply(database, 0, size - 2, kept)
    await empty(database)
    with pytest.raises(FeedGap):
        await apply(database, size - 2, size, kept)
    assert await apply(database, 0, size, kept) == size
    again = await rows(database)
    await empty(database)
    await apply(database, 0, size)
    assert await rows(database) == again


async def test_a_range_that_is_rolled_back_is_applied_again(database: asyncpg.Connection) -> None:
    """What was rolled back around it is not believed to be written: the next range reads where the projections stand."""
    kept, size = Kept(), len(corpus())
    await apply(database, 0, 30, kept)
    before = await rows(database)
    with pytest.raises(asyncpg.PostgresError):
        async with database.transaction():
            await apply(database, 30, 60, kept)
            await database.execute("SELECT 1/0")
    assert await rows(database) == before
    assert await apply(database, 30, size, kept) == size
    kept_rows = await rows(database)
    await empty(database)
    await apply(database, 0, size)
    assert await rows(database) == kept_rows
