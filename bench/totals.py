"""Totals of a month from Parquet: 10^4, 10^5 and 10^6 manifests in one month, beside the bare joins of issue, departure and receipt on the same files.

Each question runs in a process of its own: CPU seconds of all its threads, the peak of its memory. Through Spark Connect the same by Sail, where
it is installed (.ci/spark makes an interpreter that has it); its server is in the process that asks.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.figures import Figure
from bench.parquet_rows import MONTH, SIZE, WAYS, end_of, write_rows
from bench.reconcile import Spent, apart
from reports.parquet.engines import SAIL, SPARK, Engine, EngineName, engine_of
from reports.parquet.totals import answered, asked, bind
from reports.reconciliation.line import period_of

SIZES = (10_000, 100_000, 1_000_000)
TIMES, MEMORY_MB = 2, 2_000
"""What a month may cost of the bare joins, and hold."""
BARE = """
SELECT i.from_province, i.to_province, i.code, COUNT(*), SUM(i.declared_g), SUM(d.loaded_g), SUM(r.accepted_g), SUM(r.refused_g)
FROM (SELECT * FROM lines WHERE sign = 1 AND departed_s IS NULL AND voided_s IS NULL AND declined_s IS NULL) AS i
LEFT JOIN (SELECT * FROM lines WHERE sign = 1 AND departed_s IS NOT NULL AND received_s IS NULL) AS d
  ON d.generator = i.generator AND d.manifest = i.manifest AND d.line = i.line
LEFT JOIN (SELECT * FROM lines WHERE sign = 1 AND received_s IS NOT NULL) AS r
  ON r.generator = i.generator AND r.manifest = i.manifest AND r.line = i.line
GROUP BY i.from_province, i.to_province, i.code
"""
"""What was declared, sent and received, joined by manifest and line: what anybody would write first."""


def measure(manifests: int) -> Iterator[Figure]:
    """Every size; ``manifests`` is not asked for."""
    engines: list[EngineName] = ["duckdb"]
    if all(importlib.util.find_spec(name) for name in ("pyspark", "pysail")):
        engines.append("spark")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as scratch:
            files = write_rows(Path(scratch) / "rows", size)
            for engine in engines:
                bare = apart(partial(_bare, engine, files))
                whole = apart(partial(_totals, engine, files))
                yield _figure(f"totals of {size:,} manifests, {engine}", whole, bare)


def _figure(name: str, whole: Spent, bare: Spent) -> Figure:
    cpu_ms, bare_ms = 1000 * whole.each["cpu"], 1000 * bare.each["cpu"]
    note = (
        f"{whole.each['wall']:.1f} s, {whole.each['start']:.1f} s to start; peak {whole.peak_mb:.0f} MB, of the joins {bare.peak_mb:.0f} MB"
    )
    return Figure(
        name=name, value=cpu_ms, unit="ms CPU", limit=bare_ms, limit_is="ms, the bare joins", must=TIMES * bare_ms, goal=bare_ms, note=note
    )


def _bare(name: EngineName, files: dict[str, list[str]]) -> dict[str, float]:
    return _timed(name, files, lambda engine: engine.answer(BARE))


def _totals(name: EngineName, files: dict[str, list[str]]) -> dict[str, float]:
    period = period_of(MONTH)

    def ask(engine: Engine) -> None:
        asked(engine, [(period, way) for way in WAYS], SIZE, end_of(period))
        assert all(table.rows or table.name in ("adjustments", "m12_no_departure") for table in answered(engine))

    return _timed(name, files, ask)


def _timed(name: EngineName, files: dict[str, list[str]], ask: Callable[[Engine], object]) -> dict[str, float]:
    """Seconds: to start the engine, then of the question, on the clock and of all processors."""
    began = time.perf_counter()
    sys.modules["__main__"].__dict__.setdefault("__file__", __file__)  # without one pyspark takes a forked process for its own doctests
    with engine_of(name, {SPARK: SAIL}) as engine:
        bind(engine, files)
        started, cpu = time.perf_counter(), time.process_time()
        ask(engine)
        return {"start": started - began, "wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
