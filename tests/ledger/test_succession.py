"""A successor log names the closed log and its last checkpoint; nothing else passes for one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.admission.admit import decide
from ledger.kinds.closing import Continues, continues_from, continues_reasons
from ledger.kinds.founding import FOUND
from ledger.model import Moment, Refused
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.note import join_note, sign_line
from liandan.founding import Plan, PlannedAuthority, PlannedOperator, PlannedPredecessor, founding_draft
from liandan.keyring import ServerKeys
from signing import b64
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of

OLD = "log.example/2025"
OLD_KEYS = log_vkeys(OLD, [key_of("old log")])


def note_of(origin: str = OLD, size: int = 7) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, bytes(range(32))), key_of("old log"))


def codes(continues: Continues | None) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in continues_reasons(continues, ORIGIN)]


def test_a_log_may_continue_a_closed_one_or_none() -> None:
    assert codes(None) == []
    assert codes(Continues(OLD, b64.encode(note_of()))) == []


@pytest.mark.parametrize(
    ("continues", "found"),
    [
        (Continues(ORIGIN, b64.encode(note_of(ORIGIN))), [("FIELD_TYPE", "body.continues.origin")]),
        (Continues("log.example/2024", b64.encode(note_of())), ["CHECKPOINT_FORM", "NOTE_SIGNATURE"]),
        (Continues(OLD, b64.encode(note_of(size=0))), [("CHECKPOINT_FORM", "body.continues.checkpoint")]),
        (Continues(OLD, "bm90ZQ=="), [("NOTE_FORM", "body.continues.checkpoint")]),
        (Continues(OLD, "no base64"), [("BASE64", "body.continues.checkpoint")]),
    ],
)
def test_what_is_no_checkpoint_of_that_log_is_refused(continues: Continues, found: list[object]) -> None:
    assert [reason if isinstance(wanted, tuple) else reason[0] for reason, wanted in zip(codes(continues), found, strict=True)] == found


def test_a_note_that_only_others_signed_is_refused() -> None:
    text = Checkpoint(OLD, 7, bytes(32)).text
    note = join_note(text, [sign_line(text, "witness.example", key_of("w"))])
    assert codes(Continues(OLD, b64.encode(note))) == [("NOTE_SIGNATURE", "body.continues.checkpoint")]


def test_founding_holds_the_rule() -> None:
    bench = Workbench()
    statement = bench.entries[0].statement
    bad = replace(statement, body=replace(statement.body, continues=Continues(OLD, "bm90ZQ==")))
    good = replace(statement, body=replace(statement.body, continues=Continues(OLD, b64.encode(note_of()))))
    answers = [decide(FOUND, one, Workbench().facts, Moment(0, bench.at_s, "2026.1")) for one in (bad, good)]
    assert isinstance(answers[0], Refused)
    assert [reason.code for reason in answers[0].reasons] == ["NOTE_FORM"]
    assert not isinstance(answers[1], Refused)


def test_the_plan_takes_the_checkpoint_only_with_the_old_logs_signature() -> None:
    def plan(keys: tuple[str, ...]) -> Plan:
        return Plan(
            operator=PlannedOperator(OPERATOR, "运营中心（虚构）"),
            authorities=(PlannedAuthority(uscc=AUTHORITY_51, name="甲省（虚构）", regions=("51",)),),
            witness_policy=("quorum none",),
            continues=PlannedPredecessor(note_of().decode(), keys),
        )

    keyring = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(OPERATOR))
    draft = founding_draft(plan(OLD_KEYS), keyring, {AUTHORITY_51: key_of(AUTHORITY_51)})
    assert draft.body.continues == continues_from(note_of(), OLD_KEYS) == Continues(OLD, b64.encode(note_of()))  # type: ignore[attr-defined]
    with pytest.raises(Refusal) as refused:
        founding_draft(plan(log_vkeys(OLD, [key_of("another log")])), keyring, {AUTHORITY_51: key_of(AUTHORITY_51)})
    assert refused.value.codes == ["NOTE_SIGNATURE"]
    with pytest.raises(Refusal) as empty:
        continues_from(note_of(size=0), OLD_KEYS)
    assert empty.value.codes == ["CHECKPOINT_FORM"]


def test_a_log_without_witnesses_is_founded_by_saying_so_alone() -> None:
    """Case O1: ``quorum none`` was what nobody had said."""
    plan = Plan(operator=PlannedOperator(OPERATOR, "运营中心（虚构）"), authorities=())
    keyring = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(OPERATOR))
    with pytest.raises(Refusal) as refused:
        founding_draft(plan, keyring, {})
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("MISSING", "witness_policy")]
    assert "quorum none" in str(refused.value.reasons[0].expected)
    assert founding_draft(replace(plan, witness_policy=("quorum none",)), keyring, {}).body.witness_policy == ("quorum none",)  # type: ignore[attr-defined]
