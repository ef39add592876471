"""A checked transfer: the transfer with everything the rules compare it with, looked up once."""

from collections.abc import Iterator

from msgspec import Struct

from ledger.mass import parse_mass
from ledger.model import Facts, Moment
from ledger.times import day_of, parse_at, year_of_day
from whitelist.approval import ApprovalState, DecisionLine, approval_at
from whitelist.catalogue import Catalogue, catalogue_on
from whitelist.exemptions import Exemptions, exemptions_on
from whitelist.listing import ListState, list_at
from whitelist.permit import PermitState, permit_at
from whitelist.quota import newest_permit
from whitelist.thresholds import Thresholds, thresholds_of
from whitelist.transfer import Transfer, WasteLine

INTRA, LISTED, APPROVED, OFF_LOG = "INTRA", "LISTED", "APPROVED", "OFF_LOG"


class Asked(Struct, frozen=True, gc=False, kw_only=True):
    """Who asks for which transfer, and when: the statement's ``at``, and the moment at which it would be admitted."""

    generator: str
    transfer: Transfer
    at_s: int
    moment: Moment


class Checked(Struct, frozen=True, gc=False, kw_only=True):
    """What the rules of one check see. ``decided`` and ``masses`` (grams) go with ``transfer.lines``, line by line."""

    asked: Asked
    transfer: Transfer  # What is asked for.
    lines: tuple[tuple[str, WasteLine], ...]  # Field path and line, in order.
    generator: str  # USCC of 移出人.
    facts: Facts
    event_s: int  # The moment of the event, by which statuses are judged: admission.at, of a backfill the departure on paper (kinds §1.1).
    day: str  # The Shanghai day of it, by which terms, editions and divisions are judged.
    route: str
    permit: PermitState | None
    newest: PermitState | None  # The newest permit of the line of renewals that the permit belongs to.
    approval: ApprovalState | None
    lists: dict[str, ListState]  # Lists of the listings that the decision was given on, by chain.
    decided: tuple[DecisionLine | None, ...]
    masses: tuple[int, ...]
    catalogue: Catalogue | None
    exemptions: Exemptions | None
    thresholds: Thresholds | None

    @property
    def today(self) -> str:
        """The Shanghai day of admission."""
        return day_of(self.asked.moment.at_s)

    @property
    def year(self) -> int:
        """The year of admission, to which Q3 belongs."""
        return year_of_day(self.today)

    def decided_lines(self) -> Iterator[tuple[str, WasteLine, DecisionLine]]:
        """Field path, line and its decision line, for lines that have one."""
        for (path, line), decided in zip(self.lines, self.decided, strict=True):
            if decided is not None:
                yield path, line, decided

    def drawn(self) -> Iterator[tuple[str, int, int]]:
        """Field path, number of the decision line and grams, for lines that draw on a decision."""
        for (path, line), decided, grams in zip(self.lines, self.decided, self.masses, strict=True):
            if decided is not None and line.decision_line is not None:
                yield path, line.decision_line, grams

    @property
    def total_g(self) -> int:
        """Grams of all lines."""
        return sum(self.masses)


def crosses(transfer: Transfer) -> bool:
    """Whether a transfer leads from one province to another."""
    return transfer.origin.division[:2] != transfer.destination.division[:2]


def approval_of(transfer: Transfer) -> str | None:
    """Chain of the approval that a transfer stands on: none inside a province, none of an in_transfer, whose decision is another log's."""
    return transfer.approval if crosses(transfer) and transfer.type != "in_transfer" else None


def event_of(transfer: Transfer, admitted_s: int) -> int:
    """The moment of the event, Unix seconds (kinds §1.1)."""
    return parse_at(transfer.paper.departed_at) if transfer.paper is not None and transfer.is_backfill else admitted_s


def decision_of(transfer: Transfer, facts: Facts) -> tuple[ApprovalState | None, tuple[DecisionLine | None, ...]]:
    """The approval that a transfer stands on, and for each of its lines what was decided."""
    named = approval_of(transfer)
    approval = None if named is None else approval_at(facts, named)
    return approval, tuple([None if approval is None else approval.line(line.decision_line) for line in transfer.lines])


def look_up(asked: Asked, facts: Facts) -> Checked:
    """Look up what the transfer names; everything that ``check.reads`` names must be loaded."""
    transfer = asked.transfer
    event_s = event_of(transfer, asked.moment.at_s)
    day = day_of(event_s)
    approval, decided = decision_of(transfer, facts)
    names = {line.listing.list for line in decided if line is not None and line.listing is not None}
    lists = {name: found for name in sorted(names) if (found := list_at(facts, name)) is not None}
    permit = None if transfer.permit is None else permit_at(facts, transfer.permit)
    return Checked(
        asked=asked,
        transfer=transfer,
        lines=tuple([(f"body.lines.{position}", line) for position, line in enumerate(transfer.lines)]),
        generator=asked.generator,
        facts=facts,
        event_s=event_s,
        day=day,
        route=_route(transfer, approval),
        permit=permit,
        newest=None if permit is None else permit_at(facts, newest_permit(facts, permit.root)),
        approval=approval,
        lists=lists,
        decided=decided,
        masses=tuple([parse_mass(line.mass_t) for line in transfer.lines]),
        catalogue=catalogue_on(facts, day),
        exemptions=exemptions_on(facts, day),
        thresholds=thresholds_of(facts),
    )


def _route(transfer: Transfer, approval: ApprovalState | None) -> str:
    """On what the transfer would stand, were it admitted."""
    if transfer.type == "in_transfer":
        return OFF_LOG
    if not crosses(transfer):
        return INTRA
    return approval.route if approval is not None and approval.route else APPROVED
