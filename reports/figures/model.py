"""What figures are asked for, and their tables. Masses are tonnes of six decimals, ways are two provinces (``51-50``), months ``YYYY-MM``."""

import re
from typing import Literal

from msgspec import Struct

from reports.paper.tongue import Tongue
from reports.reconcile import FIRST_MONTH, LAST_MONTH
from signing.refusal import refuse

TableName = Literal["quotas", "approvals", "refusals", "capacity", "alerts"]
TABLES: tuple[TableName, ...] = ("quotas", "approvals", "refusals", "capacity", "alerts")
_PERIOD = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


class FiguresAsked(Struct, frozen=True):
    """Which figures: ``YYYY`` or ``YYYY-MM``, a pair of provinces (both ways), ``json``, ``csv`` (of one table) or ``xlsx``, for whom."""

    period: str
    pair: tuple[str, str]
    suffix: str
    table: TableName | None = None
    is_public: bool = False
    tongue: Tongue = "zh"

    @property
    def months(self) -> tuple[str, ...]:
        """Of the period."""
        return (self.period,) if len(self.period) > 4 else tuple(f"{self.period}-{number:02d}" for number in range(1, 13))

    @property
    def ways(self) -> tuple[str, str]:
        """From the one to the other, and back."""
        return f"{self.pair[0]}-{self.pair[1]}", f"{self.pair[1]}-{self.pair[0]}"


def check_period(period: str) -> str:
    """A year or a month; Refusal MONTH_FORM."""
    if not _PERIOD.fullmatch(period) or not FIRST_MONTH[: len(period)] <= period <= LAST_MONTH[: len(period)]:
        raise refuse("MONTH_FORM", field="period", found=period, expected=f"YYYY, YYYY-MM, {FIRST_MONTH} … {LAST_MONTH}")
    return period


class QuotaUse(Struct, frozen=True, kw_only=True):
    """A row of a list in a month. Of the year's figures each month in which anything moved has a row."""

    month: str
    way: str
    list: str
    row: int
    receiver: str
    wastes: tuple[str, str]
    """In both languages."""
    limit_t: str
    """By the end of the month, with what was consented to beyond it."""
    decided_t: str
    """Committed by decisions in the month, less what ended ones gave back."""
    moved_t: str
    """Drawn in the month by manifests on decisions given on the row: reserved, settled, corrected, given back."""
    outside_t: str
    """Stated in the month as used before this log."""
    taken_t: str
    """What the row held at the end of the month."""
    permille: int
    alert: str
    """Level and code as of the end of the month, empty for none."""


class ApprovalTimes(Struct, frozen=True, kw_only=True):
    """Decisions of one month, way and route, and the days that they took from the first application (``whitelist.clocks``)."""

    month: str
    way: str
    route: str
    decisions: int
    generators: int
    mass_t: str
    days_median: float
    workdays_median: float
    workdays_p90: int
    workdays_max: int
    late: int
    """Decisions on the way of which an authority was late."""


class RefusalCount(Struct, frozen=True, kw_only=True):
    """How often a firm was refused for a reason in a month."""

    month: str
    way: str
    """One province alone where what was refused is not on the log: that of the firm that signed it."""
    what: str
    """``statement`` 不予入账, ``decision`` 不予批准, ``receipt`` 拒收."""
    reason: str
    firm: str
    count: int
    mass_t: str
    """Refused at receipts."""


class FreeCapacity(Struct, frozen=True, kw_only=True):
    """A receiver's site by its newest permit: what of its yearly scale is free, at the end of the period or now."""

    month: str
    receiver: str
    permit: str
    no: str
    division: str
    permit_class: str
    categories: tuple[str, ...]
    valid_to: str
    scale_t: str
    used_t: str
    """Accepted in the year, or used outside this log."""
    reserved_t: str
    """Issued and not received."""
    left_t: str
    permille: int
    alert: str


class AlertCount(Struct, frozen=True, kw_only=True):
    """How often an alert was raised at acts of a firm in a month."""

    month: str
    way: str
    firm: str
    level: str
    code: str
    count: int


class Figures(Struct, frozen=True, kw_only=True):
    """All tables of a period and a pair of provinces, at a log of ``size`` entries."""

    period: str
    pair: tuple[str, str]
    origin: str
    size: int
    at: str
    """Admission of the last entry."""
    is_over: bool
    """Whether the period is over in the log; otherwise figures are provisional (未完结)."""
    is_demo: bool
    quotas: tuple[QuotaUse, ...]
    approvals: tuple[ApprovalTimes, ...]
    refusals: tuple[RefusalCount, ...]
    capacity: tuple[FreeCapacity, ...]
    alerts: tuple[AlertCount, ...]
    names: dict[str, str]
    """Of firms and divisions."""
