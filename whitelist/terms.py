"""Terms (期限) counted as of a moment: from the adopted calendars and thresholds to a last day, to the working days left, and back.

What runs since when is told by whoever knows the state (``manifests.deadlines``, ``whitelist.application_terms``). A due day never falls when
the moment from which it counts rises, so an index by that moment is an index by due day under any calendar: :meth:`Present.begins` leads back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from ledger.model import Level
from ledger.times import DAY_S, SHANGHAI, day_of
from signing.citation import OURS
from whitelist.thresholds import Thresholds
from whitelist.workdays import Count, Workdays


class Term(Struct, frozen=True, gc=False):
    """One term of the law or of this log: how long it is, on which article, what people call it."""

    name: str
    length: str | None = None
    """Field of the thresholds; its unit is that of the field's name (``_wd``, ``_d``, ``_h``). Empty: it ends on the day from which it counts.
    ``None``: nobody sets a day."""
    article: str = OURS
    """Source, in the notation of rule books."""
    zh: str = ""
    en: str = ""
    lapses: bool = False
    """What is open ends by itself with the term, so nobody is ever late; its due day is the last whole one."""
    code: str = ""
    """The alert about the present that is raised when it has passed, and its level."""
    level: Level | Literal[""] = ""


def register(*terms: Term) -> Mapping[str, Term]:
    """Terms by their names."""
    return {term.name: term for term in terms}


class Present:
    """A moment with the calendars and thresholds in force: counts each term and moment once."""

    def __init__(self, now_s: int, workdays: Workdays, limits: Thresholds) -> None:
        """``now_s`` in Unix seconds."""
        self.now_s, self.today, self.workdays, self.limits = now_s, date.fromisoformat(day_of(now_s)), workdays, limits
        self._due: dict[tuple[str, date], Count] = {}
        self._left: dict[date, int] = {}

    def due(self, term: Term, since_s: int) -> Count | None:
        """The last day of a term, included, and whether a provisional calendar was used; ``None`` where nobody sets one."""
        if term.length is None:
            return None
        length: int = getattr(self.limits, term.length) if term.length else 0
        if term.length.endswith("_h"):
            since_s, length = since_s + length * 3600, 0
        since = date.fromisoformat(day_of(since_s))
        if not term.length.endswith("_wd"):
            return Count(since + timedelta(days=length - term.lapses), 0)
        if (known := self._due.get((term.name, since))) is None:
            known = self._due[term.name, since] = self.workdays.due(since, length)
        return known

    def ends_s(self, term: Term, since_s: int) -> int:
        """The moment at which a term that lapses is over, Unix seconds."""
        return since_s + (getattr(self.limits, term.length) * DAY_S if term.length else 0)

    def left(self, due: date) -> int:
        """Working days from today to a day: 0 on that day itself, below 0 by so many behind it."""
        if (known := self._left.get(due)) is None:
            count = self.workdays.between
            known = count(self.today, due).workdays if self.today <= due else -count(due, self.today).workdays
            self._left[due] = known
        return known

    def begins(self, term: Term, day: date) -> int:
        """The first moment, Unix seconds, since when a term with a due day is due on ``day`` or later: what began before is due before."""
        assert term.length is not None, "it has no due day"
        if not term.length:
            return _start(day + timedelta(days=term.lapses))
        length: int = getattr(self.limits, term.length)
        if term.length.endswith("_h"):
            return _start(day) - length * 3600
        if term.length.endswith("_d"):
            return _start(day - timedelta(days=length - term.lapses))
        low, high = day - timedelta(days=2 * length), day  # a term has at least one day, so it is not due on the day it begins
        while self.workdays.due(low, length).day >= day:
            low -= day - low
        while (high - low).days > 1:  # low is due before the day, high is not
            middle = low + (high - low) // 2
            low, high = (low, middle) if self.workdays.due(middle, length).day >= day else (middle, high)
        return _start(high)


def _start(day: date) -> int:
    """The first second of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp())
