"""The outermost layer of HTTP: request id, who asks, budgets per address, one log line per request. It never looks at bodies."""

import re
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, cast

import structlog
from litestar.types import HTTPScope, Message, Receive, Scope, Send

from ledger.admission.budgets import OverBudget
from ledger.admission.personal import personal_in
from ledger.caller import Caller
from ledger.describing import CSV, JSON, SIZE_HEADER, XLSX
from ledger.registrations.routes import PAYER
from ledger.routes import HEAD_ONLY, NEW, SIGNED
from liandan.connection import check_head, received
from liandan.desk.shell.addresses import ENTER, is_desk
from liandan.desk.shell.dear import cost_of
from liandan.forwarded import Forwarding, read_proxies
from liandan.health import Metrics
from liandan.identity import Identity, bearer
from liandan.problems import Problems
from liandan.settings import Settings
from reports.tables.routes import SEARCHES
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

log = structlog.get_logger("liandan.access")

FILES: dict[str, str | None] = {CSV: "csv", XLSX: "xlsx", JSON: None, "application/*": None, "*/*": None}
"""What a search may be answered as, by media type; ``None`` is JSON."""
_QUALITY = re.compile("[01](?:[.][0-9]{0,3})?")
_MAY_BE_PERSONAL = re.compile("[0-9][^0-9A-Za-z]?[0-9]{4}|[@°]|[^\\x00-\\x7f]")
WINDOW_S = 60.0
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
SIZE = SIZE_HEADER.lower().encode()
POSTS = "/v1/statements"
TOKEN, STALE, BY_COOKIE = "liandan_token", "liandan_stale", "liandan_by_cookie"
"""Where a request keeps the token that it came with, that its cookie names one that has ended, and that a cookie brought the token."""
LOGINS = ("/v1/tokens", ENTER)
"""Stay open when failures have used up their budget: logging in is the way out of it, and it has the budget of requests."""
PATH_MAX = 200
ADDRESSES_MAX = 20_000
"""Addresses remembered; beyond it the oldest are forgotten, so that a flood of addresses costs no memory."""
NETWORK_6 = 64
"""Bits of an IPv6 address that budgets go by: one subscriber has at least all addresses behind them (RFC 6177), and would have as many budgets."""


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

    def again_s(self, address: str) -> int:
        """Seconds until something of what an address has used up is a minute old."""
        events = self._events.get(address)
        return max(1, int(events[0] + WINDOW_S - time.monotonic()) + 1) if events else 1

    def give_back(self, address: str) -> None:
        """What was counted last did not deserve it."""
        if self._events.get(address):
            self._events[address].pop()


class Access:
    """An ASGI application around the real one."""

    def __init__(self, app: App, identity: Identity, problems: Problems, metrics: Metrics, settings: Settings) -> None:
        self._app, self._identity, self._problems, self._metrics = app, identity, problems, metrics
        self._failures, self._requests = RateWindow(settings.failures_per_minute), RateWindow(settings.requests_per_minute)
        self._forwarding = Forwarding(read_proxies(settings.trusted_proxies), settings.forwarded_header)
        self._wrong_tokens = RateWindow(settings.failures_per_minute)
        self._of_key, self._of_party = RateWindow(settings.key_pages_per_minute), RateWindow(settings.party_pages_per_minute)
        self._log = log.bind()  # made once, not for each line

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
        address = self._forwarding.client((scope.get("client") or ("", 0))[0], scope["headers"])
        payer = extras[PAYER] = payer_of(address)
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
            caller = extras["user"] = await self._caller(scope, payer)
            if caller is None:
                if self._requests.is_full(payer):
                    raise refuse("REQUESTS_TOO_MANY", found=address)
                self._requests.note(payer)
                if scope["method"] == "POST" and scope["path"] not in LOGINS and self._failures.is_full(payer):
                    raise refuse("FAILURES_TOO_MANY", found=address)
                extras["note_lines"] = lambda failed, repeated: self._note_lines(payer, failed, repeated)
            elif extras.get(BY_COOKIE) or is_desk(scope["path"]):
                self._spend(caller, cost_of(scope["method"], scope["path"]))
            check_head(scope)
        except Refusal as refusal:
            await self._problems.send(scope, refusal, sending)
        else:
            # A HEAD is answered like its GET; the server leaves the body out (RFC 9110 §9.3.2).
            asked = {**extras, "method": "GET", HEAD_ONLY: True} if scope["method"] == "HEAD" else scope
            if asked["method"] == "GET" and (kind := wanted_file(scope)) is not None:
                path = f"{scope['path']}.{kind}"
                asked = {**cast("dict[str, Any]", asked), "path": path, "raw_path": path.encode()}
            await self._app(asked, received(asked["method"], receive), sending)
        finally:
            self._metrics.request(status)
            if extras.get("user") is None and scope["method"] == "POST":
                self._settle(scope["path"], payer, status, extras.get(SIGNED, ""))
            took_ms = round((time.monotonic() - begun) * 1000, 1)
            path = printable(scope["path"])
            self._log.info("request", request=name, method=scope["method"], path=path, status=status, ms=took_ms, address=address)

    async def _caller(self, scope: HTTPScope, payer: str) -> Caller | None:
        """Whose token is shown, in a header or in the desk's cookie; ``None`` without one. Of a cookie whose token has ended the desk makes a
        visitor without a session, who is led to enter again; everything else refuses it."""
        extras = cast("dict[str, Any]", scope)
        token, kept = bearer(scope), None
        if token is None:
            token = kept = self._identity.cookies.token(scope)
        self._identity.cookies.check(scope)
        try:
            caller = await self._known(token, payer)
        except Refusal:
            if kept is None or not is_desk(scope["path"]):
                raise
            extras[STALE] = True
            return None
        if caller is not None:
            extras[TOKEN], extras[BY_COOKIE] = token, kept is not None
        return caller

    def _spend(self, caller: Caller, points: int) -> None:
        """Spend points of what a key and its party may ask of the desk in a minute; raises OverBudget, and spends nothing then. A device that
        ran away does not use up what its party has."""
        windows = ((self._of_key, caller.keyid), (self._of_party, caller.uscc)) if points else ()
        for window, name in windows:
            if window.is_full(name):
                again_s = window.again_s(name)
                expected = Phrase(f"{again_s} 秒后再试", f"again in {again_s} s")
                raise OverBudget(Reason("PAGES_TOO_MANY", expected=expected), again_s)
        for window, name in windows:
            window.note(name, points)

    async def _known(self, token: str | None, payer: str) -> Caller | None:
        """Whose token this is. Every wrong one is looked for in the database, so an address may show so many in a minute; then it is believed
        only what was right here before: nobody is kept out by others behind the same address.
        """
        try:
            if token is not None and self._wrong_tokens.is_full(payer) and not self._identity.has_seen(token):
                raise refuse("FAILURES_TOO_MANY", found=payer)
            return None if token is None else await self._identity.caller(token)
        except Refusal as refusal:
            if "TOKEN_UNKNOWN" in refusal.codes:
                self._wrong_tokens.note(payer)
            raise

    def _settle(self, path: str, payer: str, status: int, signed: str) -> None:
        """Count a post by what came of it. Who brings a new statement whose signatures hold spends nothing of the address, admitted or refused:
        others behind the same address are not to be kept out by him, nor he by them. What was answered before is a request like any other:
        whoever has read a statement could send it for ever.
        """
        if not (path.startswith(POSTS) and (status < 400 or signed)):
            if 400 <= status < 500 and status != TOO_MANY:  # who tries again too early does not put it off for ever
                self._failures.note(payer)
        elif path.rstrip("/") == POSTS and signed == NEW:
            self._requests.give_back(payer)

    def _note_lines(self, payer: str, failed: int, repeated: int) -> None:
        """Lines of a batch count like single posts, and the batch itself only if it repeats something."""
        if failed:
            self._failures.note(payer, failed)
        if repeated:
            self._requests.note(payer, repeated)
        else:
            self._requests.give_back(payer)


@lru_cache(4096)
def payer_of(address: str) -> str:
    """Whose budgets a client of this address spends: its own, or those of its network in IPv6."""
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped) if mapped is not None else str(IPv6Network((int(found) >> NETWORK_6 << NETWORK_6, NETWORK_6)))


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
    """A path for a log line: cut off, nothing in it that a terminal or a reader of lines would obey, nor what is a person's."""
    if len(path) <= PATH_MAX and path.isprintable() and not _MAY_BE_PERSONAL.search(path):
        return path
    if personal_in(path):
        return "/***"
    shown = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in path[:PATH_MAX])
    return shown if len(path) <= PATH_MAX else shown + "…"
