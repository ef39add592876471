"""A party with a server and its webhooks: what the tests of the interface share."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx

from ledger.admission.entry import Entry
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.test_reading import token_of
from tests.workbench import Workbench, key_of, uscc

SERIALS = itertools.count(2)
FAST: dict[str, object] = {"webhooks": "task", "webhook_networks": "127.0.0.0/8", "webhook_retry_ms": 10, "webhook_timeout_ms": 60_000}
"""Settings under which tests need not wait, and no receiver is late because the machine is busy."""


async def post(client: httpx.AsyncClient, entry: Entry) -> int:
    """Post what the bench has signed, at its time; its index."""
    answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
    assert answer.status_code == 201, answer.text
    return entry.index


class Desk:
    """One party's desk."""

    def __init__(self, client: httpx.AsyncClient, bench: Workbench, token: dict[str, str], party: str, other: str) -> None:
        """``other`` is a party beside it."""
        self.client, self.bench, self.token, self.party, self.other = client, bench, token, party, other
        self._serial = 0

    async def ask(self, method: str, path: str = "", **body: Any) -> httpx.Response:
        """A request about webhooks."""
        return await self.client.request(method, f"/v1/webhooks{path}", headers=self.token, json=body or None)

    async def subscribe(self, url: str, **more: Any) -> dict[str, Any]:
        """A webhook that its receiver has confirmed."""
        answer = await self.ask("POST", url=url, **more)
        assert answer.status_code == 201, answer.text
        return await self.until(answer.json()["id"], state="active")

    async def until(self, name: str, **wanted: Any) -> dict[str, Any]:
        """The webhook as soon as it is like that."""
        found: dict[str, Any] = {}
        async with asyncio.timeout(60):
            while not found or any(found.get(key, 0) != value for key, value in wanted.items()):
                found = (await self.ask("GET", f"/{name}")).json()
                await asyncio.sleep(0.02)
        return found

    async def log(self, name: str, query: str = "") -> list[dict[str, Any]]:
        """Its delivery log, newest first."""
        answer = await self.ask("GET", f"/{name}/deliveries{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found

    async def act(self, party: str | None = None) -> int:
        """An entry on the party's own chain; its index."""
        self._serial += 1
        who = party or self.party
        body = {"key": register(key_of(who, self._serial), self.bench.found, who)}
        return await post(self.client, self.bench.post("key.add/1", f"party/{who}", (who,), body))


async def desk_of(client: httpx.AsyncClient, bench: Workbench, party: str) -> Desk:
    """The desk of somebody who is registered."""
    return Desk(client, bench, await token_of(client, party), party, party)


async def new_desk(client: httpx.AsyncClient, bench: Workbench) -> Desk:
    """A party that was never told of anything, and another beside it."""
    party, other = (uscc("510112", next(SERIALS)) for _ in range(2))
    for who in (party, other):
        await post(client, bench.register(who))
    return Desk(client, bench, await token_of(client, party), party, other)
