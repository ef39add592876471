"""Books over HTTP on a real log: kept whole or not at all, known again, replaced visibly, read by whom they concern."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from asyncpg import Pool, Record

from liandan.books.mapping import BookMapping, written
from liandan.books.reading import read_book
from liandan.books.routes import router
from liandan.intake.bounded import BoundedReader, _decoded
from liandan.intake.reading import ReadTables
from reports.books import store
from tests.liandan.books.ugly import MAPPING, book, empty_rows, export, row, with_dimension
from tests.manifests.driver import GENERATOR, RECEIVER
from tests.manifests.test_worked_example import Example
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR

QUERY = "name=a.xlsx&month=2026-11"


class InProcess(BoundedReader):
    """Reads here: what a process of its own costs is paid where a whole server is tried (test_books_at_a_server)."""

    async def read_by(self, module: str, asked: tuple[str, ...], name: str, raw: bytes) -> ReadTables:
        """What the process would answer, as it travels."""
        mapping = msgspec.json.decode(asked[1], type=BookMapping) if asked[1] else None
        return _decoded(msgspec.msgpack.encode(read_book(asked[0], raw, mapping)))


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """One log for all tests; each clears the books."""
    async with serving(shared_pool, tmp_path_factory.mktemp("books"), Example(), [router(InProcess())]) as web:
        yield web


@pytest.fixture(autouse=True)
async def no_books(web: Web) -> AsyncIterator[None]:
    """They are no part of the log, and no test sees those of another."""
    yield
    async with web.log.pool.acquire() as conn:
        await conn.execute("DELETE FROM book")
        await conn.execute("DELETE FROM book_mapping")


async def put(web: Web, raw: bytes, query: str = QUERY, caller: str = GENERATOR) -> Any:
    """What a file is answered with."""
    answer = await web.post(f"/v1/books?{query}", raw, caller)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(web: Web, caller: str = GENERATOR, query: str = "") -> list[Any]:
    return list((await web.get(f"/v1/books?{query}", caller)).json()["books"])


async def test_a_book_is_kept_and_read_by_its_holder_and_its_authority(web: Web) -> None:
    found = await put(web, book()[1])
    assert (found["findings"], found["lines"], [one["kind"] for one in found["kept"]]) == ([], 2, ["b5"])
    name = found["kept"][0]["id"]
    for caller, sees in ((GENERATOR, True), (AUTHORITY_51, True), (AUTHORITY_50, False), (RECEIVER, False), (OPERATOR, False)):
        assert [one["id"] for one in await listed(web, caller)] == ([name] if sees else []), caller
        answer = await web.get(f"/v1/books/{name}?limit=1", caller)
        assert answer.status_code == (200 if sees else 404)
    shown = (await web.get(f"/v1/books/{name}?limit=1", GENERATOR)).json()
    assert (shown["next"], shown["lines"][0]["row"], shown["lines"][0]["mass_g"], shown["lines"][0]["book"]) == ("0", 3, 12_500_000, name)
    rest = (await web.get(f"/v1/books/{name}?after=0", GENERATOR)).json()
    assert ([line["row"] for line in rest["lines"]], rest["next"]) == ([4], None)
    async with web.log.pool.acquire() as conn:
        assert [line.row for line in await store.lines_of_month(conn, GENERATOR, "2026-11")] == [3, 4]
        assert await store.holders_of_month(conn, "2026-11") == [GENERATOR]


async def test_the_same_book_is_known_and_a_newer_one_replaces_it_visibly(web: Web) -> None:
    first = (await put(web, book()[1]))["kept"][0]
    for again in (book()[1], book(top=3, name="b.xlsx")[1]):  # the same file, and the same lines elsewhere in another
        found = await put(web, again)
        assert (found["kept"], [one["id"] for one in found["known"]]) == ([], [first["id"]])
    newer = (await put(web, book(rows=(row(1), row(2, mass=9), row(3)))[1]))["kept"][0]
    assert (newer["replaces"], newer["added"], newer["removed"]) == (first["id"], 2, 1)
    assert [(one["id"], one["replaced_by"]) for one in await listed(web)] == [(newer["id"], ""), (first["id"], newer["id"])]
    assert (await put(web, book()[1]))["known"][0]["replaced_by"] == newer["id"], "an old version does not come back by itself"
    answer = await web.client.delete(f"/v1/books/{newer['id']}", headers={"test-caller": GENERATOR})
    assert answer.json() == {"id": newer["id"], "again": [first["id"]]}
    assert [(one["id"], one["replaced_by"]) for one in await listed(web)] == [(first["id"], "")]


async def test_nothing_is_kept_in_part(web: Web) -> None:
    found = await put(web, book(rows=(row(1), row(2, day="2026-10-31")))[1])
    assert [(one["cell"], one["code"], one["column"]) for one in found["findings"]] == [("委外!C4", "BOOK_MONTH", "出厂时间")]
    assert (found["kept"], found["refused"], found["taken"]) == ([], 1, 1)
    assert await listed(web) == []
    tried = await put(web, book()[1], QUERY + "&keep=false")
    assert (tried["findings"], tried["lines"], tried["kept"], await listed(web)) == ([], 2, [], [])


async def test_a_book_of_a_month_that_came_as_another_months_is_told(web: Web) -> None:
    rows = "危险废物名称,危险废物代码,产生量,计量单位,上月底剩余贮存量,本月底剩余贮存量\r\n废铅蓄电池,900-052-31,20,吨,3,1\r\n".encode()
    assert (await put(web, rows))["kept"][0]["kind"] == "c1"
    again = await put(web, rows, "name=b.csv&month=2026-12")
    assert ([one["code"] for one in again["findings"]], again["kept"]) == (["BOOK_KNOWN"], [])


async def test_only_the_holder_brings_its_books_and_an_authority_what_the_platform_says(web: Web) -> None:
    answer = await web.post(f"/v1/books?{QUERY}&holder={GENERATOR}", book()[1], AUTHORITY_51)
    assert codes_of(answer, 403) == ["BOOK_READER"]
    made = export(("20265101000001", GENERATOR, RECEIVER, "900-052-31", "5", "吨", "2026-11-03", "", "")).encode()
    query = f"{QUERY}&holder={GENERATOR}&sender={quote(MAPPING.sender)}"
    assert codes_of(await web.post(f"/v1/books?{query}", made, AUTHORITY_51), 422) == ["BOOK_MAPPING"]
    for caller in (AUTHORITY_51, AUTHORITY_50):
        saved = await web.post("/v1/book-mappings", written(MAPPING).encode(), caller)
        assert saved.json()["mapping"]["columns"]["司机"] == "drop"
    assert (await put(web, made, query, AUTHORITY_51))["kept"][0]["put_by"] == AUTHORITY_51
    assert codes_of(await web.post(f"/v1/books?{query}", made, AUTHORITY_50), 403) == ["BOOK_READER"]
    assert (
        codes_of(await web.post("/v1/book-mappings", b"sender = 'x'\nkind = 'platform'\n[columns]\n", GENERATOR), 422)[0] == "BOOK_MAPPING"
    )
    assert len((await web.get("/v1/book-mappings", AUTHORITY_51)).json()["mappings"]) == 1
    gone = await web.client.delete(f"/v1/book-mappings?sender={quote(MAPPING.sender)}", headers={"test-caller": AUTHORITY_51})
    assert gone.status_code == 204
    assert (await web.get("/v1/book-mappings", AUTHORITY_51)).json()["mappings"] == []


async def test_what_an_authority_brought_is_neither_replaced_nor_dropped_by_whom_it_speaks_of(web: Web) -> None:
    for caller in (AUTHORITY_51, GENERATOR):
        await web.post("/v1/book-mappings", written(MAPPING).encode(), caller)
    made = [export((f"2026510100000{n}", GENERATOR, RECEIVER, "900-052-31", "5", "吨", "2026-11-03", "", "")).encode() for n in (1, 2)]
    query = f"{QUERY}&holder={GENERATOR}&sender={quote(MAPPING.sender)}"
    own = (await put(web, made[0], query, GENERATOR))["kept"][0]
    brought = (await put(web, made[0], query, AUTHORITY_51))["kept"][0]
    assert brought["replaces"] == own["id"], "the very file, which its holder could drop again"
    for answer in (
        await web.post(f"/v1/books?{query}", made[1], GENERATOR),
        await web.client.delete(f"/v1/books/{brought['id']}", headers={"test-caller": GENERATOR}),
    ):
        assert codes_of(answer, 403) == ["BOOK_READER"]
        assert "代交" in answer.text
    assert (await put(web, made[1], query, AUTHORITY_51))["kept"][0]["replaces"] == brought["id"]
    assert [one["id"] for one in await listed(web) if one["id"] == own["id"]] == [own["id"]]
    assert (await web.client.delete(f"/v1/books/{own['id']}", headers={"test-caller": GENERATOR})).status_code == 200
    assert (await web.client.delete(f"/v1/books/{brought['id']}", headers={"test-caller": AUTHORITY_51})).status_code == 200


async def test_hostile_sizes_are_answered_and_keep_nothing(web: Web) -> None:
    assert (await put(web, with_dimension(book(), "A1:XFD1048576")[1], QUERY + "&keep=false"))["lines"] == 2
    assert (await put(web, empty_rows(book(), 50_000)[1], QUERY + "&keep=false"))["lines"] == 2
    found = await put(web, book()[1][:4000])
    assert ([(one["code"], one["file"]) for one in found["findings"]], found["kept"]) == ([("INTAKE_FILE", "a.xlsx")], [])
