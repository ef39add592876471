"""A server that is killed in the middle of its work loses nothing it answered for, and audits clean after the next start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from ledger.admission.entry import Entry
from ledger.auditing.database_audit import audit_database
from ledger.publishing.files import LogFiles
from liandan.database import open_pool
from liandan.keyring import write_keyring
from liandan.wiring import KINDS
from signing.envelope import freeze
from tests.house.source import ROOT
from tests.liandan.serving import KEYRING, NOW, serving, settings_of
from tests.workbench import START, Workbench, uscc

PARTIES = 160
ENOUGH = 40
"""Answers after which the server is killed."""
LIMITS = httpx.Limits(max_connections=16)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_kill_9_in_the_middle_of_load_loses_no_answered_statement(database_url: str, tmp_path: Path) -> None:
    bench = Workbench()
    for serial in range(2, PARTIES + 2):
        bench.register(uscc("510112", serial))
        bench.at_s = START + 60
    await asyncio.to_thread(write_keyring, KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    port, answered = free_port(), {}
    env = {**os.environ, "LIANDAN_DATA_DIR": str(tmp_path), "LIANDAN_DATABASE_URL": database_url, "LIANDAN_PORT": str(port)}
    with (tmp_path / "server.out").open("wb") as out:
        server = subprocess.Popen([sys.executable, "-m", "liandan", "serve"], cwd=ROOT, env=env, stdout=out, stderr=out)  # noqa: ASYNC220
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", headers={"Liandan-Now": NOW}, limits=LIMITS, timeout=60
            ) as client:
                await ready(client, server)
                first = await client.post("/v1/statements", content=freeze(bench.entries[0].envelope))
                assert first.status_code == 201, first.text
                queue = bench.entries[1:]

                async def work() -> None:
                    while queue:
                        entry = queue.pop()
                        try:
                            answer = await client.post("/v1/statements", content=freeze(entry.envelope))
                        except httpx.TransportError:
                            return
                        if answer.status_code == 201:
                            answered[entry.statement.hash] = answer.json()
                        if len(answered) >= ENOUGH and server.poll() is None:
                            server.send_signal(signal.SIGKILL)

                await asyncio.gather(*(work() for _ in range(16)))
        finally:
            server.kill()
            await asyncio.to_thread(server.wait)
    assert len(answered) >= ENOUGH
    async with (
        serving(settings_of(database_url, tmp_path), keyring=KEYRING) as base_url,
        httpx.AsyncClient(base_url=base_url, limits=LIMITS, timeout=60) as client,
    ):

        async def ask_again(entry: Entry) -> None:
            # As a client does. A post waits two seconds, and on a busy machine the killed server's publisher may need longer to end: until then
            # it leads, and nobody else publishes (tests/ledger/test_standby.py).
            for _ in range(30):
                again = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": NOW})
                if again.status_code != 202:
                    break
            if entry.statement.hash in answered:
                assert (again.status_code, again.json()["entry"]) == (200, answered[entry.statement.hash]["entry"])
            assert again.status_code in (200, 201)

        await asyncio.gather(*map(ask_again, bench.entries[1:]))
    pool = await open_pool(database_url, min_size=1, max_size=2)
    try:
        report = await audit_database(pool, LogFiles(tmp_path / "log", tmp_path / "entries"), KINDS)
    finally:
        await pool.close()
    assert report.findings == []
    assert report.entries == len(bench.entries)


async def ready(client: httpx.AsyncClient, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError("the server did not come up")
