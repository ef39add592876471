"""A demonstration that is interrupted, politely or not, leaves a data directory that starts again and audits clean."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest
import rich.console

from ledger.auditing.audit import audit
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.note import parse_note
from liandan.demo.run import MARK, prepare, wait_for_ctrl_c
from liandan.demo.screen import Screen
from liandan.demo.server_process import server
from liandan.postgres import temporary_directory
from liandan.wiring import KINDS
from signing.refusal import Refusal

PROGRAM = """import asyncio, signal, sys; from pathlib import Path; from liandan.demo.run import run
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background has it ignored
asyncio.run(run(Path(sys.argv[1])))"""
ENOUGH = 150
"""Entries after which the demonstration is interrupted: in the middle of the first week."""
PATIENCE_S = 90


def size_of(checkpoint: Path) -> int:
    """The published size, 0 before the first checkpoint."""
    return parse_checkpoint(parse_note(checkpoint.read_bytes())[0]).size if checkpoint.exists() else 0


async def interrupted(out: Path, by: signal.Signals) -> int:
    """Run the demonstration into ``out``, interrupt it, and return what had been published by then."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, str(out), stdout=asyncio.subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_S
    while (size := size_of(out / "data" / "log" / "checkpoint")) < ENOUGH:
        assert process.returncode is None, "it ended by itself"
        assert time.monotonic() < deadline, "it never came so far"
        await asyncio.sleep(0.02)
    process.send_signal(by)
    await process.wait()
    return size


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
async def test_an_interrupted_demo_starts_again_and_audits_clean(by: signal.Signals) -> None:
    with temporary_directory() as directory:
        out = directory / "out"
        seen = await interrupted(out, by)
        async with server(out / "data", out / "again.log") as url, httpx.AsyncClient(base_url=url) as http:
            log = (await http.get("/v1/log")).json()
            ready = await http.get("/readyz")
            # Its witnesses are gone with the demonstration, and nothing is shown without them: that is said, and nothing else.
            assert (ready.status_code, ready.json()["founded"]) == (503, True)
            [reason] = ready.json()["reasons"]
            assert reason.startswith("nothing can be published: the policy of the log wants witnesses (sichuan, chongqing)")
        files = LogFiles(out / "data" / "log", out / "data" / "entries")
        report = audit(files.read, KINDS, archived=iter(files.archived_sizes()))
        assert report.findings == []
        assert report.size == log["committed"] >= seen
        # Another demonstration in the same place clears it away and nothing else.
        assert prepare(out) == out / "data"
        assert sorted(found.name for found in out.iterdir()) == [MARK]


def test_a_directory_that_the_demo_did_not_make_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(Refusal) as refused:
        prepare(tmp_path)
    assert refused.value.codes == ["DEMO_DIRECTORY"]
    assert (tmp_path / "thesis.docx").exists()


def test_a_relative_directory_keeps_its_data_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    with temporary_directory() as directory:
        monkeypatch.chdir(directory)
        assert prepare(Path("demo-out")) == directory / "demo-out" / "data"
        assert prepare(Path("demo-out")) == directory / "demo-out" / "data"
        monkeypatch.chdir("/")


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        async with server(tmp_path, tmp_path / "server.log"):
            pass
    assert refused.value.codes == ["DEMO_FAILED"]
    assert "keys.pem" in refused.value.reasons[0].found


async def test_a_served_demo_ends_in_order_on_ctrl_c() -> None:
    """The handler stands when the address is printed; without it the signal would end this very process."""

    class Console(rich.console.Console):
        def print(self, *shown: object, **options: object) -> None:
            if "Ctrl-C" in str(shown):
                os.kill(os.getpid(), signal.SIGINT)

    try:
        async with asyncio.timeout(30):
            await wait_for_ctrl_c("http://127.0.0.1:1", Path("README.md"), Screen(Console()))
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
