"""月结: the state of ``period/<YYYY-MM>/<from>-<to>``, as the work list finds it; its kinds stand in ``reports.periods`` (kinds §9).

A month is a calendar month of Asia/Shanghai. It is closed at one log size by the operator, and each authority of the two sides says once of every
close whether its own recomputation agrees. A month that was closed is never reopened: a close may only be followed by another one after a dispute,
and by none once the following month is closed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from msgspec import Struct

from ledger.directory import LogState, authorities_of_division
from ledger.times import DAY_S, day_of
from whitelist.terms import start_of

PERIOD = re.compile(r"period/20[0-9]{2}-(?:0[1-9]|1[0-2])/[1-8][0-9]-[1-8][0-9]")
PeriodStage = Literal["open", "closed", "disputed", "confirmed"]


class PeriodClose(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One close of a month: what the operator signed. Hashes are SHA-256 of files, 64 hex digits."""

    index: int
    """Entry of the close."""
    at_s: int
    """Its admission, Unix seconds."""
    by: str
    """The operator who signed it, to whom a dispute goes."""
    size: int
    """Entries of the log at which the statement is drawn."""
    root: str
    """MTH(D[0:size]), base64."""
    json: str
    xlsx: str = ""
    pdf: str = ""
    adjusts: tuple[str, ...] = ()
    """Earlier months that acts since their own close have changed."""


class PeriodVerdict(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What an authority said of a close."""

    index: int
    at_s: int
    by: str
    sides: tuple[str, ...]
    """Provinces of the direction that it speaks for, as the regions were at its entry."""
    close: int
    """Entry of the close that it speaks of."""
    disputes: bool = False
    reason: str = ""
    items: int = 0
    """How many lines a dispute names."""


class PeriodState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A month of one direction: its closes and what was said of them, oldest first. There is no state without a close."""

    closes: tuple[PeriodClose, ...]
    verdicts: tuple[PeriodVerdict, ...] = ()

    @property
    def newest(self) -> PeriodClose:
        """The close that counts."""
        return self.closes[-1]

    @property
    def said(self) -> tuple[PeriodVerdict, ...]:
        """Verdicts on the newest close."""
        return tuple(one for one in self.verdicts if one.close == self.newest.index)

    @property
    def disputes(self) -> tuple[PeriodVerdict, ...]:
        """Disputes of the newest close: with one it may be closed again."""
        return tuple(one for one in self.said if one.disputes)

    def close_below(self, size: int) -> PeriodClose | None:
        """The newest close among the entries below ``size``: the base of what the following month opens with."""
        return next((close for close in reversed(self.closes) if close.index < size), None)

    def silent(self, direction: tuple[str, str]) -> tuple[str, ...]:
        """The provinces of whose side nobody has spoken of the newest close."""
        return tuple(province for province in direction if not any(province in one.sides for one in self.said))

    def missing(self, log: LogState, direction: tuple[str, str]) -> tuple[tuple[str, ...], ...]:
        """The silent sides, each with its authorities; a side that has no authority on this log waits for nobody."""
        return tuple(side for province in self.silent(direction) if (side := authorities_of_division(log, province)))

    def stage(self, log: LogState, direction: tuple[str, str]) -> PeriodStage:
        """``closed`` until both sides have confirmed, ``disputed`` from the first dispute on."""
        if self.disputes:
            return "disputed"
        return "closed" if self.missing(log, direction) else "confirmed"


def period_chain(month: str, from_province: str, to_province: str) -> str:
    """Name of the chain of a month and a direction."""
    return f"period/{month}/{from_province}-{to_province}"


def month_of(chain: str) -> str:
    """The month that a chain is about, ``YYYY-MM``."""
    return chain.split("/")[1]


def direction_of(chain: str) -> tuple[str, str]:
    """Its two provinces, from and to."""
    from_province, _, to_province = chain.split("/")[2].partition("-")
    return from_province, to_province


def month_at(moment_s: int) -> str:
    """The month of a moment."""
    return day_of(moment_s)[:7]


def following_month(month: str) -> str:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1:04d}-01" if number == 12 else f"{year:04d}-{number + 1:02d}"


def preceding_month(month: str) -> str:
    """The month before."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04d}-12" if number == 1 else f"{year:04d}-{number - 1:02d}"


def month_ends_s(month: str) -> int:
    """The first second behind a month, Unix seconds."""
    following = following_month(month)
    return start_of(date(int(following[:4]), int(following[5:]), 1))


def last_day_s(month: str) -> int:
    """The first second of a month's last day: from it the day of the following month is counted on which the statement is due."""
    return month_ends_s(month) - DAY_S


def closed_key(direction: tuple[str, str]) -> str:
    """Register: the newest month of a direction that is closed. Months are closed in their order, without a gap."""
    return f"closed-month:{direction[0]}-{direction[1]}"
