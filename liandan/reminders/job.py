"""The job: once a day for every address, and whenever something becomes due for every webhook that wants to know; then the mails that wait.

It runs where webhooks are sent from, in the one worker that leads, and asks the log's present each time, so it makes no difference how long
nobody ran it: a day is told in the transaction that notes it as told, a mail has its name before it is sent, and its attempt is counted before
it begins. Who dies in between sends that one mail again under the same name. A look takes a page, and lets go of everything before the next.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

import structlog
from asyncpg import Pool, Record

from ledger.admission.kind_table import DataSets, Kinds
from ledger.publishing.files import LogFiles
from ledger.store import AWAY, Conn
from liandan.reminders import store
from liandan.reminders.due import DueSource
from liandan.reminders.looking import Looking
from liandan.reminders.model import REFUSED_MAX, Reminder
from liandan.reminders.postman import Carried, Postman, message_of, read_relay
from liandan.reminders.service import page_of
from liandan.settings import Settings

log = structlog.get_logger("liandan.reminders")

LOOK_S = 1.0
"""Between two looks while nothing is to be done."""
PAGE = 20
"""Reminders of one look."""
HELD_S = 30.0
"""Beyond the time that an attempt may take, how long its mail is nobody else's: then whoever held it has died."""
RETRY_S, RETRY_MAX_S = 60.0, 3600.0
"""Before a mail is tried again; doubled, up to an hour."""
AGAIN_S, AGAIN_MAX_S = 5.0, 600.0
"""Before the mail server is tried again that did not answer; doubled, up to ten minutes."""
GIVE_UP = timedelta(days=2)
"""Of mails that no later one replaces."""
KEEP = timedelta(days=30)
KEEP_TOLD = timedelta(days=400)
FORGET_S = 3600.0
REST_S = 60.0


class Sending:
    """Carries the mails that wait, so many a minute."""

    def __init__(self, pool: Pool[Record], postman: Postman, base_url: str, per_minute: int) -> None:
        self._pool, self._postman, self._base_url = pool, postman, base_url
        self._pause_s, self._next, self._server_failures = 60.0 / per_minute, 0.0, 0

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await asyncio.sleep(max(0.0, self._next - time.monotonic()))
                if not await self.send_one():
                    await self._postman.rest()
                    await asyncio.sleep(LOOK_S)
        finally:
            await self._postman.rest()

    async def send_one(self) -> bool:
        """One attempt, if something is due; whether there was."""
        async with self._pool.acquire() as conn:
            out = await store.take_due(conn, timedelta(seconds=2 * self._postman.relay.timeout_s + HELD_S))
        if out is None:
            return False
        self._next = time.monotonic() + self._pause_s
        sender = self._postman.relay.sender
        try:
            message = message_of(out.mail, out.address, sender, page_of(self._base_url, out.token), out.language, datetime.now(UTC))
            carried = await self._postman.carry(message, out.address)
        except ValueError as error:  # what cannot be written as a mail is not tried for ever
            carried = Carried("broken", "INTERNAL", type(error).__name__)
        await self._note(out, carried)
        return True

    async def _note(self, out: store.MailInHand, carried: Carried) -> None:
        mail = out.mail
        age = datetime.now(UTC) - mail.made_at
        wait_s = min(RETRY_S * 2.0 ** min(mail.attempts - 1, 20), RETRY_MAX_S)
        state = "sent" if carried.how == "sent" else "dead" if carried.how in ("refused", "broken") or age > GIVE_UP else "pending"
        if carried.how == "server":
            # Nobody's mail is to blame: all of them wait, and this one comes first again.
            self._next = time.monotonic() + min(AGAIN_S * 2.0 ** min(self._server_failures, 20), AGAIN_MAX_S)
            self._server_failures, wait_s = self._server_failures + 1, 0.0
        else:
            self._server_failures = 0
        async with self._pool.acquire() as conn, conn.transaction():
            reminder = await store.fetch(conn, mail.reminder, is_locked=True)
            if reminder is None or reminder.state == "ended":  # gone meanwhile, with its mails
                return
            await store.note(conn, mail.id, state, carried.said, carried.found, timedelta(seconds=wait_s))
            if carried.how == "sent" and reminder.refused:
                await store.change(conn, reminder.id, refused=0)
            elif carried.how == "refused":
                await self._refused(conn, reminder, carried)
        if carried.how != "sent":
            log.info("mail_failed", reminder=mail.reminder, mail=mail.id, attempt=mail.attempts, code=carried.said, found=carried.found)

    async def _refused(self, conn: Conn, reminder: Reminder, carried: Carried) -> None:
        """An address that is refused again and again is left alone. One that nobody has confirmed gets nothing more by itself anyway."""
        many = reminder.refused + 1
        await store.change(conn, reminder.id, refused=many)
        if many >= REFUSED_MAX and reminder.state == "active":
            await store.change(conn, reminder.id, state="disabled", why="MAIL_BOUNCED", why_found=carried.found)
            await store.drop_waiting(conn, reminder.id)


class Job:
    """Everything about reminders that nobody asks for over HTTP."""

    def __init__(self, settings: Settings, pool: Pool[Record], kinds: Kinds, base_url: str) -> None:
        """Refusal SETTING for a mail server that cannot work."""
        relay = read_relay(settings)
        self._pool = pool
        files = LogFiles(settings.log_path, settings.entries_path)
        books = DueSource(pool, kinds, DataSets(kinds, files.read))
        self.looking = Looking(pool, kinds, books, base_url, hour=settings.reminder_hour, mails=relay is not None)
        self.sending = None if relay is None else Sending(pool, Postman(relay), base_url, settings.smtp_per_minute)

    async def run(self) -> None:
        """Until cancelled; raises what tells that the database is away."""
        works = [self._forget, self._look] + ([] if self.sending is None else [self.sending.run])
        tasks = [asyncio.create_task(_kept_up(work)) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises why it ended; none ends otherwise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            is_more = await self.looking.look()
            await asyncio.sleep(0 if is_more else LOOK_S)

    async def _forget(self) -> None:
        while True:
            async with self._pool.acquire() as conn:
                await store.forget(conn, KEEP)
                await store.forget_told(conn, KEEP_TOLD)
            await asyncio.sleep(FORGET_S)


async def _kept_up(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Begin again after a while what ended by something nobody foresaw; webhooks go on meanwhile. Errors may quote an address: only their names
    are told."""
    while True:
        try:
            await work()
        except (*AWAY, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001  # nothing unforeseen stops the couriers beside it
            log.error("reminders_failed", error=type(error).__name__)
            await asyncio.sleep(REST_S)
