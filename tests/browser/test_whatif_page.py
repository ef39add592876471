"""The page of a trial in a real browser: nothing sticks out at any width, nothing is asked for, nothing is complained of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from reports.whatif.page import to_html
from tests.browser.conftest import Browser
from tests.reports.trial import draft, row, year

WIDTHS = (360, 768, 1440)


def test_it_reads_at_every_width(browser: Browser, tmp_path: Path) -> None:
    path, pictures = tmp_path / "whatif.html", os.environ.get("LIANDAN_PICTURES")
    path.write_bytes(to_html(year().trial(draft([row("A", "60", conditions={"complete_within_days": 150}), row("C", "100")]))))
    desk = browser.open(path.as_uri())

    def look(page: Any) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
            letters = page.evaluate(
                "() => Math.min(...[...document.querySelectorAll('figure svg:not(.square)')].map((one) => one.clientWidth / 340 * 11))"
            )
            assert letters >= 9, f"letters of a chart are {letters:.1f} px high at {width}"
            if pictures is not None:
                page.screenshot(path=Path(pictures) / f"whatif-{width}.png", full_page=True)
        page.locator("details summary").last.click()
        assert page.get_by_text("01K90000000000000000000009").is_visible()

    desk.do(look)
    assert desk.complaints == []
    assert {url for url in desk.asked if not url.startswith("data:")} == {path.as_uri()}
    browser.close(desk)
