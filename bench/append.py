"""Bulk admission through the log itself, without HTTP: full decisions, signatures, durable commits, publication beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from bench.figures import Figure, quantile, timed
from bench.limits import flushes_per_s, hashes_per_s, signatures_per_s
from bench.load import ORIGIN, Load
from ledger.auditing.audit import audit
from ledger.log import Log, LoggedEntry
from liandan.keyring import ServerKeys, write_keyring
from liandan.postgres import temporary_directory
from liandan.process import tune
from liandan.server import assemble
from liandan.settings import Settings

REQUEST, LANES = 768, 4
"""Statements of a request (128 lives), and requests under way at a time."""


def measure(manifests: int) -> Iterator[Figure]:
    """Bulk admission, then an audit of what it left behind."""
    tune()
    load = Load()
    with temporary_directory() as name:
        yield from asyncio.run(_run(load, manifests, Path(name)))


@asynccontextmanager
async def running_log(load: Load, directory: Path, *, publisher: Literal["process", "task"] = "process") -> AsyncIterator[Log]:
    """The product over an empty directory, without its HTTP and its projections."""
    settings = Settings(data_dir=directory, publisher=publisher)
    write_keyring(ServerKeys(origin=ORIGIN, log=load.log_key, operator=load.operator_key), settings.key_path, settings.passphrase_path)
    async with assemble(settings, is_projecting=False) as running:
        running.service.log.simulated = True
        yield running.service.log


async def _run(load: Load, manifests: int, directory: Path) -> list[Figure]:
    async with running_log(load, directory) as log:
        await append(log, list(load.setup()), load.now_s)
        limit = signatures_per_s()
        return [await _bulk(log, load, manifests, limit), await _audited(log, limit)]


async def _bulk(log: Log, load: Load, manifests: int, limit: float) -> Figure:
    """Lanes of whole lives side by side, so that no statement waits for its predecessor in another lane."""
    before = await log.head()
    assert before is not None
    lanes = [[raw for number in range(lane, manifests, LANES) for raw in load.manifest(number)] for lane in range(LANES)]
    count, waits, cpu = sum(map(len, lanes)), list[float](), time.process_time()

    async def work(lane: list[bytes]) -> None:
        for at in range(0, len(lane), REQUEST):
            with timed() as took:
                await append(log, lane[at : at + REQUEST], load.now_s)
            waits.append(took())

    with timed() as seconds:
        await asyncio.gather(*map(work, lanes))
        committed = seconds()
        assert await log.publisher.wait_for(before.size + count, 120) is not None
    cpu = time.process_time() - cpu
    return Figure(
        name="bulk admission, decided, durable, published", value=count / seconds(), unit="/s", limit=limit,
        limit_is="signatures/s, 2 threads", must=4000, goal=8000,
        note=f"{LANES} requests of {REQUEST} at a time: p50 {quantile(waits, 0.5):.2f} s; committed at {count / committed:,.0f}/s; "
        f"{1e6 * cpu / count:,.0f} µs CPU each (ours); fdatasync {flushes_per_s():,.0f}/s",
    )  # fmt: skip


async def _audited(log: Log, signatures: float) -> Figure:
    head = await log.head()
    assert head is not None
    cpu = time.process_time()
    with timed() as seconds:
        report = await asyncio.to_thread(audit, log.publisher.files.read, log.kinds)
    cpu = time.process_time() - cpu
    assert report.is_clean, report.findings[:3]
    assert report.entries == head.size
    return Figure(
        name="audit, structure + signatures + decisions", value=head.size / seconds(), unit="entries/s", limit=hashes_per_s(),
        limit_is="SHA-256 of an entry, 1 core",
        note=f"{head.size:,} entries; {1e6 * cpu / head.size:,.0f} µs CPU each; signatures alone {signatures:,.0f}/s",
    )  # fmt: skip


async def append(log: Log, raws: list[bytes], now_s: int) -> None:
    """Append statements that must all be admitted."""
    for answer in await log.append(raws, now_s=now_s):
        assert isinstance(answer, LoggedEntry), answer.refusal
