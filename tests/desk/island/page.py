"""The signing modules in a real Chromium, on a page of their own with the strictest policy, beside a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import liandan
from liandan.verify_page.build import modules
from reports.kinds import all_kinds
from signing.keys import PrivateKey
from tests.browser.conftest import Browser, Desk
from tests.liandan.pending.desk import Pair, Signer

STATIC = Path(liandan.__file__).parent / "desk/static"
PASSPHRASE = "a passphrase 口令"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>t</title>
<script type="module" src="/desk/static/t/island/form.js"></script></head>
<body><h1>t</h1><div data-last-outcome></div>{body}</body></html>"""
FORM = """<form data-act {attributes}><script type="application/json" data-proposal>{proposal}</script>
{inputs}<button>签署</button><div data-outcome></div></form>"""


@cache
def files() -> Mapping[str, str]:
    """Every module and style, by its path under the static files."""
    own = {str(path.relative_to(STATIC)): path.read_text(encoding="utf-8") for path in STATIC.rglob("*") if path.suffix in (".js", ".css")}
    return {**own, **modules(all_kinds())}


def form(proposal: object, inputs: str = "", attributes: str = "") -> str:
    """A form that is an act, as a page of the desk draws it."""
    told = json.dumps(proposal, ensure_ascii=False).replace("<", "\\u003c")
    return FORM.format(proposal=told, inputs=inputs, attributes=attributes)


class Island:
    """A page with the signing modules, of somebody with a token."""

    def __init__(self, desk: Desk, url: str, *, own: bool = True) -> None:
        """``own``: on a page of its own; otherwise on those of the server, with the server's files."""
        self.desk, self.url, self.body, self.lang, self.token = desk, url, "", "zh-CN", ""
        desk.do(self._route if own else lambda page: page.context.set_offline(False))

    def _route(self, page: Any) -> None:
        context = page.context
        context.set_offline(False)
        context.route(f"{self.url}/desk/static/t/**", self._static)
        context.route(f"{self.url}/island-test*", self._page)
        context.route(f"{self.url}/v1/**", self._log)

    def _static(self, route: Any) -> None:
        name = route.request.url.partition("/t/")[2]
        media = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=files()[name], content_type=f"{media}; charset=utf-8") if name in files() else route.fulfill(status=404)

    def _page(self, route: Any) -> None:
        html = PAGE.format(lang=self.lang, body=self.body)
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})

    def _log(self, route: Any) -> None:
        token = {"authorization": f"Bearer {self.token}"} if self.token else {}
        route.continue_(headers={**route.request.headers, **token})

    async def do(self, work: Callable[[Any], Any]) -> Any:
        """Do something with the page, beside the server, which answers from this loop."""
        return await asyncio.to_thread(self.desk.do, work)

    async def close(self) -> None:
        """End the profile with its storage."""
        await self.do(lambda page: page.context.close())

    async def open(self, body: str = "") -> None:
        """Show a page with this body."""
        self.body = body
        await self.do(lambda page: page.goto(f"{self.url}/island-test"))

    async def run(self, script: str, given: object = None) -> Any:
        """What an async function of the modules answers; ``load(name)`` fetches one of them."""
        load = "const load = (name) => import(`/desk/static/t/island/${name}.js`);"
        return await self.do(lambda page: page.evaluate(f"async (given) => {{ {load} {script} }}", given))

    async def take_key(self, key: PrivateKey, uscc: str) -> None:
        """Import a key file, as a user does."""
        pem = key.to_pem(PASSPHRASE.encode()).decode()
        script = 'const { importKey, choose } = await load("keys"); choose((await importKey(given[0], given[1], given[2])).keyid);'
        await self.run(script, [pem, PASSPHRASE, uscc])

    async def press(self, text: str = "签署", *, sign: bool = True) -> dict[str, str]:
        """Press the form's button, read the sheet, sign or cancel; the sheet's words and what came of it."""

        def go(page: Any) -> dict[str, str]:
            page.locator("form button").first.click()
            page.wait_for_selector("dialog.sheet[open], section.outcome")
            sheet = page.locator("dialog.sheet")
            told = {"sheet": "", "title": "", "code": ""}
            if sheet.count():
                told = {
                    "sheet": sheet.evaluate("node => node.textContent"),
                    "title": sheet.locator("h2").inner_text(),
                    "code": sheet.locator("[data-code]").inner_text(),
                }
                (sheet.locator("[data-sign]") if sign else sheet.locator("footer button").first).click()
            page.wait_for_selector("section.outcome", timeout=40_000)
            card = page.locator("section.outcome").first
            return {
                **told,
                "state": card.get_attribute("data-state"),
                "code_of": card.get_attribute("data-code") or "",
                "card": card.inner_text(),
            }

        found: dict[str, str] = await self.do(go)
        return found


OPENED: list[Island] = []
"""Profiles that are closed after the test (tests/desk/island/conftest.py): a page that stays open goes on asking its server."""


async def island(browser: Browser, url: str, *, own: bool = True, kept: bool = False, **options: Any) -> Island:
    """A fresh browser profile with the page; ``kept``: whoever opens it closes it."""
    found = await asyncio.to_thread(lambda: Island(browser.open("about:blank", **{"locale": "zh-CN", **options}), url, own=own))
    if not kept:
        OPENED.append(found)
    return found


async def enter(browser: Browser, pair: Pair, signer: Signer, path: str = "/desk/keys", *, kept: bool = False) -> Island:
    """A fresh profile with a signer's key, entered, on a page of the desk."""
    found = await island(browser, str(pair.client.base_url).rstrip("/"), own=False, kept=kept)
    await found.do(lambda page: page.goto(f"{found.url}/enter?next={path}"))
    await found.take_key(pair.stage.scribe.keyring.key(signer.uscc), signer.uscc)
    await found.do(lambda page: (page.reload(), page.click("form[data-enter] > button:enabled"), page.wait_for_url(f"{found.url}{path}")))
    return found
