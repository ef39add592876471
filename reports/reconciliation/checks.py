"""What a statement says beside the mirror equation: of whom it tells, the close that it opens with, adjustments, and the checks M1–M3, M6, M8, M10
and M11 (law §6.1). Masses are integer grams; nothing is computed here but what follows from the fields themselves.
"""

from msgspec import Struct

from reports.reconciliation.line import LineRow, Way

BOOKED = ("issued_g", "departed_g", "accepted_g", "refused_g", "difference_g", "voided_g", "declined_g")
"""What a line is booked as, each in the month of its act."""
ROLES = ("generator", "carrier", "receiver")
"""As which a party may be on a line."""


class StatementScope(Struct, frozen=True, kw_only=True):
    """Of whom a statement tells: of one direction or of all; of everything there, of one party as generator, carrier or receiver, or of what
    touches an authority's regions."""

    direction: Way | None = None
    """``None``: every way that lines go."""
    party: str = ""
    """USCC."""
    authority: str = ""
    """USCC."""
    regions: tuple[str, ...] = ()
    """Of the authority: beginnings of divisions."""
    role: str = ""
    """Of the party: as what alone; empty: as whatever it is."""

    @property
    def whose(self) -> str:
        """USCC of the party or authority whose it is; of everything empty."""
        return self.party or self.authority

    @property
    def kind(self) -> str:
        """``direction``, ``party`` or ``authority``."""
        return "party" if self.party else "authority" if self.authority else "direction"

    def goes(self, way: Way) -> bool:
        """Whether lines of a way may be of this statement."""
        if self.direction is not None:
            return way == self.direction
        return not self.authority or any(province in {region[:2] for region in self.regions} for province in way)

    def takes(self, row: LineRow) -> bool:
        """Whether a line of a way that goes is of this statement, by its parties, or by its origin and destination."""
        if self.party:
            roles = {"generator": (row.generator,), "carrier": row.carriers, "receiver": (row.receiver,)}
            return self.party in roles.get(self.role, row.parties)
        return not self.authority or row.origin.startswith(self.regions) or row.destination.startswith(self.regions)


class BaseClose(Struct, frozen=True, kw_only=True):
    """The newest close of the preceding month of a direction: what the month opens with."""

    direction: Way
    month: str
    index: int
    """Entry of the close."""
    size: int
    """Entries at which it was drawn: opening is what stood there."""
    json: str
    """SHA-256 of the closed statement's JSON."""


class Adjustment(Struct, frozen=True, kw_only=True):
    """What one act changed of one line in a month that had been closed: by how much each term moved, after less before, in grams."""

    month: str
    """To which it belongs."""
    told_in: str
    """In whose statement it stands."""
    direction: Way
    manifest: str
    """Chain."""
    number: str
    line: int
    """From 1."""
    code: str
    index: int
    """Entry of the act."""
    kind: str
    at: str
    """Of the act, as claimed."""
    admitted: str
    issued_g: int = 0
    departed_g: int = 0
    accepted_g: int = 0
    refused_g: int = 0
    difference_g: int = 0
    voided_g: int = 0
    declined_g: int = 0

    @property
    def net_g(self) -> int:
        """What is under way more than the close said."""
        return self.departed_g - self.accepted_g - self.refused_g - self.difference_g


class PartySums(Struct, frozen=True, kw_only=True):
    """The log's side of M2 and M3: what a party did with a code in the month. A carrier is whoever carried it on any leg."""

    party: str
    role: str
    """``generator``, ``carrier`` or ``receiver``."""
    code: str
    lines: int = 0
    issued_g: int = 0
    departed_g: int = 0
    accepted_g: int = 0
    refused_g: int = 0
    voided_g: int = 0
    declined_g: int = 0


class StockMonth(Struct, frozen=True, kw_only=True):
    """M1 and M11 of one holder and code, from what its acts on manifests declare (receipts, disposals, gaps)."""

    holder: str
    code: str
    opening_g: int
    """As it stood at the base close, where there is one."""
    adjusted_g: int = 0
    """What later acts changed of it since."""
    accepted_g: int = 0
    treated_g: int = 0
    sent_g: int = 0
    """Sent on by other manifests (转出), as disposals declare it."""
    gap_g: int = 0
    """Given up by a close with gap."""
    closing_g: int = 0
    oldest: str = ""
    """Day of the oldest receipt of which something is left, first in first out; of more than ``OLDEST`` months ago only that it is older."""
    old_g: int = 0
    """Of the closing: received longer ago than ``storage_d`` days."""
    aging_g: int = 0
    """Received at least ``storage_warn_d`` days ago, with those."""

    @property
    def unequal_g(self) -> int:
        """Left side minus right side of M1: tolerance 0."""
        return self.opening_g + self.adjusted_g + self.accepted_g - self.treated_g - self.sent_g - self.gap_g - self.closing_g

    @property
    def level(self) -> str:
        """``H`` where something lies longer than it may, ``M`` where it soon will (R-68), else empty."""
        return "H" if self.old_g else "M" if self.aging_g else ""


class PlanMonth(Struct, frozen=True, kw_only=True):
    """M8 of one line of a management plan (管理计划), of all manifests that name it, whatever their direction."""

    plan: str
    """Chain."""
    site: str
    line: int
    """From 1."""
    name: str
    code: str
    planned_g: int
    month_g: int
    """Counted in the month: by manifests issued in it; one of another year than its plan counts in the nearest month of the plan's."""
    year_g: int
    """The same from the beginning of the plan's year to the month's end."""

    @property
    def over_g(self) -> int:
        """Beyond what was planned."""
        return max(self.year_g - self.planned_g, 0)

    @property
    def level(self) -> str:
        """``M`` beyond the plan (R-15 ``PLAN_OVER``)."""
        return "M" if self.over_g else ""


class PermitEnd(Struct, frozen=True, kw_only=True):
    """M10: a receiver's permit that has ended in the month or ends soon, and was not renewed."""

    permit: str
    """Chain."""
    no: str
    holder: str
    valid_to: str
    days: int
    """From the day of the statement to the last day of validity; negative: it is over."""

    @property
    def level(self) -> str:
        """``H``: over; ``M``: at most 30 days; ``L``: at most ``permit_warn_d``."""
        return "H" if self.days < 0 else "M" if self.days <= ENDING_SOON_D else "L"


ENDING_SOON_D = 30
"""law §6.1 M10 names both terms, 60 and 30 days; the longer one is an adopted threshold."""


class NumberSeries(Struct, frozen=True, kw_only=True):
    """M6 of one series of national numbers (year and city, eight digits): those of the manifests issued in the month."""

    series: str
    held: int
    first: str
    last: str
    missing: int
    """Serials between the first and the last that no manifest of the log bears; transfers that are not on this log have numbers, too."""
    gaps: tuple[tuple[str, str], ...]
    """The longest runs of them, first and last number, at most ``GAPS_MAX``, in order."""
    backward: tuple[str, ...]
    """Numbers issued later than a higher one."""


GAPS_MAX = 50
