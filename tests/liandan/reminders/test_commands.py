"""``liandan notify``, and a worker in a process of its own, which a first reminder starts."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from pathlib import Path

import asyncpg
from click.testing import CliRunner

from liandan.cli import main
from signing.keys import write_key
from tests.liandan.reminders.conftest import Office, mail_settings
from tests.liandan.reminders.mailbox import accept, accept_and_hang, mailbox, page_of
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, new_desk
from tests.liandan.webhooks.test_worker import children
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
    assert f"{name} 未确认 unconfirmed  diaodu@example.cn zh 提前 ahead 5（调度室）" in await run("list")
    assert "MAIL_CODE" in await run("confirm", name, "x", code=1)
    assert f"{name} 正常 active" in await run("confirm", name, page_of(office.box.got[0]).rpartition("=")[2])
    assert f"{name} 已暂停 paused  diaodu@example.cn en 提前 ahead 0" in await run(
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


async def test_a_worker_that_is_killed_while_it_sends_repeats_that_mail_under_its_name(database_url: str, tmp_path: Path) -> None:
    async with mailbox() as box, http(database_url, tmp_path, **{**FAST, **mail_settings(box.port), "webhooks": "process"}) as client:
        bench = Workbench()
        await post_all(client, bench)
        box.data = accept_and_hang
        office = Office(await new_desk(client, bench), box)
        assert children() == [], "no reminder, no worker"
        await office.subscribe()
        await box.until(1)
        [pid] = children()
        os.kill(pid, signal.SIGKILL)
        box.data = accept
        conn = await asyncpg.connect(database_url)
        await conn.execute("UPDATE mail SET next_at = now()")  # by then it is known that whoever held it has died
        await conn.close()
        await box.until(2)
        assert children() != [pid]
        assert (box.to, len({mail["Message-ID"] for mail in box.got})) == (["diaodu@example.cn"] * 2, 1)


async def test_without_a_mail_server_nothing_is_promised(database_url: str, tmp_path: Path) -> None:
    async with http(database_url, tmp_path, **FAST) as client:
        bench = Workbench()
        await post_all(client, bench)
        desk = await new_desk(client, bench)
        answer = await client.post("/v1/reminders", headers=desk.token, json={"address": "diaodu@example.cn"})
        assert (answer.status_code, answer.json()["code"]) == (409, "MAIL_OFF")
        assert (await client.get("/v1/reminders", headers=desk.token)).json() == {"reminders": []}
