"""DSSE envelopes: the exact bytes somebody signed, and the signatures over them.

What is signed is ``PAE(type, body)``, never a re-serialisation. The envelope around it obeys the same strict JSON as the body, so that an
envelope, too, has one reading and one frozen form. Verifying is the caller's: which key belongs to whom is not known here.
Source: DSSE protocol v1, formats §1, §2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from signing import b64
from signing.keys import PrivateKey
from signing.payload import REASON_LIMIT, parse
from signing.refusal import Reason, Refusal, refuse

PAYLOAD_STATEMENT = "application/vnd.liandan.statement.v1+json"
PAYLOAD_REFUSAL = "application/vnd.liandan.refusal.v1+json"
PAYLOAD_LOGIN = "application/vnd.liandan.login.v1+json"

ENVELOPE_LIMIT = 64 * 1024  # bytes: more than an entry may have (60,000), so that size is first judged where it counts
SIGNATURE_LIMIT = 8  # the longest ``by`` (formats §1, ``log/main``)

_FIELDS: Mapping[str, type] = {"payloadType": str, "payload": str, "signatures": list}
_SIGNATURE_FIELDS: Mapping[str, type] = {"keyid": str, "sig": str}
_TYPE_NAMES: Mapping[type, str] = {str: "string", list: "array"}


class Signature(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One signature: who claims to have made it (64 hex digits) and its bytes."""

    keyid: str
    sig: bytes


class Envelope(Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename={"payload_type": "payloadType", "body": "payload"}):
    """An envelope with its base64 undone; signatures in posted order. Encoded as JSON it is its frozen form."""

    payload_type: str
    body: bytes
    signatures: tuple[Signature, ...]

    @property
    def message(self) -> bytes:
        """The bytes that every signature covers."""
        return pae(self.payload_type, self.body)


_DECODE = msgspec.json.Decoder(Envelope).decode
_ENCODE = msgspec.json.Encoder().encode


def pae(payload_type: str, body: bytes) -> bytes:
    """DSSE's pre-authentication encoding: lengths in bytes, so that type and body cannot be shifted into each other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def is_digest(text: str) -> bool:
    """Whether a text is 64 hex digits in lower case, as keyids and the hashes of statements and files are."""
    try:
        return len(text) == 64 and bytes.fromhex(text).hex() == text
    except ValueError:
        return False


def parse_envelope(raw: bytes, *, payload_type: str) -> Envelope:
    """Read a posted envelope of one payload type; raises only Refusal. The body stays opaque until its signatures hold."""
    if len(raw) > ENVELOPE_LIMIT:
        raise refuse("ENVELOPE_TOO_LARGE", found=f"{len(raw)} bytes", expected=f"at most {ENVELOPE_LIMIT} bytes")
    envelope = _frozen(raw, payload_type) or envelope_of(parse(raw, limit=ENVELOPE_LIMIT))
    if envelope.payload_type != payload_type:
        raise refuse("PAYLOAD_TYPE", field="payloadType", found=envelope.payload_type, expected=payload_type)
    return envelope


def _frozen(raw: bytes, payload_type: str) -> Envelope | None:
    """The envelope if ``raw`` is its frozen form to the letter, as most are; else ``None``."""
    # Whatever breaks the strict rules freezes to other bytes, so this quick reading and the strict one never differ.
    try:
        envelope = _DECODE(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return envelope if envelope.payload_type == payload_type and is_well_formed(envelope) and freeze(envelope) == raw else None


def is_well_formed(envelope: Envelope) -> bool:
    """Whether number, keyids and distinctness of the signatures are as :func:`envelope_of` asks, without saying what is wrong."""
    keyids = [signature.keyid for signature in envelope.signatures]
    return 1 <= len(keyids) <= SIGNATURE_LIMIT and all(map(is_digest, keyids)) and len(set(keyids)) == len(keyids)


def envelope_of(parsed: Mapping[str, Any]) -> Envelope:  # values of strict JSON
    """The envelope in an object that was parsed strictly (a posted one, or the ``statement`` of an entry), of any payload type."""
    _check_fields(parsed, _FIELDS, "")
    listed = parsed["signatures"]
    if not 1 <= len(listed) <= SIGNATURE_LIMIT:
        expected = f"1 to {SIGNATURE_LIMIT} signatures"
        raise refuse("ENVELOPE_FIELD", field="signatures", found=f"{len(listed)} signatures", expected=expected)
    body = b64.decode(parsed["payload"], field="payload")
    signatures = tuple(_signature(item, f"signatures.{number}") for number, item in enumerate(listed))
    keyids = [signature.keyid for signature in signatures]
    for number, keyid in enumerate(keyids):
        if keyid in keyids[:number]:
            raise refuse("KEYID_TWICE", field=f"signatures.{number}.keyid", found=keyid, expected="distinct keys")
    return Envelope(parsed["payloadType"], body, signatures)


def _signature(item: object, path: str) -> Signature:
    if not isinstance(item, dict):
        raise refuse("ENVELOPE_FIELD", field=path, found=type(item).__name__, expected="an object with keyid and sig")
    _check_fields(item, _SIGNATURE_FIELDS, f"{path}.")
    if not is_digest(item["keyid"]):
        raise refuse("KEYID_FORM", field=f"{path}.keyid", found=item["keyid"], expected="64 lower-case hex digits")
    return Signature(item["keyid"], b64.decode(item["sig"], field=f"{path}.sig"))


def _check_fields(members: Mapping[str, object], fields: Mapping[str, type], path: str) -> None:
    """Exactly these fields with these types; all differences at once."""
    reasons = [Reason("ENVELOPE_FIELD", path + name[:60], "unknown", "not present") for name in members if name not in fields]
    for name, kind in fields.items():
        if name not in members:
            reasons.append(Reason("ENVELOPE_FIELD", path + name, "missing", _TYPE_NAMES[kind]))
        elif not isinstance(members[name], kind):
            reasons.append(Reason("ENVELOPE_FIELD", path + name, type(members[name]).__name__, _TYPE_NAMES[kind]))
    if reasons:
        raise Refusal(reasons[:REASON_LIMIT])


def freeze(envelope: Envelope) -> bytes:
    """The frozen envelope: compact JSON in the published field order, the only form that is stored (formats §2)."""
    return _ENCODE(envelope)


def seal(payload_type: str, body: bytes, keys: Sequence[PrivateKey]) -> Envelope:
    """Sign ``body`` with each key, in the order of the signers that it names."""
    message = pae(payload_type, body)
    return Envelope(payload_type, body, tuple(Signature(key.keyid, key.sign(message)) for key in keys))
