"""The server's pages in a real browser, at the width of a phone, a tablet and a desk: nothing sticks out, nothing is asked of a foreign host,
no policy is broken; and the documentation finds Chinese words.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from liandan.pages.docs import SITE
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.liandan.serving import http, post_all
from tests.workbench import Workbench

pytestmark = pytest.mark.skipif(  # a machine without a browser has its pages tested by .ci/run, which installs one
    CHROMIUM is None, reason="未找到 Chromium，网页不在浏览器里测 / no Chromium: pages are not tried in a browser"
)
needs_site = pytest.mark.skipif(not SITE.exists(), reason="未执行 make docs / make docs was not run")  # `make test` runs it first
WIDTHS = (360, 768, 1440)
PAGES = ("/", "/problems", "/problems/approval-quota", "/problems/query-form", "/schema", "/docs/", "/docs/api/", "/docs/formats/kinds/")
QUERIES = {
    "白名单": "白名单",
    "转移证明": "转移证明",
    "危险废物": "危险废物",
    "跨省转移": "跨省转移",
    "检查点": "检查点",
    "保存回执": "回执",
    "备份": "备份",
}
"""What somebody types, and a word of it that the first answers must show."""
_WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
async def address(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A running server with a small log."""
    async with http(shared_database_url, tmp_path_factory.mktemp("pages")) as client:
        await post_all(client, Workbench())
        yield str(client.base_url).rstrip("/")


def _visit(address: str, pictures: Path | None) -> Iterator[str]:
    """Look at every page at every width; what is wrong with them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS[:3]]) as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else complaints.append(request.url))
        for path in PAGES:
            page.goto(f"{address}{path}", wait_until="networkidle")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if pictures is not None:
                    page.screenshot(path=pictures / f"{path.strip('/').replace('/', '-') or 'home'}-{width}.png")
                if (wider := page.evaluate(_WIDER)) > 0:
                    yield f"{path} at {width}: {wider} px stick out"
                yield from (f"{path} at {width}: {complaint}" for complaint in complaints)
                complaints.clear()


def _search(address: str) -> Iterator[str]:
    """Type each query into the documentation's search; those that find nothing of theirs."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS[:3]]) as browser:
        page = browser.new_page()
        page.goto(f"{address}/docs/api/", wait_until="networkidle")
        page.keyboard.press("/")
        for query, word in QUERIES.items():
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(query)
            try:
                page.locator("mark", has_text=word).first.wait_for(timeout=10_000)
            except Error as error:
                yield f"{query}: {error.message.splitlines()[0]}"


async def _told(findings: Any) -> list[str]:
    """The findings, gathered in a thread: the server runs in this one."""
    return await asyncio.to_thread(list, findings)


@needs_site
async def test_every_page_fits_every_width_and_asks_nobody_else(address: str) -> None:
    kept = os.environ.get("LIANDAN_PICTURES")  # a directory to look at
    assert await _told(_visit(address, Path(kept) if kept else None)) == []


@needs_site
async def test_the_documentation_finds_chinese_words(address: str) -> None:
    assert await _told(_search(address)) == []
