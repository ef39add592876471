"""Terms (期限) counted as of a moment: from the adopted calendars and thresholds to a last day, to the working days left, and back.

A clock says which term runs since when, and for whom; whoever knows the state names them (``manifests.deadlines``,
``whitelist.registry_deadlines``). A duty is what it asks for at a moment. A due day never falls when the moment from which it counts rises, so
an index of clocks by that moment is an index by due day under any calendar: :meth:`Present.begins` leads back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from ledger.model import Level
from ledger.searching.clocks import ANYBODY, clock_text
from ledger.times import DAY_S, SHANGHAI, day_of
from signing.citation import OURS
from whitelist.thresholds import Thresholds
from whitelist.workdays import Count, Workdays


class Term(Struct, frozen=True, gc=False):
    """One term of the law or of this log: which statements stop it, how long it runs, on which article, what people call it."""

    name: str
    kinds: tuple[str, ...] = ()
    """Kinds, without version, of the statements that stop it."""
    length: str | None = None
    """Field of the thresholds; its unit is that of the field's name (``_wd``, ``_d``, ``_h``). Empty: it ends on the day from which it counts.
    ``None``: nobody sets a day."""
    article: str = OURS
    """Source, in the notation of rule books."""
    zh: str = ""
    en: str = ""
    level: Level | Literal[""] = ""
    """Level and code of the alert about the present that is raised when it has passed (kinds §11)."""
    code: str = ""
    lapses: bool = False
    """What is open ends by itself with the term, so nobody is ever late; its due day is the last whole one."""


def register(*terms: Term) -> Mapping[str, Term]:
    """Terms by their names."""
    return {term.name: term for term in terms}


class Clock(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A term that runs on a chain, as its own entries tell it. Others may have stopped it since: a return, a file that has come."""

    term: str
    """Name of the term."""
    kind: str
    """Kind of the statement that stops it."""
    since_s: int
    """From which moment it counts, Unix seconds; of a term without length the moment itself."""
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    """Capacities in the order of ``by``, each with who may hold it: USCCs, and of authorities their places (``@`` and a division or side)."""
    case: str = ""
    without: tuple[str, ...] = ()
    """Who had a hand in what it is about, and does not act."""
    file: str = ""
    """SHA-256 of the attachment."""
    bringers: tuple[str, ...] = ()
    """Whoever may have brought it."""
    manifest: str = ""
    """Another manifest, on which it is to be done."""


FIRST_S, LAST_S = 946_656_000, 7_258_003_200
"""The first and last moment of the index, in 2000 and 2199. People claim when an incident was and when a load will leave, any day of the calendar;
what would stand before or behind stands at the end of the index, where it is found, not beyond it, where no page leads."""
_DIGITS = (2, 4, 6)  # Of a province, a city, a county (GB/T 2260).


def rows_of(clock: Clock, division_of: Callable[[str], str], *, for_anybody: bool) -> Iterator[str]:
    """The clock as rows of the index (ledger.searching.clocks): one for each who may act, authorities by every region around their place, and
    one by which the chain is found whoever acts. ``division_of`` gives the division of a holder that is named by his place."""
    names = {ANYBODY} if for_anybody else set[str]()
    for _, holders in clock.roles:
        for holder in holders:
            names.update([f"@{division_of(holder)[:digits]}" for digits in _DIGITS] if holder.startswith("@") else [holder])
    item = clock.case or ",".join((clock.file, *clock.bringers) if clock.file else ())
    since_s = min(max(clock.since_s, FIRST_S), LAST_S)
    return (clock_text(name, clock.term, since_s, item) for name in names)


class Duty(Struct, frozen=True, gc=False, kw_only=True):
    """An act that is open and expected. ``due_on`` is a day, included; ``None`` where no rule sets one."""

    kind: str
    """Kind of the statement to submit; ``evidence`` where a file is to be brought."""
    signers: tuple[tuple[str, tuple[str, ...]], ...]
    """Capacities in the order of ``by``, each with the parties that may hold it; empty where any party may."""
    due_on: str | None = None
    overdue: bool = False
    provisional: bool = False
    """The due day was counted with a calendar whose official notice is not in yet."""
    case: str = ""
    """The case that it belongs to, where it goes on in one."""
    term: str
    """Name of the term."""
    since: str
    """Day from which the term counts."""
    article: str
    """Where the term stands in the law, in the notation of rule books."""
    workdays_left: int | None = None
    """Working days from today to ``due_on``: 0 on the last day, below 0 by so many late."""
    file: str = ""
    """SHA-256 of the attachment that is owed."""
    manifest: str = ""
    """The chain on which it is done, where that is another manifest: the departure of a return."""

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who may act, each once."""
        return tuple(dict.fromkeys(party for _, holders in self.signers for party in holders))


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
            return start_of(day + timedelta(days=term.lapses))
        length: int = getattr(self.limits, term.length)
        if term.length.endswith("_h"):
            return start_of(day) - length * 3600
        if not term.length.endswith("_wd"):  # days, or a day of the month after
            return start_of(day - timedelta(days=length - term.lapses))
        low, high = day - timedelta(days=2 * length), day  # a term has at least one day, so it is not due on the day it begins
        while self.workdays.due(low, length).day >= day:
            low -= day - low
        while (high - low).days > 1:  # low is due before the day, high is not
            middle = low + (high - low) // 2
            low, high = (low, middle) if self.workdays.due(middle, length).day >= day else (middle, high)
        return start_of(high)


def duty_of(clock: Clock, term: Term, present: Present, named: Callable[[str], Iterable[str]]) -> Duty:
    """What a term that runs asks for, as of a moment; ``named`` gives the parties that a holder stands for."""
    due = present.due(term, clock.since_s)
    left = None if due is None else present.left(due.day)
    return Duty(
        kind=clock.kind,
        signers=tuple(
            (role, tuple(dict.fromkeys(party for holder in holders for party in named(holder) if party not in clock.without)))
            for role, holders in clock.roles
        ),
        due_on=None if due is None else due.day.isoformat(),
        overdue=due is not None and not term.lapses and due.day < present.today,
        provisional=due is not None and bool(due.flags),
        case=clock.case,
        term=clock.term,
        since=day_of(clock.since_s),
        article=term.article,
        workdays_left=max(left, 0) if left is not None and term.lapses else left,
        file=clock.file,
        manifest=clock.manifest,
    )


def start_of(day: date) -> int:
    """The first second of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp())
