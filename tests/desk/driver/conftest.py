"""The driver's modules in a browser, and a road with a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from typing import Any

import pytest
from msgspec import Struct

from tests.browser.conftest import Browser
from tests.desk.driver.modules import ORIGIN, serve
from tests.desk.driver.world import Road, road


class Phone(Struct, kw_only=True):
    """A browser context, which keeps what it stores until it is closed, and its page."""

    thread: Executor
    context: Any
    page: Any
    complaints: list[str]

    def run(self, script: str, *given: Any) -> Any:
        """What a script of the page answers."""
        return self.thread.submit(lambda: self.page.evaluate(script, list(given))).result()

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Do something with the page, in the driver's thread."""
        return self.thread.submit(work, self.page).result()

    def reopen(self) -> None:
        """As after the page was killed: another one, with what the browser has stored."""

        def again() -> None:
            self.page.close()
            self.page = self.context.new_page()
            self.page.goto(ORIGIN)

        self.thread.submit(again).result()


@pytest.fixture(scope="session")
def module_browser(browser: Browser) -> tuple[Executor, Any]:
    """The browser and the thread in which it is driven."""
    return browser.thread, browser.chromium


@pytest.fixture(scope="module")
def kept_phone(module_browser: tuple[Executor, Any]) -> Iterator[Phone]:
    """One browser context for a module."""
    thread, chromium = module_browser

    def opened() -> Phone:
        context = chromium.new_context()
        serve(context)
        found = Phone(thread=thread, context=context, page=context.new_page(), complaints=[])
        context.on("weberror", lambda error: found.complaints.append(str(error.error)))
        return found

    found = thread.submit(opened).result()
    yield found
    thread.submit(found.context.close).result()


@pytest.fixture
def phone(kept_phone: Phone) -> Iterator[Phone]:
    """An empty page with the driver's modules at hand, in a browser that has stored nothing yet."""
    kept_phone.complaints.clear()
    kept_phone.do(_empty)
    yield kept_phone
    assert kept_phone.complaints == []


def _empty(page: Any) -> None:
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.goto("about:blank")
    door = page.context.new_cdp_session(page)
    door.send("Storage.clearDataForOrigin", {"origin": ORIGIN, "storageTypes": "all"})
    door.detach()
    page.goto(ORIGIN)


@pytest.fixture(scope="module")
async def shared_road(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Road]:
    """One log for a module whose tests have trucks of their own on it."""
    async with road(shared_database_url, tmp_path_factory.mktemp("road")) as found:
        yield found
