"""The published schemas are those of the types that read evidence, and somebody else's validator understands them."""

from __future__ import annotations

import json

import jsonschema
import pytest

from liandan.schemas import DIRECTORY, files
from liandan.wiring import kinds
from tests.workbench import Workbench, uscc


def test_docs_formats_is_what_the_types_say() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.glob("*.json")}
    assert found == files(kinds()), "run: python -m liandan.schemas"


@pytest.mark.parametrize("name", sorted(files(kinds())))
def test_each_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads((DIRECTORY / name).read_text(encoding="utf-8")))


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
