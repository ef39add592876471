"""Files of a call into rows, each file once. What comes of it travels between processes, so that a server reads in one that is bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from liandan.intake.model import RowOutcome, SheetBook, SheetFinding, SheetNote, SheetRepair, SheetTitle, Spot, TemplateRow, TemplateSheet
from liandan.intake.opening import open_bytes
from liandan.intake.rows import tables_of
from liandan.intake.saying import SheetReading
from liandan.intake.tables import ITEMS, LISTS, OPENINGS, PERMITS
from signing.refusal import Reason, Refusal

IntakeSort = Literal["list", "permits", "openings"]
SHEETS: Mapping[IntakeSort, tuple[TemplateSheet, ...]] = {"list": LISTS, "permits": (PERMITS, ITEMS), "openings": (OPENINGS,)}
Tables = Mapping[str, Sequence[TemplateRow]]
"""Rows by the name of their sheet, in the order of the files."""


class TakenFile(Struct, frozen=True):
    """A file that was read: what it is by its bytes, and their SHA-256, by which it is known again."""

    name: str
    sort: str
    sha256: str
    size: int


class ReadTables(Struct, frozen=True):
    """What files of one sort hold, and what was said of them while they were read."""

    files: tuple[TakenFile, ...]
    tables: dict[str, list[TemplateRow]]
    findings: list[SheetFinding]
    repairs: list[SheetRepair]
    notes: list[SheetNote]
    outcomes: list[RowOutcome]
    silent: list[Spot] = []  # Cells of which nothing more is said.
    titles: list[SheetTitle] = []

    def reading(self) -> SheetReading:
        """Where composing goes on."""
        out = SheetReading(self.findings, self.repairs, self.notes, self.outcomes, self.titles)
        for spot in self.silent:
            out.silence(spot)
        return out


def read_tables(sort: IntakeSort, files: Sequence[tuple[str, bytes]], out: SheetReading | None = None) -> ReadTables:
    """The rows of files of a sort, (name, bytes) each; ``out`` has what was found before."""
    return read_sheets(SHEETS[sort], files, out)


def read_sheets(sheets: tuple[TemplateSheet, ...], files: Sequence[tuple[str, bytes]], out: SheetReading | None = None) -> ReadTables:
    """The same of any sheets that are known."""
    out = SheetReading() if out is None else out
    tables, taken = read_files(files, sheets, out)
    return ReadTables(tuple(taken), tables, out.findings, out.repairs, out.notes, out.outcomes, out.silent, out.titles)


def read_files(
    files: Sequence[tuple[str, bytes]], sheets: tuple[TemplateSheet, ...], out: SheetReading
) -> tuple[dict[str, list[TemplateRow]], list[TakenFile]]:
    """The rows of files by the sheets that they belong to; each file once, whatever it is called."""
    tables: dict[str, list[TemplateRow]] = {sheet.name: [] for sheet in sheets}
    known: list[tuple[SheetBook, object]] = []
    for name, raw in files:
        try:
            book = open_bytes(name, raw)
        except Refusal as refusal:
            for reason in refusal.reasons:
                out.refuse(Spot(name), reason)
            continue
        if (twin := next((other for other, _ in known if other.sha256 == book.sha256), None)) is not None:
            out.refuse(Spot(name), Reason("INTAKE_FILE", "", "", "", "TWICE", {"other": twin.file}))
            continue
        found = tables_of(book, sheets, out)
        cells = {sheet: [row.cells for row in rows] for sheet, rows in found.items() if rows}
        if cells and (same := next((other for other, others in known if others == cells), None)) is not None:
            out.refuse(Spot(name), Reason("INTAKE_FILE", "", "", "", "SAME", {"other": same.file}))
            continue
        known.append((book, cells))
        for sheet, rows in found.items():
            tables[sheet] += rows
    return tables, [TakenFile(book.file, book.sort, book.sha256, book.size) for book, _ in known]
