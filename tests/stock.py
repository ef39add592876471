"""The published schemas in somebody else's hands: a stock JSON Schema validator that knows all files of ``docs/formats``."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
from referencing import Registry, Resource

from liandan.schemas import DIRECTORY


@cache
def schemas() -> dict[str, Any]:
    """Every published schema by the name of its file without its ending."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DIRECTORY.glob("*.json"))}


@cache
def registry() -> Registry[Any]:
    """All of them by their ``$id``, so that references between them hold."""
    return Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas().values()])


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """``manifest.issue/1`` or ``statement``."""
    return jsonschema.Draft202012Validator(schemas()[name.replace("/", "-")], registry=registry())
