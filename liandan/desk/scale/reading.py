"""What the pages of the scale read: the loads that come to a receiver, what it has still to confirm, what it has in stock. One snapshot each."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.directory import LogState, log_state
from ledger.log import Log
from ledger.problem import Language, ProblemError
from ledger.reading import Page, read_cursor, write_cursor
from liandan.desk.scale.arrivals import ComingLoad, ComingTruck, trucks
from liandan.desk.scale.receiving import KIND
from liandan.desk.scale.stock import StockLoad, stock_of
from manifests import service, store
from manifests.model import Stage
from manifests.search import Cursor, Search, scoped
from manifests.service import projection
from manifests.tickets import TicketUse, ticket_key
from manifests.view import ManifestView
from whitelist.service import present_of
from whitelist.terms import Present
from whitelist.thresholds import Thresholds

COMING = (Stage.ARRIVED, Stage.IN_TRANSIT, Stage.ISSUED)
COMING_MAX = 400
"""Manifests of one stage that a gate looks at; a receiver with more than that has no use for a list by eye and asks by plate."""
STOCKED = (Stage.ACCEPTED, Stage.PARTLY_ACCEPTED)


class ReadArrivals(Struct, frozen=True, kw_only=True):
    """The trucks that come, as of a moment."""

    size: int
    now_s: int
    trucks: tuple[ComingTruck, ...]
    limits: Thresholds | None
    """Without adopted thresholds nothing is judged, and nothing is open."""
    is_more: bool = False
    """There are more loads than a list by eye holds."""


class ReadStock(Struct, frozen=True, kw_only=True):
    """A page of what was accepted and has no fate, as of a moment."""

    size: int
    now_s: int
    loads: tuple[StockLoad, ...]
    next: str | None


async def read_arrivals(log: Log, caller: Caller, claimed_s: int | None) -> ReadArrivals:
    """Everything that is on its way to the caller, or to a closed party that it succeeds."""
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        if present is None:
            return ReadArrivals(size=now.size, now_s=await log.now(claimed_s), trucks=(), limits=None)
        views, is_more = list[ManifestView](), False
        for party in caller.parties:
            for stage in COMING:
                wanted = scoped(Search(receiver=party, stage=stage.value), replace(caller, grants=()))
                page = await store.search_views(now.workspace.conn, wanted, limit=COMING_MAX)
                views, is_more = views + page.views, is_more or page.next is not None
        found = trucks(views, present, log_state(now.workspace.facts))
    return ReadArrivals(size=now.size, now_s=present.now_s, trucks=found, limits=present.limits, is_more=is_more)


async def read_stock(log: Log, caller: Caller, page: Page, claimed_s: int | None) -> ReadStock:
    """What the caller has accepted and not yet used or disposed of, newest issue first."""
    question = (caller.uscc, "stock")
    stage, place = _place(page, question)
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        now_s = await log.now(claimed_s) if present is None else present.now_s
        views, following = list[ManifestView](), None
        for stage_now in STOCKED[stage:]:
            wanted = scoped(Search(receiver=caller.uscc, stage=stage_now.value), replace(caller, grants=()))
            found = await store.search_views(now.workspace.conn, wanted, after=place, limit=page.limit - len(views))
            views, place = views + found.views, None
            if found.next is not None:
                following = write_cursor(StockPlace(STOCKED.index(stage_now), _cursor(found.next)), question)
                break
            if len(views) >= page.limit:
                rest = STOCKED.index(stage_now) + 1
                following = write_cursor(StockPlace(rest, None), question) if rest < len(STOCKED) else None
                break
        loads = () if present is None else _loads(views, present, log_state(now.workspace.facts))
    return ReadStock(size=now.size, now_s=now_s, loads=loads, next=following)


class StockPlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a page of the stock ended: in which stage, behind which manifest."""

    stage: int
    after: Cursor | None


def _place(page: Page, question: tuple[str, ...]) -> tuple[int, Cursor | None]:
    found = read_cursor(page.cursor, StockPlace, question)
    return (0, None) if found is None else (min(max(found.stage, 0), len(STOCKED) - 1), found.after)


def _cursor(place: object) -> Cursor:
    assert isinstance(place, Cursor), "no changes are asked for"
    return place


def _loads(views: Sequence[ManifestView], present: Present, log: LogState) -> tuple[StockLoad, ...]:
    return tuple(stock_of(view, present, log) for view in views)


async def drawn_on(log: Log, receiver: str, number: str, trip: str) -> int:
    """Grams that manifests of a trip have drawn on a ticket of a receiver (``manifests.tickets``); 0 for one that nobody has used yet, or another trip
    has: of that the log will say what it thinks."""
    if not number:
        return 0
    key = ticket_key(receiver, number)
    async with projection(log) as now:
        await now.workspace.load([key])
        use: TicketUse | None = now.workspace.facts.get(key)
    return use.drawn_g if use is not None and use.trip == trip else 0


async def receipt_blockers(
    log: Log, caller: Caller, load: ComingLoad, language: Language, claimed_s: int | None
) -> tuple[ProblemError, ...]:
    """What speaks against receiving a load now, in the words in which it would be refused (``manifests.possible``)."""
    generator, _, ulid = load.id.partition("/")
    found = await service.read_actions(log, caller, generator, ulid, language, claimed_s)
    return next((act.blockers for act in found.possible if act.kind == KIND), ())
