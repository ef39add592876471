"""docs/formats/format.md: every byte that the page shows is computed anew from the page's own text, by nothing but hashes and signatures.

Then it is compared with the golden bytes and with the product: page, vectors and code say one thing, or this fails.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode, b64encode
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.admission.entry import ENTRY_MAX, encode_entry, read_entry
from ledger.admission.statement import SIGNERS_MAX, SIGNERS_MAX_ALL, hash_of
from ledger.chain import founding_prev, genesis_prev
from ledger.tree import note, proof
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.cosignature import v1_message
from ledger.tree.merkle import verify_consistency, verify_inclusion
from ledger.tree.policy import parse_policy_lines
from ledger.vault import disclosure
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.commitment import commit
from signing.envelope import ENVELOPE_LIMIT, PAYLOAD_STATEMENT, SIGNATURE_LIMIT, parse_envelope
from signing.payload import BODY_LIMIT, DEPTH_LIMIT, REASON_LIMIT
from signing.possession import PAYLOAD_POSSESSION, KeyRegistration, check_registration
from signing.suite import SUITES
from signing.uscc import check_uscc
from tests.house.source import ROOT
from tests.stock import schemas
from tests.vectors.second_reader import read, unb64
from whitelist.listing import rows_hash

PAGE = (ROOT / "docs/formats/format.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"(?ms)^<!-- bytes: ([a-z0-9-]+) -->\n```\w+\n(.*?)\n```$", PAGE))
ACTS = read("acts")
RAWS = [unb64(item["entry"]) for item in ACTS["entries"]]
INDEX = 26
SETTINGS = Settings(data_dir=ROOT)


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def pae(payload_type: str, body: bytes) -> bytes:
    return b"DSSEv1 %d %b %d %b" % (len(payload_type), payload_type.encode(), len(body), body)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def included(leaf: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """The root that the page's words lead to."""
    assert index < size
    fn, sn, root = index, size - 1, leaf
    for hash_ in hashes:
        assert sn
        if fn % 2 or fn == sn:
            root = node(hash_, root)
            while fn and not fn % 2:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = node(root, hash_)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return root


def consistent(old: bytes, old_size: int, size: int, hashes: list[bytes]) -> tuple[bytes, bytes]:
    """Both roots that the page's words lead to."""
    rest = [old, *hashes] if old_size & (old_size - 1) == 0 else hashes
    fn, sn = old_size - 1, size - 1
    while fn % 2:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = rest[0]
    for hash_ in rest[1:]:
        assert sn
        if fn % 2 or fn == sn:
            fr, sr = node(hash_, fr), node(hash_, sr)
            while fn and not fn % 2:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, hash_)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return fr, sr


def lines(name: str) -> list[str]:
    return BLOCKS[name].split("\n")


def notes_text(name: str) -> tuple[str, list[str]]:
    """Text and signature lines of the page's note; a block ends without its last LF."""
    text, _, signatures = f"{BLOCKS[name]}\n".rpartition("\n\n")
    return f"{text}\n", signatures.splitlines()


STATEMENT: dict[str, Any] = json.loads(BLOCKS["statement"])


def test_statement_pae_and_hash() -> None:
    body = BLOCKS["statement"].encode()
    assert BLOCKS["pae"].encode() == pae("application/vnd.liandan.statement.v1+json", body)
    assert BLOCKS["statement-hash"] == sha256(b"liandan/statement/v1\n" + BLOCKS["pae"].encode()).hex()
    assert body == unb64(ACTS["entries"][INDEX]["body"])
    assert BLOCKS["statement-hash"] == hash_of(parse_envelope(BLOCKS["envelope"].encode(), payload_type=PAYLOAD_STATEMENT))


def test_chains_and_their_first_prev() -> None:
    assert BLOCKS["chain"] == STATEMENT["chain"]
    genesis = sha256(f"liandan/chain/v1\n{BLOCKS['found']}\n{BLOCKS['chain']}".encode()).hex()
    assert BLOCKS["genesis-prev"] == genesis == genesis_prev(BLOCKS["found"], BLOCKS["chain"])
    founding = sha256(f"liandan/found/v1\n{BLOCKS['origin']}".encode()).hex()
    assert BLOCKS["founding-prev"] == founding == founding_prev(BLOCKS["origin"])
    before = ACTS["entries"][INDEX - 1]
    assert (before["chain"], before["prev"], before["statement_hash"]) == (BLOCKS["chain"], genesis, STATEMENT["prev"])
    assert (BLOCKS["origin"], BLOCKS["found"]) == (ACTS["origin"], ACTS["found"])


def test_key_and_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(BLOCKS["seed"]))
    der = bytes.fromhex("302a300506032b6570032100") + key.public_key().public_bytes_raw()
    assert b64decode(BLOCKS["spki"]) == der
    assert BLOCKS["keyid"] == sha256(der).hex()
    assert b64decode(BLOCKS["signature"]) == key.sign(BLOCKS["pae"].encode())


def test_possession() -> None:
    uscc = STATEMENT["by"][0]
    signed = "\n".join([BLOCKS["found"], uscc, "ed25519", BLOCKS["spki"]]).encode()
    assert BLOCKS["possession"].encode() == pae(PAYLOAD_POSSESSION, signed)
    Ed25519PublicKey.from_public_bytes(b64decode(BLOCKS["spki"])[12:]).verify(b64decode(BLOCKS["pop"]), BLOCKS["possession"].encode())
    registration = KeyRegistration("ed25519", BLOCKS["spki"], BLOCKS["pop"])
    assert check_registration(registration, BLOCKS["found"], uscc) == b64decode(BLOCKS["spki"])


def test_envelope_and_entry() -> None:
    signatures = [{"keyid": BLOCKS["keyid"], "sig": BLOCKS["signature"]}]
    payload = b64encode(BLOCKS["statement"].encode()).decode()
    envelope = {"payloadType": PAYLOAD_STATEMENT, "payload": payload, "signatures": signatures}
    assert BLOCKS["envelope"] == json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
    entry = json.loads(BLOCKS["entry"])
    assert BLOCKS["entry"] == json.dumps(entry, separators=(",", ":"), ensure_ascii=False), "compact, fields in the page's order"
    assert list(entry) == ["v", "statement", "admission"]
    assert entry["statement"] == envelope
    assert list(entry["admission"]) == ["index", "at", "ruleset", "facts", "decision"]
    raw = BLOCKS["entry"].encode()
    assert raw == RAWS[INDEX]
    found = read_entry(raw, KINDS)
    assert encode_entry(found.envelope, found.admission) == raw
    assert BLOCKS["leaf"] == sha256(b"\x00" + raw).hex()


def test_inclusion_consistency_and_tile() -> None:
    size = int(lines("checkpoint")[1])
    hashes = [b64decode(line) for line in lines("inclusion")]
    root = included(bytes.fromhex(BLOCKS["leaf"]), INDEX, size, hashes)
    assert BLOCKS["root"] == root.hex() == b64decode(lines("checkpoint")[2]).hex()
    verify_inclusion(INDEX, size, bytes.fromhex(BLOCKS["leaf"]), hashes, root)
    old, proof_ = bytes.fromhex(BLOCKS["root-of-4"]), [bytes.fromhex(line) for line in lines("consistency")]
    assert consistent(old, 4, size, proof_) == (old, root)
    verify_consistency(4, size, old, root, proof_)
    leaves = [sha256(b"\x00" + raw) for raw in RAWS[:size]]  # acts of later kinds stand behind
    assert BLOCKS["tile-0"] == sha256(b"".join(leaves)).hex()


def test_the_words_on_proofs_hold_for_every_golden_proof() -> None:
    """The two functions above are the page's words; here they meet every vector."""
    vectors = read("proofs")
    for item in vectors["inclusion"]:
        root = included(bytes.fromhex(item["leaf"]), item["index"], item["size"], list(map(bytes.fromhex, item["hashes"])))
        assert root.hex() == item["root"]
    for item in vectors["consistency"]:
        if item["from"] < item["to"]:
            old = bytes.fromhex(item["root_from"])
            assert consistent(old, item["from"], item["to"], list(map(bytes.fromhex, item["hashes"]))) == (
                old,
                bytes.fromhex(item["root_to"]),
            )


def test_notes_vkeys_and_cosignatures() -> None:
    text, signed = notes_text("checkpoint")
    assert text.split("\n")[0] == BLOCKS["origin"]
    seen = []
    for vkey in lines("vkeys"):
        name, key_id, blob = vkey.split("+", 2)
        raw = b64decode(blob)
        assert sha256(f"{name}\n".encode() + raw).hex()[:8] == key_id
        [line] = [line for line in signed if line.startswith(f"\u2014 {name} ")]
        stamp = b64decode(line.rpartition(" ")[2])
        assert stamp[:4].hex() == key_id
        key, message, signature = Ed25519PublicKey.from_public_bytes(raw[1:]), text.encode(), stamp[4:]
        if raw[0] == 4:
            time = int.from_bytes(signature[:8], "big")
            assert v1_message(time, message) == f"cosignature/v1\ntime {time}\n{text}".encode()
            message, signature = f"cosignature/v1\ntime {time}\n{text}".encode(), signature[8:]
            if name == "sichuan.example/witness":
                assert BLOCKS["cosigned-at"] == str(time)
        key.verify(signature, message)
        seen.append(line)
    assert sorted(seen) == sorted(signed)
    opened = open_checkpoint(f"{BLOCKS['checkpoint']}\n".encode(), lines("vkeys")[:1], lines("vkeys")[1:])
    assert opened.checkpoint.size == 48
    assert parse_policy_lines(lines("policy")).is_met_by(set(lines("vkeys")[1:]))
    founding = json.loads(unb64(ACTS["entries"][0]["body"]))["body"]
    assert (lines("policy"), lines("vkeys")[:1]) == (founding["witness_policy"], founding["log_keys"])


def test_receipts() -> None:
    wanted = ["c2sp.org/tlog-proof@v1", f"index {INDEX}", *lines("inclusion"), "", BLOCKS["checkpoint"]]
    assert BLOCKS["tlog-proof"] == "\n".join(wanted)
    assert proof.parse_proof(f"{BLOCKS['tlog-proof']}\n".encode()).index == INDEX
    for name in ("refusal", "login"):
        [example] = schemas()[name]["examples"]
        assert BLOCKS[name] == json.dumps(example, separators=(",", ":"), ensure_ascii=False)


def test_further_digests() -> None:
    rows = [line.replace("\u21e5", "\t") for line in lines("rows")]
    assert [row.count("\t") for row in rows] == [11]
    assert BLOCKS["rows-hash"] == sha256(b"liandan/list-rows/v1\n" + "".join(f"{row}\n" for row in rows).encode()).hex()
    signed = next(json.loads(unb64(item["body"])) for item in ACTS["entries"] if item["kind"] == "list.countersign/1")
    assert BLOCKS["rows-hash"] == signed["body"]["rows_hash"]
    assert rows_hash(()) == sha256(b"liandan/list-rows/v1\n").hex()
    salt, value = b64decode(BLOCKS["salt"]), BLOCKS["value"]
    told = f"liandan/pd/v1\n{BLOCKS['found']}\n{BLOCKS['chain']}\n2\ndriver.name\n".encode() + salt + value.encode()
    assert BLOCKS["commitment"] == sha256(told).hex() == commit(BLOCKS["found"], BLOCKS["chain"], 2, "driver.name", salt, value)


USED = {
    "origin", "found", "statement", "pae", "statement-hash", "chain", "genesis-prev", "founding-prev", "seed", "spki", "keyid", "possession", "pop",
    "signature", "envelope", "entry", "leaf", "inclusion", "root", "root-of-4", "consistency", "vkeys", "checkpoint", "cosigned-at", "policy",
    "tile-0", "tlog-proof", "refusal", "rows", "rows-hash", "salt", "value", "commitment", "login",
}  # fmt: skip


def test_no_block_stands_there_unchecked() -> None:
    assert BLOCKS.keys() == USED
    fences = [line for line in PAGE.splitlines() if line.startswith("```")]
    assert len(fences) == 2 * len(BLOCKS), "a block without a name"


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_suites_have_the_prefixes_of_the_page(suite: Any) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{suite.name}` |")]
    assert f"`{suite.prefix.hex()}`" in row
    assert f"{suite.signature_bytes:,} bytes" in row


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        ("statement (decoded payload)", BODY_LIMIT),
        ("envelope", ENVELOPE_LIMIT),
        ("envelope", SIGNATURE_LIMIT),
        ("request of one statement, with its disclosures", SETTINGS.statement_bytes_max),
        ("request of one statement, with its disclosures", disclosure.REQUEST_LIMIT),
        ("request of one statement, with its disclosures", disclosure.VALUE_BYTES_MAX),
        ("entry", ENTRY_MAX),
        ("depth · integers", DEPTH_LIMIT),
        ("signers", SIGNERS_MAX),
        ("signers", SIGNERS_MAX_ALL),
        ("note · proof file", note.MAX_BYTES),
        ("note · proof file", proof.MAX_BYTES),
        ("note · proof file", note.MAX_LINES),
        ("note · proof file", proof.MAX_HASHES),
        ("batch", SETTINGS.batch_lines_max),
        ("reasons in one refusal", REASON_LIMIT),
    ],
)
def test_limits_are_those_of_the_code(what: str, figure: int) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {what} |")]
    assert re.search(rf"(?<![0-9,]){figure:,}(?![0-9,])", row), row


def test_the_check_character_of_the_page() -> None:
    """Σ value × 3^(i−1) over 17 characters plus the 18th is 0 mod 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    assert f"`{alphabet}`" in PAGE
    for uscc in (STATEMENT["by"][0], ACTS["keys"][0]["uscc"]):
        values = [alphabet.index(character) for character in uscc]
        total = sum(value * 3**place for place, value in enumerate(values[:17])) + values[17]
        assert total % 31 == 0
        assert check_uscc(uscc)


def test_the_sections_are_in_order() -> None:
    numbers = [int(number) for number in re.findall(r"(?m)^## (\d+) ", PAGE)]
    assert all(after == before + 1 for before, after in pairwise(numbers))
