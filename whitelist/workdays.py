"""Working days (工作日) and the terms that are counted in them (办理期限, R-42): the day after the trigger is day 1; weekends and statutory holidays out, make-up workdays in.

Calendars are adopted data, one set per year (``workdays-2026``): which weekdays are off and which weekend days are worked, by the State
Council's yearly notice. Before the notice a year knows weekends and the weekdays that the regulation itself makes free (元旦, 除夕 …); days
off in lieu, bridge days and make-up workdays are open, so every count that touches it says so (``PROVISIONAL_CALENDAR``).
Source: 行政许可法 Art. 82, 民法典 Art. 201 [READ, addenda §1.4]; notice for 2026 of 2025-11-04 [READ T25]; 全国年节及纪念日放假办法 Art. 2
(4th revision, 2024-11-10) [READ H3].
"""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from ledger.admission.personality import Judged, JudgeFn
from ledger.model import Facts, Findings
from ledger.times import day_of, read_day
from signing.refusal import refuse, texts
from whitelist.thresholds import thresholds_of

PROVISIONAL_CALENDAR = "PROVISIONAL_CALENDAR"
LATE = "AUTH_LATE"
"""The alert that an authority acted after its term."""
_SATURDAY = 5


class Calendar(Struct, frozen=True, gc=False, kw_only=True):
    """One year's exceptions to the rule "Monday to Friday"."""

    year: int
    provisional: bool
    off: frozenset[date]
    work: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Whether a day of this year is worked."""
        return day in self.work or (day.weekday() < _SATURDAY and day not in self.off)


class Count(Struct, frozen=True, gc=False):
    """A counted deadline or span: its last day, its working days, and ``PROVISIONAL_CALENDAR`` where such a calendar had a part in it."""

    day: date
    workdays: int
    flags: tuple[str, ...] = ()


class _File(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    year: int
    provisional: bool
    source: str
    off: tuple[str, ...]
    work: tuple[str, ...]


def parse_workdays(raw: bytes) -> Calendar:
    """A data set ``workdays-<YYYY>``; Refusal DATA_FORM for days of another year or exceptions that change nothing."""
    try:
        file = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refuse("DATA_FORM", field="workdays", found=error, expected="year, provisional, source, off, work") from None
    off = frozenset(_day(file, text, weekend=False) for text in file.off)
    work = frozenset(_day(file, text, weekend=True) for text in file.work)
    if file.provisional and work:
        expected = "no make-up workdays before the notice: the regulation fixes days off only"
        raise refuse("DATA_FORM", field="workdays.work", found=", ".join(file.work), expected=expected)
    return Calendar(year=file.year, provisional=file.provisional, off=off, work=work)


def _day(file: _File, text: str, *, weekend: bool) -> date:
    day = read_day(text)
    if day is None or day.year != file.year or (day.weekday() >= _SATURDAY) != weekend:
        expected = f"a {'weekend' if weekend else 'week'} day of {file.year}"
        raise refuse("DATA_FORM", field="workdays.work" if weekend else "workdays.off", found=text, expected=expected)
    return day


class Workdays:
    """Counts working days over the calendars of several years."""

    def __init__(self, calendar_of: Callable[[int], Calendar | None]) -> None:
        """``calendar_of(year)`` gives the adopted calendar or ``None``."""
        self._calendar_of = calendar_of
        self._years: dict[int, Calendar] = {}

    def calendar(self, year: int) -> Calendar:
        """The year's calendar, weekends only where none was adopted."""
        if year not in self._years:
            nothing = Calendar(year=year, provisional=True, off=frozenset(), work=frozenset())
            self._years[year] = self._calendar_of(year) or nothing
        return self._years[year]

    def due(self, trigger: date, workdays: int) -> Count:
        """The last day of a term of ``workdays`` ≥ 1 working days; the trigger's own day does not count."""
        assert workdays >= 1, "a term has at least one day"
        day, counted, provisional = trigger, 0, False
        while counted < workdays:
            day += timedelta(days=1)
            calendar = self.calendar(day.year)
            provisional = provisional or calendar.provisional
            counted += calendar.is_workday(day)
        return Count(day, counted, (PROVISIONAL_CALENDAR,) if provisional else ())

    def between(self, trigger: date, last: date) -> Count:
        """How many working days lie after ``trigger`` up to and including ``last``; 0 when ``last`` is not after it. Not day by day: what people
        claim may lie thousands of years ahead."""
        if trigger >= last:
            return Count(last, 0)
        counted, provisional = _weekdays(last) - _weekdays(trigger), False
        for year in range((trigger + timedelta(days=1)).year, last.year + 1):
            calendar = self.calendar(year)
            provisional = provisional or calendar.provisional
            counted += sum(trigger < day <= last for day in calendar.work) - sum(trigger < day <= last for day in calendar.off)
        return Count(last, counted, (PROVISIONAL_CALENDAR,) if provisional else ())


def _weekdays(day: date) -> int:
    """Mondays to Fridays up to and including a day; the first day of the calendar, number 1, was a Monday."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def workdays_of(facts: Facts) -> Workdays:
    """Counting by the calendars in force at this index (``log/main`` must be loaded)."""

    def adopted(year: int) -> Calendar | None:
        calendar: Calendar | None = facts.data(f"workdays-{year}")
        return calendar

    return Workdays(adopted)


def is_late(facts: Facts, out: Findings, since: str, workdays: int, day: str) -> bool:
    """Whether ``day`` lies after a term of working days from the day after ``since``; a provisional calendar in it becomes a tag."""
    due = workdays_of(facts).due(date.fromisoformat(since), workdays)
    for flag in due.flags:
        out.tag(flag)
    return date.fromisoformat(day) > due.day


def judge_term(facts: Facts, out: Findings, since: str, workdays: int, day: str) -> None:
    """ALERT M AUTH_LATE after a term."""
    if is_late(facts, out, since, workdays, day):
        out.alert("M", "AUTH_LATE")


def is_in_time(since: str, term: str) -> JudgeFn:
    """The rule that an act on an application comes within a term of the thresholds, from a day that the application's state names (R-42).

    Acceptance is the day of the application as long as nobody says otherwise in time (kinds §15).
    """

    def judge(judged: Judged, out: Findings) -> None:
        limits = thresholds_of(judged.facts)
        if limits is not None:
            judge_term(judged.facts, out, getattr(judged.state, since), getattr(limits, term), day_of(judged.moment.at_s))

    return judge


TEXTS = texts("""
PROVISIONAL_CALENDAR | R-42 | operator | 行政许可法 Art. 82 [READ T2]; flag [DESIGN]
期限跨入尚无放假通知的年份，工作日为暂算。 || 国务院办公厅通知发布后采用新的工作日历，期限随之重算。
The term runs into a year without its official notice; the count is provisional. || Adopt the calendar once the notice is out.

AUTH_LATE | R-42 | nobody | Order 23 Art. 23–26 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 23–26 [READ]; 固废法 Art. 82.2 [READ S2]
主管部门办理逾期。 || 由该主管部门说明原因；申请人可以催办。
The authority acted after its term. || Let it explain; the applicant may ask for progress.
""")
