"""The HTTP application: routes of all floors, problems, health and metrics, behind the access layer."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide

from ledger.admission.intake import Room
from ledger.caller import Caller
from ledger.evidence.routes import ROUTER as EVIDENCE
from ledger.evidence.service import Evidence
from ledger.log import Log
from ledger.pending.posting import Posting
from ledger.pending.routes import ROUTER as PENDING
from ledger.pending.service import Relay
from ledger.problem import Language
from ledger.registrations.routes import ROUTER as REGISTRATIONS
from ledger.registrations.service import Registrations
from ledger.routes import Limits, MinSize, ledger_routers, read_by
from ledger.service import Service
from ledger.static.routes import router as PUBLISHED
from liandan.access import Access, App
from liandan.books.routes import router as books
from liandan.desk.live.streams import Streams
from liandan.desk.routes import ROUTER as DESK
from liandan.desk.shell.errors import problem_page, wants_page
from liandan.health import Metrics, healthz, metrics, readyz
from liandan.identity import Identity, delete_token, post_token
from liandan.intake.bounded import BoundedReader
from liandan.intake.routes import router as intake
from liandan.openapi import interface
from liandan.pages.routes import ROUTER as PAGES
from liandan.pages.schema import ReadablePage
from liandan.problems import BY_STATUS, Problems, scope_language
from liandan.projector import Projector
from liandan.reminders.routes import ROUTER as REMINDERS
from liandan.reminders.service import Reminders
from liandan.schema_routes import ROUTER as SCHEMAS
from liandan.settings import Settings
from liandan.short_way import ShortWay
from liandan.vault_routes import ROUTER as VAULT
from liandan.webhooks.routes import ROUTER as WEBHOOKS
from liandan.webhooks.service import Webhooks
from manifests.accounts.routes import ROUTER as ACCOUNTS
from manifests.emergencies.routes import ROUTER as EMERGENCIES
from manifests.incidents.routes import ROUTER as INCIDENTS
from manifests.listed.routes import ROUTER as LIST_YEARS
from manifests.routes import ROUTER as MANIFESTS
from reports.dossier.routes import ROUTER as DOSSIERS
from reports.drawing import Drawer
from reports.figures.routes import ROUTER as FIGURES
from reports.items.routes import ROUTER as ITEMS
from reports.periods.routes import ROUTER as PERIODS
from reports.press import Press
from reports.registers.routes import ROUTER as REGISTERS
from reports.routes import router as REPORTS
from reports.tables.routes import ROUTER as TABLES
from whitelist.routes import ROUTER as WHITELIST

BATCHES_HELD = 4
"""Largest batches that a process holds at once; more senders than that get 503 and come again."""


def create_app(
    settings: Settings,
    service: Service,
    identity: Identity,
    projector: Projector,
    counted: Metrics,
    press: Press,
    webhooks: Webhooks | None = None,
    drawer: Drawer | None = None,
    posting: Posting | None = None,
    evidence: Evidence | None = None,
    registrations: Registrations | None = None,
    reminders: Reminders | None = None,
    streams: Streams | None = None,
) -> App:
    """An ASGI application over a running log. What runs in the background is the server's matter."""
    default: Language = "zh" if settings.language == "zh-CN" else "en"
    problems = Problems(default, lambda: service.log.publisher.mismatch)
    problems.wants_page, problems.page = wants_page, problem_page
    limits = Limits(
        statement_bytes=settings.statement_bytes_max, batch_bytes=settings.batch_bytes_max, batch_lines=settings.batch_lines_max
    )
    reader = BoundedReader()
    state = {
        "service": service, "identity": identity, "projector": projector, "metrics": counted, "settings": settings, "limits": limits,
        "room": Room(BATCHES_HELD * settings.batch_bytes_max), "problem_of": lambda request, error: problems.of(request.scope, error),
        "webhooks": webhooks, "relay": None if posting is None else Relay(posting), "registrations": registrations,
        "reminders": reminders, "streams": streams or Streams(), "reader": reader,
    }  # fmt: skip
    own = Router("/", route_handlers=[healthz, readyz, metrics, post_token, delete_token])

    async def log() -> Log:
        return service.log

    async def storing() -> Evidence:
        assert evidence is not None, "whoever serves attachments says where they lie"
        return evidence

    async def printing() -> Press:
        return press

    async def drawing() -> Drawer:
        assert drawer is not None, "whoever serves statements says how they are drawn"
        return drawer

    async def caller(request: Request[Any, Any, Any], min_size: MinSize = None) -> Caller:
        """Routes that ask for a caller are for those who may read."""
        return await read_by(service.log, request, min_size)

    async def lang(request: Request[Any, Any, Any]) -> Language:
        return scope_language(request.scope, default)

    provided: dict[str, Callable[..., Any]] = {
        "log": log,
        "press": printing,
        "evidence": storing,
        "drawer": drawing,
        "caller": caller,
        "lang": lang,
    }
    litestar: Litestar = Litestar(
        route_handlers=[
            *ledger_routers(limits),
            PENDING,
            REGISTRATIONS,
            PUBLISHED,
            WHITELIST,
            MANIFESTS,
            INCIDENTS,
            ACCOUNTS,
            EMERGENCIES,
            LIST_YEARS,
            REPORTS,
            TABLES,
            FIGURES,
            REGISTERS,
            PERIODS,
            DOSSIERS,
            ITEMS,
            VAULT,
            EVIDENCE,
            SCHEMAS,
            WEBHOOKS,
            REMINDERS,
            intake(reader),
            books(reader),
            PAGES,
            DESK,
            own,
        ],
        dependencies={name: Provide(given) for name, given in provided.items()},
        exception_handlers=problems.handlers(),
        openapi_config=interface(lambda: litestar.routes, BY_STATUS, [ReadablePage()]),
        logging_config=None,
        state=State(state),
        request_max_body_size=settings.statement_bytes_max,
    )
    short = ShortWay(litestar, service, problems, settings.statement_bytes_max)
    return Access(short, identity, problems, counted, settings)
