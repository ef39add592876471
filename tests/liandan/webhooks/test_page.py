"""docs/webhooks.md: its programs for receivers, as they stand there, on notices as they are sent; and the commands that it names."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from liandan.cli import main
from liandan.webhooks.keys import WebhookKeys
from liandan.webhooks.signature import signed_fields
from signing.keys import write_key
from tests.house.source import ROOT
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, Desk, new_desk
from tests.liandan.webhooks.receiver import receiving
from tests.liandan.webhooks.test_signature import BODY, FIELDS, URL
from tests.workbench import Workbench, key_of

PAGE = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
NODE = shutil.which("node")


def program(language: str) -> str:
    """The one program of the page in a language."""
    [text] = re.findall(rf"(?s)```{language}\n(.*?)```", PAGE)
    return str(text)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> WebhookKeys:
    directory = tmp_path_factory.mktemp("keys")
    keys = WebhookKeys(directory / "keys.pem", directory / "passphrase")
    keys.ensure(int(time.time()) - 10)
    return keys


def request(keys: WebhookKeys, *, age_s: int = 0, nonce: str = "n-1") -> tuple[dict[str, str], dict[str, Any]]:
    """Headers of a notice, and the directory."""
    now_s = int(time.time())
    fields = signed_fields(URL, BODY, FIELDS, keys.signing(now_s), created_s=now_s - age_s, nonce=nonce)
    return {**FIELDS, **fields}, {"keys": [key.jwk for key in keys.all()]}


def test_the_python_of_the_page_reads_a_notice_and_refuses_a_replay(keys: WebhookKeys) -> None:
    scope: dict[str, Any] = {}
    exec(compile(program("python"), "docs/webhooks.md", "exec"), scope)
    headers, jwks = request(keys)
    nonces: set[str] = set()
    assert scope["read_notice"](URL, headers, BODY, jwks, nonces) == json.loads(BODY)
    with pytest.raises(ValueError, match="replay"):
        scope["read_notice"](URL, headers, BODY, jwks, nonces)
    old, _ = request(keys, age_s=400, nonce="n-2")
    for wrong in ((URL, headers, BODY + b" "), (URL + "x", headers, BODY), (URL, old, BODY)):
        with pytest.raises(scope["HTTPMessageVerifier"].verify.__globals__["HTTPMessageSignaturesException"]):
            scope["read_notice"](*wrong, jwks, set())


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_node_of_the_page_reads_a_notice_and_refuses_a_replay(keys: WebhookKeys, tmp_path: Path) -> None:
    assert NODE is not None
    headers, jwks = request(keys)
    old, _ = request(keys, age_s=400, nonce="n-2")
    (tmp_path / "read.mjs").write_text(program("js"), encoding="utf-8")
    (tmp_path / "try.mjs").write_text(
        f"""
        import {{ readNotice }} from "./read.mjs";
        const [url, headers, old, jwks, body] = {json.dumps([URL, headers, old, jwks, BODY.decode()])};
        const nonces = new Set();
        const said = [JSON.stringify(readNotice(url, headers, Buffer.from(body), jwks, nonces))];
        const tampered = {{ ...headers, "liandan-delivery": "8" }};
        for (const [u, h, b] of [[url, headers, body], [url, headers, body + " "], [url + "x", headers, body], [url, old, body], [url, tampered, body]]) {{
          try {{ readNotice(u, h, Buffer.from(b), jwks, u === url && h === headers && b === body ? nonces : new Set()); said.push("accepted"); }}
          catch (error) {{ said.push(error.message); }}
        }}
        console.log(JSON.stringify(said));
        """,
        encoding="utf-8",
    )
    answer = subprocess.run([NODE, "try.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    first, *others = json.loads(answer.stdout)
    assert json.loads(first) == json.loads(BODY)
    assert others == ["replay", "digest", "signature", "replay", "signature"]


def test_every_code_of_the_page_and_of_the_rules_is_in_the_other() -> None:
    from liandan.rulebook import RULES

    named = set(re.findall(r"WEBHOOK_[A-Z_]+", PAGE.replace("LIANDAN_WEBHOOK_", "")))
    known = {code for code in RULES if code.startswith("WEBHOOK_")}
    assert named <= known
    assert known - named <= {"WEBHOOK_FORM", "WEBHOOK_URL", "WEBHOOK_KINDS", "WEBHOOK_STATE"}, "those tell themselves what is wrong"


@pytest.fixture(scope="module")
async def server(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[httpx.AsyncClient, Workbench]]:
    bench = Workbench()
    async with http(shared_database_url, tmp_path_factory.mktemp("server"), **FAST) as client:
        await post_all(client, bench)
        yield client, bench


async def test_the_commands_of_the_page(server: tuple[httpx.AsyncClient, Workbench], tmp_path: Path) -> None:
    desk: Desk = await new_desk(*server)
    write_key(tmp_path / "单位.pem", key_of(desk.party), b"word")
    (tmp_path / "pass").write_text("word\n")
    ends = [
        "--url",
        str(desk.client.base_url).rstrip("/"),
        "--key",
        str(tmp_path / "单位.pem"),
        "--passphrase-file",
        str(tmp_path / "pass"),
    ]

    async def run(*words: str, code: int = 0) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, main, ["webhook", *words, *ends])
        assert result.exit_code == code, result.output
        # The server of this test writes its log lines to the same stream.
        return "".join(line for line in result.output.splitlines(keepends=True) if not re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:", line))

    async with receiving() as receiver:
        name = (await run("add", receiver.url, "--kind", "party", "--note", "生产系统", "--from-index", "0")).split()[0]
        await desk.until(name, state="active")
        assert f"{name} active {receiver.url} party" in await run("list")
        await receiver.until(1)
        assert f"{name} paused" in await run("change", name, "--address", receiver.url, "--state", "paused")
        assert "paused" in await run("show", name)
        await run("replay", name, "0")
        await run("change", name, "--state", "active")
        await receiver.until(2)
        await run("ping", name)
        await desk.until(name, delivered=4)
        log = (await run("deliveries", name)).splitlines()
        assert len(log) == 4
        assert all(" delivered ×1 200 " in line for line in log)
        assert json.loads(await run("deliveries", name, "--state", "dead", "--json")) == {"deliveries": [], "next": None}
        assert "WEBHOOK_STATE" in await run("resend", name, log[0].split()[0], code=1)
        await run("remove", name)
        assert await run("list") == "没有 / none\n"


def test_an_operator_changes_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDAN_DATA_DIR", str(tmp_path))

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["webhook", "key", *words])
        assert result.exit_code == code, result.output
        return result.output

    assert run("list") == "没有 / none\n"
    run("add", "--at-once")
    first, second = (line.split()[0] for line in run("list").splitlines())
    assert "NOT_FOUND" in run("retire", "-KV4PEq", code=2), "no key begins so, and it is no option"
    run("retire", first)
    assert run("list").split()[0] == second
    assert "KEYRING" in run("retire", second, code=2)
