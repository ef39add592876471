"""The verification page over HTTP: the address of every square code (docs/formats/claim.md), for everybody, without a token; and what a
browser needs to install it, so that it opens without a network.

What is checked stays in the browser: a fragment is never sent, and the page's own policy allows no request. The worker keeps the page
whose hash it names, so a new page comes with a new worker and never by halves.
"""

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.openapi import ResponseSpec
from msgspec import Struct

from ledger.describing import HTML, AnswerSpec, asks
from liandan.verify_page import PAGE

_POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')
_ICON = re.compile(r'<link rel="icon" href="([^"]+)"')
_HEAD = 4096
"""Characters of the page in which both stand."""
ALONE = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


HEADERS = ("ETag", "Cache-Control", "Referrer-Policy", "X-Content-Type-Options")
SCRIPT, MANIFEST = "text/javascript", "application/manifest+json"


def _answers(media_type: str, description: str, *headers: str, type_: type = str) -> dict[int, ResponseSpec]:
    told = (*HEADERS, *headers)
    return {
        200: AnswerSpec(type_, media_type=media_type, description=description, headers=told),
        304: AnswerSpec(None, description="Unchanged", headers=told),
    }


class _Served(Struct, frozen=True):
    """A file and its headers."""

    raw: bytes
    media_type: str
    headers: dict[str, str]

    def answer(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """The file, or that it has not changed."""
        if self.headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(b"", status_code=304, headers=self.headers)
        return Response(self.raw, media_type=self.media_type, headers=self.headers)


def _served(raw: bytes, media_type: str, seconds: int, headers: dict[str, str]) -> _Served:
    tag = f'"{sha256(raw).hexdigest()[:32]}"'
    return _Served(raw, media_type, {"Cache-Control": f"public, max-age={seconds}", "ETag": tag, **ALONE, **headers})


@cache
def _page() -> _Served:
    """Only a header can say who may frame it."""
    raw = PAGE.read_bytes()
    found = _POLICY.search(raw[:_HEAD].decode("utf-8", "ignore"))
    assert found is not None, "the page names its scripts"
    headers = {"Content-Security-Policy": f"{found[1]}; frame-ancestors 'none'", "Permissions-Policy": "camera=(self)"}
    return _served(raw, HTML, 3600, headers)


@cache
def _worker() -> _Served:
    """The worker of this page; it may fetch from here, the page may not. Looked at anew at every visit, as it tells which page is current."""
    source = Path(__file__).with_name("worker.js").read_text(encoding="utf-8")
    raw = source.replace("{{sha256}}", sha256(_page().raw).hexdigest()).encode()
    policy = "default-src 'none'; connect-src 'self'"
    return _served(raw, SCRIPT, 0, {"Content-Security-Policy": policy, "Service-Worker-Allowed": "/v"})


@cache
def _manifest() -> _Served:
    """Name, icon and address of the installed page (W3C Web Application Manifest)."""
    icon = _ICON.search(_page().raw[:_HEAD].decode("utf-8", "ignore"))
    assert icon is not None, "the page has an icon"
    about = {
        "id": "/v", "name": "联单核验 / Verify a manifest", "short_name": "联单核验", "lang": "zh-CN", "start_url": "/v", "scope": "/v",
        "display": "standalone", "background_color": "#f7f9f8", "theme_color": "#1f5a4c",
        "icons": [{"src": icon[1], "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    raw = json.dumps(about, ensure_ascii=False).encode()
    return _served(raw, MANIFEST, 3600, {})


@get(
    ["/v", "/verify.html"],
    media_type=HTML,
    tags=["verification"],
    summary="核验页 / verification page",
    opt=asks("If-None-Match"),
    responses=_answers(HTML, "One file that works without a network", "Content-Security-Policy", "Permissions-Policy"),
)
async def verify_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Checks documents, bundles, receipts and square codes in the browser; nothing is sent here."""
    return _page().answer(request)


@get(
    "/v/worker.js",
    media_type=SCRIPT,
    tags=["verification"],
    summary="核验页的离线程序 / worker of the page",
    opt=asks("If-None-Match"),
    responses=_answers(SCRIPT, "Keeps the page for days without a network", "Content-Security-Policy", "Service-Worker-Allowed"),
)
async def verify_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Keeps the verification page in the browser that opened it."""
    return _worker().answer(request)


@get(
    "/v/manifest.webmanifest",
    media_type=MANIFEST,
    tags=["verification"],
    summary="核验页的安装信息 / manifest of the page",
    opt=asks("If-None-Match"),
    responses=_answers(MANIFEST, "What a browser installs", type_=dict),
)
async def verify_manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Lets a browser install the verification page."""
    return _manifest().answer(request)


ROUTES = (verify_page, verify_worker, verify_manifest)
