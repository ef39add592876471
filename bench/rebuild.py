"""``liandan rebuild --verify`` of a log that a server has projected: every derived row again, compared with what stands."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from bench.append import REQUEST, append
from bench.figures import Figure, timed
from bench.limits import hashes_per_s
from bench.load import ORIGIN, Load
from ledger.store import projected
from liandan.keyring import ServerKeys, write_keyring
from liandan.postgres import temporary_directory
from liandan.process import tune
from liandan.rebuild import rebuild
from liandan.server import assemble
from liandan.settings import Settings


def measure(manifests: int) -> Iterator[Figure]:
    """A log of so many lives, projected as it grows, then made again beside."""
    tune()
    with temporary_directory() as name:
        yield asyncio.run(_run(Load(), manifests, Path(name)))


async def _run(load: Load, manifests: int, directory: Path) -> Figure:
    settings = Settings(data_dir=directory, publisher="task")
    write_keyring(ServerKeys(origin=ORIGIN, log=load.log_key, operator=load.operator_key), settings.key_path, settings.passphrase_path)
    async with assemble(settings) as running:
        log = running.service.log
        log.simulated = True
        await append(log, list(load.setup()), load.now_s)
        raws = [raw for number in range(manifests) for raw in load.manifest(number)]
        for at in range(0, len(raws), REQUEST):
            await append(log, raws[at : at + REQUEST], load.now_s)
        head = await log.head()
        assert head is not None
        async with log.pool.acquire() as conn:
            for _ in range(600):  # the projector follows what is published
                if await projected(conn) == head.size:
                    break
                await asyncio.sleep(0.2)
        begun_kib, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        with timed() as seconds:
            found = await rebuild(settings, lambda done, of: None, verify=True)
        cpu, grown = time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun_kib
    assert found.is_identical, [one.first for one in found.tables if one.differing]
    rows = sum(one.rows for one in found.tables)
    return Figure(
        name="rebuild --verify, every derived row", value=found.size / seconds(), unit="entries/s", limit=hashes_per_s(),
        limit_is="SHA-256 of an entry, 1 core",
        note=f"{found.size:,} entries, {rows:,} rows in {len(found.tables)} tables; {1e6 * cpu / found.size:,.0f} µs CPU each (ours);"
        f" {grown / 1024:,.0f} MB more than before",
    )  # fmt: skip
