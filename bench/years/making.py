"""Years through the real admission: as an export without a database, or through the sequencer into a data directory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path

from bench.append import REQUEST, running_log
from bench.export import Posted, adopted, write_posted
from bench.years.closing import MonthCloser
from bench.years.years import FIRST_YEAR, Years
from ledger.admission.kind_table import DataSets
from ledger.log import Log, LoggedEntry
from liandan.process import tune
from liandan.wiring import KINDS


def exported(years: Years, directory: Path, *, closes: bool = False) -> int:
    """An export of them; the number of entries. ``closes``: with every month closed, at three times the cost."""
    if not closes:
        return write_posted(directory, years.world, years.posted())
    closer = MonthCloser(years.world, DataSets(KINDS, adopted().get), f"{FIRST_YEAR}-01")
    return write_posted(directory, years.world, closer.posted(years.posted()), closer.took, closer.root_at, closer.day_below)


def sequenced(years: Years, directory: Path) -> int:
    """A data directory with them, published; the number of entries."""
    tune()
    return asyncio.run(_sequenced(years, directory))


async def _sequenced(years: Years, directory: Path) -> int:
    async with running_log(years.world, directory) as log:
        size = 0
        for batch in _batches(years.posted()):
            size += await _append(log, batch)
        assert await log.publisher.wait_for(size, 600) is not None, "it is published"
        return size


def _batches(posted: Iterable[Posted]) -> Iterator[list[Posted]]:
    """What the log takes at one moment, in requests of the usual size; a statement that is refused is asked alone."""
    for _, of_moment in groupby(posted, key=lambda one: (one.now_s, one.refused)):
        while batch := list(islice(of_moment, REQUEST)):
            yield batch


async def _append(log: Log, batch: list[Posted]) -> int:
    """How many of a batch were admitted: all, or none of what must be refused."""
    answers = await log.append([one.raw for one in batch], now_s=batch[0].now_s)
    for one, answer in zip(batch, answers, strict=True):
        codes = () if isinstance(answer, LoggedEntry) else tuple(sorted(answer.refusal.codes))
        assert codes == one.refused, f"{one.raw[:200]!r}: {codes}, expected {one.refused}"
    return sum(not one.refused for one in batch)
