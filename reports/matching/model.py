"""What is compared, and what comes of it. Masses are integer grams, days ordinals of Asia/Shanghai (``date.toordinal``), times minutes of a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

OutcomeKind = Literal["matched", "differs", "only_logged", "only_booked", "ambiguous", "twice"]
"""相符, 有差异, 仅账本有, 仅台账有, 无法唯一对应, 重复登记."""
Term = Literal["number", "partner", "code", "day", "time", "mass", "plate", "month"]
"""What two lines agree in, or not; ``month``: a line that stands in the book of another month than its own."""
How = Literal["number", "exact", "sum", "likeness", ""]
"""By what lines found each other: the manifest's number; partner, day, code and mass; a sum of several; what was left, by likeness."""
Cause = Literal["", "unit_kg", "unit_jin", "swapped", "rounded", "tolerance", "cut", "near", "other_month"]
"""What a difference looks like: kilograms for tonnes, jin (市斤, 500 g) for kilograms or tonnes, two digits swapped, rounded, within the
tolerance of weighing, a number cut off or with one wrong digit, a day of another month."""


SUMS_MAX = 4096
"""Sums of several masses that are compared with a book's."""


class SideLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of one side, in the terms in which sides are compared. What a side does not say is empty, and then neither agrees nor differs."""

    id: str
    """Unique within its side: ``<chain> <line>`` of the log, ``<book> <sheet>!<row>`` of a book."""
    number: str = ""
    """联单编号, in normal form."""
    partner: str = ""
    """USCC of the other side, or its name in normal form where no USCC is known."""
    code: str = ""
    day: int | None = None
    """``None``: told of the whole month."""
    minute: int | None = None
    mass_g: int
    also_g: int | None = None
    """Another mass that the log has of it and that counts as well: weighed at loading."""
    plate: str = ""
    is_due: bool = True
    """Whether it belongs to the month that is compared; a line of the log that does not may explain one of the book, and is else left out."""


class TermDifference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One term in which two sides do not agree, with both operands."""

    term: Term
    logged: str
    booked: str
    cause: Cause = ""


class MatchOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of some lines. Each line of a side stands in one outcome."""

    kind: OutcomeKind
    logged: tuple[SideLine, ...] = ()
    booked: tuple[SideLine, ...] = ()
    how: How = ""
    confidence: int = 0
    """Permille: the weight of the terms that agree, of all that both sides tell."""
    agreed: tuple[Term, ...] = ()
    differed: tuple[TermDifference, ...] = ()
    again: str = ""
    """Of ``twice``, and where it may be that: :attr:`SideLine.id` of the line of the book that says the same."""

    @property
    def logged_g(self) -> int:
        """Grams of the log's side: of its masses those which the book has, where they come to the same."""
        sums = {0}
        for line in self.logged:
            masses = {line.mass_g, line.mass_g if line.also_g is None else line.also_g}
            sums = {sum_g + mass_g for sum_g in sums for mass_g in masses}
            if len(sums) > SUMS_MAX:
                return mass_of(self.logged)
        return self.booked_g if self.booked_g in sums else mass_of(self.logged)

    @property
    def booked_g(self) -> int:
        """Grams of the book's side."""
        return mass_of(self.booked)

    @property
    def difference_g(self) -> int:
        """Book less log."""
        return self.booked_g - self.logged_g


def mass_of(lines: Iterable[SideLine]) -> int:
    """Grams of some lines."""
    return sum(line.mass_g for line in lines)
