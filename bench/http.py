"""Statements over real HTTP: batches, single posts answered with their receipt, single posts answered at commit; and where the CPU goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.children import Child, child
from bench.figures import Figure, quantile
from bench.limits import signatures_per_s
from bench.load import Load
from bench.posting import Meter, log_server, post_batches, post_single, run, shares, stage_cpu
from liandan.postgres import temporary_directory

CONNECTIONS = 64
WAITING = 256
"""Connections for posts that wait for their receipt: a checkpoint comes some times a second, so fewer would measure the waiting."""
REQUESTS = 4
"""Batches under way at a time."""

Lives = Sequence[list[bytes]]


def measure(manifests: int) -> Iterator[Figure]:
    """Half of the lives in batches, the other half in three parts one by one."""
    load = Load()
    with temporary_directory() as name:
        directory = Path(name)
        with log_server(load, directory) as server:
            lives = [load.manifest(number) for number in range(manifests)]
            half, sixth = manifests // 2, manifests // 6
            yield _batches(server, load, lives[:half])
            bare = _decode_only(directory, load, lives[half : half + sixth])
            yield _single(server, load, lives[half : half + sixth], WAITING, "wait=30", bare)
            yield _single(server, load, lives[half + sixth : half + 2 * sixth], CONNECTIONS, "respond-async", bare)
            _watched(server, load, lives[half + 2 * sixth :])


def _batches(server: Child, load: Load, lives: Lives) -> Figure:
    limit = signatures_per_s()
    requests = [[raw for life in lives[at::REQUESTS] for raw in life] for at in range(REQUESTS)]
    count = sum(map(len, requests))
    meter = Meter(server, count)
    run(post_batches(server.url, load, requests))
    rate, cpu = meter.read()
    return Figure(
        name="HTTP batch, durable, published, receipts", value=rate, unit="/s", limit=limit, limit_is="signatures/s, 2 threads",
        must=4000, goal=8000, note=f"{REQUESTS} NDJSON requests of {count // REQUESTS:,}; {cpu}",
    )  # fmt: skip


def _single(server: Child, load: Load, lives: Lives, connections: int, prefer: str, bare: float) -> Figure:
    meter = Meter(server, sum(map(len, lives)))
    waits = run(post_single(server.url, load, lives, connections, prefer))
    rate, cpu = meter.read()
    what = "published, receipt" if prefer.startswith("wait") else "durable, 202"
    return Figure(
        name=f"HTTP single POST, {what}", value=rate, unit="/s", limit=bare, limit_is="decode-only HTTP",
        must=1000, goal=2500,
        note=f"{connections} connections: p50 {1000 * quantile(waits, 0.5):.0f} ms, p99 {1000 * quantile(waits, 0.99):.0f} ms; {cpu}",
    )  # fmt: skip


def _decode_only(directory: Path, load: Load, lives: Lives) -> float:
    """The same bodies to a server that parses their JSON and nothing else."""
    with child("decode", {}, directory / "decode.log") as server:
        meter = Meter(server, sum(map(len, lives)))
        run(post_single(server.url, load, lives, CONNECTIONS))
        return meter.read()[0]


def _watched(server: Child, load: Load, lives: Lives) -> None:
    server.ask("watch")
    run(post_single(server.url, load, lives, WAITING))
    watched = server.ask("watched")["watched"]
    print(f"   single POSTs, where the server's loop is: {shares(watched)}")
    print(f"   µs CPU each beside the loop: {stage_cpu(watched, sum(map(len, lives)))}", flush=True)
