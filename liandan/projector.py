"""Projections follow the published entries: each applies what is behind its own position, in order, once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from asyncpg import InterfaceError, PostgresError
from msgspec import Struct

from ledger import store
from ledger.admission.entry import Entry
from ledger.log import Log
from manifests import store as manifest_store

log = structlog.get_logger("liandan.projector")

PAGE = 500
"""Entries per transaction of a projection."""
IDLE_S = 1.0


class Projection(Struct, frozen=True):
    """A derived table that follows the published entries."""

    name: str
    position: Callable[[store.Conn], Awaitable[int]]
    """Index of the next entry it wants."""
    follow: Callable[[store.Conn, Sequence[Entry]], Awaitable[int]]
    """Applies consecutive entries; the position afterwards."""


PROJECTIONS = (Projection("manifests", manifest_store.position, manifest_store.follow),)


class Projector:
    """Runs all projections of one process. Several processes may run: a projection locks its position."""

    def __init__(self, ledger: Log, projections: Sequence[Projection]) -> None:
        self._ledger, self._projections = ledger, projections
        self.positions: dict[str, int] = {}

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is waited for."""
        while True:
            try:
                target = await self.catch_up()
            except (OSError, InterfaceError, PostgresError) as error:
                log.warning("projection_waits", error=type(error).__name__)
                await asyncio.sleep(IDLE_S)
                continue
            if await self._ledger.publisher.wait_for(target + 1, IDLE_S) is None and self._ledger.publisher.mismatch is not None:
                await asyncio.sleep(IDLE_S)

    async def catch_up(self) -> int:
        """Bring every projection to the published size, which is returned."""
        published = self._ledger.publisher.published
        target = 0 if published is None else published.size
        for projection in self._projections:
            await self._follow(projection, target)
        return target

    async def _follow(self, projection: Projection, target: int) -> None:
        async with self._ledger.pool.acquire() as conn:
            position = await projection.position(conn)
            while position < target:
                entries = await self._ledger.entries_at(range(position, min(target, position + PAGE)))
                position = await projection.follow(conn, entries)
                await asyncio.sleep(0)
        self.positions[projection.name] = position

    def lag(self) -> dict[str, int]:
        """Entries each projection is behind the published size."""
        published = self._ledger.publisher.published
        size = 0 if published is None else published.size
        return {projection.name: max(0, size - self.positions.get(projection.name, 0)) for projection in self._projections}
