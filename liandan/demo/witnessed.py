"""A witness of the demonstration, a process of its own: it has the authority's keys and nobody else's.

    python -m liandan.demo.witnessed DIRECTORY LOG_URL HANDLE

``HANDLE`` is the inherited socket to listen on. It says one line of JSON when it is ready and serves until its standard input ends. If the
log's server still answers then, it stays until that has gone: the last checkpoint of a killed demonstration is cosigned as well.
"""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import httpx
import msgspec
import uvicorn

from ledger.witnessing.mirror import Mirror
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import make_cosigner, parse_known
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan.cli.witness import authorize
from liandan.keyring import read_passphrase
from liandan.process import set_up_logging
from signing.keys import read_key

LINGER_S = 30.0


async def main(directory: Path, url: str, handle: int, answer: int) -> None:
    """Serve on the inherited socket."""
    set_up_logging(as_json=False)
    passphrase = read_passphrase(directory / "passphrase")
    cosigner = make_cosigner((directory / "name").read_text(encoding="utf-8").strip(), read_key(directory / "ed25519.pem", passphrase))
    [known] = (msgspec.structs.replace(log, url=url) for log in parse_known((directory / "log.vkey").read_bytes()).values())
    reader = read_key(directory / "login.pem", passphrase)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        store = WitnessStore(directory / "witness.sqlite3")
        mirror = Mirror(known, directory / "mirror", store, http, authorize=authorize(known, reader, None, http))
        witness = Witness(cosigner, {known.origin: known}, store, mirrors={known.origin: mirror})
        witness.check_memory()
        config = uvicorn.Config(
            WitnessApp(witness),
            http="httptools", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
            timeout_graceful_shutdown=5, proxy_headers=False,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[socket.socket(fileno=handle)]))
        os.write(answer, json.dumps({"witness": cosigner.name}).encode() + b"\n")
        await asyncio.to_thread(sys.stdin.buffer.read)
        await _outlive(url)
        server.should_exit = True
        await serving
        await mirror.close()
        store.close()


async def _outlive(url: str) -> None:
    """Wait until the log's server no longer listens."""
    address = httpx.URL(url)
    deadline = asyncio.get_running_loop().time() + LINGER_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection(address.host, address.port)
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    said = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever prints from now on prints to the log
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), said))
