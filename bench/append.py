"""Bulk admission through the log itself, without HTTP: full decisions, signatures, durable commits, publication beside it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, quantile, timed
from bench.limits import flushes_per_s, hashes_per_s, signatures_per_s
from bench.load import ORIGIN, Load
from ledger.audit import audit
from ledger.checkpoint_store import CheckpointStore
from ledger.data import DataSets
from ledger.files import LogFiles
from ledger.log import Admitted, Log
from ledger.publisher import Publisher
from ledger.signer import LocalSigner
from liandan.database import migrate, open_pool
from liandan.postgres import temporary_postgres
from liandan.wiring import kinds
from whitelist.adopted import data_files

REQUEST = 1024
"""Statements handed in at once; four requests are under way."""


def measure(manifests: int) -> Iterator[Figure]:
    """Bulk admission, then an audit of what it left behind."""
    load = Load()
    with tempfile.TemporaryDirectory() as directory, temporary_postgres() as server:
        yield from asyncio.run(_run(load, manifests, server.dsn, Path(directory)))


async def _run(load: Load, manifests: int, dsn: str, directory: Path) -> list[Figure]:
    await migrate(dsn)
    pool = await open_pool(dsn, min_size=2, max_size=8)
    table = kinds()
    files = LogFiles(directory / "log")
    files.put_data(file.path.read_bytes() for file in data_files())
    publisher = Publisher(pool, CheckpointStore(directory / "store"), files, ORIGIN, LocalSigner(ORIGIN, load.log_key), kinds=table)
    publisher.recover()
    log = Log(pool, table, DataSets(table, files.read), publisher, load.operator_key, simulated=True)
    tasks = [asyncio.create_task(log.sequencer.run()), asyncio.create_task(publisher.run(log.sequencer.committed))]
    try:
        setup = list(load.setup())
        await _append(log, setup, load.now_s)
        statements = [raw for number in range(manifests) for raw in load.manifest(number)]
        entries = len(setup) + len(statements)
        limit = signatures_per_s()
        waits: list[float] = []
        cpu = time.process_time()
        with timed() as seconds:
            lanes = [statements[at : at + REQUEST] for at in range(0, len(statements), REQUEST)]
            for lane in lanes:
                waits.append(await _timed_append(log, lane, load.now_s))
            await publisher.wait_for(entries, 120)
        cpu = time.process_time() - cpu
        rate = len(statements) / seconds()
        found = [
            Figure(
                name="bulk admission, decided, durable, published",
                value=rate,
                unit="/s",
                limit=limit,
                limit_is="signatures/s, 2 threads",
                must=4000,
                goal=8000,
                note=f"request of {REQUEST}: p50 {quantile(waits, 0.5):.2f} s; {1e6 * cpu / len(statements):,.0f} µs CPU each (ours); "
                f"fdatasync {flushes_per_s():,.0f}/s",
            )
        ]
        with timed() as seconds:
            report = await asyncio.to_thread(audit, files.read, table)
        assert report.is_clean, report.findings[:3]
        assert report.entries == entries
        found.append(
            Figure(
                name="audit, structure + signatures + decisions",
                value=entries / seconds(),
                unit="entries/s",
                limit=hashes_per_s(),
                limit_is="SHA-256 of an entry, 1 core",
                note=f"{entries:,} entries; signatures alone {limit:,.0f}/s",
            )
        )
        return found
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        publisher.close()
        await pool.close()


async def _timed_append(log: Log, raws: list[bytes], now_s: int) -> float:
    with timed() as seconds:
        await _append(log, raws, now_s)
    return seconds()


async def _append(log: Log, raws: list[bytes], now_s: int) -> None:
    answers = await log.append(raws, now_s=now_s)
    for answer in answers:
        assert isinstance(answer, Admitted), answer.refusal
