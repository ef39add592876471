"""``python -m bench.statements``: monthly statements beside an independent oracle, figure by figure.

Random histories with closes (``tests/reconciliation``: late acts, back-fills, corrections, returns, regrouping, losses, disputes) at two sizes each;
then realistic years (``bench.years``: 54 kinds of trouble), every month and direction. The oracle reads bodies of acts and replays everything for
every question, so it is slow. Exit code 1 where a figure differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.years.making import exported
from bench.years.years import Years
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.publishing.files import LogFiles
from ledger.tree.tiles import TileReader
from liandan.wiring import KINDS
from reports.reconcile import begin, check_month, finish
from reports.reconciliation.checks import StatementScope
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.fold import Fold
from tests.reconciliation.compare import differences
from tests.reconciliation.history import MONTHS, WAYS, History
from tests.reconciliation.oracle import of_way

ROOT = "A" * 43 + "="
"""No statement is signed here."""


class _Count:
    """What was compared, and what differed."""

    def __init__(self, shown: int) -> None:
        self.shown, self.parted, self.seen = shown, 0, Counter[str]()

    def take(self, name: str, statement: MonthlyStatement, found: Iterator[str]) -> None:
        """Count a statement, and print what differs."""
        self.seen.update(
            {
                "statements": 1,
                "lines": len(statement.rows),
                "stocks": len(statement.stocks),
                "plans": len(statement.plans),
                "adjustments": len(statement.adjustments),
                "not balanced": not statement.is_balanced,
            }
        )
        for one in found:
            self.parted += 1
            if self.parted <= self.shown:
                print(f"{name}: {one}", flush=True)


def histories(first: int, count: int, to: _Count) -> None:
    """Random histories by their seeds."""
    for seed in range(first, first + count):
        history = History(seed)
        entries = history.story.bench.entries
        for size in (len(entries), history.dice.randrange(15, len(entries))):
            for month in MONTHS:
                for way in WAYS:
                    statement = history.statement(month, way, size)
                    if statement.has_begun:
                        to.take(
                            f"history {seed}, {size} entries, {month} {way}",
                            statement,
                            differences(statement, entries[:size], [way], of_way(way)),
                        )


def years(seed: int, months: int, loads: int, troubled: float, to: _Count) -> None:
    """Realistic years, gathered once."""
    with tempfile.TemporaryDirectory() as name:
        size = exported(Years([loads] * months, seed, troubled=troubled), Path(name))
        files = LogFiles(Path(name))
        entries = [read_entry(raw, KINDS) for raw in TileReader(size, files.read).entries(0, size)]
        fold = begin("2025-01", KINDS, DataSets(KINDS, files.read))
        for entry in entries:
            fold.step(entry)
        for number in range(months):
            drawn = Fold(check_month(f"{2025 + number // 12}-{number % 12 + 1:02d}"), fold.gathering)
            for way in fold.gathering.ways():
                statement = finish(drawn, StatementScope(direction=way), ROOT)
                to.take(f"years {seed}, {drawn.period.month} {way}", statement, differences(statement, entries, [way], of_way(way)))


def main() -> None:
    """Compare; exit code 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.statements", description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000)
    parser.add_argument("--months", type=int, default=13, help="of realistic years, 0: none")
    parser.add_argument("--loads", type=int, default=100, help="manifests issued a month")
    parser.add_argument("--troubled", type=float, default=0.4, help="share of loads in which something goes wrong")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=10, help="differences to print in full")
    options = parser.parse_args()
    found, began = _Count(options.shown), time.monotonic()
    histories(options.seed, options.histories, found)
    if options.months:
        years(options.seed, options.months, options.loads, options.troubled, found)
    print(", ".join(f"{count:,} {what}" for what, count in found.seen.items()))
    print(f"{found.parted} differences, {time.monotonic() - began:.0f} s")
    sys.exit(1 if found.parted else 0)


if __name__ == "__main__":
    main()
