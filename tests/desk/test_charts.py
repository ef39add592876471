"""Charts are legible on phones, where letters are largest: no name, figure or line lies upon another; what a picture has no room for is added up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liandan.desk.charts import LETTER, WIDE, ChartPart, ChartRow, bars, lines_of, with_rest

PHONE = 15.5
"""Units of a letter's height on phones (charts.css)."""
NAME = "环审批〔2026〕104号（虚构） 第 1 行　生活垃圾焚烧飞灰 772-002-18"


def row(head: str, *amounts: int, beside: tuple[int, ...] = ()) -> ChartRow:
    upper, lower = (tuple(ChartPart(name="a", amount=one, text=str(one)) for one in told) for told in (amounts, beside))
    return ChartRow(head=head, parts=upper, beside=lower)


@given(
    st.lists(st.tuples(st.sampled_from(["2026-10", NAME]), st.integers(0, 10**6), st.lists(st.integers(0, 10**6), max_size=1)), max_size=8)
)
def test_nothing_is_written_upon_anything_else(told: list[tuple[str, int, list[int]]]) -> None:
    drawn = bars([row(head, amount, beside=tuple(beside)) for head, amount, beside in told], most=10**6, marks=[10**6])
    texts = sorted(one.y for one in (*drawn.heads, *drawn.figures))
    assert all(below - above >= PHONE for above, below in pairwise(texts))
    for line in (part for part in drawn.parts if part.name == "limit"):
        assert not any(head.y - PHONE * 0.8 < line.y + line.height and line.y < head.y + PHONE * 0.2 for head in drawn.heads)
    assert all(part.y + part.height <= drawn.height for part in drawn.parts)


def test_a_long_name_takes_two_lines() -> None:
    assert lines_of(NAME) == ["环审批〔2026〕104号（虚构） 第 1 行", "生活垃圾焚烧飞灰 772-002-18"]
    assert lines_of("2026-10　四川→重庆") == ["2026-10　四川→重庆"]
    assert LETTER * 2 * len("环审批〔2026〕104号（虚构）") <= WIDE


def test_what_a_picture_has_no_room_for_shares_a_bar() -> None:
    rows = [row(str(number), 10 - number) for number in range(6)]
    assert with_rest(rows, 6, "{n}", str) == rows
    *first, last = with_rest(rows, 4, "{n} others", str)
    assert first == rows[:3]
    assert (last.head, last.parts[0].amount, last.parts[0].text) == ("3 others", 7 + 6 + 5, "18")
