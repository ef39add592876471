"""SQL of books and their lines: whoever compares them with the log reads them here."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from asyncpg import Record

from ledger.store import Conn
from reports.books.model import Book, BookLine

LOCKS = 0x626F6F6B  # ``book``: of holders, beside those of pending statements and reminders.
_BOOKS = f"SELECT {', '.join(Book.__struct_fields__)} FROM book"  # noqa: S608  # names of the code
_REGION = "substr(holder, 3, 6)"
_LINE = msgspec.json.Decoder(BookLine)


class BookSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which books are asked for: of these holders, or of whoever has a code of these regions."""

    holders: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    holder: str = ""
    month: str = ""
    kind: str = ""
    before: str = ""
    limit: int = 50


def _book(row: Record) -> Book:
    return msgspec.convert(dict(row), Book)


async def lock_holder(conn: Conn, holder: str) -> tuple[int, str]:
    """How many books a holder has and the newest one's name, one request after the other until commit."""
    await conn.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", LOCKS, holder)
    row = await conn.fetchrow("SELECT count(*), coalesce(max(id), '') FROM book WHERE holder = $1", holder)
    assert row is not None, "a count is one row"
    return int(row[0]), str(row[1])


async def insert_book(conn: Conn, book: Book, lines: Sequence[BookLine]) -> None:
    """A book with its lines, which replaces the version in force; inside a transaction."""
    await conn.execute(
        "UPDATE book SET replaced_by = $1 WHERE holder = $2 AND month = $3 AND kind = $4 AND sender = $5 AND replaced_by = ''",
        *(book.id, book.holder, book.month, book.kind, book.sender),
    )
    names = Book.__struct_fields__
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    await conn.execute(f"INSERT INTO book ({', '.join(names)}) VALUES ({places})", *(getattr(book, name) for name in names))  # noqa: S608  # as above
    told = (
        (book.id, number, msgspec.json.encode(msgspec.structs.replace(line, book=book.id)).decode()) for number, line in enumerate(lines)
    )
    await conn.copy_records_to_table("book_line", records=told, columns=("book", "number", "line"))


async def fetch_book(conn: Conn, name: str) -> Book | None:
    """A book by its name."""
    row = await conn.fetchrow(f"{_BOOKS} WHERE id = $1", name)
    return None if row is None else _book(row)


async def list_books(conn: Conn, holder: str, month: str, *, in_force: bool = False) -> list[Book]:
    """Books of a holder and month, oldest first."""
    only = " AND replaced_by = ''" if in_force else ""
    return [_book(row) for row in await conn.fetch(f"{_BOOKS} WHERE holder = $1 AND month = $2{only} ORDER BY id", holder, month)]


async def search_books(conn: Conn, wanted: BookSearch) -> list[Book]:
    """Books by what is asked, newest first; ``before`` is the last one of the page before."""
    values: list[str | list[str] | int] = []

    def place(value: str | list[str] | int) -> str:
        values.append(value)
        return f"${len(values)}"

    asked = [f"{name} = {place(value)}" for name in ("holder", "month", "kind") if (value := getattr(wanted, name))]
    if wanted.holders is not None:
        asked.append(f"holder = ANY({place(list(wanted.holders))}::text[])")
    if wanted.regions is not None:  # as ranges, which an index serves
        ranges = (
            f"{_REGION} >= {place(region)} AND {_REGION} < {place(region[:-1] + chr(ord(region[-1]) + 1))}" for region in wanted.regions
        )
        asked.append(f"({' OR '.join(ranges)})")
    if wanted.before:
        asked.append(f"id < {place(wanted.before)}")
    where = " AND ".join(asked) or "true"
    return [_book(row) for row in await conn.fetch(f"{_BOOKS} WHERE {where} ORDER BY id DESC LIMIT {place(wanted.limit)}", *values)]


async def list_lines(conn: Conn, book: str, after: int = -1, limit: int | None = None) -> list[BookLine]:
    """Lines of a book in the order of its file, behind number ``after``."""
    rows = await conn.fetch("SELECT line FROM book_line WHERE book = $1 AND number > $2 ORDER BY number LIMIT $3", book, after, limit)
    return [_LINE.decode(row["line"]) for row in rows]


async def lines_of_month(conn: Conn, holder: str, month: str) -> list[BookLine]:
    """All lines of the books of a holder and month that are in force: what matching compares with the log."""
    sql = """
        SELECT line FROM book JOIN book_line ON book_line.book = book.id
         WHERE holder = $1 AND month = $2 AND replaced_by = '' ORDER BY book.id, number
    """
    return [_LINE.decode(row["line"]) for row in await conn.fetch(sql, holder, month)]


async def holders_of_month(conn: Conn, month: str) -> list[str]:
    """Whose books of a month there are, by code."""
    rows = await conn.fetch("SELECT DISTINCT holder FROM book WHERE month = $1 AND replaced_by = '' ORDER BY holder", month)
    return [row["holder"] for row in rows]


async def fetch_same(conn: Conn, holder: str, sha256: str, lines_hash: str) -> list[Book]:
    """Books of a holder that are the same file or say the same lines, oldest first."""
    rows = await conn.fetch(f"{_BOOKS} WHERE holder = $1 AND (sha256 = $2 OR lines_hash = $3) ORDER BY id", holder, sha256, lines_hash)
    return [_book(row) for row in rows]


async def delete_book(conn: Conn, book: Book) -> list[str]:
    """A book and its lines are gone; the version that it had replaced is in force again, or points to what replaced this one. Their names."""
    await conn.execute("DELETE FROM book WHERE id = $1", book.id)
    rows = await conn.fetch(
        "UPDATE book SET replaced_by = $2 WHERE holder = $3 AND replaced_by = $1 RETURNING id", book.id, book.replaced_by, book.holder
    )
    return sorted(row["id"] for row in rows)


async def put_mapping(conn: Conn, holder: str, sender: str, mapping: str, at_s: int) -> None:
    """Save a mapping, or put it in the place of the one of its sender."""
    sql = """
        INSERT INTO book_mapping (holder, sender, mapping, put_at_s) VALUES ($1, $2, $3, $4)
            ON CONFLICT (holder, sender) DO UPDATE SET mapping = EXCLUDED.mapping, put_at_s = EXCLUDED.put_at_s
    """
    await conn.execute(sql, holder, sender, mapping, at_s)


async def list_mappings(conn: Conn, holder: str) -> list[tuple[str, str, int]]:
    """(sender, mapping, saved at) of a party, by sender."""
    rows = await conn.fetch("SELECT sender, mapping, put_at_s FROM book_mapping WHERE holder = $1 ORDER BY sender", holder)
    return [tuple(row) for row in rows]


async def delete_mapping(conn: Conn, holder: str, sender: str) -> bool:
    """Forget a mapping; whether there was one."""
    return bool(await conn.fetchval("DELETE FROM book_mapping WHERE holder = $1 AND sender = $2 RETURNING true", holder, sender))
