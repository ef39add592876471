"""R-01 to R-04: the national manifest number, where it is known already."""

from __future__ import annotations

from ledger.days import year_of_day
from ledger.findings import Findings
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.number import NUMBER, NumberHolders, city_digits, number_key


def number_has_its_form(checked: Checked, out: Findings) -> None:
    """R-01: The number has 14 digits ``YYYY PP CC NNNNNN``. Order 23 Art. 15 [READ]."""
    number = checked.transfer.number
    if number is not None and not NUMBER.fullmatch(number):
        out.refuse("NO_FORMAT", "number", number, "YYYY PP CC NNNNNN")


def number_is_of_the_origin(checked: Checked, out: Findings) -> None:
    """R-02: Digits 5 to 8 are the origin's province and city; of a municipality with 00, 01 or 02. Order 23 Art. 15 [READ], municipalities [DESIGN]."""
    number = checked.transfer.number
    if number is None or not NUMBER.fullmatch(number):
        return
    allowed = city_digits(checked.transfer.origin)
    if number[4:8] not in allowed:
        out.refuse("NO_ORIGIN", "number", number[4:8], " / ".join(allowed))


def number_lives_once(checked: Checked, out: Findings) -> None:
    """R-03: A number lives once: refused within one generator, ALERT H at another's, until it is settled. Order 23 Art. 15 [READ], formats §3."""
    number = checked.transfer.number
    if number is None or not NUMBER.fullmatch(number):
        return
    register: NumberHolders | None = checked.facts.get(number_key(number))
    for generator, manifest in () if register is None else register.holders:
        if generator == checked.transfer.generator:
            out.refuse("NO_DUPLICATE", "number", f"{number}: {manifest}", "a number not in use")
        else:
            out.alert("H", "NO_DUPLICATE")


def number_is_of_the_year(checked: Checked, out: Findings) -> None:
    """R-04: Digits 1 to 4 are the year of issue; otherwise ALERT M. Order 23 Art. 15 [READ]."""
    number = checked.transfer.number
    if number is not None and NUMBER.fullmatch(number) and year_of_day(number) != checked.year:
        out.alert("M", "NO_YEAR")


TEXTS = texts("""
NO_FORMAT | R-01 | generator | Order 23 Art. 15 [READ]
联单编号不是 14 位国家编号。 || 填写国家危险废物信息管理系统给出的 14 位编号（年份4位、省2位、市2位、流水号6位）。
The manifest number is not a national 14-digit number. || Enter the number that the national system issued.

NO_ORIGIN | R-02 | generator | Order 23 Art. 15 [READ]; municipalities 00/01/02 [DESIGN]
联单编号第 5 至 8 位与移出地行政区划不符。 || 核对联单编号和移出地，两者应属同一设区的市（直辖市的市级两位为 00、01 或 02）。
Digits 5 to 8 are not the division of the origin. || Compare the number with the place of origin.

NO_DUPLICATE | R-03 | origin_authority | Order 23 Art. 15 [READ]; formats §3 [DESIGN]
联单编号已被另一份未完结的联单使用。 || 改用正确的编号；两家单位同号的，由移出地主管部门核定（number.settle）。
The manifest number is in use on another live manifest. || Use the right number; between two generators the origin's authority settles it.

NO_YEAR | R-04 | generator | Order 23 Art. 15 [READ]; level [DESIGN]
联单编号的年份与开具年份不一致。 || 核对编号；跨年开具的，向移出地主管部门说明。
The year in the number is not the year of issue. || Check the number; explain it to the authority if it was issued at the turn of the year.
""")
