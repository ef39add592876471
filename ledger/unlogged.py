"""Signed statements before the log has them (未入账声明包): a bundle without proof, marked as such; one JSON file (docs/formats/unlogged.md).

``{"liandan_unlogged":1,"origin":…,"found":…,"statements":[<b64 of a frozen envelope>…],"bundle":<b64 of a bundle>}``, the last where there is one.

An opened one proves that its statements were signed by the parties they name, as far as their keys are known, and follow each other. It does not
prove that any of them is in the log, that the log will take it, when it was signed (``at`` is the signer's word), or that the signer has signed
nothing else for the same place.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.admission.statement import read_statement
from ledger.bundle import Bundle
from ledger.chain import genesis_prev
from ledger.directory import KeyRecord
from ledger.model import Statement
from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, Envelope, freeze, is_digest, parse_envelope
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse
from signing.suite import verify

VERSION = 1
BEGINS = b'{"liandan_unlogged"'
STATEMENTS_MAX = 256
FILE_MAX = 32 * 1024 * 1024
_FIELDS = ["liandan_unlogged", "origin", "found", "statements"]

Standing = Literal["unlogged", "logged"]
"""Whether the enclosed evidence has the statement already."""


class SignedStatement(Struct, frozen=True):
    """One statement of the file: its signatures hold; ``place`` tells what it follows."""

    statement: Statement
    envelope: Envelope
    standing: Standing
    is_linked: bool
    """Whether what it follows is in this file or in the evidence enclosed, or it begins its chain."""


class UnloggedFile(Struct, frozen=True):
    """A file as it was read: nothing of it is believed yet."""

    origin: str
    found: str
    envelopes: tuple[Envelope, ...]
    bundle: bytes


KeyOf = Callable[[str, str], KeyRecord | None]
"""The key of a keyid that signs for a party, where it is known."""


def write_unlogged(origin: str, found: str, envelopes: Sequence[Envelope], bundle: bytes = b"") -> bytes:
    """The file. Refusal UNLOGGED_FORM for none or too many statements."""
    if not 1 <= len(envelopes) <= STATEMENTS_MAX:
        raise refuse("UNLOGGED_FORM", field="statements", found=len(envelopes), expected=f"1 … {STATEMENTS_MAX}")
    statements = [b64.encode(freeze(envelope)) for envelope in envelopes]
    fields = {"liandan_unlogged": VERSION, "origin": origin, "found": found, "statements": statements}
    more = {"bundle": b64.encode(bundle)} if bundle else {}
    return json.dumps(fields | more, ensure_ascii=False, separators=(",", ":")).encode()


def read_unlogged(raw: bytes) -> UnloggedFile:
    """The inverse; Refusal UNLOGGED_FORM and those of envelopes, with their place."""
    fields = parse(raw, limit=FILE_MAX, depth=2)
    texts = fields.get("statements")
    version, named = fields.get("liandan_unlogged"), list(fields)
    if named not in (_FIELDS, [*_FIELDS, "bundle"]) or version is True or version != VERSION:
        raise refuse("UNLOGGED_FORM", found=", ".join(fields)[:120], expected=", ".join([*_FIELDS, "bundle"]))
    if not isinstance(texts, list) or not 1 <= len(texts) <= STATEMENTS_MAX or not is_digest(str(fields["found"])):
        raise refuse("UNLOGGED_FORM", field="statements", expected=f"1 … {STATEMENTS_MAX}")
    envelopes = tuple(_envelope(text, f"statements.{place}") for place, text in enumerate(texts))
    return UnloggedFile(str(fields["origin"]), str(fields["found"]), envelopes, _bytes(fields.get("bundle", ""), "bundle"))


def check_unlogged(
    file: UnloggedFile, kinds: Kinds, bundle: Bundle | None, key_of: KeyOf, beside: Bundle | None = None
) -> tuple[SignedStatement, ...]:
    """The statements, if every one has the form of its kind, signatures of keys that are known and may sign it, and its place behind the one before;
    else a Refusal with all that does not hold. ``bundle`` is evidence of the same log, ``key_of`` the keys that are known beside it, ``beside``
    evidence that the reader has himself: who signed with a stolen key encloses what is older than its end."""
    if bundle is not None and (bundle.found, bundle.log.origin) != (file.found, file.origin):
        raise refuse("FOUND_DIFFERS", field="bundle", found=bundle.found, expected=file.found)
    heads: dict[str, tuple[int, str]] = {}
    found, reasons = list[SignedStatement](), list[Reason]()
    beside = None if beside is None or beside.found != file.found else beside
    logged = {entry.statement.hash: entry for evidence in (bundle, beside) if evidence is not None for entry in evidence.entries}
    for place, envelope in enumerate(file.envelopes):
        field = f"statements.{place}"
        try:
            statement, _ = read_statement(envelope, kinds)
        except Refusal as refusal:
            reasons += [Reason(one.code, f"{field}.{one.field}".rstrip("."), one.found, one.expected) for one in refusal.reasons]
            continue
        entry = logged.get(statement.hash)
        is_logged = entry is not None
        size = entry.index if entry is not None else None if bundle is None else bundle.opened.checkpoint.size
        reasons += _signatures(envelope, statement, field, bundle, size, key_of)
        reasons += _overtaken(envelope, statement, field, beside) if beside is not None and not is_logged else ()
        wanted, is_linked = _place(statement, heads, file.found, None if is_logged else bundle)
        if wanted is not None and not is_logged and wanted != (statement.seq, statement.prev):
            code = (
                "PREV_MISMATCH" if wanted[0] == statement.seq else "PREDECESSOR_MISSING" if statement.seq > wanted[0] else "CHAIN_CONFLICT"
            )
            reasons.append(Reason(code, field, f"{statement.chain} {statement.seq} {statement.prev[:16]}", f"{wanted[0]} {wanted[1][:16]}"))
        if not is_logged:  # behind an entry comes what the evidence has behind it, and only behind its last one something new
            heads[statement.chain] = statement.seq, statement.hash
        found.append(SignedStatement(statement, envelope, "logged" if is_logged else "unlogged", is_linked or is_logged))
    if reasons:
        raise Refusal(reasons)
    return tuple(found)


def _place(
    statement: Statement, heads: dict[str, tuple[int, str]], found: str, bundle: Bundle | None
) -> tuple[tuple[int, str] | None, bool]:
    """The only right (seq, prev), where anything tells it, and whether it does."""
    if (before := heads.get(statement.chain)) is not None:
        return (before[0] + 1, before[1]), True
    head = None if bundle is None else bundle.facts.head(statement.chain)
    if head is not None:
        return (head.seq + 1, head.hash), True
    if statement.seq == 0:
        return (0, genesis_prev(found, statement.chain)), True
    return None, False


def _overtaken(envelope: Envelope, statement: Statement, field: str, beside: Bundle) -> Iterator[Reason]:
    """What other evidence knows better: a key that has ended, another statement in this place."""
    for place, signature in enumerate(envelope.signatures):
        record: KeyRecord | None = beside.facts.get(f"key:{signature.keyid}")
        if record is not None and record.revoked is not None:
            valid = Phrase(f"在 {statement.at} 有效", f"valid at {statement.at}")
            yield Reason("KEY_NOT_VALID", f"{field}.signatures.{place}", signature.keyid[:16], valid)
    head = beside.facts.head(statement.chain)
    if head is not None and statement.seq <= head.seq:
        yield Reason(
            "CHAIN_CONFLICT", field, f"{statement.chain} {statement.seq} {statement.prev[:16]}", f"{head.seq + 1} {head.hash[:16]}"
        )


def _signatures(
    envelope: Envelope, statement: Statement, field: str, bundle: Bundle | None, size: int | None, key_of: KeyOf
) -> list[Reason]:
    """Each by a key of that party that is valid at ``size`` of the evidence enclosed (its end, of an entry where that stands), for this kind and at
    the time it claims."""
    reasons: list[Reason] = []
    name = statement.kind.partition("/")[0]
    for place, (uscc, signature) in enumerate(zip(statement.by, envelope.signatures, strict=True)):
        where, told = f"{field}.signatures.{place}", signature.keyid[:16]
        known: KeyRecord | None = None if bundle is None else bundle.facts.get(f"key:{signature.keyid}")
        record = known or key_of(signature.keyid, uscc)
        if record is None:
            reasons.append(Reason("UNLOGGED_KEY", where, told, Phrase(f"{uscc} 的密钥", f"a key of {uscc}")))
        elif record.uscc != uscc:
            reasons.append(Reason("KEY_OTHER_PARTY", where, record.uscc, uscc))
        elif (known is not None and size is not None and not known.is_valid_at(size)) or not record.lasts(statement.at_s, statement.at_s):
            reasons.append(Reason("KEY_NOT_VALID", where, told, Phrase(f"在 {statement.at} 有效", f"valid at {statement.at}")))
        elif record.kinds and name not in record.kinds:
            reasons.append(Reason("KEY_SCOPE", where, name, ", ".join(record.kinds)[:200]))
        else:
            try:
                verify(record.suite, record.spki, envelope.message, signature.sig)
            except Refusal as refusal:
                reasons += [Reason(one.code, where, told, uscc) for one in refusal.reasons]
    return reasons


def _envelope(text: object, field: str) -> Envelope:
    raw = _bytes(text, field)
    try:
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
    except Refusal as refusal:
        raise Refusal(Reason(one.code, f"{field}.{one.field}".rstrip("."), one.found, one.expected) for one in refusal.reasons) from None
    if freeze(envelope) != raw:
        raise refuse("UNLOGGED_FORM", field=field, expected=Phrase("紧凑写法的信封", "an envelope in compact form"))
    return envelope


def _bytes(text: object, field: str) -> bytes:
    try:
        return b64.decode(text if isinstance(text, str) else "not a text")
    except Refusal:
        raise refuse("UNLOGGED_FORM", field=field, found=str(text)[:40], expected=Phrase("规范的 Base64", "canonical base64")) from None
