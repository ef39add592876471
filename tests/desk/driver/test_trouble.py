"""What goes wrong on the way: the log has moved on, the server dies, the page dies, the session ends, two tabs, a wrong clock, a slow network."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from ledger.pending.compact import read_texts
from tests.desk.driver.modules import needs_chromium
from tests.desk.driver.test_offline import arrive, depart_alone, driver, fill_in, transship
from tests.desk.driver.world import Handset, Road, Truck

pytestmark = needs_chromium
Browser = tuple[Executor, Any]
SENT = "return document.documentElement.dataset.ready && document.getElementById('strip').hidden"


async def signed_offline(road: Road, browser: Browser) -> tuple[Truck, Handset]:
    """A truck whose departure, transshipment and arrival lie in its phone."""
    truck = await road.issue()
    phone = await driver(road, browser, truck)
    await phone.offline()
    await fill_in(phone, plate=f"川A·C{road.count:05d}")
    await depart_alone(phone)
    await transship(phone)
    await arrive(phone)
    return truck, phone


async def test_a_void_in_the_middle_stops_its_chain_and_no_other(shared_road: Road, module_browser: Browser) -> None:
    truck, phone = await signed_offline(shared_road, module_browser)
    other = await shared_road.issue()
    await phone.run(
        """const { Queue } = await load("driver/queue"); const found = JSON.parse(document.getElementById("drive-data").textContent).trip.found;
           const queue = await Queue.open(found); await queue.learn(given, 0, "0".repeat(64));""",
        other.chain,
    )
    [issued] = await shared_road.acts(truck.chain)
    await shared_road.post(
        truck.chain, "manifest.void/1", (truck.lane.generator,), {"reason": "当日无法装运（虚构）"}, seq=1, prev=issued["hash"]
    )
    await phone.offline(False)
    await phone.until("return document.querySelector('#kept li[data-state=refused]') !== null")
    kept = await phone.queued()
    assert [bool(act["problem"]) for act in kept] == [True, False, False]
    assert kept[0]["problem"]["code"] == "CHAIN_CONFLICT"
    shown = await phone.do(lambda page: page.inner_text("#kept"))
    assert "没有入账" in shown
    assert "重新核对并签署" in shown
    assert "后面的行为接在它后面" in shown
    assert len(await shared_road.acts(truck.chain)) == 2, "nothing was entered behind the void"
    assert phone.complaints == [] or all("409" in line for line in phone.complaints)
    await phone.close()


async def test_a_server_that_dies_in_the_middle_loses_nothing(shared_road: Road, module_browser: Browser) -> None:
    truck, phone = await signed_offline(shared_road, module_browser)
    kept = await phone.queued()
    shared_road.kill()
    await phone.offline(False)
    await asyncio.sleep(1)
    assert [act["statement"] for act in await phone.queued()] == [act["statement"] for act in kept]
    await shared_road.restart()
    await phone.open(truck.path)
    await phone.until(SENT, seconds=60)
    assert [act["hash"] for act in (await shared_road.acts(truck.chain))[1:]] == [act["statement"] for act in kept]
    await phone.close()


async def test_a_page_that_dies_while_it_sends_sends_again(shared_road: Road, module_browser: Browser) -> None:
    """Twice, before the log has answered and after; either way the page never hears of it."""
    truck, phone = await signed_offline(shared_road, module_browser)
    kept = await phone.queued()

    def again(page: Any) -> None:
        page.close()
        phone.page = phone.context.new_page()

    for answered in (False, True):
        came: list[str] = []

        def hold(route: Any, answered: bool = answered, came: list[str] = came) -> None:
            if answered:
                route.fetch()
            came.append(route.request.url)

        await phone.do(lambda page, hold=hold: page.route("**/v1/statements", hold))
        if answered:
            await phone.open(truck.path)
        else:
            await phone.offline(False)
        for _ in range(200):
            await phone.do(lambda page: page.wait_for_timeout(100))  # the browser's driver hears of requests while it waits
            if came:
                break
        assert came
        await phone.do(again)
    await phone.open(truck.path)
    await phone.until(SENT, seconds=40)
    acts = await shared_road.acts(truck.chain)
    assert [act["hash"] for act in acts[1:]] == [act["statement"] for act in kept]
    await phone.close()


async def test_a_session_that_has_ended_holds_up_nothing(shared_road: Road, module_browser: Browser) -> None:
    truck, phone = await signed_offline(shared_road, module_browser)
    stale = [{"name": "liandan", "value": "x" * 43, "url": shared_road.url, "httpOnly": True, "sameSite": "Lax"}]
    await phone.do(lambda page: phone.context.add_cookies(stale))
    await phone.offline(False)
    await phone.until("return document.documentElement.dataset.ready === undefined || document.getElementById('strip').hidden")
    acts = await shared_road.acts(truck.chain)
    for _ in range(100):
        if len(acts) == 4:
            break
        await asyncio.sleep(0.1)
        acts = await shared_road.acts(truck.chain)
    assert len(acts) == 4
    await phone.close()


async def test_two_tabs_the_way_back_and_a_slow_network(shared_road: Road, module_browser: Browser) -> None:
    truck, phone = await signed_offline(shared_road, module_browser)

    def both(page: Any) -> str:
        other = phone.context.new_page()
        other.goto(shared_road.url + truck.path)
        other.wait_for_selector("html[data-ready]", state="attached")
        said = str(other.inner_text("#strip"))
        other.goto("about:blank")
        other.go_back()
        other.wait_for_selector("html[data-ready]", state="attached")
        return said + str(other.inner_text("h1"))

    said = await phone.do(both)
    assert "已签署 3 件" in said
    assert "已运抵" in said
    await phone.offline(False)
    await phone.until(SENT, seconds=40)
    assert len(await shared_road.acts(truck.chain)) == 4
    await phone.run("const again = document.getElementById('send'); again.click(); again.click();")
    assert await phone.queued() == []

    def slow(page: Any) -> float:
        door = phone.context.new_cdp_session(page)
        door.send("Network.enable")
        door.send(
            "Network.emulateNetworkConditions", {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
        )
        begun = time.monotonic()
        page.goto(shared_road.url + truck.path)
        page.wait_for_selector("html[data-ready]", state="attached")
        return time.monotonic() - begun

    assert await phone.do(slow) < 15, "on a slow network, what is kept is shown"
    assert "已运抵" in await phone.do(lambda page: page.inner_text("h1"))
    await phone.close()


async def test_nobody_logs_out_of_a_full_phone(shared_road: Road, module_browser: Browser, tmp_path: Path) -> None:
    truck, phone = await signed_offline(shared_road, module_browser)
    kept = await phone.queued()

    def out(page: Any) -> tuple[str, str]:
        page.locator("form[data-leave] button").first.click()
        page.locator("#message", has_text="没有发送").wait_for()
        said = str(page.locator("#message").inner_text())
        with page.expect_download() as waiting:
            page.click("#export")
        waiting.value.save_as(tmp_path / "outbox.txt")
        return said, str(page.url)

    said, url = await phone.do(out)
    assert "还有 3 件没有发送" in said
    assert url.endswith(truck.path)
    texts = read_texts((tmp_path / "outbox.txt").read_text(encoding="utf-8"))
    assert [one.statement for one in texts] == [act["statement"] for act in kept]
    other = await driver(shared_road, module_browser, truck)  # another phone takes the file and sends it
    await other.offline()
    await other.do(lambda page: page.set_input_files("#import", tmp_path / "outbox.txt"))
    await other.until("return document.getElementById('message').textContent.includes('已收下 3 件')")
    assert [act["statement"] for act in await other.queued()] == [act["statement"] for act in kept]
    await other.run("document.getElementById('message').hidden = true")
    await other.offline(False)
    await other.until(SENT, seconds=40)
    await phone.run("document.getElementById('message').hidden = true")
    await phone.offline(False)
    await phone.until(SENT, seconds=40)
    assert len(await shared_road.acts(truck.chain)) == 4
    await phone.do(lambda page: page.locator("form[data-leave] button").first.click())
    await phone.do(lambda page: page.wait_for_url("**/enter?left=one"))
    await phone.run(
        "const cache = await caches.open('liandan-drive-pages'); await cache.put('/drive/', new Response('of whoever left elsewhere'));"
    )
    await phone.do(lambda page: page.reload())
    await phone.until("return !(await caches.has('liandan-drive-pages'))")
    await phone.close()
    await other.close()


async def test_a_clock_that_was_set_back_signs_nothing(shared_road: Road, module_browser: Browser) -> None:
    truck = await shared_road.issue()
    phone = await driver(shared_road, module_browser, truck)
    await phone.offline()
    await phone.do(lambda page: phone.context.add_init_script("const real = Date.now.bind(Date); Date.now = () => real() - 86400000;"))
    await phone.open(truck.path)
    await fill_in(phone)
    await phone.press("单方起运")
    await phone.do(lambda page: page.locator("[data-alone]:visible").click())
    await phone.until("return document.getElementById('message').textContent.includes('时钟被往回调过')")
    assert await phone.queued() == []
    await phone.close()
