"""What a party does with its reminders: make, look at, change, end them, have a test sent; and what whoever reads them does: confirm, end.

As with webhooks, all of it needs a key for every kind, and a reminder of somebody else is answered as if it did not exist. An address gets one
mail that asks; until somebody who reads it has agreed, it gets nothing else.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from string import ascii_lowercase
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ledger.caller import Caller
from ledger.log import Log
from ledger.parties.store import names_of
from ledger.store import Conn
from liandan.reminders import store
from liandan.reminders.digest import Addressee, confirm_mail, test_mail
from liandan.reminders.model import (
    AHEAD_MAX_WD,
    AHEAD_WD,
    ASKED_PER_DAY,
    NOT_ASKED_DAYS,
    PER_PARTY_MAX,
    SENT_UNASKED_PER_DAY,
    Mail,
    MailKind,
    Reminder,
    check_address,
)
from liandan.webhooks.feed import check_whole_key
from signing.phrase import Phrase
from signing.refusal import refuse

TOKEN_LENGTH = 40
"""Letters, 188 bits."""
SHOWN_MAILS = 10
PAGE = "/reminder"
Ahead = Annotated[int, Meta(ge=0, le=AHEAD_MAX_WD)]
ReminderNote = Annotated[str, Meta(max_length=200)]


class ReminderWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reminder to be made."""

    address: Annotated[str, Meta(max_length=500)]
    language: Literal["zh", "en"] = "zh"
    ahead_wd: Ahead = AHEAD_WD
    """Working days before a due day from which on it is told; 0: on the day itself."""
    note: ReminderNote = ""


class ReminderChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed; what is left out stays. Another address is another reminder."""

    language: Literal["zh", "en"] | UnsetType = UNSET
    ahead_wd: Ahead | UnsetType = UNSET
    note: ReminderNote | UnsetType = UNSET
    state: Literal["active", "paused"] | UnsetType = UNSET


class ReminderCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that was mailed."""

    code: Annotated[str, Meta(max_length=100)]


def page_of(base_url: str, token: str) -> str:
    """Where whoever reads a mail confirms and ends it."""
    return f"{base_url}{PAGE}?token={token}"


def message_id(base_url: str, *parts: str) -> str:
    """The name of a mail, the same whenever it is made of the same parts (RFC 5322 §3.6.4)."""
    host = base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "liandan"
    return f"<{sha256('|'.join(parts).encode()).hexdigest()[:40]}@{host}>"


async def reader_of(conn: Conn, reminder: Reminder, origin: str, base_url: str) -> Addressee:
    """Whom a mail of this reminder addresses."""
    name = (await names_of(conn, [reminder.uscc])).get(reminder.uscc, "")
    page = page_of(base_url, reminder.token)
    return Addressee(uscc=reminder.uscc, name=name, language=reminder.language, origin=origin, page=page)


class Reminders:
    """The reminders of one installation, for its routes."""

    def __init__(self, log: Log, origin: str, base_url: str, wanted: asyncio.Event, *, sends: bool) -> None:
        """``wanted`` is set with every new one, as of webhooks; ``sends``: whether there is a mail server."""
        self._log, self._origin, self._base_url, self._wanted, self._sends = log, origin, base_url, wanted, sends

    @property
    def sends(self) -> bool:
        """Whether there is a mail server."""
        return self._sends

    async def make(self, caller: Caller, wanted: ReminderWanted) -> Reminder:
        """A new reminder, with the mail that asks on its way; Refusal MAIL_OFF, MAIL_ADDRESS, MAIL_TOO_MANY, MAIL_BUDGET, KEY_SCOPE."""
        address = check_address(wanted.address)
        self._check_sends()
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            if await store.lock_party(conn, caller.uscc) >= PER_PARTY_MAX:
                raise refuse("MAIL_TOO_MANY", found=PER_PARTY_MAX, expected=Phrase(f"至多 {PER_PARTY_MAX} 个", f"at most {PER_PARTY_MAX}"))
            now = datetime.now(UTC)
            reminder = Reminder(
                id=secrets.token_hex(12), uscc=caller.uscc, keyid=caller.keyid, address=address, language=wanted.language,
                ahead_wd=wanted.ahead_wd, note=wanted.note, state="unconfirmed", why="", why_found="",
                token="".join(secrets.choice(ascii_lowercase) for _ in range(TOKEN_LENGTH)), refused=0, looked_on=None, created_at=now,
                changed_at=now,
            )  # fmt: skip
            await store.insert(conn, reminder)
            await self._ask(conn, reminder, "confirm")
        self._wanted.set()
        return reminder

    async def all_of(self, caller: Caller) -> list[Reminder]:
        """The caller's reminders, oldest first; Refusal KEY_SCOPE."""
        async with self._log.pool.acquire() as conn:
            await check_whole_key(conn, self._log.kinds, caller)
            return await store.list_of(conn, caller.uscc)

    async def read(self, caller: Caller, name: str) -> tuple[Reminder, list[Mail]]:
        """One reminder and what became of its newest mails; Refusal KEY_SCOPE, NOT_FOUND."""
        async with self._log.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            await check_whole_key(conn, self._log.kinds, caller)
            reminder = await _own(conn, caller, name)
            return reminder, await store.list_mails(conn, name, SHOWN_MAILS)

    async def change(self, caller: Caller, name: str, changes: ReminderChanges) -> Reminder:
        """Change what is given. To set it active again is to vouch for it with one's own key; Refusal NOT_FOUND, MAIL_STATE, KEY_SCOPE."""
        given = {field: getattr(changes, field) for field in ReminderChanges.__struct_fields__}
        values: dict[str, Any] = {field: value for field, value in given.items() if value is not UNSET}
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            reminder = await _own(conn, caller, name, is_locked=True)
            if "state" in values:
                if reminder.state in ("unconfirmed", "ended"):
                    raise _state(reminder, Phrase("已确认且未结束的", "one that is confirmed and has not ended"))
                values |= {"why": "", "why_found": "", "refused": 0}
                if values["state"] == "active":
                    values["keyid"] = caller.keyid
                await store.drop_waiting(conn, name)
            if values:
                await store.change(conn, name, **values)
            return await _own(conn, caller, name)

    async def end(self, caller: Caller, name: str) -> None:
        """Delete a reminder with its address and its mails; Refusal NOT_FOUND, KEY_SCOPE."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            await _own(conn, caller, name, is_locked=True)
            await store.delete(conn, name)

    async def test(self, caller: Caller, name: str) -> tuple[Reminder, list[Mail]]:
        """Send a test, or where nobody has confirmed yet the mail that asks once more; Refusal MAIL_OFF, MAIL_STATE, MAIL_BUDGET, NOT_FOUND."""
        self._check_sends()
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            reminder = await _own(conn, caller, name, is_locked=True)
            if reminder.state not in ("unconfirmed", "active"):
                raise _state(reminder, "active")
            await self._ask(conn, reminder, "confirm" if reminder.state == "unconfirmed" else "test")
            return reminder, await store.list_mails(conn, name, SHOWN_MAILS)

    async def confirm(self, caller: Caller, name: str, code: str) -> Reminder:
        """Confirm with the code that was mailed; once more changes nothing. Refusal MAIL_CODE, MAIL_STATE, NOT_FOUND, KEY_SCOPE."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            reminder = await _own(conn, caller, name, is_locked=True)
            if reminder.state == "ended":
                raise _state(reminder, "unconfirmed")
            given = "".join(code.split()).lower()
            if not compare_digest(given.encode(), reminder.token.encode()):
                raise refuse(
                    "MAIL_CODE", field="code", found=Phrase(f"{len(given)} 个字符", f"{len(given)} characters"),
                    expected=Phrase(f"{TOKEN_LENGTH} 个字母", f"{TOKEN_LENGTH} letters"),
                )  # fmt: skip
            return await _begin(conn, reminder)

    # ------------------------------------------------------------------ whoever reads the mails

    async def shown(self, token: str) -> tuple[Reminder, str]:
        """The reminder of a token and the name of its party; Refusal NOT_FOUND."""
        async with self._log.pool.acquire() as conn:
            reminder = _known(await store.fetch_by_token(conn, token))
            return reminder, (await names_of(conn, [reminder.uscc])).get(reminder.uscc, "")

    async def agree(self, token: str) -> Reminder:
        """Its reader confirms it; once more changes nothing. Refusal NOT_FOUND for a token of none, or of one that has ended."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            reminder = _known(await store.fetch_by_token(conn, token, is_locked=True))
            return reminder if reminder.state == "ended" else await _begin(conn, reminder)

    async def leave(self, token: str) -> None:
        """Its reader ends it: the address is erased at once. Once more changes nothing. Who never agreed and says no is not asked again by
        this party for NOT_ASKED_DAYS: by others he may want to be, his own firm among them. A hash tells. Refusal NOT_FOUND."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            reminder = _known(await store.fetch_by_token(conn, token, is_locked=True))
            if reminder.state == "unconfirmed":
                await store.bar(conn, _barred(reminder), NOT_ASKED_DAYS)
            if reminder.state != "ended":
                await store.end(conn, reminder.id, "MAIL_ENDED")

    # ------------------------------------------------------------------

    def _check_sends(self) -> None:
        if not self._sends:
            raise refuse(
                "MAIL_OFF",
                found=Phrase("没有邮件服务器", "no mail server"),
                expected=Phrase("设置 LIANDAN_SMTP_HOST", "LIANDAN_SMTP_HOST to be set"),
            )

    async def _ask(self, conn: Conn, reminder: Reminder, kind: MailKind) -> None:
        """Queue a mail within the party's budget, and where nobody at the address has agreed within that of the address, counted by its hash."""
        limits = [(reminder.uscc, ASKED_PER_DAY)]
        if kind == "confirm":
            if await store.is_barred(conn, _barred(reminder)):
                raise refuse(
                    "MAIL_BUDGET", found=Phrase("收件人已谢绝", "its reader has said no"), expected=Phrase("另一个地址", "another address")
                )
            limits.append((sha256(reminder.address.lower().encode()).hexdigest(), SENT_UNASKED_PER_DAY))
        for payer, most in limits:
            if await store.spend(conn, payer) > most:
                raise refuse("MAIL_BUDGET", found=most, expected=Phrase(f"每天至多 {most} 封", f"at most {most} a day"))
        reader = await reader_of(conn, reminder, self._origin, self._base_url)
        subject, body = confirm_mail(reader, reminder.token) if kind == "confirm" else test_mail(reader)
        name = message_id(self._base_url, reminder.id, kind, secrets.token_hex(12))
        await store.queue(conn, store.NewMail(reminder=reminder.id, kind=kind, message_id=name, subject=subject, body=body))


async def _begin(conn: Conn, reminder: Reminder) -> Reminder:
    if reminder.state == "unconfirmed":
        await store.drop_waiting(conn, reminder.id)
        await store.change(conn, reminder.id, state="active")
    found = await store.fetch(conn, reminder.id)
    assert found is not None, "it is locked"
    return found


def _known(reminder: Reminder | None) -> Reminder:
    if reminder is None:
        raise refuse("NOT_FOUND", field="token", expected=Phrase("提醒邮件中的完整链接", "the whole link of the mail"))
    return reminder


def _barred(reminder: Reminder) -> str:
    """An address among budgets, as one that a party is not to ask."""
    return f"no {sha256(f'{reminder.uscc} {reminder.address.lower()}'.encode()).hexdigest()}"


def _state(reminder: Reminder, expected: object) -> Exception:
    return refuse("MAIL_STATE", field="state", found=reminder.state, expected=expected)


async def _own(conn: Conn, caller: Caller, name: str, *, is_locked: bool = False) -> Reminder:
    reminder = await store.fetch(conn, name, uscc=caller.uscc, is_locked=is_locked) if name.isascii() and name.isalnum() else None
    if reminder is None:
        raise refuse("NOT_FOUND", field="reminder", found=name[:60])
    return reminder
