"""Entry: statement and admission as the bytes that are the Merkle leaf (formats §4). An entry is valid only if parsing and
re-encoding gives the same bytes, so every reader sees one and the same text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct

from ledger.chain import check_chain_name
from ledger.kinds import Kinds
from ledger.model import AccountRow, Admission, Alert, Decision, Statement, Tag
from ledger.statement import read_statement
from ledger.times import parse_admission_at
from signing.envelope import PAYLOAD_STATEMENT, Envelope, envelope_of, freeze
from signing.payload import INTEGER_LIMIT, parse
from signing.refusal import Refusal, refuse

ENTRY_MAX = 60_000
ENTRY_DEPTH = 8
_CODE = re.compile(r"[A-Z0-9_]+")
_ACCOUNT = re.compile(r"Q1 list/\S+ (?:0|[1-9][0-9]*)|Q2 approval/\S+ (?:0|[1-9][0-9]*)|Q3 permit/\S+")
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_ANY_OBJECT = msgspec.json.Decoder(dict[str, Any])


class Entry(Struct, frozen=True, kw_only=True):
    """One entry as stored: typed halves beside the exact bytes."""

    index: int
    raw: bytes
    envelope: Envelope
    statement: Statement
    admission: Admission


def encode_entry(envelope: Envelope, admission: Admission) -> bytes:
    """The canonical bytes; UTF-8, no white space, published field order."""
    return b'{"v":1,"statement":%b,"admission":%b}' % (freeze(envelope), encode_admission(admission).encode())


def encode_admission(admission: Admission) -> str:
    """The canonical text of an admission."""
    facts = ",".join(f"[{_string(chain)},{index}]" for chain, index in admission.facts)
    decision = admission.decision
    route = "" if decision.route is None else f'"route":{_string(decision.route)},'
    tags = ",".join("[" + ",".join(_scalar(part) for part in tag) + "]" for tag in decision.tags)
    alerts = ",".join(f"[{_string(level)},{_string(code)}]" for level, code in decision.alerts)
    accounts = ",".join(_account(row) for row in decision.accounts)
    return (
        f'{{"index":{admission.index},"at":{_string(admission.at)},"ruleset":{_string(admission.ruleset)},"facts":[{facts}],'
        f'"decision":{{{route}"tags":[{tags}],"alerts":[{alerts}],"accounts":[{accounts}]}}}}'
    )


def _account(row: AccountRow) -> str:
    prev = "" if row.prev_index is None else f'"prev_index":{row.prev_index},'
    return f'{{"account":{_string(row.account)},{prev}"before_g":{row.before_g},"after_g":{row.after_g}}}'


def _scalar(part: str | int) -> str:
    return str(part) if isinstance(part, int) else _string(part)


def _string(text: str) -> str:
    if not _ESCAPED.search(text):
        return f'"{text}"'
    return '"' + _ESCAPED.sub(lambda m: "\\" + m[0] if m[0] in '"\\' else f"\\u{ord(m[0]):04x}", text) + '"'


def day_of(raw: bytes) -> str:
    """Day (Asia/Shanghai) on which an entry of our own was admitted, without decoding the rest of it."""
    start = raw.rfind(b'"admission":{"index":')
    return raw[raw.index(b'"at":"', start) + 6 :][:10].decode()


def read_entry(raw: bytes, kinds: Kinds) -> Entry:
    """Parse an entry; Refusal ENTRY_FORM or ENTRY_NOT_CANONICAL (or the statement's own code) when it is not one.

    Structure only: signatures, links and the decision are judged by the audit.
    """
    if len(raw) > ENTRY_MAX:
        raise refuse("ENTRY_TOO_LARGE", found=len(raw), expected=ENTRY_MAX)
    envelope, admission = _canonical(raw) or _strict(raw)
    statement, _ = read_statement(envelope, kinds)
    return Entry(index=admission.index, raw=raw, envelope=envelope, statement=statement, admission=admission)


def _canonical(raw: bytes) -> tuple[Envelope, Admission] | None:
    """Both halves if ``raw`` is a canonical entry of plain ASCII, as nearly all are; else ``None``.

    Whatever breaks the strict rules is encoded otherwise, so this quick reading and the strict one never differ.
    """
    if not raw.isascii() or b"\\" in raw or b"\x7f" in raw:
        return None
    try:
        halves = _halves(_ANY_OBJECT.decode(raw))
    except (msgspec.MsgspecError, Refusal, ValueError, RecursionError):
        return None
    return halves if encode_entry(*halves) == raw else None


def _strict(raw: bytes) -> tuple[Envelope, Admission]:
    """Both halves, or the reason why they are none."""
    try:
        fields = parse(raw, limit=ENTRY_MAX, depth=ENTRY_DEPTH)
    except Refusal as refusal:
        raise refuse("ENTRY_FORM", field="entry", found=", ".join(refusal.codes), expected="strict JSON of formats §1") from None
    halves = _halves(fields)
    if encode_entry(*halves) != raw:
        raise refuse("ENTRY_NOT_CANONICAL", expected="formats §4 encoding")
    return halves


def _halves(fields: dict[str, Any]) -> tuple[Envelope, Admission]:
    if fields.keys() != {"v", "statement", "admission"} or fields["v"] != 1 or not isinstance(fields["statement"], dict):
        raise refuse("ENTRY_FORM", found=", ".join(fields), expected="v, statement, admission")
    envelope = envelope_of(fields["statement"])
    if envelope.payload_type != PAYLOAD_STATEMENT:
        raise refuse("PAYLOAD_TYPE", field="statement.payloadType", found=envelope.payload_type, expected=PAYLOAD_STATEMENT)
    return envelope, _admission(fields["admission"])


def _admission(value: object) -> Admission:
    if not isinstance(value, dict) or value.keys() != {"index", "at", "ruleset", "facts", "decision"}:
        raise refuse("ENTRY_FORM", field="admission", expected="index, at, ruleset, facts, decision")
    try:
        parse_admission_at(value["at"])
    except Refusal:
        raise refuse("ENTRY_FORM", field="admission.at", found=value["at"], expected="YYYY-MM-DDThh:mm:ss+08:00") from None
    if not isinstance(value["ruleset"], str):
        raise refuse("ENTRY_FORM", field="admission.ruleset")
    return Admission(
        index=_whole(value["index"], "admission.index"),
        at=value["at"],
        ruleset=value["ruleset"],
        facts=_facts(value["facts"]),
        decision=_decision(value["decision"]),
    )


def _whole(value: object, field: str) -> int:
    if type(value) is not int or not 0 <= value <= INTEGER_LIMIT:
        raise refuse("ENTRY_FORM", field=field, found=value, expected="0, 1, 2, …")
    return value


def _facts(value: object) -> tuple[tuple[str, int], ...]:
    field = "admission.facts"
    if not isinstance(value, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in value):
        raise refuse("ENTRY_FORM", field=field, expected='[["<chain>",index],…]')
    facts = tuple((check_chain_name(chain), _whole(index, field)) for chain, index in value)
    _sorted([chain for chain, _ in facts], field)
    return facts


def _decision(value: object) -> Decision:
    field = "admission.decision"
    if not isinstance(value, dict) or value.keys() - {"route"} != {"tags", "alerts", "accounts"}:
        raise refuse("ENTRY_FORM", field=field, expected="route?, tags, alerts, accounts")
    route = value.get("route")
    if route is not None and (not isinstance(route, str) or not _CODE.fullmatch(route)):
        raise refuse("ENTRY_FORM", field=f"{field}.route", found=route)
    return Decision(route=route, tags=_tags(value["tags"]), alerts=_alerts(value["alerts"]), accounts=_accounts(value["accounts"]))


def _tags(value: object) -> tuple[Tag, ...]:
    field = "admission.decision.tags"
    if not isinstance(value, list):
        raise refuse("ENTRY_FORM", field=field)
    for tag in value:
        if not isinstance(tag, list) or len(tag) not in (1, 2) or not _is_code(tag[0]) or not all(map(_is_number, tag[1:])):
            raise refuse("ENTRY_FORM", field=field, found=tag, expected="[code] or [code,integer]")
    _sorted([tag[0] for tag in value], field)
    return tuple(tuple(tag) for tag in value)


def _alerts(value: object) -> tuple[Alert, ...]:
    field = "admission.decision.alerts"
    if not isinstance(value, list):
        raise refuse("ENTRY_FORM", field=field)
    for alert in value:
        if not isinstance(alert, list) or len(alert) != 2 or alert[0] not in ("L", "M", "H") or not _is_code(alert[1]):
            raise refuse("ENTRY_FORM", field=field, found=alert, expected='["L"|"M"|"H",code]')
    _sorted([alert[1] for alert in value], field)
    return tuple((alert[0], alert[1]) for alert in value)


def _accounts(value: object) -> tuple[AccountRow, ...]:
    field = "admission.decision.accounts"
    if not isinstance(value, list):
        raise refuse("ENTRY_FORM", field=field)
    rows = tuple(_row(row, field) for row in value)
    _sorted([row.account for row in rows], field)
    return rows


def _row(row: Any, field: str) -> AccountRow:
    if not isinstance(row, dict) or row.keys() - {"prev_index"} != {"account", "before_g", "after_g"}:
        raise refuse("ENTRY_FORM", field=field, expected="account, prev_index?, before_g, after_g")
    if not isinstance(row["account"], str) or not _ACCOUNT.fullmatch(row["account"]):
        raise refuse("ENTRY_FORM", field=field, found=row["account"], expected="Q1 <list> <row>, Q2 <approval> <line> or Q3 <permit>")
    before, after = row["before_g"], row["after_g"]
    if type(before) is not int or type(after) is not int or before == after or max(abs(before), abs(after)) > INTEGER_LIMIT:
        raise refuse("ENTRY_FORM", field=field, found=row["account"], expected="a changed amount in grams")
    prev = row.get("prev_index")
    if prev is None and before != 0:
        raise refuse("ENTRY_FORM", field=field, found=before, expected="before_g 0 at first touch")
    return AccountRow(
        account=row["account"],
        prev_index=None if prev is None else _whole(prev, field),
        before_g=before,
        after_g=after,
    )


def _is_code(value: object) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) <= INTEGER_LIMIT


def _sorted(names: list[str], field: str) -> None:
    if len(names) < 2:
        return
    encoded = [name.encode() for name in names]
    if any(a >= b for a, b in pairwise(encoded)):
        raise refuse("ENTRY_FORM", field=field, found=", ".join(names), expected="sorted by bytes, no duplicates")
