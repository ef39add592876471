"""Waiting until a page has done all that it does by itself, instead of for a time."""

from __future__ import annotations

import time
from typing import Any

REST_S = 0.3
PATIENCE_MS = 120_000
"""A page with all its figures may have to draw them first, on a machine that does much else."""
_IDLE = "() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 5), { timeout: 1000 }))"
_ENDLESS = "/desk/live"
_FILLS = "() => document.querySelector('.htmx-request') !== null"


class Quiet:
    """What one page has asked for and not yet been given; to be used in the browser's thread."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._asked: set[Any] = set()
        self._arrived: list[Any] = []
        page.on("request", self._begun)
        page.on("requestfinished", self._came)
        page.on("requestfailed", self._ended)

    def _begun(self, asked: Any) -> None:
        if _ENDLESS not in asked.url:
            self._asked.add(asked)

    def _came(self, asked: Any) -> None:
        self._ended(asked)
        self._arrived.append(asked)

    def _ended(self, asked: Any) -> None:
        self._asked.discard(asked)

    def go(self, address: str) -> int:
        """Open an address and wait; the status of its answer. It waits until its scripts have run and what they asked for has come, for ``REST_S`` at most,
        for of what a worker of the page fetches the end is never heard; for parts that the page fetches it waits to their end."""
        self._asked.clear()
        self._arrived.clear()
        answer = self._page.goto(address, wait_until="load", timeout=PATIENCE_MS)
        ends = time.monotonic() + REST_S
        self._page.evaluate(_IDLE)
        while self._asked and (time.monotonic() < ends or self._page.evaluate(_FILLS)):
            self._page.evaluate(_IDLE)
        return int(answer.status)

    def fetched(self) -> int:
        """Bytes of all that came since an address was opened, as they came over the line."""
        return sum(asked.sizes()["responseBodySize"] for asked in self._arrived)
