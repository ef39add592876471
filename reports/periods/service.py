"""Reading how months stand: every month of the log that is over, or those asked for."""

from __future__ import annotations

from itertools import product

from ledger import store
from ledger.admission.entry import read_entry
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState
from ledger.log import Log
from ledger.model import chain_keys
from ledger.problem import Language
from ledger.reading import Snapshot, snapshot
from ledger.times import day_of, format_at, parse_admission_at
from reports.periods.answers import Periods, period_answer
from reports.periods.planning import MonthDue, directions_of, last_month_over, months_between, newest_closed
from whitelist.period import month_at, preceding_month
from whitelist.thresholds import thresholds_of

MONTHS_MAX = 24
"""Newest months of an answer in which none is named."""


async def list_periods(
    log: Log, caller: Caller, month: str | None, ends: tuple[str | None, str | None], language: Language, claimed_s: int | None
) -> Periods:
    """Months that are over, newest first: of one month, of directions from or to a province, or the newest MONTHS_MAX."""
    async with snapshot(log) as now:
        await now.workspace.load(chain_keys([LOG_MAIN]))
        state: LogState | None = now.workspace.facts.state(LOG_MAIN)
        now_s = max(await log.now(claimed_s), now.at_s)
        if state is None:
            return Periods(size=now.size, at=format_at(now_s), periods=())
        last, first = last_month_over(now_s), await _first_month(log, now)
        months = [one for one in months_between(first, last) if month in (None, one)][-MONTHS_MAX:]
        ways = [way for way in directions_of(state) if ends[0] in (None, way[0]) and ends[1] in (None, way[1])]
        wanted = [MonthDue(one, way) for one, way in product(reversed(months), ways)]
        since = list(months_between(months[0], last)) if months else []
        await now.workspace.load(chain_keys([MonthDue(one, way).chain for one, way in product(since, ways)]))
        facts, limits, today = now.workspace.facts, thresholds_of(now.workspace.facts), day_of(now_s)
        day = None if limits is None else limits.period_day
        newest = {way: newest_closed(facts.state, way, since[0], last) if since else "" for way in ways}
        found = [
            period_answer(due, facts.state(due.chain), state, today, day, language, newest[due.direction], is_whole=caller.reads_all)
            for due in wanted
        ]
    return Periods(size=now.size, at=format_at(now_s), periods=tuple(found))


async def _first_month(log: Log, now: Snapshot) -> str:
    """The month in which the log was founded."""
    rows = await store.list_entries(now.workspace.conn, start=0, end=1)
    return month_at(parse_admission_at(read_entry(rows[0].entry, log.kinds).admission.at)) if rows else preceding_month(month_at(now.at_s))
