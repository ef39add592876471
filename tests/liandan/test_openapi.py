"""``/schema`` is whole: what others generate clients from says everything, once, in shapes that generators read as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from msgspec import Struct
from msgspec.json import schema_components

from liandan.app import create_app
from liandan.health import Metrics
from liandan.openapi import EVERYWHERE
from liandan.openapi_words import TAGS, USERS
from liandan.plain_schema import plain
from liandan.problems import BY_STATUS
from liandan.settings import Settings
from liandan.wiring import KINDS

PROBLEM = {"$ref": "#/components/schemas/Problem"}
MEDIA_OF_BYTES = ("*/*", "application/pdf", "application/octet-stream", "application/vnd.")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("openapi"))
    access: Any = create_app(settings, *cast("Any", (None, None, None)), Metrics(), cast("Any", None))
    found: dict[str, Any] = access._app.framework.openapi_schema.to_schema()
    return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    every = [operation for item in document["paths"].values() for operation in item.values()]
    return {operation["operationId"]: operation for operation in every}


def parts_of(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts_of(part)


def found_at(document: dict[str, Any], ref: str) -> dict[str, Any]:
    """What a reference leads to."""
    place: Any = document
    for step in ref.removeprefix("#/").split("/"):
        place = place[step]
    found: dict[str, Any] = place
    return found


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document: dict[str, Any]) -> None:
    refs = {part["$ref"] for part in parts_of(document) if isinstance(part.get("$ref"), str)}
    assert all(found_at(document, ref) for ref in refs)
    for kind in ("responses", "headers", "parameters"):
        assert {ref for ref in refs if f"/components/{kind}/" in ref} == {
            f"#/components/{kind}/{name}" for name in document["components"][kind]
        }


def test_operations_have_speaking_names_one_tag_and_a_text(document: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    assert len(operations) == sum(map(len, document["paths"].values())), "a name stands once"
    for name, operation in operations.items():
        assert re.fullmatch("[a-z]+([A-Z][a-z0-9]*)*", name), name
        assert len(operation["tags"]) == 1, name
        assert operation["tags"][0] in TAGS, name
        assert operation["summary"], name
        assert len(operation["description"]) > 20, name
    assert {operation["tags"][0] for operation in operations.values()} == set(TAGS)
    assert {tag for tags in USERS.values() for tag in tags} == set(TAGS)
    assert {"postStatement", "postBatch", "postToken", "getLog", "getFeed", "postChecks", "getManifest", "getCertificateOf"} <= set(
        operations
    )


def test_every_status_that_any_request_may_meet_is_declared(document: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        assert {str(status) for status in EVERYWHERE} <= set(operation["responses"]), name
        assert ("413" in operation["responses"]) == ("requestBody" in operation), name
    for name, problem in document["components"]["responses"].items():
        assert problem["content"] == {"application/problem+json": {"schema": PROBLEM}}
        assert all(code in problem["description"] for code in BY_STATUS.get(int(name.removeprefix("Problem")), "").split())
    headers = {status: set(document["components"]["responses"][f"Problem{status}"]["headers"]) for status in (401, 429, 503)}
    assert "WWW-Authenticate" in headers[401]
    assert "Retry-After" in headers[429] & headers[503]


def test_who_needs_a_token_is_said(operations: dict[str, dict[str, Any]]) -> None:
    needs = {name for name, operation in operations.items() if operation.get("security") == [{"token": []}]}
    assert {"getFeed", "getParty", "getPermits", "getManifest", "getCertificateOf", "deleteToken", "postChecks"} <= needs
    assert not needs & {
        "getLog",
        "getCheckpoint",
        "getTile",
        "postStatement",
        "postBatch",
        "postToken",
        "problemPage",
        "verifyPage",
        "getMachine",
    }


def test_every_parameter_says_what_it_takes(document: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    for name, operation in operations.items():
        for given in operation["parameters"]:
            one = found_at(document, given["$ref"]) if "$ref" in given else given
            schema = one["schema"]
            assert one["description"], (name, one["name"])
            assert {"pattern", "enum", "minimum", "maxLength"} & schema.keys() or schema["type"] == "boolean" or one["in"] == "header", (
                name,
                one,
            )
            assert {"examples", "enum", "minimum", "default"} & schema.keys() or "example" in one or one["name"] == "cursor", (name, one)
            for example in schema.get("examples", ()):
                assert "pattern" not in schema or re.fullmatch(schema["pattern"].strip("^$"), str(example)), (name, one["name"])


def test_bodies_are_named_types_bytes_or_lines(document: dict[str, Any], operations: dict[str, dict[str, Any]]) -> None:
    seen = set()
    for name, operation in operations.items():
        for status, answer in operation["responses"].items():
            for media_type, body in answer.get("content", {}).items():
                schema, is_bytes = body["schema"], media_type.startswith(MEDIA_OF_BYTES)
                assert (schema.get("format") == "binary") == is_bytes, (name, status, media_type)
                if media_type == "application/json":
                    assert "$ref" in schema or name.startswith(
                        ("getBundle", "getReconciliation", "getFigures", "getPublicFigures", "getRegister", "getDossier")
                    ), (
                        name,
                        status,
                    )
                seen.add(media_type)
    assert {"application/json", "application/x-ndjson", "application/pdf", "application/octet-stream", "text/plain", "text/html"} <= seen
    batch = operations["postBatch"]
    for said in (batch["requestBody"], batch["responses"]["200"]):
        lines = said["content"]["application/x-ndjson"]
        assert lines["schema"]["type"] == "string"
        assert len(found_at(document, lines["x-itemSchema"]["$ref"])["oneOf"]) == 2
    schemas = document["components"]["schemas"]
    assert {"StatementEnvelope", "DisclosedStatement", "LoginEnvelope", "Token", "BatchLine", "BatchEnd", "Problem", "CodePage"} <= set(
        schemas
    )
    assert all(schema["description"] for schema in schemas.values())
    assert operations["postToken"]["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/LoginEnvelope"}


def test_no_shape_that_generators_misread(document: dict[str, Any]) -> None:
    for part in parts_of({"paths": document["paths"], "schemas": document["components"]["schemas"]}):
        assert "anyOf" not in part, "openapi-generator merges its options into one type that asks for the fields of all"
        assert part.get("format") not in ("date", "date-time"), "a client would send another text back, and sign it"
        if isinstance(part.get("oneOf"), list):
            assert all("$ref" in one or one == {"type": "null"} for one in part["oneOf"]), part


def test_what_is_optional_in_an_answer_is_left_out_of_it(document: dict[str, Any]) -> None:
    """Else the schema would promise that it is absent, and the answer would hold null."""

    def every(base: type[Struct]) -> Iterator[type[Struct]]:
        for one in base.__subclasses__():
            yield one
            yield from every(one)

    named = {
        one.__name__: one
        for one in every(Struct)
        if one.__module__.partition(".")[0] in ("ledger", "whitelist", "manifests", "reports", "liandan")
    }
    for name in document["components"]["schemas"]:
        if name in named and named[name].__module__.rpartition(".")[2] in (
            "answers",
            "problem",
            "routes",
            "describing",
            "identity",
            "health",
        ):
            config, given = named[name].__struct_config__, named[name].__struct_defaults__
            assert config.omit_defaults or config.forbid_unknown_fields or None not in given, name


class Sample(Struct, omit_defaults=True):
    """For the test below."""

    must: str | None
    kind: str
    may: int | None = None
    other: tuple[str | int, ...] = ()


def test_optional_is_absent_and_nullable_says_so() -> None:
    _, parts = schema_components([Sample], ref_template="#/components/schemas/{name}")
    fields = plain(parts["Sample"])["properties"]
    assert fields["must"] == {"type": ["string", "null"]}
    assert fields["may"] == {"type": "integer", "format": "int64"}
    assert fields["other"]["items"] == {"type": ["integer", "string"]} or fields["other"]["items"] == {"type": ["string", "integer"]}
    day = plain({"type": "object", "properties": {"day": {"type": "string", "format": "date", "pattern": "^x$"}}})
    assert day["properties"]["day"] == {"type": "string", "pattern": "^x$"}


def test_acts_are_components_by_kind(document: dict[str, Any]) -> None:
    """From the envelope to the statement, from the statement by kind to its body."""
    schemas = document["components"]["schemas"]
    payload = schemas["StatementEnvelope"]["properties"]["payload"]
    assert payload["contentMediaType"] == "application/vnd.liandan.statement.v1+json"
    assert payload["contentSchema"] == {"$ref": "#/components/schemas/Statement"}
    assert schemas["LoginEnvelope"]["properties"]["payload"]["contentSchema"] == {"$ref": "#/components/schemas/Challenge"}
    assert schemas["Challenge"]["properties"]["scope"]["type"] == "array"
    mapping = schemas["Statement"]["discriminator"]["mapping"]
    assert mapping.keys() == KINDS.by_name.keys()
    assert [part["$ref"] for part in schemas["Statement"]["oneOf"]] == list(mapping.values())
    for kind, place in mapping.items():
        statement = found_at(document, place)
        assert statement["properties"]["kind"]["const"] == kind
        assert statement["properties"]["body"]["$ref"] == f"#/components/schemas/{KINDS.by_name[kind].body.__name__}"
        assert statement["properties"]["body"]["examples"]
    assert set(schemas["Issue"]["properties"]["mode"]["enum"]) == {"road", "rail", "water", "pipeline", "other"}
