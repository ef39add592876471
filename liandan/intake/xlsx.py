"""Reading XLSX (ECMA-376): styles and shared texts by openpyxl, the cells of a sheet in one pass over its XML.

openpyxl reads of a formula either its text or what was stored with it, and in its lean mode neither merged cells nor hidden rows; all of that
decides here whether a cell may be believed. The pass is sparse: what a sheet says of its size costs nothing.
"""

from __future__ import annotations

import io
import re
import warnings
from datetime import date, datetime, time
from typing import Any, Literal
from xml.etree.ElementTree import Element, iterparse

from liandan.intake.model import Area, Grid, Line, SheetCell
from liandan.intake.sniffing import unreadable
from signing.phrase import Phrase
from signing.refusal import Refusal

ROWS_MAX, COLUMNS_MAX, MERGES_MAX, SHEETS_MAX = 20_000, 64, 20_000, 64
CELLS_MAX = 2_000_000
"""Cells of a sheet that are looked at, blank ones of a colour included."""
ELEMENTS_MAX, LINES_MAX = 4 * CELLS_MAX, 1_048_576
"""Elements of a sheet, a cell having three and its row; rows that a sheet can have (ECMA-376 as Excel limits it)."""
_CHINESE_DAYS = frozenset((*range(27, 37), *range(50, 59)))
"""Numbers of formats that are days in Chinese workbooks and stand in no table of the file (ECMA-376 part 1, 18.8.30)."""
_REF = re.compile("([A-Z]{1,3})([0-9]{1,7})")


def too_many() -> Refusal:
    """More rows than are read."""
    return unreadable("ROWS", most=f"{ROWS_MAX}")


def read_xlsx(raw: bytes) -> tuple[list[Grid], datetime | None]:
    """Sheets of a workbook whose archive was looked at (:mod:`liandan.intake.sniffing`), and day 0 of its days; Refusal INTAKE_FILE."""
    from openpyxl import load_workbook  # noqa: PLC0415  # a fifth of a second that no other command needs

    try:
        with warnings.catch_warnings():  # what the library would rather have in a workbook is nothing to a clerk
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False, rich_text=True)
        if len(book.worksheets) > SHEETS_MAX:
            raise unreadable("SHEETS", most=f"{SHEETS_MAX}")
        styles = _Styles(book)
        return [_grid(book, page, styles) for page in book.worksheets], book.epoch
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  # what a hostile workbook makes of the reader is not counted one by one
        raise unreadable("DAMAGED", type(error).__name__) from None


class _Styles:
    """Number format and strike-through by the number of a style."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[int, tuple[str, bool, bool, bool]] = {}

    def of(self, number: int) -> tuple[str, bool, bool, bool]:
        """(number format, whether it shows a day, whether it strikes through, whether it is white on white)."""
        if (found := self._known.get(number)) is None:
            found = self._known[number] = self._looked_up(number)
        return found

    def _looked_up(self, number: int) -> tuple[str, bool, bool, bool]:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format  # noqa: PLC0415

        book = self._book
        try:
            style = book._cell_styles[number]
        except IndexError:
            return "General", False, False, False
        code = style.numFmtId
        text = BUILTIN_FORMATS.get(code, "General") if code < 164 else book._number_formats[code - 164]
        font = book._fonts[style.fontId]
        fill = book._fills[style.fillId]
        on_white = getattr(fill, "fill_type", None) in (None, "none") or _is_white(getattr(fill, "fgColor", None))
        return text, code in _CHINESE_DAYS or bool(is_date_format(text)), bool(font.strike), on_white and _is_white(font.color)


def _is_white(color: Any) -> bool:
    """Whether a colour is white: by its value, or as the background of the theme."""
    if color is None:
        return False
    if color.type == "theme":
        return bool(color.theme == 0 and not color.tint)
    return color.type == "rgb" and str(color.rgb)[-6:].upper() == "FFFFFF"


def _grid(book: Any, page: Any, styles: _Styles) -> Grid:
    grid = Grid(name=page.title, lines={}, merges=[], hidden_rows=set(), hidden_columns=set(), is_hidden=page.sheet_state != "visible")
    with book._archive.open(page._worksheet_path) as source:
        _Pass(grid, page._shared_strings, styles, book.epoch).run(source)
    return grid


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


class _Pass:
    """One pass over a sheet."""

    def __init__(self, grid: Grid, strings: Any, styles: _Styles, epoch: datetime) -> None:
        self._grid, self._strings, self._styles, self._epoch = grid, strings, styles, epoch
        self._row = self._column = 0
        self._line: Line = {}
        self._all_hidden = False
        self._filled = self._seen = 0
        self._shared: dict[str, str] = {}

    def run(self, source: Any) -> None:
        """Fill the grid."""
        data: Element | None = None
        root: Element | None = None
        depth = elements = 0
        for event, element in iterparse(source, ("start", "end")):  # noqa: S314  # no entities: sniffing has refused them
            name = _local(element)
            if event == "start":
                root, depth, elements = element if root is None else root, depth + 1, elements + 1
                if elements > ELEMENTS_MAX:
                    raise unreadable("CELLS", most=f"{CELLS_MAX}")
                if name == "row":
                    self._begin(element)
                elif name == "sheetData":
                    data = element
                continue
            if name == "c":
                self._cell(element)
            elif name == "row":
                self._end()
                if data is not None:
                    data.clear()
            elif name == "col":
                self._hide_columns(element)
            elif name == "mergeCell":
                self._merge(element)
            elif name == "sheetFormatPr":
                self._all_hidden = element.get("zeroHeight") in ("1", "true")
            depth -= 1
            if depth == 1 and root is not None:
                root.clear()  # whatever part it was, it has been looked at, and is not kept until the end of the sheet

    def _begin(self, element: Element) -> None:
        self._row = int(element.get("r") or self._row + 1)
        if self._row > LINES_MAX:
            raise unreadable("DAMAGED", Phrase("行号超出工作表", "a row beyond the sheet"))
        self._column, self._line = 0, {}
        hidden = element.get("hidden")
        if hidden in ("1", "true") or (hidden is None and self._all_hidden) or _is_nothing(element.get("ht")):
            self._grid.hidden_rows.add(self._row)

    def _end(self) -> None:
        if self._line:
            self._filled += 1
            if self._filled > ROWS_MAX:
                raise too_many()
            self._grid.lines.setdefault(self._row, {}).update(self._line)

    def _hide_columns(self, element: Element) -> None:
        if element.get("hidden") in ("1", "true") or _is_nothing(element.get("width")):
            first, last = int(element.get("min") or 1), int(element.get("max") or 1)
            self._grid.hidden_columns.update(range(first, min(last, COLUMNS_MAX) + 1))

    def _merge(self, element: Element) -> None:
        if len(self._grid.merges) >= MERGES_MAX:
            raise unreadable("MERGES", most=f"{MERGES_MAX}")
        if (area := read_area(element.get("ref") or "")) is not None:
            self._grid.merges.append(area)

    def _cell(self, element: Element) -> None:
        self._seen += 1
        if self._seen > CELLS_MAX:
            raise unreadable("CELLS", most=f"{CELLS_MAX}")
        if reference := element.get("r"):
            found = _REF.fullmatch(reference)
            self._column = column_number(found[1]) if found else self._column + 1
        else:
            self._column += 1
        cell = self._read(element)
        if cell is None or cell.is_blank:
            return
        if self._column > COLUMNS_MAX:
            self._grid.is_cut = True
        else:
            self._line[self._column] = cell

    def _formula(self, element: Element) -> str:
        """Its text; of a shared one that of the first cell, which alone has it (ECMA-376 part 1, 18.3.1.40)."""
        text, shared = element.text or "", element.get("si")
        if element.get("t") == "shared" and shared is not None:
            text = self._shared.setdefault(shared, text)
        return f"={text or '…'}"

    def _read(self, element: Element) -> SheetCell | None:
        value = formula = inline = None
        for child in element:
            match _local(child):
                case "v":
                    value = child.text
                case "f":
                    formula = self._formula(child)
                case "is":
                    inline = child
        if value is None and formula is None and inline is None:
            return None
        form, is_day, is_struck, is_white = self._styles.of(int(element.get("s") or 0))
        struck: Literal["", "part", "whole"] = "whole" if is_struck else ""
        own: dict[str, Any] = {"formula": formula or "", "form": "" if form == "General" else form, "is_white": is_white}
        match element.get("t") or "n":
            case "s":
                text, part = _text_of(self._strings[int(value or 0)])
                return SheetCell(text, "text", struck=struck or part, **own)
            case "inlineStr":
                from openpyxl.cell.rich_text import CellRichText  # noqa: PLC0415

                text, part = ("", "") if inline is None else _text_of(CellRichText.from_tree(inline))
                return SheetCell(text, "text", struck=struck or part, **own)
            case "str":
                return SheetCell(None if value is None else _text_of(value)[0], "text", struck=struck, **own)
            case "b":
                return SheetCell(value == "1", "truth", struck=struck, **own)
            case "e":
                return SheetCell(value or "#", "error", struck=struck, **own)
            case "d":
                return SheetCell(datetime.fromisoformat((value or "").rstrip("Z")), "day", struck=struck, **own)
        if value is None or not value.strip():
            return SheetCell(None, "number", struck=struck, **own)
        number = float(value)
        if is_day and (day := day_of_number(number, self._epoch)) is not None:
            return SheetCell(day, "day", struck=struck, **own)
        return SheetCell(number, "number", struck=struck, **own)


def _is_nothing(size: str | None) -> bool:
    """Whether a height or width is none."""
    return size is not None and float(size) == 0


def day_of_number(number: float, epoch: datetime) -> datetime | None:
    """The moment that a day number means; None for none that can be told: before March 1900 Excel counts a day that never was."""
    from openpyxl.utils.datetime import from_excel  # noqa: PLC0415

    if not 61 <= number < 2_958_466:
        return None
    found = from_excel(number, epoch)
    if isinstance(found, time):
        return None
    return found if isinstance(found, datetime) else datetime.combine(found, time()) if isinstance(found, date) else None


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _text_of(found: Any) -> tuple[str, Literal["", "part", "whole"]]:
    """A text, and how much of it is struck through."""
    if isinstance(found, str):
        return _ESCAPED.sub(lambda one: chr(int(one[1], 16)), found), ""
    parts = [(part, False) if isinstance(part, str) else (part.text, bool(part.font and part.font.strike)) for part in found]
    seen = [is_struck for text, is_struck in parts if text.strip()]
    whole: Literal["", "part", "whole"] = "whole" if seen and all(seen) else "part" if any(seen) else ""
    return _ESCAPED.sub(lambda one: chr(int(one[1], 16)), "".join(text for text, _ in parts)), whole


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    found = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def read_area(text: str) -> Area | None:
    """``B2:B5``; None for what is no area."""
    ends = [_REF.fullmatch(part) for part in text.split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    (top, left), (bottom, right) = ((int(end[2]), column_number(end[1])) for end in ends if end is not None)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


CUT = Phrase(
    f"第 {COLUMNS_MAX} 列（{column_letters(COLUMNS_MAX)}）右边还有内容", f"something to the right of column {column_letters(COLUMNS_MAX)}"
)
