"""Forms of acts: what is laid in the inputs of any act of a real log comes back as the body that was signed; everything that a kind declares is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission.entry import Entry
from ledger.form_fields import form_fields
from liandan.act_tree import tree_of
from liandan.desk.forms.building import FormAsking, form_parts
from liandan.desk.forms.chains import chain_fields
from liandan.desk.forms.model import PLACE, FormGroup, FormInput, FormOption, FormPart, FormRows, inputs_of
from liandan.desk.forms.reading import read_form
from liandan.desk.forms.showing import in_runs, shown
from liandan.desk.forms.suggesting import examples
from liandan.desk.province.alerts import ALERTS_MAX, LOOKED_MAX, alerts_among
from liandan.wiring import KINDS
from manifests.labels import read_label
from tests.liandan.demo_desk import Desk, played
from tests.workbench import OPERATOR

SEED = 31
UNTYPED = frozenset({"commit"})
"""What stands in no input of this sort: commitments are made from what is typed, on the device."""


@pytest.fixture(scope="module")
async def log() -> Desk:
    """A month of manifests, applications, lists, incidents."""
    _, desk, _ = await played(SEED)
    return desk


def typed_in(inputs: Iterable[FormInput]) -> list[tuple[str, str]]:
    """What a browser sends of a form that nobody has touched."""
    found = []
    for one in inputs:
        if one.options:
            found += [(one.path, option.value) for option in one.options if option.is_chosen]
        elif one.control == "checkbox":
            found += [(one.path, "true")] if one.value == "true" else []
        elif one.type not in ("personal", "file"):
            found.append((one.path, one.value))
    return found


def of_each_kind(entries: list[Entry], most: int = 5) -> list[Entry]:
    """The first entries of every kind that people fill in."""
    many: dict[str, int] = {}
    for entry in entries:
        many[entry.statement.kind] = many.get(entry.statement.kind, 0) + 1
    seen: dict[str, int] = {}
    chosen = []
    for entry in entries:
        seen[entry.statement.kind] = seen.get(entry.statement.kind, 0) + 1
        if seen[entry.statement.kind] <= most:
            chosen.append(entry)
    return chosen


def seconds_off(body: Any) -> Any:
    """A body without what a control cannot hold: seconds of a time, keys of parties, empty texts."""
    if isinstance(body, dict):
        return {name: seconds_off(value) for name, value in body.items() if name not in UNTYPED}
    if isinstance(body, list):
        return [seconds_off(value) for value in body]
    if isinstance(body, str) and len(body) == 25 and body[10:11] == "T":
        return f"{body[:17]}00+08:00"
    return body


def test_a_body_of_a_real_log_survives_its_form(log: Desk) -> None:
    """Known values are laid in inputs; untouched, they are the same act."""
    kinds = set()
    for entry in of_each_kind(log.entries):
        kind = KINDS.by_name[entry.statement.kind]
        body = json.loads(msgspec.json.encode(entry.statement.body))
        body.pop("commit", None)
        parts = form_parts(kind.body, body, FormAsking(by_need=True), "zh")
        again = read_form(kind.body, parts.body, typed_in(inputs_of((*parts.asked, *parts.more))))
        assert seconds_off(again) == seconds_off(body), entry.statement.kind
        kinds.add(kind.name)
    assert {"manifest.issue/1", "manifest.depart/1", "manifest.receive/1", "approval.decide/1", "list.rows/1"} <= kinds


def reachable(parts: Iterable[FormPart]) -> set[str]:
    """Paths that a form can fill in, with ``*`` for places."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, FormInput):
            found.add(part.star)
        elif isinstance(part, FormGroup):
            found |= reachable(part.parts)
        elif isinstance(part, FormRows):
            found |= reachable([*part.rows, *([] if part.blank is None else [part.blank])])
    return found


@pytest.mark.parametrize("name", sorted(KINDS.by_name))
def test_every_field_of_every_kind_has_an_input(name: str) -> None:
    """But for keys, which their own page registers, and lists of objects within rows that are still to be added."""
    body = KINDS.by_name[name].body
    parts = form_parts(body, {}, FormAsking(by_need=True), "en")
    found = reachable((*parts.asked, *parts.more))
    fields = form_fields(body)
    files = tuple(f"{path}." for path, field in fields.items() if field.type == "file")
    wanted = {path for path, field in fields.items() if field.type not in ("object", "table") and not path.startswith(files or "\n")}
    inner = {path for path in wanted if path.count(".*.") > 1}
    keys = {path for path in wanted if path.rpartition(".")[2] in ("suite", "spki", "pop")}
    later = {path for path in wanted if path in ("licence", "vehicle_permit", "vehicle.permit")}
    lacking = wanted - found - inner - keys - later
    nested = {path for path in lacking if "*" in path}
    assert not (lacking - nested), lacking


@pytest.mark.parametrize("name", sorted(KINDS.by_name))
def test_inputs_of_a_form_have_names_of_their_own_and_labels(name: str) -> None:
    parts = form_parts(KINDS.by_name[name].body, {}, FormAsking(by_need=True), "zh")
    inputs = [one for one in inputs_of((*parts.asked, *parts.more)) if PLACE not in one.path]
    ids = [one.id for one in inputs]
    assert len(ids) == len(set(ids))
    assert all(one.label for one in inputs)


TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
PATHS = st.lists(
    st.sampled_from(["lines", "0", "1", "199", "200", "origin", "address", "mass_t", "packs", "number", "x", "", "carriers", "planned_at"]),
    max_size=4,
)


@given(st.lists(st.tuples(PATHS.map(".".join), TEXTS), max_size=8))
def test_whatever_a_browser_sends_is_read_into_known_fields_alone(typed: list[tuple[str, str]]) -> None:
    """Nothing that is typed or named raises, reaches a field that the form has not, or makes a list longer than a form may."""
    body = KINDS.by_name["manifest.issue/1"].body
    found = read_form(body, {"origin": {"address": "a"}, "lines": [{"code": "900-052-31"}]}, typed)
    assert found.keys() <= {node.name for node in tree_of(body)}
    assert len(found.get("lines", [])) <= 200
    json.dumps(found)


def test_rows_that_were_taken_away_are_gone() -> None:
    body = KINDS.by_name["manifest.issue/1"].body
    known = {"lines": [{"code": "900-052-31", "mass_t": "1"}, {"code": "772-003-18", "mass_t": "2"}]}
    found = read_form(body, known, [("lines.0.code", "772-003-18"), ("lines.0.mass_t", "2")])
    assert found["lines"] == [{"code": "772-003-18", "mass_t": "2"}]


def test_a_history_shows_every_value_of_a_body_under_its_label(log: Desk) -> None:
    for entry in of_each_kind(log.entries, 2):
        kind = KINDS.by_name[entry.statement.kind]
        body = json.loads(msgspec.json.encode(entry.statement.body))
        told = " ".join(one.text for one in shown(kind.body, body, {}, "zh"))
        for text in leaf_texts(body):
            in_run = any(
                first <= text <= last and len(text) == len(first) for first, last in re.findall("连号：([^ ]+) 至 ([^、 ]+)", told)
            )
            assert text in told or text[:16].replace("T", " ") in told or text in words(kind.body) or in_run, (kind.name, text)


def test_labels_in_a_row_are_told_by_their_ends_and_none_is_lost() -> None:
    texts = ["A008", "A009", "A010", "B1", "B2", "C", "A999", "A1000"]
    assert list(in_runs(texts, is_zh=True)) == ["3 枚，连号：A008 至 A010", "B1", "B2", "C", "A999", "A1000"]
    assert list(in_runs(texts[:3], is_zh=False)) == ["3, in a row: A008 to A010"]


def leaf_texts(value: Any, name: str = "") -> Iterable[str]:
    """Texts that a reader must see; of keys, commitments and hashes of files none."""
    if isinstance(value, dict):
        for inner_name, inner in value.items():
            if inner_name not in ("commit", "keys", "sha256", "media_type", "size"):
                yield from leaf_texts(inner, inner_name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaf_texts(inner, name)
    elif isinstance(value, str):
        yield value


def words(body: type) -> set[str]:
    """Values that are shown by their words."""
    return {value for field in form_fields(body).values() for value in field.values}


def test_the_example_of_a_label_is_a_label() -> None:
    for said in examples(OPERATOR, "2026-11-02T09:00:00+08:00")["gate.labels"]:
        found = [word for word in re.findall("[0-9A-Z]{37}", said) if read_label(word) is not None]
        assert found == [f"{OPERATOR}9000523120261102001"]


def test_alerts_of_a_log_are_read_back_to_its_beginning_each_once(log: Desk) -> None:
    levels = {entry.index: {level for level, _ in entry.admission.decision.alerts} for entry in log.entries}
    found, before = list[int](), len(log.entries)
    while before:
        begin = max(0, before - LOOKED_MAX)
        rows = alerts_among(log.entries[begin:before], ("50", "51"), KINDS, "zh")
        assert len(rows) <= ALERTS_MAX
        assert all({mark.level for mark in one.alerts} <= {"H", "M"} and one.alerts for one in rows)
        found += [one.index for one in rows]
        before = rows[-1].index if len(rows) == ALERTS_MAX else begin
    assert found == sorted(found, reverse=True)
    assert len(found) > ALERTS_MAX
    assert {one for one in found if not levels[one] & {"H", "M"}} == set()
    assert len(found) == sum(bool(found & {"H", "M"}) for found in levels.values()), "all of them touch one of the two provinces"


def test_a_field_that_names_a_permit_or_a_decision_is_chosen_by_name_wherever_it_stands() -> None:
    named = {name: chain_fields(kind.body) for name, kind in KINDS.by_name.items()}
    assert named["approval.apply/1"] == {"permit": "permit", "replaces": "approval"}
    assert named["emergency.join/1"] == {"receivers.*.permit": "permit"}
    own, other = FormOption(value="permit/A/1", text="甲 · 1号"), "permit/B/2"
    body = KINDS.by_name["manifest.issue/1"].body

    def of(**given: Any) -> FormInput:
        form = form_parts(body, {"permit": other}, FormAsking(by_need=True, **given), "zh")
        return next(one for one in inputs_of((*form.asked, *form.more)) if one.path == "permit")

    whole, part = of(choices={"permit": [own]}), of(suggestions={"permit": [own]})
    assert (whole.control, [(one.value, one.is_chosen) for one in whole.options]) == ("select", [(own.value, False), (other, True)])
    assert (part.control, part.value, part.suggestions) == ("text", other, (own,)), "of too many any other may be typed"
