"""Rows by the fields of their columns, whatever their sender calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.mass import read_mass
from liandan.books.mapping import BookMapping
from liandan.books.tables import STANDARD
from liandan.intake.model import Spot, TemplateRow, TemplateSheet
from reports.books.model import BookKind


class FieldRow:
    """A row by the fields of its columns."""

    def __init__(self, row: TemplateRow, heads: Mapping[str, Sequence[str]]) -> None:
        self.row, self.heads = row, heads

    def has(self, field: str) -> bool:
        """Whether a column of the field holds something."""
        return any(head in self.row.cells for head in self.heads.get(field, ()))

    def text(self, field: str) -> str:
        """The first cell of the field's columns that holds something; empty where none does."""
        return str(next((self.row.cells[head] for head in self.heads.get(field, ()) if head in self.row.cells), ""))

    def grams(self, field: str) -> int | None:
        """A quantity."""
        return read_mass(self.text(field)) if self.has(field) else None

    def at(self, field: str) -> Spot:
        """The cell that says a field, or would."""
        heads = self.heads.get(field, ())
        head = next((one for one in heads if one in self.row.cells), next(iter(heads), ""))
        return self.row.at(head) if head else self.row.spot

    def drop_raw(self, head: str) -> None:
        """A cell is not kept as it stands there."""
        assert isinstance(self.row.raw, dict)
        del self.row.raw[head]


def heads_of(kind: BookKind, mapping: BookMapping | None) -> Mapping[str, Sequence[str]]:
    """Heads by field: as a mapping has them, or as the standard does."""
    if mapping is not None:
        return {field: mapping.heads_of(field) for field in set(mapping.columns.values())}
    return _STANDARD_HEADS[kind]


def _by_field(sheet: TemplateSheet) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in sheet.columns:
        if column.field:
            found.setdefault(column.field, []).append(column.head)
    return found


_STANDARD_HEADS = {kind: _by_field(sheet) for kind, sheet in STANDARD.items()}
