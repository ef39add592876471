"""The waste catalogue (国家危险废物名录): which codes exist and which hazards each may have, edition by edition.

Data sets ``hw-catalogue-<YYYY>``: CSV, columns in ``COLUMNS``, one row per code. They, and the exemption lists, are adopted edition by edition,
side by side. The edition YYYY is in force from YYYY-01-01 until the next adopted one begins (kinds §2). Which one judges an act follows from the
day of the event, never from today: a back-fill of December is judged by December's table (kinds §1.1).
Source: 名录 2021, 部令第15号, Art. 5, 6, note 1 of the annex [READ S5]; 名录 2025, 部令第36号, Art. 6.2, notes 1, 2 [READ H4].
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from ledger.directory import log_state
from ledger.model import Facts
from signing.phrase import Phrase
from signing.refusal import refuse

PREFIX = "hw-catalogue-"  # Name of the data set, before the year of its edition.
COLUMNS = ("edition", "category", "category_name", "industry", "code", "description", "hazard", "hazard_mode", "pdf_page")
HAZARDS = ("T", "C", "I", "R", "In")
CATEGORIES = frozenset(f"HW{number:02d}" for number in (*range(1, 41), *range(45, 51)))  # HW41 to HW44 do not exist.
CODE = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{2}")
COUNTS: Mapping[str, int] = {"2021": 467, "2025": 470}
"""Entries per edition: what a loader must find, because wrong tables of the 2025 edition circulate (addenda §3)."""
FIRST_CODE = "841-001-01"

_SEPARATORS: Mapping[str, str] = {"single": "", "first_plus_possible": ",", "any_of": "/"}


class Waste(Struct, frozen=True, gc=False, kw_only=True):
    """One code of the catalogue. ``hazards`` in printed order; ``mode`` says what their separator means."""

    code: str
    category: str
    category_name: str
    industry: str
    description: str
    hazards: tuple[str, ...]
    mode: str  # ``single``, ``first_plus_possible`` or ``any_of``.

    def allows(self, hazards: tuple[str, ...]) -> bool:
        """Whether a manifest may state these hazards, read as a set: ``，`` = the first, perhaps others; ``/`` = one or more (note 1)."""
        stated = set(hazards)
        if not stated or not stated <= set(self.hazards):
            return False
        return self.mode == "any_of" or self.hazards[0] in stated

    @property
    def printed_hazards(self) -> str:
        """As the catalogue prints them: ``T，C`` or ``T/C``."""
        return ("/" if self.mode == "any_of" else "，").join(self.hazards)


class Catalogue(Struct, frozen=True, gc=False):
    """One edition, by code."""

    edition: str
    wastes: dict[str, Waste]


def editions_among(names: Iterable[str], prefix: str) -> list[str]:
    """Years (YYYY) of the editions among names of adopted data sets, oldest first; ``prefix`` is e.g. ``hw-catalogue-``."""
    years = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return sorted(year for year in years if len(year) == 4 and year.isascii() and year.isdecimal())


def edition_among(names: Iterable[str], prefix: str, day: str) -> str | None:
    """The edition in force on a day ``YYYY-MM-DD``: the latest adopted one that has begun; ``None`` before the first."""
    # YYYY-01-01 <= day exactly if YYYY <= the year of the day, so years alone are compared.
    return _latest(tuple(names), prefix, day[:4])


@lru_cache(1024)
def _latest(names: tuple[str, ...], prefix: str, by: str) -> str | None:
    return max((year for year in editions_among(names, prefix) if year <= by), default=None)


def edition_on(facts: Facts, prefix: str, day: str) -> Any:
    """The parsed edition in force on a day at this index (``log/main`` must be loaded), ``None`` where none was adopted that had begun."""
    return facts.of_data(_edition_by, prefix, day[:4])


def _edition_by(facts: Facts, prefix: str, by: str) -> Any:
    year = edition_among(log_state(facts).data, prefix, by)
    return None if year is None else edition_of(facts, prefix, year)


def edition_of(facts: Facts, prefix: str, year: str) -> Any:
    """The parsed edition of a year, ``None`` where it was never adopted; Refusal DATA_FORM where the file holds another edition."""
    found = facts.data(prefix + year)
    if found is not None and found.edition != year:
        raise refuse("DATA_FORM", field=prefix + year, found=found.edition, expected=year)
    return found


def catalogue_on(facts: Facts, day: str) -> Catalogue | None:
    """The edition that judges an event of ``day`` (``YYYY-MM-DD``); ``None`` where none was adopted that had begun."""
    found: Catalogue | None = edition_on(facts, PREFIX, day)
    return found


def is_retired(facts: Facts, code: str, day: str) -> bool:
    """Whether an earlier adopted edition has the code and the one in force on ``day`` has not (alert ``CODE_RETIRED``)."""
    current = catalogue_on(facts, day)
    if current is None or code in current.wastes:
        return False
    earlier = (edition_of(facts, PREFIX, year) for year in editions_among(log_state(facts).data, PREFIX) if year < current.edition)
    return any(code in edition.wastes for edition in earlier)


def parse_catalogue(raw: bytes) -> Catalogue:
    """A data set ``hw-catalogue-<YYYY>``; Refusal DATA_FORM where the file contradicts itself or the official counts."""
    rows = list(read_rows(raw, COLUMNS))
    editions = sorted({row["edition"] for row in rows})
    if len(editions) != 1 or len(rows) != COUNTS.get(editions[0]):
        raise refuse(
            "DATA_FORM",
            field="hw-catalogue",
            found=Phrase(f"{editions}，{len(rows)} 行", f"{editions}, {len(rows)} rows"),
            expected=Phrase(f"一个年版：{dict(COUNTS)}", f"one edition of {dict(COUNTS)}"),
        )
    if rows[0]["code"] != FIRST_CODE:
        raise refuse("DATA_FORM", field="hw-catalogue.0.code", found=rows[0]["code"], expected=FIRST_CODE)
    wastes = {row["code"]: _waste(position, row) for position, row in enumerate(rows)}
    if len(wastes) != len(rows):
        raise refuse(
            "DATA_FORM",
            field="hw-catalogue",
            found=Phrase("同一代码两次", "a code twice"),
            expected=Phrase("每个代码一次", "every code once"),
        )
    if {waste.category for waste in wastes.values()} != CATEGORIES:
        raise refuse("DATA_FORM", field="hw-catalogue", found=Phrase("缺少类别", "categories missing"), expected="HW01–HW40, HW45–HW50")
    return Catalogue(editions[0], wastes)


def _waste(position: int, row: dict[str, str]) -> Waste:
    code, category, mode = row["code"], row["category"], row["hazard_mode"]
    field = f"hw-catalogue.{position}"
    if not CODE.fullmatch(code) or category not in CATEGORIES or code[-2:] != category[2:]:
        raise refuse(
            "DATA_FORM", field=f"{field}.code", found=f"{code} {category}", expected=Phrase("末两位与类别相同", "suffix = category")
        )
    separator = _SEPARATORS.get(mode)
    if separator is None:
        raise refuse("DATA_FORM", field=f"{field}.hazard_mode", found=mode, expected=" ".join(_SEPARATORS))
    hazards = tuple(row["hazard"].split(separator)) if separator else (row["hazard"],)
    if not set(hazards) <= set(HAZARDS) or len(set(hazards)) != len(hazards) or bool(separator) != (len(hazards) > 1):
        raise refuse(
            "DATA_FORM",
            field=f"{field}.hazard",
            found=row["hazard"],
            expected=Phrase(f"{' '.join(HAZARDS)} 的 {mode}", f"{mode} of {' '.join(HAZARDS)}"),
        )
    taken = {name: row[name] for name in ("code", "category", "category_name", "industry", "description")}
    return Waste(**taken, hazards=hazards, mode=mode)


def read_rows(raw: bytes, columns: tuple[str, ...], *, later: int = 0) -> Iterator[dict[str, str]]:
    """Rows of a UTF-8 CSV file with exactly these columns; Refusal DATA_FORM otherwise.

    A file from before the last ``later`` columns came may lack these; they then read as empty.
    """
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise refuse("DATA_FORM", found=error, expected="UTF-8 CSV") from None
    head = tuple(lines[0]) if lines else ()
    if head not in (columns, columns[: len(columns) - later]):
        raise refuse("DATA_FORM", found=",".join(head), expected=",".join(columns))
    for number, cells in enumerate(lines[1:]):
        if len(cells) != len(head):
            raise refuse("DATA_FORM", field=str(number), found=len(cells), expected=Phrase(f"{len(head)} 格", f"{len(head)} cells"))
        yield dict.fromkeys(columns, "") | dict(zip(head, cells, strict=True))
