"""tlog-witness over HTTP as a bare ASGI application: the statuses and media types of the specification, nothing added.

``POST <prefix>/add-checkpoint``, ``GET <prefix>/<hex sha256(origin)>/checkpoint``, ``GET <prefix>/status``. A body is read to its limit
and for ten seconds at most; there is nothing to log in to, the log's signature is the only right to submit.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import structlog

from ledger.witnessing.service import TEXT, Witness, WitnessAnswer
from ledger.witnessing.store import StoreFailed
from ledger.witnessing.wire import BODY_MAX

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_S = 10.0
_ENCODE = msgspec.json.Encoder().encode
log = structlog.get_logger("ledger.witness")


class WitnessApp:
    """The application of one witness under a prefix (empty, or ``/`` and more without a final slash)."""

    def __init__(self, witness: Witness, prefix: str = "") -> None:
        self._witness, self._prefix = witness, prefix.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; ``lifespan`` is not spoken (run the server with lifespan off)."""
        assert scope["type"] == "http", "an HTTP application"
        method, path = scope["method"], scope["path"]
        allowed = "POST" if path == f"{self._prefix}/add-checkpoint" else "GET, HEAD"
        try:
            if not path.startswith(f"{self._prefix}/"):
                answer = WitnessAnswer(404, b"not found\n")
            elif method not in allowed.split(", "):
                answer = WitnessAnswer(405, b"method not allowed\n")
            elif method == "POST":
                answer = await self._add(receive)
            else:
                answer = await asyncio.to_thread(self._get, path.removeprefix(f"{self._prefix}/"))
        except StoreFailed as error:
            log.critical("witness_failed", error=str(error))
            answer = WitnessAnswer(500, b"internal error\n")
        await _send(send, answer, allowed if answer.status == 405 else "", with_body=method != "HEAD")

    async def _add(self, receive: Receive) -> WitnessAnswer:
        body, is_whole = bytearray(), False
        try:
            async with asyncio.timeout(BODY_S):
                while not is_whole and len(body) <= BODY_MAX:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return WitnessAnswer(400, b"invalid input: the body is cut\n")
                    body += message.get("body", b"")
                    is_whole = not message.get("more_body", False)
        except TimeoutError:
            return WitnessAnswer(400, b"invalid input: the body took too long\n")
        return await self._witness.add_checkpoint(bytes(body))

    def _get(self, path: str) -> WitnessAnswer:
        if path == "status":
            return WitnessAnswer(200, _ENCODE(self._witness.status()), "application/json")
        id_, slash, name = path.partition("/")
        note = self._witness.latest(id_) if slash and name == "checkpoint" else None
        return WitnessAnswer(404, b"not found\n") if note is None else WitnessAnswer(200, note, TEXT)


async def _send(send: Send, answer: WitnessAnswer, allow: str, *, with_body: bool) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    headers += [(b"allow", allow.encode())] if allow else []
    headers += [(b"retry-after", b"2")] if answer.status == 503 else []
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
