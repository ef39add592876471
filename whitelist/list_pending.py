"""What an act on a list in force does: at once, or when the other side confirms it. Pure: from one state to the next.

Source: kinds §4: an amendment counts from the later of its own day and the day on which it is confirmed; a newer one of the same side takes the
place of the one that waits; rows are never renumbered.
"""

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from ledger.directory import LogState
from ledger.model import Admission
from ledger.times import day_at, days_after, parse_admission_at
from whitelist.list_life import ListChange, QuotaChange, RowLife, RowStatus
from whitelist.list_sides import others_of, same_side
from whitelist.listing import ListRow, ListState, PendingAct

AFTER: dict[str, RowStatus] = {"list.suspend": "SUSPENDED", "list.resume": "ACTIVE", "list.remove": "REMOVED"}
BEFORE: dict[str, tuple[RowStatus, ...]] = {
    "list.suspend": ("ACTIVE",),
    "list.resume": ("SUSPENDED",),
    "list.remove": ("ACTIVE", "SUSPENDED"),
}


def statuses_now(state: ListState, row: int | None) -> set[RowStatus]:
    """How a row stands at this index, or all of them."""
    numbers: Iterable[int] = range(len(state.rows)) if row is None else (row,)
    return {state.status_at(number, _EVER) for number in numbers}


_EVER = 2**53


def applies(state: ListState, kind: str, row: int | None) -> bool:
    """Whether suspend, resume or remove would change anything: ROW_STATE otherwise."""
    return not statuses_now(state, row).isdisjoint(BEFORE[kind])


def standing_rows(state: ListState, but: Collection[int] = ()) -> list[tuple[int, ListRow]]:
    """Rows, with their numbers, that a new row must not repeat: neither removed nor ended, ``but`` for some."""
    life = ((number, row) for number, row in enumerate(state.rows) if number not in but)
    return [(n, row) for n, row in life if not state.row_life(n).last_day and state.status_at(n, _EVER) != "REMOVED"]


def enter(log: LogState, state: ListState, act: PendingAct, admission: Admission) -> ListState:
    """The list after an amendment, resumption or removal was signed: in force where nobody else has to confirm it, else pending."""
    if not others_of(log, state, act.by):
        return put_in_force(state, act, admission)
    kept = [one for one in state.life.pending if not (_takes_the_place(act, one) and same_side(log, state, one.by, act.by))]
    return state.lives(pending=(*kept, act))


def _takes_the_place(new: PendingAct, old: PendingAct) -> bool:
    return new.kind == old.kind and new.row == old.row


def put_in_force(state: ListState, act: PendingAct, admission: Admission, confirmed_by: str = "") -> ListState:
    """The list after an act is in force; what waits and has no sense any more waits no longer."""
    rest = tuple(one for one in state.life.pending if one.act != act.act)
    if act.kind == "list.amend":
        return _amended(state.lives(pending=rest), act, admission)
    after = change(state.lives(pending=rest), act, AFTER[act.kind], admission, confirmed_by)
    if after.is_removed:
        return after.lives(pending=())
    return after.lives(pending=tuple(one for one in rest if one.kind == "list.amend" or applies(after, one.kind, one.row)))


def change(state: ListState, act: PendingAct, status: RowStatus, admission: Admission, confirmed_by: str = "") -> ListState:
    """The list with one change of status more."""
    new = ListChange(
        index=admission.index,
        at_s=parse_admission_at(admission.at),
        status=status,
        row=act.row,
        by=act.by,
        confirmed_by=confirmed_by,
        reason=act.reason,
        letter_no=act.letter_no,
    )
    return state.lives(changes=(*state.life.changes, new))


def suspended(state: ListState, act: PendingAct, admission: Admission) -> ListState:
    """The list after a suspension: it counts at once, and no older word by which these rows were to go on counts against it."""
    kept = tuple(one for one in state.life.pending if one.kind != "list.resume" or not _meet(one.row, act.row))
    return change(state.lives(pending=kept), act, "SUSPENDED", admission)


def _meet(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def _amended(state: ListState, act: PendingAct, admission: Admission) -> ListState:
    begins = max(act.effective_from, day_at(admission.at))
    lives = dict(state.life.rows)

    def touch(number: int, **changes: object) -> None:
        lives[number] = replace(lives.get(number, RowLife()), **changes)

    for end in act.end:
        known = lives.get(end.row, RowLife()).last_day
        last = max(end.on, days_after(begins, -1))  # it was in force until the amendment was
        if not known or last < known:
            touch(end.row, last_day=last, end_reason=end.reason)
    for number, grams in act.quota:
        touch(number, quotas=(*lives.get(number, RowLife()).quotas, QuotaChange(begins, grams, admission.index)))
    for number in range(len(state.rows), len(state.rows) + len(act.add)):
        touch(number, added=admission.index, first_day=begins)
    return replace(state.lives(rows=lives), rows=(*state.rows, *act.add))
