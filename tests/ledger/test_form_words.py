"""S8 of the cases: everything that is wrong with the form of a statement at once, with what was found, what is allowed and what was meant."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.admission.near import nearest
from ledger.admission.statement import read_statement
from ledger.problem import ProblemError, problem_errors
from liandan.wiring import KINDS, RULES
from signing.envelope import PAYLOAD_STATEMENT, Envelope, Signature
from signing.refusal import Refusal
from signing.uscc import check_uscc
from tests.sample import sample
from tests.workbench import OPERATOR

LINE = {
    "name": "废铅蓄电池",
    "code": "900-052-31",
    "category": "HW31",
    "hazards": ["T", "C"],
    "form": "S",
    "components": "铅",
    "packing": "box",
    "packs": 3,
    "mass_t": "5.6",
    "purpose": "use",
    "method": "R4",
}
BODY: dict[str, Any] = {
    "type": "normal",
    "receiver": OPERATOR,
    "origin": {"division": "510104", "address": "示范路 1 号"},
    "destination": {"division": "500117", "address": "示范路 2 号"},
    "mode": "road",
    "consignor": "generator",
    "lines": [LINE],
}
STATEMENT: dict[str, Any] = {
    "kind": "manifest.issue/1",
    "chain": f"manifest/{OPERATOR}/01M34000000000000000000001",
    "seq": 0,
    "prev": "a" * 64,
    "by": [OPERATOR],
    "at": "2026-10-01T08:00:00+08:00",
    "body": BODY,
}


def errors_of(statement: dict[str, Any] | str, language: Any = "zh") -> list[ProblemError]:
    raw = statement if isinstance(statement, str) else json.dumps(statement, ensure_ascii=False)
    try:
        read_statement(Envelope(PAYLOAD_STATEMENT, raw.encode(), (Signature("0" * 64, b""),)), KINDS)
    except Refusal as refusal:
        return list(problem_errors(refusal.reasons, RULES, language))
    return []


def lines(**changes: Any) -> dict[str, Any]:
    """The statement with one changed line; what is ``...`` goes."""
    line = {name: value for name, value in (LINE | changes).items() if value is not ...}
    return STATEMENT | {"body": BODY | {"lines": [line]}}


def test_fields_of_the_statement_and_of_its_body_are_judged_together() -> None:
    wrong = lines(mass_t=5, code="90005231", category="31", form="固态", packing="drums", packs="3", hazards=["毒性"])
    wrong |= {"seq": "0", "prev": "ABC", "by": [OPERATOR.lower(), "x"], "at": "2026-10-01 08:00", "sean": 1}
    wrong["body"]["recevier"] = wrong["body"].pop("receiver")
    found = {error.field: (error.code, error.near) for error in errors_of(wrong)}
    assert found == {
        "sean": ("FIELD_UNKNOWN", "seen"),
        "seq": ("FIELD_TYPE", "0"),
        "prev": ("PREV_FORM", ""),
        "by.0": ("USCC", OPERATOR),
        "by.1": ("USCC", ""),
        "at": ("AT_FORM", "2026-10-01T08:00:00+08:00"),
        "body.recevier": ("FIELD_UNKNOWN", "receiver"),
        "body.receiver": ("FIELD_MISSING", ""),
        "body.lines.0.code": ("CODE_CATEGORY", "900-052-31"),
        "body.lines.0.category": ("CODE_CATEGORY", "HW31"),
        "body.lines.0.hazards.0": ("HAZARD", "T"),
        "body.lines.0.form": ("FORM_PACK", "S"),
        "body.lines.0.packing": ("FORM_PACK", "drum"),
        "body.lines.0.packs": ("FIELD_TYPE", "3"),
        "body.lines.0.mass_t": ("FIELD_TYPE", '"5"'),
    }


def test_what_is_no_json_of_ours_keeps_nothing_else_back() -> None:
    text = json.dumps(lines(packs=..., category="31", name="铅\u200b"), ensure_ascii=False)
    text = text.replace('"mass_t": "5.6"', '"mass_t": 5.6, "mass_t": null').replace('"seq": 0', '"seq": 1.5')
    found = [(error.code, error.field) for error in errors_of(text)]
    assert found == [
        ("NOT_INTEGER", "seq"),
        ("FORBIDDEN_CHARACTER", "body.lines.0.name"),
        ("DUPLICATE_KEY", "body.lines.0.mass_t"),
        ("CODE_CATEGORY", "body.lines.0.category"),
        ("FIELD_MISSING", "body.lines.0.packs"),
    ]


def test_a_body_with_nothing_else_wrong_is_told_its_one_flaw() -> None:
    text = json.dumps(STATEMENT, ensure_ascii=False).replace('"packs": 3', '"packs": 1.5')
    assert [(error.code, error.field) for error in errors_of(text)] == [("NOT_INTEGER", "body.lines.0.packs")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_left_unsaid_and_no_word_is_of_the_other_language(language: str) -> None:
    wrong = lines(
        mass_t=True, code=[], category={}, form=" ", packing="", packs=-1, hazards="T", name="\u3000", method="R99", components=...
    )
    wrong["body"] |= {
        "surprise": 1,
        "carriers": [OPERATOR, OPERATOR],
        "origin": "成都",
        "destination": {"division": "5101"},
        "planned_at": "明天",
    }
    del wrong["at"]
    errors = errors_of(wrong, language)
    assert len(errors) >= 15
    for error in errors:
        assert error.found, error
        assert error.expected, error
        told = f"{error.message} {error.what_to_do} {error.found} {'' if error.code == 'FIELD_UNKNOWN' else error.expected}"
        if language == "en":
            told = re.sub("成都|明天", "", told)
            assert not re.search("[\u4e00-\u9fff]", told), told
        else:
            assert not re.search(r"\b(?:a|an|the|of|to|number|text|list|object|absent|once|boolean|with|at|most)\b", told), told


@pytest.mark.parametrize(
    ("field", "typed", "near", "told"),
    [
        ("code", "９００-052-31", "900-052-31", "第 1 个字符“９”（U+FF19，全角字符）应为“9”"),
        ("code", "900–052–31", "900-052-31", "第 4 个字符“–”（U+2013，不是连字符的横线）应为“-”"),
        ("code", "900-052-31 ", "900-052-31", "末尾多了空格（U+0020）"),
        ("code", "900-52-31", "900-052-31", "900-52-31"),
        ("code", "HW31 900-052-31", "900-052-31", "HW31 900-052-31"),
        ("category", "HW31含铅废物", "HW31", "HW31含铅废物"),
        ("category", "\u00a0HW31", "HW31", "开头多了不间断空格（U+00A0）"),
        ("mass_t", "５.6", "5.6", "第 1 个字符“５”（U+FF15，全角字符）应为“5”"),
        ("mass_t", "1,000.5", "1000.5", "1,000.5"),
        ("mass_t", "5600 kg", "5.6", "5600 kg"),
        ("mass_t", "5.6000001", "", "5.6000001"),
        ("mass_t", "-5", "", "-5"),
        ("name", "\u3164", "", "只有空白字符（U+3164）"),
    ],
)
def test_a_text_that_looks_right_is_told_by_its_characters_and_the_right_one_is_offered(
    field: str, typed: str, near: str, told: str
) -> None:
    """S7, in codes, categories, masses and names; and what an intake of spreadsheets meets."""
    [error] = errors_of(lines(**{field: typed}))
    assert error.field == f"body.lines.0.{field}"
    assert error.near == near
    assert told in error.found


@settings(max_examples=sample(200), deadline=None)
@given(st.text("０1２.,，-/ thkgHW吨年:T+Z", max_size=16))
def test_what_is_offered_always_fits(text: str) -> None:
    for pattern in ("[0-9]{3}-[0-9]{3}-[0-9]{2}", r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", "[0-9]{4}-[0-9]{2}-[0-9]{2}"):
        near = nearest(text, lambda guess, pattern=pattern: re.fullmatch(pattern, guess) is not None)  # type: ignore[misc]
        assert near == "" or re.fullmatch(pattern, near)


def test_a_mistyped_uscc_is_offered_only_where_its_check_character_agrees() -> None:
    assert nearest(OPERATOR.replace("0", "O").lower(), check_uscc) == OPERATOR
    other = OPERATOR[:-1] + ("1" if OPERATOR[-1] != "1" else "2")
    assert nearest(other, check_uscc) == ""


@pytest.mark.parametrize(
    ("kind", "chain"), [("list.propose/1", "list/2026-51-50-mercury"), ("list.propose/1", "list/2026-51-50-abcdefghijklmnop")]
)
def test_a_segment_is_a_uscc_only_where_the_form_of_the_chain_says_so(kind: str, chain: str) -> None:
    """S9: a list whose name has 18 characters was taken for a party with a wrong check character."""
    assert not [error for error in errors_of(STATEMENT | {"kind": kind, "chain": chain}) if error.field == "chain"]
    wrong = f"manifest/{OPERATOR[:-1]}{'1' if OPERATOR[-1] != '1' else '2'}/01M34000000000000000000001"
    assert [error.code for error in errors_of(STATEMENT | {"chain": wrong})] == ["USCC"]


def test_a_chain_out_of_form_is_told_its_form_and_the_name_that_was_meant() -> None:
    [error] = errors_of(STATEMENT | {"chain": STATEMENT["chain"].lower()})
    assert (error.code, error.near) == ("CHAIN_FORM", STATEMENT["chain"])
    assert error.expected == "manifest/<统一社会信用代码>/<存证标识>"


@pytest.mark.parametrize("character", ["１", "ﷺ"])
def test_a_long_text_is_quoted_and_not_compared_by_its_looks(character: str) -> None:
    """24 KiB of U+FDFA stand for 144,000 characters: whoever sends them must not buy a second of the log's time."""
    [error] = [one for one in errors_of({**STATEMENT, "body": {**BODY, "receiver": character * 7000}}) if one.field == "body.receiver"]
    assert error.found == character * len(error.found)


def test_what_stands_in_a_list_more_than_once_is_named_once() -> None:
    carriers = [OPERATOR] * 5
    [error] = [one for one in errors_of({**STATEMENT, "body": {**BODY, "carriers": carriers}}) if one.field == "body.carriers"]
    assert error.found == f"重复：{OPERATOR}"
