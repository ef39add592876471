"""A day as offices write it: 2026.12.31, 年月日, eight digits, a day number; what could be two days is refused."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from ledger.times import SHANGHAI
from liandan.intake.faults import Hows, unfit
from liandan.intake.model import SheetCell
from liandan.intake.spelling import dashed, folded, shown
from liandan.intake.xlsx import day_of_number
from signing.phrase import Phrase

FORM = Phrase("年-月-日，如 2026-12-31", "year-month-day, e.g. 2026-12-31")
_YEAR_FIRST = re.compile(r"(20[0-9]{2}|19[0-9]{2})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*日?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[-./]\s*([0-9]{1,2})\s*[-./]\s*((?:20|19)[0-9]{2})")
_EIGHT = re.compile(r"((?:20|19)[0-9]{2})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"(.*?)(?:\s*T\s*|\s+|(?<=日))0{1,2}:00(?::00(?:\.0+)?)?")
_YEARS = range(2000, 2100)
MOMENT = Phrase("年-月-日，可带时间，如 2026-12-31 14:05", "year-month-day, perhaps a time, e.g. 2026-12-31 14:05")
CLOCK = Phrase("时:分，如 14:05", "hours:minutes, e.g. 14:05")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])\s*[:时]\s*([0-5]?[0-9])(?:\s*[:分]\s*(?:([0-5]?[0-9])(?:\.[0-9]+)?\s*秒?)?)?")
_ISO = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})")
_WITH_CLOCK = re.compile(rf"(.*?[0-9日])(?:\s+|T)({_CLOCK.pattern})|(.*?日)({_CLOCK.pattern})")
_FOURTEEN = re.compile(r"((?:20|19)[0-9]{6})([0-9]{2})([0-9]{2})([0-9]{2})")


def read_day_cell(cell: SheetCell, epoch: datetime | None, hows: Hows) -> str:
    """``YYYY-MM-DD``. A number without a day's format is a day number of the file, where the file says which day was its first."""
    value = cell.value
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise unfit("INTAKE_DAY", "TIME", shown(cell), FORM)
        if epoch is not None and epoch.year == 1904:
            hows.append(Phrase("按 1904 日期系统", "by the 1904 date system"))
        return value.date().isoformat()
    if isinstance(value, float | int):
        return _of_number(cell, float(value), epoch, hows)
    assert isinstance(value, str)
    return _of_text(value, hows)


def read_moment_cell(cell: SheetCell, epoch: datetime | None, hows: Hows) -> str:
    """``YYYY-MM-DD``, or with the time that stands beside it ``YYYY-MM-DD HH:MM:SS``, of Asia/Shanghai. A moment of another zone is converted: its
    day may be another one."""
    value = cell.value
    if isinstance(value, datetime):
        whole = _rounded(value)
        return whole.date().isoformat() if whole.time() == time(0) else whole.isoformat(" ")
    if isinstance(value, float | int):
        if value == int(value) and (stamp := _FOURTEEN.fullmatch(str(int(value)))):
            hows.append(Phrase("十四位数字写成时间", "fourteen digits written as a moment"))
            return _joined(stamp[1], (stamp[2], stamp[3], stamp[4]), shown(cell), hows)
        return _of_number(cell, float(value), epoch, hows)
    assert isinstance(value, str)
    text = dashed(folded(value))
    if iso := _ISO.fullmatch(text):
        moment = datetime.fromisoformat(f"{iso[1]}T{iso[2]}{iso[3]}").astimezone(SHANGHAI).replace(tzinfo=None)
        hows.append(Phrase("换算为北京时间", "as the time of Beijing"))
        return moment.isoformat(" ")
    if stamp := _FOURTEEN.fullmatch(text):
        return _joined(stamp[1], (stamp[2], stamp[3], stamp[4]), value, hows)
    if _MIDNIGHT.fullmatch(text) is None and (found := _WITH_CLOCK.fullmatch(text)):
        parts = [one for one in found.groups() if one is not None]
        return _joined(parts[0], (parts[2], parts[3], parts[4] if len(parts) > 4 else "0"), value, hows)
    return _of_text(value, hows)


def _joined(day: str, clock: tuple[str, str, str], found: str, hows: Hows) -> str:
    hours, minutes, seconds = map(int, clock)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise unfit("INTAKE_DAY", "NONE", found, MOMENT)
    taken = f"{_of_text(day, [])} {hours:02d}:{minutes:02d}:{seconds:02d}"
    if taken != found and not hows:
        hows.append(Phrase("写成年-月-日 时:分:秒", "written as year-month-day hours:minutes:seconds"))
    return taken


def _rounded(value: datetime) -> datetime:
    """A moment that a spreadsheet keeps as a binary fraction of a day, to the second."""
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def read_clock_cell(cell: SheetCell, hows: Hows) -> str:
    """``HH:MM:SS`` of a time of day, which a spreadsheet keeps as a fraction of a day."""
    value = cell.value
    if isinstance(value, datetime):
        return _rounded(value).time().isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1:
        hows.append(Phrase("一天的几分之几，写成时间", "a fraction of a day, written as a time"))
        return (datetime(2000, 1, 1) + timedelta(seconds=min(round(value * 86_400), 86_399))).time().isoformat()  # noqa: DTZ001  # a time of no day
    if isinstance(value, str) and (found := _CLOCK.fullmatch(folded(value))):
        taken = f"{int(found[1]):02d}:{int(found[2]):02d}:{int(found[3] or 0):02d}"
        if taken != value:
            hows.append(Phrase("写成 时:分:秒", "written as hours:minutes:seconds"))
        return taken
    raise unfit("INTAKE_DAY", "CLOCK", shown(cell), CLOCK)


def _of_number(cell: SheetCell, value: float, epoch: datetime | None, hows: Hows) -> str:
    if value == int(value) and (found := _EIGHT.fullmatch(str(int(value)))):
        hows.append(Phrase("八位数字写成日期", "eight digits written as a day"))
        return _day(found[1], found[2], found[3], shown(cell))
    moment = None if epoch is None else day_of_number(value, epoch)
    if moment is None or moment.time() != time(0) or moment.year not in _YEARS:
        raise unfit("INTAKE_DAY", "NUMBER", shown(cell), FORM)
    assert epoch is not None
    system = "1904" if epoch.year == 1904 else "1900"
    hows.append(Phrase(f"日期序号，按 {system} 日期系统", f"a day number, by the {system} date system"))
    return moment.date().isoformat()


def _of_text(value: str, hows: Hows) -> str:
    text = dashed(folded(value))
    if midnight := _MIDNIGHT.fullmatch(text):
        text = midnight[1]
    if found := _YEAR_FIRST.fullmatch(text) or _EIGHT.fullmatch(text):
        day = _day(found[1], found[2], found[3], value)
    elif found := _DAY_FIRST.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second:
            raise unfit("INTAKE_DAY", "EITHER", value, FORM)
        day = _day(found[3], found[1], found[2], value) if second > 12 else _day(found[3], found[2], found[1], value)
    else:
        raise unfit("INTAKE_DAY", "NUMBER" if re.fullmatch(r"[0-9.]{1,12}", text) else "", value, FORM)
    if day != value:
        hows.append(Phrase("日期写成年-月-日", "the day written as year-month-day"))
    return day


def _day(year: str, month: str, day: str, found: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise unfit("INTAKE_DAY", "NONE", found, FORM) from None
