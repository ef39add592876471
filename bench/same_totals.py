"""DuckDB and Spark Connect give the same bytes: ``python -m bench.same_totals [EXPORT …]``, over exports and over generated rows.

``LIANDAN_SPARK`` says which server; without it Sail in this process. Ends with 1 where they differ.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.parquet_rows import MONTH, SIZE, WAYS, end_of, write_rows
from liandan.export import reader_of
from liandan.wiring import KINDS
from reports.parquet.engines import SAIL, SPARK, Engine, EngineName, engine_of
from reports.parquet.exporting import export_audited
from reports.parquet.totals import answered, ask, asked, bind, periods_from
from reports.reconciliation.line import period_of

MANIFESTS = 10_000
ENGINES: tuple[EngineName, ...] = ("duckdb", "spark")


def of_export(export: Path, scratch: Path) -> Callable[[Engine], bytes]:
    """Totals of every month of an export, which is audited."""
    contents = export_audited(reader_of(export), KINDS, scratch / export.name, lambda done, of: None)
    months = sorted(file.month for file in contents.files)
    return lambda engine: ask(engine, scratch / export.name, contents, periods_from(months[0], months[-1])).json()


def of_rows(manifests: int, scratch: Path) -> Callable[[Engine], bytes]:
    """Totals of a month of generated rows."""
    files, period = write_rows(scratch / "rows", manifests), period_of(MONTH)

    def told(engine: Engine) -> bytes:
        bind(engine, files)
        asked(engine, [(period, way) for way in WAYS], SIZE, end_of(period))
        return repr([(table.name, table.columns, table.rows) for table in answered(engine)]).encode()

    return told


def main() -> int:
    """Ask both and compare."""
    environment, differing = {SPARK: SAIL, **os.environ}, 0
    with tempfile.TemporaryDirectory() as name:
        asking = {str(export): of_export(Path(export), Path(name)) for export in sys.argv[1:]}
        asking[f"{MANIFESTS:,} generated manifests"] = of_rows(MANIFESTS, Path(name))
        found: dict[str, list[bytes]] = {what: [] for what in asking}
        for one in ENGINES:
            with engine_of(one, environment) as engine:
                for what, told in asking.items():
                    since = time.perf_counter()
                    found[what].append(told(engine))
                    print(f"{one}: {what}: {len(found[what][-1]):,} bytes, {time.perf_counter() - since:.2f} s", flush=True)
    for what, (ours, theirs) in found.items():
        differing += ours != theirs
        print(f"{'same' if ours == theirs else 'DIFFERENT'}: {what}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
