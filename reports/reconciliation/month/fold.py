"""One month of what was gathered: its lines by direction, quota accounts over it, numbers held twice.

Entries come in the order of the log, from index 0, from any source: database, export, bundle of tiles; or the gathering was kept
(``reports.reconciliation.kept.keeping``). One gathering serves every month and direction, so the log is replayed once for all files.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from ledger.admission.entry import Entry
from ledger.directory import LogState, authorities_of_division, party_name
from ledger.model import Facts
from ledger.times import day_of
from manifests.mass import limits_of
from reports.reconciliation.checks import StatementScope
from reports.reconciliation.gathered.filing import JudgedBy
from reports.reconciliation.gathered.gathering import AccountBooks, Direction, Gathering
from reports.reconciliation.line import LineRow, Period
from reports.reconciliation.model import AccountMonth, Duplicate, EmergencyMonth, Tolerance
from reports.words import COLUMNS
from whitelist.approval import ApprovalState
from whitelist.balance import limit_of
from whitelist.emergency import ceiling_used_g, emergency_at
from whitelist.item import ItemState
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.quota import Q3_PREFIX, SiteYear, newest_permit, site_used_g
from whitelist.thresholds import NAME as THRESHOLDS

__all__ = ["Direction", "Fold"]


class Fold:
    """A month of a gathering."""

    def __init__(self, period: Period, gathering: Gathering) -> None:
        self.period, self.gathering = period, gathering

    def step(self, entry: Entry) -> None:
        """Take the next entry."""
        self.gathering.step(entry)

    @property
    def facts(self) -> Facts:
        """State after the entries seen so far."""
        return self.gathering.facts

    @property
    def size(self) -> int:
        """How many entries were seen."""
        return self.gathering.to.size

    @property
    def at(self) -> str:
        """``admission.at`` of the last of them."""
        return self.gathering.to.at

    # --- manifests ---------------------------------------------------------------------------------------------------------------

    def ways(self, scope: StatementScope) -> tuple[Direction, ...]:
        """The ways that lines of a scope go, in order."""
        return (scope.direction,) if scope.direction is not None else tuple(filter(scope.goes, self.gathering.ways()))

    def rows(self, scope: StatementScope) -> tuple[LineRow, ...]:
        """Lines of a scope that concern the month, by departure (those not departed last), manifest and line."""
        found = [row for row, _ in self._rows(scope)]
        return tuple(sorted(found, key=lambda row: (row.departed_s or 2**62, row.issued_s, row.generator, row.manifest, row.line)))

    def _rows(self, scope: StatementScope) -> Iterator[tuple[LineRow, JudgedBy | None]]:
        for way in self.ways(scope):
            for lines in self.gathering.lines(way, self.period.month):
                for row in lines.rows:
                    if self._concerns(row) and scope.takes(row):
                        yield row, lines.judged

    def _concerns(self, row: LineRow) -> bool:
        start_s, end_s = self.period.start_s, self.period.end_s
        moments = (row.issued_s, row.departed_s, row.received_s, row.voided_s, row.declined_s)
        happened = any(self.period.holds(at) for at in moments)
        return happened or row.is_under_way_at(start_s) or row.is_under_way_at(end_s) or row.is_waiting_at(end_s)

    def months_since(self, month: str) -> tuple[str, ...]:
        """Months in which entries were admitted, from one on."""
        to = self.gathering.to
        return tuple(one for one in (*to.ended, to.month) if one >= month)

    def duplicates(self, scope: StatementScope) -> tuple[Duplicate, ...]:
        """Numbers held by several manifests, at least one of them of the scope; a party is told its own, and of the others how many there are."""
        found = []
        for number, holders in self.gathering.doubles():
            ours = tuple(trunk for trunk in holders if self._holds(scope, trunk))
            if ours:
                owner = next(iter(authorities_of_division(self.log(), number[4:8])), "")
                found.append(Duplicate(number, ours, owner, len(holders) - len(ours)) if scope.party else Duplicate(number, holders, owner))
        return tuple(found)

    def _holds(self, scope: StatementScope, trunk: str) -> bool:
        filed = self.gathering.filed(trunk)
        return filed.direction is not None and scope.goes(filed.direction) and any(map(scope.takes, self.gathering.lines_of(filed)))

    def emergencies(self, rows: Iterable[LineRow], scope: StatementScope) -> tuple[EmergencyMonth, ...]:
        """The emergencies on which lines of a statement move, by chain; to one party not how much of the ceiling all others use."""
        by_chain: defaultdict[str, list[LineRow]] = defaultdict(list)
        for row in rows:
            if row.emergency:
                by_chain[row.emergency].append(row)
        return tuple(self._emergency(chain, lines, scope) for chain, lines in sorted(by_chain.items()))

    def _emergency(self, chain: str, rows: Sequence[LineRow], scope: StatementScope) -> EmergencyMonth:
        state = emergency_at(self.facts, chain)
        assert state is not None, "a manifest moves on an emergency of this log"
        moved = [row for row in rows if row.voided_s is None and row.declined_s is None]
        return EmergencyMonth(
            emergency=chain,
            name=state.name,
            plan_no=state.plan_no,
            manifests=len({row.chain for row in moved}),
            declared_g=sum(row.declared_g for row in moved),
            accepted_g=sum(row.accepted_g or 0 for row in moved),
            unregularised=len({row.chain for row in moved if row.departed_s is not None and row.regularised_s is None}),
            ceiling_g=state.ceiling_g,
            counted_g=None if scope.party else ceiling_used_g(self.facts, chain),
        )

    def tolerance(self) -> Tolerance:
        """The thresholds in force after the entries seen so far; a log that has issued a manifest has adopted some."""
        return Tolerance(version=self.log().data[THRESHOLDS].version, limits=limits_of(self.facts))

    def tolerances(self, scope: StatementScope) -> tuple[Tolerance, ...]:
        """Those by which the month's receipts of a scope were judged, in order of receipt; else those in force, if there are any."""
        judged = {how.index: how for row, how in self._rows(scope) if how is not None and self.period.holds(row.received_s)}
        found = {how.version: how for _, how in sorted(judged.items())}
        return tuple(map(self.gathering.tolerance_of, found.values())) or ((self.tolerance(),) if THRESHOLDS in self.log().data else ())

    # --- accounts ----------------------------------------------------------------------------------------------------------------

    def accounts(self, scope: StatementScope) -> tuple[AccountMonth, ...]:
        """Accounts of a direction's lists, decisions and receivers' permits; a party's own; those of all directions of an authority."""
        ours = {name: books for name, books in self.gathering.books(self.period.month) if self._is_of(name, scope)}
        return tuple(self._account(name, ours[name]) for name in sorted(ours, key=_account_order))

    def _account(self, name: str, books: AccountBooks) -> AccountMonth:
        layer, _, subject = name.partition(" ")
        label, limit = self._described(subject)
        return AccountMonth(
            account=name,
            layer=layer,
            label=label,
            opening_g=books.opening_g,
            moved_g={column: books.moved_g.get(column, 0) for column in COLUMNS},
            closing_g=books.closing_g or 0,
            held_g=books.held_g,
            year_g=self._year_g(name, books),
            limit_g=limit,
            owner=self._owner(subject),
        )

    def _owner(self, subject: str) -> str:
        state = self.facts.state(subject.partition(" ")[0])
        if isinstance(state, ListState):
            return next(iter(authorities_of_division(self.log(), state.from_province)), "")
        return subject.split("/")[1]

    def threads(self) -> dict[str, tuple[tuple[str, int | None], ...]]:
        """Of the month's items that somebody has commented on how their threads were settled, by key: outcome, and the difference that was meant."""
        found: dict[str, tuple[tuple[str, int | None], ...]] = {}
        for _, head in self.gathering.held.walk(f"chain:item/{self.period.month}/"):
            state: ItemState = head.state
            ended = () if state.settled is None else ((state.settled.outcome, state.settled.amount_g),)
            found[state.key] = (*found.get(state.key, ()), *ended)
        return found

    def _year_g(self, name: str, books: AccountBooks) -> int | None:
        if not name.startswith(Q3_PREFIX):
            return None
        site = books.site or SiteYear(permits=(name.removeprefix(Q3_PREFIX),))
        return site_used_g(site, books.closing_g or 0, int(self.period.month[:4]))

    def _is_of(self, name: str, scope: StatementScope) -> bool:
        chain, _, number = name.partition(" ")[2].partition(" ")
        state = self.facts.state(chain)
        if scope.party:
            row = state.row(int(number)) if isinstance(state, ListState) and number.isdecimal() else None
            receiver = row.receiver if row is not None else state.receiver if isinstance(state, ApprovalState) else ""
            return scope.party in (receiver, chain.split("/")[1])
        if isinstance(state, ListState):
            return scope.goes((state.from_province, state.to_province))
        if isinstance(state, ApprovalState):
            return scope.goes(state.direction)
        return any(self.gathering.draws(way, name) for way in self.ways(scope))

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
            if row is None:
                return words, None
            limit = limit_of(state, place, day_of(self.period.end_s - 1))  # as amended, and with what was consented to beyond it
            return f"{words}　{party_name(self.facts, row.receiver)}", limit.all_g
        if isinstance(state, ApprovalState) and place < len(state.lines):
            line = state.lines[place]
            return f"{state.no} 第 {place + 1} 行　{line.name} {line.code}", line.mass_g
        if isinstance(state, PermitState):
            return f"{state.no}　{party_name(self.facts, chain.split('/')[1])}", state.scale_g
        return subject, None

    # --- the log -----------------------------------------------------------------------------------------------------------------

    def log(self) -> LogState:
        """State of ``log/main``."""
        return self.gathering.log()

    def directions(self) -> tuple[Direction, ...]:
        """Every direction between two provinces that have an authority on this log, a province and its opposite together."""
        provinces = sorted({region[:2] for authority in self.log().authorities for region in authority.regions})
        return tuple(sorted(permutations(provinces, 2), key=lambda pair: (sorted(pair), pair)))


def _account_order(name: str) -> tuple[str, str, int]:
    layer, _, subject = name.partition(" ")
    chain, _, number = subject.partition(" ")
    return layer, chain, int(number) if number.isdecimal() else 0
