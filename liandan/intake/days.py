"""A day as offices write it: 2026.12.31, 年月日, eight digits, a day number; what could be two days is refused."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from liandan.intake.faults import Hows, unfit
from liandan.intake.model import SheetCell
from liandan.intake.spelling import dashed, folded, shown
from liandan.intake.xlsx import day_of_number
from signing.phrase import Phrase

FORM = Phrase("年-月-日，如 2026-12-31", "year-month-day, e.g. 2026-12-31")
_YEAR_FIRST = re.compile(r"(20[0-9]{2}|19[0-9]{2})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*日?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\s*[-./]\s*([0-9]{1,2})\s*[-./]\s*((?:20|19)[0-9]{2})")
_EIGHT = re.compile(r"((?:20|19)[0-9]{2})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"(.*?)\s*T?\s*0{1,2}:00(?::00(?:\.0+)?)?")
_YEARS = range(2000, 2100)


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
