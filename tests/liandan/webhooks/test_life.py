"""The life of a webhook over HTTP: made, confirmed, told of entries in order, paused, replayed, given up, disabled, ended."""

from __future__ import annotations

import asyncio
import json

from tests.liandan.serving import NOW
from tests.liandan.webhooks.desk import Desk, desk_of
from tests.liandan.webhooks.receiver import Received, Receiver, plain, receiving
from tests.workbench import AUTHORITY_51


async def test_a_party_is_told_of_what_concerns_it_and_of_nothing_else(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    first = await desk.act()
    await desk.act(desk.other)
    last = await desk.act()
    await receiver.until(2)
    assert [event["data"]["index"] for event in receiver.events] == [first, last]
    [entry] = [entry for entry in desk.bench.entries if entry.index == first]
    event = receiver.events[0]
    base = str(desk.client.base_url).rstrip("/")
    assert event == {
        "specversion": "1.0", "id": entry.statement.hash, "source": desk.bench.entries[0].statement.body.origin, "type": "key.add/1",
        "subject": f"party/{desk.party}", "time": max(entry.admission.at, NOW),
        "data": {
            "index": first, "chain": f"party/{desk.party}", "seq": entry.statement.seq, "kind": "key.add/1", "hash": entry.statement.hash,
            "links": {
                "entry": f"{base}/v1/feed?after={first - 1}&limit=1", "proof": f"{base}/v1/proofs/{first}",
                "chain": f"{base}/v1/chains/party/{desk.party}",
            },
        },
    }, "index, chain, kind, hash and links: never a body"  # fmt: skip
    await desk.until(hook["id"], delivered=3, waiting=0)
    assert [(line["state"], line.get("index"), line["status"]) for line in await desk.log(hook["id"])] == [
        ("delivered", last, 200),
        ("delivered", first, 200),
        ("delivered", None, 200),
    ]


async def test_it_is_told_from_an_index_on_and_of_the_kinds_that_it_wants(desk: Desk, receiver: Receiver) -> None:
    await desk.subscribe(receiver.url, from_index=0, kinds=["party"])
    await desk.act()
    await desk.subscribe(receiver.url, from_index=0, kinds=["key.add"])
    await receiver.until(2)
    assert sorted(event["type"] for event in receiver.events) == ["key.add/1", "party.register/1"]


async def test_an_authority_is_told_of_everything(desk: Desk, receiver: Receiver) -> None:
    office = await desk_of(desk.client, desk.bench, AUTHORITY_51)
    await office.subscribe(receiver.url, from_index=0)
    await desk.act()
    count = len(desk.bench.entries)
    await receiver.until(count)
    assert sorted(event["data"]["index"] for event in receiver.events) == list(range(count))


async def test_nothing_is_told_before_a_ping_was_answered_with_its_challenge(desk: Desk, receiver: Receiver) -> None:
    async def echo_nothing(received: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    receiver.answer = echo_nothing
    hook = (await desk.ask("POST", url=receiver.url)).json()
    assert hook["state"] == "unconfirmed"
    index = await desk.act()
    await receiver.until(1, of=lambda received: True)
    await desk.until(hook["id"], dead=1)
    [line] = await desk.log(hook["id"])
    assert (line["kind"], line["state"], line["status"], line["said"]["code"]) == ("webhook.ping", "dead", 200, "WEBHOOK_CHALLENGE")
    answer = await desk.ask("PATCH", f"/{hook['id']}", state="active")
    assert (answer.status_code, answer.json()["code"]) == (409, "WEBHOOK_STATE")
    assert receiver.events == []
    receiver.answer = plain()
    assert (await desk.ask("POST", f"/{hook['id']}/ping")).status_code == 202
    await receiver.until(1)
    assert [event["data"]["index"] for event in receiver.events] == [index], "what came meanwhile is not lost"


async def test_a_server_that_echoes_everybody_has_agreed_to_nothing(desk: Desk, receiver: Receiver) -> None:
    """Somebody else could make it our receiver: of echoes there are many."""

    async def echo(received: Received, writer: asyncio.StreamWriter) -> None:
        said = json.dumps({"data": received.body.decode(), "headers": received.headers}).encode()
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said)

    receiver.answer = echo
    hook = (await desk.ask("POST", url=receiver.url)).json()
    assert (await desk.until(hook["id"], dead=1))["state"] == "unconfirmed"
    [line] = await desk.log(hook["id"])
    assert line["said"]["code"] == "WEBHOOK_CHALLENGE"


async def test_another_address_is_confirmed_anew(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    async with receiving() as other:
        other.answer = plain("500 No")
        changed = (await desk.ask("PATCH", f"/{hook['id']}", url=other.url, note="新地址")).json()
        assert (changed["state"], changed["note"], changed["url"]) == ("unconfirmed", "新地址", other.url)
        await desk.act()
        await other.until(1, of=lambda received: True)
        assert other.events == receiver.events == []
        other.answer = plain()
        await desk.ask("POST", f"/{hook['id']}/ping")
        await other.until(1)
        assert receiver.events == []


async def test_a_ping_to_the_old_address_does_not_confirm_the_new_one(desk: Desk, receiver: Receiver) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def answer_late(received: Received, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await answered.wait()
        await plain()(received, writer)

    receiver.answer = answer_late
    hook = (await desk.ask("POST", url=receiver.url)).json()
    await asked.wait()
    async with receiving() as other:
        other.answer = plain("500 No")
        await desk.ask("PATCH", f"/{hook['id']}", url=other.url)
        answered.set()
        await desk.until(hook["id"], dead=1)
        assert (await desk.ask("GET", f"/{hook['id']}")).json()["state"] == "unconfirmed"
        await desk.act()
        assert other.events == []


async def test_a_failing_notice_holds_its_chain_and_no_other(desk: Desk, receiver: Receiver) -> None:
    """In order per subject: what stands behind a notice waits until it was delivered."""
    office = await desk_of(desk.client, desk.bench, AUTHORITY_51)
    failing = [True]

    async def answer(received: object, writer: asyncio.StreamWriter) -> None:
        is_held = failing[0] and receiver.got[-1].event["subject"] == f"party/{desk.party}"
        await plain("503 Later" if is_held else "200 OK")(receiver.got[-1], writer)

    receiver.answer = answer
    hook = await office.subscribe(receiver.url)
    held = [await desk.act() for _ in range(3)]
    free = [await desk.act(desk.other) for _ in range(3)]
    subject = f"party/{desk.party}"
    await receiver.until(3, of=lambda received: received.event["subject"] == f"party/{desk.other}")
    await receiver.until(3, of=lambda received: received.event["subject"] == subject)
    assert {event["data"]["index"] for event in receiver.events if event["subject"] == subject} == {held[0]}
    log = [line for line in await office.log(hook["id"], "?state=pending") if line["subject"] == subject]
    assert [line["index"] for line in log] == held[::-1]
    assert log[-1]["said"]["code"] == "WEBHOOK_STATUS"
    assert log[-1]["said"]["found"] == "503"
    failing[0] = False
    await office.until(hook["id"], delivered=7)
    firsts = list(dict.fromkeys(event["data"]["index"] for event in receiver.events))
    assert [index for index in firsts if index in held] == held
    assert [index for index in firsts if index in free] == free
    attempts = [received.headers["liandan-attempt"] for received in receiver.got if received.event["data"].get("index") == held[0]]
    assert attempts == [str(number) for number in range(1, len(attempts) + 1)]
    assert len({received.headers["liandan-delivery"] for received in receiver.got if received.event["data"].get("index") == held[0]}) == 1


async def test_a_paused_webhook_is_told_later(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    await desk.ask("PATCH", f"/{hook['id']}", state="paused")
    indices = [await desk.act() for _ in range(2)]
    await desk.ask("POST", f"/{hook['id']}/ping")
    await receiver.until(2, of=lambda received: received.event["type"] == "webhook.ping")
    assert (await desk.until(hook["id"], delivered=2))["state"] == "paused", "a ping answered sets going only what was never confirmed"
    assert receiver.events == []
    await desk.ask("PATCH", f"/{hook['id']}", state="active")
    await receiver.until(2)
    assert [event["data"]["index"] for event in receiver.events] == indices


async def test_a_replay_tells_again_in_the_same_order(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    indices = [await desk.act() for _ in range(3)]
    await receiver.until(3)
    again = await desk.ask("POST", f"/{hook['id']}/replay", from_index=indices[1])
    assert again.status_code == 200
    await receiver.until(5)
    assert [event["data"]["index"] for event in receiver.events] == [*indices, *indices[1:]]
    assert receiver.events[1] == receiver.events[3], "a replay is the same event"
    deliveries = [received.headers["liandan-delivery"] for received in receiver.got]
    assert len(set(deliveries)) == len(deliveries), "under another number of delivery"
    beyond = await desk.ask("POST", f"/{hook['id']}/replay", from_index=indices[-1] + 2)
    assert (beyond.status_code, beyond.json()["code"]) == (400, "QUERY_FORM")


async def test_a_replay_takes_back_what_waits(desk: Desk, receiver: Receiver) -> None:
    """Otherwise what waits would be told before what comes again, and then once more."""
    hook = await desk.subscribe(receiver.url)
    first = await desk.act()
    await receiver.until(1)
    await desk.ask("PATCH", f"/{hook['id']}", state="paused")
    receiver.answer = plain("500 No")
    await desk.ask("PATCH", f"/{hook['id']}", state="active")
    second = await desk.act()
    await desk.until(hook["id"], waiting=1)
    await receiver.until(2)
    await desk.ask("POST", f"/{hook['id']}/replay", from_index=first)
    receiver.answer = plain()
    before = len(receiver.events)
    await desk.until(hook["id"], delivered=4, waiting=0)
    told = [event["data"]["index"] for event in receiver.events[before:]]
    assert [index for index in told if index == first] == [first]
    assert told[-2:] == [first, second]


async def test_an_address_that_is_gone_is_disabled_and_comes_back(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    receiver.answer = plain("410 Gone")
    index = await desk.act()
    found = await desk.until(hook["id"], state="disabled")
    assert (found["why"]["code"], found["waiting"]) == ("WEBHOOK_GONE", 1)
    assert found["why"]["message"].startswith("接收端答复 410")
    english = await desk.client.get(f"/v1/webhooks/{hook['id']}?lang=en", headers=desk.token)
    assert english.json()["why"]["message"].startswith("The receiver answered 410")
    receiver.answer = plain()
    await desk.ask("PATCH", f"/{hook['id']}", state="active")
    await desk.until(hook["id"], waiting=0)
    assert [event["data"]["index"] for event in receiver.events] == [index, index]


async def test_an_ended_webhook_is_told_nothing(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.subscribe(receiver.url)
    assert (await desk.ask("DELETE", f"/{hook['id']}")).status_code == 204
    assert (await desk.ask("GET", f"/{hook['id']}")).status_code == 404
    kept = await desk.subscribe(receiver.url)
    index = await desk.act()
    await desk.until(kept["id"], delivered=2)
    assert [event["data"]["index"] for event in receiver.events] == [index]
    assert {received.headers["liandan-webhook"] for received in receiver.got if received.event["type"] != "webhook.ping"} == {kept["id"]}
