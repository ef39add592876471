"""Delivering what waits for one webhook: several subjects at once, one notice of a subject at a time, in their order.

A subject goes on only when its notice was delivered, or given up while others were delivered. An address that keeps failing is left alone, longer
each time, and disabled after days; what waits for it stays.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from msgspec import Struct

from liandan.webhooks import store
from liandan.webhooks.feed import Source, give_up_ended
from liandan.webhooks.keys import WebhookKeys
from liandan.webhooks.model import PING, Attempt, Notice, Webhook, event_id
from liandan.webhooks.outgoing import Outgoing

log = structlog.get_logger("liandan.webhooks")

WIDTH = 8
"""Subjects of one webhook under way at once."""
PARTY_WIDTH = 16
"""Notices of one party under way at once, however many webhooks it has: whose receivers all take their time, takes it from himself."""
CALM = 10
"""Failures in a row after which the address is left alone for a while, and then asked with one notice at a time."""
RETRY_MAX_S = 3600.0


class Patience(Struct, frozen=True, kw_only=True):
    """How a failing address is treated."""

    retry_s: float
    """Before the second attempt; doubled each time, up to an hour."""
    give_up: timedelta
    """After which a webhook is disabled that nothing could be delivered to, and a notice is given up that alone could not."""

    def wait(self, failures: int, asked_s: int | None = None) -> timedelta:
        """Time to the next attempt after so many failures (1 or more), a fifth more or less, so that not all come back at once; never less
        than the receiver has asked for (``Retry-After``).
        """
        seconds = min(self.retry_s * 2.0 ** min(failures - 1, 30), RETRY_MAX_S) * random.uniform(0.8, 1.2)  # noqa: S311  # not a secret
        return timedelta(seconds=max(seconds, asked_s or 0))


class Courier:
    """Brings the notices of one webhook."""

    def __init__(self, source: Source, outgoing: Outgoing, keys: WebhookKeys, patience: Patience) -> None:
        self._source, self._pool, self._outgoing, self._keys, self._patience = source, source.pool, outgoing, keys, patience
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PARTY_WIDTH))

    async def run(self, name: str) -> None:
        """Until nothing is due. Cancelled, it leaves notices that were sent and not noted: they are sent again."""
        under_way: dict[asyncio.Task[Attempt], Notice] = {}
        try:
            while await self._start(name, under_way):
                done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                await self._note(name, [(under_way.pop(task), task.result()) for task in done])
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _start(self, name: str, under_way: dict[asyncio.Task[Attempt], Notice]) -> bool:
        """Send what is due and fits; whether anything is under way."""
        async with self._pool.acquire() as conn:
            hook = await store.fetch(conn, name)
            if hook is None:
                return bool(under_way)
            await give_up_ended(conn, self._source.kinds, hook)
            free = (1 if hook.failures >= CALM else WIDTH) - len(under_way)
            besides = [notice.subject for notice in under_way.values()]
            heads = await store.list_heads(conn, hook, besides=besides, limit=free) if free > 0 else []
        for notice in heads:
            under_way[asyncio.create_task(self._send(hook, notice))] = notice
        return bool(under_way)

    async def _send(self, hook: Webhook, notice: Notice) -> Attempt:
        async with self._gates[hook.uscc]:
            signing = self._keys.signing(int(datetime.now(UTC).timestamp()))
            return await self._outgoing.post(hook.url, hook.id, notice, signing)

    async def _note(self, name: str, outcomes: Sequence[tuple[Notice, Attempt]]) -> None:
        """Note what came back: of the notices, and of the address."""
        async with self._pool.acquire() as conn, conn.transaction():
            hook = await store.fetch(conn, name, is_locked=True)
            if hook is None:  # deleted meanwhile, with its notices
                return
            # With the challenge as it is now: while a ping was under way, its webhook may have got another address and another challenge.
            outcomes = [(notice, _answered(hook, notice, outcome)) for notice, outcome in outcomes]
            first = await store.first_attempts(conn, [notice.id for notice, _ in outcomes])
            now = datetime.now(UTC)
            results = [self._result(hook, notice, outcome, first.get(notice.id) or now, now) for notice, outcome in outcomes]
            await store.note(conn, results)
            if changes := self._changes(hook, outcomes, now):
                await store.change(conn, name, **changes)
            if any(notice.kind == PING and outcome.is_delivered for notice, outcome in outcomes):
                await store.hurry(conn, name)
        for notice, outcome in outcomes:
            if not outcome.is_delivered:
                # The host alone: what stands behind it in the address may be a secret of its owner.
                host = urlsplit(hook.url).hostname
                log.info(
                    "webhook_failed",
                    webhook=name,
                    host=host,
                    delivery=notice.id,
                    attempt=notice.attempts + 1,
                    code=outcome.said,
                    found=outcome.found,
                )

    def _result(self, hook: Webhook, notice: Notice, outcome: Attempt, first: datetime, now: datetime) -> store.Result:
        wait = self._patience.wait(notice.attempts + 1, outcome.retry_after_s)
        if outcome.is_delivered:
            return store.Result(notice.id, outcome, "delivered", timedelta())
        if notice.kind == PING:  # whoever asked for it asks again
            return store.Result(notice.id, outcome, "dead", timedelta())
        # Only while others get through: an address that takes nothing keeps everything, and is disabled instead.
        is_alone = hook.failing_since is None or hook.failing_since > first
        return store.Result(notice.id, outcome, "dead" if is_alone and now - first > self._patience.give_up else "pending", wait)

    def _changes(self, hook: Webhook, outcomes: Sequence[tuple[Notice, Attempt]], now: datetime) -> dict[str, object]:
        """Columns of the webhook that change. A ping that is answered sets it going; one that is not changes nothing."""
        pings = [outcome for notice, outcome in outcomes if notice.kind == PING]
        others = [outcome for notice, outcome in outcomes if notice.kind != PING]
        if any(outcome.is_delivered for outcome in pings):
            begun: dict[str, object] = {"confirmed": True, "failures": 0, "failing_since": None, "next_at": None}
            return begun | ({"state": "active", "why": "", "why_found": ""} if hook.state == "unconfirmed" else {})
        if not others:
            return {}
        gone = [outcome for outcome in others if outcome.said == "WEBHOOK_GONE"]
        if gone and hook.state == "active":
            return {"state": "disabled", "why": "WEBHOOK_GONE", "why_found": gone[0].found}
        if any(outcome.is_delivered for outcome in others):
            return {"failures": 0, "failing_since": None, "next_at": None} if hook.failures else {}
        failures, since = hook.failures + len(others), hook.failing_since or now
        changes: dict[str, object] = {"failures": failures, "failing_since": since}
        if failures >= CALM:
            changes["next_at"] = now + self._patience.wait(failures - CALM + 1)
        if hook.state == "active" and now - since > self._patience.give_up:
            last = f"{others[-1].said} {others[-1].found}".strip()
            changes |= {"state": "disabled", "why": "WEBHOOK_FAILING", "why_found": f"{since:%Y-%m-%d %H:%M} UTC; {last}"[:200]}
        return changes


def _answered(hook: Webhook, notice: Notice, outcome: Attempt) -> Attempt:
    """A ping is answered by its challenge alone. Whatever returns the notice as a whole, in any form, has agreed to nothing: such servers echo
    everybody, and somebody else could turn them on themselves.
    """
    if notice.kind != PING or not outcome.is_delivered:
        return outcome
    if hook.challenge.encode() in outcome.answer and event_id(notice.body).encode() not in outcome.answer:
        return outcome
    return Attempt(is_delivered=False, status=outcome.status, said="WEBHOOK_CHALLENGE", took_ms=outcome.took_ms)
