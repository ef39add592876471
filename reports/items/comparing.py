"""Books against the log for a server: which books a reader may have, read with the manifests that they are about, compared beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from weakref import WeakKeyDictionary

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LogState
from ledger.log import Log
from ledger.parties.store import names_of
from ledger.store import Conn
from ledger.times import to_datetime
from manifests.model import ManifestState
from manifests.search import Search
from manifests.store import search_views
from reports.books import store as books
from reports.books.model import Book
from reports.matching.compared import ComparedMonth, compare
from reports.reconciliation.line import Period
from whitelist.period import preceding_month

LINES_MAX = 250_000
"""Lines of books that one answer compares."""
BEFORE_D, BEHIND_D = 92, 31
"""Days beside the month in which manifests are issued that its books may speak of."""
VIEWS = 500
KEPT_MAX = 64
_ONE = asyncio.Lock()


class BooksKey(Struct, frozen=True):
    """What a comparison hangs on: the holder, the month, its books in force and the report before, and how far the projections are."""

    holder: str
    month: str
    books: tuple[str, ...]
    size: int


_KEPT: WeakKeyDictionary[Log, dict[BooksKey, ComparedMonth]] = WeakKeyDictionary()


class ComparedHolders(Struct, frozen=True):
    """What the books of some holders come to, and whose were too many."""

    months: tuple[ComparedMonth, ...]
    left_off: tuple[str, ...]


async def compared_for(log: Log, caller: Caller, party: str, state: LogState, period: Period) -> ComparedHolders:
    """The books that a caller may read: a firm's its own, an office's those of its regions; of one ``party`` alone where it is named."""
    async with log.pool.acquire() as conn:
        holders = [party] if party else await books.holders_of_month(conn, period.month)
    allowed = [one for one in holders if may_read(caller, one, state)]
    found, left_off, lines = list[ComparedMonth](), list[str](), 0
    for holder in allowed:
        async with log.pool.acquire() as conn:
            known = await books.list_books(conn, holder, period.month, in_force=True)
        lines += sum(book.lines for book in known)
        if lines > LINES_MAX and found:
            left_off.append(holder)
        elif known:
            found.append(await _compared(log, holder, period, known))
    return ComparedHolders(tuple(found), tuple(left_off))


def may_read(caller: Caller, holder: str, state: LogState) -> bool:
    """As books are read: by their holder, and the authorities that cover it; the operator reads none."""
    if caller.role == "party":
        return holder in caller.parties
    office = state.founder(caller.uscc)
    return caller.role == "authority" and office is not None and office.covers(holder[2:8])


async def _compared(log: Log, holder: str, period: Period, known: Sequence[Book]) -> ComparedMonth:
    async with log.pool.acquire() as conn:
        last = preceding_month(period.month)
        reports = [book for book in await books.list_books(conn, holder, last, in_force=True) if book.kind == "c1"]
        key = BooksKey(holder, period.month, tuple(book.id for book in (*known, *reports)), log.projected)
        kept = _KEPT.setdefault(log, {})
        if (same := kept.get(key)) is not None:
            return same
        read = [(book, await books.list_lines(conn, book.id)) for book in known]
        before = [line for book in reports for line in await books.list_lines(conn, book.id)]
        manifests = await _manifests(conn, holder, period)
        firms = {one for _, state in manifests for one in (state.generator, state.receiver)}
        names = await names_of(conn, sorted(firms))
    async with _ONE:  # one at a time: what is compared is up to a quarter of a million lines
        found = await asyncio.to_thread(compare, holder, period, read, manifests, names, before, last if reports else "")
    while len(kept) >= KEPT_MAX:
        del kept[next(iter(kept))]
    kept[key] = found
    return found


async def _manifests(conn: Conn, holder: str, period: Period) -> list[tuple[str, ManifestState]]:
    """Manifests that a holder takes part in, issued in the month or not long before or behind it."""
    since, until = to_datetime(period.start_s) - timedelta(days=BEFORE_D), to_datetime(period.end_s) + timedelta(days=BEHIND_D)
    search, found, place = Search(visible_to=holder, since=since, until=until), list[tuple[str, ManifestState]](), None
    while True:
        page = await search_views(conn, search, after=place, limit=VIEWS)
        found += [(view.chain, view.state) for view in page.views]
        if page.next is None:
            return found
        place = page.next
