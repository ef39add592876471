"""Grids: rows of bordered cells that share one height, and tables that repeat their head on every page."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ledger.mass import format_mass
from reports.paper.fonts import BOLD, REGULAR, width, wrap
from reports.paper.sheet import ACCENT, ALARM, GREY, INK, RULE, SHADE, Paint, Sheet
from reports.paper.tongue import say, spoken

PAD = 4.0
LEADING = 1.32
SUB_SIZE = 5.2
SIZES = (6.8, 6.4, 6.0, 5.6, 5.2)
"""Of a table's texts, the first at which its figures stand on one line."""
Item = TypeVar("Item")


class Cell(Struct, frozen=True, kw_only=True):
    """One cell: a text, a smaller line in the second language under it, and how both look. ``share`` is its part of the width."""

    text: str
    share: float = 1.0
    sub: str = ""
    size: float = 8.0
    weight: float = REGULAR
    color: str = INK
    align: str = "left"
    fill: str | None = None


def label(text: str, sub: str, share: float) -> Cell:
    """A label cell: shaded, the document's language over the other one in small."""
    return Cell(
        text=say(text, sub or text),
        sub=say(sub, text.replace("\n", "") if sub else ""),
        share=share,
        size=say_size(7.5),
        fill=SHADE,
        color="#334155",
    )


def value(text: str, share: float, *, align: str = "left", size: float = 8.0, fill: str | None = None) -> Cell:
    """A value cell; an empty value is a dash, so that nobody writes something in."""
    return Cell(text=text or "—", share=share, align=align, size=size, fill=fill)


class Column(Struct, Generic[Item], frozen=True):
    """A column of a table: its head in both languages, its part of the width, and what it says of an item."""

    zh: str
    en: str
    share: float
    text: Callable[[Item], str]
    align: str = "left"
    alarm: Callable[[Item], bool] = lambda _: False
    """Whether it is printed in red."""
    size: float = 0
    """Of its texts; 0 for that of the table."""
    grams: Callable[[Item], int | None] | None = None
    """What its texts say in tonnes, of a column that has sums."""
    weighed: bool = True

    def cell(self, item: Item, size: float) -> Cell:
        """What stands under the head for an item; empty is a dash."""
        size, color = self.size or size, ALARM if self.alarm(item) else INK
        return Cell(text=self.text(item) or "—", share=self.share, align=self.align, size=size, color=color)


def say_size(size: float) -> float:
    """Of a label: English words are longer."""
    return size if spoken() == "zh" else size - 0.7


def tonnes(grams: int, *, weighed: bool = True) -> str:
    """Grams as tonnes: six decimals where a scale showed them, else as many as say something."""
    text = format_mass(grams)
    return text if weighed and grams else text.rstrip("0").rstrip(".")


def mass(
    zh: str,
    en: str,
    share: float,
    of: Callable[[Item], int | None],
    alarm: Callable[[Item], bool] = lambda _: False,
    *,
    weighed: bool = True,
) -> Column[Item]:
    """A column of grams, printed as tonnes."""

    def text(item: Item) -> str:
        return "" if (grams := of(item)) is None else tonnes(grams, weighed=weighed)

    return Column(zh, en, share, text, "right", alarm, grams=of, weighed=weighed)


def total(columns: Sequence[Column[Item]], items: Sequence[Item], size: float = 7.5) -> list[Cell]:
    """合计: sums, shaded, under the columns of grams, which are the last; a dash where a part of the sum is not known."""
    share = sum(column.share for column in columns if column.grams is None)
    cells = [Cell(text=say("合计", "Total"), share=share, align="right", size=size, fill=SHADE)]
    for column in columns:
        if column.grams is not None:
            parts = [column.grams(item) for item in items]
            text = "" if None in parts else tonnes(sum(part or 0 for part in parts), weighed=column.weighed)
            cells.append(value(text, column.share, align="right", size=size, fill=SHADE))
    return cells


def heads(columns: Sequence[Column[Item]]) -> list[Cell]:
    """The heads of columns."""
    head = Cell(text="", size=say_size(7.3), fill=SHADE, align="center", color="#334155")
    return [
        replace(head, text=say(column.zh, column.en), sub=say(column.en, column.zh.replace("\n", "")), share=column.share)
        for column in columns
    ]


class _Laid(Struct, frozen=True):
    cell: Cell
    width: float
    lines: tuple[str, ...]
    subs: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * self.cell.size * LEADING + len(self.subs) * SUB_SIZE * 1.2


def _lay(cells: Sequence[Cell], room: float) -> list[_Laid]:
    total = sum(cell.share for cell in cells)
    found = []
    for cell in cells:
        wide = room * cell.share / total
        lines = wrap(cell.text, cell.size, wide - 2 * PAD)
        subs = wrap(cell.sub, SUB_SIZE, wide - 2 * PAD) if cell.sub else ()
        found.append(_Laid(cell, wide, lines, subs))
    return found


def row_height(cells: Sequence[Cell], room: float) -> float:
    """Height that a row of cells needs."""
    return _height(_lay(cells, room))


def _height(laid_cells: Sequence[_Laid]) -> float:
    return max(laid.height for laid in laid_cells) + 2 * PAD - 1


def row(sheet: Sheet, cells: Sequence[Cell], *, least: float = 0.0) -> None:
    """Draw a row at the cursor, on a new page if it does not fit."""
    laid_cells = _lay(cells, sheet.room)
    height = max(least, _height(laid_cells))
    sheet.need(height)
    _row(sheet, laid_cells, height)


def _row(sheet: Sheet, laid_cells: Sequence[_Laid], height: float) -> None:
    x = sheet.margin
    for laid in laid_cells:
        sheet.look_at(laid.cell.text.replace("\n", ""))
        sheet.box(x, sheet.y, laid.width, height, fill=laid.cell.fill, stroke=RULE)
        _draw(sheet, laid, x, height)
        x += laid.width
    sheet.y += height


def _draw(sheet: Sheet, laid: _Laid, x: float, height: float) -> None:
    cell = laid.cell
    at = {"left": x + PAD, "center": x + laid.width / 2, "right": x + laid.width - PAD}[cell.align]
    y = sheet.y + (height - laid.height) / 2
    for line in laid.lines:
        y += cell.size * LEADING
        sheet.text(at, y - cell.size * 0.28, line, Paint(cell.size, cell.weight, cell.color, cell.align))
    for line in laid.subs:
        y += SUB_SIZE * 1.2
        sheet.text(at, y - SUB_SIZE * 0.2, line, Paint(SUB_SIZE, REGULAR, GREY, cell.align))


def table_height(sheet: Sheet, columns: Sequence[Column[Item]], items: Iterable[Item], size: float) -> float:
    """Height of a whole table with its head, as wide as the sheet is now."""
    rows = (heads(columns), *([column.cell(item, size) for column in columns] for item in items))
    return sum(row_height(cells, sheet.room) for cells in rows)


def table(
    sheet: Sheet,
    columns: Sequence[Column[Item]],
    items: Iterable[Item],
    *,
    sums: Item | None = None,
    size: float = 7.5,
    keep: float = 0.0,
    least: int = 1,
) -> None:
    """A table, one row an item, ``sums`` shaded under them: the head again on every page, rows under it, and never the last row alone.

    ``size`` of its texts; ``keep``: height that must follow the last row on its page; ``least`` rows stand under the first head.
    """
    rows = [[column.cell(item, size) for column in columns] for item in items]
    rows += [] if sums is None else [[replace(column.cell(sums, size), fill=SHADE) for column in columns]]
    top, *laid_rows = (_lay(cells, sheet.room) for cells in (heads(columns), *rows))
    heights = [_height(laid_cells) for laid_cells in laid_rows]
    # The last row takes the one before it along, and what leans on the table: it never stands alone on a page.
    needed = [*heights[:-2], *(height + heights[-1] + keep for height in heights[-2:-1]), *(height + keep for height in heights[-1:])]
    sheet.need(_height(top) + sum(heights[: least - 1]) + sum(needed[least - 1 : least] or needed[-1:]))
    _row(sheet, top, _height(top))
    for laid_cells, height, needs in zip(laid_rows, heights, needed, strict=True):
        if sheet.need(needs):
            _row(sheet, top, _height(top))
        _row(sheet, laid_cells, height)


def fitting_size(sheet: Sheet, columns: Sequence[Column[Item]], items: Sequence[Item]) -> float:
    """The largest size of a table's texts at which no figure is broken in two."""
    wide = {column: sheet.room * column.share / sum(one.share for one in columns) - 2 * PAD for column in columns}
    texts = [(column.text(item), room) for column, room in wide.items() if column.align == "right" for item in items]
    return next((size for size in SIZES if all(width(text, size) <= room for text, room in texts)), SIZES[-1])


def section(sheet: Sheet, title: str, sub: str) -> None:
    """A section's heading, never alone at the foot of a page: it is drawn with what follows."""

    def draw() -> None:
        if sheet.y > sheet.top:
            sheet.y += 9
        sheet.box(sheet.margin, sheet.y + 1.5, 2.6, 11, fill=ACCENT, stroke=None)
        sheet.text(sheet.margin + 8, sheet.y + 10.6, say(title, sub), Paint(10, BOLD, ACCENT))
        sheet.text(sheet.margin + sheet.room, sheet.y + 10.4, say(sub, title), Paint(6.5, REGULAR, GREY, "right"))
        sheet.y += 17
        sheet.headings[say(title, sub)] = len(sheet.pages)

    sheet.wait(26, draw)
