"""Trips in both worlds: which would have been refused at issue or departure, which told of a missing notice, which let go.

Only trips under a decision that stands otherwise there, or on a row that does, are judged again; the others go as in the log. Judged by the
check of the issue (R-30 to R-33, R-37, R-40) and the gate of the departure; a quota is judged at the issue alone, for what was issued after it
counts on the same account by then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.admission.personality import Judged, Kind
from ledger.mass import parse_mass
from ledger.model import Facts, Findings, Moment, Statement
from ledger.times import day_of, format_at, parse_admission_at
from manifests import gate
from manifests.acts.depart import DEPART, Depart, added_g
from manifests.acts.issue import Issue
from manifests.acts.void import Void
from manifests.model import ManifestState, Stage
from reports.whatif.decisions import Decisions
from reports.whatif.model import CAUSES, Cause, Tally, TriedTrip, TripOutcome
from reports.whatif.other import OtherFacts
from signing.refusal import Reason
from whitelist import check
from whitelist.approval import approval_at
from whitelist.checked import Asked, home_of
from whitelist.listing import list_at

NOTICE = "PRE_NOTICE"
_CAUSES: Mapping[str, Cause] = {
    "APPROVAL_EXPIRED": "complete_within", "APPROVAL_QUOTA": "quota", "WL_SUSPENDED": "suspended", "WL_TERM": "term", "WL_YEAR": "term",
    "APPROVAL_EARLY": "term", "WL_SCOPE": "scope", "WL_METHOD": "method", "WL_RECEIVER": "row_missing", "WL_PERMIT": "row_missing",
    "WL_UNKNOWN": "row_missing", "WL_NOT_IN_FORCE": "not_in_force",
}  # fmt: skip
_OF_THE_DECISION = ("APPROVAL_LINE", "APPROVAL_STAGE", "NO_APPROVAL")
"""The decision does not stand on the list there; why not is its own cause."""
_OF_THE_LIST = frozenset({*_CAUSES, *_OF_THE_DECISION, "APPROVAL_STATUS"}) - {"APPROVAL_QUOTA"}


class _UnderWay(Struct, frozen=True, kw_only=True):
    """A trip that was issued under a decision that stands otherwise, and has not departed."""

    number: str
    day: str
    lines: tuple[tuple[str, int], ...]


class Trips:
    """Follows the manifests of the year."""

    def __init__(self, way: tuple[str, str], facts: Facts, other: OtherFacts, decisions: Decisions, year: int) -> None:
        """``way``: provinces from (``00``: every) and to."""
        self._way, self._facts, self._other, self._decisions, self._year = way, facts, other, decisions, str(year)
        self._open: dict[str, _UnderWay] = {}
        self.tried: list[TriedTrip] = []
        self.tallies: dict[tuple[str, str], Tally] = {}  # By division of the origin and code; empty: all of them.
        self.seen = 0  # Manifests issued in the year, wherever they went.

    def before(self, entry: Entry, kind: Kind) -> None:
        """Judge an act of a manifest there, before the log takes it."""
        body, chain = entry.statement.body, entry.statement.chain
        if isinstance(body, Issue):
            self._issue(entry, body, kind)
        elif isinstance(body, Depart) and chain in self._open:
            self._depart(entry, body)
        elif isinstance(body, Void) and chain in self._open:
            self._never_left(entry.statement, Moment(entry.index, parse_admission_at(entry.admission.at), entry.admission.ruleset), "void")

    def end(self, moment: Moment) -> None:
        """What has not departed when the year is over."""
        for chain in sorted(self._open):
            at = format_at(moment.at_s)
            statement = Statement(kind=DEPART.kind.name, chain=chain, seq=0, prev="", by=(), at=at, at_s=moment.at_s, body=None, hash="")
            self._never_left(statement, moment, "end")

    # --- acts --------------------------------------------------------------------------------------------------------------------

    def _issue(self, entry: Entry, body: Issue, kind: Kind) -> None:
        statement, moment = entry.statement, Moment(entry.index, parse_admission_at(entry.admission.at), entry.admission.ruleset)
        day = day_of(moment.at_s)
        is_of_the_year = day.startswith(self._year)
        self.seen += is_of_the_year
        here, there = home_of(body, self._facts)[:2], body.destination.division[:2]
        if here == there or there != self._way[1] or self._way[0] not in ("00", here):
            return
        lines = tuple((line.code, parse_mass(line.mass_t)) for line in body.lines)
        decision = self._decisions.tried.get(body.approval or "")
        if is_of_the_year:
            self._count(body.origin.division, lines, "trips", "grams")
            if decision is not None and decision.outcome == "faster":
                self._count(body.origin.division, lines, "faster", "faster_g")
        is_pilot = body.pilot is not None and body.pilot.list == self._decisions.chain
        if not (self._decisions.stands(body.approval) or is_pilot):
            return
        out = Findings()
        transfer = replace(body, pilot=self._decisions.row_for(body)) if is_pilot else body
        asked = Asked(generator=statement.owner, transfer=transfer, at_s=statement.at_s, moment=moment)
        check.judge(asked, self._other, kind.asks, out)
        if not out.reasons:
            self._open[statement.chain] = _UnderWay(number=body.number or "", day=day, lines=lines)
            return
        if is_of_the_year:
            numbers = [line.decision_line for line in body.lines]
            self._add(statement, day, "issue", "stopped", out.reasons, body, lines, numbers)

    def _depart(self, entry: Entry, body: Depart) -> None:
        statement, under_way = entry.statement, self._open.pop(entry.statement.chain)
        state: ManifestState = self._facts.state(statement.chain)
        day = day_of(statement.at_s)
        if state.is_backfill or not day.startswith(self._year):
            return
        moment = Moment(entry.index, parse_admission_at(entry.admission.at), entry.admission.ruleset)
        out = self._gate(self._other, statement, moment, state, added_g(body, state))
        reasons = [reason for reason in out.reasons if reason.code != "APPROVAL_QUOTA"]
        numbers = [line.decision_line for line in state.lines]
        if reasons:
            self._add(statement, day, "depart", "stopped", reasons, state, under_way.lines, numbers)
            return
        was_told = any(code == NOTICE for _, code in entry.admission.decision.alerts)
        if was_told != (NOTICE in out.alerts):
            self._add(statement, day, "depart", "relieved" if was_told else "noticed", [], state, under_way.lines, numbers)

    def _never_left(self, statement: Statement, moment: Moment, at: Literal["void", "end"]) -> None:
        """Freed: what a listing held up for good, and would not have there."""
        under_way = self._open.pop(statement.chain)
        state: ManifestState = self._facts.state(statement.chain)
        day = day_of(moment.at_s)
        if not day.startswith(self._year) or state.is_backfill or state.stage is not Stage.ISSUED:
            return  # it went unseen, and was received
        nothing_more = (0,) * len(state.lines)
        here = self._gate(self._facts, statement, moment, state, nothing_more)
        there = self._gate(self._other, statement, moment, state, nothing_more)
        held = [reason for reason in here.reasons if reason.code in _OF_THE_LIST]
        if held and not [reason for reason in there.reasons if reason.code in _OF_THE_LIST]:
            self._add(statement, day, at, "freed", held, state, under_way.lines, [line.decision_line for line in state.lines])

    def _gate(self, facts: Facts, statement: Statement, moment: Moment, state: ManifestState, more_g: tuple[int, ...]) -> Findings:
        out = Findings()
        gate.judge(Judged(statement, facts, moment, state, DEPART.kind), out, more_g)
        return out

    # --- what is found -----------------------------------------------------------------------------------------------------------

    def _add(
        self,
        statement: Statement,
        day: str,
        at: Literal["issue", "depart", "void", "end"],
        outcome: TripOutcome,
        reasons: Iterable[Reason],
        trip: Issue | ManifestState,
        lines: tuple[tuple[str, int], ...],
        numbers: list[int | None],
    ) -> None:
        codes = tuple(sorted({reason.code for reason in reasons}))
        self.tried.append(
            TriedTrip(
                manifest=statement.chain, number=trip.number or "", day=day, at=at, outcome=outcome,
                cause=self._cause(codes, trip.approval, numbers, self._facts if outcome == "freed" else self._other), codes=codes, origin=trip.origin.division,
                destination=trip.destination.division, generator=statement.owner, receiver=trip.receiver, approval=trip.approval or "",
                lines=lines,
            )
        )  # fmt: skip
        self._count(trip.origin.division, lines, outcome, f"{outcome}_g" if outcome in ("stopped", "freed") else None)

    def _cause(self, codes: tuple[str, ...], approval: str | None, numbers: list[int | None], facts: Facts) -> Cause | None:
        if not codes:
            return None
        found: set[Cause] = {_CAUSES.get(code, "other") for code in codes if code not in _OF_THE_DECISION}
        if "complete_within" in found and self._ends_with_the_list(approval, numbers, facts):
            found = found - {"complete_within"} | {"term"}
        if any(code in _OF_THE_DECISION for code in codes):
            decision = self._decisions.tried.get(approval or "")
            found |= {line.cause for line in (decision.lines if decision is not None else ()) if line.line in numbers and line.cause} or {
                "other"
            }
        return next(cause for cause in CAUSES if cause in found)

    def _ends_with_the_list(self, approval: str | None, numbers: list[int | None], facts: Facts) -> bool:
        """Whether what ran out in a world did so on the last day of the list."""
        decided, listed = approval_at(facts, approval or ""), list_at(facts, self._decisions.chain)
        lines = [] if decided is None else [line for number in numbers if (line := decided.line(number)) is not None]
        return listed is not None and any(line.valid_to == listed.effective_to for line in lines)

    def _count(self, division: str, lines: tuple[tuple[str, int], ...], trips: str, grams: str | None) -> None:
        """Once by code, however many of its lines have it; once by division, once by code alone, once in all."""
        by_code = Counter[str]()
        for code, mass_g in lines:
            by_code[code] += mass_g
        by_code[""] = sum(by_code.values())
        for place in (division, ""):
            for code, mass_g in by_code.items():
                tally = self.tallies.setdefault((place, code), Tally())
                setattr(tally, trips, getattr(tally, trips) + 1)
                if grams is not None:
                    setattr(tally, grams, getattr(tally, grams) + mass_g)
