"""N(x) of kinds §1.4: the key of a register is the same however a number was typed, and nothing else is folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.fields import normal

BLANKS = [
    *(" \u00a0\u115f\u1160\u1680\u202f\u205f\u2800\u3000\u3164\uffa0"),
    *map(chr, range(0x2000, 0x200B)),
    *map(chr, range(0xFE00, 0xFE10)),
]
MARKS = [*"\u00b7\u2022\u2027\u30fb\uff65\u002d\u2212", *map(chr, range(0x2010, 0x2016)), "\uff0d"]
ascii_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("川A·12345", "川A12345"),
        ("川a 1234-5", "川A12345"),
        ("川Ａ－１２３４５", "川A12345"),
        ("渝A0002挂", "渝A0002挂"),
        ("ｗ－１", "W1"),
        ("　\ufe0f", ""),
        ("ÀàÉß", "ÀàÉß"),
        ("А1", "А1"),  # Cyrillic А is not Latin A
        ("①", "①"),
    ],
)
def test_known_forms(typed: str, key: str) -> None:
    assert normal(typed) == key


@given(st.text())
def test_it_is_idempotent(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(ascii_text, st.data())
def test_width_case_blanks_dots_and_dashes_make_no_difference(text: str, data: st.DataObject) -> None:
    typed = "".join(
        data.draw(st.sampled_from([char, chr(ord(char) + 0xFEE0), char.lower(), char.upper()]))
        + data.draw(st.sampled_from(["", *BLANKS, *MARKS]))
        for char in text
    )
    assert normal(typed) == normal(text) == text.replace("-", "").upper()


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)))
def test_what_it_does_not_name_it_keeps(text: str) -> None:
    assert normal(text) == text


@given(st.text(), st.text())
def test_it_is_judged_character_by_character(left: str, right: str) -> None:
    assert normal(left + right) == normal(left) + normal(right)
