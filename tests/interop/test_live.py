"""Tessera's tools against a running server of ours: PostgreSQL, sequencer, publisher, HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from ledger.times import format_at
from ledger.tree.checkpoint import open_checkpoint
from liandan.client.transport import challenge
from liandan.keyring import ServerKeys
from liandan.server import serving
from signing.envelope import freeze
from signing.keys import write_key
from tests.interop.demo_log import ML_DSA, SIZE, VKEYS, DemoLog, Files, prove, prove_growth
from tests.interop.loopback import read_files, served
from tests.interop.toolbox import Toolbox
from tests.liandan.serving import NOW, settings_of
from tests.workbench import AUTHORITY_51, OPERATOR, ORIGIN, START, key_of

STEPS = (1, 200, 256, 300, SIZE)
"""Sizes at which the log is published on its way, at least."""


class Live(Struct, frozen=True):
    """A server that has published ``SIZE`` entries, and the token of an authority."""

    url: str
    token: str


@pytest.fixture
async def live(database_url: str, tmp_path: Path, demo: DemoLog) -> AsyncIterator[Live]:
    """The demo log's statements, posted in batches over HTTP to a fresh server with both log keys."""
    keys = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(OPERATOR), log_ml_dsa=ML_DSA)
    async with (
        serving(settings_of(database_url, tmp_path), keyring=keys) as url,
        httpx.AsyncClient(base_url=url, timeout=60, headers={"Liandan-Now": NOW}) as http,
    ):
        statements = [freeze(entry.envelope) for entry in demo.entries]
        assert (await http.post("/v1/statements", content=statements[0])).status_code == 201
        login = challenge(ORIGIN, url, key_of(AUTHORITY_51), int(time.time()) + 3600, ["read", "post"])
        token: str = (await http.post("/v1/tokens", content=freeze(login))).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        for start, stop in pairwise(STEPS):
            now = {"Liandan-Now": format_at(START + 60 * stop)}
            answer = await http.post("/v1/statements/batch", content=b"\n".join(statements[start:stop]), headers=now)
            assert answer.status_code == 200, answer.text
            assert open_checkpoint((await http.get("/checkpoint")).content, VKEYS).checkpoint.size == stop
        yield Live(url, token)


async def fsck(tools: Toolbox, live: Live, vkey_file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The stock fsck, beside the server, which lives in this thread's loop."""
    arguments = ("-storage_url", f"{live.url}/", "-public_key", vkey_file, "-ui=false", "-logtostderr", *more)
    return await asyncio.to_thread(tools.run, "fsck", *arguments)


async def published(live: Live) -> Files:
    """Checkpoint and hash tiles, as anybody may fetch them."""
    paths = ("checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2")
    async with httpx.AsyncClient(base_url=live.url) as http:
        return {path: (await http.get(f"/{path}")).raise_for_status().content for path in paths}


async def test_fsck_accepts_the_live_log_with_an_authoritys_token(tools: Toolbox, live: Live, vkey_file: Path) -> None:
    answer = await fsck(tools, live, vkey_file, "-bearer_token", live.token)
    assert f"Successfully fsck'd log with size {SIZE}" in answer.stderr, answer.stderr
    assert "fsck failed" not in answer.stderr


async def test_without_a_token_fsck_is_told_that_entries_are_not_public(tools: Toolbox, live: Live, vkey_file: Path) -> None:
    """Hash tiles and checkpoints are for everybody, entries for authorities (design §5)."""
    answer = await fsck(tools, live, vkey_file)
    assert "error while streaming bundles" in answer.stderr
    assert "Successfully" not in answer.stderr


async def test_fsck_and_the_mirror_accept_what_liandan_export_fetched(tools: Toolbox, live: Live, vkey_file: Path, tmp_path: Path) -> None:
    key, passphrase, directory = tmp_path / "key.pem", tmp_path / "passphrase", tmp_path / "export"
    passphrase.touch(mode=0o600)
    passphrase.write_text("interop\n", encoding="ascii")
    write_key(key, key_of(AUTHORITY_51), b"interop")
    command = [sys.executable, "-m", "liandan", "export", directory, "--url", live.url, "--key", key, "--passphrase-file", passphrase]
    answer = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with served(directory) as url:
        found = await fsck(tools, Live(url.rstrip("/"), ""), vkey_file)
        copied = await asyncio.to_thread(tools.run, "mirror", "-source_url", url, "-storage_dir", tmp_path / "copy", "-logtostderr")
    assert f"Successfully fsck'd log with size {SIZE}" in found.stderr, found.stderr
    assert copied.returncode == 0, copied.stderr
    copies = read_files(tmp_path / "copy")
    assert len(copies) == 8
    assert copies.items() <= read_files(directory).items()


@pytest.mark.parametrize(("index", "old"), [(0, 256), (699, 300)])
async def test_the_stock_client_builds_our_proofs_from_the_live_tiles(tools: Toolbox, live: Live, index: int, old: int) -> None:
    built = await asyncio.to_thread(tools.evidence, "build", f"{live.url}/", SIZE, index, old)
    files = await published(live)
    assert tuple(map(b64decode, built["inclusion"])) == prove(files, index).hashes
    assert tuple(map(b64decode, built["consistency"])) == prove_growth(files, old)
