"""One TCP connection as uvicorn reads it, with the limits on a request's head that uvicorn's httptools protocol does not have.

The head (request line and headers) is kept in memory until it is whole, so an endless header would cost memory without bound, and one that
never ends a connection for ever. A head that is too large is answered 431, one that is too slow 408, both in plain text: no route is known
yet, nor a language. Bodies have limits of their own (liandan.incoming, the routes).
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 65_536
HEAD_S = 20.0


class Connection(HttpToolsProtocol):
    """Reads heads of at most ``HEAD_BYTES_MAX`` bytes that come within ``HEAD_S`` seconds."""

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
                self._refuse(b"431 Request Header Fields Too Large", f"Request head above {HEAD_BYTES_MAX} bytes.")

    def _await_head(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self.head_s, self._refuse, b"408 Request Timeout", f"No request head within {self.head_s:g} s.")

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes, text: str) -> None:
        """Answer and close, like uvicorn's own answer to what is no HTTP."""
        self._stop_waiting()
        transport = self.transport
        if transport.is_closing():
            return
        body = text.encode()
        lines = [b"HTTP/1.1 " + status, b"content-type: text/plain; charset=utf-8", b"content-length: %d" % len(body), b"connection: close"]
        transport.write(b"\r\n".join([*lines, b"", body]))
        transport.close()
