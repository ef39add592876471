"""The page that mails lead to, in a real browser: its two buttons work under its policy, and nothing sticks out on a phone."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.liandan.reminders.conftest import Office, mail_settings
from tests.liandan.reminders.mailbox import mailbox, page_of
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, new_desk
from tests.workbench import Workbench

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="未找到 Chromium，网页不在浏览器里测 / no Chromium: pages are not tried in a browser"
)


def _press(address: str, pictures: str | None) -> list[str]:
    """What the page says before, after the first button, after the second."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS[:3]]) as browser:
        page = browser.new_page(viewport={"width": 360, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        said = [page.inner_text(".lead")]
        for label in ("确认接收", "不再接收"):
            if pictures is not None:
                page.screenshot(path=Path(pictures) / f"reminder-{len(said)}.png")
            assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
            page.get_by_role("button", name=label).click()
            said.append(page.inner_text(".lead"))
        assert page.get_by_role("button").count() == 0
        assert complaints == []
        return said


async def test_whoever_reads_the_mail_confirms_and_ends_it(database_url: str, tmp_path: Path) -> None:
    async with mailbox() as box, http(database_url, tmp_path, **FAST, **mail_settings(box.port)) as client:
        bench = Workbench()
        await post_all(client, bench)
        office = Office(await new_desk(client, bench), box)
        await office.subscribe()
        await box.until(1)
        address = str(client.base_url).rstrip("/") + page_of(box.got[0])
        said = await asyncio.to_thread(_press, address, os.environ.get("LIANDAN_PICTURES"))
    assert [word in text for word, text in zip(("还没有确认", "已确认", "已结束"), said, strict=True)] == [True] * 3
    assert "d…@example.cn" in said[0]
    assert "@" not in said[2]
