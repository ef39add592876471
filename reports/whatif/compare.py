"""A draft against the list that was in force: which rows it keeps, changes, drops and adds, and the list as it would have stood on any day.

The draft is read as an edit of the list as it stood at the end of the replayed year. So a row that it leaves as it then was follows all that
befell it in the year (amendments, stops, consents beyond its quota); a row that it changes holds as drafted from the first day to the last, and is
stopped when the listed one was, for what stops a receiver is a fact; a row that it drops was never there; one that had ended or was removed in
the year and is not on the draft follows its history. Rows keep their numbers; new ones stand behind all that the list ever had.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.times import day_of
from reports.whatif.draft import DraftList
from whitelist.fields import Scope
from whitelist.list_life import RowLife
from whitelist.listing import EVERYWHERE, Conditions, ListRow, ListState

NOBODY = ListRow(receiver="", permit="", root="", waste=Scope(category="", scope="INCLUDE"), methods=(), quota_g=0)
"""A row that serves nobody, in the place of one that is not there."""
Change = str
SAME, QUOTA, CONDITIONS, SCOPE, KEPT, NEW, GONE = "same", "quota", "conditions", "scope", "kept", "new", "gone"


class RowPair(Struct, frozen=True, kw_only=True):
    """A row of the list, of the draft, or of both. Numbers from 0."""

    number: int  # As the list counts, or behind its rows.
    place: int | None  # On the draft.
    changes: tuple[Change, ...]
    before: ListRow | None  # As listed; its quota is that of the last day.
    after: ListRow | None  # As drafted.


class DraftedList(Struct, frozen=True, kw_only=True):
    """What a draft makes of one list of a year."""

    chain: str
    size: int  # Rows that the list ever had.
    pairs: tuple[RowPair, ...]
    head: dict[str, object]  # What the draft's proposal says otherwise, by field of ListState.
    alone: ListState | None = None
    """The list, where the log had none to compare it with."""

    @property
    def changes_nothing(self) -> bool:
        """Whether it is the list that was in force."""
        return self.alone is None and not self.head and all(pair.changes == (SAME,) for pair in self.pairs)

    def on(self, listed: ListState) -> ListState:
        """The list as it would have stood where ``listed`` is how it stood."""
        if self.changes_nothing:
            return listed
        rows = [self._row(pair, listed.row(pair.number)) for pair in self.pairs]
        while rows and rows[-1] is NOBODY:
            rows.pop()
        lives = listed.life.rows
        drafted = {
            pair.number: _as_drafted(lives[pair.number]) for pair in self.pairs if pair.number in lives and pair.after is not pair.before
        }
        if drafted:
            listed = listed.lives(rows={**lives, **drafted})
        return replace(listed, rows=tuple(rows), **self.head)

    def _row(self, pair: RowPair, now: ListRow | None) -> ListRow:
        if pair.changes == (SAME,):
            return now or NOBODY
        if pair.after is None:
            return NOBODY
        own = pair.after
        if now is None:
            return own
        return replace(now, waste=own.waste, methods=own.methods, quota_g=own.quota_g, conditions=own.conditions)


def compare(draft: DraftList, year: int, chain: str, listed: ListState | None, root_of: Callable[[str], str], at_s: int) -> DraftedList:
    """The draft as the list ``chain`` of ``year``, which stood as ``listed`` at the end of it (``at_s``); ``root_of`` gives the first permit of
    a permit's line of renewals."""
    rows = [row.listed(root_of(row.permit)) for row in draft.rows]
    if listed is None:
        pairs = tuple(RowPair(number=n, place=n, changes=(NEW,), before=None, after=row) for n, row in enumerate(rows))
        return DraftedList(chain=chain, size=0, pairs=pairs, head={}, alone=_alone(draft, year, tuple(rows)))
    return DraftedList(chain=chain, size=len(listed.rows), pairs=tuple(_paired(listed, rows, at_s)), head=_head(draft, year, listed))


def _paired(listed: ListState, rows: Sequence[ListRow], at_s: int) -> Iterator[RowPair]:
    """First what is the same but for quota and conditions, then what shares permit, waste and method; each row once."""
    day, taken = day_of(at_s), dict[int, int]()
    as_it_was = [replace(row, quota_g=listed.quota_g(number, day)) for number, row in enumerate(listed.rows)]
    for alike in (_is_identical, _is_akin):
        for place, row in enumerate(rows):
            if place in taken.values():
                continue
            found = next((n for n, other in enumerate(as_it_was) if n not in taken and alike(other, row)), None)
            if found is not None:
                taken[found] = place
    for number, before in enumerate(as_it_was):
        is_over = listed.row_life(number).last_day != "" and listed.last_day(number) < day
        if number in taken:
            after = rows[taken[number]]
            changes = (*_changes(before, after), *((KEPT,) if is_over else ()))
            yield RowPair(number=number, place=taken[number], changes=changes or (SAME,), before=before, after=after if changes else before)
        elif is_over or listed.status_at(number, at_s) == "REMOVED":
            yield RowPair(number=number, place=None, changes=(SAME,), before=before, after=before)
        else:
            yield RowPair(number=number, place=None, changes=(GONE,), before=before, after=None)
    new = [place for place in range(len(rows)) if place not in taken.values()]
    for number, place in enumerate(new, len(listed.rows)):
        yield RowPair(number=number, place=place, changes=(NEW,), before=None, after=rows[place])


def _as_drafted(life: RowLife) -> RowLife:
    """What befell a row that the draft says anew: its consents; its quota, and its first and last day, are the draft's."""
    return replace(life, added=0, first_day="", last_day="", end_reason="", quotas=())


def _is_identical(one: ListRow, other: ListRow) -> bool:
    return one.root == other.root and _scope(one) == _scope(other) and set(one.methods) == set(other.methods)


def _is_akin(one: ListRow, other: ListRow) -> bool:
    return one.root == other.root and bool(set(one.methods) & set(other.methods)) and one.waste.meets(other.waste)


def _scope(row: ListRow) -> tuple[str, str, frozenset[str]]:
    return row.waste.category, row.waste.scope, frozenset(row.waste.codes)


def _changes(before: ListRow, after: ListRow) -> Iterator[Change]:
    if not _is_identical(before, after):
        yield SCOPE
    if before.quota_g != after.quota_g:
        yield QUOTA
    if (before.conditions or Conditions()) != (after.conditions or Conditions()):
        yield CONDITIONS


def _head(draft: DraftList, year: int, listed: ListState) -> dict[str, object]:
    """Fields of the proposal that differ from the list's; days are those of ``year``."""
    body = draft.propose
    if body is None:
        return {}
    said: dict[str, object] = {
        "kind": body.kind,
        "suspension_stops": body.suspension_stops,
        "effective_from": in_year(body.effective_from, year),
        "effective_to": in_year(body.effective_to, year),
    }
    found = {name: value for name, value in said.items() if getattr(listed, name) != value}
    if (body.conditions or Conditions()) != (listed.conditions or Conditions()):
        found["conditions"] = body.conditions
    return found


def in_year(day: str, year: int) -> str:
    """The same day of another year; 29 February of a common year is the 28th."""
    rest = day[4:]
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04d}{'-02-28' if rest == '-02-29' and not is_leap else rest}"


def _alone(draft: DraftList, year: int, rows: tuple[ListRow, ...]) -> ListState:
    """A list of its own, in force from its first day."""
    _, from_province, to_province, _ = draft.name
    body = draft.propose
    return ListState(
        year=year,
        from_province=from_province,
        to_province=to_province,
        kind=body.kind if body is not None else "unilateral" if from_province == EVERYWHERE else "mutual",
        suspension_stops="issue" if body is None else body.suspension_stops,
        proposer="",
        letter_no="" if body is None else body.letter_no,
        letter_date="" if body is None else body.letter_date,
        effective_from=f"{year:04d}-01-01" if body is None else in_year(body.effective_from, year),
        effective_to=f"{year:04d}-12-31" if body is None else in_year(body.effective_to, year),
        rows_announced=len(rows),
        pages_announced=1,
        conditions=None if body is None else body.conditions,
        pages=1,
        rows=rows,
        status="ACTIVE",
    )
