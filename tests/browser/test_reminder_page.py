"""The page that mails lead to, in a real browser: its two buttons work under its policy, and nothing sticks out on a phone."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.browser.conftest import Browser, Desk
from tests.liandan.reminders.conftest import Office, mail_settings
from tests.liandan.reminders.mailbox import mailbox, page_of
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, new_desk
from tests.workbench import Workbench


def _press(desk: Desk, pictures: str | None) -> list[str]:
    """What the page says before, after the first button, after the second."""
    page = desk.page
    said = [page.inner_text(".lead")]
    for label in ("确认接收", "不再接收"):
        if pictures is not None:
            page.screenshot(path=Path(pictures) / f"reminder-{len(said)}.png")
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        page.get_by_role("button", name=label).click()
        said.append(page.inner_text(".lead"))
    assert page.get_by_role("button").count() == 0
    return said


async def test_whoever_reads_the_mail_confirms_and_ends_it(browser: Browser, database_url: str, tmp_path: Path) -> None:
    async with mailbox() as box, http(database_url, tmp_path, **FAST, **mail_settings(box.port)) as client:
        bench = Workbench()
        await post_all(client, bench)
        office = Office(await new_desk(client, bench), box)
        await office.subscribe()
        await box.until(1)
        address = str(client.base_url).rstrip("/") + page_of(box.got[0])
        desk = await asyncio.to_thread(browser.open, address, offline=False, viewport={"width": 360, "height": 800})
        said = await asyncio.to_thread(desk.do, lambda _: _press(desk, os.environ.get("LIANDAN_PICTURES")))
        await asyncio.to_thread(browser.close, desk)
    assert desk.complaints == []
    assert [word in text for word, text in zip(("还没有确认", "已确认", "已结束"), said, strict=True)] == [True] * 3
    assert "d…@example.cn" in said[0]
    assert "@" not in said[2]
