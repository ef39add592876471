"""S7 of the cases: two texts that look the same tell how they differ, by position, code point and kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.lookalikes import are_alike, difference_of, plain
from ledger.problem import problem_errors
from liandan.wiring import RULES
from signing.phrase import word_in
from signing.refusal import Reason

PAIRS = [
    ("生活垃圾焚烧⻜灰", "生活垃圾焚烧飞灰", ["第 7 个字符“⻜”（U+2EDC，部首补充字符）应为“飞”（U+98DE）"]),
    ("⽣活垃圾", "生活垃圾", ["第 1 个字符“⽣”（U+2F63，康熙部首）应为“生”（U+751F）"]),
    ("900-052-31 ", "900-052-31", ["末尾多了空格（U+0020）"]),
    ("\u3000废酸", "废酸", ["开头多了全角空格（U+3000）"]),
    ("废\u00a0酸", "废 酸", ["第 2 个字符“\u00a0”（U+00A0，不间断空格）应为“ ”"]),
    ("５.6", "5.6", ["第 1 个字符“５”（U+FF15，全角字符）应为“5”"]),
    ("900–052-31", "900-052-31", ["第 4 个字符“–”（U+2013，不是连字符的横线）应为“-”"]),
    ("川А·F1", "川A·F1", ["第 2 个字符“А”（U+0410，西里尔字母）应为“A”"]),
    ("废\u0307酸", "废酸", ["第 2 个字符（U+0307，不可见字符或组合符号）多余"]),
    ("９００-０52", "900-052", ["第 3 个字符", "另有 1 处"]),
    ("㎏废酸", "kg废酸", ["第 1 个字符“㎏”（U+338F，兼容字符）应为“kg”"]),
    ("飞灰", "⻜灰", ["第 1 个字符“飞”（U+98DE）应为“⻜”（U+2EDC）"]),
]


@pytest.mark.parametrize(("found", "right", "told"), PAIRS)
def test_what_differs_is_told_by_place_and_code_point(found: str, right: str, told: list[str]) -> None:
    assert are_alike(found, right)
    said = difference_of(found, right)
    for part in told:
        assert part in word_in(said, "zh")
    assert not any(
        "\u4e00" <= character <= "\u9fff" for character in word_in(said, "en").replace(found, "").translate({0x98DE: "", 0x751F: ""})
    )


@given(st.text("ＡA1１·•- 　飞⻜", min_size=1, max_size=12))
def test_the_text_that_was_meant_means_itself(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert not are_alike(text, text)


def test_a_rule_that_compares_two_texts_points_at_the_character() -> None:
    """13 of the cases: a radical in the name of the waste was answered with twice the same text."""
    reason = Reason("APPROVAL_NAME", "body.lines.0.name", "生活垃圾焚烧⻜灰", "生活垃圾焚烧飞灰")
    for language, part in (("zh", "第 7 个字符"), ("en", "character 7")):
        [error] = problem_errors([reason], RULES, language)  # type: ignore[arg-type]  # both of them
        assert part in error.found
        assert "U+2EDC" in error.found
        assert error.near == error.expected == "生活垃圾焚烧飞灰"
    [other] = problem_errors([Reason("APPROVAL_NAME", "body.lines.0.name", "飞灰", "炉渣")], RULES, "zh")
    assert (other.found, other.near) == ("飞灰", "")
