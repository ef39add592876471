"""One act, one value with everything about it; one name, one thing."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from ledger.admission.personality import Kind
from ledger.labels import fields_of
from liandan.wiring import KINDS
from tests.house.source import modules

EVERY = list(KINDS.by_name.values())


def test_no_public_class_name_stands_for_two_things() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_a_kind_says_everything_about_itself(kind: Kind) -> None:
    assert kind.zh
    assert kind.en
    assert all(kind.effect)
    assert kind.rules or kind.gate or kind.name == "ruleset.adopt/1"  # whose rule the table of kinds adds
    assert [field.path for field in fields_of(kind.body) if not (field.zh and field.en)] == [], "a field without a label"


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_the_values_of_an_enumeration_have_words(kind: Kind) -> None:
    """Codes of the law's own (methods, hazards of one letter) are words themselves; everything else is said in Chinese."""
    for field in fields_of(kind.body):
        values = set(field.form.strip("[]").split("]")[0].split(" / ")) if " / " in field.form else set()
        if values != {"true", "false"} and any(len(value) > 3 and value.islower() for value in values):
            assert values <= field.words.keys(), field.path
