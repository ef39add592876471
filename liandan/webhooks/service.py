"""What a party does with its webhooks: make, look at, change, end them; ping, replay, send again. All of it needs a key for every kind.

A webhook of somebody else is answered as if it did not exist. A new address is sent nothing but pings until one was answered with its challenge:
nobody is made to receive what he has not asked for.
"""

import asyncio
import secrets
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ledger.admission.form import request_reasons
from ledger.caller import Caller
from ledger.log import Log
from ledger.store import Conn, projected
from ledger.times import format_at
from liandan.access import RateWindow
from liandan.webhooks import store
from liandan.webhooks.address import Networks, normal_url
from liandan.webhooks.feed import check_whole_key
from liandan.webhooks.keys import WebhookKeys
from liandan.webhooks.model import PER_PARTY_MAX, PING, PINGS_PER_MINUTE, Delivery, Webhook, known_filters, ping_of, ping_subject
from signing.payload import parse
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal, refuse

NOTE_MAX, KINDS_MAX = 200, 64
Index = Annotated[int, Meta(ge=0, le=2**53)]
Kinds = Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=KINDS_MAX)]
Note = Annotated[str, Meta(max_length=NOTE_MAX)]


class WebhookWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook to be made."""

    url: str
    kinds: Kinds = ()
    """``manifest`` or ``manifest.depart``; without: everything."""
    note: Note = ""
    from_index: Index | UnsetType = UNSET
    """First entry to be told of; without: what comes from now on."""


class WebhookChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed; what is left out stays."""

    url: str | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    state: str | UnsetType = UNSET
    """``active`` or ``paused``."""


class ReplayWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From where on a webhook is to be told again."""

    from_index: Index


class Webhooks:
    """The webhooks of one installation, for its routes."""

    def __init__(self, log: Log, keys: WebhookKeys, networks: Networks, origin: str, wanted: asyncio.Event) -> None:
        """``wanted`` is set with every new webhook: a worker that has not been needed so far is."""
        self._log, self.keys, self._networks, self._origin = log, keys, networks, origin
        self._wanted = wanted
        self._filters = known_filters(tuple(log.kinds.by_name))
        self._pings = RateWindow(PINGS_PER_MINUTE)

    async def make(self, caller: Caller, wanted: WebhookWanted) -> Webhook:
        """A new webhook, with a ping on its way; Refusal WEBHOOK_URL, WEBHOOK_ADDRESS, WEBHOOK_KINDS, WEBHOOK_TOO_MANY, KEY_SCOPE."""
        url = normal_url(wanted.url, self._networks)
        self._check_kinds(wanted.kinds)
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            if await store.lock_party(conn, caller.uscc) >= PER_PARTY_MAX:
                raise refuse(
                    "WEBHOOK_TOO_MANY", found=PER_PARTY_MAX, expected=Phrase(f"至多 {PER_PARTY_MAX} 个", f"at most {PER_PARTY_MAX}")
                )
            size = await projected(conn)
            start = size if wanted.from_index is UNSET else _within(wanted.from_index, size)
            hook = Webhook(
                id=secrets.token_hex(12), uscc=caller.uscc, keyid=caller.keyid, url=url, kinds=wanted.kinds, note=wanted.note,
                state="unconfirmed", why="", why_found="", challenge=secrets.token_urlsafe(24), confirmed=False, next_idx=start, failures=0,
                failing_since=None, next_at=None, created_at=datetime.now(UTC),
            )  # fmt: skip
            await store.insert(conn, hook)
            await self._ping(conn, hook)
        self.keys.ensure(int(time.time()))
        self._wanted.set()
        return hook

    async def all_of(self, caller: Caller) -> list[Webhook]:
        """The caller's webhooks, oldest first; Refusal KEY_SCOPE."""
        async with self._log.pool.acquire() as conn:
            await check_whole_key(conn, self._log.kinds, caller)
            return await store.list_of(conn, caller.uscc)

    async def read(self, caller: Caller, name: str) -> tuple[Webhook, dict[str, int]]:
        """One webhook and how many of its notices are in which state; Refusal KEY_SCOPE, NOT_FOUND."""
        async with self._log.pool.acquire() as conn:
            await check_whole_key(conn, self._log.kinds, caller)
            hook = await _own(conn, caller, name)
            return hook, await store.count_by_state(conn, name)

    async def change(self, caller: Caller, name: str, changes: WebhookChanges) -> Webhook:
        """Change what is given. Another address has to be confirmed anew; to set a webhook active again is to vouch for it with one's own key.
        Refusal as for ``make``, NOT_FOUND, WEBHOOK_STATE.
        """
        values: dict[str, Any] = {}
        if changes.url is not UNSET:
            values["url"] = normal_url(changes.url, self._networks)
        if changes.kinds is not UNSET:
            self._check_kinds(changes.kinds)
            values["kinds"] = list(changes.kinds)
        if changes.note is not UNSET:
            values["note"] = changes.note
        if changes.state is not UNSET and changes.state not in ("active", "paused"):
            raise refuse("WEBHOOK_STATE", field="state", found=changes.state[:40], expected="active, paused")
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            hook = await _own(conn, caller, name, is_locked=True)
            is_new = values.get("url", hook.url) != hook.url
            if is_new:
                fresh = {"failures": 0, "failing_since": None, "next_at": None, "why": "", "why_found": "", "keyid": caller.keyid}
                values |= fresh | {"state": "unconfirmed", "confirmed": False, "challenge": secrets.token_urlsafe(24)}
            if changes.state is not UNSET and (is_new or not hook.confirmed):
                raise refuse(
                    "WEBHOOK_STATE",
                    field="state",
                    found=Phrase("未确认", "unconfirmed"),
                    expected=Phrase("以 challenge 答复的 ping", "a ping answered with the challenge"),
                )
            if changes.state == "active":
                values |= {
                    "state": "active",
                    "why": "",
                    "why_found": "",
                    "failures": 0,
                    "failing_since": None,
                    "next_at": None,
                    "keyid": caller.keyid,
                }
            elif changes.state == "paused":
                values |= {"state": "paused", "why": "", "why_found": ""}
            if values:
                await store.change(conn, name, **values)
            if changes.state == "active":
                await store.hurry(conn, name)
            changed = await _own(conn, caller, name)
            if is_new:
                await self._ping(conn, changed)
        return changed

    async def end(self, caller: Caller, name: str) -> None:
        """Delete a webhook with its delivery log; what is under way at this moment may still arrive. Refusal NOT_FOUND."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            await _own(conn, caller, name, is_locked=True)
            await store.delete(conn, name)

    async def ping(self, caller: Caller, name: str) -> Delivery:
        """Send a notice that there is nothing to tell, whatever state the webhook is in; Refusal NOT_FOUND."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            return await self._ping(conn, await _own(conn, caller, name, is_locked=True))

    async def replay(self, caller: Caller, name: str, wanted: ReplayWanted) -> Webhook:
        """Tell again of everything from an index on; what is not told yet is taken back first, so that the order stays. Refusal NOT_FOUND,
        QUERY_FORM for an index beyond the log.
        """
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            hook = await _own(conn, caller, name, is_locked=True)
            start = _within(wanted.from_index, await projected(conn))
            await store.unqueue(conn, name, from_idx=start)
            await store.change(conn, name, next_idx=min(start, hook.next_idx))
            return await _own(conn, caller, name)

    async def deliveries(self, caller: Caller, name: str, *, state: str | None, before: int | None, limit: int) -> list[Delivery]:
        """The delivery log, newest first; Refusal KEY_SCOPE, NOT_FOUND."""
        async with self._log.pool.acquire() as conn:
            await check_whole_key(conn, self._log.kinds, caller)
            await _own(conn, caller, name)
            return await store.list_deliveries(conn, name, state=state, before=before, limit=limit)

    async def resend(self, caller: Caller, name: str, number: int) -> Delivery:
        """Let a notice that was given up wait again; Refusal NOT_FOUND, WEBHOOK_STATE."""
        async with self._log.pool.acquire() as conn, conn.transaction():
            await check_whole_key(conn, self._log.kinds, caller)
            await _own(conn, caller, name, is_locked=True)
            found = await store.fetch_delivery(conn, name, number)
            if found is None:
                raise refuse("NOT_FOUND", field="delivery", found=number)
            if found.state != "dead" or found.kind == PING:
                raise refuse(
                    "WEBHOOK_STATE",
                    field="delivery",
                    found=f"{found.kind} {found.state}",
                    expected=Phrase("已放弃的通知；ping 请另发一次", "dead; for a ping, another ping"),
                )
            await store.revive(conn, name, number)
            revived = await store.fetch_delivery(conn, name, number)
            assert revived is not None, "it is locked with its webhook"
            return revived

    async def _ping(self, conn: Conn, hook: Webhook) -> Delivery:
        """Let a ping wait, within the party's budget: Refusal WEBHOOK_PINGS."""
        if self._pings.is_full(hook.uscc):
            raise refuse(
                "WEBHOOK_PINGS",
                found=PINGS_PER_MINUTE,
                expected=Phrase(f"一分钟少于 {PINGS_PER_MINUTE} 次", f"fewer than {PINGS_PER_MINUTE} in a minute"),
            )
        self._pings.note(hook.uscc)
        await store.drop_pings(conn, hook.id)
        body = ping_of(hook.id, hook.challenge, secrets.token_hex(12), self._origin, format_at(int(time.time())))
        [number] = await store.queue(conn, hook.id, [store.New(None, PING, ping_subject(hook.id), body)])
        found = await store.fetch_delivery(conn, hook.id, number)
        assert found is not None, "queued in this transaction"
        return found

    def _check_kinds(self, kinds: tuple[str, ...]) -> None:
        if unknown := [kind for kind in kinds if kind not in self._filters]:
            raise refuse(
                "WEBHOOK_KINDS",
                field="kinds",
                found=unknown[0],
                expected=Phrase("manifest、manifest.depart 等，不带版本", "manifest, manifest.depart, … without a version"),
            )


async def _own(conn: Conn, caller: Caller, name: str, *, is_locked: bool = False) -> Webhook:
    hook = await store.fetch(conn, name, uscc=caller.uscc, is_locked=is_locked) if name.isascii() and name.isalnum() else None
    if hook is None:
        raise refuse("NOT_FOUND", field="webhook", found=name[:60])
    return hook


def _within(index: int, size: int) -> int:
    if index > size:
        raise refuse("QUERY_FORM", field="from_index", found=index, expected=f"0 … {size}")
    return index


def _where(raw: bytes) -> Word:
    """Where a body stops being JSON."""
    try:
        parse(raw)
    except Refusal as refusal:
        return refusal.reasons[0].found
    return ""


def read_body(raw: bytes, form: type[Any]) -> Any:
    """A body in its form; Refusal WEBHOOK_FORM with everything that is wrong with it, or where it stops being JSON."""
    try:
        found = msgspec.json.decode(raw, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    else:
        if barred := [name for name in form.__struct_fields__ if isinstance(text := getattr(found, name), str) and "\x00" in text]:
            expected = Phrase("不含 NUL 的文本", "a text without NUL")  # which no database keeps; an address or a code is not said again
            raise Refusal([Reason("WEBHOOK_FORM", name, "U+0000", expected) for name in barred])
        return found
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal([Reason("WEBHOOK_FORM", "", _where(raw), "JSON (RFC 8259)")]) from None
    raise Refusal(request_reasons(value, form, "WEBHOOK_FORM"))
