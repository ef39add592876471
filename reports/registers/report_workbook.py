"""HJ 1259 表 C.1 as a workbook: the columns of the standard under its two rows of heads, ours behind them, "/" where nothing is to be filled.

Of a firm it has a handful of rows, so it is written in memory, where cells can be joined. Every text is written as text.
"""

import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from msgspec import Struct

from ledger.labels import words_of
from ledger.times import parse_at, to_datetime
from reports.paper.tongue import say
from reports.registers.monthly import MonthlyReport, ReportRow
from reports.registers.text import notes, title_of
from reports.tables.columns import tonnes_of
from reports.tables.workbook import MASS, cell_text
from reports.words import FORMS, province, word
from whitelist.fields import Hazard

NOTHING = "/"
"""What the standard's tables hold where there is nothing to fill."""
UNIT = ("吨", "t")
_HAZARDS = words_of(Hazard)
_ENGLISH = {"T": "toxic", "C": "corrosive", "I": "ignitable", "R": "reactive", "In": "infectious"}
Cell = str | Decimal | None
"""None: left for the firm."""


class ReportColumn(Struct, frozen=True):
    """A column: the group over it (empty: none) and its head, in both languages; its field, and its width."""

    group: tuple[str, str]
    head: tuple[str, str]
    field: str
    width: int = 12
    is_ours: bool = False


_NAME, _OWN, _OUT, _STOCK, _OURS = (
    ("危险废物名称", "Waste"), ("自行利用/处置", "Used or disposed of by the unit"), ("委托外单位利用/处置", "Given to others"), ("贮存", "Stock"),
    ("另列（非标准列）", "Beside the standard"),
)  # fmt: skip
_NONE = ("", "")
COLUMNS: tuple[ReportColumn, ...] = (
    ReportColumn(_NONE, ("序号", "No."), "position", 6),
    ReportColumn(_NAME, ("行业俗称/单位内部名称", "Trade or internal name"), "internal_name", 18),
    ReportColumn(_NAME, ("国家危险废物名录名称", "Name in the catalogue"), "catalogue_name", 30),
    ReportColumn(_NONE, ("危险废物类别", "Category"), "category", 12),
    ReportColumn(_NONE, ("危险废物代码", "Code"), "code", 13),
    ReportColumn(_NONE, ("有害成分名称", "Components"), "components", 13),
    ReportColumn(_NONE, ("形态", "Form"), "form", 9),
    ReportColumn(_NONE, ("危险特性", "Hazards"), "hazards", 12),
    ReportColumn(_NONE, ("产生量", "Produced"), "produced_g", 15),
    ReportColumn(_NONE, ("计量单位", "Unit"), "unit", 6),
    ReportColumn(_OWN, ("方式", "Method"), "own_method", 7),
    ReportColumn(_OWN, ("量", "Mass"), "own_g", 15),
    ReportColumn(_OWN, ("计量单位", "Unit"), "unit", 6),
    ReportColumn(_OUT, ("省（区、市）", "Province"), "province", 9),
    ReportColumn(_OUT, ("单位名称", "Unit's name"), "partner", 24),
    ReportColumn(_OUT, ("许可证编号/豁免管理单位编号/出口核准通知单编号", "Permit, exempt unit or export no."), "permit_no", 20),
    ReportColumn(_OUT, ("方式", "Method"), "method", 7),
    ReportColumn(_OUT, ("量", "Mass"), "sent_g", 15),
    ReportColumn(_OUT, ("计量单位", "Unit"), "unit", 6),
    ReportColumn(_STOCK, ("上月底剩余贮存量", "At the end of the month before"), "stock_opening_g", 17),
    ReportColumn(_STOCK, ("计量单位", "Unit"), "unit", 6),
    ReportColumn(_STOCK, ("本月底剩余贮存量", "At the end of this month"), "stock_closing_g", 17),
    ReportColumn(_STOCK, ("计量单位", "Unit"), "unit", 6),
    ReportColumn(_OURS, ("类别", "Part"), "part", 16, is_ours=True),
    ReportColumn(_OURS, ("其中：移出后被拒收", "Refused after it left"), "refused_g", 15, is_ours=True),
    ReportColumn(_OURS, ("本期接受", "Received in the period"), "accepted_g", 15, is_ours=True),
)  # fmt: skip
PARTS = {"produced": ("本单位产生", "produced here"), "received": ("接收后贮存", "received, in stock")}
_CENTRED = frozenset({"position", "unit", "code", "own_method", "method", "form"})
_WIDE, _LINES_MAX = 100, 12


def report_xlsx(found: MonthlyReport) -> bytes:
    """The workbook, in the language that is being spoken."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    title = title_of(found.asked)
    book.set_properties({"title": title, "author": "liandan", "created": to_datetime(parse_at(found.log.at))})
    font = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#B8C0C8"}
    head = {**font, "bold": True, "bg_color": "#1F5A4C", "font_color": "#FFFFFF", "text_wrap": True, "align": "center"}
    forms = {
        "title": book.add_format({"font_name": "微软雅黑", "font_size": 13, "bold": True}),
        "line": book.add_format({"font_name": "微软雅黑", "font_size": 10}),
        "head": book.add_format(head),
        "ours": book.add_format({**head, "bg_color": "#5B6B73"}),
        "text": book.add_format({**font, "num_format": "@", "text_wrap": True}),
        "unit": book.add_format({**font, "num_format": "@", "align": "center"}),
        "mass": book.add_format({**font, "num_format": MASS}),
        "firm": book.add_format({**font, "num_format": "@", "bg_color": "#FFF3CD", "font_color": "#8A4B00", "align": "center"}),
        "book": book.add_format({**font, "num_format": MASS, "bg_color": "#E3F0FF"}),
        "sum": book.add_format({**font, "num_format": MASS, "bold": True}),
    }
    _table(book, found, forms, title)
    _beside(book, found, forms)
    book.close()
    return out.getvalue()


def _table(book: Any, found: MonthlyReport, forms: Any, title: str) -> None:
    sheet = book.add_worksheet(say("表C.1", "C.1"))
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2, 3)
    sheet.freeze_panes(4, 0)
    sheet.set_footer("&R&P / &N")
    marks = [say("演示数据", "DEMONSTRATION")] * found.log.is_demo + [say("未完结，暂计", "provisional")] * (not found.log.is_over)
    sheet.write_string(0, 0, cell_text("　".join((title, *marks))), forms["title"])
    unit = say(
        f"单位名称：{found.name}　统一社会信用代码：{found.asked.party}　统计期：{found.period.month}　账本 {found.log.origin} 截至第 {found.log.size} 条",
        f"Unit: {found.name}, USCC {found.asked.party}, period {found.period.month}, log {found.log.origin} of {found.log.size} entries",
    )
    sheet.write_string(1, 0, cell_text(unit), forms["line"])
    _heads(sheet, forms)
    at = 4
    for number, row in enumerate(found.rows, 1):
        cells = list(_cells(number, row, found))
        sheet.set_row(at, _height(cell for _, cell in cells))
        for column, (field, cell) in enumerate(cells):
            if cell is None:
                sheet.write_string(at, column, say("待填", "to be filled"), forms["firm"])
            elif isinstance(cell, Decimal):
                sheet.write_number(at, column, cell, forms["book" if field in row.sources else "mass"])
            else:
                sheet.write_string(at, column, cell_text(cell), forms["unit" if field in _CENTRED or cell == NOTHING else "text"])
        at += 1
    if not found.rows:
        sheet.merge_range(
            at,
            0,
            at,
            len(COLUMNS) - 1,
            say("本期账本中没有该单位移出或者贮存的危险废物", "The log has nothing of this unit in the period"),
            forms["text"],
        )
    sheet.ignore_errors({"number_stored_as_text": f"A1:Z{at + 2}"})


def _height(cells: Iterable[Cell]) -> float:
    """Of a row, in points: programs that do not fit rows by themselves cut off what takes several lines."""
    texts = zip(COLUMNS, (cell if isinstance(cell, str) else "" for cell in cells), strict=True)
    lines = max(-(-sum(2 if ord(char) > 0x2E80 else 1 for char in text) // (column.width - 1)) for column, text in texts)
    return 15.0 * min(max(lines, 1), _LINES_MAX) + 3


def _heads(sheet: Any, forms: Any) -> None:
    sheet.set_row(2, 22)
    sheet.set_row(3, 44)
    column = 0
    while column < len(COLUMNS):
        one = COLUMNS[column]
        form = forms["ours" if one.is_ours else "head"]
        last = column
        while last + 1 < len(COLUMNS) and one.group != _NONE and COLUMNS[last + 1].group == one.group:
            last += 1
        if one.group == _NONE:
            sheet.merge_range(2, column, 3, column, say(*one.head), form)
        else:
            sheet.merge_range(2, column, 2, last, say(*one.group), form)
            for inner in range(column, last + 1):
                sheet.write_string(3, inner, say(*COLUMNS[inner].head), form)
        for inner in range(column, last + 1):
            sheet.set_column(inner, inner, COLUMNS[inner].width)
        column = last + 1


def _cells(number: int, row: ReportRow, found: MonthlyReport) -> Iterator[tuple[str, Cell]]:
    """Field and cell of each column."""
    for column in COLUMNS:
        yield column.field, _cell(column, number, row, found)


def _cell(column: ReportColumn, number: int, row: ReportRow, found: MonthlyReport) -> Cell:
    field = column.field
    if field == "position":
        return str(number)
    if field == "unit":
        return say(*UNIT)
    if field in row.lacking:
        return None
    if field == "part":
        return say(*PARTS[row.part])
    if field == "code":
        return row.code
    if hasattr(row.words, field):
        return _word(field, getattr(row.words, field)) or NOTHING
    value = getattr(row, field)
    if field in ("refused_g", "accepted_g"):
        return tonnes_of(value) if row.first and (field == "refused_g" or row.part == "received") else NOTHING
    if field.endswith("_g"):
        return NOTHING if value is None else Decimal(value).scaleb(-6)
    if field == "province" and value:
        return province(value)
    if field == "partner" and value:
        return found.names.get(str(value), str(value))
    return str(value) if value else NOTHING


def _word(field: str, text: str) -> str:
    """Forms and hazards in words, a hazard behind its letter; anything else as it is."""
    if field not in ("form", "hazards") or not text:
        return text
    codes = text.split("、")
    if field == "form":
        return say("、", ", ").join(word(one, FORMS) for one in codes)
    return say("、", ", ").join(f"{one} {say(_HAZARDS.get(one, one), _ENGLISH.get(one, one))}" for one in codes)


def _beside(book: Any, found: MonthlyReport, forms: Any) -> None:
    """Sheets behind it: sums by code, which cells are the firm's to fill or stand in its books, notes."""
    codes = sorted({(row.part, row.code) for row in found.rows})
    fields = ("sent_g", "own_g", "refused_g", "accepted_g", "stock_opening_g", "stock_closing_g")
    # Called otherwise than the columns of the standard, so that nobody who reads the file back takes it for another table of them.
    heads = [
        ("类别", "Part"), ("代码合计", "Sums of the code"), ("委外合计（吨）", "Given to others, t"), ("自用合计（吨）", "Used here, t"), ("拒收合计（吨）", "Refused, t"),
        ("接受合计（吨）", "Received, t"), ("期初合计（吨）", "Opening, t"), ("期末合计（吨）", "Closing, t"),
    ]  # fmt: skip
    sheet = _sheet(book, say("合计", "Sums"), [say(*head) for head in heads], forms, 20)
    for at, (part, code) in enumerate(codes, 1):
        rows = [row for row in found.rows if (row.part, row.code) == (part, code)]
        sheet.write_string(at, 0, say(*PARTS[part]), forms["text"])
        sheet.write_string(at, 1, code, forms["text"])
        _sums(sheet, at, rows, fields, forms["mass"], forms)
    sheet.write_string(len(codes) + 1, 0, say("合计", "Total"), forms["sum"])
    sheet.write_string(len(codes) + 1, 1, "", forms["sum"])
    _sums(sheet, len(codes) + 1, list(found.rows), fields, forms["sum"], forms)
    names = {column.field: say(*column.head) for column in COLUMNS} | {
        "own_method": say("自行利用/处置方式", "Method used here"), "own_g": say("自行利用/处置量", "Mass used here")
    }  # fmt: skip
    sheet = _sheet(
        book,
        say("待填与来源", "To be filled"),
        [say("序号", "No."), say("列", "Column"), say("由谁填、取自何处", "Whose, from where")],
        forms,
        30,
    )
    at = 1
    firm = say("由单位按台账填写：账本无从知道", "for the firm, from its own books: the log cannot know it")
    for number, row in enumerate(found.rows, 1):
        for field, what in (*((field, firm) for field in row.lacking), *row.sources.items()):
            for column, text in enumerate((str(number), names[field], what)):
                sheet.write_string(at, column, cell_text(text), forms["text"])
            at += 1
    sheet.set_column(2, 2, 90)
    sheet = _sheet(book, say("说明", "Notes"), [say("说明", "Notes")], forms, _WIDE)
    for at, note in enumerate(notes(found), 1):
        sheet.set_row(at, 15.0 * (1 + len(note) // 45) + 3)
        sheet.write_string(at, 0, cell_text(note), forms["text"])


def _sheet(book: Any, name: str, heads: list[str], forms: Any, wide: int) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, wide)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, forms["head"])
    return sheet


def _sums(sheet: Any, at: int, rows: list[ReportRow], fields: tuple[str, ...], form: Any, forms: Any) -> None:
    """Sums of columns of masses; one that is the firm's to fill in some row has none."""
    for column, field in enumerate(fields, 2):
        if any(field in row.lacking for row in rows):
            sheet.write_string(at, column, say("待填", "to be filled"), forms["firm"])
        else:
            sheet.write_number(at, column, tonnes_of(sum(getattr(row, field) or 0 for row in rows)), form)
