"""Rows as CSV and XLSX that a spreadsheet opens as what they are: text stays text, numbers are numbers, days are days.

What somebody wrote may begin with ``=``, ``+``, ``-`` or ``@``, and a spreadsheet would run it. In a workbook every text is written as one; in
CSV such a text gets an apostrophe in front (OWASP, CSV injection). CSV begins with a byte order mark, without which Excel reads GBK.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from reports.tables.columns import Table, TableColumn, Value

MARK = "\ufeff"
RUN = tuple("=+-@\t\r\n＝＋－＠")
"""Characters with which spreadsheets begin a formula, also in their full-width forms."""
SHEET_ROWS = 1_048_575
"""Rows of a sheet below its heading: the file format has no more."""
MASS, MOMENT, DAY = "#,##0.000000", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"


def harmless(text: str) -> str:
    """A text that no spreadsheet runs, however it opens the file."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(RUN) or text.startswith(RUN) else text


def csv_text(rows: Iterable[Sequence[Value]]) -> bytes:
    """Lines of CSV (RFC 4180), UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_plain(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return harmless(value) if isinstance(value, str) else str(value)


class Workbook:
    """A workbook that is written row by row with little memory, and goes on on another sheet where one is full."""

    def __init__(self, path: Path, table: Table, heads: Sequence[str], *, sheet_rows: int = SHEET_ROWS) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)})
        self._book.set_properties({"title": table.title[0], "author": "liandan"})
        font = {"font_name": "微软雅黑", "font_size": 10}
        self._head = self._book.add_format({**font, "bold": True, "bg_color": "#1F5A4C", "font_color": "#FFFFFF", "text_wrap": True})
        self._formats = {name: self._book.add_format({**font, "num_format": form}) for name, form in _NUMBERS.items()}
        self._table, self._heads, self._sheet_rows = table, heads, sheet_rows
        self._sheets, self._sheet, self._row = 0, None, 0
        self._begin()

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write rows below those that are there."""
        for row in rows:
            if self._row > self._sheet_rows:
                self._begin()
            for column, value in enumerate(row):
                self._write(column, value)
            self._row += 1

    def close(self) -> None:
        """Finish the file."""
        self._end()
        self._book.close()

    def _begin(self) -> None:
        self._end()
        self._sheets += 1
        name = self._table.title[0] + (f" {self._sheets}" if self._sheets > 1 else "")
        sheet: Any = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, (head, told) in enumerate(zip(self._heads, self._table.columns, strict=True)):
            sheet.set_column(column, column, told.width)
            sheet.write_string(0, column, head, self._head)
        self._sheet, self._row = sheet, 1

    def _end(self) -> None:
        if self._sheet is not None:
            self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._heads) - 1)

    def _write(self, column: int, value: Value) -> None:
        sheet: Any = self._sheet
        if isinstance(value, datetime):
            sheet.write_datetime(self._row, column, value, self._formats["moment"])
        elif isinstance(value, date):
            sheet.write_datetime(self._row, column, datetime(value.year, value.month, value.day), self._formats["day"])  # noqa: DTZ001
        elif isinstance(value, Decimal):
            sheet.write_number(self._row, column, value, self._formats["mass"])
        elif isinstance(value, int):
            sheet.write_number(self._row, column, value, self._formats["whole"])
        elif value:
            sheet.write_string(self._row, column, value, self._formats["text"])


_NUMBERS = {"text": "@", "mass": MASS, "whole": "0", "moment": MOMENT, "day": DAY}


def heads_of(columns: Sequence[TableColumn], *, english: bool) -> list[str]:
    """The first row."""
    return [column.en if english else column.zh for column in columns]
