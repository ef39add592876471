from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import read_day, twelve_months_after


@given(st.dates())
def test_every_day_in_its_form_is_read(day: object) -> None:
    assert read_day(str(day)) == day


@pytest.mark.parametrize(
    "text", ["2026-02-29", "20260101", "2026-1-01", "2026-W01-1", "2026-13-01", "", "2026-01-01 ", "２026-01-01", "2026/01/01"]
)
def test_other_forms_are_no_days(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(("day", "after"), [("2026-03-01", "2027-03-01"), ("2028-02-29", "2029-02-28"), ("2026-12-31", "2027-12-31")])
def test_twelve_months_end_on_the_same_day(day: str, after: str) -> None:
    assert twelve_months_after(day) == after
