"""Reading a list's year: the manifests that went on its rows, a stretch at a time, of one moment of the committed log."""

import asyncio

from ledger.admission.entry import read_entry
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, log_state
from ledger.log import Log
from ledger.model import chain_key
from ledger.reading import Snapshot
from ledger.store import fetch_entries_at
from ledger.times import day_of
from manifests.acts.dispose import Dispose
from manifests.listed.answers import ListYear, list_year
from manifests.listed.decided import decided_rows, registers_of
from manifests.listed.year import RowYear, add, fate_days, late_disposals
from manifests.machine import Act
from manifests.search import Search
from manifests.service import projection
from manifests.store import search_views
from manifests.view import ManifestView
from signing.refusal import refuse
from whitelist.list_deadlines import unreported
from whitelist.listing import ListState, list_at

AT_A_TIME, DECISIONS_AT_A_TIME = 200, 100


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
    approvals = tuple(dict.fromkeys(approval for approval, _ in decided))
    for start in range(0, len(approvals), DECISIONS_AT_A_TIME):
        place, search = None, Search(list=chain, approvals=approvals[start : start + DECISIONS_AT_A_TIME])
        while True:
            page = await search_views(now.workspace.conn, search, after=place, limit=AT_A_TIME)
            for view in page.views:
                add(rows, decided, until, view, await _days(log, now, view) if late_disposals(view, until) else ())
            await asyncio.sleep(0)  # others are answered between two stretches
            if (place := page.next) is None:
                break


async def _days(log: Log, now: Snapshot, view: ManifestView) -> list[str]:
    """Of each fate the day; the acts are read, for a view keeps no day of what had none."""
    indices = [record.index for record in view.records if record.kind == Act.DISPOSE.kind]
    entries = [read_entry(row.entry, log.kinds) for row in await fetch_entries_at(now.workspace.conn, indices)]
    return fate_days(view, [(day_of(one.statement.at_s), one.statement.body) for one in entries if isinstance(one.statement.body, Dispose)])
