"""What the page of notices reads: alerts about the present that the party can act on, its mail reminders and its webhooks with their newest tries."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from msgspec import Struct

from ledger.caller import Caller
from ledger.log import Log
from ledger.problem import Language, Mark, mark
from liandan.reminders.answers import ReminderAnswer, reminder_answer
from liandan.reminders.service import Reminders
from liandan.webhooks.answers import DeliveryAnswer, WebhookAnswer, delivery_answer, webhook_answer
from liandan.webhooks.service import Webhooks
from manifests.service import projection
from manifests.work.order import TERMS, TellPlace
from manifests.work.service import StandingAlert, alerts_for
from signing.refusal import Refusal
from whitelist.service import present_of

NOTICES_MAX, TRIES_MAX = 50, 10
T = TypeVar("T")


class ShownNotice(Struct, frozen=True, kw_only=True):
    """One thing that stands out: what, since when, until when, about what."""

    phase: str
    """``approaching``, ``overdue`` or ``open``."""
    what: str
    chain: str
    number: str | None
    due_on: str | None
    workdays_left: int | None
    mark: Mark | None
    """The alert that it is, where it is one."""

    @property
    def address(self) -> str:
        """The page about it; empty where it has none."""
        kind, _, rest = self.chain.partition("/")
        return f"/m/{rest}" if kind == "manifest" else ""


class ShownHook(Struct, frozen=True, kw_only=True):
    """A webhook and what became of its newest notices."""

    hook: WebhookAnswer
    tries: tuple[DeliveryAnswer, ...]


class ReadNotices(Struct, frozen=True, kw_only=True):
    """The page."""

    size: int
    notices: tuple[ShownNotice, ...]
    is_more: bool
    reminders: tuple[ReminderAnswer, ...] | None
    """``None`` where the key may not set any (KEY_SCOPE), or this installation has none."""
    hooks: tuple[ShownHook, ...] | None


async def read_notices(
    log: Log, caller: Caller, reminders: Reminders | None, webhooks: Webhooks | None, language: Language, claimed_s: int | None
) -> ReadNotices:
    """Everything that the page shows."""
    async with projection(log) as now:
        present = await present_of(log, now, claimed_s)
        found, place = list[StandingAlert](), TellPlace() if present is not None else None
        while present is not None and place is not None and len(found) < NOTICES_MAX:  # one term after the other
            more, place = await alerts_for(now, log.kinds, present, caller.uscc, place, NOTICES_MAX)
            found += more
    return ReadNotices(
        size=now.size,
        notices=tuple(sorted((_shown(one, log, language) for one in found), key=_gravest)),
        is_more=place is not None,
        reminders=None if reminders is None else await _allowed(_reminders(reminders, caller, language)),
        hooks=None if webhooks is None else await _allowed(_hooks(webhooks, caller, language)),
    )


def _gravest(one: ShownNotice) -> tuple[int, str, str]:
    """Overdue first, then by the day."""
    return ("overdue", "open", "approaching").index(one.phase), one.due_on or "9999", one.chain


def _shown(one: StandingAlert, log: Log, language: Language) -> ShownNotice:
    alert = one.alert
    term = TERMS[alert.duty.term]
    return ShownNotice(
        phase=alert.phase,
        what=term.zh if language == "zh" else term.en,
        chain=alert.chain,
        number=one.number,
        due_on=alert.duty.due_on,
        workdays_left=alert.duty.workdays_left,
        mark=mark(alert.code, log.kinds.rules, language, alert.level) if alert.code else None,
    )


async def _reminders(reminders: Reminders, caller: Caller, language: Language) -> tuple[ReminderAnswer, ...]:
    own = [await reminders.read(caller, one.id) for one in await reminders.all_of(caller)]
    return tuple(reminder_answer(one, language, mails) for one, mails in own)


async def _hooks(webhooks: Webhooks, caller: Caller, language: Language) -> tuple[ShownHook, ...]:
    found = list[ShownHook]()
    for one in await webhooks.all_of(caller):
        hook, counts = await webhooks.read(caller, one.id)
        tries = await webhooks.deliveries(caller, one.id, state=None, before=None, limit=TRIES_MAX)
        found.append(ShownHook(hook=webhook_answer(hook, language, counts), tries=tuple(delivery_answer(each, language) for each in tries)))
    return tuple(found)


async def _allowed(reading: Awaitable[T]) -> T | None:
    """What a key for some kinds alone may not see is left out: the page says so."""
    try:
        return await reading
    except Refusal as refusal:
        if refusal.codes != ["KEY_SCOPE"]:
            raise
        return None
