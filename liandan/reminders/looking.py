"""Looking: who is to be told of what today, queued in the transaction that notes it as told.

A mail is one a day and address; what happened while nobody looked is in it, as it is now. A webhook is told of an alert about the present once,
when it stands; one that came and went while nobody looked is told to nobody.
"""

from __future__ import annotations

import time
from datetime import date
from hashlib import sha256

import structlog
from asyncpg import Pool, Record
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.store import AWAY, Conn, fetch_head, projected
from ledger.times import SHANGHAI, format_at, to_datetime
from liandan.reminders import store
from liandan.reminders.digest import Digest, DigestLine, Language, digest_mail
from liandan.reminders.due import DueSource, until_of
from liandan.reminders.model import Reminder
from liandan.reminders.service import message_id, reader_of
from liandan.webhooks import store as webhook_store
from liandan.webhooks.feed import is_entitled, present, speaking_key
from liandan.webhooks.model import DUE_FILTERS, QUEUED_MAX, due_event_of, due_subject
from manifests.present import PresentAlert
from manifests.work.answers import WorkItem
from manifests.work.order import TellPlace, WorkPlace
from manifests.work.service import alerts_for, work_of

log = structlog.get_logger("liandan.reminders")

REMINDERS_AT_ONCE = 20
ITEMS_AT_ONCE, PAGES_MAX = 200, 5
"""What one mail is made from; what lies behind is said to be more."""
ALERTS_AT_ONCE = 200
NEWS = ("period.close", "period.confirm", "period.dispute")
"""Kinds of work that is told once when it comes up, however far off its day is: nobody looks for it before."""
NEWS_AT_ONCE = 50
TELL_S = 300.0
"""Between two looks at what is due for one webhook."""


class Looking:
    """Looks for one installation."""

    def __init__(self, pool: Pool[Record], kinds: Kinds, source: DueSource, base_url: str, *, hour: int, mails: bool) -> None:
        """``hour``: from which hour of the day on digests are made; ``mails``: whether there is a mail server."""
        self._pool, self._kinds, self._source, self._base_url = pool, kinds, source, base_url
        self._hour, self._mails = hour, mails
        self._places: dict[str, TellPlace] = {}
        """By webhook: where its next page begins, of those in the middle of a look."""
        self._waiting: dict[str, TellPlace] = {}
        """By webhook: the page that did not fit."""
        self._looked: dict[str, float] = {}
        """By webhook: when a look ended, monotonic."""

    async def look(self) -> bool:
        """One round; whether there is more to do at once."""
        is_more = await self._digests() if self._mails else False
        return await self._tell() or is_more

    # ------------------------------------------------------------------ mails

    async def _digests(self) -> bool:
        async with self._pool.acquire() as conn:
            if await fetch_head(conn) is None:
                return False
            _, now_s = await present(conn, self._kinds)
            now = to_datetime(now_s).astimezone(SHANGHAI)
            day = now.date()
            names = await store.list_unseen(conn, day, REMINDERS_AT_ONCE) if now.hour >= self._hour else []
        for name in names:
            try:
                await self._digest(name, day)
            except (*AWAY, TimeoutError):
                raise
            except Exception as error:  # noqa: BLE001  # what one party's rows break keeps no mail from others; errors may quote what is private
                log.error("digest_failed", reminder=name, error=type(error).__name__)
                async with self._pool.acquire() as conn:
                    await store.change(conn, name, looked_on=day)
        return len(names) == REMINDERS_AT_ONCE

    async def _digest(self, name: str, day: date) -> None:
        """See to one reminder for a day: a mail, or nothing where nothing is due."""
        async with self._pool.acquire() as conn:
            reminder = await store.fetch(conn, name)
        if reminder is None:
            return
        lines, until, origin, is_more = await self._lines(reminder)
        lines += await self._news(reminder, day, until)
        async with self._pool.acquire() as conn, conn.transaction():
            reminder = await store.fetch(conn, name, is_locked=True)
            if reminder is None or reminder.state != "active" or (reminder.looked_on is not None and reminder.looked_on >= day):
                return
            if not await self._speaks(conn, reminder):
                return
            await store.change(conn, name, looked_on=day)
            if lines:
                reader = await reader_of(conn, reminder, origin, self._base_url)
                work = f"{self._base_url}/v1/work"
                digest = Digest(day=day, until=until, ahead_wd=reminder.ahead_wd, lines=tuple(lines), is_more=is_more, work=work)
                subject, body = digest_mail(reader, digest)
                name_of_mail = message_id(self._base_url, reminder.id, "digest", day.isoformat())
                mail = store.NewMail(reminder=name, kind="digest", day=day, message_id=name_of_mail, subject=subject, body=body)
                await store.queue(conn, mail)

    async def _lines(self, reminder: Reminder) -> tuple[list[DigestLine], date, str, bool]:
        """What is due of its party, the most urgent first; until which day; the log's name; whether there is more than was looked at."""
        found: list[DigestLine] = []
        place: WorkPlace | None = None
        until, origin = date.min, ""
        for _ in range(PAGES_MAX):
            async with self._source.ground() as ground:
                if ground is None:
                    return [], until, origin, False
                until, origin = until_of(ground.present, reminder.ahead_wd), ground.log.origin
                party, language = reminder.uscc, reminder.language
                items, place = await work_of(ground.now, self._kinds, ground.present, party, place, ITEMS_AT_ONCE, language)
            due = [item for item in items if item.due_on is not None and item.due_on <= until.isoformat()]
            found += [_line(item, due_on, self._base_url, language) for item in due if (due_on := item.due_on) is not None]
            if place is None or len(due) < len(items):  # in the order of due days: nothing that is due stands behind
                return found, until, origin, False
        return found, until, origin, True

    async def _news(self, reminder: Reminder, day: date, until: date) -> list[DigestLine]:
        """Work of NEWS that is due later than what is told by its day and has come up since the hour of the last look, until that of this one: so
        each is told once, whenever somebody looks."""
        async with self._source.ground() as ground:
            if ground is None:
                return []
            party, language = reminder.uscc, reminder.language
            items, _ = await work_of(ground.now, self._kinds, ground.present, party, None, NEWS_AT_ONCE, language, NEWS)
        first = "" if reminder.looked_on is None else self._hour_of(reminder.looked_on)
        fresh = (item for item in items if first <= item.arose_at < self._hour_of(day))
        later = ((item, item.due_on) for item in fresh if item.due_on is not None and item.due_on > until.isoformat())
        return [replace(_line(item, due_on, self._base_url, language), is_new=True) for item, due_on in later]

    def _hour_of(self, day: date) -> str:
        """The moment of a day from which on digests are made."""
        return f"{day.isoformat()}T{self._hour:02d}:00:00+08:00"

    async def _speaks(self, conn: Conn, reminder: Reminder) -> bool:
        """Whether the key behind it is good, or its successor, which takes it over."""
        _, now_s = await present(conn, self._kinds)
        keyid = await speaking_key(conn, self._kinds, reminder.keyid, reminder.uscc, await projected(conn), now_s)
        if keyid is None:
            await store.change(conn, reminder.id, state="disabled", why="MAIL_KEY", why_found=reminder.keyid[:16])
            await store.drop_waiting(conn, reminder.id)
        elif keyid != reminder.keyid:
            await store.change(conn, reminder.id, keyid=keyid)
        return keyid is not None

    # ------------------------------------------------------------------ webhooks

    async def _tell(self) -> bool:
        """A page for every webhook that wants to be told and whose time has come; whether one has more."""
        async with self._pool.acquire() as conn:
            names = await store.list_telling(conn, DUE_FILTERS)
        now = time.monotonic()
        for kept in (self._looked, self._places, self._waiting):
            for gone in kept.keys() - set(names):
                kept.pop(gone)
        for name in names:
            if name in self._places or now - self._looked.get(name, float("-inf")) >= TELL_S:
                try:
                    await self._tell_one(name)
                except (*AWAY, TimeoutError):
                    raise
                except Exception as error:  # noqa: BLE001  # one webhook keeps nothing from the others
                    log.error("due_failed", webhook=name, error=type(error).__name__)
                    self._looked[name] = time.monotonic()
        return bool(self._places)

    async def _tell_one(self, name: str) -> None:
        place = self._places.pop(name, TellPlace())
        async with self._pool.acquire() as conn:
            hook = await webhook_store.fetch(conn, name)
        if hook is None:
            return
        async with self._source.ground() as ground:
            if ground is None:
                return
            alerts, behind = await alerts_for(ground.now, self._kinds, ground.present, hook.uscc, place, ALERTS_AT_ONCE)
            now_s, origin = ground.present.now_s, ground.log.origin
        wanted = {event_of(one.alert): one for one in alerts if hook.wants(f"due.{one.alert.phase}/1")}
        async with self._pool.acquire() as conn, conn.transaction():
            hook = await webhook_store.fetch(conn, name, is_locked=True)
            if hook is None or hook.state != "active" or not await is_entitled(conn, self._kinds, hook, await projected(conn), now_s):
                return
            if await webhook_store.count_pending(conn, name) + len(wanted) > QUEUED_MAX:
                self._waiting[name] = place  # the same page again, once there is room
            else:
                fresh = await store.tell_once(conn, name, list(wanted))
                at, base = format_at(now_s), self._base_url
                told = [(event, one) for event, one in wanted.items() if event in fresh]
                notices = [
                    webhook_store.New(
                        None, f"due.{one.alert.phase}/1", due_subject(one.alert.chain), due_event_of(event, one, origin, base, at)
                    )
                    for event, one in told
                ]
                if notices:
                    await webhook_store.queue(conn, name, notices)
                if behind is not None:
                    self._places[name] = behind
                    return
        self._looked[name] = time.monotonic()


def event_of(alert: PresentAlert) -> str:
    """``id`` of the notice of an alert: the same wherever and whenever it is told."""
    return sha256(f"due {alert.key}".encode()).hexdigest()


def _line(item: WorkItem, due_on: str, base_url: str, language: Language) -> DigestLine:
    """A line of a mail: the act, what it is about, where to look; not what the load is nor with whom."""
    zh = language == "zh"
    about, path = "", ""
    if item.manifest:
        load = item.number or item.manifest.rpartition("/")[2]
        about, path = f"{'联单' if zh else 'manifest'} {load}", f"manifests/{item.manifest}/actions"
    elif item.application:
        about, path = f"{'申请' if zh else 'application'} {item.application.rpartition('/')[2]}", f"chains/{item.application}"
    elif item.list:
        about, path = f"{'名单' if zh else 'list'} {item.list.removeprefix('list/')}", f"chains/{item.list}"
    elif item.emergency:
        about, path = f"{'应急转移' if zh else 'emergency'} {item.emergency.rpartition('/')[2]}", f"emergencies/{item.emergency}"
    elif item.period:
        about, path = f"{'月份' if zh else 'month'} {item.period.removeprefix('period/')}", f"chains/{item.period}"
    elif item.item:
        about, path = f"{'未符项' if zh else 'open item'} {item.item_key}", f"chains/{item.item}"
    elif item.incident:
        about, path = f"{'事件' if zh else 'incident'} {item.incident.rpartition('/')[2]}", f"incidents/{item.incident}"
    what = item.term_text
    if item.statement:
        what, path = f"{item.what_text}{'：' if zh else ': '}{item.text}", f"pending/{item.statement}"
    return DigestLine(due_on=date.fromisoformat(due_on), what=what, about=about, link=f"{base_url}/v1/{path}", provisional=item.provisional)
