"""Stock witnesses (torchwood's litewitness, the witness network's omniwitness) and ours, each on a loopback port."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import uvicorn
from msgspec import Struct

from ledger.tree.merkle import EMPTY_ROOT
from ledger.tree.note import COSIGNATURE_V1, vkey_of
from ledger.tree.policy import Policy, parse_policy
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import known_logs, make_cosigner
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from signing.keys import PrivateKey
from tests.interop.loopback import HOST, START_S, free_port, listening
from tests.interop.ssh_agent import agent, fingerprint
from tests.interop.toolbox import Toolbox

NAME = "witness.example/province-50"
COMMAND = [sys.executable, "-m", "liandan", "witness"]


class Running(Struct, frozen=True):
    """A witness that can be asked."""

    url: str
    vkeys: tuple[str, ...]

    def policy(self) -> Policy:
        """A policy that wants a line by every key of this witness."""
        lines = [f"witness w{at} {vkey} {self.url}\n" for at, vkey in enumerate(self.vkeys)]
        members = " ".join(f"w{at}" for at in range(len(self.vkeys)))
        return parse_policy("".join([*lines, f"group whole all {members}\n", "quorum whole\n"]).encode())


class StockWitness:
    """Keys made by the stock key tool and a database; can be started again."""

    def __init__(self, tools: Toolbox, directory: Path, log_vkeys: Sequence[str]) -> None:
        self._tools, self._directory = tools, directory
        made = [self._make_key(suite) for suite in ("ed25519", "ml-dsa-44")]
        self._key_files, self.vkeys = [path for path, _ in made], tuple(vkey for _, vkey in made)
        logs = [f"- Origin: {vkey.split('+')[0]}\n  PublicKey: {vkey}\n  URL: http://{HOST}/\n" for vkey in log_vkeys]
        (directory / "logs.yaml").write_text("".join(["Logs:\n", *logs]), encoding="utf-8")

    def _make_key(self, suite: str) -> tuple[Path, str]:
        secret, public = self._directory / f"{suite}.sec", self._directory / f"{suite}.pub"
        more = ["-mldsa"] if suite == "ml-dsa-44" else []
        answer = self._tools.run("generate_keys", "-origin", NAME, "-out_priv", secret, "-out_pub", public, *more)
        if answer.returncode:
            raise RuntimeError(answer.stderr)
        return secret, public.read_text(encoding="utf-8")

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Running]:
        """The stock binary, as its manual starts it, for as long as the block lasts."""
        port = port or free_port()
        command = [str(self._tools.path("omniwitness")), "-logtostderr", "-listen", f"{HOST}:{port}", "-metrics_listen", ""]
        command += ["-db_file", str(self._directory / "witness.db"), "-additional_logs", str(self._directory / "logs.yaml")]
        for path in self._key_files:
            command += ["-private_key_path", str(path)]
        with listening(command, port, self._directory / "said"):
            yield Running(f"http://{HOST}:{port}", self.vkeys)


class LiteWitness:
    """litewitness with a key in an agent and a database; can be started again. Where it stands, what it signs with: a ``Running``."""

    def __init__(self, tools: Toolbox, directory: Path, log_vkeys: Sequence[str]) -> None:
        self._tools, self._directory = tools, directory
        self._key = PrivateKey.from_seed("ed25519", sha256(b"litewitness").digest())
        self.vkeys = (str(vkey_of(NAME, COSIGNATURE_V1, self._key)),)
        with self.running():
            pass  # makes its database
        with closing(sqlite3.connect(directory / "litewitness.db", isolation_level=None)) as db:
            # What ``witnessctl add-log`` and ``add-key`` write; that tool needs a module which is not to be had (docs/interop.md).
            for origin in dict.fromkeys(vkey.split("+")[0] for vkey in log_vkeys):
                db.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, b64encode(EMPTY_ROOT).decode()))
            db.executemany("INSERT INTO key VALUES (?, ?)", [(vkey.split("+")[0], vkey) for vkey in log_vkeys])

    @contextmanager
    def running(self, port: int = 0) -> Iterator[Running]:
        """The stock binary, as its manual starts it, for as long as the block lasts."""
        port, socket_path = port or free_port(), self._directory / "agent.sock"
        command = [str(self._tools.path("litewitness")), "-name", NAME, "-key", fingerprint(self._key), "-ssh-agent", str(socket_path)]
        command += ["-db", str(self._directory / "litewitness.db"), "-listen", f"{HOST}:{port}"]
        with agent(socket_path, self._key), listening(command, port, self._directory / "litewitness.log"):
            yield Running(f"http://{HOST}:{port}", self.vkeys)


@contextmanager
def our_witness(directory: Path, log_vkeys: Sequence[str]) -> Iterator[Running]:
    """Our witness behind uvicorn in a thread: starts at once, for many short conversations."""
    cosigner = make_cosigner(NAME, PrivateKey.from_seed("ed25519", sha256(b"interop witness").digest()))
    store = WitnessStore(directory / "witness.sqlite")
    app = WitnessApp(Witness(cosigner, known_logs((vkey, "") for vkey in log_vkeys), store))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none"))
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            _await_start(server, thread)
            yield Running(f"http://{HOST}:{listener.getsockname()[1]}", cosigner.vkeys)
        finally:
            server.should_exit = True
            thread.join()
            store.close()


@contextmanager
def witness_command(directory: Path, log_vkeys: Sequence[str], *, ml_dsa: bool = False) -> Iterator[Running]:
    """Our witness as an authority runs it: ``liandan witness init``, then ``liandan witness serve``, in a process of its own."""
    home, logs, port = directory / "our-witness", directory / "log.vkey", free_port()
    logs.write_text("".join(f"{vkey}\n" for vkey in log_vkeys), encoding="utf-8")
    more = ["--ml-dsa"] if ml_dsa else []
    made = subprocess.run(
        [*COMMAND, "init", home, "--name", NAME, "--json", *more], capture_output=True, text=True, timeout=60, check=False
    )
    if made.returncode:
        raise RuntimeError(made.stdout + made.stderr)
    command = [*COMMAND, "serve", str(home), "--logs", str(logs), "--host", HOST, "--port", str(port)]
    with listening(command, port, directory / "our-witness.log"):
        yield Running(f"http://{HOST}:{port}", tuple(json.loads(made.stdout)["vkeys"]))


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("our witness did not start")
        time.sleep(0.02)
