"""The nouns of go-live: the template's sheets, where something stands in a file, what is to be signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from signing.refusal import Reason

NOTES = "说明"
"""The sheet for people, which is not read."""


class TemplateColumn(Struct, frozen=True, kw_only=True):
    """A column: its head, the field of the body that it fills, and what people are told of it. ``words`` are the values by what is written."""

    head: str
    field: str = ""
    needed: bool = True
    note: str = ""
    words: Mapping[str, Any] = {}
    sort: str = "text"  # text, day, mass, whole, list
    wide: int = 20


class TemplateSheet(Struct, frozen=True):
    """A sheet of the template; rows of one kind of act, or of parts of one."""

    name: str
    kind: str
    columns: tuple[TemplateColumn, ...]

    @property
    def by_head(self) -> dict[str, TemplateColumn]:
        """Columns by their heads."""
        return {column.head: column for column in self.columns}


class Spot(Struct, frozen=True):
    """Where something stands: file, sheet, row (from 1, heads included) and head of the column; no row for a whole sheet."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        """``名单.xlsx 表“单位”第 12 行“单位名称”``."""
        parts = [self.file, f"表“{self.sheet}”" if self.sheet else "", f"第 {self.row} 行" if self.row else ""]
        return " ".join(filter(None, parts)) + (f"“{self.column}”" if self.column else "")


class SheetFinding(Struct, frozen=True):
    """What is wrong, and where."""

    spot: Spot
    reason: Reason


class TemplateRow(Struct, frozen=True):
    """A row with its filled cells by head, as text."""

    spot: Spot
    cells: Mapping[str, str]

    def at(self, head: str) -> Spot:
        """Place of one of its cells."""
        return Spot(self.spot.file, self.spot.sheet, self.spot.row, head)


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
