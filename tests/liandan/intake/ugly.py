"""Ugly workbooks made on purpose: every peculiarity of the intake's page, each with what must be repaired and what must be found, cell by cell.

Cells are named as spreadsheets do (``E2``), ``2`` is a whole row, an empty name the sheet or file. What is not named here must be as in the clean one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.liandan.intake.ugly_files import FILES
from tests.liandan.intake.workbooks import (
    HEADS,
    QUOTA,
    ROWS,
    SHEET1,
    Made,
    Ugly,
    cell,
    formula,
    moment,
    patched,
    put,
    row,
    several,
    terms,
    uscc_of,
    workbook,
)


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


def _twice(**changes: Any) -> Made:
    return workbook(rows=(*ROWS, row(1, **changes)))


def _far(book: Any, page: Any) -> None:
    blank = book.add_format({"bg_color": "#FFFF00"})
    page.write_blank(1_048_575, 16_383, None, blank)
    page.write_blank(900_000, 2, None, blank)


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
        workbook(several(cell(1, 4, 7200108), cell(1, 3, "HW08"))), {"E2": "072-001-08"}, rows=({"code": "072-001-08", "category": "HW08"}, {})
    ),
    "code in a format with zeros": Ugly(
        workbook(several(cell(1, 4, 7200108, num_format="00000000"), cell(1, 3, "HW08"))), {"E2": "072-001-08"}, rows=({"code": "072-001-08", "category": "HW08"}, {})
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
    "all but two": Ugly(workbook(cell(1, 4, "不含：900-052-31 和 384-004-31 的其他")), {"E2": "除 900-052-31、384-004-31 外"}, rows=({"scope": "EXCEPT", "codes": ["900-052-31", "384-004-31"]}, {})),
    "a cell of blanks and one code": bad("E", "除" + " " * 20_000 + "900-052-31", "INTAKE_CELL:LONG"),
    "a long quantity": bad("G", "9" * 30_000, "INTAKE_CELL:LONG"),
    "no code": bad("E", "/", "INTAKE_EMPTY"),
    "category with its name": good("D", "HW31含铅废物", "HW31"),
    "category of one digit": Ugly(
        workbook(several(cell(1, 3, "HW8"), cell(1, 4, "900-249-08"))), {"D2": "HW08"}, rows=({"category": "HW08", "code": "900-249-08"}, {})
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
    "0.1 + 0.2": Ugly(patched(workbook(cell(1, QUOTA, 0.5)), SHEET1, "<v>0.5</v>", "<v>0.30000000000000004</v>"), {"G2": "0.3"}, rows=({"quota_t": "0.3"}, {})),
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
            patched(workbook(several(formula(1, QUOTA, "=600*2", 1200), formula(2, QUOTA, "=601*2", 1202))), SHEET1, "<f>600*2</f>", '<f t="shared" ref="G2:G3" si="0">600*2</f>'),
            SHEET1, "<f>601*2</f>", '<f t="shared" si="0"/>',
        ), {"G2": "1200", "G3": "1202"}, rows=({}, {"quota_t": "1202"}),
    ),
    "a formula without its result": Ugly(patched(workbook(formula(1, QUOTA, "=600*2", 77)), SHEET1, "<v>77</v>", ""), findings={"G2": "INTAKE_FORMULA:EMPTY"}),
    "a formula of today": Ugly(workbook(formula(1, QUOTA, "=YEAR(TODAY())", 2026)), findings={"G2": "INTAKE_FORMULA:UNSTEADY"}),
    "a formula of another file": Ugly(workbook(formula(1, QUOTA, "='[1]Sheet1'!A1", 1200)), findings={"G2": "INTAKE_FORMULA:UNSTEADY"}),
    "#REF!": Ugly(workbook(formula(1, QUOTA, "=#REF!", "#REF!")), findings={"G2": "INTAKE_CELL:ERROR"}),
    # ------------------------------------------------------------------ days
    "a day as such": day(moment(2027, 1, 1), "", num_format="yyyy/m/d"),
    "a day in a Chinese format": day(moment(2027, 1, 1), "", num_format='yyyy"年"m"月"d"日"'),
    "a day in a format of Chinese workbooks that no table names": Ugly(
        patched(day(moment(2027, 1, 1), "", num_format=14).file, "xl/styles.xml", 'numFmtId="14"', 'numFmtId="31"')
    ),
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
    "something under merged cells": Ugly(workbook(several(_merged(1, 2, 3, "HW31"), cell(2, 3, "HW08"))), findings={"D3": "INTAKE_MERGED:COVERED"}),
    "a merged quota": Ugly(workbook(_merged(1, 2, QUOTA, 1200)), findings={"G2": "INTAKE_MERGED:SHARED"}),
    "merged over columns": Ugly(workbook(_merged(1, 1, 3, "HW31", end=4)), findings={"D2": "INTAKE_MERGED:COLUMNS"}),
    "huge merges": Ugly(
        patched(workbook(several(_merged(1, 2, 3, "HW31"), _merged(3, 4, 9, ""))), SHEET1, 'count="2"><mergeCell ref="D2:D3"/>', 'count="3"><mergeCell ref="D2:D1048576"/><mergeCell ref="A5:XFD1048576"/>'), {"D3": "HW31"}
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
    "a workbook of another program, without styles of names": Ugly(
        patched(workbook(), "xl/styles.xml", '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>', "")
    ),
    "another sheet name": Ugly(workbook(sheet="Sheet1")),
    "a sheet of something else": Ugly(workbook(lambda book, page: book.add_worksheet("电话").write_string(0, 0, "张三")), findings={"电话!": "INTAKE_SHEET"}),
    "white on white": bad("G", 900, "INTAKE_HIDDEN:CELL", font_color="#FFFFFF"),
    "white on green": Ugly(workbook(cell(1, QUOTA, 1200, font_color="#FFFFFF", bg_color="#1F5A4C"))),
    "a format that shows nothing": bad("G", 900, "INTAKE_HIDDEN:CELL", num_format=";;;"),
    "a text that its format hides": bad("E", "900-053-31", "INTAKE_HIDDEN:CELL", num_format=";;;"),
    "a format for accounts": quota(1200.5, None, num_format='_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '),
    "a row without height": Ugly(
        patched(workbook(lambda book, page: page.set_row(1, 33)), SHEET1, 'ht="33"', 'ht="0"'), findings={"2": "INTAKE_HIDDEN:ROW"}
    ),
    "two sheets of one kind": Ugly(workbook(_second_sheet), findings={"2026年!": "INTAKE_SHEET:SECOND"}),
    "two tables in one sheet": Ugly(workbook(several(_merged(2, 2, 0, "二、重庆市至四川省", end=6)), rows=(ROWS[0], [None] * 7, HEADS, ROWS[1])), findings={"4": "INTAKE_SHEET:STACKED"}, left_out=("3", "4")),
    "a heading among the rows": Ugly(workbook(_merged(2, 2, 0, "二、涪陵区", end=6), rows=(ROWS[0], [None] * 7, ROWS[1])), left_out=("3",)),
    "a title with another unit": Ugly(workbook(cell(0, 0, "单位：万吨"), top=1), findings={"G2": "INTAKE_UNIT:TITLE"}),
    "codes of both sides": Ugly(
        workbook(heads=("移出单位", "统一社会信用代码", "接受单位", "接受单位统一社会信用代码", *HEADS[2:]), rows=[["示例产废厂", uscc_of(8), *line] for line in ROWS])
    ),
    **FILES,
}  # fmt: skip
