"""Consignor and carrier at a stage: each with a token of its own, and departures that both have to sign."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
from msgspec.structs import replace

from ledger.admission.statement import hash_of
from ledger.times import format_at
from liandan.demo.calendar import at
from liandan.demo.cast import SICHUAN
from liandan.demo.founding import ORIGIN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory, Step
from signing.envelope import Envelope, Signature, freeze
from signing.keys import PrivateKey
from tests.liandan.conforming import conforms
from tests.liandan.test_reading import login
from tests.stories.stage import Stage

NAMES = itertools.count(1)


def part_of(envelope: Envelope, *places: int) -> Envelope:
    """The same bytes with the signatures of these places alone."""
    return replace(envelope, signatures=tuple(envelope.signatures[place] for place in places))


def signature_of(envelope: Envelope, key: PrivateKey) -> Signature:
    """Another signature of the same bytes."""
    return Signature(key.keyid, key.sign(envelope.message))


class Signer:
    """A party with a token."""

    def __init__(self, client: httpx.AsyncClient, uscc: str, token: dict[str, str]) -> None:
        self.client, self.uscc, self.token = client, uscc, token

    async def ask(self, method: str, path: str = "", now: str = "", **more: Any) -> httpx.Response:
        """A request about pending statements."""
        headers = {**self.token, **({"Liandan-Now": now} if now else {}), "Prefer": "wait=20"}
        return await self.client.request(method, f"/v1/pending{path}", headers=headers, **more)

    async def bring(self, envelope: Envelope, now: str = "", **more: Any) -> httpx.Response:
        """Bring an envelope."""
        return await self.ask("POST", now=now, content=freeze(envelope), **more)

    async def look(self, name: str, now: str = "") -> dict[str, Any]:
        """One that is there."""
        answer = await self.ask("GET", f"/{name}", now)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def listed(self, query: str = "", now: str = "") -> list[str]:
        """Hashes of those that are shown."""
        answer = await self.ask("GET", query, now)
        assert answer.status_code == 200, answer.text
        return [one["statement"] for one in answer.json()["pending"]]


class Departure:
    """A manifest that is issued, and the departure that generator and carrier have to sign."""

    def __init__(self, stage: Stage, trip: ManifestStory, act: PlannedAct, envelope: Envelope) -> None:
        self.stage, self.trip, self.act, self.envelope = stage, trip, act, envelope
        self.name = hash_of(envelope)
        self.now = format_at(act.at_s + 60)

    @property
    def first(self) -> Envelope:
        """As the consignor has signed it."""
        return part_of(self.envelope, 0)

    @property
    def second(self) -> Envelope:
        """As the carrier has signed it."""
        return part_of(self.envelope, 1)


class Pair:
    """The consignor, the carrier, and somebody else."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient, consignor: Signer, carrier: Signer, other: Signer) -> None:
        self.stage, self.client, self.consignor, self.carrier, self.other = stage, client, consignor, carrier, other

    async def departure(self, issued: str = "10-12 08:30") -> Departure:
        """A departure that nobody has brought yet."""
        trip = self.stage.trip("batteries_out", f"pending {next(NAMES)}", issued, "1.2").do("issue", numbered=False).do("depart 1h")
        issue, depart = trip.acts
        await self.stage.post([replace(issue, post_s=issue.at_s + 60)])
        return Departure(self.stage, trip, depart, self.stage.scribe.write(depart))

    def signed(self, envelope: Envelope) -> Envelope:
        """The bytes of an envelope, signed by both."""
        keys = [self.stage.scribe.keyring.key(signer.uscc) for signer in (self.consignor, self.carrier)]
        return replace(envelope, signatures=tuple(signature_of(envelope, key) for key in keys))

    def instead(self, departure: Departure, verb: str, **body: object) -> PlannedAct:
        """An act of the generator alone that takes the place of a departure."""
        self.stage.scribe._hashes[departure.trip.chain].pop()  # the departure is no entry
        act = departure.trip.follow(verb, {verb: Step(set=body)}).acts[-1]
        return replace(act, post_s=act.at_s + 60)

    async def stop(self, departure: Departure, at_s: int) -> str:
        """A hold on the manifest that is not departed yet, by the authority of the origin; its chain."""
        trunk = self.stage.scribe._hashes[departure.trip.chain]
        chain = f"{departure.trip.chain.replace('manifest', 'case', 1)}/{self.stage.world.ulid(at_s, departure.trip.name)}"
        body = {"trunk": {"seq": 0, "hash": trunk[0]}, "reason": "现场检查（虚构）"}
        await self._case("case.hold/1", chain, body, at_s)
        return chain

    async def release(self, departure: Departure, chain: str, at_s: int) -> None:
        """The end of a hold."""
        await self._case("case.release/1", chain, {"reason": "核实无误（虚构）"}, at_s)

    async def _case(self, kind: str, chain: str, body: object, at_s: int) -> None:
        await self.stage.post([PlannedAct(kind=kind, chain=chain, by=(SICHUAN.uscc,), body=body, at_s=at_s, post_s=at_s + 60)])


async def token_at(client: httpx.AsyncClient, key: PrivateKey) -> dict[str, str]:
    """A token of a key."""
    answer = await client.post("/v1/tokens", content=freeze(login(client, key, origin=ORIGIN)))
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def signer_at(stage: Stage, client: httpx.AsyncClient, uscc: str) -> Signer:
    """A party of the stage."""
    return Signer(client, uscc, await token_at(client, stage.scribe.keyring.key(uscc)))


async def pair_at(stage: Stage) -> Pair:
    """Those whom a load of batteries concerns, and its receiver, whose signature a departure does not take."""
    client = httpx.AsyncClient(base_url=stage.poster.url, timeout=60, event_hooks={"response": [conforms]})
    trip = stage.trip("batteries_out", "nobody's", "10-12 08:00", "1")
    parties = (trip.generator.uscc, trip.carrier.uscc, trip.receiver.uscc)
    return Pair(stage, client, *[await signer_at(stage, client, uscc) for uscc in parties])


__all__ = ["Departure", "Pair", "Signer", "at", "pair_at", "part_of", "signature_of", "signer_at", "token_at"]
