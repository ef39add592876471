"""From a sheet of cells to the rows of a table. Every row that holds something has one outcome: taken, refused with its cells, or left out and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ledger.mass import read_mass, tonnes
from liandan.intake.cells import ReadCell, read_cell, together, told_of
from liandan.intake.heads import Headed, HeadedColumn, find_heads, near_head
from liandan.intake.masses import UNITS, unit_beside, unit_in
from liandan.intake.model import (
    NOTES,
    Grid,
    Line,
    SheetBook,
    SheetCell,
    SheetTitle,
    Spot,
    TemplateRow,
    TemplateSheet,
)
from liandan.intake.saying import SheetReading
from liandan.intake.spelling import folded, is_empty_mark, shown
from liandan.intake.xlsx import CUT, column_letters
from signing.phrase import Phrase
from signing.refusal import EXPECTED_MAX, Reason

_TOTAL = re.compile(r"(本页|全省|全市|本月|当月|本日|本年)?(合计|小计|总计|共计|累计)(数|量)?(\(.*\))?[:：]?(.*家.*)?")
_COUNT = re.compile(r"(?:总计|合计|共计|总共|共)[:：]?([0-9]{1,7})(?:条|行|笔|车次|份)(?:记录|数据)?[。.]?")
"""What a program writes below the rows that it has exported: how many they are."""
_FOOTNOTE = re.compile(r"(注|备注|说明|填表|制表|审核|复核|经办|联系|日期|负责人|盖章|单位[:：]|以上|附).*", re.DOTALL)
_FILLS_MAX = 200_000
"""Cells that merged areas may fill."""
_RAW_MAX = 120
"""Characters of a cell that a book keeps as it stands there."""
_TITLE_MAX = 400
_PIECES = "pieces"
_TAKEN, _TITLE = Phrase("已读取", "taken"), Phrase("小标题，不是数据行", "a heading among the rows")


def tables_of(book: SheetBook, sheets: tuple[TemplateSheet, ...], out: SheetReading) -> dict[str, list[TemplateRow]]:
    """The rows of a file by the name of the sheet that they belong to."""
    found: dict[str, list[TemplateRow]] = {}
    read: dict[str, str] = {}
    for said in book.said:
        out.note(Spot(book.file), said)
    for grid in book.grids:
        if grid.name.strip() == NOTES or not grid.lines:
            continue
        spot = Spot(book.file, grid.name[:31])
        headed = _best(grid, sheets)
        if headed is None:
            if grid.is_hidden:
                out.note(spot, Phrase("隐藏的表，没有读", "a hidden sheet, not read"))
            elif sheets[0].keeps and len(book.grids) > 1:  # covers and summaries lie beside books
                out.note(spot, Phrase("没有认出台账的表头，没有读", "no heads of a book, not read"))
            else:
                asked = (f"“{sheet.name}”：{'、'.join(column.head for column in sheet.columns if column.needed)}" for sheet in sheets)
                out.refuse(spot, Reason("INTAKE_SHEET", "", grid.name[:60], "；".join(asked)[:EXPECTED_MAX]))
        elif grid.is_hidden:
            out.refuse(spot, Reason("INTAKE_HIDDEN", "", grid.name[:60], "", "SHEET"))
        elif headed.sheet.name in read:
            out.refuse(
                spot, Reason("INTAKE_SHEET", "", grid.name[:60], read[headed.sheet.name], "SECOND", {"other": read[headed.sheet.name]})
            )
        else:
            read[headed.sheet.name] = grid.name[:31]
            found.setdefault(headed.sheet.name, []).extend(_Reader(book, grid, headed, out).rows())
    if not found and not out.findings:
        out.refuse(Spot(book.file), Reason("INTAKE_FILE", "", "", "", "NO_TABLE", {"sheets": "、".join(sheet.name for sheet in sheets)}))
    return found


def _best(grid: Grid, sheets: tuple[TemplateSheet, ...]) -> Headed | None:
    """The known sheet that a grid is: by its name, else by its heads; of several that fit equally well the first."""
    named = [sheet for sheet in sheets if sheet.name == grid.name.strip()]
    options = [headed for sheet in named or sheets if (headed := _form(grid, sheet) if sheet.is_form else find_heads(grid, sheet))]
    # A book is the one whose heads it has most of, though its day be lacking: as another it would say something else.
    return max(options, key=lambda one: (one.fits, not one.missing) if one.sheet.keeps else (not one.missing, one.fits), default=None)


def _form(grid: Grid, sheet: TemplateSheet) -> Headed | None:
    """A form has its heads below each other; its reader turns it."""
    found = find_heads(_turned(grid), sheet)
    return found if found is not None and len(found.columns) >= 3 else None


def _turned(grid: Grid) -> Grid:
    """Columns as rows: the first two alone, heads and what stands beside them."""
    lines: dict[int, Line] = {1: {}, 2: {}}
    for row, line in sorted(grid.lines.items())[:64]:
        for column in (1, 2):
            if column in line and row <= 64:
                lines[column][row] = line[column]
    return Grid(name=grid.name, lines=lines, hidden_rows=set(grid.hidden_columns), hidden_columns=set(grid.hidden_rows))


class _Reader:
    """Of one sheet."""

    def __init__(self, book: SheetBook, grid: Grid, headed: Headed, out: SheetReading) -> None:
        self._book, self._headed, self._out = book, headed, out
        self._grid = _turned(grid) if headed.sheet.is_form else grid
        self._name = grid.name[:31]
        self._columns = {one.number: one for one in headed.columns}
        self._letters = {one.column.head: "B" if headed.sheet.is_form else one.letter for one in headed.columns}
        self._sum = self._sums = self._read_rows = 0
        self._last_unit = ""
        self._is_after_title = False
        self._quota = next((one for one in headed.columns if one.column.sort == "mass"), None)

    # ------------------------------------------------------------------ places

    def _spot(self, row: int, one: HeadedColumn | None = None, number: int = 0) -> Spot:
        if self._headed.sheet.is_form:
            at = one.number if one is not None else number
            return Spot(self._book.file, self._name, at, "" if one is None else one.column.head, "B" if at else "")
        letter = one.letter if one is not None else column_letters(number)
        return Spot(self._book.file, self._name, row, "" if one is None else one.column.head, letter)

    # ------------------------------------------------------------------ the table

    def rows(self) -> Iterator[TemplateRow]:
        """The rows that are taken, and with what is wrong those that are not."""
        if self._wrong_heads():
            return
        self._fill_merged()
        for row in sorted(self._grid.lines):
            if row < self._headed.first:
                self._out.came_of(self._spot(row), "left_out", Phrase("表头以上的标题", "a title above the heads"))
                texts = [shown(cell).strip() for _, cell in sorted(self._grid.lines[row].items())]
                self._out.titles.append(SheetTitle(self._spot(row), " ".join(texts)[:_TITLE_MAX]))
            elif row > self._headed.last:
                found = self._row(row, self._grid.lines[row])
                if found is not None:
                    yield found

    def _wrong_heads(self) -> bool:
        out, headed = self._out, self._headed
        spot = self._spot(0 if headed.sheet.is_form else headed.last)
        before = len(out.findings)
        names: dict[str, list[HeadedColumn]] = {}
        for one in headed.columns:
            names.setdefault(one.column.head, []).append(one)
            if one.column.sort == "dropped":
                said = Phrase(f"列“{one.text[:40]}”不读取，也不保存", f"column {one.text[:40]} is neither read nor kept")
                out.note(self._spot(headed.last, one), said)
            elif one.number in self._grid.hidden_columns:
                out.refuse(self._spot(headed.last, one), Reason("INTAKE_HIDDEN", "", one.text[:60], "", "COLUMN"))
        for head, several in names.items():
            if len(several) > 1:
                told = "、".join(f"{one.letter} {one.text}" for one in several)
                out.refuse(self._spot(headed.last, several[1]), Reason("INTAKE_COLUMN", "", told[:120], head, "TWICE", {"head": head}))
        for one in headed.columns:
            if one.column.sort == "mass" and one.other_unit:
                told = f"{one.text} / 单位：{one.other_unit}"
                out.refuse(self._spot(headed.last, one), Reason("INTAKE_UNIT", "", told[:100], "", "TITLE"))
        lacking = [column.head for column in headed.sheet.columns if column.head not in names]
        for number, text in headed.others.items():
            if near := near_head(text, headed.sheet, lacking):
                place = self._spot(headed.last, None, number)
                out.refuse(place, Reason("INTAKE_COLUMN", "", text[:60], near, "NEAR", {"found": text[:60], "near": near}, near))
            elif not headed.sheet.is_form and text:
                said = Phrase(f"列“{text[:40]}”不进入声明", f"column {text[:40]} enters no statement")
                kept = Phrase(f"列“{text[:40]}”不读取，也不保存", f"column {text[:40]} is neither read nor kept")
                out.note(self._spot(headed.last, None, number), kept if headed.sheet.keeps else said)
        for column in () if headed.sheet.is_form else headed.missing:
            reason = Reason("INTAKE_COLUMN", "", Phrase("没有这一列", "absent"), column.head, "ABSENT", {"head": column.head})
            out.refuse(Spot(spot.file, spot.sheet, spot.row, column.head), reason)
        if self._grid.is_cut:
            out.refuse(Spot(spot.file, spot.sheet), Reason("INTAKE_COLUMN", "", CUT, ""))
        return len(out.findings) > before and bool(headed.missing or any(len(several) > 1 for several in names.values()))

    def _fill_merged(self) -> None:
        """The value of a merged cell stands in its first one; whether it is meant for each row, its column says."""
        fills = 0
        rows = sorted(self._grid.lines)
        for top, left, bottom, right in self._grid.merges:
            if top <= self._headed.last or (cell := self._grid.lines.get(top, {}).get(left)) is None:
                continue
            asked = [one for number, one in self._columns.items() if left <= number <= right]
            area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            if not asked or len(self._grid.lines[top]) == 1:
                continue
            if len(asked) > 1:
                self._out.refuse(self._spot(top, asked[0]), Reason("INTAKE_MERGED", "", area, "", "COLUMNS"))
                for row in [top, *(row for row in rows if top < row <= bottom)][:_FILLS_MAX]:
                    for one in asked:
                        self._out.silence(self._spot(row, one))
                continue
            below = [row for row in rows if top < row <= bottom]
            if below and asked[0].column.counts_once:
                how = Phrase(f"合并单元格 {area}，只计一次", f"merged cells {area}: counted once")
                self._out.repair(self._spot(top, asked[0]), shown(cell), shown(cell), how)
                continue
            if below and not asked[0].column.spreads:
                self._out.refuse(self._spot(top, asked[0]), Reason("INTAKE_MERGED", "", area, "", "SHARED"))
                for row in below:
                    self._grid.lines[row].setdefault(left, SheetCell("", "text"))
                    self._out.silence(self._spot(row, asked[0]))
                continue
            for row in below:
                fills += 1
                if fills > _FILLS_MAX:
                    return
                if (covered := self._grid.lines[row].get(left)) is not None and covered.value != cell.value:
                    self._out.refuse(
                        self._spot(row, asked[0]), Reason("INTAKE_MERGED", "", f"{area}：{shown(covered)}"[:60], "", "COVERED")
                    )
                    continue
                self._grid.lines[row][left] = cell
                how = Phrase(f"合并单元格 {area}，各行同值", f"merged cells {area}: the same for each row")
                self._out.repair(self._spot(row, asked[0]), "", shown(cell), how)

    def _row(self, row: int, line: Line) -> TemplateRow | None:
        spot, out = self._spot(row), self._out
        why = None if self._headed.sheet.is_form else self._left_out(row, line)
        self._is_after_title = why is _TITLE
        if why is not None:
            out.came_of(spot, "left_out", why)
            return None
        asked = {
            number: cell for number, cell in line.items() if number in self._columns and self._columns[number].column.sort != "dropped"
        }
        if not asked and all(number in self._headed.texts for number in line):
            out.came_of(spot, "left_out", Phrase("要读的列都空着", "nothing in the columns that are read"))
            return None
        if row in self._grid.hidden_rows:
            out.refuse(spot, Reason("INTAKE_HIDDEN", "", self._told_row(line), "", "ROW"))
        elif asked and all(cell.struck == "whole" for cell in asked.values()):
            out.refuse(spot, Reason("INTAKE_STRUCK", "", self._told_row(line), "", "ROW"))
        else:
            return self._read(row, line, spot)
        out.came_of(spot, "refused", Phrase("隐藏或划去的行", "a hidden or struck-out row"))
        return None

    def _read(self, row: int, line: Line, spot: Spot) -> TemplateRow:
        out, before, cells = self._out, len(self._out.findings), dict[str, Any]()
        self._read_rows += 1
        for number, cell in line.items():
            if (
                number not in self._columns
                and number not in self._headed.others
                and number not in self._headed.units.values()
                and number not in {one.number for one in self._headed.twins}
            ):
                expected = Phrase("空格：这一列没有列名", "nothing: the column has no head")
                out.refuse(self._spot(row, None, number), Reason("INTAKE_COLUMN", "", shown(cell)[:60], expected, "NONE"))
        for one in self._headed.columns:
            place = self._spot(row, one)
            if one.column.sort == "dropped" or out.is_told(place):
                continue
            cell_ = line.get(one.number)
            beside = self._unit_beside(row, line, one, cell_) if one.column.sort == "mass" else ""
            if beside == _PIECES:
                continue
            unit = one.unit or beside or self._headed.sheet.unit
            if beside and UNITS[beside] != UNITS[unit]:
                told = f"{one.text} / {beside}"
                out.refuse(self._spot(row, None, self._headed.units[one.number]), Reason("INTAKE_UNIT", "", told[:100], unit, "BESIDE"))
                continue
            read = ReadCell() if cell_ is None or cell_.is_blank else read_cell(cell_, one.column, unit, self._book.epoch)
            if read.reason is not None:
                out.refuse(place, read.reason)
            elif read.value is None:
                if one.column.needed and not self._headed.sheet.is_form:  # of a form its composer knows what is lacking
                    found = "" if cell_ is None else shown(cell_)[:20]
                    out.refuse(place, Reason("INTAKE_EMPTY", "", found, one.column.note))
                elif (
                    read.hows and cell_ is not None and shown(cell_).strip() != "" and not self._headed.sheet.keeps
                ):  # in a book it is the rule
                    out.repair(place, shown(cell_), "", together(read.hows))
            else:
                cells[one.column.head] = read.value
                if read.hows:
                    out.repair(place, _found(cell_), told_of(read.value), together(read.hows))
                if one.column.sort == "mass" and not unit and cell_ is not None and not unit_beside(cell_):
                    out.refuse(self._spot(self._headed.last, one), Reason("INTAKE_UNIT", "", one.text[:60], "吨", "NONE"))
        self._compare_twins(row, line, cells)
        if self._quota is not None and (grams := read_mass(str(cells.get(self._quota.column.head, "")))) is not None:
            self._sum, self._sums = self._sum + grams, self._sums + grams
        is_bad = len(out.findings) > before
        out.came_of(spot, "refused" if is_bad else "taken", Phrase("有不能读取的格", "a cell of it cannot be read") if is_bad else _TAKEN)
        rows = {one.column.head: one.number for one in self._headed.columns} if self._headed.sheet.is_form else {}
        return TemplateRow(spot, cells, self._letters, rows, self._raw(line) if self._headed.sheet.keeps else {})

    def _raw(self, line: Line) -> dict[str, str]:
        """Cells of the columns that are read, by their heads in the file."""
        kept = {one.number: one.text for one in (*self._headed.columns, *self._headed.twins) if one.column.sort != "dropped"}
        kept |= {number: self._headed.texts[number] for number in self._headed.units.values()}
        return {kept[number][:60]: shown(cell)[:_RAW_MAX] for number, cell in line.items() if number in kept}

    def _unit_beside(self, row: int, line: Line, one: HeadedColumn, cell: SheetCell | None) -> str:
        """The unit that stands in a column of its own; pieces are no mass: then what the table has weighed counts, and without it the row is refused."""
        number = self._headed.units.get(one.number)
        beside = None if number is None else line.get(number)
        if beside is None or beside.is_blank or cell is None or cell.is_blank or number is None or is_empty_mark(shown(beside)):
            return ""
        if unit := unit_in(shown(beside)):
            self._last_unit = unit
            return unit
        if unit_beside(cell):
            return ""
        weighed = next((other for other in self._headed.columns if other.column.head == self._headed.sheet.weighed), None)
        if (
            weighed is not None
            and (found := line.get(weighed.number)) is not None
            and not found.is_blank
            and not is_empty_mark(shown(found))
        ):
            self._out.repair(
                self._spot(row, one), f"{shown(cell)} {shown(beside)}", "", Phrase("是件数，取折合重量", "pieces: their mass is taken")
            )
            return _PIECES
        self._out.refuse(
            self._spot(row, None, number), Reason("INTAKE_UNIT", "", f"{shown(cell)} {shown(beside)}"[:60], "吨 / 千克 / 万吨", "PIECES")
        )
        return _PIECES

    def _compare_twins(self, row: int, line: Line, cells: dict[str, Any]) -> None:
        """Of one quantity in two units both must say the same."""
        for twin in self._headed.twins:
            cell = line.get(twin.number)
            if cell is None or cell.is_blank:
                continue
            read, known = read_cell(cell, twin.column, twin.unit, self._book.epoch), cells.get(twin.column.head)
            if read.reason is not None:
                self._out.refuse(self._spot(row, twin), read.reason)
            elif read.value is not None and (known is None or read_mass(read.value) != read_mass(known)):
                told = f"{shown(cell)} {twin.unit}"
                self._out.refuse(self._spot(row, twin), Reason("INTAKE_UNIT", "", told, f"{known or '-'} 吨", "DIFFER"))

    # ------------------------------------------------------------------ rows that are no rows

    def _left_out(self, row: int, line: Line) -> Phrase | None:
        texts = {number: folded(shown(cell)) for number, cell in line.items()}
        if texts and all(self._headed.texts.get(number) and folded(self._headed.texts[number]) == text for number, text in texts.items()):
            if self._is_after_title:
                self._out.refuse(self._spot(row), Reason("INTAKE_SHEET", "", self._told_row(line), "", "STACKED"))
            return Phrase("重复的表头", "the heads again")
        if len(texts) > 2 and row <= self._headed.last + 2 and list(texts.values()) == [str(at) for at in range(1, len(texts) + 1)]:
            return Phrase("列号", "numbers of the columns")
        first = [text for _, text in sorted(texts.items())][:4]
        if counted := next((found for text in first if (found := _COUNT.fullmatch(re.sub(r"\s+", "", text)))), None):
            if int(counted[1]) != self._read_rows:
                self._out.refuse(self._spot(row), Reason("INTAKE_TOTAL", "", f"{self._read_rows}", counted[1], "ROWS"))
            return Phrase("行数，不是数据行", "the number of rows, no row")
        if any(_TOTAL.fullmatch(re.sub(r"\s+", "", text)) for text in first):
            return self._compare_total(row, line)
        filled = [text for text in texts.values() if text]
        if len(filled) == 1 and not re.search("[0-9A-Z]{15,}|[0-9]{3}-[0-9]{3}-[0-9]{2}", filled[0]):
            if _FOOTNOTE.fullmatch(filled[0]):
                return Phrase("表下的说明", "a note below the table")
            number = next(iter(line))
            if any(top == row and left == number and right - left >= 2 for top, left, _, right in self._grid.merges):
                return _TITLE
        return None

    def _compare_total(self, row: int, line: Line) -> Phrase:
        """A total is no row; one that is not the sum of its rows is told."""
        texts = [re.sub(r"\s+", "", folded(shown(cell))) for _, cell in sorted(line.items())[:4]]
        is_part, quota = any("小计" in text or "本页" in text for text in texts), self._quota
        expected, self._sum = (self._sum if is_part else self._sums), 0
        said = Phrase("小计，不是数据行" if is_part else "合计，不是数据行", "a total, no row")
        if quota is None or (cell := line.get(quota.number)) is None or cell.is_blank:
            return said
        beside = line.get(self._headed.units.get(quota.number, 0))
        unit = quota.unit or (unit_in(shown(beside)) if beside is not None else "") or self._last_unit or self._headed.sheet.unit
        read = read_cell(cell, quota.column, unit, self._book.epoch)
        if read.value is None:
            return Phrase(f"{said.zh}，没有可核对的数", f"{said.en}, not to be compared")
        if read_mass(read.value) != expected and not self._out.findings:
            reason = Reason("INTAKE_TOTAL", "", f"{read.value} 吨", f"{tonnes(expected)} 吨")
            self._out.refuse(self._spot(row, quota), reason)
        return said

    def _told_row(self, line: Line) -> str:
        return "、".join(shown(cell) for _, cell in sorted(line.items()))[:100]


def _found(cell: SheetCell | None) -> str:
    if cell is None:
        return ""
    if cell.sort == "number" and isinstance(cell.value, float):
        return repr(cell.value) if cell.value != int(cell.value) else shown(cell)
    return shown(cell)
