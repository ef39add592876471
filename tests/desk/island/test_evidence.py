"""The page of evidence: what is kept in the browser, what is fetched and checked, what is taken away opens elsewhere."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from reports.anchor import Anchor
from reports.receipts import verify_receipts
from tests.browser.conftest import Browser
from tests.desk.island.page import enter
from tests.liandan.pending.desk import Pair


async def test_receipts_are_fetched_checked_and_taken_away(pair: Pair, browser: Browser, tmp_path: Path) -> None:
    departure = await pair.departure()
    page = await enter(browser, pair, pair.consignor, "/desk/evidence")

    def fetch(found: Any) -> str:
        found.locator("tr", has_text=departure.trip.chain).locator("[data-fetch]").first.click()
        found.locator("[data-receipt]").wait_for()
        found.locator("[data-check]").click()
        found.locator("[data-receipt] [role=status]:has-text('相符')").wait_for()
        return str(found.inner_text("[data-receipts]"))

    told = await page.do(fetch)
    assert "1 份回执只在这台浏览器里" in told

    def take(found: Any) -> bytes:
        with found.expect_download() as download:
            found.click("[data-all]")
        path = tmp_path / "receipts.zip"
        download.value.save_as(path)
        found.locator("[data-untaken]").wait_for(state="detached")
        return path.read_bytes()

    with zipfile.ZipFile(io.BytesIO(await page.do(take))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "taken")
    trust = pair.stage.poster.trust
    [report] = verify_receipts(sorted((tmp_path / "taken").iterdir()), Anchor(found=trust.found, vkeys=trust.log_keys))
    assert (report.form, report.findings, report.index is not None) == ("entry", (), True), (
        "the program says the same of what the browser kept"
    )
    assert page.desk.complaints == []
