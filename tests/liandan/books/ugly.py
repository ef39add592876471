"""Ugly books made on purpose, each with what has to come of it: the table HJ 1259 B.5, its neighbours, and an export of a fictitious system."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import xlsxwriter
import xlwt
from msgspec import Struct

from liandan.books.mapping import BookMapping
from tests.liandan.intake.workbooks import Edit, Made, moment, put, uscc_of

HOLDER, RECEIVER = uscc_of(1, "510107"), uscc_of(2)
NAME = "示例电子（成都）有限公司（虚构）"
MONTH = "2026-11"
GROUPS = ("序号", "委外利用/处置批次编码", "出厂时间", "容器/包装编码", "容器/包装类型", "容器/包装数量", "危险废物名称", "", "危险废物类别",
          "危险废物代码", "委外利用/处置量", "计量单位", "利用/处置方式", "接收单位类型", "许可证持有单位", "", "豁免管理单位", "境外单位", "",
          "产生批次编码/出库批次编码")  # fmt: skip
HEADS = ("", "", "", "", "", "", "行业俗称/单位内部名称", "国家危险废物名录名称", "", "", "", "", "", "", "单位名称", "许可证编码", "单位名称",
         "单位名称", "出口核准通知单编号", "")  # fmt: skip
AREAS = ((6, 7), (14, 15), (17, 18))
"""Columns, from 0, over which one upper head lies."""


class UglyBook(Struct, frozen=True, kw_only=True):
    """A file, and what comes of it: masses of its lines in grams, or findings by cell; repairs by cell where they are what it is about."""

    file: Made
    grams: tuple[int, ...] = (12_500_000, 8_000_000)
    findings: Mapping[str, str] = {}
    repairs: Mapping[str, str] | None = None
    month: str = MONTH
    mapping: BookMapping | None = None
    days: tuple[str, ...] | None = None
    kinds: tuple[str, ...] = ("b5",)


def row(number: int, **changes: Any) -> list[Any]:
    """A clean row of B.5; B is its batch, C its day, K its mass, L its unit."""
    found: dict[str, Any] = {
        "no": number, "batch": f"WW2026110{number}000001", "day": f"2026-11-0{number + 2}", "pack": f"RQ{number}", "kind": "桶", "packs": 20,
        "own": "废电瓶", "waste": "废铅蓄电池", "category": "HW31", "code": "900-052-31", "mass": (12.5, 8)[number - 1] if number < 3 else 1,
        "unit": "吨", "method": "R4", "taker": "许可证持有单位", "holder": "示例再生资源厂（虚构）", "permit": "渝500112-0001", "free": "/",
        "abroad": "/", "notice": "/", "from": f"CK2026110{number}000001",
    }  # fmt: skip
    return list((found | changes).values())


ROWS = (row(1), row(2))


def book(
    edit: Edit = lambda book, page: None,
    rows: Any = ROWS,
    *,
    top: int = 0,
    sheet: str = "委外",
    name: str = "台账.xlsx",
    merged: bool = True,
) -> Made:
    """B.5 with its two rows of heads in rows ``top`` and ``top + 1`` (from 0)."""
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.set_properties({"created": moment(2026, 11, 30)})
    page = made.add_worksheet(sheet)
    for at, line in enumerate((GROUPS, HEADS, *rows), top):
        for column, value in enumerate(line):
            put(page, at, column, value)
    for left, right in AREAS if merged else ():
        page.merge_range(top, left, top, right, GROUPS[left])
    edit(made, page)
    made.close()
    return name, out.getvalue()


def titled(*texts: str, rows: Any = ROWS) -> Made:
    """With titles above the heads."""

    def write(made: Any, page: Any) -> None:
        for at, text in enumerate(texts):
            page.write_string(at, 0, text)

    return book(write, rows, top=len(texts))


def changed(**changes: Any) -> Made:
    """The second row otherwise."""
    return book(rows=(row(1), row(2, **changes)))


def cell(at: int, column: int, value: Any, **form: Any) -> Made:
    """Another value in one cell (from 0), in a format."""
    return book(lambda made, page: put(page, at, column, value, made.add_format(form) if form else None))


def text(made: str, encoding: str = "utf-8", name: str = "导出.csv") -> Made:
    """A CSV file."""
    return name, made.encode(encoding)


def old(*, dates_1904: bool = False) -> Made:
    """The same in the format of Excel 97, its days as days of the file."""
    made = xlwt.Workbook(encoding="utf-8")
    made.dates_1904 = dates_1904
    page = made.add_sheet("委外")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, line in enumerate((GROUPS, HEADS, *ROWS)):
        for column, value in enumerate(line):
            if column == 2 and at > 1:
                page.write(at, column, moment(2026, 11, at + 1), day)
            elif value != "":
                page.write(at, column, value)
    out = BytesIO()
    made.save(out)
    return "台账.xls", out.getvalue()


EXPORT = ("联单号码", "产废企业", "处置企业", "危废代码", "数量", "计量单位", "转移日期", "司机", "司机电话")
"""Heads of a fictitious system."""
MAPPING = BookMapping(
    sender="示例平台", kind="platform",
    columns=dict(zip(EXPORT, ("manifest_no", "generator", "receiver", "code", "mass", "unit", "departed_at", "drop", "drop"), strict=True)),
)  # fmt: skip


def export(*rows: tuple[Any, ...], by: str = ",", heads: tuple[str, ...] = EXPORT, end: str = "\r\n") -> str:
    """Rows of the fictitious system."""
    return "\r\n".join(by.join(map(str, line)) for line in (heads, *rows)) + end


def load(
    number: int,
    mass: str = "12.5",
    unit: str = "吨",
    day: str = "2026-11-03 09:30",
    generator: str = HOLDER,
    receiver: str = RECEIVER,
    **also: str,
) -> tuple[str, ...]:
    """A row of the export."""
    return (f"20265101{number:06d}", generator, receiver, also.get("code", "900-052-31"), mass, unit, day, "王某", "13800000000")


def exported(*rows: tuple[Any, ...], **given: Any) -> Made:
    """The export as UTF-8."""
    return text(export(*rows, **given))


def truncated(made: Made, share: float) -> Made:
    """The first part of a file's bytes."""
    return made[0], made[1][: int(len(made[1]) * share)]


def with_dimension(made: Made, ref: str) -> Made:
    """A workbook that says of its sheet how large it is."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(made[1])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            raw = old.read(member.filename)
            if member.filename == "xl/worksheets/sheet1.xml":
                start, end = raw.index(b"<dimension"), raw.index(b"/>", raw.index(b"<dimension")) + 2
                raw = raw[:start] + f'<dimension ref="{ref}"/>'.encode() + raw[end:]
            new.writestr(member.filename, raw)
    return made[0], out.getvalue()


def empty_rows(made: Made, count: int) -> Made:
    """With so many rows of a format and nothing in them behind the last."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(made[1])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            raw = old.read(member.filename)
            if member.filename == "xl/worksheets/sheet1.xml":
                more = b"".join(b'<row r="%d" ht="15"></row>' % number for number in range(10, 10 + count))
                raw = raw.replace(b"</sheetData>", more + b"</sheetData>")
            new.writestr(member.filename, raw)
    return made[0], out.getvalue()


def monthly(rows: Any) -> Made:
    """C.1 with its groups and four columns called 计量单位; wastes with several takers are merged."""
    upper = ("序号", "危险废物名称", "", "危险废物类别", "危险废物代码", "产生量", "计量单位", "自行利用/处置", "", "", "委托外单位利用/处置", "", "", "", "", "",
             "贮存", "", "", "")  # fmt: skip
    lower = ("", "行业俗称/单位内部名称", "国家危险废物名录名称", "", "", "", "", "方式", "量", "计量单位", "省（区、市）", "单位名称", "许可证编号", "方式", "量",
             "计量单位", "上月底剩余贮存量", "计量单位", "本月底剩余贮存量", "计量单位")  # fmt: skip

    def write(made: Any, page: Any) -> None:
        page.merge_range(3, 5, 4, 5, 20)

    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    page = made.add_worksheet("申报表")
    page.write_string(0, 0, "危险废物申报表 2026年11月")
    for at, line in enumerate((upper, lower, *rows), 1):
        for column, value in enumerate(line):
            put(page, at, column, value)
    write(made, page)
    made.close()
    return "月报.xlsx", out.getvalue()


def declared(taker: str, mass: Any, *, first: bool) -> list[Any]:
    """A row of C.1."""
    own = ["废电瓶", "废铅蓄电池", "HW31", "900-052-31", 20 if first else "", "吨"]
    return [
        1,
        *own,
        "/",
        "/",
        "/",
        "重庆市",
        taker,
        "渝500112-0001",
        "R4",
        mass,
        "吨",
        3000 if first else "",
        "千克",
        0.25 if first else "",
        "吨",
    ]
