"""What waits for a party (``/v1/work``) and the search for what is overdue, over real HTTP, on a log with so many open manifests: 50,000 is what
issue and certificate claim.

A quarter each are issued, under way, arrived and received, posted over a week; sixteen generators, carriers and receivers have them, so that each
party's list is of some thousands. Asked are the first page and pages from the middle, three months later, when nearly all is overdue, and on the
day.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.children import Child
from bench.figures import Figure, quantile
from bench.load import FROM, ORIGIN, TO, Load, key_of
from bench.posting import Meter, log_server, post_batches, run
from ledger.times import DAY_S, format_at
from liandan.client.transport import challenge
from liandan.postgres import temporary_directory
from signing.envelope import freeze

ASKED = 1_000
REQUESTS, LIVES = 2, 512
"""Batches under way at a time, and manifests of one batch."""
STATEMENTS = (1, 2, 3, 4)
"""Of a life that stays open: issued, under way, arrived, received."""
MOMENTS = {"on the day": 0, "three months later": 90 * DAY_S}


def measure(manifests: int) -> Iterator[Figure]:
    """One question after the other, so that a wait is what the answer takes."""
    load = Load()
    with temporary_directory() as name, log_server(load, Path(name)) as server:
        fill(server, load, manifests)
        for path in ("/v1/work", "/v1/work?overdue=true", "/v1/manifests?overdue=true"):
            for said, later_s in MOMENTS.items():
                yield run(_asked(server, load, path, f"{path} {said}, {manifests:,} open manifests", load.now_s + later_s))


def fill(server: Child, load: Load, manifests: int) -> None:
    """So many open manifests, over a week of the log's own clock."""
    steps = max(1, manifests // (REQUESTS * LIVES))
    for start in range(0, manifests, REQUESTS * LIVES):
        numbers = range(start, min(manifests, start + REQUESTS * LIVES))
        lives = [load.manifest(number)[: STATEMENTS[number // len(load.lanes) % len(STATEMENTS)]] for number in numbers]
        requests = [[raw for life in lives[at::REQUESTS] for raw in life] for at in range(REQUESTS)]
        run(post_batches(server.url, load, [request for request in requests if request]))
        load.now_s += 7 * DAY_S // steps


async def _asked(server: Child, load: Load, path: str, name: str, now_s: int) -> Figure:
    choose = random.Random(11)  # who asks, and for which page
    waits, rows, cursors = list[float](), 0, dict[str, str | None]()
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        size = (await client.get("/v1/log")).json()["committed"]
        parties = [*(party for lane in load.lanes for party in (lane.generator, lane.carrier, lane.receiver)), *(FROM, TO) * 4]
        tokens = {party: await token_of(client, server.url, party) for party in set(parties)}
        sent = {"Liandan-Now": format_at(now_s), "Prefer": "wait=60"}
        await client.get(path, headers={**sent, **tokens[FROM]}, params={"min_size": size})  # waits for the projections
        meter = Meter(server, ASKED)
        for _ in range(ASKED):
            party = choose.choice(parties)
            asked: dict[str, Any] = {"cursor": cursors[party]} if cursors.get(party) else {}
            began = time.perf_counter()
            answer = await client.get(path, headers={**sent, **tokens[party]}, params=asked)
            waits.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text[:500]
            found = answer.json()
            cursors[party] = found["next"]
            rows += len(found["items" if "items" in found else "manifests"])
    ms = [1000 * quantile(waits, share) for share in (0.5, 0.99)]
    return Figure(
        name=f"{name}, p99", value=ms[1], unit="ms",
        note=f"at most 100; p50 {ms[0]:.1f} ms; {ASKED:,} pages of {rows / ASKED:.0f} on average; {meter.read()[1]}",
    )  # fmt: skip


async def token_of(client: httpx.AsyncClient, url: str, party: str) -> dict[str, str]:
    """The header of a party that has logged in to read."""
    login = challenge(ORIGIN, url, key_of(party), int(time.time()) + 3600, ("read",))
    answer = await client.post("/v1/tokens", content=freeze(login))
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}
