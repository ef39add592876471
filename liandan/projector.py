"""The projections, views of manifests and the feed's index, follow the published entries: what is behind their position, in order, once."""

import asyncio
from contextlib import suppress
from time import monotonic

import structlog
from asyncpg import InterfaceError, PostgresError

from ledger.log import Log
from ledger.model import RowDamaged
from ledger.store import Conn, analyze, projected
from manifests.projection import FeedGap, Kept, follow
from manifests.readers import by_chain, said_before

log = structlog.get_logger("liandan.projector")

PAGE = 500
"""Entries per transaction."""
BULK = 5000
"""Entries applied in one go after which the planner is told of the tables: until then searches may be planned for empty ones."""
IDLE_S = 1.0
GATHER_FROM, GATHER_S = 16, 0.2
"""After a range of so many entries, how long more are let come before the next, unless somebody waits for what has been published: a range costs
as much as some ten of its entries, and a view is written once a range, however many acts have changed it. A few are told of at once."""


class Projector:
    """Runs the projection of manifests in one process. Several processes may run: a projection locks its position."""

    def __init__(self, ledger: Log) -> None:
        self._ledger = ledger
        self._kept = Kept()

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is waited for."""
        while True:
            try:
                async with self._ledger.pool.acquire() as conn:  # kept: to give it back costs as much as a page
                    while True:
                        begun, before = monotonic(), self._ledger.projected
                        target = await self._catch_up(conn)
                        if await self._ledger.publisher.wait_for(target + 1, IDLE_S) is not None:
                            if target - before >= GATHER_FROM:
                                await self._gather(begun + GATHER_S)
                        elif self._ledger.publisher.mismatch is not None:
                            await asyncio.sleep(IDLE_S)
            except (OSError, InterfaceError, PostgresError, RowDamaged) as error:
                log.warning("projection_waits", error=type(error).__name__, row=getattr(error, "key", None))
                await asyncio.sleep(IDLE_S)

    async def _gather(self, until: float) -> None:
        """Let more be published, until a monotonic time at most: whoever waits for what there is ends it."""
        ledger = self._ledger
        while ledger.wanted <= ledger.projected and (left_s := until - monotonic()) > 0:
            ledger.wants.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(ledger.wants.wait(), left_s)

    async def catch_up(self) -> int:
        """Bring the projection to the published size, which is returned."""
        async with self._ledger.pool.acquire() as conn:
            return await self._catch_up(conn)

    async def _catch_up(self, conn: Conn) -> int:
        target = self._published
        position = begun = await projected(conn) if self._kept.at is None else self._kept.at
        while position < target:
            entries = await self._ledger.entries_at(range(position, min(target, position + PAGE)))
            earlier = by_chain(await self._ledger.entries_on(said_before(entries)))
            try:
                position = await follow(conn, entries, earlier, self._kept)
            except FeedGap:
                if (now := await projected(conn)) >= position:
                    raise
                position = begun = now  # the projections are made again from the log while we run
                continue
            self._ledger.projected = position
            await asyncio.sleep(0)
        if position - begun >= BULK:
            await analyze(conn)
        self._ledger.projected = position
        return target

    @property
    def _published(self) -> int:
        published = self._ledger.publisher.published
        return 0 if published is None else published.size

    def lag(self) -> dict[str, int]:
        """Entries that each projection is behind the published size."""
        return {"manifests": max(0, self._published - self._ledger.projected)}
