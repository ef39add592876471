"""The acts in ``/schema``: statements and bodies of every kind as components of the OpenAPI document, from the published schemas.

``Statement`` chooses by ``kind`` among ``<Kind>Statement``, whose ``body`` is the schema of that kind; what an envelope's payload decodes to
refers to it. Names of bodies and their parts are those of the types in the code (``Issue``, ``File``), unique in the whole house.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from liandan.schema_routes import served

PLACE = "#/components/schemas/"
PAYLOADS = {"StatementEnvelope": "Statement", "LoginEnvelope": "Challenge"}
"""Component of an envelope to that of its decoded payload."""
_DROPPED = ("$schema", "$id", "x-liandan", "examples", "$defs", "allOf")
_KIND = re.compile(r"(?P<name>[a-z_.]+)-(?P<version>[0-9]+)")

Json = dict[str, Any]


def class_name(stem: str) -> str:
    """``manifest.hand_over-1`` as ``ManifestHandOver``; another version than the first carries its number."""
    match = _KIND.fullmatch(stem)
    assert match is not None, stem
    words = "".join(part.capitalize() for part in re.split("[._]", match["name"]))
    return words if match["version"] == "1" else f"{words}V{match['version']}"


def _moved(schema: Any, *, is_fields: bool = False) -> Any:  # any part of a schema
    """A part of a published schema as it stands among components: references to its parts lead there."""
    if isinstance(schema, list):
        return [_moved(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {word: part for word, part in schema.items() if is_fields or word not in _DROPPED}
    return {
        word: f"{PLACE}{part.rpartition('/')[2]}" if word == "$ref" and not is_fields else _moved(part, is_fields=word == "properties")
        for word, part in kept.items()
    }


@cache
def components() -> Mapping[str, Json]:
    """Component name to schema: ``Statement``, one statement and one body for each kind, the parts that bodies share, a login's payload."""
    files = {name.removesuffix(".json"): msgspec.json.decode(raw) for name, raw in served().items()}
    bodies = {stem: schema for stem, schema in files.items() if _KIND.fullmatch(stem) and "." in stem}
    found: dict[str, Json] = {}
    for stem, schema in (*bodies.items(), ("login", files["login"])):
        for name, part in schema["$defs"].items():
            _add(found, name, _moved(part))
        if stem in bodies:
            _add(found, f"{class_name(stem)}Statement", _statement(stem.replace("-", "/"), schema, files["statement"]))
    mapping = {stem.replace("-", "/"): f"{PLACE}{class_name(stem)}Statement" for stem in bodies}
    whole = files["statement"]
    statement = {name: whole[name] for name in ("title", "description", "examples")} | {
        "oneOf": [{"$ref": place} for place in mapping.values()],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    _add(found, "Statement", statement)
    return found


def _add(found: dict[str, Json], name: str, schema: Json) -> None:
    """Parts that several kinds share come again and are the same."""
    if found.setdefault(name, schema) != schema:
        raise ValueError(f"two schemas are called {name}")


def _statement(kind: str, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Json:
    """The statement of one kind, with its example body as the corpus has it."""
    fields = _moved(whole["properties"], is_fields=True)
    named = {name: {word: fields[name][word] for word in ("title", "description")} for name in ("kind", "body")}
    body = named["body"] | {"$ref": f"{PLACE}{schema['$ref'].rpartition('/')[2]}"}
    own = {
        "kind": named["kind"] | {"type": "string", "const": kind},
        "chain": fields["chain"] | {"pattern": f"^{schema['x-liandan']['chain']}$"},
        "body": body | ({"examples": schema["examples"]} if "examples" in schema else {}),
    }
    return {
        "title": f"{class_name(kind.replace('/', '-'))}Statement",
        "description": f"{schema['title']}. {schema['description']} /schemas/{schema['$id']}",
        "type": "object",
        "properties": fields | own,
        "required": list(whole["required"]),
        "additionalProperties": False,
    }


def with_acts(schemas: Json, plain: Callable[[Any], Any]) -> Json:
    """The components of a document with those of acts, made ``plain`` as all others; envelopes refer to what their payload holds."""
    found = dict(schemas)
    for name, schema in components().items():
        made = plain(schema)
        if found.setdefault(name, made).get("properties", {}).keys() != made.get("properties", {}).keys():
            raise ValueError(f"two components are called {name}")
        found[name] = made
    for name, payload in PAYLOADS.items():
        if name not in found:
            continue  # an application of some routes alone
        envelope = found[name]
        told = {"contentMediaType": envelope["properties"]["payloadType"]["enum"][0], "contentSchema": {"$ref": f"{PLACE}{payload}"}}
        if name == "StatementEnvelope":
            envelope = envelope | {"examples": msgspec.json.decode(served()["envelope.json"])["examples"]}
        found[name] = envelope | {"properties": envelope["properties"] | {"payload": envelope["properties"]["payload"] | told}}
    return dict(sorted(found.items()))
