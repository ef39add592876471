"""What receivers have in stock, month by month, from what their acts declare (M1), and how old it is, first in first out (M11). Pure.

One record a month, way, holder and code: what stood at its first moment, what came and went in it. What an act changes of a month that has ended is
booked there, moves the openings after it, and is filed beside (``=restock``) for the statement that tells it as an adjustment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.times import DAY_S, day_of
from reports.reconciliation.gathered.filing import StockMove
from reports.reconciliation.gathered.pages import PagedMap
from reports.reconciliation.line import period_of
from whitelist.period import following_month, preceding_month

OLDEST = 36
"""Months that are looked back at for the oldest receipt of a stock."""
_OUT = {"treated": "treated_g", "sent": "sent_g", "gap": "gap_g"}


class StockBook(Struct, frozen=True, omit_defaults=True):
    """A month of a holder's stock of a code, in grams; receipts by day."""

    opening_g: int = 0
    came_g: dict[str, int] = {}
    treated_g: int = 0
    sent_g: int = 0
    gap_g: int = 0

    @property
    def accepted_g(self) -> int:
        """All receipts of the month."""
        return sum(self.came_g.values())

    @property
    def closing_g(self) -> int:
        """What is left at its end."""
        return self.opening_g + self.accepted_g - self.treated_g - self.sent_g - self.gap_g

    def moved(self, term: str, day: str, more_g: int) -> "StockBook":
        """The same after grams more."""
        if term == "accepted":
            return replace(self, came_g={**self.came_g, day: self.came_g.get(day, 0) + more_g})
        name = _OUT[term]
        return replace(self, **{name: getattr(self, name) + more_g})


class LateStock(Struct, frozen=True):
    """What an act changed of stocks in months that had ended: holder, code, month, grams more."""

    index: int
    moves: tuple[tuple[str, str, str, int], ...]


class Age(Struct, frozen=True):
    """How old a stock is: the day of its oldest receipt, grams that came before a day and before another one."""

    oldest: str = ""
    old_g: int = 0
    aging_g: int = 0


class Stocks:
    """The records in the map of a gathering."""

    def __init__(self, held: PagedMap) -> None:
        self._held = held

    def move(self, before: Iterable[StockMove], after: Iterable[StockMove], entry: Entry, now: str) -> None:
        """Book the difference; ``now`` is the month of the entry's admission."""
        sums, late = Counter[tuple[str, str, str, str, str]](), dict[str, list[tuple[str, str, str, int]]]()
        for sign, moves in ((-1, before), (1, after)):
            for one in moves:
                sums[one.way, one.holder, one.code, one.day, one.term] += sign * one.mass_g
        for (way, holder, code, day, term), more_g in sums.items():
            if not more_g:
                continue
            month, net_g = day[:7], more_g if term == "accepted" else -more_g
            self._put(month, way, holder, code, self._book(month, way, holder, code).moved(term, day, more_g))
            if month < now:
                late.setdefault(way, []).append((holder, code, month, net_g))
            for later in months_between(month, now):
                book = self._book(later, way, holder, code)
                self._put(later, way, holder, code, replace(book, opening_g=book.opening_g + net_g))
        for way, found in late.items():
            self._held.put(f"=restock:{way}:{now}:{entry.index:012d}", LateStock(entry.index, tuple(found)))

    def carry(self, ended: str, following: str) -> None:
        """What is left at the end of a month opens the next ones, to the one that begins."""
        for name, book in list(self._held.walk(f"=stock:{ended}:")) if ended else ():
            if closing_g := book.closing_g:
                way, holder, code = name.split(":")[2:]
                for month in months_between(ended, following):
                    self._put(month, way, holder, code, replace(self._book(month, way, holder, code), opening_g=closing_g))

    def of(self, month: str, way: Sequence[str]) -> Iterator[tuple[str, str, StockBook]]:
        """Holder, code and record of whatever moved in a month or was there at its beginning."""
        prefix = f"=stock:{month}:{'-'.join(way)}:"
        for name, book in self._held.walk(prefix):
            holder, code = name.removeprefix(prefix).split(":")
            yield holder, code, book

    def late(self, way: Sequence[str], months: Iterable[str], size: int) -> Iterator[LateStock]:
        """What acts at or above an index, admitted in these months, changed of months that had ended."""
        for month in months:
            for _, found in self._held.walk(f"=restock:{'-'.join(way)}:{month}:"):
                if found.index >= size:
                    yield found

    def age(self, ways: Sequence[Sequence[str]], holder: str, code: str, day: str, closing_g: int, terms_d: tuple[int, int]) -> Age:
        """Of a stock at the end of a day: what came last is what is left. ``terms_d``: days after which it is aging, and old."""
        left_g, month, oldest = closing_g, day[:7], ""
        aging, old = (day_of(period_of(month).start_s + (int(day[8:]) - 1 - term_d) * DAY_S) for term_d in terms_d)
        sums = {aging: 0, old: 0}
        for _ in range(OLDEST):
            if left_g <= 0:
                break
            books = [self._book(month, "-".join(way), holder, code) for way in ways]
            came = Counter[str]()
            for book in books:
                came.update(book.came_g)
            for came_on, grams in sorted(came.items(), reverse=True):
                if left_g > 0 and grams > 0 and came_on <= day:
                    taken_g, oldest = min(grams, left_g), came_on
                    left_g -= taken_g
                    for limit in sums:
                        sums[limit] += taken_g if came_on <= limit else 0
            month = preceding_month(month)
        left_g = max(left_g, 0)
        return Age("" if left_g else oldest, sums[old] + left_g, sums[aging] + left_g)

    def _book(self, month: str, way: str, holder: str, code: str) -> StockBook:
        return self._held.get(f"=stock:{month}:{way}:{holder}:{code}") or StockBook()

    def _put(self, month: str, way: str, holder: str, code: str, book: StockBook) -> None:
        self._held.put(f"=stock:{month}:{way}:{holder}:{code}", None if book == StockBook() else book)


def months_between(after: str, to: str) -> list[str]:
    """The months after one, to another one with it."""
    found, month = list[str](), after
    while month < to:
        month = following_month(month)
        found.append(month)
    return found
