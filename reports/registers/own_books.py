"""What the firm's own books (台账) say of the cells of C.1 that the log cannot know, with where it stands in them. Books are no evidence.

Produced is what B.1 says, used what B.4 says, stock what the firm's C.1 says; of a firm without them its C.1 alone. A figure of a year needs the book of
every month of it, and a month's exactly one book of the kind that is in force: a sum of some, or of two that say the same, would be made up.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ledger.store import Conn
from reports.books.model import Book, BookKind, BookLine
from reports.books.store import list_books, list_lines
from reports.reconciliation.line import Period
from reports.registers.gathered import months_of
from reports.registers.model import OwnFigure

FROM_KINDS: Mapping[str, tuple[BookKind, ...]] = {"made": ("b1", "c1"), "used": ("b4", "c1"), "opening": ("c1",), "closing": ("c1",)}
"""Which books say it, those first that are closest to what happened."""
_SHOWN = 12
"""Digits of a file's SHA-256."""


async def own_figures(conn: Conn, party: str, period: Period) -> tuple[OwnFigure, ...]:
    """Figures of the books of the firm that are in force, by what, waste and method."""
    months = months_of(period)
    books: dict[tuple[str, BookKind], Book] = {}
    for month in months:
        found = await list_books(conn, party, month, in_force=True)
        kinds = Counter(book.kind for book in found)
        books |= {(month, book.kind): book for book in found if kinds[book.kind] == 1}
    lines: dict[str, list[BookLine]] = {}
    figures: list[OwnFigure] = []
    for what, kinds_of in FROM_KINDS.items():
        needed = {"opening": months[:1], "closing": months[-1:]}.get(what, months)
        kind = next((kind for kind in kinds_of if all((month, kind) in books for month in needed)), None)
        for month in needed if kind is not None else ():
            assert kind is not None, "one of the kinds"
            book = books[month, kind]
            if book.id not in lines:
                lines[book.id] = await list_lines(conn, book.id)
            figures += _figures(what, book, lines[book.id])
    return tuple(figures)


def _figures(what: str, book: Book, lines: Sequence[BookLine]) -> Iterator[OwnFigure]:
    """What a book says of it, summed by waste and method; a line without a code is nobody's."""
    sums: Counter[tuple[str, str, str]] = Counter()
    rows: dict[tuple[str, str, str], list[str]] = {}
    for line in lines:
        is_it = (line.side == "stock" and line.term == what) if what in ("opening", "closing") else line.side == what
        if is_it and line.code:
            key = line.code, line.waste, (line.method or "") if what == "used" else ""
            sums[key] += line.mass_g
            rows.setdefault(key, []).append(line.place)
    for (code, waste, method), mass_g in sorted(sums.items()):
        places = rows[code, waste, method]
        where = places[0] if len(places) == 1 else f"{places[0]} … {places[-1]} ({len(places)})"
        yield OwnFigure(what, code, waste, mass_g, method, f"{book.kind.upper()} {book.month} {book.sha256[:_SHOWN]} {where}")
