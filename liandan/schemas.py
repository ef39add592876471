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
from liandan.wiring import kinds as all_kinds
from whitelist.thresholds import Thresholds

DIRECTORY = Path(__file__).resolve().parent.parent / "docs" / "formats"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEX64 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_B64 = {"type": "string", "contentEncoding": "base64"}
_AT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$"}
_USCC = {"type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$"}
_CODE = {"type": "string", "pattern": "^[A-Z0-9_]+$"}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _file(title: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": title, **schema}


_SIGNATURE = _object({"keyid": _HEX64, "sig": _B64})
ENVELOPE = _file(
    "DSSE envelope (formats §1)",
    _object({"payloadType": {"type": "string"}, "payload": _B64, "signatures": {"type": "array", "items": _SIGNATURE, "minItems": 1}}),
)
STATEMENT = _file(
    "Statement: the decoded payload of an envelope (formats §1); body by kind",
    _object(
        {
            "kind": {"type": "string", "pattern": f"^{KIND_PATTERN.pattern}$"},
            "chain": {"type": "string", "pattern": f"^{CHAIN_PATTERN.pattern}$"},
            "seq": _COUNT,
            "prev": _HEX64,
            "by": {"type": "array", "items": _USCC, "minItems": 1, "maxItems": SIGNERS_MAX_ALL, "uniqueItems": True},
            "for": _USCC,
            "at": _AT,
            "seen": _object({"size": {**_COUNT, "minimum": 1}, "root": _B64}),
            "body": {"type": "object"},
        },
        optional=("for", "seen"),
    )
    | {"description": f"At most {SIGNERS_MAX} signers, {SIGNERS_MAX_ALL} on log/main and party/ chains."},
)
_TAG = {"type": "array", "prefixItems": [_CODE, {"type": "integer"}], "items": False, "minItems": 1}
_ALERT = {"type": "array", "prefixItems": [{"enum": ["L", "M", "H"]}, _CODE], "items": False, "minItems": 2}
_ACCOUNT = _object(
    {
        "account": {"type": "string", "pattern": "^(Q1 list/.+ [0-9]+|Q2 approval/.+ [0-9]+|Q3 permit/.+)$"},
        "prev_index": _COUNT,
        "before_g": {"type": "integer"},
        "after_g": {"type": "integer"},
    },
    optional=("prev_index",),
)
_DECISION = _object(
    {
        "route": _CODE,
        "tags": {"type": "array", "items": _TAG},
        "alerts": {"type": "array", "items": _ALERT},
        "accounts": {"type": "array", "items": _ACCOUNT},
    },
    optional=("route",),
)
_FACT = {"type": "array", "prefixItems": [{"type": "string"}, _COUNT], "items": False, "minItems": 2}
ADMISSION = _file(
    "Admission: what the log says about a statement (formats §4)",
    _object(
        {
            "index": _COUNT,
            "at": {**_AT, "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$"},
            "ruleset": {"type": "string"},
            "facts": {"type": "array", "items": _FACT},
            "decision": _DECISION,
        }
    ),
)
ENTRY = _file(
    f"Entry: at most {ENTRY_MAX} bytes, canonical (formats §4)",
    _object({"v": {"const": 1}, "statement": {"$ref": "envelope.json"}, "admission": {"$ref": "admission.json"}}),
)
REFUSAL = _file(
    "Refusal receipt: payload of application/vnd.liandan.refusal.v1+json (formats §8)",
    _object({"statement": _HEX64, "codes": {"type": "array", "items": _CODE, "minItems": 1}, "size": _COUNT, "at": _AT}),
)
LOGIN = _file(
    "Login challenge: payload of application/vnd.liandan.login.v1+json (formats §8)",
    _object(
        {
            "origin": {"type": "string"},
            "audience": {"type": "string"},
            "nonce": _B64,
            "keyid": _HEX64,
            "not_after": _AT,
            "scope": {"type": "string"},
        }
    ),
)
THRESHOLDS = _file("Data set thresholds: tolerances and terms (formats §5)", msgspec.json.schema(Thresholds))


def kind_schema(kind: Kind, kinds: Kinds) -> dict[str, Any]:
    """Schema of a kind's body, with what formats §3, §4 and §6 ask to be published beside it."""
    pattern = kinds.chain_pattern(kind.chain_type)
    schema = _without_null(msgspec.json.schema(kind.body))
    for field in fields_of(kind.body):
        # msgspec leaves the label of a part out where it refers to the part's own definition.
        place = _place(schema, field.path)
        place |= {name: text for name, text in (("title", field.zh), ("description", field.en)) if text and name not in place}
    return {
        "$schema": DIALECT,
        "title": " ".join(part for part in (kind.name, kind.zh, kind.en) if part),
        "x-liandan": {
            "chain": "" if pattern is None else pattern.pattern,
            "by": list(kind.roles),
            "opens": kind.opens,
            "again": kind.again or not kind.opens,
            "window": kind.window.value,
            "route": kind.routed,
            "reads": kind.reads_doc,
        },
        **schema,
    }


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
    fixed = {
        "envelope": ENVELOPE,
        "statement": STATEMENT,
        "admission": ADMISSION,
        "entry": ENTRY,
        "refusal": REFUSAL,
        "login": LOGIN,
        "thresholds": THRESHOLDS,
    }
    by_kind = {name.replace("/", "-"): kind_schema(kind, kinds) for name, kind in kinds.by_name.items()}
    schemas = {
        f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
        for name, schema in sorted((fixed | by_kind).items())
    }
    return schemas | {kind_pages.NAME: kind_pages.kinds_page(kinds)}


def main() -> None:
    """Write the files and remove those of kinds that are gone."""
    wanted = files(all_kinds())
    for path in DIRECTORY.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (DIRECTORY / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
