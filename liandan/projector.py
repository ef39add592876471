"""The projection of manifests follows the published entries: it applies what is behind its own position, in order, once."""

import asyncio

import structlog
from asyncpg import InterfaceError, PostgresError

from ledger.log import Log
from manifests import store

log = structlog.get_logger("liandan.projector")

PAGE = 500
"""Entries per transaction."""
IDLE_S = 1.0


class Projector:
    """Runs the projection of manifests in one process. Several processes may run: a projection locks its position."""

    def __init__(self, ledger: Log) -> None:
        self._ledger, self._position = ledger, 0

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
        """Bring the projection to the published size, which is returned."""
        target = self._published
        async with self._ledger.pool.acquire() as conn:
            position = await store.position(conn)
            while position < target:
                entries = await self._ledger.entries_at(range(position, min(target, position + PAGE)))
                position = await store.follow(conn, entries)
                await asyncio.sleep(0)
        self._position = position
        return target

    @property
    def _published(self) -> int:
        published = self._ledger.publisher.published
        return 0 if published is None else published.size

    def lag(self) -> dict[str, int]:
        """Entries that each projection is behind the published size."""
        return {"manifests": max(0, self._published - self._position)}
