"""The ground that whoever tells what is due stands on: the log's present, the calendars and thresholds in force, one snapshot of the projections.

A snapshot changes nothing and is let go of before anything is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

from asyncpg import Pool, Record
from msgspec import Struct

from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.workspace import Workspace
from ledger.directory import LOG_MAIN, LogState, log_state
from ledger.model import chain_key
from ledger.reading import Snapshot
from ledger.store import fetch_head, projected
from liandan.webhooks.feed import present
from whitelist.terms import Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of


class Ground(Struct, frozen=True):
    """The log as it is now."""

    now: Snapshot
    present: Present
    log: LogState


class DueSource:
    """Reads what is due. One per worker: adopted data are parsed once."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, data: DataSets) -> None:
        self._pool, self.kinds, self._data = pool, kinds, data

    @asynccontextmanager
    async def ground(self) -> AsyncIterator[Ground | None]:
        """The log now; None before it is founded, and before thresholds are adopted: nothing can be due."""
        async with self._pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            head = await fetch_head(conn)
            if head is None:
                yield None
                return
            _, now_s = await present(conn, self.kinds)
            workspace = Workspace(conn, self.kinds, self._data)
            await workspace.load([chain_key(LOG_MAIN)])
            facts, now = workspace.facts, Snapshot(workspace, await projected(conn), head.at_s)
            limits = thresholds_of(facts)
            yield None if limits is None else Ground(now, Present(now_s, workdays_of(facts), limits), log_state(facts))


def until_of(present: Present, ahead_wd: int) -> date:
    """The last day that is told of today: the last one to which there are no more than so many working days, free days behind it included."""
    return present.workdays.due(present.today, ahead_wd + 1).day - timedelta(days=1) if ahead_wd else present.today
