"""What a trial finds: decisions, trips, rows. Masses in grams, days ``YYYY-MM-DD``, rows and lines from 0 as in the evidence."""

from typing import Literal

from msgspec import Struct

Cause = Literal["row_missing", "scope", "method", "use_only", "suspended", "quota", "complete_within", "term", "not_in_force", "other"]
"""Why a line would not have gone on the list, or a trip not at all."""
CAUSES: tuple[Cause, ...] = (
    "row_missing", "scope", "method", "use_only", "suspended", "quota", "complete_within", "term", "not_in_force", "other",
)  # fmt: skip
"""In the order in which the first is told of several."""
Outcome = Literal["same", "faster", "slower", "freed"]
"""Of a decision: as it was; listed instead of by letter; by letter instead of listed; listed where it was refused for want of consent."""


class TriedLine(Struct, frozen=True, kw_only=True):
    """A line of a decision in both worlds."""

    line: int
    name: str
    code: str
    grams: int  # Granted; of a refusal applied for.
    row: int | None = None  # Of the drafted list; where it would stand.
    fits_g: int = 0  # What of it would stand on the list.
    cause: Cause | None = None  # Why not all of it.
    codes: tuple[str, ...] = ()  # Of the rules that said so.


class TriedDecision(Struct, frozen=True, kw_only=True):
    """A decision of the log, and what it would have been."""

    chain: str
    no: str
    day: str  # 决定日期.
    route: str  # LISTED or APPROVED; empty: refused.
    outcome: Outcome
    origin: str
    destination: str
    generator: str
    receiver: str
    lines: tuple[TriedLine, ...]
    workdays: int  # From the first application to the decision, as observed.

    @property
    def cause(self) -> Cause | None:
        """The first of its causes."""
        found = {line.cause for line in self.lines}
        return next((cause for cause in CAUSES if cause in found), None)


TripOutcome = Literal["stopped", "noticed", "relieved", "freed"]
"""Of a trip: refused at issue or departure; departed with PRE_NOTICE only there; only in the log; let go where it was held up for good."""


class TriedTrip(Struct, frozen=True, kw_only=True):
    """A trip that would have gone otherwise."""

    manifest: str
    number: str
    day: str  # Of the act that was judged.
    at: Literal["issue", "depart", "void", "end"]
    outcome: TripOutcome
    cause: Cause | None
    codes: tuple[str, ...]
    origin: str
    destination: str
    generator: str
    receiver: str
    approval: str
    lines: tuple[tuple[str, int], ...]  # Code and grams.
    later: bool = False
    """Whether the letter that its decision then needs would have come by that day, by what letters took in the log."""


class RowUse(Struct, kw_only=True):
    """A row over the year, in one world: what is committed on it, and when it was full."""

    committed_g: int = 0  # By the decisions that the log gave on the list.
    freed_g: int = 0  # By those that would have been listed beside.
    peak_g: int = 0
    full_on: str = ""  # The day on which nothing was left.
    over_on: str = ""  # The day on which the first decision did not fit.
    unmet_g: int = 0  # What did not fit, all in all.
    months: dict[str, int] = {}
    """Both together at the end of each month in which that moved, grams."""


class Tally(Struct, kw_only=True):
    """Trips of one place and code, and what would have become of them: numbers, and grams where it says so."""

    trips: int = 0
    grams: int = 0
    stopped: int = 0
    stopped_g: int = 0
    faster: int = 0  # Under decisions that would have been listed.
    faster_g: int = 0
    noticed: int = 0
    relieved: int = 0
    freed: int = 0
    freed_g: int = 0
