"""A real log on PostgreSQL behind the real routes, with a caller by header instead of a token: tokens are the shell's matter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asyncpg import Pool, Record
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar, Request, Router
from litestar.di import Provide

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.log import Answer, Log, LoggedEntry
from ledger.problem import Language
from ledger.routes import MinSize, read_by
from ledger.times import parse_at
from liandan.openapi import interface
from liandan.problems import Problems, scope_language
from liandan.projector import Projector
from signing.envelope import freeze
from signing.refusal import refuse
from tests.ledger.log_server import running
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench

AUTHORITIES = (AUTHORITY_50, AUTHORITY_51)


class Web:
    """The log, and HTTP requests in somebody's name."""

    def __init__(self, log: Log, client: AsyncClient) -> None:
        self.log, self.client = log, client

    async def get(self, path: str, caller: str | None = AUTHORITY_51, **headers: str) -> Response:
        """A request by a party, an authority, the operator, or nobody."""
        named = {} if caller is None else {"test-caller": caller}
        return await self.client.get(path, headers={**named, **headers})

    async def post(self, path: str, body: Any, caller: str | None = AUTHORITY_51, **headers: str) -> Response:
        """A JSON body; bytes are sent as they are."""
        named = {} if caller is None else {"test-caller": caller}
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.client.post(path, headers={**named, **headers}, **content)

    async def everything(self, path: str, name: str, caller: str = AUTHORITY_51, limit: int = 2) -> list[Any]:
        """All rows of a registry, page by page."""
        rows: list[Any] = []
        cursor = ""
        while True:
            mark = "&" if "?" in path else "?"
            page = (await self.get(f"{path}{mark}limit={limit}{cursor}", caller)).json()
            assert len(page[name]) <= limit
            rows += page[name]
            if page["next"] is None:
                return rows
            cursor = f"&cursor={page['next']}"

    async def admit(self, entries: Sequence[Entry]) -> None:
        """Post a workbench's entries, each at its own time."""
        for entry in entries:
            [answer] = await self.send(entry)
            assert isinstance(answer, LoggedEntry), getattr(answer, "refusal", None)

    async def catch_up(self) -> None:
        """Wait until everything is published, and let the projections follow."""
        head = await self.log.head()
        assert head is not None
        assert await self.log.publisher.wait_for(head.size, 5)
        await Projector(self.log).catch_up()

    async def send(self, entry: Entry) -> list[Answer]:
        """Post one entry's envelope at its time."""
        return await self.log.append([freeze(entry.envelope)], now_s=parse_at(entry.admission.at))


def codes_of(response: Response, status: int) -> list[str]:
    """Codes of a problem; anything else fails the test."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    return [error["code"] for error in response.json()["errors"]]


@asynccontextmanager
async def serving(pool: Pool[Record], directory: Path, bench: Workbench, routers: Sequence[Router]) -> AsyncIterator[Web]:
    """The workbench's statements in a running log, and routes over it."""
    async with running(pool, directory, bench.kinds, bench.data) as log:

        async def caller(request: Request[Any, Any, Any], min_size: MinSize = None) -> Caller:
            request.scope["user"] = _caller(request)
            return await read_by(log, request, min_size)

        app: Litestar = Litestar(
            list(routers),
            dependencies={
                "log": Provide(lambda: log, sync_to_thread=False),
                "caller": Provide(caller),
                "lang": Provide(_language, sync_to_thread=False),
                "drawer": Provide(lambda: None, sync_to_thread=False),  # of routes that draw statements, which nobody calls here
            },
            exception_handlers=Problems("zh", lambda: None).handlers(),
            openapi_config=interface(lambda: app.routes, {}),
            logging_config=None,
        )
        async with AsyncClient(transport=ASGITransport(app), base_url="http://log.example") as client:
            web = Web(log, client)
            await web.admit(bench.entries)
            await web.catch_up()
            yield web


def _caller(request: Request[Any, Any, Any]) -> Caller:
    uscc = request.headers.get("test-caller")
    if uscc is None:
        raise refuse("TOKEN_MISSING", field="Authorization")
    role = "authority" if uscc in AUTHORITIES else "operator" if uscc == OPERATOR else "party"
    return Caller(uscc, role, "0" * 64)


def _language(request: Request[Any, Any, Any]) -> Language:
    return scope_language(request.scope, "zh")
