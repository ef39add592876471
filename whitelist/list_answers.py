"""Lists and their rows over HTTP: how each row stands and since when, by whose word; what changed; what waits for whose confirmation."""

from collections import Counter

from msgspec import Struct

from ledger.answers import filled
from ledger.directory import LogState
from ledger.mass import format_mass
from ledger.model import Facts
from ledger.times import day_of, format_at
from whitelist.balance import row_room
from whitelist.fields import Scope
from whitelist.list_deadlines import unreported
from whitelist.list_life import ListChange
from whitelist.list_sides import confirmers
from whitelist.listing import Conditions, ListState, PendingAct, rows_hash
from whitelist.registries import RegistryRow


class RowChangeAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A suspension, resumption or removal: what has held since ``at``, by whose word, why."""

    status: str
    at: str
    index: int
    row: int | None  # None: every row that there was.
    by: str
    confirmed_by: str  # Empty where nobody had to.
    reason: str
    letter_no: str


class RowQuotaAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A row's quota from a day on, and the entry that put it in force; 0 is the list itself."""

    from_day: str
    quota_t: str
    index: int


class ExtraAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """超额同意: tonnes beyond the quota, of one application or of anybody (empty)."""

    extra_t: str
    approval: str
    index: int
    by: str
    letter_no: str


class PendingListAct(Struct, frozen=True, gc=False, kw_only=True):
    """An act that waits for the other side; ``act`` is what ``list.confirm`` names."""

    act: str
    kind: str
    index: int
    at: str
    by: str
    confirmed_by: tuple[str, ...]
    """Any one of these authorities confirms it."""
    letter_no: str
    reason: str
    row: int | None  # Of a resumption or removal; None: all rows.
    effective_from: str  # Of an amendment, and the next three.
    adds: int
    """Rows that it adds; the entry has them."""
    ends: tuple[int, ...]
    quotas_t: dict[int, str]
    """By row."""


class ListReportAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """年度通报 of one side."""

    by: str
    at: str
    index: int


class ListAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A list (白名单) without its rows; those are listings."""

    list: str
    year: int
    from_province: str
    to_province: str
    kind: str
    status: str  # PROPOSED, ACTIVE, or REMOVED as a whole.
    suspension_stops: str
    letter_no: str
    letter_date: str
    effective_from: str
    effective_to: str
    conditions: Conditions | None
    rows_announced: int
    rows_filed: int  # With those that amendments added.
    rows_hash: (
        str | None
    )  # What the other side countersigns; None until every announced row is filed, and of a list in force what was countersigned.
    index: int
    rows_standing: dict[str, int]
    """How many rows are ACTIVE, SUSPENDED, REMOVED, ENDED now."""
    changes: tuple[RowChangeAnswer, ...]
    """Suspensions, resumptions and removals, oldest first."""
    pending: tuple[PendingListAct, ...]
    """What waits for a confirmation."""
    reports: tuple[ListReportAnswer, ...]
    report_missing: tuple[str, ...]
    """Authorities whose side has not reported on the list's year (R-44); one of a side is enough."""


class ListingAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A row of a list with its quota Q1: ``used_t`` is committed by decisions, less what ended ones give back."""

    list: str
    row: int
    status: str  # PROPOSED, ACTIVE, SUSPENDED, REMOVED; ENDED: no new decision, those that were given go on.
    from_province: str
    to_province: str
    effective_from: str
    effective_to: str
    receiver: str
    permit: str
    waste: Scope
    methods: tuple[str, ...]
    conditions: Conditions | None  # Beside those of the list.
    quota_t: str  # Of today.
    used_t: str
    left_t: str  # What the next decision may commit, of quota and what was consented to beyond it; below 0 where it is overdrawn.
    suspension_stops: str
    first_day: str  # Loads leave on it from this day on.
    last_day: str  # The last day on which decisions are given on it.
    end_reason: str
    extra_t: str  # Consented to beyond the quota, for anybody.
    changes: tuple[RowChangeAnswer, ...]
    quotas: tuple[RowQuotaAnswer, ...]
    extras: tuple[ExtraAnswer, ...]


def row_status(state: ListState, number: int, now_s: int) -> str:
    """How a row stands at a moment, in one word; whether the list's own days are over is said by these."""
    if state.status != "ACTIVE":
        return state.status
    stands = state.status_at(number, now_s)
    ended = state.row_life(number).last_day
    return "ENDED" if stands == "ACTIVE" and ended and day_of(now_s) > ended else stands


def list_answer(row: RegistryRow, log: LogState, now_s: int) -> ListAnswer:
    """A list for the wire, as of a moment."""
    state: ListState = row.state
    listed = state.rows[: state.rows_announced]
    return filled(
        ListAnswer,
        state,
        list=row.chain,
        status="REMOVED" if state.is_removed else state.status,
        rows_filed=len(state.rows),
        rows_hash=rows_hash(listed) if state.is_complete else None,
        index=row.head.idx,
        rows_standing=dict(sorted(Counter(row_status(state, number, now_s) for number in range(len(state.rows))).items())),
        changes=tuple(map(_change, state.life.changes)),
        pending=tuple(_pending(log, state, act) for act in state.life.pending),
        reports=tuple(ListReportAnswer(by=one.by, at=format_at(one.at_s), index=one.index) for one in state.life.reports),
        report_missing=unreported(log, state) if state.status == "ACTIVE" and day_of(now_s)[:4] > str(state.year) else (),
    )


def listing_answer(row: RegistryRow, facts: Facts, now_s: int) -> ListingAnswer:
    """A row of a list for the wire, with what decisions committed on it."""
    state: ListState = row.state
    number, today = row.number, day_of(now_s)
    listing, life = state.rows[number], state.row_life(number)
    limit_g, used_g = row_room(facts, row.account, state, number, today)
    tonnes = {"quota_t": state.quota_g(number, today), "used_t": used_g, "left_t": limit_g - used_g, "extra_t": life.extra_g()}
    own = {name: format_mass(grams) for name, grams in tonnes.items()}
    first = RowQuotaAnswer(from_day=state.first_day(number), quota_t=format_mass(listing.quota_g), index=life.added)
    quotas = (RowQuotaAnswer(from_day=one.from_day, quota_t=format_mass(one.quota_g), index=one.index) for one in life.quotas)
    return filled(
        ListingAnswer,
        listing,
        state,
        list=row.chain,
        row=number,
        status=row_status(state, number, now_s),
        first_day=state.first_day(number),
        last_day=min(state.last_day(number), state.effective_to),
        end_reason=life.end_reason,
        changes=tuple(map(_change, state.row_changes(number))),
        quotas=(first, *quotas),
        extras=tuple(filled(ExtraAnswer, one, extra_t=format_mass(one.grams)) for one in life.extras),
        **own,
    )


def _change(change: ListChange) -> RowChangeAnswer:
    return filled(RowChangeAnswer, change, at=format_at(change.at_s))


def _pending(log: LogState, state: ListState, act: PendingAct) -> PendingListAct:
    return filled(
        PendingListAct,
        act,
        kind=f"{act.kind}/1",
        at=format_at(act.at_s),
        confirmed_by=confirmers(log, state, act),
        adds=len(act.add),
        ends=tuple(end.row for end in act.end),
        quotas_t={row: format_mass(grams) for row, grams in act.quota},
    )
