"""Pages of the desk in a real browser: seconds until something stands, until all has come, and what comes over the line.

The first page of each face is opened cold (an empty cache) and then warm. To hold: a first page within a second and 150 KB.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from msgspec import Struct
from playwright.sync_api import sync_playwright

from bench.figures import Figure
from tests.browser.conftest import CHROMIUM, FLAGS, Browser
from tests.desk.persons import Person, enter
from tests.desk.played import Served, served

ROUNDS = 3
MUST_COLD_S, MUST_COLD_B = 1.0, 150_000
FIRST = {
    "clerk": "/desk", "driver": "/drive/", "scale": "/scale/", "sichuan": "/province", "inspector": "/road",
}  # fmt: skip
"""By person (tests/desk/persons.py)."""
_TIMES = """() => {
  const [whole] = performance.getEntriesByType("navigation");
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const parts = performance.getEntriesByType("resource");
  const bytes = [whole, ...parts].reduce((sum, one) => sum + one.transferSize, 0);
  return [painted ? painted.startTime : whole.domContentLoadedEventEnd, whole.loadEventEnd, whole.responseStart, bytes];
}"""


class Seen(Struct, frozen=True):
    """One opening of a page: seconds to the first paint, to the load event, to the first byte; bytes that came."""

    paint_s: float
    load_s: float
    byte_s: float
    size: int


def look(person: Person, path: str) -> Seen:
    """Open it and ask the browser."""

    def opened(page: Any) -> list[float]:
        page.goto(f"{person.url}{path}", wait_until="load")
        page.wait_for_timeout(50)  # the load event's own time stands when it has ended
        return list(page.evaluate(_TIMES))

    paint, load, byte, size = person.do(opened)
    return Seen(paint / 1000, load / 1000, byte / 1000, int(size))


def looked_at(found: Served, browser: Browser) -> Iterator[Figure]:
    """The first page of each face, cold and warm."""
    for who, path in FIRST.items():
        cold, warm = list[Seen](), list[Seen]()
        for _ in range(ROUNDS):
            person = enter(found, browser, who, holds_key=False)
            cold.append(look(person, path))
            warm.append(look(person, path))
            person.close()
        load, paint = median(one.load_s for one in warm), median(one.paint_s for one in cold)
        note = f"at most {MUST_COLD_S} s; {cold[0].size / 1000:.1f} KB of at most {MUST_COLD_B / 1000:.0f}; whole and warm {load:.2f} s, first byte "
        yield Figure(
            name=f"{path} of {who}, cold, first paint", value=paint, unit="s", note=note + f"{median(one.byte_s for one in warm):.3f} s"
        )


async def _run() -> list[Figure]:
    with ThreadPoolExecutor(1) as thread:
        driver = await asyncio.wrap_future(thread.submit(sync_playwright().start))
        chromium = await asyncio.wrap_future(thread.submit(driver.chromium.launch, executable_path=CHROMIUM, args=FLAGS, headless=True))
        try:
            async with served() as found:
                return await asyncio.to_thread(lambda: list(looked_at(found, Browser(thread, chromium))))
        finally:
            await asyncio.wrap_future(thread.submit(chromium.close))
            await asyncio.wrap_future(thread.submit(driver.stop))


def measure(manifests: int) -> Iterator[Figure]:
    """On the demonstration's log, whatever ``manifests`` says; ``desk_lists`` asks the same pages of a large one."""
    yield from asyncio.run(_run())
