"""What is brought to the relay and turned away: each with a code of its own, and nothing of it left behind."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256

import asyncpg
import pytest
from msgspec.structs import replace

from ledger.pending import service
from signing.envelope import Envelope, Signature, freeze
from signing.keys import PrivateKey
from tests.liandan.pending.desk import Pair, part_of, signature_of

STRANGE = PrivateKey.from_seed("ed25519", sha256(b"nobody's").digest())


async def kept(url: str) -> int:
    """Rows of pending statements."""
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval("SELECT count(*) FROM pending")
    await connection.close()
    return count


def wrong(envelope: Envelope) -> Envelope:
    """A signature of other bytes."""
    first = envelope.signatures[0]
    return replace(envelope, signatures=(Signature(first.keyid, first.sig[:-1] + bytes([first.sig[-1] ^ 1])), *envelope.signatures[1:]))


async def test_each_has_its_code_and_nothing_stays(pair: Pair, shared_database_url: str) -> None:
    departure, keys = await pair.departure(), pair.stage.scribe.keyring
    first, message = departure.first, departure.envelope
    another = signature_of(message, keys.key(pair.other.uscc))
    bad = {
        "SIGNATURE_WRONG": freeze(wrong(first)),
        "KEY_UNKNOWN": freeze(replace(first, signatures=(signature_of(message, STRANGE),))),
        "KEY_OTHER_PARTY": freeze(replace(first, signatures=(*first.signatures, another))),
        "SIGNATURE_COUNT": freeze(replace(message, signatures=(*message.signatures, another))),
        "ENVELOPE_FIELD": json.dumps(json.loads(freeze(first)) | {"signatures": []}).encode(),
        "KEYID_TWICE": freeze(replace(first, signatures=first.signatures * 2)),
        "REQUEST_TOO_LARGE": freeze(first).ljust(65_537),
        "BODY_TOO_LARGE": freeze(replace(first, body=first.body + b" " * 24_576)),
        "NOT_JSON": b"{",
        "PENDING_DISCLOSURES": json.dumps({"envelope": json.loads(freeze(first)), "disclosures": []}).encode(),
        "PAYLOAD_TYPE": freeze(replace(first, payload_type="application/vnd.liandan.login.v1+json")),
    }
    before = await kept(shared_database_url)
    for code, raw in bad.items():
        answer = await pair.consignor.ask("POST", now=departure.now, content=raw)
        assert answer.json()["code"] == code, answer.text
    assert await kept(shared_database_url) == before
    assert (await pair.client.post("/v1/pending", content=freeze(first))).json()["code"] == "TOKEN_MISSING"


async def test_personal_data_in_clear_is_never_kept(pair: Pair, shared_database_url: str) -> None:
    departure = await pair.departure()
    fields = json.loads(departure.envelope.body)
    fields["body"]["place"]["address"] = "某路 13800138000"
    envelope = replace(departure.first, body=json.dumps(fields).encode())
    signed = replace(envelope, signatures=(signature_of(envelope, pair.stage.scribe.keyring.key(pair.consignor.uscc)),))
    before = await kept(shared_database_url)
    answer = await pair.consignor.bring(signed, departure.now)
    assert (answer.json()["code"], "13800138000" in answer.text) == ("PERSONAL_DATA", False), answer.text
    assert await kept(shared_database_url) == before


async def test_too_many_of_one_party(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = await pair.departure(), await pair.departure()
    await pair.consignor.bring(one.first, one.now)
    monkeypatch.setattr(service, "PER_PARTY_MAX", 1)
    refused = await pair.consignor.bring(two.first, two.now)
    assert (refused.status_code, refused.json()["code"]) == (409, "PENDING_TOO_MANY")
    # Not of others: the budget is his who brings.
    assert (await pair.carrier.bring(two.second, two.now)).status_code == 202


async def test_both_at_once_make_one_entry(pair: Pair) -> None:
    departure = await pair.departure()
    answers = await asyncio.gather(
        *(pair.consignor.bring(departure.first, departure.now) for _ in range(3)),
        *(pair.carrier.bring(departure.second, departure.now) for _ in range(3)),
        *(pair.carrier.bring(departure.envelope, departure.now) for _ in range(2)),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 202}, [answer.text for answer in answers]
    shown = await pair.carrier.look(departure.name, departure.now)
    assert shown["state"] == "entered"
    feed = await pair.client.get("/v1/feed", params={"after": shown["receipt"]["index"] - 1, "limit": 10}, headers=pair.carrier.token)
    assert sum(entry["index"] >= shown["receipt"]["index"] for entry in feed.json()["entries"]) == 1


async def test_what_was_posted_past_the_relay_is_answered_with_its_receipt(pair: Pair) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    posted = await pair.client.post("/v1/statements", content=freeze(departure.envelope), headers={"Liandan-Now": departure.now})
    assert posted.status_code == 201
    shown = await pair.carrier.look(departure.name, departure.now)
    assert (shown["state"], shown["receipt"]["index"]) == ("entered", posted.json()["index"])
    brought = await pair.carrier.bring(departure.second, departure.now)
    assert (brought.status_code, brought.json()["receipt"]["index"]) == (200, posted.json()["index"])


async def test_what_the_log_refuses_is_answered_with_its_reason_and_kept_to_be_read(pair: Pair) -> None:
    departure = await pair.departure()
    fields = json.loads(departure.envelope.body)
    fields["body"]["loaded"][0]["line"] = 5
    envelope = pair.signed(replace(departure.envelope, body=json.dumps(fields, ensure_ascii=False).encode()))
    brought = await pair.consignor.bring(part_of(envelope, 0), departure.now)
    assert brought.status_code == 202, brought.text
    name, told = brought.json()["statement"], [blocker["code"] for blocker in brought.json()["blockers"]]
    assert told
    refused = await pair.carrier.bring(part_of(envelope, 1), departure.now)
    assert ([error["code"] for error in refused.json()["errors"]], bool(refused.json()["receipt"])) == (told, True), refused.text
    shown = await pair.consignor.look(name, departure.now)
    assert (shown["state"], [blocker["code"] for blocker in shown["blockers"]]) == ("refused", told)
    # The cause may have gone: whole, it may be brought again.
    assert (await pair.consignor.bring(envelope, departure.now)).status_code == refused.status_code
