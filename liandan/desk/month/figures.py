"""The charts of a month, each with the table of its figures: where what left is, quotas, weights, ages, flows. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.mass import parse_mass
from ledger.problem import Language
from liandan.desk.charts import ChartPart, ChartRow, bars, with_rest
from liandan.desk.month.told import ToldAccount, ToldMirror, ToldMonth, label_in, signed_g
from liandan.desk.tables import DrawnFigure, Row, figure
from reports.paper.bars import figure as short_tonnes

SHOWN_MAX = 12
"""Bars that are looked at in one picture; the table has all."""
FULL = 1000


def figures_of(told: ToldMonth, others: str, language: Language) -> tuple[DrawnFigure, ...]:
    """Those of which there is anything to show; ``others`` names ``{n}`` of them that share a bar."""
    return tuple(_figures(told, others, language))


def _figures(told: ToldMonth, others: str, language: Language) -> Iterator[DrawnFigure]:
    if told.mirror:
        yield _mirror(told)
    if limited := [one for one in told.m9_accounts if one.limit_t is not None and parse_mass(one.limit_t) > 0]:
        yield _quotas(limited, language)
    if any(one.lines for one in told.deviations):
        yield _weights(told)
    if any(one.in_transit or one.waiting for one in told.ages):
        yield _ages(told)
    if told.flows:
        yield _flows(told, others)


def _part(name: str, grams: int) -> ChartPart:
    return ChartPart(name=name, amount=abs(grams), text=short_tonnes(grams))


def waste(told: ToldMonth, code: str) -> str:
    """A code and what it is called."""
    return f"{code} {told.codes.get(code, '')}".rstrip()


def _band(text: str) -> str:
    """``-5..-3`` → ``−5 … −3``."""
    return text.replace("..", " … ").replace("-", chr(0x2212))


def _mirror(told: ToldMonth) -> DrawnFigure:
    """M2–M5: what was to be explained against how it is explained (R-93)."""
    names = ("opening_t", "departed_t", "accepted_t", "refused_t", "closing_t", "difference_t", "unequal_t")

    def grams(one: ToldMirror) -> list[int]:
        return [signed_g(getattr(one, name)) for name in names]

    rows = [
        ChartRow(
            head=waste(told, one.code),
            parts=(_part("opening", signed_g(one.opening_t)), _part("departed", signed_g(one.departed_t))),
            beside=(
                _part("accepted", signed_g(one.accepted_t)),
                _part("refused", signed_g(one.refused_t)),
                _part("closing_t", signed_g(one.closing_t)),
                _part("difference", signed_g(one.difference_t)),
            ),
            said=short_tonnes(sum(signed_g(mass) for mass in (one.opening_t, one.departed_t))),
            beside_said=short_tonnes(sum(signed_g(mass) for mass in (one.accepted_t, one.refused_t, one.closing_t, one.difference_t))),
        )
        for one in told.mirror
    ]
    table: list[Row] = [(waste(told, one.code), *grams(one)) for one in told.mirror]
    return figure(
        "mirror",
        bars(rows[:SHOWN_MAX]),
        "opening departed accepted refused closing_t difference",
        "code:text opening:mass departed:mass accepted:mass refused:mass closing_t:mass difference:mass unequal:mass",
        [*table, ("", *grams(told.total))],
        is_cut=len(rows) > SHOWN_MAX,
    )


def _quotas(accounts: list[ToldAccount], language: Language) -> DrawnFigure:
    """M9: what is taken of each limit, in whole ‰ of it; the line is the limit."""
    found = sorted(((_permille(one), one) for one in accounts), key=lambda pair: (-pair[0], pair[1].account))
    rows = [
        ChartRow(
            head=label_in(one.label, language),
            parts=(
                ChartPart(name="used", amount=max(permille - _share(one, one.held_t), 0), text=""),
                ChartPart(name="held", amount=_share(one, one.held_t), text=""),
            ),
            said=f"{permille // 10}.{permille % 10} %",
        )
        for permille, one in found
    ]
    table: list[Row] = [
        (
            label_in(one.label, language),
            signed_g(one.limit_t or "0"),
            signed_g(one.taken_t),
            signed_g(one.held_t),
            signed_g(one.left_t or "0"),
            permille,
        )
        for permille, one in found
    ]
    return figure(
        "quotas",
        bars(rows[:SHOWN_MAX], most=FULL, marks=[FULL]),
        "used held",
        "account:text limit:mass taken:mass held:mass left_t:mass share:permille",
        table,
        is_cut=len(rows) > SHOWN_MAX,
    )


def _permille(one: ToldAccount) -> int:
    return signed_g(one.taken_t) * FULL // parse_mass(one.limit_t or "0")


def _share(one: ToldAccount, mass_t: str) -> int:
    return max(signed_g(mass_t), 0) * FULL // parse_mass(one.limit_t or "0")


def _weights(told: ToldMonth) -> DrawnFigure:
    """M4: lines received, by how much more or less came."""
    rows = [
        ChartRow(
            head=f"{_band(one.band)} %",
            parts=tuple(
                ChartPart(name=name, amount=getattr(one, name), text=str(getattr(one, name))) for name in ("within", "notable", "grave")
            ),
        )
        for one in told.deviations
        if one.lines
    ]
    table: list[Row] = [
        (f"{_band(one.band)} %", one.lines, one.within, one.notable, one.grave, signed_g(one.difference_t))
        for one in told.deviations
        if one.lines
    ]
    columns = "band:text lines:count within:count notable:count grave:count difference:mass"
    return figure("weights", bars(rows), "within notable grave", columns, table)


def _ages(told: ToldMonth) -> DrawnFigure:
    """M5: how long what is under way, or waits, has done so."""
    some = [one for one in told.ages if one.in_transit or one.waiting]
    rows = [
        ChartRow(head=_band(one.band), parts=(_part("in_transit", signed_g(one.in_transit_t)), _part("waiting", signed_g(one.waiting_t))))
        for one in some
    ]
    table: list[Row] = [(_band(one.band), one.in_transit, signed_g(one.in_transit_t), one.waiting, signed_g(one.waiting_t)) for one in some]
    columns = "days:text in_transit:count in_transit_t:mass waiting:count waiting_t:mass"
    return figure("ages", bars(rows), "in_transit waiting", columns, table)


def _flows(told: ToldMonth, others: str) -> DrawnFigure:
    """Between places, what most left first."""
    found = sorted(told.flows, key=lambda one: (-signed_g(one.departed_t), one.origin, one.destination))

    def way(origin: str, destination: str) -> str:
        return f"{told.divisions.get(origin, origin)} → {told.divisions.get(destination, destination)}"

    rows = [ChartRow(head=way(one.origin, one.destination), parts=(_part("departed", signed_g(one.departed_t)),)) for one in found]
    table: list[Row] = [
        (way(one.origin, one.destination), one.lines, *(signed_g(mass) for mass in (one.departed_t, one.accepted_t, one.refused_t)))
        for one in found
    ]
    columns = "way:text lines:count departed:mass accepted:mass refused:mass"
    return figure("flows", bars(with_rest(rows, SHOWN_MAX, others, short_tonnes)), "departed", columns, table)
