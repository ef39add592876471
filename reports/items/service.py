"""Open items for a reader: those of its monthly statement and of the books that it may read, with threads, in the order of what presses most."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState, log_state
from ledger.log import Log
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import Page, Snapshot, read_cursor, snapshot, write_cursor
from ledger.times import day_of, format_at, parse_at
from manifests.model import ManifestState
from manifests.sides import firms_of
from reports.drawing import Drawer, StatementAsked
from reports.items.answers import OpenItem, OpenItems, StandingItem, compared_answer, gone_item, item_answer, standing_item, thread_answer
from reports.items.comparing import ComparedHolders, compared_for, may_read
from reports.items.model import firm_of, parts_of
from reports.items.open import FoundItem, of_books, of_statement
from reports.items.threads import KnownThread, entries_of, gone, is_for, threads_of
from reports.reconcile import check_month
from reports.statement_service import check_asked, statement_of
from whitelist.period import following_month
from whitelist.thresholds import thresholds_of

_STATUS = ("changed", "open", "talked", "gone", "settled")
_LEVEL = ("H", "M", "L", "")
KEPT_MAX = 64
_KEPT: WeakKeyDictionary[Drawer, dict[StatementAsked, tuple[int, int, list[FoundItem]]]] = WeakKeyDictionary()
"""By what was asked: entries published then, size of the statement, its items."""


class ItemsWanted(Struct, frozen=True, kw_only=True):
    """Which items; what is empty does not narrow."""

    check: str = ""
    status: str = ""
    source: str = ""
    owner: str = ""
    overdue: bool = False
    key: str = ""

    def wants(self, standing: StandingItem) -> bool:
        """Whether an item is asked for."""
        item = standing.item
        said = (("check", item.check), ("status", standing.status), ("source", item.source), ("owner", item.owner), ("key", item.key))
        return all(getattr(self, name) in ("", value) for name, value in said) and (standing.overdue or not self.overdue)


class ItemPlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a page ended: the last item in the order of what presses most."""

    status: int
    level: int
    due: str
    key: str


def _order(standing: StandingItem) -> tuple[int, int, str, str]:
    item = standing.item
    return _STATUS.index(standing.status), _LEVEL.index(item.level), item.due_on or "9999", item.key


async def list_items(
    log: Log,
    drawer: Drawer,
    caller: Caller,
    asked: StatementAsked,
    wanted: ItemsWanted,
    page: Page,
    language: Language,
    claimed_s: int | None,
) -> OpenItems:
    """A page of the open items of a month. Refusals of statements: MONTH_FORM, DIRECTION_FORM, SCOPE_UNKNOWN, REPORT_SCOPE; Busy."""
    asked = await check_asked(log, caller, asked)
    question = (caller.uscc, asked.month, asked.direction, asked.party, asked.authority, wanted)
    after = read_cursor(page.cursor, ItemPlace, question)
    size, items = await _of_log(log, drawer, asked, for_firm=caller.role == "party")
    state, books = await log.state(), ComparedHolders((), ())
    if state is not None and asked.direction is None:
        books = await compared_for(log, caller, asked.party, state, check_month(asked.month))
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN)])
        now_s = max(await log.now(claimed_s), now.at_s)
        items = [*items, *_booked(books, now, asked.month)]
        threads = await threads_of(log, now, asked.month)
        concerned = await _concerned(now, caller, gone(items, threads), None if asked.direction is not None else books.left_off)
    today = day_of(now_s)
    found = [standing_item(item, threads.get(item.key, ()), today) for item in items]
    found += [gone_item(key, threads[key], today, is_seen=is_seen) for key, is_seen in concerned]
    found = sorted(filter(wanted.wants, found), key=_order)
    behind = [item for item in found if after is None or _order(item) > (after.status, after.level, after.due, after.key)]
    shown = behind[: page.limit]
    told = [await _with_threads(log, item_answer(item, now_s, language), item.threads, language, caller) for item in shown]
    return OpenItems(
        size=size,
        at=format_at(now_s),
        month=asked.month,
        total=len(found),
        unsettled=sum(item.status != "settled" for item in found),
        items=tuple(told),
        books=() if after is not None else tuple(compared_answer(book, language) for month in books.months for book in month.books),
        left_off=books.left_off,
        next=write_cursor(ItemPlace(*_order(shown[-1])), question) if len(behind) > len(shown) else None,
    )


async def _of_log(log: Log, drawer: Drawer, asked: StatementAsked, *, for_firm: bool) -> tuple[int, list[FoundItem]]:
    """Items of the statement at the newest checkpoint; the last answers are remembered, so that pages cost nothing."""
    published = log.publisher.published
    newest = -1 if published is None else published.size
    if (known := _KEPT.get(drawer, {}).get(asked)) is not None and known[0] == newest:
        return known[1], known[2]
    (_, content), _ = await statement_of(log, drawer, asked, for_firm=for_firm)
    return keep_items(drawer, asked, newest, content)


def keep_items(drawer: Drawer, asked: StatementAsked, newest: int, content: bytes) -> tuple[int, list[FoundItem]]:
    """Remember the items of a statement's JSON that was drawn while ``newest`` entries were published; its size and its items."""
    kept = _KEPT.setdefault(drawer, {})
    size, items = of_statement(content, parse_at)
    kept.pop(asked, None)
    while len(kept) >= KEPT_MAX:
        del kept[next(iter(kept))]
    kept[asked] = (newest, size, items)
    return size, items


def _booked(books: ComparedHolders, now: Snapshot, month: str) -> list[FoundItem]:
    """Items of books are due with the report of the month, on ``report_day`` of the month after (R-92)."""
    limits = thresholds_of(now.workspace.facts) if log_is_there(now) else None
    due = "" if limits is None else f"{following_month(month)}-{limits.report_day:02d}"
    return [item for found in books.months for item in of_books(found, due)]


def log_is_there(now: Snapshot) -> bool:
    """Whether the log was founded."""
    state: LogState | None = now.workspace.facts.state(LOG_MAIN)
    return state is not None


async def _concerned(now: Snapshot, caller: Caller, keys: Sequence[str], left_off: Sequence[str] | None) -> list[tuple[str, bool]]:
    """Of keys that nothing is wrong with any more those that concern a reader: a firm its manifests and what is named after it, an office what
    touches its regions; and whether he would see what is wrong: of a book that he may not read, or that was ``left_off`` (None: as all were), he
    does not know."""
    manifests = {key: manifest for key in keys if (manifest := parts_of(key).manifest) is not None}
    await now.workspace.load([chain_key(manifest) for manifest in sorted(set(manifests.values()))])
    facts, found = now.workspace.facts, list[tuple[str, bool]]()
    office = log_state(facts).founder(caller.uscc) if log_is_there(now) else None
    for key in keys:
        state = facts.state(manifests[key]) if key in manifests else None
        firm = firm_of(parts_of(key).chain)
        firms = firms_of(state) if state is not None else (firm,) if firm else ()
        places = () if state is None else (state.origin.division, state.destination.division)
        if caller.role == "party":
            is_ours = bool({*firms} & {*caller.parties})
        elif caller.role == "authority":
            touched = (*places, *(firm[2:8] for firm in firms))
            is_ours = office is not None and (not touched or any(map(office.covers, touched)))  # whole directions are every office's
        else:
            is_ours = not parts_of(key).chain.startswith("book/")
        book_of = _book_of(key, state)
        is_compared = left_off is not None and book_of not in left_off and log_is_there(now)
        is_seen = not book_of or (is_compared and may_read(caller, book_of, log_state(facts)))
        found += [(key, is_seen)] if is_ours else []
    return found


def _book_of(key: str, state: ManifestState | None) -> str:
    """Whose book a key is about: M2 is of what left, M3 of what came; empty where it is of the log alone."""
    parts = parts_of(key)
    if parts.chain.startswith("book/"):
        return firm_of(parts.chain)
    return "" if state is None or "-" not in parts.check else state.generator if parts.check.startswith("M2") else state.receiver


async def _with_threads(log: Log, item: OpenItem, threads: Sequence[KnownThread], language: Language, caller: Caller) -> OpenItem:
    if not threads:
        return item
    entries = await entries_of(log, threads) if is_for(caller, item.key) else {}
    told = [thread_answer(chain, said, language, is_told=caller.role != "operator") for chain, said in entries.items()]
    return replace(item, threads=tuple(told))
