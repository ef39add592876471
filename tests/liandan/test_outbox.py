"""The outbox by itself: what stands in its files after any step, and what it refuses to do without knowing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from ledger.chain import genesis_prev
from ledger.pending.compact import read_text, write_text
from ledger.problem import ChainHead, Problem, ProblemError, Remedy
from ledger.times import parse_at
from liandan.client import Heads, Trust
from liandan.client.outbox import Outbox, Queued
from manifests.contested import read_contested
from manifests.remedy import contest_chain
from signing.envelope import Envelope, freeze
from signing.payload import parse
from signing.refusal import Refusal
from tests.workbench import key_of, uscc

CARRIER, OTHER = uscc("510100", 30), uscc("510100", 31)
TRUST = Trust(origin="log.example/outbox", found="ab" * 32, log_keys=("key",))
CHAIN = f"manifest/{uscc('510112', 32)}/01K9000000000000000000FFFF"
NOON = parse_at("2026-10-12T12:00:00+08:00")
PHONE = key_of(CARRIER, 1)


class Died(Exception):
    """The device lost its memory."""


@pytest.fixture
def box(tmp_path: Path) -> Outbox:
    made = Outbox.create(tmp_path / "box", TRUST)
    Heads(tmp_path / "box" / "heads.json").learn(CHAIN, ChainHead(chain=CHAIN, seq=1, hash="cd" * 32, index=7))
    return made


def stop(box: Outbox, minute: int = 0) -> Queued:
    return box.sign("manifest.stop/1", CHAIN, {"reason": f"第 {minute} 分钟（虚构）"}, {CARRIER: PHONE}, at_s=NOON + 60 * minute)


def refused(work: object, *given: object, **more: object) -> str:
    with pytest.raises(Refusal) as caught:
        work(*given, **more)  # type: ignore[operator]  # any method
    [code] = caught.value.codes
    return code


def answered(code: str, remedy: Remedy | None = None) -> Problem:
    error = ProblemError(code=code, message="", what_to_do="")
    return Problem(type="", title="", status=409, detail="", instance="", code=code, errors=(error,), remedy=remedy)


def problem(box: Outbox, one: Queued, code: str, remedy: Remedy | None = None) -> None:
    """As the log's answer left it."""
    path = next((box.root / "queue").glob(f"*{one.statement}.cosign"))
    path.with_suffix(".problem").write_bytes(msgspec.json.encode(answered(code, remedy)))


class Answering:
    """A log that says these codes, in the order of what it is sent."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes

    async def post_batch(self, envelopes: Sequence[Envelope]) -> list[Problem]:
        """One problem each."""
        return [answered(code) for code, _ in zip(self.codes, envelopes, strict=True)]


def test_what_is_signed_follows_the_head_and_then_itself(box: Outbox) -> None:
    first, second = stop(box), stop(box, 1)
    assert (first.seq, first.prev, second.seq, second.prev) == (2, "cd" * 32, 3, first.statement)
    again = Outbox(box.root)
    assert [one.statement for one in again.queued()] == [first.statement, second.statement]
    assert again.next(CHAIN) == (4, second.statement)
    assert again.next("case/x", begins=True) == (0, genesis_prev(TRUST.found, "case/x"))
    assert refused(again.next, "case/x") == "OUTBOX_HEAD"


@pytest.mark.parametrize(("step", "signed"), [("sign.before", 0), ("sign.after", 1)])
def test_a_device_dies_over_signing_and_nothing_is_half_there(box: Outbox, step: str, signed: int) -> None:
    def die(name: str) -> None:
        if name == step:
            raise Died

    with pytest.raises(Died):
        stop(Outbox(box.root, die))
    left = Outbox(box.root)
    assert len(left.queued()) == signed
    assert stop(left).seq == 2 + signed


def test_two_devices_sign_one_statement_in_any_order_and_neither_sends_half(box: Outbox, tmp_path: Path) -> None:
    other = Outbox.create(tmp_path / "other", TRUST)
    both = box.sign("manifest.hand_over/1", CHAIN, {}, {CARRIER: PHONE, OTHER: None}, at_s=NOON)
    behind = stop(box, 1)
    assert ([one.statement for one in box.ready()], both.lacking) == ([], (OTHER,)), "what stands behind it waits too"
    taken = other.take(read_text(write_text(both.cosigning)))
    signed = other.cosign(taken.statement, OTHER, key_of(OTHER))
    assert [one.statement for one in other.ready()] == [both.statement]
    box.take(read_text(write_text(signed.cosigning.answer)))
    box.take(read_text(write_text(signed.cosigning.answer)))
    assert [one.statement for one in box.ready()] == [both.statement, behind.statement]
    assert other.next(CHAIN) == (3, both.statement), "who takes over goes on from it"


def test_half_a_statement_that_was_overtaken_holds_up_nothing(box: Outbox, tmp_path: Path) -> None:
    """Its place is in the log already, by another statement; a text of it that still goes round stops neither what is sent nor what is signed."""
    other = Outbox.create(tmp_path / "other", TRUST)
    Heads(other.root / "heads.json").learn(CHAIN, ChainHead(chain=CHAIN, seq=1, hash="cd" * 32, index=7))
    half = other.sign("manifest.hand_over/1", CHAIN, {}, {OTHER: key_of(OTHER), CARRIER: None}, at_s=NOON)
    Heads(box.root / "heads.json").learn(CHAIN, ChainHead(chain=CHAIN, seq=2, hash="ef" * 32, index=9))
    mine = stop(box)
    box.take(half.cosigning)
    assert [one.statement for one in box.ready()] == [mine.statement]
    assert stop(box, 1).prev == mine.statement
    behind = Outbox(other.root).sign("manifest.stop/1", CHAIN, {}, {OTHER: key_of(OTHER)}, at_s=NOON)
    assert (behind.prev, Outbox(other.root).ready()) == (half.statement, []), "what is built on it waits"


def test_a_device_signs_no_other_thing_than_the_contest_of_its_own_act(box: Outbox) -> None:
    """Whoever runs the server prepares the remedy: he is not handed signatures of what he likes."""
    one, other = stop(box), stop(box, 1)
    envelope = b64encode(freeze(one.envelope)).decode()
    act = read_contested(envelope)
    assert act is not None
    trunk = {"seq": 1, "hash": "cd" * 32}
    right = Remedy(
        kind="case.contest/1", chain=contest_chain(act), by=(CARRIER,),
        body={"trunk": trunk, "envelope": envelope, "codes": ["HELD"], "reason": ""},
    )  # fmt: skip
    wrong = (
        replace(right, kind="key.add/1", chain=f"party/{CARRIER}", body={"key": {}}),
        replace(right, chain=right.chain[:-1] + "0"),
        replace(right, body={**right.body, "envelope": b64encode(freeze(other.envelope)).decode()}),
        replace(right, body={**right.body, "more": 1}),
    )
    for remedy in wrong:
        problem(box, one, "HELD", remedy)
        assert refused(box.contest, one.statement, CARRIER, PHONE, "x", NOON) == "OUTBOX_REMEDY"
    problem(box, one, "HELD", right)
    assert box.contest(one.statement, CARRIER, PHONE, "手机无网络（虚构）", NOON).chain == right.chain


def test_what_does_not_belong_here_is_refused_by_name(box: Outbox, tmp_path: Path) -> None:
    one = stop(box)
    other = Outbox.create(tmp_path / "other", TRUST)
    Heads(other.root / "heads.json").learn(CHAIN, ChainHead(chain=CHAIN, seq=1, hash="cd" * 32, index=7))
    rival = stop(other, 5)
    assert refused(box.take, rival.cosigning) == "OUTBOX_TAKEN"
    assert refused(box.take, rival.cosigning.answer) == "OUTBOX_UNKNOWN"
    assert refused(box.find, "") == "OUTBOX_UNKNOWN"
    assert refused(box.cosign, one.statement, OTHER, key_of(OTHER)) == "OUTBOX_SIGNER"
    assert refused(box.contest, one.statement, CARRIER, PHONE, "x", NOON) == "OUTBOX_REMEDY"
    assert refused(Outbox, tmp_path) == "OUTBOX_FORM"
    assert refused(Outbox.create, box.root, msgspec.structs.replace(TRUST, found="ef" * 32)) == "OUTBOX_OTHER"
    path = next((box.root / "queue").glob("*.cosign"))
    path.write_bytes(path.read_bytes()[:-20])
    assert refused(box.queued) == "OUTBOX_FORM", "to go on without it would sign its place twice"
    assert refused(stop, box) == "OUTBOX_FORM"


def test_what_was_refused_leaves_the_chain_and_comes_back_with_what_stood_behind_it(box: Outbox) -> None:
    first, second, third = stop(box), stop(box, 1), stop(box, 2)
    problem(box, first, "KEY_NOT_VALID")
    problem(box, second, "PREDECESSOR_MISSING")
    problem(box, third, "HELD")
    assert (box.ready(), box.next(CHAIN)) == ([], (2, "cd" * 32))
    again = box.cosign(first.statement, CARRIER, key_of(CARRIER))
    assert (again.statement, again.problem) == (first.statement, None), "the bytes stay"
    assert [one.statement for one in box.ready()] == [first.statement, second.statement], "the third was refused for itself"
    aside = box.drop(third.statement)
    assert sorted(path.suffix for path in aside.parent.iterdir()) == [".cosign", ".problem"]


def test_where_another_device_was_first_the_same_is_signed_behind_it(box: Outbox) -> None:
    one, alone = stop(box), box.sign("manifest.arrive/1", CHAIN, {}, {CARRIER: PHONE}, at_s=NOON + 60)
    problem(box, one, "CHAIN_CONFLICT")
    problem(box, alone, "HELD")
    Heads(box.root / "heads.json").learn(CHAIN, ChainHead(chain=CHAIN, seq=2, hash="ef" * 32, index=9))
    again = box.redo(one.statement, {CARRIER: PHONE})
    assert (again.seq, again.prev, again.at, again.kind) == (3, "ef" * 32, one.at, one.kind)
    assert parse(again.cosigning.body)["body"] == parse(one.cosigning.body)["body"]
    assert [other.statement for other in box.queued()] == [alone.statement, again.statement]
    assert refused(box.redo, alone.statement, {CARRIER: PHONE}) == "OUTBOX_REDO"


async def test_what_says_nothing_of_the_statement_is_sent_another_time(box: Outbox) -> None:
    for minute in range(4):
        stop(box, minute)
    void = box.sign("manifest.void/1", CHAIN, {"reason": "取消（虚构）"}, {CARRIER: PHONE}, at_s=NOON)
    log = Answering("BUSY", "STATEMENT_STALE", "PREDECESSOR_MISSING", "HELD", "STATEMENT_STALE")
    sent = await box.submit(log)  # type: ignore[arg-type]  # all that the outbox asks of a client
    assert [one.is_kept for one in sent] == [True, True, True, False, False], "a clock that is fast, but no void of yesterday"
    assert [one.problem is not None for one in box.queued()] == [False, False, False, True, True]
    assert sent[-1].queued.statement == void.statement
