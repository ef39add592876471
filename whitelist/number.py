"""The national 14-digit manifest number (联单编号): ``YYYY PP CC NNNNNN`` by year, origin province, origin city, serial.

liandan stores it, never issues it, and never uses it as an identity (formats §3). It has no check digit. Source: Order 23 Art. 15 [READ].
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Struct

from ledger.fields import form

NUMBER = re.compile(r"20[0-9]{2}(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)[0-9]{2}[0-9]{6}")
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
MUNICIPALITY_CITIES = ("00", "01", "02")
"""A 直辖市 has no city level; which digits its numbers carry is not confirmed, so three forms pass (law §1.3, addenda §7)."""


NationalNumber = Annotated[str, form(f"^{NUMBER.pattern}$", "NO_FORMAT", "YYYY PP CC NNNNNN")]
"""R-01. Order 23 Art. 15 [READ]."""
Standing = Literal["live", "voided", "closed"]
HOLDERS_MAX = 32


class NumberHolder(Struct, frozen=True):
    """A generator's manifest under a number."""

    generator: str
    manifest: str
    """Chain."""
    standing: Standing


class NumberHolders(Struct, frozen=True):
    """Register ``number:<14 digits>``: one manifest per generator, its newest, in order of admission of the first; 32 at most.

    Voided ones make room. So nobody can fill a number up for others, and what one generator did with it never bars another.
    """

    holders: tuple[NumberHolder, ...] = ()

    def of(self, generator: str) -> NumberHolder | None:
        """What a generator holds under the number."""
        return next((holder for holder in self.holders if holder.generator == generator), None)

    def with_holder(self, generator: str, manifest: str) -> NumberHolders:
        """The register after a manifest took the number."""
        new = NumberHolder(generator, manifest, "live")
        if self.of(generator) is not None:
            return NumberHolders(tuple(new if holder.generator == generator else holder for holder in self.holders))
        kept = self.holders
        if len(kept) == HOLDERS_MAX:
            voided = next((holder for holder in kept if holder.standing == "voided"), None)
            if voided is None:
                return self
            kept = tuple(holder for holder in kept if holder is not voided)
        return NumberHolders((*kept, new))

    def ended(self, manifest: str, standing: Standing) -> NumberHolders:
        """The register after a manifest was voided or closed."""
        return NumberHolders(
            tuple(NumberHolder(holder.generator, manifest, standing) if holder.manifest == manifest else holder for holder in self.holders)
        )


def number_key(number: str) -> str:
    """Key of the register of a number."""
    return f"number:{number}"


def city_digits(origin: str) -> tuple[str, ...]:
    """What digits 5 to 8 may be for an origin division (R-02)."""
    if origin[:2] in MUNICIPALITIES:
        return tuple(origin[:2] + city for city in MUNICIPALITY_CITIES)
    return (origin[:4],)
