"""GET /v1/open-items on a real log with books beside it: what does not match, for whom, with threads that are opened, settled and overtaken."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from asyncpg import Pool, Record
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request
from litestar.di import Provide

from ledger.caller import Caller
from ledger.log import Log
from ledger.query import refuse_unknown_query
from ledger.routes import MinSize, read_by
from ledger.store import list_feed
from liandan.problems import Problems
from manifests.feed_audit import FeedFold
from manifests.projection import follow
from manifests.readers import by_chain
from manifests.store import stream_readers
from manifests.view import ViewFold
from manifests.work.routes import get_work
from reports.books import store
from reports.books.model import Book, BookLine
from reports.items.acts.comment import ItemComment
from reports.items.acts.settle import ItemSettle
from reports.items.routes import ROUTER as ITEMS
from reports.tables.routes import ROUTER as TABLES
from signing.envelope import freeze
from tests.ledger.log_server import running
from tests.reports.month import LINES, trip
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER, Story, trunk
from tests.reports.test_routes import drawer_of, replay
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR

CODE, AT = "900-052-31", "2026-11-03T09:00:00+08:00"
WEIGHT = f"M4 {trunk(1)} 0"


def story() -> Story:
    """October: 1 lost more than it may on the way, 2 and 3 are in order, 4 left long ago and never came."""
    told = Story(LINES)
    for serial, accepted_t, stop in ((1, "5.1", ""), (2, "5.6", ""), (3, "5.59", ""), (4, "", "depart")):
        told.at(f"2026-10-{serial * 3:02d}T08:30:00+08:00")
        trip(told, serial, 0, accepted_t, stop=stop)
    told.at(AT)
    told.bench.post(
        "item.comment/1", "item/2026-10/01K90000000000000000TEM001", (GENERATOR,), ItemComment(key=WEIGHT, text="请核对磅单（虚构）")
    )
    return told


class Items:
    """A log that runs, its routes, and its story, which goes on."""

    def __init__(self, log: Log, client: AsyncClient, told: Story) -> None:
        self.log, self.client, self.story = log, client, told

    async def get(self, caller: str, query: str = "", month: str = "2026-10", path: str = "/v1/open-items") -> Any:
        return await self.client.get(f"{path}?month={month}&{query}", headers={"Test-Caller": caller})

    async def items(self, caller: str, query: str = "") -> list[dict[str, Any]]:
        answer = await self.get(caller, query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def told(self, caller: str, query: str = "") -> list[tuple[str, str, str]]:
        return [(one["check"], one["code"], one["status"]) for one in await self.items(caller, query)]

    async def post(self, kind: str, number: int, by: tuple[str, ...], body: object) -> None:
        entry = self.story.bench.post(kind, f"item/2026-10/01K90000000000000000TEM{number:03d}", by, body)
        await self.log.append([freeze(entry.envelope)], now_s=self.story.bench.at_s - 60)
        await self.log.publisher.wait_for(entry.index + 1, 10)
        async with self.log.pool.acquire() as conn:
            await follow(conn, [entry], by_chain(self.story.bench.entries[:-1]))

    async def keep(self, kind: Any, lines: list[BookLine], month: str = "2026-10", version: int = 0) -> None:
        name, holder = f"01K9{kind.upper():0>10.10}{month.replace('-', '')}{version:06}", GENERATOR
        book = Book(
            id=name, holder=holder, kind=kind, month=month, file=f"{kind}.xlsx", sha256="0" * 64, lines_hash="1" * 64, lines=len(lines),
            put_at_s=0, put_by=holder,
        )  # fmt: skip
        async with self.log.pool.acquire() as conn, conn.transaction():
            await store.insert_book(conn, book, lines)


def line(row: int, day: str | None, mass_g: int, **more: Any) -> BookLine:
    said: dict[str, Any] = {"side": "out", "code": CODE, "partner_name": "重庆江津再生铅有限公司（虚构）", **more}
    return BookLine(holder=GENERATOR, book="", sheet="委外", row=row, day=day, mass_g=mass_g, **said)


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Items]:
    told = story()
    async with running(shared_pool, tmp_path_factory.mktemp("items"), told.bench.kinds, told.bench.data) as log:
        await replay(log, told.bench.entries)
        drawer = drawer_of(log)

        async def caller(request: Request[Any, Any, Any], min_size: MinSize = None) -> Caller:
            uscc = request.headers["test-caller"]
            role: Any = "authority" if uscc in (AUTHORITY_50, AUTHORITY_51) else "operator" if uscc == OPERATOR else "party"
            request.scope["user"] = Caller(uscc, role, "0" * 64)
            return await read_by(log, request, min_size)

        provided = {"log": lambda: log, "drawer": lambda: drawer, "lang": lambda: "zh"}
        app = Litestar(
            [ITEMS, TABLES, get_work],
            dependencies={name: Provide(give, sync_to_thread=False) for name, give in provided.items()} | {"caller": Provide(caller)},
            exception_handlers=Problems("zh", lambda: None).handlers(),
            before_request=refuse_unknown_query,
            logging_config=None,
        )
        async with AsyncClient(transport=ASGITransport(app), base_url="http://log.example") as client:
            items = Items(log, client, told)
            # B.5: 1 as it was declared, 2 with two digits swapped, 3 is missing, 4 twice, and one that never was.
            book = [
                line(3, "2026-10-03", 5_600_000),
                line(4, "2026-10-06", 6_500_000),
                line(6, "2026-10-12", 5_600_000, manifest_no=NUMBER),
            ]
            await items.keep(
                "b5",
                [
                    *book,
                    line(7, "2026-10-12", 5_600_000, manifest_no=NUMBER),
                    line(8, "2026-10-28", 3_100_000, partner_name="别处（虚构）"),
                ],
            )
            stock = [line(5, None, grams, side=side, term=term, partner_name="") for side, term, grams in REPORT]
            await items.keep("c1", [*stock, line(5, None, 22_400_000)])
            await items.keep("c1", [line(5, None, 900_000, side="stock", term="closing", partner_name="")], "2026-09")
            yield items


NUMBER = "20265101000004"
REPORT: tuple[tuple[Any, Any, int], ...] = (("stock", "opening", 1_000_000), ("made", "", 22_000_000), ("stock", "closing", 599_999))


async def test_a_firm_sees_the_log_and_its_books_with_both_operands_owner_and_day(web: Items) -> None:
    assert [check for check, _, _ in await web.told(GENERATOR)][:3] == ["M1", "M1", "M1"], "the gravest first, then by their days"
    assert sorted(await web.told(GENERATOR)) == [
        *[("M1", "BOOK_STOCK", "open")] * 3,
        *[("M2", f"BOOK_{what}", "open") for what in ("DIFFERS", "EXTRA", "MISSING", "SUM", "TWICE")],
        ("M4", "WEIGHT", "talked"),
        ("M5", "TRIP_TIME", "open"),
    ]
    found = {one["code"]: one for one in await web.items(GENERATOR)}
    differs, missing, weight = found["BOOK_DIFFERS"], found["BOOK_MISSING"], found["WEIGHT"]
    assert (differs["key"], differs["left"]["mass_t"], differs["right"]["mass_t"]) == (f"M2-B5 {trunk(2)} 0", "5.600000", "6.500000")
    assert (differs["difference_t"], differs["owner"], differs["due_on"], differs["place"]) == (
        "-0.900000",
        GENERATOR,
        "2026-11-15",
        "b5.xlsx、委外!4",
    )
    assert "颠倒" in differs["why"]
    assert (missing["key"], missing["left"]["mass_t"], missing["right"]["told"]) == (f"M2-B5 {trunk(3)} 0", "5.600000", "-")
    assert (weight["owner"], weight["due_on"], weight["overdue"], weight["left"]["source_text"]) == (
        RECEIVER,
        "2026-11-10",
        False,
        "申报移出量",
    )
    assert [remark["text"] for remark in weight["threads"][0]["remarks"]] == ["请核对磅单（虚构）"]
    stock = {one["chain"].rpartition("/")[2]: one for one in await web.items(GENERATOR, "check=M1")}
    assert {what: one["difference_t"] for what, one in stock.items()} == {
        f"carried.{CODE}": "-0.100000",
        f"identity.{CODE}": "0.000001",
        f"out.{CODE}": "4.000000",
    }


async def test_books_are_counted_to_the_gram(web: Items) -> None:
    answer = (await web.get(GENERATOR)).json()
    book = next(one for one in answer["books"] if one["kind"] == "b5")
    counts = {one["outcome"]: (one["logged"], one["booked"]) for one in book["outcomes"]}
    assert counts == {"matched": (2, 2), "differs": (1, 1), "only_logged": (1, 0), "only_booked": (0, 1), "twice": (0, 1)}
    assert [(one["logged_t"], one["booked_t"], one["difference_t"]) for one in book["sums"]] == [("22.400000", "26.400000", "4.000000")]
    assert (answer["total"], answer["unsettled"], answer["left_off"]) == (len(answer["items"]), len(answer["items"]), [])


async def test_who_reads_what(web: Items) -> None:
    assert {one["source"] for one in await web.items(AUTHORITY_51)} == {"log", "books"}, "it covers the holder of the books"
    assert {one["source"] for one in await web.items(AUTHORITY_50)} == {"log"}
    assert {one["source"] for one in await web.items(RECEIVER)} == {"log"}
    assert ("M4", "WEIGHT", "talked") in await web.told(RECEIVER)
    assert await web.told(CARRIERS[1]) == []
    operator = await web.items(OPERATOR, f"party={GENERATOR}")
    assert {one["source"] for one in operator} == {"log"}, "books are none of the machine's"
    [weight] = [one for one in operator if one["code"] == "WEIGHT"]
    assert [remark["text"] for remark in weight["threads"][0]["remarks"]] == [""], "nor what people say"
    assert (await web.get(GENERATOR, f"party={RECEIVER}")).status_code == 403
    assert (await web.get(AUTHORITY_51, "from=51&to=50&check=M4")).json()["total"] == 1
    assert (await web.get(GENERATOR, month="2026-13")).status_code == 400


async def test_filters_and_pages(web: Items) -> None:
    whole = [one["key"] for one in await web.items(GENERATOR)]
    pages, cursor = list[str](), ""
    while True:
        answer = (await web.get(GENERATOR, f"limit=2{cursor}")).json()
        pages += [one["key"] for one in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert pages == whole
    assert [code for _, code, _ in await web.told(GENERATOR, f"owner={CARRIERS[0]}")] == ["TRIP_TIME"]
    assert await web.told(GENERATOR, "status=talked") == [("M4", "WEIGHT", "talked")]
    assert {check for check, _, _ in await web.told(GENERATOR, "source=books")} == {"M1", "M2"}
    assert await web.told(GENERATOR, "overdue=true") == [("M5", "TRIP_TIME", "open")]


async def test_the_same_as_a_file(web: Items) -> None:
    answer = await web.get(GENERATOR, path="/v1/open-items.csv")
    assert answer.status_code == 200, answer.text
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(rows) == 1 + len(await web.items(GENERATOR))
    assert rows[0][0] == "处理情况"
    assert "成都锦川蓄能回收有限公司（虚构）" in {cell for row in rows for cell in row}
    assert (await web.get(GENERATOR, path="/v1/open-items.xlsx")).content[:2] == b"PK"


async def test_a_thread_waits_in_the_work_of_both_firms_and_is_in_their_feeds(web: Items) -> None:
    for firm, other in ((GENERATOR, RECEIVER), (RECEIVER, GENERATOR)):
        answer = await web.client.get("/v1/work", headers={"Test-Caller": firm})
        assert answer.status_code == 200, answer.text
        [work] = [one for one in answer.json()["items"] if one["term"] == "item_settle"]
        assert (work["item_key"], work["kind"], work["due_on"], work["counterparts"]) == (WEIGHT, "item.settle/1", "2026-11-10", [other])
    await web.post(
        "item.comment/1", 9, (AUTHORITY_51,), ItemComment(key=f"M1 book/{GENERATOR}/c1-2026-10/carried.{CODE}", text="请说明（虚构）")
    )
    opened = web.story.bench.entries[-1].index
    async with web.log.pool.acquire() as conn:
        feeds = {
            who: await list_feed(conn, [who], after=-1, end=2**40, limit=500) for who in (GENERATOR, RECEIVER, CARRIERS[0], CARRIERS[1])
        }
    about_the_weight = opened - 1
    assert {who for who, indices in feeds.items() if about_the_weight in indices} == {GENERATOR, RECEIVER, CARRIERS[0]}
    assert {who for who, indices in feeds.items() if opened in indices} == {GENERATOR}, "a firm's books are its own"


async def test_a_settled_item_stays_settled_until_its_difference_is_another_one(web: Items) -> None:
    missing = f"M2-B5 {trunk(3)} 0"
    await web.post("item.comment/1", 2, (GENERATOR,), ItemComment(key=missing, text="漏登（虚构）"))
    await web.post("item.settle/1", 2, (GENERATOR, RECEIVER), ItemSettle(outcome="agreed", amount_t="5.6"))
    await web.post("item.settle/1", 1, (AUTHORITY_50,), ItemSettle(outcome="agreed", amount_t="0.4", text="磅单属实（虚构）"))
    found = {one["key"]: one for one in await web.items(GENERATOR)}
    assert found[missing]["status"] == "settled"
    assert found[WEIGHT]["status"] == "changed", "0.5 t is not what was settled"
    ended = found[WEIGHT]["threads"][0]["settled"]
    assert (ended["outcome_text"], ended["amount_t"], ended["by"], ended["text"]) == ("认可", "0.4", [AUTHORITY_50], "磅单属实（虚构）")
    answer = (await web.get(GENERATOR)).json()
    assert answer["unsettled"] == answer["total"] - 1
    for reader in (RECEIVER, AUTHORITY_50):
        assert await web.items(reader, "status=gone") == [], "who may not read a book does not know that its fault is gone"
    await web.post("item.comment/1", 4, (GENERATOR,), ItemComment(key=f"M2-B5 {trunk(2)} 0", text="数字颠倒（虚构）"))
    for reader in (GENERATOR, RECEIVER, AUTHORITY_50, AUTHORITY_51):
        assert [one["status"] for one in await web.items(reader) if one["key"] == f"M2-B5 {trunk(2)} 0"] == ["talked"], reader
    by_way = await web.items(AUTHORITY_51, "from=51&to=50&status=gone")
    assert by_way == [], "nor whoever asks by direction, where no book is compared"
    await web.post("item.comment/1", 3, (GENERATOR,), ItemComment(key=f"M4 {trunk(2)} 0", text="已查清（虚构）"))
    [gone] = await web.items(GENERATOR, "status=gone")
    assert (gone["key"], gone["status_text"]) == (f"M4 {trunk(2)} 0", "原因已消除，待了结")
    assert [one["key"] for one in await web.items(AUTHORITY_50, "status=gone")] == [gone["key"]]
    assert await web.items(CARRIERS[1], "status=gone") == []


async def test_a_book_that_is_corrected_has_no_item_left(web: Items) -> None:
    lines = [line(row, f"2026-10-{3 * serial:02d}", 5_600_000) for row, serial in enumerate((1, 2, 3, 4), 3)]
    await web.keep("b5", lines, version=1)
    told = await web.told(GENERATOR, "source=books&check=M2")
    assert told == [("M2", "", "gone"), ("M2", "", "settled")], "what was talked of is told as gone or settled, and nothing else is left"


async def test_an_audit_finds_the_feeds_as_they_are(web: Items) -> None:
    """It folds by itself: whom entries about items are for must follow from the entries."""
    views = ViewFold()
    feed = FeedFold(views)
    with closing(views), closing(feed):
        for entry in web.story.bench.entries:
            feed.watch(entry)
        async with web.log.pool.acquire() as conn, conn.transaction():
            assert await feed.compare(stream_readers(conn), len(web.story.bench.entries)) == []
