"""The publisher in a process of its own: it publishes, survives its own death, ends with its server, and says why it does not start."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import asyncpg
import httpx
import pytest

from bench.children import publisher_of
from ledger.auditing.audit import audit
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from ledger.publishing.follower import Follower
from ledger.publishing.freeze import Mismatch
from ledger.publishing.publisher import Publisher
from liandan import publisher_process as module
from liandan.keyring import ServerKeys, read_keyring, write_keyring
from liandan.publisher_process import publish_until
from liandan.server import serving
from liandan.wiring import KINDS
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.house.source import ROOT
from tests.liandan.serving import KEYRING, NOW, settings_of
from tests.liandan.test_restart import free_port, ready
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

PARTIES = 30
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")


def founded() -> Workbench:
    bench = Workbench()
    for serial in range(2, PARTIES + 2):
        bench.register(uscc("510112", serial))
        bench.at_s = START + 60
    return bench


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110  # processes have no event
            await asyncio.sleep(0.02)


async def post(client: httpx.AsyncClient, bench: Workbench, part: slice) -> None:
    """Every statement is answered after its publication."""
    for entry in bench.entries[part]:
        answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Prefer": "wait=60"})
        assert answer.status_code == 201, answer.text


async def test_a_publisher_that_dies_is_started_again_and_ends_with_its_server(database_url: str, tmp_path: Path) -> None:
    bench = founded()
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    settings = settings_of(database_url, tmp_path, publisher="process")
    async with serving(settings) as base_url, httpx.AsyncClient(base_url=base_url, headers={"Liandan-Now": NOW}, timeout=120) as client:
        await post(client, bench, slice(0, 10))
        first = publisher_of(os.getpid())
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await post(client, bench, slice(10, 20))
        await until(lambda: publisher_of(os.getpid()) not in (None, first))
        assert (await client.get("/readyz")).json()["reasons"] == []
        await post(client, bench, slice(20, None))
    assert publisher_of(os.getpid()) is None
    report = audit(LogFiles(tmp_path / "log", tmp_path / "entries").read, KINDS)
    assert (report.findings, report.entries) == ([], len(bench.entries))


async def test_a_publisher_whose_server_is_killed_ends_too(database_url: str, tmp_path: Path) -> None:
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    port = free_port()
    env = {**os.environ, "LIANDAN_DATA_DIR": str(tmp_path), "LIANDAN_DATABASE_URL": database_url, "LIANDAN_PORT": str(port)}
    with (tmp_path / "server.out").open("wb") as out:
        server = subprocess.Popen([sys.executable, "-m", "liandan", "serve"], cwd=ROOT, env=env, stdout=out, stderr=out)  # noqa: ASYNC220
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await ready(client, server)
        publisher = publisher_of(server.pid)
        server.kill()
        server.wait()
        await until(lambda: not Path(f"/proc/{publisher}").exists())


@pytest.mark.parametrize("lock_is_lost", [False, True])
async def test_a_publisher_that_was_stopped_and_goes_on_forks_and_freezes_nothing(
    database_url: str, tmp_path: Path, lock_is_lost: bool
) -> None:
    """SIGSTOP in the middle of its work, as a paused machine: a second server stands by or takes over, SIGCONT, and both go on."""
    bench = founded()
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    settings, store = settings_of(database_url, tmp_path, publisher="process"), CheckpointStore(tmp_path / "checkpoints.sqlite3")
    port = free_port()
    env = {**os.environ, "LIANDAN_DATA_DIR": str(tmp_path), "LIANDAN_DATABASE_URL": database_url, "LIANDAN_PORT": str(port)}
    client_of = {"headers": {"Liandan-Now": NOW}, "timeout": 120}
    async with serving(settings) as base_url, httpx.AsyncClient(base_url=base_url, **client_of) as client:
        await post(client, bench, slice(0, 5))
        first, epoch = publisher_of(os.getpid()), epoch_of(store)
        assert first is not None
        working = asyncio.create_task(post(client, bench, slice(5, 10)))
        os.kill(first, signal.SIGSTOP)
        if lock_is_lost:
            (tmp_path / "checkpoints.sqlite3.lock").unlink()
        with (tmp_path / "server.out").open("wb") as out:
            server = subprocess.Popen([sys.executable, "-m", "liandan", "serve"], cwd=ROOT, env=env, stdout=out, stderr=out)  # noqa: ASYNC220
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", **client_of) as other:
                await ready(other, server)
                if lock_is_lost:
                    await working
                    await post(other, bench, slice(10, 15))
                    assert epoch_of(store) > epoch
                else:
                    assert epoch_of(store) == epoch, "whoever is stopped still leads"
                os.kill(first, signal.SIGCONT)
                await working
                await post(other, bench, slice(15 if lock_is_lost else 10, 20))
                await post(client, bench, slice(20, 25))
                assert [(await one.get("/readyz")).json()["reasons"] for one in (client, other)] == [[], []]
        finally:
            os.kill(first, signal.SIGCONT)
            server.terminate()
            server.wait(60)
        await post(client, bench, slice(25, None))  # and takes over again once the other has gone
        assert publisher_of(os.getpid()) == first
    files = LogFiles(tmp_path / "log", tmp_path / "entries")
    assert (store.frozen(), files.evidence()) == (None, [])
    report = audit(files.read, KINDS)
    assert (report.findings, report.entries) == ([], len(bench.entries))
    store.close()


def epoch_of(store: CheckpointStore) -> int:
    """How often the lead has changed."""
    promise = store.read()
    assert promise is not None
    return promise.epoch


async def test_a_restored_database_is_refused_with_what_the_publisher_found(database_url: str, tmp_path: Path) -> None:
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    store = CheckpointStore(tmp_path / "checkpoints.sqlite3")
    promised = store.take_over(bytes(32))
    assert store.swap(promised, promised.__class__(promised.epoch, 7, bytes(32), "00"), (), at_s=START)
    store.close()
    with pytest.raises(Mismatch, match="size 7 was promised but its staged bundle is gone"):
        async with serving(settings_of(database_url, tmp_path, publisher="process")):
            pass
    assert publisher_of(os.getpid()) is None


async def test_a_publisher_that_cannot_start_again_stops_appending_until_the_server_is_started_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, keys = founded(), tmp_path / "keys.pem"
    write_keyring(KEYRING, keys, tmp_path / "passphrase")
    monkeypatch.setattr("liandan.publisher_process.LOOK_S", 0.01)
    settings = settings_of(database_url, tmp_path, publisher="process")
    async with serving(settings) as base_url, httpx.AsyncClient(base_url=base_url, headers={"Liandan-Now": NOW}, timeout=120) as client:
        await post(client, bench, slice(0, 5))
        first = publisher_of(os.getpid())
        assert first is not None
        keys.rename(tmp_path / "away.pem")
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(60):
            while (answer := await client.get("/readyz")).status_code != 503:  # noqa: ASYNC110  # a process has no event
                await asyncio.sleep(0.02)
        (tmp_path / "away.pem").rename(keys)
        await asyncio.sleep(0.3)  # looking at the files must not make it forget
        answer = await client.get("/readyz")
        assert (answer.status_code, "the publisher does not start" in answer.json()["reasons"][0]) == (503, True)
        refused = await client.post("/v1/statements", content=freeze(bench.entries[5].envelope))
        assert refused.status_code == 503
    async with serving(settings) as base_url, httpx.AsyncClient(base_url=base_url, headers={"Liandan-Now": NOW}, timeout=120) as client:
        await post(client, bench, slice(5, 10))


async def test_a_key_file_without_the_log_key_is_refused_by_its_code(database_url: str, tmp_path: Path) -> None:
    write_keyring(ServerKeys(origin=ORIGIN, operator=key_of("operator")), tmp_path / "keys.pem", tmp_path / "passphrase")
    with pytest.raises(Refusal) as caught:
        async with serving(settings_of(database_url, tmp_path, publisher="process")):
            pass
    assert caught.value.codes == ["KEYRING"]
    assert caught.value.reasons[0].found == ("没有账本密钥", "no log key")


def test_a_server_beside_a_publisher_process_never_reads_the_log_key(tmp_path: Path) -> None:
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    found = read_keyring(settings_of("unused", tmp_path), operator_only=True)
    assert (found.log, found.log_ml_dsa, found.operator.keyid) == (None, None, KEYRING.operator.keyid)


async def test_a_freeze_shows_in_readiness_and_metrics_and_leaves_evidence(database_url: str, tmp_path: Path) -> None:
    bench = founded()
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    settings, files = settings_of(database_url, tmp_path, publisher="process"), LogFiles(tmp_path / "log", tmp_path / "entries")
    async with serving(settings) as base_url, httpx.AsyncClient(base_url=base_url, headers={"Liandan-Now": NOW}, timeout=120) as client:
        await post(client, bench, slice(0, 5))
        database = await asyncpg.connect(database_url)
        await database.execute("UPDATE log_head SET at_s = at_s + 1")
        await database.close()
        await until(lambda: bool(files.evidence()))
        async with asyncio.timeout(60):
            while (answer := await client.get("/readyz")).status_code != 503:  # noqa: ASYNC110  # another process freezes
                await asyncio.sleep(0.02)
        assert "the log is frozen" in answer.json()["reasons"][0]
        assert "liandan_frozen 1.0" in (await client.get("/metrics")).text
        assert (await client.get("/checkpoint")).status_code == 200
    before = files.evidence()
    with pytest.raises(Mismatch, match="another root, edge or time"):
        async with serving(settings):
            pass
    assert before == files.evidence() == ["mismatch-0000.json"], "the same finding adds no file"


async def test_a_publisher_that_finds_no_database_is_started_again_when_there_is_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is away is no reason to stop the log for good."""
    monkeypatch.setattr(module, "AGAIN_S", 0.1)
    write_keyring(KEYRING, tmp_path / "keys.pem", tmp_path / "passphrase")
    settings = settings_of(database_url, tmp_path, publisher="process")
    process = module.PublisherProcess(settings, f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(ConnectionError):
        await process.start()
    first = process._process
    again = asyncio.create_task(process._again(cast("Follower", None)))
    await until(lambda: process._process is not first and process._process.returncode is not None)
    assert not again.done(), "it tries on"
    process._order = module.Order(settings=settings, dsn=database_url)
    try:
        await asyncio.wait_for(again, 60)
        assert process._process.returncode is None
    finally:
        await process.stop()


async def test_an_error_that_nobody_foresaw_ends_publication_aloud() -> None:
    class Failing:
        async def run(self, hint: asyncio.Event) -> None:
            raise RuntimeError("unforeseen")

    with pytest.raises(RuntimeError, match="unforeseen"):
        await asyncio.wait_for(publish_until(asyncio.Event(), cast("Publisher", Failing()), asyncio.Event()), 5)
