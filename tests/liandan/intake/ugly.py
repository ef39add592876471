"""Ugly workbooks made on purpose: every peculiarity of the intake's page, each with what must be repaired and what must be found, cell by cell.

Cells are named as spreadsheets do (``E2``), ``2`` is a whole row, an empty name the sheet or file. What is not named here must be as in the clean one.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import xlwt
from msgspec import Struct

from tests.liandan.intake.workbooks import (
    HEADS,
    ROWS,
    Made,
    cell,
    formula,
    lines,
    moment,
    old_workbook,
    put,
    row,
    terms,
    uscc_of,
    workbook,
)

QUOTA = 6  # Column G, from 0.


class Ugly(Struct, frozen=True):
    """A file and what must be said of it. ``rows``: what each row of the list says otherwise than the clean one; None where there is a finding."""

    file: Made
    repairs: Mapping[str, str] = {}
    findings: Mapping[str, str] = {}
    rows: tuple[Mapping[str, Any], ...] = ({}, {})
    left_out: tuple[str, ...] = ()


def quota(value: Any, taken: str | None, **form: Any) -> Ugly:
    """The quota of the first row written otherwise, and what it is taken as."""
    repairs = {} if taken is None or (isinstance(value, str) and value == taken) else {"G2": taken}
    return Ugly(workbook(cell(1, QUOTA, value, **form)), repairs, rows=({"quota_t": taken or str(value)}, {}))


def bad(column: str, value: Any, code: str, **form: Any) -> Ugly:
    """A cell of the first row that must be refused."""
    return Ugly(workbook(cell(1, "ABCDEFG".index(column), value, **form)), findings={f"{column}2": code})


def good(column: str, value: Any, taken: str, **changes: Any) -> Ugly:
    """A cell of the first row that must be repaired."""
    return Ugly(workbook(cell(1, "ABCDEFG".index(column), value)), {f"{column}2": taken}, rows=(changes, {}))


def day(value: Any, taken: str, options: Mapping[str, Any] | None = None, **form: Any) -> Ugly:
    """The first day of the list written otherwise; its sheet has it in B6."""

    def edit(book: Any, page: Any) -> None:
        terms(生效日=None)(book, page)
        put(book.get_worksheet_by_name("名单"), 5, 1, value, book.add_format(form) if form else None)

    repaired = {"名单!B6": taken} if taken and not taken.startswith("INTAKE") else {}
    found = {"名单!B6": taken} if taken.startswith("INTAKE") else {}
    return Ugly(workbook(edit, **(options or {})), repaired, found)


def csv(text: str, encoding: str, name: str = "名单.csv") -> Made:
    """A CSV file."""
    return name, text.encode(encoding)


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


_SHEET1 = "xl/worksheets/sheet1.xml"
CSV = "CSV"
"""Name of the sheet of a CSV file."""


def _rich(book: Any, page: Any) -> None:
    struck, bold = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
    page.write_rich_string(1, 4, bold, "900-052-31", struck, "、900-053-31", bold, " ")


def _struck_row(book: Any, page: Any) -> None:
    form = book.add_format({"font_strikeout": True})
    for column, value in enumerate(ROWS[0]):
        put(page, 1, column, value, form)


def _two_rows(book: Any, page: Any) -> None:
    page.merge_range(0, 0, 0, 6, "2027年度四川省—重庆市危险废物跨省转移“白名单”")
    page.merge_range(1, 0, 1, 2, "接受单位")
    page.merge_range(1, 3, 2, 3, "废物类别")
    page.merge_range(1, 4, 2, 4, "废物代码")
    page.merge_range(1, 5, 2, 5, "利用处置方式")
    page.merge_range(1, 6, 2, 6, "年度额度（吨）")
    for column, text in enumerate(("名称", "统一社会信用代码", "许可证标识")):
        page.write_string(2, column, text)


def _merged(first: int, last: int, column: int, value: Any, *, end: int | None = None) -> Any:
    return lambda book, page: page.merge_range(first, column, last, column if end is None else end, value, book.add_format())


def _several(*edits: Any) -> Any:
    def edit(book: Any, page: Any) -> None:
        for one in edits:
            one(book, page)

    return edit


def _hidden_sheet(book: Any, page: Any) -> None:
    other = book.add_worksheet("旧名单")
    for number, line in enumerate((HEADS, row(9))):
        for column, value in enumerate(line):
            put(other, number, column, value)
    other.hide()


def _second_sheet(book: Any, page: Any) -> None:
    other = book.add_worksheet("2026年")
    for number, line in enumerate((HEADS, row(9))):
        for column, value in enumerate(line):
            put(other, number, column, value)


def _dictionary(book: Any, page: Any) -> None:
    other = book.add_worksheet("字典")
    other.write_string(0, 0, "双方互认")
    other.hide()


def _encrypted() -> bytes:
    """The beginning of a workbook with a password: an OLE container with a stream EncryptedPackage ([MS-OFFCRYPTO])."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 34)
    return head + entry.ljust(512, b"\0")


def _locked_xls() -> Made:
    """An XLS with a FILEPASS record behind the first BOF ([MS-XLS] 2.4.117)."""
    name, raw = old_workbook()
    at = raw.index(b"\x09\x08\x10\x00") + 4 + 16
    length = struct.unpack_from("<H", raw, at + 2)[0]
    return name, raw[:at] + struct.pack("<HH", 0x2F, length) + raw[at + 4 :]


def _bomb() -> Made:
    name, raw = workbook()
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(100 * 1024 * 1024))
    return name, out.getvalue()


def _twice(**changes: Any) -> Made:
    return workbook(rows=(*ROWS, row(1, **changes)))


def _far(book: Any, page: Any) -> None:
    blank = book.add_format({"bg_color": "#FFFF00"})
    page.write_blank(1_048_575, 16_383, None, blank)
    page.write_blank(900_000, 2, None, blank)


def _old_cell(number: int, column: int, value: Any, style: Any = None) -> Any:
    return lambda book, page: page.write(number, column, value, style or xlwt.Style.default_style)


def _old_struck() -> Any:
    font = xlwt.Font()
    font.struck_out = True
    style = xlwt.XFStyle()
    style.font = font
    return _several(*(_old_cell(1, column, value, style) for column, value in enumerate(ROWS[0])))


def _old_form(value: Any, form: str) -> Any:
    style = xlwt.XFStyle()
    style.num_format_str = form
    return _old_cell(1, QUOTA, value, style)


def _old_hidden(book: Any, page: Any) -> None:
    page.row(1).hidden = True


def _old_merged(book: Any, page: Any) -> None:
    page.write_merge(1, 2, 3, 3, "HW31")


_QUOTED = [[f'"{value}"' if isinstance(value, str) else value for value in line] for line in ROWS]
_THOUSANDS = lines([[*ROWS[0][:6], "1,200"], ROWS[1]])
_HTML = "<html><meta charset=utf-8><table><tr><td>接受单位</td></tr></table></html>"
_ODS = io.BytesIO()
with zipfile.ZipFile(_ODS, "w") as _archive:
    _archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

UGLY: dict[str, Ugly] = {
    "a clean one": Ugly(workbook()),
    # ------------------------------------------------------------------ codes of firms
    "USCC as a number": bad("B", 915001121000000000, "INTAKE_CELL:USCC"),
    "USCC as a number in text": bad("B", "9.15001E+17", "INTAKE_CELL:USCC"),
    "USCC with .0 behind": bad("B", uscc_of(1) + ".0", "INTAKE_CELL:USCC"),
    "USCC with an E, read as a number": bad("B", 9.15001121e17, "INTAKE_CELL:USCC"),
    "USCC full-width": good("B", uscc_of(1).translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789X"}), uscc_of(1)),
    "USCC in small letters and blanks": good("B", f"\u3000{uscc_of(1).lower()}\u00a0", uscc_of(1)),
    "USCC with a wrong digit": bad("B", uscc_of(1)[:-1] + ("1" if uscc_of(1)[-1] != "1" else "2"), "USCC"),
    "USCC of 17": bad("B", uscc_of(1)[:-1], "USCC"),
    "an error in the USCC": Ugly(workbook(formula(1, 1, "=VLOOKUP(A2,Z:Z,1)", "#N/A")), findings={"B2": "INTAKE_CELL:ERROR"}),
    # ------------------------------------------------------------------ waste codes
    "code full-width": good("E", "９００-０５２-３１", "900-052-31"),
    "code with en dashes": good("E", "900–052–31", "900-052-31"),
    "code with full-width dashes and blanks": good("E", " 900－052－31　", "900-052-31"),
    "code without its zero": good("E", "900-52-31", "900-052-31"),
    "code without hyphens": good("E", "90005231", "900-052-31"),
    "code as a number": good("E", 90005231, "900-052-31"),
    "code as a number whose zero is gone": Ugly(
        workbook(_several(cell(1, 4, 7200108), cell(1, 3, "HW08"))), {"E2": "072-001-08"}, rows=({"code": "072-001-08", "category": "HW08"}, {})
    ),
    "code in a format with zeros": Ugly(
        workbook(_several(cell(1, 4, 7200108, num_format="00000000"), cell(1, 3, "HW08"))), {"E2": "072-001-08"}, rows=({"code": "072-001-08", "category": "HW08"}, {})
    ),
    "code that no zero makes right": bad("E", "900-5-31", "INTAKE_CODE:LOST"),
    "code with its name": good("E", "900-052-31（废铅蓄电池）", "900-052-31"),
    "code with a limit": bad("E", "900-052-31（不含破损）", "INTAKE_CODE:LIMITED"),
    "several codes in a cell": good("E", "900-052-31、384-004-31；900-052-31", "900-052-31、384-004-31", codes=["900-052-31", "384-004-31"]),
    "codes on two lines": good("E", "900-052-31\n384-004-31", "900-052-31、384-004-31", codes=["900-052-31", "384-004-31"]),
    "codes of two categories": bad("E", "900-052-31、900-249-08", "INTAKE_CODE:MIXED"),
    "code of another category": bad("E", "900-249-08", "CODE_CATEGORY"),
    "all codes": good("E", "全部", "全部代码", scope="ALL", codes=None),
    "all but one": good("E", "除900-052-31外", "除 900-052-31 外", scope="EXCEPT"),
    "no code": bad("E", "/", "INTAKE_EMPTY"),
    "category with its name": good("D", "HW31含铅废物", "HW31"),
    "category of one digit": Ugly(
        workbook(_several(cell(1, 3, "HW8"), cell(1, 4, "900-249-08"))), {"D2": "HW08"}, rows=({"category": "HW08", "code": "900-249-08"}, {})
    ),
    "two categories": bad("D", "HW31、HW08", "INTAKE_CODE:CATEGORIES"),
    "category as a number": bad("D", 31, "INTAKE_CELL:TEXT"),
    "no category": Ugly(workbook(cell(1, 3, "—")), {"D2": "HW31"}),
    "methods with their names": good("F", "R4 再循环/再利用金属和金属化合物，r5", "R4、R5", methods=["R4", "R5"]),
    "a method in words": bad("F", "利用", "INTAKE_METHOD"),
    "a range of methods": bad("F", "R1-R5", "INTAKE_METHOD"),
    # ------------------------------------------------------------------ names
    "name with a Kangxi radical": good("A", "示例再生资源第1厂（虚构）".replace("生", "⽣"), "示例再生资源第1厂（虚构）"),
    "name with a no-break space and a line break": good("A", "示例再生资源第1厂\n（虚构）\u00a0", "示例再生资源第1厂（虚构）"),
    "a formula as text": bad("A", "@SUM(1)", "INTAKE_FORMULA:LIKE"),
    # ------------------------------------------------------------------ quantities
    "0.1 + 0.2": Ugly(patched(workbook(cell(1, QUOTA, 0.5)), _SHEET1, "<v>0.5</v>", "<v>0.30000000000000004</v>"), {"G2": "0.3"}, rows=({"quota_t": "0.3"}, {})),
    "thousands": quota("1,200.5", "1200.5"),
    "full-width thousands": quota("１，２００", "1200"),
    "commas that are none": bad("G", "1,2", "INTAKE_NUMBER"),
    "tonnes in the cell": quota("1200 吨/年", "1200"),
    "kilograms in the cell": quota("500kg", "0.5"),
    "ten thousand tonnes in the cell": quota("0.5万吨", "5000"),
    "ten thousand tonnes in the format": quota(1.2, "12000", num_format='0.0"万吨"'),
    "kilograms in the format": quota(500, "0.5", num_format='0"kg"'),
    "tonnes in the format": quota(500, None, num_format='0"吨"'),
    "scaled by the format": bad("G", 12000, "INTAKE_UNIT:FORMAT", num_format='0!.0,"万"'),
    "per cent in the format": bad("G", 0.5, "INTAKE_UNIT:FORMAT", num_format="0%"),
    "a conditional format": bad("G", 12000, "INTAKE_UNIT:FORMAT", num_format='[>=10000]0.0,"万";0'),
    "digits that the format hides": quota(12.345, "12.345", num_format="0.0"),
    "about": bad("G", "约1200", "INTAKE_NUMBER"),
    "a range": bad("G", "1000-1200", "INTAKE_NUMBER"),
    "an exponent": bad("G", "1.2E+3", "INTAKE_NUMBER"),
    "below a gram": bad("G", "0.0000001", "INTAKE_NUMBER:DECIMALS"),
    "nothing": bad("G", 0, "QTY"),
    "less than nothing": bad("G", -5, "QTY"),
    "a truth": bad("G", True, "INTAKE_CELL"),
    "a day for a quantity": bad("G", moment(2026, 1, 2), "INTAKE_NUMBER:DAY", num_format="yyyy-mm-dd"),
    "kilograms in the head": Ugly(workbook(heads=(*HEADS[:6], "年度额度（千克）")), {"G2": "1.2", "G3": "1.2"}, rows=({"quota_t": "1.2"},) * 2),
    "no unit at all": Ugly(workbook(heads=(*HEADS[:6], "年度额度")), findings={"G1": "INTAKE_UNIT:NONE"}),
    "the unit in a title": Ugly(workbook(cell(0, 0, "单位：万吨"), heads=(*HEADS[:6], "年度额度"), top=1), {"G3": "12000000", "G4": "12000000"}, rows=({"quota_t": "12000000"},) * 2, left_out=("1",)),
    "kilograms beside tonnes": Ugly(workbook(heads=(*HEADS, "年度额度（kg）"), rows=([*ROWS[0], 1200000], [*ROWS[1], "1,200,000"]))),
    "kilograms that are other tonnes": Ugly(workbook(heads=(*HEADS, "年度额度（kg）"), rows=([*ROWS[0], 1200], [*ROWS[1], 1200000])), findings={"H2": "INTAKE_UNIT:DIFFER"}),
    # ------------------------------------------------------------------ formulas
    "a formula with its result": Ugly(workbook(formula(1, QUOTA, "=600*2", 1200)), {"G2": "1200"}),
    "a formula dragged down": Ugly(
        patched(
            patched(workbook(_several(formula(1, QUOTA, "=600*2", 1200), formula(2, QUOTA, "=601*2", 1202))), _SHEET1, "<f>600*2</f>", '<f t="shared" ref="G2:G3" si="0">600*2</f>'),
            _SHEET1, "<f>601*2</f>", '<f t="shared" si="0"/>',
        ), {"G2": "1200", "G3": "1202"}, rows=({}, {"quota_t": "1202"}),
    ),
    "a formula without its result": Ugly(patched(workbook(formula(1, QUOTA, "=600*2", 77)), _SHEET1, "<v>77</v>", ""), findings={"G2": "INTAKE_FORMULA:EMPTY"}),
    "a formula of today": Ugly(workbook(formula(1, QUOTA, "=YEAR(TODAY())", 2026)), findings={"G2": "INTAKE_FORMULA:UNSTEADY"}),
    "a formula of another file": Ugly(workbook(formula(1, QUOTA, "='[1]Sheet1'!A1", 1200)), findings={"G2": "INTAKE_FORMULA:UNSTEADY"}),
    "#REF!": Ugly(workbook(formula(1, QUOTA, "=#REF!", "#REF!")), findings={"G2": "INTAKE_CELL:ERROR"}),
    # ------------------------------------------------------------------ days
    "a day as such": day(moment(2027, 1, 1), "", num_format="yyyy/m/d"),
    "a day in a Chinese format": day(moment(2027, 1, 1), "", num_format='yyyy"年"m"月"d"日"'),
    "a day in the 1904 system": day(moment(2027, 1, 1), "2027-01-01", {"date_1904": True}, num_format="yyyy-mm-dd"),
    "a day number": day(46388, "2027-01-01"),
    "a day number of 1904": day(44926, "2027-01-01", {"date_1904": True}),
    "a day with dots": day("2027.1.1", "2027-01-01"),
    "a day with Chinese words": day("2027年1月1日", "2027-01-01"),
    "a day of eight digits": day("20270101", "2027-01-01"),
    "a day of eight digits as a number": day(20270101, "2027-01-01"),
    "day first": day("31/01/2027", "2027-01-31"),
    "day or month first": day("02/01/2027", "INTAKE_DAY:EITHER"),
    "a day that is none": day("2027-02-30", "INTAKE_DAY:NONE"),
    "a day with a time": day(moment(2027, 1, 1, 8, 30), "INTAKE_DAY:TIME", num_format="yyyy-mm-dd hh:mm"),
    "a year of two digits": day("27.1.1", "INTAKE_DAY"),
    "a day before March 1900": day(45, "INTAKE_DAY:NUMBER"),
    # ------------------------------------------------------------------ the table
    "title rows and two-row heads": Ugly(workbook(_two_rows, heads=(), top=2), left_out=("1",)),
    "numbers of columns": Ugly(workbook(rows=((*map(str, range(1, 8)),), *ROWS)), left_out=("2",)),
    "heads again in the middle": Ugly(workbook(rows=(ROWS[0], HEADS, ROWS[1])), left_out=("3",)),
    "a subtotal, a total and a note": Ugly(
        workbook(rows=(*ROWS, ("小计", *[None] * 5, 2400), ("合 计", *[None] * 5, "2,400吨"), ("注：数量为全年",))), left_out=("4", "5", "6")
    ),
    "a total that is none": Ugly(workbook(rows=(*ROWS, ("合计", *[None] * 5, 2500))), findings={"G4": "INTAKE_TOTAL"}, left_out=("4",)),
    "merged over rows": Ugly(workbook(_merged(1, 2, 3, "HW31")), {"D3": "HW31"}),
    "something under merged cells": Ugly(workbook(_several(_merged(1, 2, 3, "HW31"), cell(2, 3, "HW08"))), findings={"D3": "INTAKE_MERGED:COVERED"}),
    "a merged quota": Ugly(workbook(_merged(1, 2, QUOTA, 1200)), findings={"G2": "INTAKE_MERGED:SHARED"}),
    "merged over columns": Ugly(workbook(_merged(1, 1, 3, "HW31", end=4)), findings={"D2": "INTAKE_MERGED:COLUMNS"}),
    "huge merges": Ugly(
        patched(workbook(_several(_merged(1, 2, 3, "HW31"), _merged(3, 4, 9, ""))), _SHEET1, 'count="2"><mergeCell ref="D2:D3"/>', 'count="3"><mergeCell ref="D2:D1048576"/><mergeCell ref="A5:XFD1048576"/>'), {"D3": "HW31"}
    ),
    "a hidden row": Ugly(workbook(lambda book, page: page.set_row(1, None, None, {"hidden": True})), findings={"2": "INTAKE_HIDDEN:ROW"}),
    "a filtered row": Ugly(workbook(lambda book, page: (page.autofilter(0, 0, 2, 6), page.set_row(2, None, None, {"hidden": True}))), findings={"3": "INTAKE_HIDDEN:ROW"}),
    "a hidden column": Ugly(workbook(lambda book, page: page.set_column(3, 3, None, None, {"hidden": True})), findings={"D1": "INTAKE_HIDDEN:COLUMN"}),
    "a hidden sheet with another list": Ugly(workbook(_hidden_sheet), findings={"旧名单!": "INTAKE_HIDDEN:SHEET"}),
    "a hidden sheet of words": Ugly(workbook(_dictionary)),
    "a row struck through": Ugly(workbook(_struck_row), findings={"2": "INTAKE_STRUCK:ROW"}),
    "a cell struck through": bad("G", 900, "INTAKE_STRUCK:CELL", font_strikeout=True),
    "a part struck through": Ugly(workbook(_rich), findings={"E2": "INTAKE_STRUCK:PART"}),
    "rows that are numbered and empty": Ugly(
        workbook(heads=("序号", *HEADS), rows=((1, *ROWS[0]), (2, *ROWS[1]), (3,), (4,))), left_out=("4", "5")
    ),
    "a head with its unit and no brackets": Ugly(workbook(heads=(*HEADS[:6], "转移量 千克")), {"G2": "1.2", "G3": "1.2"}, rows=({"quota_t": "1.2"},) * 2),
    "a row twice": Ugly(_twice(), findings={"4": "ROW_TWICE"}),
    "a row twice with another quota": Ugly(_twice(**{"年度额度（吨）": 5}), findings={"4": "ROW_TWICE"}),
    "further columns": Ugly(workbook(heads=(*HEADS, "备注", "联系人"), rows=([*ROWS[0], "x", "y"], ROWS[1]))),
    "a column without a head": Ugly(workbook(cell(1, 8, "x")), findings={"I2": "INTAKE_COLUMN:NONE"}),
    "a head that is nearly one": Ugly(workbook(heads=(*HEADS, "途径省份"), rows=([*ROWS[0], "贵州"], ROWS[1])), findings={"H1": "INTAKE_COLUMN:NEAR"}),
    "a column that is missing": Ugly(workbook(heads=HEADS[:6]), findings={"1": "INTAKE_COLUMN:ABSENT"}),
    "a column twice": Ugly(workbook(heads=(*HEADS, "额度（吨）"), rows=([*ROWS[0], 1], ROWS[1])), findings={"H1": "INTAKE_COLUMN:TWICE"}),
    "provinces in words": Ugly(workbook(heads=(*HEADS, "途经省份"), rows=([*ROWS[0], "贵州、湖北省"], ROWS[1])), {"H2": "52、42"}, rows=({"conditions": {"transit": ["52", "42"]}}, {})),
    "a slash for nothing": Ugly(workbook(heads=(*HEADS, "其他条件"), rows=([*ROWS[0], "/"], [*ROWS[1], "无"])), {"H2": "", "H3": ""}),
    "a huge used range": Ugly(workbook(_far)),
    "another sheet name": Ugly(workbook(sheet="Sheet1")),
    "a sheet of something else": Ugly(workbook(lambda book, page: book.add_worksheet("电话").write_string(0, 0, "张三")), findings={"电话!": "INTAKE_SHEET"}),
    "white on white": bad("G", 900, "INTAKE_HIDDEN:CELL", font_color="#FFFFFF"),
    "white on green": Ugly(workbook(cell(1, QUOTA, 1200, font_color="#FFFFFF", bg_color="#1F5A4C"))),
    "a format that shows nothing": bad("G", 900, "INTAKE_HIDDEN:CELL", num_format=";;;"),
    "a text that its format hides": bad("E", "900-053-31", "INTAKE_HIDDEN:CELL", num_format=";;;"),
    "a format for accounts": quota(1200.5, None, num_format='_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '),
    "a row without height": Ugly(
        patched(workbook(lambda book, page: page.set_row(1, 33)), _SHEET1, 'ht="33"', 'ht="0"'), findings={"2": "INTAKE_HIDDEN:ROW"}
    ),
    "two sheets of one kind": Ugly(workbook(_second_sheet), findings={"2026年!": "INTAKE_SHEET:SECOND"}),
    "two tables in one sheet": Ugly(workbook(_several(_merged(2, 2, 0, "二、重庆市至四川省", end=6)), rows=(ROWS[0], [None] * 7, HEADS, ROWS[1])), findings={"4": "INTAKE_SHEET:STACKED"}, left_out=("3", "4")),
    "a heading among the rows": Ugly(workbook(_merged(2, 2, 0, "二、涪陵区", end=6), rows=(ROWS[0], [None] * 7, ROWS[1])), left_out=("3",)),
    "a title with another unit": Ugly(workbook(cell(0, 0, "单位：万吨"), top=1), findings={"G2": "INTAKE_UNIT:TITLE"}),
    "codes of both sides": Ugly(
        workbook(heads=("移出单位", "统一社会信用代码", "接受单位", "接受单位统一社会信用代码", *HEADS[2:]), rows=[["示例产废厂", uscc_of(8), *line] for line in ROWS])
    ),
    # ------------------------------------------------------------------ XLS, which WPS calls ET
    "an XLS": Ugly(old_workbook()),
    "an ET": Ugly(old_workbook(name="名单.et")),
    "an XLS called XLSX": Ugly(old_workbook(name="名单.xlsx")),
    "an XLSX called XLS": Ugly(workbook(name="名单.xls")),
    "an XLS with a formula": Ugly(old_workbook(_old_cell(1, QUOTA, xlwt.Formula("600*2"))), findings={"G2": "INTAKE_FORMULA"}),
    "an XLS with a struck row": Ugly(old_workbook(_old_struck()), findings={"2": "INTAKE_STRUCK:ROW"}),
    "an XLS with a hidden row": Ugly(old_workbook(_old_hidden), findings={"2": "INTAKE_HIDDEN:ROW"}),
    "an XLS with merged cells": Ugly(old_workbook(_old_merged), {"D3": "HW31"}),
    "an XLS with the unit in the format": Ugly(old_workbook(_old_form(1.2, '0.0"万吨"')), {"G2": "12000"}, rows=({"quota_t": "12000"}, {})),
    "an XLS with a number for a code": Ugly(old_workbook(_old_cell(1, 4, 90005231)), {"E2": "900-052-31"}),
    # ------------------------------------------------------------------ CSV
    "CSV as UTF-8": Ugly(csv(lines(), "utf-8")),
    "CSV as UTF-8 with a BOM": Ugly(csv(lines(), "utf-8-sig")),
    "CSV as GBK": Ugly(csv(lines(), "gbk")),
    "CSV as UTF-16": Ugly(csv(lines(by="\t"), "utf-16")),
    "CSV as UTF-16 without a BOM": Ugly(csv(lines(by="\t"), "utf-16-le")),
    "CSV with sep=": Ugly(csv("sep=;\r\n" + lines(by=";"), "gbk")),
    "CSV with semicolons": Ugly(csv(lines(by=";"), "utf-8-sig")),
    "CSV with quotes": Ugly(csv(lines(_QUOTED), "utf-8")),
    "CSV with an extra column": Ugly(csv(_THOUSANDS, "utf-8"), findings={"H2": "INTAKE_COLUMN:NONE"}),
    "CSV with .0 and an exponent": Ugly(csv(lines([[*ROWS[0][:1], "9.15E+17", *ROWS[0][2:]], ROWS[1]]), "utf-8"), findings={"B2": "INTAKE_CELL:USCC"}),
    "CSV that keeps its digits as texts": Ugly(
        csv(lines([[ROWS[0][0], f'="{uscc_of(1)}"', *ROWS[0][2:4], "'900-052-31", *ROWS[0][5:]], ROWS[1]]).replace('="', '"=""').replace(f'{uscc_of(1)}"', f'{uscc_of(1)}"""'), "utf-8"),
        {"B2": uscc_of(1), "E2": "900-052-31"},
    ),
    "CSV called XLS": Ugly(csv(lines(), "gbk", "名单.xls")),
    "CSV with an open quote": Ugly(csv(lines() + '"x', "utf-8"), findings={"": "INTAKE_FILE:CSV"}),
    "CSV cut in a character": Ugly(("名单.csv", lines().encode("utf-8") + b"\xe5\xff\xff"), findings={"": "INTAKE_FILE:ENCODING"}),
    # ------------------------------------------------------------------ what is none
    "HTML called XLS": Ugly(csv(_HTML, "utf-8", "名单.xls"), findings={"": "INTAKE_FILE:HTML"}),
    "HTML as UTF-16": Ugly(csv(_HTML, "utf-16", "名单.xls"), findings={"": "INTAKE_FILE:HTML"}),
    "XML of 2003": Ugly(csv('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "utf-8", "名单.xls"), findings={"": "INTAKE_FILE:XML"}),
    "a password": Ugly(("名单.xlsx", _encrypted()), findings={"": "INTAKE_FILE:PASSWORD"}),
    "an XLS with a password": Ugly(_locked_xls(), findings={"": "INTAKE_FILE:PASSWORD"}),
    "a PDF": Ugly(("名单.xlsx", b"%PDF-1.7 ..."), findings={"": "INTAKE_FILE:OTHER"}),
    "an ODS": Ugly(("名单.ods", _ODS.getvalue()), findings={"": "INTAKE_FILE:OLD"}),
    "nothing at all": Ugly(("名单.xlsx", b""), findings={"": "INTAKE_FILE:EMPTY"}),
    "a bomb": Ugly(_bomb(), findings={"": "INTAKE_FILE:BOMB"}),
    "entities": Ugly(patched(workbook(), _SHEET1, "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), findings={"": "INTAKE_FILE:DAMAGED"}),
    "no table": Ugly(("x.csv", "你好\r\n".encode()), findings={"CSV!": "INTAKE_SHEET"}),
}  # fmt: skip
