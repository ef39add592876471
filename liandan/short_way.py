"""The short way of a posted statement: the framework's own work costs more than reading, deciding and storing one.

``POST /v1/statements`` as nearly everybody sends it, without a query and with its length said, is answered here. Whatever is asked for
otherwise goes the framework's way, whose route documents both; what is done is one function (``ledger.routes.admit_posted``), and problems
are made by one table, so the two ways differ in nothing but what they cost.
"""

from collections.abc import Mapping
from typing import Any, cast

from litestar.types import HTTPScope, Receive, Scope, Send

from ledger.describing import JSON
from ledger.routes import ASKED_BY_POST, POST_PATH, admit_posted
from ledger.service import Service
from liandan.access import App
from liandan.problems import Problems, send_answer

LENGTH_DIGITS = 12  # Of a content-length worth reading.
_LENGTH, _PACKED = "content-length", "transfer-encoding"
_WANTED = {name.encode(): name for name in (*ASKED_BY_POST, _LENGTH, _PACKED)}


class ShortWay:
    """An ASGI application before the framework's."""

    def __init__(self, app: App, service: Service, problems: Problems, body_max: int) -> None:
        """``app`` is the framework's; ``body_max`` bytes are what it would let a statement have."""
        self.framework, self._service, self._problems, self._body_max = app, service, problems, body_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = self._headers(cast("HTTPScope", scope)) if str(scope["type"]) == "http" else None
        if headers is None:
            await self.framework(scope, receive, send)
            return
        try:
            status, body = await admit_posted(self._service, cast("dict[str, Any]", scope), headers, await _whole(receive))
        except Exception as error:  # noqa: BLE001  # as in the framework, everything ends in a problem
            await self._problems.send(scope, error, send)
        else:
            await send_answer(send, status, {"content-type": JSON}, body)

    def _headers(self, scope: HTTPScope) -> Mapping[str, str] | None:
        """The headers that are read, of a name that comes twice the first; ``None`` for what goes the framework's way. The body's length is
        said and within the limit, and the server that reads it holds a sender to it."""
        if scope["path"] != POST_PATH or scope["method"] != "POST" or scope["query_string"]:
            return None
        found: dict[str, str] = {}
        for name, value in scope["headers"]:
            if name in _WANTED:
                found.setdefault(_WANTED[name], value.decode("latin-1"))
        length = found.get(_LENGTH, "")
        is_bounded = length.isascii() and length.isdecimal() and len(length) <= LENGTH_DIGITS and int(length) <= self._body_max
        return found if is_bounded and _PACKED not in found else None


async def _whole(receive: Receive) -> bytes:
    """The body; Refusal BODY_SLOW, BODY_INCOMPLETE."""
    message = cast("dict[str, Any]", await receive())
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    while message.get("more_body", False):
        message = cast("dict[str, Any]", await receive())
        parts.append(message.get("body", b""))
    return b"".join(parts)
