"""A founded log behind real HTTP in a process of its own, and the load that is posted to it from this one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvloop

from bench.children import Child, Used, child
from bench.load import OPERATOR, Load
from bench.wire import Wire
from ledger.times import format_at

SINGLE, BATCH = "/v1/statements", "/v1/statements/batch"
T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    """Run on the loop that the server uses too."""

    async def whole() -> T:
        return await work

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole())


@contextmanager
def log_server(
    load: Load, directory: Path, witnesses: str = "", publisher: str = "process", watched: Path | None = None, webhook_networks: str = ""
) -> Iterator[Child]:
    """The product's server over an empty directory, founded and set up with the load's parties, permits and decisions."""
    options = {
        "directory": str(directory / "data"),
        "operator": OPERATOR,
        "witnesses": witnesses,
        "publisher": publisher,
        "watched": watched and str(watched),
        "webhook_networks": webhook_networks,
    }
    with child("log", options, directory / "server.log") as server:
        found, *setup = load.setup()
        run(post_single(server.url, load, [[found]], 1))
        run(post_batches(server.url, load, [setup]))
        yield server


def headers(load: Load, prefer: str) -> str:
    """The simulated clock, and how long the answer may wait."""
    return f"Liandan-Now: {format_at(load.now_s)}\r\nContent-Type: application/json\r\nPrefer: {prefer}\r\n"


async def post_single(url: str, load: Load, lives: Sequence[Sequence[bytes]], connections: int, prefer: str = "wait=30") -> list[float]:
    """Post lives over some connections, each statement of a life after the answer to the one before; seconds of each."""
    waits: list[float] = []
    waiting = iter(lives)

    async def work(wire: Wire) -> None:
        for life in waiting:
            for raw in life:
                began = time.perf_counter()
                status, answer = await wire.post(SINGLE, raw)
                waits.append(time.perf_counter() - began)
                assert status in ((201,) if prefer.startswith("wait") else (201, 202)), (status, answer[:500])

    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(url, headers(load, prefer))) for _ in range(connections)]
        await asyncio.gather(*map(work, wires))
    return waits


async def post_batches(url: str, load: Load, requests: Sequence[Sequence[bytes]]) -> None:
    """Post NDJSON requests at the same time; every line must be admitted, under one checkpoint."""

    async def work(client: httpx.AsyncClient, lines: Sequence[bytes]) -> None:
        answer = await client.post(BATCH, content=b"\n".join(lines))
        *receipts, end = answer.content.strip().split(b"\n")
        assert answer.status_code == 200, answer.text[:500]
        assert len(receipts) == len(lines), end
        assert b'"refused":0' in end, (end, receipts[0][:500])
        assert b'"checkpoint":null' not in end, end

    sent = {"Liandan-Now": format_at(load.now_s), "Content-Type": "application/x-ndjson", "Prefer": "wait=30"}
    async with httpx.AsyncClient(base_url=url, timeout=120, headers=sent, trust_env=False) as client:
        await asyncio.gather(*(work(client, lines) for lines in requests))


class Meter:
    """Rate and CPU per statement of a block of work."""

    def __init__(self, server: Child, statements: int) -> None:
        self._server, self._statements = server, statements
        self._before, self._own, self._began = server.used(), time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, str]:
        """Statements/s, and CPU in microseconds per statement as text."""
        seconds = time.perf_counter() - self._began
        own, used = time.process_time() - self._own, self._server.used()
        return self._statements / seconds, cpu_text(self._before, used, own, self._statements, seconds)


def cpu_text(before: Used, after: Used, own: float, statements: int, seconds: float) -> str:
    """CPU per statement of server, publisher, PostgreSQL and load generator, and how busy the server's loop was."""
    server, loop = after.process - before.process, after.loop - before.loop
    parts = [f"server {1e6 * server / statements:,.0f}"]
    if before.publisher is not None and after.publisher is not None:
        parts.append(f"publisher {1e6 * (after.publisher - before.publisher) / statements:,.0f}")
    if before.postgres is not None and after.postgres is not None:
        parts.append(f"PostgreSQL {1e6 * (after.postgres - before.postgres) / statements:,.0f}")
    parts.append(f"load {1e6 * own / statements:,.0f}")
    return f"µs CPU each: {', '.join(parts)}; server's loop {loop / seconds:.0%} busy"


def shares(watched: dict[str, Any], at_least: float = 0.02) -> str:
    """Areas by share of the samples."""
    return ", ".join(f"{area} {share:.0%}" for area, share in watched["areas"].items() if share >= at_least)


def stages(watched: dict[str, Any]) -> str:
    """Mean and p99 of stages in milliseconds."""
    return ", ".join(f"{name.strip()} {mean:.1f} / {p99:.1f}" for name, (_, mean, p99, _) in watched["stages"].items())


def stage_cpu(watched: dict[str, Any], statements: int) -> str:
    """CPU of the publisher's stages in microseconds per statement."""
    found = watched["stages"].items()
    return ", ".join(f"{name.strip()} {1e6 * cpu / statements:,.0f}" for name, (_, _, _, cpu) in found if 1e6 * cpu >= statements)
