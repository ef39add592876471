"""Manifests with personal data, posted to a real server, and everybody who might like to read it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from msgspec import Struct

from ledger.admission.statement import hash_of
from ledger.times import format_at
from ledger.vault.disclosure import Disclosure
from liandan.client.transport import Transport
from liandan.demo.founding import ORIGIN
from liandan.demo.play import PlannedAct
from signing.envelope import freeze
from tests.ledger.vault.people import committed, opened, request, wire
from tests.stories.stage import Stage


class Issued(Struct, frozen=True, kw_only=True):
    """A signed ``manifest.issue`` and the openings of its commitments."""

    act: PlannedAct
    envelope: bytes
    statement: str
    disclosures: list[Disclosure]

    @property
    def request(self) -> bytes:
        """What a client posts."""
        return self.with_disclosures(self.disclosures)

    def with_disclosures(self, listed: Sequence[Disclosure]) -> bytes:
        """The same envelope beside others."""
        return request(self.envelope, [wire(one) for one in listed])

    def path(self, field: str = "") -> str:
        """Where its disclosures are read, or one is erased."""
        return f"/v1/statements/{self.statement}/disclosures" + (f"/{field}" if field else "")


def issue(stage: Stage, name: str, disclosures: list[Disclosure] | None = None) -> Issued:
    """A manifest that commits to PEOPLE, or to others."""
    trip = stage.trip("batteries_out", name, "10-12 08:30", "1.2")
    people = opened(name) if disclosures is None else disclosures
    trip.do("issue", numbered=False, set={"commit": committed(stage.poster.found, trip.chain, 0, people)})
    envelope = stage.scribe.write(trip.acts[0])
    return Issued(act=trip.acts[0], envelope=freeze(envelope), statement=hash_of(envelope), disclosures=people)


async def post(stage: Stage, raw: bytes, act: PlannedAct, path: str = "/v1/statements") -> httpx.Response:
    """Post raw bytes at the time of an act."""
    async with httpx.AsyncClient(base_url=stage.poster.url, timeout=30) as client:
        return await client.post(path, content=raw, headers={"Liandan-Now": format_at(act.posted_s)})


@asynccontextmanager
async def as_party(stage: Stage, uscc: str, now_s: int) -> AsyncIterator[Transport]:
    """A logged-in client of a party."""
    client = Transport(stage.poster.url, stage.scribe.keyring.key(uscc), patience_s=5)
    client.now_s = now_s
    try:
        await client.login(ORIGIN)
        yield client
    finally:
        await client.close()


async def read(stage: Stage, uscc: str, issued: Issued) -> dict[str, dict[str, Any]]:
    """What a party sees of a statement: by field."""
    async with as_party(stage, uscc, issued.act.posted_s) as client:
        answer = json.loads(await client.get(issued.path()))
    assert answer["chain"] == issued.act.chain
    return {one["field"]: one for one in answer["openings"]}
