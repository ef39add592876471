"""A small log with a simulated clock over real HTTP, founded in May 2026 by the demonstration's cast; its months are closed here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ledger.times import DAY_S, parse_at
from liandan.client import AsyncLiandan
from liandan.demo.cast import CHONGQING, OPERATOR, SICHUAN
from liandan.demo.founding import ORIGIN, Keyring, founding
from liandan.keyring import write_keyring
from liandan.months.job import MonthJob, MonthsReport
from liandan.server import serving
from liandan.settings import Settings
from tests.liandan.serving import settings_of
from whitelist.period import PeriodState, month_at, month_ends_s, period_chain

__all__ = ["CHONGQING", "OPERATOR", "ORIGIN", "SICHUAN", "MonthOffice", "month_office"]
FOUNDED_IN = "2026-05"


class MonthOffice:
    """One installation and those who sign on its log."""

    def __init__(self, settings: Settings, keyring: Keyring, url: str) -> None:
        self.settings, self.keyring, self.url = settings, keyring, url
        self.now_s = 0

    def at(self, text: str) -> int:
        """Set the clock: ``2026-06-01 00:10``."""
        self.now_s = parse_at(f"{text.replace(' ', 'T')}:00+08:00")
        return self.now_s

    @asynccontextmanager
    async def client(self, uscc: str) -> AsyncIterator[AsyncLiandan]:
        """A client of somebody's at the present."""
        client = AsyncLiandan(self.url, self.keyring.key(uscc), patience_s=20)
        client.set_now(self.now_s)
        async with client:
            yield client

    async def act(self, uscc: str, kind: str, chain: str, body: Any) -> int:
        """Post an act; its index."""
        async with self.client(uscc) as client:
            return (await client.post(client.sign(await client.draft(kind, chain, body)))).index

    async def live(self) -> None:
        """Something enters the log now: an authority lets the other one sign usage for it."""
        await self.act(SICHUAN.uscc, "delegation.grant/1", f"party/{SICHUAN.uscc}", {"delegate": CHONGQING.uscc, "kinds": ["permit.usage"]})

    async def next_month(self) -> str:
        """A month that is over and not closed, while all before it are; the clock stands in the month after."""
        await self.live()
        await self.run()
        month = month_at(self.now_s)
        self.now_s = month_ends_s(month) + DAY_S
        await self.live()
        return month

    @property
    def job(self) -> MonthJob:
        """The job of this installation."""
        return MonthJob(self.settings, self.keyring.server, self.url, patience_s=20)

    async def run(self, **more: Any) -> MonthsReport:
        """The job, once, now."""
        return await self.job.run(now_s=self.now_s, **more)

    async def standing(self, month: str, way: tuple[str, str] = ("51", "50")) -> PeriodState | None:
        """How a month stands in the published log."""
        return (await self.job.standing(month, self.now_s)).states[way]

    async def heads(self, month: str) -> list[int]:
        """How many statements lie on the chains of a month, one direction after the other."""
        async with self.client(OPERATOR.uscc) as client:
            found = [await client.resume(period_chain(month, *way)) for way in (("50", "51"), ("51", "50"))]
        return [0 if head is None else head.seq + 1 for head in found]


@asynccontextmanager
async def month_office(database_url: str, directory: Path, now: str = "2026-05-25 09:00", **changes: object) -> AsyncIterator[MonthOffice]:
    """A server whose log is founded, with its keys in their file."""
    keyring = Keyring(7)
    settings = settings_of(database_url, directory, **changes)
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    write_keyring(keyring.server, settings.key_path, settings.passphrase_path)
    async with serving(settings, keyring=keyring.server) as url:
        office = MonthOffice(settings, keyring, url)
        office.at(now)
        client = AsyncLiandan(url, patience_s=20)
        client.set_now(office.now_s)
        async with client:
            await client.found(founding(keyring))
        yield office
