"""What registers are asked for, and what they hold. Masses are integer grams here and tonnes in every output; moments are Unix seconds."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct

from ledger.times import SHANGHAI
from reports.paper.tongue import Tongue
from reports.reconcile import FIRST_MONTH, LAST_MONTH
from reports.reconciliation.line import LineRow, Period, period_of
from signing.refusal import refuse
from signing.uscc import check_uscc

RegisterName = Literal["c1", "generator", "carrier", "receiver"]
REGISTERS: tuple[RegisterName, ...] = get_args(RegisterName)
TITLES: Mapping[RegisterName, tuple[str, str]] = {
    "c1": ("危险废物产生、利用、处置情况报表（HJ 1259 表 C.1）", "Report on hazardous waste produced, used and disposed of (HJ 1259, C.1)"),
    "generator": ("移出人登记册", "Generator's register"),
    "carrier": ("承运人登记册", "Carrier's register"),
    "receiver": ("接受人登记册", "Receiver's register"),
}
_ALL = ("json", "xlsx", "pdf")
SUFFIXES: Mapping[RegisterName, tuple[str, ...]] = {"c1": ("json", "xlsx"), "generator": _ALL, "carrier": _ALL, "receiver": _ALL}
MANIFESTS_MAX = 100_000
"""Manifests of one register; of more it is asked for by month."""
_PERIOD = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


class OwnFigure(Struct, frozen=True):
    """A figure of the firm's own books (台账), which the log cannot know: what (``made`` 产生, ``used`` 自行利用处置, ``opening``, ``closing``
    of its stock) of which waste, and where it stands."""

    what: str
    code: str
    waste: str
    mass_g: int
    method: str = ""
    source: str = ""
    """Kind of the book, its month, SHA-256, sheet and row."""


class RegisterAsked(Struct, frozen=True):
    """Which register, of ``YYYY`` or ``YYYY-MM``, of which firm (USCC), as ``json``, ``xlsx`` or ``pdf``, in which language."""

    register: RegisterName
    period: str
    party: str
    suffix: str
    tongue: Tongue = "zh"
    own: tuple[OwnFigure, ...] = ()
    """Of C.1: what the firm's own books say, where they were handed in."""

    @property
    def stem(self) -> str:
        """Of the file's name."""
        return f"register-{self.register}-{self.period}-{self.party}"


def check_asked(asked: RegisterAsked) -> Period:
    """The period; Refusal REGISTER_FORM for another register or form, MONTH_FORM, USCC."""
    if asked.register not in REGISTERS or asked.suffix not in SUFFIXES[asked.register]:
        found, known = f"{asked.register} {asked.suffix}", " · ".join(f"{name} ({', '.join(SUFFIXES[name])})" for name in REGISTERS)
        raise refuse("REGISTER_FORM", field="register", found=found, expected=known)
    if not check_uscc(asked.party):
        raise refuse("USCC", field="party", found=asked.party)
    return span_of(asked.period)


def span_of(period: str) -> Period:
    """A year or a month; Refusal MONTH_FORM."""
    if not _PERIOD.fullmatch(period) or not FIRST_MONTH[: len(period)] <= period <= LAST_MONTH[: len(period)]:
        raise refuse("MONTH_FORM", field="period", found=period, expected=f"YYYY, YYYY-MM, {FIRST_MONTH} … {LAST_MONTH}")
    if len(period) > len("2026"):
        return period_of(period)
    start, end = (int(datetime(year, 1, 1, tzinfo=SHANGHAI).timestamp()) for year in (int(period), int(period) + 1))
    return Period(period, start, end)


class DrawnFrom(Struct, frozen=True, kw_only=True):
    """The log at the size at which a register was drawn."""

    origin: str
    found: str
    size: int
    root: str
    at: str
    """Admission of the last entry."""
    is_demo: bool
    is_over: bool
    """Whether the period is over in the log; otherwise figures are provisional (未完结)."""


class FirmLine(Struct, frozen=True, kw_only=True):
    """One waste line of a manifest of the firm; of a carrier's register one for each of its legs."""

    row: LineRow
    route: str
    type: str
    method: str
    permit_no: str
    decision: str
    """批准文号, of an emergency the plan's number; empty within a province."""
    listing: str
    """The list and its row (from 1) on which the decision line was given."""
    issue: int
    """Entry of the issue."""
    receipt: int | None
    """Entry of the receipt: the act that a certificate (转移证明) confirms; its file is called by number or ULID."""
    treated_g: int
    stock_g: int
    """Accepted grams without a fate, as the log stands."""
    plates: tuple[str, ...]
    waybills: tuple[str, ...]
    alerts: tuple[str, ...]
    """Level and code, as they were raised at admission."""
    leg: int | None = None
    """From 1, of a carrier's run."""
    begun_s: int | None = None
    ended_s: int | None = None
    carried_g: int | None = None

    @property
    def is_return(self) -> bool:
        """退回: refused waste on its way home is no new transfer, and stands in no sum."""
        return self.route == "RETURN"


class FirmSum(Struct, frozen=True, kw_only=True):
    """Sums over lines that share ``key`` (a code, a partner, a month; empty: all), in grams. Returns (退回) stand apart."""

    key: str
    manifests: int = 0
    lines: int = 0
    opening_g: int = 0
    departed_g: int = 0
    loaded_g: int = 0
    """Of what departed: weighed at loading, else declared."""
    accepted_g: int = 0
    refused_g: int = 0
    difference_g: int = 0
    closing_g: int = 0
    voided_g: int = 0
    declined_g: int = 0
    carried_g: int = 0
    returned_g: int = 0
    """退回: refused grams that came home in the period."""


class FirmStock(Struct, frozen=True, kw_only=True):
    """Stock of received waste (贮存) of one code over the period, in grams: opening + accepted − treated − sent − gap = closing."""

    code: str
    opening_g: int
    accepted_g: int
    treated_g: Mapping[str, int]
    """By method."""
    sent_g: int
    gap_g: int

    @property
    def closing_g(self) -> int:
        """At the end of the period."""
        return self.opening_g + self.accepted_g - sum(self.treated_g.values()) - self.sent_g - self.gap_g


class FirmRegister(Struct, frozen=True, kw_only=True):
    """A generator's, carrier's or receiver's register."""

    asked: RegisterAsked
    period: Period
    log: DrawnFrom
    name: str
    lines: tuple[FirmLine, ...]
    total: FirmSum
    by_code: tuple[FirmSum, ...]
    by_partner: tuple[FirmSum, ...]
    by_month: tuple[FirmSum, ...]
    stock: tuple[FirmStock, ...]
    """Of a receiver."""
    names: Mapping[str, str]
    codes: Mapping[str, str]
    report_day: int
    classes: tuple[str, ...]
    """管理计划类别 of its open sites, as it has registered them (``party.site``): ``key``, ``simple``, ``registered``."""
