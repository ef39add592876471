"""The oracle's data sets and days: catalogue and exemption editions, divisions, working days, masses (kinds.md §0, §1.1, §2, §12).

An independent reading of the texts, standard library only: nothing of the product is imported by any `oracle*.py`. Shapes: a mass is
integer grams; a day is a `date` of Asia/Shanghai; a moment is an aware `datetime`.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
"""Every day of the law is counted here (formats §4)."""

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_AT = re.compile(r"(\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d)([+-])([01]\d|2[0-3]):([0-5]\d)")

STAGES = {"收集": "COLLECTION", "运输": "TRANSPORT", "利用": "USE", "处置": "DISPOSAL"}
"""豁免环节 of the exemption list and the link it waives; 全部环节 waives all four."""

USE_METHODS = frozenset({f"R{n}" for n in (*range(1, 10), 15)} | {"C2", "C3"})
METHODS = USE_METHODS | frozenset(
    ["D1", "D9", "D10", "D16", "C1", "Y10", "Y11", "Y12", "Y13", "Y16", "G21", "G22", "G23", "G24", "G29", "S"]
)


def uscc_check(body: str) -> str:
    """The GB 32100-2015 check character of the first 17 characters."""
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def uscc_ok(text: object) -> bool:
    """Whether `text` is a USCC with a correct check character (R-05)."""
    if not isinstance(text, str) or not re.fullmatch(f"[{USCC_ALPHABET}]{{18}}", text):
        return False
    return uscc_check(text[:17]) == text[17]


def moment_of(text: str) -> datetime | None:
    """The moment of an `at` text; None where it is out of form (formats §1)."""
    match = _AT.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day_of(moment: datetime) -> date:
    """The Shanghai day of a moment."""
    return moment.astimezone(SHANGHAI).date()


def date_of(text: object) -> date | None:
    """A real `YYYY-MM-DD`, else None."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def grams(text: str) -> int:
    """Grams of a mass text in tonnes with at most six decimals."""
    return int(Decimal(text) * 1_000_000)


def tonnes(mass_g: int) -> str:
    """The shortest mass text of `mass_g` grams."""
    whole, rest = divmod(mass_g, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def group(method: str) -> str:
    """use, store or dispose (kinds §0)."""
    if method == "S":
        return "store"
    return "use" if method in USE_METHODS else "dispose"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)


@dataclass(frozen=True)
class Exemption:
    """One item of an exemption edition: its rows as (codes field, 豁免环节)."""

    rows: tuple[tuple[str, str], ...]

    @property
    def in_words(self) -> bool:
        """It names its wastes in words instead of codes."""
        return all(not re.match(r"HW\d\d|\d{3}-\d{3}-\d{2}", codes) for codes, _ in self.rows)

    @property
    def of_events(self) -> bool:
        """突发环境事件产生的危险废物 (2021: 25, 2025: 24)."""
        return self.rows[0][0].startswith("突发环境事件")

    @property
    def point_to_point(self) -> bool:
        """“点对点”定向利用 (2021: 32, 2025: 31)."""
        return self.rows[0][0] == "-"

    def links(self, code: str) -> frozenset[str]:
        """The links it waives for `code`, over all its rows that name the code."""
        found: set[str] = set()
        for codes, stage in self.rows:
            if self.in_words or code in codes.split(";") or "HW" + code[-2:] in codes.split(";"):
                found |= set(STAGES.values()) if stage == "全部环节" else {STAGES[part] for part in stage.split("、")}
        return frozenset(found)


@dataclass(frozen=True)
class Division:
    """A row of `divisions`: None is "without bound"."""

    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True)
class Data:
    """The adopted data sets; build it with `Data.parse`."""

    catalogues: Mapping[int, Mapping[str, tuple[tuple[str, ...], str]]]
    exemptions: Mapping[int, Mapping[int, Exemption]]
    divisions: Mapping[str, Division]
    thresholds: Mapping[str, int]
    calendars: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(
        cls,
        *,
        catalogues: Mapping[int, str],
        exemptions: Mapping[int, str],
        divisions: str,
        thresholds: Mapping[str, int],
        calendars: Mapping[int, Mapping[str, Any]],
    ) -> "Data":
        """Read CSV texts by edition, the divisions CSV, the thresholds object and `{year: {"off": [days], "work": [days], "provisional"}}`.

        `off` are working weekdays that are free, `work` are weekend days that are worked; `provisional` is a bool. Divisions may lack
        `valid_from`, `valid_to` and `successor`.
        """
        books = {edition: {row["code"]: _hazards(row) for row in _rows(text)} for edition, text in catalogues.items()}
        lists: dict[int, dict[int, Exemption]] = {}
        for edition, text in exemptions.items():
            grouped: dict[int, list[tuple[str, str]]] = {}
            for row in _rows(text):
                grouped.setdefault(int(row["seq"]), []).append((row["codes"], row["exempt_stage"]))
            lists[edition] = {item: Exemption(tuple(rows)) for item, rows in grouped.items()}
        table = {
            row["code"]: Division(date_of(row.get("valid_from")), date_of(row.get("valid_to")), row.get("successor") or None)
            for row in _rows(divisions)
        }
        return cls(books, lists, table, dict(thresholds), calendars)

    def edition_on(self, day: date) -> int | None:
        """The catalogue (and exemption) edition in force: the latest with YYYY-01-01 ≤ day (§2)."""
        return max((e for e in self.catalogues if date(e, 1, 1) <= day), default=None)

    def known(self, code: str, day: date) -> bool:
        """Whether the edition of the day has the code; 900-000-CC needs no row (R-07)."""
        edition = self.edition_on(day)
        return code.startswith("900-000-") or (edition is not None and code in self.catalogues[edition])

    def retired(self, code: str, day: date) -> bool:
        """Whether an earlier edition had the code and that of the day has not (`CODE_RETIRED`)."""
        edition = self.edition_on(day) or 0
        return not self.known(code, day) and any(code in book for e, book in self.catalogues.items() if e < edition)

    def hazards_ok(self, code: str, hazards: Iterable[str], day: date) -> bool:
        """R-08: single equal; `，` holds the first and no stranger; `/` at least one and no stranger. Unknown codes pass."""
        edition = self.edition_on(day)
        row = self.catalogues[edition].get(code) if edition else None
        if row is None:
            return True
        allowed, mode = row
        found = set(hazards)
        if not found <= set(allowed):
            return False
        return allowed[0] in found if mode != "any_of" else bool(found)

    def exemption(self, edition: int, item: int, day: date) -> Exemption | None:
        """The item, where its edition is that of the day."""
        return self.exemptions[edition].get(item) if edition == self.edition_on(day) and edition in self.exemptions else None

    def same_division(self, one: str, other: str) -> bool:
        """Equality in comparisons: a withdrawn code equals its successor (§0)."""
        return self._current(one) == self._current(other)

    def _current(self, code: str) -> str:
        row = self.divisions.get(code)
        return row.successor if row and row.successor else code

    def division_state(self, code: str, day: date) -> str:
        """ok, retired (ALERT M) or wrong (refused); provinces outside the table are judged by form only."""
        row = self.divisions.get(code)
        if row is None:
            return "wrong" if any(known[:2] == code[:2] for known in self.divisions) else "ok"
        if row.valid_from and day < row.valid_from:
            return "wrong"
        return "retired" if row.valid_to and day > row.valid_to else "ok"

    def due(self, start: date, count: int) -> tuple[date, bool]:
        """The `count`-th working day after `start`, and whether a day of a provisional (or missing) year was passed."""
        day, provisional = start, False
        while count:
            day += timedelta(days=1)
            year = self.calendars.get(day.year)
            provisional |= year is None or bool(year.get("provisional"))
            text, weekday = day.isoformat(), day.weekday() < 5
            off, work = (year.get("off", ()), year.get("work", ())) if year else ((), ())
            count -= (weekday and text not in off) or text in work
        return day, provisional


def _rows(text: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(text.lstrip("\ufeff")))


def _hazards(row: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    return tuple(re.split("[,/]", row["hazard"])), row["hazard_mode"]
