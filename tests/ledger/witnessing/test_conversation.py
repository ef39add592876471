"""The published conversation with a witness, and every status of ours, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from threading import Barrier

import pytest

from ledger.tree.checkpoint import open_checkpoint, parse_checkpoint, verify_cosignature
from ledger.tree.note import ED25519, Vkey, join_note, parse_line, parse_note, sign_line
from ledger.witnessing.server import known_logs, make_cosigner
from ledger.witnessing.wire import BODY_MAX, AddCheckpoint, encode_request, log_id
from tests.ledger.witnessing.bench import BOTH, COSIGNER, ED, LOG_KEY, LOG_KEYS, NAME, ORIGIN, Tree, client, make_witness, witness_at

VECTOR = json.loads((Path(__file__).parents[2] / "vectors/tlog-witness/add-checkpoint-sequence.json").read_text())
SIGSUM = str(Vkey(VECTOR["origin"], ED25519, bytes.fromhex(VECTOR["log_ed25519_public_key_hex"])))


@pytest.fixture(scope="module")
async def http():
    async with client() as http:
        yield http


@pytest.mark.parametrize("prefix", ["", "/witness/v1"])
async def test_the_published_conversation_gets_every_status_it_expects(tmp_path, http, prefix):
    cosigner = make_cosigner("example.com/witness", ED)
    async with witness_at(make_witness(tmp_path, cosigner=cosigner, logs=known_logs([(SIGSUM, "")])), prefix) as url:
        for step in VECTOR["steps"]:
            answer = await http.post(f"{url}/add-checkpoint", content=step["request_body"].encode())
            assert (answer.status_code, step["response_body_contains"] in answer.text) == (step["status"], True), step["name"]
            if answer.status_code == 409:
                assert answer.headers["content-type"] == "text/x.tlog.size"
                assert answer.text == step["response_body_contains"]
            if answer.status_code == 200:
                checkpoint = parse_checkpoint(parse_note(step["request_body"].partition("\n\n")[2].encode())[0])
                verify_cosignature(checkpoint, parse_line(answer.content.removesuffix(b"\n")), cosigner.vkeys[0])


async def test_the_newest_cosigned_checkpoint_is_shown_by_the_hash_of_its_origin(tmp_path, http):
    tree = Tree().grow(3)
    async with witness_at(make_witness(tmp_path), "/w") as url:
        assert (await http.get(f"{url}/{log_id(ORIGIN)}/checkpoint")).status_code == 404
        for old, size in ((0, 2), (2, 3)):
            assert (await http.post(f"{url}/add-checkpoint", content=tree.request(old, size))).status_code == 200
            shown = await http.get(f"{url}/{log_id(ORIGIN)}/checkpoint")
            opened = open_checkpoint(shown.content, LOG_KEYS, COSIGNER.vkeys)
            assert (opened.checkpoint.size, len(opened.cosignatures)) == (size, 1)
        assert (await http.get(f"{url}/{log_id('other')}/checkpoint")).status_code == 404


async def test_a_witness_with_two_keys_answers_an_ed25519_and_an_ml_dsa_line(tmp_path, http):
    tree = Tree().grow(5)
    async with witness_at(make_witness(tmp_path, cosigner=BOTH)) as url:
        answer = await http.post(f"{url}/add-checkpoint", content=tree.request(0))
        lines = [parse_line(line) for line in answer.content.splitlines()]
        stamps = {
            verify_cosignature(parse_checkpoint(parse_note(tree.note())[0]), *pair).timestamp
            for pair in zip(lines, BOTH.vkeys, strict=True)
        }
        assert [len(line.signature) for line in lines] == [72, 2428]
        assert len(stamps) == 1
        assert len(open_checkpoint((await http.get(f"{url}/{log_id(ORIGIN)}/checkpoint")).content, LOG_KEYS, BOTH.vkeys).cosignatures) == 2


async def test_the_same_checkpoint_again_is_cosigned_again(tmp_path, http):
    tree = Tree().grow(4)
    async with witness_at(make_witness(tmp_path)) as url:
        for old in (0, 4, 4):
            assert (await http.post(f"{url}/add-checkpoint", content=tree.request(old))).status_code == 200


async def test_an_empty_tree_is_cosigned_with_its_own_root_only(tmp_path, http):
    tree = Tree()
    async with witness_at(make_witness(tmp_path)) as url:
        wrong = encode_request(AddCheckpoint(0, (), tree.note(root=bytes(32))))
        assert (await http.post(f"{url}/add-checkpoint", content=wrong)).status_code == 422
        for _ in range(2):
            assert (await http.post(f"{url}/add-checkpoint", content=tree.request(0))).status_code == 200
        assert (await http.post(f"{url}/add-checkpoint", content=tree.grow(2).request(0))).status_code == 200


async def test_what_no_honest_log_sends_is_refused_with_its_status(tmp_path, http):
    tree, other = Tree().grow(6), Tree("fork").grow(6)
    text = parse_note(tree.note())[0] + b"extension\n"
    extended = join_note(text, [sign_line(text, ORIGIN, LOG_KEY)])
    cases = [
        (422, encode_request(AddCheckpoint(4, (), other.note(4)))),
        (422, encode_request(AddCheckpoint(4, tree.prove(4)[:-1], tree.note()))),
        (422, encode_request(AddCheckpoint(4, tree.prove(4), other.note()))),
        (422, encode_request(AddCheckpoint(4, (bytes(32),), tree.note(4)))),
        (400, encode_request(AddCheckpoint(5, (), tree.note(4)))),
        (400, encode_request(AddCheckpoint(4, tree.prove(4), extended))),
        (400, b"x" * (BODY_MAX + 1)),
        (409, tree.request(0)),
        (409, tree.request(3)),
    ]
    async with witness_at(make_witness(tmp_path)) as url:
        assert (await http.post(f"{url}/add-checkpoint", content=tree.request(0, 4))).status_code == 200
        for status, body in cases:
            assert (await http.post(f"{url}/add-checkpoint", content=body)).status_code == status, body[:80]
        assert (await http.get(f"{url}/add-checkpoint")).status_code == 405
        assert (await http.post(f"{url}/elsewhere")).status_code == 405
        assert (await http.get(f"{url}/elsewhere")).status_code == 404


async def test_a_proof_from_size_0_must_be_empty(tmp_path, http):
    tree = Tree().grow(2)
    async with witness_at(make_witness(tmp_path)) as url:
        body = encode_request(AddCheckpoint(0, (bytes(32),), tree.note()))
        assert (await http.post(f"{url}/add-checkpoint", content=body)).status_code == 422


class MeetingKey:
    """A key that signs only when two are signing at once: both have been judged before either is stored."""

    def __init__(self) -> None:
        self.suite, self.spki, self.both = ED.suite, ED.spki, Barrier(2, timeout=10)
        self.is_meeting = False

    def sign(self, message: bytes, /) -> bytes:
        if self.is_meeting:
            self.both.wait()
        return ED.sign(message)


async def test_of_two_submissions_at_once_one_is_cosigned_and_one_gets_the_new_size(tmp_path, http):
    tree, key = Tree().grow(9), MeetingKey()
    async with witness_at(make_witness(tmp_path, cosigner=make_cosigner(NAME, key))) as url:
        await http.post(f"{url}/add-checkpoint", content=tree.request(0, 3))
        key.is_meeting = True
        pair = await asyncio.gather(*(http.post(f"{url}/add-checkpoint", content=tree.request(3, size)) for size in (5, 9)))
        assert sorted(answer.status_code for answer in pair) == [200, 409]
        won, lost = sorted(pair, key=lambda answer: answer.status_code)
        shown = open_checkpoint((await http.get(f"{url}/{log_id(ORIGIN)}/checkpoint")).content, LOG_KEYS, COSIGNER.vkeys).checkpoint
        verify_cosignature(shown, parse_line(won.content.removesuffix(b"\n")), COSIGNER.vkeys[0])
        assert (lost.text, lost.headers["content-type"]) == (f"{shown.size}\n", "text/x.tlog.size")


class BrokenKey(MeetingKey):
    """A device that signs something else."""

    def sign(self, message: bytes, /) -> bytes:
        return ED.sign(message + b"?")


async def test_a_signature_that_does_not_hold_never_leaves_the_witness(tmp_path, http):
    async with witness_at(make_witness(tmp_path, cosigner=make_cosigner(NAME, BrokenKey()))) as url:
        answer = await http.post(f"{url}/add-checkpoint", content=Tree().grow(1).request(0))
        assert (answer.status_code, b"\xe2\x80\x94" in answer.content) == (500, False)
        assert (await http.get(f"{url}/{log_id(ORIGIN)}/checkpoint")).status_code == 404


async def test_status_tells_sizes_and_lag(tmp_path, http):
    tree = Tree().grow(8)
    async with witness_at(make_witness(tmp_path)) as url:
        await http.post(f"{url}/add-checkpoint", content=tree.request(0, 5))
        await http.post(f"{url}/add-checkpoint", content=tree.request(4, 8))
        status = (await http.get(f"{url}/status")).json()
        assert (status["name"], status["vkeys"], status["is_mirror"]) == (NAME, list(COSIGNER.vkeys), False)
        [shown] = status["logs"]
        assert (shown["origin"], shown["offered"], shown["cosigned"], shown["lag"], shown["mirrored"]) == (ORIGIN, 8, 5, 3, None)
