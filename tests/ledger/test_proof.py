"""Offline proofs."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import Edge, inclusion_proof, leaf_hash, root_of
from ledger.tree.note import COSIGNATURE_V1, vkey_of
from ledger.tree.policy import parse_policy_lines
from ledger.tree.proof import MAX_BYTES, Proof, parse_proof
from ledger.tree.tiles import TileReader, new_tiles
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.mutation import damaged, flip, only_refuses
from tests.ledger.trust import verify_proof

CASES = json.loads((Path(__file__).parents[1] / "vectors/tlog-proof/proof-cases.json").read_text())
LOG = PrivateKey.from_seed("ed25519", b"\x71" * 32)
WITNESS = PrivateKey.from_seed("ed25519", b"\x72" * 32)
ORIGIN, WITNESS_NAME = "liandan.example/log-2026", "sichuan.example/witness"
WITNESS_VKEY = str(vkey_of(WITNESS_NAME, COSIGNATURE_V1, WITNESS))
POLICY = parse_policy_lines([f"log {log_vkeys(ORIGIN, [LOG])[0]}", f"witness w {WITNESS_VKEY}", "quorum w"])
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(300)]
HEAD = Checkpoint(ORIGIN, 300, root_of(LEAVES))
NOTE = attach_cosignatures(sign_checkpoint(HEAD, LOG), [(WITNESS_VKEY, cosign_checkpoint(HEAD, WITNESS_NAME, WITNESS, 1_790_000_000))])
FILES = {tile.path: raw for tile, raw in new_tiles(0, LEAVES, {}.get)}
READER = TileReader(300, FILES.get)
CODES = ("PROOF_FORM", "PROOF_WRONG", "NOTE_FORM", "NOTE_SIGNATURE", "CHECKPOINT_FORM")


def proof_of(index, extra=b""):
    return Proof(index=index, hashes=inclusion_proof(index, 300, READER.hash_at), checkpoint=NOTE, extra=extra)


@pytest.mark.parametrize("case", CASES["marshal"], ids=lambda case: str(case["index"]))
def test_published_proofs_are_written_and_read(case):
    proof = Proof(
        index=case["index"],
        hashes=tuple(base64.b64decode(hash_) for hash_ in case["hashes"]),
        checkpoint=case["checkpoint"].encode(),
        extra=base64.b64decode(case["extra"] or ""),
    )
    assert proof.to_bytes() == case["want"].encode()
    assert parse_proof(case["want"].encode()) == proof


@pytest.mark.parametrize(("name", "text"), CASES["reject"])
def test_published_bad_proofs_are_refused(name, text):
    with pytest.raises(Refusal, match="PROOF_FORM"):
        parse_proof(text.encode())


HEADER = b"c2sp.org/tlog-proof@v1\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        HEADER,
        HEADER + b"index 0\n\n",
        HEADER + b"index 0\ncheckpoint\n",
        HEADER + b"index 00\n\ncheckpoint\n",
        HEADER + b"index 9223372036854775807\n\ncheckpoint\n",
        HEADER + b"index  0\n\ncheckpoint\n",
        HEADER + b"extra \nindex 0\n\ncheckpoint\n",
        HEADER + b"extra AAB=\nindex 0\n\ncheckpoint\n",
        HEADER + b"index 0\nextra AAA=\n\ncheckpoint\n",
        HEADER + b"index 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\ncheckpoint\n",
        HEADER + b"index 0\r\n\r\ncheckpoint\n",
        HEADER + b"index 0\n\n" + bytes(MAX_BYTES),
    ],
    ids=lambda raw: ascii(raw[23:60]),
)
def test_a_malformed_proof_is_refused(raw):
    with pytest.raises(Refusal, match="PROOF_FORM"):
        parse_proof(raw)


@pytest.mark.parametrize("index", [0, 1, 255, 256, 298, 299])
def test_a_proof_travels_and_verifies(index):
    proof = parse_proof(proof_of(index, extra=b"context").to_bytes())
    assert proof == proof_of(index, extra=b"context")
    opened = verify_proof(proof, LEAVES[index], POLICY)
    assert (opened.checkpoint, opened.cosigned_at) == (HEAD, 1_790_000_000)


def test_a_proof_does_not_hold_for_another_entry_or_place():
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_proof(proof_of(5), LEAVES[6], POLICY)
    moved = Proof(index=6, hashes=proof_of(5).hashes, checkpoint=NOTE)
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_proof(moved, LEAVES[5], POLICY)


def test_a_proof_needs_the_readers_own_quorum():
    alone = Proof(index=5, hashes=proof_of(5).hashes, checkpoint=sign_checkpoint(HEAD, LOG))
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        verify_proof(alone, LEAVES[5], POLICY)


def test_a_proof_needs_a_known_log():
    stranger = parse_policy_lines([f"log {log_vkeys(ORIGIN, [WITNESS])[0]}", f"witness w {WITNESS_VKEY}", "quorum w"])
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        verify_proof(proof_of(5), LEAVES[5], stranger)


def test_a_proof_under_another_checkpoint_of_the_log_is_wrong():
    smaller = Checkpoint(ORIGIN, 299, Edge().append_many(LEAVES[:299]).root())
    lines = [(WITNESS_VKEY, cosign_checkpoint(smaller, WITNESS_NAME, WITNESS, 1_790_000_000))]
    other = Proof(index=5, hashes=proof_of(5).hashes, checkpoint=attach_cosignatures(sign_checkpoint(smaller, LOG), lines))
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_proof(other, LEAVES[5], POLICY)


@given(st.integers(0, 299), st.integers(0, 255))
def test_no_bit_of_the_leaf_may_change(index, bit):
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_proof(proof_of(index), flip(LEAVES[index], bit), POLICY)


@given(st.integers(0, len(proof_of(77).to_bytes()) * 8 - 1))
def test_no_bit_of_a_proof_may_change(bit):
    raw = flip(proof_of(77).to_bytes(), bit)
    with pytest.raises(Refusal) as refusal:
        verify_proof(parse_proof(raw), LEAVES[77], POLICY)
    assert set(refusal.value.codes) <= set(CODES)


@given(damaged(proof_of(77).to_bytes()))
def test_a_damaged_proof_is_only_refused(raw):
    only_refuses(lambda raw: verify_proof(parse_proof(raw), LEAVES[77], POLICY), raw, *CODES)


@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda raw: HEADER + b"index 0\n" + raw)))
def test_random_bytes_are_a_proof_or_refused(raw):
    proof = only_refuses(parse_proof, raw, "PROOF_FORM")
    assert proof is None or proof.to_bytes() == raw
