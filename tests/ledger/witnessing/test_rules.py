"""The rules of a witness without HTTP: no two inconsistent heads under any sequence, no input that breaks the parsers."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.merkle import verify_consistency
from ledger.witnessing.server import Conflict, known_logs, make_cosigner, parse_known, read_submission
from ledger.witnessing.store import StoreFailed, WitnessStore
from ledger.witnessing.wire import PROOF_MAX, SIZE_TYPE, AddCheckpoint, encode_request, encode_size, parse_request, parse_size
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.witnessing.bench import COSIGNER, ED, LOG_KEYS, ML, NAME, ORIGIN, Tree, make_witness
from tests.sample import sample

LOGS = known_logs([(LOG_KEYS[0], "")])
TREES = [Tree(salt).grow(24) for salt in ("", "fork")]


@st.composite
def submissions(draw):
    """A submission as an honest, a confused or a cheating log makes it, all with the right signature."""
    tree, other = draw(st.permutations(TREES))
    old = draw(st.integers(0, 24))
    size = draw(st.integers(old, 24))
    proof = list(draw(st.sampled_from([tree, other])).prove(old, size))
    if draw(st.integers(0, 9)) == 0:
        proof = draw(st.one_of(st.just([]), st.just([*proof, bytes(32)]), st.just(proof[::-1])))
    return encode_request(AddCheckpoint(draw(st.sampled_from([old, old, old, 0])), tuple(proof), tree.note(size)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(submissions(), max_size=25), st.data())
def test_a_witness_never_cosigns_two_inconsistent_heads(bodies, data):
    with tempfile.TemporaryDirectory() as folder:
        witness = make_witness(Path(folder))
        cosigned = []
        for body in bodies:
            try:
                assert witness.commit(witness.read(body)).status == 200
            except (Conflict, Refusal):
                continue
            cosigned.append(parse_request(body).note)
            if data.draw(st.integers(0, 5)) == 0:
                witness = make_witness(Path(folder))  # a restart
        heads = [open_checkpoint(note, LOG_KEYS).checkpoint for note in cosigned]
        assert [head.size for head in heads] == sorted(head.size for head in heads)
        for before, after in pairwise(heads):
            if before.size:
                proofs = [tree.prove(before.size, after.size) for tree in TREES]
                assert any(_holds(before, after, proof) for proof in proofs)


def _holds(before, after, proof):
    try:
        verify_consistency(before.size, after.size, before.root, after.root, proof)
    except Refusal:
        return False
    return True


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_an_honestly_growing_log_is_always_cosigned(steps):
    with tempfile.TemporaryDirectory() as folder:
        witness, size = make_witness(Path(folder)), 0
        for step in steps:
            old, size = size, min(size + step, 24)
            answer = witness.commit(witness.read(TREES[0].request(old, size)))
            assert (answer.status, answer.body.count(b"\n")) == (200, 1)


VALID = TREES[0].request(7, 20)
SPAN = st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), st.binary(max_size=40))


def _mutated(spans):
    body = VALID
    for at, length, put in spans:
        body = body[:at] + put + body[at + length :]
    return body


@settings(max_examples=sample(400), deadline=None)
@example(b"")
@example(b"old 0\n\n")
@example(b"old 00\n\n" + VALID)
@example(b"old 9223372036854775808\n\nx")
@example(b"old 0\n\n\n\n\n")
@example(b"old 0\n\n" + ORIGIN.encode() + b"\n\n\n")
@given(st.one_of(st.binary(max_size=400), st.lists(SPAN, min_size=1, max_size=3).map(_mutated)))
def test_a_body_is_read_or_refused_and_nothing_else(body):
    found = _read(lambda: read_submission(body, LOGS))
    if isinstance(found, str):
        assert found in {"WITNESS_REQUEST", "NOTE_FORM", "CHECKPOINT_FORM", "NOTE_SIGNATURE", "WITNESS_LOG_UNKNOWN"}
    else:
        assert found.checkpoint.text in body
        assert len(found.lines) == 1


def _read(read):
    """What a parser gives, or the code it refuses with."""
    try:
        return read()
    except Refusal as refusal:
        return refusal.codes[0]


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=PROOF_MAX), st.binary(max_size=300))
def test_a_request_is_read_back_as_it_was_written(old, proof, note):
    request = AddCheckpoint(old, tuple(proof), note)
    assert parse_request(encode_request(request)) == request


def test_the_64th_proof_line_is_one_too_many():
    assert len(parse_request(encode_request(AddCheckpoint(1, (bytes(32),) * 63, b"x"))).proof) == 63
    with pytest.raises(Refusal, match="WITNESS_REQUEST"):
        parse_request(encode_request(AddCheckpoint(1, (bytes(32),) * 64, b"x")))


@given(st.binary(max_size=30))
@example(b"9223372036854775808\n")
@example(b"1")
@example("１\n".encode())
def test_a_size_is_read_exactly_or_refused(raw):
    found = _read(lambda: parse_size(raw))
    assert found == "WITNESS_ANSWER" or (encode_size(found), 0 <= found < 2**63) == (raw, True)


def test_the_largest_size_is_read():
    assert (parse_size(b"9223372036854775807\n"), SIZE_TYPE) == (2**63 - 1, "text/x.tlog.size")


def test_only_the_log_s_own_lines_are_kept_whatever_else_stands_in_the_note():
    """An unknown line might be made to collide with our own; it is never stored or shown."""
    tree = TREES[0]
    request = encode_request(AddCheckpoint(0, (), tree.note(5, ml_dsa=ML)))
    submission = read_submission(request, LOGS)
    assert [len(line.signature) for line in submission.lines] == [64]


def test_known_logs_come_from_a_policy_a_list_of_log_lines_or_log_vkey():
    vkey = LOG_KEYS[0]
    policy = f"log {vkey} https://log.example\nwitness w {COSIGNER.vkeys[0]}\nquorum w\n".encode()
    assert parse_known(policy)[ORIGIN].url == "https://log.example"
    for raw in (f"# ours\nlog {vkey}\n", f"{vkey}\n", f"\n# pinned by hand\n  {vkey}  \n"):
        known = parse_known(raw.encode())[ORIGIN]
        assert (known.vkeys, known.url) == ((vkey,), "")


@pytest.mark.parametrize("raw", [b"", b"# nothing\n", b"quorum none\n"])
def test_a_list_without_a_log_is_refused(raw):
    with pytest.raises(Refusal, match="WITNESS_LOGS"):
        parse_known(raw)


def test_a_witness_key_is_no_log_key_and_a_log_has_one_address():
    with pytest.raises(Refusal, match="WITNESS_LOGS"):
        known_logs([(COSIGNER.vkeys[0], "")])
    with pytest.raises(Refusal, match="WITNESS_LOGS"):
        known_logs([(LOG_KEYS[0], "https://a.example"), (LOG_KEYS[0], "https://b.example")])
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_known(b"\xff\xfe\x00")


@pytest.mark.parametrize("keys", [(), (ED, ED), (PrivateKey.from_seed("ecdsa-p256-sha256", b"\x31" * 32),)])
def test_a_witness_has_one_key_of_each_kind_at_most(keys):
    with pytest.raises(Refusal, match="WITNESS_KEYS"):
        make_cosigner(NAME, *keys)


def test_an_ml_dsa_key_alone_is_a_witness_too(tmp_path):
    cosigner = make_cosigner(NAME, ML)
    answer = make_witness(tmp_path, cosigner=cosigner).commit(read_submission(TREES[0].request(0), LOGS))
    assert (answer.status, answer.body.count(b"\n"), len(answer.body) > 3000) == (200, 1, True)


def test_two_processes_on_one_store_agree(tmp_path):
    one, two = WitnessStore(tmp_path / "w.sqlite3"), WitnessStore(tmp_path / "w.sqlite3")
    witness = make_witness(tmp_path)
    witness.commit(witness.read(TREES[0].request(0, 5)))
    head = witness._store.head(ORIGIN)
    assert (one.swap("other", one.head("other"), head), two.swap("other", one.head("never"), head)) == (True, False)
    assert (two.head("other"), one.head(ORIGIN).size) == (head, 0)


def test_a_store_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreFailed):
        WitnessStore(tmp_path / "file" / "w.sqlite3")
    (tmp_path / "damaged").write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(StoreFailed):
        WitnessStore(tmp_path / "damaged")
