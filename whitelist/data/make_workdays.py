"""Write ``workdays-<YYYY>.json`` next to this script from chinesecalendar's tables; run it after a new yearly notice and a new release.

    python whitelist/data/make_workdays.py 2025 2026 2027

A year without a notice is written as provisional: weekends, and the weekdays that the regulation itself makes free (``STATUTORY``). Other
libraries print more days for it ("observed"): these are guesses of theirs, no notice.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # ships no stubs

NOTICE = {
    2025: "国务院办公厅关于2025年部分节假日安排的通知",
    2026: "国务院办公厅关于2026年部分节假日安排的通知",
}
STATUTORY = {
    2027: {
        "2027-01-01": "元旦",
        "2027-02-05": "除夕",
        "2027-02-08": "正月初三",  # 初一、初二 fall on a weekend
        "2027-04-05": "清明",
        "2027-06-09": "端午",
        "2027-09-15": "中秋",
        "2027-10-01": "国庆",
    }
}
"""Weekdays off by 全国年节及纪念日放假办法 Art. 2 (4th revision, 2024-11-10) [READ H3]; lunar days by lunar-python [COMPUTED]."""
SATURDAY = 5


def calendar(year: int) -> dict[str, object]:
    """The exceptions of a year to "Monday to Friday"."""
    days = [day for number in range(366) if (day := date(year, 1, 1) + timedelta(days=number)).year == year]
    if year not in NOTICE:
        source = "全国年节及纪念日放假办法第二条；国务院办公厅通知未见"
        return {"year": year, "provisional": True, "source": source, "off": list(STATUTORY[year]), "work": []}
    off = [day.isoformat() for day in days if day.weekday() < SATURDAY and not chinese_calendar.is_workday(day)]
    work = [day.isoformat() for day in days if day.weekday() >= SATURDAY and chinese_calendar.is_workday(day)]
    return {"year": year, "provisional": False, "source": NOTICE[year], "off": off, "work": work}


def text_of(year: int) -> str:
    """The file of a year, byte for byte."""
    return json.dumps(calendar(year), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for named in sys.argv[1:]:
        Path(__file__).with_name(f"workdays-{named}.json").write_bytes(text_of(int(named)).encode())
