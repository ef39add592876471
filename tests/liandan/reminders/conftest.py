"""A server with a mail server behind it, and parties, for the tests of reminders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from msgspec import Struct

from liandan.reminders import job
from tests.liandan.reminders.mailbox import Mailbox, accept, mailbox
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, Desk, new_desk
from tests.workbench import Workbench


def mail_settings(port: int) -> dict[str, object]:
    """Settings of a server that sends mails to this machine, quickly."""
    return {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "smtp_from": "no-reply@ledger.example.cn", "smtp_per_minute": 6_000,
        "smtp_timeout_ms": 60_000, "reminder_hour": 0,
    }  # fmt: skip


class Office(Struct):
    """A party's desk and the mailbox that the server sends to."""

    desk: Desk
    box: Mailbox

    async def ask(self, method: str, path: str = "", **body: Any) -> httpx.Response:
        """A request about reminders."""
        return await self.desk.client.request(method, f"/v1/reminders{path}", headers=self.desk.token, json=body or None)

    async def subscribe(self, address: str = "diaodu@example.cn", **more: Any) -> dict[str, Any]:
        """A reminder that nobody has confirmed yet."""
        answer = await self.ask("POST", address=address, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until(self, name: str, wanted: str) -> dict[str, Any]:
        """The reminder as soon as its newest mail is in this state."""
        while True:
            found: dict[str, Any] = (await self.ask("GET", f"/{name}")).json()
            if found.get("mails") and found["mails"][0]["state"] == wanted:
                return found


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a pause."""
    for name in ("LOOK_S", "RETRY_S", "AGAIN_S"):
        monkeypatch.setattr(job, name, 0.02)


@pytest.fixture(scope="module")
async def running(
    shared_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[httpx.AsyncClient, Workbench, Mailbox]]:
    """One server and its mail server for a module."""
    bench = Workbench()
    async with mailbox() as box, http(shared_database_url, tmp_path_factory.mktemp("server"), **FAST, **mail_settings(box.port)) as client:
        await post_all(client, bench)
        yield client, bench, box


@pytest.fixture
async def office(running: tuple[httpx.AsyncClient, Workbench, Mailbox]) -> AsyncIterator[Office]:
    """A party of its own before an empty mailbox."""
    client, bench, box = running
    box.got.clear(), box.raw.clear(), box.to.clear()
    box.data, box.rcpt = accept, "250 OK"
    office = Office(await new_desk(client, bench), box)
    yield office
    for one in (await office.ask("GET")).json()["reminders"]:
        await office.ask("DELETE", f"/{one['id']}")


@pytest.fixture
async def conn(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """What the tables hold; time passes for rows only."""
    conn = await asyncpg.connect(shared_database_url)
    yield conn
    await conn.close()
