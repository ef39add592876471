"""Lines of books: known again by what they say, wherever they stand."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.books.model import BOOK_KINDS, Book, BookLine, hash_of_lines

LINE = BookLine(
    holder="91510107MA6200000A", book="", sheet="委外", row=7, side="out", day="2026-11-03", batch="WW20261103000001", waste="废铅蓄电池",
    code="900-052-31", mass_g=12_500_000, partner_name="某再生资源公司", permit_no="CQ5001070001", raw={"备注": "A"},
)  # fmt: skip


@pytest.mark.parametrize("change", [{"sheet": "Sheet1"}, {"row": 8}, {"book": "01JD"}, {"raw": {}}])
def test_the_same_lines_elsewhere_are_the_same_lines(change: dict[str, object]) -> None:
    assert hash_of_lines([msgspec.structs.replace(LINE, **change)]) == hash_of_lines([LINE])


@pytest.mark.parametrize(
    "change", [{"mass_g": 12_500_001}, {"day": "2026-11-04"}, {"day": None}, {"code": "900-052-32"}, {"holder": "x"}, {"gross_g": 0}]
)
def test_lines_that_say_something_else_are_others(change: dict[str, object]) -> None:
    assert hash_of_lines([msgspec.structs.replace(LINE, **change)]) != hash_of_lines([LINE])


@given(st.lists(st.integers(0, 3), max_size=6), st.lists(st.integers(0, 3), max_size=6))
def test_order_and_repetition_count(first: list[int], second: list[int]) -> None:
    made = [[msgspec.structs.replace(LINE, mass_g=mass) for mass in masses] for masses in (first, second)]
    assert (hash_of_lines(made[0]) == hash_of_lines(made[1])) == (first == second)


def test_lines_and_books_survive_being_kept() -> None:
    book = Book(
        id="01JD", holder=LINE.holder, kind="b5", month="2026-11", file="台账.xlsx", sha256="0" * 64, lines_hash=hash_of_lines([LINE]),
        lines=1, put_at_s=1, put_by=LINE.holder,
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(book), type=Book) == book
    assert msgspec.json.decode(msgspec.json.encode(LINE), type=BookLine) == LINE
    assert LINE.place == "委外!7"
    assert BOOK_KINDS[:5] == ("b1", "b2", "b3", "b4", "b5")
