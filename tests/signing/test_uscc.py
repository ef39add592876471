"""The USCC and its check character (GB 32100)."""

from __future__ import annotations

import pytest
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from signing import uscc
from signing.uscc import check_character, check_uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FICTITIOUS = [
    "915001160000FX0107",
    "915101120000FX029E",
    "915101000000FX037W",
    "915001050000FX045U",
    "915105000000FX0537",
    "915117000000FX061Q",
]
"""Parties of the demonstration."""


@pytest.mark.parametrize("code", FICTITIOUS)
def test_a_correct_code_passes(code: str) -> None:
    assert check_uscc(code)


@pytest.mark.parametrize("code", FICTITIOUS)
def test_every_single_wrong_character_is_noticed(code: str) -> None:
    for at in range(18):
        for other in ALPHABET:
            changed = code[:at] + other + code[at + 1 :]
            assert check_uscc(changed) == (changed == code)


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_the_check_character_completes_any_first_seventeen(first: str) -> None:
    assert check_uscc(first + check_character(first))


@given(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9))
def test_the_check_character_is_that_of_another_library(digits: str, rest: str) -> None:
    assert check_character(digits + rest) == stdnum.cn.uscc.calc_check_digit(digits + rest)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "915001160000FX010",
        "915001160000FX01077",
        "915001160000fx0107",
        " 915001160000FX0107",
        "915001160000FX0107\n",
        "91500116-0000FX0107",
        "９15001160000FX0107",
        "٩15001160000FX0107",
        "9I5001160000FX0107",
        "91S001160000FX0107",
    ],
)
def test_nothing_is_trimmed_folded_or_guessed(code: str) -> None:
    assert not check_uscc(code)


def test_texts_of_other_lengths_are_not_kept() -> None:
    """A stranger's envelopes are read before their signatures hold: 16,384 texts of 24 KiB would be 400 MB."""
    before = uscc._is_right.cache_info().currsize
    assert not any(check_uscc("9" * length) for length in (0, 17, 19, 24_000))
    assert uscc._is_right.cache_info().currsize == before
