"""The driver's modules on an empty page of a browser: real IndexedDB, locks and cameras, no server. For what needs none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from liandan.verify_page.build import modules
from liandan.wiring import KINDS
from tests.browser.conftest import CHROMIUM

STATIC = Path(__file__).parents[3] / "liandan" / "desk" / "static"
ORIGIN = "http://127.0.0.1:9"
"""Nobody listens there; browsers take loopback for safe."""
MEDIA = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css"}
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="未找到 Chromium，网页不在浏览器里测 / no Chromium: pages are not tried in a browser"
)


@cache
def made() -> dict[str, str]:
    """What is put together from sources elsewhere."""
    return modules(KINDS)


def serve(context: Any, page: str = "<!doctype html><html lang='zh-CN'><title>驾驶</title>") -> None:
    """Answer a context's requests from the files of this checkout."""

    def answer(route: Any) -> None:
        path = urlsplit(route.request.url).path.lstrip("/")
        file = STATIC / path
        if path == "":
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
        elif path in made():
            route.fulfill(body=made()[path], content_type="text/javascript")
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=MEDIA.get(file.suffix, "application/octet-stream"))
        else:
            route.fulfill(status=404, body="")

    context.route(f"{ORIGIN}/**", answer)
