"""The month's totals from Parquet files, by whichever engine: the same answer, byte for byte (``definitions``)."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ledger.times import parse_at
from reports.parquet.contents import ParquetContents
from reports.parquet.definitions import ASKED_BY_NAME, NAMES, definitions
from reports.parquet.engines import Engine
from reports.parquet.tables import TABLES
from reports.reconcile import check_month
from reports.reconciliation.gathered.gathering import Direction
from reports.reconciliation.line import Period, period_of
from reports.tables.writing import csv_text
from signing.refusal import refuse
from whitelist.period import preceding_month

MONTHS_MAX = 1_200


class TotalsTable(Struct, frozen=True):
    """The answer to one definition."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def csv(self) -> bytes:
        """With a head, ASCII as every column is, lines ended as RFC 4180 has it."""
        return csv_text([self.columns, *self.rows])

    def told(self) -> list[dict[str, Any]]:
        """By the names of the columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Totals(Struct, frozen=True, kw_only=True):
    """What was asked of which log, and the answers."""

    origin: str
    found: str
    size: int
    root: str
    months: tuple[str, ...]
    directions: tuple[str, ...]
    provisional: tuple[str, ...]
    """Months that some of the directions have not closed at this size."""
    tables: tuple[TotalsTable, ...]

    def json(self) -> bytes:
        """Canonical: integer grams, keys in the order of the columns."""
        head = {name: getattr(self, name) for name in self.__struct_fields__ if name != "tables"}
        answer = msgspec.json.encode({**head, "tables": {table.name: table.told() for table in self.tables}})
        return msgspec.json.format(answer, indent=1) + b"\n"


def ask(
    engine: Engine,
    directory: Path,
    contents: ParquetContents,
    periods: Sequence[Period],
    directions: Sequence[Direction] = (),
    names: Sequence[str] = NAMES,
) -> Totals:
    """The totals of these months, in these directions or in all. A month that has not begun in the log has none. OSError where the engine fails."""
    ways = tuple(directions) or contents.directions
    bind(engine, {table: contents.paths(directory, table) for table in TABLES})
    drawn_s = parse_at(contents.at)
    begun = [period for period in periods if period.start_s <= drawn_s]
    _, found = engine.answer(f"SELECT month, from_province, to_province FROM closes WHERE entry < {contents.size:d}")  # noqa: S608
    closed = {(month, (here, there)) for month, here, there in found}
    asked(engine, [(period, way) for period in begun for way in ways], contents.size, drawn_s)
    return Totals(
        origin=contents.origin,
        found=contents.found,
        size=contents.size,
        root=contents.root,
        months=tuple(period.month for period in periods),
        directions=tuple("-".join(way) for way in ways),
        provisional=tuple(period.month for period in periods if any((period.month, way) not in closed for way in ways)),
        tables=tuple(answered(engine, names)) if begun and ways else (),
    )


def periods_from(first: str, last: str) -> list[Period]:
    """The months from one to another, both included. Refusal MONTH_FORM, also where they run backwards or are more than 1,200."""
    start, end = check_month(first), check_month(last)
    months = (int(end.month[:4]) - int(start.month[:4])) * 12 + int(end.month[5:]) - int(start.month[5:])
    if not 0 <= months < MONTHS_MAX:
        raise refuse("MONTH_FORM", field="month", found=f"{first} … {last}", expected=f"{first} …, <= {MONTHS_MAX}")
    begun = int(start.month[:4]) * 12 + int(start.month[5:]) - 1
    return [period_of(f"{at // 12:04d}-{at % 12 + 1:02d}") for at in range(begun, begun + months + 1)]


def bind(engine: Engine, files: Mapping[str, Sequence[str]]) -> None:
    """Let each table be the rows of these files."""
    for table in TABLES:
        engine.files(table, files.get(table, ()))


def asked(engine: Engine, wanted: Sequence[tuple[Period, Direction]], size: int, drawn_s: int) -> None:
    """Say which months and directions are asked for, at which size of the log, whose last entry is of this moment. At least one."""
    _, found = engine.answer(f"SELECT month, from_province, to_province, entry, size FROM closes WHERE entry < {size:d}")  # noqa: S608
    closes = {(month, (here, there)): at for month, here, there, _, at in sorted(found, key=itemgetter(3))}  # the newest counts
    rows = [_row(period, way, size, drawn_s, closes.get((preceding_month(period.month), way))) for period, way in wanted]
    if rows:
        engine.view("period", " UNION ALL ".join(rows))
        for name in ASKED_BY_NAME:
            engine.keep(name, definitions()[name])


def _row(period: Period, way: Direction, size: int, drawn_s: int, base_size: int | None) -> str:
    as_of_s = min(period.end_s, drawn_s)
    numbers = {"start_s": period.start_s, "end_s": period.end_s, "as_of_s": as_of_s, "size": size, "base_size": base_size}
    texts = {"month": period.month, "from_province": way[0], "to_province": way[1]}
    values = [f"'{text}' AS {name}" for name, text in texts.items()]
    values += [f"CAST({'NULL' if number is None else int(number)} AS BIGINT) AS {name}" for name, number in numbers.items()]
    return f"SELECT {', '.join(values)}"


def answered(engine: Engine, names: Sequence[str] = NAMES) -> Iterator[TotalsTable]:
    """Each definition, asked."""
    for name in names:
        if name not in NAMES:
            raise refuse("TOTALS_TABLE", field="table", found=name, expected=", ".join(NAMES))
        columns, rows = engine.answer(f"SELECT * FROM {name}" if name in ASKED_BY_NAME else definitions()[name])  # noqa: S608
        yield TotalsTable(name, tuple(columns), tuple(sorted(rows)))
