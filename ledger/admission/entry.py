"""Entry: statement and admission as the bytes that are the Merkle leaf (formats §4). An entry is valid only if parsing and
re-encoding gives the same bytes, so every reader sees one and the same text."""

import re
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.admission.statement import read_statement
from ledger.chain import check_chain_name
from ledger.model import AccountRow, Admission, Decision, Statement
from ledger.times import parse_admission_at
from ledger.tree.tiles import TileReader
from signing.envelope import PAYLOAD_STATEMENT, Envelope, envelope_of, freeze, is_well_formed
from signing.payload import INTEGER_LIMIT, parse
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

ENTRY_MAX = 60_000
ENTRY_DEPTH = 8
CODE = re.compile(r"[A-Z0-9_]+")
ACCOUNT = re.compile(r"Q1 list/\S+ (?:0|[1-9][0-9]*)|Q2 approval/\S+ (?:0|[1-9][0-9]*)|Q3 permit/\S+")
_ADMISSION_FORM = "index, at, ruleset, facts, decision with route?, tags, alerts, accounts, as in formats §4"
_ESCAPE = re.compile(rb"\\.")
_LONG = {b"\\b": b"\\u0008", b"\\t": b"\\u0009", b"\\n": b"\\u000a", b"\\f": b"\\u000c", b"\\r": b"\\u000d"}
_ENCODE = msgspec.json.Encoder().encode


class Entry(Struct, frozen=True, gc=False, kw_only=True):
    """One entry as stored: typed halves beside the exact bytes."""

    index: int
    raw: bytes
    envelope: Envelope
    statement: Statement
    admission: Admission


class _Fields(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The fields of an entry, for reading."""

    v: Literal[1]
    statement: Envelope
    admission: Admission


_DECODE = msgspec.json.Decoder(_Fields).decode


def encode_entry(envelope: Envelope, admission: Admission) -> bytes:
    """The canonical bytes; UTF-8, no white space, published field order."""
    return b'{"v":1,"statement":%b,"admission":%b}' % (freeze(envelope), encode_admission(admission))


def encode_admission(admission: Admission) -> bytes:
    """The canonical text of an admission. Short escapes, which msgspec writes, are spelled out."""
    encoded = _ENCODE(admission)
    return _ESCAPE.sub(lambda found: _LONG.get(found[0], found[0]), encoded) if b"\\" in encoded else encoded


def day_of(raw: bytes) -> str:
    """Day (Asia/Shanghai) on which an entry of our own was admitted, without decoding the rest of it."""
    start = raw.rfind(b'"admission":{"index":')
    return raw[raw.index(b'"at":"', start) + 6 :][:10].decode()


def day_below(size: int, tree: TileReader) -> str:
    """Day on which the last entry below a size was admitted; Refusal TILE_FORM for a bundle that is not what the tree holds."""
    return day_of(next(tree.entries(size - 1, size)))


def read_entry(raw: bytes, kinds: Kinds) -> Entry:
    """Parse an entry; Refusal ENTRY_FORM or ENTRY_NOT_CANONICAL (or the statement's own code) when it is not one. Structure only:
    signatures, links and the decision are judged by the audit."""
    if len(raw) > ENTRY_MAX:
        raise refuse("ENTRY_TOO_LARGE", found=len(raw), expected=ENTRY_MAX)
    envelope, admission = _canonical(raw) or _strict(raw)
    statement, _ = read_statement(envelope, kinds)
    return Entry(index=admission.index, raw=raw, envelope=envelope, statement=statement, admission=admission)


def _canonical(raw: bytes) -> tuple[Envelope, Admission] | None:
    """Both halves if ``raw`` is a canonical entry of plain ASCII, as nearly all are; else ``None``. Whatever breaks the strict rules is
    encoded otherwise, so this quick reading and the strict one never differ."""
    if not raw.isascii() or b"\\" in raw or b"\x7f" in raw:
        return None
    try:
        fields = _DECODE(raw)
        _check_admission(fields.admission)
    except (msgspec.MsgspecError, Refusal, ValueError, RecursionError):
        return None
    envelope, admission = fields.statement, fields.admission
    is_ours = envelope.payload_type == PAYLOAD_STATEMENT and is_well_formed(envelope)
    return (envelope, admission) if is_ours and encode_entry(envelope, admission) == raw else None


def _strict(raw: bytes) -> tuple[Envelope, Admission]:
    """Both halves, or the reason why they are none."""
    try:
        fields = parse(raw, limit=ENTRY_MAX, depth=ENTRY_DEPTH)
    except Refusal as refusal:
        raise refuse(
            "ENTRY_FORM",
            field="entry",
            found=", ".join(refusal.codes),
            expected=Phrase("证据格式 §1 的严格 JSON", "strict JSON of formats §1"),
        ) from None
    if fields.keys() != {"v", "statement", "admission"} or fields["v"] != 1 or not isinstance(fields["statement"], dict):
        raise refuse("ENTRY_FORM", found=", ".join(fields), expected="v, statement, admission")
    envelope = envelope_of(fields["statement"])
    if envelope.payload_type != PAYLOAD_STATEMENT:
        raise refuse("PAYLOAD_TYPE", field="statement.payloadType", found=envelope.payload_type, expected=PAYLOAD_STATEMENT)
    admission = _admission(fields["admission"])
    if encode_entry(envelope, admission) != raw:
        raise refuse("ENTRY_NOT_CANONICAL", expected=Phrase("证据格式 §4 的编码", "formats §4 encoding"))
    return envelope, admission


def _admission(value: object) -> Admission:
    try:
        admission = msgspec.convert(value, Admission, strict=True)
    except msgspec.ValidationError as error:
        _, _, path = str(error).rpartition(" - at `$")
        field = "admission" + path.rstrip("`")
        raise refuse("ENTRY_FORM", field=field, found=Phrase("另一形式", "another form"), expected=_ADMISSION_FORM) from None
    _check_admission(admission)
    return admission


def _check_admission(admission: Admission) -> None:
    """What types do not say; Refusal ENTRY_FORM with the first thing that is wrong."""
    try:
        parse_admission_at(admission.at)
    except Refusal:
        raise refuse("ENTRY_FORM", field="admission.at", found=admission.at, expected="YYYY-MM-DDThh:mm:ss+08:00") from None
    _check_whole(admission.index, "admission.index")
    decision = admission.decision
    if admission.facts:
        for chain, index in admission.facts:
            check_chain_name(chain)
            if not 0 <= index <= INTEGER_LIMIT:
                _check_whole(index, "admission.facts")
        _check_sorted([chain for chain, _ in admission.facts], "admission.facts")
    if decision.route is not None and not CODE.fullmatch(decision.route):
        raise refuse("ENTRY_FORM", field="admission.decision.route", found=decision.route, expected=CODE.pattern)
    if decision.tags or decision.alerts:
        _check_notes(decision)
    if decision.accounts:
        _check_accounts(decision.accounts)


def _check_whole(value: int, field: str) -> None:
    if not 0 <= value <= INTEGER_LIMIT:
        raise refuse("ENTRY_FORM", field=field, found=value, expected="0, 1, 2, …")


def _check_notes(decision: Decision) -> None:
    field = "admission.decision.tags"
    for tag in decision.tags:
        if len(tag) not in (1, 2) or not _is_code(tag[0]) or not all(type(more) is int and abs(more) <= INTEGER_LIMIT for more in tag[1:]):
            raise refuse("ENTRY_FORM", field=field, found=list(tag), expected=Phrase("[代码] 或 [代码,整数]", "[code] or [code,integer]"))
    _check_sorted([tag[0] for tag in decision.tags], field)
    field = "admission.decision.alerts"
    for alert in decision.alerts:
        if not _is_code(alert[1]):
            raise refuse("ENTRY_FORM", field=field, found=list(alert), expected=Phrase('["L"|"M"|"H",代码]', '["L"|"M"|"H",code]'))
    _check_sorted([code for _, code in decision.alerts], field)


def _check_accounts(rows: tuple[AccountRow, ...]) -> None:
    field = "admission.decision.accounts"
    for row in rows:
        if not ACCOUNT.fullmatch(row.account):
            raise refuse(
                "ENTRY_FORM",
                field=field,
                found=row.account,
                expected=Phrase("Q1 <名单> <行>、Q2 <批准> <行> 或 Q3 <许可证>", "Q1 <list> <row>, Q2 <approval> <line> or Q3 <permit>"),
            )
        if row.before_g == row.after_g or max(abs(row.before_g), abs(row.after_g)) > INTEGER_LIMIT:
            raise refuse("ENTRY_FORM", field=field, found=row.account, expected=Phrase("有变动的克数", "a changed amount in grams"))
        if row.prev_index is not None:
            _check_whole(row.prev_index, field)
        elif row.before_g != 0:
            raise refuse(
                "ENTRY_FORM", field=field, found=row.before_g, expected=Phrase("首次变动前 before_g 为 0", "before_g 0 at first touch")
            )
    _check_sorted([row.account for row in rows], field)


def _is_code(value: object) -> bool:
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def _check_sorted(names: list[str], field: str) -> None:
    """By bytes of UTF-8, which for Python's text is the order of code points."""
    if len(names) > 1 and names != sorted(set(names)):
        raise refuse(
            "ENTRY_FORM", field=field, found=", ".join(names), expected=Phrase("按字节排序，无重复", "sorted by bytes, no duplicates")
        )
