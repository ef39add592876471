"""Cursors: what we wrote we read again, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reading import ALL_ROWS, CURSOR_MAX, Position, read_cursor, write_cursor
from signing.refusal import Refusal

CHAINS = st.from_regex(r"chain:[a-z]{1,8}/[0-9A-Za-z._/-]{1,90}", fullmatch=True)


@given(place=st.builds(Position, CHAINS, st.integers(0, ALL_ROWS)))
def test_a_cursor_comes_back_as_the_place_it_was_and_fits_a_url(place: Position) -> None:
    text = write_cursor(place, ("permits", "51"))
    assert read_cursor(text, Position, ("permits", "51")) == place
    assert len(text) <= CURSOR_MAX
    assert text.isascii()
    assert not set(text) & set("+/=&?#%")


@given(text=st.text(max_size=CURSOR_MAX + 10))
def test_any_other_text_is_refused_or_a_place_that_can_be(text: str) -> None:
    try:
        place = read_cursor(text, Position, "")
    except Refusal as refused:
        place, refusal = None, refused
    else:
        refusal = None
    if place is None:
        assert refusal is not None
        assert refusal.codes in (["CURSOR_FORM"], ["CURSOR_OTHER"])
    else:
        assert place.key.isprintable()
        assert 0 <= place.number <= ALL_ROWS


@pytest.mark.parametrize("place", [Position("chain:a", 0), Position("chain:b", ALL_ROWS)])
def test_a_place_of_control_characters_or_impossible_rows_is_refused(place: Position) -> None:
    with pytest.raises(ValueError, match="not a place"):
        Position(place.key + "\x00", place.number)
    with pytest.raises(ValueError, match="not a place"):
        Position(place.key, ALL_ROWS + 1)
    with pytest.raises(ValueError, match="not a place"):
        Position(place.key, -1)


def test_no_cursor_is_the_first_page() -> None:
    assert read_cursor(None, Position, "") is None


def test_a_cursor_is_of_one_question() -> None:
    text = write_cursor(Position("chain:a", 0), ("permits", "51"))
    for other in (("permits", "50"), ("permits", None), ("lists", "51")):
        with pytest.raises(Refusal) as refused:
            read_cursor(text, Position, other)
        assert refused.value.codes == ["CURSOR_OTHER"]
