"""R-01 to R-04: the national manifest number, where it is known already."""

from __future__ import annotations

from ledger.days import year_of_day
from ledger.findings import Findings
from whitelist.case import Case
from whitelist.number import NUMBER, NumberHolders, city_digits, number_key


def r_01(case: Case, out: Findings) -> None:
    """The number has 14 digits ``YYYY PP CC NNNNNN``. Order 23 Art. 15 [READ]."""
    number = case.transfer.number
    if number is not None and not NUMBER.fullmatch(number):
        out.refuse("NO_FORMAT", "number", number, "YYYY PP CC NNNNNN")


def r_02(case: Case, out: Findings) -> None:
    """Digits 5 to 8 are the origin's province and city; for Chongqing 5000, 5001 or 5002. Order 23 Art. 15 [READ], Chongqing [DESIGN]."""
    number = case.transfer.number
    if number is None or not NUMBER.fullmatch(number):
        return
    allowed = city_digits(case.transfer.origin)
    if number[4:8] not in allowed:
        out.refuse("NO_ORIGIN", "number", number[4:8], " / ".join(allowed))


def r_03(case: Case, out: Findings) -> None:
    """A number lives once: refused within one generator, ALERT H at another's, until it is settled. Order 23 Art. 15 [READ], formats §3."""
    number = case.transfer.number
    if number is None or not NUMBER.fullmatch(number):
        return
    register: NumberHolders | None = case.facts.get(number_key(number))
    for generator, manifest in () if register is None else register.holders:
        if generator == case.transfer.generator:
            out.refuse("NO_DUPLICATE", "number", f"{number}: {manifest}", "a number not in use")
        else:
            out.alert("H", "NO_DUPLICATE")


def r_04(case: Case, out: Findings) -> None:
    """Digits 1 to 4 are the year of issue; otherwise ALERT M. Order 23 Art. 15 [READ]."""
    number = case.transfer.number
    if number is not None and NUMBER.fullmatch(number) and year_of_day(number) != case.year:
        out.alert("M", "NO_YEAR")
