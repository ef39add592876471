"""What the pages of the scale read: the loads that come to a receiver, what it has still to confirm, what it has in stock. One snapshot each."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState, log_state
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language, ProblemError
from ledger.store import Conn
from ledger.times import DAY_S, to_datetime
from liandan.desk.scale.arrivals import ComingLoad, ComingTruck, trucks
from liandan.desk.scale.received import DAYS, Correctable, ReceivedLoad, correctable, received_of
from liandan.desk.scale.receiving import KIND
from liandan.desk.scale.stock import StockLoad, by_last_day, stock_of
from manifests import service, store
from manifests.model import Capacity, Stage
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.tickets import TicketUse, ticket_key
from manifests.view import ManifestView
from signing.refusal import refuse
from whitelist.service import present_of
from whitelist.terms import Present
from whitelist.thresholds import Thresholds

COMING = (Stage.ARRIVED, Stage.IN_TRANSIT, Stage.ISSUED)
COMING_MAX = 200
"""Manifests of one stage that a gate looks at; a receiver with more than that has no use for a list by eye and scans, or types a plate."""
RECEIVED_MAX = 400
"""Of one stage, for what was received on the last days."""
NAMED_MAX = 20
STOCK_MAX = 2_000
"""Manifests that the page of the stock looks at. Whoever has more of them lying there reads the register."""
STOCKED = (Stage.ACCEPTED, Stage.PARTLY_ACCEPTED)
RECEIVED = (*STOCKED, Stage.REJECTED, Stage.DISPOSED, Stage.CLOSED, Stage.CLOSED_REJECTED, Stage.CLOSED_GAP)
ISSUED_DAYS = 45
"""How old what is received may be: what has been on its way for longer stands on the page of its manifest."""


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
    """What was accepted and has no fate, as of a moment."""

    size: int
    now_s: int
    loads: tuple[StockLoad, ...]
    is_more: bool


async def read_arrivals(log: Log, caller: Caller, claimed_s: int | None, wanted: str = "") -> ReadArrivals:
    """Everything that is on its way to the caller, or to a closed party that it succeeds. Of more than a list by eye holds, also what is
    ``wanted``: by a whole plate, a national number, a ULID or the key of a truck."""
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        if present is None:
            return ReadArrivals(size=now.size, now_s=await log.now(claimed_s), trucks=(), limits=None)
        views, is_more = list[ManifestView](), False
        for party in caller.parties:
            for stage in COMING:
                search = scoped(Search(receiver=party, stage=stage.value), replace(caller, grants=()))
                page = await store.search_views(now.workspace.conn, search, limit=COMING_MAX)
                views, is_more = views + page.views, is_more or page.next is not None
        if is_more and wanted:
            views = list({view.chain: view for view in [*views, *await _named(now.workspace.conn, caller, wanted)]}.values())
        found = trucks(views, present, log_state(now.workspace.facts))
    return ReadArrivals(size=now.size, now_s=present.now_s, trucks=found, limits=present.limits, is_more=is_more)


async def _named(conn: Conn, caller: Caller, wanted: str) -> list[ManifestView]:
    found = [view for view in await store.find_views(conn, wanted.rpartition("/")[2]) if view.state.receiver in caller.parties]
    for party in caller.parties:
        for search in (Search(receiver=party, plate=wanted, is_open=True), Search(receiver=party, trip_id=wanted, is_open=True)):
            found += (await store.search_views(conn, scoped(search, replace(caller, grants=())), limit=NAMED_MAX)).views
    return found


class ReadReceived(Struct, frozen=True, kw_only=True):
    """What was received on the last days, as of a moment."""

    size: int
    now_s: int
    loads: tuple[ReceivedLoad, ...]
    is_more: bool


async def read_received(log: Log, caller: Caller, claimed_s: int | None) -> ReadReceived:
    """What the caller has received within DAYS, of what was issued within ISSUED_DAYS."""
    async with projection(log) as now:
        now_s = await log.now(claimed_s)
        views, is_more = list[ManifestView](), False
        for stage in RECEIVED:
            wanted = Search(receiver=caller.uscc, stage=stage.value, since=to_datetime(now_s - ISSUED_DAYS * DAY_S))
            page = await store.search_views(now.workspace.conn, scoped(wanted, replace(caller, grants=())), limit=RECEIVED_MAX)
            views, is_more = views + page.views, is_more or page.next is not None
    loads = (received_of(view) for view in views if (view.state.times.received_s or 0) >= now_s - DAYS * DAY_S)
    return ReadReceived(size=now.size, now_s=now_s, loads=tuple(sorted(loads, key=lambda one: (-one.received_s, one.id))), is_more=is_more)


async def read_correctable(log: Log, caller: Caller, generator: str, ulid: str) -> Correctable:
    """A receipt whose masses may be put right; Refusal NOT_FOUND for whatever is none of the caller's."""
    async with projection(log) as now:
        view = await store.fetch_view(now.workspace.conn, f"manifest/{generator}/{ulid}")
        if view is None or caller.uscc not in view.state.holder_of(Capacity.RECEIVER) or view.state.times.received_s is None:
            raise refuse("NOT_FOUND", field="manifest", found=f"{generator}/{ulid}")
        await now.workspace.load([chain_key(LOG_MAIN)])
        return correctable(view, log_state(now.workspace.facts), caller.uscc)


async def read_stock(log: Log, caller: Caller, claimed_s: int | None) -> ReadStock:
    """What the caller has accepted and not yet used or disposed of, what has to be gone first before the rest."""
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        now_s = await log.now(claimed_s) if present is None else present.now_s
        views, is_more = list[ManifestView](), False
        for stage in STOCKED:
            wanted, after = scoped(Search(receiver=caller.uscc, stage=stage.value), replace(caller, grants=())), None
            while len(views) < STOCK_MAX:
                found = await store.search_views(now.workspace.conn, wanted, after=after, limit=store.PAGE_MAX)
                views, after = views + found.views, found.next
                if after is None:
                    break
            is_more = is_more or after is not None
        loads = () if present is None else _loads(views, present, log_state(now.workspace.facts))
    return ReadStock(size=now.size, now_s=now_s, loads=by_last_day(loads), is_more=is_more)


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
