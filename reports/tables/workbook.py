"""Workbooks (XLSX) within the limits of their format: whatever is more than a sheet, a cell or a name holds goes on or is said.

Every text is written as text, so nothing that somebody wrote is run as a formula. Times are those of Beijing. Limits: ECMA-376 and Excel's
own (specifications and limits), which other programs keep too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from reports.tables.columns import Value

SHEET_ROWS = 1_048_575
"""Rows of a sheet below its heading: the file format has no more."""
CELL_TEXT = 32_767
"""UTF-16 units of the text of a cell."""
NAME_LENGTH = 31
"""UTF-16 units of a sheet's name."""
FIRST_YEAR = 1900
"""Before it there are no dates in cells."""
MASS, MOMENT, DAY = "#,##0.000000", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
_FORMS = {"text": "@", "mass": MASS, "percent": "+0.00%;-0.00%;0.00%", "whole": "0", "moment": MOMENT, "day": DAY}
_A4, _A3, _A4_CHARACTERS = 9, 8, 190  # paper by its number in the file; what is wider would be read with a glass on A4
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_STRING, _BLANK, _NUMBER, _TIME = (getattr(Worksheet, f"write_{name}").__wrapped__ for name in ("string", "blank", "number", "datetime"))
_LINE, _LINES_MAX = 15, 27
"""Height of a line in points; a row has 409 at most."""
_CHART, _CHART_ROWS, _CHART_COLUMNS = (620, 330), 24, 10
"""Pixels of a chart, rows and columns of the board that it takes."""
_CUT = "…（原文 {} 字，此格容不下）"
Heads = Sequence[tuple[str, int]]
"""Heads of columns and their widths in characters."""


class Share(Decimal):
    """A part of a whole, which a cell shows in per cent."""


class Workbook:
    """A workbook that is written sheet by sheet and row by row with little memory; a full sheet goes on on the next."""

    def __init__(
        self,
        out: str | BinaryIO,
        title: str,
        *,
        created: datetime | None = None,
        mark: str = "",
        folder: str | None = None,
        sheet_rows: int = SHEET_ROWS,
    ) -> None:
        """``mark`` stands in every sheet's name and over every printed page; ``folder``: for what is written meanwhile."""
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(out, {**options, "tmpdir": folder})
        self._book.set_properties({"title": title, "author": "liandan", **({} if created is None else {"created": created})})
        font = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#B8C0C8"}
        head = {"bold": True, "bg_color": "#1F5A4C", "font_color": "#FFFFFF", "text_wrap": True, "align": "center"}
        self._head = self._book.add_format({**font, **head})
        self._formats = {name: self._book.add_format({**font, "num_format": form}) for name, form in _FORMS.items()}
        self._wrapped = self._book.add_format({**font, "num_format": "@", "text_wrap": True})
        self._title, self._mark, self._sheet_rows = title, mark, sheet_rows
        self._suffix = "" if not mark else f" ({mark})" if mark.isascii() else f"（{mark}）"
        self._names: set[str] = set()
        self._sheet: Any = None
        self._board: Any = None
        self._shown, self._charts = "", 0
        self._name, self._heads, self._parts, self._row, self._is_wrapped = "", tuple[tuple[str, int], ...](), 0, 0, False

    def sheet(self, name: str, heads: Heads, rows: Iterable[Sequence[Value]] = (), *, wrapped: bool = False) -> None:
        """Begin a sheet with a frozen head and a filter, and write its first rows; ``wrapped``: texts may take several lines."""
        self._end()
        self._name, self._heads, self._parts, self._is_wrapped = name, tuple(heads), 0, wrapped
        self._begin()
        self.add(rows)

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write rows below those that are there."""
        for row in rows:
            if self._row > self._sheet_rows:
                self._end()
                self._begin()
            if self._is_wrapped and (lines := self._lines(row)) > 1:
                self._sheet.set_row(self._row, _LINE * lines)  # not every program works heights out for itself
            for column, value in enumerate(row):
                self._write(column, value)
            self._row += 1

    def _lines(self, row: Sequence[Value]) -> int:
        """How many lines the longest text of a row takes in its column; a Chinese character is two wide."""
        texts = ((value, wide) for value, (_, wide) in zip(row, self._heads, strict=True) if isinstance(value, str))
        return min(
            max((-(-sum(1 + (char > "\u2e80") for char in text) // max(wide - 1, 1)) for text, wide in texts), default=1), _LINES_MAX
        )

    def board(self, name: str) -> None:
        """A sheet for charts (:meth:`chart`), which may be of sheets that come later."""
        self._end()
        self._sheet, kept = None, sheet_name(name, self._suffix, self._names)
        self._names.add(kept.casefold())
        self._board = self._book.add_worksheet(kept)
        self._board.hide_gridlines(2)
        self._board.set_landscape()
        self._board.set_paper(_A4)
        self._board.fit_to_pages(1, 0)

    def chart(self, title: str, names: int, columns: Mapping[int, str], rows: int = 0, *, stacked: bool = False) -> None:
        """Put a chart of the sheet under way on the board: bars of these ``columns`` with their colors, called by what stands in the column
        ``names``; of the first rows, 0: all that are there so far. Nothing where there are none."""
        last = min(self._row - 1, rows or self._row)
        if last < 1:
            return
        chart = self._book.add_chart({"type": "bar", **({"subtype": "stacked"} if stacked else {})})
        for column, color in columns.items():
            chart.add_series(
                {
                    "name": [self._shown, 0, column],
                    "categories": [self._shown, 1, names, last, names],
                    "values": [self._shown, 1, column, last, column],
                    "fill": {"color": color},
                    "data_labels": {
                        "value": True,
                        "font": {"size": 8, **({"color": "#FFFFFF"} if stacked else {})},
                        "num_format": "#,##0.###;-#,##0.###;;",
                    },
                    "gap": 40 if last > 3 else 300,
                }
            )
        chart.set_title({"name": title, "overlay": False, "name_font": {"size": 11}})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 8}})
        chart.set_x_axis({"num_font": {"size": 8}, "major_gridlines": {"visible": True, "line": {"color": "#DCE2E1"}}})
        chart.set_legend({"none": True} if len(columns) == 1 else {"position": "bottom"})
        chart.set_size({"width": _CHART[0], "height": max(_CHART[1], 90 + 22 * last)})
        place = self._charts
        self._board.insert_chart(place // 2 * _CHART_ROWS, place % 2 * _CHART_COLUMNS, chart)
        self._charts += 1

    def close(self) -> None:
        """Finish the file."""
        self._end()
        self._book.close()

    def _begin(self) -> None:
        self._parts += 1
        more = (f" {self._parts}" if self._parts > 1 else "") + self._suffix
        name = sheet_name(self._name, more, self._names)
        self._names.add(name.casefold())
        self._shown = name
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A3 if sum(wide for _, wide in self._heads) > _A4_CHARACTERS else _A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 32)
        head, foot = (text.replace("&", "&&") for text in (f"{self._mark}　{self._title}" if self._mark else self._title, name))
        sheet.set_header(f"&L{head}")
        sheet.set_footer(f"&L{foot}&R&P / &N")
        for column, (text, wide) in enumerate(self._heads):
            sheet.set_column(column, column, wide)
            sheet.write_string(0, column, text, self._head)
        self._sheet, self._row = sheet, 1

    def _end(self) -> None:
        if self._sheet is not None:
            last = max(self._row - 1, 1), len(self._heads) - 1
            self._sheet.autofilter(0, 0, *last)
            self._sheet.ignore_errors({"number_stored_as_text": xl_range(0, 0, *last)})  # numbers of manifests are names

    def _write(self, column: int, value: Value) -> None:
        """One cell. A statement of 10^4 lines has half a million of them: the kind of a value is asked once, and the library by its own methods
        behind the one that reads cells' names, which are numbers here."""
        sheet, row, forms = self._sheet, self._row, self._formats
        kind = type(value)
        if kind is str and value:
            _STRING(sheet, row, column, cell_text(value), self._wrapped if self._is_wrapped else forms["text"])  # type: ignore[arg-type]
        elif value is None or kind is str:
            _BLANK(sheet, row, column, None, forms["text"])
        elif kind is int or kind is Decimal:
            _NUMBER(sheet, row, column, value, forms["whole" if kind is int else "mass"])
        elif isinstance(value, Share):
            _NUMBER(sheet, row, column, value, forms["percent"])
        elif isinstance(value, date) and value.year < FIRST_YEAR:
            _STRING(sheet, row, column, str(value), self._wrapped if self._is_wrapped else forms["text"])
        elif isinstance(value, datetime):
            _TIME(sheet, row, column, value, forms["moment"])
        else:
            assert isinstance(value, date), kind
            _TIME(sheet, row, column, datetime(value.year, value.month, value.day), forms["day"])  # noqa: DTZ001


def cell_text(text: str) -> str:
    """A text as a cell holds it; of one that is too long its beginning, and how long it is. The library cuts without a word."""
    if len(text) <= CELL_TEXT // 2 or _units(text) <= CELL_TEXT:
        return text
    note = _CUT.format(len(text))
    return _within(text, CELL_TEXT - _units(note)) + note


def sheet_name(name: str, more: str = "", taken: Iterable[str] = ()) -> str:
    """A name that a sheet may have, ``more`` whole at its end; another one where it is among ``taken`` (in lower case)."""
    kept = _NOT_IN_NAMES.sub(" ", name).strip("' ") or "-"
    used, found, number = set(taken), "", 1
    while not found or found.casefold() in used:
        end = more if number == 1 else f" ~{number}{more}"
        found, number = _within(kept, NAME_LENGTH - _units(end)).rstrip() + end, number + 1
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _within(text: str, units: int) -> str:
    """The longest beginning of at most so many UTF-16 units, no character cut in two."""
    found = text[:units]
    while _units(found) > units:
        found = found[:-1]
    return found
