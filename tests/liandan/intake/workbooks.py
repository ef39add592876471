"""Making workbooks on purpose, byte for byte the same each time: XLSX by xlsxwriter, XLS by xlwt. All firms are fictitious."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
import xlwt
from msgspec import Struct

from signing.uscc import check_character

SHEET = "白名单"
QUOTA = 6
"""Column G, from 0."""
HEADS = ("接受单位", "统一社会信用代码", "许可证标识", "废物类别", "废物代码", "利用处置方式", "年度额度（吨）")
"""Columns A to G."""
AT_S = 1_796_000_000  # 2026-11-30
Edit = Callable[[Any, Any], object]
Made = tuple[str, bytes]
"""Name and bytes of a file."""


def uscc_of(number: int, division: str = "500112") -> str:
    """A valid code that nobody has."""
    body = f"91{division}1{number:08d}"
    return body + check_character(body)


def permit_of(number: int) -> str:
    """The chain of the permit of such a firm."""
    return f"permit/{uscc_of(number)}/01J0000000000000000000000{number % 10}"


def row(number: int, **changes: Any) -> list[Any]:
    """A clean row."""
    found = {
        "接受单位": f"示例再生资源第{number}厂（虚构）", "统一社会信用代码": uscc_of(number), "许可证标识": permit_of(number), "废物类别": "HW31",
        "废物代码": "900-052-31", "利用处置方式": "R4", "年度额度（吨）": 1200,
    }  # fmt: skip
    return list((found | changes).values())


ROWS = (row(1), row(2))


def moment(*parts: int) -> datetime:
    """A moment as a workbook has it: of no zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def workbook(
    edit: Edit = lambda book, page: None,
    *,
    heads: Sequence[Any] = HEADS,
    rows: Sequence[Sequence[Any]] = ROWS,
    top: int = 0,
    sheet: str = SHEET,
    name: str = "名单.xlsx",
    **options: Any,
) -> Made:
    """A workbook of one sheet, heads in row ``top`` (from 0), and what somebody has done to it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False, **options})
    book.set_properties({"created": moment(2026, 11, 30)})
    page = book.add_worksheet(sheet)
    for number, line in enumerate((heads, *rows), top):
        for column, value in enumerate(line):
            put(page, number, column, value)
    edit(book, page)
    book.close()
    return name, out.getvalue()


def put(page: Any, number: int, column: int, value: Any, form: Any = None) -> None:
    """One cell, a text as a text."""
    if isinstance(value, str) and value:
        page.write_string(number, column, value, form)
    elif value is not None and value != "":
        page.write(number, column, value, form)


def old_workbook(
    edit: Edit = lambda book, page: None, *, name: str = "名单.xls", rows: Sequence[Sequence[Any]] = ROWS, dates_1904: bool = False
) -> Made:
    """The same in the format of Excel 97, which WPS calls ET."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = dates_1904
    page = book.add_sheet(SHEET, cell_overwrite_ok=True)
    for number, line in enumerate((HEADS, *rows)):
        for column, value in enumerate(line):
            page.write(number, column, value)
    edit(book, page)
    out = io.BytesIO()
    book.save(out)
    return name, out.getvalue()


def lines(rows: Sequence[Sequence[Any]] = ROWS, by: str = ",", heads: Sequence[str] = HEADS) -> str:
    """The same as text."""
    return "".join(by.join(map(str, line)) + "\r\n" for line in (heads, *rows))


def cell(number: int, column: int, value: Any, **form: Any) -> Edit:
    """Another value in a cell (from 0), in a format."""
    return lambda book, page: put(page, number, column, value, book.add_format(form) if form else None)


def formula(number: int, column: int, text: str, value: Any) -> Edit:
    """A formula and what is stored with it."""
    return lambda book, page: page.write_formula(number, column, text, None, value)


def terms(**changes: Any) -> Edit:
    """The sheet 名单 beside the rows."""
    found: Mapping[str, Any] = {
        "年度": 2027, "移出省": "四川省", "接受省": "重庆市", "名单简称": "a", "名单种类": "双方互认", "生效日": "2027-01-01", "失效日": "2027-12-31",
        "函号": "川环函〔2026〕9号", "函件日期": "2026-11-20",
    } | changes  # fmt: skip

    def edit(book: Any, page: Any) -> None:
        own = book.add_worksheet("名单")
        for number, (head, value) in enumerate(found.items()):
            put(own, number, 0, head)
            put(own, number, 1, value)

    return edit


SHEET1 = "xl/worksheets/sheet1.xml"


class Ugly(Struct, frozen=True):
    """A file and what must be said of it. ``rows``: what each row of the list says otherwise than the clean one; None where there is a finding."""

    file: Made
    repairs: Mapping[str, str] = {}
    findings: Mapping[str, str] = {}
    rows: tuple[Mapping[str, Any], ...] = ({}, {})
    left_out: tuple[str, ...] = ()


def patched(made: Made, member: str, old: str, new: str) -> Made:
    """A workbook in which one text of one part is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made[1])) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == member:
                assert old.encode() in content, (member, old)
                content = content.replace(old.encode(), new.encode())
            target.writestr(info.filename, content)
    return made[0], out.getvalue()


def several(*edits: Edit) -> Edit:
    """One after the other."""

    def edit(book: Any, page: Any) -> None:
        for one in edits:
            one(book, page)

    return edit
