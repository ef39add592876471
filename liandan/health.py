"""Is it alive, is it ready, what does it count: for load balancers, orchestrators and scrapers."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from asyncpg import InterfaceError, PostgresError
from litestar import Request, Response, get
from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ledger.describing import TEXT, AnswerSpec
from ledger.log import Log
from ledger.model import RowDamaged
from ledger.tree.policy import Policy, parse_policy_lines
from liandan.database import check_schema
from liandan.projector import Projector
from liandan.reminders.store import count_all as count_mails
from liandan.settings import Settings
from liandan.webhooks.store import count_all
from signing.refusal import Refusal

COUNT_EVERY_S = 10.0
BEHIND_S = 10.0
"""Publication takes milliseconds, with slow witnesses a second; whoever waits longer is told why."""
SECONDS = (0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)


class Metrics:
    """A registry of its own, so that two servers in one process do not count together."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._refused = Counter("liandan_refused", "Refused statements by code", ["code"], registry=registry)
        sizes = (1, 4, 16, 64, 128, 256)
        self._batch = Histogram("liandan_batch_size", "Statements per transaction", buckets=sizes, registry=registry)
        self._batch_s = Histogram("liandan_batch_seconds", "Time of a transaction", buckets=SECONDS, registry=registry)
        self._requests = Counter("liandan_requests", "Answers by status", ["status"], registry=registry)
        self._by_status: dict[int, Counter] = {}
        self.queue = Gauge("liandan_queue", "Statements waiting for the sequencer", registry=registry)
        self.party_budget = Gauge("liandan_party_budget_used", "Statements of the last minute of whoever posted most", registry=registry)
        self.webhooks = Gauge("liandan_webhook_notices", "Notices in the log of deliveries; failed: attempts", ["state"], registry=registry)
        self.webhooks_at = float("-inf")
        """When they were counted last, monotonic: the log of deliveries may be long, and scrapers come often."""
        self.mails = Gauge("liandan_mails", "Reminders by mail as far as they are kept; failed: attempts", ["state"], registry=registry)
        self.size = Gauge("liandan_size", "Committed entries", registry=registry)
        self.published_size = Gauge("liandan_published_size", "Published entries", registry=registry)
        self.frozen = Gauge("liandan_frozen", "1 while the log is frozen: nothing is appended or signed", registry=registry)
        self.count_admitted: Callable[[int], None] = Counter("liandan_admitted", "New entries", registry=registry).inc
        """New entries."""
        published = Histogram("liandan_publish_seconds", "From arrival to checkpoint", buckets=SECONDS, registry=registry)
        self.observe_published: Callable[[float], None] = published.observe
        """From the arrival of a statement to its published checkpoint, seconds."""

    def count_refused(self, codes: Sequence[str]) -> None:
        """One refused statement and its codes."""
        for code in codes:
            self._refused.labels(code).inc()

    def batch(self, size: int, seconds: float) -> None:
        """One transaction of the sequencer."""
        self._batch.observe(size)
        self._batch_s.observe(seconds)

    def request(self, status: int) -> None:
        """One answered request."""
        counted = self._by_status.get(status)
        if counted is None:
            counted = self._by_status[status] = self._requests.labels(str(status))
        counted.inc()

    def text(self) -> bytes:
        """All of it, for a scraper."""
        return generate_latest(self.registry)


class Alive(Struct, frozen=True):
    """The process answers."""

    status: str


class Ready(Struct, frozen=True, kw_only=True):
    """Whether this server can take statements, and if not, why."""

    status: str
    """``ready`` or ``not ready``."""
    reasons: tuple[str, ...]
    founded: bool
    size: int
    published: int
    queue: int
    projections_behind: dict[str, int]


NOT_READY = AnswerSpec(Ready, description="Not ready")
PROMETHEUS = f"{TEXT}; version=0.0.4"


@get("/healthz", tags=["operations"])
async def healthz() -> Alive:
    """The process answers; nothing else is looked at."""
    return Alive("alive")


@get("/readyz", tags=["operations"], responses={503: NOT_READY})
async def readyz(request: Request[Any, Any, Any]) -> Response[Ready]:
    """503 with reasons while statements cannot be taken."""
    log: Log = request.app.state.service.log
    projector: Projector = request.app.state.projector
    reasons: list[str] = []
    size, founded = 0, False
    try:
        async with log.pool.acquire(timeout=5) as conn:
            await check_schema(conn)  # type: ignore[arg-type]  # a lent connection serves as well
        head = await log.head()
        size, founded = (0, False) if head is None else (head.size, True)
    except Refusal as refusal:
        reasons.append(str(refusal))
    except (OSError, TimeoutError, InterfaceError, PostgresError) as error:
        reasons.append(f"database: {type(error).__name__}")
    reasons += await _unpublished(log, request.app.state.settings, size)
    ready = Ready(
        status="not ready" if reasons else "ready", reasons=tuple(reasons), founded=founded, size=size, published=_published(log),
        queue=log.sequencer.waiting, projections_behind=projector.lag(),
    )  # fmt: skip
    return Response(ready, status_code=503 if reasons else 200)


async def _unpublished(log: Log, settings: Settings, size: int) -> list[str]:
    """Why nothing can be published, or whatever keeps what is committed from being published by now."""
    publisher = log.publisher
    publisher.note_committed(size)
    if (why := publisher.may_append()) is not None:
        return [why + (f": {publisher.hindered}" if publisher.hindered else "")]
    if publisher.behind_s > BEHIND_S:
        return [f"publication has been behind for {publisher.behind_s:.0f} s: {publisher.hindered or 'the publisher does not say why'}"]
    with contextlib.suppress(OSError, InterfaceError, PostgresError, RowDamaged):  # said above
        if size and (state := await log.state()) is not None:
            return _unreachable(parse_policy_lines(state.witness_policy), settings)
    return []


def _unreachable(policy: Policy, settings: Settings) -> list[str]:
    """Witnesses without which nothing is shown, and whose addresses this installation does not know."""
    named = {peer.vkey for peer in policy.witnesses if peer.name in settings.witness_addresses}
    is_enough = policy.is_met_by(named) or (settings.witness_fallback_s >= 0 and named)
    if not policy.witnesses or is_enough:
        return []
    wanted = ", ".join(peer.name for peer in policy.witnesses)
    return [f"nothing can be published: the policy of the log wants witnesses ({wanted}), and LIANDAN_WITNESSES names too few of them"]


@get(
    "/metrics", tags=["operations"], media_type=PROMETHEUS, responses={200: AnswerSpec(str, media_type=PROMETHEUS, description="Counters")}
)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus' text form."""
    counted: Metrics = request.app.state.metrics
    log: Log = request.app.state.service.log
    counted.queue.set(log.sequencer.waiting)
    counted.party_budget.set(log.budgets.largest(time.monotonic()))
    await _count_webhooks(counted, log)
    counted.size.set(log.sequencer.size)
    counted.published_size.set(_published(log))
    counted.frozen.set(log.publisher.mismatch is not None)
    return Response(counted.text(), media_type=PROMETHEUS)


async def _count_webhooks(counted: Metrics, log: Log) -> None:
    """As they stand; as they stood while the database is away."""
    if time.monotonic() - counted.webhooks_at < COUNT_EVERY_S:
        return
    with contextlib.suppress(OSError, TimeoutError, InterfaceError, PostgresError):
        async with log.pool.acquire(timeout=5) as conn:
            for state, many in zip(("sent", "failed", "dead", "waiting"), await count_all(conn), strict=True):
                counted.webhooks.labels(state).set(many)
            for state, many in zip(("sent", "failed", "dead", "waiting"), await count_mails(conn), strict=True):
                counted.mails.labels(state).set(many)
        counted.webhooks_at = time.monotonic()


def _published(log: Log) -> int:
    published = log.publisher.published
    return 0 if published is None else published.size
