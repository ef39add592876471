"""A receiver of notices that does as it is told: over plain sockets, so that it can also answer wrongly, slowly or for ever."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec import Struct, field

OPENED = "127.0.0.0/8 ::1/128"
"""What the servers of these tests open to webhooks: receivers stand on this machine."""


class Received(Struct):
    """One request, as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The notice."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Answer = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def plain(status: str = "200 OK", body: bytes = b"", **headers: str) -> Answer:
    """An ordinary answer; to a ping with its challenge."""

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        event = received.event
        said = event["data"]["challenge"].encode() if event["type"] == "webhook.ping" and status.startswith("2") else body
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(said)}", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + said)
        await writer.drain()

    return answer


class Receiver(Struct):
    """What it got, in order, and how it answers."""

    url: str = ""
    answer: Answer = field(default_factory=plain)
    got: list[Received] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    serving: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Notices but pings."""
        return [event for received in self.got if (event := received.event)["type"] != "webhook.ping"]

    async def until(
        self, count: int, *, of: Callable[[Received], bool] = lambda received: received.event["type"] != "webhook.ping"
    ) -> None:
        """Wait until so many came."""
        async with asyncio.timeout(60):
            while sum(map(of, self.got)) < count:
                self.came.clear()
                await self.came.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ssl.SSLError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
                received = Received(method, target, headers, await reader.readexactly(int(headers["content-length"])))
                self.got.append(received)
                self.came.set()
                await self.answer(received, writer)
        writer.transport.abort()


@asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None, name: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'http' if tls is None else 'https'}://{name}:{port}/hooks?of=ours"
    try:
        yield receiver
    finally:
        server.close()
        for task in receiver.serving:
            task.cancel()
        await asyncio.gather(*receiver.serving, return_exceptions=True)
