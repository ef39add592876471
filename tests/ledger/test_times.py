"""Claimed times: what can be read can also be written, compared by day and kept by the database (formats §1, §6)."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import day_of, format_at, parse_at, to_datetime, year_of
from signing.refusal import Refusal

OFFSETS = st.builds("{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59))


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), OFFSETS)  # noqa: DTZ001  # the offset comes apart
def test_every_time_that_is_read_can_be_written(moment: datetime, offset: str) -> None:
    seconds = parse_at(f"{moment.replace(microsecond=0).isoformat()}{offset}")
    assert parse_at(format_at(seconds)) == seconds
    assert day_of(seconds)[:4] == f"{year_of(seconds):04d}"
    assert int(to_datetime(seconds).timestamp()) == seconds


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "0001-01-01T07:59:59+08:00"])
def test_a_time_outside_the_calendar_is_a_wrong_form_and_no_fault(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_at(text)
    assert refused.value.codes == ["AT_FORM"]


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59+08:00", "0001-01-01T08:00:00+08:00"])
def test_the_first_and_the_last_moment_are_times(text: str) -> None:
    assert format_at(parse_at(text)) == text
