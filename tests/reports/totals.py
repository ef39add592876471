"""The month's totals by plain Python, from the lines and accounts of statements: what SQL has to give, definition by definition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reports.reconciliation.line import LineRow, Period
from reports.reconciliation.model import MirrorEquation, MonthlyStatement
from reports.reconciliation.month.checking import party_sums
from reports.words import COLUMNS

Row = tuple[Any, ...]
DAY_S = 86_400
AGES = ((1, "00-01"), (3, "01-03"), (7, "03-07"), (15, "07-15"), (30, "15-30"))


def totals(statements: Iterable[MonthlyStatement]) -> dict[str, list[Row]]:
    """Rows by definition, sorted, each with month and direction in front."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for statement in statements:
        place = (statement.period.month, statement.from_province, statement.to_province)
        for name, rows in (
            ("mirror", _mirror(statement)),
            ("adjustments", _adjustments(statement)),
            ("m2_m3_parties", _parties(statement)),
            ("m4_differences", _differences(statement)),
            ("m5_open", _open(statement)),
            ("m7_cut_off", _cut_off(statement)),
            ("m9_accounts", _accounts(statement)),
            ("m12_no_departure", summed(statement.without_departure, lambda row: (row.code,), lambda row: (1, row.declared_g))),
            ("flows", _flows(statement)),
        ):
            found[name] += [(*place, *row) for row in rows]
    return {name: sorted(rows) for name, rows in found.items()}


def summed(rows: Iterable[LineRow], key: Callable[[LineRow], Row], values: Callable[[LineRow], tuple[int, ...]]) -> Iterator[Row]:
    """Sums of values by key."""
    found: dict[Row, tuple[int, ...]] = {}
    for row in rows:
        more = values(row)
        found[key(row)] = tuple(old + new for old, new in zip(found.get(key(row), (0,) * len(more)), more, strict=True))
    return ((*place, *sums) for place, sums in found.items())


def _mirror(statement: MonthlyStatement) -> Iterator[Row]:
    lines = Counter(row.code for row in statement.rows)
    for part in statement.mirror:
        adjusted = (part.adjusted_departed_g, part.adjusted_accepted_g, part.adjusted_refused_g, part.adjusted_difference_g)
        moved = (part.departed_g, part.accepted_g, part.refused_g, part.difference_g, part.closing_g, part.unequal_g)
        yield (part.code, lines[part.code], part.opening_g, *adjusted, *moved, part.waiting_g, part.voided_g, part.declined_g)


def equation(rows: Iterable[LineRow], period: Period) -> tuple[MirrorEquation, ...]:
    """The equation of a month that opens with no close, by code, from its lines."""
    start_s, end_s, holds = period.start_s, period.end_s, period.holds
    names = ("opening_g", "departed_g", "accepted_g", "refused_g", "difference_g", "closing_g", "waiting_g", "voided_g", "declined_g")

    def values(row: LineRow) -> tuple[int, ...]:
        whole = (row.is_under_way_at(start_s), holds(row.departed_s))
        came = [holds(row.received_s) * (grams or 0) for grams in (row.accepted_g, row.refused_g, row.difference_g)]
        rest = (row.is_under_way_at(end_s), row.is_waiting_at(end_s), holds(row.voided_s), holds(row.declined_s))
        return (*(row.declared_g * one for one in whole), *came, *(row.declared_g * one for one in rest))

    found = summed(rows, lambda row: (row.code,), values)
    return tuple(MirrorEquation(code=code, **dict(zip(names, sums, strict=True))) for code, *sums in found)


def _adjustments(statement: MonthlyStatement) -> Iterator[Row]:
    for one in statement.adjustments:
        _, generator, manifest = one.manifest.split("/")
        terms = (one.issued_g, one.departed_g, one.accepted_g, one.refused_g, one.difference_g, one.voided_g, one.declined_g)
        yield (one.month, generator, manifest, one.line, one.code, one.index, *terms)


def _parties(statement: MonthlyStatement) -> Iterator[Row]:
    for one in party_sums(statement.rows, statement.period):
        if one.role != "carrier":  # what each leg carried stays with the statement
            sums = (one.issued_g, one.departed_g, one.accepted_g, one.refused_g, one.voided_g, one.declined_g)
            yield (one.role, one.party, one.code, one.lines, *sums)


def _differences(statement: MonthlyStatement) -> Iterator[Row]:
    return summed(
        statement.differing,
        lambda row: (row.code, row.level),
        lambda row: (1, row.declared_g, row.sent_g, row.came_g, row.difference_g or 0),
    )


def _open(statement: MonthlyStatement) -> Iterator[Row]:
    def age(row: LineRow) -> str:
        begun = row.departed_s if row.departed_s is not None and row.departed_s < statement.as_of_s else row.issued_s
        return next((name for days, name in AGES if statement.as_of_s - begun < days * DAY_S), "30-")

    for kind, rows in (("in_transit", statement.in_flight), ("waiting", statement.waiting)):
        yield from summed(rows, lambda row, kind=kind: (row.code, kind, age(row)), lambda row: (1, row.declared_g))  # type: ignore[misc]


def _cut_off(statement: MonthlyStatement) -> Iterator[Row]:
    def kind(row: LineRow) -> str:
        return "received_later" if statement.period.holds(row.departed_s) else "departed_earlier"

    return summed(statement.cut_off, lambda row: (row.code, kind(row)), lambda row: (1, row.declared_g))


def _accounts(statement: MonthlyStatement) -> Iterator[Row]:
    for account in statement.accounts:
        moved = [account.moved_g[column] for column in COLUMNS]
        yield (account.layer, account.account, account.opening_g, *moved, account.closing_g, account.held_g)


def _flows(statement: MonthlyStatement) -> Iterator[Row]:
    holds = statement.period.holds

    def values(row: LineRow) -> tuple[int, ...]:
        departed, received = holds(row.departed_s), holds(row.received_s)
        return (int(departed), departed * row.declared_g, int(received), received * (row.accepted_g or 0))

    wanted = [row for row in statement.rows if holds(row.departed_s) or holds(row.received_s)]
    return summed(wanted, lambda row: (row.origin[:4], row.destination[:4], row.code), values)
