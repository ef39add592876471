"""Where the worker runs: a process of its own that the server starts with the first webhook, or a task of the server.

A process because signing, TLS and HTTP of thousands of notices would take the time of the loop that admits statements. It ends with its server,
however that ends: its input is a pipe that nobody else holds. One that dies is started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import msgspec
import structlog
import uvloop
from asyncpg import Pool, Record
from msgspec import Struct

from ledger.store import AWAY
from liandan.database import open_pool
from liandan.months.watch import MonthsWatch, closes_months, is_month_due
from liandan.process import let_end, set_up_logging, tune
from liandan.reminders.job import Job
from liandan.settings import Settings
from liandan.webhooks.worker import assemble
from liandan.wiring import KINDS

log = structlog.get_logger("liandan.webhooks")

NICE = 5
"""Behind the server, the publisher and PostgreSQL where processors are short: a receiver can wait, a truck cannot."""
AGAIN_S = 1.0
"""Between the death of a worker and the next one."""
LOOK_S = 60.0
"""Between two looks for a first webhook or reminder, which another server of the installation may have taken."""
STOP_S = 5.0
POOL_MAX = 8
LINE_MAX = 1 << 20
COMMAND: tuple[str, ...] = (sys.executable, "-m", "liandan.webhooks.process")


class WorkOrder(Struct, frozen=True, kw_only=True):
    """What a server tells the worker it starts."""

    settings: Settings
    dsn: str
    base_url: str


class WebhookRunner:
    """The server's side: it sees to it that a worker runs as soon as there is something to send."""

    def __init__(self, settings: Settings, dsn: str, pool: Pool[Record], base_url: str) -> None:
        self._settings, self._pool = settings, pool
        self._order = WorkOrder(settings=settings, dsn=dsn, base_url=base_url)
        self.wanted = asyncio.Event()
        """Set by whoever has made a webhook or a reminder."""
        self.pid: int | None = None

    async def run(self) -> None:
        """Until cancelled."""
        if self._settings.webhooks == "off":
            return
        await self._until_wanted()
        if self._settings.webhooks == "task":
            await work(self._order, self._pool)
        while True:
            await self._child()
            await asyncio.sleep(AGAIN_S)

    async def _until_wanted(self) -> None:
        while not self.wanted.is_set():
            with contextlib.suppress(*AWAY, TimeoutError):
                async with self._pool.acquire() as conn:
                    if await conn.fetchval("SELECT EXISTS (SELECT FROM webhook) OR EXISTS (SELECT FROM reminder WHERE state <> 'ended')"):
                        return
                    if closes_months(self._settings) and await is_month_due(conn, KINDS):
                        return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self.wanted.wait()

    async def _child(self) -> None:
        """One worker's process from its start to its end."""
        # A session of its own: Ctrl-C at the terminal is for the server.
        process = await asyncio.create_subprocess_exec(*COMMAND, stdin=asyncio.subprocess.PIPE, start_new_session=True)
        assert process.stdin is not None, "it was opened as a pipe"
        try:
            process.stdin.write(msgspec.json.encode(self._order, enc_hook=str) + b"\n")
            self.pid = process.pid
            log.error("webhook_worker_died", status=await process.wait())
        finally:
            self.pid = None
            if process.returncode is None:
                await let_end(process, STOP_S)


async def work(order: WorkOrder, pool: Pool[Record]) -> None:
    """A worker until cancelled."""
    worker, outgoing = assemble(order.settings, pool, KINDS, order.base_url)
    reminders, months = Job(order.settings, pool, KINDS, order.base_url), MonthsWatch(order.settings, pool, KINDS, order.base_url)

    async def beside() -> None:
        tasks = [asyncio.create_task(job.run()) for job in (reminders, months)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises why it ended; none ends otherwise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    try:
        await worker.run(beside=beside)
    finally:
        await outgoing.close()


# ---------------------------------------------------------------------- the worker's side


async def _main() -> None:
    for name in (signal.SIGINT, signal.SIGTERM):  # whoever stops the server stops its worker too
        signal.signal(name, signal.SIG_IGN)
    given = asyncio.StreamReader(limit=LINE_MAX)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(given), sys.stdin)
    order = msgspec.json.decode(await given.readline(), type=WorkOrder, dec_hook=lambda wanted, value: wanted(value))
    set_up_logging(order.settings.log_json, to=sys.stderr)
    tune()
    os.nice(NICE)
    async with await open_pool(order.dsn, min_size=1, max_size=POOL_MAX) as pool:
        working = asyncio.create_task(work(order, pool))
        gone = asyncio.create_task(given.read())
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        gone.cancel()
        outcome, _ = await asyncio.gather(working, gone, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


def main() -> None:
    """The worker's process, from its first line of input to its last."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())


if __name__ == "__main__":
    main()
