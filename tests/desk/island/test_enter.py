"""The way in, on the real page: a key file becomes a key of the browser, a challenge of this address becomes a session."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Browser
from tests.desk.island.page import PASSPHRASE, enter, island
from tests.liandan.pending.desk import Pair


def file_of(pair: Pair, uscc: str) -> dict[str, Any]:
    """A party's key file, as a user chooses it."""
    pem = pair.stage.scribe.keyring.key(uscc).to_pem(PASSPHRASE.encode())
    return {"name": "key.pem", "mimeType": "application/x-pem-file", "buffer": pem}


async def test_a_key_file_opens_the_desk(pair: Pair, browser: Browser) -> None:
    page = await island(browser, str(pair.client.base_url).rstrip("/"), own=False)

    def take(found: Any) -> tuple[str, str]:
        found.goto(f"{page.url}/enter?next=/desk/keys")
        found.click("details.key-file summary")
        found.set_input_files("#key-file", file_of(pair, pair.consignor.uscc))
        found.fill("#key-passphrase", "wrong")
        found.fill("#key-uscc", pair.consignor.uscc.lower())
        found.click("[data-take]")
        found.locator("[data-said]:has-text('口令不对')").wait_for()
        found.fill("#key-passphrase", PASSPHRASE)
        found.click("[data-take]")
        found.locator("label.key-choice").wait_for()
        return found.inner_text("[data-said]"), found.inner_text("label.key-choice")

    said, choice = await page.do(take)
    assert "请妥善收好原文件" in said
    assert pair.consignor.uscc in choice
    await page.do(lambda found: (found.click("form[data-enter] > button"), found.wait_for_url(f"{page.url}/desk/keys")))
    cookies = await page.do(lambda found: found.context.cookies())
    assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in cookies] == [("liandan", True, "Lax")]
    kept = await page.run(
        'const { keys } = await load("keys"); return (await keys()).map((one) => [one.uscc, one.privateKey.extractable]);'
    )
    assert kept == [[pair.consignor.uscc, False]]


async def test_a_strangers_key_does_not(pair: Pair, browser: Browser) -> None:
    page = await island(browser, str(pair.client.base_url).rstrip("/"), own=False)
    await page.do(lambda found: found.goto(f"{page.url}/enter"))
    await page.run('const { makeKey } = await load("keys"); await makeKey(given);', pair.consignor.uscc)
    await page.do(lambda found: (found.reload(), found.locator("label.key-choice").wait_for(), found.click("form[data-enter] > button")))
    told = await page.do(lambda found: (found.locator("[data-said]:has-text('没有进入')").wait_for(), found.inner_text("[data-said]"))[1])
    assert told
    assert await page.do(lambda found: found.context.cookies()) == []


async def test_enter_is_where_an_ended_session_leads(pair: Pair, browser: Browser) -> None:
    page = await enter(browser, pair, pair.consignor, "/desk/keys")
    assert (await page.do(lambda found: found.url)).endswith("/desk/keys")
