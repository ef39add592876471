"""A log that succeeds another: what ``log.found`` may say in ``continues`` (formats §5).

The founders name the closed log and its last checkpoint. Its keys are not in this log, so the note's signature is theirs to verify before
they sign (``liandan log found`` does, given the old log's ``log.vkey``); here it must at least be a checkpoint of that log, with a line of
its own. Nothing is carried over in version 1: readers verify each log alone.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct

from ledger.fields import label
from ledger.tree.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.tree.note import parse_note
from signing import b64
from signing.refusal import Reason, Refusal, refuse

WHERE = "body.continues"


class Continues(Struct, frozen=True, forbid_unknown_fields=True):
    """The log that this one succeeds."""

    origin: Annotated[str, label("账本名称", "origin")]
    checkpoint: Annotated[str, label("末个检查点", "its last checkpoint, base64")]


def continues_reasons(continues: Continues | None, origin: str) -> list[Reason]:
    """Why a log named ``origin`` may not say that it continues another; empty for a log that continues none."""
    if continues is None:
        return []
    reasons: list[Reason] = []
    if continues.origin == origin:
        reasons.append(Reason("FIELD_TYPE", f"{WHERE}.origin", continues.origin, "another log: an origin is never used by two"))
    try:
        checkpoint, signers = _read(b64.decode(continues.checkpoint, field="checkpoint"))
    except Refusal as refusal:
        return reasons + [Reason(r.code, f"{WHERE}.{r.field or 'checkpoint'}", r.found, r.expected) for r in refusal.reasons]
    if checkpoint.origin != continues.origin:
        reasons.append(Reason("CHECKPOINT_FORM", f"{WHERE}.checkpoint", checkpoint.origin, continues.origin))
    if checkpoint.size == 0:
        reasons.append(Reason("CHECKPOINT_FORM", f"{WHERE}.checkpoint", "size 0", "the size after log.close"))
    if continues.origin not in signers:
        reasons.append(Reason("NOTE_SIGNATURE", f"{WHERE}.checkpoint", ", ".join(signers)[:200], f"a line of {continues.origin}"))
    return reasons


def _read(note: bytes) -> tuple[Checkpoint, list[str]]:
    text, lines = parse_note(note)
    return parse_checkpoint(text), [line.name for line in lines]


def continues_from(note: bytes, log_keys: Sequence[str]) -> Continues:
    """What a successor's founders sign, from the last checkpoint of the old log, verified with its keys; refuses as the readers do."""
    checkpoint = open_checkpoint(note, log_keys).checkpoint
    if checkpoint.size == 0:
        raise refuse("CHECKPOINT_FORM", field="size", found=0, expected="the size after log.close")
    return Continues(checkpoint.origin, b64.encode(note))
