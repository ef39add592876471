"""The form of a body: every defect at once, each with its code and place, whether msgspec or the walk finds it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from msgspec import Struct

from ledger.admission.form import read_body
from ledger.fields import Text, Uscc, later, with_code
from signing.refusal import Refusal
from tests.workbench import OPERATOR


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
