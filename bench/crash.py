"""``python -m bench.crash``: kill the server at every crash point and at random, stop PostgreSQL at once; nothing answered is lost.

Clients post whole lives of manifests over HTTP and keep every 201. After each kill the server starts again and must show: every 201's entry
at its index with the same bytes, no index used twice, a checkpoint that extends every checkpoint seen before, a clean audit. The log has a
witness that remembers and no checkpoint without it. Kills come in rounds of at most 25, each on a fresh log, so that an audit stays small;
``--minutes`` bounds the whole, ``--state`` goes on where an earlier run stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import tempfile
import time
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
from msgspec import Struct, field

from bench.campaign import NOW, POLICY, Server, findings, lives, quiet, server, small_load, witness
from bench.children import publisher_of
from ledger.publishing.crashpoints import POINTS
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import Checkpoint, parse_checkpoint
from ledger.tree.merkle import range_root
from ledger.tree.note import parse_note
from ledger.tree.tiles import TileReader
from liandan.database import migrate, open_pool
from liandan.postgres import EmbeddedPostgres, temporary_directory

LANES = 4
ROUND = 25
PUBLISHER = "kill -9 of the publisher's process"
WAYS = (*POINTS, "kill -9", "postgres -m immediate", PUBLISHER)
"""How a round dies, in turn."""
PATIENCE_S = 30


class Promised(Struct):
    """What clients and outsiders hold against the log."""

    entries: dict[bytes, bytes] = field(default_factory=dict)
    """Entry by envelope, of every 201 and 200."""
    notes: list[Checkpoint] = field(default_factory=list)
    """Every checkpoint seen."""


class Tally(Struct):
    """What a campaign has come to."""

    kills: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    seconds: float = 0.0


class Client:
    """Posts statements in order, one after the other; goes on with the same statement after a crash."""

    def __init__(self, queue: list[bytes], promised: Promised) -> None:
        self.queue, self._promised = queue, promised

    async def post(self, http: httpx.AsyncClient, server: Server) -> None:
        """Until the queue is empty or the server is gone."""
        while self.queue and server.is_alive:
            try:
                answer = await http.post("/v1/statements", content=self.queue[0])
            except httpx.TransportError:
                await asyncio.sleep(0.01)
                continue
            if answer.status_code in (200, 201):
                self._keep(self.queue.pop(0), b64decode(answer.json()["entry"]))
            else:
                assert answer.status_code in (202, 503), answer.text
                await asyncio.sleep(0.02)

    def _keep(self, envelope: bytes, entry: bytes) -> None:
        known = self._promised.entries.setdefault(envelope, entry)
        assert known == entry, "one statement was answered with two entries"


class Round:
    """One log from its founding to its last kill."""

    def __init__(self, postgres: EmbeddedPostgres, dsn: str, directory: Path, address: str, chance: random.Random) -> None:
        self._postgres, self._dsn, self._directory, self._chance = postgres, dsn, directory, chance
        self._settings = {"witnesses": f"campaign={address}"}
        self.promised = Promised()
        load = small_load(LANES, POLICY)
        self._setup = Client(list(load.setup()), self.promised)
        queues: list[list[bytes]] = [[] for _ in range(LANES)]
        for number, life in enumerate(lives(load, LANES * 40)):
            queues[number % LANES] += life
        self._clients = [Client(queue, self.promised) for queue in queues]

    async def die(self, way: str) -> None:
        """Start, prove that nothing was lost, work, die."""
        settings = self._settings | {"publisher": "process" if way == PUBLISHER else "task"}
        with server(self._dsn, self._directory, settings) as running:
            await asyncio.to_thread(running.wait_ready)
            async with httpx.AsyncClient(base_url=running.url, timeout=PATIENCE_S, headers={"Liandan-Now": NOW}, trust_env=False) as http:
                await self._setup.post(http, running)
                await self.verify()
                work = [asyncio.create_task(client.post(http, running)) for client in self._clients]
                if way in POINTS:
                    running.arm(way, self._chance.randint(1, 4))
                    await self._until(lambda: not running.is_alive)
                elif way == "kill -9":
                    await asyncio.sleep(self._chance.uniform(0.02, 0.3))
                elif way == PUBLISHER:
                    await self._kill_publisher(running)
                else:
                    await self._stop_postgres()
                running.kill()
                await asyncio.gather(*work)

    async def _stop_postgres(self) -> None:
        """What ``pg_ctl -m immediate`` does, under load; the server must find the database again by itself."""
        await asyncio.sleep(self._chance.uniform(0.02, 0.2))
        [pid_file] = self._postgres.data_dir.glob("postgres/pg*/postmaster.pid")
        pid = int(pid_file.read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGQUIT)
        await self._until(lambda: not Path(f"/proc/{pid}/cwd").exists() or not pid_file.exists())
        again = EmbeddedPostgres(self._postgres.data_dir)
        await asyncio.to_thread(again.start)
        await self._goes_on()
        await asyncio.to_thread(again.stop)

    async def _kill_publisher(self, running: Server) -> None:
        """The server lives, starts another publisher and goes on."""
        await asyncio.sleep(self._chance.uniform(0.02, 0.3))
        publisher = publisher_of(running.pid)
        assert publisher is not None
        os.kill(publisher, signal.SIGKILL)
        await self._until(lambda: publisher_of(running.pid) not in (None, publisher))
        await self._goes_on()

    async def _goes_on(self) -> None:
        """More statements are answered."""
        before = len(self.promised.entries)
        await self._until(lambda: len(self.promised.entries) > before)

    @staticmethod
    async def _until(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110  # a process that ends has no event
                await asyncio.sleep(0.01)

    async def verify(self) -> None:
        """Nothing promised is lost, nothing contradicts what was seen. AssertionError says what does."""
        files = LogFiles(self._directory / "log", self._directory / "entries")
        pool = await open_pool(self._dsn, min_size=1, max_size=2)
        try:
            size = await self._published(pool, files)
            rows = await pool.fetch("SELECT idx, entry FROM entry WHERE idx < $1", size)
            stored = {bytes(row["entry"]): row["idx"] for row in rows}
            assert len(stored) == len(rows) == size, "an index is missing or used twice"
            for entry in self.promised.entries.values():
                assert stored.get(entry) == json.loads(entry)["admission"]["index"], "an answered entry is lost or has moved"
            reader = TileReader(size, files.read)
            for seen in self.promised.notes:
                assert seen.size <= size, f"the log has shrunk from {seen.size} to {size}"
                assert range_root(0, seen.size, reader.hash_at) == seen.root, f"a fork at size {seen.size}"
            found = await findings(pool, files)
            assert found == [], found[:3]
        finally:
            await pool.close()

    async def _published(self, pool: asyncpg.Pool, files: LogFiles) -> int:
        """Wait until everything committed is published; keep that checkpoint. Its size."""
        committed = await pool.fetchval("SELECT size FROM log_head") or 0

        def newest() -> Checkpoint | None:
            note = files.read("checkpoint")
            return None if note is None else parse_checkpoint(parse_note(note)[0])

        await self._until(lambda: committed == 0 or ((found := newest()) is not None and found.size >= committed))
        found = newest()
        if found is not None:
            self.promised.notes.append(found)
        return 0 if found is None else found.size


@asynccontextmanager
async def _round(postgres: EmbeddedPostgres, number: int, chance: random.Random) -> AsyncIterator[Round]:
    name = f"crash_{number}_{os.getpid()}"
    dsn = postgres.create_database(name)
    await migrate(dsn)
    with tempfile.TemporaryDirectory(prefix="liandan-crash-") as directory:
        async with witness(Path(directory)) as address:
            yield Round(postgres, dsn, Path(directory), address, chance)


async def campaign(postgres: EmbeddedPostgres, ways: list[str], tally: Tally, *, seed: int, ends: float) -> None:
    """Die in each of ``ways`` in turn, in rounds, until monotonic time ``ends``; what was done is added to ``tally``."""
    chance = random.Random(seed)
    while ways and time.monotonic() < ends:
        begun = time.monotonic()
        async with _round(postgres, len(ways), chance) as log:
            batch = ways[:ROUND]
            for way in batch:
                await log.die(way)
                ways.pop(0)
                tally.kills[way] += 1
                if time.monotonic() >= ends:
                    break
            with server(log._dsn, log._directory, log._settings) as running:
                await asyncio.to_thread(running.wait_ready)
                await log.verify()
            tally.answers += len(log.promised.entries)
        tally.seconds += time.monotonic() - begun


def ways_of(kills: int) -> list[str]:
    """Each way in turn."""
    return [WAYS[number % len(WAYS)] for number in range(kills)]


def main() -> None:
    """Run a campaign and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=len(WAYS), help="1000 in the long mode")
    parser.add_argument("--minutes", type=float, default=120, help="stop after this time; --state goes on from there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="JSON file that remembers the kills done")
    options = parser.parse_args()
    quiet()
    done = json.loads(options.state.read_text()) if options.state and options.state.exists() else {"kills": {}, "answers": 0, "seconds": 0}
    tally = Tally(Counter(done["kills"]), done["answers"], done["seconds"])
    ways = ways_of(options.kills)[tally.kills.total() :]
    try:
        with temporary_directory() as directory, EmbeddedPostgres(directory) as postgres:
            ends = time.monotonic() + 60 * options.minutes
            asyncio.run(campaign(postgres, ways, tally, seed=options.seed + tally.kills.total(), ends=ends))
    finally:
        if options.state:
            options.state.write_text(json.dumps({"kills": tally.kills, "answers": tally.answers, "seconds": tally.seconds}))
    for way, count in sorted(tally.kills.items()):
        print(f"{count:6,} × {way}")
    print(
        f"{tally.kills.total():,} kills, {tally.answers:,} answered statements, none lost, no fork, no index twice; {tally.seconds:,.0f} s"
    )


if __name__ == "__main__":
    main()
