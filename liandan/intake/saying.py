"""What is said of files while they are read, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liandan.intake.model import RowOutcome, SheetFinding, SheetNote, SheetRepair, SheetTitle, Spot
from signing.phrase import Phrase
from signing.refusal import Reason


class SheetReading:
    """What is said of files while they are read; the first thing that is said of a cell stands."""

    def __init__(
        self,
        findings: Sequence[SheetFinding] = (),
        repairs: Sequence[SheetRepair] = (),
        notes: Sequence[SheetNote] = (),
        outcomes: Sequence[RowOutcome] = (),
        titles: Sequence[SheetTitle] = (),
    ) -> None:
        """Goes on from what was said before."""
        self.findings, self.repairs, self.notes, self.outcomes = list(findings), list(repairs), list(notes), list(outcomes)
        self.silent: list[Spot] = []
        self.titles = list(titles)
        self._told = {one.spot for one in findings}
        self._bad = {(one.spot.file, one.spot.sheet, one.spot.row) for one in findings}

    def refuse(self, spot: Spot, reason: Reason) -> None:
        """A finding."""
        if spot not in self._told:
            self._told.add(spot)
            self._bad.add((spot.file, spot.sheet, spot.row))
            self.findings.append(SheetFinding(spot, reason))

    def repair(self, spot: Spot, found: str, taken: str, how: Phrase) -> None:
        """Something that was read otherwise than it stands there."""
        self.repairs.append(SheetRepair(spot, found[:200], taken[:200], how))

    def silence(self, spot: Spot) -> None:
        """Nothing more is said of a cell."""
        self._told.add(spot)
        self.silent.append(spot)

    def is_told(self, spot: Spot) -> bool:
        """Whether something is wrong with a cell already."""
        return spot in self._told

    def is_bad(self, spot: Spot) -> bool:
        """Whether something is wrong with the row of a cell."""
        return (spot.file, spot.sheet, spot.row) in self._bad

    def note(self, spot: Spot, said: Phrase) -> None:
        """Something that changes nothing."""
        self.notes.append(SheetNote(spot, said))

    def came_of(self, spot: Spot, outcome: Any, said: Phrase) -> None:
        """What became of a row."""
        self.outcomes.append(RowOutcome(spot, outcome, said))
