"""One Chromium for the tests of modules, in a thread of its own: it keeps an event loop running, and other tests run theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest
from msgspec import Struct

from tests.browser.conftest import CHROMIUM, FLAGS
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
def module_browser() -> Iterator[tuple[Executor, Any]]:
    """The browser and the thread in which it is driven."""
    from playwright.sync_api import sync_playwright

    with ThreadPoolExecutor(1) as thread:
        driver = thread.submit(sync_playwright().start).result()
        chromium = thread.submit(driver.chromium.launch, executable_path=CHROMIUM, args=FLAGS, headless=True).result()
        yield thread, chromium
        thread.submit(chromium.close).result()
        thread.submit(driver.stop).result()


@pytest.fixture
def phone(module_browser: tuple[Executor, Any]) -> Iterator[Phone]:
    """An empty page with the driver's modules at hand."""
    thread, chromium = module_browser

    def opened() -> Phone:
        context = chromium.new_context()
        serve(context)
        found = Phone(thread=thread, context=context, page=context.new_page(), complaints=[])
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.goto(ORIGIN)
        return found

    found = thread.submit(opened).result()
    yield found
    thread.submit(found.context.close).result()
    assert found.complaints == []


@pytest.fixture(scope="module")
async def shared_road(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Road]:
    """One log for a module whose tests have trucks of their own on it."""
    async with road(shared_database_url, tmp_path_factory.mktemp("road")) as found:
        yield found
