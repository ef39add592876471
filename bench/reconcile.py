"""Monthly statements: what an ordinary month of 4,000 manifests costs in a log of 10^5 and of 10^6 entries, and how long a server stands still.

The logs are years of ``bench.years`` with every month closed. Each piece of work runs in a process of its own, as in the server: CPU seconds and the
peak of its memory are that process's. Limits: reading the entries that the answer hangs on (those of the month, or all of them for the first
statement) and nothing else. The long logs only with ``--export DIR``, where they are kept (1.5 GB; making them takes a quarter of an hour). Do not change
sources meanwhile: all would be gathered again.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import tempfile
import time
from base64 import b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from bench.figures import Figure, quantile
from bench.load import FROM, Load, key_of
from bench.posting import log_server, post_batches, run
from bench.years.closing import CLOSED_AFTER_S
from bench.years.making import exported
from bench.years.years import Years
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import DataSets
from ledger.publishing.files import LogFiles
from ledger.times import parse_at
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.tiles import TileReader
from liandan.client import AsyncLiandan
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from reports.paper.tongue import Tongue
from reports.reconcile import check_month, finish, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import KeptIn, with_gathering
from reports.reconciliation.kept.proving import Prover
from reports.reconciliation.line import period_of
from reports.reconciliation.month.fold import Fold

SHORT = {"3·10^4": [500, 4000, 0]}
LOGS = {"10^5": [4000, 4000, 4000, 4000, 0], "10^6": [*[6850] * 23, 4000, 0]}
"""Manifests by month, from January 2025 on; the last month but one is the one that is asked for."""
EMPTY = "2024-06"
"""A month of which there is nothing."""
MUST_S, MUST_MB = 10, 500
"""Of an ordinary month, all files of both directions; and of gathering everything."""
WAYS = (("51", "50"), ("50", "51"))
LIVES = 1_500
"""Of the log that a server serves meanwhile."""
FILES: Sequence[tuple[str, Tongue]] = (("pdf", "zh"), ("xlsx", "zh"), ("json", "zh"), ("pdf", "en"), ("xlsx", "en"))
JSON: Sequence[tuple[str, Tongue]] = (("json", "zh"),)
SECRET = bytes(32)


class Spent(Struct, frozen=True):
    """What a process used."""

    cpu_s: float
    peak_mb: float
    each: dict[str, float] = {}
    """Seconds of CPU by what was done."""


def measure(manifests: int, export: Path | None = None) -> Iterator[Figure]:
    """Both sizes, or a short one; then the server. ``manifests`` is not asked for."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for among, loads in (LOGS if export else SHORT).items():
            directory = (export or scratch) / f"years-{len(loads)}"
            if not (directory / "checkpoint").exists():
                exported(Years(loads), directory, closes=True)
            yield from _of_files(directory, scratch / f"gathered-{among}", among, len(loads) - 1)
    yield from _of_a_server()


def _of_files(directory: Path, kept: Path, among: str, months: int) -> Iterator[Figure]:
    month, before = (f"{2025 + number // 12}-{number % 12 + 1:02d}" for number in (months - 1, months - 2))
    size = _checkpoint(LogFiles(directory)).size
    earlier_size = _closed_at(directory, before)
    whole, of_month = apart(partial(_read, directory, 0)), apart(partial(_read, directory, size - earlier_size))
    cold = apart(partial(_draw, directory, kept, EMPTY, ()))
    yield _figure(f"first statement among {among}, gathering all", cold, whole, "reading all entries")
    yield Figure(name=f"memory of that, {size:,} entries", value=cold.peak_mb, unit="MB", must=MUST_MB, goal=MUST_MB / 2)
    for asked, what in ((month, "a month of 4,000"), (EMPTY, "an empty month"), (before, "the month before")):
        spent = apart(partial(_draw, directory, kept, asked, FILES))
        yield _figure(f"{what} among {among}, all files", spent, of_month, "reading the month's entries", asked == month)
    apart(partial(_draw, directory, earlier := kept.with_name(f"{kept.name}-earlier"), EMPTY, (), earlier_size))
    new = apart(partial(_draw, directory, earlier, month, FILES))
    yield _figure(f"the month among {among}, all of it new since the close", new, of_month, "reading its entries", True)
    again = apart(partial(_draw, directory, earlier, before, JSON, earlier_size))
    yield _figure(f"the month before among {among}, as it was closed", again, of_month, "reading the month's entries")
    proved = apart(partial(_prove, directory, earlier))
    yield _figure(f"proving what is kept of {among}", proved, whole, "reading all entries")


def _figure(name: str, spent: Spent, limit: Spent | None, limit_is: str, is_bound: bool = False) -> Figure:
    each = ", ".join(f"{what} {1000 * seconds:.0f}" for what, seconds in spent.each.items())
    note = f"peak {spent.peak_mb:.0f} MB; ms CPU: {each}" if each else f"peak {spent.peak_mb:.0f} MB"
    known = (None, "") if limit is None else (1000 * limit.cpu_s, limit_is)
    aims = {"must": 1000 * MUST_S, "goal": 500 * MUST_S} if is_bound else {}
    return Figure(name=name, value=1000 * spent.cpu_s, unit="ms CPU", limit=known[0], limit_is=known[1], note=note, **aims)


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


def _checkpoint(files: LogFiles) -> Checkpoint:
    """The newest."""
    log_keys = (files.read("log.vkey") or b"").decode().splitlines()
    return open_checkpoint(files.read("checkpoint") or b"", log_keys).checkpoint


def _closed_at(directory: Path, month: str) -> int:
    """The size at which a month was closed, of a log of years: the first entries of the ninth of the next month tell."""
    files = LogFiles(directory)
    tree = TileReader(_checkpoint(files).size, files.read)

    def entry_at(index: int) -> Entry:
        return read_entry(next(iter(tree.entries(index, index + 1))), KINDS)

    since_s = period_of(month).end_s + CLOSED_AFTER_S
    place = bisect_left(range(tree.size), since_s, key=lambda index: parse_at(entry_at(index).admission.at))
    closes = (entry.statement for entry in map(entry_at, range(place, tree.size)) if entry.statement.kind == "period.close/1")
    return int(next(closes).body.size)


def _read(directory: Path, last: int) -> dict[str, float]:
    """Read the last entries, or all (0)."""
    files = LogFiles(directory)
    size = _checkpoint(files).size
    for raw in TileReader(size, files.read).entries(size - last if last else 0, size):
        read_entry(raw, KINDS)
    return {}


def _draw(directory: Path, kept: Path, month: str, asked: Sequence[tuple[str, Tongue]], size: int = 0) -> dict[str, float]:
    """Statements of both ways, in the CPU seconds of each part."""
    files, began, each = LogFiles(directory), time.process_time(), dict[str, float]()

    def work(gathering: Gathering, checkpoint: Checkpoint) -> None:
        each["gathered"] = time.process_time() - began
        for way in WAYS if asked else ():
            since = time.process_time()
            statement = finish(Fold(check_month(month), gathering), way, b64encode(checkpoint.root).decode())
            each["read"] = each.get("read", 0) + time.process_time() - since
            for suffix, tongue in asked:
                since, name = time.process_time(), suffix if tongue == "zh" else f"{suffix} {tongue}"
                to_bytes(statement, suffix, tongue)
                each[name] = each.get(name, 0) + time.process_time() - since

    with_gathering(files.read, lambda: _checkpoint(files), KINDS, work, KeptIn(kept, SECRET), size=size)
    return each


def _prove(directory: Path, kept: Path) -> dict[str, float]:
    """Everything gathered anew, and compared."""
    files = LogFiles(directory)
    head = _checkpoint(files)
    prover, gathering = Prover(KeptIn(kept, SECRET), KINDS, head.origin), Gathering(KINDS, DataSets(KINDS, files.read))
    for raw in TileReader(head.size, files.read).entries(0, head.size):
        gathering.step(read_entry(raw, KINDS))
        prover.look(gathering)
    assert prover.proof.is_equal, prover.proof
    return {"values (thousands, not ms)": prover.proof.values / 1e6}


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
