"""The worker: one in the whole installation leads, queues from the feed and lets couriers deliver; the others stand by.

Leading is a transaction that holds an advisory lock and does nothing else, on a connection of its own. It ends with its connection, however its
process ends, so the next one begins at once; it also holds behind a pooler of transactions, where the lock of a session would be lost
silently. An idle transaction without a snapshot holds nothing back from vacuum. It is asked every second whether it still lives; a worker
that has lost it stops at once, in the middle of what it sends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta

import structlog
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from ledger.admission.kind_table import Kinds
from ledger.store import AWAY
from liandan.settings import Settings
from liandan.webhooks import feed, store
from liandan.webhooks.address import read_networks
from liandan.webhooks.courier import Courier, Patience
from liandan.webhooks.feed import Source
from liandan.webhooks.keys import WebhookKeys
from liandan.webhooks.outgoing import Outgoing
from signing.refusal import Refusal

log = structlog.get_logger("liandan.webhooks")

TICK_S = 0.25
"""Between two looks at the feed and the queue."""
STAND_BY_S = 1.0
ALIVE_S = 1.0
KEEP = timedelta(days=7)
"""How long the delivery log goes back."""
FORGET_S = 3600.0
REST_S = 60.0


class Worker:
    """Delivers the notices of all webhooks while it leads."""

    def __init__(self, source: Source, outgoing: Outgoing, keys: WebhookKeys, patience: Patience) -> None:
        self._source, self._pool = source, source.pool
        self._courier = Courier(source, outgoing, keys, patience)
        self._forgot = 0.0

    async def run(self, beside: Callable[[], Coroutine[None, None, None]] | None = None) -> None:
        """Until cancelled; a database that is away is waited for, and so is an operator who mends what nobody foresaw. ``beside`` is done while
        this one leads, by nobody else.
        """
        while True:
            leading = asyncio.create_task(self._lead(beside))
            try:
                await asyncio.wait({leading})
            finally:
                leading.cancel()
                await asyncio.gather(leading, return_exceptions=True)
            if (error := leading.exception()) is not None:
                tell = log.warning if isinstance(error, (*AWAY, TimeoutError)) else log.error
                # A refusal says what is wrong with the key file; of other errors only the name, they may quote what is being sent.
                tell("webhooks_wait", error=str(error) if isinstance(error, Refusal) else type(error).__name__)
            await asyncio.sleep(STAND_BY_S)

    async def _lead(self, beside: Callable[[], Coroutine[None, None, None]] | None) -> None:
        """Work while the lock is ours; return if it is another's."""
        async with self._pool.acquire() as conn, conn.transaction():
            if not await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", store.LEADER):
                return
            await conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            tasks = {asyncio.create_task(self._work()), asyncio.create_task(_watch(conn))}
            if beside is not None:
                tasks.add(asyncio.create_task(beside()))
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # raises why it ended; none ends otherwise
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        """Queue and start couriers. One that fails on something nobody foresaw is left alone for a while; the others go on."""
        couriers: dict[str, asyncio.Task[None]] = {}
        resting: dict[str, float] = {}
        try:
            while True:
                behind = await feed.queue_all(self._source)
                async with self._pool.acquire() as conn:
                    due = await store.list_due(conn)
                    if time.monotonic() - self._forgot > FORGET_S:
                        await store.forget(conn, older=KEEP)
                        self._forgot = time.monotonic()
                for name in [name for name, task in couriers.items() if task.done()]:
                    if (error := couriers.pop(name).exception()) is not None:
                        if isinstance(error, (*AWAY, TimeoutError, Refusal)):
                            raise error
                        log.error("courier_failed", webhook=name, error=type(error).__name__)
                        resting[name] = time.monotonic() + REST_S
                for name in due:
                    if name not in couriers and time.monotonic() >= resting.get(name, 0.0):
                        couriers[name] = asyncio.create_task(self._courier.run(name))
                await asyncio.sleep(0 if behind else TICK_S)
        finally:
            for task in couriers.values():
                task.cancel()
            await asyncio.gather(*couriers.values(), return_exceptions=True)


async def _watch(conn: Connection[Record] | PoolConnectionProxy[Record]) -> None:
    """Until the connection that leads is gone: then its error."""
    while True:
        await asyncio.sleep(ALIVE_S)
        await conn.execute("SELECT 1")


def assemble(settings: Settings, pool: Pool[Record], kinds: Kinds, base_url: str) -> tuple[Worker, Outgoing]:
    """A worker of these settings, and what is to be closed after it; Refusal SETTING."""
    networks = read_networks(settings.webhook_networks)
    outgoing = Outgoing(networks, timeout_s=settings.webhook_timeout_ms / 1000, ca_file=settings.webhook_ca_file)
    patience = Patience(retry_s=settings.webhook_retry_ms / 1000, give_up=timedelta(hours=settings.webhook_give_up_h))
    keys = WebhookKeys(settings.webhook_key_path, settings.passphrase_path)
    return Worker(Source(pool, kinds, base_url), outgoing, keys, patience), outgoing
