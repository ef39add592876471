"""Everything a sender can do wrong, over real HTTP: its own code and status, nothing written, the rest of a batch unharmed."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.statement import Draft
from ledger.chain import founding_prev, genesis_prev
from liandan.client.transport import challenge
from signing.envelope import PAYLOAD_STATEMENT, Signature, freeze, seal
from signing.possession import register
from tests.liandan.serving import NOW, http, post_all
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of, uscc

PARTY, OTHER, NEW = uscc("510112", 2), uscc("510112", 3), uscc("510112", 4)


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


@pytest.fixture
async def client(database_url: str, tmp_path: Path, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    async with http(database_url, tmp_path) as client:
        answers = await post_all(client, bench)
        assert {answer.status_code for answer in answers} == {201}
        yield client


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for all that is refused: its log stands still, whatever is posted."""
    async with http(shared_database_url, tmp_path_factory.mktemp("still")) as client:
        await post_all(client, bench)
        yield client


def draft(bench: Workbench, **changes: Any) -> Draft:
    """A good statement: OTHER adds a key."""
    fields: dict[str, Any] = {
        "kind": "key.add/1",
        "chain": f"party/{OTHER}",
        "seq": 1,
        "prev": bench.facts.head(f"party/{OTHER}").hash,  # type: ignore[union-attr]  # it is registered
        "by": (OTHER,),
        "at": NOW,
        "body": {"key": register(key_of(OTHER, 1), bench.found, OTHER)},
        **changes,
    }
    return Draft(**fields)


def raw_body(body: bytes) -> bytes:
    """An envelope of OTHER over bytes of any kind."""
    return freeze(seal(PAYLOAD_STATEMENT, body, [key_of(OTHER)]))


def changed(bench: Workbench, old: str, new: str) -> bytes:
    """The good statement with another text in its body, signed."""
    text = draft(bench).to_bytes().decode()
    assert old in text
    return raw_body(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))


def registration(bench: Workbench, name: object, by: tuple[str, ...] = (AUTHORITY_51,)) -> bytes:
    """An authority registers NEW."""
    body = {"name": name, "keys": [register(key_of(NEW), bench.found, NEW)]}
    place = {"chain": f"party/{NEW}", "seq": 0, "prev": genesis_prev(bench.found, f"party/{NEW}")}
    return signed_by(bench, *by, kind="party.register/1", **place, by=by, body=body)


def adoption(bench: Workbench, *by: str) -> bytes:
    """A data set is adopted, by whoever signs."""
    body = {"name": "x", "version": "1", "sha256": RULESETS[CURRENT].sha256}
    return signed_by(bench, *by, kind="data.adopt/1", chain="log/main", prev=bench.found, by=by, body=body)


def signed_by(bench: Workbench, *parties: str, **changes: Any) -> bytes:
    return freeze(draft(bench, **changes).sign([key_of(party) for party in parties]))


def wrong_signature(bench: Workbench) -> bytes:
    envelope = draft(bench).sign([key_of(OTHER)])
    sig = bytearray(envelope.signatures[0].sig)
    sig[40] ^= 1
    return freeze(type(envelope)(envelope.payload_type, envelope.body, (Signature(key_of(OTHER).keyid, bytes(sig)),)))


def another_log(bench: Workbench) -> bytes:
    found = "0" * 64
    body = {"name": "另一账本（虚构）", "keys": [register(key_of(NEW), found, NEW)]}
    fields = {"kind": "party.register/1", "chain": f"party/{NEW}", "seq": 0, "prev": genesis_prev(found, f"party/{NEW}")}
    return freeze(draft(bench, **fields, by=(AUTHORITY_51,), body=body).sign([key_of(AUTHORITY_51)]))


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


BAD: dict[str, tuple[Any, str, int]] = {
    "not JSON": (lambda b: b"{no", "NOT_JSON", 400),
    "not UTF-8": (lambda b: raw_body(b'{"kind":"\xff"}'), "NOT_UTF8", 400),
    "byte order mark": (lambda b: raw_body(b"\xef\xbb\xbf{}"), "BYTE_ORDER_MARK", 400),
    "a list": (lambda b: b"[]", "NOT_OBJECT", 400),
    "wrong base64": (lambda b: signed_by(b, OTHER).replace(b'"payload":"', b'"payload":"*'), "BASE64", 400),
    "unknown envelope field": (lambda b: signed_by(b, OTHER).replace(b"{", b'{"x":1,', 1), "ENVELOPE_FIELD", 400),
    "a login as a statement": (lambda b: freeze(challenge(ORIGIN, "http://x", key_of(OTHER), 2**31, ("post",))), "PAYLOAD_TYPE", 400),
    "wrong signature": (wrong_signature, "SIGNATURE_WRONG", 401),
    "unknown key": (lambda b: freeze(draft(b).sign([key_of("nobody")])), "KEY_UNKNOWN", 401),
    "key of another party": (lambda b: freeze(draft(b).sign([key_of(PARTY)])), "KEY_OTHER_PARTY", 403),
    "another party's chain": (lambda b: signed_by(b, PARTY, by=(PARTY,)), "SIGNER_ROLE", 403),
    "an extra signer": (lambda b: registration(b, "甲公司（虚构）", by=(AUTHORITY_51, PARTY)), "SIGNER_EXTRA", 403),
    "a missing signer": (lambda b: adoption(b, OPERATOR), "SIGNER_MISSING", 403),
    "fewer signatures than signers": (lambda b: freeze(draft(b, by=(OTHER, PARTY)).sign([key_of(OTHER)])), "SIGNATURE_COUNT", 400),
    "stale prev": (lambda b: signed_by(b, OTHER, prev="0" * 64), "PREV_MISMATCH", 409),
    "a taken seq": (lambda b: signed_by(b, OTHER, seq=0, prev="0" * 64), "CHAIN_CONFLICT", 409),
    "a gap": (lambda b: signed_by(b, OTHER, seq=5), "PREDECESSOR_MISSING", 409),
    "replay from another log": (another_log, "PREV_MISMATCH", 409),
    "stale at": (lambda b: signed_by(b, OTHER, at="2026-09-01T00:00:00+08:00"), "STATEMENT_STALE", 422),
    "at without offset": (lambda b: signed_by(b, OTHER, at="2026-10-01T00:00:00Z"), "AT_FORM", 400),
    "duplicate keys": (lambda b: changed(b, '"seq":1', '"seq":1,"seq":1'), "DUPLICATE_KEY", 400),
    "a float": (lambda b: changed(b, '"seq":1', '"seq":1.0'), "NOT_INTEGER", 400),
    "NaN": (lambda b: changed(b, '"seq":1', '"seq":NaN'), "NOT_INTEGER", 400),
    "a huge integer": (lambda b: changed(b, '"seq":1', '"seq":9007199254740993'), "INTEGER_RANGE", 400),
    "null": (lambda b: changed(b, '"seq":1', '"seq":null'), "NULL_VALUE", 400),
    "NUL": (lambda b: registration(b, "甲\x00乙"), "FORBIDDEN_CHARACTER", 400),
    "bidi override": (lambda b: registration(b, "甲\u202e乙"), "FORBIDDEN_CHARACTER", 400),
    "compatibility ideograph": (lambda b: registration(b, "\uf900公司"), "NOT_NFC", 422),
    "a phone number in a name": (lambda b: registration(b, "联系人13912345678"), "PERSONAL_DATA", 422),
    "10,000 levels": (lambda b: raw_body(deep(3_000)), "TOO_DEEP", 400),
    "10,000 levels outside": (lambda b: deep(10_000), "TOO_DEEP", 400),
    "a body above 24 KiB": (lambda b: raw_body(b'{"a":"' + b"x" * 24_600 + b'"}'), "BODY_TOO_LARGE", 413),
    "unknown kind": (lambda b: changed(b, "key.add/1", "key.eat/1"), "KIND_UNKNOWN", 400),
    "unknown field": (lambda b: changed(b, '"seq":1', '"seq":1,"extra":1'), "FIELD_UNKNOWN", 400),
    "unknown field in the act": (lambda b: changed(b, '"body":{', '"body":{"extra":1,'), "FIELD_UNKNOWN", 400),
    "missing field": (lambda b: changed(b, '"seq":1,', ""), "FIELD_MISSING", 400),
    "wrong type": (lambda b: registration(b, 5), "FIELD_TYPE", 400),
    "wrong check character": (
        lambda b: changed(b, f'"by":["{OTHER}"]', f'"by":["{OTHER[:-1]}{"0" if OTHER[-1] != "0" else "1"}"]'),
        "USCC",
        400,
    ),
    "chain of another kind": (lambda b: signed_by(b, OTHER, chain="log/main", seq=1), "CHAIN_KIND", 400),
    "a chain with ..": (lambda b: signed_by(b, OTHER, chain="party/.."), "CHAIN_FORM", 400),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_is_wrong_has_its_own_code_and_writes_nothing(name: str, still: httpx.AsyncClient, bench: Workbench) -> None:
    make, code, status = BAD[name]
    answer = await still.post("/v1/statements", content=make(bench))
    problem = answer.json()
    assert (problem["code"], answer.status_code) == (code, status), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{code.lower().replace('_', '-')}"
    assert problem["instance"] == answer.headers["x-request-id"]
    assert (await still.get("/v1/log")).json()["committed"] == len(bench.entries)
    assert (await still.get(problem["type"])).status_code == 200


async def test_bad_lines_leave_the_rest_of_a_batch_unharmed(client: httpx.AsyncClient, bench: Workbench) -> None:
    lines = [make(bench) for make, _, _ in BAD.values()]
    codes = [code for _, code, _ in BAD.values()]
    good = freeze(
        draft(
            bench,
            chain=f"party/{PARTY}",
            prev=bench.facts.head(f"party/{PARTY}").hash,
            by=(PARTY,),
            body={"key": register(key_of(PARTY, 1), bench.found, PARTY)},
        ).sign([key_of(PARTY)])
    )  # type: ignore[union-attr]
    middle = len(lines) // 2
    answer = await client.post("/v1/statements/batch", content=b"\n".join([*lines[:middle], good, *lines[middle:]]))
    *told, end = [json.loads(line) for line in answer.text.splitlines()]
    admitted = told.pop(middle)
    assert (admitted["status"], admitted["index"]) == (201, len(bench.entries))
    assert [line["line"] for line in told] == [number for number in range(len(lines) + 1) if number != middle]
    assert [line["problem"]["code"] for line in told] == codes
    assert (end["admitted"], end["refused"]) == (1, len(lines))


async def test_an_atomic_batch_is_admitted_whole_or_not_at_all(client: httpx.AsyncClient, bench: Workbench) -> None:
    first = draft(bench)
    good = freeze(first.sign([key_of(OTHER)]))
    stale = signed_by(bench, PARTY, chain=f"party/{PARTY}", by=(PARTY,), prev="0" * 64)
    answer = await client.post("/v1/statements/batch", params={"atomic": "true"}, content=good + b"\n" + stale)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["problem"]["code"] for line in lines[:2]] == ["BATCH_ROLLED_BACK", "PREV_MISMATCH"]
    assert (await client.get("/v1/log")).json()["committed"] == len(bench.entries)
    answer = await client.post("/v1/statements/batch", params={"atomic": "true"}, content=good + b"\n" + good)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["status"] for line in lines[:2]] == [201, 200]


@pytest.mark.parametrize(("lines", "query"), [(10_001, ""), (257, "?atomic=true")])
async def test_too_many_lines_are_refused_before_any_is_taken(lines: int, query: str, still: httpx.AsyncClient, bench: Workbench) -> None:
    answer = await still.post(f"/v1/statements/batch{query}", content=signed_by(bench, OTHER) + b"\n{}" * (lines - 1))
    assert (answer.json()["code"], answer.status_code) == ("TOO_MANY_LINES", 413)
    assert (await still.get("/v1/log")).json()["committed"] == len(bench.entries)


async def test_an_empty_batch_is_refused(still: httpx.AsyncClient) -> None:
    assert (await still.post("/v1/statements/batch", content=b"\n\n")).json()["code"] == "BATCH_EMPTY"


async def test_a_body_of_100_megabytes_is_refused_while_it_comes(still: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1600):
            sent += 65_536
            yield b"x" * 65_536

    answer = await still.post("/v1/statements", content=endless())
    assert (answer.json()["code"], answer.status_code) == ("REQUEST_TOO_LARGE", 413)
    answer = await still.post("/v1/statements", content=b"", headers={"content-length": "0"})
    assert answer.json()["code"] == "NOT_JSON"


async def test_a_refusal_of_a_signed_statement_carries_a_receipt_and_the_head(still: httpx.AsyncClient, bench: Workbench) -> None:
    problem = (await still.post("/v1/statements", content=signed_by(bench, OTHER, prev="0" * 64))).json()
    head = bench.facts.head(f"party/{OTHER}")
    assert head is not None
    assert problem["head"] == {"chain": f"party/{OTHER}", "seq": head.seq, "hash": head.hash, "index": head.idx}
    assert problem["receipt"]
    assert problem["errors"][0]["expected"] == head.hash
    unsigned = (await still.post("/v1/statements", content=wrong_signature(bench))).json()
    assert "receipt" not in unsigned


async def test_a_problem_speaks_the_readers_language(still: httpx.AsyncClient) -> None:
    zh = (await still.post("/v1/statements", content=b"{no")).json()
    en = (await still.post("/v1/statements", content=b"{no", headers={"Accept-Language": "en-GB,zh;q=0.5"})).json()
    asked = (await still.post("/v1/statements?lang=en", content=b"{no")).json()
    assert zh["title"] != en["title"] == asked["title"]
    assert en["title"].isascii()


async def test_a_resubmission_is_200_with_the_first_entry(client: httpx.AsyncClient, bench: Workbench) -> None:
    first = await client.post("/v1/statements", content=signed_by(bench, OTHER))
    again = await client.post("/v1/statements", content=signed_by(bench, OTHER))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["entry"] == first.json()["entry"]


async def test_who_does_not_wait_gets_202_without_an_index(client: httpx.AsyncClient, bench: Workbench) -> None:
    answer = await client.post("/v1/statements", content=signed_by(bench, OTHER), headers={"Prefer": "respond-async"})
    assert answer.status_code in (201, 202)
    if answer.status_code == 202:
        assert "index" not in answer.json()


async def test_nothing_but_the_own_founding_is_accepted_before_it(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    async with http(database_url, tmp_path) as client:
        assert (await client.get("/v1/log")).json()["found"] is None
        assert (await client.get("/checkpoint")).status_code == 404
        answer = await client.post("/v1/statements", content=freeze(bench.entries[1].envelope))
        assert (answer.json()["code"], answer.status_code) == ("FOUNDING_ONLY", 403)
        text = bench.entries[0].envelope.body.decode().replace(ORIGIN, "log.example/another")
        body = text.replace(founding_prev(ORIGIN), founding_prev("log.example/another")).encode()
        foreign = seal(PAYLOAD_STATEMENT, body, [key_of(party) for party in bench.entries[0].statement.by])
        answer = await client.post("/v1/statements", content=freeze(foreign))
        assert answer.json()["code"] == "FOUNDING_ONLY"
        assert (await client.post("/v1/statements", content=freeze(bench.entries[0].envelope))).status_code == 201


async def test_an_authority_of_another_region_is_told_so(still: httpx.AsyncClient, bench: Workbench) -> None:
    fields = {"kind": "party.register/1", "chain": f"party/{NEW}", "seq": 0, "prev": genesis_prev(bench.found, f"party/{NEW}")}
    body = {"name": "越权登记（虚构）", "keys": [register(key_of(NEW), bench.found, NEW)]}
    raw = freeze(draft(bench, **fields, by=(AUTHORITY_50,), body=body).sign([key_of(AUTHORITY_50)]))
    problem = (await still.post("/v1/statements", content=raw)).json()
    assert (problem["code"], problem["errors"][0]["lift"]) == ("SIGNER_ROLE", "sender")


async def test_a_token_that_is_no_token_is_refused(still: httpx.AsyncClient) -> None:
    for header in ("Bearer nonsense", "Basic " + b64encode(b"a:b").decode()):
        answer = await still.get("/v1/log", headers={"Authorization": header})
        assert (answer.json()["code"], answer.status_code) == ("TOKEN_UNKNOWN", 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
