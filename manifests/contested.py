"""The act inside a contest: a frozen envelope as evidence (formats §3), read without the kinds' own forms and judged by nothing but signatures."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import Any

from msgspec import Struct

from ledger.admission.statement import SIGNERS_MAX, hash_of
from ledger.directory import KeyRecord
from ledger.model import Facts, Moment
from ledger.times import parse_at
from manifests.machine import Act
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, is_digest, parse_envelope
from signing.payload import parse
from signing.refusal import Refusal
from signing.suite import verify
from signing.uscc import check_uscc

CONTESTED_MAX = 16 * 1024
"""Bytes of a contested envelope."""
_ACTS = {act.kind: act for act in Act}


class ContestedAct(Struct, frozen=True):
    """What the envelope says: an act of a trunk, by whom, when claimed."""

    act: Act
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    principal: str | None
    at_s: int
    hash: str
    envelope: Envelope

    @property
    def holder(self) -> str:
        """For whom its first role is signed."""
        return self.principal or self.by[0]

    @property
    def is_fact(self) -> bool:
        """Whether it is what happened on the road or at the gate, which counts by when it was done (formats §6)."""
        return self.act not in (Act.ISSUE, Act.VOID, Act.VERIFY)


@lru_cache(16)
def read_contested(text: str) -> ContestedAct | None:
    """The act in base64; ``None`` for whatever is no frozen envelope of a trunk act."""
    try:
        raw = b64decode(text, validate=True)
        if len(raw) > CONTESTED_MAX or b64encode(raw).decode() != text:
            return None
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        return _act(envelope, parse(envelope.body)) if freeze(envelope) == raw else None
    except (Refusal, binascii.Error):
        return None


def _act(envelope: Envelope, fields: dict[str, Any]) -> ContestedAct | None:
    named: dict[str, Any] = {name: fields.get(name) for name in ("kind", "chain", "seq", "prev", "by", "for", "at", "body")}
    by, principal = named["by"], named["for"]
    parties: list[Any] = [*by, *([] if principal is None else [principal])] if isinstance(by, list) else [None]
    if not all(isinstance(text, str) for text in (named["kind"], named["chain"], named["prev"], named["at"], *parties)):
        return None
    sound = named["kind"] in _ACTS and type(named["seq"]) is int and named["seq"] >= 0 and is_digest(named["prev"])
    if not sound or not isinstance(named["body"], dict) or not 1 <= len(by) == len(set(by)) == len(envelope.signatures) <= SIGNERS_MAX:
        return None
    for uscc in parties:
        check_uscc(uscc)
    at_s, digest = parse_at(named["at"]), hash_of(envelope)
    return ContestedAct(_ACTS[named["kind"]], named["chain"], named["seq"], named["prev"], tuple(by), principal, at_s, digest, envelope)


def key_names(contested: ContestedAct) -> tuple[str, ...]:
    """Registers of the keys that signed it."""
    return tuple(f"key:{signature.keyid}" for signature in contested.envelope.signatures)


def is_signed(contested: ContestedAct, facts: Facts, moment: Moment) -> bool:
    """Whether every signature holds, by a key of that party that is valid at this index and for such an act."""
    name, message = contested.act.kind.partition("/")[0], contested.envelope.message
    done_s = contested.at_s if contested.is_fact else None
    for uscc, signature in zip(contested.by, contested.envelope.signatures, strict=True):
        record: KeyRecord | None = facts.get(f"key:{signature.keyid}")
        if record is None or record.uscc != uscc or not record.is_valid_at(moment.index):
            return False
        if (record.kinds and name not in record.kinds) or not record.lasts(moment.at_s, done_s):
            return False
        try:
            verify(record.suite, record.spki, message, signature.sig)
        except Refusal:
            return False
    return True
