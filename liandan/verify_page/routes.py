"""The verification page over HTTP: the address of every square code (docs/formats/claim.md), for everybody, without a token.

What is checked stays in the browser: a fragment is never sent, and the page's own policy allows no request.
"""

import re
from functools import cache
from hashlib import sha256
from typing import Any

from litestar import Request, Response, get
from litestar.openapi import ResponseSpec

from ledger.describing import HTML, AnswerSpec, asks
from liandan.verify_page import PAGE

_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')
HEADERS = ("ETag", "Cache-Control", "Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options")
ANSWERS: dict[int, ResponseSpec] = {
    200: AnswerSpec(str, media_type=HTML, description="One file that works without a network", headers=HEADERS),
    304: AnswerSpec(None, description="Unchanged", headers=HEADERS),
}


@cache
def _served() -> tuple[bytes, dict[str, str]]:
    """The page and its headers; only a header can say who may frame it."""
    raw = PAGE.read_bytes()
    found = _POLICY.search(raw[:4096].decode())
    assert found is not None, "the page names its scripts"
    return raw, {
        "Cache-Control": "public, max-age=3600",
        "ETag": f'"{sha256(raw).hexdigest()[:32]}"',
        "Content-Security-Policy": f"{found[1]}; frame-ancestors 'none'",
        "Permissions-Policy": "camera=(self)",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


@get(
    ["/v", "/verify.html"],
    media_type=HTML,
    tags=["verification"],
    summary="核验页 / verification page",
    opt=asks("If-None-Match"),
    responses=ANSWERS,
)
async def verify_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Checks certificates, bundles and square codes in the browser; nothing is sent here."""
    raw, headers = _served()
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(raw, media_type=HTML, headers=headers)
