"""The order of what waits for somebody: by due day, then by term, then by the moment from which it counts. Pure.

Each term is a list of its own in the index, in the order of moments, which is that of due days. Of all lists some rows are read; up to the least
of the places where one was cut off, nothing that comes before can be missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from ledger.searching.clocks import ClockRow, Stretch
from ledger.times import day_of
from manifests.present import ALL_TERMS, SOON_WD
from whitelist.terms import Present, Term, start_of

What = Literal["act", "confirmation", "consent", "attachment", "signature"]
TERMS = {name: term for name, term in ALL_TERMS.items() if name != "return_leaves"}
"""Terms that somebody's work is found by; a return's own departure stands for ``return_leaves``."""
SIGNATURE = "signature"
"""Stands for a term: a statement that waits for a signature until its window ends."""
WHAT: dict[str, What] = {
    "receipt": "confirmation",
    "follow_up": "confirmation",
    "consent": "consent",
    "stand_in": "consent",
    "attachment": "attachment",
    "list_confirm": "confirmation",
    "period_verdict": "confirmation",
    "item_settle": "confirmation",
    SIGNATURE: "signature",
}
"""What kind of work a term is; an act where nothing is said."""
NO_DAY = date(2200, 1, 1).toordinal()
"""Behind every due day."""
_RANK = {name: place for place, name in enumerate((*TERMS, SIGNATURE))}
_SILENCE = Term("silence", length="amend_escalate_wd")


class WorkPlace(Struct, frozen=True, order=True, array_like=True, forbid_unknown_fields=True):
    """Where something stands in the order, and where a page ended."""

    due: int
    """Proleptic day number; NO_DAY where nobody sets a day."""
    rank: int
    at_s: int
    chain: str
    item: str

    def __post_init__(self) -> None:
        """A cursor comes back from outside: only what the calendars and the database can compare with is a place."""
        known = date(2000, 1, 1).toordinal() <= self.due <= NO_DAY and 0 <= self.rank <= len(_RANK) and 0 <= self.at_s < 2**36
        if not (known and self.chain.isprintable() and self.item.isprintable()):
            raise ValueError("not a place")


class TellPlace(Struct, frozen=True, array_like=True):
    """Where a walk through what stands out for somebody goes on: in which term of TELLABLE, behind which row."""

    rank: int = 0
    at_s: int = 0
    chain: str = ""
    item: str = ""


TELLABLE = tuple(TERMS)
"""Terms in the order in which they are walked."""


def told_now(after: TellPlace, present: Present) -> Stretch | None:
    """Rows of the term of a place, behind it, of which an alert may stand now (manifests.present): about to be due, overdue, or without a due day;
    ``None`` where this term has none."""
    term = TERMS[TELLABLE[after.rank]]
    low_s, before_s = window(term, present)
    if term.length is None and not term.code:
        return None
    if term.length is not None:
        ends_s = present.begins(
            term, present.workdays.due(present.today, SOON_WD + 1).day
        )  # free days behind the last working day are as near
        if term.name == "storage":  # told by days since the receipt
            ends_s = max(ends_s, start_of(present.today - timedelta(days=present.limits.storage_warn_d - 1)))
        before_s = before_s if term.name == "regularise" else min(before_s, ends_s)  # told from the first day on
    place = max((after.at_s, after.chain, after.item), (low_s, "", ""))
    return Stretch(term.name, *place, before_s) if place[0] < before_s else None


def what_of(term: str) -> What:
    """What kind of work a term is."""
    return WHAT.get(term, "act")


def place_of(row: ClockRow, present: Present) -> WorkPlace:
    """Where a clock stands."""
    due = present.due(TERMS[row.term], row.since_s)
    item = row.item if "," not in row.item else f"{row.item.partition(',')[0]}~"  # behind the file, whoever has brought it
    return WorkPlace(NO_DAY if due is None else min(due.day.toordinal(), NO_DAY), _RANK[row.term], row.since_s, row.chain, item)


def place_of_signature(ends_s: int, statement: str) -> WorkPlace:
    """Where a statement stands that waits for a signature."""
    return WorkPlace(min(date.fromisoformat(day_of(ends_s)).toordinal(), NO_DAY), _RANK[SIGNATURE], ends_s, statement, "")


def stretches(terms: Iterable[str], after: WorkPlace | None, present: Present, *, overdue: bool) -> Iterator[Stretch]:
    """What is to be read of each term: behind a place, as far as it is open now, and with ``overdue`` no further than today."""
    for name in terms:
        term = TERMS[name]
        low_s, before_s = window(term, present)
        if overdue:
            if term.length is None or term.lapses:
                continue
            before_s = min(before_s, present.begins(term, present.today))
        found = _behind(term, after, present)
        if found is not None:
            place = max(found, (low_s, "", ""))
            if place[0] < before_s:
                yield Stretch(name, *place, before_s)


def signatures_behind(after: WorkPlace | None) -> tuple[int, str]:
    """The end of the window and the statement behind which signatures are to be read."""
    if after is None:
        return 0, ""
    if after.rank == _RANK[SIGNATURE]:
        return after.at_s, after.chain
    return start_of(date.fromordinal(after.due)), ""


def _behind(term: Term, after: WorkPlace | None, present: Present) -> tuple[int, str, str] | None:
    """Moment, chain and item behind which a term's own list goes on behind a place of the whole; ``None`` where nothing is left of it."""
    if after is None:
        return 0, "", ""
    rank = _RANK[term.name]
    if rank == after.rank:
        return after.at_s, after.chain, after.item
    if term.length is None:
        return (0, "", "") if after.due < NO_DAY or rank > after.rank else None
    if after.due == NO_DAY:
        return None
    day = date.fromordinal(after.due) + timedelta(days=rank < after.rank)
    return present.begins(term, day), "", ""


def window(term: Term, present: Present) -> tuple[int, int]:
    """The moments, first and behind the last, since when a term that is open now may run."""
    if term.name in ("no_reply", "stand_in"):  # open once a term has passed
        passed = _SILENCE if term.name == "stand_in" else term
        return _alive(term, present), present.begins(passed, present.today)
    return _alive(term, present), 2**62


def _alive(term: Term, present: Present) -> int:
    """What lapses is over when it began before this."""
    return present.now_s - (present.ends_s(term, 0)) if term.lapses else 0


def terms_for(what: str | None, kinds: Collection[str]) -> tuple[str, ...]:
    """Terms of one kind of work, or of all; with ``kinds`` (without version) those that a statement of one of them may stop."""
    return tuple(name for name in TERMS if what in (None, what_of(name)) and (not kinds or not set(TERMS[name].kinds).isdisjoint(kinds)))
