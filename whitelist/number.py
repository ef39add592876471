"""The national 14-digit manifest number (联单编号): ``YYYY PP CC NNNNNN`` by year, origin province, origin city, serial.

liandan stores it, never issues it, and never uses it as an identity (formats §3). It has no check digit. Source: Order 23 Art. 15 [READ].
"""

from __future__ import annotations

import re

from msgspec import Struct

NUMBER = re.compile(r"20[0-9]{2}(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)[0-9]{2}[0-9]{6}")
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
MUNICIPALITY_CITIES = ("00", "01", "02")
"""A 直辖市 has no city level; which digits its numbers carry is not confirmed, so three forms pass (law §1.3, addenda §7)."""


class NumberHolders(Struct, frozen=True):
    """Register ``number:<14 digits>``: manifests that live under a number, as (generator, manifest chain), in order of admission."""

    holders: tuple[tuple[str, str], ...] = ()

    def with_holder(self, generator: str, manifest: str) -> NumberHolders:
        """The register after a manifest took the number."""
        return self if (generator, manifest) in self.holders else NumberHolders((*self.holders, (generator, manifest)))

    def without(self, manifest: str) -> NumberHolders:
        """The register after a manifest let the number go (voided, closed or settled)."""
        return NumberHolders(tuple(holder for holder in self.holders if holder[1] != manifest))


def number_key(number: str) -> str:
    """Key of the register of a number."""
    return f"number:{number}"


def city_digits(origin: str) -> tuple[str, ...]:
    """What digits 5 to 8 may be for an origin division (R-02)."""
    if origin[:2] in MUNICIPALITIES:
        return tuple(origin[:2] + city for city in MUNICIPALITY_CITIES)
    return (origin[:4],)
