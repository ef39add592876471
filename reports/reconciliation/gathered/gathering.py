"""What statements of any month are drawn from, gathered from the log entry by entry: lines of manifests by month, quota accounts at the end of
each month, numbers held twice. Pure.

What entries mean is computed by the same ``evolve`` functions as in the log; nothing is read from projections. Everything gathered lies in one
map beside the facts, so that memory is bounded, and a month is drawn by reading the month's part of it:

* ``=rows:<from>-<to>:<month>:<manifest>``: its lines, under every month that they concern; of those still open, or open very long, under ``open``;
* ``=now:<account>``: an account with what the month under way has moved; ``=books:<month>:<account>`` the same at the end of a month in which
  entries were admitted. Entries are admitted in the order of time, so that never changes again;
* ``=filed:<manifest>``: under which names its lines lie, what it holds of accounts, by which thresholds its receipt was judged;
* ``=count:<table>:<month>:<way>:<firm>:<what>``: what happened to whom (``counting``);
* ``=holders:<number>``, and ``=double:<number>`` where there are several; ``=drawn:<from>-<to>:<account>``: a site's scale that a direction draws on;
* ``=late:<from>-<to>:<month>:<index>``: what an act changed of months that had ended when it was admitted (``late``);
* ``=stock:<month>:<from>-<to>:<holder>:<code>``: what receivers have in stock (``stocks``); ``=plan:<month>:<plan> <site> <line>``: grams that count
  on plans; ``=way:<from>-<to>``: where manifests go;
* ``=of``, ``=told``, ``=treated``, ``=at``: what registers and dossiers of one firm are drawn from (``parties``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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
from ledger.times import day_at
from manifests.case import cases_of, in_force
from manifests.model import ManifestState, Stage, trunk_of
from manifests.numbers import NumberSettle, named_in
from reports.reconciliation.gathered.counting import counted
from reports.reconciliation.gathered.filing import (
    OPEN,
    FiledManifest,
    JudgedBy,
    MonthLines,
    PlanMove,
    booked_before,
    moments,
    months_of,
    plan_of,
    rows_of,
    stock_of,
)
from reports.reconciliation.gathered.late import LateAct, late_name
from reports.reconciliation.gathered.pages import PagedMap
from reports.reconciliation.gathered.parties import FORMS, file_for_firms, file_place
from reports.reconciliation.gathered.stocks import LateStock, StockBook, Stocks
from reports.reconciliation.line import LineRow, Way, period_of
from reports.reconciliation.model import Tolerance
from whitelist.quota import Q3_PREFIX, SiteYear, q3_key
from whitelist.thresholds import NAME as THRESHOLDS

Direction = Way


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
        ("=double", tuple[str, ...]), ("=drawn", bool), ("=count", int), ("=way", bool), ("=late", LateAct), ("=stock", StockBook),
        ("=restock", LateStock), ("=plan", int),
    )
} | FORMS  # fmt: skip


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
        self.stocks = Stocks(self.held)
        self._month_s = period_of(self.to.month).start_s if self.to.month else 0

    def step(self, entry: Entry) -> None:
        """Take the next entry."""
        assert entry.index == self.to.size, "entries come in order, without a gap"
        at = entry.admission.at
        month = max(day_at(at)[:7], self.to.month)
        if month != self.to.month:
            self._end_month(month)
        ended = (*self.to.ended, self.to.month) if month != self.to.month != "" else self.to.ended
        self.to = GatheredTo(size=entry.index + 1, at=at, month=month, ended=ended)
        statement, kind = entry.statement, self._kinds.of(entry.statement.kind, entry.admission.ruleset)
        apply(entry, kind, self.facts)
        for row in entry.admission.decision.accounts:
            self._move(row, kind)
        for name, more in counted(entry, self.facts):
            self.held.put(f"=count:{name}", (self.held.get(f"=count:{name}") or 0) + more)
        for trunk in touched_by(statement):
            self._follow(trunk, entry)
        file_place(self.held, entry)

    # --- accounts ----------------------------------------------------------------------------------------------------------------

    def _end_month(self, following: str) -> None:
        self._month_s = period_of(following).start_s
        self.stocks.carry(self.to.month, following)
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

    def _follow(self, trunk: str, entry: Entry) -> None:
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
        way = state.origin.division[:2], state.destination.division[:2]
        where = "-".join(way)
        judged = before.judged
        if times.received_s is not None and judged is None:
            pin = self.log().data[THRESHOLDS]
            judged = JudgedBy(entry.index, pin.version, pin.sha256)
        rows = rows_of(trunk, state, number or "", None if judged is None else self.tolerance_of(judged))
        places = tuple(f"=rows:{where}:{month}:{trunk}" for month in months_of(rows))
        earliest_s = min(before.earliest_s, *moments(rows))
        if earliest_s < self._month_s:
            self._change_ended(before, way, rows, entry)
        for place in before.places:
            if place not in places:
                self.held.put(place, None)
        for place in places:
            self.held.put(place, MonthLines(rows, judged))
        if before.direction != way:
            self.held.put(f"=way:{where}", True)  # a value as any other
        for account in state.drawn:
            if account.startswith(Q3_PREFIX) and self.held.get(name := f"=drawn:{where}:{account}") is None:
                self.held.put(name, True)
        fated = before.fated + (entry.statement.at_s,) * (len(state.fates) - len(before.fated))
        filed = FiledManifest(
            number=number,
            held=held,
            direction=way,
            places=places,
            judged=judged,
            earliest_s=earliest_s,
            fated=fated,
            stock=stock_of(state, way, rows[0].received_s, fated),
            plan=plan_of(state),
        )
        if filed.stock != before.stock:
            self.stocks.move(before.stock, filed.stock, entry, self.to.month)
        if filed.plan != before.plan:
            self._plan(before.plan, filed.plan)
        self._file(trunk, before, filed)
        file_for_firms(self.held, trunk, state, filed, entry)

    def _change_ended(self, before: FiledManifest, way: Direction, rows: tuple[LineRow, ...], entry: Entry) -> None:
        """File what an act changes of months that have ended: what their closes said differs from what stands from now on."""
        known = self.lines_of(before)
        if booked_before(known, self._month_s) == booked_before(rows, self._month_s) and before.direction in (None, way):
            return
        act = LateAct(
            index=entry.index,
            kind=entry.statement.kind,
            at=entry.statement.at,
            admitted=entry.admission.at,
            month_s=self._month_s,
            before=known,
            after=rows,
        )
        for one in {way, before.direction or way}:
            moved = replace(act, before=known if one == before.direction else (), after=rows if one == way else ())
            self.held.put(late_name(one, self.to.month, entry.index), moved)

    def _plan(self, before: Iterable[PlanMove], after: Iterable[PlanMove]) -> None:
        sums = Counter[str]()
        for sign, moves in ((-1, before), (1, after)):
            for move in moves:
                sums[f"=plan:{move.month}:{move.line}"] += sign * move.mass_g
        for name, more_g in sums.items():
            if more_g:
                self.held.put(name, (self.held.get(name) or 0) + more_g)

    def planned(self, line: str, month: str) -> int:
        """Grams that manifests issued in a month count on a line of a plan (``plan site line``)."""
        return self.held.get(f"=plan:{month}:{line}") or 0

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

    def numbers(self, first: str, last: str) -> Iterator[str]:
        """National numbers from one to another that manifests bear which are not voided."""
        shared = next((place for place, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(first))
        for name, _ in self.held.walk(f"=holders:{first[:shared]}"):
            if first <= (number := name.removeprefix("=holders:")) <= last:
                yield number

    def filed(self, trunk: str) -> FiledManifest:
        """What is remembered of a manifest beside its state; of one that nobody has issued yet, nothing."""
        return self.held.get(f"=filed:{trunk}") or FiledManifest()

    def lines_of(self, filed: FiledManifest) -> tuple[LineRow, ...]:
        """The lines of a manifest, as they stand."""
        found: MonthLines | None = self.held.get(filed.places[0]) if filed.places else None
        return () if found is None else found.rows

    def doubles(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Numbers that several manifests hold which are not voided, and their chains."""
        for name, holders in self.held.walk("=double:"):
            yield name.removeprefix("=double:"), holders

    def ways(self) -> Iterator[Direction]:
        """Every way that a manifest ever went, those within a province, too."""
        for name, _ in self.held.walk("=way:"):
            source, _, target = name.removeprefix("=way:").partition("-")
            yield source, target

    def late(self, way: Direction, since: str, size: int) -> Iterator[LateAct]:
        """Acts at or above an index, admitted in a month or later, that changed something of months that had ended, in order."""
        for month in (*self.to.ended, self.to.month):
            if month >= since:
                for _, act in self.held.walk(late_name(way, month)):
                    if act.index >= size:
                        yield act

    def direction_of(self, trunk: str) -> Direction | None:
        """From where to where a manifest goes."""
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
