"""POST to published at a steady 500 statements/s, alone, on a machine a quarter busy elsewhere, and with witnesses: two, two that are 50 ms away,
and one of two that is down.

Open loop: a statement has its moment whatever became of those before it, and its time counts from that moment, so that a server that
stalls is not spared the statements it kept waiting. The first second warms up and is not counted.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

from bench.children import Child, child
from bench.figures import Figure, quantile
from bench.limits import flushes_per_s
from bench.load import ORIGIN, Load, key_of
from bench.posting import SINGLE, Meter, headers, log_server, run, shares, stage_cpu, stages
from bench.wire import Wire
from ledger.publishing.publisher import INTERVAL_S
from ledger.tree.checkpoint import log_vkeys
from ledger.witnessing.server import make_cosigner
from liandan.postgres import temporary_directory

RATE = 500
LIFE = 6
"""Statements of a life; a life posts one a second, so RATE lives are under way on a connection each."""
NAMES = ("witness.example/sichuan", "witness.example/chongqing")
FLUSHES = 3
"""Of one publication, one after the other: the commit, the staged bundle, the promise."""


class Variant(Struct, frozen=True, kw_only=True):
    """Who cosigns."""

    name: str
    seconds: int
    witnesses: int = 0
    quorum: str = "all"
    delay_ms: int = 0
    down: int = 0
    """Witnesses of the policy that do not answer."""
    publisher: Literal["process", "task"] = "process"
    busy: float = 0.0
    """Share of each core that something else takes."""
    is_watched: bool = False
    """Whether stages are timed and the loop is sampled, which costs the server some of its time."""


VARIANTS = (
    Variant(name="no witness", seconds=15),
    Variant(name="no witness, a quarter busy elsewhere", seconds=15, busy=0.25),
    Variant(name="two local witnesses", seconds=10, witnesses=2),
    Variant(name="two witnesses, 50 ms away", seconds=10, witnesses=2, delay_ms=50),
    Variant(name="one of two witnesses down", seconds=10, witnesses=2, quorum="any", down=1),
    Variant(name="no witness, publisher a task of the server", seconds=10, publisher="task"),
    Variant(name="two local witnesses, watched", seconds=10, witnesses=2, is_watched=True),
)
"""The last two for comparison, and to say where the time goes."""


def measure(_manifests: int) -> Iterator[Figure]:
    """One figure a variant, each over a log of its own."""
    for variant in VARIANTS:
        with temporary_directory() as name:
            yield _measure(variant, Path(name))


def _measure(variant: Variant, directory: Path) -> Figure:
    load = Load(witness_policy=_policy(variant))
    told = directory / "stages.json" if variant.is_watched and variant.publisher == "process" else None
    with ExitStack() as stack:
        addresses = [_witness(stack, variant, load, directory, name) for name in NAMES[: variant.witnesses]]
        server = stack.enter_context(log_server(load, directory, " ".join(addresses), variant.publisher, told))
        slots = _schedule(load, variant.seconds + 1)
        stack.enter_context(busy_elsewhere(variant.busy))
        statements = sum(map(len, slots))
        flush_s = 1 / flushes_per_s()
        if variant.is_watched:
            server.ask("watch")
        meter = Meter(server, statements)
        waits = run(_open_loop(server, load, slots))
        rate, cpu = meter.read()
        watched = [server.ask("watched")["watched"]] if variant.is_watched else []
    if told is not None:  # the publisher has ended with its server
        watched.append(json.loads(told.read_text()))
    for found in watched:
        print(f"   {variant.name}, ms mean / p99: {stages(found)}")
        print(f"   where the loop is: {shares(found)}")
        print(f"   µs CPU each beside the loop: {stage_cpu(found, statements)}", flush=True)
    floor = 1000 * (INTERVAL_S / 2 + FLUSHES * flush_s) + variant.delay_ms
    return Figure(
        name=f"POST to published at {RATE}/s p99, {variant.name}", value=1000 * quantile(waits, 0.99), unit="ms",
        limit=floor, limit_is=f"ms: half an interval, {FLUSHES} flushes{', the delay' if variant.delay_ms else ''}",
        must=500, goal=250, note=f"p50 {1000 * quantile(waits, 0.5):.0f} ms, {rate:.0f}/s; {cpu}",
    )  # fmt: skip


@contextmanager
def busy_elsewhere(share: float) -> Iterator[None]:
    """A process a core that works for its share of every 20 ms and sleeps for the rest, as the machine's other tenants do."""
    crews = [multiprocessing.Process(target=_toil, args=(share,), daemon=True) for _ in range(os.cpu_count() or 1)] if share else []
    for crew in crews:
        crew.start()
    try:
        yield
    finally:
        for crew in crews:
            crew.terminate()
            crew.join()


def _toil(share: float, period_s: float = 0.02) -> None:
    while True:
        ends = time.perf_counter() + share * period_s
        while time.perf_counter() < ends:
            pass
        time.sleep((1 - share) * period_s)


def _policy(variant: Variant) -> tuple[str, ...]:
    if not variant.witnesses:
        return ("quorum none",)
    names = [f"w{at}" for at in range(variant.witnesses)]
    vkeys = [make_cosigner(name, key_of(name)).vkeys[0] for name in NAMES]
    lines = [f"witness {short} {vkey}" for short, vkey in zip(names, vkeys, strict=True)]
    return (*lines, f"group both {variant.quorum} {' '.join(names)}", "quorum both")


def _witness(stack: ExitStack, variant: Variant, load: Load, directory: Path, name: str) -> str:
    """A witness as the setting names it. One that is down has an address where nobody listens any more."""
    at = NAMES.index(name)
    options = {
        "directory": str(_made(directory / f"w{at}")),
        "name": name,
        "vkeys": log_vkeys(ORIGIN, [load.log_key]),
        "delay_ms": variant.delay_ms,
    }
    running = stack.enter_context(child("witness", options, directory / f"w{at}.log"))
    if at < variant.down:
        running.stop()
    return f"w{at}={running.url}"


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory


def _schedule(load: Load, seconds: int) -> list[list[bytes]]:
    """For each connection its statements, one a second; lives follow each other."""
    lives = -(-seconds // LIFE)
    return [
        [raw for life in range(lives) for raw in load.manifest(slot * lives + life)][:seconds]
        for slot in range(RATE)
    ]  # fmt: skip


async def _open_loop(server: Child, load: Load, slots: list[list[bytes]]) -> list[float]:
    waits: list[float] = []
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(server.url, headers(load, "wait=30"))) for _ in slots]
        start = time.perf_counter() + 0.2

        async def work(slot: int, wire: Wire) -> None:
            for second, raw in enumerate(slots[slot]):
                due = start + second + slot / len(slots)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                status, answer = await wire.post(SINGLE, raw)
                assert status == 201, (status, answer[:500])
                if second:
                    waits.append(time.perf_counter() - due)

        await asyncio.gather(*(work(slot, wire) for slot, wire in enumerate(wires)))
    return waits
