"""Times of the evidence: claimed ``at``, the log's own ``admission.at`` (formats §1, §4, §6), and days as bodies write them. No clock is
read here. Days are ``YYYY-MM-DD``, Asia/Shanghai; strings in this form sort by time.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from signing.phrase import Phrase
from signing.refusal import refuse

SHANGHAI = timezone(timedelta(hours=8))  # Asia/Shanghai has had no other offset since 1991; the evidence fixes ``+08:00``.

AT_WORDS = Phrase("带时区的时间，如 2026-12-31T08:30:00+08:00", "a time with its offset, e.g. 2026-12-31T08:30:00+08:00")
_OFFSET_S = 8 * 3600
DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
LAST_DAY = date.max.isoformat()
_FIRST_S = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
_LAST_S = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=SHANGHAI).timestamp())
"""Outside there is no year 1 to 9999 to write a moment down in, in UTC or in Shanghai."""
_CLAIMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][+-](?:[01][0-9]|2[0-3]):[0-5][0-9]")


def parse_at(text: object, field: str = "at") -> int:
    """Unix seconds of a claimed time ``YYYY-MM-DDThh:mm:ss±hh:mm``; Refusal AT_FORM for anything else (no ``Z``, no fraction)."""
    if not isinstance(text, str):
        raise refuse("AT_FORM", field=field, found=text, expected=AT_WORDS)
    return _claimed(text, field)


@lru_cache(maxsize=8192)
def _claimed(text: str, field: str) -> int:
    if not _CLAIMED.fullmatch(text):
        raise refuse("AT_FORM", field=field, found=text, expected=AT_WORDS)
    try:
        seconds = int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise refuse("AT_FORM", field=field, found=text, expected=Phrase("真实存在的日期", "a real Gregorian date")) from None
    if not _FIRST_S <= seconds <= _LAST_S:
        raise refuse("AT_FORM", field=field, found=text, expected=Phrase("公元 1 至 9999 年", "years 1 to 9999, in UTC and in Shanghai"))
    return seconds


@lru_cache(maxsize=4096)
def format_at(seconds: int) -> str:
    """Unix seconds as ``admission.at``: Asia/Shanghai, whole seconds; outside the years 1 to 9999, the first or the last of them."""
    seconds = min(max(seconds, _FIRST_S), _LAST_S)  # a term may end behind them, and is told
    day, second = divmod(seconds + _OFFSET_S, DAY_S)
    hour, second = divmod(second, 3600)
    minute, second = divmod(second, 60)
    return f"{_day(day)}T{hour:02d}:{minute:02d}:{second:02d}+08:00"


def hour_end(hour: str) -> int:
    """Unix seconds of the end of a clock hour ``YYYY-MM-DDThh``, Asia/Shanghai."""
    return parse_at(f"{hour}:00:00+08:00", "hour") + 3600


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    """A day as text, counted from 1970-01-01; dates are formatted a hundred times as often as they change."""
    return (_EPOCH + timedelta(days=number)).isoformat()


def parse_admission_at(text: object) -> int:
    """Unix seconds of an ``admission.at``, which must be in the form that :func:`format_at` writes."""
    return _admission_s(text) if isinstance(text, str) else parse_at(text, "admission.at")


@lru_cache(maxsize=4096)
def _admission_s(text: str) -> int:
    seconds = parse_at(text, "admission.at")
    if format_at(seconds) != text:
        raise refuse("ENTRY_FORM", field="admission.at", found=text, expected=format_at(seconds))
    return seconds


@lru_cache(maxsize=4096)
def day_of(seconds: int) -> str:
    """The Shanghai day ``YYYY-MM-DD`` of a moment; outside the years 1 to 9999, the first or the last of them."""
    return _day((min(max(seconds, _FIRST_S), _LAST_S) + _OFFSET_S) // DAY_S)


def day_at(at: str) -> str:
    """The Shanghai day of a moment in whatever offset it is written: a day is never cut out of a text (case E4). Refusal AT_FORM."""
    return day_of(parse_at(at))


def year_at(at: str) -> int:
    """The same of its year."""
    return year_of(parse_at(at))


@lru_cache(maxsize=4096)
def year_of(seconds: int) -> int:
    """The Shanghai year of a moment."""
    return int(day_of(seconds)[:4])


def to_datetime(seconds: int) -> datetime:
    """An aware UTC datetime, for the database; outside the years 1 to 9999, the first or the last of them."""
    return datetime.fromtimestamp(min(max(seconds, _FIRST_S), _LAST_S), UTC)


def read_day(text: str) -> date | None:
    """The date of ``YYYY-MM-DD``, or ``None`` for anything else (also for days that do not exist)."""
    if len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def year_of_day(day: str) -> int:
    """The year of a day."""
    return int(day[:4])


def twelve_months_after(day: str) -> str:
    """The same day of the next year; 29 February becomes 28 February (Order 23 Art. 27.2: 12 months). Behind the last year the last day."""
    rest, year = day[5:], year_of_day(day) + 1
    return LAST_DAY if year > date.max.year else f"{year:04d}-{'02-28' if rest == '02-29' else rest}"


def days_after(day: str, days: int) -> str:
    """The day so many days later; the last one there is, where that lies behind it."""
    found = date.fromisoformat(day)
    return LAST_DAY if days > (date.max - found).days else (found + timedelta(days=days)).isoformat()
