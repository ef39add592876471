"""What is due of a party: from the projections as they stand, with the calendars and thresholds in force and the present of the log.

Every page is read in one snapshot of its own that changes nothing, and is let go of before anything is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from asyncpg import Pool, Record
from msgspec import Struct

from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.workspace import Workspace
from ledger.directory import LOG_MAIN, LogState, log_state
from ledger.evidence.store import list_here
from ledger.model import chain_key
from ledger.store import Conn, fetch_head
from liandan.webhooks.feed import present
from manifests.attachments import digests_and_signers
from manifests.deadlines import TERMS, duties
from manifests.present import PresentAlert, alerts_of
from manifests.search import Search
from manifests.store import EARLIEST, INDEX, LATEST, fetch_views, list_views
from manifests.view import ManifestView
from whitelist.terms import Duty, Present
from whitelist.thresholds import thresholds_of
from whitelist.workdays import workdays_of

PAGE = 200
"""Manifests of one page."""
RETURNS_MAX = 50
Place = tuple[datetime, str]
FIRST: Place = (LATEST, "")


class Ground(Struct, frozen=True):
    """The log as it is now: what terms are counted with, and one snapshot of the projections."""

    conn: Conn
    present: Present
    log: LogState


class Owed(Struct, frozen=True):
    """A duty of a party, on which manifest."""

    view: ManifestView
    duty: Duty

    @property
    def load(self) -> str:
        """What people call the manifest: its number, or where there is none its ULID."""
        return self.view.state.number or self.view.chain.rpartition("/")[2]

    @property
    def chain(self) -> str:
        """Where it is done."""
        return self.duty.manifest or self.view.chain

    @property
    def words(self) -> tuple[str, str]:
        """What is to be done."""
        term = TERMS[self.duty.term]
        return term.zh, term.en


class DueSource:
    """Reads what is due. One per worker: adopted data are parsed once."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, data: DataSets) -> None:
        self._pool, self._kinds, self._data = pool, kinds, data

    @asynccontextmanager
    async def ground(self) -> AsyncIterator[Ground | None]:
        """The log now; None before it is founded, and before thresholds are adopted: nothing can be due."""
        async with self._pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            if await fetch_head(conn) is None:
                yield None
                return
            _, now_s = await present(conn, self._kinds)
            workspace = Workspace(conn, self._kinds, self._data)
            await workspace.load([chain_key(LOG_MAIN)])
            limits = thresholds_of(workspace.facts)
            yield None if limits is None else Ground(conn, Present(now_s, workdays_of(workspace.facts), limits), log_state(workspace.facts))


async def owed_page(
    ground: Ground, uscc: str, after: Place = FIRST
) -> tuple[list[Owed], list[tuple[ManifestView, PresentAlert]], Place | None]:
    """What a party owes on a page of its open manifests, with and without a due day; the alerts of them that concern it; and where the next page
    begins, None behind the last."""
    keys: Sequence[Any] = await INDEX.walk(ground.conn, [f"party:{uscc} open"], after, EARLIEST, PAGE)
    views = await fetch_views(ground.conn, [chain for _, chain in keys])
    owed: list[Owed] = []
    alerts: list[tuple[ManifestView, PresentAlert]] = []
    for view in views.values():
        found = [duty for duty in await duties_of(ground, view) if uscc in duty.parties]
        owed += [Owed(view, duty) for duty in found]
        alerts += [(view, alert) for alert in alerts_of(view.chain, found, ground.present)]
    return owed, alerts, keys[-1] if len(keys) == PAGE else None


async def duties_of(ground: Ground, view: ManifestView) -> tuple[Duty, ...]:
    """Everything that is due on a manifest."""
    returning: list[ManifestView] = []
    if any(line.refused_g for line in view.state.lines):
        returning = await list_views(ground.conn, Search(returns=view.chain.removeprefix("manifest/")), limit=RETURNS_MAX)
    here = await list_here(ground.conn, digests_and_signers(view)) if view.files else {}
    return duties(view, ground.present, ground.log, returning[::-1], here)


def until_of(present: Present, ahead_wd: int) -> date:
    """The last day that is told of today."""
    return present.workdays.due(present.today, ahead_wd).day if ahead_wd else present.today
