"""The one door of the intake: files in, and out of them statements, or what is wrong with them by sheet, row and column. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.model import Facts
from liandan.golive.composing import Composing
from liandan.intake.ground import LogGround
from liandan.intake.judging import judge_each, judge_list
from liandan.intake.listing import ListDraft, compose_list
from liandan.intake.model import PlannedStatement, RowOutcome, SheetFinding, SheetNote, SheetRepair
from liandan.intake.openings import compose_openings
from liandan.intake.reading import IntakeSort, ReadTables, TakenFile, read_tables
from liandan.intake.saying import SheetReading
from signing.phrase import Phrase

FINDINGS_MAX = 1_000
"""Findings, repairs and notes of each kind that are told; more teach nothing new."""


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
    left_off: int = 0  # Findings, repairs and notes beyond those that are told.


def take(
    sort: IntakeSort,
    files: Sequence[tuple[str, bytes]],
    *,
    at_s: int,
    ground: LogGround | None = None,
    given: Mapping[str, str] | None = None,
    out: SheetReading | None = None,
) -> TakenFiles:
    """Read files of one sort, (name, bytes) each. ``at_s`` is the present; ``ground`` what the log knows, where it is asked; ``given`` terms of a list
    that stand in no file, by field; ``out`` has what was found before."""
    return compose(sort, read_tables(sort, files, out), at_s=at_s, ground=ground, given=given)


def compose(
    sort: IntakeSort,
    read: ReadTables,
    *,
    at_s: int,
    ground: LogGround | None = None,
    facts: Facts | None = None,
    by: str = "",
    given: Mapping[str, str] | None = None,
    found: str = "",
) -> TakenFiles:
    """What rows that were read come to. ``facts`` of the log let its own rules judge the statements of ``by``, who would sign; ``found`` is the hash of
    ``log.found``, of which names of permits are made."""
    out, draft = read.reading(), None
    statements: Sequence[PlannedStatement]
    if sort == "list":
        draft = compose_list(read.tables, out, ground, given)
        if not out.findings:
            judge_list(draft, out, at_s, by, facts)
        statements = draft.statements
    elif sort == "permits":
        statements = Composing(read.tables, found, out).planned()
        _tell_known(statements, out, ground)
    else:
        statements = compose_openings(read.tables, out, at_s, ground)
    if sort != "list" and facts is not None and not out.findings:
        judge_each(statements, out, at_s, by, facts)
    return settled(sort, read.files, out, statements, draft)


def _tell_known(statements: Sequence[PlannedStatement], out: SheetReading, ground: LogGround | None) -> None:
    """Permits that the log has already: whether it is a renewal or the same file again, whoever signs must know."""
    for one in statements:
        for permit in () if ground is None else ground.permits_of(one.uscc, str(one.body.get("no", ""))):
            told = f"{permit.permit}（{permit.valid_from} 至 {permit.valid_to}）"
            out.note(one.row.spot, Phrase(f"账本中已有编号相同的许可证 {told}", f"the log has a permit of this number: {permit.permit}"))


def settled(
    sort: IntakeSort, files: Sequence[TakenFile], out: SheetReading, statements: Sequence[PlannedStatement], draft: ListDraft | None = None
) -> TakenFiles:
    """What was found, and statements where nothing was."""
    told = told_apart(files, out)
    return TakenFiles(
        sort=sort,
        files=tuple(files),
        statements=() if told.findings else tuple(statements),
        draft=draft,
        findings=told.findings,
        repairs=told.repairs,
        notes=told.notes,
        outcomes=told.outcomes,
        left_off=told.left_off,
    )


class ToldApart(Struct, frozen=True, kw_only=True):
    """What is said of files, in their order and bounded."""

    findings: tuple[SheetFinding, ...]
    repairs: tuple[SheetRepair, ...]
    notes: tuple[SheetNote, ...]
    outcomes: tuple[RowOutcome, ...]
    left_off: int


def told_apart(files: Sequence[TakenFile], out: SheetReading) -> ToldApart:
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
    return ToldApart(
        findings=tuple(findings[:FINDINGS_MAX]),
        repairs=tuple(sorted(out.repairs, key=place)[:FINDINGS_MAX]),
        notes=tuple(sorted(out.notes, key=place)[:FINDINGS_MAX]),
        outcomes=tuple(sorted(outcomes, key=place)),
        left_off=sum(max(0, len(said) - FINDINGS_MAX) for said in (findings, out.repairs, out.notes)),
    )
