"""What is answered about books: what a file says cell by cell, what was kept, replaced or known before."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ledger.problem import Language
from ledger.times import format_at
from liandan.books.mapping import BookMapping
from liandan.books.reading import TakenBooks
from liandan.intake.answers import ToldFinding, ToldNote, ToldRepair, told_findings, told_notes, told_repairs
from liandan.intake.reading import TakenFile
from reports.books.model import Book, BookLine


class BookAnswer(Struct, frozen=True, kw_only=True):
    """A book that is kept. ``replaced_by`` is empty while it is in force."""

    id: str
    holder: str
    name: str  # Of the holder, as registered.
    kind: str
    kind_text: str
    month: str
    sender: str
    file: str
    sha256: str
    lines_hash: str
    lines: int
    put_at: str
    put_by: str
    replaced_by: str


class KeptBook(BookAnswer, frozen=True, kw_only=True):
    """One that was kept now. ``replaces`` is the version before, ``added`` and ``removed`` how many lines are otherwise than in it."""

    replaces: str
    added: int
    removed: int


class BooksTaken(Struct, frozen=True, kw_only=True):
    """What came of a file. Nothing is kept while there is a finding; ``known`` are books that are the same, so that nothing was to be kept."""

    holder: str
    month: str
    files: tuple[TakenFile, ...]
    kept: tuple[KeptBook, ...]
    known: tuple[BookAnswer, ...]
    lines: int
    findings: tuple[ToldFinding, ...]
    repairs: tuple[ToldRepair, ...]
    notes: tuple[ToldNote, ...]
    left_off: int
    taken: int  # Rows taken, refused and left out.
    refused: int
    left_out: int


class BookPage(Struct, frozen=True, kw_only=True):
    """Books, newest first; ``next`` is the cursor of the next page."""

    books: tuple[BookAnswer, ...]
    next: str | None


class BookLines(Struct, frozen=True, kw_only=True):
    """A book and a page of its lines in the order of its file; ``next`` is the number from which the next page begins."""

    book: BookAnswer
    lines: tuple[BookLine, ...]
    next: str | None


class DroppedBook(Struct, frozen=True, kw_only=True):
    """A book that is gone, and the versions that it had replaced: in force again, where nothing else replaces them."""

    id: str
    again: tuple[str, ...]


class MappingAnswer(Struct, frozen=True, kw_only=True):
    """A mapping that was saved."""

    sender: str
    put_at: str
    mapping: BookMapping


class MappingPage(Struct, frozen=True, kw_only=True):
    """The mappings of the caller's party, by sender."""

    mappings: tuple[MappingAnswer, ...]


KIND_WORDS: dict[str, tuple[str, str]] = {
    "b1": ("产生台账（B.1）", "production, B.1"), "b2": ("入库台账（B.2）", "into store, B.2"), "b3": ("出库台账（B.3）", "out of store, B.3"),
    "b4": ("自行利用处置台账（B.4）", "own use and disposal, B.4"), "b5": ("委外利用处置台账（B.5）", "given to others, B.5"), "c1": ("月报（C.1）", "monthly report, C.1"),
    "platform": ("国家平台导出", "export of the national platform"), "enterprise": ("企业系统导出", "export of a firm's system"), "tickets": ("磅单", "weighbridge tickets"),
}  # fmt: skip


def book_answer(book: Book, names: dict[str, str], language: Language) -> BookAnswer:
    """A book as its readers see it."""
    return BookAnswer(**_fields(book, names, language))


def kept_book(book: Book, names: dict[str, str], language: Language, *, replaces: str, added: int, removed: int) -> KeptBook:
    """A book that was kept now."""
    return KeptBook(**_fields(book, names, language), replaces=replaces, added=added, removed=removed)


def _fields(book: Book, names: dict[str, str], language: Language) -> dict[str, Any]:
    return {
        "id": book.id, "holder": book.holder, "name": names.get(book.holder, ""), "kind": book.kind,
        "kind_text": KIND_WORDS[book.kind][0 if language == "zh" else 1], "month": book.month, "sender": book.sender, "file": book.file,
        "sha256": book.sha256, "lines_hash": book.lines_hash, "lines": book.lines, "put_at": format_at(book.put_at_s), "put_by": book.put_by,
        "replaced_by": book.replaced_by,
    }  # fmt: skip


def books_taken(
    taken: TakenBooks, holder: str, language: Language, kept: tuple[KeptBook, ...] = (), known: tuple[BookAnswer, ...] = ()
) -> BooksTaken:
    """Everything that is to be said of a file."""
    counted = [one.outcome for one in taken.outcomes]
    return BooksTaken(
        holder=holder, month=taken.month, files=taken.files, kept=kept, known=known, lines=sum(len(book.lines) for book in taken.books),
        findings=told_findings(taken.findings, language), repairs=told_repairs(taken.repairs, language), notes=told_notes(taken.notes, language),
        left_off=taken.left_off, taken=counted.count("taken"), refused=counted.count("refused"), left_out=counted.count("left_out"),
    )  # fmt: skip
