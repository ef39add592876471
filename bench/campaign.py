"""What the campaigns share: a small log of whole manifest lives, server processes that can be lost, a witness that remembers, a verdict.

Server processes are forked from one that has imported everything, so that a start costs a fraction of a second and a thousand are bearable;
what runs in them is ``liandan.server.serving``, the same as ``liandan serve``.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import asyncpg
import structlog
import uvicorn

from bench.load import LANES, OPERATOR, ORIGIN, Load, key_of
from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import audit
from ledger.auditing.database_audit import audit_database
from ledger.auditing.report import Finding
from ledger.log import Log, LoggedEntry
from ledger.publishing import crashpoints
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.files import VKEYS, LogFiles
from ledger.publishing.publisher import Publisher
from ledger.publishing.signer import LocalSigner
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import known_logs, make_cosigner
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan.keyring import ServerKeys, write_keyring
from liandan.publisher_process import put_adopted_data
from liandan.server import serving
from liandan.settings import Settings
from liandan.wiring import KINDS

KEYRING = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(OPERATOR))
WITNESS = "witness.example/campaign"
COSIGNER = make_cosigner(WITNESS, key_of(WITNESS))
POLICY = (f"witness campaign {COSIGNER.vkeys[0]}", "quorum campaign")
WITNESS_AWAY_S = 0.04
"""One witness, and no checkpoint without it."""
NOW = "2026-10-08T08:00:00+08:00"
"""The simulated present of the campaigns."""
START_S = 60
_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["bench.campaign"])


def quiet() -> None:
    """A campaign prints what it came to; the log lines of its servers lie beside their data."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


def small_load(lanes: int, policy: tuple[str, ...] = ("quorum none",)) -> Load:
    """A load of a few lanes only: 1 + 8 entries per lane before the first manifest."""
    load = Load(policy)
    load.lanes = load.lanes[:lanes]
    return load


def lives(load: Load, count: int) -> list[list[bytes]]:
    """``count`` whole lives of manifests, 6 statements each, spread over the lanes of the load."""
    lanes = len(load.lanes)
    return [load.manifest(number // lanes * LANES + number % lanes) for number in range(count)]


# ---------------------------------------------------------------------- a log in this process


def make_publisher(pool: asyncpg.Pool, directory: Path, cosigning: Cosigning | None = None) -> Publisher:
    """A publisher as a start of the server would make it."""
    files, store = LogFiles(directory / "log", directory / "entries"), CheckpointStore(directory / "checkpoints.sqlite3")
    put_adopted_data(files)
    files.write(VKEYS, "".join(f"{vkey}\n" for vkey in KEYRING.vkeys).encode())
    assert KEYRING.log is not None
    return Publisher(pool, store, files, ORIGIN, LocalSigner(ORIGIN, KEYRING.log), kinds=KINDS, cosigning=cosigning)


@asynccontextmanager
async def log_in_process(pool: asyncpg.Pool, directory: Path, cosigning: Cosigning | None = None) -> AsyncIterator[Log]:
    """A log that sequences and publishes until the block ends, without HTTP; refuses to start as the server does (Mismatch)."""
    publisher = make_publisher(pool, directory, cosigning)
    tasks: list[asyncio.Task[None]] = []
    try:
        await asyncio.to_thread(publisher.start)
        await publisher.check()
        log = Log(pool, KINDS, DataSets(KINDS, publisher.files.read), publisher, KEYRING.operator, simulated=True)
        tasks += [asyncio.create_task(log.sequencer.run()), asyncio.create_task(publisher.run(log.sequencer.committed))]
        yield log
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        publisher.close()


async def publish_all(log: Log, raws: list[bytes], now_s: int) -> int:
    """Append statements that must all be admitted, and wait until they are published; the size."""
    for answer in await log.append(raws, now_s=now_s):
        assert isinstance(answer, LoggedEntry), answer.refusal
    head = await log.head()
    assert head is not None
    assert await log.publisher.wait_for(head.size, 60) is not None, log.publisher.mismatch
    return head.size


async def findings(pool: asyncpg.Pool, files: LogFiles) -> list[Finding]:
    """Everything that is wrong with a published log: its database, then its files, each against the replay."""
    found = (await audit_database(pool, files, KINDS)).findings
    return found + (await asyncio.to_thread(audit, files.read, KINDS, archived=iter(files.archived_sizes()))).findings


# ---------------------------------------------------------------------- a witness that remembers


@asynccontextmanager
async def witness(directory: Path) -> AsyncIterator[str]:
    """A witness with its own durable store behind HTTP; yields its submission prefix.

    It is some way off: while it is asked, the publisher decides what it will promise next, and may die over it.
    """
    store = WitnessStore(directory / "witness.sqlite3")
    app = WitnessApp(Witness(COSIGNER, known_logs((vkey, "") for vkey in KEYRING.vkeys), store), "")

    async def far(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(WITNESS_AWAY_S)
        await app(scope, receive, send)

    config = uvicorn.Config(
        far,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server._serve([listening]))
        try:
            while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
                await asyncio.sleep(0.005)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
            store.close()


# ---------------------------------------------------------------------- server processes


class Server:
    """A server process; ``url`` is where it listens."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process, self._pipe, self.url = process, pipe, ""

    def arm(self, point: str, passages: int) -> None:
        """Let it die at a crash point."""
        self._pipe.send((point, passages))

    def kill(self) -> None:
        """``kill -9``, and wait."""
        self.process.kill()
        self.process.join()

    @property
    def pid(self) -> int:
        """Its process number."""
        return int(self.process.pid)

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return bool(self.process.is_alive())

    def wait_ready(self) -> None:
        """Wait for its address; RuntimeError with what it said if it ends instead."""
        if not self._pipe.poll(START_S):
            raise RuntimeError("the server did not come up")
        try:
            answer = self._pipe.recv()
        except EOFError:
            raise RuntimeError("the server ended at its start") from None
        if "error" in answer:
            raise RuntimeError(answer["error"])
        self.url = answer["url"]


@contextmanager
def server(database_url: str, directory: Path, changes: Mapping[str, Any]) -> Iterator[Server]:
    """A server process over ``directory`` and a database of its own choice; killed at the end of the block if it still lives."""
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=_serve, args=(database_url, str(directory), dict(changes), theirs), daemon=True)
    process.start()
    theirs.close()
    started = Server(process, ours)
    try:
        yield started
    finally:
        started.kill()
        process.close()
        ours.close()


def _serve(database_url: str, directory: str, changes: dict[str, Any], pipe: Connection) -> None:
    sink = os.open(Path(directory) / "server.out", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    plenty = 10**9  # one address posts everything, without tokens
    budgets = {
        "failures_per_minute": plenty,
        "requests_per_minute": plenty,
        "party_statements_per_minute": plenty,
        "key_statements_per_minute": plenty,
    }
    settings = Settings(**{"data_dir": Path(directory), "database_url": database_url, "publisher": "task", **budgets, **changes})
    keyring = KEYRING if settings.publisher == "task" else None
    if keyring is None and not settings.key_path.exists():
        write_keyring(KEYRING, settings.key_path, settings.passphrase_path)

    def listen() -> None:
        try:
            while True:
                crashpoints.arm(*pipe.recv())
        except (EOFError, OSError):
            return

    async def main() -> None:
        async with serving(settings, keyring=keyring, port=None if "port" in changes else 0) as url:
            threading.Thread(target=listen, daemon=True).start()
            pipe.send({"url": url})
            await asyncio.Event().wait()

    try:
        asyncio.run(main())
    except Exception as error:  # whatever it is, the campaign is told before it goes on
        pipe.send({"error": f"{type(error).__name__}: {error}"})
        raise
