"""The checks of law §6.1 that are sums: parties (M2, M3), stocks and their age (M1, M11), series of numbers (M6), plans (M8), permits that end (M10).

What each acts on is told in ``rules``. Everything comes from the gathering, so a statement drawn from a database and from an export is the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from ledger.times import day_of
from reports.reconciliation.checks import GAPS_MAX, NumberSeries, PartySums, PermitEnd, PlanMonth, StatementScope, StockMonth
from reports.reconciliation.gathered.filing import bookings
from reports.reconciliation.gathered.stocks import StockBook, months_between
from reports.reconciliation.line import LineRow, Period, Way
from reports.reconciliation.month.fold import Fold
from reports.reconciliation.month.opening import MonthOpening
from whitelist.permit import PermitState
from whitelist.plan import PlanState, plan_at
from whitelist.quota import newest_permit
from whitelist.thresholds import Thresholds

_SERIES = 8
"""Digits of year and city; six more count (Order 23 Art. 15)."""
_SUMMED = frozenset({"issued_g", "departed_g", "accepted_g", "refused_g", "voided_g", "declined_g"})


def party_sums(rows: Iterable[LineRow], period: Period, party: str = "") -> tuple[PartySums, ...]:
    """M2, M3: what each party, or one, did in the month, by role and code."""
    sums: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        booked = [(term, grams) for term, at_s, grams in bookings(row) if term in _SUMMED and period.holds(at_s)]
        if not booked:
            continue
        whom = [("carrier", one) for one in row.carriers] + [("generator", row.generator), ("receiver", row.receiver)]
        for role, uscc in whom:
            if party in ("", uscc):
                sums[role, uscc, row.code].update({"lines": 1, **dict(booked)})
    return tuple(PartySums(role=role, party=uscc, code=code, **found) for (role, uscc, code), found in sorted(sums.items()))


def stocks(
    fold: Fold, scope: StatementScope, openings: Sequence[MonthOpening], as_of_s: int, terms: Thresholds | None
) -> tuple[StockMonth, ...]:
    """M1, M11 of the holders of a scope: a party itself, receivers of the ways into an authority's region, those of a direction."""
    books: defaultdict[tuple[str, str], list[StockBook]] = defaultdict(list)
    adjusted = Counter[tuple[str, str]]()
    ways = [opening.way for opening in openings]
    for opening in openings:
        for holder, code, book in fold.gathering.stocks.of(fold.period.month, opening.way):
            if _is_held_in(scope, opening.way, holder):
                books[holder, code].append(book)
        adjusted.update({key: grams for key, grams in opening.stock().items() if _is_held_in(scope, opening.way, key[0])})
    day, found = day_of(max(fold.period.start_s, min(as_of_s, fold.period.end_s - 1))), []
    for holder, code in sorted({*books, *(key for key, grams in adjusted.items() if grams)}):
        parts, moved_g = books[holder, code], adjusted[holder, code]
        closing_g = sum(book.closing_g for book in parts)
        ends = None if terms is None else (terms.storage_warn_d, terms.storage_d + 1)
        age = (
            None
            if ends is None
            else fold.gathering.stocks.age([way for way in ways if _is_held_in(scope, way, holder)], holder, code, day, closing_g, ends)
        )
        found.append(
            StockMonth(
                holder=holder,
                code=code,
                opening_g=sum(book.opening_g for book in parts) - moved_g,
                adjusted_g=moved_g,
                accepted_g=sum(book.accepted_g for book in parts),
                treated_g=sum(book.treated_g for book in parts),
                sent_g=sum(book.sent_g for book in parts),
                gap_g=sum(book.gap_g for book in parts),
                closing_g=closing_g,
                oldest="" if age is None else age.oldest,
                old_g=0 if age is None else age.old_g,
                aging_g=0 if age is None else age.aging_g,
            )
        )
    return tuple(found)


def _is_held_in(scope: StatementScope, way: Way, holder: str) -> bool:
    """Whether a stock is of a scope: of an authority where the province that its loads came to is its own; within one by where the holder lies."""
    if scope.party or not scope.authority:
        return scope.party in ("", holder)
    return any(way[1] == region[:2] and (len(region) == 2 or holder[2:].startswith(region)) for region in scope.regions)


def series(fold: Fold, rows: Iterable[LineRow], scope: StatementScope) -> tuple[NumberSeries, ...]:
    """M6 of the numbers that manifests issued in the month bear, by year and city. None of a party: it has a few of many, and from the holes
    between them nothing follows but what others did."""
    by_series: defaultdict[str, list[str]] = defaultdict(list)
    for _, _, number in sorted({(row.issued_s, row.chain, row.number) for row in rows if row.number and fold.period.holds(row.issued_s)}):
        by_series[number[:_SERIES]].append(number)
    return () if scope.party else tuple(_series(fold, one, numbers) for one, numbers in sorted(by_series.items()))


def _series(fold: Fold, name: str, numbers: Sequence[str]) -> NumberSeries:
    held = sorted(set(numbers))
    known = sorted({*held, *fold.gathering.numbers(held[0], held[-1])})  # a manifest of another direction or month is none that is missing
    runs = [(int(left) + 1, int(right) - 1) for left, right in pairwise(known) if int(right) - int(left) > 1]
    longest = sorted(sorted(runs, key=lambda run: (run[0] - run[1], run[0]))[:GAPS_MAX])
    backward, highest = list[str](), ""
    for number in numbers:
        if number < highest:
            backward.append(number)
        highest = max(highest, number)
    return NumberSeries(
        series=name,
        held=len(held),
        first=held[0],
        last=held[-1],
        missing=sum(last - first + 1 for first, last in runs),
        gaps=tuple((f"{first:014d}", f"{last:014d}") for first, last in longest),
        backward=tuple(backward),
    )


def plans(fold: Fold, rows: Iterable[LineRow], party: str = "") -> tuple[PlanMonth, ...]:
    """M8 of the lines of plans on which manifests issued in the month count; of one party all that its plan of the year says."""
    month = fold.period.month
    named = {row.plan for row in rows if row.plan is not None and fold.period.holds(row.issued_s) and party in ("", row.generator)}
    if party:
        chain = f"plan/{party}/{month[:4]}"
        own: PlanState | None = fold.facts.state(chain)
        named |= {(chain, site, line) for site, filed in (own.sites.items() if own else ()) for line in range(len(filed.lines))}
    return tuple(one for plan in sorted(named) if (one := _plan(fold, *plan)) is not None)


def _plan(fold: Fold, chain: str, site: str, number: int) -> PlanMonth | None:
    filed = plan_at(fold.facts, chain, site)
    line = None if filed is None else filed.line(number)
    if line is None:  # of a plan that never came onto this log
        return None
    year, name = chain.rpartition("/")[2], f"{chain} {site} {number}"
    month = min(max(fold.period.month, f"{year}-01"), f"{year}-12")
    sums = {one: fold.gathering.planned(name, one) for one in (f"{year}-01", *months_between(f"{year}-01", month))}
    return PlanMonth(
        plan=chain,
        site=site,
        line=number + 1,
        name=line.name,
        code=line.code,
        planned_g=line.mass_g,
        month_g=sums.get(fold.period.month, 0),
        year_g=sum(sums.values()),
    )


def ending(fold: Fold, receivers: Iterable[str], as_of_s: int, terms: Thresholds | None) -> tuple[PermitEnd, ...]:
    """M10: the permits of receivers whose last day lies between the month's first and ``permit_warn_d`` days from the statement's, not renewed."""
    if terms is None:
        return ()
    day, first = date.fromisoformat(day_of(min(as_of_s, fold.period.end_s - 1))), day_of(fold.period.start_s)
    found = [one for uscc in sorted(set(receivers)) for one in _permits(fold, uscc, day) if one.valid_to >= first]
    return tuple(sorted((one for one in found if one.days <= terms.permit_warn_d), key=lambda one: (one.days, one.permit)))


def _permits(fold: Fold, uscc: str, day: date) -> Iterator[PermitEnd]:
    for name, head in fold.gathering.held.walk(f"chain:permit/{uscc}/"):
        state, chain = head.state, name.removeprefix("chain:")
        if not isinstance(state, PermitState) or state.history.now == "REVOKED" or newest_permit(fold.facts, state.root) != chain:
            continue
        days = (date.fromisoformat(state.valid_to) - day).days
        yield PermitEnd(permit=chain, no=state.no, holder=uscc, valid_to=state.valid_to, days=days)
