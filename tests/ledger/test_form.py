"""The form of a body: every defect at once, each with its code and place, whether msgspec or the walk finds it."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from msgspec import Struct

from ledger.admission.form import read_body
from ledger.admission.statement import read_statement
from ledger.fields import Files, Flag, Text, Uscc, later, with_code
from signing.envelope import PAYLOAD_STATEMENT, seal
from signing.phrase import word_in
from signing.refusal import Refusal
from tests.workbench import OPERATOR, Workbench, key_of


class _Inner(Struct, frozen=True, forbid_unknown_fields=True):
    name: Text


class _Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Text
    sort: Annotated[Literal["normal", "emergency"], with_code("SORT"), later("emergency")] = "normal"
    scheme: Annotated[str, later()] | None = None
    backing: Annotated[_Inner, later()] | None = None
    party: Annotated[Uscc, later()] | None = None
    lots: Annotated[tuple[_Inner, ...], later()] | None = None


def reasons(body: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        read_body(body, _Body)
    except Refusal as refusal:
        return [(reason.code, reason.field) for reason in refusal.reasons]
    return []


@pytest.mark.parametrize(
    "field", [{"scheme": "x"}, {"backing": {"name": "x"}}, {"party": OPERATOR}, {"lots": [{"name": "x"}]}, {"sort": "emergency"}]
)
@pytest.mark.parametrize("name", ["good", " "])
def test_a_field_whose_rules_come_later_is_refused_with_its_place(field: dict[str, Any], name: str) -> None:
    """In a body that is good otherwise, and beside other defects."""
    found = reasons({"name": name, **field})
    assert [reason for reason in found if reason[0] == "NOT_YET"] == [("NOT_YET", f"body.{next(iter(field))}")]
    assert (("MISSING", "body.name") in found) == (name == " ")


def test_without_such_a_field_or_with_another_value_it_is_taken() -> None:
    assert reasons({"name": "x", "sort": "normal"}) == []
    assert reasons({"name": "x", "sort": "other"}) == [("SORT", "body.sort")]


@pytest.mark.parametrize("blank", ["", " ", "\u3000\u3164", "\u200a\ufe0f", "\u2800"])
def test_a_text_of_characters_that_show_nothing_is_missing(blank: str) -> None:
    assert reasons({"name": blank}) == [("MISSING", "body.name")]


class _Filed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    files: Files = ()


@pytest.mark.parametrize("item", [True, 7, "x", [], {}, {"sha256": 7}, {"sha256": []}])
def test_items_that_are_no_files_are_refused_and_nothing_else_happens(item: object) -> None:
    """A body of the schemas' campaign: ``files: [true]`` was a fault of the server."""
    with pytest.raises(Refusal) as caught:
        read_body({"files": [item, item]}, _Filed)
    assert set(caught.value.codes) <= {"FIELD_TYPE", "FIELD_MISSING", "LIST_LENGTH"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("party.register/2", "party.register/1"),
        ("party.register", "party.register/1"),
        ("party.regster/1", "party.register/1"),
        ("x" * 5000, "a kind of docs/formats/kinds.md"),
        (7, "a kind of docs/formats/kinds.md"),
    ],
)
def test_an_unknown_kind_is_answered_with_those_that_are_read(kind: object, expected: str) -> None:
    bench = Workbench()
    body = {"kind": kind, "chain": "x", "seq": 0, "prev": "0" * 64, "by": [OPERATOR], "at": "2026-10-01T08:00:00+08:00", "body": {}}
    with pytest.raises(Refusal) as caught:
        read_statement(seal(PAYLOAD_STATEMENT, json.dumps(body).encode(), [key_of(OPERATOR)]), bench.kinds)
    reason = caught.value.reasons[0]
    assert (reason.code, reason.field) == ("KIND_UNKNOWN", "kind")
    assert expected in word_in(reason.expected, "en")
    assert {reason.field for reason in caught.value.reasons[1:]} == {"chain"}, "a chain of no kind"


class _Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields that are called as the compiled expression calls its own values."""

    value: Uscc
    held: Annotated[Uscc | None, later()] = None
    flag: Flag | None = None


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"value": OPERATOR}, []),
        ({"value": OPERATOR, "flag": True}, []),
        ({"value": OPERATOR, "flag": False}, ["FIELD_TYPE"]),
        ({"value": OPERATOR, "held": OPERATOR}, ["NOT_YET"]),
        ({"value": OPERATOR[:-1] + ("0" if OPERATOR[-1] != "0" else "1")}, ["USCC"]),
    ],
)
def test_a_field_may_have_any_name(body: dict[str, Any], codes: list[str]) -> None:
    found: list[str] = []
    try:
        read_body(body, _Named)
    except Refusal as refusal:
        found = refusal.codes
    assert found == codes
