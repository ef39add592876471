"""``python -m bench webhooks``: 10,000 notices through a receiver that fails half the time and a server that is killed ten times.

Each must be accepted at least once, in the order of its chain, and every request that came, accepted or not, must verify with a library that
is not ours. Then what webhooks cost those who admit: CPU of the server's loop per statement without and with a webhook, in turn.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx
from msgspec import Struct

from bench.campaign import NOW, Server, lives, quiet, server, small_load
from bench.children import Child
from bench.figures import Figure
from bench.load import FROM, ORIGIN, Load, key_of
from bench.posting import log_server, post_batches, run
from bench.webhook_receiver import FailingReceiver, judge, receiving, verify
from liandan.client.transport import challenge
from liandan.database import migrate
from liandan.postgres import EmbeddedPostgres, temporary_directory
from signing.envelope import freeze

DELIVERIES, KILLS, LANES = 10_000, 10, 4
CHUNK = 300
PATIENCE_S, PING_S = 3600, 30
SETTINGS: dict[str, object] = {"webhook_networks": "127.0.0.0/8", "webhook_retry_ms": 20}
ROUNDS = 6
"""Pairs of the second part."""


class Told(Struct, frozen=True):
    """What a campaign has come to."""

    deliveries: int
    kills: int
    answers: Counter[str]
    seconds: float


async def _token(client: httpx.AsyncClient) -> dict[str, str]:
    """A token of an authority."""
    url = str(client.base_url).rstrip("/")
    login = challenge(ORIGIN, url, key_of(FROM), int(time.time()) + 3600, ("read", "post"))
    answer = await client.post("/v1/tokens", content=freeze(login))
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def subscribe(url: str, target: str) -> tuple[dict[str, str], str]:
    """A confirmed webhook of an authority, from entry 0 on; its token and id."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
        token = await _token(client)
        made = await client.post("/v1/webhooks", json={"url": target, "from_index": 0}, headers=token)
        assert made.status_code == 201, made.text
        name = made.json()["id"]
        while (await client.get(f"/v1/webhooks/{name}", headers=token)).json()["state"] != "active":  # noqa: ASYNC110  # it is on a server
            await asyncio.sleep(0.05)
        return token, name


async def _post(running: Server, raws: list[bytes]) -> None:
    """All statements in order, again from the first after a kill: what is there is answered with 200."""
    sent = {"Liandan-Now": NOW, "Content-Type": "application/x-ndjson", "Prefer": "wait=30"}
    with suppress(httpx.TransportError):
        async with httpx.AsyncClient(base_url=running.url, headers=sent, trust_env=False, timeout=120) as client:
            for start in range(0, len(raws), CHUNK):
                answer = await client.post("/v1/statements/batch", content=b"\n".join(raws[start : start + CHUNK]))
                assert b'"refused":0' in answer.content, answer.text[-500:]


async def campaign(postgres: EmbeddedPostgres, *, deliveries: int, kills: int, seed: int, worker: str = "process") -> Told:
    """Deliver, be killed, deliver on; AssertionError for what was promised and not kept."""
    began, chance = time.monotonic(), random.Random(seed)
    load = small_load(LANES)
    setup = list(load.setup())
    raws = [*setup, *(raw for life in lives(load, deliveries) for raw in life)][:deliveries]
    dsn = postgres.create_database(f"webhooks_{seed}_{deliveries}")
    await migrate(dsn)
    with tempfile.TemporaryDirectory(prefix="liandan-webhooks-") as directory:
        async with receiving(chance) as receiver, asyncio.timeout(PATIENCE_S):
            name = ""
            for number in range(kills + 1):
                with server(dsn, Path(directory), {**SETTINGS, "webhooks": worker}) as running:
                    await asyncio.to_thread(running.wait_ready)
                    if number == 0:
                        await _post(running, setup[:1])
                        _, name = await subscribe(running.url, receiver.url)
                    posting = asyncio.create_task(_post(running, raws))
                    await _told(running.url, name, receiver, len(raws) * (number + 1) // (kills + 1))
                    if number == kills:
                        await posting
                    running.kill()
                    await posting
        return Told(len(raws), kills, judge(receiver, await _hashes(dsn)), time.monotonic() - began)


async def _told(url: str, name: str, receiver: FailingReceiver, count: int) -> None:
    """Wait until so many were accepted, and verify what comes before it expires. Whoever failed by chance ten times and more would be left
    alone for minutes, so its owner pings: an answered ping has everything tried at once.
    """
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
        token = await _token(client)
        keys = (await client.get("/.well-known/http-message-signatures-directory")).json()["keys"]
        while len(receiver.accepted) < count:
            with suppress(TimeoutError):
                async with asyncio.timeout(PING_S):
                    await receiver.until(count)
            verify(receiver, keys)
            await client.post(f"/v1/webhooks/{name}/ping", headers=token)
        verify(receiver, keys)


async def _hashes(dsn: str) -> dict[int, str]:
    conn = await asyncpg.connect(dsn)
    try:
        return {row["idx"]: row["hash"].hex() for row in await conn.fetch("SELECT idx, hash FROM link")}
    finally:
        await conn.close()


def measure(manifests: int) -> Iterator[Figure]:
    """Both parts; ``manifests`` of the second."""
    quiet()
    with temporary_directory() as name, EmbeddedPostgres(Path(name), fast=True) as postgres:
        told = asyncio.run(campaign(postgres, deliveries=DELIVERIES, kills=KILLS, seed=1))
    ways = ", ".join(f"{count:,} × {answer}" for answer, count in told.answers.most_common())
    yield Figure(
        name="webhooks: told at least once, in order", value=told.deliveries, unit="notices",
        note=f"{told.kills} × SIGKILL, {told.answers.total():,} requests, all verified by a foreign library ({ways}), {told.seconds:.0f} s",
    )  # fmt: skip
    load = Load()
    with temporary_directory() as name, log_server(load, Path(name), webhook_networks="127.0.0.0/8") as running:
        yield from run(_pairs(running, load, manifests))


async def _pairs(running: Child, load: Load, manifests: int) -> list[Figure]:
    """Statements in batches while the webhook is paused, and while it is told of these and of what came meanwhile, in turn."""
    share = max(1, manifests // (2 * ROUNDS))
    costs, rates, told = {"paused": [0.0], "active": [0.0]}, {"paused": [0.0], "active": [0.0]}, list[float]()
    async with receiving(random.Random(1), never_fails=True) as receiver:
        token, name = await subscribe(running.url, receiver.url)
        async with httpx.AsyncClient(base_url=running.url, headers=token, trust_env=False, timeout=60) as client:
            for number in range(2 * ROUNDS):
                state = ("paused", "active")[number % 2]
                await client.patch(f"/v1/webhooks/{name}", json={"state": state})
                raws = [raw for one in range(share) for raw in load.manifest(number * share + one)]
                accepted, before, start = len(receiver.accepted), running.used(), time.perf_counter()
                await post_batches(running.url, load, [raws])
                rates[state].append(len(raws) / (time.perf_counter() - start))
                costs[state].append(1e6 * (running.used().loop - before.loop) / len(raws))
                if state == "active":
                    size = (await client.get("/v1/log")).json()["size"]
                    await receiver.until(size)
                    told.append((size - accepted) / (time.perf_counter() - start))
    less, more = (statistics.median(costs[state][1:]) for state in ("paused", "active"))
    slow, fast = (statistics.median(rates[state][1:]) for state in ("active", "paused"))
    note = f"{more:.0f} µs of the server's loop per statement while notices are sent, {less:.0f} otherwise; {slow:,.0f} and {fast:,.0f} /s"
    return [
        Figure(name="webhooks: cost of an admission", value=100 * (more / less - 1), unit="%", note=f"{note}; {ROUNDS} pairs in turn"),
        Figure(name="webhooks: notices sent", value=statistics.median(told), unit="/s", note="while statements are admitted; one receiver"),
    ]
