"""Is it alive, is it ready, what does it count: for load balancers, orchestrators and scrapers."""

from typing import Any

from asyncpg import InterfaceError, PostgresError
from litestar import Request, Response, get
from litestar.openapi import ResponseSpec
from msgspec import Struct

from ledger.routes import refusals
from ledger.service import Service
from liandan.database import check_schema
from liandan.metrics import Metrics
from liandan.projector import Projector
from signing.refusal import Refusal


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


NOT_READY = ResponseSpec(Ready, description="Not ready", generate_examples=False)


@get("/healthz", tags=["operations"], responses=refusals(429, 500))
async def healthz() -> Alive:
    """The process answers; nothing else is looked at."""
    return Alive("alive")


@get("/readyz", tags=["operations"], responses={**refusals(429, 500), 503: NOT_READY})
async def readyz(request: Request[Any, Any, Any]) -> Response[Ready]:
    """503 with reasons while statements cannot be taken."""
    service: Service = request.app.state.service
    projector: Projector = request.app.state.projector
    reasons: list[str] = []
    size, founded = 0, False
    try:
        async with service.log.pool.acquire(timeout=5) as conn:
            await check_schema(conn)  # type: ignore[arg-type]  # a lent connection serves as well
        head = await service.log.head()
        size, founded = (0, False) if head is None else (head.size, True)
    except Refusal as refusal:
        reasons.append(str(refusal))
    except (OSError, TimeoutError, InterfaceError, PostgresError) as error:
        reasons.append(f"database: {type(error).__name__}")
    reasons += [why] if (why := service.log.publisher.may_append()) is not None else []
    published = service.log.publisher.published
    ready = Ready(
        status="not ready" if reasons else "ready",
        reasons=tuple(reasons),
        founded=founded,
        size=size,
        published=0 if published is None else published.size,
        queue=service.log.sequencer.waiting,
        projections_behind=projector.lag(),
    )
    return Response(ready, status_code=503 if reasons else 200)


@get("/metrics", tags=["operations"], media_type="text/plain; version=0.0.4", responses=refusals(429, 500))
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus' text form."""
    counted: Metrics = request.app.state.metrics
    service: Service = request.app.state.service
    published = service.log.publisher.published
    counted.queue.set(service.log.sequencer.waiting)
    counted.size.set(service.log.sequencer.size)
    counted.published_size.set(0 if published is None else published.size)
    counted.frozen.set(service.log.publisher.mismatch is not None)
    return Response(counted.text(), media_type="text/plain; version=0.0.4")
