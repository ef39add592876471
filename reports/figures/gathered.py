"""The tables with firms, from what was gathered of the log. Pure; masses are grams until they are told."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.directory import party_name
from ledger.mass import format_mass
from ledger.times import day_of, parse_at
from reports.figures.model import AlertCount, ApprovalTimes, Figures, FiguresAsked, FreeCapacity, QuotaUse, RefusalCount
from reports.reconcile import check_month
from reports.reconciliation.gathered.gathering import AccountBooks, Gathering
from whitelist.approval import ApprovalState
from whitelist.balance import QuotaBalance, QuotaLimit, level_of, limit_of
from whitelist.clocks import DecisionTime, decision_time, times_by_route
from whitelist.divisions import Divisions
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.quota import Q3_PREFIX, SiteYear, q1_account, q2_account, q3_account, site_used_g, site_year
from whitelist.terms import Present
from whitelist.thresholds import Thresholds, thresholds_of
from whitelist.workdays import workdays_of

Books = Mapping[str, AccountBooks]


class FigureSource:
    """One reading of a gathering for one question; what several tables need is read once."""

    def __init__(self, gathering: Gathering, asked: FiguresAsked) -> None:
        self.gathering, self.asked, self.facts = gathering, asked, gathering.facts
        self.now_s = parse_at(gathering.to.at)
        self.months = tuple(month for month in asked.months if month <= gathering.to.month)
        """Those that have begun in the log."""
        self.limits: Thresholds | None = thresholds_of(self.facts)
        self.approvals = {chain: state for chain, state in self.chains("approval") if "-".join(state.direction) in asked.ways}
        self._books: dict[str, Books] = {}

    def chains(self, chain_type: str) -> Iterator[tuple[str, Any]]:
        """Chains of a type and their states."""
        for name, head in self.gathering.held.walk(f"chain:{chain_type}/"):
            yield name.removeprefix("chain:"), head.state

    def books(self, month: str) -> Books:
        """Accounts that had moved by the end of a month, as they stood then."""
        if month not in self._books:  # one at a time: every account of a large log
            self._books = {month: dict(self.gathering.books(month))}
        return self._books[month]

    def last_day(self, month: str) -> str:
        """Of a month, or the day of the newest entry where it is not over."""
        return day_of(min(check_month(month).end_s - 1, self.now_s))


def draw_figures(gathering: Gathering, asked: FiguresAsked) -> Figures:
    """Everything that authorities see."""
    source, log = FigureSource(gathering, asked), gathering.log()
    quotas, capacity = tuple(quota_uses(source)), tuple(capacities(source))
    refusals, alerts = tuple(refusal_counts(source)), tuple(alert_counts(source))
    firms = {row.receiver for row in quotas} | {row.receiver for row in capacity}
    firms |= {row.firm for row in refusals if row.firm} | {row.firm for row in alerts if row.firm}
    divisions: Divisions | None = source.facts.data("divisions")
    places = {} if divisions is None else {row.division: divisions.full_name(row.division) for row in capacity}
    return Figures(
        period=asked.period,
        pair=asked.pair,
        origin=log.origin,
        size=gathering.to.size,
        at=gathering.to.at,
        is_over=asked.months[-1] < gathering.to.month,
        is_demo=log.clock != "real",
        names={firm: party_name(source.facts, firm) for firm in sorted(firms)} | places,
        quotas=quotas,
        approvals=tuple(approval_times(source)),
        refusals=refusals,
        capacity=capacity,
        alerts=alerts,
    )


# --- use of quotas -----------------------------------------------------------------------------------------------------------------------


def quota_uses(source: FigureSource) -> Iterator[QuotaUse]:
    """Rows of the pair's lists: in each month those that moved, in the last one all of them."""
    given: dict[str, list[str]] = {}
    for chain, state in source.approvals.items():
        for number, line in enumerate(state.lines):
            if line.listing is not None and state.is_granted:
                given.setdefault(q1_account(line.listing.list, line.listing.row), []).append(q2_account(chain, number))
    lists = {chain: state for chain, state in source.chains("list") if _is_of(state, source.asked) and state.serves_decisions}
    for month in source.months:
        books, day = source.books(month), source.last_day(month)
        for chain, state in lists.items():
            if state.year == int(month[:4]) and state.effective_from <= day:
                for number in range(len(state.rows)):
                    found = _use(source, (chain, state, number), month, books, given.get(q1_account(chain, number), ()))
                    if month == source.months[-1] or {found.decided_t, found.moved_t, found.outside_t} != {format_mass(0)}:
                        yield found


def _is_of(state: ListState, asked: FiguresAsked) -> bool:
    return any(state.leads((way[:2], way[3:])) for way in asked.ways)


def _use(source: FigureSource, row: tuple[str, ListState, int], month: str, books: Books, lines: Iterable[str]) -> QuotaUse:
    chain, state, number = row
    own = books.get(q1_account(chain, number), AccountBooks())
    limit, taken_g = limit_of(state, number, source.last_day(month)), own.closing_g or 0
    moved_g = sum(sum(books[line].moved_g.values()) - books[line].moved_g.get("outside", 0) for line in lines if line in books)
    account = q1_account(chain, number)
    return QuotaUse(
        month=month,
        way=f"{state.from_province}-{state.to_province}",
        list=chain.removeprefix("list/"),
        row=number,
        receiver=state.rows[number].receiver,
        wastes=state.rows[number].waste.told(),
        limit_t=format_mass(limit.all_g),
        decided_t=format_mass(own.moved_g.get("decided", 0)),
        moved_t=format_mass(moved_g),
        outside_t=format_mass(own.moved_g.get("outside", 0)),
        taken_t=format_mass(taken_g),
        **_standing(source, account, QuotaBalance(limit=limit, account_g=taken_g, used_g=taken_g)),
    )


def _standing(source: FigureSource, account: str, balance: QuotaBalance) -> dict[str, Any]:
    found = None if source.limits is None else level_of(account, balance, source.limits)
    return {"permille": balance.permille, "alert": "" if found is None else " ".join(found)}


# --- days of approvals -------------------------------------------------------------------------------------------------------------------


def approval_times(source: FigureSource) -> Iterator[ApprovalTimes]:
    """By the month in which the log took the decision."""
    for (month, way, route), found in sorted(decided(source).items()):
        [times] = times_by_route(time for _, _, time in found)
        yield ApprovalTimes(
            month=month,
            way=way,
            route=route,
            decisions=times.decisions,
            generators=len({chain.split("/")[1] for chain, _, _ in found}),
            mass_t=format_mass(sum(line.mass_g for _, state, _ in found for line in state.lines)),
            days_median=times.days_median,
            workdays_median=times.workdays_median,
            workdays_p90=times.workdays_p90,
            workdays_max=times.workdays_max,
            late=times.late,
        )


def decided(source: FigureSource) -> dict[tuple[str, str, str], list[tuple[str, ApprovalState, DecisionTime]]]:
    """Decisions of the period by month, way and route, with the days that they took."""
    found: dict[tuple[str, str, str], list[tuple[str, ApprovalState, DecisionTime]]] = {}
    if source.limits is None:
        return found
    present = Present(source.now_s, workdays_of(source.facts), source.limits)
    for chain, state in source.approvals.items():
        month = day_of(state.decided_s)[:7]
        if state.decided_s and month in source.months and (time := decision_time(chain, state, present)) is not None:
            found.setdefault((month, "-".join(state.direction), state.route), []).append((chain, state, time))
    return found


# --- refusals and alerts -------------------------------------------------------------------------------------------------------------------


def _concerns(source: FigureSource, way: str) -> bool:
    """Of the pair: a way between the two, or what stands in one of them alone."""
    return way in source.asked.ways or way in source.asked.pair or way in {f"{one}-{one}" for one in source.asked.pair}


def refusal_counts(source: FigureSource) -> Iterator[RefusalCount]:
    """Statements that were not admitted, applications not approved, loads refused."""
    for month in source.months:
        masses = {(way, firm, what): grams for way, firm, what, grams in source.gathering.counts("refused_g", month)}
        for way, firm, said, count in source.gathering.counts("refusals", month):
            if _concerns(source, way):
                what, _, reason = said.partition(" ")
                mass_t = format_mass(masses.get((way, firm, said), 0))
                yield RefusalCount(month=month, way=way, what=what, reason=reason, firm=firm, count=count, mass_t=mass_t)


def alert_counts(source: FigureSource) -> Iterator[AlertCount]:
    """Alerts of entries, by the firm that acted; those of acts of authorities by the firm whose chain it is."""
    for month in source.months:
        for way, firm, said, count in source.gathering.counts("alerts", month):
            if _concerns(source, way):
                level, _, code = said.partition(" ")
                yield AlertCount(month=month, way=way, firm=firm, level=level, code=code, count=count)


# --- free capacity ---------------------------------------------------------------------------------------------------------------------------


def capacities(source: FigureSource) -> Iterator[FreeCapacity]:
    """Sites of both provinces whose permit was in force at the end of the period's last month that has begun."""
    if not source.months:
        return
    month = source.months[-1]
    day, books = source.last_day(month), source.books(month)
    sites: dict[str, tuple[str, PermitState]] = {}
    for chain, state in source.chains("permit"):
        newest = site_year(source.facts, state.root).permits[-1]
        if chain == newest and state.division[:2] in source.asked.pair and state.is_valid_on(day) and state.history.now != "REVOKED":
            sites[state.root] = (chain, state)
    for root, (chain, state) in sorted(sites.items(), key=lambda item: item[1][0]):
        account = q3_account(root)
        own = books.get(account, AccountBooks())
        register = own.site or SiteYear(permits=(account.removeprefix(Q3_PREFIX),))
        taken_g, reserved_g = site_used_g(register, own.closing_g or 0, int(month[:4])), register.reserved_g
        limit = QuotaLimit(state.scale_g)
        balance = QuotaBalance(limit=limit, account_g=own.closing_g or 0, used_g=taken_g - reserved_g, reserved_g=reserved_g)
        yield FreeCapacity(
            month=month,
            receiver=chain.split("/")[1],
            permit=chain,
            no=state.no,
            division=state.division,
            permit_class=state.permit_class,
            categories=tuple(dict.fromkeys(item.category for item in state.items)),
            valid_to=state.valid_to,
            scale_t=format_mass(state.scale_g),
            used_t=format_mass(balance.used_g),
            reserved_t=format_mass(reserved_g),
            left_t=format_mass(balance.left_g),
            **_standing(source, account, balance),
        )
