"""Monthly statements: what a month of 1,024 manifests costs among 10^4 and 10^5, months apart, and how long a server stands still meanwhile.

Each piece of work runs in a process of its own, as in the server: CPU seconds and the peak of its memory are that process's. Limits: reading the
entries that the answer hangs on (those of the month, or all of them for the first statement) and nothing else. 10^5 only with ``--export DIR``,
where both logs are kept (0.8 GB; making them takes minutes). Do not change sources below the statements meanwhile: all would be gathered again.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from bench.export import UNDER_WAY, write_export
from bench.figures import Figure, quantile
from bench.load import FROM, START, Load, key_of
from bench.posting import log_server, post_batches, run
from ledger.admission.entry import read_entry
from ledger.publishing.files import LogFiles
from ledger.times import DAY_S, parse_at
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.tiles import TileReader
from liandan.client import AsyncLiandan
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from reports.reconcile import SUFFIXES, check_month, finish, to_bytes
from reports.reconciliation.fold import Fold
from reports.reconciliation.gathering import Gathering
from reports.reconciliation.keeping import KeptIn, with_gathering

GROUPS = (10, 100)
"""Groups of UNDER_WAY manifests; the last one is the month that is asked for, the others lie in the two months before."""
LAST, BEFORE, EMPTY = "2026-12", "2026-11", "2026-09"
WAYS = (("51", "50"), ("50", "51"))
LIVES = 1_500
"""Of the log that a server serves meanwhile."""
SECRET = bytes(32)


class Spent(Struct, frozen=True):
    """What a process used."""

    cpu_s: float
    peak_mb: float
    each: dict[str, float] = {}
    """Seconds of CPU by what was done."""


def measure(manifests: int, export: Path | None = None) -> Iterator[Figure]:
    """Both sizes, then the server; ``manifests`` is not asked for."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for groups in GROUPS if export else GROUPS[:1]:
            directory = (export or scratch) / f"months-{groups}"
            if not (directory / "checkpoint").exists():
                write_export(groups * UNDER_WAY, directory, partial(_when, groups))
            yield from _of_files(directory, scratch / f"gathered-{groups}", groups)
    yield from _of_a_server()


def _when(groups: int, first: int) -> int:
    """The last group in December, the others evenly from 8 October to 28 November."""
    if first == (groups - 1) * UNDER_WAY:
        return parse_at("2026-12-10T08:00:00+08:00")
    return START + first * 51 * DAY_S // (groups * UNDER_WAY)


def _of_files(directory: Path, kept: Path, groups: int) -> Iterator[Figure]:
    whole = apart(partial(_read, directory, 0))
    of_month = apart(partial(_read, directory, UNDER_WAY * 6))
    among = f"among {groups * UNDER_WAY:,}"
    cold = apart(partial(_draw, directory, kept, EMPTY, ()))
    yield _figure(f"first statement {among}, gathering all", cold, whole, "reading all entries")
    for month, what in ((LAST, "a month of 1,024"), (EMPTY, "an empty month"), (BEFORE, "a month before")):
        spent = apart(partial(_draw, directory, kept, month, SUFFIXES))
        limit = of_month if month == LAST else None
        yield _figure(f"{what} {among}, six files", spent, limit, "reading the month's entries")
    earlier = kept.with_name(f"{kept.name}-earlier")
    apart(partial(_draw, directory, earlier, EMPTY, (), UNDER_WAY * 6))
    yield _figure(
        f"the month {among}, all of it new", apart(partial(_draw, directory, earlier, LAST, ("json",))), of_month, "reading its entries"
    )
    yield _figure(
        f"the month {among}, without keeping", apart(partial(_draw, directory, None, LAST, ("json",))), whole, "reading all entries"
    )


def _figure(name: str, spent: Spent, limit: Spent | None, limit_is: str) -> Figure:
    each = ", ".join(f"{what} {1000 * seconds:.0f}" for what, seconds in spent.each.items())
    note = f"peak {spent.peak_mb:.0f} MB; ms CPU: {each}" if each else f"peak {spent.peak_mb:.0f} MB"
    known = (None, "") if limit is None else (1000 * limit.cpu_s, limit_is)
    return Figure(name=name, value=1000 * spent.cpu_s, unit="ms CPU", limit=known[0], limit_is=known[1], note=note)


def apart(work: Callable[[], dict[str, float]]) -> Spent:
    """Do something in a new process: what it used."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(1, mp_context=context) as one:
        return one.submit(_spent, work).result()


def _spent(work: Callable[[], dict[str, float]]) -> Spent:
    before = time.process_time()
    each = work()
    return Spent(time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, each)


def _checkpoint(files: LogFiles, before_end: int = 0) -> Checkpoint:
    """The newest, or the newest archived one that leaves out so many entries."""
    log_keys = (files.read("log.vkey") or b"").decode().splitlines()
    newest = open_checkpoint(files.read("checkpoint") or b"", log_keys).checkpoint
    if not before_end:
        return newest
    size = max(size for size in files.archived_sizes() if size <= newest.size - before_end)
    return open_checkpoint(files.read(f"checkpoints/{size}") or b"", log_keys).checkpoint


def _read(directory: Path, last: int) -> dict[str, float]:
    """Read the last entries, or all (0)."""
    files = LogFiles(directory)
    size = _checkpoint(files).size
    for raw in TileReader(size, files.read).entries(size - last if last else 0, size):
        read_entry(raw, KINDS)
    return {}


def _draw(directory: Path, kept: Path | None, month: str, suffixes: tuple[str, ...], before_end: int = 0) -> dict[str, float]:
    """Statements of both ways, in the CPU seconds of each part."""
    files, began, each = LogFiles(directory), time.process_time(), dict[str, float]()

    def work(gathering: Gathering, checkpoint: Checkpoint) -> None:
        each["gathered"] = time.process_time() - began
        for way in WAYS if suffixes else ():
            since = time.process_time()
            statement = finish(Fold(check_month(month), gathering), way, b64encode(checkpoint.root).decode())
            each["read"] = each.get("read", 0) + time.process_time() - since
            for suffix in suffixes:
                since = time.process_time()
                to_bytes(statement, suffix)
                each[suffix] = each.get(suffix, 0) + time.process_time() - since

    with_gathering(files.read, lambda: _checkpoint(files, before_end), KINDS, work, None if kept is None else KeptIn(kept, SECRET))
    return each


# ---------------------------------------------------------------------- a server


def _of_a_server() -> Iterator[Figure]:
    """The longest wait of a small request while statements are drawn, beside that while nothing is."""
    load = Load()
    with temporary_directory() as name, log_server(load, Path(name)) as server:
        lives = [load.manifest(number) for number in range(LIVES)]
        run(post_batches(server.url, load, [[raw for life in lives for raw in life]]))
        waits = run(_waits(server.url))
    quiet = waits.pop("nothing")
    for what, found in waits.items():
        note = f"p99 {1000 * quantile(found, 0.99):.0f} ms of {len(found)}"
        yield Figure(
            name=f"longest wait of a request, {what}",
            value=1000 * max(found),
            unit="ms",
            limit=1000 * max(quiet),
            limit_is="ms without",
            note=note,
        )


async def _waits(url: str) -> dict[str, list[float]]:
    """Seconds of requests for the checkpoint, one after the other, by what is done meanwhile."""
    found: dict[str, list[float]] = {}
    async with AsyncLiandan(url, key_of(FROM), uscc=FROM) as client, httpx.AsyncClient(base_url=url) as other:
        await client.log()

        async def drawn(suffixes: tuple[str, ...]) -> None:
            for (source, target), suffix in product(WAYS[:1], suffixes):
                await client.get(f"/v1/reconciliations/2026-10.{suffix}", **{"from": source, "to": target})

        work: dict[str, Callable[[], Any]] = {
            "nothing": partial(asyncio.sleep, 5),
            "the first statement of the log": partial(drawn, ("json",)),
            f"PDF and XLSX of {LIVES:,}": partial(drawn, ("pdf", "xlsx")),
        }
        for what, begin in work.items():
            done, waits = asyncio.create_task(begin()), found.setdefault(what, [])
            while not done.done():
                since = time.perf_counter()
                (await other.get("/checkpoint")).raise_for_status()
                waits.append(time.perf_counter() - since)
                await asyncio.sleep(0.005)
            await done
    return found
