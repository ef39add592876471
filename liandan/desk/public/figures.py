"""公开统计 as pictures with their tables: the very rows of ``/v1/public/figures``, of which nobody's firm can be worked out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec

from ledger.mass import parse_mass
from ledger.problem import Language
from liandan.desk.charts import ChartPart, ChartRow, bars, with_rest
from liandan.desk.tables import DrawnFigure, Row, figure
from reports.figures import words
from reports.figures.public import PublicFigures
from reports.paper.bars import figure as short_tonnes
from reports.paper.tongue import speaking

SHOWN_MAX = 12
_DECODE = msgspec.json.Decoder(PublicFigures).decode


def read_figures(raw: bytes) -> PublicFigures:
    """The JSON that anybody may download."""
    return _DECODE(raw)


def figures_of(told: PublicFigures, language: Language, others: str) -> tuple[DrawnFigure, ...]:
    """Those of which anything is told; ``others`` names ``{n}`` of them that share a bar."""
    with speaking(language):
        return tuple(_figures(told, others))


def _figures(told: PublicFigures, others: str) -> Iterator[DrawnFigure]:
    if told.quotas:
        yield _quotas(told)
    if told.approvals:
        yield _approvals(told)
    if told.refusals:
        yield _counts(told, "refusals", others)
    if told.capacity:
        yield _capacity(told)
    if told.alerts:
        yield _counts(told, "alerts", others)


def _quotas(told: PublicFigures) -> DrawnFigure:
    """Tonnes decided and moved, by month and way; a picture has the months, the table every category."""
    sums = Counter[tuple[str, str, str]]()
    for row in told.quotas:
        sums[row.month, row.way, "decided"] += _grams(row.decided_t)
        sums[row.month, row.way, "moved"] += _grams(row.moved_t)
    rows = [
        ChartRow(
            head=f"{month}　{words.way(way)}",
            parts=(_part("decided", sums[month, way, "decided"]),),
            beside=(_part("moved", sums[month, way, "moved"]),),
        )
        for month, way in sorted({(row.month, row.way) for row in told.quotas}, reverse=True)
    ]
    table: list[Row] = [
        (row.month, words.way(row.way), _category(row.category), _grams(row.decided_t), _grams(row.moved_t), row.generators, row.receivers)
        for row in _newest_first(told.quotas)
    ]
    columns = "month:text way:text category:text decided:mass moved:mass generators:count receivers:count"
    return figure("quotas", bars(rows[:SHOWN_MAX]), "decided moved", columns, table, is_cut=len(rows) > SHOWN_MAX)


def _approvals(told: PublicFigures) -> DrawnFigure:
    """How many decisions, and how long half of them took at most."""
    rows = [
        ChartRow(
            head=f"{row.month}　{words.way(row.way)}　{words.route(row.route)}",
            parts=(ChartPart(name="workdays", amount=round(row.workdays_median * 2), text=_days(row.workdays_median)),),
        )
        for row in _newest_first(told.approvals)
    ]
    table: list[Row] = [
        (
            row.month,
            words.way(row.way),
            words.route(row.route),
            row.decisions,
            _days(row.workdays_median),
            _days(row.days_median),
            row.generators,
        )
        for row in _newest_first(told.approvals)
    ]
    columns = "month:text way:text route:text decisions:count workdays:text days:text generators:count"
    return figure("approvals", bars(rows[:SHOWN_MAX]), "workdays", columns, table, is_cut=len(rows) > SHOWN_MAX)


def _days(days: float) -> str:
    """A median is a whole or a half."""
    return f"{days:.1f}".removesuffix(".0")


def _counts(told: PublicFigures, key: str, others: str) -> DrawnFigure:
    """How often, by way and reason."""
    found = told.refusals if key == "refusals" else told.alerts
    sums = Counter[str]()
    for row in found:
        sums[f"{words.way(row.way)}　{words.reason(row.what, row.code)}"] += row.count
    rows = [ChartRow(head=reason, parts=(ChartPart(name="count", amount=count, text=str(count)),)) for reason, count in sums.most_common()]
    table: list[Row] = [
        (row.month, words.way(row.way), words.one_of(words.WHATS, row.what), words.reason(row.what, row.code), row.count, row.firms)
        for row in _newest_first(found)
    ]
    columns = "month:text way:text what:text reason:text count:count firms:count"
    return figure(key, bars(with_rest(rows, SHOWN_MAX, others, str)), "count", columns, table)


def _capacity(told: PublicFigures) -> DrawnFigure:
    """Yearly scales by class of permit, each told as ample, fair or short; the picture is of the newest month."""
    newest = max(row.month for row in told.capacity)
    rows = [
        ChartRow(
            head=f"{words.place(row.province)}　{words.permit_class(row.permit_class)}",
            parts=(_part(row.free, _grams(row.scale_t)),),
        )
        for row in told.capacity
        if row.month == newest
    ]
    table: list[Row] = [
        (
            row.month,
            words.place(row.province),
            words.permit_class(row.permit_class),
            row.sites,
            _grams(row.scale_t),
            words.one_of(words.FREE, row.free),
        )
        for row in _newest_first(told.capacity)
    ]
    columns = "month:text province:text class:text sites:count scale:mass free:text"
    return figure("capacity", bars(rows[:SHOWN_MAX]), "ample fair short", columns, table, is_cut=len(rows) > SHOWN_MAX)


class _OfMonth(Protocol):
    """Every public row has its month."""

    @property
    def month(self) -> str: ...


_Row = TypeVar("_Row", bound=_OfMonth)


def _newest_first(rows: Sequence[_Row]) -> list[_Row]:
    return sorted(rows, key=lambda row: row.month, reverse=True)


def _category(code: str) -> str:
    return words.one_of({}, code)


def _grams(mass_t: str) -> int:
    return -parse_mass(mass_t[1:]) if mass_t.startswith("-") else parse_mass(mass_t)


def _part(name: str, grams: int) -> ChartPart:
    return ChartPart(name=name, amount=abs(grams), text=short_tonnes(grams))
