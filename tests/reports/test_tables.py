"""Searches as CSV and XLSX: the same rows as the search, in cells that are what they say, run by no spreadsheet, and nothing lost at a page's end."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from hypothesis import given
from hypothesis import strategies as st
from litestar import Router
from python_calamine import CalamineWorkbook

from ledger.query import refuse_unknown_query
from manifests.accounts.routes import ROUTER as ACCOUNTS
from manifests.routes import ROUTER as MANIFESTS
from manifests.routes import get_manifests
from reports.tables import columns
from reports.tables.routes import ROUTER, SEARCHES, as_file
from reports.tables.workbook import CELL_TEXT, NAME_LENGTH, SHEET_ROWS, Workbook, cell_text, sheet_name
from reports.tables.writing import MARK, csv_text, harmless
from tests.manifests.driver import CARRIER, GENERATOR, RECEIVER, STRANGER
from tests.manifests.test_worked_example import Q3, Example
from tests.whitelist.web import Web, codes_of, serving
from whitelist.routes import ROUTER as WHITELIST

NEEDED = {"movements": f"account={Q3}"}
"""What a search does not go without."""
IN_WEB = [name for name in SEARCHES if name not in ("refusals", "parties", "open-items")]  # those need the whole service
SHORT = Router("/short", route_handlers=[as_file(get_manifests, columns.MANIFESTS, kind, rows_max=1) for kind in ("csv", "xlsx")])


@pytest.fixture(scope="module")
async def web(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    from liandan.database import open_pool

    bench = Example()
    bench.issue()
    bench.depart()
    line = {"name": "废铅蓄电池", "code": "900-052-31", "category": "HW31", "hazards": ["T", "C"], "form": "S", "mass_t": "3000"}
    filed = {
        "filing_no": "GL-1",
        "filed_on": "2026-03-02",
        "lines": [line | {"method": "R4", "receiver_type": "permit", "receivers": [RECEIVER]}],
    }
    bench.post("plan.file/1", f"plan/{GENERATOR}/2026", (GENERATOR,), filed)
    pool: Pool[Record] = await open_pool(shared_database_url, min_size=1, max_size=8)
    try:
        async with serving(pool, tmp_path_factory.mktemp("log"), bench, [ROUTER, MANIFESTS, ACCOUNTS, WHITELIST, SHORT]) as web:
            yield web
    finally:
        await pool.close()


def lines_of(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    assert content.startswith(MARK.encode())
    return list(csv.reader(io.StringIO(text, newline="")))


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("name", IN_WEB)
async def test_both_files_have_the_rows_of_the_search_under_chinese_heads(web: Web, name: str) -> None:
    items = (await web.get(f"/v1/{name}?limit=200&{NEEDED.get(name, '')}")).json()
    answer = await web.get(f"/v1/{name}.csv?{NEEDED.get(name, '')}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert answer.headers["liandan-size"] == str(items["size"])
    head, *rows = lines_of(answer.content)
    _, table = SEARCHES[name]
    assert head == [column.zh for column in table.columns]
    assert len(rows) == sum(len(list(table.each(item))) for item in items[table.field]) > 0
    [(_, sheet)] = sheets_of((await web.get(f"/v1/{name}.xlsx?{NEEDED.get(name, '')}")).content).items()
    assert sheet[0] == head
    assert len(sheet) == len(rows) + 1
    assert (await web.get(f"/v1/{name}.csv?lang=en&{NEEDED.get(name, '')}")).content.decode("utf-8-sig").splitlines()[0] == ",".join(
        f'"{column.en}"' if "," in column.en else column.en for column in table.columns
    )


async def test_codes_have_their_names_beside_them_and_cells_are_dates_and_numbers(web: Web) -> None:
    item = (await web.get("/v1/manifests?stage=in_transit")).json()["manifests"][0]
    head, row = lines_of((await web.get("/v1/manifests.csv?stage=in_transit")).content)
    cells = dict(zip(head, row, strict=True))
    assert cells["移出人代码"] == GENERATOR
    assert (cells["移出人"], cells["接受人"]) == ("成都锦川蓄能回收有限公司（虚构）", "重庆江津再生铅有限公司（虚构）")
    assert cells["移出地"] == "四川省成都市龙泉驿区"
    assert (cells["状态"], cells["移出量（申报，吨）"]) == ("运输中", "5.600000")
    assert cells["开具入账时间（北京时间）"] == item["issued_at"][:19].replace("T", " ")
    [(_, sheet)] = sheets_of((await web.get("/v1/manifests.xlsx?stage=in_transit")).content).items()
    typed = dict(zip(sheet[0], sheet[1], strict=True))
    assert typed["移出量（申报，吨）"] == 5.6
    assert typed["开具入账时间（北京时间）"] == datetime.fromisoformat(item["issued_at"]).replace(tzinfo=None)
    assert typed["国家联单编号"] == item["number"], "a number of 14 digits stays text"


async def test_a_file_shows_nobody_more_than_his_search(web: Web) -> None:
    for reader, expected in ((GENERATOR, 2), (CARRIER, 2), (RECEIVER, 2), (STRANGER, 0)):
        assert len(lines_of((await web.get("/v1/manifests.csv", reader)).content)) == expected + 1
    assert codes_of(await web.get("/v1/manifests.csv", None), 401) == ["TOKEN_MISSING"]


async def test_a_plan_has_a_row_for_each_line_and_shows_a_receiver_its_own(web: Web) -> None:
    head, row = lines_of((await web.get("/v1/plans.csv", RECEIVER)).content)
    cells = dict(zip(head, row, strict=True))
    assert (cells["废物代码"], cells["预计转移量（吨）"], cells["剩余（吨）"]) == ("900-052-31", "3000.000000", "3000.000000")
    assert cells["拟接收单位"] == "重庆江津再生铅有限公司（虚构）"
    assert len(lines_of((await web.get("/v1/plans.csv", CARRIER)).content)) == 1


@pytest.mark.parametrize("query", ["cursor=x", "limit=5", "stage=nowhere", "stage=issued%0A", "min_size=1e3", "who=me"])
async def test_filters_are_those_of_the_search_and_paging_is_not_one(web: Web, query: str) -> None:
    assert codes_of(await web.get(f"/v1/manifests.csv?{query}"), 400) == ["QUERY_FORM"]


async def test_a_file_that_is_cut_says_so(web: Web) -> None:
    head, _, cut = lines_of((await web.get("/short/v1/manifests.csv")).content)
    assert (len(head) > 1, cut) == (True, ["已截断：只列出前 1 行，请缩小查询范围。"])
    [(_, sheet)] = sheets_of((await web.get("/short/v1/manifests.xlsx?lang=en")).content).items()
    assert sheet[-1][0] == "Cut: only the first 1 rows; narrow the search."
    whole = lines_of((await web.get("/short/v1/manifests.csv?stage=in_transit")).content)
    assert len(whole) == 2, "one row, and it is all"


async def test_more_than_a_page_is_whole(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.tables.routes.PAGE_MAX", 1)
    rows = lines_of((await web.get("/v1/manifests.csv")).content)
    assert len({row[-2] for row in rows[1:]}) == len(rows) - 1 == 2


HEADS = [("文", 16), ("量", 16)]


def workbook(path: Path, rows: list[list[Any]], **options: Any) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook of these rows, as another program reads them."""
    book = Workbook(str(path), "表", **options)
    book.sheet("表", HEADS, rows)
    book.close()
    return sheets_of(path.read_bytes())


def test_a_full_sheet_goes_on_on_the_next(tmp_path: Path) -> None:
    book = Workbook(str(tmp_path / "t.xlsx"), "表", sheet_rows=3)
    book.sheet("表", HEADS, ([f"第{number}行", Decimal(number)] for number in range(5)))
    book.add([["第5行", Decimal(5)], ["第6行", Decimal(6)]])
    book.close()
    found = sheets_of((tmp_path / "t.xlsx").read_bytes())
    assert list(found) == ["表", "表 2", "表 3"]
    assert all(sheet[0] == ["文", "量"] for sheet in found.values())
    assert [row[0] for sheet in found.values() for row in sheet[1:]] == [f"第{number}行" for number in range(7)]
    assert SHEET_ROWS == 1_048_575


@pytest.mark.parametrize("text", ["字" * (CELL_TEXT + 1), "𠮷" * (CELL_TEXT // 2 + 1)])
def test_a_text_that_no_cell_holds_says_that_it_is_cut(tmp_path: Path, text: str) -> None:
    whole = text[: CELL_TEXT // (len(text[0].encode("utf-16-le")) // 2)]
    found = workbook(tmp_path / "t.xlsx", [[text], [whole]])["表"]
    assert (found[1][0], found[2][0]) == (cell_text(text), whole)
    assert found[1][0].endswith(f"…（原文 {len(text)} 字，此格容不下）")
    assert len(found[1][0].encode("utf-16-le")) // 2 in (CELL_TEXT - 1, CELL_TEXT)


def test_a_day_before_there_are_dates_in_cells_is_a_text(tmp_path: Path) -> None:
    rows = [[date(1899, 12, 31)], [datetime.fromisoformat("0001-01-01T08:00:00")], [date(1901, 1, 1)], [date(9999, 12, 31)]]
    assert [row[0] for row in workbook(tmp_path / "t.xlsx", rows)["表"][1:]] == [
        "1899-12-31", "0001-01-01 08:00:00", date(1901, 1, 1), date(9999, 12, 31),
    ]  # fmt: skip


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.sampled_from(["", " 2", "（未完结）"]))
def test_any_name_becomes_one_that_a_sheet_may_have(names: list[str], more: str) -> None:
    taken: set[str] = set()
    for name in names:
        found = sheet_name(name, more, taken)
        assert 0 < len(found.encode("utf-16-le", "surrogatepass")) // 2 <= NAME_LENGTH
        assert not set(found) & set("[]:*?/\\\0")
        assert found[0] != "'" != found[-1]
        assert found.endswith(more)
        assert found.casefold() not in taken
        taken.add(found.casefold())


def test_long_and_equal_names_go_on_on_sheets_of_their_own(tmp_path: Path) -> None:
    book = Workbook(str(tmp_path / "t.xlsx"), "表", mark="未完结", sheet_rows=1)
    for name in ("重量差异" * 10, "重量差异" * 10, "a/b", "A b"):
        book.sheet(name, HEADS, [["x"], ["y"]])
    book.close()
    found = sheets_of((tmp_path / "t.xlsx").read_bytes())
    assert len(found) == 8
    assert all(name.endswith("（未完结）") for name in found)
    assert [sheet[1][0] for sheet in found.values()] == ["x", "y"] * 4


@given(st.sampled_from("=+-@＝＋－＠\t\r\n") | st.just(" ="), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_a_spreadsheet_would_run_is_a_text(begin: str, rest: str) -> None:
    [[cell]] = list(csv.reader(io.StringIO(csv_text([[begin + rest]]).decode(), newline="")))
    assert cell == "'" + begin + rest


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(lambda text: text.strip()[:1].isalnum()))
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert list(csv.reader(io.StringIO(csv_text([[text]]).decode(), newline=""))) == [[text]]


def test_a_workbook_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    hostile = ["=cmd|' /C calc'!A0", "@SUM(1)", "http://evil.example/", "{=1+1}", "20265101000123"]
    [(_, sheet)] = workbook(tmp_path / "t.xlsx", [[text, None] for text in hostile]).items()
    with zipfile.ZipFile(tmp_path / "t.xlsx") as parts:
        content = b"".join(parts.read(name) for name in parts.namelist())
    assert b"<f>" not in content
    assert b"hyperlink" not in content
    assert [row[0] for row in sheet[1:]] == hostile, "and no apostrophe either: a cell of text is one"


def test_values_of_every_form_are_written_as_they_are() -> None:
    row = [None, 3, Decimal("0.000001"), date(2026, 12, 31), datetime.fromisoformat("2026-08-15T00:30:00")]
    assert csv_text([row]).decode() == ",3,0.000001,2026-12-31,2026-08-15 00:30:00\r\n"


def test_the_checks_of_the_search_stand_before_its_files() -> None:
    assert ROUTER.before_request is refuse_unknown_query
