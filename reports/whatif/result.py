"""Summing up: what would have been decided and moved otherwise, in all, by row, by place, by code, by month; and how many working days it saves.

Days saved are an estimate: a decision by letter that would have been listed took the working days that the log shows, and would have taken
those that the listed decisions of the same direction took in the middle (lower median) that year; the other way round for one that would have
needed a letter. Where the year has none to compare with, the terms of R-42 stand in. Source: Order 23 Art. 23-27 [READ]; estimate [DESIGN].
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import median_low

from msgspec import Struct
from msgspec.structs import replace

from ledger.directory import log_state, party_name
from ledger.times import format_at
from reports.whatif.compare import GONE, DraftedList, RowPair
from reports.whatif.laboratory import Trial
from reports.whatif.model import CAUSES, RowUse, Tally, TriedDecision, TriedTrip
from whitelist.checked import APPROVED, LISTED
from whitelist.divisions import Divisions
from whitelist.listing import rows_hash
from whitelist.thresholds import thresholds_of
from whitelist.workdays import Workdays, workdays_of

VERSION = 1


class HowLong(Struct, frozen=True, kw_only=True):
    """Working days of one route, and how they are known."""

    workdays: int
    of: int  # Decisions that it is the median of; 0: the terms of the law.
    anywhere: bool = False  # Of all directions, for this one had none.


class RowResult(Struct, frozen=True, kw_only=True):
    """A row in both worlds."""

    row: int
    place: int | None  # On the draft.
    changes: tuple[str, ...]
    receiver: str
    waste: str
    waste_en: str
    methods: tuple[str, ...]
    quota_before_g: int | None
    quota_after_g: int | None
    before: RowUse
    after: RowUse


class PlaceResult(Struct, frozen=True, kw_only=True):
    """A place or a code, or both: decisions that go otherwise, days, trips."""

    division: str = ""
    code: str = ""
    faster_decisions: int = 0
    slower_decisions: int = 0
    saved_wd: int = 0
    extra_wd: int = 0
    tally: Tally


class DecisionResult(Struct, frozen=True, kw_only=True):
    """A decision that goes otherwise, with the working days that it saves (``saved_wd``) or costs (negative)."""

    tried: TriedDecision
    saved_wd: int


class MonthResult(Struct, frozen=True, kw_only=True):
    """A month: trips stopped by cause, trips freed, working days saved by its decisions."""

    month: str
    stopped: dict[str, int]
    freed: int
    saved_wd: int


class WhatIf(Struct, frozen=True, kw_only=True):
    """The whole result. ``size`` and ``root`` say of which entries, ``draft_hash`` of which rows."""

    liandan_whatif: int = VERSION
    year: int
    is_over: bool
    list: str
    draft: str
    draft_hash: str  # As rows_hash of list.countersign.
    is_new: bool  # The log had no such list.
    head: tuple[str, ...]  # What the draft's proposal says otherwise.
    difference: tuple[str, str]  # What its rows say otherwise, in Chinese and English.
    origin: str
    found: str
    size: int
    root: str
    at: str
    clock: str
    listed: HowLong
    lettered: HowLong
    manifests: int  # Issued in the year, wherever they went.
    decisions: dict[str, int]  # On the list or where the list might have served, by outcome.
    decided_g: dict[str, int]
    saved_wd: int
    extra_wd: int
    all: Tally
    stopped: dict[str, Tally]  # By cause.
    in_time: int  # Of the stopped: the letter would have come before.
    rows: tuple[RowResult, ...]
    places: tuple[PlaceResult, ...]
    codes: tuple[PlaceResult, ...]
    both: tuple[PlaceResult, ...]
    months: tuple[MonthResult, ...]
    changed: tuple[DecisionResult, ...]
    trips: tuple[TriedTrip, ...]
    doubts: tuple[tuple[int, str], ...]  # Rows of the draft and codes of what the log would refuse of them.
    names: dict[str, str]
    divisions: dict[str, tuple[str, str]]  # In Chinese and English.

    @property
    def changes_nothing(self) -> bool:
        """Whether nothing at all would have gone otherwise."""
        return not self.changed and not self.trips


def result_of(trial: Trial, difference: tuple[str, str] = ("", "")) -> WhatIf:
    """Everything a reader is told. ``difference``: in both languages what the draft changes, where the caller can say it."""
    drafted, decisions, log = trial.drafted, trial.decisions, log_state(trial.facts)
    year, days = f"{trial.year:04d}-", workdays_of(trial.facts)
    direction = trial.draft.name[1:3]
    listed = _how_long(trial, LISTED, direction)
    lettered = _how_long(trial, APPROVED, direction)
    of_year = [one for one in sorted(decisions.tried.values(), key=lambda one: (one.day, one.chain)) if one.day.startswith(year)]
    changed = tuple(DecisionResult(tried=one, saved_wd=_saved(one, listed, lettered)) for one in of_year if one.outcome != "same")
    costs = {one.tried.chain: one for one in changed if one.tried.outcome == "slower"}
    trips = tuple(_in_time(trip, costs, days) for trip in sorted(trial.trips.tried, key=lambda trip: (trip.day, trip.manifest, trip.at)))
    parties = {one.tried.generator for one in changed} | {trip.generator for trip in trips} | {trip.receiver for trip in trips}
    rows = tuple(_row(drafted, pair, trial) for pair in drafted.pairs)
    parties |= {one.tried.receiver for one in changed} | {row.receiver for row in rows}
    tallies = trial.trips.tallies
    keys = {key for key in tallies if key[0] and key[1]} | {(one.tried.origin, line.code) for one in changed for line in one.tried.lines}
    known: Divisions | None = trial.facts.data("divisions")
    places = {division for division, _ in keys} | {trip.destination for trip in trips}
    return WhatIf(
        year=trial.year,
        is_over=trial.is_over,
        list=drafted.chain,
        draft=trial.draft.list,
        draft_hash=rows_hash(row.listed("") for row in trial.draft.rows),
        is_new=drafted.alone is not None,
        head=tuple(sorted(drafted.head)),
        difference=difference,
        origin=log.origin,
        found=log.found,
        size=trial.size,
        root=b64encode(trial.root).decode(),
        at=format_at(trial.at_s),
        clock=log.clock,
        listed=listed,
        lettered=lettered,
        manifests=trial.trips.seen,
        decisions=dict(sorted(Counter(one.outcome for one in of_year).items())),
        decided_g={outcome: sum(line.grams for one in of_year if one.outcome == outcome for line in one.lines) for outcome in OUTCOMES},
        saved_wd=sum(one.saved_wd for one in changed if one.saved_wd > 0),
        extra_wd=-sum(one.saved_wd for one in changed if one.saved_wd < 0),
        all=tallies.get(("", ""), Tally()),
        stopped={cause: found for cause in CAUSES if (found := _of_cause(trips, cause)).stopped},
        in_time=sum(trip.later for trip in trips),
        rows=rows,
        places=tuple(_place(division, "", changed, tallies) for division in sorted({key[0] for key in keys})),
        codes=tuple(_place("", code, changed, tallies) for code in sorted({key[1] for key in keys})),
        both=tuple(_place(*key, changed, tallies) for key in sorted(keys)),
        months=tuple(_month(f"{year}{month:02d}", changed, trips) for month in range(1, 13)),
        changed=changed,
        trips=trips,
        doubts=tuple((int(reason.field.split(".")[2]), reason.code) for reason in trial.doubts),
        names={uscc: party_name(trial.facts, uscc) for uscc in sorted(parties) if uscc},
        divisions={} if known is None else {code: (known.full_name(code), known.full_name(code, english=True)) for code in sorted(places)},
    )


OUTCOMES = ("same", "faster", "slower", "freed")


def _how_long(trial: Trial, route: str, direction: tuple[str, str]) -> HowLong:
    year = f"{trial.year:04d}-"
    took = [one for one in trial.decisions.took if one[0] == route and one[1].startswith(year)]
    if own := [days for _, _, way, days in took if way[1] == direction[1] and direction[0] in ("00", way[0])]:
        return HowLong(workdays=median_low(own), of=len(own))
    if took:
        return HowLong(workdays=median_low(days for *_, days in took), of=len(took), anywhere=True)
    terms = thresholds_of(trial.facts)
    if terms is None:
        return HowLong(workdays=0, of=0)
    return HowLong(workdays=terms.listed_wd if route == LISTED else terms.review_wd + terms.reply_wd + terms.decide_wd, of=0)


def _saved(one: TriedDecision, listed: HowLong, lettered: HowLong) -> int:
    """Working days saved; negative: more."""
    if one.outcome == "faster":
        return max(0, one.workdays - listed.workdays)
    return -max(0, lettered.workdays - one.workdays) if one.outcome == "slower" else 0


def _in_time(trip: TriedTrip, costs: dict[str, DecisionResult], days: Workdays) -> TriedTrip:
    """A stopped trip, with whether the letter would have come by its day."""
    decision = costs.get(trip.approval)
    if trip.outcome != "stopped" or trip.at != "issue" or decision is None:
        return trip
    begun, more = date.fromisoformat(decision.tried.day), -decision.saved_wd
    due = days.due(begun, more).day if more else begun
    return replace(trip, later=trip.day >= due.isoformat())


def _of_cause(trips: Iterable[TriedTrip], cause: str) -> Tally:
    found = [trip for trip in trips if trip.outcome == "stopped" and trip.cause == cause]
    return Tally(stopped=len(found), stopped_g=sum(grams for trip in found for _, grams in trip.lines))


def _row(drafted: DraftedList, pair: RowPair, trial: Trial) -> RowResult:
    row = pair.after or pair.before
    assert row is not None, "a pair has one of them"
    zh, en = row.waste.told()
    return RowResult(
        row=pair.number,
        place=pair.place,
        changes=pair.changes,
        receiver=row.receiver,
        waste=zh,
        waste_en=en,
        methods=row.methods,
        quota_before_g=None if pair.before is None else pair.before.quota_g,
        quota_after_g=None if pair.changes == (GONE,) else row.quota_g,
        before=trial.decisions.was_used[pair.number],
        after=trial.decisions.used[pair.number],
    )


def _place(division: str, code: str, changed: Iterable[DecisionResult], tallies: dict[tuple[str, str], Tally]) -> PlaceResult:
    own = [
        one for one in changed if division in ("", one.tried.origin) and (not code or any(line.code == code for line in one.tried.lines))
    ]
    return PlaceResult(
        division=division,
        code=code,
        faster_decisions=sum(one.tried.outcome in ("faster", "freed") for one in own),
        slower_decisions=sum(one.tried.outcome == "slower" for one in own),
        saved_wd=sum(max(one.saved_wd, 0) for one in own),
        extra_wd=sum(max(-one.saved_wd, 0) for one in own),
        tally=tallies.get((division, code), Tally()),
    )


def _month(month: str, changed: Iterable[DecisionResult], trips: Iterable[TriedTrip]) -> MonthResult:
    own = [trip for trip in trips if trip.day.startswith(month)]
    stopped = Counter(trip.cause or "other" for trip in own if trip.outcome == "stopped")
    return MonthResult(
        month=month,
        stopped={cause: stopped[cause] for cause in CAUSES if stopped[cause]},
        freed=sum(trip.outcome == "freed" for trip in own),
        saved_wd=sum(one.saved_wd for one in changed if one.tried.day.startswith(month) and one.saved_wd > 0),
    )
