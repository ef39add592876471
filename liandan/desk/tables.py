"""A figure with its table: what a chart shows, and beside it every number that it shows, to the gram. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from liandan.desk.charts import DrawnChart

CellKind = Literal["text", "mass", "count", "permille"]
"""A ``mass`` is integer grams, a ``permille`` an integer that becomes ``26.3 %``; a text is shown as it is."""
KINDS = ("text", "mass", "count", "permille")
Row = tuple[int | str, ...]


class FigureColumn(Struct, frozen=True):
    """A column: the key of its word, and what stands in it."""

    key: str
    kind: CellKind


class DrawnFigure(Struct, frozen=True, kw_only=True):
    """A chart, the meaning of its parts, and its table. All words are keys of the room's own."""

    key: str
    """Of its title; ``<key>_says`` is the sentence that it is read out as."""
    chart: DrawnChart
    legend: tuple[str, ...]
    """Names of the parts, each a key of a word too."""
    columns: tuple[FigureColumn, ...]
    rows: tuple[Row, ...]
    is_cut: bool = False
    """The table has more rows than the picture."""


def figure(
    key: str,
    chart: DrawnChart,
    legend: str,
    columns: str,
    rows: Sequence[Row],
    *,
    is_cut: bool = False,
) -> DrawnFigure:
    """A figure; ``legend`` names the parts, ``columns`` those of the table (``band:text lines:count``), divided by blanks."""
    named = tuple(FigureColumn(*column.split(":")) for column in columns.split())  # type: ignore[arg-type]  # a kind, looked at here
    assert all(column.kind in KINDS for column in named), columns
    assert all(len(row) == len(named) for row in rows), key
    return DrawnFigure(
        key=key,
        chart=chart,
        legend=tuple(legend.split()),
        columns=named,
        rows=tuple(tuple(_cell(value, column.kind) for value, column in zip(row, named, strict=True)) for row in rows),
        is_cut=is_cut,
    )


def _cell(value: int | str, kind: CellKind) -> int | str:
    return f"{value // 10}.{value % 10} %" if kind == "permille" and isinstance(value, int) else value
