"""Fold, DuckDB and Spark say the same of every total: neither can drift from the others."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import DataSets
from ledger.times import format_at
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.tiles import TileReader
from reports.kinds import all_kinds
from reports.parquet.contents import read_contents
from reports.parquet.definitions import NAMES
from reports.parquet.engines import SAIL, SPARK, Engine, engine_of
from reports.parquet.exporting import export_published
from reports.parquet.tables import FACTS
from reports.parquet.totals import answered, ask, asked, bind, periods_from
from reports.parquet.writing import ParquetWriter
from reports.reconcile import finish
from reports.reconciliation.gathered.gathering import Direction, Gathering
from reports.reconciliation.line import LineRow, Period
from reports.reconciliation.month.fold import Fold
from tests.reconciliation.history import History
from tests.reports.month import drawn, october
from tests.reports.test_keeping import published
from tests.reports.totals import Row, equation, totals
from tests.sample import sample

MONTHS = periods_from("2026-08", "2027-01")
WAYS = (("51", "50"), ("50", "51"))
CORPUS = Path(__file__).parents[1] / "vectors/liandan-v1/log"
HAS_SAIL = all(importlib.util.find_spec(name) for name in ("pyspark", "pysail"))


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    """In this process."""
    with engine_of("duckdb") as engine:
        yield engine


def export(files: Mapping[str, bytes], directory: Path) -> None:
    """Bring a directory up to the published files of a log."""
    vkeys = files["log.vkey"].decode().splitlines()
    export_published(
        files.get, lambda: open_checkpoint(files["checkpoint"], vkeys).checkpoint, all_kinds(), directory, None, lambda done, of: None
    )


def by_fold(entries: Iterable[Entry], dataset: Callable[[str, str], Any], ways: Sequence[Direction] = WAYS) -> dict[str, list[Row]]:
    """Every total of every month and direction, from the statements."""
    gathering = Gathering(all_kinds(), dataset)
    for entry in entries:
        gathering.step(entry)
    return totals(finish(Fold(period, gathering), way, "") for period in MONTHS for way in ways)


def by_engine(engine: Engine, directory: Path) -> dict[str, list[Row]]:
    """The same from Parquet."""
    contents = read_contents(directory)
    assert contents is not None
    return {table.name: list(table.rows) for table in ask(engine, directory, contents, MONTHS).tables}


def test_every_total_of_a_month_with_one_of_everything(duckdb: Engine, tmp_path: Path) -> None:
    export(october().bench.export(), tmp_path / "p")
    found = by_engine(duckdb, tmp_path / "p")
    assert found == by_fold(october().bench.entries, october().bench.dataset)
    assert [name for name in NAMES if not found[name]] == ["adjustments", "m12_no_departure"]


def test_every_total_of_the_log_of_all_kinds(duckdb: Engine, tmp_path: Path) -> None:
    """With its corrections, returns, gaps, holds, what came late, and what was received without a departure."""
    files = {path.relative_to(CORPUS).as_posix(): path.read_bytes() for path in CORPUS.rglob("*") if path.is_file()}
    export(files, tmp_path / "p")
    contents = read_contents(tmp_path / "p")
    assert contents is not None
    entries = (read_entry(raw, all_kinds()) for raw in TileReader(contents.size, files.get).entries(0, contents.size))
    assert by_engine(duckdb, tmp_path / "p") == by_fold(entries, DataSets(all_kinds(), files.get), contents.directions)


@settings(max_examples=sample(9), deadline=None)
@given(st.integers(0, 2**32))
@example(227)  # adjustments that move the opening
def test_every_total_of_any_history_however_often_it_was_exported(
    duckdb: Engine, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """With what came late, was corrected, sent home, regrouped, given up; months that were closed, disputed and closed again."""
    story, directory = History(seed).story, tmp_path_factory.mktemp("parquet") / "p"
    whole = len(story.bench.entries)
    export(published(story, random.Random(seed).randint(1, whole)), directory)
    export(story.bench.export(), directory)
    found = by_engine(duckdb, directory)
    assert found == by_fold(story.bench.entries, story.bench.dataset)
    assert found["adjustments"] or seed != 227


instants = st.sampled_from([MONTHS[2].start_s + days * 86_400 + more for days in (-40, -1, 0, 1, 20, 31) for more in (-1, 0, 1)])
moments = st.one_of(st.none(), instants)
grams = st.one_of(st.none(), st.sampled_from([0, 5, 10]))
random_lines = st.builds(
    replace,
    st.just(drawn(october()).rows[0]),
    manifest=st.uuids().map(str), code=st.sampled_from(["900-052-31", "384-004-31"]), declared_g=st.sampled_from([5, 10]), loaded_g=grams,
    accepted_g=grams, refused_g=grams, level=st.sampled_from(["", "M"]), issued_s=instants, departed_s=moments, received_s=moments,
    voided_s=moments, declined_s=moments,
)  # fmt: skip


@settings(max_examples=sample(24), deadline=None)
@given(st.lists(random_lines, max_size=30))
def test_lines_that_no_log_would_have_are_summed_the_same(
    duckdb: Engine, tmp_path_factory: pytest.TempPathFactory, lines: list[LineRow]
) -> None:
    """At every boundary: what is missing, comes before it can, or to the second at a month's end."""
    period, base, directory = MONTHS[2], drawn(october()), tmp_path_factory.mktemp("lines")
    with ParquetWriter(directory) as writer:
        for index, line in enumerate(lines):
            facts = {name: getattr(line, name) for name in FACTS}
            writer.take(
                index, "2026-10", [("lines", {"entry": index, "at_s": 0, "sign": 1, "from_province": "51", "to_province": "50", **facts})]
            )
        writer.end_month(len(lines))
    bind(duckdb, {"lines": [str(directory / file.path) for file in writer.files]})
    drawn_s = period.start_s + 25 * 86_400
    asked(duckdb, [(period, ("51", "50"))], len(lines), drawn_s)
    concerning = tuple(line for line in lines if concerns(line, period))
    statement = replace(base, rows=concerning, drawn_at=format_at(drawn_s), accounts=(), mirror=equation(concerning, period))
    assert {table.name: list(table.rows) for table in answered(duckdb)} == {name: [] for name in NAMES} | totals([statement])


def concerns(line: LineRow, period: Period) -> bool:
    """Whether a month's statement has the line (docs/reconciliation.md)."""
    happened = any(period.holds(at) for at in (line.issued_s, line.departed_s, line.received_s, line.voided_s, line.declined_s))
    return happened or line.is_under_way_at(period.start_s) or line.is_under_way_at(period.end_s) or line.is_waiting_at(period.end_s)


@pytest.mark.skipif(not HAS_SAIL, reason="pysail is not installed: .ci/spark asks it")
def test_spark_gives_the_same_bytes(duckdb: Engine, tmp_path: Path) -> None:
    export(october().bench.export(), tmp_path / "p")
    contents = read_contents(tmp_path / "p")
    assert contents is not None
    with engine_of("spark", {SPARK: SAIL}) as spark:
        assert ask(spark, tmp_path / "p", contents, MONTHS).json() == ask(duckdb, tmp_path / "p", contents, MONTHS).json()
