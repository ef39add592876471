"""A checked transfer: the transfer with everything the rules compare it with, looked up once."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.days import year_of_day
from ledger.mass import read_mass
from ledger.model import Moment
from ledger.times import day_of
from whitelist.approval import ApprovalState, DecisionLine, approval_at
from whitelist.catalogue import Catalogue, catalogue_on
from whitelist.divisions import Divisions
from whitelist.listing import ListState, list_at
from whitelist.permit import PermitState, permit_at
from whitelist.transfer import Transfer, WasteLine

INTRA, LISTED, APPROVED = "INTRA", "LISTED", "APPROVED"


class Checked(Struct, frozen=True, kw_only=True):
    """What the rules of one check see. ``decided`` and ``masses`` go with ``transfer.lines``, line by line."""

    transfer: Transfer
    facts: Facts
    at_s: int
    """The moment at which the check is made, Unix seconds."""
    day: str
    """Its Shanghai day."""
    year: int
    route: str
    permit: PermitState | None
    approval: ApprovalState | None
    lists: dict[str, ListState]
    """Lists of the listings that the decision was given on, by chain; those not in the log are left out."""
    decided: tuple[DecisionLine | None, ...]
    masses: tuple[int | None, ...]
    """Grams, ``None`` where ``mass_t`` is not a mass."""
    catalogue: Catalogue | None
    """The edition of the day."""
    divisions: Divisions | None

    @property
    def crosses(self) -> bool:
        """Whether it leads from one province to another."""
        return self.route != INTRA

    def lines(self) -> Iterator[tuple[str, WasteLine]]:
        """Field path and line, in order."""
        for position, line in enumerate(self.transfer.lines):
            yield f"lines.{position}", line

    def decided_lines(self) -> Iterator[tuple[str, WasteLine, DecisionLine]]:
        """Field path, line and its decision line, for lines that have one."""
        for position, (line, decided) in enumerate(zip(self.transfer.lines, self.decided, strict=True)):
            if decided is not None:
                yield f"lines.{position}", line, decided

    def drawn(self) -> Iterator[tuple[str, int, int]]:
        """Field path, number of the decision line and grams, for lines that draw on a decision."""
        for position, (line, decided) in enumerate(zip(self.transfer.lines, self.decided, strict=True)):
            grams = self.masses[position]
            if decided is not None and line.decision_line is not None and grams:
                yield f"lines.{position}", line.decision_line, grams

    @property
    def total_g(self) -> int:
        """Grams of all lines."""
        return sum(grams for grams in self.masses if grams is not None)


def look_up(transfer: Transfer, facts: Facts, moment: Moment) -> Checked:
    """Look up what the transfer names; everything that ``check.reads`` names must be loaded."""
    day = day_of(moment.at_s)
    crosses = transfer.origin[:2] != transfer.destination[:2]
    approval = approval_at(facts, transfer.approval) if crosses and transfer.approval is not None else None
    decided = tuple(None if approval is None else approval.line(line.decision_line) for line in transfer.lines)
    route = INTRA
    if crosses:
        route = approval.route if approval is not None and approval.route else APPROVED
    names = {line.listing.list for line in decided if line is not None and line.listing is not None}
    lists = {name: found for name in sorted(names) if (found := list_at(facts, name)) is not None}
    return Checked(
        transfer=transfer,
        facts=facts,
        at_s=moment.at_s,
        day=day,
        year=year_of_day(day),
        route=route,
        permit=permit_at(facts, transfer.permit),
        approval=approval,
        lists=lists,
        decided=decided,
        masses=tuple(read_mass(line.mass_t) for line in transfer.lines),
        catalogue=catalogue_on(facts, day),
        divisions=facts.data("divisions"),
    )
