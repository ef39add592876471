"""Who has to sign is told at his webhook, and so is everybody of what becomes of it; what is told holds nothing of the statement itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from liandan.webhooks import store
from liandan.webhooks.model import PING
from tests.liandan.pending.desk import Pair, Signer
from tests.liandan.webhooks.receiver import Receiver, receiving

TWO = ("consignor", "carrier")


@pytest.fixture
async def ears(pair: Pair) -> AsyncIterator[dict[str, Receiver]]:
    """A confirmed webhook of each of both, for pending statements alone."""
    async with receiving() as one, receiving() as two:
        found, hooks = {"consignor": one, "carrier": two}, []
        for name, receiver in found.items():
            hooks.append(await subscribe(getattr(pair, name), receiver.url))
        yield found
        for signer, hook in zip((pair.consignor, pair.carrier), hooks, strict=True):
            await webhooks(signer, "DELETE", f"/{hook}")


async def webhooks(signer: Signer, method: str, path: str = "", **body: Any) -> Any:
    """A request about webhooks."""
    answer = await signer.client.request(method, f"/v1/webhooks{path}", headers=signer.token, json=body or None)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


async def subscribe(signer: Signer, url: str) -> str:
    """A webhook that is told of pending statements, once its receiver has confirmed it."""
    name: str = (await webhooks(signer, "POST", url=url, kinds=["pending"]))["id"]
    while True:
        if (await webhooks(signer, "GET", f"/{name}"))["state"] == "active":
            return name


def types(receiver: Receiver) -> list[str]:
    """What it was told, in order."""
    return [event["type"] for event in receiver.events]


async def test_each_turn_is_told_to_the_others(pair: Pair, ears: dict[str, Receiver]) -> None:
    departure, other = await pair.departure(), await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    await ears["carrier"].until(1)
    [event] = ears["carrier"].events
    assert (event["type"], event["subject"]) == ("pending.waiting/1", f"pending/{departure.name}")
    assert event["data"].keys() == {"statement", "kind", "chain", "seq", "by", "ends_at", "links"}
    assert event["data"]["links"]["pending"].endswith(f"/v1/pending/{departure.name}")
    for secret in (departure.trip.plate, departure.first.signatures[0].sig.hex()):
        assert secret not in str(ears["carrier"].got[-1].body)
    await pair.carrier.bring(departure.second, departure.now)
    for name in TWO:
        await ears[name].until({"consignor": 1, "carrier": 2}[name])
    assert types(ears["carrier"]) == ["pending.waiting/1", "pending.completed/1"]
    assert types(ears["consignor"]) == ["pending.completed/1"]
    await pair.carrier.bring(other.second, other.now)
    await ears["consignor"].until(2)
    await pair.consignor.ask("POST", f"/{other.name}/decline", other.now, json={"reason": "铅板未包好"})
    await ears["carrier"].until(3)
    assert types(ears["carrier"])[-1] == "pending.declined/1"
    assert "铅板" not in str(ears["carrier"].got[-1].body.decode())
    await pair.carrier.ask("DELETE", f"/{other.name}/signature", other.now)
    await ears["consignor"].until(3)
    assert types(ears["consignor"]) == ["pending.completed/1", "pending.waiting/1", "pending.withdrawn/1"]


async def test_an_address_that_is_paused_is_told_nothing(pair: Pair, ears: dict[str, Receiver], shared_database_url: str) -> None:
    [hook] = (await webhooks(pair.carrier, "GET"))["webhooks"]
    await webhooks(pair.carrier, "PATCH", f"/{hook['id']}", state="paused")
    departure, later = await pair.departure(), await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    await webhooks(pair.carrier, "PATCH", f"/{hook['id']}", state="active")
    await pair.consignor.bring(later.first, later.now)
    await ears["carrier"].until(1)
    assert [event["data"]["statement"] for event in ears["carrier"].events] == [later.name]
    [stopped] = (await webhooks(pair.carrier, "GET"))["webhooks"]
    await webhooks(pair.carrier, "PATCH", f"/{stopped['id']}", state="paused")
    connection = await asyncpg.connect(shared_database_url)
    await store.queue(connection, stopped["id"], [store.New(None, "pending.waiting/1", "pending/queued before the pause", b"{}")])
    assert stopped["id"] not in await store.list_due(connection), "only a ping is sent to an address that is not active"
    await store.queue(connection, stopped["id"], [store.New(None, PING, "webhook/ping", b"{}")])
    assert stopped["id"] in await store.list_due(connection)
    await connection.close()
    assert {departure.name, later.name} <= set(await pair.carrier.listed("?unsigned=true", later.now))
