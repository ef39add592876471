"""JSON Schemas of everything that evidence is made of, written to ``docs/formats/`` (formats §9) from the very types that read it.

One file per kind (its body, with chain, signers, window and reads beside it), one each for envelope, statement, admission, receipt,
login and the data set ``thresholds``, and ``kinds.md`` for people. Run ``python -m liandan.schemas`` after a kind has changed; a test compares.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from ledger.admission.entry import ENTRY_MAX
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.admission.statement import KIND_PATTERN, SIGNERS_MAX, SIGNERS_MAX_ALL
from ledger.chain import CHAIN_PATTERN
from ledger.labels import fields_of
from liandan import kind_pages
from liandan.wiring import KINDS
from whitelist.thresholds import Thresholds

DIRECTORY = Path(__file__).resolve().parent.parent / "docs" / "formats"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEX64 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_B64 = {"type": "string", "contentEncoding": "base64"}
_AT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$"}
_USCC = {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}
_CODE = {"type": "string", "pattern": "^[A-Z0-9_]+$"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}


def _object(optional: str = "", /, **properties: Any) -> dict[str, Any]:
    """An object of just these; ``optional`` names what may be absent, between spaces. A name behind ``_`` is the word without it."""
    named = {name.removeprefix("_"): schema for name, schema in properties.items()}
    required = [name for name in named if name not in optional.split()]
    return {"type": "object", "properties": named, "required": required, "additionalProperties": False}


def _array(items: dict[str, Any], **limits: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def _row(least: int, *items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "prefixItems": list(items), "items": False, "minItems": least}


def _file(title: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": title, **schema}


_ACCOUNTS = {"type": "string", "pattern": "^(Q1 list/.+ [0-9]+|Q2 approval/.+ [0-9]+|Q3 permit/.+)$"}
_ACCOUNT = _object("prev_index", account=_ACCOUNTS, prev_index=_COUNT, before_g={"type": "integer"}, after_g={"type": "integer"})
_TAGS, _ALERTS = _array(_row(1, _CODE, {"type": "integer"})), _array(_row(2, {"enum": ["L", "M", "H"]}, _CODE))
_DECISION = _object("route", route=_CODE, tags=_TAGS, alerts=_ALERTS, accounts=_array(_ACCOUNT))
_OURS = {**_AT, "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$"}
_FACTS = _array(_row(2, _TEXT, _COUNT))
_STATEMENT = _object(
    "for seen", kind={"type": "string", "pattern": f"^{KIND_PATTERN.pattern}$"},
    chain={"type": "string", "pattern": f"^{CHAIN_PATTERN.pattern}$"}, seq=_COUNT, prev=_HEX64,
    by=_array(_USCC, minItems=1, maxItems=SIGNERS_MAX_ALL, uniqueItems=True), _for=_USCC, at=_AT,
    seen=_object(size={**_COUNT, "minimum": 1}, root=_B64), body={"type": "object"},
)  # fmt: skip
_SIGNATURES = _array(_object(keyid=_HEX64, sig=_B64), minItems=1)
_ENVELOPE = _object(payloadType=_TEXT, payload=_B64, signatures=_SIGNATURES)
_ADMISSION = _object(index=_COUNT, at=_OURS, ruleset=_TEXT, facts=_FACTS, decision=_DECISION)
_ENTRY = _object(v={"const": 1}, statement={"$ref": "envelope.json"}, admission={"$ref": "admission.json"})
_REFUSAL = _object(statement=_HEX64, codes=_array(_CODE, minItems=1), size=_COUNT, at=_AT)
_LOGIN = _object(origin=_TEXT, audience=_TEXT, nonce=_B64, keyid=_HEX64, not_after=_AT, scope=_TEXT)
FIXED = {
    "envelope": _file("DSSE envelope (formats §1)", _ENVELOPE),
    "statement": _file("Statement: the decoded payload of an envelope (formats §1); body by kind", _STATEMENT)
    | {"description": f"At most {SIGNERS_MAX} signers, {SIGNERS_MAX_ALL} on log/main and party/ chains."},
    "admission": _file("Admission: what the log says about a statement (formats §4)", _ADMISSION),
    "entry": _file(f"Entry: at most {ENTRY_MAX} bytes, canonical (formats §4)", _ENTRY),
    "refusal": _file("Refusal receipt: payload of application/vnd.liandan.refusal.v1+json (formats §8)", _REFUSAL),
    "login": _file("Login challenge: payload of application/vnd.liandan.login.v1+json (formats §8)", _LOGIN),
    "thresholds": _file("Data set thresholds: tolerances and terms (formats §5)", msgspec.json.schema(Thresholds)),
}


def kind_schema(kind: Kind, kinds: Kinds) -> dict[str, Any]:
    """Schema of a kind's body, with what formats §3, §4 and §6 ask to be published beside it."""
    pattern = kinds.chain_pattern(kind.chain_type)
    schema = _without_null(msgspec.json.schema(kind.body))
    for field in fields_of(kind.body):
        # msgspec leaves the label of a part out where it refers to the part's own definition.
        place = _place(schema, field.path)
        place |= {name: text for name, text in (("title", field.zh), ("description", field.en)) if text and name not in place}
    told = {
        "chain": "" if pattern is None else pattern.pattern, "by": list(kind.roles), "opens": kind.opens,
        "again": kind.again or not kind.opens, "window": kind.window.value, "route": kind.routed, "reads": kind.reads_doc,
    }  # fmt: skip
    title = " ".join(part for part in (kind.name, kind.zh, kind.en) if part)
    return {"$schema": DIALECT, "title": title, "x-liandan": told, **schema}


def _place(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The part of a schema that a path of ``fields_of`` leads to."""
    place = schema
    for step in path.split("."):
        place = schema["$defs"][place["$ref"].rpartition("/")[2]] if "$ref" in place else place
        place = place["items"] if step == "*" else place["properties"][step]
    return place


def _without_null(schema: Any) -> Any:  # any part of a schema
    """Optional fields are absent, never null (formats §1), which the types alone do not say."""
    if isinstance(schema, list):
        return [_without_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _without_null(part) for key, part in schema.items() if not (key == "default" and part is None)}
    choices = [part for part in found.pop("anyOf", []) if part != {"type": "null"}]
    if len(choices) == 1:
        return found | choices[0]
    return found | {"anyOf": choices} if choices else found


def files(kinds: Kinds) -> dict[str, str]:
    """File name to content, for every schema and the page of kinds."""
    by_kind = {name.replace("/", "-"): kind_schema(kind, kinds) for name, kind in kinds.by_name.items()}
    schemas = {
        f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        for name, schema in sorted((FIXED | by_kind).items())
    }
    return schemas | {kind_pages.NAME: kind_pages.kinds_page(kinds)}


def main() -> None:
    """Write the files and remove those of kinds that are gone."""
    wanted = files(KINDS)
    for path in DIRECTORY.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (DIRECTORY / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
