"""The worker's part: look now and then whether a month is to be closed, and let the job do it in a process of its own.

A process, because drawing a statement takes the time and the memory of a month: notices and reminders go on beside it. It is the very job of
``liandan month run``, so whoever closes months by a timer loses nothing by the worker, and the other way round.
"""

from __future__ import annotations

import asyncio
import os
import sys

import msgspec
import structlog
from asyncpg import Pool, Record
from msgspec import Struct

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import Kinds
from ledger.model import chain_key
from ledger.store import AWAY, Conn, fetch_facts, fetch_head, list_entries
from ledger.times import parse_admission_at
from liandan.keyring import read_keyring
from liandan.months.job import MonthJob, MonthsReport
from liandan.process import let_end, set_up_logging
from liandan.settings import Settings
from liandan.webhooks.feed import present
from reports.periods.planning import MonthDue, directions_of, last_month_over
from whitelist.period import month_at

log = structlog.get_logger("liandan.months")

LOOK_S = 300.0
"""Between two looks; a month is closed within minutes of its first entry behind it."""
NICE = 10
STOP_S = 5.0
COMMAND: tuple[str, ...] = (sys.executable, "-m", "liandan.months.watch")


class MonthOrder(Struct, frozen=True, kw_only=True):
    """What the worker tells the process that it starts."""

    settings: Settings
    url: str


def closes_months(settings: Settings) -> bool:
    """Whether the worker of this machine closes months: it is to, and has the operator's key."""
    return settings.close_months == "worker" and settings.key_path.exists()


async def is_month_due(conn: Conn, kinds: Kinds, clocks: tuple[str, ...] = ("real",)) -> bool:
    """Whether the last month that is over is open in some direction, of a log whose clock is one of ``clocks``: a simulated one moves as its
    clients say, and they close its months. Reads a handful of rows."""
    if await fetch_head(conn) is None:
        return False
    state, now_s = await present(conn, kinds)
    last, [founding] = last_month_over(now_s), await list_entries(conn, start=0, end=1)
    founded_s = parse_admission_at(read_entry(founding.entry, kinds).admission.at)
    if state.clock not in clocks or state.closed or last < month_at(founded_s):
        return False
    chains = [MonthDue(last, way).chain for way in directions_of(state)]
    return len(await fetch_facts(conn, [chain_key(chain) for chain in chains])) < len(chains)


class MonthsWatch:
    """Closes the months of one installation from its worker."""

    def __init__(self, settings: Settings, pool: Pool[Record], kinds: Kinds, url: str, *, clocks: tuple[str, ...] = ("real",)) -> None:
        self._settings, self._pool, self._kinds, self._clocks = settings, pool, kinds, clocks
        self._order = MonthOrder(settings=settings, url=url)

    async def run(self) -> None:
        """Until cancelled; raises what tells that the database is away. A job that fails is told of and tried again at the next look."""
        while True:
            try:
                await self.look()
            except (*AWAY, TimeoutError):
                raise
            except Exception as error:  # noqa: BLE001  # nothing unforeseen stops the couriers beside it
                log.error("months_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> bool:
        """Once; whether the job has run."""
        if not closes_months(self._settings):
            return False
        async with self._pool.acquire() as conn:
            if not await is_month_due(conn, self._kinds, self._clocks):
                return False
        await self._job()
        return True

    async def _job(self) -> None:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, start_new_session=True)
        try:
            said, _ = await process.communicate(msgspec.json.encode(self._order, enc_hook=str))
        finally:
            if process.returncode is None:
                await let_end(process, STOP_S)
        if process.returncode != 0:
            log.error("months_not_closed", status=process.returncode)
            return
        report = msgspec.json.decode(said, type=MonthsReport)
        for closed in report.closed:
            log.info("month_closed", chain=closed.chain, index=closed.index, size=closed.size)
        if not report.closed:
            log.info("months_wait", waiting=[one.en for one in report.waiting])


def main() -> None:
    """The job's process: the order on standard input, what it came to on standard output."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=MonthOrder, dec_hook=lambda wanted, value: wanted(value))
    set_up_logging(order.settings.log_json, to=sys.stderr)
    os.nice(NICE)
    job = MonthJob(order.settings, read_keyring(order.settings, operator_only=True), order.url)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(job.run())))


if __name__ == "__main__":
    main()
