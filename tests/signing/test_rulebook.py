"""The table of reasons and the code that gives them say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import signing
from signing.rulebook import RULES

PACKAGE = Path(signing.__file__).parent
GIVEN = re.compile(r'(?:refuse|Reason|Flaw)\(\s*"([A-Z0-9_]+)"|= "([A-Z0-9_]+)" if reason')


def given_codes() -> set[str]:
    sources = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name != "rulebook.py")
    return {one or two for source in sources for one, two in GIVEN.findall(source)}


def test_every_code_that_is_given_stands_in_the_table_and_no_other() -> None:
    assert given_codes() == set(RULES)


@pytest.mark.parametrize("code", RULES)
def test_every_rule_speaks_both_languages_and_says_what_to_do(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch("[A-Z0-9_]+", code)
    for chinese in (rule.zh, rule.do_zh):
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert chinese.endswith("。")
    for english in (rule.en, rule.do_en):
        assert english.isascii() or "−" in english or "‖" in english
        assert english.endswith(".")
    assert rule.marked.endswith("[DESIGN]"), "a rule of the format, never passed off as law"
    assert rule.lift == "sender"
