"""How a cell is turned down while it is read."""

from __future__ import annotations

from signing.phrase import Phrase, Word, cut
from signing.refusal import EXPECTED_MAX, FOUND_MAX, Reason

Hows = list[Phrase]
"""How a cell was repaired, in order."""


class UnfitCell(Exception):  # it is told, and is no error of the program
    """A cell that cannot be taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def unfit(code: str, cause: str = "", found: Word = "", expected: Word = "", near: str = "", **places: Word) -> UnfitCell:
    """A cell that cannot be taken, by a code and one of its causes."""
    return UnfitCell(Reason(code, "", cut(found, FOUND_MAX), cut(expected, EXPECTED_MAX), cause, places, near))
