"""Reading a list's year, and what a suspension of its rows would do: the manifests on its rows, a stretch at a time, of one moment of the log."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial

from ledger.admission.entry import read_entry
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state
from ledger.log import Log
from ledger.model import account_key, chain_key
from ledger.reading import Snapshot
from ledger.store import fetch_entries_at
from ledger.times import day_of, format_at
from manifests.acts.dispose import Dispose
from manifests.listed.answers import ListYear, list_year
from manifests.listed.decided import DecidedRows, decided_rows, registers_of
from manifests.listed.stopping import (
    OPEN_STAGES,
    StopEffect,
    StoppedApplication,
    StoppedLoad,
    goes_on_rows,
    names_rows,
    stop_effect,
    stopped_decisions,
    stopped_load,
    stopping_rows,
)
from manifests.listed.year import RowYear, add, fate_days, late_disposals
from manifests.machine import Act
from manifests.model import Stage
from manifests.search import Search
from manifests.service import projection
from manifests.store import search_views
from manifests.view import ManifestView
from signing.refusal import refuse
from whitelist import approval
from whitelist.list_deadlines import unreported
from whitelist.listing import EVERYWHERE, ListState, list_at
from whitelist.quota import q2_account
from whitelist.registries import Wanted
from whitelist.service import registry_part
from whitelist.store import rows_behind

AT_A_TIME, DECISIONS_AT_A_TIME = 200, 100
LOADS_MAX = 500
"""Loads of a stage that are told one by one of what a suspension finds."""


async def read_list_year(log: Log, caller: Caller, chain: str, claimed_s: int | None) -> ListYear:
    """A list's year as far as the projection knows it: all rows for authorities, for others those of which they are the receiver.
    Refusal NOT_FOUND."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN), chain_key(chain)])
        state = list_at(now.workspace.facts, chain)
        if state is None:
            raise refuse("NOT_FOUND", field="list", found=chain)
        today = day_of(max(now_s, now.at_s))
        until = min(today, f"{state.year}-12-31")
        rows = {number: RowYear() for number in range(len(state.rows))}
        await _add_all(log, now, chain, until, rows)
        missing = unreported(log_state(now.workspace.facts), state) if state.status == "ACTIVE" and today > f"{state.year}-12-31" else ()
    return list_year(now.size, chain, state, _seen(caller, state, rows), until, today, missing)


def _seen(caller: Caller, state: ListState, rows: dict[int, RowYear]) -> dict[int, RowYear]:
    own = {caller.uscc, *caller.stands_for}
    return {number: row for number, row in rows.items() if caller.reads_all or state.rows[number].receiver in own}


async def _add_all(log: Log, now: Snapshot, chain: str, until: str, rows: dict[int, RowYear]) -> None:
    await now.workspace.load(registers_of(now.workspace.facts, chain))
    decided = decided_rows(now.workspace.facts, chain)
    async for view in _views_on(now, chain, decided):
        add(rows, decided, until, view, await _days(log, now, view) if late_disposals(view, until) else ())


async def _views_on(now: Snapshot, chain: str, decided: DecidedRows, stage: Stage | None = None) -> AsyncIterator[ManifestView]:
    """Manifests on decisions that were given on a list, of one stage or of all."""
    approvals = tuple(dict.fromkeys(approval for approval, _ in decided))
    for start in range(0, len(approvals), DECISIONS_AT_A_TIME):
        place, stages = None, None if stage is None else stage.value
        search = Search(list=chain, approvals=approvals[start : start + DECISIONS_AT_A_TIME], stage=stages)
        while True:
            page = await search_views(now.workspace.conn, search, after=place, limit=AT_A_TIME)
            for view in page.views:
                yield view
            await asyncio.sleep(0)  # others are answered between two stretches
            if (place := page.next) is None:
                break


async def _days(log: Log, now: Snapshot, view: ManifestView) -> list[str]:
    """Of each fate the day; the acts are read, for a view keeps no day of what had none."""
    indices = [record.index for record in view.records if record.kind == Act.DISPOSE.kind]
    entries = [read_entry(row.entry, log.kinds) for row in await fetch_entries_at(now.workspace.conn, indices)]
    return fate_days(view, [(day_of(one.statement.at_s), one.statement.body) for one in entries if isinstance(one.statement.body, Dispose)])


# ---------------------------------------------------------------------- a suspension, before it is signed


async def read_stop_effect(log: Log, caller: Caller, chain: str, row: int | None, claimed_s: int | None) -> StopEffect:
    """What a suspension of one row, or of every row in force, would do now, as far as the projection knows it. For authorities and the operator.
    Refusal NOT_FOUND for a list or row that there is not, or for another caller."""
    now_s = await log.now(claimed_s)
    async with projection(log) as now:
        workspace = now.workspace
        await workspace.load([chain_key(LOG_MAIN), chain_key(chain)])
        state = list_at(workspace.facts, chain)
        if state is None or not caller.reads_all or (row is not None and state.row(row) is None):
            raise refuse("NOT_FOUND", field="list", found=chain if row is None else f"{chain} {row}")
        now_s = max(now_s, now.at_s)
        rows = stopping_rows(state, row, now_s)
        await workspace.load(registers_of(workspace.facts, chain, row))
        decided = {key: number for key, number in decided_rows(workspace.facts, chain, row).items() if number in rows}
        await workspace.load([chain_key(one) for one in dict.fromkeys(one for one, _ in decided)])
        await workspace.load([account_key(q2_account(one, line)) for one, line in decided])
        decisions = stopped_decisions(workspace.facts, decided, day_of(now_s))
        applications = await _applications(log, now, caller, chain, state, rows)
        loads = {stage: await _stopped_loads(now, chain, state, decided, rows, stage) for stage in OPEN_STAGES}
    return stop_effect(
        (chain, row, state),
        (now.size, format_at(now_s)),
        rows,
        decisions,
        applications,
        {stage: found[:LOADS_MAX] for stage, found in loads.items()},
        is_whole=all(len(found) <= LOADS_MAX for found in loads.values()),
    )


async def _applications(
    log: Log, now: Snapshot, caller: Caller, chain: str, state: ListState, rows: Sequence[int]
) -> list[StoppedApplication]:
    """Applications without a decision that name one of the rows; of each stage those that come first by name."""
    found, origin = list[StoppedApplication](), None if state.from_province == EVERYWHERE else state.from_province
    for stage in approval.OPEN_STAGES:
        wanted = Wanted(stage=stage, from_province=origin, to_province=state.to_province)
        select = partial(wanted.approvals, caller)
        part = registry_part(wanted, "approval", caller)
        listed, _ = await rows_behind(now.workspace.conn, log.kinds, [part], select, None, LOADS_MAX, 0, now.size)
        found += [
            StoppedApplication(approval=one.chain, generator=one.owner, stage=stage) for one in listed if names_rows(one.state, chain, rows)
        ]
    return found


async def _stopped_loads(
    now: Snapshot, chain: str, state: ListState, decided: DecidedRows, rows: Sequence[int], stage: Stage
) -> list[StoppedLoad]:
    """Loads of one stage on the rows, at most one more than are told."""
    views = _views_on(now, chain, decided, stage) if state.kind != "pilot" else _pilot_views(now, state, stage)
    found = list[StoppedLoad]()
    async for view in views:
        mass_g = goes_on_rows(view, chain, decided, rows)
        found += [] if mass_g is None else [stopped_load(view, mass_g)]
        if len(found) > LOADS_MAX:
            break
    return found


async def _pilot_views(now: Snapshot, state: ListState, stage: Stage) -> AsyncIterator[ManifestView]:
    """Loads of one stage that go where a pilot list leads: no decision stands between the list and them."""
    origin, place = None if state.from_province == EVERYWHERE else state.from_province, None
    search = Search(stage=stage.value, from_province=origin, to_province=state.to_province)
    while True:
        page = await search_views(now.workspace.conn, search, after=place, limit=AT_A_TIME)
        for view in page.views:
            yield view
        await asyncio.sleep(0)
        if (place := page.next) is None:
            break
