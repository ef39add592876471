"""The published schemas are those of the types that read evidence, and somebody else's validator understands them."""

from __future__ import annotations

import base64
import json
from typing import Any

import jsonschema
import pytest

from liandan.kind_pages import NAME
from liandan.schemas import DIRECTORY, files
from liandan.wiring import KINDS
from tests.workbench import Workbench, uscc


def test_docs_formats_is_what_the_types_say() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in (*DIRECTORY.glob("*.json"), DIRECTORY / NAME)}
    assert found == files(KINDS), "run: python -m liandan.schemas"


@pytest.mark.parametrize("name", sorted(files(KINDS).keys() - {NAME}))
def test_each_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads((DIRECTORY / name).read_text(encoding="utf-8")))


VECTORS = DIRECTORY.parents[1] / "tests/vectors/liandan-v1"


def golden_statements() -> list[dict[str, Any]]:
    """Every statement of the golden log of acts, decoded by somebody who knows only base64 and JSON."""
    entries = json.loads((VECTORS / "acts.json").read_text(encoding="utf-8"))["entries"]
    envelopes = [json.loads(base64.b64decode(item["entry"]))["statement"] for item in entries]
    return [json.loads(base64.b64decode(envelope["payload"])) for envelope in envelopes]


def test_the_golden_bodies_fit_their_schemas() -> None:
    statements = golden_statements()
    assert len({statement["kind"] for statement in statements}) > 20
    schemas = {name: jsonschema.Draft202012Validator(json.loads(text)) for name, text in files(KINDS).items() if name != NAME}
    for statement in statements:
        schemas["statement.json"].validate(statement)
        schemas[statement["kind"].replace("/", "-") + ".json"].validate(statement["body"])


def test_a_schema_refuses_what_the_form_refuses() -> None:
    """Not only descriptions: an unknown field, a missing one, null and a wrong type are none of the kind."""
    statements = golden_statements()
    for statement in {statement["kind"]: statement for statement in statements}.values():
        schema = jsonschema.Draft202012Validator(json.loads(files(KINDS)[statement["kind"].replace("/", "-") + ".json"]))
        body = statement["body"]
        assert not schema.is_valid(body | {"nobody": 1})
        for name in body:
            assert not schema.is_valid(body | {name: None}), name
            assert not schema.is_valid(body | {name: 1.5}), name


def test_entries_fit_the_schemas() -> None:
    bench = Workbench()
    bench.register(uscc("510112", 2))
    admission = json.loads((DIRECTORY / "admission.json").read_text())
    statement = json.loads((DIRECTORY / "statement.json").read_text())
    for entry in bench.entries:
        jsonschema.validate(json.loads(entry.raw)["admission"], admission)
        body = json.loads(entry.envelope.body)
        jsonschema.validate(body, statement)
        own = json.loads((DIRECTORY / (entry.statement.kind.replace("/", "-") + ".json")).read_text())
        jsonschema.validate(body["body"], own)
