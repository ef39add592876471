"""``python -m bench.cosigning``: pairs that sign departures together, all at once, one of each pair slow, while servers die under them.

Two server processes share a database. Of each pair consignor and carrier bring their halves to whichever server answers, the slow one later;
some decline, withdraw, or are overtaken by a void in the same moment. Meanwhile one server after the other is killed, at random or between the
last signature and the log, and started again. In the end: each pair has exactly one entry or an answer that says why, both of a pair were told
the same, nothing waits to be posted, and the audit finds nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bench.campaign import NOW, Server, findings, quiet, server, small_load
from bench.load import LANES, ORIGIN, Load, key_of
from ledger.admission.statement import hash_of
from ledger.publishing.crashpoints import PENDING_POINTS
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from liandan.database import migrate, open_pool
from liandan.identity import Challenge
from liandan.postgres import EmbeddedPostgres, temporary_directory
from signing.envelope import PAYLOAD_LOGIN, PAYLOAD_STATEMENT, Envelope, freeze, parse_envelope, seal

PLANS = ("sign",) * 17 + ("decline", "withdraw", "void")
"""What becomes of a pair, in turn."""
LANES_USED = 4
PATIENCE_S = 120
AGAIN_S = 0.1
POLL_S = 1.0
"""How often somebody who waits asks what became of it."""
REASON = "磅单与填报不符（虚构）"


class Crowd(Struct, frozen=True):
    """How many pairs, how slow the slow one is, how often a server dies."""

    pairs: int = 200
    slow_s: float = 6.0
    kills: int = 6
    seed: int = 1


class Pair(Struct, frozen=True):
    """A departure that two have to sign, and what they mean to do."""

    plan: str
    parties: tuple[str, str]
    depart: Envelope
    void: bytes
    is_first_slow: bool

    @property
    def name(self) -> str:
        """Statement hash of the departure."""
        return hash_of(self.depart)

    def half(self, place: int) -> bytes:
        """What one of them has signed."""
        return freeze(replace(self.depart, signatures=(self.depart.signatures[place],)))


class Doors:
    """The servers as clients reach them: whichever answers."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http, self.urls = http, list[str]()
        self.tokens: dict[str, str] = {}
        self.retries = 0

    async def ask(self, method: str, path: str, party: str = "", content: bytes | None = None) -> httpx.Response:
        """An answer of any server that lives, asked as long as it takes."""
        headers = {"Authorization": f"Bearer {self.tokens[party]}"} if party else {}
        for number in range(100_000):
            try:
                url = self.urls[(hash((party, path)) + number) % len(self.urls)]
                answer = await self._http.request(method, url + path, content=content, headers=headers)
            except httpx.TransportError:
                self.retries += 1
            else:
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
            await asyncio.sleep(AGAIN_S)
        raise AssertionError("no server answers any more")

    async def log_in(self, party: str, url: str) -> None:
        """A token, which every server of the database knows."""
        key = key_of(party)
        nonce, ends = b64encode(random.randbytes(32)).decode(), format_at(int(time.time()) + 3600)
        challenge = Challenge(origin=ORIGIN, audience=url, nonce=nonce, keyid=key.keyid, not_after=ends, scope=("read", "post"))
        answer = await self._http.post(f"{url}/v1/tokens", content=freeze(seal(PAYLOAD_LOGIN, msgspec.json.encode(challenge), [key])))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        self.tokens[party] = answer.json()["token"]


def pairs_of(load: Load, crowd: Crowd, chance: random.Random) -> tuple[list[bytes], list[Pair]]:
    """The issues that are posted before, and the pairs."""
    issues, found, lanes = [], [], len(load.lanes)
    for number in range(crowd.pairs):
        which = number // lanes * LANES + number % lanes
        lane, chain = load.lanes[which % LANES], load.chain_of(which)
        issue, depart, *_ = load.manifest(which)
        issues.append(issue)
        envelope = parse_envelope(depart, payload_type=PAYLOAD_STATEMENT)
        load._heads[chain] = (1, hash_of(parse_envelope(issue, payload_type=PAYLOAD_STATEMENT)))
        void = load.post("manifest.void/1", chain, (lane.generator,), {"reason": "当日无法装运"})
        pair = Pair(PLANS[number % len(PLANS)], (lane.generator, lane.carrier), envelope, void, chance.random() < 0.5)
        found.append(pair)
    return issues, found


class Told(Struct):
    """How a pair ended for one of them: ``entered`` with its index, or why not."""

    state: str
    index: int | None = None


async def one(doors: Doors, pair: Pair, place: int, delay_s: float) -> Told:
    """One of a pair, until he knows how it ended."""
    party, address = pair.parties[place], f"/v1/pending/{pair.name}"
    await asyncio.sleep(delay_s)
    if pair.plan == "decline" and place == 1:
        while (await doors.ask("GET", address, party)).status_code == httpx.codes.NOT_FOUND:  # noqa: ASYNC110  # another process
            await asyncio.sleep(POLL_S)  # nobody declines what he has not seen
        brought = await doors.ask("POST", f"{address}/decline", party, f'{{"reason":"{REASON}"}}'.encode())
    else:
        brought = await doors.ask("POST", "/v1/pending", party, pair.half(place))
    if pair.plan == "withdraw" and place == 0:
        withdrawn = await doors.ask("DELETE", f"{address}/signature", party)
        if withdrawn.status_code != httpx.codes.CONFLICT:
            return Told("withdrawn")  # or was before: the answer to that may have been lost
    while True:
        told = _told(brought, pair, place)
        if told is not None:
            return told
        await asyncio.sleep(POLL_S)
        brought = await doors.ask("GET", address, party)


def _told(answer: httpx.Response, pair: Pair, place: int) -> Told | None:
    """What an answer says of the end; None as long as there is none."""
    said: dict[str, Any] = answer.json()
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        return Told(str(said["code"]))
    if said["state"] == "entered":
        return Told("entered", said["receipt"]["index"]) if "receipt" in said else None
    if said["state"] in ("stale", "refused", "declined"):
        assert said["state"] != "declined" or said["reason"] == REASON
        return Told(said["state"])
    if pair.plan == "withdraw" and place == 1 and said["missing"] == [pair.parties[0]]:
        return Told("waiting")
    return None


async def play(doors: Doors, pair: Pair, crowd: Crowd, chance: random.Random) -> tuple[Told, Told]:
    """Both, one of them slow; a void comes when the slow one signs."""
    slow_s = chance.uniform(0.3, 1.0) * crowd.slow_s
    delays = (slow_s, 0.0) if pair.is_first_slow and pair.plan == "sign" else (0.0, slow_s)

    async def void() -> None:
        await asyncio.sleep(max(0.0, slow_s + chance.uniform(-0.05, 0.05)))
        answer = await doors.ask("POST", "/v1/statements", content=pair.void)
        assert answer.status_code < httpx.codes.BAD_REQUEST or answer.json()["code"] in ("CHAIN_CONFLICT", "VOID_LATE"), answer.text

    first, second, *_ = await asyncio.gather(
        one(doors, pair, 0, delays[0]), one(doors, pair, 1, delays[1]), *([void()] if pair.plan == "void" else [])
    )
    return first, second


async def kill(
    doors: Doors, servers: list[Server], again: Callable[[int], Awaitable[None]], crowd: Crowd, chance: random.Random
) -> Counter[str]:
    """One server after the other dies and comes back, while the crowd signs; how."""
    ways: Counter[str] = Counter()
    for number in range(crowd.kills):
        place = number % len(servers)
        way = (*PENDING_POINTS, "kill -9")[number % 3]
        await asyncio.sleep(crowd.slow_s / (crowd.kills + 1))
        if way in PENDING_POINTS:
            servers[place].arm(way, chance.randint(1, 6))
            for _ in range(100):
                if not servers[place].is_alive:
                    break
                await asyncio.sleep(0.02)
            else:
                way = "kill -9"
        await asyncio.to_thread(servers[place].kill)
        ways[way] += 1
        await again(place)
    return ways


async def crowded(dsn: str, directory: Path, crowd: Crowd) -> tuple[Counter[str], Counter[str], int]:
    """Run it and judge it: ends by plan, kills by way, requests that met a dead server. AssertionError says what is wrong."""
    chance, load = random.Random(crowd.seed), small_load(LANES_USED)
    settings = {"pool_min": 1, "pool_max": 8}
    with ExitStack() as stack:
        servers = [stack.enter_context(server(dsn, directory, settings)) for _ in range(2)]
        async with AsyncExitStack() as closing:
            limits = httpx.Limits(max_connections=100)
            http = await closing.enter_async_context(
                httpx.AsyncClient(timeout=PATIENCE_S, limits=limits, headers={"Liandan-Now": NOW}, trust_env=False)
            )
            doors = Doors(http)
            for started in servers:
                await asyncio.to_thread(started.wait_ready)
            doors.urls = [started.url for started in servers]
            founding, *setup = load.setup()
            assert (await doors.ask("POST", "/v1/statements", content=founding)).status_code < httpx.codes.BAD_REQUEST
            issues, pairs = pairs_of(load, crowd, chance)
            answer = await doors.ask("POST", "/v1/statements/batch", content=b"\n".join([*setup, *issues]))
            assert answer.text.count('"status":201') == len(setup) + len(issues), answer.text[-300:]
            for party in sorted({party for pair in pairs for party in pair.parties}):
                await doors.log_in(party, doors.urls[0])

            async def again(place: int) -> None:
                servers[place] = stack.enter_context(server(dsn, directory, settings))
                await asyncio.to_thread(servers[place].wait_ready)
                doors.urls[place] = servers[place].url

            killing = asyncio.create_task(kill(doors, servers, again, crowd, chance))
            ends = await asyncio.gather(*(play(doors, pair, crowd, chance) for pair in pairs))
            ways = await killing
            pool = await open_pool(dsn, min_size=1, max_size=2)
            closing.push_async_callback(pool.close)
            await _judge(pool, directory, pairs, ends)
            return (
                Counter(f"{pair.plan}: {one.state}, {two.state}" for pair, (one, two) in zip(pairs, ends, strict=True)),
                ways,
                doors.retries,
            )


async def _judge(pool: asyncpg.Pool, directory: Path, pairs: list[Pair], ends: list[tuple[Told, Told]]) -> None:
    """Exactly one entry, or a reason; both were told the same; nothing is left to be posted; nothing for the audit to find."""
    async with asyncio.timeout(PATIENCE_S):
        while await pool.fetchval("SELECT count(*) FROM pending WHERE state = 'complete'"):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(AGAIN_S)
    for pair, told in zip(pairs, ends, strict=True):
        rows = await pool.fetch("SELECT idx FROM link WHERE hash = $1", bytes.fromhex(pair.name))
        entries = [row["idx"] for row in rows]
        indices = {one.index for one in told if one.index is not None}
        assert len(entries) <= 1, f"{pair.name} has {len(entries)} entries"
        assert indices <= set(entries), (pair.name, told, entries)
        if pair.plan == "sign":
            assert [one.index for one in told] == entries * 2, (pair.name, told, entries)
        elif not entries:
            assert all(one.index is None for one in told), (pair.name, told)
    size, files = await pool.fetchval("SELECT size FROM log_head"), LogFiles(directory / "log", directory / "entries")
    async with asyncio.timeout(PATIENCE_S):
        while (note := files.read("checkpoint")) is None or note.split(b"\n")[1] != str(size).encode():  # noqa: ASYNC110
            await asyncio.sleep(AGAIN_S)
    found = await findings(pool, files)
    assert found == [], found[:3]


def main() -> None:
    """Run a crowd and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.cosigning", description=__doc__)
    for name, value in (("pairs", 200), ("kills", 6), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--slow", type=float, default=6.0, help="seconds of the slow one, at most")
    options = parser.parse_args()
    quiet()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="liandan-cosigning-") as directory,
        temporary_directory() as made,
        EmbeddedPostgres(made) as postgres,
    ):
        asyncio.run(_run(postgres.dsn, Path(directory), Crowd(options.pairs, options.slow, options.kills, options.seed)))
    print(f"{time.monotonic() - begun:,.0f} s")


async def _run(dsn: str, directory: Path, crowd: Crowd) -> None:
    await migrate(dsn)
    ends, ways, retries = await crowded(dsn, directory, crowd)
    for end, count in sorted(ends.items()):
        print(f"{count:6,} × {end}")
    for way, count in sorted(ways.items()):
        print(f"{count:6,} × died by {way}")
    print(f"{sum(ends.values()):,} pairs, each with one entry or an answer that says why; {retries:,} requests met a dead server")


if __name__ == "__main__":
    main()
