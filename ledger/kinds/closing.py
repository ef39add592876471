"""``log.close/1``, the last entry of a log, and what ``log.found`` of its successor may say in ``continues`` (formats §5).

The founders name the closed log and its last checkpoint. Its keys are not in this log, so the note's signature is theirs to verify before
they sign (``liandan log found`` does, given the old log's ``log.vkey``); here it must at least be a checkpoint of that log, with a line of
its own. Nothing is carried over in version 1: readers verify each log alone.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.directory import log_state
from ledger.fields import OriginName, label
from ledger.kinds.roles import act_of_everyone
from ledger.model import Findings
from ledger.tree.checkpoint import open_checkpoint, parse_checkpoint
from ledger.tree.note import parse_note
from signing import b64
from signing.phrase import Phrase
from signing.possession import BASE64
from signing.refusal import Reason, Refusal, refuse

WHERE = "body.continues"


class LogClose(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``log.close/1``."""

    successor_origin: Annotated[OriginName, label("后续账本", "origin of the successor")]


class Continues(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The log that this one succeeds."""

    origin: Annotated[OriginName, label("账本名称", "origin")]
    checkpoint: Annotated[str, BASE64, label("末个检查点", "its last checkpoint, base64")]


def continues_reasons(continues: Continues | None, origin: str) -> list[Reason]:
    """Why a log named ``origin`` may not say that it continues another; empty for a log that continues none."""
    if continues is None:
        return []
    reasons: list[Reason] = []
    if continues.origin == origin:
        reasons.append(
            Reason(
                "FIELD_TYPE",
                f"{WHERE}.origin",
                continues.origin,
                Phrase("另一个账本：两个账本不得同名", "another log: an origin is never used by two"),
            )
        )
    try:
        text, lines = parse_note(b64.decode(continues.checkpoint, field="checkpoint"))
        checkpoint = parse_checkpoint(text)
    except Refusal as refusal:
        return reasons + [Reason(r.code, f"{WHERE}.{r.field or 'checkpoint'}", r.found, r.expected) for r in refusal.reasons]
    where, signers = f"{WHERE}.checkpoint", [line.name for line in lines]
    if checkpoint.origin != continues.origin:
        reasons.append(Reason("CHECKPOINT_FORM", where, checkpoint.origin, continues.origin))
    if checkpoint.size == 0:
        reasons.append(Reason("CHECKPOINT_FORM", where, "size 0", Phrase("关闭后的条目数（log.close）", "the size after log.close")))
    if continues.origin not in signers:
        reasons.append(
            Reason(
                "NOTE_SIGNATURE", where, ", ".join(signers)[:200], Phrase(f"{continues.origin} 的签名行", f"a line of {continues.origin}")
            )
        )
    return reasons


def continues_from(note: bytes, log_keys: Sequence[str]) -> Continues:
    """What a successor's founders sign, from the last checkpoint of the old log, verified with its keys; refuses as the readers do."""
    checkpoint = open_checkpoint(note, log_keys).checkpoint
    if checkpoint.size == 0:
        raise refuse("CHECKPOINT_FORM", field="size", found=0, expected=Phrase("关闭后的条目数（log.close）", "the size after log.close"))
    return Continues(checkpoint.origin, b64.encode(note))


def names_another_log(judged: Judged, out: Findings) -> None:
    """A log does not succeed itself."""
    origin = judged.statement.body.successor_origin
    if origin == log_state(judged.facts).origin:
        out.refuse("FIELD_TYPE", "body.successor_origin", origin, Phrase("另一个账本名称", "another origin"))


KIND = act_of_everyone(
    name="log.close/1",
    zh="关闭账本",
    en="closing of the log",
    body=LogClose,
    rules=(names_another_log,),
    evolve=lambda statement, admission, facts: Changes(state=replace(log_state(facts), closed=True)),
    effect=("此后不再入账。", "Nothing enters after it."),
)
