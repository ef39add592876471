"""The bodies of statements against the published JSON Schemas, docs/formats/<kind>-<version>.json.

As much of JSON Schema (2020-12) as those files use, and no more: a word that is not known here stops the reader, so that no promise of a
schema passes unread. A kind without a file is a kind that does not exist. Beside the standard words the files say ``x-code``, the refusal
that a value out of form has (``x-codes``: of values of this name; ``x-long``: of a text that is too long); ``x-check``, what no pattern can say, with ``x-check-code``; and
``x-later``: a field, or values of it, whose rules come with a later version.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from .signatures import is_uscc
from .strict import Bad, instant, is_day, need

FORMATS = Path(__file__).resolve().parents[2] / "formats"
Check = Callable[[Any, str], None]  # of a value and its path


def _is_at(text: str) -> bool:
    try:
        return instant(text) is not None
    except Bad:
        return False


def _are_commitments(found: dict[str, Any]) -> bool:
    names = all(len(name) <= 64 and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)*", name) for name in found)
    return len(found) <= 32 and names and all(re.fullmatch("[0-9a-f]{64}", digest) for digest in found.values())


CHECKS: dict[str, Callable[[Any], bool]] = {
    "uscc": is_uscc,
    "party": lambda chain: is_uscc(chain.split("/")[1]),
    "at": _is_at,
    "day": is_day,
    "once": lambda items: all(item not in items[:place] for place, item in enumerate(items)),
    "files": lambda items: len({item["sha256"] for item in items}) == len(items),
    "commitments": _are_commitments,
}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda value, words: value in words,
    "const": lambda value, word: value == word,
    "pattern": lambda value, pattern: bool(re.search(pattern, value)),
    "minLength": lambda value, least: len(value) >= least,
    "maxLength": lambda value, most: len(value) <= most,
    "minItems": lambda value, least: len(value) >= least,
    "maxItems": lambda value, most: len(value) <= most,
    "minProperties": lambda value, least: len(value) >= least,
    "maxProperties": lambda value, most: len(value) <= most,
    "minimum": lambda value, least: value >= least,
    "maximum": lambda value, most: value <= most,
    "exclusiveMinimum": lambda value, least: value > least,
    "uniqueItems": lambda value, _: CHECKS["once"](value),
}
UNREAD = {
    "$schema",
    "$id",
    "format",
    "contentEncoding",
    "contentMediaType",
    "$defs",
    "title",
    "description",
    "default",
    "examples",
    "x-liandan",
    "x-words",
    "x-code",
    "x-codes",
    "x-long",
    "x-check-code",
}
READ = {
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "anyOf",
    "propertyNames",
    "x-check",
    "x-later",
} | LIMITS.keys()


class Schema:
    """One file, made into checks once."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.whole = name, json.loads(text)
        self._parts = dict[str, Check]()

    @cached_property
    def check(self) -> Check:
        """Raises ``Bad`` at the first thing out of form."""
        return self._compile(self.whole)

    def field(self, names: list[str]) -> tuple[Check, bool]:
        """The check of a field deep in the body (``lines``, ``0``, ``code``), and whether what it stands in must have it."""
        part, is_required = self.whole, False
        for name in names:
            part, is_required = next(self._within(part, name))
        return self._compile(part), is_required

    def _within(self, part: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any], bool]]:
        if "$ref" in part:
            yield from self._within(self.whole["$defs"][part["$ref"].rpartition("/")[2]], name)
        for choice in part.get("anyOf", ()):
            yield from self._within(choice, name)
        if name in part.get("properties", {}):
            yield part["properties"][name], name in part.get("required", [])
        elif name.isdecimal() and "items" in part:
            yield part["items"], True

    def _refer(self, reference: str) -> Check:
        name = reference.rpartition("/")[2]

        def check(value: Any, path: str) -> None:
            if name not in self._parts:  # at the first use: a part may hold itself
                self._parts[name] = self._compile(self.whole["$defs"][name])
            self._parts[name](value, path)

        return check

    def _compile(self, part: dict[str, Any]) -> Check:
        unknown = sorted((part.keys() - UNREAD - READ) | ({part.get("x-check")} - CHECKS.keys() - {None}))
        if unknown:
            raise ValueError(f"{self.name}: a reader that does not know {unknown} must not say that a body fits")
        code = part.get("x-code", "LIST_LENGTH" if part.get("type") == "array" else "FIELD_TYPE")
        of_limit = {"maxLength": part.get("x-long", code)}
        steps = list[Check]()
        if "x-later" in part:
            steps.append(self._limit(lambda value, later: later is not True and value not in later, part["x-later"], "NOT_YET"))
        if "$ref" in part:
            steps.append(self._refer(part["$ref"]))
        if "type" in part:
            steps.append(self._of_type(TYPES[part["type"]]))
        if "anyOf" in part:
            steps.append(self._any_of([self._compile(choice) for choice in part["anyOf"]], code))
        for word in part.keys() & LIMITS.keys():
            if word == "enum" and "x-codes" in part:
                steps.append(self._named(part["x-codes"]))
            steps.append(self._limit(LIMITS[word], part[word], of_limit.get(word, code)))
        if part.get("type") == "object" or "properties" in part:
            steps.append(self._object(part))
        if "items" in part:
            steps.append(self._items(self._compile(part["items"])))
        if "x-check" in part:
            holds = CHECKS[part["x-check"]]
            steps.append(self._limit(lambda value, _: holds(value), part["x-check"], part.get("x-check-code", code)))

        def check(value: Any, path: str) -> None:
            for step in steps:
                step(value, path)

        return steps[0] if len(steps) == 1 else check

    def _of_type(self, kind: type) -> Check:
        return lambda value, path: need(type(value) is kind, "FIELD_TYPE", path, value, kind.__name__)

    def _limit(self, holds: Callable[[Any, Any], bool], limit: Any, code: str) -> Check:
        return lambda value, path: need(holds(value, limit), code, path, value, limit)

    def _named(self, codes: dict[str, str]) -> Check:
        """Values outside an enumeration that are refused by their own name."""
        return lambda value, path: need(value not in [*codes], codes.get(str(value), ""), path, value, "a value of the list")

    def _any_of(self, choices: list[Check], code: str) -> Check:
        def check(value: Any, path: str) -> None:
            for choice in choices:
                try:
                    return choice(value, path)
                except Bad:
                    continue
            raise Bad(code, path, value, "one of several forms")

        return check

    def _items(self, item: Check) -> Check:
        def check(value: Any, path: str) -> None:
            for place, inner in enumerate(value):
                item(inner, f"{path}.{place}")

        return check

    def _object(self, part: dict[str, Any]) -> Check:
        fields = {name: self._compile(inner) for name, inner in part.get("properties", {}).items()}
        required, others = part.get("required", []), part.get("additionalProperties", True)
        name_check = self._compile(part["propertyNames"]) if "propertyNames" in part else None
        other_check = self._compile(others) if isinstance(others, dict) else None

        def check(value: Any, path: str) -> None:
            for name in required:
                need(name in value, "FIELD_MISSING", f"{path}.{name}")
            for name, inner in value.items():
                if name_check:
                    name_check(name, f"{path}.{name}")
                if name in fields:
                    fields[name](inner, f"{path}.{name}")
                elif other_check:
                    other_check(inner, f"{path}.{name}")
                else:
                    need(others is True, "FIELD_UNKNOWN", f"{path}.{name}")

        return check


class Schemas:
    """All files of a directory, each read when its kind first appears."""

    def __init__(self, directory: Path = FORMATS) -> None:
        self.files = {path.stem.replace("-", "/"): path for path in sorted(directory.glob("*.*-*.json"))}
        if not self.files:
            raise FileNotFoundError(f"no schemas in {directory}")
        self._read = dict[str, Schema]()

    def __contains__(self, kind: str) -> bool:
        return kind in self.files

    def of(self, kind: str) -> Schema:
        """The schema of a kind's bodies."""
        if kind not in self._read:
            self._read[kind] = Schema(kind, self.files[kind].read_text(encoding="utf-8"))
        return self._read[kind]

    def body(self, kind: str, body: Any) -> None:
        """Raise ``Bad`` unless the body fits its kind."""
        self.of(kind).check(body, "body")

    def field(self, kind: str, names: list[str]) -> tuple[Check, bool]:
        """See ``Schema.field``."""
        return self.of(kind).field(names)
