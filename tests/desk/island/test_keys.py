"""Devices of a firm in real browsers: enrolled by a code, cut off, and what is left when a key is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from liandan.demo.cast import SICHUAN
from liandan.desk.shell.faces import DRIVING
from tests.browser.conftest import Browser
from tests.desk.driver.camera import hold_up
from tests.desk.island.page import Island, enter, island
from tests.liandan.pending.desk import Pair, signer_at


@pytest.fixture(scope="module")
async def computer(pair: Pair, browser: Browser) -> AsyncIterator[Island]:
    """The firm's computer, the same for all its phones."""
    found = await enter(browser, pair, pair.consignor, kept=True)
    yield found
    await found.close()


async def begin(computer: Island, scope: str = "driving") -> str:
    """The firm's computer shows a code for a driver's phone; the address in it."""

    def show(page: Any) -> str:
        page.goto(f"{computer.url}/desk/keys")
        page.evaluate("document.querySelector('form[data-enrol]').dataset.next = '/desk/keys'")
        page.fill("#enrol-label", "3 号车")
        page.select_option("#enrol-scope", index=["driving", "weighing", "reading", "full"].index(scope))
        page.click("form[data-enrol] button")
        page.locator("dialog.enrol canvas").wait_for()
        return str(page.inner_text("[data-link]"))

    computer.desk.complaints.clear()
    return str(await computer.do(show))


async def phone_of(browser: Browser, address: str) -> Island:
    """A phone that has scanned the code and made its key."""
    phone = await island(browser, address.partition("/join")[0], own=False, viewport={"width": 360, "height": 740})
    await phone.do(lambda page: (page.goto(address), page.click("[data-make]"), page.locator("[data-digits]").wait_for()))
    return phone


async def test_a_phone_is_enrolled_by_a_code_and_enters(pair: Pair, browser: Browser, computer: Island) -> None:
    address = await begin(computer)
    phone = await phone_of(browser, address)
    digits = await phone.do(lambda page: page.inner_text("[data-digits]"))

    def approve(page: Any) -> tuple[str, str]:
        page.locator("[data-digits]:visible").wait_for()
        shown = page.inner_text("[data-digits]")
        page.click("[data-same]")
        sheet = page.locator("dialog.sheet:not(.enrol)[open]")
        sheet.wait_for()
        text = sheet.evaluate("node => node.textContent")
        sheet.locator("[data-sign]").click()
        page.locator("section.outcome[data-state=entered]").wait_for()
        return shown, text

    shown, sheet = await computer.do(approve)
    assert shown == digits
    assert "3 号车" in sheet
    assert "manifest.depart" in sheet
    await phone.do(lambda page: page.wait_for_url(f"{phone.url}/desk/keys"))
    kept = await phone.run(
        'const { keys } = await load("keys"); return (await keys()).map((one) => [one.uscc, one.label, one.kinds.length]);'
    )
    assert kept == [[pair.consignor.uscc, "3 号车", len(DRIVING)]]
    pins = await phone.run('const { pinned } = await load("log"); return pinned();')
    assert (pins["how"], pins["found"]) == ("enrolment", pair.stage.scribe.found)
    await computer.do(lambda page: page.reload())
    assert "3 号车" in await computer.do(lambda page: page.inner_text("#devices"))
    assert computer.desk.complaints == []
    assert phone.desk.complaints == []


async def told(page: Island, selector: str) -> str:
    """What a card says once it is there."""
    return str(await page.do(lambda found: (found.locator(selector).wait_for(), found.inner_text(selector))[1]))


async def keys_of(page: Island) -> list[list[str]]:
    found: list[list[str]] = await page.run(
        'const { keys } = await load("keys"); return (await keys()).map((one) => [one.keyid, one.uscc]);'
    )
    return found


async def test_other_digits_are_not_enrolled(browser: Browser, computer: Island) -> None:
    """Somebody else has photographed the code: the numbers differ, and that phone is left without a key."""
    address = await begin(computer)
    phone = await phone_of(browser, address)
    assert len(await keys_of(phone)) == 1
    await computer.do(lambda page: (page.locator("[data-digits]:visible").wait_for(), page.click("[data-differ]")))
    assert "数字不一致" in await told(computer, "section.outcome[data-code=DIGITS_DIFFER]")
    assert "没有批准" in await told(phone, ".outcome[data-code=JOIN_REFUSED]")
    assert await keys_of(phone) == []


async def test_a_code_serves_one_device(browser: Browser, computer: Island) -> None:
    address = await begin(computer)
    first = await phone_of(browser, address)
    second = await island(browser, first.url, own=False)
    await second.do(lambda page: (page.goto(address), page.click("[data-make]")))
    assert "另一台设备" in await told(second, ".outcome[data-code=BOX_TAKEN]")
    assert await keys_of(second) == []
    await computer.do(lambda page: page.keyboard.press("Escape"))


async def test_a_server_that_changes_what_it_carries_is_found_out(browser: Browser, computer: Island) -> None:
    """It knows the name of the box and not the secret: neither another log for the phone nor another key for the firm gets through."""
    address = await begin(computer)
    phone = await island(browser, address.partition("/join")[0], own=False)

    def lie(part: str) -> Any:
        def answer(route: Any) -> None:
            found = route.fetch().json()
            found[part]["text"] = found[part]["text"].replace('"', '"', 1)[:-1] + ',"more":1}'
            route.fulfill(json=found)

        return answer

    await phone.do(lambda page: (page.context.route("**/join/*", lie("offer")), page.goto(address)))
    assert "可能在途中被换过" in await told(phone, ".outcome[data-code=BOX_FORGED]")
    await phone.do(lambda page: page.context.unroute("**/join/*"))
    await computer.do(
        lambda page: page.context.route(
            "**/join/*", lambda route: lie("answer")(route) if route.fetch().json()["answer"] else route.continue_()
        )
    )
    await phone.do(lambda page: (page.reload(), page.click("[data-make]")))
    assert "可能在途中被换过" in await told(computer, "section.outcome[data-code=BOX_FORGED]")
    await computer.do(lambda page: page.context.unroute("**/join/*"))


async def test_without_a_box_the_registration_is_carried(pair: Pair, browser: Browser) -> None:
    computer = await enter(browser, pair, pair.carrier)
    phone = await island(browser, computer.url, own=False, viewport={"width": 360, "height": 740})

    def make(page: Any) -> str:
        page.goto(f"{phone.url}/join")
        page.fill("#join-uscc", pair.carrier.uscc)
        page.click("[data-make]")
        page.locator("[data-text]").wait_for()
        return str(page.input_value("[data-text]"))

    text = await phone.do(make)

    def paste(page: Any) -> None:
        page.click("summary:has-text('粘贴登记内容')")
        hold_up(page, text)
        page.click("form[data-enrol-text] [data-scan]")
        page.wait_for_function("text => document.getElementById('paste-text').value === text", arg=text)
        page.fill("#paste-label", "门卫")
        page.select_option("#paste-scope", index=2)
        page.click("form[data-enrol-text] button:not([type=button])")
        page.locator("dialog.sheet[open] [data-sign]").click()
        page.locator("section.outcome[data-state=entered]").wait_for()

    await computer.do(paste)
    await phone.do(
        lambda page: (
            page.goto(f"{phone.url}/enter?next=/desk/keys"),
            page.click("form[data-enter] > button:enabled"),
            page.wait_for_url(f"{phone.url}/desk/keys"),
        )
    )
    assert "只读" in await phone.do(lambda page: page.inner_text("#devices"))
    assert "不能增加或停用" in await phone.do(lambda page: page.inner_text("main")), "who only reads changes nothing"
    assert await phone.do(lambda page: page.locator("form[data-act], form[data-enrol]").count()) == 0


async def test_a_lost_device_is_cut_off(browser: Browser, computer: Island) -> None:
    """Revoked from another: its session ends, its key enters no more; the sheet of the revocation names the key."""
    address = await begin(computer)
    phone = await phone_of(browser, address)

    def approve(page: Any) -> None:
        page.click("[data-same]")
        page.locator("dialog.sheet:not(.enrol)[open] [data-sign]").click()
        page.locator("section.outcome[data-state=entered]").wait_for()
        page.reload()

    await computer.do(approve)
    await phone.do(lambda page: page.wait_for_url(f"{phone.url}/desk/keys"))
    [[keyid, _]] = await keys_of(phone)

    def revoke(page: Any) -> str:
        row = page.locator("tr", has=page.locator(f"[data-keyid='{keyid}']"))
        row.locator("summary").click()
        row.locator("input").fill("手机遗失（虚构）")
        row.locator("button.danger").click()
        sheet = page.locator("dialog.sheet[open]")
        sheet.wait_for()
        text = str(sheet.evaluate("node => node.textContent"))
        sheet.locator("[data-sign]").click()
        page.locator("[data-last-outcome] section.outcome[data-state=entered]").wait_for()
        return text

    assert "手机遗失（虚构）" in await computer.do(revoke)
    assert "已停用" in await computer.do(lambda page: page.inner_text("#devices"))
    ended = time.monotonic() + 30
    while "/enter" not in await phone.do(lambda page: (page.goto(f"{phone.url}/desk/keys"), page.url)[1]):
        assert time.monotonic() < ended, "a token follows its key"
        await asyncio.sleep(0.5)
    await phone.do(lambda page: page.click("form[data-enter] > button:enabled"))
    assert "没有进入" in await told(phone, "[data-said]:has-text('没有进入')")


async def test_an_authority_lets_somebody_read(pair: Pair, browser: Browser) -> None:
    authority = await signer_at(pair.stage, pair.client, SICHUAN.uscc)
    page = await enter(browser, pair, authority)

    def grant(found: Any) -> str:
        found.fill("#reader", pair.other.uscc)
        found.fill("#reader-reason", "执法查看（虚构）")
        found.locator("#readers input[value=permit]").check()
        found.locator("#readers button").click()
        sheet = found.locator("dialog.sheet[open]")
        sheet.wait_for()
        text = str(sheet.evaluate("node => node.textContent"))
        sheet.locator("[data-sign]").click()
        found.locator("[data-last-outcome] section.outcome[data-state=entered]").wait_for()
        return text

    told = await page.do(grant)
    assert pair.other.uscc in told
    assert "许可证" in told or "permit" in told
