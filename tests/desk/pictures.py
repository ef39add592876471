"""``python -m tests.desk.pictures DIR [part of a name]``: every page of the desk as PNGs at three widths, in Chinese and English, to be looked at.

python -m tests.desk.pictures /tmp/seen scale      # what has "scale" in its name
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, Browser
from tests.desk.pages import address_of, name_of, pages
from tests.desk.persons import enter
from tests.desk.played import Served, served

WIDTHS = (360, 768, 1440)


def take(found: Served, browser: Browser, folder: Path, part: str) -> list[str]:
    """The pictures; lines about what was wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for page in pages():
        name = name_of(page)
        if part not in name:
            continue
        for lang in ("zh", "en"):
            person = enter(found, browser, page[0], lang=lang, holds_key=False)
            try:
                person.open(address_of(page, person))
                for width in WIDTHS:
                    person.widen(width, 740 if width < 768 else 900)
                    person.picture(str(folder / f"{name}-{width}-{lang}.png"))
                said += [f"{name} {lang}: {line}" for line in (*person.complaints, *person.foreign)]
                said += [f"{name} {lang}: {width} px: {wide}" for width, wide in person.overflow().items()]
                said += [f"{name} {lang}: axe: {line}" for line in person.violations()]
            except Exception as error:  # noqa: BLE001  # the others are still to be seen
                said.append(f"{name} {lang}: {type(error).__name__}: {str(error)[:300]}")
            finally:
                person.close()
    return said


async def main(folder: Path, part: str) -> None:
    """All of it."""
    with ThreadPoolExecutor(1) as thread:
        driver = await asyncio.wrap_future(thread.submit(sync_playwright().start))
        chromium = await asyncio.wrap_future(thread.submit(driver.chromium.launch, executable_path=CHROMIUM, args=FLAGS, headless=True))
        try:
            async with served() as found:
                for line in await asyncio.to_thread(take, found, Browser(thread, chromium), folder, part):
                    sys.stdout.write(f"{line}\n")
        finally:
            await asyncio.wrap_future(thread.submit(chromium.close))
            await asyncio.wrap_future(thread.submit(driver.stop))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
