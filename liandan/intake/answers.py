"""What the intake answers, over HTTP and with ``--json``: places, findings in words, repairs, notes, what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.problem import Language, problem_errors
from liandan.intake.difference import ListDifference
from liandan.intake.model import SheetFinding, SheetNote, SheetRepair, Spot
from liandan.intake.reading import TakenFile
from liandan.intake.taking import TakenFiles
from liandan.wiring import RULES
from signing.phrase import word_in


class InFile(Struct, frozen=True, kw_only=True):
    """Where something stands. ``cell`` is what a spreadsheet calls it, ``白名单!C7``; ``row`` is 0 for a whole sheet or file."""

    file: str
    sheet: str
    row: int
    column: str
    cell: str


class ToldFinding(InFile, frozen=True, kw_only=True):
    """What is wrong: while there is one, no statement is made."""

    code: str
    message: str
    what_to_do: str
    found: str
    expected: str
    near: str  # What it should be, where what was found shows which one was meant.


class ToldRepair(InFile, frozen=True, kw_only=True):
    """What was read otherwise than it stands there: ``found`` → ``taken``."""

    found: str
    taken: str
    how: str


class ToldNote(InFile, frozen=True, kw_only=True):
    """What enters no statement, or is worth a look."""

    said: str


class ToldRow(InFile, frozen=True, kw_only=True):
    """What became of a row: taken, refused or left_out."""

    outcome: str
    said: str


class ReadStatement(Struct, frozen=True, kw_only=True):
    """A statement that the file asks for: to be signed by whom its kind says. ``chain`` is empty where the file does not name it."""

    kind: str
    chain: str
    body: dict[str, Any]


class IntakeAnswer(Struct, frozen=True, kw_only=True):
    """What a file says. ``statements`` are empty while there is a finding."""

    sort: str  # list, permits or openings.
    files: tuple[TakenFile, ...]
    findings: tuple[ToldFinding, ...]
    repairs: tuple[ToldRepair, ...]
    notes: tuple[ToldNote, ...]
    rows: tuple[ToldRow, ...]
    left_off: int  # Findings, repairs and notes beyond the first 1,000 of each.
    statements: tuple[ReadStatement, ...]
    names: dict[str, str]  # Of the firms of a list by code: as registered, else as the file has them.
    rows_hash: str  # Of a list: what the other side countersigns.
    known: tuple[str, ...]  # Lists of the log that have exactly these rows: the file was read before.
    difference: ListDifference | None  # Against the list that was named, where one was.


def _place(spot: Spot) -> dict[str, Any]:
    return {"file": spot.file, "sheet": spot.sheet, "row": spot.row, "column": spot.column, "cell": spot.cell}


def told_findings(findings: Sequence[SheetFinding], language: Language) -> tuple[ToldFinding, ...]:
    """Findings in words."""
    found = []
    for one in findings:
        error = problem_errors([one.reason], RULES, language)[0]
        found.append(
            ToldFinding(
                **_place(one.spot),
                code=error.code,
                message=error.message,
                what_to_do=error.what_to_do,
                found=error.found,
                expected=error.expected,
                near=error.near,
            )
        )
    return tuple(found)


def told_repairs(repairs: Sequence[SheetRepair], language: Language) -> tuple[ToldRepair, ...]:
    """Repairs in words."""
    return tuple(ToldRepair(**_place(one.spot), found=one.found, taken=one.taken, how=word_in(one.how, language)) for one in repairs)


def told_notes(notes: Sequence[SheetNote], language: Language) -> tuple[ToldNote, ...]:
    """Notes in words."""
    return tuple(ToldNote(**_place(one.spot), said=word_in(one.said, language)) for one in notes)


def intake_answer(
    taken: TakenFiles,
    language: Language,
    known: Sequence[str] = (),
    difference: ListDifference | None = None,
    names: Mapping[str, str] | None = None,
) -> IntakeAnswer:
    """Everything that is to be said of files."""
    return IntakeAnswer(
        sort=taken.sort,
        files=taken.files,
        findings=told_findings(taken.findings, language),
        repairs=told_repairs(taken.repairs, language),
        notes=told_notes(taken.notes, language),
        rows=tuple(ToldRow(**_place(one.spot), outcome=one.outcome, said=word_in(one.said, language)) for one in taken.outcomes),
        left_off=taken.left_off,
        statements=tuple(ReadStatement(kind=one.kind, chain=one.chain, body=one.body) for one in taken.statements),
        names={**({} if taken.draft is None else taken.draft.names), **(names or {})},
        rows_hash="" if taken.draft is None else taken.draft.digest,
        known=tuple(known),
        difference=difference,
    )
