"""DSSE envelopes: the exact bytes somebody signed, and the signatures over them.

What is signed is ``PAE(type, body)``, never a re-serialisation. The envelope around it obeys the same strict JSON as the body, so that an
envelope, too, has one reading and one frozen form. Verifying is the caller's: which key belongs to whom is not known here.
Source: DSSE protocol v1, formats §1, §2.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from signing import b64
from signing.keys import PrivateKey
from signing.payload import REASON_LIMIT, Flawed, parse, visible
from signing.phrase import Phrase, at_most, counted
from signing.refusal import FOUND_MAX, Reason, Refusal, refuse

PAYLOAD_STATEMENT = "application/vnd.liandan.statement.v1+json"
PAYLOAD_REFUSAL = "application/vnd.liandan.refusal.v1+json"
PAYLOAD_LOGIN = "application/vnd.liandan.login.v1+json"
PAYLOAD_REGISTRATION = "application/vnd.liandan.registration.v1+json"

ENVELOPE_LIMIT = 64 * 1024  # bytes: more than an entry may have (60,000), so that size is first judged where it counts
SIGNATURE_LIMIT = 8  # the longest ``by`` (formats §1, ``log/main``)

_FIELDS: Mapping[str, type] = {"payloadType": str, "payload": str, "signatures": list}
_SIGNATURE_FIELDS: Mapping[str, type] = {"keyid": str, "sig": str}
_TYPE_NAMES: Mapping[type, Phrase] = {str: Phrase("文本", "a text"), list: Phrase("列表", "a list")}


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
        raise refuse("ENVELOPE_TOO_LARGE", found=counted(len(raw), "字节", "bytes"), expected=at_most(ENVELOPE_LIMIT, "字节", "bytes"))
    envelope = _frozen(raw, payload_type) or _read(raw)
    if envelope.payload_type != payload_type:
        raise refuse("PAYLOAD_TYPE", field="payloadType", found=envelope.payload_type, expected=payload_type)
    return envelope


def _read(raw: bytes) -> Envelope:
    """The envelope in any spelling of strict JSON; Refusal with all that is wrong with text and form."""
    try:
        return envelope_of(parse(raw, limit=ENVELOPE_LIMIT))
    except Flawed as flawed:
        try:
            envelope_of(flawed.value)
        except Refusal as refusal:
            raise flawed.beside(refusal.reasons) from None
        raise


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
    """The envelope in an object that was parsed strictly (a posted one, or the ``statement`` of an entry), of any payload type; Refusal with
    everything that is wrong with its form."""
    reasons = list(_field_reasons(parsed, _FIELDS, ""))
    listed = parsed.get("signatures")
    items = listed if isinstance(listed, list) else []
    if isinstance(listed, list) and not 1 <= len(listed) <= SIGNATURE_LIMIT:
        expected = Phrase(f"1 至 {SIGNATURE_LIMIT} 个签名", f"1 to {SIGNATURE_LIMIT} signatures")
        reasons.append(Reason("ENVELOPE_FIELD", "signatures", counted(len(listed), "个签名", "signatures"), expected))
    body = _bytes(parsed.get("payload"), "payload", reasons)
    signatures = tuple(_signature(item, f"signatures.{number}", reasons) for number, item in enumerate(items[:SIGNATURE_LIMIT]))
    keyids = [signature.keyid for signature in signatures]
    for number, keyid in enumerate(keyids):
        if keyid and keyid in keyids[:number]:
            reasons.append(Reason("KEYID_TWICE", f"signatures.{number}.keyid", keyid, Phrase("每个签名各用一个密钥", "distinct keys")))
    if reasons:
        raise Refusal(reasons[:REASON_LIMIT])
    return Envelope(parsed["payloadType"], body, signatures)


def _signature(item: object, path: str, reasons: list[Reason]) -> Signature:
    """A signature; what is wrong with it is noted."""
    if not isinstance(item, dict):
        reasons.append(Reason("ENVELOPE_FIELD", path, _type_of(item), Phrase("含 keyid 和 sig 的对象", "an object with keyid and sig")))
        return Signature("", b"")
    reasons += _field_reasons(item, _SIGNATURE_FIELDS, f"{path}.")
    keyid = item.get("keyid")
    if isinstance(keyid, str) and not is_digest(keyid):
        near = keyid.strip().lower()
        expected = Phrase("64 位小写十六进制", "64 lower-case hex digits")
        reasons.append(Reason("KEYID_FORM", f"{path}.keyid", keyid[:FOUND_MAX], expected, near=near if is_digest(near) else ""))
    return Signature(keyid if isinstance(keyid, str) else "", _bytes(item.get("sig"), f"{path}.sig", reasons))


def _bytes(text: object, field: str, reasons: list[Reason]) -> bytes:
    """Bytes of a base64 text; what is wrong with it is noted."""
    try:
        return b64.decode(text, field=field) if isinstance(text, str) else b""
    except Refusal as refusal:
        reasons += refusal.reasons
        return b""


def _field_reasons(members: Mapping[str, object], fields: Mapping[str, type], path: str) -> Iterator[Reason]:
    """Exactly these fields with these types; all differences at once."""
    for name in members:
        if name not in fields:
            expected = Phrase(f"只有 {'、'.join(fields)}", f"{', '.join(fields)} and nothing else")
            near = next((known for known in fields if known not in members and known.casefold() == name.casefold().replace("_", "")), "")
            yield Reason("ENVELOPE_FIELD", path + visible(name), Phrase("不认识的字段", "an unknown field"), expected, near=near)
    for name, kind in fields.items():
        if name not in members:
            yield Reason("ENVELOPE_FIELD", path + name, Phrase("没有这一项", "absent"), _TYPE_NAMES[kind])
        elif not isinstance(members[name], kind):
            yield Reason("ENVELOPE_FIELD", path + name, _type_of(members[name]), _TYPE_NAMES[kind])


def _type_of(value: object) -> Phrase:
    """What a JSON value is."""
    return _TYPE_NAMES.get(type(value)) or _OTHER_TYPES.get(type(value)) or Phrase("对象", "an object")


_OTHER_TYPES: Mapping[type, Phrase] = {int: Phrase("数字", "a number"), bool: Phrase("布尔值", "a boolean")}


def freeze(envelope: Envelope) -> bytes:
    """The frozen envelope: compact JSON in the published field order, the only form that is stored (formats §2)."""
    return _ENCODE(envelope)


def seal(payload_type: str, body: bytes, keys: Sequence[PrivateKey]) -> Envelope:
    """Sign ``body`` with each key, in the order of the signers that it names."""
    message = pae(payload_type, body)
    return Envelope(payload_type, body, tuple(Signature(key.keyid, key.sign(message)) for key in keys))
