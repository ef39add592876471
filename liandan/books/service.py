"""Books for a server: read in a bounded process, judged whole, kept in one transaction; read by their holder and by the authorities that cover it.

An authority may bring exports of the national platform of firms of its region, and nothing else of theirs: a firm's own book is the firm's word.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState, log_state
from ledger.log import Log
from ledger.model import chain_key
from ledger.parties.store import fetch_parties, names_of
from ledger.problem import Language
from ledger.reading import snapshot
from ledger.store import Conn
from ledger.times import format_at
from ledger.ulid import CROCKFORD, ulid
from liandan.books.answers import (
    BookAnswer,
    BookLines,
    BookPage,
    BooksTaken,
    DroppedBook,
    KeptBook,
    MappingAnswer,
    MappingPage,
    book_answer,
    books_taken,
    kept_book,
)
from liandan.books.composing import Holding
from liandan.books.mapping import BookMapping, read_mapping
from liandan.books.reading import DraftBook, TakenBooks, compose_books
from liandan.intake.bounded import BoundedReader
from liandan.intake.model import SheetFinding, Spot
from reports.books import store
from reports.books.model import Book, hash_of_lines
from signing.refusal import Reason, Refusal, refuse

BOOKS_MAX, MAPPINGS_MAX = 5_000, 64
"""Versions of books, and mappings, that are kept of one holder."""
LINES_PAGE = 1_000


class BookAsked(Struct, frozen=True, kw_only=True):
    """A file that was posted: what it is called, whose book of which month, and by whose mapping it is read; ``keep`` it or only say what it says."""

    name: str
    raw: bytes
    holder: str
    month: str = ""
    sender: str = ""
    keep: bool = True
    language: Language = "zh"


async def take_book(log: Log, reader: BoundedReader, caller: Caller, asked: BookAsked, claimed_s: int | None) -> BooksTaken:
    """What a posted file says, and what was kept of it: all or nothing. Refusal BOOK_READER, BOOK_MAPPING:NONE, BOOK_MANY; Busy."""
    mapping = await _mapping(log, caller, asked.sender) if asked.sender else None
    is_platform = mapping is not None and mapping.kind == "platform"
    await _check_bringer(log, caller, asked.holder, is_platform=is_platform)
    told = "" if mapping is None else msgspec.json.encode(mapping).decode()
    read = await reader.read_by("liandan.books.child", (asked.name, told), asked.name, asked.raw)
    async with log.pool.acquire() as conn:
        parties = await fetch_parties(conn, [asked.holder])
    names = tuple(reversed(parties[0].names)) if parties else ()
    taken = await asyncio.to_thread(compose_books, read, Holding(holder=asked.holder, month=asked.month, names=names), mapping)
    now_s = await log.now(claimed_s)
    if not taken.books or not asked.keep:
        return books_taken(taken, asked.holder, asked.language)
    return await _keep(log, caller, asked, taken, now_s)


async def _keep(log: Log, caller: Caller, asked: BookAsked, taken: TakenBooks, now_s: int) -> BooksTaken:
    """All books of a file, in one transaction; such as are here already are told."""
    kept, known, wrong = list[KeptBook](), list[BookAnswer](), list[SheetFinding]()
    directory = await _directory(log)
    async with log.pool.acquire() as conn, conn.transaction():
        many, newest = await store.lock_holder(conn, asked.holder)
        names = await names_of(conn, [asked.holder])
        for draft in taken.books:
            book = _book_of(asked, draft, taken, now_s, newest, caller)
            newest = book.id
            same = await store.fetch_same(conn, book.holder, book.sha256, book.lines_hash)
            ours = [one for one in same if (one.kind, one.sender) == (book.kind, book.sender)]
            if _is_brought(directory, book):  # what the holder brought itself it can drop again
                ours = [one for one in ours if _is_brought(directory, one)]
            if here := [one for one in ours if one.month == book.month]:
                known.append(book_answer(here[-1], names, asked.language))
            elif ours:
                told = f"{ours[-1].month} {ours[-1].file}"
                wrong.append(SheetFinding(Spot(asked.name, draft.lines[0].sheet), Reason("BOOK_KNOWN", "", told, book.month)))
            elif many + len(kept) >= BOOKS_MAX:
                raise refuse("BOOK_MANY", found=f"{many}", expected=f"< {BOOKS_MAX}")
            else:
                kept.append(await _replace(conn, book, draft, names, asked.language, directory))
        if wrong:
            raise _Unkept(wrong)
    return books_taken(taken, asked.holder, asked.language, tuple(kept), tuple(known))


class _Unkept(Exception):  # ends the transaction; it is told as findings
    """What was found only beside what is kept."""

    def __init__(self, findings: Sequence[SheetFinding]) -> None:
        super().__init__(len(findings))
        self.findings = tuple(findings)


async def put_book(log: Log, reader: BoundedReader, caller: Caller, asked: BookAsked, claimed_s: int | None) -> BooksTaken:
    """:func:`take_book`, with what was found beside what is kept told like everything else."""
    try:
        return await take_book(log, reader, caller, asked, claimed_s)
    except _Unkept as found:
        empty = TakenBooks(month=asked.month, files=(), books=(), findings=found.findings, repairs=(), notes=(), outcomes=(), left_off=0)
        return books_taken(empty, asked.holder, asked.language)


def _book_of(asked: BookAsked, draft: DraftBook, taken: TakenBooks, now_s: int, newest: str, caller: Caller) -> Book:
    """Its name is later than that of the newest one of its holder, so that names are in the order in which books came."""
    at_ms = max(now_s * 1000, (_number_of(newest) >> 80) + 1)
    return Book(
        id=ulid(at_ms, secrets.randbits(80)), holder=asked.holder, kind=draft.kind, month=taken.month, file=asked.name, sha256=taken.files[0].sha256,
        lines_hash=draft.digest, lines=len(draft.lines), sender=asked.sender, put_at_s=now_s, put_by=caller.uscc,
    )  # fmt: skip


def _number_of(name: str) -> int:
    """A ULID as a number; 0 for none."""
    found = 0
    for letter in name:
        found = found << 5 | CROCKFORD.index(letter)
    return found


async def _replace(
    conn: Conn, book: Book, draft: DraftBook, names: dict[str, str], language: Language, directory: LogState | None
) -> KeptBook:
    """Keep a book in the place of its earlier version, and count what is otherwise. Refusal BOOK_READER where an authority brought that one and
    the holder would put its own word in the place of the platform's."""
    in_force = await store.list_books(conn, book.holder, book.month, in_force=True)
    before = next((one for one in in_force if (one.kind, one.sender) == (book.kind, book.sender)), None)
    if before is not None and _is_brought(directory, before) and not _is_brought(directory, book):
        raise Refusal([Reason("BOOK_READER", "sender", book.sender, before.put_by, "BROUGHT")])
    had = Counter[str]() if before is None else Counter(hash_of_lines([line]) for line in await store.list_lines(conn, before.id))
    has = Counter(hash_of_lines([line]) for line in draft.lines)
    await store.insert_book(conn, book, draft.lines)
    added, removed = (has - had).total(), (had - has).total()
    return kept_book(book, names, language, replaces="" if before is None else before.id, added=added, removed=removed)


# ---------------------------------------------------------------------- who may


async def _directory(log: Log) -> LogState | None:
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN)])
        return None if now.workspace.facts.state(LOG_MAIN) is None else log_state(now.workspace.facts)


def _covers(directory: LogState | None, caller: Caller, holder: str) -> bool:
    """Whether an authority covers the region of a firm's code."""
    known = None if directory is None else directory.founder(caller.uscc)
    return known is not None and caller.role == "authority" and known.covers(holder[2:8])


def _is_brought(directory: LogState | None, book: Book) -> bool:
    """Whether an authority brought a book of somebody else."""
    return directory is not None and book.put_by != book.holder and directory.founder(book.put_by) is not None


async def _check_bringer(log: Log, caller: Caller, holder: str, *, is_platform: bool) -> None:
    if holder in caller.parties:
        return
    if not (is_platform and _covers(await _directory(log), caller, holder)):
        raise refuse("BOOK_READER", field="holder", found=holder)


async def list_books(log: Log, caller: Caller, wanted: store.BookSearch, language: Language) -> BookPage:
    """Books that the caller may read, newest first."""
    scope: dict[str, tuple[str, ...]] = {"holders": caller.parties}
    if caller.role == "authority":
        directory = await _directory(log)
        known = None if directory is None else directory.founder(caller.uscc)
        scope = {"regions": known.regions if known is not None else ("-",)}
    async with log.pool.acquire() as conn:
        found = await store.search_books(conn, msgspec.structs.replace(wanted, **scope, limit=wanted.limit + 1))
        names = await names_of(conn, sorted({book.holder for book in found}))
    page = found[: wanted.limit]
    answers = tuple(book_answer(book, names, language) for book in page)
    return BookPage(books=answers, next=page[-1].id if len(found) > wanted.limit else None)


async def _readable(log: Log, caller: Caller, name: str) -> Book:
    """A book that the caller may read; NOT_FOUND for all others."""
    async with log.pool.acquire() as conn:
        book = await store.fetch_book(conn, name)
    if book is None or (book.holder not in caller.parties and not _covers(await _directory(log), caller, book.holder)):
        raise refuse("NOT_FOUND", field="book", found=name)
    return book


async def show_book(log: Log, caller: Caller, name: str, after: int, limit: int, language: Language) -> BookLines:
    """A book and a page of its lines; NOT_FOUND."""
    book = await _readable(log, caller, name)
    async with log.pool.acquire() as conn:
        lines = await store.list_lines(conn, book.id, after, limit)
        names = await names_of(conn, [book.holder])
    further = after + len(lines)
    return BookLines(book=book_answer(book, names, language), lines=tuple(lines), next=f"{further}" if further + 1 < book.lines else None)


async def drop_book(log: Log, caller: Caller, name: str) -> DroppedBook:
    """Delete a book; the version before it is in force again. By its holder, what an authority brought by that one alone; NOT_FOUND, BOOK_READER."""
    book = await _readable(log, caller, name)
    if book.put_by != caller.uscc and (book.holder not in caller.parties or _is_brought(await _directory(log), book)):
        raise Refusal([Reason("BOOK_READER", "book", name, book.put_by, "BROUGHT" if book.holder in caller.parties else "")])
    async with log.pool.acquire() as conn, conn.transaction():
        await store.lock_holder(conn, book.holder)
        current = await store.fetch_book(conn, name)
        if current is None:
            raise refuse("NOT_FOUND", field="book", found=name)
        again = await store.delete_book(conn, current)
    return DroppedBook(id=name, again=tuple(again) if not current.replaced_by else ())


# ---------------------------------------------------------------------- mappings


async def _mapping(log: Log, caller: Caller, sender: str) -> BookMapping:
    async with log.pool.acquire() as conn:
        found = await store.list_mappings(conn, caller.uscc)
    raw = next((mapping for name, mapping, _ in found if name == sender), None)
    if raw is None:
        raise Refusal([Reason("BOOK_MAPPING", "sender", sender[:64], "、".join(name for name, _, _ in found)[:200], "NONE")])
    return msgspec.json.decode(raw, type=BookMapping)


async def put_mapping(log: Log, caller: Caller, raw: bytes, claimed_s: int | None) -> MappingAnswer:
    """Save a mapping of TOML or JSON for the caller's party; Refusal BOOK_MAPPING, BOOK_MANY."""
    mapping = read_mapping(raw)
    now_s = await log.now(claimed_s)
    async with log.pool.acquire() as conn, conn.transaction():
        await store.lock_holder(conn, caller.uscc)
        known = {name for name, _, _ in await store.list_mappings(conn, caller.uscc)}
        if len(known | {mapping.sender}) > MAPPINGS_MAX:
            raise refuse("BOOK_MANY", found=f"{len(known)}", expected=f"≤ {MAPPINGS_MAX}")
        await store.put_mapping(conn, caller.uscc, mapping.sender, msgspec.json.encode(mapping).decode(), now_s)
    return MappingAnswer(sender=mapping.sender, put_at=format_at(now_s), mapping=mapping)


async def list_mappings(log: Log, caller: Caller) -> MappingPage:
    """The mappings of the caller's party."""
    async with log.pool.acquire() as conn:
        found = await store.list_mappings(conn, caller.uscc)
    return MappingPage(
        mappings=tuple(
            MappingAnswer(sender=name, put_at=format_at(at_s), mapping=msgspec.json.decode(raw, type=BookMapping))
            for name, raw, at_s in found
        )
    )


async def drop_mapping(log: Log, caller: Caller, sender: str) -> None:
    """Forget a mapping; NOT_FOUND. Books that were read by it stay."""
    async with log.pool.acquire() as conn:
        if not await store.delete_mapping(conn, caller.uscc, sender):
            raise refuse("NOT_FOUND", field="sender", found=sender)
