"""What is brought to be registered and turned away: each with a code of its own, and nothing of it left behind."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from msgspec.structs import replace

from ledger.registrations import store
from ledger.registrations.form import code_digest, fingerprint
from ledger.registrations.model import DAY_S, PER_FIRM_AND_ADDRESS_MAX
from ledger.times import format_at, parse_at
from signing.commitment import commit
from signing.envelope import PAYLOAD_REGISTRATION, PAYLOAD_STATEMENT, Envelope, Signature, freeze, seal
from signing.possession import register
from tests.liandan.registrations.conftest import Desk
from tests.liandan.registrations.desk import AUTHORITY_51, CONTACT, Applicant, fresh, posted
from tests.liandan.serving import NOW, http, post_all
from tests.workbench import key_of


async def kept(url: str) -> int:
    """Applications that are there."""
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval("SELECT count(*) FROM registration")
    await connection.close()
    return count


def resigned(firm: Applicant, **changes: Any) -> bytes:
    """The same application with other fields in its payload, signed by its keys again."""
    payload = {**json.loads(firm.request.envelope.body), **changes}
    envelope = seal(PAYLOAD_REGISTRATION, json.dumps(payload, ensure_ascii=False).encode(), firm.keys)
    return posted(replace(firm.request, envelope=envelope))


def body_of(firm: Applicant, **changes: Any) -> dict[str, Any]:
    """The body that is asked for, with changes."""
    found: dict[str, Any] = {**json.loads(firm.request.envelope.body)["body"], **changes}
    return found


def enveloped(firm: Applicant, envelope: Envelope) -> bytes:
    """The same with another envelope."""
    return posted(replace(firm.request, envelope=envelope))


def wrong_signature(firm: Applicant) -> bytes:
    """One bit of the signature is another."""
    [signature] = firm.request.envelope.signatures
    other = Signature(signature.keyid, signature.sig[:-1] + bytes([signature.sig[-1] ^ 1]))
    return enveloped(firm, replace(firm.request.envelope, signatures=(other,)))


def swapped_key(firm: Applicant) -> bytes:
    """Somebody between firm and server puts his own key in the place of the firm's, with a proof that he has it, and cannot sign for the firm."""
    payload = json.loads(firm.request.envelope.body)
    payload["body"]["keys"] = [msgspec.to_builtins(register(key_of("thief"), payload["found"], firm.uscc))]
    return enveloped(firm, replace(firm.request.envelope, body=json.dumps(payload).encode()))


def borrowed_proof(firm: Applicant) -> bytes:
    """A proof of possession that was made for another firm."""
    keys = [msgspec.to_builtins(register(firm.keys[0], json.loads(firm.request.envelope.body)["found"], fresh()))]
    return resigned(firm, body=body_of(firm, keys=keys))


def borrowed_key(firm: Applicant) -> bytes:
    """Somebody else's key and proof, as he might have seen them, in an application that he signs himself."""
    payload = json.loads(firm.request.envelope.body)
    payload["body"]["name"] = "冒名者（虚构）"
    return enveloped(firm, seal(PAYLOAD_REGISTRATION, json.dumps(payload).encode(), [key_of("thief")]))


def one_of_two(firm: Applicant) -> bytes:
    """Two keys are asked for and one signs."""
    keys = [
        msgspec.to_builtins(register(key, json.loads(firm.request.envelope.body)["found"], firm.uscc))
        for key in (firm.keys[0], key_of("second"))
    ]
    return resigned(firm, body=body_of(firm, keys=keys))


def disclosed(firm: Applicant, **values: str) -> bytes:
    """Contacts that were not committed to, or fewer."""
    parts = [
        {"field": one.field, "salt": b64encode(one.salt).decode(), "value": values.get(one.field[8:], one.value)}
        for one in firm.request.disclosures
    ]
    return b'{"envelope":%b,"disclosures":%b}' % (
        freeze(firm.request.envelope),
        msgspec.json.encode([part for part in parts if part["value"]]),
    )


def more_contact(firm: Applicant) -> bytes:
    """A field that no contact has."""
    payload = json.loads(firm.request.envelope.body)
    salt = secrets.token_bytes(32)
    own = {"home.address": commit(payload["found"], f"party/{firm.uscc}", 0, "home.address", salt, "某街 1 号")}
    return resigned(firm, commit={**payload["commit"], **own})


BAD = {
    "no JSON": (lambda firm: b"{", 400, "NOT_JSON"),
    "no envelope": (lambda firm: b"{}", 400, "ENVELOPE_FIELD"),
    "a statement": (lambda firm: enveloped(firm, replace(firm.request.envelope, payload_type=PAYLOAD_STATEMENT)), 400, "PAYLOAD_TYPE"),
    "an unknown field": (lambda firm: resigned(firm, more=1), 400, "REGISTRATION_FIELD"),
    "no name": (lambda firm: resigned(firm, body=body_of(firm, name="")), 422, "MISSING"),
    "a long name": (lambda firm: resigned(firm, body=body_of(firm, name="厂" * 201)), 422, "TEXT_LONG"),
    "a telephone in the name": (lambda firm: resigned(firm, body=body_of(firm, name="回收站 13800138000")), 422, "PERSONAL_DATA"),
    "a blank behind the name": (lambda firm: resigned(firm, body=body_of(firm, name="再生铅厂 ")), 422, "REGISTRATION_NAME"),
    "a radical in the name": (lambda firm: resigned(firm, body=body_of(firm, name="⻋辆拆解厂")), 422, "REGISTRATION_NAME"),
    "a wrong USCC": (lambda firm: resigned(firm, uscc=firm.uscc[:-1] + "0"), 400, "USCC"),
    "no keys": (lambda firm: resigned(firm, body=body_of(firm, keys=[])), 400, "REGISTRATION_FIELD"),
    "another's signature": (wrong_signature, 401, "SIGNATURE_WRONG"),
    "a swapped key": (swapped_key, 400, "REGISTRATION_SIGNED"),
    "a borrowed proof": (borrowed_proof, 401, "POSSESSION_WRONG"),
    "a borrowed key": (borrowed_key, 400, "REGISTRATION_SIGNED"),
    "one of two keys signs": (one_of_two, 400, "REGISTRATION_SIGNED"),
    "another contact": (lambda firm: disclosed(firm, name="李四"), 422, "DISCLOSURE_WRONG"),
    "no telephone": (lambda firm: disclosed(firm, phone=""), 422, "REGISTRATION_CONTACT"),
    "a bare envelope": (lambda firm: freeze(firm.request.envelope), 422, "REGISTRATION_CONTACT"),
    "nothing committed": (lambda firm: resigned(firm, commit={}), 422, "REGISTRATION_CONTACT"),
    "more than a contact": (more_contact, 422, "REGISTRATION_CONTACT"),
    "too old": (lambda firm: resigned(firm, at=format_at(parse_at(NOW) - DAY_S - 60)), 422, "REGISTRATION_TIME"),
    "of tomorrow": (lambda firm: resigned(firm, at=format_at(parse_at(NOW) + DAY_S)), 422, "REGISTRATION_TIME"),
    "too large": (lambda firm: b'{"envelope":"' + b"A" * 70_000 + b'"}', 413, "REQUEST_TOO_LARGE"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_what_is_wrong_has_its_code_and_leaves_nothing(desk: Desk, shared_database_url: str, case: str) -> None:
    make, status, code = BAD[case]
    firm, before = desk.applicant(), await kept(shared_database_url)
    answer = await firm.ask(make(firm))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    for secret in (*CONTACT.values(), "13800138000", firm.request.code):
        assert secret not in answer.text
    assert await kept(shared_database_url) == before


async def test_another_log_and_founders_and_taken_keys(desk: Desk, shared_database_url: str) -> None:
    before = await kept(shared_database_url)
    found = {
        "REGISTRATION_LOG": Applicant(desk.client, "0" * 64),
        "CHAIN_OWNER": desk.applicant(AUTHORITY_51),
        "KEY_REGISTERED": desk.applicant(keys=[key_of(AUTHORITY_51)]),
    }
    for code, firm in found.items():
        answer = await firm.ask()
        assert answer.json()["code"] == code, answer.text
    assert await kept(shared_database_url) == before


async def test_a_thief_with_one_address_shuts_nobody_out_and_signs_nothing_for_the_firm(desk: Desk) -> None:
    """He asks in the firm's name first. Both wait; the authority sees both, with other fingerprints, and registers the one that the firm reads out."""
    thieves = [await desk.applicant(code).taken() for code in [fresh()] * PER_FIRM_AND_ADDRESS_MAX]
    more = desk.applicant(thieves[0].uscc)
    answer = await more.ask()
    assert (answer.status_code, answer.json()["code"]) == (409, "REGISTRATION_BUSY"), "of one address"
    refused = await desk.sichuan.ask("POST", f"/{thieves[1].id}/refuse", json={"reason": "经电话核对，指纹不符"})
    assert refused.status_code == 200
    firm = await more.taken()
    shown = await desk.sichuan.look(firm.id)
    assert [one["keys"][0]["fingerprint"] for one in shown["rivals"]] == [fingerprint(thieves[0].keys[0].keyid)]
    assert shown["keys"][0]["fingerprint"] == fingerprint(firm.keys[0].keyid)
    signed = desk.sichuan.statement(desk.bench, shown)
    assert (await desk.client.post("/v1/statements", content=freeze(signed))).status_code == 201
    assert [(await one.state())["state"] for one in (firm, thieves[0])] == ["confirmed", "waiting"]
    left = await desk.sichuan.look(thieves[0].id)
    assert left["party"]["uscc"] == firm.uscc, "whoever looks at it sees that the firm is registered"
    late = desk.sichuan.statement(desk.bench, left)
    assert (await desk.client.post("/v1/statements", content=freeze(late))).json()["code"] in ("CHAIN_CONFLICT", "CHAIN_NOT_OPEN")


async def test_who_comes_again_every_day_is_known_again_without_his_address(desk: Desk, shared_database_url: str) -> None:
    """After a day nothing is left of an address that leads to it; the same one does not fill a firm's places day by day all the same."""
    conn = await asyncpg.connect(shared_database_url)
    try:
        code = fresh()
        for _ in range(PER_FIRM_AND_ADDRESS_MAX):
            await desk.applicant(code).taken()
        await conn.execute("UPDATE registration SET noted_at = noted_at - interval '25 hours' WHERE uscc = $1", code)
        await store.forget(conn, 0)
        kept = await conn.fetch("SELECT DISTINCT payer FROM registration WHERE uscc = $1", code)
        assert [len(row["payer"]) for row in kept] == [4]
        await store.forget(conn, 0)
        assert await conn.fetch("SELECT DISTINCT payer FROM registration WHERE uscc = $1", code) == kept
        assert (await desk.applicant(code).ask()).json()["code"] == "REGISTRATION_BUSY"
        async with conn.transaction():
            assert (await store.counts(conn, code, "198.51.100.7"))[1:3] == (PER_FIRM_AND_ADDRESS_MAX, 0), "another address has its places"
            await conn.execute("UPDATE registration SET state = 'lapsed' WHERE uscc = $1", code)
            await store.forget(conn, 0)
            assert await conn.fetchval("SELECT count(payer) FROM registration WHERE uscc = $1", code) == 0
    finally:
        await conn.close()


async def test_a_flood_is_bounded_by_address_and_altogether(database_url: str, tmp_path: Path, desk: Desk) -> None:
    changes = {"trusted_proxies": "127.0.0.1/32", "registrations_per_day": 3, "registrations_max": 5}
    (tmp_path / "log" / "data").mkdir(parents=True)
    for path, content in desk.bench.data.items():
        (tmp_path / "log" / path).write_bytes(content)
    async with http(database_url, tmp_path, **changes) as client:
        from tests.liandan.registrations.desk import bench

        made = bench()
        assert {answer.status_code for answer in await post_all(client, made)} == {201}

        async def ask(address: str) -> tuple[int, str]:
            firm = Applicant(client, made.found)
            answer = await client.post("/v1/registrations", content=posted(firm.request), headers={"X-Forwarded-For": address})
            return answer.status_code, answer.json().get("code", "")

        one, other = "198.51.100.7", "2001:db8:1:2::"
        assert [await ask(one) for _ in range(3)] == [(202, "")] * 3
        assert await ask(one) == (429, "REGISTRATIONS_TOO_MANY")
        assert [await ask(f"{other}{host}") for host in "12"] == [(202, "")] * 2, "another address is not kept out"
        assert await ask("198.51.100.8") == (503, "REGISTRATIONS_FULL")


def test_a_code_is_read_as_people_write_it() -> None:
    assert code_digest("ABCD-EFGH 2345") == code_digest("abcdefgh2345") != code_digest("ABCDEFGH2346")
    assert fingerprint("3f2a91c077de04b1c6a9" + "0" * 44) == "3f2a 91c0 77de 04b1 c6a9"
