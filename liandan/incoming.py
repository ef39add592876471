"""What a request brings, as it comes: bodies are plain bytes, keep coming, and come whole.

A gzip body is refused unread: what is signed is exactly what is sent, and nothing is ever unpacked, so no bomb goes off.
"""

import asyncio
from typing import cast

from litestar.types import HTTPReceiveMessage, HTTPScope, Receive

from signing.refusal import refuse

BODY_IDLE_S = 30.0
"""A body of which nothing comes for so long is given up."""


def check_path(scope: HTTPScope) -> None:
    """Refusal NOT_FOUND for a path with NUL in it: nothing of ours has such a name, and PostgreSQL's text cannot hold one."""
    if "\x00" in scope["path"]:
        raise refuse("NOT_FOUND", field="path", found="U+0000", expected="a path without control characters")


def check_encoding(scope: HTTPScope) -> None:
    """Refusal BODY_ENCODING for a body that says it is packed."""
    for name, value in scope["headers"]:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise refuse("BODY_ENCODING", field="Content-Encoding", found=value.decode("latin-1")[:60], expected="identity")


def patient(receive: Receive, idle_s: float = BODY_IDLE_S) -> Receive:
    """The same messages; Refusal BODY_SLOW when the body stops coming, BODY_INCOMPLETE when its sender is gone before its end."""
    is_whole = False

    async def receiving() -> HTTPReceiveMessage:
        nonlocal is_whole
        if is_whole:
            return cast("HTTPReceiveMessage", await receive())  # whoever waits now, waits for the end of the connection
        try:
            async with asyncio.timeout(idle_s):
                message = cast("HTTPReceiveMessage", await receive())
        except TimeoutError:
            raise refuse("BODY_SLOW", found=f"nothing for {idle_s:g} s", expected="a body that keeps coming") from None
        if message["type"] == "http.disconnect":
            raise refuse("BODY_INCOMPLETE", found="the connection ended", expected="a whole body")
        is_whole = not message.get("more_body", False)
        return message

    return cast("Receive", receiving)
