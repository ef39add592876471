"""``POST /v1/checks`` at 500 questions a second, on a log whose lists have 10,000 rows and which has 5,000 approvals; and the check by itself.

Questions come at their time whether the one before is answered or not, and a wait counts from that time: a server that falls behind is seen.
Rows and approvals are multiplied from one real list row and one real approval in the facts; every question names another approval.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from msgspec.structs import replace

from bench.children import Child
from bench.figures import Figure, quantile
from bench.load import FROM, Load
from bench.posting import Meter, log_server, post_batches, run
from bench.wire import Wire
from bench.work import token_of
from ledger.model import Account, Head, account_key, chain_key
from ledger.times import format_at
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.wiring import KINDS
from whitelist.approval import ListingRef
from whitelist.fields import Scope
from whitelist.listing import ListRow, ListState
from whitelist.quota import q1_account

LISTS, ROWS, APPROVALS = 5, 2_000, 5_000
RATE, SECONDS, CONNECTIONS = 500, 20, 64


def measure(manifests: int) -> Iterator[Figure]:
    """Questions of the present; then of a past of so many manifests."""
    load = Load()
    with temporary_directory() as name:
        directory = Path(name)
        with log_server(load, directory) as server:
            found = run(_filled(directory, load))
            bodies = _bodies(load)
            questions = [_question(load, bodies, number, approval) for number, approval in enumerate(found)]
            yield run(_in_turn(server, load, questions))
            yield run(_asked(server, load, questions, "one transfer, admissible"))
            refused = [_question(load, bodies, number, approval, mass_t="20000") for number, approval in enumerate(found)]
            yield run(_asked(server, load, refused, "one transfer, refused"))
            thousand = json.dumps({"transfers": [json.loads(raw)["transfers"][0] for raw in questions[:1000]]}, ensure_ascii=False).encode()
            yield run(_once(server, load, "1,000 transfers in their order", thousand))
            some = json.dumps(json.loads(questions[0]) | {"alternatives": 5}, ensure_ascii=False).encode()
            yield run(_once(server, load, "one transfer with alternatives", some))
            lives = [load.manifest(number) for number in range(manifests)]
            run(post_batches(server.url, load, [[raw for life in lives for raw in life]]))
            lane = load.lanes[0]
            then = bodies[0] | {"generator": lane.generator, "approval": lane.approval}
            size = 8 * len(load.lanes) + 1 + 6 * manifests
            yield run(
                _once(server, load, f"one transfer as of {size:,} entries", json.dumps({"transfers": [then], "as_of": size}).encode())
            )


async def _filled(directory: Path, load: Load) -> list[str]:
    """Lists and approvals beside the real ones: names of the approvals."""
    conn = await asyncpg.connect(EmbeddedPostgres(directory / "data").dsn)
    try:
        raw = await conn.fetchval("SELECT value FROM fact WHERE key = $1", chain_key(load.lanes[0].approval))
        one = KINDS.decode(chain_key(load.lanes[0].approval), raw)
        facts: list[tuple[str, bytes]] = []
        names: list[str] = []
        for at in range(LISTS):
            chain = f"list/2026-51-50-b{at}"
            facts.append((chain_key(chain), KINDS.encode(Head(4, sha256(chain.encode()).hexdigest(), 10, _list(load)))))
        for number in range(APPROVALS):
            lane = load.lanes[number % len(load.lanes)]
            chain, ref = (
                f"approval/{lane.generator}/7{number:025}",
                ListingRef(list=f"list/2026-51-50-b{number % LISTS}", row=number % ROWS),
            )
            lines = tuple(replace(line, listing=ref, mass_g=10**10) for line in one.state.lines)
            state = replace(one.state, receiver=lane.receiver, permit=lane.permit, root=lane.permit, lines=lines, route="LISTED")
            facts.append((chain_key(chain), KINDS.encode(replace(one, state=state))))
            facts.append((account_key(q1_account(ref.list, ref.row)), KINDS.encode(Account(10, 1_000_000))))
            names.append(chain)
        await conn.executemany("INSERT INTO fact VALUES ($1, $2) ON CONFLICT DO NOTHING", facts)
        await conn.execute("VACUUM ANALYZE fact")
        return names
    finally:
        await conn.close()


def _list(load: Load) -> ListState:
    """A list of 2,000 rows in force."""
    rows = tuple(
        ListRow(
            receiver=(lane := load.lanes[number % len(load.lanes)]).receiver,
            permit=lane.permit,
            root=lane.permit,
            waste=Scope(category="HW31", scope="INCLUDE", codes=("900-052-31",)),
            methods=("R4",),
            quota_g=10**12 + number,
        )
        for number in range(ROWS)
    )
    terms = {
        "letter_no": "函〔2026〕1号（虚构）",
        "letter_date": "2025-12-20",
        "effective_from": "2026-01-01",
        "effective_to": "2026-12-31",
    }
    parts = {
        "from_province": "51",
        "to_province": "50",
        "kind": "mutual",
        "suspension_stops": "issue",
        "proposer": FROM,
        "status": "ACTIVE",
    }
    return ListState(year=2026, rows=rows, rows_announced=ROWS, pages_announced=1, pages=1, **terms, **parts)  # type: ignore[arg-type]  # texts of its literals


def _bodies(load: Load) -> list[dict[str, Any]]:
    """What the generator of each lane would issue."""
    lives = [load.manifest(number)[0] for number in range(len(load.lanes))]
    return [json.loads(b64decode(json.loads(life)["payload"]))["body"] for life in lives]


def _question(load: Load, bodies: Sequence[dict[str, Any]], number: int, approval: str, **line: str) -> bytes:
    """A dry run of one transfer."""
    at = number % len(bodies)
    asked = bodies[at] | {"generator": load.lanes[at].generator, "approval": approval}
    asked["lines"] = [asked["lines"][0] | line]
    return json.dumps({"transfers": [asked]}, ensure_ascii=False).encode()


async def _in_turn(server: Child, load: Load, questions: Sequence[bytes]) -> Figure:
    """Some connections, each asking again when it is answered: what a question costs, and the rate that it leaves."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        token = (await token_of(client, server.url, FROM))["Authorization"]
    sent = f"Liandan-Now: {format_at(load.now_s)}\r\nContent-Type: application/json\r\nAuthorization: {token}\r\n"

    async def work(some: Sequence[bytes]) -> None:
        async with Wire(server.url, sent) as wire:
            for raw in some:
                status, answer = await wire.post("/v1/checks", raw)
                assert status == 200, answer[:500]

    await asyncio.gather(*(work(questions[at::8]) for at in range(8)))  # every approval is asked about for the first time
    meter = Meter(server, len(questions))
    await asyncio.gather(*(work(questions[at::8]) for at in range(8)))
    rate, cpu = meter.read()
    return Figure(name="POST /v1/checks, 8 connections in turn", value=rate, unit="/s", note=cpu)


async def _once(server: Child, load: Load, name: str, raw: bytes) -> Figure:
    """Five times the same question, alone; the middle one."""
    waits = list[float]()
    async with httpx.AsyncClient(base_url=server.url, timeout=120, trust_env=False) as client:
        sent = {"Liandan-Now": format_at(load.now_s), **await token_of(client, server.url, FROM)}
        for _ in range(5):
            began = time.perf_counter()
            answer = await client.post("/v1/checks", content=raw, headers=sent)
            waits.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text[:500]
    return Figure(name=f"POST /v1/checks, {name}", value=1000 * quantile(waits, 0.5), unit="ms", note=f"{len(answer.content):,} bytes")


async def _asked(server: Child, load: Load, questions: Sequence[bytes], name: str) -> Figure:
    async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
        token = (await token_of(client, server.url, FROM))["Authorization"]
    sent = f"Liandan-Now: {format_at(load.now_s)}\r\nContent-Type: application/json\r\nAuthorization: {token}\r\n"
    choose, waits, free = random.Random(12), list[float](), asyncio.Queue[Wire]()
    wires = [Wire(server.url, sent) for _ in range(CONNECTIONS)]
    for wire in wires:
        await wire.__aenter__()
        free.put_nowait(wire)

    async def ask(raw: bytes, due: float, kept: list[float]) -> None:
        wire = await free.get()
        status, answer = await wire.post("/v1/checks", raw)
        free.put_nowait(wire)
        kept.append(time.perf_counter() - due)
        assert status == 200, answer[:500]
        assert (b'"admissible":true' in answer) == (b"20000" not in raw), answer[:800]

    async def at_their_time(seconds: float, kept: list[float]) -> None:
        began, running = time.perf_counter(), set[asyncio.Task[None]]()
        for number in range(int(seconds * RATE)):
            due = began + number / RATE
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            running.add(asyncio.create_task(ask(choose.choice(questions), due, kept)))
        await asyncio.gather(*running)

    await at_their_time(2, [])  # the server's pool and caches are warm
    meter = Meter(server, SECONDS * RATE)
    await at_their_time(SECONDS, waits)
    rate, cpu = meter.read()
    for wire in wires:
        await wire.__aexit__(None, None, None)
    p50, p99 = (1000 * quantile(waits, share) for share in (0.5, 0.99))
    return Figure(
        name=f"POST /v1/checks, {name}, p99",
        value=p99,
        unit="ms",
        note=f"at most 20; p50 {p50:.1f} ms; {rate:.0f} of {RATE}/s; {LISTS * ROWS:,} rows, {APPROVALS:,} approvals; {cpu}",
    )
