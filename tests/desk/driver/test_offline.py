"""A trip without a network, on a phone-sized Chromium and a real log: signed in order, kept over a reload, sent once there is a network."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from bench.load import key_of
from tests.desk.driver.modules import needs_chromium
from tests.desk.driver.world import Handset, Road, Truck, handset, road

pytestmark = needs_chromium
Browser = tuple[Executor, Any]
OTHER_PLATE = "川A·B00002"


async def driver(found: Road, browser: Browser, truck: Truck, **options: Any) -> Handset:
    """The phone of the carrier's truck, with its page open and kept by its worker."""
    carrier = truck.lane.carrier
    phone = await handset(found, browser, carrier, key_of(f"{carrier} 1"), **options)
    await phone.open(truck.path)
    await phone.until("return Boolean(navigator.serviceWorker.controller) && (await caches.match(location.pathname)) !== undefined")
    return phone


async def fill_in(phone: Handset, plate: str = "川A·B00001") -> None:
    """What a departure asks for."""

    def go(page: Any) -> None:
        form = page.locator("form[data-drive='manifest.depart/1']:visible")
        form.locator("[data-path='vehicle.plate']").fill(plate)
        form.locator("[data-path='vehicle.licence_no']").fill("营运000001")
        form.locator("[data-path='waybill_no']").fill("YD0000000001")
        form.locator("[data-labels-first]").click()
        form.locator("[data-checks-all]").click()

    await phone.do(go)


async def depart_alone(phone: Handset) -> str:
    """单方起运, from the page; what the sheet says."""
    await phone.press("单方起运")
    await phone.do(lambda page: page.locator("[data-alone]:visible").click())
    return await phone.sign()


async def transship(phone: Handset) -> str:
    """换装."""
    await phone.press("换装")

    def go(page: Any) -> None:
        form = page.locator("form[data-drive='manifest.transship/1']:visible")
        form.locator("[data-path='vehicle.plate']").fill(OTHER_PLATE)
        form.locator("[data-path='vehicle.licence_no']").fill("营运000002")
        form.locator("[data-path='reason']").fill("故障换车（虚构）")
        form.locator("[data-path='place.division']").select_option(index=1)
        form.locator("[data-path='place.address']").fill("乙市虚构服务区1号")
        page.locator("details[open] button.primary:visible").click()

    await phone.do(go)
    return await phone.sign()


async def arrive(phone: Handset) -> str:
    """运抵, by the one button."""
    await phone.do(lambda page: page.locator("#next button:visible").click())
    return await phone.sign()


async def test_three_acts_without_a_network_are_kept_and_sent_in_order(database_url: str, tmp_path: Path, module_browser: Browser) -> None:
    async with road(database_url, tmp_path) as found:
        truck = await found.issue()
        phone = await driver(found, module_browser, truck)
        await phone.offline()
        await phone.open(truck.path)  # a reload without a network
        await fill_in(phone)
        said = await depart_alone(phone)
        assert "川A·B00001" in said
        assert OTHER_PLATE in await transship(phone)
        await arrive(phone)
        kept = await phone.queued()
        assert [act["kind"] for act in kept] == ["manifest.depart/1", "manifest.transship/1", "manifest.arrive/1"]
        assert [act["seq"] for act in kept] == [1, 2, 3]
        assert [act["prev"] for act in kept[1:]] == [act["statement"] for act in kept[:2]]
        await phone.open(truck.path)
        shown = await phone.do(lambda page: page.inner_text("body"))
        assert "没有网络" in shown
        assert "已签署 3 件，存在本机，未发送" in shown
        assert "已运抵" in shown
        assert "本趟已签完" in shown
        assert OTHER_PLATE in shown
        assert await phone.do(lambda page: page.locator("#next button:visible").count()) == 0
        await phone.offline(False)
        await phone.until("return document.documentElement.dataset.ready && document.getElementById('strip').hidden")
        acts = await found.acts(truck.chain)
        assert [act["hash"] for act in acts[1:]] == [act["statement"] for act in kept]
        assert [act["prev"] for act in acts[1:]] == [act["hash"] for act in acts[:3]]
        assert await phone.queued() == []
        await phone.open(truck.path)
        assert "已运抵" in await phone.do(lambda page: page.inner_text("h1"))
        assert phone.complaints == []
        await phone.close()
