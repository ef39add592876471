"""Every published example is posted to a running log as it stands, signed by the right keys of the corpus, in the order of its story.

The log of acts is told again over HTTP, whole. Behind it come the kinds that only the other logs of the corpus hold: their bodies as they stand,
in statements of this log. A possession proof names its log, so those with a key end at that rule and no earlier.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.log import Log
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from liandan import schema_examples
from liandan.keyring import ServerKeys
from liandan.schema_examples import VECTORS, read_log, statement_in, statements
from liandan.server import serving
from liandan.wiring import KINDS
from signing import b64
from signing.envelope import PAYLOAD_LOGIN, freeze, seal
from signing.keys import PrivateKey, keyid
from tests.liandan.serving import settings_of

KEYS = json.loads((VECTORS / "keys.json").read_text(encoding="utf-8"))
AFTER = "2026-11-02T17:00:00+08:00"  # The present behind the log of acts.
ADMITTED = {200, 201, 202}
"""202: without the witnesses of its policy a log admits and does not publish."""


def key_named(part: str, name: str) -> PrivateKey:
    """A private key of the corpus."""
    found = next(one for one in KEYS[part] if one["name"] == name)
    key = PrivateKey.from_seed("ed25519", bytes.fromhex(found["seed"]))
    if "scalar" in found:
        key = PrivateKey(found["suite"], ec.derive_private_key(int(found["scalar"], 16), ec.SECP256R1()))
    assert "keyid" not in found or keyid(key.spki) == found["keyid"]
    return key


class Told:
    """A log of the corpus, told to a running server."""

    def __init__(self, name: str) -> None:
        self.log = read_log(name)
        self.entries = [schema_examples.decoded(item["entry"]) for item in self.log["entries"]]
        self.posted: set[str] = set()
        self.heads: dict[str, tuple[int, str]] = {}

    def prepare(self, directory: Path) -> None:
        """The data files that its statements adopt."""
        files = LogFiles(directory / "log", directory / "entries")
        beside = {digest: (VECTORS / file).read_bytes() for file, digest in self.log.get("files", {}).items()}
        for digest, raw in {**{digest: b64decode(text) for digest, text in self.log["data"].items()}, **beside}.items():
            files.write(f"data/{digest}", raw)

    async def tell(self, client: httpx.AsyncClient) -> None:
        """Post its envelopes, each at its time."""
        for item, entry in zip(self.log["entries"], self.entries, strict=True):
            statement = statement_in(entry)
            if statement["kind"] in UNPUBLISHED:
                answer = await client.post("/v1/statements", content=json.dumps(entry["statement"]), headers={"Liandan-Now": AFTER})
                [error] = answer.json()["errors"]
                assert error["code"] in UNPUBLISHED[statement["kind"]], answer.text
                continue
            self.heads[statement["chain"]] = statement["seq"], item["statement_hash"]
            await self.post(client, json.dumps(entry["statement"]), entry["admission"]["at"], statement)

    async def say(self, client: httpx.AsyncClient, kind: str, names: tuple[str, ...], remaining: set[str]) -> None:
        """The example of a kind in a statement of this log, next on its chain; ``remaining`` are the codes that it is refused with."""
        example = statements()[kind]
        chain, body = example["chain"], example["body"]
        seq, prev = self.heads.get(chain, (-1, genesis_prev(self.log["found"], chain)))
        by = tuple(next(one["uscc"] for one in KEYS["party"] if one["name"] == name) for name in names)
        draft = Draft(kind=kind, chain=chain, seq=seq + 1, prev=prev, by=by, at=AFTER, body=body)
        envelope = draft.sign([key_named("party", name) for name in names])
        if remaining:
            answer = await client.post("/v1/statements", content=freeze(envelope), headers={"Liandan-Now": AFTER})
            assert {error["code"] for error in answer.json()["errors"]} == remaining, (kind, answer.text)
            return
        await self.post(client, freeze(envelope), AFTER, {"kind": kind, "body": body})
        self.heads[chain] = seq + 1, hash_of(envelope)

    async def post(self, client: httpx.AsyncClient, envelope: str | bytes, at: str, statement: dict[str, Any]) -> None:
        """One statement, admitted; an example if its body is one."""
        headers = {"Liandan-Now": at, "Prefer": "respond-async"}
        answer = await client.post("/v1/statements", content=envelope, headers=headers)
        assert answer.status_code in ADMITTED, (statement["kind"], answer.json()["errors"])
        if statement["body"] == schema_examples.body(statement["kind"]):
            self.posted.add(statement["kind"])


def keyring(told: Told) -> ServerKeys:
    """The server's keys of a log of the corpus: one log key for all of them."""
    return ServerKeys(origin=told.log["origin"], log=key_named("note", KEYS["note"][0]["name"]), operator=key_named("party", "operator"))


OPERATOR, FOUNDERS = "operator", ("operator", "sichuan", "chongqing")
UNPUBLISHED = {
    "log.cut/1": {"SEEN_MISMATCH"},
    "period.close/1": {"SEEN_MISMATCH", "PREDECESSOR_MISSING"},
    "period.confirm/1": {"PREDECESSOR_MISSING"},
    "period.dispute/1": {"PREDECESSOR_MISSING"},
}
"""A cut and the close of a month name the root of what was published, and here no witness cosigns; what is said of a close follows it."""
BEHIND: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "pd.erase/1": ((OPERATOR,), set()),
    "log.refusals/1": ((OPERATOR,), set()),
    "key.rotate/1": (("receiver",), {"POSSESSION_WRONG"}),
    "key.revoke/1": (("carrier",), set()),
    "authority.admit/1": (FOUNDERS, {"POSSESSION_WRONG"}),
    "ruleset.adopt/1": (FOUNDERS, {"DATA_MISSING"}),
    "witness.set/1": (FOUNDERS, set()),
    "log.close/1": (FOUNDERS, set()),
}
"""What the log of acts lacks, in an order in which it can come: who signs, and the codes of rules that remain."""


@pytest.fixture
def told_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log with a real clock, told its time by ``Liandan-Now`` all the same: its story lies behind us. Its witnesses do not run."""
    monkeypatch.setattr(Log, "simulated", property(lambda log: True, lambda log, value: None), raising=False)
    monkeypatch.setattr("liandan.server.DRAIN_S", 0.1)


async def test_every_example_is_admitted_as_it_stands(database_url: str, tmp_path: Path, told_time: None) -> None:
    told = Told("acts")
    told.prepare(tmp_path)
    async with (
        serving(settings_of(database_url, tmp_path), keyring=keyring(told)) as base_url,
        httpx.AsyncClient(base_url=base_url, timeout=60) as client,
    ):
        await told.tell(client)
        assert told.posted == KINDS.by_name.keys() - BEHIND.keys() - UNPUBLISHED.keys()
        await logs_in(client, base_url)
        for kind, (names, remaining) in BEHIND.items():
            await told.say(client, kind, names, remaining)
        assert told.posted == {kind for kind in KINDS.by_name if not BEHIND.get(kind, ((), set()))[1]} - UNPUBLISHED.keys()


async def logs_in(client: httpx.AsyncClient, base_url: str) -> None:
    """The example of a login, with what differs from server to server and day to day."""
    example = schema_examples.fixed()["login"]
    key = key_named("party", "generator")
    assert example["keyid"] == key.keyid
    now = (await client.get("/v1/log")).json()
    assert example["origin"] == now["origin"]
    for change, status in (({}, 201), ({"nonce": b64.encode(bytes(range(32))), "scope": "read post"}, 400)):
        body = example | {"audience": base_url, "not_after": in_an_hour(), **change}
        answer = await client.post("/v1/tokens", content=freeze(seal(PAYLOAD_LOGIN, json.dumps(body).encode(), [key])))
        assert answer.status_code == status, answer.text


def in_an_hour() -> str:
    """Login goes by real time."""
    return format_at(int(time.time()) + 3600)


def test_the_example_statements_of_one_kind_are_whole() -> None:
    """Case of November 2026: there was no JSON example of one whole ``manifest.issue/1``."""
    issue = statements()["manifest.issue/1"]
    assert issue["body"]["lines"][0]["mass_t"] == "5.600000"
    assert {"receiver", "permit", "origin", "destination", "consignor", "carriers", "approval", "planned_at", "lines"} <= issue[
        "body"
    ].keys()
