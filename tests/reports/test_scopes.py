"""Whose statement it is: a party's and an authority's parts of a direction add up to the whole, and hold nothing of anybody else."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ledger.tree.merkle import leaf_hash, root_of
from reports.reconcile import begin, finish, scope_of, scopes_of, to_bytes, write_all
from reports.reconciliation.checks import StatementScope
from reports.reconciliation.model import MirrorEquation, MonthlyStatement
from reports.reconciliation.month.fold import Fold
from signing.refusal import Refusal
from tests.reports.month import LINES, any_story, drawn, october, trip
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER, Story
from tests.reports.test_statement_files import SCHEMA
from tests.workbench import AUTHORITY_50

TERMS = [name for name in MirrorEquation.__struct_fields__ if name != "code"]


def folded(story: Story) -> tuple[Fold, str]:
    """Everything of a story, and its root."""
    fold = begin("2026-10", story.bench.kinds, story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    return fold, b64encode(root_of(leaf_hash(entry.raw) for entry in story.bench.entries)).decode()


@cache
def two_firms() -> Story:
    """Two generators in one month, and one number on manifests of both."""
    story = Story(LINES)
    story.at("2026-10-02T08:00:00+08:00")
    story.decide_for(CARRIERS[1], "3000")
    for serial in (1, 2):
        trip(story, serial, 0, "5.5")
    story.issue(2, generator=CARRIERS[1])
    story.at("2026-11-03T08:30:00+08:00")
    trip(story, 3, 0, "5.6")
    return story


def of(story: Story, **whose: Any) -> MonthlyStatement:
    """The statement of somebody."""
    fold, root = folded(story)
    return finish(fold, scope_of(fold, **whose), root)


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_of_all_generators_are_the_whole(seed: int) -> None:
    """Every line has one generator: what all are told as generators adds up to the directions', term by term, and each is equal by itself."""
    fold, root = folded(any_story(seed))
    whole = [finish(fold, direction, root) for direction in (("51", "50"), ("50", "51"))]
    firms = sorted({row.generator for statement in whole for row in statement.rows})
    parts = [finish(fold, StatementScope(party=uscc), root) for uscc in firms]
    as_generators = [part for statement in parts for part in statement.parts if part.role == "generator"]
    assert all(statement.is_balanced for statement in parts)
    for term in TERMS:
        assert sum(getattr(part.total, term) for part in as_generators) == sum(getattr(one.total, term) for one in whole), term


def test_a_party_is_told_nothing_of_others() -> None:
    whole, mine = drawn(two_firms()), of(two_firms(), party=CARRIERS[1])
    raw = to_bytes(mine, "json")
    assert {row.generator for row in whole.rows} == {GENERATOR, CARRIERS[1]}
    assert all(CARRIERS[1] in row.parties for row in mine.rows)
    assert {row.generator for row in mine.rows} >= {CARRIERS[1]}
    assert len(mine.rows) < len(whole.rows)
    assert mine.accounts
    assert all(CARRIERS[1] in one.account for one in mine.accounts), "its own decision, neither the list's row nor the receiver's scale"
    [double] = json.loads(raw)["m6_duplicates"]
    assert (len(double["manifests"]), double["others"]) == (1, 1), "of the other one that it is there, not whose"
    assert len(whole.duplicates[0].manifests) == 2
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(raw))


def test_everybody_of_a_line_has_it_in_his_statement() -> None:
    for uscc in (GENERATOR, RECEIVER, CARRIERS[0]):
        mine = of(october(), party=uscc)
        assert mine.rows, uscc
        assert all(uscc in row.parties for row in mine.rows)
        assert mine.names[uscc] != uscc
        assert mine.stem == f"reconciliation-2026-10-{uscc}"


def test_an_authority_has_what_leaves_or_enters_its_regions() -> None:
    whole, mine = drawn(october()), of(october(), authority=AUTHORITY_50)
    assert (mine.rows, mine.total, mine.accounts) == (whole.rows, whole.total, whole.accounts)
    told = json.loads(to_bytes(mine, "json"))
    assert (told["scope"], "from" in told) == ({"authority": AUTHORITY_50, "regions": ["50"]}, False)
    assert {name: told for name, told in json.loads(to_bytes(whole, "json")).items() if name in ("scope", "from", "to")} == {
        "from": "51",
        "to": "50",
    }
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


@pytest.mark.parametrize(
    ("whose", "code"),
    [
        ({"party": "915101120000FX0999"}, "USCC"),
        ({"party": "91510100MA00XX0A0X"}, "SCOPE_UNKNOWN"),
        ({"party": AUTHORITY_50}, "SCOPE_UNKNOWN"),
        ({"authority": GENERATOR}, "SCOPE_UNKNOWN"),
        ({"party": GENERATOR, "authority": AUTHORITY_50}, "SCOPE_UNKNOWN"),
        ({"party": GENERATOR, "direction": ("51", "50")}, "SCOPE_UNKNOWN"),
        ({"direction": ("51", "51")}, "DIRECTION_FORM"),
        ({}, "DIRECTION_FORM"),
    ],
)
def test_whose_it_cannot_be_is_said(whose: dict[str, Any], code: str) -> None:
    fold, _ = folded(october())
    with pytest.raises(Refusal) as caught:
        scope_of(fold, **whose)
    assert caught.value.codes == [code]


def test_as_many_statements_are_written_as_are_named(tmp_path: Path) -> None:
    fold, root = folded(october())
    scopes = scopes_of(fold, [("50", "51")], [CARRIERS[0]], [AUTHORITY_50])
    names = [path.name for path in write_all(fold, scopes, root, tmp_path) if path.suffix == ".json"]
    assert names == [f"reconciliation-2026-10-{whose}.json" for whose in ("50-51", CARRIERS[0], AUTHORITY_50)]
    assert len(write_all(fold, [], root, tmp_path)) == 6, "of nobody named: both directions"
