"""What the page of a month reads: the statement as it is downloaded, its open items with their threads, how the month was closed."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LogState
from ledger.log import Log
from ledger.model import chain_keys
from ledger.problem import Language
from ledger.reading import Page, snapshot
from liandan.desk.month.told import ToldMonth, read_month
from reports.drawing import Drawer, StatementAsked
from reports.items.answers import OpenItem, OpenItems
from reports.items.model import both_of, concerned_by, parts_of
from reports.items.service import ItemsWanted, keep_items, list_items
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


class DrawnMonth(Struct, frozen=True, kw_only=True):
    """The statement, and what is open."""

    told: ToldMonth
    items: OpenItems


class KnownMonths(Struct, frozen=True, kw_only=True):
    """What is known without drawing anything: how the month stands, and which there are."""

    periods: tuple[PeriodAnswer, ...]
    """How this month stands, of each direction that the reader asked for."""
    months: tuple[str, ...]
    """That there are, the newest first; the running one among them."""
    ways: tuple[PeriodWay, ...]
    """Directions that the reader may ask for."""


KEPT_MAX = 64
_KEPT: WeakKeyDictionary[Drawer, dict[StatementAsked, tuple[int, ToldMonth]]] = WeakKeyDictionary()
"""By what was asked: entries published then, and what the page shows of it."""


async def is_drawn(log: Log, drawer: Drawer, caller: Caller, asked: MonthAsked) -> bool:
    """Whether the statement is at hand as of the newest checkpoint. Refusals as of :func:`read_statement`."""
    wanted = await check_asked(log, caller, StatementAsked(asked.month, asked.way, "json"))
    return _kept(log, drawer, wanted) is not None


async def read_statement(
    log: Log, drawer: Drawer, caller: Caller, asked: MonthAsked, language: Language, claimed_s: int | None
) -> DrawnMonth:
    """The statement, drawn where it is not at hand. Refusals of statements: MONTH_FORM, DIRECTION_FORM, REPORT_SCOPE; Busy where many others
    wait."""
    wanted = await check_asked(log, caller, StatementAsked(asked.month, asked.way, "json"))
    told = _kept(log, drawer, wanted)
    if told is None:
        newest = _newest(log)
        (_, content), _ = await statement_of(log, drawer, wanted, for_firm=caller.role == "party")
        told = read_month(content)
        keep_items(drawer, wanted, newest, content)
        kept = _KEPT.setdefault(drawer, {})
        kept.pop(wanted, None)
        while len(kept) >= KEPT_MAX:
            del kept[next(iter(kept))]
        kept[wanted] = (newest, told)
    items = await list_items(log, drawer, caller, wanted, asked.items, asked.page, language, claimed_s)
    return DrawnMonth(told=told, items=items)


async def read_standing(log: Log, caller: Caller, asked: MonthAsked, language: Language, claimed_s: int | None) -> KnownMonths:
    """How the month stands."""
    periods = await list_periods(log, caller, None, asked.way or (None, None), language, claimed_s)
    state = await log.state()
    return KnownMonths(
        periods=tuple(one for one in periods.periods if one.month == asked.month),
        months=months_of(periods, await log.now(claimed_s)),
        ways=() if state is None else ways_for(caller, state),
    )


def _kept(log: Log, drawer: Drawer, asked: StatementAsked) -> ToldMonth | None:
    known = _KEPT.get(drawer, {}).get(asked)
    return None if known is None or known[0] != _newest(log) else known[1]


def _newest(log: Log) -> int:
    published = log.publisher.published
    return -1 if published is None else published.size


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


class ItemSides(Struct, frozen=True, kw_only=True):
    """Who may do something about an item."""

    speakers: tuple[str, ...]
    """Whoever it concerns (NOT_CONCERNED for anybody else but authorities)."""
    both: tuple[str, str] | None
    """Generator and receiver of its manifest, who settle it together."""


async def read_sides(log: Log, items: Sequence[OpenItem]) -> dict[str, ItemSides]:
    """By the keys of the items: whose matter each is."""
    manifests = {manifest for item in items if (manifest := parts_of(item.key).manifest) is not None}
    async with snapshot(log) as now:
        await now.workspace.load(chain_keys(["log/main", *sorted(manifests)]))
        facts = now.workspace.facts
        return {item.key: ItemSides(speakers=concerned_by(facts, item.key), both=both_of(facts, item.key)) for item in items}
