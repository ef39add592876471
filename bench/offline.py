"""``python -m bench.offline``: random schedules of three devices that go offline and online; nothing is lost, nothing is entered twice.

Each log has a server of its own over HTTP and some hundred schedules (``bench.fleet``), then both auditors read all of it: the product's own
over database and files, and the second one, of the standard library, over the export.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from bench.campaign import findings, quiet, server, small_load
from bench.devices import World
from bench.fleet import schedule
from bench.load import ORIGIN
from ledger.admission.statement import hash_of
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import log_vkeys
from liandan.client import AsyncLiandan, Receipt, Trust
from liandan.database import migrate, open_pool
from liandan.export import export
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope

LANES_USED = 4
STEPS = 80
PATIENCE_S = 120
AUDITOR = Path(__file__).resolve().parents[1] / "docs" / "auditor" / "liandan_audit.py"


async def prepared(stack: AsyncExitStack, url: str, dsn: str) -> World:
    """A founded log with parties, decisions and phones."""
    pool = await stack.enter_async_context(await open_pool(dsn, min_size=1, max_size=2))
    load = small_load(LANES_USED)
    world = World(url=url, trust=Trust(origin=ORIGIN, found="", log_keys=()), load=load, pool=pool, now_s=load.now_s)
    founding, *rest = [parse_envelope(raw, payload_type=PAYLOAD_STATEMENT) for raw in world.setup(LANES_USED)]
    world.trust = Trust(origin=ORIGIN, found=hash_of(founding), log_keys=log_vkeys(ORIGIN, [load.log_key]))
    async with AsyncLiandan(url, trust=world.trust) as client:
        client.set_now(world.now_s)
        await client.post(founding)
        assert all(isinstance(answer, Receipt) for answer in await client.post_batch(rest))
    return world


async def close(world: World) -> None:
    """Close the clients of the parties."""
    for client in world.clients.values():
        await client.close()


async def audited(world: World, files: LogFiles, directory: Path) -> int:
    """Both auditors find nothing; the size of the log."""
    size = await world.pool.fetchval("SELECT size FROM log_head")
    async with asyncio.timeout(PATIENCE_S):
        while (note := files.read("checkpoint")) is None or note.split(b"\n")[1] != str(size).encode():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    found = await findings(world.pool, files)
    assert found == [], found[:3]

    async def fetch(path: str) -> bytes:
        content = files.read(path)
        assert content is not None, path
        return content

    await export(fetch, list(files.archived_sizes()), directory, KINDS, lambda done, of: None)
    told = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(AUDITOR), str(directory), "--pin", world.trust.found],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    return int(size)


async def campaign(dsn: str, directory: Path, schedules: int, seed: int) -> tuple[Counter[str], int]:
    """Schedules on one log, one after the other, and its audit."""
    with server(dsn, directory, {"pool_min": 1, "pool_max": 6}) as started:
        await asyncio.to_thread(started.wait_ready)
        async with AsyncExitStack() as stack:
            world = await prepared(stack, started.url, dsn)
            stack.push_async_callback(close, world)
            for number in range(schedules):
                root = directory / "devices" / str(number)
                try:
                    await schedule(world, root, random.Random(f"{seed} {number}"), STEPS)
                except Exception as error:  # whatever it is, it is told by which schedule it comes again
                    error.add_note(f"seed {seed}, schedule {number}")
                    raise
            size = await audited(world, LogFiles(directory / "log", directory / "entries"), directory / "export")
            return world.counted, size


def main() -> None:
    """Run the schedules and print what they came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.offline", description=__doc__)
    for name, value in (("logs", 10), ("schedules", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    quiet()
    begun, counted, sizes = time.monotonic(), Counter[str](), 0
    for number in range(options.logs):
        with (
            tempfile.TemporaryDirectory(prefix="liandan-offline-") as made,
            temporary_directory() as kept,
            EmbeddedPostgres(kept) as postgres,
        ):
            asyncio.run(migrate(postgres.dsn))
            more, size = asyncio.run(campaign(postgres.dsn, Path(made), options.schedules, options.seed + number))
        counted, sizes = counted + more, sizes + size
        print(f"{(number + 1) * options.schedules:,} schedules, {sizes:,} entries, {time.monotonic() - begun:,.0f} s", flush=True)
    for what, count in sorted(counted.items()):
        print(f"{count:8,} × {what}")
    print("nothing lost, nothing twice, nothing for either auditor to find")


if __name__ == "__main__":
    main()
