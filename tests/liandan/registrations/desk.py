"""Firms that nobody knows yet, and the authorities that decide about them, at one server."""

from __future__ import annotations

import itertools
from base64 import b64decode, b64encode
from typing import Any

import httpx
import msgspec

from ledger.registrations.form import registration_id
from ledger.times import parse_at
from liandan.client.registration import RegistrationRequest, make_application
from signing.envelope import Envelope, freeze
from signing.keys import PrivateKey
from tests.liandan.serving import NOW
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, key_of, uscc

CONTACT = {"contact.name": "张三", "contact.phone": "19900001234"}
KNOWN, BUREAU, SCOPED = uscc("510100", 700), uscc("510700", 701), uscc("510107", 702)
KNOWN_NAME = "川北宏远再生资源有限公司（虚构）"
SERIAL = itertools.count(7_000)


def bench() -> Workbench:
    """A log with a firm, and a city bureau that registers parties for the authority of 51."""
    found = Workbench()
    found.register(KNOWN, KNOWN_NAME)
    found.register(BUREAU, "江州市生态环境局（虚构）")
    body = {"delegate": BUREAU, "kinds": ["party.register"], "document": "委托书（虚构）"}
    found.post("delegation.grant/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), body)
    return found


def fresh(division: str = "510100") -> str:
    """A USCC that nobody has."""
    return uscc(division, next(SERIAL))


def posted(request: RegistrationRequest) -> bytes:
    """The body of the request."""
    disclosures = [{"field": one.field, "salt": b64encode(one.salt).decode(), "value": one.value} for one in request.disclosures]
    return b'{"envelope":%b,"disclosures":%b}' % (freeze(request.envelope), msgspec.json.encode(disclosures))


class Applicant:
    """A firm with a key of its own and nothing else."""

    def __init__(self, client: httpx.AsyncClient, found: str, code: str = "", name: str = "新来的再生铅厂（虚构）", **changes: Any) -> None:
        self.client, self.uscc, self.name = client, code or fresh(), name
        self.keys: list[PrivateKey] = changes.pop("keys", None) or [key_of(f"{self.uscc} {next(SERIAL)}")]
        fields: dict[str, Any] = {"contact": CONTACT, "at_s": parse_at(NOW), "found": found, **changes}
        self.request = make_application(self.keys, uscc=self.uscc, name=name, **fields)
        self.id = registration_id(self.request.envelope)

    async def ask(self, raw: bytes | None = None) -> httpx.Response:
        """Bring the application."""
        return await self.client.post("/v1/registrations", content=raw or posted(self.request))

    async def taken(self) -> Applicant:
        """The same, once it is there."""
        answer = await self.ask()
        assert answer.status_code == 202, answer.text
        return self

    async def state(self) -> dict[str, Any]:
        """What the firm is told."""
        answer = await self.client.get(f"/v1/registrations/{self.id}", headers={"Liandan-Code": self.request.code})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


class Office:
    """Somebody with a token."""

    def __init__(self, client: httpx.AsyncClient, uscc: str, token: dict[str, str]) -> None:
        self.client, self.uscc, self.token = client, uscc, token

    async def ask(self, method: str, path: str = "", **more: Any) -> httpx.Response:
        """A request about registrations."""
        return await self.client.request(method, f"/v1/registrations{path}", headers=self.token, **more)

    async def listed(self) -> list[dict[str, Any]]:
        """All that wait for it."""
        found, query = [], "?limit=200"
        while query:
            answer = await self.ask("GET", query)
            assert answer.status_code == 200, answer.text
            found += answer.json()["registrations"]
            query = f"?limit=200&cursor={answer.json()['next']}" if answer.json()["next"] else ""
        return found

    async def look(self, name: str) -> dict[str, Any]:
        """One, whole."""
        answer = await self.ask("GET", f"/{name}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def statement(self, bench: Workbench, shown: dict[str, Any], principal: str | None = None, **changes: Any) -> Envelope:
        """``party.register`` as whoever decides composes it from what the firm has signed."""
        payload = msgspec.json.decode(b64decode(shown["envelope"]["payload"]))
        draft = bench.draft(
            "party.register/1", f"party/{payload['uscc']}", (self.uscc,), payload["body"], at=NOW, principal=principal, **changes
        )
        return draft.sign([key_of(self.uscc)])


__all__ = ["AUTHORITY_50", "AUTHORITY_51", "Applicant", "Office", "bench", "posted"]
