"""Sources in Chinese, and the source that was in force on a day."""

from __future__ import annotations

import pytest

from signing.citation import source_in_chinese
from signing.refusal import Rule


@pytest.mark.parametrize(
    ("source", "chinese"),
    [
        ("Order 23 Art. 28(1) [READ]", "《危险废物转移管理办法》第28条第1项 [READ]"),
        (
            "Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3]",
            "《危险废物转移管理办法》第21条 [READ]；《生态环境法典》第536条第2款 [READ T1–T3]",
        ),
        ("固废法 Art. 80 [READ S2]", "《固体废物污染环境防治法》第80条 [READ S2]"),
        ("Order 23 Art. 10(4), 27 [READ]", "《危险废物转移管理办法》第10条第4项、第27条 [READ]"),
        ("Order 23 Art. 11(1)(2) [READ]", "《危险废物转移管理办法》第11条第1、2项 [READ]"),
        ("Order 23 Art. 10–12 [READ]", "《危险废物转移管理办法》第10条至第12条 [READ]"),
        ("formats §3 [DESIGN]", "证据格式 §3 [DESIGN]"),
        ("C2SP tlog-tiles [DESIGN]", "C2SP tlog-tiles [DESIGN]"),
        ("", ""),
    ],
)
def test_a_source_for_chinese_readers(source: str, chinese: str) -> None:
    assert source_in_chinese(source) == chinese


@pytest.mark.parametrize(("day", "source"), [("2026-08-14", "old"), ("2026-08-15", "new"), ("2026-11-05", "new"), ("", "new")])
def test_the_source_follows_the_day_of_the_event(day: str, source: str) -> None:
    rule = Rule(code="A", zh="甲", en="a", do_zh="乙", do_en="b", source="new", before=("2026-08-15", "old"))
    assert rule.source_on(day) == source


def test_a_source_that_never_changed_holds_on_every_day() -> None:
    rule = Rule(code="A", zh="甲", en="a", do_zh="乙", do_en="b", source="always")
    assert rule.source_on("1990-01-01") == "always"
