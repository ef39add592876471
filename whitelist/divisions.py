"""Administrative divisions (行政区划, GB/T 2260) of the provinces in the table; other provinces are judged by form only.

Data set ``divisions``: CSV ``code,level,province,city,name``. Source: modood/Administrative-divisions-of-China, data of 2024-11 [READ S34].
"""

from __future__ import annotations

import re

from msgspec import Struct

from signing.refusal import refuse
from whitelist.catalogue import read_rows

COLUMNS = ("code", "level", "province", "city", "name")
LEVELS = ("province", "city", "county")
PROVINCES = frozenset(
    f"{number}"
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
    for number in range(first, last + 1)
)
"""First two digits that exist."""
DIVISION = re.compile(r"[1-8][0-9]{5}")


class Division(Struct, frozen=True, kw_only=True):
    """One division."""

    code: str
    level: str
    province: str
    city: str
    name: str

    @property
    def full_name(self) -> str:
        """Province, city and county without repetition."""
        parts = [self.province, self.city if self.city not in ("市辖区", "县") else "", self.name]
        return "".join(part for place, part in enumerate(parts) if part and part not in ("市辖区", "县") and part not in parts[:place])


class Divisions(Struct, frozen=True):
    """Divisions by code, and the provinces whose divisions are all listed."""

    by_code: dict[str, Division]
    listed: frozenset[str]

    def knows(self, code: str) -> bool:
        """Whether a six-digit code may be a place: listed, or of a province that is not listed here."""
        if not DIVISION.fullmatch(code) or code[:2] not in PROVINCES:
            return False
        return code in self.by_code if code[:2] in self.listed else True

    def name_of(self, code: str) -> str:
        """Full name, or the code itself where it is not listed."""
        found = self.by_code.get(code)
        return code if found is None else found.full_name


def parse_divisions(raw: bytes) -> Divisions:
    """The data set ``divisions``; Refusal DATA_FORM for codes out of form, twice, or without their province."""
    by_code: dict[str, Division] = {}
    for position, row in enumerate(read_rows(raw, COLUMNS)):
        code, level = row["code"], row["level"]
        if not DIVISION.fullmatch(code) or code[:2] not in PROVINCES or level not in LEVELS or code in by_code:
            raise refuse("DATA_FORM", field=f"divisions.{position}.code", found=f"{code} {level}", expected="GB/T 2260, once")
        by_code[code] = Division(code=code, level=level, province=row["province"], city=row["city"], name=row["name"])
    listed = frozenset(code[:2] for code in by_code)
    lost = [province for province in sorted(listed) if f"{province}0000" not in by_code]
    if lost or not by_code:
        raise refuse("DATA_FORM", field="divisions", found=lost, expected="every province with its own row")
    return Divisions(by_code, listed)
