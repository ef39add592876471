"""Statement: from an envelope's verified-to-be bytes to the typed act (formats §1, §3), and from a draft to the bytes that are signed. Pure;
stateless rules only. Drafting needs no server: ``prev`` is computable offline.
"""

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import Struct

from ledger.admission.form import read_body
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.chain import ORIGIN_PATTERN, check_chain_name, statement_hash
from ledger.model import Seen, Statement
from ledger.times import parse_at
from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, Envelope, is_digest, pae, seal
from signing.keys import PrivateKey
from signing.payload import parse
from signing.refusal import Reason, Refusal, refuse
from signing.uscc import check_uscc

FIELDS = ("kind", "chain", "seq", "prev", "by", "for", "at", "seen", "body")
ALLOWED = frozenset(FIELDS)
REQUIRED = ALLOWED - {"for", "seen"}
SIGNERS_KEPT_MAX = 8192  # Lists of signers in form that are remembered.
_IN_FORM: dict[tuple[str, ...], None] = {}
KIND_MAX = 64
KIND_PATTERN = re.compile(r"[a-z]+\.[a-z_]+/[1-9][0-9]{0,2}")
SIGNERS_MAX = 4
SIGNERS_MAX_ALL = 8  # On log/main and party/ chains: an authority's key is recovered by the operator and all others.


def read_statement(envelope: Envelope, kinds: Kinds) -> tuple[Statement, Kind]:
    """Parse and type a statement; Refusal with the first thing that is wrong in its form. Signatures are not verified here; their number
    and distinctness against ``by`` are."""
    fields = parse(envelope.body)
    _check_fields(fields)
    kind = _kind(fields["kind"], kinds)
    chain = _chain(fields["chain"], kind, kinds)
    seq = fields["seq"]
    if type(seq) is not int:
        raise refuse("FIELD_TYPE", field="seq", found=type(seq).__name__, expected="an integer")
    if seq < 0:
        raise refuse("SEQ_FORM", field="seq", found=seq, expected="0, 1, 2, …")
    prev = fields["prev"]
    if not isinstance(prev, str) or not is_digest(prev):
        raise refuse("PREV_FORM", field="prev", found=prev, expected="64 hex digits, lower case")
    by = _signers(fields["by"], chain)
    principal = fields.get("for")
    if principal is not None:
        _uscc(principal, "for")
    if len(envelope.signatures) != len(by):
        raise refuse("SIGNATURE_COUNT", field="signatures", found=len(envelope.signatures), expected=len(by))
    at_s = parse_at(fields["at"])
    statement = Statement(
        kind=kind.name,
        chain=chain,
        seq=seq,
        prev=prev,
        by=by,
        principal=principal,
        at=fields["at"],
        at_s=at_s,
        seen=_seen(fields["seen"]) if "seen" in fields else None,
        body=read_body(fields["body"], kind.body),
        hash=statement_hash(envelope.message),
        keyids=tuple([signature.keyid for signature in envelope.signatures]),
    )
    return statement, kind


class ClaimedAct(Struct, frozen=True, gc=False):
    """Signers, kind and statement hash of an act that may be in no form."""

    by: tuple[str, ...]
    kind: str
    statement: str


def claimed_act(envelope: Envelope) -> ClaimedAct | None:
    """An act as far as a statement of any form names it; None when it does not. For refused statements: whoever validly signed one is owed
    a receipt (formats §8), also when its body does not fit its kind."""
    try:
        fields = parse(envelope.body)
    except Refusal:
        return None
    by, kind = fields.get("by"), fields.get("kind")
    if not isinstance(by, list) or not all(isinstance(uscc, str) for uscc in by) or len(by) != len(envelope.signatures):
        return None
    if not isinstance(kind, str) or not KIND_PATTERN.fullmatch(kind) or len(kind) > KIND_MAX:
        return None
    return ClaimedAct(tuple(by), kind, statement_hash(envelope.message))


def _check_fields(fields: dict[str, Any]) -> None:
    if REQUIRED <= fields.keys() <= ALLOWED:
        return
    if unknown := sorted(fields.keys() - ALLOWED):
        raise refuse("FIELD_UNKNOWN", field=unknown[0][:60], expected=", ".join(FIELDS))
    if missing := sorted(REQUIRED - fields.keys()):
        raise Refusal(Reason("FIELD_MISSING", name) for name in missing)


def _kind(name: object, kinds: Kinds) -> Kind:
    kind = kinds.by_name.get(name) if isinstance(name, str) else None
    if kind is None:
        raise refuse("KIND_UNKNOWN", field="kind", found=name, expected=_kinds_like(name, kinds))
    return kind


def _kinds_like(name: object, kinds: Kinds) -> str:
    """The versions that are read of a kind; else what it may have meant; else where the list is."""
    text = name[:KIND_MAX] if isinstance(name, str) else ""
    same = [known for known in kinds.by_name if known.partition("/")[0] == text.partition("/")[0]]
    return ", ".join(same or get_close_matches(text, kinds.by_name, 3)) or "a kind of docs/formats/kinds.md"


def _chain(value: object, kind: Kind, kinds: Kinds) -> str:
    if isinstance(value, str) and kinds.type_of(value) == kind.chain_type and kind.chain in ("", value):
        return value  # as nearly always
    chain = check_chain_name(value)
    chain_type = chain.partition("/")[0]
    if chain_type != kind.chain_type:
        raise refuse("CHAIN_KIND", field="chain", found=chain, expected=f"{kind.chain_type}/… for {kind.name}")
    parties = kinds.parties_in(chain)
    if parties is None:
        pattern = kinds.chain_pattern(chain_type)
        raise refuse("CHAIN_FORM", field="chain", found=chain, expected="" if pattern is None else pattern.pattern)
    if kind.chain and chain != kind.chain:
        raise refuse("CHAIN_KIND", field="chain", found=chain, expected=kind.chain)
    for party in parties:
        _uscc(party, "chain")
    return chain


def _signers(by: object, chain: str) -> tuple[str, ...]:
    """``by``, judged; up to SIGNERS_MAX signers that passed are known for a moment, for the same few sign all day."""
    try:
        if isinstance(by, list) and (named := tuple(by)) in _IN_FORM:
            return named
    except TypeError:  # something in the list is itself a list
        pass
    named = _judged_signers(by, chain)
    if len(named) <= SIGNERS_MAX:
        if len(_IN_FORM) >= SIGNERS_KEPT_MAX:
            _IN_FORM.clear()
        _IN_FORM[named] = None
    return named


def _judged_signers(by: object, chain: str) -> tuple[str, ...]:
    if not isinstance(by, list):
        raise refuse("FIELD_TYPE", field="by", found=type(by).__name__, expected="a list of USCCs")
    if not by:
        raise refuse("BY_COUNT", field="by", found=0, expected="1 to 4")
    limit = SIGNERS_MAX_ALL if chain == "log/main" or chain.startswith("party/") else SIGNERS_MAX
    if len(by) > limit:
        raise refuse("BY_COUNT", field="by", found=len(by), expected=f"1 to {limit}")
    for position, uscc in enumerate(by):
        if not isinstance(uscc, str) or not check_uscc(uscc):
            _uscc(uscc, f"by.{position}")
    if len(by) > 1 and len(set(by)) != len(by):
        raise refuse("BY_TWICE", field="by", found=", ".join(by), expected="each signer once")
    return tuple(by)


def _uscc(value: object, field: str) -> None:
    if not isinstance(value, str) or not check_uscc(value):
        raise refuse("USCC", field=field, found=value, expected="18 characters, GB 32100 check character")


def _seen(value: object) -> Seen:
    try:
        seen = msgspec.convert(value, Seen, strict=True)
    except msgspec.ValidationError as error:
        raise refuse("SEEN_FORM", field="seen", found=str(error), expected="{size, root}") from None
    try:
        width = len(b64.decode(seen.root))
    except Refusal:
        width = 0
    if seen.size <= 0 or width != 32:
        raise refuse("SEEN_FORM", field="seen", found=seen.size, expected="size > 0 and a 32-byte root in canonical base64")
    return seen


def check_origin(origin: str) -> None:
    """An origin is a schema-less URL prefix without spaces or ``+`` (ledger §2.2)."""
    if not ORIGIN_PATTERN.fullmatch(origin):
        raise refuse("FIELD_TYPE", field="body.origin", found=origin, expected=ORIGIN_PATTERN.pattern)


class Draft(Struct, frozen=True, gc=False, kw_only=True):
    """A statement ready to be signed. ``body`` is a Struct of the kind or a plain dict of JSON values (no floats, no nulls)."""

    kind: str
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    at: str
    body: object
    principal: str | None = None
    seen: Seen | None = None

    def to_bytes(self) -> bytes:
        """The bytes that every signer signs. Whoever signs second signs these very bytes, never a re-serialisation."""
        fields = {"kind": self.kind, "chain": self.chain, "seq": self.seq, "prev": self.prev, "by": self.by, "for": self.principal}
        said = drop_nulls(msgspec.to_builtins(fields | {"at": self.at, "seen": self.seen, "body": self.body}))
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def sign(self, keys: Sequence[PrivateKey]) -> Envelope:
        """The envelope, signed by one key per element of ``by``, in that order."""
        return seal(PAYLOAD_STATEMENT, self.to_bytes(), keys)


def drop_nulls(value: object) -> object:
    """Absent instead of null, as formats §1 asks."""
    if isinstance(value, dict):
        return {key: drop_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [drop_nulls(inner) for inner in value]
    return value


def hash_of(envelope: Envelope) -> str:
    """Statement hash of an envelope: the ``prev`` of the next statement on its chain."""
    return statement_hash(pae(envelope.payload_type, envelope.body))
