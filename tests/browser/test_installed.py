"""The page from a server: installed, then opened with no network and no server, where it verifies as before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liandan.verify_page import routes
from tests.browser.conftest import Browser, Desk
from tests.browser.papers import claimed
from tests.liandan.serving import http

_CHOSEN = "() => document.querySelectorAll('article').length > 0 && !document.body.matches('.busy')"


def _verify(page: Any, pdf: bytes) -> str:
    page.set_input_files("#files", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.wait_for_function(_CHOSEN)
    return str(page.locator("article").first.get_attribute("data-verdict"))


def _kept(page: Any) -> list[str]:
    page.wait_for_function("() => navigator.serviceWorker.ready.then(found => found.active.state === 'activated')")
    return list(page.evaluate("caches.keys()"))


async def _do(desk: Desk, work: Callable[[Any], Any]) -> Any:
    """Beside the server, which answers from this loop."""
    return await asyncio.to_thread(desk.do, work)


async def test_it_opens_and_verifies_without_network_or_server(browser: Browser, database_url: str, tmp_path: Path) -> None:
    pdf, address, found = claimed()
    desk = await asyncio.to_thread(browser.open, "about:blank")
    async with http(database_url, tmp_path) as client:
        base = str(client.base_url).rstrip("/")
        await _do(desk, lambda page: (page.context.set_offline(False), page.goto(f"{base}/v")))
        kept = await _do(desk, _kept)
        assert await _do(desk, _installable) == []
        assert await _do(desk, lambda page: page.locator("#home").get_attribute("href")) == "/public"
        assert await _do(desk, lambda page: page.locator("#home").is_visible()), "a way back to the site that serves it"
        own = {one for one in desk.asked if one.startswith("http")}
        assert own <= {f"{base}/v", f"{base}/v/worker.js", f"{base}/v/manifest.webmanifest"}
    # The server is gone, and the network too.
    await _do(desk, lambda page: page.context.set_offline(True))
    await _do(desk, lambda page: page.reload())
    assert await _do(desk, lambda page: page.evaluate("navigator.serviceWorker.controller !== null"))
    assert "已留存" in await asyncio.to_thread(desk.pin, found)
    assert await _do(desk, lambda page: _verify(page, pdf)) == "good"
    await _do(desk, lambda page: (page.goto(f"{base}/v#{address.partition('#')[2]}"), page.reload(), page.wait_for_selector("article")))
    verdict = await _do(desk, lambda page: page.locator("article").first.get_attribute("data-verdict"))
    assert verdict == "good", "the key was kept with the pin"
    await _do(desk, lambda page: page.goto(f"{base}/verify.html"))
    assert await _do(desk, lambda page: page.title()) == "联单核验"
    assert len(kept) == 1
    assert desk.complaints == []
    await asyncio.to_thread(browser.close, desk)


def _installable(page: Any) -> list[str]:
    """What keeps the browser from installing the page, but that this window keeps nothing."""
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    errors = [one["message"] for one in manifest["errors"]]
    assert manifest["url"].endswith("/v/manifest.webmanifest")
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return errors + [one["errorId"] for one in found if one["errorId"] != "in-incognito"]


async def test_the_worker_keeps_the_one_page_that_it_names(
    browser: Browser, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is not the worker's own, half a new version or changed on its way, is not kept."""
    routes._worker()
    page_of_now = routes._page()
    other = msgspec.structs.replace(page_of_now, raw=page_of_now.raw + b"<!-- more -->")
    monkeypatch.setattr(routes, "_page", lambda: other)
    desk = await asyncio.to_thread(browser.open, "about:blank")

    def visit(page: Any) -> Any:
        page.context.set_offline(False)
        page.goto(f"{base}/v")
        found = "navigator.serviceWorker.getRegistration()"
        page.wait_for_function(f"() => {found}.then(found => !found || !(found.installing || found.waiting))")
        return page.evaluate(f"{found}.then(found => Boolean(found && found.active))"), page.evaluate("caches.keys()")

    async with http(database_url, tmp_path) as client:
        base = str(client.base_url).rstrip("/")
        is_active, kept = await _do(desk, visit)
    assert (is_active, kept) == (False, [])
    await asyncio.to_thread(browser.close, desk)
