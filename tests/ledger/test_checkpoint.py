"""Checkpoints: text, the log's signatures, witnesses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tree.checkpoint import (
    Checkpoint,
    attach_cosignatures,
    cosign_checkpoint,
    log_vkeys,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
    verifier,
    verify_cosignature,
)
from ledger.tree.cosignature import Subtree, cosign_subtree
from ledger.tree.merkle import EMPTY_ROOT, MAX_SIZE, root_of
from ledger.tree.note import COSIGNATURE_V1, SUBTREE_V1, SignatureLine, join_note, parse_note, vkey_of
from ledger.tree.tiles import parse_bundle
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.mutation import damaged, only_refuses

VECTORS = Path(__file__).parents[1] / "vectors"
TESTLOG = VECTORS / "tessera-testlog"
TESTLOG_VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
ORIGIN = "liandan.example/log-2026"
ED = PrivateKey.from_seed("ed25519", b"\x11" * 32)
ML = PrivateKey.from_seed("ml-dsa-44", b"\x12" * 32)
LOG_KEYS = log_vkeys(ORIGIN, [ML, ED])
HEAD = Checkpoint(ORIGIN, 7, b"\x5a" * 32)
RAW = sign_checkpoint(HEAD, ED, ML)
NAMES = ("sichuan.example/witness", "chongqing.example/witness")
WITNESSES = {name: PrivateKey.from_seed("ed25519", bytes([at]) * 32) for at, name in enumerate(NAMES, 0x21)}
VKEYS = {name: str(vkey_of(name, COSIGNATURE_V1, key)) for name, key in WITNESSES.items()}
LINES = [(VKEYS[name], cosign_checkpoint(HEAD, name, key, 1_790_000_000 + at)) for at, (name, key) in enumerate(WITNESSES.items())]
COSIGNED = attach_cosignatures(RAW, LINES)


@pytest.mark.parametrize("size", range(16))
def test_each_checkpoint_of_the_published_log_is_signed_over_its_root(size):
    opened = open_checkpoint((TESTLOG / f"checkpoint.{size}").read_bytes(), [TESTLOG_VKEY])
    assert (opened.checkpoint.origin, opened.checkpoint.size) == ("example.com/log/testdata", size)
    tile = (TESTLOG / f"tile/0/000.p/{size}").read_bytes() if size else b""
    assert opened.checkpoint.root == root_of([tile[at : at + 32] for at in range(0, len(tile), 32)])
    if size:
        assert len(parse_bundle((TESTLOG / f"tile/entries/000.p/{size}").read_bytes(), size)) == size


def test_the_newest_checkpoint_of_the_published_log_is_that_of_size_15():
    assert (TESTLOG / "checkpoint").read_bytes() == (TESTLOG / "checkpoint.15").read_bytes()


def test_the_text_is_origin_size_and_root():
    assert Checkpoint("example.com/log", 0, EMPTY_ROOT).text == b"example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"


@given(st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), min_size=1, max_size=60), st.integers(0, MAX_SIZE))
def test_a_text_is_read_as_it_was_written(origin, size):
    head = Checkpoint(origin, size, b"\x01" * 32)
    assert parse_checkpoint(head.text) == head


GOOD = HEAD.text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n\n",
        GOOD[:-1],
        GOOD + b"\n",
        GOOD.replace(b"\n7\n", b"\n07\n"),
        GOOD.replace(b"\n7\n", b"\n-7\n"),
        GOOD.replace(b"\n7\n", b"\n+7\n"),
        GOOD.replace(b"\n7\n", b"\n 7\n"),
        GOOD.replace(b"\n7\n", b"\n7.0\n"),
        GOOD.replace(b"\n7\n", "\n٧\n".encode()),
        GOOD.replace(b"\n7\n", b"\n9223372036854775808\n"),
        GOOD.replace(b"\n7\n", b"\n\n"),
        GOOD.replace(b"WlpaWlo=", b"WlpaWlp="),
        GOOD.replace(b"WlpaWlo=", b"WlpaWl=="),
        GOOD.replace(b"WlpaWlo=", b"WlpaWlo"),
        GOOD.replace(b"liandan", b"\xff"),
        b"x" * 256 + b"\n7\n" + GOOD.split(b"\n")[2] + b"\n",
        GOOD + b"extension\n",
    ],
    ids=lambda text: ascii(text[-40:]),
)
def test_a_malformed_text_is_refused(text):
    with pytest.raises(Refusal, match="CHECKPOINT_FORM"):
        parse_checkpoint(text)


def test_an_origin_of_255_bytes_is_the_longest():
    head = Checkpoint("x" * 255, 7, bytes(32))
    assert parse_checkpoint(head.text) == head


def test_extension_lines_are_read_on_demand_only():
    text = GOOD + b"one\ntwo\n"
    assert parse_checkpoint(text, extensions=True).extensions == ("one", "two")
    assert parse_checkpoint(text, extensions=True).text == text
    with pytest.raises(Refusal, match=r"CHECKPOINT_FORM\(extension\)"):
        parse_checkpoint(text)
    with pytest.raises(Refusal, match="CHECKPOINT_FORM"):
        parse_checkpoint(GOOD + b"one\n\ntwo\n", extensions=True)


def test_a_log_never_signs_an_extension_line_or_an_origin_that_is_no_key_name():
    with pytest.raises(Refusal, match="CHECKPOINT_FORM"):
        sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32), ("extension",)), ED)
    with pytest.raises(Refusal, match="VKEY_FORM"):
        sign_checkpoint(Checkpoint("two words", 7, bytes(32)), ED)


def test_a_signed_extension_line_is_a_finding_unless_asked_for():
    text = GOOD + b"extension\n"
    key_line = parse_note(RAW)[1][0]
    raw = join_note(text, [SignatureLine(key_line.name, key_line.key_id, ED.sign(text))])
    with pytest.raises(Refusal, match="CHECKPOINT_FORM"):
        open_checkpoint(raw, LOG_KEYS)
    assert open_checkpoint(raw, LOG_KEYS, extensions=True).checkpoint.extensions == ("extension",)


def test_the_log_signs_with_ed25519_first_and_ml_dsa_second():
    opened = open_checkpoint(RAW, LOG_KEYS)
    assert (opened.checkpoint, opened.log_vkeys, opened.cosignatures, opened.cosigned_at) == (HEAD, LOG_KEYS, (), None)


def test_the_ml_dsa_line_is_additional_and_the_ed25519_line_required():
    assert open_checkpoint(sign_checkpoint(HEAD, ED), LOG_KEYS).log_vkeys == LOG_KEYS[:1]
    text, (_, ml_line) = parse_note(RAW)
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(join_note(text, [ml_line]), LOG_KEYS)
    assert open_checkpoint(join_note(text, [ml_line]), LOG_KEYS[1:]).checkpoint == HEAD


def test_a_log_line_that_states_a_time_is_refused():
    text, (ed_line, ml_line) = parse_note(RAW)
    timed = SignatureLine(ORIGIN, ml_line.key_id, cosign_subtree(ML, ORIGIN, 1_790_000_000, Subtree(ORIGIN, 0, 7, HEAD.root)))
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(join_note(text, [ed_line, timed]), LOG_KEYS)


def test_a_key_of_another_log_does_not_sign_for_this_one():
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(RAW, log_vkeys("other.example/log", [ED]))
    foreign = log_vkeys("other.example/log", [ED])[0]
    line = parse_note(sign_checkpoint(Checkpoint("other.example/log", 7, HEAD.root), ED))[1][0]
    raw = join_note(HEAD.text, [SignatureLine(line.name, line.key_id, ED.sign(HEAD.text))])
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(raw, [foreign, *LOG_KEYS])


def test_witness_lines_stand_sorted_by_vkey_and_give_the_earliest_time():
    opened = open_checkpoint(COSIGNED, LOG_KEYS, VKEYS.values())
    assert [line.vkey for line in opened.cosignatures] == sorted(VKEYS.values())
    assert opened.cosigned_at == 1_790_000_000
    assert attach_cosignatures(RAW, list(reversed(LINES))) == COSIGNED


def test_an_unknown_witness_is_ignored_and_a_failing_known_one_rejects_the_note():
    text, lines = parse_note(COSIGNED)
    broken = join_note(text, [*lines[:-1], SignatureLine(lines[-1].name, lines[-1].key_id, bytes(72))])
    known = VKEYS[lines[-2].name]
    assert [line.vkey for line in open_checkpoint(broken, LOG_KEYS, [known]).cosignatures] == [known]
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(broken, LOG_KEYS, VKEYS.values())


def test_a_witness_may_cosign_with_ml_dsa_but_not_without_a_time():
    key = PrivateKey.from_seed("ml-dsa-44", b"\x31" * 32)
    vkey = vkey_of("pq.example/witness", SUBTREE_V1, key)
    raw = attach_cosignatures(RAW, [(str(vkey), cosign_checkpoint(HEAD, vkey.name, key, 1_790_000_000))])
    assert open_checkpoint(raw, LOG_KEYS, [str(vkey)]).cosigned_at == 1_790_000_000
    timeless = SignatureLine(vkey.name, vkey.id, cosign_subtree(key, vkey.name, 0, Subtree(ORIGIN, 0, 7, HEAD.root)))
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_checkpoint(attach_cosignatures(RAW, [(str(vkey), timeless)]), LOG_KEYS, [str(vkey)])


def test_a_returned_line_is_checked_before_it_is_attached():
    (vkey, line), (other, _) = LINES
    assert verify_cosignature(HEAD, line, vkey).timestamp == 1_790_000_000
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        verify_cosignature(HEAD, line, other)
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        verify_cosignature(Checkpoint(ORIGIN, 8, HEAD.root), line, vkey)


def test_a_malformed_vkey_is_refused_as_one():
    with pytest.raises(Refusal, match="VKEY_FORM"):
        open_checkpoint(RAW, ["nonsense"])
    with pytest.raises(Refusal, match="VKEY_FORM"):
        verifier("nonsense")


@given(damaged(COSIGNED))
def test_no_damaged_checkpoint_opens_as_another(raw):
    codes = ("NOTE_FORM", "NOTE_SIGNATURE", "CHECKPOINT_FORM")
    opened = only_refuses(lambda raw: open_checkpoint(raw, LOG_KEYS, VKEYS.values()), raw, *codes)
    assert opened is None or opened.checkpoint == HEAD


@given(st.one_of(st.binary(max_size=100), damaged(GOOD)))
def test_random_and_damaged_texts_are_checkpoints_or_refused(raw):
    head = only_refuses(lambda raw: parse_checkpoint(raw, extensions=True), raw, "CHECKPOINT_FORM")
    assert head is None or head.text == raw


def test_the_rule_table_has_every_code_of_the_tree():
    from ledger.tree.rulebook import RULES

    wanted = "NOTE_FORM NOTE_SIGNATURE VKEY_FORM CHECKPOINT_FORM PROOF_FORM PROOF_WRONG TILE_FORM POLICY_FORM"
    assert set(RULES) == set(wanted.split())
    assert all(rule.zh and rule.en and rule.do_zh and rule.do_en and "[DESIGN]" in rule.marked for rule in RULES.values())


def test_our_own_published_checkpoints_open():
    cases = json.loads((VECTORS / "liandan-v1/checkpoints.json").read_text())
    assert cases
    for case in cases:
        opened = open_checkpoint(case["note"].encode(), case["vkeys"][:1], case["vkeys"][1:])
        assert (opened.checkpoint.size, opened.checkpoint.root.hex()) == (case["size"], case["root"])
