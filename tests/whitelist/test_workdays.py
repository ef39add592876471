from __future__ import annotations

import importlib.util
import json
from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.workdays import Workdays, parse_workdays, workdays_of

FILES = {file.name: file.path for file in data_files() if file.name.startswith("workdays-")}
COUNT = workdays_of(Log().facts)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("year", [2025, 2026])
def test_official_years_agree_with_a_second_library(year: int) -> None:
    calendar = parse_workdays(FILES[f"workdays-{year}"].read_bytes())
    other = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    assert not calendar.provisional
    assert [one for one in days if calendar.is_workday(one) != other.is_working_day(one)] == []


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_committed_script_writes_the_committed_file(year: int) -> None:
    path = Path(FILES[f"workdays-{year}"])
    spec = importlib.util.spec_from_file_location("make_workdays", path.with_name("make_workdays.py"))
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.text_of(year).encode() == path.read_bytes()


def test_2027_knows_the_seven_weekdays_that_the_regulation_makes_free() -> None:
    """全国年节及纪念日放假办法 Art. 2; its six days that fall on weekends are made up for by the notice alone."""
    calendar = parse_workdays(FILES["workdays-2027"].read_bytes())
    assert (calendar.provisional, sorted(map(str, calendar.off)), calendar.work) == (
        True,
        ["2027-01-01", "2027-02-05", "2027-02-08", "2027-04-05", "2027-06-09", "2027-09-15", "2027-10-01"],
        frozenset(),
    )
    other = holidays.country_holidays("CN", years=2027, language="en_US")
    # What it calls "observed" is its own rule for days that fall on a weekend, no notice.
    assert calendar.off == {one for one, names in other.items() if one.weekday() < 5 and "observed" not in names}


def test_a_term_over_new_year_2027_does_not_count_it() -> None:
    assert COUNT.due(day("2026-12-31"), 1).day == day("2027-01-04")
    assert COUNT.due(day("2027-02-04"), 1).day == day("2027-02-09")


def test_2026_has_248_working_days() -> None:
    assert COUNT.between(day("2025-12-31"), day("2026-12-31")).workdays == 248


@pytest.mark.parametrize(
    ("trigger", "term", "due"),
    [
        ("2026-09-28", 5, "2026-10-10"),  # National Day, and the make-up Saturday counts
        ("2026-11-05", 5, "2026-11-12"),
        ("2026-11-05", 10, "2026-11-19"),
        ("2026-11-02", 5, "2026-11-09"),  # first review
        ("2026-11-09", 10, "2026-11-23"),  # reply
        ("2026-11-23", 5, "2026-11-30"),  # decision
        ("2026-02-02", 5, "2026-02-09"),  # law §7.8: short way
        ("2026-02-02", 20, "2026-03-06"),  # law §7.8: by letter, over Spring Festival
    ],
)
def test_terms_of_the_law_note(trigger: str, term: int, due: str) -> None:
    count = COUNT.due(day(trigger), term)
    assert (count.day, count.flags) == (day(due), ())


def test_the_day_after_the_trigger_is_day_one_even_if_the_trigger_is_worked() -> None:
    assert COUNT.due(day("2026-11-04"), 1).day == day("2026-11-05")
    assert COUNT.between(day("2026-11-04"), day("2026-11-04")).workdays == 0


def test_a_term_that_touches_a_year_without_notice_says_so() -> None:
    assert COUNT.due(day("2026-12-30"), 1).flags == ()
    assert COUNT.due(day("2026-12-30"), 2).flags == ("PROVISIONAL_CALENDAR",)


def test_a_year_that_was_never_adopted_counts_weekends_and_says_so() -> None:
    count = Workdays(lambda year: None).due(day("2030-10-01"), 1)
    assert (count.day, count.flags) == (day("2030-10-02"), ("PROVISIONAL_CALENDAR",))


@given(st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.integers(1, 60))
def test_due_and_between_are_inverse(trigger: date, term: int) -> None:
    due = COUNT.due(trigger, term).day
    assert COUNT.between(trigger, due).workdays == term
    assert COUNT.calendar(due.year).is_workday(due)


@pytest.mark.parametrize(
    "change",
    [
        {"off": ["2026-01-03"]},  # a Saturday is off anyhow
        {"work": ["2026-01-05"]},  # a Monday is worked anyhow
        {"off": ["2025-01-01"]},
        {"off": ["2026-02-30"]},
        {"provisional": True, "work": ["2026-01-04"]},  # only a notice makes a weekend day worked
        {"note": "x"},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    file = {"year": 2026, "provisional": False, "source": "s", "off": [], "work": []} | change
    with pytest.raises(Refusal) as refused:
        parse_workdays(json.dumps(file).encode())
    assert refused.value.codes == ["DATA_FORM"]
