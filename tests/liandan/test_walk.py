"""A developer of another firm, who has the pages alone: ``docs/examples/walk.mjs`` goes from a new key to a verified certificate.

The program is run as it stands, by Node without any package, against a running server. The others of the story are those of the sandbox: the
authority that registers the key and decides, the receiver that confirms.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest

from liandan.client import Trust
from liandan.demo.counterpart import Counterpart
from reports.verify import verify_bytes
from signing.envelope import freeze
from tests.house.source import ROOT
from tests.liandan.serving import http
from tests.manifests.driver import PERMIT, RECEIVER
from tests.manifests.test_worked_example import LIST, ROW, Example
from tests.workbench import AUTHORITY_51, ORIGIN, key_of, uscc

NODE = shutil.which("node")
WALKER = uscc("510112", 77)
NOW = "2026-11-05T09:00:00+08:00"
EXAMPLES = ROOT / "docs/examples"
pytestmark = pytest.mark.skipif(NODE is None, reason="未找到 Node.js / Node is missing")


async def test_from_key_to_verified_certificate_in_plain_node(database_url: str, tmp_path: Path) -> None:
    example, desk = Example(), tmp_path / "desk"
    desk.mkdir()
    async with http(database_url, tmp_path / "server") as plain:
        await post_in_time(plain, example)
        url = str(plain.base_url).rstrip("/")
        given = {
            "url": url, "origin": ORIGIN, "found": example.found, "vkey": (await plain.get("/log.vkey")).text, "uscc": WALKER,
            "name": "成都新能回收有限公司（虚构）", "receiver": RECEIVER, "permit": PERMIT, "list": LIST, "row": ROW, "now": NOW,
        }  # fmt: skip
        (desk / "sandbox.json").write_text(json.dumps(given), encoding="utf-8")
        (desk / "登记材料-0.json").write_text('{"suite": "ed25519"}', encoding="utf-8")  # who gives the key alone is told what is missing
        said: list[str] = []
        trust = Trust(origin=ORIGIN, found=example.found, log_keys=tuple(given["vkey"].split()))
        others = Counterpart(url, trust, key_of, {"51": AUTHORITY_51}, desk, said.append)
        answering = asyncio.create_task(others.answer())
        told = json.loads(await node(desk, EXAMPLES / "walk.mjs", "sandbox.json"))
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering
    assert said.pop(0).startswith("登记材料-0.json：应为")
    assert [line.partition("，")[0] for line in said] == [f"对方：登记 {WALKER}", "对方：批准申请", "对方：过磅、接受"]
    assert told["acts"] == ["manifest.issue/1", "manifest.depart/1", "manifest.arrive/1", "manifest.receive/1"]
    assert (told["accepted_t"], told["manifest"].split("/")[1]) == ("5.600000", WALKER)
    assert told["proved"] > 10
    report = verify_bytes((desk / "转移证明.pdf").read_bytes(), "转移证明.pdf", example.found)
    assert report.verdict == "good", "ours says the same of the paper"
    kept = sorted(path.suffix for path in desk.iterdir() if path.suffix in (".entry", ".tlog-proof"))
    assert kept == [".entry"] * 4 + [".tlog-proof"] * 4


async def test_the_example_client_believes_golden_bytes_and_nothing_else() -> None:
    """Its proofs, notes, keys, envelopes, on those of ``tests/vectors``: all that is right, and of each something that is not."""
    told = json.loads(
        await node(ROOT, ROOT / "tests/liandan/golden_client.mjs", EXAMPLES / "client.mjs", ROOT / "tests/vectors/liandan-v1")
    )
    assert told["wrong"] == []
    assert min(told["good"], told["refused"]) > 50


def test_the_examples_use_nothing_but_node() -> None:
    for path in EXAMPLES.glob("*.mjs"):
        found = re.findall(r"""from "([^"]+)\"""", path.read_text(encoding="utf-8"))
        assert all(name.startswith(("node:", "./")) for name in found), path.name


async def post_in_time(client: httpx.AsyncClient, example: Example) -> None:
    """Everything the example holds, each at its time."""
    for entry in example.entries:
        headers = {"Liandan-Now": entry.admission.at, "Prefer": "respond-async"}
        answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers=headers)
        assert answer.status_code in (201, 202), answer.text


async def node(cwd: Path, *words: str | Path) -> str:
    """A program run by Node; its standard output."""
    assert NODE is not None
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(NODE, *map(str, words), cwd=cwd, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(120):
            out, err = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
    assert program.returncode == 0, err.decode()
    return out.decode()
