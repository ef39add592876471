"""Signed notes and verifier keys."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tree import checkpoint
from ledger.tree.note import (
    COSIGNATURE_V1,
    ED25519,
    MAX_BYTES,
    MAX_LINES,
    SUBTREE_V1,
    SignatureLine,
    Vkey,
    is_key_name,
    join_note,
    open_note,
    parse_note,
    parse_vkey,
    sign_line,
    vkey_of,
)
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.mutation import damaged, only_refuses

PUBLISHED = json.loads((Path(__file__).parents[1] / "vectors/signed-note/notes.json").read_text())
EXAMPLE = PUBLISHED["signed_note_example"]
ALICE = ("example.com/alice", PrivateKey.from_seed("ed25519", b"\x01" * 32))
BOB = ("example.com/bob", PrivateKey.from_seed("ed25519", b"\x02" * 32))
TEXT = "联单\n\nsecond paragraph\n".encode()


def sign_note(text, signers):
    raw = join_note(text, [sign_line(text, name, key) for name, key in signers])
    parse_note(raw)
    return raw


def verifier(signer):
    name, key = signer
    return checkpoint.verifier(str(vkey_of(name, ED25519, key)))


NOTE = sign_note(TEXT, [ALICE, BOB])


def test_the_published_note_verifies():
    note = open_note(EXAMPLE["note"].encode(), [checkpoint.verifier(EXAMPLE["vkey"])])
    assert note.text == b"This is an example message.\n"
    assert [(line.name, f"{line.key_id:08x}") for line in note.verified] == [("example.com/foo", "530d903a")]


@pytest.mark.parametrize("name", ["checkpoint_example_no_key", "cosigned_checkpoint_example_no_key"])
def test_the_published_checkpoints_are_parsed_and_written_back(name):
    raw = PUBLISHED[name].encode()
    assert join_note(*parse_note(raw)) == raw


@pytest.mark.parametrize("vkey", PUBLISHED["cosig_vkeys_accept"][:2])
def test_published_vkeys_are_read_and_written_back(vkey):
    assert str(parse_vkey(vkey)) == vkey


def test_a_published_vkey_whose_key_id_is_not_its_hash_is_refused():
    with pytest.raises(Refusal, match=r"VKEY_FORM\(id\)"):
        parse_vkey(PUBLISHED["cosig_vkeys_accept"][2])


@pytest.mark.parametrize("vkey", [vkey for _, vkey in PUBLISHED["cosig_vkeys_reject"]])
def test_published_bad_vkeys_are_refused(vkey):
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_vkey(vkey)


@pytest.mark.parametrize(("type_", "suite"), [(ED25519, "ed25519"), (COSIGNATURE_V1, "ed25519"), (SUBTREE_V1, "ml-dsa-44")])
def test_a_vkey_of_our_keys_is_read_and_written_back(type_, suite):
    key = PrivateKey.from_seed(suite, b"\x07" * 32)
    vkey = vkey_of("example.com/联单", type_, key)
    assert parse_vkey(str(vkey)) == vkey
    assert vkey.spki == key.spki
    assert vkey.holds(b"text", key.sign(b"text"))


ALICES = vkey_of(ALICE[0], ED25519, ALICE[1])
GOOD = str(ALICES)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        GOOD.replace("example.com/alice", ""),
        GOOD.replace("example.com/alice", "two words"),
        GOOD.replace(f"{ALICES.id:08x}", "0" * 8),
        GOOD.replace(f"{ALICES.id:08x}", f"{ALICES.id:08X}x"),
        GOOD[:-1],
        GOOD + "\n",
        GOOD[:-2] + "é",
        "\ud800" + GOOD,
        str(Vkey("x", ED25519, bytes([1]) + bytes(31))),
        str(Vkey("x", ED25519, b"\xee" + b"\xff" * 30 + b"\x7f")),
        str(Vkey("x", ED25519, bytes(31))),
        str(Vkey("x", 0x02, bytes(32))),
        str(Vkey("x", SUBTREE_V1, bytes(1311))),
    ],
    ids=lambda vkey: ascii(vkey)[:40],
)
def test_a_malformed_or_dangerous_vkey_is_refused(vkey):
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_vkey(vkey)


def test_a_vkey_with_stray_bits_before_the_padding_is_refused():
    key = PrivateKey.from_seed("ml-dsa-44", b"\x07" * 32)
    text = str(vkey_of("x", SUBTREE_V1, key))
    assert text.endswith("=")
    at = -3 if text.endswith("==") else -2
    changed = text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :]
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_vkey(changed)


def test_a_key_name_has_no_space_plus_or_control_character():
    assert is_key_name("example.com/日志")
    for name in ("", "a b", "a\u3000b", "a\u00a0b", "a+b", "a\nb", "a\x1fb", "\ud800"):
        assert not is_key_name(name)


def test_a_note_opens_with_the_lines_of_known_keys_and_keeps_the_others_apart():
    note = open_note(NOTE, [verifier(ALICE)])
    assert note.text == TEXT
    assert [line.name for line in note.verified] == ["example.com/alice"]
    assert [line.name for line in note.unverified] == ["example.com/bob"]


def test_a_key_of_the_same_name_and_another_id_is_unknown():
    other = (ALICE[0], BOB[1])
    note = open_note(sign_note(TEXT, [ALICE, other]), [verifier(ALICE)])
    assert (len(note.verified), len(note.unverified)) == (1, 1)


def test_a_note_without_a_known_key_is_refused():
    for verifiers in ([], [verifier(("example.com/carol", ALICE[1]))]):
        with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
            open_note(NOTE, verifiers)


def test_one_failing_line_of_a_known_key_rejects_the_whole_note():
    text, (alice, bob) = parse_note(NOTE)
    broken = join_note(text, [alice, SignatureLine(bob.name, bob.key_id, alice.signature)])
    assert open_note(broken, [verifier(ALICE)]).text == TEXT
    with pytest.raises(Refusal, match=r"NOTE_SIGNATURE\(example.com/bob\)"):
        open_note(broken, [verifier(ALICE), verifier(BOB)])


def test_a_known_key_signs_once():
    text, (alice, _) = parse_note(NOTE)
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_note(join_note(text, [alice, alice]), [verifier(ALICE)])


def test_a_known_line_of_another_length_fails():
    text, (alice, _) = parse_note(NOTE)
    for signature in (alice.signature[:-1], alice.signature + b"\0", b"\0"):
        with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
            open_note(join_note(text, [SignatureLine(alice.name, alice.key_id, signature)]), [verifier(ALICE)])


def test_base64_with_stray_bits_is_a_signature_that_does_not_hold():
    raw = NOTE[:-1]
    assert raw.endswith(b"=")
    at = -3 if raw.endswith(b"==") else -2
    changed = raw[:at] + bytes([raw[at] + 1]) + raw[at + 1 :] + b"\n"
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_note(changed, [verifier(ALICE)])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n\nno dash\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace("联".encode(), b"\xff"),
        NOTE.replace(b"second", b"sec\rnd"),
        NOTE.replace(b"second", b"sec\x00nd"),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAA==\n".encode(),
        "text\n\n— a+b AAAAAAA=\n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— name AAAA AAA=\n".encode(),
        "text\n\n— name é\n".encode(),
    ],
    ids=lambda raw: ascii(raw[-30:]),
)
def test_a_malformed_note_is_refused(raw):
    with pytest.raises(Refusal, match="NOTE_FORM"):
        open_note(raw, [verifier(ALICE)])


def test_a_note_may_have_many_lines_but_not_any_number():
    unknown = [SignatureLine(f"w{number}", number, bytes(64)) for number in range(MAX_LINES)]
    alice = parse_note(NOTE)[1][0]
    assert len(open_note(join_note(TEXT, [*unknown[1:], alice]), [verifier(ALICE)]).unverified) == MAX_LINES - 1
    with pytest.raises(Refusal, match="NOTE_FORM"):
        open_note(join_note(TEXT, [*unknown, alice]), [verifier(ALICE)])


def test_sixteen_post_quantum_lines_fit_and_64_kib_is_the_end():
    lines = [SignatureLine(f"witness-{number}.example", number, bytes(8 + 2420)) for number in range(16)]
    raw = join_note(TEXT, [parse_note(NOTE)[1][0], *lines])
    assert len(open_note(raw, [verifier(ALICE)]).unverified) == 16
    filled = sign_note(b"x" * (MAX_BYTES - len(sign_note(b"\n", [ALICE]))) + b"\n", [ALICE])
    assert len(filled) == MAX_BYTES
    assert open_note(filled, [verifier(ALICE)]).verified
    with pytest.raises(Refusal, match="NOTE_FORM"):
        sign_note(b"x" + filled[: filled.rfind(b"\n\n") + 1], [ALICE])


def test_a_text_without_final_line_feed_cannot_be_signed():
    with pytest.raises(Refusal, match="NOTE_FORM"):
        sign_note(b"text", [ALICE])


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=40), st.integers(1, 4))
def test_what_is_signed_is_what_is_opened(text, paragraphs):
    whole = "\n\n".join([text] * paragraphs).encode() + b"\n"
    assert open_note(sign_note(whole, [ALICE]), [verifier(ALICE)]).text == whole


@given(damaged(sign_note(TEXT, [ALICE])))
def test_no_damaged_note_opens_as_another(raw):
    note = only_refuses(lambda raw: open_note(raw, [verifier(ALICE)]), raw, "NOTE_FORM", "NOTE_SIGNATURE")
    assert note is None or note.text == TEXT


LINES = st.binary(max_size=60).map(lambda raw: "t\n\n— n ".encode() + base64.b64encode(raw) + b"\n")


@given(st.one_of(st.binary(max_size=120), LINES))
def test_random_bytes_are_only_refused(raw):
    only_refuses(lambda raw: open_note(raw, [verifier(ALICE)]), raw, "NOTE_FORM", "NOTE_SIGNATURE")


@given(st.one_of(st.text(max_size=80), damaged(GOOD.encode()).map(lambda raw: raw.decode("utf-8", "surrogateescape"))))
def test_a_random_or_damaged_vkey_is_only_refused(text):
    vkey = only_refuses(parse_vkey, text, "VKEY_FORM")
    assert vkey is None or str(vkey) == text
