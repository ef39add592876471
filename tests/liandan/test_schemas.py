"""The published schemas are those of the types that read evidence, and somebody else's validator understands them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from ledger.fields import CHECKS
from liandan import act_pages, schema_examples, schemas
from liandan.kind_pages import NAME
from liandan.schemas import DIRECTORY, files
from liandan.wiring import KINDS
from tests.stock import schemas as published
from tests.stock import validator
from tests.workbench import Workbench, uscc

BODIES = sorted(KINDS.by_name)
CHINESE, LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")


def test_docs_formats_is_what_the_types_say() -> None:
    found = {
        path.name: path.read_text(encoding="utf-8") for path in (*DIRECTORY.glob("*.json"), DIRECTORY / NAME, DIRECTORY / act_pages.NAME)
    }
    assert found == files(KINDS), "run: python -m liandan.schemas"


@pytest.mark.parametrize("name", sorted(published()))
def test_each_schema_is_a_schema_with_its_name_and_an_example_that_fits(name: str) -> None:
    schema = published()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{name}.json"
    assert CHINESE.search(schema["title"])
    assert LATIN.search(schema["description"])
    [example] = schema["examples"]
    validator(name).validate(example)


def _properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema and of its parts; conditions name fields again and are left out."""
    if isinstance(schema, list):
        for part in schema:
            yield from _properties(part, path)
    if isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            yield f"{path}/{name}", field
        for word, part in schema.items():
            if word not in ("allOf", "examples"):
                yield from _properties(part, f"{path}/{word}")


UNBOUND = {"Adopted", "RefusalItem", "WitnessSet", "LogFound", "Challenge", "admission"}
"""Parts whose texts are judged by more than a pattern (a policy, a name of data, an address), or by nothing."""


@pytest.mark.parametrize("name", sorted(published()))
def test_every_field_is_named_in_both_languages_and_bounded(name: str) -> None:
    for path, field in _properties(published()[name]):
        assert CHINESE.search(field.get("title", "")), path
        assert LATIN.search(field.get("description", "")), path
        owner = path.split("/")[2] if path.startswith("/$defs") else name
        if field.get("type") == "string" and owner not in UNBOUND:
            assert field.keys() & {"pattern", "enum", "const", "maxLength"}, path


def test_every_enumeration_has_its_words() -> None:
    for name, schema in published().items():
        for path, field in _properties(schema):
            for part in (field, field.get("items", {})):
                if isinstance(part, dict) and "enum" in part and "x-words" in part:
                    assert part["x-words"].keys() == set(part["enum"]), (name, path)


def test_every_check_is_told_in_words() -> None:
    assert schemas.CHECKS.keys() == CHECKS.keys(), "a check of ledger.fields that readers of a schema would not hear of"


def test_what_no_schema_can_say_stands_in_words() -> None:
    told = published()["manifest.issue-1"]["$defs"]["Issue"]["properties"]
    assert "GB 32100" in told["receiver"]["description"]
    departs = published()["manifest.depart-1"]["$defs"]["Depart"]["properties"]
    assert "NOT_YET" in departs["licence"]["description"]
    assert "no Z" in told["planned_at"]["description"]


def test_examples_are_the_frozen_statements() -> None:
    for kind in BODIES:
        assert published()[kind.replace("/", "-")]["examples"] == [schema_examples.statements()[kind]["body"]]


def test_a_statement_is_judged_with_chain_and_body_of_its_kind() -> None:
    issue = schema_examples.statements()["manifest.issue/1"]
    assert validator("statement").is_valid(issue)
    assert not validator("statement").is_valid(issue | {"body": {}})
    assert not validator("statement").is_valid(issue | {"chain": "log/main"})
    assert not validator("statement").is_valid(issue | {"kind": "manifest.issue/2"})
    assert not validator("statement").is_valid(issue | {"by": [uscc("510112", serial) for serial in range(1, 6)]})


def golden_statements() -> Iterator[dict[str, Any]]:
    """Every statement of the golden logs, decoded by somebody who knows only base64 and JSON."""
    for log in schema_examples.LOGS:
        for item in schema_examples.read_log(log)["entries"]:
            yield schema_examples.statement_in(schema_examples.decoded(item["entry"]))


def test_the_golden_statements_fit_their_schemas() -> None:
    for statement in golden_statements():
        validator("statement").validate(statement)
        validator(statement["kind"]).validate(statement["body"])


def test_a_schema_refuses_what_the_form_refuses() -> None:
    """Not only descriptions: an unknown field, a missing one, null and a wrong type are none of the kind."""
    for kind, statement in schema_examples.statements().items():
        body = statement["body"]
        assert not validator(kind).is_valid(body | {"nobody": 1})
        for name in body:
            assert not validator(kind).is_valid(body | {name: None}), name
            assert not validator(kind).is_valid(body | {name: 1.5}), name


def test_entries_fit_the_schemas() -> None:
    bench = Workbench()
    bench.register(uscc("510112", 2))
    for entry in bench.entries:
        validator("entry").validate(json.loads(entry.raw))
        validator("statement").validate(json.loads(entry.envelope.body))


def test_a_login_names_what_it_asks_for_in_a_list() -> None:
    """Case of November 2026: the schema said ``scope: string``, the server wanted an array. test_schema_examples logs in with it."""
    login = schema_examples.fixed()["login"]
    validator("login").validate(login)
    for scope in ("read", [], ["write"], ["read", "post", "read"]):
        assert not validator("login").is_valid(login | {"scope": scope})
