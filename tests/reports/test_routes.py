"""Reports over HTTP, from a real log on PostgreSQL: the same files, and only for those who may read them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, Response
from litestar.di import Provide
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.log import Log, LoggedEntry
from ledger.times import parse_at
from manifests.store import fetch_view, follow, upsert_views
from reports.press import Press
from reports.reconcile import to_bytes
from reports.routes import router
from reports.verify import verify_bytes
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.ledger.log_server import running
from tests.reports.month import drawn, october
from tests.reports.story import CARRIERS, GENERATOR, trunk
from tests.workbench import AUTHORITY_50

STORY = october()
ENTRIES = STORY.bench.entries


async def replay(log: Log) -> None:
    """Post the story's statements, each at its own time, and let the projection follow."""
    for entry in ENTRIES:
        (answer,) = await log.append([freeze(entry.envelope)], now_s=parse_at(entry.admission.at))
        assert isinstance(answer, LoggedEntry)
        assert answer.entry.raw == entry.raw
    await log.publisher.wait_for(len(ENTRIES), 10)
    async with log.pool.acquire() as conn:
        await follow(conn, ENTRIES)


def application(log: Log, caller: Caller) -> Any:
    """The reports' routes with one caller, as the shell would serve them."""

    def refused(request: Request[Any, Any, Any], error: Refusal) -> Response[Any]:
        return Response({"codes": error.codes}, status_code=422)

    press = Press(log.kinds)
    provided = {
        "log": Provide(lambda: log, sync_to_thread=False),
        "press": Provide(lambda: press, sync_to_thread=False),
        "caller": Provide(lambda: caller, sync_to_thread=False),
    }
    return Litestar(route_handlers=[router], dependencies=provided, exception_handlers={Refusal: refused})


@pytest.fixture
async def log(pool: Pool[Record], tmp_path: Path) -> AsyncIterator[Log]:
    async with running(pool, tmp_path, STORY.bench.kinds, STORY.bench.data) as log:
        await replay(log)
        yield log


def caller_of(uscc: str, role: Any = "party") -> Caller:
    """Somebody with a token."""
    return Caller(uscc=uscc, role=role, keyid="0" * 64)


async def ask(log: Log, caller: Caller, path: str) -> Any:
    """GET a path as somebody."""
    async with AsyncClient(transport=ASGITransport(application(log, caller)), base_url="http://reports") as client:
        return await client.get(path)


async def test_reports_of_a_running_log(log: Log) -> None:
    authority, generator = caller_of(AUTHORITY_50, "authority"), caller_of(GENERATOR)
    ulid = trunk(3).rpartition("/")[2]

    by_number = await ask(log, generator, "/v1/manifests/20265101000003/certificate.pdf")
    assert by_number.status_code == 200
    assert by_number.headers["content-type"] == "application/pdf"
    report = verify_bytes(by_number.content, "c.pdf", STORY.bench.found)
    assert report.is_good
    assert report.subject == trunk(3)

    bundle = await ask(log, authority, f"/v1/manifests/{ulid}/bundle")
    assert verify_bytes(bundle.content, "b.json", STORY.bench.found).is_good
    assert len(ENTRIES) in log.publisher.files.archived_sizes(), "a printed checkpoint is archived"

    early = await ask(log, authority, f"/v1/manifests/{trunk(10).rpartition('/')[2]}/certificate.pdf")
    assert early.json() == {"codes": ["CERT_STATE"]}
    on_the_road = await ask(log, authority, f"/v1/manifests/{trunk(10).rpartition('/')[2]}/bundle")
    assert verify_bytes(on_the_road.content, "b.json").stage == "in_transit"

    for stranger in (caller_of(CARRIERS[3]), generator):
        unknown = await ask(log, stranger, "/v1/manifests/20265101999999/bundle")
        assert unknown.json() == {"codes": ["MANIFEST_UNKNOWN"]}
    hidden = await ask(log, caller_of(CARRIERS[3]), f"/v1/manifests/{ulid}/certificate.pdf")
    assert hidden.json() == {"codes": ["MANIFEST_UNKNOWN"]}

    for suffix in ("json", "xlsx", "pdf"):
        answer = await ask(log, authority, f"/v1/reconciliations/2026-10.{suffix}?from=51&to=50")
        assert answer.content == to_bytes(drawn(STORY), suffix), "the same bytes as from the entries alone"
    assert json.loads((await ask(log, authority, "/v1/reconciliations/2026-10?from=51&to=50")).content)["month"] == "2026-10"
    unsaid = await ask(log, authority, "/v1/reconciliations/2026-10")
    assert unsaid.json() == {"codes": ["DIRECTION_FORM"]}, "no direction is anybody's default"
    other = await ask(log, authority, "/v1/reconciliations/2026-10?from=50&to=51")
    assert other.json()["lines"] == []

    assert (await ask(log, authority, "/v1/reconciliations/2026-13")).json() == {"codes": ["MONTH_FORM"]}
    assert (await ask(log, authority, "/v1/reconciliations/2026-10.txt")).json() == {"codes": ["MONTH_FORM"]}
    assert (await ask(log, authority, "/v1/reconciliations/2026-10?from=51&to=51")).json() == {"codes": ["DIRECTION_FORM"]}
    assert (await ask(log, generator, "/v1/reconciliations/2026-10")).json() == {"codes": ["REPORT_SCOPE"]}


async def test_nobody_else_can_stand_in_front_of_a_manifests_certificate(log: Log) -> None:
    """ULIDs and numbers are chosen outside: another issuer may repeat them, also a dozen times."""
    authority, generator = caller_of(AUTHORITY_50, "authority"), caller_of(GENERATOR)
    ulid = trunk(3).rpartition("/")[2]
    async with log.pool.acquire() as conn:
        view = await fetch_view(conn, trunk(3))
        assert view is not None
        others = [f"9151010000000{number:02d}XXX" for number in range(12)]
        await upsert_views(
            conn,
            [
                replace(view, chain=f"manifest/{other}/{ulid}", issued_s=view.issued_s - 60, state=replace(view.state, generator=other))
                for other in others
            ],
        )
    assert (await ask(log, authority, f"/v1/manifests/{ulid}/bundle")).json() == {"codes": ["MANIFEST_AMBIGUOUS"]}
    for caller in (authority, generator):
        bundle = await ask(log, caller, f"/v1/manifests/{GENERATOR}/{ulid}/bundle")
        assert verify_bytes(bundle.content, "b.json", STORY.bench.found).subject == trunk(3)
        certificate = await ask(log, caller, f"/v1/manifests/{GENERATOR}/{ulid}/certificate.pdf")
        assert verify_bytes(certificate.content, "c.pdf", STORY.bench.found).is_good
    hidden = await ask(log, caller_of(CARRIERS[3]), f"/v1/manifests/{GENERATOR}/{ulid}/bundle")
    assert hidden.json() == {"codes": ["MANIFEST_UNKNOWN"]}
