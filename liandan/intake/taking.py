"""The one door of the intake: files in, and out of them statements, or what is wrong with them by sheet, row and column. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from ledger.model import Facts
from liandan.intake.ground import LogGround
from liandan.intake.listing import ListDraft, compose_list, judge_list
from liandan.intake.model import (
    PlannedStatement,
    RowOutcome,
    SheetBook,
    SheetFinding,
    SheetNote,
    SheetRepair,
    Spot,
    TemplateRow,
    TemplateSheet,
)
from liandan.intake.opening import open_bytes
from liandan.intake.rows import SheetReading, tables_of
from liandan.intake.tables import LISTS
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal

IntakeSort = Literal["list", "permits", "openings"]
FINDINGS_MAX = 1_000
"""Findings, repairs and notes of each kind that are told; more teach nothing new."""
SHEETS: Mapping[IntakeSort, tuple[TemplateSheet, ...]] = {"list": LISTS}


class TakenFile(Struct, frozen=True):
    """A file that was read: what it is by its bytes, and their SHA-256, by which it is known again."""

    name: str
    sort: str
    sha256: str
    size: int


class TakenFiles(Struct, frozen=True, kw_only=True):
    """What files say. ``statements`` are empty while there is a finding; ``draft`` is the list as far as its rows could be read."""

    sort: IntakeSort
    files: tuple[TakenFile, ...]
    statements: tuple[PlannedStatement, ...] = ()
    draft: ListDraft | None = None
    findings: tuple[SheetFinding, ...] = ()
    repairs: tuple[SheetRepair, ...] = ()
    notes: tuple[SheetNote, ...] = ()
    outcomes: tuple[RowOutcome, ...] = ()


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


def take(
    sort: IntakeSort,
    files: Sequence[tuple[str, bytes]],
    *,
    at_s: int,
    ground: LogGround | None = None,
    facts: Facts | None = None,
    by: str = "",
    given: Mapping[str, str] | None = None,
    out: SheetReading | None = None,
) -> TakenFiles:
    """Read files of one sort, (name, bytes) each. ``at_s`` is the present; ``ground`` and ``facts`` what the log knows, where it is asked; ``by``
    who would sign; ``given`` terms that stand in no file, by field; ``out`` has what was found before."""
    out = SheetReading() if out is None else out
    tables, taken = read_files(files, SHEETS[sort], out)
    draft = compose_list(tables, out, ground, given)
    if not out.findings:
        judge_list(draft, out, at_s, by, facts)
    return settled(sort, taken, out, draft.statements, draft)


def settled(
    sort: IntakeSort, files: Sequence[TakenFile], out: SheetReading, statements: Sequence[PlannedStatement], draft: ListDraft | None = None
) -> TakenFiles:
    """What was found, in the order of the files; rows of which something was said later are refused like the others."""
    order = {file.name: number for number, file in enumerate(files)}

    def place(one: SheetFinding | SheetRepair | SheetNote | RowOutcome) -> tuple[int, str, int, int, str]:
        spot = one.spot
        return order.get(spot.file, len(order)), spot.sheet, spot.row, len(spot.letter), spot.letter

    findings = sorted(out.findings, key=place)
    bad = {(one.spot.file, one.spot.sheet, one.spot.row) for one in findings}
    refused = Phrase("有不符之处", "something in it is wrong")
    outcomes = [
        RowOutcome(one.spot, "refused", refused) if one.outcome == "taken" and (one.spot.file, one.spot.sheet, one.spot.row) in bad else one
        for one in out.outcomes
    ]
    return TakenFiles(
        sort=sort,
        files=tuple(files),
        statements=() if findings else tuple(statements),
        draft=draft,
        findings=tuple(findings[:FINDINGS_MAX]),
        repairs=tuple(sorted(out.repairs, key=place)[:FINDINGS_MAX]),
        notes=tuple(sorted(out.notes, key=place)[:FINDINGS_MAX]),
        outcomes=tuple(sorted(outcomes, key=place)),
    )
