"""The projection on PostgreSQL: every entry once, in order, and what can be asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.store import projected
from ledger.times import to_datetime
from liandan.database import connect
from manifests import store
from manifests.projection import FeedGap, follow
from manifests.search import Search
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    GENERATOR,
    MANIFEST,
    NUMBER,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    Driver,
    an_issue,
    approval,
    partly,
)
from tests.manifests.test_case_hold import CASE
from tests.manifests.test_case_report import a_report
from tests.manifests.test_view import number_it, viewed
from tests.plans import touched

SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
TABLES = ("manifest_view", "manifest_term", "feed_reader", "clock")
OTHER = f"manifest/{SECOND_CARRIER}/01K9000000000000000000MAN3"


def from_zero(entries: Sequence[Entry]) -> list[Entry]:
    """The driver's log begins after the workbench's founding; a projection begins at 0."""
    return [replace(entry, index=position) for position, entry in enumerate(entries)]


@pytest.fixture(scope="module")
async def many(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The three manifests, and 8,000 more of another generator, receiver and carrier, all closed but for these."""
    async with connect(shared_database_url) as conn:
        await follow(conn, from_zero(busy().entries))
        await conn.execute(
            """
            INSERT INTO manifest_view
            SELECT overlay(chain PLACING lpad(n::text, 8, '0') FROM length(chain) - 7), 'X', ulid, NULL, 'closed', from_province, to_province, 'Y',
                   '{Z}', codes, issued_at + n * interval '1 s', 10 + n, view, regions, '{any,stage:closed,party:Z,"party:Z closed"}'
              FROM manifest_view, generate_series(1, 8000) AS n WHERE chain = $1
            """,
            OTHER,
        )
        await conn.execute("INSERT INTO manifest_term SELECT unnest(terms), issued_at, chain FROM manifest_view ON CONFLICT DO NOTHING")
        await conn.execute("INSERT INTO feed_reader SELECT 'Z', updated_idx FROM manifest_view WHERE updated_idx > 10")
        await conn.execute("SELECT liandan_guard.analyze_ledger()")
        yield conn


def busy() -> Driver:
    """Three manifests of two generators, one numbered by a case, one voided."""
    log = Driver()
    log.issue()
    log.wait(minutes=1)
    number_it(log)
    log.issue(chain=SECOND)
    log.wait(minutes=1)
    other_approval = APPROVAL.replace(GENERATOR, SECOND_CARRIER)
    log.lay(other_approval, approval())
    log.post("manifest.issue/1", (SECOND_CARRIER,), an_issue(approval=other_approval, number=NUMBER, carriers=()), chain=OTHER)
    log.void(chain=SECOND)
    log.depart()
    return log


async def test_views_follow_the_entries(database: asyncpg.Connection) -> None:
    log = busy()
    entries = from_zero(log.entries)
    assert await projected(database) == 0
    assert await follow(database, entries) == await projected(database) == 6
    view = await store.fetch_view(database, MANIFEST)
    assert view is not None
    assert (view.state, view.updated_idx) == (log.own_state(), 5)
    assert view.records == tuple(replace(record, index=at) for record, at in zip(viewed(log).records, (0, 1, 5), strict=True))
    assert await store.fetch_view(database, MANIFEST.replace("MAN1", "MAN9")) is None


async def test_a_range_that_comes_twice_or_overlaps_changes_nothing(database: asyncpg.Connection) -> None:
    entries = from_zero(busy().entries)
    await follow(database, entries[:4])
    await follow(database, entries[:4])
    await follow(database, entries[2:])
    view = await store.fetch_view(database, MANIFEST)
    assert view is not None
    assert [record.index for record in view.records] == [0, 1, 5]
    assert await projected(database) == 6


async def test_one_by_one_is_the_same_as_at_once(database: asyncpg.Connection) -> None:
    log = busy()
    for entry in from_zero(log.entries):
        await follow(database, [entry])
    view = await store.fetch_view(database, MANIFEST)
    assert view is not None
    assert view.state == log.own_state()


async def test_a_gap_is_never_jumped(database: asyncpg.Connection) -> None:
    entries = from_zero(busy().entries)
    await follow(database, entries[:1])
    for offered in (entries[2:], [entries[1], entries[3]]):
        with pytest.raises(FeedGap):
            await follow(database, offered)
    assert await projected(database) == 1
    assert len(await store.list_views(database, Search())) == 1


async def test_nothing_new_leaves_the_position(database: asyncpg.Connection) -> None:
    assert await follow(database, []) == 0


async def test_a_manifest_is_found_by_ulid_or_number_and_a_disputed_number_finds_two(database: asyncpg.Connection) -> None:
    await follow(database, from_zero(busy().entries))
    assert [view.chain for view in await store.find_views(database, NUMBER)] == [MANIFEST, OTHER]
    assert [view.chain for view in await store.find_views(database, SECOND.rpartition("/")[2])] == [SECOND]
    assert await store.find_views(database, "20265101999999") == []


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(), [OTHER, SECOND, MANIFEST]),
        (Search(visible_to=GENERATOR), [SECOND, MANIFEST]),
        (Search(visible_to=CARRIER), [SECOND, MANIFEST]),
        (Search(visible_to=RECEIVER), [OTHER, SECOND, MANIFEST]),
        (Search(visible_to=STRANGER), []),
        (Search(region=("51",)), [OTHER, SECOND, MANIFEST]),
        (Search(region=("50",)), [OTHER, SECOND, MANIFEST]),
        (Search(region=("52",)), []),
        (Search(generator=SECOND_CARRIER), [OTHER]),
        (Search(receiver=RECEIVER, stage="voided"), [SECOND]),
        (Search(stage="in_transit"), [MANIFEST]),
        (Search(carrier=CARRIER, number=NUMBER), [MANIFEST]),
        (Search(code="900-052-31"), [OTHER, SECOND, MANIFEST]),
        (Search(code="900-249-08"), []),
        (Search(from_province="51", to_province="50"), [OTHER, SECOND, MANIFEST]),
        (Search(from_province="50"), []),
        (Search(plate="川AF1234"), [MANIFEST]),
        (Search(plate="川AF1235"), []),
        (Search(visible_to=CARRIER, stage="in_transit"), [MANIFEST]),
        (Search(visible_to=CARRIER, stage="issued"), []),
        (Search(visible_to=STRANGER, granted=("5101",), stage="voided"), [SECOND]),
        (Search(visible_to=STRANGER, granted=("5107",)), []),
        (Search(visible_to=STRANGER, plate="川AF1234"), []),
        (Search(updated_since=0), [OTHER, SECOND, MANIFEST]),
        (Search(updated_since=4), [SECOND, MANIFEST]),
        (Search(updated_since=4, visible_to=SECOND_CARRIER), []),
        (Search(updated_since=0, visible_to=SECOND_CARRIER), [OTHER]),
        (Search(updated_since=0, visible_to=RECEIVER, stage="voided"), [SECOND]),
        (Search(updated_since=0, visible_to=STRANGER, granted=("51",)), [OTHER, SECOND, MANIFEST]),
        (Search(updated_since=6), []),
    ],
)
async def test_searches_narrow(database: asyncpg.Connection, search: Search, expected: list[str]) -> None:
    await follow(database, from_zero(busy().entries))
    assert [view.chain for view in await store.list_views(database, search)] == expected


async def test_names_alerts_and_tags_narrow(database: asyncpg.Connection) -> None:
    """What an alert was settled by, and a waybill in another writing; a tag of any act."""
    log = Driver()
    log.issue(provincial_number="川转-7", trip_id="T1")
    log.depart(waybill_no="yd 20-26")
    log.receive(replace(partly(0, "3", "2.6"), differences=("quantity",)))
    entries = from_zero(log.entries)
    await follow(database, entries)
    raised = {code for entry in entries for _, code in entry.admission.decision.alerts}
    assert {"DISCREPANCY_UNREPORTED"} <= raised
    searches = [Search(provincial_number="川转-7"), Search(trip_id="T1"), Search(waybill_no="YD2026"), Search(tag="NO_ARRIVAL")]
    for search in [*searches, *(Search(alert=code) for code in raised)]:
        assert [view.chain for view in await store.list_views(database, search)] == [MANIFEST], search
    for nothing in (
        Search(trip_id="T2"),
        Search(waybill_no="YD2027"),
        Search(tag="LATE"),
        Search(alert="CREW"),
        Search(visible_to=STRANGER, tag="NO_ARRIVAL"),
    ):
        assert await store.list_views(database, nothing) == [], nothing
    log.post("case.report/1", (RECEIVER,), a_report(log, "discrepancy", ref="报告1号（虚构）"), chain=CASE)
    await follow(database, from_zero(log.entries))
    assert await store.list_views(database, Search(alert="DISCREPANCY_UNREPORTED")) == []


async def test_a_search_by_time_includes_its_beginning_and_excludes_its_end(database: asyncpg.Connection) -> None:
    await follow(database, from_zero(busy().entries))
    (first,) = await store.list_views(database, Search(number=NUMBER, generator=GENERATOR))
    issued_at = to_datetime(first.issued_s)
    assert len(await store.list_views(database, Search(since=issued_at))) == 3
    assert len(await store.list_views(database, Search(since=issued_at + timedelta(seconds=1)))) == 2
    assert await store.list_views(database, Search(until=issued_at)) == []


async def test_pages_join_without_gap_or_repetition(database: asyncpg.Connection) -> None:
    await follow(database, from_zero(busy().entries))
    seen: list[str] = []
    after = None
    while True:
        page = await store.search_views(database, Search(), after=after, limit=1)
        seen += [view.chain for view in page.views]
        if (after := page.next) is None:
            break
    assert seen == [OTHER, SECOND, MANIFEST]


async def test_changes_come_in_the_order_of_the_newest_entry_and_page_by_page(database: asyncpg.Connection) -> None:
    """The first load departs while they are read: it is told of again, at the end."""
    entries = from_zero(busy().entries)
    await follow(database, entries[:5])
    first = await store.search_views(database, Search(updated_since=0), limit=2)
    assert [view.updated_idx for view in first.views] == [1, 3]
    assert first.next is not None
    await follow(database, entries)
    rest = await store.search_views(database, Search(updated_since=0), after=first.next, limit=2)
    assert ([view.updated_idx for view in rest.views], rest.next) == ([4, 5], None)
    assert rest.views[-1].chain == first.views[0].chain == MANIFEST


async def test_a_search_that_looks_at_too_much_gives_a_short_page_and_goes_on(
    database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two broad filters with little in common: bounded, and nothing is lost on the way."""
    await follow(database, from_zero(busy().entries))
    monkeypatch.setattr(store, "SCAN_MAX", 1)
    monkeypatch.setattr(store, "STEP_MAX", 1)
    for search in (Search(receiver=RECEIVER, code="900-052-31", stage="in_transit"), Search(updated_since=0, stage="in_transit")):
        after, pages = None, list[list[str]]()
        while True:
            page = await store.search_views(database, search, after=after, limit=5)
            pages.append([view.chain for view in page.views])
            if (after := page.next) is None:
                break
        assert [chain for page in pages for chain in page] == [MANIFEST]
        assert await store.list_views(database, search) == await store.list_views(database, Search(stage="in_transit"))
    assert len(pages) > 1


@pytest.mark.parametrize(
    "search",
    [
        Search(),
        Search(carrier=CARRIER),
        Search(stage="in_transit"),
        Search(plate="川AF1234"),
        Search(visible_to=CARRIER, stage="in_transit"),
        Search(receiver=RECEIVER, stage="in_transit"),
        Search(updated_since=0, visible_to=SECOND_CARRIER),
        Search(updated_since=30_000),
    ],
    ids=str,
)
async def test_a_search_costs_what_it_returns(many: asyncpg.Connection, search: Search) -> None:
    """Among 8,000 manifests each page reads some dozen blocks, and no table from its beginning to its end."""
    before = await touched(many, *TABLES)
    found = await store.search_views(many, search, limit=20)
    scans, blocks = (after - earlier for after, earlier in zip(await touched(many, *TABLES), before, strict=True))
    assert scans == 0, search
    assert 0 < blocks <= 60 + 8 * len(found.views), (blocks, len(found.views))


async def test_two_followers_apply_each_entry_once(database_url: str) -> None:
    """A second follower waits for the first and then finds its range applied."""
    import asyncio

    entries = from_zero(busy().entries)
    one, two = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    try:
        assert await asyncio.gather(follow(one, entries), follow(two, entries)) == [6, 6]
        view = await store.fetch_view(one, MANIFEST)
        assert view is not None
        assert len(view.records) == 3
    finally:
        await one.close()
        await two.close()
