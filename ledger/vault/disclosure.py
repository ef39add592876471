"""Disclosures: salt and value that travel beside an envelope, whether they are what the act committed to (formats §7), their encryption.

A request is one envelope as it stands, or ``{"envelope":{…},"disclosures":[{"field":…,"salt":<b64, 32 bytes>,"value":…}]}`` in the strict
JSON of formats §1. No reason made here quotes a field name that was not committed, a salt or a value: refusals are kept and shown.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.form_words import shown
from signing import b64
from signing.commitment import SALT_BYTES, commit
from signing.envelope import ENVELOPE_LIMIT, envelope_of, freeze
from signing.payload import REASON_LIMIT, parse
from signing.phrase import Phrase, Word, at_most, counted
from signing.refusal import Reason, Refusal, table, texts

DISCLOSURES_MAX = 32  # as many as an act may have commitments
VALUE_BYTES_MAX = 1024
REQUEST_LIMIT = 96 * 1024  # bytes of one request: the largest envelope and all disclosures that may come with it
KEY_BYTES = 32
NONCE_BYTES = 12
_MEMBERS = {"field", "salt", "value"}


class Disclosure(Struct, frozen=True):
    """The opening of one commitment. Its representation names the field alone, so that no log line can hold the rest."""

    field: str
    salt: bytes
    value: str

    def __repr__(self) -> str:
        """The field, nothing else."""
        return f"Disclosure({self.field!r})"

    @property
    def digest(self) -> bytes:
        """SHA-256 by which a salt is known again. 32 random bytes cannot be guessed back from it."""
        return sha256(b"liandan/salt/v1\n" + self.salt).digest()


REQUEST_WORDS = Phrase('只有 {"envelope": {…}, "disclosures": […]}', '{"envelope": {…}, "disclosures": […]} and nothing else')
ITEM_WORDS = Phrase("只有 field、salt、value 三项文本", "field, salt and value, all texts, and nothing else")


class PostedEnvelope(Struct, frozen=True):
    """One posted request, taken apart: the envelope as it is to be admitted, and what came with it."""

    envelope: bytes  # empty when the request could not be taken apart
    disclosures: tuple[Disclosure, ...] = ()
    refusal: Refusal | None = None


def take_apart(raw: bytes) -> PostedEnvelope:
    """Envelope and disclosures of a request. Never raises: what is wrong stands in ``refusal``."""
    # A bare envelope passes untouched. It can hold neither of the two names: its strings are base64, hex and one fixed type.
    if b'"envelope"' not in raw and b'"disclosures"' not in raw:
        return PostedEnvelope(raw)
    try:
        members = parse(raw, limit=REQUEST_LIMIT)
    except Refusal as refusal:  # without what was found, which may be personal data
        return PostedEnvelope(b"", refusal=Refusal(Reason(r.code, "disclosures", expected=r.expected) for r in refusal.reasons))
    if not isinstance(members.get("envelope"), dict) or members.keys() - {"envelope", "disclosures"}:
        return PostedEnvelope(b"", refusal=Refusal([Reason("DISCLOSURE_FORM", "", _sort(members), REQUEST_WORDS)]))
    try:
        envelope = freeze(envelope_of(members["envelope"]))
    except Refusal as refusal:
        reasons = [replace(reason, field=f"envelope.{reason.field}".rstrip(".")) for reason in refusal.reasons]
        return PostedEnvelope(b"", refusal=Refusal(reasons))
    if len(envelope) > ENVELOPE_LIMIT:
        return PostedEnvelope(envelope)  # admission says so
    try:
        return PostedEnvelope(envelope, _disclosures(members.get("disclosures", [])))
    except Refusal as refusal:
        return PostedEnvelope(envelope, refusal=refusal)


def _sort(value: object) -> Word:
    """What a value is; nothing of what is in it, names of fields included."""
    return Phrase("文本", "a text") if isinstance(value, str) else shown(value)


def _disclosures(listed: Any) -> tuple[Disclosure, ...]:  # any JSON value
    """What is disclosed; Refusal with everything that is wrong with the form of it, never with what is in it."""
    if not isinstance(listed, list) or len(listed) > DISCLOSURES_MAX:
        given = counted(len(listed), "项", "items") if isinstance(listed, list) else _sort(listed)
        raise Refusal(
            [
                Reason(
                    "DISCLOSURE_FORM",
                    "disclosures",
                    given,
                    Phrase(f"至多 {DISCLOSURES_MAX} 项的列表", f"a list of at most {DISCLOSURES_MAX}"),
                )
            ]
        )
    reasons = [reason for position, item in enumerate(listed) for reason in _item_reasons(item, f"disclosures.{position}")]
    if reasons:
        raise Refusal(reasons[:REASON_LIMIT])
    found = tuple(Disclosure(item["field"], b64.decode(item["salt"]), item["value"]) for item in listed)
    if len({one.field for one in found}) != len(found):
        raise Refusal([Reason("DISCLOSURE_TWICE", "disclosures", expected=Phrase("每个字段只一次", "each field once"))])
    return found


def _item_reasons(item: Any, path: str) -> Iterator[Reason]:  # any JSON value
    if not isinstance(item, dict) or item.keys() != _MEMBERS or not all(isinstance(text, str) for text in item.values()):
        yield Reason("DISCLOSURE_FORM", path, _sort(item), ITEM_WORDS)
        return
    if (size := len(item["value"].encode())) > VALUE_BYTES_MAX:
        yield Reason("DISCLOSURE_FORM", f"{path}.value", counted(size, "字节", "bytes"), at_most(VALUE_BYTES_MAX, "字节", "bytes"))
    try:
        b64.decode(item["salt"], field=f"{path}.salt")
    except Refusal as refusal:
        yield from refusal.reasons


def check(disclosures: Iterable[Disclosure], committed: Mapping[str, str], found: str, chain: str, seq: int) -> list[Reason]:
    """Reasons why these are not openings of ``committed`` ({field: 64 hex digits}) of the statement (chain, seq) in the log ``found``."""
    reasons: list[Reason] = []
    for position, one in enumerate(disclosures):
        if one.field not in committed:
            reasons.append(Reason("DISCLOSURE_UNKNOWN", f"disclosures.{position}.field", expected=", ".join(sorted(committed)) or "-"))
            continue
        try:
            wanted = commit(found, chain, seq, one.field, one.salt, one.value)
        except Refusal as refusal:
            reasons += refusal.reasons
            continue
        if wanted != committed[one.field]:
            reasons.append(Reason("DISCLOSURE_WRONG", f"body.commit.{one.field}", expected=committed[one.field]))
    return reasons


def seal(key: bytes, nonce: bytes, statement: str, disclosure: Disclosure) -> bytes:
    """AES-256-GCM of salt and value under a key of its own, bound to its place, so that rows cannot be exchanged. ``nonce``: 12 fresh random bytes; ``statement``: its hash, hex."""
    return AESGCM(key).encrypt(nonce, disclosure.salt + disclosure.value.encode(), _place(statement, disclosure.field))


def unseal(key: bytes, nonce: bytes, ciphertext: bytes, statement: str, field: str) -> Disclosure | None:
    """The disclosure; None when key, place or bytes are not those of the sealing."""
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, _place(statement, field))
    except InvalidTag:
        return None
    return Disclosure(field, plain[:SALT_BYTES], plain[SALT_BYTES:].decode())


def _place(statement: str, field: str) -> bytes:
    return f"liandan/vault/v1\n{statement}\n{field}".encode()


_TEXTS = texts("""
DISCLOSURE_FORM | - | sender | formats §7 [DESIGN]
随附的个人信息（disclosures）格式不对。 || 每项只含 field、salt（32 字节的 base64）、value 三个字符串，最多 32 项，内容不超过 1024 字节。
The disclosures beside the envelope are malformed. || Give field, salt (base64 of 32 bytes) and value as strings, nothing else; at most 32, values of at most 1024 bytes.
DISCLOSURE_TWICE | - | sender | formats §7 [DESIGN]
同一字段的个人信息随附了两次。 || 每个字段只随附一次。
One field is disclosed twice. || Disclose each field once.
DISCLOSURE_UNKNOWN | - | sender | formats §7 [DESIGN]
随附的个人信息在声明的 commit 中没有对应的承诺值。 || 只随附 body.commit 中列出的字段。
A disclosed field has no commitment in the statement. || Disclose only fields that stand in body.commit.
DISCLOSURE_WRONG | - | sender | formats §7 [DESIGN]
随附的盐值和内容与承诺值不符。 || 用承诺时的同一盐值、同一内容、同一链名和序号重新核对。
Salt and value do not open the commitment. || Compare salt, value, chain and seq with those the commitment was made from.
SALT_SEEN | - | sender | formats §7 [DESIGN]
该盐值已经用过。 || 每项承诺都用新的 32 字节安全随机数，重新计算承诺值并签名。
The salt was used before. || Draw 32 new random bytes for every commitment, commit and sign again.
ERASED_ALREADY | - | nobody | formats §7 [DESIGN]
该项个人信息已经删除过。 || 无需再次删除。
This value was erased before. || Nothing is left to be done.
ERASE_FORBIDDEN | - | operator | formats §7 [DESIGN]
只有运营单位可以登记个人信息的删除。 || 向运营单位提出删除请求，写明声明哈希和字段名。
Only the operator records an erasure. || Ask the operator, naming the statement hash and the field.
""")
RULES = table(*_TEXTS)
