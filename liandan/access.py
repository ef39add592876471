"""The outermost layer of HTTP: request id, who asks, budgets per address, one log line per request. It never looks at bodies."""

import re
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from ledger.describing import CSV, JSON, SIZE_HEADER, XLSX
from liandan.connection import check_head, patient
from liandan.health import Metrics
from liandan.identity import Identity, bearer
from liandan.problems import Problems
from liandan.settings import Settings
from reports.tables.routes import SEARCHES
from signing.refusal import Refusal, refuse

log = structlog.get_logger("liandan.access")

FILES: dict[str, str | None] = {CSV: "csv", XLSX: "xlsx", JSON: None, "application/*": None, "*/*": None}
"""What a search may be answered as, by media type; ``None`` is JSON."""
_QUALITY = re.compile("[01](?:[.][0-9]{0,3})?")
WINDOW_S = 60.0
SIZE = SIZE_HEADER.lower().encode()
POSTS = "/v1/statements"
SIGNED = "liandan_signed"
"""Key of a scope whose statement was refused although its signatures hold (liandan.problems)."""
LOGIN = "/v1/tokens"
"""Stays open when failures have used up their budget: logging in is the way out of it, and it has the budget of requests."""
PATH_MAX = 200
ADDRESSES_MAX = 20_000
"""Addresses remembered; beyond it the oldest are forgotten, so that a flood of addresses costs no memory."""


App = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application."""


class RateWindow:
    """At most ``limit`` events per address in any minute. In memory of one process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: dict[str, deque[float]] = {}

    def is_full(self, address: str) -> bool:
        """Whether the address has used up its minute."""
        events = self._events.get(address)
        if events is None:
            return False
        horizon = time.monotonic() - WINDOW_S
        while events and events[0] < horizon:
            events.popleft()
        return len(events) >= self._limit

    def note(self, address: str, count: int = 1) -> None:
        """Count an event, or several at once."""
        if address not in self._events:
            if len(self._events) >= ADDRESSES_MAX:
                self._events.pop(next(iter(self._events)))
            self._events[address] = deque(maxlen=self._limit)
        self._events[address].extend([time.monotonic()] * min(count, self._limit))

    def give_back(self, address: str) -> None:
        """What was counted last did not deserve it."""
        if self._events.get(address):
            self._events[address].pop()


class Access:
    """An ASGI application around the real one."""

    def __init__(self, app: App, identity: Identity, problems: Problems, metrics: Metrics, settings: Settings) -> None:
        self._app, self._identity, self._problems, self._metrics = app, identity, problems, metrics
        self._failures, self._requests = RateWindow(settings.failures_per_minute), RateWindow(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass lifespan events on."""
        if str(scope["type"]) == "http":
            await self._serve(cast("HTTPScope", scope), receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        begun = time.monotonic()
        extras = cast("dict[str, Any]", scope)  # ASGI allows own keys; Litestar's TypedDict does not name them
        name = extras["liandan_request_id"] = secrets.token_hex(8)
        address = (scope.get("client") or ("", 0))[0]
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = [(b"x-request-id", name.encode())]
                if "liandan_size" in extras and status < 400 and not any(key == SIZE for key, _ in message["headers"]):
                    more.append((SIZE, b"%d" % extras["liandan_size"]))  # of papers, which are drawn from what is published
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            token = bearer(scope)
            caller = extras["user"] = None if token is None else await self._identity.caller(token)
            if caller is None:
                if self._requests.is_full(address):
                    raise refuse("REQUESTS_TOO_MANY", found=address)
                self._requests.note(address)
                if scope["method"] == "POST" and scope["path"] != LOGIN and self._failures.is_full(address):
                    raise refuse("FAILURES_TOO_MANY", found=address)
            check_head(scope)
            if caller is None:
                extras["note_failures"] = lambda count: self._failures.note(address, count) if count else None
        except Refusal as refusal:
            await self._problems.send(scope, refusal, sending)
        else:
            # A HEAD is answered like its GET; the server leaves the body out (RFC 9110 §9.3.2).
            asked = {**extras, "method": "GET"} if scope["method"] == "HEAD" else scope
            if asked["method"] == "GET" and (kind := wanted_file(scope)) is not None:
                path = f"{scope['path']}.{kind}"
                asked = {**cast("dict[str, Any]", asked), "path": path, "raw_path": path.encode()}
            await self._app(asked, patient(receive), sending)
        finally:
            self._metrics.request(status)
            if extras.get("user") is None and scope["method"] == "POST":
                self._settle(scope["path"], address, status, extras.get(SIGNED, False))
            took_ms = round((time.monotonic() - begun) * 1000, 1)
            path = printable(scope["path"])
            log.info("request", request=name, method=scope["method"], path=path, status=status, ms=took_ms, address=address)

    def _settle(self, path: str, address: str, status: int, is_signed: bool) -> None:
        """Count a post by what came of it. Who shows a signature that holds spends nothing of the address, admitted or refused: others behind
        the same address are not to be kept out by him, nor he by them."""
        if path.startswith(POSTS) and (status < 400 or is_signed):
            self._requests.give_back(address)
        elif 400 <= status < 500:
            self._failures.note(address)


def wanted_file(scope: HTTPScope) -> str | None:
    """``csv`` or ``xlsx`` where ``Accept`` prefers it to JSON for a search that can be had as a file (RFC 9110 §12.5.1)."""
    if scope["path"].removeprefix("/v1/") not in SEARCHES:
        return None
    accepted = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"accept"), "")
    best, found = 0.0, None
    for item in accepted.split(","):
        media_type, _, weight = "".join(item.split()).lower().partition(";q=")
        quality = float(weight) if _QUALITY.fullmatch(weight) else 0.0 if weight else 1.0
        if media_type in FILES and quality > best:
            best, found = quality, FILES[media_type]
    return found


def printable(path: str) -> str:
    """A path for a log line: cut off, nothing in it that a terminal or a reader of lines would obey."""
    if len(path) <= PATH_MAX and path.isprintable():
        return path
    shown = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in path[:PATH_MAX])
    return shown if len(path) <= PATH_MAX else shown + "…"
