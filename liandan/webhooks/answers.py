"""What the routes answer about webhooks and notices. Reasons come with their words; addresses are shown to their owner alone."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from ledger.problem import Language, ProblemError, problem_errors
from ledger.times import format_at
from liandan.webhooks.model import Delivery, Webhook
from liandan.wiring import RULES
from signing.refusal import Reason


class WebhookAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook (回调) of the caller."""

    id: str
    url: str
    state: str  # unconfirmed (no ping answered with the challenge yet), active, paused (by its owner), disabled (by us).
    kinds: tuple[str, ...]
    note: str
    keyid: str  # Key whose token set it up, or was the last to set it active.
    next_index: int  # Entries before it are delivered, or wait to be.
    created_at: str
    why: ProblemError | None = None  # Why it is disabled.
    failures: int = 0  # Attempts that failed since one was answered.
    failing_since: str = ""
    waiting: int = 0
    delivered: int = 0  # Within the delivery log, which goes back 7 days.
    dead: int = 0  # Given up, to be sent again by hand or replayed.


class WebhookList(Struct, frozen=True, kw_only=True):
    """The caller's webhooks, oldest first."""

    webhooks: tuple[WebhookAnswer, ...]


class DeliveryAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice, and what its last attempt came to."""

    id: int
    state: str  # pending, delivered, dead (given up).
    kind: str
    subject: str
    attempts: int
    index: int | None = None  # Of the entry; absent for a ping and for a pending statement.
    status: int | None = None  # HTTP status of the last answer, if there was one.
    said: ProblemError | None = None  # What was wrong with the last attempt, or odd about a success.
    took_ms: int | None = None
    first_at: str = ""
    last_at: str = ""
    next_at: str = ""  # When it is tried next, while it waits.


class DeliveryList(Struct, frozen=True, kw_only=True):
    """A page of the delivery log, newest first."""

    deliveries: tuple[DeliveryAnswer, ...]
    next: int | None  # ``before`` of the next page, None at the end.


class Jwks(Struct, frozen=True, kw_only=True):
    """Public keys that notices are signed with, a JWK set (RFC 7517)."""

    keys: tuple[dict[str, str | int], ...]


def webhook_answer(hook: Webhook, language: Language, counts: Mapping[str, int] | None = None) -> WebhookAnswer:
    """A webhook as its owner sees it."""
    many = counts or {}
    return WebhookAnswer(
        id=hook.id, url=hook.url, state=hook.state, kinds=hook.kinds, note=hook.note, keyid=hook.keyid, next_index=hook.next_idx,
        created_at=_at(hook.created_at), why=_words(hook.why, hook.why_found, language), failures=hook.failures,
        failing_since=_at(hook.failing_since), waiting=many.get("pending", 0), delivered=many.get("delivered", 0), dead=many.get("dead", 0),
    )  # fmt: skip


def delivery_answer(delivery: Delivery, language: Language) -> DeliveryAnswer:
    """A line of the delivery log."""
    return DeliveryAnswer(
        id=delivery.id, state=delivery.state, kind=delivery.kind, subject=delivery.subject, attempts=delivery.attempts, index=delivery.idx,
        status=delivery.status, said=_words(delivery.said, delivery.found, language), took_ms=delivery.took_ms,
        first_at=_at(delivery.first_at), last_at=_at(delivery.last_at), next_at=_at(delivery.next_at) if delivery.state == "pending" else "",
    )  # fmt: skip


def _words(code: str, found: str, language: Language) -> ProblemError | None:
    return problem_errors([Reason(code, found=found)], RULES, language)[0] if code in RULES else None


def _at(moment: datetime | None) -> str:
    return "" if moment is None else format_at(int(moment.timestamp()))
