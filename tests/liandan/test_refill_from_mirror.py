"""Everything of the operator's is lost but the checkpoint store: an authority's running witness has mirrored the log, and gives it back.

Word for word what docs/log-operations.md says: the static files first, then ``liandan log refill``, then the server.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ledger.publishing.files import is_closed
from ledger.publishing.freeze import Mismatch
from ledger.tree.policy import Peer
from ledger.witnessing.client import Collector
from ledger.witnessing.wire import log_id
from liandan.cli import main
from liandan.repair import Refilled
from signing.keys import write_key
from signing.refusal import Refusal
from tests.ledger.witnessing.bench import policy_of
from tests.ledger.witnessing.test_restart import free_port
from tests.liandan.serving import KEYRING
from tests.liandan.test_refill import ALL, Site, site
from tests.workbench import AUTHORITY_51, ORIGIN, key_of

__all__ = ["site"]
START_S = 60.0


@asynccontextmanager
async def witness_with_mirror(home: Path, log_url: str) -> AsyncIterator[Peer]:
    """``liandan witness init`` and ``liandan witness serve --mirror`` in a process of its own, logged in with the authority's key."""
    made = CliRunner().invoke(main, ["witness", "init", str(home / "w"), "--name", "witness.example/sichuan", "--json"])
    assert made.exit_code == 0, made.output
    (home / "log.vkey").write_text("".join(f"{vkey}\n" for vkey in KEYRING.vkeys), encoding="utf-8")
    (home / "login.pass").write_text("a passphrase\n", encoding="utf-8")
    (home / "login.pass").chmod(0o600)
    write_key(home / "login.pem", key_of(AUTHORITY_51), b"a passphrase")
    command = [sys.executable, "-m", "liandan", "witness", "serve", str(home / "w"), "--logs", str(home / "log.vkey"), "--log-url", log_url]
    command += [
        "--mirror",
        str(home / "mirror"),
        "--login-key",
        str(home / "login.pem"),
        "--login-passphrase-file",
        str(home / "login.pass"),
    ]
    port = free_port()
    log = (home / "witness.log").open("wb")
    process = await asyncio.create_subprocess_exec(*command, "--port", str(port), "--prefix", "/w", stdout=log, stderr=log)
    try:
        await _answering(f"http://127.0.0.1:{port}/w/status", process)
        yield Peer("sichuan", json.loads(made.stdout)["vkeys"][0], f"http://127.0.0.1:{port}/w")
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def _answering(url: str, process: Process) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_S):
        while process.returncode is None:
            try:
                await http.get(url)
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise AssertionError("the witness did not start")


@pytest.fixture
async def mirror(site: Site, tmp_path: Path) -> Path:
    """The mirror of a witness that has cosigned the whole log, and was then ended."""
    home = tmp_path / "authority"
    home.mkdir()
    async with site.http(site.ahead) as server, witness_with_mirror(home, str(server.base_url).rstrip("/")) as peer:
        note = (await server.get("/checkpoint")).content
        found = await Collector(server, KEYRING.vkeys).collect(note, lambda old: (), [peer], policy_of(peer), timeout_s=60)
        assert found.is_quorum, (home / "witness.log").read_text(encoding="utf-8")
    return home / "mirror" / log_id(ORIGIN)


async def test_a_mirror_brings_the_database_forward(site: Site, mirror: Path) -> None:
    command = ["log", "refill", "--from", str(mirror), "--json"]
    answer = await asyncio.to_thread(lambda: CliRunner().invoke(main, command, env=site.env))
    assert answer.exit_code == 0, answer.output
    assert await site.rows() == await site.rows(ahead=True)
    assert (await site.audit()).findings == []


async def test_a_mirror_replaces_lost_static_files_and_then_the_database(site: Site, mirror: Path) -> None:
    for lost in (site.settings.log_path, site.settings.entries_path):
        shutil.rmtree(lost)
    with pytest.raises(Refusal, match="REFILL_SOURCE"):
        await site.refill()
    await site.refill(mirror)
    with pytest.raises(Mismatch, match=r"put the static files \(LIANDAN_LOG_DIR\) back first"):
        await site.answered()
    shutil.copytree(mirror, site.settings.log_path, dirs_exist_ok=True)
    assert await site.refill() == Refilled(size=ALL, added=0, replaced=(), links=0, above=0)
    assert len(await site.answered()) == ALL
    assert (await site.audit()).findings == []
    public, closed = site.settings.log_path, site.settings.entries_path
    assert not [path for path in public.rglob("*") if is_closed(path.relative_to(public).as_posix())], (
        "what was put back is taken out of what is served"
    )
    assert {path.stat().st_mode & 0o777 for path in closed.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (closed, *closed.rglob("*")) if path.is_dir()} == {0o700}
