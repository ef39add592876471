"""/province/lists (白名单): lists of a year with what waits on them; one list with its rows, its versions, what waits for whose confirmation.

The rows of what is confirmed are read from the entry whose hash is confirmed, never from a summary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.log import Log
from ledger.mass import parse_mass
from ledger.problem import Language
from ledger.reading import PAGE_MAX, Page, snapshot
from ledger.times import day_of, year_of
from liandan.desk.names import ShownCodes
from liandan.desk.province.acts import amendment, confirmations, list_acts, row_acts
from liandan.desk.province.list_steps import ListStep, list_step
from liandan.desk.province.offering import OfferedAct, Office, offer
from liandan.desk.province.standing import QuotaRow, adopted_limits, direction, quota_row
from liandan.desk.shell.formats import tonnes
from liandan.list_words import conditions_words
from manifests.listed.answers import PreparedReport
from manifests.listed.service import read_list_year
from signing.refusal import refuse
from whitelist.answers import PermitAnswer
from whitelist.fields import LIST, Scope
from whitelist.list_answers import ListAnswer, ListingAnswer, PendingListAct, RowChangeAnswer, RowQuotaAnswer
from whitelist.registries import Wanted
from whitelist.service import list_listings, list_lists, list_permits, with_names

LISTS_MAX, ROWS_MAX, OTHERS_MAX, OFFERED_MAX = 100, 50, 40, 1_000
"""Lists of a page, rows of a page, other lists with which one may be compared, rows that a form offers."""


class ListCard(Struct, frozen=True, kw_only=True):
    """A list among others."""

    list: str
    direction: str
    answer: ListAnswer
    waits_for_us: int
    """Acts on it that this office may confirm."""
    waits_for_others: int
    unreported: bool
    """Whether this office's side has not reported on the year."""

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.list.removeprefix("list/")


class ListsView(Struct, frozen=True, kw_only=True):
    """The lists of a year, those of the office's own regions first."""

    size: int
    year: int
    this_year: int
    own: tuple[ListCard, ...]
    others: tuple[ListCard, ...]
    next: str | None
    names: dict[str, str]


async def read_lists(
    log: Log, caller: Caller, year: int | None, cursor: str | None, language: Language, claimed_s: int | None = None
) -> ListsView:
    """Lists of a year; this year's where none is asked for."""
    this_year = year_of(await log.now(claimed_s))
    page = await list_lists(log, Wanted(year=year or this_year), Page(cursor, LISTS_MAX))
    page = await with_names(log, page, language)
    state = await log.state()
    founder = None if state is None else state.founder(caller.uscc)
    regions = () if founder is None else tuple(founder.regions)
    cards = [_card(one, caller.uscc, language) for one in page.lists]
    own = [card for card in cards if card.answer.from_province in regions or card.answer.to_province in regions]
    return ListsView(
        size=page.size,
        year=year or this_year,
        this_year=this_year,
        own=tuple(own),
        others=tuple(card for card in cards if card not in own),
        next=page.next,
        names=page.names,
    )


def _card(one: ListAnswer, uscc: str, language: Language) -> ListCard:
    ours = sum(uscc in act.confirmed_by for act in one.pending)
    return ListCard(
        list=one.list,
        direction=direction(one.from_province, one.to_province, language),
        answer=one,
        waits_for_us=ours,
        waits_for_others=len(one.pending) - ours,
        unreported=uscc in one.report_missing,
    )


class RowWords(Struct, frozen=True, kw_only=True):
    """A row that an act brings, in words."""

    number: int | None
    receiver: str
    waste: str
    methods: str
    quota_t: str
    conditions: str


class WaitingAct(Struct, frozen=True, kw_only=True):
    """An act of a list that waits for the other side, with all that it says, from its own entry."""

    pending: PendingListAct
    title: str
    by: str
    """Name of the office that signed it."""
    is_ours: bool
    """Whether this office may confirm it."""
    waits_for: tuple[str, ...]
    """Names of the offices one of which confirms it."""
    added: tuple[RowWords, ...]
    ended: tuple[tuple[RowWords, str, str], ...]
    """Rows that end, with the last day and why."""
    changed: tuple[tuple[RowWords, str], ...]
    """Rows with another quota, and that quota."""
    touched: tuple[RowWords, ...]
    """Rows that are resumed or removed; none where it is all of them."""
    confirm: OfferedAct | None

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return f"a-{self.pending.act[:16]}"


class ListPage(Struct, frozen=True, kw_only=True):
    """One list whole."""

    size: int
    list: str
    direction: str
    answer: ListAnswer
    rows: tuple[QuotaRow, ...]
    listings: tuple[ListingAnswer, ...]
    next: str | None
    waiting: tuple[WaitingAct, ...]
    steps: tuple[ListStep, ...]
    begins_later: bool
    """Whether it is countersigned and its first day still comes."""
    acts: dict[str, OfferedAct]
    others: tuple[str, ...]
    """Lists of the same direction with which it may be compared."""
    names: dict[str, str]

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.list.removeprefix("list/")


async def read_list(log: Log, caller: Caller, chain: str, cursor: str | None, language: Language, claimed_s: int | None = None) -> ListPage:
    """A list with a page of its rows; Refusal NOT_FOUND."""
    answer = await list_answer(log, chain)
    now_s = await log.now(claimed_s)
    rows = await list_listings(log, Wanted(list=chain), Page(cursor, ROWS_MAX))
    rows = await with_names(log, rows, language)
    limits = await adopted_limits(log)
    entries = await log.chain_entries(chain)
    report = await _report(log, caller, answer, now_s, claimed_s)
    confirming = confirmations(answer, day_of(now_s))
    async with snapshot(log) as now:
        office = Office(caller.uscc, max(now_s, now.at_s))
        prepared = [
            *list_acts(answer, day_of(now_s), report),
            *row_acts(chain, None, day_of(now_s))[:1],
            amendment(chain, {}, day_of(now_s)),
        ]
        acts = await offer(now, log.kinds, office, prepared, language)
        confirms = await offer(now, log.kinds, office, [act for _, act in confirming], language)
    named = await with_names(log, (await list_lists(log, Wanted(list=chain, year=answer.year), Page(None, 1))), language)
    names = {**rows.names, **named.names}
    signers = await with_names(log, ShownCodes(parties=tuple({uscc for entry in entries for uscc in entry.statement.by})), language)
    by_hash = {entry.statement.hash: entry for entry in entries}
    by_key = {one.key: one for one in confirms}
    known = await _rows_by_number(log, chain, answer, language)
    waiting = [
        _waiting(pending, by_hash.get(pending.act), by_key.get(act.key), known, {**names, **known.names}, caller.uscc, log, language)
        for pending, act in confirming
    ]
    same_way = await list_lists(log, Wanted(from_province=answer.from_province, to_province=answer.to_province), Page(None, OTHERS_MAX))
    return ListPage(
        size=rows.size,
        list=chain,
        direction=direction(answer.from_province, answer.to_province, language),
        answer=answer,
        rows=tuple(quota_row(one, names, limits, language) for one in rows.listings),
        listings=rows.listings,
        next=rows.next,
        waiting=tuple(waiting),
        steps=tuple(list_step(entry, {**names, **signers.names}, log, language) for entry in reversed(entries)),
        begins_later=answer.status == "ACTIVE" and answer.effective_from > day_of(now_s),
        acts={one.key: one for one in acts},
        others=tuple(one.list for one in same_way.lists if one.list != chain),
        names=names,
    )


async def list_answer(log: Log, chain: str) -> ListAnswer:
    """One list; Refusal NOT_FOUND."""
    match = LIST.fullmatch(chain)
    found = () if match is None else (await list_lists(log, Wanted(list=chain, year=int(match[1])), Page(None, 1))).lists
    if not found or found[0].list != chain:
        raise refuse("NOT_FOUND", field="list", found=chain[:100])
    return found[0]


async def _report(log: Log, caller: Caller, answer: ListAnswer, now_s: int, claimed_s: int | None) -> PreparedReport | None:
    """The report of the year, filled in, where this office's side owes it."""
    if caller.uscc not in answer.report_missing:
        return None
    return next(iter((await read_list_year(log, caller, answer.list, claimed_s)).bodies), None)


class _Rows(Struct, frozen=True):
    """Rows that acts which wait speak of, by number, with names of their firms."""

    by_number: Mapping[int, ListingAnswer]
    names: Mapping[str, str]


async def _rows_by_number(log: Log, chain: str, answer: ListAnswer, language: Language) -> _Rows:
    numbers = {number for act in answer.pending for number in (*([] if act.row is None else [act.row]), *act.ends, *act.quotas_t)}
    found, names, cursor = dict[int, ListingAnswer](), dict[str, str](), None
    while numbers:
        page = await with_names(log, await list_listings(log, Wanted(list=chain), Page(cursor, 200)), language)
        found |= {one.row: one for one in page.listings if one.row in numbers}
        names |= page.names
        cursor = page.next
        if cursor is None or numbers <= found.keys():
            break
    return _Rows(found, names)


def _waiting(
    pending: PendingListAct,
    entry: Entry | None,
    confirm: OfferedAct | None,
    known: _Rows,
    names: Mapping[str, str],
    own: str,
    log: Log,
    language: Language,
) -> WaitingAct:
    body: Any = None if entry is None else entry.statement.body
    kind = log.kinds.by_name[pending.kind]

    def row(number: int) -> RowWords:
        listing = known.by_number.get(number)
        if listing is None:
            return RowWords(number=number, receiver="", waste="", methods="", quota_t="", conditions="")
        return row_words(listing, number, names, language)

    return WaitingAct(
        pending=pending,
        title=kind.zh if language == "zh" else kind.en,
        by=names.get(pending.by, pending.by),
        is_ours=own in pending.confirmed_by,
        waits_for=tuple(names.get(one, one) for one in pending.confirmed_by),
        added=tuple(row_words(one, None, names, language) for one in getattr(body, "add", ())),
        ended=tuple((row(one.row), one.on, one.reason) for one in getattr(body, "end", ())),
        changed=tuple((row(one.row), one.quota_t) for one in getattr(body, "quota", ())),
        touched=() if pending.row is None else (row(pending.row),),
        confirm=confirm if own in pending.confirmed_by else None,
    )


def row_words(row: Any, number: int | None, names: Mapping[str, str], language: Language) -> RowWords:
    """A row of an act, or one of the list, in words."""
    waste: Scope = row.waste
    return RowWords(
        number=number,
        receiver=names.get(row.receiver, row.receiver),
        waste=waste.told()[0 if language == "zh" else 1],
        methods=" ".join(row.methods),
        quota_t=row.quota_t,
        conditions=conditions_words(row.conditions, language),
    )


class RowPage(Struct, frozen=True, kw_only=True):
    """One row of a list: how it stands, what befell it, what may be done."""

    size: int
    list: str
    row: QuotaRow
    listing: ListingAnswer
    answer: ListAnswer
    conditions: str
    permit: PermitAnswer | None
    changes: tuple[RowChangeAnswer, ...]
    quotas: tuple[RowQuotaAnswer, ...]
    acts: dict[str, OfferedAct]
    names: dict[str, str]


async def read_row(log: Log, caller: Caller, chain: str, number: int, language: Language, claimed_s: int | None = None) -> RowPage:
    """A row with the acts that are open on it; Refusal NOT_FOUND."""
    answer, now_s = await list_answer(log, chain), await log.now(claimed_s)
    if not 0 <= number < answer.rows_filed:
        raise refuse("NOT_FOUND", field="list", found=f"{chain} {number}"[:100])
    page, cursor = await list_listings(log, Wanted(list=chain), Page(None, 200)), None
    while (listing := next((one for one in page.listings if one.row == number), None)) is None:
        cursor = page.next
        page = await list_listings(log, Wanted(list=chain), Page(cursor, 200))
    page = await with_names(log, msgspec.structs.replace(page, listings=(listing,)), language)
    async with snapshot(log) as now:
        office = Office(caller.uscc, max(now_s, now.at_s))
        acts = await offer(now, log.kinds, office, row_acts(chain, number, day_of(now_s)), language)
    permits = (await list_permits(log, Wanted(receiver=listing.receiver), Page(None, PAGE_MAX))).permits
    return RowPage(
        size=page.size,
        list=chain,
        row=quota_row(listing, page.names, await adopted_limits(log), language),
        listing=listing,
        answer=answer,
        conditions=conditions_words(listing.conditions, language),
        permit=next((one for one in permits if one.permit == listing.permit), None),
        changes=listing.changes,
        quotas=listing.quotas,
        acts={one.key: one for one in acts if not _is_idle(one.blockers)},
        names=page.names,
    )


async def row_words_of(log: Log, chain: str, language: Language) -> dict[int, str]:
    """What each row of a list is, by its number: for whoever names rows in a form."""
    found, cursor = dict[int, str](), None
    while True:
        page = await with_names(log, await list_listings(log, Wanted(list=chain), Page(cursor, 200)), language)
        for one in page.listings:
            said = row_words(one, one.row, page.names, language)
            found[one.row] = f"{one.row + 1}　{said.receiver}　{said.waste}　{tonnes(parse_mass(said.quota_t))}"
        cursor = page.next
        if cursor is None or len(found) >= OFFERED_MAX:
            return found


def _is_idle(blockers: Sequence[Any]) -> bool:
    """Whether a row stands already as the act would have it: then it is no act."""
    return any(one.code in ("ROW_STATE", "ROW_UNKNOWN") for one in blockers)
