"""Who may do what with reminders: an address agrees first, its owner and its reader each end it, and it stands nowhere else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from liandan.reminders import store
from liandan.reminders.model import ASKED_PER_DAY, PER_PARTY_MAX, REFUSED_MAX, SENT_UNASKED_PER_DAY
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.reminders.conftest import Office
from tests.liandan.reminders.mailbox import accept, page_of, text_of
from tests.liandan.test_reading import login, token_of
from tests.liandan.webhooks.desk import Desk, post
from tests.workbench import key_of

ADDRESS = "diaodu.zhangsan@example.cn"


async def test_an_address_agrees_by_its_page_and_ends_it_there(office: Office, conn: asyncpg.Connection) -> None:
    made = await office.subscribe(ADDRESS, note="调度室")
    assert (made["state"], made["language"], made["ahead_wd"]) == ("unconfirmed", "zh", 3)
    await office.box.until(1)
    [mail] = office.box.got
    assert office.box.to == [ADDRESS]
    assert office.desk.party in text_of(mail)
    assert "请确认" in mail["Subject"]
    page = page_of(mail)
    token = page.rpartition("=")[2]
    assert token not in (await office.ask("GET", f"/{made['id']}")).text, "who confirms reads the mail"
    client = office.desk.client
    for _ in range(2):
        shown = await client.get(page)
        assert (shown.status_code, "<button>确认接收 / Confirm</button>" in shown.text) == (200, True)
        assert ADDRESS not in shown.text
        assert shown.headers["cache-control"] == "no-store"
        assert "form-action 'self'" in shown.headers["content-security-policy"]
    assert (await office.ask("GET", f"/{made['id']}")).json()["state"] == "unconfirmed", "programs follow links, people press buttons"
    for state in ("active", "paused"):
        assert (await office.ask("PATCH", f"/{made['id']}", state=state)).json()["code"] == "MAIL_STATE", "its owner cannot agree for it"
    agreed = await client.post(page.replace("/reminder?", "/reminder/confirm?"))
    assert "已确认" in agreed.text
    assert (await office.ask("GET", f"/{made['id']}")).json()["state"] == "active"
    left = await client.post(page, content=b"List-Unsubscribe=One-Click", headers={"content-type": "application/x-www-form-urlencoded"})
    assert (left.status_code, "已结束" in left.text) == (200, True)
    ended = (await office.ask("GET", f"/{made['id']}")).json()
    assert (ended["state"], ended["address"], ended["why"]["code"], ended["note"]) == ("ended", "", "MAIL_ENDED", "调度室")
    assert (await client.post(page)).status_code == 200, "once more changes nothing"
    assert (await office.ask("PATCH", f"/{made['id']}", state="active")).json()["code"] == "MAIL_STATE", (
        "nor go on behind its reader's back"
    )
    assert (await client.post(page.replace("/reminder?", "/reminder/confirm?"))).text.count("已结束") == 1
    for table in ("reminder", "mail"):
        rows = await conn.fetch(f"SELECT * FROM {table}")
        assert "zhangsan" not in str([dict(row) for row in rows]), table


async def test_a_code_confirms_as_well_and_nothing_but_the_code(office: Office) -> None:
    made = await office.subscribe(ADDRESS, language="en", ahead_wd=0)
    await office.box.until(1)
    [mail] = office.box.got
    assert text_of(mail).startswith('"')
    assert "Please confirm" in mail["Subject"]
    code = page_of(mail).rpartition("=")[2]
    for wrong in ("", "x", code[:-1], code + "x", code[::-1]):
        answer = await office.ask("POST", f"/{made['id']}/confirm", code=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "MAIL_CODE")
        assert code not in answer.text
    answer = await office.ask("POST", f"/{made['id']}/confirm", code=f" {code[:20]} {code[20:].upper()}")
    assert answer.json()["state"] == "active"
    assert (await office.ask("POST", f"/{made['id']}/test")).status_code == 202
    await office.box.until(2)
    assert "测试" in office.box.got[1]["Subject"]
    assert office.box.got[1]["List-Unsubscribe"] is not None


WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "", {}), ("PATCH", "", {"note": "x"}), ("DELETE", "", {}), ("POST", "/test", {}), ("POST", "/confirm", {"code": "x"}),
]  # fmt: skip


async def test_a_reminder_of_somebody_else_does_not_exist(office: Office) -> None:
    made = await office.subscribe(ADDRESS)
    desk = office.desk
    stranger = Office(Desk(desk.client, desk.bench, await token_of(desk.client, desk.other), desk.other, desk.party), office.box)
    for method, path, body in WAYS:
        for name in (made["id"], made["id"][::-1], "x", "联单"):
            answer = await stranger.ask(method, f"/{name}{path}", **body)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), (method, path, name)
            without = await desk.client.request(method, f"/v1/reminders/{name}{path}", json=body or None)
            assert (without.status_code, without.json()["code"]) == (401, "TOKEN_MISSING")
    assert (await stranger.ask("GET")).json() == {"reminders": []}
    for cut_short in ("a" * 40, "abc"):
        told = await desk.client.get(f"/reminder?token={cut_short}")
        assert (told.status_code, told.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "请从邮件中复制完整的链接" in told.text, "whoever follows half a link is told on a page"
    for page in ("/reminder", "/reminder/confirm"):
        answer = await desk.client.post(f"{page}?token={'a' * 40}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
        assert (await desk.client.post(page)).json()["code"] == "QUERY_FORM"


async def test_a_token_that_reads_and_a_key_for_some_kinds_change_nothing(office: Office) -> None:
    desk = office.desk
    reading = await desk.client.post("/v1/tokens", content=freeze(login(desk.client, key_of(desk.party), scope=("read",))))
    answer = await desk.client.post(
        "/v1/reminders", json={"address": ADDRESS}, headers={"Authorization": f"Bearer {reading.json()['token']}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "TOKEN_SCOPE")
    body = {"key": register(key_of(desk.party, 77), desk.bench.found, desk.party), "kinds": ["manifest.depart"]}
    await post(desk.client, desk.bench.post("key.add/1", f"party/{desk.party}", (desk.party,), body))
    scoped = await desk.client.post("/v1/tokens", content=freeze(login(desk.client, key_of(desk.party, 77))))
    token = {"Authorization": f"Bearer {scoped.json()['token']}"}
    for method, json in (("POST", {"address": ADDRESS}), ("GET", None)):
        answer = await desk.client.request(method, "/v1/reminders", json=json, headers=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_SCOPE")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"address": "nobody"}, "MAIL_ADDRESS"), ({"address": "a@example.cn\nBcc: b@example.cn"}, "MAIL_ADDRESS"), ({}, "WEBHOOK_FORM"),
        ({"address": ADDRESS, "language": "fr"}, "WEBHOOK_FORM"), ({"address": ADDRESS, "ahead_wd": 21}, "WEBHOOK_FORM"),
        ({"address": ADDRESS, "state": "active"}, "WEBHOOK_FORM"), ({"address": 1}, "WEBHOOK_FORM"), ({"address": "x" * 501}, "WEBHOOK_FORM"),
    ],
)  # fmt: skip
async def test_what_is_malformed_is_refused_and_leaves_nothing(office: Office, body: dict[str, Any], code: str) -> None:
    answer = await office.desk.client.post("/v1/reminders", headers=office.desk.token, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert ADDRESS not in answer.text
    assert (await office.ask("GET")).json() == {"reminders": []}


async def test_nobody_is_written_to_again_and_again(office: Office, conn: asyncpg.Connection) -> None:
    made = await office.subscribe("one@example.cn")
    again = [await office.ask("POST", f"/{made['id']}/test") for _ in range(SENT_UNASKED_PER_DAY)]
    assert [answer.status_code for answer in again] == [202] * (SENT_UNASKED_PER_DAY - 1) + [429]
    assert again[-1].json()["code"] == "MAIL_BUDGET"
    others = [await office.ask("POST", address=f"a{number}@example.cn") for number in range(PER_PARTY_MAX)]
    assert [answer.status_code for answer in others] == [201] * (PER_PARTY_MAX - 1) + [409]
    assert others[-1].json()["code"] == "MAIL_TOO_MANY"
    await office.ask("DELETE", f"/{made['id']}")
    refused = await office.ask("POST", address="new@example.cn")
    assert (refused.status_code, refused.json()["code"]) == (429, "MAIL_BUDGET"), f"{ASKED_PER_DAY} a day"
    payers = [row["payer"] for row in await conn.fetch("SELECT payer FROM mail_budget")]
    assert not any("@" in payer for payer in payers)
    await conn.execute("UPDATE mail_budget SET day = day - 2")
    await store.forget(conn, timedelta(days=30))
    assert await conn.fetchval("SELECT count(*) FROM mail_budget") == 0
    assert (await office.ask("POST", address="new@example.cn")).status_code == 201


async def test_other_letters_are_no_other_address(office: Office) -> None:
    answers = [await office.ask("POST", address=f"{name}@example.cn") for name in ("vera", "Vera", "vErA", "VERA")]
    assert [answer.status_code for answer in answers] == [201] * SENT_UNASKED_PER_DAY + [429]
    assert answers[-1].json()["code"] == "MAIL_BUDGET"


async def test_who_says_no_is_not_asked_again(office: Office, conn: asyncpg.Connection) -> None:
    await office.subscribe("nein@example.cn")
    await office.box.until(1)
    assert "已结束" in (await office.desk.client.post(page_of(office.box.got[0]))).text
    for spelling in ("nein@example.cn", "Nein@Example.cn"):
        answer = await office.ask("POST", address=spelling)
        assert (answer.status_code, answer.json()["code"]) == (429, "MAIL_BUDGET")
    desk = office.desk
    other = Office(Desk(desk.client, desk.bench, await token_of(desk.client, desk.other), desk.other, desk.party), office.box)
    asked = await other.ask("POST", address="nein@example.cn")
    assert asked.status_code == 201, "who refused a stranger may want to hear from his own firm"
    await other.ask("DELETE", f"/{asked.json()['id']}")
    await conn.execute("UPDATE mail_budget SET day = day - 31")
    assert (await office.ask("POST", address="nein@example.cn")).status_code == 201
    await conn.execute("DELETE FROM mail_budget")


async def test_an_address_that_nobody_confirms_is_forgotten(office: Office, conn: asyncpg.Connection) -> None:
    made = await office.subscribe(ADDRESS)
    await conn.execute("UPDATE reminder SET created_at = now() - interval '4 days' WHERE id = $1", made["id"])
    await store.forget(conn, timedelta(days=30))
    assert (await office.ask("GET", f"/{made['id']}")).status_code == 404


async def test_an_address_that_is_refused_is_switched_off_and_its_owner_sees_why(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    made = await office.subscribe(ADDRESS)
    await office.box.until(1)
    await office.ask("POST", f"/{made['id']}/confirm", code=page_of(office.box.got[0]).rpartition("=")[2])
    with capture_logs() as said:
        office.box.rcpt = f"550 5.1.1 <{ADDRESS}>: no such user"
        for many in range(1, REFUSED_MAX + 1):
            name = made["id"]
            assert (await office.ask("POST", f"/{name}/test")).status_code == 202
            found = await office.until(name, "dead")
            assert found["mails"][0]["said"]["code"] == "MAIL_REFUSED"
            assert found["refused"] == many
        assert (found["state"], found["why"]["code"], found["why"]["found"]) == ("disabled", "MAIL_BOUNCED", "550 5.1.1")
        assert (await office.ask("POST", f"/{name}/test")).json()["code"] == "MAIL_STATE"
        office.box.rcpt = "250 OK"
        back = (await office.ask("PATCH", f"/{name}", state="active")).json()
        assert (back["state"], back.get("refused", 0), back.get("why")) == ("active", 0, None)
    written = str(said) + caplog.text
    assert "MAIL_REFUSED" in written
    assert "zhangsan" not in written


async def test_what_waits_for_a_server_is_sent_when_it_is_back(office: Office) -> None:
    async def close(*_: object) -> str:
        return "421 4.3.2 closing"

    office.box.data = close
    made = await office.subscribe(ADDRESS)
    found = await office.until(made["id"], "pending")
    while found["mails"][0]["attempts"] < 3:
        await asyncio.sleep(0.02)
        found = (await office.ask("GET", f"/{made['id']}")).json()
    assert (found["mails"][0]["said"]["code"], found.get("refused", 0)) == ("MAIL_SERVER", 0)
    office.box.data = accept
    await office.until(made["id"], "sent")
    assert len(office.box.got) == 1
    text = (await office.desk.client.get("/metrics")).text
    assert 'liandan_mails{state="sent"}' in text
