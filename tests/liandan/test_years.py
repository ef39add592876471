"""The years of the bench: every kind of trouble leaves what it says, a seed is its bytes, and the sequencer takes what the export has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from asyncpg import Pool, Record

from bench.export import Posted, write_posted
from bench.years.years import TROUBLES, Years
from ledger.admission.entry import read_entry
from ledger.log import LoggedEntry
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.tiles import TileReader
from liandan.wiring import KINDS
from tests.ledger.log_server import running
from whitelist.adopted import data_files

LOADS = [len(TROUBLES), *[0] * 15]
"""One load of every kind of trouble, and time enough for all of them to end."""


def troubled(seed: int = 1) -> Years:
    """Nothing but trouble, among few firms."""
    return Years(LOADS, seed, troubled=1, senders=40)


def end(directory: Path) -> Checkpoint:
    """The newest checkpoint of an export."""
    files = LogFiles(directory)
    return open_checkpoint(files.read("checkpoint") or b"", (files.read("log.vkey") or b"").decode().splitlines()).checkpoint


def test_every_kind_of_trouble_leaves_what_it_says(tmp_path: Path) -> None:
    years, names, left = troubled(), list[str](), defaultdict[str, set[str]](set)

    def noted() -> Iterator[Posted]:
        for one in years.posted():
            left[one.of].update(one.refused)
            names.extend([] if one.refused else [one.of])
            yield one

    size = write_posted(tmp_path, years.world, noted())
    for name, raw in zip(names, TileReader(size, LogFiles(tmp_path).read).entries(0, size), strict=True):
        decision = read_entry(raw, KINDS).admission.decision
        left[name].update([*(f"{level}:{code}" for level, code in decision.alerts), *(tag[0] for tag in decision.tags)])
    assert {trouble.name: set(trouble.leaves) - left[trouble.name] for trouble in TROUBLES} == {one.name: set() for one in TROUBLES}
    assert years.under_way == 0, "every life has come to its end"


async def test_a_seed_is_its_bytes_by_whatever_way(pool: Pool[Record], tmp_path: Path) -> None:
    """Through sequencer and database the log has the root of the export, entry by entry."""
    first, again = Years([12], 7, senders=10), Years([12], 7, senders=10)
    write_posted(tmp_path / "export", first.world, first.posted())
    expected = end(tmp_path / "export")
    async with running(pool, tmp_path / "log", KINDS, {file.name: file.path.read_bytes() for file in data_files()}) as log:
        for now_s, of_moment in groupby(again.posted(), key=lambda one: one.now_s):
            assert all(isinstance(answer, LoggedEntry) for answer in await log.append([one.raw for one in of_moment], now_s=now_s))
        head = await log.head()
    assert head is not None
    assert (head.size, head.root) == (expected.size, expected.root)
