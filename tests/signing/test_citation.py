"""Sources in Chinese, and the source that was in force on a day."""

from __future__ import annotations

import pytest

from signing.citation import cited, source_in_chinese
from signing.refusal import Rule


@pytest.mark.parametrize(
    ("source", "chinese"),
    [
        ("Order 23 Art. 28(1) [READ]", "《危险废物转移管理办法》第28条第1项"),
        ("Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3]", "《危险废物转移管理办法》第21条；《生态环境法典》第536条第2款"),
        ("固废法 Art. 80 [READ S2]", "《固体废物污染环境防治法》第80条"),
        ("Order 23 Art. 10(4), 27 [READ]", "《危险废物转移管理办法》第10条第4项、第27条"),
        ("Order 23 Art. 11(1)(2) [READ]; alert [DESIGN]", "《危险废物转移管理办法》第11条第1、2项"),
        ("Order 23 Art. 10–12 [READ]", "《危险废物转移管理办法》第10条至第12条"),
        ("国家危险废物名录 2025 Art. 6.2 [READ H4]", "《国家危险废物名录（2025年版）》第6条第2款"),
        ("HJ 1276 label of 37 characters [READ S20b], widths 18+8+8+3 [RECALL]", "HJ 1276"),
        ("道路危险货物运输管理规定 Art. 23 by law §6 [READ]; level [DESIGN]", "《道路危险货物运输管理规定》第23条"),
        ("formats §3 [DESIGN]", "证据格式 §3"),
        ("docs/formats/claim.md [DESIGN]", "docs/formats/claim.md"),
        ("C2SP tlog-tiles [DESIGN]", "C2SP tlog-tiles"),
        ("law §6.2; tolerance [DESIGN]", "本账本规则"),
        ("[DESIGN]", "本账本规则"),
        ("", ""),
    ],
)
def test_a_source_for_chinese_readers(source: str, chinese: str) -> None:
    assert source_in_chinese(cited(source)) == chinese


@pytest.mark.parametrize(("day", "source"), [("2026-08-14", "old"), ("2026-08-15", "new"), ("2026-11-05", "new"), ("", "new")])
def test_the_source_follows_the_day_of_the_event(day: str, source: str) -> None:
    rule = Rule(code="A", zh="甲", en="a", do_zh="乙", do_en="b", source="new", before=("2026-08-15", "old"))
    assert rule.source_on(day) == source


def test_a_source_that_never_changed_holds_on_every_day() -> None:
    rule = Rule(code="A", zh="甲", en="a", do_zh="乙", do_en="b", source="always")
    assert rule.source_on("1990-01-01") == "always"
