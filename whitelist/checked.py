"""A checked transfer: the transfer with everything the rules compare it with, looked up once."""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from ledger.mass import parse_mass
from ledger.model import Facts, Moment, chain_key
from ledger.times import day_of, parse_at, year_of_day
from whitelist.approval import ApprovalState, DecisionLine, ListingRef, approval_at
from whitelist.catalogue import Catalogue, catalogue_on
from whitelist.emergency import EmergencyState, emergency_at
from whitelist.exemptions import Exemptions, exemptions_on
from whitelist.listing import ListState, list_at
from whitelist.permit import PermitState, permit_at
from whitelist.plan import SitePlan, plan_at, plan_of
from whitelist.quota import newest_permit
from whitelist.thresholds import Thresholds, thresholds_of
from whitelist.transfer import Transfer, WasteLine

INTRA, LISTED, APPROVED, OFF_LOG, RETURN, EMERGENCY = "INTRA", "LISTED", "APPROVED", "OFF_LOG", "RETURN", "EMERGENCY"
PILOT387 = "PILOT387"


class Asked(Struct, frozen=True, gc=False, kw_only=True):
    """Who asks for which transfer, and when: the statement's ``at``, and the moment at which it would be admitted."""

    generator: str
    transfer: Transfer
    at_s: int
    moment: Moment


class RefusedAtGate(Protocol):
    """What the check knows of a manifest whose refused grams a transfer carries; the floor above keeps it."""

    @property
    def receiver(self) -> str:
        """Who refused it, at whose gate it stands."""

    @property
    def home(self) -> str:
        """The division that the waste first left, however often it was redirected since."""


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
    home: str  # The division whose province the transfer leaves: the origin's, of a redirect that of the manifest it returns (kinds §5).
    refused: RefusedAtGate | None  # The manifest that it returns, where the log has it.
    permit: PermitState | None
    newest: PermitState | None  # The newest permit of the line of renewals that the permit belongs to.
    plan_chain: str | None  # Where the plan that it names would stand.
    plan: SitePlan | None  # What was filed there for the site that it names, where the log has it.
    approval: ApprovalState | None
    emergency_chain: str | None  # The emergency that it stands on.
    emergency: EmergencyState | None
    pilot: ListingRef | None  # The row of a pilot list that it stands on.
    lists: dict[str, ListState]  # Lists of the listings that the decision was given on, or the pilot list, by chain.
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
    def crosses(self) -> bool:
        """Whether it leads from one province to another."""
        return self.home[:2] != self.transfer.destination.division[:2]

    @property
    def total_g(self) -> int:
        """Grams of all lines."""
        return sum(self.masses)


def refused_of(transfer: Transfer, facts: Facts) -> RefusedAtGate | None:
    """The manifest whose refused grams a transfer carries; ``None`` until it is loaded, and where the log has none."""
    named = transfer.returns
    if named is None or not facts.holds(chain_key(named.manifest)):
        return None
    found: RefusedAtGate | None = facts.state(named.manifest)
    return found


def home_of(transfer: Transfer, facts: Facts) -> str:
    """The division whose province a transfer leaves: a redirect inherits it, however near the new receiver lies to the gate that refused."""
    redirected = refused_of(transfer, facts) if transfer.returns is not None and not transfer.goes_back else None
    return transfer.origin.division if redirected is None else redirected.home


def crosses(transfer: Transfer, facts: Facts) -> bool:
    """Whether a transfer leads from one province to another."""
    return home_of(transfer, facts)[:2] != transfer.destination.division[:2]


def approval_of(transfer: Transfer, facts: Facts) -> str | None:
    """Chain of the approval that a transfer stands on: none inside a province nor on the way home, none of an in_transfer, whose decision
    is another log's, and none of what moves on an emergency."""
    if transfer.approval is None or transfer.type == "in_transfer" or transfer.goes_back or transfer.is_emergency:
        return None
    return transfer.approval if crosses(transfer, facts) else None


def emergency_of(transfer: Transfer) -> str | None:
    """Chain of the emergency that a transfer stands on; none on the way home."""
    return transfer.emergency if transfer.is_emergency and not transfer.goes_back else None


def pilot_of(transfer: Transfer, facts: Facts) -> ListingRef | None:
    """The row of a pilot list that a transfer stands on: none inside a province nor on the way home, nor where another ground is its type's."""
    if transfer.pilot is None or transfer.type == "in_transfer" or transfer.goes_back or transfer.is_emergency:
        return None
    return transfer.pilot if crosses(transfer, facts) else None


def event_of(transfer: Transfer, admitted_s: int) -> int:
    """The moment of the event, Unix seconds (kinds §1.1)."""
    return parse_at(transfer.paper.departed_at) if transfer.paper is not None and transfer.is_backfill else admitted_s


def decision_of(transfer: Transfer, facts: Facts) -> tuple[ApprovalState | None, tuple[DecisionLine | None, ...]]:
    """The approval that a transfer stands on, and for each of its lines what was decided."""
    named = approval_of(transfer, facts)
    approval = None if named is None else approval_at(facts, named)
    return approval, tuple([None if approval is None else approval.line(line.decision_line) for line in transfer.lines])


def look_up(asked: Asked, facts: Facts) -> Checked:
    """Look up what the transfer names; everything that ``check.reads`` names must be loaded."""
    transfer = asked.transfer
    event_s = event_of(transfer, asked.moment.at_s)
    day = day_of(event_s)
    approval, decided = decision_of(transfer, facts)
    names = {line.listing.list for line in decided if line is not None and line.listing is not None}
    pilot = pilot_of(transfer, facts)
    if pilot is not None:
        names.add(pilot.list)
    lists = {name: found for name in sorted(names) if (found := list_at(facts, name)) is not None}
    permit = None if transfer.permit is None or transfer.goes_back else permit_at(facts, transfer.permit)
    emergency = emergency_of(transfer)
    plan_chain = plan_of(transfer, asked.generator, asked.at_s, day)
    return Checked(
        asked=asked,
        transfer=transfer,
        lines=tuple([(f"body.lines.{position}", line) for position, line in enumerate(transfer.lines)]),
        generator=asked.generator,
        facts=facts,
        event_s=event_s,
        day=day,
        route=_route(transfer, approval, facts),
        home=home_of(transfer, facts),
        refused=refused_of(transfer, facts),
        permit=permit,
        newest=None if permit is None else permit_at(facts, newest_permit(facts, permit.root)),
        plan_chain=plan_chain,
        plan=plan_at(facts, plan_chain, None if transfer.plan is None else transfer.plan.site),
        approval=approval,
        emergency_chain=emergency,
        emergency=None if emergency is None else emergency_at(facts, emergency),
        pilot=pilot,
        lists=lists,
        decided=decided,
        masses=tuple([parse_mass(line.mass_t) for line in transfer.lines]),
        catalogue=catalogue_on(facts, day),
        exemptions=exemptions_on(facts, day),
        thresholds=thresholds_of(facts),
    )


def _route(transfer: Transfer, approval: ApprovalState | None, facts: Facts) -> str:
    """On what the transfer would stand, were it admitted."""
    if transfer.goes_back:
        return RETURN
    if transfer.type == "in_transfer":
        return OFF_LOG
    if transfer.is_emergency:
        return EMERGENCY
    if not crosses(transfer, facts):
        return INTRA
    if transfer.pilot is not None and transfer.approval is None:
        return PILOT387
    return approval.route if approval is not None and approval.route else APPROVED
