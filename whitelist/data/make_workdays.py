"""Write ``workdays-<YYYY>.json`` next to this script from chinesecalendar's tables; run it after a new yearly notice and a new release.

    python whitelist/data/make_workdays.py 2025 2026 2027

A year that the library does not cover is written as provisional: weekends only, because its pattern of holidays is not known.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # ships no stubs

NOTICE = {
    2025: "国务院办公厅关于2025年部分节假日安排的通知",
    2026: "国务院办公厅关于2026年部分节假日安排的通知",
}
SATURDAY = 5


def calendar(year: int) -> dict[str, object]:
    """The exceptions of a year to "Monday to Friday"."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    days = [day for day in days if day.year == year]
    if year not in NOTICE:
        return {"year": year, "provisional": True, "source": "尚无国务院办公厅通知：仅计周末", "off": [], "work": []}
    off = [day.isoformat() for day in days if day.weekday() < SATURDAY and not chinese_calendar.is_workday(day)]
    work = [day.isoformat() for day in days if day.weekday() >= SATURDAY and chinese_calendar.is_workday(day)]
    return {"year": year, "provisional": False, "source": NOTICE[year], "off": off, "work": work}


def text_of(year: int) -> str:
    """The file of a year, byte for byte."""
    return json.dumps(calendar(year), ensure_ascii=False, indent=1) + "\n"


def main(years: list[int]) -> None:
    """Write one file per year."""
    for year in years:
        Path(__file__).with_name(f"workdays-{year}.json").write_bytes(text_of(year).encode())


if __name__ == "__main__":
    main([int(year) for year in sys.argv[1:]])
