"""Bounded HTTP: an answer of at most so many bytes, or one typed failure, whatever the other side does.

Nothing is followed (no redirects), nothing is believed about lengths; the time limit is the caller's.
"""

from collections.abc import Mapping

import httpx
from msgspec import Struct


class Unreadable(Exception):
    """No answer, a broken one, or one that is too long."""


class HttpAnswer(Struct, frozen=True):
    """A complete answer."""

    status: int
    content_type: str
    body: bytes


async def fetch(
    http: httpx.AsyncClient, url: str, *, most: int, content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    """GET, or POST when there is ``content``; raises Unreadable and nothing else but a time limit of the caller."""
    sent = {"Accept-Encoding": "identity", **(headers or {})}
    try:
        async with http.stream(
            "GET" if content is None else "POST", url, content=content, headers=sent, follow_redirects=False
        ) as response:
            body = bytearray()
            coding = response.headers.get("content-encoding", "identity")
            if coding != "identity":
                raise Unreadable(f"content-encoding {coding[:20]} was not asked for")  # and may be small on the way only
            async for part in response.aiter_raw(65_536):
                body += part
                if len(body) > most:
                    raise Unreadable(f"more than {most} bytes")
            return HttpAnswer(response.status_code, response.headers.get("content-type", ""), bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error
