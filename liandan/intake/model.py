"""The nouns of the intake: cells and sheets as a file has them, columns that are asked for, and what is said of a file, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from signing.phrase import Phrase
from signing.refusal import Reason

NOTES = "说明"
"""The sheet for people, which is not read."""
FileSort = Literal["xlsx", "xls", "csv"]


class SheetCell(Struct, frozen=True, gc=False):
    """A cell that holds something. ``value`` of a formula is what was stored with it; None where nothing was."""

    value: str | float | bool | datetime | None
    sort: Literal["text", "number", "day", "truth", "error"] = "text"
    formula: str = ""  # Its text, where there is one; ``=`` where the format does not tell it.
    form: str = ""  # Number format, where it is not General.
    struck: Literal["", "part", "whole"] = ""
    is_white: bool = False  # White on white.

    @property
    def is_blank(self) -> bool:
        """Whether it shows nothing."""
        return not self.formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


Line = dict[int, SheetCell]
"""Cells of a row by the number of their column, from 1; only those that hold something."""
Area = tuple[int, int, int, int]
"""First row and column, last row and column, from 1, all included."""


class Grid(Struct, kw_only=True):
    """A sheet as the file has it."""

    name: str
    lines: dict[int, Line]
    merges: list[Area] = []
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    is_hidden: bool = False
    is_cut: bool = False  # Whether there was something to the right of the columns that are read.


class SheetBook(Struct, kw_only=True):
    """A file that was opened. ``epoch`` is the day 0 of its day numbers, where it has one."""

    file: str
    sort: FileSort
    sha256: str
    size: int
    grids: list[Grid]
    epoch: datetime | None = None
    said: list[Phrase] = []  # How it was opened, where that was to be found out: encoding, separators.


class TemplateColumn(Struct, frozen=True, eq=False, kw_only=True):
    """A column: its head, the field of the body that it fills, and what people are told of it. ``words`` are the values by what is written;
    ``also`` are other heads that offices give it."""

    head: str
    field: str = ""
    needed: bool = True
    note: str = ""
    words: Mapping[str, Any] = {}
    sort: str = (
        "text"  # text, name, number, uscc, category, codes, code, methods, day, moment, clock, mass, whole, yes, provinces, province, division,
        # json, ref; dropped: known and neither read nor kept, because it names persons or is nothing to us
    )
    wide: int = 20
    also: tuple[str, ...] = ()
    in_template: bool = True  # Whether the empty workbook has it.
    spreads: bool = True  # Whether the value of merged cells is meant for each of their rows; a quota is not.
    counts_once: bool = False  # Of a quantity: merged over rows it is that of the first, what a waste of several takers was made.
    group: str = ""  # What stands above several heads; ``head`` begins with it.


class TemplateSheet(Struct, frozen=True, eq=False):
    """A sheet that is known; rows of one kind of act, or of parts of one. ``is_form``: heads stand in the first column and values beside them."""

    name: str
    kind: str
    columns: tuple[TemplateColumn, ...]
    is_form: bool = False
    unit_heads: tuple[str, ...] = ()  # Heads of columns that say the unit of the quantity to their left, row by row (计量单位).
    weighed: str = ""  # Column of the mass of what is counted in pieces (个), where a table has it.
    unit: str = ""  # Of quantities whose unit stands nowhere in a file, as its sender says.
    keeps: bool = False  # Whether rows carry their cells as they stand there: of a book, which is kept, and not of a statement.

    @property
    def by_head(self) -> dict[str, TemplateColumn]:
        """Columns by their heads."""
        return {column.head: column for column in self.columns}


class Spot(Struct, frozen=True):
    """Where something stands: file, sheet, row (from 1, heads included), head of the column and its letters; no row for a whole sheet."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    letter: str = ""

    @property
    def cell(self) -> str:
        """``白名单!C7``; of a whole row ``白名单!7``."""
        return f"{self.sheet}!{self.letter}{self.row}" if self.row else self.sheet

    def __str__(self) -> str:
        """``名单.xlsx 表“单位”第 12 行“单位名称”（C12）``."""
        parts = [self.file, f"表“{self.sheet}”" if self.sheet else "", f"第 {self.row} 行" if self.row else ""]
        told = " ".join(filter(None, parts)) + (f"“{self.column}”" if self.column else "")
        return told + (f"（{self.letter}{self.row}）" if self.letter and self.row else "")


class SheetFinding(Struct, frozen=True):
    """What is wrong, and where."""

    spot: Spot
    reason: Reason


class SheetRepair(Struct, frozen=True):
    """What was read otherwise than it stands there, and why that is safe."""

    spot: Spot
    found: str
    taken: str
    how: Phrase


class SheetNote(Struct, frozen=True):
    """What was left out of the statements or is worth a look, and changes nothing of them."""

    spot: Spot
    said: Phrase


class RowOutcome(Struct, frozen=True):
    """What became of a row that holds something."""

    spot: Spot
    outcome: Literal["taken", "refused", "left_out"]
    said: Phrase


class SheetTitle(Struct, frozen=True):
    """A text above the heads of a table, all cells of its row together: whose it is, of which month."""

    spot: Spot
    text: str


class CodesRead(Struct, frozen=True):
    """What a cell of codes says: the codes, and the scope where words in it say so."""

    scope: Literal["", "ALL", "INCLUDE", "EXCEPT"] = ""
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a repair shows it."""
        told = {"ALL": "全部代码", "EXCEPT": f"除 {'、'.join(self.codes)} 外"}
        return told.get(self.scope, "、".join(self.codes))


CellValue = str | int | bool | list[str] | CodesRead
"""What a cell says, as its column asks for it."""


class TemplateRow(Struct, frozen=True):
    """A row with its filled cells by head, as the column asks for them, and the letters of its columns."""

    spot: Spot
    cells: Mapping[str, Any]  # A :data:`CellValue` each.
    letters: Mapping[str, str] = {}
    rows: Mapping[str, int] = {}  # Of a form, where each head has a row of its own.
    raw: Mapping[str, str] = {}  # Of a sheet that keeps them: cells by their heads in the file, as they stand there.

    def at(self, head: str) -> Spot:
        """Place of one of its cells."""
        return Spot(self.spot.file, self.spot.sheet, self.rows.get(head, self.spot.row), head, self.letters.get(head, ""))


class PlannedStatement(Struct, frozen=True, kw_only=True):
    """A statement that the file asks for. ``places`` say by the beginning of a path in the body where it stands in the file."""

    kind: str
    chain: str
    uscc: str  # Whose it is.
    body: dict[str, Any]
    row: TemplateRow
    places: Mapping[str, Spot] = field(default_factory=dict)

    @property
    def is_of_the_party(self) -> bool:
        """Whether the party itself signs it, and no authority."""
        return self.kind == "party.site/1"

    def spot_of(self, path: str) -> Spot:
        """Where a field of the body stands."""
        parts = path.removeprefix("body.").split(".")
        for end in range(len(parts), 0, -1):
            if (found := self.places.get(".".join(parts[:end]))) is not None:
                return found
        return self.row.spot
