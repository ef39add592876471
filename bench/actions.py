"""What may be done about a manifest (``/actions``) over real HTTP, on a log with so many open manifests: 50,000 is what issue and certificate claim.

A third each are issued, under way and received; each question is another manifest, asked by its generator, carrier, receiver or an authority.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.children import Child
from bench.figures import Figure, quantile
from bench.load import FROM, ORIGIN, TO, Load, key_of
from bench.posting import Meter, log_server, post_batches, run
from ledger.times import format_at
from liandan.client.transport import challenge
from liandan.postgres import temporary_directory
from signing.envelope import freeze

ASKED = 2_000
REQUESTS, LIVES = 2, 512
"""Batches under way at a time, and manifests of one batch."""
STATEMENTS = (1, 2, 4)
"""Of a life that stays open: issued, under way, received."""


def measure(manifests: int) -> Iterator[Figure]:
    """One question after the other, so that a wait is what the answer takes."""
    load = Load()
    with temporary_directory() as name, log_server(load, Path(name)) as server:
        fill(server, load, manifests)
        yield run(_asked(server, load, manifests))


def fill(server: Child, load: Load, manifests: int) -> None:
    """So many open manifests."""
    for start in range(0, manifests, REQUESTS * LIVES):
        numbers = range(start, min(manifests, start + REQUESTS * LIVES))
        lives = [load.manifest(number)[: STATEMENTS[number % len(STATEMENTS)]] for number in numbers]
        requests = [[raw for life in lives[at::REQUESTS] for raw in life] for at in range(REQUESTS)]
        run(post_batches(server.url, load, [request for request in requests if request]))


async def _asked(server: Child, load: Load, manifests: int) -> Figure:
    choose = random.Random(11)  # which are asked about
    waits, sizes, meter = list[float](), list[int](), None
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        size = (await client.get("/v1/log")).json()["committed"]
        tokens: dict[str, dict[str, str]] = {}
        for place in range(ASKED):
            number = choose.randrange(manifests)
            lane, chain = load.lanes[number % len(load.lanes)], load.chain_of(number)
            party = choose.choice((lane.generator, lane.carrier, lane.receiver, FROM, TO))
            if party not in tokens:
                tokens[party] = await _token(client, server.url, party)
            sent = {**tokens[party], "Liandan-Now": format_at(load.now_s + 3600), "Prefer": "wait=30"}
            path = f"/v1/manifests/{chain.removeprefix('manifest/')}/actions"
            began = time.perf_counter()
            answer = await client.get(path, headers=sent, params={"min_size": size} if not place else {})
            if meter is None:  # the first has waited for the projections
                meter = Meter(server, ASKED - 1)
            else:
                waits.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text[:500]
            assert answer.json()["possible"], "everybody may do something"
            sizes.append(len(answer.content))
    assert meter is not None, "it was asked"
    ms = [1000 * quantile(waits, share) for share in (0.5, 0.99)]
    return Figure(
        name=f"/actions at {manifests:,} open manifests, p99", value=ms[1], unit="ms",
        note=f"at most 100; p50 {ms[0]:.1f} ms; {len(waits):,} questions; {sorted(sizes)[len(sizes) // 2] / 1024:.0f} KB each, at most {max(sizes) / 1024:.0f}; {meter.read()[1]}",
    )  # fmt: skip


async def _token(client: httpx.AsyncClient, url: str, party: str) -> dict[str, str]:
    login = challenge(ORIGIN, url, key_of(party), int(time.time()) + 3600, ("read",))
    answer = await client.post("/v1/tokens", content=freeze(login))
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}
