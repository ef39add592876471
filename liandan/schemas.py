"""JSON Schemas of everything that evidence is made of, written to ``docs/formats/`` (formats §9) from the very types that read it.

One file per kind (its body, with chain, signers, window and reads beside it), those of ``liandan.log_schemas``, and ``kinds.md`` for people;
each with an example from the frozen corpus. Run ``python -m liandan.schemas`` after a kind has changed; a test compares. What no JSON Schema
can say stands in words in the description, and under ``x-check`` for readers that are programs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.fields import COMMITMENT_PATTERN, COMMITMENTS_MAX, CommitField
from ledger.labels import fields_of
from liandan import act_pages, kind_pages, schema_examples
from liandan.log_schemas import FIXED, by_kind
from liandan.wiring import KINDS

DIRECTORY = Path(__file__).resolve().parent.parent / "docs" / "formats"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COMMIT = {"x-code": "COMMIT_FORM"}
CHECKS: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "uscc": ("末位为校验码（GB 32100）", "the last character is a GB 32100 check character", {}),
    "party": ("链名中统一社会信用代码的校验码须正确（GB 32100）", "the USCC in the name has its GB 32100 check character", {}),
    "day": ("须为实际存在的日期", "a real day of the Gregorian calendar", {"format": "date"}),
    "at": (
        "须为实际存在的时刻，须有时区，不用 Z，不带小数秒",
        "a real moment with its offset, no Z, no fraction, in the years 1 to 9999 in UTC and in Shanghai",
        {"format": "date-time"},
    ),
    "once": ("每项一次", "each item once", {"uniqueItems": True}),
    "files": ("每个文件哈希一次", "each hash once", {}),
    "true": ("仅为 true，否则不填", "true, or absent", {}),
    "commitments": (
        "字段名至多 64 个字符",
        "see commitments in format.md",
        {
            "maxProperties": COMMITMENTS_MAX,
            "propertyNames": {**msgspec.json.schema(CommitField), **_COMMIT},
            "additionalProperties": {"type": "string", "pattern": f"^{COMMITMENT_PATTERN.pattern}$", **_COMMIT},
        },
    ),
}
"""What ``x-check`` says, in words, and as much of it as JSON Schema can say."""


def kind_schema(kind: Kind, kinds: Kinds) -> dict[str, Any]:
    """Schema of a kind's body, with what formats §3, §4 and §6 ask to be published beside it."""
    patterns = [found.pattern for one in kind.chain_types if (found := kinds.chain_pattern(one)) is not None]
    schema = _without_null(msgspec.json.schema(kind.body))
    for field in fields_of(kind.body):
        # msgspec leaves the label of a part out where it refers to the part's own definition.
        place = _place(schema, field.path)
        place |= {name: text for name, text in (("title", field.zh), ("description", field.en)) if text and name not in place}
    told = {
        "chain": kind.chain or _one_of(patterns), "by": list(kind.roles), "opens": kind.opens,
        "again": kind.again or not kind.opens, "window": kind.window.value, "route": kind.routed, "reads": kind.reads_doc,
    }  # fmt: skip
    title = " ".join(part for part in (kind.name, kind.zh, kind.en) if part)
    rules = f"本格式之外的规则见 kinds.md。 What rules judge beyond this form: kinds.md, {kind.name}."
    said = {"title": title, "description": " ".join(filter(None, (*kind.effect, rules))), "x-liandan": told}
    return {"$schema": DIALECT, "$id": f"{_stem(kind.name)}.json", **said, **_told(schema)}


def _one_of(patterns: list[str]) -> str:
    """A regular expression of names that match one of several."""
    return f"(?:{'|'.join(patterns)})" if len(patterns) > 1 else "".join(patterns)


def _stem(kind: str) -> str:
    """Name of a kind's file without its ending."""
    return kind.replace("/", "-")


def _told(schema: Any) -> Any:  # any part of a schema
    """Every check in words, and in the words of JSON Schema where it has some."""
    if isinstance(schema, list):
        return [_told(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _told(part) for name, part in schema.items()}
    if found.get("x-code") == "MISSING" and found.get("type") == "string":
        found = {"minLength": 1, **found}
    if "x-later" in found:
        values = "" if found["x-later"] is True else f"{', '.join(found['x-later'])}: "
        found["description"] = "; ".join(
            filter(None, (found.get("description", ""), f"{values}refused NOT_YET in this version 本版暂不接受"))
        )
    if not isinstance(found.get("x-check"), str):
        return found
    zh, en, words = CHECKS[found["x-check"]]
    return {**found, **words, "description": "; ".join(filter(None, (found.get("description", ""), en, zh)))}


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


def schemas(kinds: Kinds) -> dict[str, dict[str, Any]]:
    """Every schema by the name of its file without the ending, each with its example where the corpus holds one."""
    bodies = {name: kind_schema(kind, kinds) for name, kind in kinds.by_name.items()}
    own = {name: {"$schema": DIALECT, "$id": f"{name}.json", **_told(schema)} for name, schema in FIXED.items()}
    own["statement"] = _statement(own["statement"], bodies)
    examples = schema_examples.fixed() | {_stem(name): schema_examples.body(name) for name in bodies}
    found = own | {_stem(name): schema for name, schema in bodies.items()}
    return {name: schema if examples[name] is None else {**schema, "examples": [examples[name]]} for name, schema in sorted(found.items())}


def _statement(schema: dict[str, Any], bodies: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The statement, which refers to the bodies by kind."""
    fields = schema["properties"]
    return {**schema, "properties": {**fields, "kind": {**fields["kind"], "enum": sorted(bodies)}}, "allOf": by_kind(bodies)}


def files(kinds: Kinds) -> dict[str, str]:
    """File name to content, for every schema and the page of kinds."""
    told = {
        f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=False) + "\n" for name, schema in schemas(kinds).items()
    }
    return told | {kind_pages.NAME: kind_pages.kinds_page(kinds), act_pages.NAME: act_pages.acts_page(kinds)}


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
