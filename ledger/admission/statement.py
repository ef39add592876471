"""Statement: from an envelope's verified-to-be bytes to the typed act (formats §1, §3), and from a draft to the bytes that are signed. Pure;
stateless rules only. Drafting needs no server: ``prev`` is computable offline.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import Struct

from ledger.admission.form import body_reasons, number_in, read_body, unknown_fields
from ledger.admission.form_words import ABSENT, of_another_type, shown
from ledger.admission.kind_table import Kinds
from ledger.admission.near import nearest, nearest_of
from ledger.admission.personality import Kind
from ledger.chain import ORIGIN_PATTERN, check_chain_name, statement_hash
from ledger.fields import CHECKS, HEX_WORDS, ORIGIN_WORDS, USCC_WORDS
from ledger.lookalikes import are_alike, difference_of
from ledger.model import Seen, Statement
from ledger.times import AT_WORDS, parse_at
from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, Envelope, is_digest, pae, seal
from signing.keys import PrivateKey
from signing.payload import REASON_LIMIT, Flaw, Flawed, first_forbidden, parse, visible
from signing.phrase import Phrase, Word, counted, cut
from signing.refusal import FOUND_MAX, Reason, Refusal, refuse
from signing.uscc import check_uscc

FIELDS = ("kind", "chain", "seq", "prev", "by", "for", "at", "seen", "body")
ALLOWED = frozenset(FIELDS)
REQUIRED = ALLOWED - {"for", "seen"}
SIGNERS_KEPT_MAX = 8192  # Lists of signers in form that are remembered.
_IN_FORM: dict[tuple[str, ...], None] = {}
EXPECTED: Mapping[str, Word] = {
    "kind": Phrase("声明种类和版本，如 manifest.issue/1", "a kind with its version, e.g. manifest.issue/1"),
    "chain": Phrase("链名，如 manifest/<移出人代码>/<存证标识>", "a chain, e.g. manifest/<generator>/<ULID>"),
    "seq": Phrase("从 0 开始的整数", "a whole number: 0, 1, 2, …"),
    "prev": HEX_WORDS,
    "by": Phrase("签署方统一社会信用代码的列表", "a list of the USCCs of the signers"),
    "at": AT_WORDS,
    "seen": Phrase(
        "对象 {size, root}：size 大于 0，root 为 32 字节的 Base64", "an object {size, root}: size above 0, root 32 bytes in base64"
    ),
    "body": Phrase("对象：该种类声明的内容", "an object: what this kind of statement says"),
}
"""What stands in each field of a statement."""
KINDS_WORDS = Phrase("docs/formats/kinds.md 所列的种类", "a kind of docs/formats/kinds.md")
KIND_MAX = 64
KIND_PATTERN = re.compile(r"[a-z]+\.[a-z_]+/[1-9][0-9]{0,2}")
SIGNERS_MAX = 4
SIGNERS_MAX_ALL = 8  # On log/main and party/ chains: an authority's key is recovered by the operator and all others.


def read_statement(envelope: Envelope, kinds: Kinds) -> tuple[Statement, Kind]:
    """Parse and type a statement; Refusal with everything that is wrong in its form, in the order of its fields. Signatures are not verified
    here; their number and distinctness against ``by`` are."""
    try:
        return _read(envelope, parse(envelope.body), kinds)
    except Flawed as flawed:
        raise flawed.beside(_reasons(envelope, flawed.value, kinds)) from None
    except Refusal as refusal:
        if not any(reason.field for reason in refusal.reasons):
            raise  # nothing of it can be read
        raise Refusal(_reasons(envelope, parse(envelope.body), kinds) or refusal.reasons) from None


def _read(envelope: Envelope, fields: dict[str, Any], kinds: Kinds) -> tuple[Statement, Kind]:
    """A statement that is right; Refusal with the first thing that is not."""
    _check_fields(fields)
    kind = _kind(fields["kind"], kinds)
    chain = _chain(fields["chain"], kind, kinds)
    by = _signers(fields["by"], chain)
    principal = fields.get("for")
    if principal is not None:
        _uscc(principal, "for")
    _check_count(envelope, by)
    statement = Statement(
        kind=kind.name,
        chain=chain,
        seq=_seq(fields["seq"]),
        prev=_prev(fields["prev"]),
        by=by,
        principal=principal,
        at=fields["at"],
        at_s=parse_at(fields["at"]),
        seen=_seen(fields["seen"]) if "seen" in fields else None,
        body=read_body(fields["body"], kind.body),
        hash=statement_hash(envelope.message),
        keyids=tuple([signature.keyid for signature in envelope.signatures]),
    )
    return statement, kind


def _reasons(envelope: Envelope, fields: dict[str, Any], kinds: Kinds) -> list[Reason]:
    """Everything that is wrong with the form of a statement, field by field; what is missing or no JSON of ours is judged no further."""
    found = list(unknown_fields(fields, FIELDS))
    found += [Reason("FIELD_MISSING", name, ABSENT, EXPECTED[name]) for name in FIELDS if name in REQUIRED and name not in fields]
    there = {name: value for name, value in fields.items() if not (value is None or isinstance(value, Flaw))}
    known = kinds.by_name.get(kind) if isinstance(kind := there.get("kind"), str) else None
    chain = there.get("chain")

    def check_chain(value: object) -> None:
        check_chain_name(value) if known is None else _chain(value, known, kinds)

    def check_by(value: object) -> None:
        _check_count(envelope, _signers(value, chain if isinstance(chain, str) else ""))

    def check_body(value: object) -> None:
        if known is not None and (wrong := body_reasons(value, known.body)):
            raise Refusal(wrong)

    checks: dict[str, Callable[[Any], object]] = {
        "kind": lambda value: _kind(value, kinds),
        "chain": check_chain,
        "seq": _seq,
        "prev": _prev,
        "by": check_by,
        "for": lambda value: _uscc(value, "for"),
        "at": _check_at,
        "seen": _seen,
        "body": check_body,
    }
    for name, check in checks.items():
        if name in there:
            try:
                check(there[name])
            except Refusal as refusal:
                found += refusal.reasons
    return found[:REASON_LIMIT]


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


def claimed_body(envelope: Envelope) -> object:
    """A body in whatever form, without what is no JSON of ours in it; ``None`` where there is none."""
    try:
        return parse(envelope.body).get("body")
    except Flawed as flawed:
        return without_flaws(flawed.value.get("body"))
    except Refusal:
        return None


def without_flaws(value: Any) -> Any:
    """A value without the names and texts in it that no text of ours may hold, and without what is no JSON of ours."""
    if isinstance(value, dict):
        return {key: without_flaws(inner) for key, inner in value.items() if first_forbidden(key) is None}
    if isinstance(value, list):
        return [without_flaws(inner) for inner in value]
    return None if isinstance(value, Flaw) or (isinstance(value, str) and first_forbidden(value) is not None) else value


def _check_fields(fields: dict[str, Any]) -> None:
    if not REQUIRED <= fields.keys() <= ALLOWED:
        wrong = sorted((fields.keys() - ALLOWED) | (REQUIRED - fields.keys()))[0]
        raise refuse("FIELD_UNKNOWN" if wrong in fields else "FIELD_MISSING", field=visible(wrong))


def _kind(name: object, kinds: Kinds) -> Kind:
    kind = kinds.by_name.get(name) if isinstance(name, str) else None
    if kind is None:
        text = name[:KIND_MAX] if isinstance(name, str) else ""
        raise refuse("KIND_UNKNOWN", field="kind", found=shown(name), expected=_kinds_like(text, kinds), near=_kind_near(text, kinds))
    return kind


def _kinds_like(text: str, kinds: Kinds) -> Word:
    """The versions that are read of a kind; else what it may have meant; else where the list is."""
    same = [known for known in kinds.by_name if known.partition("/")[0] == text.partition("/")[0]]
    return ", ".join(same or get_close_matches(text, kinds.by_name, 3)) or KINDS_WORDS


def _kind_near(text: str, kinds: Kinds) -> str:
    """The kind that was meant, where it is without doubt."""
    return nearest_of(text, kinds.by_name) or nearest_of(f"{text.partition('/')[0]}/1", kinds.by_name)


def _chain(value: object, kind: Kind, kinds: Kinds) -> str:
    if (
        isinstance(value, str)
        and (kinds.type_of(value) == kind.chain_type or kinds.type_of(value) in kind.also_on)
        and kind.chain in ("", value)
    ):
        return value  # as nearly always
    chain = check_chain_name(value)
    chain_type = chain.partition("/")[0]
    if chain_type not in kind.chain_types:
        places = [f"{one}/…" for one in kind.chain_types]
        expected = Phrase(f"{'、'.join(places)}，{kind.zh}（{kind.name}）写在这里", f"{' or '.join(places)} for {kind.name}")
        raise refuse("CHAIN_KIND", field="chain", found=chain, expected=expected)
    parties = kinds.parties_in(chain)
    if parties is None:
        raise refuse("CHAIN_FORM", field="chain", found=chain, expected=kinds.chain_words(chain_type), near=kinds.chain_near(chain))
    if kind.chain and chain != kind.chain:
        raise refuse("CHAIN_KIND", field="chain", found=chain, expected=kind.chain)
    for party in parties:
        _uscc(party, "chain")
    return chain


def _seq(seq: object) -> int:
    if type(seq) is not int:
        near = number_in(seq) if isinstance(seq, str) else ""
        raise refuse("FIELD_TYPE", field="seq", found=of_another_type(seq), expected=EXPECTED["seq"], near=near)
    if seq < 0:
        raise refuse("SEQ_FORM", field="seq", found=seq, expected=EXPECTED["seq"])
    return seq


def _prev(prev: object) -> str:
    if not isinstance(prev, str) or not is_digest(prev):
        near = nearest(prev, is_digest) if isinstance(prev, str) else ""
        raise refuse("PREV_FORM", field="prev", found=shown(prev), expected=EXPECTED["prev"], near=near)
    return prev


def _check_at(at: object) -> None:
    if not isinstance(at, str) or not CHECKS["at"](at):
        near = nearest(at, CHECKS["at"]) if isinstance(at, str) else ""
        raise refuse("AT_FORM", field="at", found=shown(at), expected=AT_WORDS, near=near)


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
        near = f'["{by}"]' if isinstance(by, str) and check_uscc(by) else ""
        raise refuse("FIELD_TYPE", field="by", found=of_another_type(by), expected=EXPECTED["by"], near=near)
    limit = SIGNERS_MAX_ALL if chain == "log/main" or chain.startswith("party/") else SIGNERS_MAX
    if not 1 <= len(by) <= limit:
        expected = Phrase(f"1 至 {limit} 方", f"1 to {limit} signers")
        raise refuse("BY_COUNT", field="by", found=counted(len(by), "方", "signers"), expected=expected)
    wrong = [(position, uscc) for position, uscc in enumerate(by) if not isinstance(uscc, str) or not check_uscc(uscc)]
    if wrong:
        raise Refusal(_uscc_reason(uscc, f"by.{position}") for position, uscc in wrong)
    if len(by) > 1 and len(set(by)) != len(by):
        raise refuse("BY_TWICE", field="by", found=", ".join(by), expected=Phrase("每个签署方只列一次", "each signer once"))
    return tuple(by)


def _check_count(envelope: Envelope, by: tuple[str, ...]) -> None:
    if len(envelope.signatures) != len(by):
        found, expected = (
            counted(len(envelope.signatures), "个签名", "signatures"),
            Phrase(f"{len(by)} 个，by 每方一个", f"{len(by)}, one for each of by"),
        )
        raise refuse("SIGNATURE_COUNT", field="signatures", found=found, expected=expected)


def _uscc(value: object, field: str) -> None:
    if not isinstance(value, str) or not check_uscc(value):
        raise Refusal([_uscc_reason(value, field)])


def _uscc_reason(value: object, field: str) -> Reason:
    near = nearest(value, check_uscc) if isinstance(value, str) else ""
    found = difference_of(value, near) if isinstance(value, str) and are_alike(value, near) else shown(value)
    return Reason("USCC", field, cut(found, FOUND_MAX), USCC_WORDS, near=near)


def _seen(value: object) -> Seen:
    try:
        seen = msgspec.convert(value, Seen, strict=True)
        width = len(b64.canonical(seen.root) or b"")
    except msgspec.ValidationError:
        raise refuse("SEEN_FORM", field="seen", found=shown(value), expected=EXPECTED["seen"]) from None
    if seen.size <= 0 or width != 32:
        raise refuse("SEEN_FORM", field="seen", found=f"{seen.size}, {seen.root[:60]}", expected=EXPECTED["seen"])
    return seen


def check_origin(origin: str) -> None:
    """An origin is a schema-less URL prefix without spaces or ``+`` (ledger §2.2)."""
    if not ORIGIN_PATTERN.fullmatch(origin):
        raise refuse("FIELD_TYPE", field="body.origin", found=origin, expected=ORIGIN_WORDS)


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
