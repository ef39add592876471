"""``liandan totals``: the month's totals from Parquet files, by DuckDB or Spark."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from unicodedata import east_asian_width

import click

from liandan.cli.connection import existing_folder
from liandan.cli.output import command, progress_bar, say, wants_json

if TYPE_CHECKING:
    from reports.parquet.totals import Totals


@click.command("totals")
@click.argument("month", metavar="YYYY-MM")
@click.argument("last", metavar="[YYYY-MM]", required=False)
@click.option(
    "--parquet",
    "directory",
    type=existing_folder,
    required=True,
    help="liandan export --parquet 写成的目录 / a directory that liandan export --parquet has written",
)
@click.option("--direction", multiple=True, help="方向，如 51-50，可多次；默认全部 / directions; default: all")
@click.option("--table", "tables", multiple=True, help="只要这张表，可多次 / this table alone")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="spark：地址在环境变量 LIANDAN_SPARK 中 / spark: its address is in LIANDAN_SPARK",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
@click.option("--csv", "as_csv", is_flag=True, help="CSV，一次一张表 / CSV, one table at a time")
@command
async def totals_command(
    month: str,
    last: str | None,
    directory: Path,
    direction: tuple[str, ...],
    tables: tuple[str, ...],
    engine: Literal["duckdb", "spark"],
    lang: Literal["zh", "en"],
    *,
    as_csv: bool,
) -> None:
    """一个月或者连续数月的合计（镜像等式、M2–M5、M7、M9、流向）：两种引擎逐字节相同，与对账单一致。质量以克为单位的整数。

    Totals of a month, or of the months from one to another: the same bytes from both engines, and the figures of the monthly statement. Masses
    are integer grams. Every file is held against its hash first. What both provinces sign is the statement: liandan reconcile.
    """
    from liandan.parquet_files import check_name, held
    from reports.parquet.definitions import NAMES
    from reports.parquet.engines import engine_of
    from reports.parquet.totals import ask, periods_from
    from reports.reconcile import check_direction
    from signing.refusal import refuse

    if as_csv and len(tables) != 1:
        raise refuse("TOTALS_TABLE", field="table", found=", ".join(tables), expected=", ".join(NAMES))
    ways = [check_direction(source, target) for source, _, target in (text.partition("-") for text in direction)]
    periods = periods_from(month, last or month)

    whole = check_name(directory)
    with progress_bar("核对文件 / files") as progress:
        contents = await asyncio.to_thread(held, whole, progress)

    def work() -> Totals:
        with engine_of(engine) as answering:
            return ask(answering, whole, contents, periods, ways, tables or NAMES)

    found = await asyncio.to_thread(work)
    if wants_json():
        sys.stdout.buffer.write(found.json())
    elif as_csv:
        sys.stdout.buffer.write(found.tables[0].csv() if found.tables else b"")
    else:
        say(*_told(found, lang))


def _told(found: Totals, lang: Literal["zh", "en"]) -> list[str]:
    """Every table with its head, columns in line; what has no row is said to have none, a month that is not closed that it is provisional."""
    from liandan.cli.totals_words import COLUMNS, TABLES

    at = 0 if lang == "zh" else 1
    months = ", ".join(
        month + ((("（暂计，未结账）", " (provisional, not closed)")[at]) if month in found.provisional else "") for month in found.months
    )
    ways = ", ".join(found.directions)
    head = (
        f"账本 {found.origin}，{found.size} 条；{months}；{ways}；单位：克",
        f"Log {found.origin}, {found.size} entries; {months}; {ways}; grams",
    )[at]
    lines = [head]
    for table in found.tables:
        lines += ["", (f"{TABLES[table.name][0]}（{len(table.rows)} 行）", f"{TABLES[table.name][1]}: {len(table.rows)} rows")[at]]
        if table.rows:
            cells = [[COLUMNS[name][at] for name in table.columns], *([str(value) for value in row] for row in table.rows)]
            widths = [max(_width(row[place]) for row in cells) for place in range(len(table.columns))]
            right = [isinstance(value, int) for value in table.rows[0]]
            lines += [
                "  ".join(_cell(row[place], widths[place], is_right=right[place]) for place in range(len(row))).rstrip() for row in cells
            ]
    return lines


def _cell(text: str, width: int, *, is_right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if is_right else text + blanks


def _width(text: str) -> int:
    """Columns of a terminal: Chinese takes two each."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
