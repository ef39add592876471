"""``GET /desk/live``: server-sent events (WHATWG HTML §9.2) for a session of the desk.

``event: news`` says what has changed (LiveNews as JSON), its ``id`` is the place to go on from (``Last-Event-ID``). ``event: end`` says that the
session is over: its token has ended, or its key. Between them a comment every few seconds keeps the connection, and shows who has gone. A client
that takes nothing for SEND_S is given up: it comes back with its place, and loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.routes import HEAD_ONLY
from ledger.service import Service
from liandan.desk.live.service import LiveNews, news_behind, pending_mark, place_now
from liandan.desk.live.streams import Streams
from liandan.desk.shell.frame import TheVisit, fragment
from liandan.desk.shell.policy import page_headers
from liandan.identity import Identity
from signing.refusal import Refusal

BEAT_S = 5.0
"""Between two signs of life, which is also how soon a session that has ended is told so."""
PAUSE_S = 1.0
"""Least time between two events of one stream: many entries in a second are one event."""
SEND_S = 20.0
RETRY_MS = 3_000
HEADERS = {**page_headers(), "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
_END = b"event: end\ndata: {}\n\n"
_BEAT = b": \n\n"


def event_of(news: LiveNews) -> bytes:
    """An event in its lines."""
    return b"id: %d\nevent: news\ndata: %b\n\n" % (news.at, msgspec.json.encode(news))


def resumed_at(header: str | None) -> int | None:
    """The place that a browser says it has come to; ``None`` for none, or what was never one of ours."""
    is_place = header is not None and header.isascii() and header.isdecimal() and len(header) < 16
    return int(header) if header is not None and is_place else None


class EventStream(ASGIResponse):
    """An answer that goes on until its session, its client or the server ends."""

    def __init__(self, service: Service, identity: Identity, streams: Streams, caller: Caller, token: str, after: int | None) -> None:
        super().__init__(headers=HEADERS)
        self._service, self._identity, self._streams = service, identity, streams
        self._caller, self._token, self._after = caller, token, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it."""
        lines = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        with self._streams.one(self._token, self._caller.uscc):
            await send({"type": "http.response.start", "status": 200, "headers": lines})
            if HEAD_ONLY in scope:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(self._tell(send))
                gone = [group.create_task(_until_gone(receive)), group.create_task(self._streams.stopping.wait())]
                await asyncio.wait([telling, *gone], return_when=asyncio.FIRST_COMPLETED)
                for task in (telling, *gone):
                    task.cancel()

    async def _tell(self, send: Send) -> None:
        with suppress(TimeoutError):  # who takes nothing is given up
            async with aclosing(self._events()) as events:
                async for event in events:
                    async with asyncio.timeout(SEND_S):
                        await send({"type": "http.response.body", "body": event, "more_body": True})
            async with asyncio.timeout(SEND_S):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self) -> AsyncGenerator[bytes, None]:
        log, caller = self._service.log, self._caller
        at = await place_now(self._service)
        if self._after is not None and self._after < at:
            at = self._after
        news, mark = await news_behind(self._service, caller, at), await pending_mark(self._service, caller)
        yield b"retry: %d\n\n" % RETRY_MS + event_of(news)
        while True:
            at = news.at
            await log.publisher.wait_for(at + 2, BEAT_S)
            try:
                caller = await self._identity.caller(self._token)
            except Refusal:
                yield _END
                return
            news, before = await news_behind(self._service, caller, at), mark
            mark = await pending_mark(self._service, caller)
            if mark != before:
                news = replace(news, topics=(*news.topics, "pending"))
            yield event_of(news) if news.at > at or mark != before else _BEAT
            await asyncio.sleep(PAUSE_S)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class LiveResponse(Response[None]):
    """What the framework is answered with; the stream stands for itself."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__(None)
        self._stream = stream

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:  # noqa: ARG002  # as the framework calls it
        """The stream."""
        return self._stream


@get("/desk/as-of", include_in_schema=False)
async def get_as_of(visit: TheVisit) -> Response[str]:
    """How large the log is that pages reflect now, and who has cosigned it."""
    return fragment(visit, "live/as_of.html", words={})


@get("/desk/live", include_in_schema=False)
async def get_live(request: Request[Any, Any, Any], visit: TheVisit) -> LiveResponse:
    """The stream of this session, from ``Last-Event-ID`` on."""
    state = request.app.state
    after = resumed_at(request.headers.get("last-event-id"))
    return LiveResponse(EventStream(state.service, state.identity, state.streams, visit.who, str(request.scope["liandan_token"]), after))  # type: ignore[typeddict-item]  # ASGI allows own keys


HANDLERS = (get_live, get_as_of)
