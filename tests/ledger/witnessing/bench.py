"""Witnesses and logs for tests: a growing tree with signed notes, a witness behind real HTTP, files behind real HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import Edge, consistency_proof, leaf_hash
from ledger.tree.policy import Peer, Policy, parse_policy
from ledger.tree.tiles import TileReader, new_bundles, new_tiles
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import KnownLog, known_logs, make_cosigner
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from ledger.witnessing.wire import AddCheckpoint, encode_request
from signing.keys import PrivateKey

ORIGIN = "log.example/witnessed"
ED = PrivateKey.from_seed("ed25519", b"\x11" * 32)
ML = PrivateKey.from_seed("ml-dsa-44", b"\x12" * 32)
LOG_KEY = PrivateKey.from_seed("ed25519", b"\x13" * 32)
LOG_KEYS = log_vkeys(ORIGIN, [LOG_KEY])
START_POLL_S = 0.005
NAME = "witness.example/sichuan"
COSIGNER = make_cosigner(NAME, ED)
BOTH = make_cosigner(NAME, ED, ML)


class Tree:
    """A log in memory: entries, files, notes and proofs of any size it has had."""

    def __init__(self, salt: str = "") -> None:
        self.salt = salt
        self.entries: list[bytes] = []
        self.files: dict[str, bytes] = {}

    def grow(self, count: int) -> Tree:
        """Append entries and write the tiles of the new size, as a publisher does."""
        more = [f"entry {len(self.entries) + at} {self.salt}".encode() for at in range(count)]
        old = len(self.entries)
        self.files |= {tile.path: raw for tile, raw in new_tiles(old, [leaf_hash(entry) for entry in more], self.files.get)}
        self.files |= {tile.path: raw for tile, raw in new_bundles(old, more, self.files.get)}
        self.entries += more
        return self

    @property
    def size(self) -> int:
        return len(self.entries)

    def root(self, size: int | None = None) -> bytes:
        return Edge().append_many(map(leaf_hash, self.entries[:size])).root()

    def note(self, size: int | None = None, *, root: bytes | None = None, ml_dsa: PrivateKey | None = None) -> bytes:
        size = self.size if size is None else size
        return sign_checkpoint(Checkpoint(ORIGIN, size, self.root(size) if root is None else root), LOG_KEY, ml_dsa)

    def prove(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        leaves = [leaf_hash(entry) for entry in self.entries[:size]]

        def hash_at(level: int, index: int) -> bytes:
            return Edge().append_many(leaves[index << level : (index + 1) << level]).root()

        return consistency_proof(old, len(leaves), hash_at)

    def tile_prove(self, old: int) -> tuple[bytes, ...]:
        return consistency_proof(old, self.size, TileReader(self.size, self.files.get).hash_at)

    def request(self, old: int, size: int | None = None) -> bytes:
        """A well-formed submission."""
        return encode_request(AddCheckpoint(old, self.prove(old, size), self.note(size)))


def make_witness(path: Path, *, cosigner: Any = COSIGNER, logs: Any = None, **options: Any) -> Witness:
    """A witness with its store in ``path``."""
    return Witness(cosigner, logs or known_logs((vkey, "") for vkey in LOG_KEYS), WitnessStore(path / "witness.sqlite3"), **options)


def known_at(url: str) -> KnownLog:
    """Our log as a mirror knows it."""
    return KnownLog(ORIGIN, LOG_KEYS, url)


def policy_of(*witnesses: Peer, quorum: str = "all") -> Policy:
    """A policy over these witnesses' keys: ``all``, ``any``, a number or ``none``."""
    lines = [f"log {LOG_KEYS[0]}", *(f"witness {peer.name} {peer.vkey}" for peer in witnesses)]
    group = [] if quorum == "none" else [f"group enough {quorum} {' '.join(peer.name for peer in witnesses)}"]
    return parse_policy("".join(f"{line}\n" for line in (*lines, *group, f"quorum {'none' if quorum == 'none' else 'enough'}")).encode())


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An ASGI application behind real HTTP on a free loopback port; yields its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server._serve([listening]))
    while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(START_POLL_S)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


@asynccontextmanager
async def witness_at(witness: Witness, prefix: str = "") -> AsyncIterator[str]:
    """A witness behind HTTP; yields its submission prefix."""
    async with served(WitnessApp(witness, prefix)) as url:
        yield url + prefix


Answers = Callable[[str, str, bytes], Awaitable[tuple[int, str, bytes]]]


class Scripted:
    """An HTTP server that answers whatever it is told: for witnesses that lie. ``asked`` holds what came."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append((scope["method"], scope["path"], body))
        status, media, content = await self.answers(scope["method"], scope["path"], body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", media.encode())]})
        await send({"type": "http.response.body", "body": content})


class Town:
    """One HTTP server for many witnesses: an application each under ``/<number>``."""

    def __init__(self) -> None:
        self.apps: list[Any] = []
        self.url = ""

    def open(self, app: Any) -> str:
        """The address of a new application."""
        self.apps.append(app)
        return f"{self.url}/{len(self.apps) - 1}"

    def witness(self, witness: Witness) -> str:
        """The submission prefix of a witness."""
        return self.open(WitnessApp(witness))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number, slash, rest = scope["path"].removeprefix("/").partition("/")
        await self.apps[int(number)]({**scope, "path": slash + rest}, receive, send)


def file_server(read: Callable[[str], bytes | None], token: Callable[[], str] = str) -> Any:
    """Serves tiles like a log: bundles only to the bearer of ``token()``, when there is one."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix("/")
        bearer = dict(scope["headers"]).get(b"authorization", b"").decode()
        is_open = not token() or not path.startswith("tile/entries") or bearer == f"Bearer {token()}"
        raw = read(path) if is_open else b""
        status = 401 if not is_open else 404 if raw is None else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": raw or b""})

    return app


def client() -> httpx.AsyncClient:
    """An HTTP client that uses no proxy of the machine."""
    return httpx.AsyncClient(trust_env=False)


def key_for(name: str, suite: str = "ed25519") -> PrivateKey:
    """A deterministic key."""
    return PrivateKey.from_seed(suite, sha256(f"witness {name}".encode()).digest())
