"""Who may do what with webhooks, what is refused, and in which words."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from liandan.webhooks.model import PER_PARTY_MAX, PINGS_PER_MINUTE
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.test_reading import login, token_of
from tests.liandan.webhooks.desk import Desk, post
from tests.liandan.webhooks.receiver import Receiver, plain
from tests.liandan.webhooks.test_signature import Message, verify
from tests.workbench import key_of

URL = "https://hooks.example.cn/a?key=secret-of-the-party"


WAYS = [
    ("GET", "", {}),
    ("PATCH", "", {"note": "x"}),
    ("DELETE", "", {}),
    ("POST", "/ping", {}),
    ("POST", "/replay", {"from_index": 0}),
    ("GET", "/deliveries", {}),
    ("POST", "/deliveries/1/resend", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), WAYS)
async def test_a_webhook_of_somebody_else_does_not_exist(desk: Desk, method: str, path: str, body: dict[str, Any]) -> None:
    hook = (await desk.ask("POST", url=URL)).json()
    stranger = Desk(desk.client, desk.bench, await token_of(desk.client, desk.other), desk.other, desk.party)
    foreign = await stranger.ask(method, f"/{hook['id']}{path}", **body)
    unknown = await stranger.ask(method, f"/{hook['id'][::-1]}{path}", **body)
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["code"] == unknown.json()["code"] == "NOT_FOUND"
    assert foreign.text.replace(hook["id"], "").replace(foreign.json()["instance"], "") == unknown.text.replace(
        hook["id"][::-1], ""
    ).replace(unknown.json()["instance"], "")
    assert (await stranger.ask("GET")).json() == {"webhooks": []}
    assert (await desk.ask("GET", f"/{hook['id']}")).status_code == 200


@pytest.mark.parametrize("name", ["x", "a" * 300, "%00", "..", "联单", "' OR 1=1"])
async def test_what_is_no_name_of_a_webhook_is_not_found(desk: Desk, name: str) -> None:
    assert (await desk.ask("GET", f"/{name}")).status_code in (404, 405)


async def test_without_a_token_there_is_nothing(desk: Desk) -> None:
    for method, path in (("POST", ""), ("GET", ""), ("GET", "/x"), ("POST", "/x/ping")):
        answer = await desk.client.request(method, f"/v1/webhooks{path}", json={"url": URL} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_MISSING")


async def test_a_token_that_only_reads_changes_nothing(desk: Desk) -> None:
    hook = (await desk.ask("POST", url=URL)).json()
    reader = Desk(desk.client, desk.bench, await token_of(desk.client, desk.party, scope=("read",)), desk.party, desk.other)
    assert (await reader.ask("GET", f"/{hook['id']}")).status_code == 200
    for method, path, body in WAYS:
        if method != "GET":
            answer = await reader.ask(method, f"/{hook['id']}{path}", **body)
            assert (answer.status_code, answer.json()["code"]) == (403, "TOKEN_SCOPE")
    assert (await reader.ask("POST", url=URL)).json()["code"] == "TOKEN_SCOPE"


async def test_a_key_of_a_phone_sees_and_sets_up_no_webhook(desk: Desk) -> None:
    """It signs what it was given, and a lost phone must not open a window on its party."""
    phone = key_of(desk.party, 77)
    body = {"key": register(phone, desk.bench.found, desk.party), "kinds": ["manifest.depart"]}
    await post(desk.client, desk.bench.post("key.add/1", f"party/{desk.party}", (desk.party,), body))
    token = (await desk.client.post("/v1/tokens", content=freeze(login(desk.client, phone)))).json()["token"]
    hook = (await desk.ask("POST", url=URL)).json()["id"]
    on_phone = Desk(desk.client, desk.bench, {"Authorization": f"Bearer {token}"}, desk.party, desk.other)
    for method, path, body in (
        ("POST", "", {"url": URL}),
        ("GET", "", {}),
        *((method, f"/{hook}{path}", body) for method, path, body in WAYS),
    ):
        answer = await on_phone.ask(method, path, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_SCOPE"), (method, path)


async def test_a_party_has_so_many_webhooks_and_no_more(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.ask("POST", url=URL) for _ in range(PER_PARTY_MAX + 4)))
    assert sorted(answer.status_code for answer in answers) == [201] * PER_PARTY_MAX + [409] * 4
    [refused] = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused == "WEBHOOK_TOO_MANY"
    hooks = (await desk.ask("GET")).json()["webhooks"]
    assert len(hooks) == PER_PARTY_MAX
    await desk.ask("DELETE", f"/{hooks[0]['id']}")
    assert (await desk.ask("POST", url=URL)).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "WEBHOOK_FORM"),
        (b"[]", "WEBHOOK_FORM"),
        (b"{}", "WEBHOOK_FORM"),
        (b'{"url": 1}', "WEBHOOK_FORM"),
        (b'{"url": "https://a.example.cn/", "secret": "x"}', "WEBHOOK_FORM"),
        (b'{"url": "https://a.example.cn/", "from_index": -1}', "WEBHOOK_FORM"),
        (b'{"url": "https://a.example.cn/", "note": "' + b"x" * 201 + b'"}', "WEBHOOK_FORM"),
        (b"\xff\xfe", "WEBHOOK_FORM"),
        (b'{"url": "https://a.example.cn/", "from_index": 100000}', "QUERY_FORM"),
        (b'{"url": "https://a.example.cn/", "kinds": ["manifest.depart/1"]}', "WEBHOOK_KINDS"),
        (b'{"url": "https://a.example.cn/", "kinds": ["weather"]}', "WEBHOOK_KINDS"),
        (b'{"url": "http:/a"}', "WEBHOOK_URL"),
        (b'{"url": "https://10.0.0.1/"}', "WEBHOOK_ADDRESS"),
        (b'{"url": "https://a.example.cn/", "note": "' + b"x" * 20_000 + b'"}', "REQUEST_TOO_LARGE"),
    ],
)
async def test_what_is_wrong_with_a_wish_is_said(desk: Desk, body: bytes, code: str) -> None:
    answer = await desk.client.post("/v1/webhooks", content=body, headers=desk.token)
    assert (answer.status_code < 500, answer.json()["code"]) == (True, code)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_nobody_is_pinged_without_end_who_has_not_asked(desk: Desk) -> None:
    """By new webhooks, by changes of one and by pings: a party has so many in a minute, whatever it calls them."""
    hook = (await desk.ask("POST", url=URL)).json()
    for number in range(PINGS_PER_MINUTE - 2):
        asked = await (desk.ask("POST", f"/{hook['id']}/ping") if number % 2 else desk.ask("PATCH", f"/{hook['id']}", url=f"{URL}{number}"))
        assert asked.status_code in (200, 202)
    await desk.ask("DELETE", f"/{hook['id']}")
    again = (await desk.ask("POST", url=URL)).json()
    for answer in (await desk.ask("POST", f"/{again['id']}/ping"), await desk.ask("POST", url=URL)):
        assert (answer.status_code, answer.json()["code"]) == (429, "WEBHOOK_PINGS")
    assert len((await desk.ask("GET")).json()["webhooks"]) == 1, "what is refused was not made"
    other = Desk(desk.client, desk.bench, await token_of(desk.client, desk.other), desk.other, desk.party)
    made = await other.ask("POST", url=URL)
    assert made.status_code == 201
    await other.ask("DELETE", f"/{made.json()['id']}")


async def test_a_delivery_that_was_not_given_up_is_not_sent_again(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    [line] = await desk.log(hook["id"])
    answer = await desk.ask("POST", f"/{hook['id']}/deliveries/{line['id']}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "WEBHOOK_STATE")
    assert (await desk.ask("POST", f"/{hook['id']}/deliveries/{2**60}/resend")).status_code == 404
    assert (await desk.ask("GET", f"/{hook['id']}/deliveries?state=lost")).json()["code"] == "QUERY_FORM"


async def test_the_log_is_read_page_by_page(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    for _ in range(3):
        await desk.act()
    await desk.until(hook["id"], delivered=4)
    seen, before = [], ""
    while True:
        page = (await desk.ask("GET", f"/{hook['id']}/deliveries?limit=3{before}")).json()
        seen += [line["id"] for line in page["deliveries"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert len(seen) == 4
    assert seen == sorted(seen, reverse=True)


async def test_what_a_receiver_gets_is_verified_by_a_foreign_library(desk: Desk, receiver: Receiver) -> None:
    await desk.subscribe(receiver.url)
    await desk.act()
    await receiver.until(1)
    directory = await desk.client.get("/.well-known/http-message-signatures-directory")
    assert directory.headers["content-type"] == "application/http-message-signatures-directory+json"
    assert "d" not in directory.json()["keys"][0]
    nonces = {verify(Message(got.method, receiver.url, got.headers), got.body, directory.json()["keys"])["nonce"] for got in receiver.got}
    assert len(nonces) == len(receiver.got) == 2


async def test_no_line_of_the_log_tells_more_than_the_host(desk: Desk, receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands behind the host in an address may be a secret of its owner."""
    await desk.subscribe(receiver.url.replace("of=ours", "key=secret-of-the-party"))
    receiver.answer = plain("500 No")
    await desk.act()
    await receiver.until(2)  # the first attempt was noted before the second
    out = "".join(capsys.readouterr())
    assert re.search(r"webhook_failed.*WEBHOOK_STATUS", out)
    assert "secret-of-the-party" not in out
    assert "127.0.0.1" in out
