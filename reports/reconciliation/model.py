"""What a monthly statement holds. Masses are integer grams here and tonne strings in every output; moments are Unix seconds.

Which time counts: an act belongs to the month of its own ``at`` (Asia/Shanghai), not of its admission, so a truck that left on the 31st
and was entered on the 1st left in the old month. A quota moves when the log admits the entry, so accounts go by ``admission.at``.
A late act therefore changes the statement of a past month: every statement names the log size it was drawn at, and two statements are
compared at one size. Closing of a month and opening of the next agree by construction when drawn at the same size.

A month that is not over in the log is provisional (未完结): nobody knows what will be under way at its end. It is told as of the last entry
(``as_of_s``), and of a month that has not begun nothing is told.
"""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from ledger.times import parse_at
from reports.reconciliation.checks import (
    Adjustment,
    BaseClose,
    NumberSeries,
    PartySums,
    PermitEnd,
    PlanMonth,
    StatementScope,
    StockMonth,
)
from reports.reconciliation.line import LineRow, Period, Way
from reports.words import province
from whitelist.thresholds import Thresholds

EQUATION = "opening_g departed_g accepted_g refused_g difference_g closing_g unequal_g waiting_g voided_g declined_g"
"""Fields of a mirror equation in the order in which they are told."""


class MirrorEquation(Struct, frozen=True, kw_only=True):
    """The mirror equation of one code (R-93), in grams; ``code`` empty for the total.

    opening + adjusted (departed − accepted − refused − difference) + departed = accepted + refused + difference + closing.
    """

    code: str
    opening_g: int = 0
    """Under way at the month's first moment, as the lines stood at the base close; as they stand where there is none."""
    adjusted_departed_g: int = 0
    """What later acts changed of earlier months since the base close; so the next three."""
    adjusted_accepted_g: int = 0
    adjusted_refused_g: int = 0
    adjusted_difference_g: int = 0
    departed_g: int = 0
    accepted_g: int = 0
    refused_g: int = 0
    difference_g: int = 0
    closing_g: int = 0
    waiting_g: int = 0
    """Issued, not departed at the end of the month: outside the equation."""
    voided_g: int = 0
    """Voided in the month: outside the equation."""
    declined_g: int = 0
    """Declined by receivers in the month, before departure: outside the equation."""

    @property
    def unequal_g(self) -> int:
        """Left side minus right side; anything but 0 is an alert H."""
        month_g = self.departed_g - self.accepted_g - self.refused_g - self.difference_g
        return self.opening_g + self.adjusted_g + month_g - self.closing_g

    @property
    def adjusted_g(self) -> int:
        """What adjustments add to the opening."""
        return self.adjusted_departed_g - self.adjusted_accepted_g - self.adjusted_refused_g - self.adjusted_difference_g


class MirrorPart(Struct, frozen=True, kw_only=True):
    """The mirror equations of a part of the lines: of one direction, or of what a party did as generator, carrier or receiver. A line on which a
    party is two of these stands in two parts."""

    direction: Way | None = None
    role: str = ""
    mirror: tuple[MirrorEquation, ...]
    total: MirrorEquation


class AccountMonth(Struct, frozen=True, kw_only=True):
    """One quota account over the month (M9), in grams: opening + what was moved in all columns = closing."""

    account: str
    layer: str
    label: str
    opening_g: int = 0
    moved_g: Mapping[str, int]
    """By column (``Kind.books``): decided, reserved by issues, settled by receipts to what was accepted, released by voids, used outside."""
    closing_g: int = 0
    held_g: int = 0
    """Of the closing: reserved by manifests not yet received or voided."""
    year_g: int | None = None
    """Of a permit's scale, which is yearly: what was used of it in the month's year until the month's end; ``None`` for other accounts."""
    limit_g: int | None = None
    owner: str = ""
    """USCC of whoever has to do something about it: of a list's row the authority that its waste leaves, of a decision's line the generator, of a
    yearly scale who holds the permit."""

    @property
    def used_g(self) -> int:
        """Of the closing: settled use."""
        return self.closing_g - self.held_g

    @property
    def left_g(self) -> int | None:
        """Limit minus closing, of a yearly scale minus the year's use; None where the limit is not known."""
        return None if self.limit_g is None else self.limit_g - self.taken_g

    @property
    def taken_g(self) -> int:
        """What counts against the limit: the closing, of a yearly scale the year's use."""
        return self.closing_g if self.year_g is None else self.year_g


class Tolerance(Struct, frozen=True, kw_only=True):
    """Adopted thresholds by which receipts of the month were judged (R-62)."""

    version: str
    limits: Thresholds


class EmergencyMonth(Struct, frozen=True, kw_only=True):
    """An emergency (应急转移) on which lines of the statement move, in grams; ``counted_g`` against its ceiling as the log stands."""

    emergency: str
    """Chain."""
    name: str
    plan_no: str
    manifests: int
    """Of the statement, neither voided nor declined."""
    declared_g: int
    accepted_g: int
    unregularised: int
    """Manifests that have departed, of which nobody reported by then that they were regularised (R-39)."""
    ceiling_g: int
    counted_g: int | None
    """By all manifests of whatever month: what was issued, less what was voided and what receipts took less; not told to one party."""


class Duplicate(Struct, frozen=True):
    """A national number on more than one manifest that was not voided (M6)."""

    number: str
    manifests: tuple[str, ...]
    """Chains."""
    owner: str = ""
    """USCC of the authority that settles it: of the division in its digits 5 to 8 (``number.settle``); empty where the log has none."""
    others: int = 0
    """Manifests of others that hold it too: of a party's statement, which names its own alone."""

    @property
    def holders(self) -> int:
        """How many manifests hold it."""
        return len(self.manifests) + self.others


class MonthlyStatement(Struct, frozen=True, kw_only=True, dict=True):
    """The statement of a month and a direction, drawn at one log size. Its lists are made once, when they are first asked for."""

    period: Period
    from_province: str
    to_province: str
    origin: str
    found: str
    size: int
    root: str
    """Root of the checkpoint, base64."""
    drawn_at: str
    """``admission.at`` of the last entry."""
    is_demo: bool
    names: dict[str, str]
    """Registered names by USCC, of everybody named."""
    rows: tuple[LineRow, ...]
    """Lines that departed, were received or were under way in the month, or wait at its end, or were voided or declined in it."""
    mirror: tuple[MirrorEquation, ...]
    total: MirrorEquation
    duplicates: tuple[Duplicate, ...]
    emergencies: tuple[EmergencyMonth, ...]
    accounts: tuple[AccountMonth, ...]
    tolerances: tuple[Tolerance, ...]
    """Those by which the month's receipts were judged, in order of adoption; where there are none, those in force at the end."""
    terms: Tolerance | None
    """Those in force at the size of the statement: when a trip, an issue or a quota is out of order. ``None``: none adopted."""
    codes: dict[str, str]
    """By waste code what its manifests call it, most often first."""
    divisions: dict[str, str]
    """Names of places by division."""
    scope: StatementScope = StatementScope()
    """Of whom it tells; ``from_province`` and ``to_province`` are empty unless of a direction."""
    parts: tuple[MirrorPart, ...] = ()
    """Of a statement of several directions: each of them; of a party: each of its roles."""
    bases: tuple[BaseClose, ...] = ()
    """The closes that the month opens with, by direction; of a direction without one, opening is what stands now."""
    adjustments: tuple[Adjustment, ...] = ()
    """What acts changed of earlier months since those closes, in order of the log."""
    adjusted_later: tuple[Adjustment, ...] = ()
    """What acts changed of this month since its own close: it is in the figures here, and stands as an adjustment in the months that it names."""
    stocks: tuple[StockMonth, ...] = ()
    """M1, M11: by holder and code."""
    sums: tuple[PartySums, ...] = ()
    """M2, M3: by role, party and code."""
    series: tuple[NumberSeries, ...] = ()
    """M6."""
    plans: tuple[PlanMonth, ...] = ()
    """M8: of the plans that lines issued in the month name."""
    ending: tuple[PermitEnd, ...] = ()
    """M10: the first to end first."""
    threads: dict[str, tuple[tuple[str, int | None], ...]] = {}
    """By the key of an item of the month on which somebody has commented: how its threads were settled, outcome and grams (``item.settle``)."""

    @property
    def adjusts(self) -> tuple[str, ...]:
        """The months of which something is adjusted."""
        return tuple(sorted({adjustment.month for adjustment in self.adjustments}))

    @property
    def drawn_s(self) -> int:
        """The last entry's admission: nothing after it is known."""
        return parse_at(self.drawn_at)

    @property
    def is_provisional(self) -> bool:
        """Whether the month is not over in the log (未完结)."""
        return self.drawn_s < self.period.end_s

    @property
    def has_begun(self) -> bool:
        """Whether the month has begun in the log."""
        return self.drawn_s >= self.period.start_s

    @property
    def as_of_s(self) -> int:
        """The moment at which what is open is told: the month's end, or the last entry before it."""
        return min(self.drawn_s, self.period.end_s)

    @property
    def stem(self) -> str:
        """Name of the files without suffix; a provisional statement never lies where the whole month's will."""
        of = self.scope.party or self.scope.authority or f"{self.from_province}-{self.to_province}"
        name = f"reconciliation-{self.period.month}-{of}"
        return f"{name}-provisional" if self.is_provisional else name

    def name(self, uscc: str) -> str:
        """Registered name of a party, or its code."""
        return self.names.get(uscc, uscc)

    def place(self, division: str) -> str:
        """Name of a division, or its code."""
        return self.divisions.get(division, division)

    def waste(self, code: str) -> str:
        """A waste code and what it is called: ``900-052-31 废铅蓄电池``."""
        return f"{code} {self.codes.get(code, '')}".rstrip()

    @property
    def direction(self) -> str:
        """Names of both provinces; of a party or an authority its name."""
        if whom := self.scope.party or self.scope.authority:
            return self.name(whom)
        return f"{province(self.from_province)} → {province(self.to_province)}"

    @cached_property
    def differing(self) -> tuple[LineRow, ...]:
        """M4: received in the month, other weight than sent or declared."""
        return tuple(row for row in self.received if row.difference_g or row.sent_g != row.declared_g)

    @cached_property
    def departed(self) -> tuple[LineRow, ...]:
        """Departed in the month."""
        return tuple(row for row in self.rows if self.period.holds(row.departed_s))

    @cached_property
    def received(self) -> tuple[LineRow, ...]:
        """Received in the month."""
        return tuple(row for row in self.rows if self.period.holds(row.received_s))

    @cached_property
    def without_departure(self) -> tuple[LineRow, ...]:
        """Received in the month though nobody recorded a departure: what keeps the equation from holding."""
        return tuple(row for row in self.received if row.departed_s is None)

    @cached_property
    def in_flight(self) -> tuple[LineRow, ...]:
        """M5, first half: under way at the end of the month."""
        return tuple(row for row in self.rows if row.is_under_way_at(self.period.end_s))

    @cached_property
    def waiting(self) -> tuple[LineRow, ...]:
        """M5, second half (law §6.1: issued, neither confirmed nor rejected nor voided): not departed at the end of the month."""
        return tuple(row for row in self.rows if row.is_waiting_at(self.period.end_s))

    @cached_property
    def cut_off(self) -> tuple[LineRow, ...]:
        """M7: departure and receipt in different months, one of them this month."""
        both = (row for row in self.rows if row.departed_s is not None and row.received_s is not None)
        return tuple(row for row in both if self.period.holds(row.departed_s) != self.period.holds(row.received_s))

    @property
    def is_balanced(self) -> bool:
        """Whether every code's mirror equation holds."""
        return not any(mirror.unequal_g for mirror in (*self.mirror, self.total)) and not any(stock.unequal_g for stock in self.stocks)
