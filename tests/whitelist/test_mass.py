from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.mass import format_mass, parse_mass, read_mass
from signing.refusal import Reason, Refusal


@given(st.integers(0, 10**15 - 1))
def test_every_mass_survives_printing(grams: int) -> None:
    assert parse_mass(format_mass(grams)) == grams


@given(st.text("0123456789.+-eE_ ,０٣", max_size=12))
def test_only_plain_decimals_are_masses(text: str) -> None:
    grams = read_mass(text)
    if grams is None:
        with pytest.raises(Refusal) as refused:
            parse_mass(text)
        assert refused.value.codes == ["QTY"]
    else:
        whole, _, rest = format_mass(grams).partition(".")
        given_whole, _, given_rest = text.partition(".")
        assert (whole, rest) == (given_whole, given_rest.ljust(6, "0"))


@pytest.mark.parametrize(
    ("text", "grams"), [("5.600000", 5_600_000), ("0.000001", 1), ("60000", 60_000_000_000), ("0", 0), ("999999999.999999", 10**15 - 1)]
)
def test_tonnes_are_grams_times_a_million(text: str, grams: int) -> None:
    assert parse_mass(text) == read_mass(text) == grams


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "05", "1e3", "-1", "+1", "5,6", "5.6000000", "1000000000", " 5", "5 ", "５", "NaN", "5.6t", "5\n"]
)
def test_other_notations_are_refused(text: str) -> None:
    assert read_mass(text) is None


def test_a_refused_mass_is_told_with_its_field_and_an_example() -> None:
    with pytest.raises(Refusal) as refused:
        parse_mass("5,6", "body.lines.0.mass_t")
    assert list(refused.value.reasons) == [Reason("QTY", "body.lines.0.mass_t", "5,6", "5.600000")]
    with pytest.raises(Refusal) as refused:
        parse_mass("")
    assert refused.value.reasons[0].field == ""


def test_what_is_overdrawn_prints_with_a_minus() -> None:
    assert format_mass(-52_000) == "-0.052000"
