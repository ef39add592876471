"""The rule books: one meaning per code, in two languages, with something to do."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections import Counter
from typing import get_args

from signing.citation import source_in_chinese
from signing.refusal import CODE_IN_FORCE, LIFTS_ZH, Lift, Rule
from tests.house.source import FLOORS, ROOT, every

BOOKS = {
    floor: importlib.import_module(module).RULES
    for floor in FLOORS
    for module in (f"{floor}.acts", f"{floor}.rulebook")  # a package may keep its book with its acts
    if importlib.util.find_spec(module) and hasattr(importlib.import_module(module), "RULES")
}
RULES = [(floor, rule) for floor, book in BOOKS.items() for rule in book.values()]


def test_every_package_that_refuses_has_a_rule_book() -> None:
    assert {"signing", "ledger", "whitelist", "manifests", "liandan"} <= BOOKS.keys()


def test_a_code_means_one_thing_in_the_whole_house() -> None:
    assert [code for code, times in Counter(rule.code for _, rule in RULES).items() if times > 1] == []


def test_everybody_who_can_lift_a_reason_has_a_chinese_name() -> None:
    assert LIFTS_ZH.keys() == set(get_args(Lift))


LEGAL = [(floor, rule) for floor, rule in RULES if rule.rule]


@every(LEGAL)
def test_the_source_of_a_numbered_rule_reads_as_chinese(floor: str, rule: Rule) -> None:
    for source in (rule.source, *([] if rule.before is None else [rule.before[1]])):
        words = re.sub(r"\[[^\]]+\]|HJ|GB/T|M12|R-[0-9]+|[MH] 级|[0-9]+ t\b|max|R-\d+|附录F", "", source_in_chinese(source))
        assert not re.search(r"[A-Za-z]{2}", words), source_in_chinese(source)


@every(LEGAL)
def test_a_rule_that_cites_the_code_says_what_held_before_it(floor: str, rule: Rule) -> None:
    assert "固废法" not in rule.source, "repealed on 2026-08-15"
    assert ("Code Art." in rule.source) == (rule.before is not None)
    if rule.before is not None:
        assert rule.before[0] == CODE_IN_FORCE
        assert "固废法" in rule.before[1]
        assert "Code Art." not in rule.before[1]


@every(RULES)
def test_a_rule_is_complete_in_both_languages(floor: str, rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", rule.code)
    assert BOOKS[floor][rule.code] is rule
    told = (rule, *rule.causes.values())
    for text in (text for one in told for text in (one.zh, one.do_zh)):
        assert re.search(r"[\u4e00-\u9fff]{2}", text), "Chinese comes first"
        assert not re.search(r"[\u4e00-\u9fff][,;:?!](?:\s|$|[\u4e00-\u9fff])", text), "Chinese takes full-width punctuation"
    for text in (text for one in told for text in (one.en, one.do_en)):
        assert re.search(r"[A-Za-z]{2,} \w", text)
        assert not re.search(r"[\u4e00-\u9fff]{8}", text), "English, but for names and terms"
    assert re.search(r"\[(READ|RECALL|DESIGN)( [^\]]+)?\]", rule.marked), "a source says how far it can be trusted"


JUDGING = [path for room in ("ledger/kinds", "ledger/admission", "whitelist", "manifests") for path in sorted((ROOT / room).rglob("*.py"))]


def test_a_blank_text_is_told_by_the_one_list_of_blanks() -> None:
    """``str.strip`` knows half of what shows nothing, and more with every Unicode version (kinds §1.4, W)."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in JUDGING
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ".strip()" in line
    ]
    assert found == []
