"""The cheapest HTTP client that can post and read answers with a length: what the load costs must not be what is measured."""

from __future__ import annotations

import asyncio
import re
from types import TracebackType
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)
LIMIT = 1 << 20


class Wire:
    """One kept-alive connection; one request at a time."""

    def __init__(self, url: str, headers: str = "") -> None:
        self._at = urlsplit(url)
        self._headers = headers
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Wire:
        self._reader, self._writer = await asyncio.open_connection(self._at.hostname, self._at.port, limit=LIMIT)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._writer is not None
        self._writer.close()

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        assert self._reader is not None
        assert self._writer is not None
        head = f"POST {path} HTTP/1.1\r\nHost: {self._at.netloc}\r\nContent-Length: {len(body)}\r\n{self._headers}\r\n"
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(answer)
        assert length is not None, answer
        return int(answer[9:12]), await self._reader.readexactly(int(length[1]))
