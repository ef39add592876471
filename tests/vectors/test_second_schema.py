"""The second reader's own validator says of every body what somebody else's validator says, and knows every word of the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandan.schemas import DIRECTORY
from tests.sample import sample
from tests.vectors.second_reader import audit, code_of
from tests.vectors.test_acts import good_bodies

BODIES = list(good_bodies())
KINDS = sorted(path.stem.replace("-", "/") for path in DIRECTORY.glob("*.*-1.json"))
WORDS = st.text("ab01-:+.吨 ", max_size=12) | st.sampled_from(["", "\u3000", "5.6", "2026-11-02", "HW31", "generator", "x" * 201])
VALUES = st.recursive(
    st.booleans() | st.integers(-1, 3) | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["line", "mass_t", "x"]), inner, max_size=3),
    max_leaves=4,
)


def schema_of(kind: str) -> Any:
    return json.loads((DIRECTORY / f"{kind.replace('/', '-')}.json").read_text(encoding="utf-8"))


def _plain(schema: Any) -> Any:
    """Without what only our files say."""
    if isinstance(schema, dict):
        return {name: _plain(part) for name, part in schema.items() if name not in ("x-check", "x-later")}
    return [_plain(part) for part in schema] if isinstance(schema, list) else schema


OURS = {kind: audit.Schema(kind, json.dumps(_plain(schema_of(kind)))) for kind in KINDS}
THEIRS = {kind: jsonschema.Draft202012Validator(_plain(schema_of(kind))) for kind in KINDS}


def _accepts(kind: str, body: Any) -> bool:
    try:
        OURS[kind].check(body, "body")
    except audit.Bad:
        return False
    return True


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from _places(item, (*path, name))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def test_every_kind_of_the_table_is_published_or_not_there_yet() -> None:
    """A published kind that the table of the second reader lacks would be unknown to it."""
    assert set(KINDS) <= set(audit.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_its_table_says_what_the_files_say(kind: str) -> None:
    """Opening and window: read by one from the text, published by the other. Operator and authorities open their party chains by any kind."""
    row, said = audit.KINDS[kind], schema_of(kind)["x-liandan"]
    windows = {"N": "none", "D": "day", "M": "month", "C": "custody"}
    assert windows[row.window] == said["window"]
    assert row.place != "." or not said["opens"] or row.chain_type == "party"


@settings(max_examples=sample(400), deadline=None)
@given(st.data())
def test_both_validators_say_the_same(chance: st.DataObject) -> None:
    kind, body = chance.draw(st.sampled_from(BODIES))
    path = chance.draw(st.sampled_from(list(_places(body))))
    for _ in range(chance.draw(st.integers(0, 2))):
        body = _with(body, path, chance.draw(VALUES))
        path = chance.draw(st.sampled_from(list(_places(body))))
    assert _accepts(kind, body) == THEIRS[kind].is_valid(body), (kind, body)


def _one(**part: Any) -> Any:
    return audit.Schema("one", json.dumps(part)).check


@pytest.mark.parametrize(
    ("part", "value", "code"),
    [
        ({"type": "string", "pattern": "^[0-9]$", "x-code": "QTY"}, "x", "QTY"),
        ({"type": "string", "maxLength": 2, "x-code": "MISSING", "x-long": "TEXT_LONG"}, "xxx", "TEXT_LONG"),
        ({"type": "string", "x-check": "day", "x-code": "DATE_FORM"}, "2026-02-30", "DATE_FORM"),
        ({"type": "string", "x-check": "at", "x-code": "AT_FORM"}, "2026-02-30T00:00:00+08:00", "AT_FORM"),
        ({"type": "string", "x-check": "uscc", "x-code": "USCC"}, "915101120000FX029F", "USCC"),
        ({"type": "array", "items": {"type": "string"}, "x-check": "once", "x-check-code": "TWICE"}, ["a", "a"], "TWICE"),
        ({"type": "array", "x-check": "files"}, [{"sha256": "a"}, {"sha256": "a"}], "LIST_LENGTH"),
        ({"type": "array", "maxItems": 1}, [1, 2], "LIST_LENGTH"),
        ({"x-later": True, "type": "string"}, "x", "NOT_YET"),
        ({"x-later": ["emergency"], "enum": ["normal", "emergency"]}, "emergency", "NOT_YET"),
        ({"type": "integer"}, True, "FIELD_TYPE"),
        ({"enum": ["a", "b"], "x-code": "METHOD"}, "c", "METHOD"),
        ({"enum": ["road"], "x-codes": {"sea": "SEA"}, "x-code": "MODE"}, "sea", "SEA"),
        ({"enum": ["road"], "x-codes": {"sea": "SEA"}, "x-code": "MODE"}, [], "MODE"),
        ({"enum": ["road"], "x-codes": {"sea": "SEA"}, "x-code": "MODE"}, {"sea": "road"}, "MODE"),
        ({"type": "object", "required": ["a"], "properties": {}}, {}, "FIELD_MISSING"),
        ({"type": "object", "properties": {}, "additionalProperties": False}, {"a": 1}, "FIELD_UNKNOWN"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, [], "FIELD_TYPE"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": 1}, "FIELD_TYPE"),
        ({"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}}, {"A": 1}, "FIELD_TYPE"),
    ],
)
def test_what_is_out_of_form_has_its_code(part: Any, value: Any, code: str) -> None:
    assert code_of(_one(**part), value, "body") == code


def test_a_word_it_does_not_know_stops_the_reader() -> None:
    with pytest.raises(ValueError, match="dependentRequired"):
        _one(type="object", dependentRequired={"a": ["b"]})


def test_a_check_it_does_not_know_stops_the_reader() -> None:
    with pytest.raises(ValueError, match="phase_of_the_moon"):
        _one(**{"type": "string", "x-check": "phase_of_the_moon"})


def test_without_schemas_it_does_not_read(tmp_path: Any) -> None:
    with pytest.raises(FileNotFoundError):
        audit.Schemas(tmp_path)


# --- normal form and masses (kinds §0, §1.4)


@pytest.mark.parametrize(
    "spelling",
    [
        "渝A·12345",
        "渝A12345",
        "渝a12345",
        "渝Ａ１２３４５",
        "渝 A 1 2345",
        "渝A•12345",
        "渝A・12345",
        "渝A-12345",
        "渝A\u200212345",
        "渝A\u301112345".replace("\u3011", ""),
    ],
)
def test_spellings_of_one_plate_have_one_normal_form(spelling: str) -> None:
    assert audit.normal(spelling) == "渝A12345"


def test_letters_of_other_scripts_stay_themselves() -> None:
    assert audit.normal("渝А12345") != "渝A12345", "the first letter is Cyrillic: PLATE_FORM says so"


@pytest.mark.parametrize(
    ("text", "grams"), [("0", 0), ("5.6", 5_600_000), ("5.600000", 5_600_000), ("999999999.999999", 999_999_999_999_999)]
)
def test_masses_are_grams(text: str, grams: int) -> None:
    assert audit.grams(text) == grams


@pytest.mark.parametrize("text", ["", "01", "-1", "1.", ".5", "1.0000001", "1e3", "５", "1 "])
def test_what_is_no_mass_is_refused(text: str) -> None:
    assert code_of(audit.grams, text) == "QTY"
