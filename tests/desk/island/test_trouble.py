"""What goes wrong on devices: clocks, two tabs, lost keys, addresses without encryption, a log that is another; each told in words."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from ledger.pending.compact import read_text, write_text
from signing.envelope import Signature
from tests.browser.conftest import Browser
from tests.desk.island.page import form, island
from tests.desk.island.test_act import page_of
from tests.liandan.pending.desk import Pair

_AT = "const RealDate = Date; globalThis.Date = class extends RealDate { static now() { return RealDate.now() + %d; } };"


def void(chain: str, uscc: str) -> str:
    """A form that takes a manifest back."""
    proposal = {"kind": "manifest.void/1", "chain": chain, "by": [uscc], "body": {}}
    return form(proposal, '<input data-path="reason" value="车辆故障（虚构）">')


@pytest.mark.parametrize("ahead_ms", [3 * 3_600_000, -40 * 86_400_000])
async def test_a_wrong_clock_of_the_device_changes_nothing(pair: Pair, browser: Browser, ahead_ms: int) -> None:
    """An act is signed by the log's time, whatever the device believes."""
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.do(lambda found: found.add_init_script(_AT % ahead_ms))
    await page.open(void(departure.trip.chain, pair.consignor.uscc))
    assert (await page.press())["state"] == "entered"


async def test_a_clock_that_was_set_back_signs_nothing_offline(pair: Pair, browser: Browser) -> None:
    page = await page_of(browser, pair, pair.consignor)
    script = """
      const log = await load("log");
      const told = [];
      const tell = (work) => work.then((found) => told.push(typeof found), (error) => told.push(error.code));
      await tell(log.present());
      const { put } = await load("db");
      await put("pins", { name: "clock", offset_s: 0, server_s: 1, device_ms: Date.now() + 3600000, isSimulated: false });
      await tell(log.present());
      await put("pins", { name: "clock", offset_s: 7200, server_s: 1, device_ms: Date.now(), isSimulated: false });
      told.push(Math.round(await log.present() - Date.now() / 1000));
      return told;"""
    *codes, ahead_s = await page.run(script)
    assert codes == ["CLOCK_UNKNOWN", "CLOCK_JUMPED"]
    assert abs(ahead_s - 7200) <= 1, "both clocks are cut to seconds"


async def test_two_tabs_sign_one_place(pair: Pair, browser: Browser) -> None:
    """Both saw the same head: the second is told what happened, looks anew behind it, and nothing is lost or signed unseen."""
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.open(void(departure.trip.chain, pair.consignor.uscc))

    def both(found: Any) -> list[str]:
        other = found.context.new_page()
        other.goto(found.url)
        for tab in (found, other):
            tab.locator("form button").first.click()
            tab.locator("dialog.sheet[open]").wait_for()
        states = []
        for tab in (found, other):
            tab.locator("dialog.sheet [data-sign]").click()
            tab.locator("section.outcome").wait_for()
            states.append(tab.locator("section.outcome").get_attribute("data-state"))
        if other.locator("section.outcome [data-again]").count():
            states.append(other.inner_text("section.outcome h3"))
        return states

    first, second, *more = await page.do(both)
    assert first == "entered"
    assert (second, more) in (("entered", []), ("refused", ["没有入账：链头已变"]))


async def test_a_lost_key_is_told(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.run('const { keys, forget } = await load("keys"); for (const one of await keys()) await forget(one.keyid);')
    await page.open(void(departure.trip.chain, pair.consignor.uscc))
    told = await page.press()
    assert (told["state"], told["code_of"]) == ("stopped", "NO_KEY")
    assert "在“密钥”页登记本机" in told["card"]


async def test_another_log_at_the_address_is_not_signed_for(pair: Pair, browser: Browser) -> None:
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.run('await (await load("log")).pin({ origin: "elsewhere", found: "00".repeat(32), log_keys: [] }, "first-use");')
    await page.open(void(departure.trip.chain, pair.consignor.uscc))
    told = await page.press()
    assert (told["state"], told["code_of"], told["sheet"]) == ("stopped", "OTHER_LOG", "")


def _answer_heads(status: int, found: Any) -> None:
    """Every question for a head is answered so."""
    found.context.route("**/v1/chains/**", lambda route: route.fulfill(status=status, json={"code": "X"}))


async def test_an_unreadable_head_is_no_empty_chain(pair: Pair, browser: Browser) -> None:
    """Only «there is none» begins a chain: whatever else the server says stops the act."""
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.open(void(departure.trip.chain, pair.consignor.uscc))
    for status, code in ((500, "HEAD_UNKNOWN"), (401, "SIGNED_OUT"), (404, "HEAD_UNKNOWN")):
        await page.do(functools.partial(_answer_heads, status))
        told = await page.press()
        assert (told["state"], told["code_of"]) == ("stopped", code)
        await page.open(void(departure.trip.chain, pair.consignor.uscc))


async def test_without_encryption_nothing_is_signed_and_the_page_says_why(browser: Browser) -> None:
    page = await island(browser, "http://desk.example")
    await page.open()
    told = await page.run('const found = (await load("keys")).trouble(); return [found.code, found.message];')
    assert told[0] == "NOT_SECURE"
    assert "http://desk.example" in told[1]


async def test_a_key_that_the_browser_cannot_use_signs_by_the_program(pair: Pair, browser: Browser, tmp_path: Path) -> None:
    """SM2 and hardware tokens: the page gives the bytes away as the text for co-signing, and sends what comes back signed."""
    departure = await pair.departure()
    page = await page_of(browser, pair, pair.consignor)
    await page.run('const { keys, forget } = await load("keys"); for (const one of await keys()) await forget(one.keyid);')
    bring = '<form data-bring id="bring"><input type="file" name="file"><button>取回</button><div data-outcome></div></form>'
    await page.open(void(departure.trip.chain, pair.consignor.uscc) + bring)
    assert (await page.press())["code_of"] == "NO_KEY"

    def hand(found: Any) -> str:
        found.click("[data-hand]")
        with found.expect_download() as download:
            found.locator("dialog.sheet [data-sign]").click()
        found.locator("section.outcome[data-state=handed]").wait_for()
        download.value.save_as(tmp_path / download.value.suggested_filename)
        return str(download.value.suggested_filename)

    path = tmp_path / await page.do(hand)
    unsigned = read_text(path.read_text())
    key = pair.stage.scribe.keyring.key(pair.consignor.uscc)
    path.write_text(write_text(unsigned.signed(0, Signature(key.keyid, key.sign(unsigned.envelope.message)))))

    def back(found: Any) -> str:
        found.set_input_files("#bring input", path)
        found.click("#bring button")
        card = found.locator("#bring section.outcome")
        card.wait_for()
        return str(card.get_attribute("data-state"))

    assert await page.do(back) == "entered"
