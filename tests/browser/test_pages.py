"""The server's pages in a real browser, at the width of a phone, a tablet and a desk: nothing sticks out, nothing is asked of a foreign host,
no policy is broken; and the documentation finds Chinese words.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from liandan.pages.docs import SITE
from tests.browser.conftest import Browser, Desk
from tests.liandan.serving import http, post_all
from tests.workbench import Workbench

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


def _visit(desk: Desk, address: str, pictures: Path | None) -> Iterator[str]:
    """Look at every page at every width; what is wrong with them."""
    page = desk.page
    for path in PAGES:
        page.goto(f"{address}{path}", wait_until="networkidle")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if pictures is not None:
                page.screenshot(path=pictures / f"{path.strip('/').replace('/', '-') or 'home'}-{width}.png")
            if (wider := page.evaluate(_WIDER)) > 0:
                yield f"{path} at {width}: {wider} px stick out"
            yield from (f"{path} at {width}: {complaint}" for complaint in desk.complaints)
            desk.complaints.clear()
    yield from (url for url in desk.asked if not url.startswith((address, "data:", "blob:")))


def _search(desk: Desk, address: str) -> Iterator[str]:
    """Type each query into the documentation's search; those that find nothing of theirs."""
    from playwright.sync_api import Error

    page = desk.page
    page.goto(f"{address}/docs/api/", wait_until="networkidle")
    page.keyboard.press("/")
    for query, word in QUERIES.items():
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(query)
        try:
            page.locator("mark", has_text=word).first.wait_for(timeout=30_000)
        except Error as error:
            yield f"{query}: {error.message.splitlines()[0]}"


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Desk]:
    """A page that may ask the server."""
    desk = browser.open("about:blank", offline=False)
    yield desk
    browser.close(desk)


async def _told(desk: Desk, look: Callable[[], Iterator[str]]) -> list[str]:
    """The findings, gathered beside the server, which answers from this loop."""
    return await asyncio.to_thread(desk.do, lambda _: list(look()))


@needs_site
async def test_every_page_fits_every_width_and_asks_nobody_else(address: str, visitor: Desk) -> None:
    kept = os.environ.get("LIANDAN_PICTURES")  # a directory to look at
    assert await _told(visitor, lambda: _visit(visitor, address, Path(kept) if kept else None)) == []


@needs_site
async def test_the_documentation_finds_chinese_words(address: str, visitor: Desk) -> None:
    assert await _told(visitor, lambda: _search(visitor, address)) == []
