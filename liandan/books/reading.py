"""A file into the lines of its books: by the reader of the intake, judged as a whole. While there is one finding, nothing of it is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ledger.lookalikes import tidied
from liandan.books.composing import Holding, compose_lines
from liandan.books.mapping import BookMapping, sheet_of
from liandan.books.tables import SHEETS
from liandan.intake.masses import unit_in
from liandan.intake.model import RowOutcome, SheetFinding, SheetNote, SheetRepair, Spot, TemplateRow, TemplateSheet
from liandan.intake.reading import ReadTables, TakenFile, read_sheets
from liandan.intake.saying import SheetReading
from liandan.intake.spelling import folded
from liandan.intake.taking import told_apart
from reports.books.model import BOOK_KINDS, BookKind, BookLine, hash_of_lines
from signing.phrase import Phrase
from signing.refusal import Reason
from signing.uscc import check_uscc

_MONTH = re.compile(r"(20[0-9]{2})\s*年\s*([0-9]{1,2})\s*月(?!\s*[0-9]{1,2}\s*日)(?!\s*[-至到~—])")
_FIRM = re.compile(r"(?:单位|企业|公司)名称(?:[(][^)]*[)])?\s*[:：]\s*([^\s:：]+)")
_CODE = re.compile("(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
DAYS = ("day", "departed_at", "received_at")


class DraftBook(Struct, frozen=True):
    """The lines of one table of a file."""

    kind: BookKind
    lines: tuple[BookLine, ...]

    @property
    def digest(self) -> str:
        """By which the same lines are known again."""
        return hash_of_lines(self.lines)


class TakenBooks(Struct, frozen=True, kw_only=True):
    """What a file says. ``books`` are empty while there is a finding."""

    month: str
    files: tuple[TakenFile, ...]
    books: tuple[DraftBook, ...]
    findings: tuple[SheetFinding, ...]
    repairs: tuple[SheetRepair, ...]
    notes: tuple[SheetNote, ...]
    outcomes: tuple[RowOutcome, ...]
    left_off: int


def sheets_for(mapping: BookMapping | None) -> tuple[TemplateSheet, ...]:
    """The tables that a file is looked for: of the standard, or the one that its sender's mapping describes."""
    return SHEETS if mapping is None else (sheet_of(mapping),)


def read_book(name: str, raw: bytes, mapping: BookMapping | None = None, out: SheetReading | None = None) -> ReadTables:
    """The rows of a file."""
    return read_sheets(sheets_for(mapping), [(name, raw)], out)


def compose_books(read: ReadTables, holding: Holding, mapping: BookMapping | None = None) -> TakenBooks:
    """What the rows of a file come to. An empty ``month`` is taken from the file, where it can be of one month alone."""
    out = read.reading()
    sheets = {sheet.name: sheet for sheet in sheets_for(mapping)}
    month = holding.month or _month_of(read, sheets)
    if not month and read.files and not out.findings:
        out.refuse(Spot(read.files[0].name), Reason("BOOK_MONTH", "", Phrase("看不出月份", "no month"), "2026-11", "WHICH"))
    holding = Holding(holder=holding.holder, month=month, names=holding.names)
    _judge_titles(out, holding)
    books = []
    for name, rows in read.tables.items():
        kind = next(kind for kind in BOOK_KINDS if kind == sheets[name].kind)
        if rows:
            books.append(DraftBook(kind, tuple(compose_lines(kind, rows, holding, out, mapping))))
    if read.files and not books and not out.findings:
        out.refuse(Spot(read.files[0].name), Reason("BOOK_EMPTY", "", "", Phrase("至少一行", "one row at least")))
    told = told_apart(read.files, out)
    return TakenBooks(
        month=month, files=read.files, books=() if told.findings else tuple(books), findings=told.findings, repairs=told.repairs,
        notes=told.notes, outcomes=told.outcomes, left_off=told.left_off,
    )  # fmt: skip


def _month_of(read: ReadTables, sheets: dict[str, TemplateSheet]) -> str:
    """The month that a title names, else that of most rows."""
    named = {month for title in read.titles for month in _months(title.text)}
    if len(named) == 1:
        return named.pop()
    counted = Counter(day[:7] for name, rows in read.tables.items() for row in rows for day in _days(row, sheets[name]))
    return counted.most_common(1)[0][0] if counted else ""


def _days(row: TemplateRow, sheet: TemplateSheet) -> list[str]:
    return [str(row.cells[column.head]) for column in sheet.columns if column.field in DAYS and column.head in row.cells][:1]


def _months(text: str) -> Iterator[str]:
    for year, month in _MONTH.findall(folded(text)):
        if 1 <= int(month) <= 12:
            yield f"{year}-{int(month):02d}"


def _judge_titles(out: SheetReading, holding: Holding) -> None:
    """What a title says against whose book it should be: another month, another firm, another code."""
    names: Sequence[str] = [tidied(folded(name)) for name in holding.names]
    for title in out.titles:
        text = folded(title.text)
        if (months := list(_months(text))) and holding.month not in months:
            out.refuse(title.spot, Reason("BOOK_MONTH", "", "、".join(months), holding.month))
        codes = [code for code in _CODE.findall(text) if check_uscc(code)]
        if codes and holding.holder not in codes:
            out.refuse(title.spot, Reason("BOOK_HOLDER", "", "、".join(codes)[:100], holding.holder))
        firm = _FIRM.search(text)
        if firm is not None and names and not unit_in(firm[1]) and tidied(firm[1]) not in names:
            out.refuse(title.spot, Reason("BOOK_HOLDER", "", firm[1][:100], "、".join(holding.names)[:200]))
