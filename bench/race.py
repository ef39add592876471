"""``python -m bench.race``: several server processes on one database, rivals for every place of a chain; exactly one of them gets it.

All processes share the database, the files and the checkpoint store: one leads and publishes, the others follow, all of them sequence. At
every (chain, seq) a number of different valid statements are posted at once, each to another process. In the end: one winner per place, the
losers told CHAIN_CONFLICT, indices without a gap, one tree, a clean audit.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx
from msgspec import Struct

from bench.campaign import NOW, Server, findings, quiet, server, small_load
from bench.load import Load, key_of
from ledger.admission.statement import Draft, hash_of
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from liandan.database import migrate, open_pool
from liandan.postgres import EmbeddedPostgres, temporary_directory
from signing.envelope import Envelope, freeze
from signing.possession import register

WON = (200, 201, 202)
PATIENCE_S = 60


class Shape(Struct, frozen=True):
    """How large a race is."""

    processes: int = 8
    chains: int = 4
    places: int = 250
    rivals: int = 8

    @property
    def statements(self) -> int:
        """Competing statements altogether."""
        return self.chains * self.places * self.rivals


class Runner:
    """One party's chain: at every place its rivals, each with another new key."""

    def __init__(self, load: Load, party: str, found: str, prev: str) -> None:
        self._load, self._party, self._found = load, party, found
        self.chain, self.seq, self.prev = f"party/{party}", 1, prev
        self.winners: list[str] = []

    def rivals(self, count: int) -> list[Envelope]:
        """Different statements for the next place, all valid."""
        envelopes = []
        for number in range(count):
            body = {"key": register(key_of(f"{self._party} {self.seq} {number}"), self._found, self._party)}
            at = format_at(self._load.now_s)
            draft = Draft(kind="key.add/1", chain=self.chain, seq=self.seq, prev=self.prev, by=(self._party,), at=at, body=body)
            envelopes.append(draft.sign([key_of(self._party)]))
        return envelopes

    async def run(self, clients: list[httpx.AsyncClient], shape: Shape, codes: Counter[str]) -> None:
        """All places, one after the other; what the losers were told is counted."""
        for place in range(shape.places):
            rivals = self.rivals(shape.rivals)
            answers = await asyncio.gather(*(_post(clients[(place + n) % len(clients)], rival) for n, rival in enumerate(rivals)))
            won = [rival for rival, answer in zip(rivals, answers, strict=True) if answer.status_code in WON]
            assert len(won) == 1, f"{len(won)} winners at {self.chain} {self.seq}: {[answer.text[:300] for answer in answers]}"
            codes.update(answer.json()["code"] for answer in answers if answer.status_code not in WON)
            self.prev, self.seq = hash_of(won[0]), self.seq + 1
            self.winners.append(self.prev)


async def _post(client: httpx.AsyncClient, envelope: Envelope) -> httpx.Response:
    while True:
        answer = await client.post("/v1/statements", content=freeze(envelope), headers={"Prefer": "respond-async"})
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(0.05)


async def race(dsn: str, directory: Path, shape: Shape) -> Counter[str]:
    """Run it and judge it; codes that losers got. AssertionError says what is wrong."""
    load = small_load(shape.chains)
    codes: Counter[str] = Counter()
    async with AsyncExitStack() as stack:
        processes = [stack.enter_context(server(dsn, directory, {"pool_min": 1, "pool_max": 4})) for _ in range(shape.processes)]
        clients = [await stack.enter_async_context(await _client(process)) for process in processes]
        for raw in load.setup():
            answer = await clients[0].post("/v1/statements", content=raw, headers={"Prefer": "respond-async"})
            assert answer.status_code in WON, answer.text
        pool = await open_pool(dsn, min_size=1, max_size=2)
        stack.push_async_callback(pool.close)
        heads = {row["chain"]: row["hash"].hex() for row in await pool.fetch("SELECT chain, hash FROM link WHERE seq = 0")}
        parties = [lane.generator for lane in load.lanes]
        runners = [Runner(load, party, heads["log/main"], heads[f"party/{party}"]) for party in parties]
        await asyncio.gather(*(runner.run(clients, shape, codes) for runner in runners))
        await _judge(pool, directory, clients, runners)
    assert codes == Counter({"CHAIN_CONFLICT": shape.statements - shape.chains * shape.places}), codes
    return codes


async def _client(process: Server) -> httpx.AsyncClient:
    await asyncio.to_thread(process.wait_ready)
    return httpx.AsyncClient(base_url=process.url, timeout=PATIENCE_S, headers={"Liandan-Now": NOW}, trust_env=False)


async def _judge(pool: asyncpg.Pool, directory: Path, clients: list[httpx.AsyncClient], runners: list[Runner]) -> None:
    """One winner per place in the log too, no gap, the same checkpoint from every process, nothing for the audit to find."""
    size = await pool.fetchval("SELECT size FROM log_head")
    async with asyncio.timeout(PATIENCE_S):
        while any(note.split("\n")[1] != str(size) for note in await _shown(clients)):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(0.05)
    notes = await _shown(clients)
    assert len({tuple(note.split("\n")[:3]) for note in notes}) == 1, notes
    assert [row["idx"] for row in await pool.fetch("SELECT idx FROM entry ORDER BY idx")] == list(range(size))
    assert await pool.fetchval("SELECT count(*) FROM link") == size
    for runner in runners:
        rows = await pool.fetch("SELECT hash FROM link WHERE chain = $1 AND seq > 0 ORDER BY seq", runner.chain)
        assert [row["hash"].hex() for row in rows] == runner.winners
    found = await findings(pool, LogFiles(directory / "log", directory / "entries"))
    assert found == [], found[:3]


async def _shown(clients: list[httpx.AsyncClient]) -> list[str]:
    return [(await client.get("/checkpoint")).text for client in clients]


def main() -> None:
    """Run a race and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.race", description=__doc__)
    for name, value in (("processes", 8), ("chains", 2), ("places", 25), ("rivals", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    quiet()
    shape = Shape(options.processes, options.chains, options.places, options.rivals)
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="liandan-race-") as directory,
        temporary_directory() as made,
        EmbeddedPostgres(made) as postgres,
    ):
        asyncio.run(_migrated(postgres.dsn, Path(directory), shape))
    places = shape.chains * shape.places
    print(
        f"{shape.statements:,} competing statements on {shape.chains} chains over {shape.processes} processes: {places:,} places,"
        f" one winner each, no gap, one tree; {time.monotonic() - begun:,.0f} s"
    )


async def _migrated(dsn: str, directory: Path, shape: Shape) -> None:
    await migrate(dsn)
    await race(dsn, directory, shape)


if __name__ == "__main__":
    main()
