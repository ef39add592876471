"""Signatures of a statement against registered keys, and the keys that a statement brings. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.directory import KeyRecord
from ledger.kinds.founding import FoundingAuthority, LogFound, founding_keys
from ledger.kinds.registration import key_registers
from ledger.model import Statement
from signing.envelope import Envelope
from signing.refusal import Reason, Refusal
from signing.suite import verify

KeyLookup = Callable[[str], KeyRecord | None]
"""A key by keyid: suite and SPKI are fixed for ever at registration, so any copy of the record serves."""


def verify_signatures(envelope: Envelope, by: tuple[str, ...], key: KeyLookup) -> None:
    """Verify every signature with the key registered under its keyid; Refusal KEY_UNKNOWN, SIGNATURE_FORM or SIGNATURE_WRONG. Whether the
    key may sign at this index, and for this party, is judged at admission."""
    message = envelope.message
    reasons: list[Reason] = []
    for position, (uscc, signature) in enumerate(zip(by, envelope.signatures, strict=True)):
        record = key(signature.keyid)
        if record is None:
            reasons.append(Reason("KEY_UNKNOWN", f"signatures.{position}.keyid", signature.keyid, f"a key registered for {uscc}"))
            continue
        try:
            verify(record.suite, record.spki, message, signature.sig)
        except Refusal as refusal:
            reasons += [Reason(r.code, f"signatures.{position}.sig", r.found, r.expected) for r in refusal.reasons]
    if reasons:
        raise Refusal(reasons)


def keys_brought(statement: Statement) -> Mapping[str, KeyRecord]:
    """Keys that a statement would register, by keyid: statements later in one request may be signed with them."""
    body: Any = statement.body  # kinds differ; only the key-bearing ones have these fields
    if isinstance(body, LogFound):
        return founding_keys(statement)
    is_admission = isinstance(body, FoundingAuthority)
    if statement.chain_type != "party" and not is_admission:
        return {}
    registrations = getattr(body, "keys", None) or ((body.key,) if hasattr(body, "key") else ())
    try:
        found = key_registers(registrations, body.uscc if is_admission else statement.owner, 0)
    except ValueError:
        return {}
    return {name.removeprefix("key:"): record for name, record in found.items()}
