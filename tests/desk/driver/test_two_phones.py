"""Two phones sign a departure together where there is no network, by codes in both directions; whoever has a network first sends it."""

from __future__ import annotations

from pathlib import Path

from bench.load import key_of
from tests.desk.driver.camera import cameras, pictures_of
from tests.desk.driver.modules import needs_chromium
from tests.desk.driver.test_offline import fill_in
from tests.desk.driver.world import Handset, handset, road

pytestmark = needs_chromium

TAPS_MAX = 5
"""起运、签署、扫回码; 扫对方的码、签署."""
FRAMES_MAX = 4


async def taps_counted(phone: Handset) -> None:
    """Count every press of a button from now on."""
    await phone.run(
        'window.taps = 0; addEventListener("click", (event) => { if (event.target.closest("button")) window.taps += 1; }, true);'
    )


async def shown(phone: Handset) -> None:
    """Wait until a code is on the screen."""
    await phone.do(lambda page: page.wait_for_selector("dialog#shower[open]"))


async def test_a_departure_is_signed_by_two_phones_without_a_network(database_url: str, tmp_path: Path) -> None:
    async with road(database_url, tmp_path) as found, cameras(tmp_path) as (theirs, ours):
        truck = await found.issue(packs=60)
        carrier, generator = truck.lane.carrier, truck.lane.generator
        driver = await handset(found, ours.browser, carrier, key_of(f"{carrier} 1"))
        gate = await handset(found, theirs.browser, generator, key_of(f"{generator} 1"))
        for phone in (driver, gate):
            await phone.open(truck.path)
            await phone.until("return (await caches.match(location.pathname)) !== undefined")
            await phone.offline()
            await taps_counted(phone)
        await fill_in(driver)
        await driver.run("window.taps = 0")
        await driver.do(lambda page: page.locator("#next button:visible").click())
        said = await driver.sign()
        assert "60 枚" in said
        await shown(driver)
        frames = await pictures_of(driver)
        assert 1 <= len(frames) <= FRAMES_MAX
        theirs.play(frames)
        await gate.press("扫对方的码")
        await gate.do(lambda page: page.wait_for_selector("dialog.sheet[open]", timeout=60_000))
        assert await code_of(gate) == await check_of(driver)
        assert "60 枚" in await gate.sign()
        await shown(gate)
        answer = await pictures_of(gate)
        assert len(answer) == 1
        ours.play(answer)
        await driver.press("对方签好后，扫对方的回码")
        await driver.until("return document.getElementById('message').textContent.includes('两方都已签齐')", seconds=60)
        taps = [await phone.run("return window.taps") for phone in (driver, gate)]
        assert sum(taps) <= TAPS_MAX, taps
        [one], [other] = await driver.queued(), await gate.queued()
        assert (one["statement"], one["signatures"]) == (other["statement"], 2)
        assert other["signatures"] == 2
        assert "运输中" in await driver.do(lambda page: page.inner_text("h1"))
        await gate.do(lambda page: page.locator("dialog[open] [data-close]").click())
        await gate.offline(False)
        await gate.until("return document.documentElement.dataset.ready && document.getElementById('strip').hidden")
        assert [act["hash"] for act in (await found.acts(truck.chain))[1:]] == [one["statement"]]
        await driver.offline(False)
        await driver.until("document.getElementById('message').hidden = true; return document.getElementById('strip').hidden")
        assert await driver.queued() == await gate.queued() == []
        assert len(await found.acts(truck.chain)) == 2
        assert driver.complaints == gate.complaints == []


async def code_of(phone: Handset) -> str:
    """核对码 on the sheet."""
    return str(await phone.do(lambda page: page.locator("dialog.sheet [data-code]").inner_text()))


async def check_of(phone: Handset) -> str:
    """核对码 beside the code on the screen."""
    return str(await phone.do(lambda page: page.locator("#shower-check").inner_text())).removeprefix("核对码 ")
