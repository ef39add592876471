"""What the page of a month reads: the statement as it is downloaded, its open items with their threads, how the month was closed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LogState
from ledger.log import Log
from ledger.problem import Language
from ledger.reading import Page
from liandan.desk.month.told import ToldMonth, read_month
from reports.drawing import Drawer, StatementAsked
from reports.items.answers import OpenItems
from reports.items.service import ItemsWanted, list_items
from reports.periods.answers import PeriodAnswer, Periods
from reports.periods.planning import PeriodWay, directions_of
from reports.periods.service import list_periods
from reports.statement_service import check_asked, statement_of
from whitelist.period import month_at, preceding_month


class MonthAsked(Struct, frozen=True, kw_only=True):
    """Which month of whom: of a direction, else the reader's own."""

    month: str
    way: PeriodWay | None = None
    items: ItemsWanted = ItemsWanted()
    page: Page = Page(None, 50)


class ReadMonth(Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    asked: MonthAsked
    told: ToldMonth
    items: OpenItems
    periods: tuple[PeriodAnswer, ...]
    """How this month stands, of each direction that the reader asked for."""
    months: tuple[str, ...]
    """That there are, the newest first; the running one among them."""
    ways: tuple[PeriodWay, ...]
    """Directions that the reader may ask for."""


def is_mine(period: PeriodAnswer, caller: Caller) -> bool:
    """Whether the reader's word on the newest close is missing."""
    return caller.uscc in period.missing


async def read_month_page(
    log: Log, drawer: Drawer, caller: Caller, asked: MonthAsked, language: Language, claimed_s: int | None
) -> ReadMonth:
    """The month. Refusals of statements: MONTH_FORM, DIRECTION_FORM, REPORT_SCOPE; Busy where many others wait."""
    wanted = await check_asked(log, caller, StatementAsked(asked.month, asked.way, "json"))
    (_, content), _ = await statement_of(log, drawer, wanted, for_firm=caller.role == "party")
    items = await list_items(
        log, drawer, caller, StatementAsked(asked.month, asked.way, "json"), asked.items, asked.page, language, claimed_s
    )
    periods = await list_periods(log, caller, None, asked.way or (None, None), language, claimed_s)
    state = await log.state()
    return ReadMonth(
        asked=asked,
        told=read_month(content),
        items=items,
        periods=tuple(one for one in periods.periods if one.month == asked.month),
        months=months_of(periods, await log.now(claimed_s)),
        ways=() if state is None else ways_for(caller, state),
    )


def months_of(periods: Periods, now_s: int) -> tuple[str, ...]:
    """The running month, and those that are over."""
    return tuple(dict.fromkeys([month_at(now_s), *(one.month for one in periods.periods)]))


def ways_for(caller: Caller, state: LogState) -> tuple[PeriodWay, ...]:
    """Whole directions: of an authority those of a whole province of its own, of the operator all; a firm has its own statement alone."""
    ways: Sequence[PeriodWay] = directions_of(state) if caller.reads_all else ()
    office = state.founder(caller.uscc)
    if caller.role == "authority":
        ways = [way for way in ways if office is not None and any(region in way for region in office.regions)]
    return tuple(ways)


def month_shown(months: Sequence[str], now_s: int) -> str:
    """The month that a page shows where none is asked for: the last one that is over, while there is one."""
    last = preceding_month(month_at(now_s))
    return last if last in months else month_at(now_s)
