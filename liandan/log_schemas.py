"""JSON Schemas of what surrounds a body: envelope, statement, admission, entry, refusal, login and the data set ``thresholds``.

Patterns are those that the readers use (``ledger``, ``signing``); labels are for people, in Chinese (title) and English (description).
"""

from typing import Any

import msgspec

from ledger.admission.entry import ACCOUNT, CODE, ENTRY_MAX
from ledger.admission.statement import KIND_PATTERN, SIGNERS_MAX, SIGNERS_MAX_ALL
from ledger.chain import CHAIN_PATTERN
from ledger.fields import At, Bytes32, Hash, Size, Uscc
from ledger.registrations.form import RegistrationForm
from liandan.identity import Challenge
from signing import b64
from signing.envelope import ENVELOPE_LIMIT, PAYLOAD_LOGIN, PAYLOAD_REFUSAL, PAYLOAD_REGISTRATION, PAYLOAD_STATEMENT, SIGNATURE_LIMIT
from signing.payload import BODY_LIMIT, INTEGER_LIMIT
from whitelist.thresholds import Thresholds

Schema = dict[str, Any]
PUBLIC_SIGNERS = r"^(?:log/main$|party/)"
"""Chains on which more than SIGNERS_MAX may sign."""


def _whole(pattern: str) -> Schema:
    """A text that is this and nothing else."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _named(zh: str, en: str, schema: Schema) -> Schema:
    return {"title": zh, "description": en, **schema}


def _object(optional: str = "", /, **properties: Schema) -> Schema:
    """An object of just these; ``optional`` names what may be absent, between spaces. A name behind ``_`` is the word without it."""
    named = {name.removeprefix("_"): schema for name, schema in properties.items()}
    required = [name for name in named if name not in optional.split()]
    return {"type": "object", "properties": named, "required": required, "additionalProperties": False}


def _array(items: Schema, **limits: Any) -> Schema:
    return {"type": "array", "items": items, **limits}


def _row(least: int, *items: Schema) -> Schema:
    return {"type": "array", "prefixItems": list(items), "items": False, "minItems": least}


def _of(form: Any) -> Schema:  # an annotated type of ledger.fields
    return msgspec.json.schema(form)


_HASH, _AT, _USCC, _SIZE, _ROOT = map(_of, (Hash, At, Uscc, Size, Bytes32))
_CODE = _whole(CODE.pattern)
_WHOLE_NUMBER = {"type": "integer", "minimum": -INTEGER_LIMIT, "maximum": INTEGER_LIMIT}
_BYTES = {"type": "string", "contentEncoding": "base64", "pattern": b64.PATTERN}
_LEVELS: Schema = {"enum": ["L", "M", "H"], "x-words": {"L": "低", "M": "中", "H": "高"}}
_CHAIN = _whole(CHAIN_PATTERN.pattern)

_ACCOUNT = _object(
    "prev_index",
    account=_named("额度账户", "Q1 a row of a list, Q2 a line of a decision, Q3 a line of permits", _whole(ACCOUNT.pattern)),
    prev_index=_named("上次变动条目", "entry that touched it before; absent at the first touch", _SIZE),
    before_g=_named("变动前已用（克）", "grams used before", _WHOLE_NUMBER),
    after_g=_named("变动后已用（克）", "grams used after", _WHOLE_NUMBER),
)
_DECISION = _object(
    "route",
    route=_named("审批路径", "on approval.decide and manifest.issue only", _CODE),
    tags=_named("标记", "[code] or [code, number], sorted by code", _array(_row(1, _CODE, _WHOLE_NUMBER))),
    alerts=_named("预警", "[level, code], sorted by code", _array(_row(2, _LEVELS, _CODE))),
    accounts=_named("额度变动", "one row per account, sorted by its name", _array(_ACCOUNT)),
)
_ADMISSION = _object(
    index=_named("条目序号", "position in the log, from 0", _SIZE),
    at=_named("入账时间", "Asia/Shanghai, whole seconds, never decreasing", _AT | _whole(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00")),
    ruleset=_named("规则集版本", "version of the rules in force", {"type": "string"}),
    facts=_named("所读各链", "[chain, index of its newest entry], sorted by chain", _array(_row(2, _CHAIN, _SIZE))),
    decision=_named("入账决定", "what the log says of it", _DECISION),
)
_SEEN = _object(
    size=_named("条目数", "size of the tree", _SIZE | {"minimum": 1}),
    root=_named("树根", "its root, 32 bytes", _ROOT),
)
_STATEMENT = _object(
    "for seen",
    kind=_named("种类", "name.act/version", _whole(KIND_PATTERN.pattern) | {"maxLength": 64}),
    chain=_named("链", "type and names; its form is that of the kind", _CHAIN),
    seq=_named("链内序号", "0, 1, 2 … in the chain", _SIZE),
    prev=_named("前一声明哈希", "statement hash of the one before; at seq 0 see format.md", _HASH),
    by=_named(
        "签署方",
        f"signers in order of their roles; at most {SIGNERS_MAX}, {SIGNERS_MAX_ALL} on log/main and party/ chains",
        _array(_USCC, minItems=1, maxItems=SIGNERS_MAX_ALL, uniqueItems=True),
    ),
    _for=_named("被代理方", "principal, where a delegate signs the first role", _USCC),
    at=_named("声明时间", "claimed time", _AT),
    seen=_named("已核检查点", "a checkpoint that the signer has verified", _SEEN),
    body=_named("正文", "the act; its form is that of the kind", {"type": "object"}),
)
_SIGNATURES = _array(
    _object(
        keyid=_named("密钥标识", "SHA-256 of the DER SubjectPublicKeyInfo", _HASH),
        sig=_named("签名", "signature over the PAE, canonical base64", _BYTES),
    ),
    minItems=1,
    maxItems=SIGNATURE_LIMIT,
)


def envelope_of(payload_type: str, payload: Schema) -> Schema:
    """A DSSE envelope of one payload type."""
    return _object(
        payloadType=_named("载荷类型", "what is signed", {"const": payload_type}),
        payload=_named("载荷", "the signed bytes, canonical base64", _BYTES | {"contentMediaType": payload_type} | payload),
        signatures=_named("签名", "one per signer, in the order of by", _SIGNATURES),
    )


_ENTRY = _object(
    v=_named("版本", "version of the entry", {"const": 1}),
    statement=_named("封装的声明", "frozen envelope", {"$ref": "envelope.json"}),
    admission=_named("入账记录", "what the log says", {"$ref": "admission.json"}),
)
_REFUSAL = _object(
    statement=_named("声明哈希", "statement hash of what was refused", _HASH),
    codes=_named("拒绝代码", "codes, sorted, each once", _array(_CODE, minItems=1, uniqueItems=True)),
    size=_named("当时条目数", "size of the log then", _SIZE),
    at=_named("拒绝时间", "when it was refused", _AT),
)


def _file(zh: str, en: str, schema: Schema) -> Schema:
    return {"title": zh, "description": en, **schema}


FIXED: dict[str, Schema] = {
    "envelope": _file(
        "声明的 DSSE 封装",
        f"DSSE envelope of a statement, at most {ENVELOPE_LIMIT} bytes",
        envelope_of(PAYLOAD_STATEMENT, {"contentSchema": {"$ref": "statement.json"}}),
    ),
    "statement": _file(
        "声明",
        f"Statement: the decoded payload of an envelope, at most {BODY_LIMIT} bytes of strict JSON; chain and body by kind",
        _STATEMENT,
    ),
    "admission": _file("入账记录", "Admission: what the log says about a statement", _ADMISSION),
    "entry": _file("条目", f"Entry: at most {ENTRY_MAX} bytes, canonical; its bytes are the Merkle leaf", _ENTRY),
    "refusal": _file("拒绝回执", f"Refusal receipt: payload of {PAYLOAD_REFUSAL}, signed by the operator", _REFUSAL),
    "login": _file(
        "登录质询", f"Login challenge: payload of {PAYLOAD_LOGIN}, built and signed by the client", msgspec.json.schema(Challenge)
    ),
    "registration": _file(
        "登记申请",
        f"Application to be registered: payload of {PAYLOAD_REGISTRATION}, signed by every key in it; no part of the log",
        msgspec.json.schema(RegistrationForm),
    ),
    "thresholds": _file("允差与期限", "Data set thresholds: tolerances and terms, all required", msgspec.json.schema(Thresholds)),
}
"""By name of the file without its ending; no ``$id`` and no examples yet (liandan.schemas)."""


def by_kind(bodies: dict[str, Schema]) -> list[Schema]:
    """Conditions of a statement: chain and body of each kind, and how many may sign where."""
    told = [
        {
            "if": {"properties": {"kind": {"const": kind}}},
            "then": {
                "properties": {
                    "chain": {"pattern": f"^{schema['x-liandan']['chain']}$"},
                    "body": {"$ref": f"{kind.replace('/', '-')}.json"},
                }
            },
        }
        for kind, schema in bodies.items()
    ]
    few = {"if": {"not": {"properties": {"chain": {"pattern": PUBLIC_SIGNERS}}}}, "then": {"properties": {"by": {"maxItems": SIGNERS_MAX}}}}
    return [*told, few]
