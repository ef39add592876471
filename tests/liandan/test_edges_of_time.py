"""The edges of the calendar (cases S4, E4): a day is that of the moment, and what would lie behind the last one is refused or told, never raised."""

from __future__ import annotations

import pytest

from ledger.times import LAST_DAY, day_at, day_of, days_after, format_at, parse_at, to_datetime, twelve_months_after, year_at
from liandan.settings import load
from manifests.service import day_begins
from reports.reconcile import check_month
from signing.refusal import Refusal
from whitelist.acts.decide import latest_valid_to


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-08-14T16:30:00+00:00", "2026-08-15"),
        ("2026-08-15T00:30:00+09:00", "2026-08-14"),
        ("2026-08-14T23:59:59+08:00", "2026-08-14"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01"),
        ("2026-01-01T00:00:00+14:00", "2025-12-31"),
    ],
)
def test_a_day_is_that_of_the_moment_in_shanghai(at: str, day: str) -> None:
    assert (day_at(at), year_at(at)) == (day, int(day[:4]))


@pytest.mark.parametrize(
    "month", ["9999-12", "0000-01", "0001-01", "1991-12", "9999-13", "2026-1", "2026-10\n", "２０２６-10", "10000-01", "", "2026-10-01"]
)
def test_a_month_without_a_beginning_or_an_end_is_refused_in_words(month: str) -> None:
    with pytest.raises(Refusal, match="MONTH_FORM") as caught:
        check_month(month)
    assert "1992-01 … 9999-11" in caught.value.reasons[0].expected


def test_the_first_and_the_last_month_are_months() -> None:
    assert [check_month(month).month for month in ("1992-01", "9999-11")] == ["1992-01", "9999-11"]


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "0000-01-01", "1999-12-31", "2200-01-01", "2026-02-29", "2026-10-01\n", "２０２６-10-01"]
)
def test_a_day_of_a_query_that_nothing_happened_on_is_refused_in_words(day: str) -> None:
    for following in (False, True):
        with pytest.raises(Refusal, match="QUERY_FORM"):
            day_begins("from", day, following=following)


def test_terms_that_end_behind_the_last_day_are_told_as_the_last_day() -> None:
    assert (twelve_months_after("9999-12-31"), twelve_months_after("9998-12-31"), twelve_months_after("2028-02-29")) == (
        LAST_DAY,
        LAST_DAY,
        "2029-02-28",
    )
    assert (days_after("9999-12-30", 1), days_after("9999-12-31", 366), days_after("2026-12-31", 1)) == (LAST_DAY, LAST_DAY, "2027-01-01")
    assert latest_valid_to("9999-06-01", LAST_DAY, LAST_DAY, []) == LAST_DAY
    last = parse_at("9999-12-31T23:59:59+08:00")
    assert (format_at(last + 10**12), day_of(last + 1), to_datetime(last + 10**9).year) == ("9999-12-31T23:59:59+08:00", LAST_DAY, 9999)
    assert (format_at(-(10**15)), day_of(-(10**15)), to_datetime(-(10**15)).year) == ("0001-01-01T08:00:00+08:00", "0001-01-01", 1)


@pytest.mark.parametrize(
    "at",
    [
        "9999-12-31T23:59:59-08:00",
        "0001-01-01T00:00:00+08:00",
        "0000-01-01T00:00:00+08:00",
        "2026-10-01T00:00:00+08:00\n",
        "2026-10-01T24:00:00+08:00",
    ],
)
def test_a_moment_outside_the_calendar_is_refused_in_words(at: str) -> None:
    with pytest.raises(Refusal, match="AT_FORM"):
        parse_at(at)


@pytest.mark.parametrize("value", ["8e3", "1E1", "8_000", " 8000", "８０００", "8000.0", "0x10"])
def test_a_number_of_a_setting_is_digits(value: str) -> None:
    with pytest.raises(Refusal, match="SETTING_VALUE"):
        load({"LIANDAN_PORT": value, "HOME": "/root"})
