"""What a request brings, as it comes: a head with limits, and a body of plain bytes that keeps coming and comes whole.

The head (request line and headers) is kept in memory until it is whole, so an endless header would cost memory without bound, and one that
never ends a connection for ever. A head that is too large is answered 431, one that is too slow 408; no language is known yet, so in Chinese. A gzip body is refused unread: what is signed is exactly what is sent, and nothing is ever unpacked, so no bomb goes off.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable
from http import HTTPStatus
from typing import TypeVar, cast

import msgspec
from litestar.types import HTTPReceiveMessage, HTTPScope, Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ledger.describing import PROBLEM_JSON
from ledger.problem import make_problem
from liandan.desk.shell.errors import problem_page
from liandan.problems import STATUS
from liandan.wiring import RULES
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

HEAD_BYTES_MAX = 65_536
HEAD_S = 20.0
BODY_IDLE_S = 30.0
"""A body of which nothing comes for so long is given up."""
BODY_SLACK_S, BODY_RATE = 120.0, 1_024.0
"""And one of which, after so long, less has come than so many bytes a second: a byte now and then would hold its place for ever."""


WHOLE_S = 120.0
T = TypeVar("T")


class Connection(HttpToolsProtocol):
    """One TCP connection as uvicorn reads it, with the limits that its httptools protocol does not have: heads of at most ``HEAD_BYTES_MAX`` bytes
    that come within ``HEAD_S`` seconds.
    """

    head_s = HEAD_S
    _came = 0
    _in_head = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._came, self._in_head = 0, True
        self._await_head()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or a body; the head's are counted while it is not whole."""
        super().data_received(data)
        if self._in_head:
            self._came += len(data)
            if self._came > HEAD_BYTES_MAX:
                self._refuse(Reason("HEAD_TOO_LARGE", found=f"> {HEAD_BYTES_MAX}", expected=f"<= {HEAD_BYTES_MAX}"))

    def send_400_response(self, msg: str) -> None:
        """Uvicorn's answer to what is no HTTP, such as TLS where none is spoken."""
        self._refuse(Reason("HTTP_FORM", found=msg, expected="HTTP/1.1"))

    def _await_head(self) -> None:
        self._stop_waiting()
        slow = Reason("HEAD_SLOW", found=f"> {self.head_s:g} s", expected=f"<= {self.head_s:g} s")
        self._timer = self.loop.call_later(self.head_s, self._refuse, slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, reason: Reason) -> None:
        """Answer with a problem and close, like uvicorn's own answer to what is no HTTP."""
        self._stop_waiting()
        transport = self.transport
        if transport.is_closing():
            return
        status, name = STATUS[reason.code], secrets.token_hex(8)
        problem = make_problem([reason], RULES, "zh", status=status, instance=name)
        body, told = msgspec.json.encode(problem), {"content-type": PROBLEM_JSON}
        if any(key == b"accept" and b"text/html" in value for key, value in self.headers or ()):
            body, told = problem_page(cast("Scope", {"headers": []}), problem, "zh")
        headers = {**told, "content-length": str(len(body)), "x-request-id": name, "connection": "close"}
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{key}: {value}" for key, value in headers.items())]
        transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        transport.close()


def check_head(scope: HTTPScope) -> None:
    """Refusal NOT_FOUND for a path with NUL in it: nothing of ours has such a name, and PostgreSQL's text cannot hold one; Refusal
    BODY_ENCODING for a body that says it is packed.
    """
    if "\x00" in scope["path"]:
        raise refuse("NOT_FOUND", field="path", found="U+0000", expected=Phrase("不含控制字符的路径", "a path without control characters"))
    for name, value in scope["headers"]:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise refuse(
                "BODY_ENCODING",
                field="Content-Encoding",
                found=value.decode("latin-1")[:60],
                expected=Phrase("未压缩（identity）", "identity"),
            )


def received(method: str, receive: Receive) -> Receive:
    """What a request brings: its body in time and whole; of a GET only its end, for nobody waits for a body that does not come."""
    return receive if method == "GET" else patient(receive)


def patient(receive: Receive, idle_s: float = BODY_IDLE_S, slack_s: float = BODY_SLACK_S) -> Receive:
    """The same messages; Refusal BODY_SLOW when the body stops coming or only trickles, BODY_INCOMPLETE when its sender is gone before its end."""
    is_whole, came, begun = False, 0, time.monotonic()

    async def receiving() -> HTTPReceiveMessage:
        nonlocal is_whole, came
        if is_whole:
            return cast("HTTPReceiveMessage", await receive())  # whoever waits now, waits for the end of the connection
        try:
            late_s = begun + slack_s + came / BODY_RATE - time.monotonic()
            async with asyncio.timeout(min(idle_s, max(late_s, 0))):
                message = cast("HTTPReceiveMessage", await receive())
        except TimeoutError:
            raise _slow(min(idle_s, slack_s)) from None
        if message["type"] == "http.disconnect":
            raise refuse(
                "BODY_INCOMPLETE", found=Phrase("连接已断开", "the connection ended"), expected=Phrase("完整的请求体", "a whole body")
            )
        is_whole, came = not message.get("more_body", False), came + len(message.get("body", b""))
        return message

    return cast("Receive", receiving)


async def in_time(body: Awaitable[T], within_s: float = WHOLE_S) -> T:
    """A body that is read while others wait for its place, whole within a time; Refusal BODY_SLOW."""
    try:
        async with asyncio.timeout(within_s):
            return await body
    except TimeoutError:
        raise _slow(within_s) from None


def _slow(seconds: float) -> Refusal:
    return refuse(
        "BODY_SLOW",
        found=Phrase(f"{seconds:g} 秒内没有发来", f"not come within {seconds:g} s"),
        expected=Phrase("持续发来的请求体", "a body that keeps coming"),
    )
