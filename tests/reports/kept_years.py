"""Closed years of the bench with what was gathered of them, and what may befall it: bits that turn, cuts, kills at any statement of SQLite.

The suite tries a few (``test_kept_moments``), the campaign ``python -m bench.kept`` many.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct

from bench.years.making import exported
from bench.years.years import Years
from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.tiles import TileReader
from reports.kinds import all_kinds
from reports.reconcile import check_month, finish, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.pages import PagedMap
from reports.reconciliation.kept.keeping import with_gathering
from reports.reconciliation.kept.sealing import KeptIn
from reports.reconciliation.month.fold import Fold
from whitelist.period import PeriodClose

SECRET, WAY = bytes(32), ("51", "50")
MONTHS = [11, 11, 11, 11, 11, 0]
"""Loads; the last month is there so that the one before is closed."""


class YearsLog(Struct, frozen=True):
    """Some months with all that may be wrong, each closed on the ninth of the next: files, size, and the closes by chain."""

    files: LogFiles
    size: int
    closes: dict[str, PeriodClose]

    @property
    def head(self) -> Checkpoint:
        """The newest checkpoint."""
        log_keys = (self.files.read("log.vkey") or b"").decode().splitlines()
        return open_checkpoint(self.files.read("checkpoint") or b"", log_keys).checkpoint

    def draw(self, month: str, kept: KeptIn | None, way: tuple[str, str] = WAY, size: int = 0) -> tuple[bytes, int, list[str]]:
        """The JSON, entries that had to be gathered for it, and what was told."""
        taken, told = list[int](), list[str]()

        def work(gathering: Gathering, checkpoint: Checkpoint) -> bytes:
            return to_bytes(finish(Fold(check_month(month), gathering), way, b64encode(checkpoint.root).decode()), "json")

        found = with_gathering(
            self.files.read, lambda: self.head, all_kinds(), work, kept, lambda done, of: taken.append(done), told.append, size=size
        )
        return found, len(taken), told

    def gathered(self, size: int, look: Callable[[Gathering], None]) -> Gathering:
        """From the first entry, looked at after each."""
        gathering = Gathering(all_kinds(), DataSets(all_kinds(), self.files.read))
        for raw in TileReader(self.size, self.files.read).entries(0, size):
            gathering.step(read_entry(raw, all_kinds()))
            look(gathering)
        return gathering


def closed_years(directory: Path, seed: int = 3) -> YearsLog:
    """Each load is in another trouble, so that closes adjust each other."""
    size = exported(Years(MONTHS, seed, troubled=1, senders=20), directory, closes=True)
    bare = YearsLog(LogFiles(directory), size, {})
    gathering = bare.gathered(size, lambda one: None)
    chains = [f"period/2025-{month:02d}/{'-'.join(way)}" for month in range(1, len(MONTHS)) for way in (WAY, WAY[::-1])]
    return YearsLog(bare.files, size, {chain: gathering.facts.state(chain).newest for chain in chains})


def kept_through(log: YearsLog, directory: Path) -> KeptIn:
    """Kept as a machine keeps it: at every close, and at the end."""
    kept = KeptIn(directory / "gathered", SECRET)
    for size in (*sorted({close.size for close in log.closes.values()}), 0):
        log.draw("2025-03", kept, size=size)
    return kept


def watched(step: Callable[[], None]) -> Callable[..., None]:
    """``PagedMap.__init__``, after which every statement of SQLite is told."""
    begin = PagedMap.__init__

    def opened(self: PagedMap, *arguments: object, **options: object) -> None:
        begin(self, *arguments, **options)  # type: ignore[arg-type]
        self.db.set_trace_callback(lambda sql: step())

    return opened


def in_a_process(work: Callable[[], None]) -> int:
    """Its exit code."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def damaged(whole: bytes, dice: random.Random) -> bytes:
    """Some bits turned, perhaps cut."""
    turned = bytearray(whole)
    for _ in range(dice.choice((1, 1, 40))):
        turned[dice.randrange(len(turned))] ^= 1 << dice.randrange(8)
    return bytes(turned[: len(turned) if dice.random() < 0.7 else dice.randrange(len(turned))])


def steps_of(log: YearsLog, kept: KeptIn) -> int:
    """Statements of SQLite that a drawing takes."""
    steps, begin = list[int](), PagedMap.__init__
    PagedMap.__init__ = watched(partial(steps.append, 1))  # type: ignore[method-assign]
    try:
        log.draw("2025-03", kept)
    finally:
        PagedMap.__init__ = begin  # type: ignore[method-assign]
    return len(steps)


def killed(log: YearsLog, kept: KeptIn, left: int) -> bool:
    """Draw in a process that ends itself (SIGKILL) at a statement of SQLite; whether it did."""

    def work() -> None:
        steps = [left]

        def step() -> None:
            steps[0] -= 1
            if not steps[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        PagedMap.__init__ = watched(step)  # type: ignore[method-assign]
        log.draw("2025-03", kept)

    return in_a_process(work) == -signal.SIGKILL
