"""The fold over the log that statements need: manifests by direction, quota accounts over the month, numbers held twice. Pure.

Entries come in the order of the log, from index 0, from any source: database, export, bundle of tiles. What they mean is computed by the
same ``evolve`` functions as in the log; nothing is read from projections. One fold serves every direction, so the log is replayed once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import permutations
from typing import Any

from ledger.admission.admit import apply
from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Books, Kind
from ledger.auditing.replay import ReplayFacts
from ledger.directory import LOG_MAIN, LogState, party_name
from ledger.times import parse_at, year_of
from manifests.case import cases_of
from manifests.mass import limits_of, weight_level
from manifests.model import LineState, ManifestState, Stage, trunk_of
from reports.reconciliation.model import AccountMonth, Duplicate, LineRow, Period, Tolerance
from reports.words import COLUMNS
from whitelist.approval import ApprovalState
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.quota import Q3_PREFIX, newest_permit, q3_used_g
from whitelist.thresholds import NAME as THRESHOLDS

Direction = tuple[str, str]
"""Provinces from and to, two digits each."""


class Fold:
    """State after the entries seen so far."""

    def __init__(self, kinds: Kinds, period: Period, dataset: Callable[[str, str], Any]) -> None:
        """``dataset`` gives adopted data by name and SHA-256 (``DataSets``): tolerances are data of the log."""
        self._kinds, self.period = kinds, period
        self.facts = ReplayFacts(dataset)
        self.size = 0
        self.at = ""
        self._rows: defaultdict[Direction, dict[str, tuple[LineRow, ...]]] = defaultdict(dict)
        self._numbers: defaultdict[str, set[str]] = defaultdict(set)
        self._number_of: dict[str, str] = {}
        self._opening: dict[str, int] = {}
        self._moved: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
        self._closing: dict[str, int] = {}
        self._held: dict[str, dict[str, int]] = {}
        self._q3: defaultdict[Direction, set[str]] = defaultdict(set)
        self._year_used: dict[str, int] = {}
        self._judged_by: dict[str, Tolerance] = {}

    def step(self, entry: Entry) -> None:
        """Take the next entry."""
        assert entry.index == self.size, "entries come in order, without a gap"
        self.size += 1
        self.at = entry.admission.at
        statement, kind = entry.statement, self._kinds.of(entry.statement.kind, entry.admission.ruleset)
        apply(entry, kind, self.facts)
        is_before_end = parse_at(entry.admission.at) < self.period.end_s
        if is_before_end:
            self._move(entry, kind)
        if statement.chain_type in ("manifest", "case"):
            self._follow(trunk_of(statement.chain), is_before_end)

    # --- manifests ---------------------------------------------------------------------------------------------------------------

    def _follow(self, trunk: str, is_before_end: bool) -> None:
        state = self.facts.state(trunk)
        if not isinstance(state, ManifestState):
            return
        number = state.number or cases_of(self.facts, trunk).number
        if number is not None:
            self._hold_number(trunk, number, state.stage)
        # What a manifest has reserved stays open until it is received or voided, whether that moves grams or not.
        if is_before_end:
            self._held[trunk] = state.drawn if state.times.received_s is None and state.times.voided_s is None else {}
        direction = state.origin.division[:2], state.destination.division[:2]
        if direction[0] == direction[1]:
            return
        if state.times.received_s is not None and trunk not in self._judged_by:
            self._judged_by[trunk] = self.tolerance()
        self._rows[direction][trunk] = _rows(trunk, state, number or "", self._judged_by.get(trunk))
        self._q3[direction].update(account for account in state.drawn if account.startswith(Q3_PREFIX))

    def _hold_number(self, trunk: str, number: str, stage: Stage) -> None:
        self._numbers[self._number_of.get(trunk, number)].discard(trunk)
        self._number_of[trunk] = number
        if stage is not Stage.VOIDED:
            self._numbers[number].add(trunk)

    def rows(self, direction: Direction) -> tuple[LineRow, ...]:
        """Lines of a direction that concern the month, by departure (those not departed last), manifest and line."""
        found = [row for rows in self._rows[direction].values() for row in rows if self._concerns(row)]
        return tuple(sorted(found, key=lambda row: (row.departed_s or 2**62, row.issued_s, row.generator, row.manifest, row.line)))

    def _concerns(self, row: LineRow) -> bool:
        start_s, end_s = self.period.start_s, self.period.end_s
        happened = any(self.period.holds(at) for at in (row.departed_s, row.received_s, row.voided_s, row.declined_s))
        return happened or row.is_under_way_at(start_s) or row.is_under_way_at(end_s) or row.is_waiting_at(end_s)

    def duplicates(self, direction: Direction) -> tuple[Duplicate, ...]:
        """Numbers held by several manifests, at least one of them of this direction."""
        ours = self._rows[direction].keys()
        return tuple(
            Duplicate(number, tuple(sorted(holders)))
            for number, holders in sorted(self._numbers.items())
            if len(holders) > 1 and not ours.isdisjoint(holders)
        )

    def tolerance(self) -> Tolerance:
        """The thresholds in force after the entries seen so far; a log that has issued a manifest has adopted some."""
        return Tolerance(version=self.log().data[THRESHOLDS].version, limits=limits_of(self.facts))

    def tolerances(self, direction: Direction) -> tuple[Tolerance, ...]:
        """Those by which the month's receipts of a direction were judged, in order of receipt; else those in force, if there are any."""
        judged = {row.manifest: row for row in self.rows(direction) if self.period.holds(row.received_s)}
        found = {t.version: t for trunk, t in self._judged_by.items() if trunk.rpartition("/")[2] in judged}
        return tuple(found.values()) or ((self.tolerance(),) if THRESHOLDS in self.log().data else ())

    # --- accounts ----------------------------------------------------------------------------------------------------------------

    def _move(self, entry: Entry, kind: Kind) -> None:
        """Account rows admitted before the month's end: the month's in the column of their act, earlier ones in the opening."""
        for row in entry.admission.decision.accounts:
            moved = self._moved[row.account]
            self._closing[row.account] = row.after_g
            if row.account.startswith(Q3_PREFIX):
                year = year_of(self.period.start_s)
                self._year_used[row.account] = q3_used_g(self.facts, row.account.removeprefix(Q3_PREFIX), year, year)
            if parse_at(entry.admission.at) < self.period.start_s:
                self._opening[row.account] = row.after_g
            else:
                moved[column_of(kind)] += row.after_g - row.before_g

    def accounts(self, direction: Direction) -> tuple[AccountMonth, ...]:
        """Accounts of the direction's lists, decisions and receivers' permits."""
        held: Counter[str] = Counter()
        for reserved in self._held.values():
            held.update(reserved)
        ours = [name for name in self._closing if self._is_of(name, direction)]
        return tuple(self._account(name, held[name]) for name in sorted(ours, key=_account_order))

    def _account(self, name: str, held_g: int) -> AccountMonth:
        layer, _, subject = name.partition(" ")
        label, limit = self._described(subject)
        return AccountMonth(
            account=name,
            layer=layer,
            label=label,
            opening_g=self._opening.get(name, 0),
            moved_g=self._moved[name],
            closing_g=self._closing[name],
            held_g=held_g,
            year_g=self._year_used.get(name),
            limit_g=limit,
        )

    def _is_of(self, name: str, direction: Direction) -> bool:
        _, _, subject = name.partition(" ")
        state = self.facts.state(subject.partition(" ")[0])
        if isinstance(state, ListState):
            return (state.from_province, state.to_province) == direction
        if isinstance(state, ApprovalState):
            return state.direction == direction
        return name in self._q3[direction]

    def _described(self, subject: str) -> tuple[str, int | None]:
        """What the account is, in words, and what it may hold. Lines are counted from 1, as on every paper."""
        chain, _, number = subject.partition(" ")
        if chain.startswith("permit/"):
            chain = newest_permit(self.facts, chain)  # the account bears the first of its line of renewals, the scale is the last one's
        state = self.facts.state(chain)
        place = int(number) if number.isdecimal() else 0
        if isinstance(state, ListState):
            row = state.row(place)
            words = f"{chain.removeprefix('list/')} 第 {place + 1} 行"
            return (words, None) if row is None else (f"{words}　{party_name(self.facts, row.receiver)}", row.quota_g)
        if isinstance(state, ApprovalState) and place < len(state.lines):
            line = state.lines[place]
            return f"{state.no} 第 {place + 1} 行　{line.name} {line.code}", line.mass_g
        if isinstance(state, PermitState):
            return f"{state.no}　{party_name(self.facts, chain.split('/')[1])}", state.scale_g
        return subject, None

    # --- the log -----------------------------------------------------------------------------------------------------------------

    def log(self) -> LogState:
        """State of ``log/main``."""
        state = self.facts.state(LOG_MAIN)
        assert isinstance(state, LogState), "a statement is drawn from a founded log"
        return state

    def directions(self) -> tuple[Direction, ...]:
        """Every direction between two provinces that have an authority on this log, a province and its opposite together."""
        provinces = sorted({region[:2] for authority in self.log().authorities for region in authority.regions})
        return tuple(sorted(permutations(provinces, 2), key=lambda pair: (sorted(pair), pair)))


def column_of(kind: Kind) -> Books:
    """The column in which the account rows of an act are booked; an act that moves accounts and names none is a programming error."""
    if kind.books is None:
        raise LookupError(f"{kind.name} moves accounts and names no column of the statement (Kind.books)")
    return kind.books


def _account_order(name: str) -> tuple[str, str, int]:
    layer, _, subject = name.partition(" ")
    chain, _, number = subject.partition(" ")
    return layer, chain, int(number) if number.isdecimal() else 0


def _level(line: LineState, tolerance: Tolerance | None) -> str:
    if tolerance is None or line.accepted_g is None or line.refused_g is None:
        return ""
    return weight_level(tolerance.limits, line.form, line.sent_g, line.accepted_g + line.refused_g) or ""


def _rows(trunk: str, state: ManifestState, number: str, tolerance: Tolerance | None) -> tuple[LineRow, ...]:
    times = state.times
    received = None if times.received_s is None or state.is_declined else max(times.received_s, times.departed_s or times.received_s)
    return tuple(
        LineRow(
            manifest=trunk.rpartition("/")[2],
            number=number,
            line=place,
            name=line.name,
            code=line.code,
            generator=state.generator,
            receiver=state.receiver,
            carrier=state.legs[-1].carrier if state.legs else "",
            stage=state.stage.value,
            declared_g=line.declared_g,
            loaded_g=line.loaded_g,
            accepted_g=None if state.is_declined else line.accepted_g,
            refused_g=None if state.is_declined else line.refused_g,
            opinion=line.opinion or "",
            level="" if state.is_declined else _level(line, tolerance),
            issued_s=times.issued_s,
            departed_s=times.departed_s,
            received_s=received,
            voided_s=times.voided_s,
            declined_s=times.received_s if state.is_declined else None,
        )
        for place, line in enumerate(state.lines, 1)
    )
