"""``liandan notify``, and a worker in a process of its own that a first reminder starts."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from click.testing import CliRunner

from liandan.cli import main
from signing.keys import write_key
from tests.liandan.reminders.conftest import Office, mail_settings
from tests.liandan.reminders.mailbox import mailbox, page_of
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, new_desk
from tests.workbench import Workbench, key_of


async def test_the_commands_of_the_page(office: Office, tmp_path: Path) -> None:
    desk = office.desk
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
        result = await asyncio.to_thread(CliRunner().invoke, main, ["notify", *words, *ends])
        assert result.exit_code == code, result.output
        # The server of this test writes its log lines to the same stream.
        return "".join(line for line in result.output.splitlines(keepends=True) if not re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:", line))

    assert "MAIL_ADDRESS" in await run("subscribe", "diaodu", code=1)
    name = (await run("subscribe", "diaodu@example.cn", "--note", "调度室", "--ahead", "5")).split()[0]
    await office.box.until(1)
    assert f"{name} unconfirmed diaodu@example.cn zh 提前 ahead 5（调度室）" in await run("list")
    assert "MAIL_CODE" in await run("confirm", name, "x", code=1)
    assert f"{name} active" in await run("confirm", name, page_of(office.box.got[0]).rpartition("=")[2])
    assert f"{name} paused diaodu@example.cn en 提前 ahead 0" in await run(
        "change", name, "--state", "paused", "--language", "en", "--ahead", "0"
    )
    assert "MAIL_STATE" in await run("test", name, code=1)
    await run("change", name, "--state", "active")
    await run("test", name)
    await office.box.until(2)
    await office.until(name, "sent")
    shown = await run("show", name)
    assert re.findall("  [^ ]+ (confirm|test)  sent ×1", shown) == ["test", "confirm"]
    assert json.loads(await run("list", "--json"))["reminders"][0]["state"] == "active"
    await run("remove", name)
    assert await run("list") == "没有 / none\n"


async def test_a_first_reminder_starts_a_worker_in_a_process_of_its_own(database_url: str, tmp_path: Path) -> None:
    async with mailbox() as box, http(database_url, tmp_path, **{**FAST, **mail_settings(box.port), "webhooks": "process"}) as client:
        bench = Workbench()
        await post_all(client, bench)
        office = Office(await new_desk(client, bench), box)
        await office.subscribe()
        await box.until(1)
        assert box.to == ["diaodu@example.cn"]


async def test_without_a_mail_server_nothing_is_promised(database_url: str, tmp_path: Path) -> None:
    async with http(database_url, tmp_path, **FAST) as client:
        bench = Workbench()
        await post_all(client, bench)
        desk = await new_desk(client, bench)
        answer = await client.post("/v1/reminders", headers=desk.token, json={"address": "diaodu@example.cn"})
        assert (answer.status_code, answer.json()["code"]) == (503, "MAIL_OFF")
        assert (await client.get("/v1/reminders", headers=desk.token)).json() == {"reminders": []}
