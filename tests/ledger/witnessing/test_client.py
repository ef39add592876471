"""The log's side: honest witnesses bring lines and a quorum, hostile ones are absent, our own contradictions are found."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from pathlib import Path

import pytest

from ledger.tree.checkpoint import open_checkpoint, parse_checkpoint
from ledger.tree.note import join_note, parse_line, parse_note
from ledger.tree.policy import Peer
from ledger.witnessing import client as client_module
from ledger.witnessing.answers import ContradictionKind, FailureKind
from ledger.witnessing.client import Collector
from ledger.witnessing.server import make_cosigner
from ledger.witnessing.wire import SIZE_TYPE, log_id, parse_request
from signing.refusal import refuse
from tests.ledger.trust import open_with_policy
from tests.ledger.witnessing.bench import (
    BOTH,
    COSIGNER,
    LOG_KEYS,
    ORIGIN,
    Scripted,
    Town,
    Tree,
    client,
    key_for,
    make_witness,
    policy_of,
    served,
)  # fmt: skip

K = FailureKind
TEXT = "text/plain"
SUNLIGHT = Path(__file__).parents[2] / "vectors/sunlight-skylight"


@pytest.fixture(scope="module")
async def http():
    async with client() as http:
        yield http


@pytest.fixture(scope="module")
async def town():
    town = Town()
    async with served(town) as town.url:
        yield town


def peer_of(url, cosigner=COSIGNER, name="w", at=0):
    return Peer(name, cosigner.vkeys[at], url)


async def ask(http, tree, peers, *, quorum="all", collector=None, prove=None, **options):
    collector = collector or Collector(http, LOG_KEYS)
    return await collector.collect(tree.note(), prove or tree.tile_prove, peers, policy_of(*peers, quorum=quorum), **options)


def kinds(cosigned):
    return {failure.witness: failure.kind for failure in cosigned.failures}


async def test_two_witnesses_cosign_and_the_note_opens_under_the_policy(tmp_path, town, http):
    tree, other = Tree().grow(5), make_cosigner("witness.example/chongqing", key_for("chongqing"))
    one = town.witness(make_witness(tmp_path / "a"))
    two = town.witness(make_witness(tmp_path / "b", cosigner=other))
    peers, collector = [peer_of(one, name="one"), peer_of(two, other, name="two")], Collector(http, LOG_KEYS)
    for _ in range(3):
        cosigned = await ask(http, tree, peers, collector=collector)
        assert (cosigned.is_quorum, cosigned.failures, cosigned.contradictions) == (True, (), ())
        opened = open_with_policy(cosigned.attach(tree.note()), policy_of(*peers))
        assert [line.vkey for line in opened.cosignatures] == sorted(peer.vkey for peer in peers)
        tree.grow(300)


async def test_a_witness_with_two_keys_is_asked_once_and_brings_two_lines(tmp_path, town, http):
    tree, asked = Tree().grow(5), []
    witness = make_witness(tmp_path, cosigner=BOTH)
    read = witness.read
    witness.read = lambda raw: asked.append(raw) or read(raw)
    url = town.witness(witness)
    peers = [peer_of(url, BOTH, "ed", 0), peer_of(url, BOTH, "ml", 1)]
    cosigned = await ask(http, tree, peers)
    assert (len(asked), set(cosigned.lines), cosigned.is_quorum) == (1, set(BOTH.vkeys), True)
    assert len(open_checkpoint(cosigned.attach(tree.note()), LOG_KEYS, BOTH.vkeys).cosignatures) == 2


async def test_a_409_is_answered_once_from_the_size_the_witness_has(tmp_path, town, http):
    tree = Tree().grow(5)
    url = town.witness(make_witness(tmp_path))
    await ask(http, tree, [peer_of(url)])
    tree.grow(20)
    proved = []

    def prove(old):
        proved.append(old)
        return tree.tile_prove(old)

    fresh = await ask(http, tree, [peer_of(url)], prove=prove)
    assert (fresh.is_quorum, fresh.failures, proved) == (True, (), [5])


@pytest.mark.parametrize(
    ("status", "media", "body", "kind"),
    [
        (200, TEXT, b"", K.NO_LINE),
        (200, TEXT, b"\xff" * 9000, K.NO_LINE),
        (200, TEXT, b"\n" * 9000, K.NO_LINE),
        (200, TEXT, "— witness.example/sichuan AAAAAAAA\n".encode() * 900, K.NO_LINE),
        (200, TEXT, b"x" * 70_000, K.UNREACHABLE),
        (409, SIZE_TYPE, b"9223372036854775808\n", K.SIZE),
        (409, SIZE_TYPE, b"9223372036854775807\n", K.SIZE),
        (409, SIZE_TYPE, b"8\n", K.SIZE),
        (409, SIZE_TYPE, b"-1\n", K.SIZE),
        (409, SIZE_TYPE, b"0\n", K.SIZE),
        (409, SIZE_TYPE, b"3\n", K.SIZE),
        (409, TEXT, b"3\n", K.SIZE),
        (422, TEXT, b"no", K.PROOF),
        (403, TEXT, b"no", K.FORBIDDEN),
        (404, TEXT, b"no", K.UNKNOWN_LOG),
        (302, TEXT, b"", K.UNAVAILABLE),
        (503, TEXT, b"mirror is behind", K.UNAVAILABLE),
    ],
)
async def test_a_witness_that_answers_nonsense_is_absent_and_the_honest_one_counts(tmp_path, town, http, status, media, body, kind):
    tree = Tree().grow(7)

    async def lie(method, path, _):
        return (status, media, body) if method == "POST" else (404, TEXT, b"")

    other = make_cosigner("witness.example/liar", key_for("liar"))
    script = Scripted(lie)
    honest = town.witness(make_witness(tmp_path))
    liar = town.open(script)
    peers = [peer_of(honest, name="honest"), peer_of(liar, other, name="liar")]
    cosigned = await ask(http, tree, peers, quorum="any", grace_s=5.0)
    assert (cosigned.is_quorum, list(cosigned.lines), kinds(cosigned)) == (True, [COSIGNER.vkeys[0]], {"liar": kind})
    assert cosigned.contradictions == ()
    assert len([method for method, *_ in script.asked if method == "POST"]) <= 2
    assert not (await ask(http, tree, peers)).is_quorum


async def test_a_slow_or_endless_witness_holds_nobody_up(tmp_path, town, http):
    tree, never = Tree().grow(7), asyncio.Event()

    async def silent(scope, receive, send):
        await never.wait()

    async def dripping(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not never.is_set():
            await send({"type": "http.response.body", "body": b".", "more_body": True})
            await asyncio.sleep(0.01)

    honest = town.witness(make_witness(tmp_path))
    one = town.open(silent)
    two = town.open(dripping)
    liars = [make_cosigner(f"witness.example/{name}", key_for(name)) for name in ("one", "two")]
    peers = [peer_of(honest, name="honest"), peer_of(one, liars[0], "one"), peer_of(two, liars[1], "two")]
    any_ = await ask(http, tree, peers, quorum="any", timeout_s=60, grace_s=0.05)  # waiting for them would end in TIMEOUT
    assert (any_.is_quorum, kinds(any_)) == (True, {"one": K.LATE, "two": K.LATE})
    collector = Collector(http, LOG_KEYS)
    all_ = await ask(http, tree, peers, collector=collector, timeout_s=2)
    assert (all_.is_quorum, kinds(all_)) == (False, {"one": K.TIMEOUT, "two": K.TIMEOUT})
    again = await ask(http, tree, peers, collector=collector, timeout_s=60)
    assert (set(again.lines), kinds(again)) == ({COSIGNER.vkeys[0]}, {"one": K.RESTING, "two": K.RESTING})
    never.set()


async def test_a_compressed_answer_is_not_unpacked(tmp_path, town, http):
    """A gigabyte on our side would cost a hostile witness a megabyte."""
    tree, bomb = Tree().grow(7), gzip.compress(bytes(1 << 24))

    async def small_on_the_way(scope, receive, send):
        headers = [(b"content-type", b"text/plain"), (b"content-encoding", b"gzip")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": bomb})

    cosigned = await ask(http, tree, [peer_of(town.open(small_on_the_way))])
    assert kinds(cosigned) == {"w": K.UNREACHABLE}
    assert "content-encoding gzip" in cosigned.failures[0].detail


async def test_a_rested_witness_is_asked_again(tmp_path, town, http, monkeypatch):
    monkeypatch.setattr(client_module, "REST_S", 0.01)
    tree, is_down = Tree().grow(3), True
    witness = make_witness(tmp_path)

    async def moody(method, path, body):
        if is_down:
            return 500, TEXT, b""
        answer = await witness.add_checkpoint(body)
        return answer.status, answer.content_type, answer.body

    collector = Collector(http, LOG_KEYS)
    url = town.open(Scripted(moody))
    assert kinds(await ask(http, tree, [peer_of(url)], collector=collector)) == {"w": K.UNAVAILABLE}
    is_down = False
    await asyncio.sleep(0.05)
    assert (await ask(http, tree, [peer_of(url)], collector=collector)).is_quorum


async def test_nobody_listening_and_no_address_are_failures_not_errors(http):
    tree = Tree().grow(2)
    others = [make_cosigner(f"witness.example/{number}", key_for(str(number))) for number in range(3)]
    peers = [Peer("gone", others[0].vkeys[0], "http://127.0.0.1:9"), Peer("absent", others[1].vkeys[0])]
    peers.append(Peer("odd", others[2].vkeys[0], "gopher://["))
    assert kinds(await ask(http, tree, peers)) == {"gone": K.UNREACHABLE, "absent": K.NO_ADDRESS, "odd": K.UNREACHABLE}


async def test_lines_of_another_checkpoint_key_or_time_are_dropped(tmp_path, town, http):
    tree, other = Tree().grow(4), Tree("other").grow(4)
    stale = make_witness(tmp_path / "stale", clock=lambda: time.time() - 3600)
    wrong = make_witness(tmp_path / "wrong")
    stranger = make_witness(tmp_path / "stranger", cosigner=make_cosigner("witness.example/stranger", key_for("stranger")))
    lines = {
        K.CLOCK: stale.commit(stale.read(tree.request(0))).body,
        K.NO_LINE: wrong.commit(wrong.read(other.request(0))).body + stranger.commit(stranger.read(tree.request(0))).body,
    }
    for kind, body in lines.items():

        async def give(method, path, _, body=body):
            return 200, TEXT, body

        url = town.open(Scripted(give))
        cosigned = await ask(http, tree, [peer_of(url)])
        assert (cosigned.lines, kinds(cosigned)) == ({}, {"w": kind})


@pytest.mark.parametrize("status", [409, 422])
@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (lambda tree, fork: tree.note(9), ContradictionKind.AHEAD),
        (lambda tree, fork: fork.note(6), ContradictionKind.FORK),
        (lambda tree, fork: fork.note(4), ContradictionKind.FORK),
        (lambda tree, fork: fork.note(5), ContradictionKind.FORK),
        (lambda tree, fork: fork.note(0, root=bytes(32)), ContradictionKind.FORK),
        (lambda tree, fork: tree.note(6), None),
        (lambda tree, fork: tree.note(4), None),
        (lambda tree, fork: tree.note(5), None),
        (lambda tree, fork: tree.note(0), None),
        (lambda tree, fork: join_note(parse_note(fork.note(6))[0], parse_note(tree.note(6))[1]), None),
        (lambda tree, fork: b"garbage", None),
    ],
)
async def test_only_a_note_of_our_own_key_that_contradicts_us_is_a_contradiction(town, http, status, evidence, kind):
    grown, tree, fork = Tree().grow(9), Tree().grow(6), Tree("fork").grow(6)
    shown = evidence(grown if kind == ContradictionKind.AHEAD else tree, fork)

    async def accuse(method, path, _):
        if method == "POST":
            return status, SIZE_TYPE, b"6000\n"
        assert path == f"/{log_id(ORIGIN)}/checkpoint"
        return 200, TEXT, shown

    url = town.open(Scripted(accuse))
    cosigned = await ask(http, tree, [peer_of(url)])
    inspected = await Collector(http, LOG_KEYS).inspect(tree.note(), tree.tile_prove, [peer_of(url), Peer("no", COSIGNER.vkeys[0])])
    assert kinds(cosigned) == {"w": K.SIZE if status == 409 else K.PROOF}
    assert [found.kind for found in cosigned.contradictions] == ([] if kind is None else [kind])
    assert inspected.contradictions == cosigned.contradictions
    assert [found.note for found in cosigned.contradictions] in ([], [shown])


async def test_a_wrong_proof_of_ours_does_not_accuse_us(town, http):
    tree = Tree().grow(6)

    async def show(method, path, _):
        return (422, TEXT, b"") if method == "POST" else (200, TEXT, tree.note(5))

    url = town.open(Scripted(show))
    for wrong in ((bytes(32),) * len(tree.prove(5)), ()):
        inspected = await Collector(http, LOG_KEYS).inspect(tree.note(), lambda old, wrong=wrong: wrong, [peer_of(url)])
        assert (inspected.contradictions, [failure.kind for failure in inspected.failures]) == ((), [K.OWN_PROOF])


async def test_our_own_missing_tile_is_our_alarm_and_nobody_else_s_fault(tmp_path, town, http):
    tree = Tree().grow(3)
    url = town.witness(make_witness(tmp_path))
    await ask(http, tree, [peer_of(url)])
    tree.grow(3)

    def missing(old):
        raise refuse("TILE_FORM", field="tile/0/000.p/6", found="missing")

    def defect(old):
        raise KeyError(old)

    assert kinds(await ask(http, tree, [peer_of(url)], prove=missing)) == {"w": K.OWN_PROOF}
    assert kinds(await ask(http, tree, [peer_of(url)], prove=defect)) == {"w": K.FAULT}


async def test_inspecting_tells_how_far_each_witness_is(tmp_path, town, http):
    tree = Tree().grow(3)
    url = town.witness(make_witness(tmp_path))
    peer, collector = peer_of(url), Collector(http, LOG_KEYS)
    before = await collector.inspect(tree.note(), tree.tile_prove, [peer])
    assert [failure.kind for failure in before.failures] == [K.UNKNOWN_LOG]
    await ask(http, tree, [peer])
    tree.grow(4)
    after = await collector.inspect(tree.note(), tree.tile_prove, [peer])
    assert (after.sizes, after.failures, after.contradictions) == ({"w": 3}, (), ())


async def test_without_a_quorum_in_the_policy_witnesses_are_taken_within_the_grace(tmp_path, town, http):
    tree = Tree().grow(3)
    url = town.witness(make_witness(tmp_path))
    cosigned = await ask(http, tree, [peer_of(url)], quorum="none", grace_s=5.0)
    assert (cosigned.is_quorum, list(cosigned.lines)) == (True, [COSIGNER.vkeys[0]])
    assert (await ask(http, tree, [], quorum="none")).is_quorum


async def test_a_published_answer_of_a_stock_witness_is_read():
    """The line of Sunlight's witness over its fixture, as our client reads an answer 200."""
    vkey = json.loads((SUNLIGHT / "witness/witness.v0.json").read_text())["verifier_keys"][0]
    [folder] = [path for path in (SUNLIGHT / "witness").iterdir() if len(path.name) == 64]
    text, lines = parse_note((folder / "checkpoint").read_bytes())
    checkpoint = parse_checkpoint(text)
    body = b"".join(line.to_bytes() for line in lines)
    peer = Peer("w", vkey, "https://witness.example")
    assert folder.name == log_id(checkpoint.origin)
    assert client_module._read_lines(body, [peer], checkpoint, 1_767_139_200)[vkey] == parse_line(body.split(b"\n")[1])
    assert client_module._read_lines(body, [peer], checkpoint, 1_767_139_200 + 121)[vkey].kind == K.CLOCK


async def test_requests_of_ours_are_read_back_as_they_were(town, http):
    tree, seen = Tree().grow(4), []

    async def keep(method, path, body):
        seen.append(parse_request(body) if method == "POST" else None)
        return 503, TEXT, b""

    url = town.open(Scripted(keep))
    await ask(http, tree, [peer_of(url + "/prefix/")])
    assert [(request.old, request.proof, request.note) for request in seen] == [(0, (), tree.note())]
