"""The normal form N of kinds §1.4, against the definition carried out step by step."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.fields import BLANK
from ledger.normal import normal

W = "\u0020\u00a0\u115f\u1160\u1680\u202f\u205f\u2800\u3000\u3164\uffa0" + "".join(
    map(chr, (*range(0x2000, 0x200B), *range(0xFE00, 0xFE10)))
)
MARKS = "\u00b7\u2022\u2027\u30fb\uff65\u002d\u2212" + "".join(map(chr, range(0x2010, 0x2016)))


def naive(text: str) -> str:
    """Fold, drop, raise: in the order of the text of the law of this house."""
    folded = "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)
    kept = "".join(char for char in folded if char not in W and char not in MARKS)
    return "".join(chr(ord(char) - 32) if "a" <= char <= "z" else char for char in kept)


@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(W + MARKS + "ａＺ－．～"))))
def test_it_is_what_the_definition_says(text: str) -> None:
    assert normal(text) == naive(text)
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    "written",
    ["渝B·FX777", "渝BFX777", "渝b fx777", "渝Ｂ－ＦＸ７７７", "渝B•FX777", "渝B－fx 777", "渝\u3164B・FX777", "渝B—FX777", "渝B.FX777"],
)
def test_every_spelling_of_a_plate_has_one_key(written: str) -> None:
    # A full stop is a character of its own: it separates in dates and decimals, so it is not dropped (kinds §1.4).
    assert (normal(written) == "渝BFX777") == ("." not in written)


def test_blank_texts_and_keys_know_the_same_blanks() -> None:
    assert {chr(point) for point in range(0x10000) if re.match(f"[{BLANK}]", chr(point))} == set(W)
    assert normal(W) == ""
