"""Whether anybody still waits for what takes long to make: who has left has it ended, and holds nothing up."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from signing.refusal import Refusal

Receive = Callable[[], Awaitable[Any]]
"""What a request brings, message by message (ASGI)."""


async def still_waits(receive: Receive, work: asyncio.Task[Any]) -> bool:
    """Whether the client is still there when the work is done; where it has left before, the work is ended."""
    gone = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait([work, gone], return_when=asyncio.FIRST_COMPLETED)
        return work.done()
    finally:
        gone.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait([work])


async def _left(receive: Receive) -> None:
    with suppress(Refusal):  # what a connection that ended early is answered with
        while (await receive())["type"] != "http.disconnect":
            pass


async def to_its_end(work: Awaitable[None]) -> None:
    """Wait for work on a thread, which cannot be cancelled: whoever is cancelled meanwhile goes on when it has ended."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
