"""A firm's books of one month against the log: M1 within the books, M2 of what left, M3 of what came, tickets; per code in sum, and line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from manifests.model import ManifestState
from reports.books.model import Book, BookLine
from reports.matching.matcher import match
from reports.matching.model import MatchOutcome, SideLine
from reports.matching.sides import Direction, booked_lines, logged_lines, logged_trips, named, partners, weighed_lines
from reports.matching.stock import StockFinding, stock_findings
from reports.reconciliation.line import Period

SumCheck = Literal["M2", "M3"]
"""Σ 出库（委外）= Σ 移出量; Σ 入库 = Σ 接受量."""
CHECKS: Mapping[Direction, SumCheck] = {"out": "M2", "in": "M3"}
STOCK_BOOKS = frozenset({"b1", "b2", "b3", "b4", "b5", "c1"})


class CodeSums(Struct, frozen=True, kw_only=True):
    """M2 or M3 of one code: both operands, and how many lines each has."""

    check: SumCheck
    code: str
    logged_g: int
    booked_g: int
    logged: int
    booked: int

    @property
    def difference_g(self) -> int:
        """Book less log."""
        return self.booked_g - self.logged_g


class ComparedBook(Struct, frozen=True, kw_only=True):
    """One book, or its tickets, against the log."""

    book: Book
    side: Direction | Literal["weighing"]
    sums: tuple[CodeSums, ...]
    """None of tickets: they name no code."""
    outcomes: tuple[MatchOutcome, ...]
    lines: Mapping[str, BookLine]
    """By the names that the outcomes' lines have."""


class ComparedMonth(Struct, frozen=True, kw_only=True):
    """Everything that the books of one firm and month come to."""

    holder: str
    month: str
    books: tuple[ComparedBook, ...]
    stock: tuple[StockFinding, ...]


def compare(
    holder: str,
    period: Period,
    books: Sequence[tuple[Book, Sequence[BookLine]]],
    manifests: Sequence[tuple[str, ManifestState]],
    names: Mapping[str, str],
    before: Sequence[BookLine] = (),
    last_month: str = "",
) -> ComparedMonth:
    """Compare books in force with the manifests of their holder.

    ``manifests``: by chain, those of the month and of the months beside it; ``names``: registered names by USCC; ``before``: C.1 of ``last_month``.
    """
    known, found = partners(names), list[ComparedBook]()
    for book, lines in sorted(books, key=lambda one: one[0].id):
        for side in ("out", "in"):
            theirs = list(booked_lines(lines, side, known, period))
            if theirs or _tells(book, side):
                mine = list(logged_lines(manifests, holder, side, period))
                mine = _by_month(mine) if book.kind == "c1" else mine
                found.append(_compared(book, side, mine, theirs, [line for line in lines if line.side == side]))
        if book.kind == "tickets":
            weighed = list(weighed_lines(lines, period))
            found.append(_compared(book, "weighing", list(logged_trips(manifests, holder, period)), weighed, lines))
    own = {book.kind: lines for book, lines in books if book.kind in STOCK_BOOKS}
    return ComparedMonth(holder=holder, month=period.month, books=tuple(found), stock=stock_findings(own, before, last_month))


def _by_month(lines: Iterable[SideLine]) -> list[SideLine]:
    """What a monthly report has a line for: everything of the month by partner and code."""
    grams = defaultdict[tuple[str, str], int](int)
    for line in lines:
        if line.is_due:
            grams[line.partner, line.code] += line.mass_g
    return [SideLine(id=f"{partner} {code}", partner=partner, code=code, mass_g=mass_g) for (partner, code), mass_g in grams.items()]


def _tells(book: Book, side: Direction) -> bool:
    """Whether a book without a line of a side says that there was nothing: 委外 does of what left."""
    return book.kind == "b5" and side == "out"


def _compared(
    book: Book, side: Direction | Literal["weighing"], mine: list[SideLine], theirs: list[SideLine], lines: Iterable[BookLine]
) -> ComparedBook:
    told = dict(named(line for line in lines if line.side == side))
    sums = () if side == "weighing" else _sums(CHECKS[side], mine, theirs)
    return ComparedBook(book=book, side=side, sums=sums, outcomes=match(mine, theirs), lines=told)


def _sums(check: SumCheck, mine: Iterable[SideLine], theirs: Iterable[SideLine]) -> tuple[CodeSums, ...]:
    """Per code: what the log has of the month, and everything that the book says."""
    grams, counts = defaultdict[str, list[int]](lambda: [0, 0]), defaultdict[str, list[int]](lambda: [0, 0])
    for place, lines in enumerate(((line for line in mine if line.is_due), theirs)):
        for line in lines:
            grams[line.code][place] += line.mass_g
            counts[line.code][place] += 1
    return tuple(
        CodeSums(check=check, code=code, logged_g=grams[code][0], booked_g=grams[code][1], logged=counts[code][0], booked=counts[code][1])
        for code in sorted(grams)
    )
