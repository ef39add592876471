"""Cosignatures of type 04 and 06."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tree.checkpoint import open_checkpoint, parse_checkpoint, verifier, verify_cosignature
from ledger.tree.cosignature import (
    MAX_TIMESTAMP,
    Subtree,
    cosign_subtree,
    cosign_v1,
    subtree_message,
    timestamp_of,
    v1_message,
    verify_subtree,
    verify_v1,
)
from ledger.tree.note import COSIGNATURE_V1, SUBTREE_V1, open_note, parse_line, parse_note, parse_vkey, vkey_of
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.mutation import flip
from tests.sample import sample

VECTORS = Path(__file__).parents[1] / "vectors"
SUNLIGHT = VECTORS / "sunlight-skylight"
ROME = "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"
MILAN = "88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482"
TORCHWOOD = json.loads((VECTORS / "signed-note/subtree-cosignature.json").read_text())
WITNESSED = {
    "witness": (f"witness/{ROME}/checkpoint", "witness/witness.v0.json"),
    "mirror": (f"witness/mirror/{ROME}/checkpoint", "witness/mirror/mirror.v0.json"),
    "second witness": (f"witness2/{MILAN}/checkpoint", "witness2/witness.v0.json"),
}
ED = PrivateKey.from_seed("ed25519", b"\x03" * 32)
ML = PrivateKey.from_seed("ml-dsa-44", b"\x04" * 32)
V1 = vkey_of("witness.example/sichuan", COSIGNATURE_V1, ED)
SUBTREE = vkey_of("witness.example/sichuan", SUBTREE_V1, ML)
TEXT = b"example.com/log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
HEAD = Subtree("example.com/log", 0, 7, bytes(32))
ML_SIGNATURE = cosign_subtree(ML, SUBTREE.name, 1_790_000_000, HEAD)


def published(name):
    note, keys = WITNESSED[name]
    return (SUNLIGHT / note).read_bytes(), json.loads((SUNLIGHT / keys).read_text())["verifier_keys"][0]


@pytest.mark.parametrize("name", WITNESSED)
def test_published_cosignatures_verify_and_state_their_time(name):
    raw, vkey = published(name)
    note = open_note(raw, [verifier(vkey)])
    assert parse_checkpoint(note.text).size == 300
    assert timestamp_of(note.verified[0].signature) == 1_767_139_200
    assert verify_cosignature(parse_checkpoint(note.text), note.verified[0], vkey).timestamp == 1_767_139_200


def test_a_published_cosignature_fails_over_another_text():
    raw, vkey = published("witness")
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_note(raw.replace(b"\n300\n", b"\n301\n"), [verifier(vkey)])


def test_a_checkpoint_that_only_witnesses_signed_is_not_opened():
    raw, vkey = published("mirror")
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(raw, [], [vkey])


def test_a_published_ml_dsa_subtree_cosignature_verifies():
    vkey, line = parse_vkey(TORCHWOOD["vkey"]), parse_line(TORCHWOOD["line"][:-1].encode())
    root = base64.b64decode(TORCHWOOD["root"])
    assert (line.name, line.key_id, timestamp_of(line.signature)) == (vkey.name, vkey.id, 0)
    assert verify_subtree(vkey, Subtree(TORCHWOOD["origin"], 8, 13, root), line.signature)
    assert not verify_subtree(vkey, Subtree(TORCHWOOD["origin"], 0, 13, root), line.signature)
    assert not verify_subtree(vkey, Subtree(TORCHWOOD["origin"] + "2", 8, 13, root), line.signature)


def test_the_v1_message_is_two_lines_and_the_text():
    assert v1_message(1679315147, TEXT) == b"cosignature/v1\ntime 1679315147\n" + TEXT


def test_the_subtree_message_is_the_tls_structure():
    message = subtree_message("w", 5, Subtree("log", 1, 2, b"\xaa" * 32))
    assert message.hex() == (
        "737562747265652f76310a00" + "0177" + "0000000000000005" + "036c6f67" + "0000000000000001" + "0000000000000002" + "aa" * 32
    )


def test_a_v1_cosignature_verifies_and_has_72_bytes():
    signature = cosign_v1(ED, TEXT, 1_790_000_000)
    assert (len(signature), timestamp_of(signature)) == (72, 1_790_000_000)
    assert verify_v1(V1, TEXT, signature)


@given(st.integers(0, 8 * 72 - 1))
def test_no_bit_of_a_v1_cosignature_may_change(bit):
    assert not verify_v1(V1, TEXT, flip(cosign_v1(ED, TEXT, 1_790_000_000), bit))


def test_an_ml_dsa_cosignature_verifies_and_has_2428_bytes():
    assert (len(ML_SIGNATURE), timestamp_of(ML_SIGNATURE)) == (2428, 1_790_000_000)
    assert verify_subtree(SUBTREE, HEAD, ML_SIGNATURE)


@settings(max_examples=sample(60))
@given(st.one_of(st.integers(0, 63), st.integers(0, 8 * 2428 - 1)))
def test_no_bit_of_an_ml_dsa_cosignature_may_change(bit):
    assert not verify_subtree(SUBTREE, HEAD, flip(ML_SIGNATURE, bit))


@pytest.mark.parametrize(
    "subtree",
    [
        Subtree("example.com/log2", 0, 7, bytes(32)),
        Subtree("example.com/log", 0, 8, bytes(32)),
        Subtree("example.com/log", 4, 7, bytes(32)),
        Subtree("example.com/log", 0, 7, b"\x01" + bytes(31)),
    ],
)
def test_an_ml_dsa_cosignature_speaks_of_one_subtree_only(subtree):
    assert not verify_subtree(SUBTREE, subtree, ML_SIGNATURE)


def test_an_ml_dsa_cosignature_commits_to_the_name_of_its_cosigner():
    assert not verify_subtree(vkey_of("witness.example/chongqing", SUBTREE_V1, ML), HEAD, ML_SIGNATURE)


@pytest.mark.parametrize("timestamp", [0, -1, MAX_TIMESTAMP + 1])
def test_a_v1_cosignature_without_a_possible_time_is_neither_made_nor_taken(timestamp):
    with pytest.raises(AssertionError):
        cosign_v1(ED, TEXT, timestamp)
    forged = (timestamp % 2**64).to_bytes(8, "big") + ED.sign(v1_message(timestamp, TEXT))
    assert not verify_v1(V1, TEXT, forged)


def test_a_part_of_a_tree_is_cosigned_without_a_time_only():
    part = Subtree("example.com/log", 4, 8, bytes(32))
    with pytest.raises(AssertionError):
        cosign_subtree(ML, SUBTREE.name, 1, part)
    forged = (1).to_bytes(8, "big") + ML.sign(subtree_message(SUBTREE.name, 1, part))
    assert not verify_subtree(SUBTREE, part, forged)
    assert verify_subtree(SUBTREE, part, cosign_subtree(ML, SUBTREE.name, 0, part))


@pytest.mark.parametrize("length", [0, 7, 8, 71, 73])
def test_a_cosignature_of_another_length_fails(length):
    assert not verify_v1(V1, TEXT, bytes(length))
    assert not verify_subtree(SUBTREE, HEAD, bytes(length))


def test_a_subtree_key_does_not_judge_a_text_that_is_no_checkpoint():
    line = parse_note(b"hello\n\n" + parse_line_bytes())[1][0]
    with pytest.raises(Refusal, match="CHECKPOINT_FORM"):
        verifier(str(SUBTREE)).verify(b"hello\n", line.signature)


def parse_line_bytes():
    return b"\xe2\x80\x94 " + SUBTREE.name.encode() + b" " + base64.b64encode(SUBTREE.id.to_bytes(4, "big") + ML_SIGNATURE) + b"\n"
