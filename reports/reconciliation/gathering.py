"""What statements of any month are drawn from, gathered from the log entry by entry: lines of manifests by month, quota accounts at the end of
each month, numbers held twice. Pure.

What entries mean is computed by the same ``evolve`` functions as in the log; nothing is read from projections. Everything gathered lies in one
map beside the facts, so that memory is bounded, and a month is drawn by reading the month's part of it:

* ``=rows:<from>-<to>:<month>:<manifest>``: its lines, under every month that they concern; of those still open, or open very long, under ``open``;
* ``=now:<account>``: an account with what the month under way has moved; ``=books:<month>:<account>`` the same at the end of a month in which
  entries were admitted. Entries are admitted in the order of time, so that never changes again;
* ``=filed:<manifest>``: under which names its lines lie, what it holds of accounts, by which thresholds its receipt was judged;
* ``=count:<table>:<month>:<way>:<firm>:<what>``: what happened to whom (``counting``);
* ``=holders:<number>``, and ``=double:<number>`` where there are several; ``=drawn:<from>-<to>:<account>``: a site's scale that a direction draws on.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import apply
from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Books, Kind
from ledger.auditing.disk_map import DiskFacts
from ledger.directory import LOG_MAIN, LogState
from ledger.model import AccountRow, Statement
from ledger.times import day_at, day_of
from manifests.case import cases_of, in_force
from manifests.mass import weight_level
from manifests.model import LineState, ManifestState, Stage, trunk_of
from manifests.numbers import NumberSettle, named_in
from reports.reconciliation.counting import counted
from reports.reconciliation.model import LineRow, Tolerance
from reports.reconciliation.pages import PagedMap
from whitelist.quota import Q3_PREFIX, SiteYear, q3_key
from whitelist.thresholds import NAME as THRESHOLDS

Direction = tuple[str, str]
"""Provinces from and to, two digits each."""
OPEN = "open"
LONG = 24
"""Months under which the lines of one manifest are filed at most; what was open longer is looked at with what is open."""
_NEVER = 2**62


class JudgedBy(Struct, frozen=True):
    """By what a receipt was judged: index of the entry, version and SHA-256 of the thresholds."""

    index: int
    version: str
    sha256: str


class MonthLines(Struct, frozen=True):
    """Lines of a manifest, as they stand."""

    rows: tuple[LineRow, ...]
    judged: JudgedBy | None = None


class FiledManifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a manifest beside its state."""

    number: str | None = None
    held: dict[str, int] = {}
    """Grams by account while it is neither received nor voided: reserved, whether that moves grams or not."""
    direction: Direction | None = None
    places: tuple[str, ...] = ()
    judged: JudgedBy | None = None


class AccountBooks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quota account, in grams, in ``month``; ``closing_g`` is None before its first row."""

    month: str = ""
    opening_g: int = 0
    moved_g: dict[Books, int] = {}
    closing_g: int | None = None
    held_g: int = 0
    site: SiteYear | None = None
    """Of a yearly scale, how it divides into years: in the books of a month that has ended."""

    def at(self, month: str) -> "AccountBooks":
        """The same in a later month, in which nothing has moved yet."""
        return self if self.month == month else replace(self, month=month, opening_g=self.closing_g or 0, moved_g={})


_OWN: dict[str, Callable[[bytes], Any]] = {
    name: msgspec.msgpack.Decoder(form).decode
    for name, form in (
        ("=rows", MonthLines), ("=now", AccountBooks), ("=books", AccountBooks), ("=filed", FiledManifest), ("=holders", tuple[str, ...]),
        ("=double", tuple[str, ...]), ("=drawn", bool), ("=count", int),
    )
}  # fmt: skip


def decoder(kinds: Kinds) -> Callable[[str, bytes], Any]:
    """The inverse of ``kinds.encode`` for every value of the map, by its name or place."""

    def decode(name: str, raw: bytes) -> Any:
        own = _OWN.get(name.partition(":")[0])
        return kinds.decode(name, raw) if own is None else own(raw)

    return decode


class GatheredTo(Struct, frozen=True, kw_only=True):
    """How far a gathering is: entries seen, ``admission.at`` of the last, its month, months that have ended with entries in them."""

    size: int = 0
    at: str = ""
    month: str = ""
    ended: tuple[str, ...] = ()


class Gathering:
    """State after the entries seen so far. Feed them in order from index 0, or from where the kept ``held`` has ended."""

    def __init__(
        self, kinds: Kinds, dataset: Callable[[str, str], Any], held: PagedMap | None = None, to: GatheredTo | None = None
    ) -> None:
        """``dataset`` gives adopted data by name and SHA-256 (``DataSets``): tolerances are data of the log."""
        self._kinds = kinds
        self.held = PagedMap(None, kinds.encode, decoder(kinds)) if held is None else held
        self.facts = DiskFacts(dataset, self.held)
        self.to = to or GatheredTo()

    def step(self, entry: Entry) -> None:
        """Take the next entry."""
        assert entry.index == self.to.size, "entries come in order, without a gap"
        at = entry.admission.at
        month = max(day_at(at)[:7], self.to.month)
        if month != self.to.month:
            self._end_month()
        ended = (*self.to.ended, self.to.month) if month != self.to.month != "" else self.to.ended
        self.to = GatheredTo(size=entry.index + 1, at=at, month=month, ended=ended)
        statement, kind = entry.statement, self._kinds.of(entry.statement.kind, entry.admission.ruleset)
        apply(entry, kind, self.facts)
        for row in entry.admission.decision.accounts:
            self._move(row, kind)
        for name, more in counted(entry, self.facts):
            self.held.put(f"=count:{name}", (self.held.get(f"=count:{name}") or 0) + more)
        for trunk in touched_by(statement):
            self._follow(trunk, entry.index)

    # --- accounts ----------------------------------------------------------------------------------------------------------------

    def _end_month(self) -> None:
        for name, books in list(self.held.walk("=now:")):
            account, kept = name.removeprefix("=now:"), books.at(self.to.month)
            if account.startswith(Q3_PREFIX):
                kept = replace(kept, site=self.site(account))
            self.held.put(f"=books:{self.to.month}:{account}", kept)

    def site(self, account: str) -> SiteYear | None:
        """How a yearly scale divides into years by now."""
        found: SiteYear | None = self.facts.get(q3_key(account.removeprefix(Q3_PREFIX)))
        return found

    def _books(self, account: str) -> AccountBooks:
        found: AccountBooks | None = self.held.get(f"=now:{account}")
        return (found or AccountBooks()).at(self.to.month)

    def _move(self, row: AccountRow, kind: Kind) -> None:
        books, column = self._books(row.account), column_of(kind)
        moved_g = {**books.moved_g, column: books.moved_g.get(column, 0) + row.after_g - row.before_g}
        self.held.put(f"=now:{row.account}", replace(books, moved_g=moved_g, closing_g=row.after_g))

    def _hold(self, before: dict[str, int], after: dict[str, int]) -> None:
        if before == after:
            return
        for account in before.keys() | after.keys():
            if more_g := after.get(account, 0) - before.get(account, 0):
                books = self._books(account)
                self.held.put(f"=now:{account}", replace(books, held_g=books.held_g + more_g))

    # --- manifests ---------------------------------------------------------------------------------------------------------------

    def _follow(self, trunk: str, index: int) -> None:
        known = self.facts.state(trunk)
        if not isinstance(known, ManifestState):
            return
        before = self.filed(trunk)
        state = in_force(known, cases_of(self.facts, trunk))
        number = state.number
        self._hold_number(trunk, before.number, number, state.stage)
        times = state.times
        held = state.drawn if times.received_s is None and times.voided_s is None else {}
        self._hold(before.held, held)
        here, there = state.origin.division[:2], state.destination.division[:2]
        if here == there:
            self._file(trunk, before, FiledManifest(number=number, held=held))
            return
        judged = before.judged
        if times.received_s is not None and judged is None:
            pin = self.log().data[THRESHOLDS]
            judged = JudgedBy(index, pin.version, pin.sha256)
        rows = _rows(trunk, state, number or "", None if judged is None else self.tolerance_of(judged))
        places = tuple(f"=rows:{here}-{there}:{month}:{trunk}" for month in _months(rows))
        for place in before.places:
            if place not in places:
                self.held.put(place, None)
        for place in places:
            self.held.put(place, MonthLines(rows, judged))
        for account in state.drawn:
            if account.startswith(Q3_PREFIX) and self.held.get(name := f"=drawn:{here}-{there}:{account}") is None:
                self.held.put(name, True)  # a value as any other
        filed = FiledManifest(number=number, held=held, direction=(here, there), places=places, judged=judged)
        self._file(trunk, before, filed)

    def _file(self, trunk: str, before: FiledManifest, after: FiledManifest) -> None:
        if after != before:  # most acts change neither what a manifest holds nor under which months it stands
            self.held.put(f"=filed:{trunk}", after)

    def _hold_number(self, trunk: str, before: str | None, number: str | None, stage: Stage) -> None:
        if number == before and stage is not Stage.VOIDED:
            return
        for one in {name for name in (before, number) if name is not None}:
            holders: tuple[str, ...] = self.held.get(f"=holders:{one}") or ()
            after = tuple(sorted({*holders, trunk} if one == number and stage is not Stage.VOIDED else {*holders} - {trunk}))
            if after != holders:
                self.held.put(f"=holders:{one}", after or None)
                self.held.put(f"=double:{one}", after if len(after) > 1 else None)

    def lines(self, direction: Direction, month: str) -> Iterator[MonthLines]:
        """Manifests of a direction that may concern a month, and all that are open."""
        for part in (month, OPEN):
            for _, found in self.held.walk(f"=rows:{'-'.join(direction)}:{part}:"):
                yield found

    def filed(self, trunk: str) -> FiledManifest:
        """What is remembered of a manifest beside its state; of one that nobody has issued yet, nothing."""
        return self.held.get(f"=filed:{trunk}") or FiledManifest()

    def lines_of(self, filed: FiledManifest) -> tuple[LineRow, ...]:
        """The lines of a manifest between two provinces, as they stand; else none."""
        found: MonthLines | None = self.held.get(filed.places[0]) if filed.places else None
        return () if found is None else found.rows

    def doubles(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Numbers that several manifests hold which are not voided, and their chains."""
        for name, holders in self.held.walk("=double:"):
            yield name.removeprefix("=double:"), holders

    def direction_of(self, trunk: str) -> Direction | None:
        """Of a manifest between two provinces."""
        return self.filed(trunk).direction

    def draws(self, direction: Direction, account: str) -> bool:
        """Whether a manifest of this direction ever drew on a site's scale."""
        return self.held.get(f"=drawn:{'-'.join(direction)}:{account}") is not None

    def books(self, month: str) -> Iterator[tuple[str, AccountBooks]]:
        """Every account that had moved by the end of a month, as it stood then."""
        is_ended = month < self.to.month
        of = max((ended for ended in self.to.ended if ended <= month), default=None) if is_ended else ""
        if of is None:
            return
        prefix = f"=books:{of}:" if is_ended else "=now:"
        for name, found in self.held.walk(prefix):
            account = name.removeprefix(prefix)
            if found.closing_g is not None:
                site = self.site(account) if not is_ended and account.startswith(Q3_PREFIX) else found.site
                yield account, replace(found.at(month), site=site)

    def counts(self, table: str, month: str) -> Iterator[tuple[str, str, str, int]]:
        """Way, firm, what and how many, of a table in a month (``counting``)."""
        prefix = f"=count:{table}:{month}:"
        for name, count in self.held.walk(prefix):
            way, firm, what = name.removeprefix(prefix).split(":")
            yield way, firm, what, count

    # --- the log -----------------------------------------------------------------------------------------------------------------

    def log(self) -> LogState:
        """State of ``log/main``."""
        state = self.facts.state(LOG_MAIN)
        assert isinstance(state, LogState), "a statement is drawn from a founded log"
        return state

    def tolerance_of(self, judged: JudgedBy) -> Tolerance:
        """The thresholds by which a receipt was judged."""
        return Tolerance(version=judged.version, limits=self.facts.pinned_data(THRESHOLDS, judged.sha256))


def touched_by(statement: Statement) -> tuple[str, ...]:
    """Chains of the manifests that a statement may change."""
    if statement.chain_type in ("manifest", "case"):
        return (trunk_of(statement.chain),)
    return named_in(statement.body) if isinstance(statement.body, NumberSettle) else ()


def column_of(kind: Kind) -> Books:
    """The column in which the account rows of an act are booked; an act that moves accounts and names none is a programming error."""
    if kind.books is None:
        raise LookupError(f"{kind.name} moves accounts and names no column of the statement (Kind.books)")
    return kind.books


def _months(rows: tuple[LineRow, ...]) -> tuple[str, ...]:
    """The months that lines may concern, from the first thing that happened to the last; ``open`` for those that concern every later one."""
    if any(row.is_under_way_at(_NEVER) or row.is_waiting_at(_NEVER) for row in rows):
        return (OPEN,)
    known = [at for row in rows for at in (row.issued_s, row.departed_s, row.received_s, row.voided_s, row.declined_s) if at is not None]
    (year, number), (last_year, last_number) = (map(int, day_of(at).split("-")[:2]) for at in (min(known), max(known)))
    first, last = year * 12 + number - 1, last_year * 12 + last_number - 1
    if last - first >= LONG:
        return (OPEN,)
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1))


def _level(line: LineState, tolerance: Tolerance | None) -> str:
    if tolerance is None or line.accepted_g is None or line.refused_g is None:
        return ""
    return weight_level(tolerance.limits, line.form, line.sent_g, line.accepted_g + line.refused_g) or ""


def _rows(trunk: str, state: ManifestState, number: str, tolerance: Tolerance | None) -> tuple[LineRow, ...]:
    times = state.times
    received = None if times.received_s is None or state.is_declined else max(times.received_s, times.departed_s or times.received_s)
    voided, is_lost = times.voided_s, False
    if times.closed_gap_s is not None and times.received_s is None:
        # What both authorities gave up ends there: on the road as a load of which nothing came, before it left like a void.
        is_lost = times.departed_s is not None
        received, voided = (times.closed_gap_s, None) if is_lost else (None, times.closed_gap_s)
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
            origin=state.origin.division,
            destination=state.destination.division,
            stage=state.stage.value,
            declared_g=line.declared_g,
            loaded_g=line.loaded_g,
            accepted_g=0 if is_lost else None if state.is_declined else line.accepted_g,
            refused_g=0 if is_lost else None if state.is_declined else line.refused_g,
            opinion=line.opinion or "",
            level="H" if is_lost else "" if state.is_declined else _level(line, tolerance),
            issued_s=times.issued_s,
            departed_s=times.departed_s,
            received_s=received,
            voided_s=voided,
            declined_s=times.received_s if state.is_declined else None,
            emergency="" if state.emergency is None else state.emergency.chain,
            regularised_s=None if state.emergency is None else state.regularised_s,
        )
        for place, line in enumerate(state.lines, 1)
    )
