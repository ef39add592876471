"""What the campaign of random changes (``bench.page_fuzz``) begins with, and how both answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from liandan.verify_page import PAGE
from reports.attachment import bundle_in
from reports.verify import verify_bytes
from tests.browser.conftest import CHROMIUM, FLAGS, Browser, Desk
from tests.browser.receipts import refusal
from tests.reports.test_forged import originals


def files() -> list[bytes]:
    """A signed and an unsigned paper, a bundle, a refusal."""
    own, _ = originals()
    return [own.signed, own.unsigned, bundle_in(own.signed), refusal()[1]]


def verdict_here(raw: bytes) -> str:
    """Of ``liandan verify``; a paper that only a reprint proves is unchecked on the page."""
    report = verify_bytes(raw, "c.pdf", originals()[1]["signed"])
    is_ours_alone = report.verdict == "good" and report.paper == "reprint" and not report.signers
    return "unchecked" if is_ours_alone else report.verdict


def verdict_there(desk: Desk, raw: bytes) -> str:
    """Of the page."""
    return str(desk.verify(raw, originals()[1]["signed"])["verdict"])


@contextmanager
def desk_for_campaigns() -> Iterator[Desk]:
    """The page in a browser of its own."""
    with ThreadPoolExecutor(1) as thread:
        driver = thread.submit(sync_playwright().start).result()
        chromium = thread.submit(driver.chromium.launch, executable_path=CHROMIUM, args=FLAGS, headless=True).result()
        yield Browser(thread, chromium).open(PAGE.as_uri())
        thread.submit(chromium.close).result()
        thread.submit(driver.stop).result()
