"""The intake over HTTP, on a real log: permits by their numbers, the log's own rules at their cells, lists out and in again, differences."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from asyncpg import Pool, Record

from ledger.admission.sequencer import Busy
from liandan.intake import bounded
from liandan.intake.bounded import BoundedReader
from liandan.intake.reading import read_tables
from liandan.intake.routes import router
from tests.liandan.intake.workbooks import HEADS, SHEET, cell, put, terms, workbook
from tests.manifests.driver import PERMIT, RECEIVER
from tests.manifests.test_worked_example import LIST, Example
from tests.whitelist import scene
from tests.whitelist.scene import OTHER_LIST, OTHER_PERMIT, OTHER_RECEIVER
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50
from whitelist.routes import ROUTER as WHITELIST

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    """One log for all tests: none of them writes."""
    async with serving(shared_pool, tmp_path_factory.mktemp("intake"), scene.strangers(Example()), [router(), WHITELIST]) as web:
        yield web


async def posted(web: Web, raw: bytes, query: str = "", status: int = 200) -> Any:
    """What a file is answered with."""
    answer = await web.post(f"/v1/intake?name=a.xlsx{query}", raw)
    assert answer.status_code == status, answer.text
    return answer.json()


async def exported(web: Web, chain: str = LIST) -> bytes:
    answer = await web.get(f"/v1/intake/list.xlsx?list={chain}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX), answer.text
    return answer.content


async def test_a_list_goes_out_and_comes_back_as_the_same_rows(web: Web) -> None:
    for chain in (LIST, OTHER_LIST):
        found = await posted(web, await exported(web, chain), f"&against={chain}")
        assert (found["findings"], found["repairs"]) == ([], [])
        assert found["known"] == [chain], "its digest is that of the list: it was read before"
        assert found["difference"]["is_same"]
        assert found["statements"][0]["kind"] == "list.propose/1"
        assert found["statements"][0]["chain"] == chain
        assert {one["outcome"] for one in found["rows"]} == {"taken"}


async def test_a_changed_list_is_told_in_words(web: Web) -> None:
    book = openpyxl.load_workbook(io.BytesIO(await exported(web)))
    page = book[SHEET]
    quota = [one.value for one in page[1]].index("年度额度（吨）") + 1
    was = page.cell(2, quota).value
    page.cell(2, quota).value = str(int(float(was)) + 5000)
    page.delete_rows(3)
    out = io.BytesIO()
    book.save(out)
    found = await posted(web, out.getvalue(), f"&against={LIST}")
    assert found["findings"] == []
    assert found["known"] == []
    told = found["difference"]
    assert [one["sort"] for one in told["rows"]] == ["changed", "ended"]
    assert "额度 +5000 吨" in told["rows"][0]["zh"]
    assert "共新增 0 行、减少 1 行、更改 1 行" in told["zh"]


def by_number(no: str, **changes: Any) -> bytes:
    """A row that names its permit by its number alone."""
    row = dict(zip(HEADS, ["", RECEIVER, None, "HW31", "900-052-31", "R4", 10], strict=True)) | changes

    def edit(book: Any, page: Any) -> None:
        terms(年度=2026, 生效日="2026-12-01", 失效日="2026-12-31", 名单简称="neu", 函件日期="2026-01-02")(book, page)
        put(page, 0, 2, "经营许可证编号")
        put(page, 1, 2, no)

    return workbook(edit, rows=[list(row.values())])[1]


async def test_permits_are_known_by_their_numbers(web: Web) -> None:
    book = openpyxl.load_workbook(io.BytesIO(await exported(web)))
    heads = [one.value for one in book[SHEET][1]]
    no = book[SHEET].cell(2, heads.index("许可证编号") + 1).value
    found = await posted(web, by_number(f" {no} ".replace("〔", "（")))
    assert found["findings"] == []
    assert found["statements"][1]["body"]["rows"][0]["permit"] == PERMIT
    found = await posted(web, by_number("川环危第0号"))
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [(f"{SHEET}!C2", "INTAKE_PERMIT")]
    assert no in found["findings"][0]["message"], "those that there are"
    assert found["statements"] == []


async def test_the_logs_rules_speak_at_their_cells(web: Web) -> None:
    book = openpyxl.load_workbook(io.BytesIO(await exported(web)))
    page = book[SHEET]
    heads = [one.value for one in page[1]]
    page.cell(2, heads.index("利用处置方式") + 1).value = "D9"
    page.cell(3, heads.index("许可证标识") + 1).value = PERMIT[:-1] + ("0" if PERMIT[-1] != "0" else "1")
    page.cell(4, heads.index("许可证标识") + 1).value = OTHER_PERMIT
    out = io.BytesIO()
    book.save(out)
    found = await posted(web, out.getvalue())
    assert [(one["row"], one["code"]) for one in found["findings"]] == [(2, "ROW_PERMIT"), (3, "PERMIT_UNKNOWN"), (4, "PERMIT_HOLDER")]
    assert found["statements"] == []
    english = (await web.post("/v1/intake?lang=en", out.getvalue())).json()
    assert english["findings"][0]["message"] != found["findings"][0]["message"]


async def test_names_are_compared_with_those_registered(web: Web) -> None:
    found = await posted(web, by_number("x", 接受单位="别的厂（虚构）"))
    assert "INTAKE_NAME" in {one["code"] for one in found["findings"]}


async def test_lists_are_compared(web: Web) -> None:
    found = (await web.get(f"/v1/intake/difference?before={LIST}&after={OTHER_LIST}", AUTHORITY_50)).json()
    assert found["added_firms"] == [OTHER_RECEIVER]
    assert found["ended_firms"] == [RECEIVER]
    assert found["zh"].startswith("新增 1 家，减少 1 家，")
    same = (await web.get(f"/v1/intake/difference?before={LIST}&after={LIST}")).json()
    assert same["is_same"]
    answer = await web.get(f"/v1/intake/difference.xlsx?before={LIST}&after={OTHER_LIST}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [page.title for page in book.worksheets] == ["概要", "逐行"]
    assert book["概要"]["B4"].value == found["zh"]
    assert book["逐行"].max_row == 1 + len(found["rows"])


OPENINGS = ("额度种类", "编号", "统一社会信用代码", "行号", "已用数量（吨）", "截至日期", "依据")


def openings(*rows: Any) -> bytes:
    return workbook(heads=OPENINGS, rows=rows, sheet="期初")[1]


async def test_opening_balances_name_their_accounts(web: Web) -> None:
    no = (await posted(web, by_number("川环危第0号")))["findings"][0]["message"].partition("有：")[2].partition("。")[0]
    rows = (("许可证", no, RECEIVER, None, "12.5", "2026-09-30", "台账"), ("白名单", LIST, None, 1, "1,000吨", "2026.9.30", "台账"))
    found = await posted(web, openings(*rows), "&as=openings")
    assert found["findings"] == []
    assert [(one["kind"], one["chain"], one["body"]) for one in found["statements"]] == [
        ("quota.open/1", PERMIT, {"used_t": "12.5", "as_of_on": "2026-09-30", "source": "台账"}),
        ("quota.open/1", LIST, {"item": 0, "used_t": "1000", "as_of_on": "2026-09-30", "source": "台账"}),
    ]
    bad = (
        ("许可证", no, RECEIVER, 1, 1, "2026-09-30", "x"), ("白名单", LIST, None, 99, 1, "2026-09-30", "x"),
        ("批准决定", "没有的号", None, 1, 1, "2026-09-30", "x"), ("白名单", "list/2030-51-50-a", None, 1, 1, "2026-09-30", "x"),
        ("许可证", no, RECEIVER, None, 1, "2099-09-30", "x"), ("许可证", no, RECEIVER, None, 1, "2026-09-30", "x"),
        ("许可证", no, RECEIVER, None, 2, "2026-09-30", "x"),
    )  # fmt: skip
    found = await posted(web, openings(*bad), "&as=openings")
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [
        ("期初!D2", "INTAKE_ACCOUNT"), ("期初!D3", "INTAKE_ACCOUNT"), ("期初!B4", "INTAKE_ACCOUNT"), ("期初!B5", "INTAKE_ACCOUNT"),
        ("期初!F6", "INTAKE_LATER"), ("期初!B8", "INTAKE_TWICE"),
    ]  # fmt: skip


async def test_what_is_refused(web: Web) -> None:
    assert codes_of(await web.post("/v1/intake", b"x", None), 401) == ["TOKEN_MISSING"]
    assert codes_of(await web.post("/v1/intake?as=x", b"x"), 400) == ["QUERY_FORM"]
    assert codes_of(await web.post("/v1/intake?terms=[]", b"x"), 400) == ["QUERY_FORM"]
    assert codes_of(await web.post("/v1/intake?against=list/2030-51-50-a", workbook()[1]), 404) == ["NOT_FOUND"]
    assert codes_of(await web.get("/v1/intake/list.xlsx?list=list/2030-51-50-a"), 404) == ["NOT_FOUND"]
    assert codes_of(await web.get("/v1/intake/difference?before=x&after=y"), 400) == ["QUERY_FORM"] * 2
    assert [one["code"] for one in (await posted(web, b"%PDF-1.7"))["findings"]] == ["INTAKE_FILE"]
    assert [one["code"] for one in (await posted(web, b""))["findings"]] == ["INTAKE_FILE"]


async def test_permits_come_in_by_the_same_door(web: Web) -> None:
    no = (await posted(web, by_number("川环危第0号")))["findings"][0]["message"].partition("有：")[2].partition("。")[0]
    heads = (
        "统一社会信用代码",
        "许可证编号",
        "类型",
        "有效期自",
        "有效期至",
        "行政区划代码",
        "设施地址",
        "核准经营规模（吨/年）",
        "废物代码",
        "经营方式",
    )
    rows = [[RECEIVER, no, "综合经营许可证", "2026.1.1", "2030年12月31日", 500116, "示例路 1 号", "1.2万吨", "900-052-31", "R4"]]
    found = await posted(web, workbook(heads=heads, rows=rows, sheet="Sheet1")[1], "&as=permits")
    assert found["findings"] == []
    [granted] = found["statements"]
    assert (granted["kind"], granted["body"]) == (
        "permit.grant/1",
        {
            "no": no, "class": "permit", "valid_from": "2026-01-01", "valid_to": "2030-12-31", "division": "500116", "address": "示例路 1 号", "scale_t": "12000",
            "items": [{"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"], "methods": ["R4"]}],
        },
    )  # fmt: skip
    assert any(PERMIT in one["said"] for one in found["notes"]), "it is registered already"
    rows[0][5] = "500999"
    found = await posted(web, workbook(heads=heads, rows=rows, sheet="Sheet1")[1], "&as=permits")
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [("Sheet1!F2", "DIVISION")], "by the rules of the log"


async def test_decisions_are_known_by_their_numbers_and_lines(web: Web) -> None:
    known = (await web.get("/v1/approvals?stage=approved")).json()["approvals"][0]
    rows = [("批准决定", known["no"].replace("〔", "["), known["generator"], 1, "1.5", "2026-09-30", "台账")]
    found = await posted(web, openings(*rows), "&as=openings")
    assert found["findings"] == []
    assert [(one["chain"], one["body"]["item"]) for one in found["statements"]] == [(known["approval"], 0)]
    rows = [(*rows[0][:3], 9, *rows[0][4:]), ("批准决定", known["approval"], None, 0, 1, "2026-09-30", "x")]
    found = await posted(web, openings(*rows), "&as=openings")
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [("期初!D2", "INTAKE_ACCOUNT"), ("期初!D3", "INTAKE_ACCOUNT")]
    pilot = (("白名单", LIST, None, 8, 1, "2026-09-30", "x"), ("白名单", LIST, None, 9, 1, "2026-09-30", "x"))
    found = await posted(web, openings(*pilot), "&as=openings")
    assert [(one["cell"], one["code"]) for one in found["findings"]] == [("期初!D3", "INTAKE_ACCOUNT")]


async def test_a_reader_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes too long is told; nobody holds all places."""
    reader = BoundedReader()
    assert (await reader.read("list", *workbook())).findings == []
    monkeypatch.setattr(bounded, "WITHIN_S", 0.001)
    found = await reader.read("list", *workbook())
    assert [(one.reason.code, one.reason.cause) for one in found.findings] == [("INTAKE_FILE", "TIME")]
    with reader.place("a"), reader.place("a"), reader.place("b"), pytest.raises(Busy), reader.place("a"):
        pass
    with ExitStack() as held, pytest.raises(Busy):
        for number in range(bounded.WAITING_MAX + 1):
            held.enter_context(reader.place(str(number)))


def test_what_travels_between_processes_is_what_was_read(tmp_path: Path) -> None:
    import msgspec

    from liandan.intake.bounded import _decoded

    made = workbook(cell(1, 4, "900-052-31、384-004-31"))
    read = read_tables("list", [made])
    assert _decoded(msgspec.msgpack.encode(read)) == read
