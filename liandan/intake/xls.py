"""Reading XLS, which WPS calls ET (BIFF in an OLE container, [MS-XLS]): values and styles by xlrd, formulas by their records.

xlrd gives of a formula what was stored with it and does not say that it is one, so the records of a sheet are walked once more for that.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from liandan.intake.model import Grid, Line, SheetCell
from liandan.intake.sniffing import unreadable
from liandan.intake.xlsx import COLUMNS_MAX, MERGES_MAX, ROWS_MAX, SHEETS_MAX, too_many
from signing.refusal import Refusal

_EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001  # days of a workbook have no zone
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_WHITE = (1, 9)
"""White in the palette ([MS-XLS] 2.5.161)."""
_BOF, _EOF = 0x0809, 0x000A


def read_xls(raw: bytes) -> tuple[list[Grid], datetime | None]:
    """Sheets of a workbook, and day 0 of its days; Refusal INTAKE_FILE."""
    import xlrd  # noqa: PLC0415  # for the few that send this format

    try:
        book = xlrd.open_workbook(file_contents=raw, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO())
        if book.nsheets > SHEETS_MAX:
            raise unreadable("SHEETS", most=f"{SHEETS_MAX}")
        return [_grid(book, number) for number in range(book.nsheets)], _EPOCHS[book.datemode == 1]
    except Refusal:
        raise
    except xlrd.XLRDError as error:
        raise unreadable("PASSWORD" if "encrypted" in str(error) else "DAMAGED", "" if "encrypted" in str(error) else "XLRDError") from None
    except Exception as error:  # noqa: BLE001  # what a damaged workbook makes of the reader is not counted one by one
        raise unreadable("DAMAGED", type(error).__name__) from None


def _grid(book: Any, number: int) -> Grid:
    page = book.sheet_by_index(number)
    formulas = set(_formulas(book.mem, book._sh_abs_posn[number]))
    grid = Grid(name=page.name, lines={}, merges=[], hidden_rows=set(), hidden_columns=set(), is_hidden=page.visibility != 0)
    if len(page.merged_cells) > MERGES_MAX:
        raise unreadable("MERGES", most=f"{MERGES_MAX}")
    grid.merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in page.merged_cells]
    grid.hidden_rows = {row + 1 for row, told in page.rowinfo_map.items() if told.hidden or told.height == 0}
    grid.hidden_columns = {column + 1 for column, told in page.colinfo_map.items() if told.hidden and column < COLUMNS_MAX}
    for row in range(page.nrows):
        line: Line = {}
        for column in range(page.row_len(row)):
            cell = _cell(book, page, row, column, (row, column) in formulas)
            if cell is None or cell.is_blank:
                continue
            if column >= COLUMNS_MAX:
                grid.is_cut = True
                break
            line[column + 1] = cell
        if line:
            grid.lines[row + 1] = line
            if len(grid.lines) > ROWS_MAX:
                raise too_many()
    return grid


def _cell(book: Any, page: Any, row: int, column: int, is_formula: bool) -> SheetCell | None:
    import xlrd  # noqa: PLC0415

    sort, value = page.cell_type(row, column), page.cell_value(row, column)
    if sort in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    style = book.xf_list[page.cell_xf_index(row, column)]
    known = book.format_map.get(style.format_key)
    form = "" if known is None or known.format_str.lower() == "general" else known.format_str
    is_struck = bool(book.font_list[style.font_index].struck_out)
    struck = "whole" if is_struck else _struck_in(book, page.rich_text_runlist_map.get((row, column)), value)
    is_white = book.font_list[style.font_index].colour_index in _WHITE and style.background.fill_pattern == 0
    own: dict[str, Any] = {"formula": "=" if is_formula else "", "form": form, "struck": struck, "is_white": is_white}
    match sort:
        case xlrd.XL_CELL_TEXT:
            return SheetCell(value, "text", **own)
        case xlrd.XL_CELL_DATE:
            try:
                return SheetCell(xlrd.xldate.xldate_as_datetime(value, book.datemode), "day", **own)
            except (xlrd.xldate.XLDateError, OverflowError, ValueError):
                return SheetCell(value, "number", **own)
        case xlrd.XL_CELL_BOOLEAN:
            return SheetCell(bool(value), "truth", **own)
        case xlrd.XL_CELL_ERROR:
            return SheetCell(xlrd.error_text_from_code.get(value, "#"), "error", **own)
    return SheetCell(float(value), "number", **own)


def _struck_in(book: Any, runs: Any, value: Any) -> Literal["", "part", "whole"]:
    """How much of a text is struck through by fonts of its own."""
    if not runs or not isinstance(value, str):
        return ""
    ends = [*(start for start, _ in runs[1:]), len(value)]
    seen = [False] if value[: runs[0][0]].strip() else []
    seen += [bool(book.font_list[font].struck_out) for (start, font), end in zip(runs, ends, strict=True) if value[start:end].strip()]
    return "whole" if seen and all(seen) else "part" if any(seen) else ""


def _formulas(records: Any, position: int) -> Iterator[tuple[int, int]]:
    """Row and column, from 0, of the formulas of the sheet that begins here; charts within it have beginnings and ends of their own."""
    depth = 0
    while 0 <= position <= len(records) - 4:
        kind, length = struct.unpack_from("<HH", records, position)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif kind in _FORMULAS and length >= 4 and depth == 1 and position + 8 <= len(records):
            yield struct.unpack_from("<HH", records, position + 4)
        position += 4 + length
