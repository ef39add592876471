"""Bodies of every kind beside what the published schema and the door say of them: variants of the published examples, and bodies generated
from the schema by schemathesis. Both directions: what the schema allows is in form, what it forbids is refused with a code of form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from msgspec import Struct
from schemathesis import GenerationMode

from ledger.admission.form import body_reasons, read_body
from liandan.act_components import components
from liandan.wiring import KINDS
from signing.payload import Flawed, parse
from signing.refusal import Refusal
from tests.stock import schemas, validator
from tests.vectors.second_reader import audit

UNSAID = {
    "x-check": "a check character, a real day or moment, each hash of files once, dotted names of commitments: named by x-check, told in words",
    "x-later": "a field whose rules come later is NOT_YET",
    "3.0": "JSON Schema takes a number without fraction for an integer however it is spelled; strict JSON does not: NOT_INTEGER",
}
"""Why a body that the schema allows may yet be refused at the door; nothing else may."""
OF_TEXT = frozenset(
    {"NOT_NFC", "UNASSIGNED_CHARACTER", "PERSONAL_DATA", "FORBIDDEN_CHARACTER", "NOT_INTEGER", "INTEGER_RANGE", "BODY_TOO_LARGE"}
)
"""Refusals of any text anywhere, whatever its kind (format.md): no schema repeats them."""


class Verdict(Struct, frozen=True):
    """What three readers say of one body: a stock validator, the second reader with its checks, the door."""

    is_allowed: bool
    is_complete: bool
    codes: tuple[str, ...]

    @property
    def disagreement(self) -> str:
        """What is wrong between them; empty where they agree."""
        if self.is_allowed and not self.is_complete and not self.codes:
            return "the door takes what x-check or x-later forbids"
        if self.is_complete and self.codes and not OF_TEXT.issuperset(self.codes):
            return f"the schema allows what the door refuses: {', '.join(self.codes)}"
        if not self.is_allowed and not self.codes:
            return "the door takes what the schema forbids"
        return ""


@cache
def _second(kind: str) -> Any:
    return audit.Schema(kind, (audit.FORMATS / f"{kind.replace('/', '-')}.json").read_text(encoding="utf-8"))


def judge(kind: str, body: object) -> Verdict:
    """The three verdicts on a body."""
    is_allowed = validator(kind).is_valid(body)
    try:
        _second(kind).check(body, "body")
        is_complete = is_allowed
    except audit.Bad:
        is_complete = False
    return Verdict(is_allowed, is_complete, codes_of(kind, body))


def codes_of(kind: str, body: object) -> tuple[str, ...]:
    """Codes of form that the door gives, those of strict JSON among them; none for a body in form."""
    form = KINDS.by_name[kind].body
    try:
        read_body(parse(json.dumps({"body": body}, ensure_ascii=False).encode("utf-8", "surrogatepass"))["body"], form)
    except Flawed as flawed:
        return tuple(flawed.beside(body_reasons(flawed.value["body"], form)).codes)
    except Refusal as refusal:
        return tuple(refusal.codes)
    return ()


# ---------------------------------------------------------------------- variants of an example


def variants(kind: str) -> Iterator[dict[str, Any]]:
    """The example with one place changed: other types, ends of ranges, every value of an enumeration, one item more, a field less or more."""
    schema = schemas()[kind.replace("/", "-")]
    [example] = schema["examples"]
    for path, value, part in _places(example, schema, schema["$defs"]):
        for other in _others(value, part):
            yield _with(example, path, other)
        if path:
            yield _without(example, path)


Path = tuple[str | int, ...]


def _places(value: Any, part: Any, defs: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Every place of an example with its part of the schema."""
    part = {**defs[part["$ref"].rpartition("/")[2]], **part} if "$ref" in part else part
    yield path, value, part
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, part.get("properties", {}).get(name, {}), defs, (*path, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value[:2]):
            yield from _places(inner, part["items"], defs, (*path, position))


def _others(value: Any, part: Any) -> Iterator[Any]:
    for other in (None, True, 7, 1.5, "甲", [], ["甲"], {}, {"x": 1}):
        if type(other) is not type(value) or other in ([], {}):
            yield other
    yield from (word for word in part.get("enum", ()) if word != value)
    match value:
        case bool():
            yield not value
        case str():
            yield from (
                "",
                " ",
                "\u3164",
                "x" * 41,
                "甲" * 201,
                "甲" * 2001,
                f"{value} ",
                f" {value}",
                value.lower(),
                f"{value}0",
                value[:-1],
            )
            yield from ("2026-02-30", "2026-02-28", "2026-11-02T24:00:00+08:00", "2026-11-02T10:00:00Z", "0", "0.000001", "５.6", "1e3")
        case int():
            yield from (-1, 0, 1, 1_000_000_000, 1_000_000_001, 2**53 - 1, value + 1)
        case list():
            yield from (value * 2, value * 600, [*value, None], value[:1])
        case dict():
            yield from (value | {"nobody": 1}, value | {"": ""})


def _with(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    first, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = _with(copy[first], tuple(rest), new)  # type: ignore[index,call-overload]  # a key of a dict or a position of a list
    return copy


def _without(value: Any, path: Path) -> Any:
    first, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[first] = _without(copy[first], tuple(rest))  # type: ignore[index,call-overload]  # the same
    else:
        del copy[first]  # type: ignore[arg-type]  # the same
    return copy


# ---------------------------------------------------------------------- bodies from the schema alone


@cache
def _operations() -> dict[str, Any]:
    """An operation for each kind whose request body is the body of the kind, for schemathesis."""
    place = "#/components/schemas/{}"
    paths = {
        f"/{kind}": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": place.format(known.body.__name__)}}},
                },
                "responses": {"200": {"description": ""}},
            }
        }
        for kind, known in KINDS.by_name.items()
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "bodies", "version": "1"},
        "paths": paths,
        "components": {"schemas": dict(components())},
    }
    found = (result.ok() for result in schemathesis.openapi.from_dict(document).get_all_operations())
    return {operation.path[1:]: operation for operation in found}


def generated(kind: str, mode: GenerationMode, count: int, see: Callable[[Any], None], start: int = 20261129) -> None:
    """Show ``count`` bodies that schemathesis makes from the schema (or against it), the same ones for the same ``start``."""

    @seed(start)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=_operations()[kind].as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        if isinstance(case.body, dict | list | str | int | float | bool):  # bytes stand for what is no JSON at all
            see(case.body)

    run()
