"""``python -m bench.months_killed``: the job that closes months is killed at random points, 200 by default; each month is closed once, without a gap.

A log with a simulated clock goes on month by month. In each the job runs in a process of its own, which dies by SIGKILL at a random line of the job,
of its client or of what writes files, or at a random moment of its time (drawing takes most of it); one in three is killed once more on its way
again. Then it runs to its end, and is held against the log: one close in each direction, behind the closes of the month before, the files whole
under the hashes that were signed, nothing left beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from msgspec import Struct, field

from bench.campaign import quiet
from liandan.database import migrate
from liandan.keyring import read_keyring
from liandan.months.job import MonthJob
from liandan.months.shelf import ENVELOPE, CloseShelf
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.settings import Settings
from reports.periods.planning import MonthDue
from tests.liandan.months.office import MonthOffice, month_office
from whitelist.period import following_month

ROOT = Path(__file__).parents[1]
WATCHED = tuple(str(ROOT / part) for part in ("liandan/months", "liandan/client", "reports/periods", "reports/reconcile.py"))
WAYS = (("50", "51"), ("51", "50"))
FIRST = "2026-05"
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["liandan.months.job", "tests.liandan.months.office"])  # what the job needs is imported once


class KilledTally(Struct):
    """What a campaign has come to."""

    killed: Counter[str] = field(default_factory=Counter)
    """By how: ``line`` or ``time``; ``late`` where the job had ended before."""
    where: Counter[str] = field(default_factory=Counter)
    """File and line of those that died at a line."""
    months: int = 0
    taken_up: int = 0
    """Closes that were signed by a killed run and posted as they were."""


# --- the process that dies ---------------------------------------------------------------------------------------------------------------


def _count_lines(die_at: int | None, answer: Connection) -> list[int]:
    """Count lines of what is watched in every thread, and die at one of them."""
    count = [0]

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            count[0] += 1
            if count[0] == die_at:
                answer.send({"at": f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"})
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def called(frame: FrameType, event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(WATCHED) else None

    threading.settrace(called)
    sys.settrace(called)
    return count


def _child(answer: Connection, order: dict[str, Any]) -> None:
    settings = Settings(data_dir=Path(order["data_dir"]))
    job = MonthJob(settings, read_keyring(settings, operator_only=True), order["url"], patience_s=30)
    count = _count_lines(order["line"], answer)
    report = asyncio.run(job.run(now_s=order["now_s"]))
    sys.settrace(None)
    answer.send({"lines": count[0], "taken_up": sum(not one.is_new for one in report.closed)})


# --- the campaign ------------------------------------------------------------------------------------------------------------------------


class _Runs:
    """Runs of the job in processes of their own."""

    def __init__(self, office: MonthOffice, chance: random.Random) -> None:
        self.office, self.chance = office, chance
        self.lines, self.seconds = 0, 0.0

    async def whole(self) -> int:
        """One to its end; how many closes it took up."""
        begun = time.monotonic()
        told, status = await self._start(None, None)
        assert status == 0, "the job ends"
        self.lines, self.seconds = max(self.lines, told["lines"]), time.monotonic() - begun
        return int(told["taken_up"])

    async def killed(self) -> tuple[str, str]:
        """One that dies on its way: how, and at which line."""
        if self.chance.random() < 0.5:
            told, status = await self._start(self.chance.randint(1, self.lines), None)
            return ("line" if status == -signal.SIGKILL else "late"), told.get("at", "")
        _, status = await self._start(None, self.chance.uniform(0, self.seconds))
        return ("time" if status == -signal.SIGKILL else "late"), ""

    async def _start(self, line: int | None, after_s: float | None) -> tuple[dict[str, Any], int]:
        """What it told last, and its status."""
        order = {"data_dir": str(self.office.settings.data_dir), "url": self.office.url, "now_s": self.office.now_s, "line": line}
        here, there = _FORKS.Pipe(duplex=False)
        process = _FORKS.Process(target=_child, args=(there, order))
        await asyncio.to_thread(process.start)
        there.close()
        await asyncio.to_thread(process.join, after_s)
        if process.is_alive():
            process.kill()
            await asyncio.to_thread(process.join)
        told: dict[str, Any] = {}
        with suppress(EOFError, OSError):
            while here.poll():
                told = here.recv()
        assert process.exitcode is not None, "it has ended"
        return told, process.exitcode


async def campaign(office: MonthOffice, kills: int, seed: int, tally: KilledTally) -> None:
    """Kill so many times, and hold every month against the log. Raises AssertionError."""
    chance = random.Random(seed)
    runs = _Runs(office, chance)
    month, index = FIRST, -1
    await _next(office, month)
    await runs.whole()
    index = await _held(office, month, index)
    while tally.killed["line"] + tally.killed["time"] < kills:
        month = following_month(month)
        await _next(office, month)
        for _ in range(1 + (chance.random() < 1 / 3)):
            how, where = await runs.killed()
            tally.killed[how] += 1
            tally.where[where] += bool(where)
        tally.taken_up += await runs.whole()
        index = await _held(office, month, index)
        tally.months += 1


async def _next(office: MonthOffice, month: str) -> None:
    """The month is over, and something has entered the log since."""
    office.at(f"{following_month(month)}-01 00:10")
    await office.live()


async def _held(office: MonthOffice, month: str, before: int) -> int:
    """One close in each direction, behind those of the month before, whose files are whole; the index of the newest."""
    assert await office.heads(month) == [1, 1], f"{month} is closed once in each direction"
    shelf, indices = CloseShelf(office.settings.data_dir), []
    for way in WAYS:
        state = await office.standing(month, way)
        assert state is not None
        close, folder = state.newest, shelf.folder(MonthDue(month, way), state.newest.size)
        assert len(state.closes) == 1
        assert close.index > before, "no month is closed before the one before it"
        assert close.size > before, "drawn behind the closes of the month before"
        stem = f"reconciliation-{month}-{'-'.join(way)}"
        for suffix in ("json", "xlsx", "pdf"):
            content = await asyncio.to_thread((folder / f"{stem}.{suffix}").read_bytes)
            assert sha256(content).hexdigest() == getattr(close, suffix), f"{stem}.{suffix} is the one that was signed"
        names = sorted(await asyncio.to_thread(os.listdir, folder.parent))
        assert names == [str(close.size)], f"nothing is left beside the files of {month}: {names}"
        assert ENVELOPE in await asyncio.to_thread(os.listdir, folder)
        indices.append(close.index)
    return max(indices)


async def _run(kills: int, seed: int, directory: Path) -> KilledTally:
    tally, postgres = KilledTally(), EmbeddedPostgres(directory / "postgres", fast=True)
    dsn = await asyncio.to_thread(postgres.start)
    try:
        await migrate(dsn)
        async with month_office(dsn, directory / "server") as office:
            await campaign(office, kills, seed, tally)
    finally:
        await asyncio.to_thread(postgres.stop)
    return tally


def main() -> None:
    """The campaign."""
    parser = argparse.ArgumentParser(prog="python -m bench.months_killed", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()
    quiet()
    with temporary_directory() as directory:
        begun = time.monotonic()
        tally = asyncio.run(_run(options.kills, options.seed, directory))
    sys.stdout.write(f"{sum(tally.killed.values())} kills {dict(tally.killed)}, {tally.months} months, {tally.taken_up} closes taken up\n")
    sys.stdout.write(f"at {len(tally.where)} different lines; {time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
