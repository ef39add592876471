"""Schemas in shapes that generators of clients read as they are meant."""

from typing import Any


def plain(schema: Any, *, optional: bool = False) -> Any:  # any part of a schema
    """A schema that generators of clients read as it is meant. Optional fields are absent, never null; what may be null says it in its type;
    whole numbers have 64 bits. No default, which generators take as a promise that the field is there; no ``date`` or ``date-time``: a client
    that makes a moment of a text sends other text back, and signs it.
    """
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    required = set(schema.get("required", ()))
    found = {
        key: {name: plain(part, optional=name not in required) for name, part in value.items()} if key == "properties" else plain(value)
        for key, value in schema.items()
        if key != "default" and not (key == "format" and value in ("date", "date-time"))
    }
    if "anyOf" in found:
        found = _choice(found, optional=optional)
    if "type" not in found and all(isinstance(value, str) for value in found.get("enum", [None])):
        found["type"] = "string"
    if found.get("type") == "integer":
        found.setdefault("format", "int64")
    return found


def _choice(schema: dict[str, Any], *, optional: bool) -> dict[str, Any]:
    """``anyOf`` by what it is: a thing or nothing, or several simple types."""
    choices: list[dict[str, Any]] = schema.pop("anyOf")
    some = [one for one in choices if one != {"type": "null"}]
    is_nullable = len(some) < len(choices) and not optional
    if len(some) > 1:
        return schema | {"type": [one["type"] for one in some] + ["null"] * is_nullable}
    [one] = some
    if not is_nullable:
        return schema | one
    if "$ref" in one:
        return schema | {"oneOf": [one, {"type": "null"}]}
    if "enum" in one:
        return schema | one | {"enum": [*one["enum"], None], "type": ["string", "null"]}
    return schema | one | {"type": [one["type"], "null"]}
