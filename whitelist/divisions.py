"""Administrative divisions (行政区划, GB/T 2260) of the provinces in the table, with the days on which each is valid.

Other provinces are judged by form only. A withdrawn code still names its old place, so it is taken with ALERT M ``DIVISION_RETIRED`` and
equals its successor wherever places are compared (kinds §0); the region in a USCC stays for ever and is never compared with this table.
Data set ``divisions``: CSV, columns in ``COLUMNS``. Source: modood/Administrative-divisions-of-China, data of 2024-11 [READ S34]; 渝府发
〔2025〕15号 and the ministry's list for 500157 两江新区 [READ H15–H18]; day on which old codes end [DESIGN].
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from ledger.model import Facts, Findings
from ledger.times import read_day
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.catalogue import read_rows

COLUMNS = ("code", "level", "province", "city", "name", "valid_from", "valid_to", "successor")
_DATED = 3  # Columns of dates and successor; a table from before 2025-11 lacks them, and all its codes are valid.
PROVINCES: Mapping[str, tuple[str, str]] = {
    "11": ("北京市", "Beijing"), "12": ("天津市", "Tianjin"), "13": ("河北省", "Hebei"), "14": ("山西省", "Shanxi"),
    "15": ("内蒙古自治区", "Inner Mongolia"), "21": ("辽宁省", "Liaoning"), "22": ("吉林省", "Jilin"), "23": ("黑龙江省", "Heilongjiang"),
    "31": ("上海市", "Shanghai"), "32": ("江苏省", "Jiangsu"), "33": ("浙江省", "Zhejiang"), "34": ("安徽省", "Anhui"),
    "35": ("福建省", "Fujian"), "36": ("江西省", "Jiangxi"), "37": ("山东省", "Shandong"), "41": ("河南省", "Henan"),
    "42": ("湖北省", "Hubei"), "43": ("湖南省", "Hunan"), "44": ("广东省", "Guangdong"), "45": ("广西壮族自治区", "Guangxi"),
    "46": ("海南省", "Hainan"), "50": ("重庆市", "Chongqing"), "51": ("四川省", "Sichuan"), "52": ("贵州省", "Guizhou"),
    "53": ("云南省", "Yunnan"), "54": ("西藏自治区", "Tibet"), "61": ("陕西省", "Shaanxi"), "62": ("甘肃省", "Gansu"),
    "63": ("青海省", "Qinghai"), "64": ("宁夏回族自治区", "Ningxia"), "65": ("新疆维吾尔自治区", "Xinjiang"), "71": ("台湾省", "Taiwan"),
    "81": ("香港特别行政区", "Hong Kong"), "82": ("澳门特别行政区", "Macao"),
}  # fmt: skip
_NO_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""What the table calls the level between a municipality and its districts: no place is called so."""
DIVISION = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)[0-9]{4}")
"""Six digits of which the first two are a province's."""


class Division(Struct, frozen=True, gc=False, kw_only=True):
    """One division. Days are ``YYYY-MM-DD``, both included; empty: since before the table, or still valid."""

    code: str
    level: str
    province: str
    city: str
    name: str
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""  # Code of the division that took its place; given exactly for those with ``valid_to``.


class Divisions(Struct, frozen=True, gc=False):
    """Divisions by code, and the provinces whose divisions are all listed."""

    by_code: dict[str, Division]
    listed: frozenset[str]

    def knows(self, code: str, day: str) -> bool:
        """Whether a code may name a place on a day: listed and begun (withdrawn ones too), or of a province that is not listed here."""
        found = self.by_code.get(code)
        if found is not None:
            return found.valid_from <= day
        return DIVISION.fullmatch(code) is not None and code[:2] not in self.listed

    def is_withdrawn(self, code: str, day: str) -> bool:
        """Whether a listed code was withdrawn (撤销) before a day."""
        found = self.by_code.get(code)
        return found is not None and "" < found.valid_to < day

    def current(self, code: str) -> str:
        """The code at the end of the line of successors; the code itself where it has none."""
        while (found := self.by_code.get(code)) is not None and found.successor:
            code = found.successor
        return code

    def full_name(self, code: str, *, english: bool = False) -> str:
        """A division with the city and the province that it lies in; in English the province alone is, for the table has no other names."""
        outers = [self.by_code[outer].name for outer in (f"{code[:4]}00", code) if outer in self.by_code and outer != f"{code[:2]}0000"]
        parts = [name for name in outers if name not in _NO_NAMES]
        return province_name(code, english=english) + (" " if english and parts else "") + "".join(dict.fromkeys(parts))

    def same(self, one: str, other: str) -> bool:
        """Whether two codes name the same place: a withdrawn one equals its successor, and so what else became part of that."""
        return one == other or self.current(one) == self.current(other)


def province_name(code: str, *, english: bool = False) -> str:
    """Name of a code's province, or its two digits."""
    return PROVINCES.get(code[:2], (code[:2], code[:2]))[english]


def same_place(facts: Facts, one: str, other: str) -> bool:
    """:meth:`Divisions.same` by the table in force at this index; codes as they stand where none was adopted."""
    divisions: Divisions | None = facts.data("divisions")
    return one == other if divisions is None else divisions.same(one, other)


def judge_division(out: Findings, field: str, code: str, divisions: Divisions | None, day: str) -> bool:
    """Whether a code may name a place on the day of the event; reasons DATA_NOT_ADOPTED, DIVISION, alert DIVISION_RETIRED."""
    if divisions is None:
        out.refuse("DATA_NOT_ADOPTED", field, Phrase("行政区划数据（divisions）", "divisions"), "data.adopt", "NONE", name="divisions")
        return False
    if not divisions.knows(code, day):
        out.refuse("DIVISION", field, code, f"GB/T 2260, {day}", "NONE", asked=code, day=day, where=field)
        return False
    if divisions.is_withdrawn(code, day):
        out.alert("M", "DIVISION_RETIRED")
    return True


def parse_divisions(raw: bytes) -> Divisions:
    """The data set ``divisions``; Refusal DATA_FORM for codes out of form, twice, without province, or with a line that ends nowhere."""
    by_code: dict[str, Division] = {}
    for position, row in enumerate(read_rows(raw, COLUMNS, later=_DATED)):
        code, level = row["code"], row["level"]
        if not DIVISION.fullmatch(code) or level not in ("province", "city", "county") or code in by_code:
            raise refuse(
                "DATA_FORM",
                field=f"divisions.{position}.code",
                found=f"{code} {level}",
                expected=Phrase("GB/T 2260 代码，一次", "GB/T 2260, once"),
            )
        by_code[code] = Division(**row)
    for division in by_code.values():
        _check_days(division, by_code)
    listed = frozenset(code[:2] for code in by_code)
    lost = [province for province in sorted(listed) if f"{province}0000" not in by_code]
    if lost or not by_code:
        raise refuse("DATA_FORM", field="divisions", found=lost, expected=Phrase("每个省各有一行", "every province with its own row"))
    return Divisions(by_code, listed)


def _check_days(division: Division, by_code: dict[str, Division]) -> None:
    """Days are days in their order; whoever ends has a successor in the table, of its province, that outlives it."""
    first, last, field = division.valid_from, division.valid_to, f"divisions.{division.code}"
    if any(day and read_day(day) is None for day in (first, last)) or (last and last < first):
        raise refuse(
            "DATA_FORM",
            field=f"{field}.valid_from",
            found=f"{first} … {last}",
            expected=Phrase("YYYY-MM-DD ≤ YYYY-MM-DD，或空", "YYYY-MM-DD ≤ YYYY-MM-DD, or empty"),
        )
    if not last and not division.successor:
        return
    heir = by_code.get(division.successor)
    # An heir that ends later, or never, makes a circle of successors impossible: valid_to grows along every line.
    if not last or heir is None or heir.code[:2] != division.code[:2] or (heir.valid_to and heir.valid_to <= last):
        expected = "valid_to and a successor of the same province that ends later, or neither"
        raise refuse("DATA_FORM", field=f"{field}.successor", found=f"{last} {division.successor}", expected=expected)
