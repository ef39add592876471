"""The intake for a server: what the log knows beside a file, judged by the log's own rules, compared with a list. Nothing is written or kept."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state, party_chain, party_name
from ledger.log import Log
from ledger.model import Facts, chain_key
from ledger.problem import Language
from ledger.reading import PAGE_MAX, Page, snapshot
from ledger.times import day_of
from liandan.intake.answers import IntakeAnswer, intake_answer
from liandan.intake.bounded import BoundedReader
from liandan.intake.difference import ComparedRow, ListDifference, compare_lists, rows_in_force, rows_of_draft, write_difference
from liandan.intake.exporting import write_list
from liandan.intake.ground import LogGround
from liandan.intake.judging import keys_of
from liandan.intake.openings import holders_of
from liandan.intake.reading import IntakeSort, Tables
from liandan.intake.tables import NO, PERMIT, RECEIVER, USCC
from liandan.intake.taking import TakenFiles, compose
from signing.refusal import refuse
from whitelist import service as registries
from whitelist.answers import ApprovalAnswer, PermitAnswer
from whitelist.fields import PERMIT as PERMIT_FORM
from whitelist.list_answers import ListAnswer
from whitelist.listing import ListState, list_at
from whitelist.permit import PermitState, permit_at
from whitelist.registries import Wanted

ALL_FROM = 48
"""Firms from which on all permits are read at once, and not firm by firm."""
ANSWERED_MAX = 20_000
"""Permits, decisions or lists that are looked at."""


class IntakeAsked(Struct, frozen=True, kw_only=True):
    """A file that was posted: its sort, what it is called, the list that it is compared with, terms that stand in no file."""

    sort: IntakeSort
    name: str
    raw: bytes
    against: str = ""
    given: Mapping[str, str] = {}
    language: Language = "zh"


class KnownList(Struct, frozen=True):
    """A list of the log, with names of its firms and numbers of its permits."""

    chain: str
    state: ListState
    names: Mapping[str, str]
    numbers: Mapping[str, str]
    day: str

    @property
    def rows(self) -> list[ComparedRow]:
        """As they are in force today."""
        return rows_in_force(self.state, self.day)


async def take_posted(log: Log, reader: BoundedReader, caller: Caller, asked: IntakeAsked, claimed_s: int | None) -> IntakeAnswer:
    """What a posted file says. Refusal NOT_FOUND for a list that it is compared with and that is none; Busy."""
    known = await fetch_list(log, asked.against, claimed_s) if asked.against else None
    read = await reader.read(asked.sort, asked.name, asked.raw)
    now_s = await log.now(claimed_s)
    ground = await load_ground(log, caller, read.tables, asked.sort, day_of(now_s))
    facts, found = await _facts(log, ground, read.tables)
    composing = partial(compose, asked.sort, read, at_s=now_s, ground=ground, by=caller.uscc, given=asked.given, found=found)
    if asked.sort == "list":
        taken = await asyncio.to_thread(composing, facts=facts)
    else:
        taken = await asyncio.to_thread(composing)
        if taken.statements and facts is not None:
            taken = await asyncio.to_thread(composing, facts=await _facts_of(log, taken, caller, now_s))
    same = [one.list for one in ground.lists if taken.draft is not None and taken.draft.digest and one.rows_hash == taken.draft.digest]
    difference = None if known is None else against_list(taken, known, ground)
    return intake_answer(taken, asked.language, same, difference, ground.names)


def against_list(taken: TakenFiles, known: KnownList, ground: LogGround) -> ListDifference | None:
    """The file against a list; None where its rows could not all be read."""
    if taken.draft is None or taken.findings:
        return None
    roots = {permit.permit: permit.root for permit in ground.permits}
    return compare_lists(known.rows, rows_of_draft(taken.draft.rows, roots), {**known.names, **ground.names})


async def difference_of_lists(log: Log, before: str, after: str, claimed_s: int | None) -> ListDifference:
    """One list of the log against another; Refusal NOT_FOUND."""
    old, new = await fetch_list(log, before, claimed_s), await fetch_list(log, after, claimed_s)
    return compare_lists(old.rows, new.rows, {**old.names, **new.names})


async def list_workbook(log: Log, chain: str, claimed_s: int | None) -> bytes:
    """A list as the workbook that the intake reads; Refusal NOT_FOUND."""
    known = await fetch_list(log, chain, claimed_s)
    out = io.BytesIO()
    await asyncio.to_thread(write_list, out, known.chain, known.state, known.rows, known.names, known.numbers)
    return out.getvalue()


async def difference_workbook(log: Log, before: str, after: str, claimed_s: int | None) -> bytes:
    """The difference of two lists as a workbook; Refusal NOT_FOUND."""
    found = await difference_of_lists(log, before, after, claimed_s)
    out = io.BytesIO()
    await asyncio.to_thread(write_difference, out, found, (before, after))
    return out.getvalue()


async def fetch_list(log: Log, chain: str, claimed_s: int | None) -> KnownList:
    """A list with what is needed to show it; Refusal NOT_FOUND."""
    day = day_of(await log.now(claimed_s))
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), chain_key(chain)])
        state = list_at(now.workspace.facts, chain)
        if state is None:
            raise refuse("NOT_FOUND", field="list", found=chain)
        permits, receivers = {row.permit for row in state.rows}, {row.receiver for row in state.rows}
        await now.workspace.load([*map(chain_key, sorted(permits)), *(chain_key(party_chain(one)) for one in sorted(receivers))])
        facts = now.workspace.facts
        names = {one: party_name(facts, one) for one in receivers}
        numbers = {one: found.no for one in permits if (found := permit_at(facts, one)) is not None}
    return KnownList(chain, state, names, numbers, day)


# ---------------------------------------------------------------------- what the log knows


async def load_ground(log: Log, caller: Caller, tables: Tables, sort: IntakeSort, today: str) -> LogGround:
    """Permits and names of the firms of a file, and the decisions and lists that it may name; what the caller may read."""
    firms = holders_of(tables, (RECEIVER, USCC))
    permits = await _permits(log, firms)
    lists: Sequence[ListAnswer] = () if sort == "permits" else await _lists(log)
    approvals: Sequence[ApprovalAnswer] = await _approvals(log, caller, firms) if sort == "openings" else ()
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), *(chain_key(party_chain(one)) for one in firms)])
        facts = now.workspace.facts
        is_founded = facts.state(LOG_MAIN) is not None
        names = {one: name for one in firms if is_founded and (name := party_name(facts, one)) != one}
    return LogGround(tuple(permits), names, tuple(approvals), tuple(lists), today)


async def _facts_of(log: Log, taken: TakenFiles, caller: Caller, now_s: int) -> Facts:
    """What judging the statements reads."""
    async with snapshot(log) as now:
        workspace = now.workspace
        await workspace.follow(lambda: keys_of(taken.statements, caller.uscc, now_s, workspace.facts))
    return workspace.facts


async def _permits(log: Log, firms: Sequence[str]) -> list[PermitAnswer]:
    if len(firms) > ALL_FROM:
        wanted = set(firms)
        return [one async for one in _all(registries.list_permits, "permits", log, Wanted()) if one.receiver in wanted]
    return [one for firm in firms async for one in _all(registries.list_permits, "permits", log, Wanted(receiver=firm))]


async def _lists(log: Log) -> list[ListAnswer]:
    return [one async for one in _all(registries.list_lists, "lists", log, Wanted())]


async def _approvals(log: Log, caller: Caller, firms: Sequence[str]) -> list[ApprovalAnswer]:
    async def asked(log: Log, wanted: Wanted, page: Page) -> Any:
        return await registries.list_approvals(log, caller, wanted, page)

    narrow = [Wanted(generator=firm) for firm in firms] if 0 < len(firms) <= ALL_FROM else [Wanted()]
    return [one for wanted in narrow async for one in _all(asked, "approvals", log, wanted)]


async def _all(search: Any, field: str, log: Log, wanted: Wanted) -> Any:
    """Every row of a registry, page by page, up to a bound."""
    cursor, seen = None, 0
    while seen < ANSWERED_MAX:
        page = await search(log, wanted, Page(cursor, PAGE_MAX))
        for one in getattr(page, field):
            seen += 1
            yield one
        cursor = page.next
        if cursor is None:
            return


async def _facts(log: Log, ground: LogGround, tables: Tables) -> tuple[Facts | None, str]:
    """The facts by which rows are judged, and the hash of ``log.found``; None before there is a log."""
    named = {row.cells.get(PERMIT, "") for rows in tables.values() for row in rows if NO in row.cells or PERMIT in row.cells}
    chains = sorted({permit.permit for permit in ground.permits} | {one for one in named if PERMIT_FORM.fullmatch(one)})
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), *map(chain_key, chains)])
        facts = now.workspace.facts
    if facts.state(LOG_MAIN) is None:
        return None, ""
    assert all(isinstance(facts.state(chain), PermitState | None) for chain in chains), "a permit's chain has a permit's state"
    return facts, log_state(facts).found
