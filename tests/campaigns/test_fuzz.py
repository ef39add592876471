"""Every reader of bytes from outside reads them or refuses them, and raises nothing else.

One table of readers, each with good bytes; Hypothesis gives it rubbish, damage of the good bytes, and strict JSON of any shape in the
places where there is JSON. Readers of single formats have sharper tests of their own beside their code.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.campaign import COSIGNER, KEYRING
from bench.load import ORIGIN, Load
from ledger.admission.entry import read_entry
from ledger.admission.statement import ClaimedAct, read_statement
from ledger.bundle import make_bundle, open_bundle
from ledger.kinds.closing import continues_from
from ledger.kinds.cut import parse_tail, write_tail
from ledger.refusal_receipts import make_receipt
from ledger.tree.checkpoint import Checkpoint, cosign_checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint, verify_cosignature
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.note import parse_line, parse_note, parse_vkey
from ledger.tree.policy import Peer, parse_policy, parse_policy_lines
from ledger.tree.proof import Proof, parse_proof
from ledger.tree.tiles import encode_bundle, parse_bundle, parse_path
from ledger.vault.disclosure import take_apart
from ledger.witnessing.client import _read_lines
from ledger.witnessing.server import make_cosigner, parse_known
from ledger.witnessing.wire import AddCheckpoint, encode_request, parse_request, parse_size
from liandan.client.transport import challenge
from liandan.identity import read_challenge
from liandan.wiring import KINDS
from reports.verify import verify_bytes
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.payload import parse
from signing.refusal import Refusal
from tests.ledger.mutation import damaged
from tests.ledger.witnessing.bench import key_for
from tests.sample import sample
from tests.workbench import OPERATOR, Workbench, key_of, uscc

BENCH = Workbench()
BENCH.register(uscc("510112", 5))
ENTRY = BENCH.entries[1]
LEAVES = [leaf_hash(entry.raw) for entry in BENCH.entries]
ENVELOPE = next(iter(Load().setup()))
assert KEYRING.log is not None
ROOT = Edge().append_many(LEAVES).root()
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 2, ROOT), KEYRING.log)
OWN_NOTE = sign_checkpoint(Checkpoint("log.example/liandan-test", 2, ROOT), BENCH.log_key)
POLICY = f"log {KEYRING.vkeys[0]}\nwitness a {COSIGNER.vkeys[0]}\ngroup g all a\nquorum g\n".encode()
WITNESS = make_cosigner("witness.example/a", key_for("a"), key_for("a", "ml-dsa-44"))
HEAD = Checkpoint(ORIGIN, 2, ROOT)
COSIGNED = [cosign_checkpoint(HEAD, WITNESS.name, key, 1_790_000_000) for key in WITNESS.keys]
ANSWER = b"".join(line.to_bytes() for line in COSIGNED)
PEERS = [Peer("a", vkey, "http://a") for vkey in WITNESS.vkeys]
CHALLENGE = challenge(ORIGIN, "http://127.0.0.1", key_of(OPERATOR), 1_790_000_000, ("read",)).body
_, RECEIPT = make_receipt(
    ClaimedAct((uscc("510112", 5),), "party.register/1", "0" * 64), ["STATEMENT_STALE"], 2, 1_790_000_000, key_of(OPERATOR)
)
OFFER = b'{"envelope":' + ENVELOPE + b',"disclosures":[{"field":"driver.phone","salt":"' + b64encode(bytes(32)) + b'","value":"1"}]}'
PROOF = Proof(index=1, hashes=(LEAVES[0],), checkpoint=NOTE).to_bytes()


def text_of(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


Reader = Callable[[bytes], Any]
READERS: dict[str, tuple[Reader, bytes]] = {
    "payload": (parse, b'{"a":[1,"b",{"c":true}],"d":-5}'),
    "dsse": (lambda raw: parse_envelope(raw, payload_type=PAYLOAD_STATEMENT), ENVELOPE),
    "statement": (lambda raw: read_statement(parse_envelope(raw, payload_type=PAYLOAD_STATEMENT), KINDS), ENVELOPE),
    "entry": (lambda raw: read_entry(raw, KINDS), ENTRY.raw),
    "note": (parse_note, NOTE),
    "note line": (parse_line, NOTE.splitlines()[-1]),
    "vkey": (lambda raw: parse_vkey(text_of(raw)), KEYRING.vkeys[0].encode()),
    "checkpoint text": (parse_checkpoint, NOTE.partition(b"\n\n")[0] + b"\n"),
    "checkpoint": (lambda raw: open_checkpoint(raw, KEYRING.vkeys), NOTE),
    "proof": (parse_proof, PROOF),
    "policy": (parse_policy, POLICY),
    "policy lines": (lambda raw: parse_policy_lines(text_of(raw).split("\n")), f"witness a {COSIGNER.vkeys[0]}\nquorum a".encode()),
    "known logs": (parse_known, f"{KEYRING.vkeys[0]}\n".encode()),
    "add-checkpoint": (parse_request, encode_request(AddCheckpoint(1, (LEAVES[1],), NOTE))),
    "witness size": (parse_size, b"1234\n"),
    "cosignature v1": (lambda raw: verify_cosignature(HEAD, parse_line(raw), WITNESS.vkeys[0]), COSIGNED[0].to_bytes().rstrip(b"\n")),
    "cosignature ml-dsa-44": (
        lambda raw: verify_cosignature(HEAD, parse_line(raw), WITNESS.vkeys[1]),
        COSIGNED[1].to_bytes().rstrip(b"\n"),
    ),
    "witness answer": (lambda raw: _read_lines(raw, PEERS, HEAD, 1_790_000_000.0), ANSWER),
    "last note of another log": (lambda raw: continues_from(raw, KEYRING.vkeys), NOTE),
    "login challenge": (read_challenge, CHALLENGE),
    "refusal receipt": (lambda raw: verify_bytes(raw, "receipt.json"), RECEIPT),
    "statement with disclosures": (take_apart, OFFER),
    "tile path": (lambda raw: parse_path(text_of(raw)), b"tile/0/x001/x234/067.p/12"),
    "tile bundle": (lambda raw: parse_bundle(raw, 2), encode_bundle([entry.raw for entry in BENCH.entries])),
    "bundle json": (
        lambda raw: open_bundle(raw, BENCH.kinds),
        make_bundle(OWN_NOTE, "log/main", BENCH.entries[:1], lambda index: (LEAVES[1 - index],)),
    ),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read(reader: Reader, raw: bytes) -> None:
    """Anything but a Refusal fails the test that asked."""
    with suppress(Refusal):
        reader(raw)


@pytest.mark.parametrize("name", READERS)
def test_the_good_bytes_are_read(name: str) -> None:
    reader, good = READERS[name]
    reader(good)


def test_a_good_answer_of_a_witness_gives_a_line_for_each_of_its_keys() -> None:
    assert list(READERS["witness answer"][0](ANSWER).values()) == COSIGNED
    assert [disclosure.field for disclosure in take_apart(OFFER).disclosures] == ["driver.phone"]
    assert verify_bytes(RECEIPT, "receipt.json").form == "receipt"


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=sample(60), deadline=None)
@given(data=st.data())
def test_rubbish_and_damage_are_read_or_refused(name: str, data: st.DataObject) -> None:
    reader, good = READERS[name]
    read(reader, data.draw(st.one_of(st.binary(max_size=200), damaged(good))))


def _paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in _paths(item, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    changed = list(value) if isinstance(value, list) else dict(value)
    changed[path[0]] = _with(value[path[0]], path[1:], new)
    return changed


@pytest.mark.parametrize(
    "name", ["dsse", "statement", "entry", "bundle json", "login challenge", "refusal receipt", "statement with disclosures"]
)
@settings(max_examples=sample(80), deadline=None)
@given(data=st.data())
def test_any_json_in_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    reader, good = READERS[name]
    parsed = json.loads(good)
    path = data.draw(st.sampled_from(_paths(parsed)))
    read(
        reader, json.dumps(_with(parsed, path, data.draw(JSON)), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    )


@settings(max_examples=sample(150), deadline=None)
@given(data=st.data())
def test_any_json_in_any_place_of_a_statements_body_is_read_or_refused(data: st.DataObject) -> None:
    body = json.loads(BENCH.entries[data.draw(st.integers(0, 1))].envelope.body)
    path = data.draw(st.sampled_from(_paths(body)))
    raw = json.dumps(_with(body, path, data.draw(JSON)), ensure_ascii=False).encode("utf-8", "surrogatepass")
    envelope = {**json.loads(ENVELOPE), "payload": b64encode(raw).decode()}
    read(READERS["statement"][0], json.dumps(envelope).encode())


@settings(max_examples=sample(60), deadline=None)
@given(st.one_of(st.binary(max_size=200), damaged(write_tail([("0" * 64, 1_790_000_000)]))))
def test_a_tail_file_is_read_or_refused(raw: bytes) -> None:
    read(parse_tail, raw)
