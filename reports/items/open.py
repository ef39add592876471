"""Open items (未符项) as one list: those that the log alone tells (the monthly statement's), and those of the books of the other side.

Pure. An item has a key as ``item.*`` names it, both operands with their sources, who has to do something about it, and by when.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from ledger.mass import parse_mass
from reports.books.model import BookLine
from reports.items.words import CODES
from reports.matching.compared import CHECKS, CodeSums, ComparedBook, ComparedMonth
from reports.matching.model import MatchOutcome, SideLine
from reports.matching.stock import StockFinding
from reports.matching.words import STOCK_CHECKS, explained
from signing.phrase import Phrase, Word

Source = Literal["log", "books"]
_SHORT: Mapping[str, str] = {"platform": "PLAT", "enterprise": "ENT", "tickets": "TICK"}
"""Of a book in a key, beside its own name: a check has at most eight characters there."""
_CODE_OF: Mapping[str, str] = {
    "differs": "BOOK_DIFFERS",
    "only_logged": "BOOK_MISSING",
    "only_booked": "BOOK_EXTRA",
    "ambiguous": "BOOK_AMBIGUOUS",
    "twice": "BOOK_TWICE",
}


class FoundOperand(Struct, frozen=True, kw_only=True):
    """One side of an item: grams, or a text where it is no mass."""

    source: str
    grams: int | None = None
    told: str = ""


class FoundItem(Struct, frozen=True, kw_only=True):
    """Something that does not match, before anybody's thread is looked at."""

    key: str
    source: Source
    check: str
    """``M1`` … ``M12``."""
    code: str
    level: str
    chain: str
    line: int | None = None
    """From 0."""
    subject: str = ""
    waste: str = ""
    left: FoundOperand
    right: FoundOperand
    difference_g: int | None = None
    """Left less right."""
    owner: str
    role: str
    due_on: str
    since_s: int | None = None
    why: Word = ""
    """Of a book: how the lines found each other, and in what they differ."""
    place: str = ""
    """Of a book: file, sheet and row."""
    lines: tuple[str, ...] = ()
    """Of a book: manifests and lines that it is about, where they are several."""


class _ToldOperand(Struct):
    source: str
    mass_t: str | None = None
    told: str = ""


class _ToldItem(Struct):
    key: str
    check: str
    code: str
    chain: str
    left: _ToldOperand
    right: _ToldOperand
    level: str = ""
    line: int | None = None
    subject: str = ""
    waste: str = ""
    difference_t: str | None = None
    owner: str = ""
    role: str = ""
    due_on: str = ""
    since_at: str = ""


class _ToldStatement(Struct):
    """What is read of a statement's JSON (docs/reconciliation.md)."""

    open_items: list[_ToldItem]
    log: dict[str, Any]
    parties: dict[str, str] = field(default_factory=dict)


_DECODE = msgspec.json.Decoder(_ToldStatement).decode


def of_statement(raw: bytes, parse_at: Any) -> tuple[int, list[FoundItem]]:
    """The size of a statement's JSON, and its open items."""
    told = _DECODE(raw)
    return int(told.log["size"]), [_told(item, parse_at) for item in told.open_items]


def _told(item: _ToldItem, parse_at: Any) -> FoundItem:
    left, right = (FoundOperand(source=one.source, grams=_grams(one.mass_t), told=one.told) for one in (item.left, item.right))
    difference_g = None if left.grams is None or right.grams is None else left.grams - right.grams
    return FoundItem(
        key=item.key,
        source="log",
        check=item.check,
        code=item.code,
        level=item.level,
        chain=item.chain,
        line=None if item.line is None else item.line - 1,
        subject=item.subject,
        waste=item.waste,
        left=left,
        right=right,
        difference_g=difference_g,
        owner=item.owner,
        role=item.role,
        due_on=item.due_on,
        since_s=parse_at(item.since_at) if item.since_at else None,
    )


def _grams(mass_t: str | None) -> int | None:
    return None if mass_t is None else parse_mass(mass_t)


# --- of books --------------------------------------------------------------------------------------------------------------------


def of_books(compared: ComparedMonth, due_on: str) -> Iterator[FoundItem]:
    """Everything in which a firm's books do not match: M2 and M3 line by line and in sum, tickets, M1. Tolerance 0."""
    beside = Counter[tuple[str, str]]()
    for book in sorted(compared.books, key=lambda one: (one.book.kind, one.side, one.book.sender)):
        beside[book.book.kind, book.side] += 1
        check, twins = check_of(book, beside[book.book.kind, book.side]), _twins(book)
        for outcome in book.outcomes:
            if outcome.kind != "matched":
                yield _of_outcome(compared, book, check, outcome, twins, due_on)
        for sums in book.sums:
            if sums.difference_g:
                yield _of_sums(compared, book, check, sums, due_on)
    for finding in compared.stock:
        if finding.difference_g:
            yield _of_stock(compared, finding, due_on)


def check_of(book: ComparedBook, number: int = 1) -> str:
    """``M2-B5``: the check and the book in which it failed, so that one line of the log may be an item of several books; of another sender's
    book of the same kind with its ``number``: ``M2-PLAT2``."""
    check = "M3" if book.side == "weighing" else CHECKS[book.side]
    name = f"{check}-{_SHORT.get(book.book.kind, book.book.kind.upper())}"
    return name if number == 1 else f"{name}{'-' if name[-1].isdigit() else ''}{number}"


def _of_outcome(
    compared: ComparedMonth, book: ComparedBook, check: str, outcome: MatchOutcome, twins: Mapping[str, list[str]], due_on: str
) -> FoundItem:
    told = [book.lines[line.id] for line in outcome.booked]
    logged = [line.id for line in outcome.logged if line.id.startswith("manifest/")]
    chain, _, number = logged[0].partition(" ") if logged else (_book_chain(compared, book, outcome, twins), "", "")
    left = FoundOperand(source="log", grams=outcome.logged_g) if outcome.logged else FoundOperand(source="log", told="-")
    right = FoundOperand(source="book", grams=outcome.booked_g) if outcome.booked else FoundOperand(source="book", told="-")
    first = (*outcome.logged, *outcome.booked)[0]
    return FoundItem(
        key=f"{check} {chain}{' ' + number if number else ''}",
        source="books",
        check=check.partition("-")[0],
        code=_CODE_OF[outcome.kind],
        level="L" if outcome.kind == "ambiguous" and not outcome.difference_g else "M",
        chain=chain,
        line=int(number) if number else None,
        subject=first.number or (told[0].place if told else ""),
        waste=first.code,
        left=left,
        right=right,
        difference_g=outcome.logged_g - outcome.booked_g,
        owner=compared.holder,
        role="holder",
        due_on=due_on,
        why=explained(outcome),
        place=_place(book, told),
        lines=tuple(logged) if len(logged) > 1 else (),
    )


def _twins(book: ComparedBook) -> dict[str, list[str]]:
    """Names of lines of a book for which the log has nothing, by what they say."""
    found = defaultdict[str, list[str]](list)
    for outcome in book.outcomes:
        if not outcome.logged:
            for line in outcome.booked:
                found[_said(line)].append(line.id)
    return {said: sorted(names) for said, names in found.items()}


def _book_chain(compared: ComparedMonth, book: ComparedBook, outcome: MatchOutcome, twins: Mapping[str, list[str]]) -> str:
    """No chain of the log: a line of a book by what it says, so that a book that is read again has the same items. Twins are counted."""
    said = _said((*outcome.booked, *outcome.logged)[0])
    alike = twins.get(said, [])
    place = f"-{alike.index(outcome.booked[0].id) + 1}" if len(alike) > 1 and outcome.booked and not outcome.logged else ""
    return f"book/{compared.holder}/{_book_name(book)}/{said}{place}"


def _book_name(book: ComparedBook) -> str:
    sender = f"-{sha256(book.book.sender.encode()).hexdigest()[:6]}" if book.book.sender else ""
    return f"{book.book.kind}-{book.book.month}{sender}"


def _said(line: SideLine) -> str:
    parts = (line.number, line.partner, line.code, str(line.day), str(line.mass_g), line.plate)
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _place(book: ComparedBook, lines: list[BookLine]) -> str:
    return "、".join(dict.fromkeys((book.book.file, *(line.place for line in lines[:6]))))


def _of_sums(compared: ComparedMonth, book: ComparedBook, check: str, sums: CodeSums, due_on: str) -> FoundItem:
    chain = f"book/{compared.holder}/{_book_name(book)}/sum.{sums.code or '-'}"
    return FoundItem(
        key=f"{check} {chain}",
        source="books",
        check=sums.check,
        code="BOOK_SUM",
        level="M",
        chain=chain,
        subject=sums.code,
        waste=sums.code,
        left=FoundOperand(source="log", grams=sums.logged_g),
        right=FoundOperand(source="book", grams=sums.booked_g),
        difference_g=-sums.difference_g,
        owner=compared.holder,
        role="holder",
        due_on=due_on,
        why=Phrase(f"账本 {sums.logged} 行，台账 {sums.booked} 行", f"{sums.logged} lines of the log, {sums.booked} of the book"),
        place=book.book.file,
    )


def _of_stock(compared: ComparedMonth, finding: StockFinding, due_on: str) -> FoundItem:
    chain = f"book/{compared.holder}/c1-{compared.month}/{finding.check}.{finding.code or '-'}"
    return FoundItem(
        key=f"M1 {chain}",
        source="books",
        check="M1",
        code="BOOK_STOCK",
        level="H",
        chain=chain,
        subject=finding.code,
        waste=finding.code,
        left=FoundOperand(source=finding.left, grams=finding.left_g),
        right=FoundOperand(source=finding.right, grams=finding.right_g),
        difference_g=finding.difference_g,
        owner=compared.holder,
        role="holder",
        due_on=due_on,
        why=Phrase(*STOCK_CHECKS[finding.check]),
    )


assert set(_CODE_OF.values()) <= set(CODES)
