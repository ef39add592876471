"""Who stands before the desk in tests: one signed-in browser for each face, with its key in the browser, watched for whatever goes wrong.

    person = people("clerk")            # 1440 px, Chinese; people("driver", width=360, lang="en")
    person.open("/desk")                # waits until the page stands
    person.do(lambda page: page.get_by_role("button", name="起运").click())
    person.check()                      # no console error, nothing stopped by the policy, nothing asked of another host

The browser lives in a thread of its own (tests/browser/conftest.py); in asynchronous tests call through ``asyncio.to_thread``.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct, field

from ledger.times import format_at, parse_at
from liandan.demo.cast import CAST
from liandan.identity import LIFE_MAX_S
from signing.envelope import PAYLOAD_LOGIN, freeze, seal
from signing.keys import PrivateKey
from tests.browser.conftest import Browser
from tests.desk import axe
from tests.desk.played import Served
from tests.desk.quiet import PATIENCE_MS, Quiet

PERSONS = {
    "clerk": "jinchuan", "generator": "yuxu", "dispatcher": "luyun", "driver": "shuan.phone", "scale": "jiangjin", "receiver": "neijiang",
    "sichuan": "sichuan", "chongqing": "chongqing", "inspector": "sichuan", "police": "luzhou_traffic", "operator": "operator",
}  # fmt: skip
"""Whose key each of them holds, as the demonstration calls it; ``shuan.phone`` signs driving acts alone."""
WIDTHS = (320, 360, 768, 1440)
_WATCH = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
});"""
_HOLD = """async ([module, pem, passphrase, uscc, label]) => {
  const { importKey, choose } = await import(module);
  const record = await importKey(pem, passphrase, uscc, { label });
  choose(record.keyid);
  return record.keyid;
}"""
_OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1);
  return [`${document.documentElement.scrollWidth} > ${width}`, ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160))];
}"""
_MODULE = (
    """() => document.querySelector('script[src*="/desk/static/"]').src.replace(/static\\/([^/]+)\\/.*/, "static/$1/island/keys.js")"""
)


class Person(Struct, kw_only=True):
    """One browser of one person."""

    name: str
    url: str
    uscc: str
    key: PrivateKey
    browser: Browser
    page: Any
    quiet: Quiet
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, and of scripts; what the policy has stopped."""
    foreign: list[str] = field(default_factory=list)
    """Addresses of other hosts that were asked."""

    def do(self, work: Callable[[Any], Any]) -> Any:
        """Something with the page, in the browser's thread."""
        return self.browser.thread.submit(work, self.page).result()

    def open(self, path: str, status: int = 200) -> None:
        """Go to a page of the desk and wait until it stands."""

        def go(page: Any) -> int:
            answer = page.goto(f"{self.url}{path}", wait_until="load", timeout=PATIENCE_MS)
            return int(answer.status)

        assert (found := self.do(go)) == status, f"{path}: {found}"

    def rest(self, path: str) -> int:
        """Go to an address and wait until nothing more comes of it by itself; the status of its answer."""
        return int(self.do(lambda _: self.quiet.go(f"{self.url}{path}")))

    @property
    def path(self) -> str:
        """Where the browser is."""
        return urlsplit(str(self.do(lambda page: page.url))).path

    def text(self, selector: str = "main") -> str:
        """What stands in a part of the page."""
        return str(self.do(lambda page: page.inner_text(selector)))

    def widen(self, width: int, height: int = 900) -> None:
        """Another width of the window."""
        self.do(lambda page: page.set_viewport_size({"width": width, "height": height}))

    def overflow(self) -> dict[int, list[str]]:
        """By width, what makes the page scroll sideways; empty where nothing does."""

        def measured(page: Any) -> dict[int, list[str]]:
            before, found = page.viewport_size, dict[int, list[str]]()
            for width in sorted(WIDTHS, key=lambda width: width != before["width"]):
                if width != page.viewport_size["width"]:
                    page.set_viewport_size({"width": width, "height": before["height"]})
                if wide := page.evaluate(_OVERFLOW):
                    found[width] = wide
            page.set_viewport_size(before)
            return found

        by_width: dict[int, list[str]] = self.do(measured)
        return by_width

    def violations(self) -> list[str]:
        """What axe finds; empty also where axe is not there (then tests/desk/test_pages.py says so)."""
        found: list[str] = self.do(axe.violations) if axe.PACKAGE.is_there else []
        return found

    def picture(self, path: str, *, forced_colors: bool = False) -> None:
        """The whole page as a PNG."""

        def take(page: Any) -> None:
            page.emulate_media(forced_colors="active" if forced_colors else "none")
            page.screenshot(path=path, full_page=True)
            page.emulate_media(forced_colors="none")

        self.do(take)

    def check(self) -> None:
        """Nothing went wrong in this browser so far."""
        assert not self.complaints, self.complaints
        assert not self.foreign, self.foreign

    def again(self, width: int) -> None:
        """Signed in anew, in a window of that width; keys and what else the browser has stored stay."""
        token = token_of(self.url, self.key)

        def go(page: Any) -> None:
            page.context.clear_cookies()
            page.context.add_cookies([cookie(self.url, token)])
            page.set_viewport_size(size_of(width))

        self.do(go)

    def close(self) -> None:
        """Close it with its storage."""
        self.do(lambda page: page.context.close())


def size_of(width: int) -> dict[str, int]:
    """A window of that width: a phone's or a desk's."""
    return {"width": width, "height": 740 if width < 768 else 900}


def cookie(url: str, token: str) -> dict[str, Any]:
    """A session, as ``/enter`` leaves it in a browser."""
    return {"name": "liandan", "value": token, "url": url, "httpOnly": True, "sameSite": "Lax"}


def challenge(url: str, key: PrivateKey) -> bytes:
    """A signed challenge to log in with, at the log's own time."""
    log = httpx.get(f"{url}/v1/log").json()
    said = {
        "origin": log["origin"], "audience": url, "nonce": b64encode(secrets.token_bytes(32)).decode(), "keyid": key.keyid,
        "not_after": format_at(parse_at(log["now"]) + LIFE_MAX_S), "scope": ["read", "post"],
    }  # fmt: skip
    return freeze(seal(PAYLOAD_LOGIN, msgspec.json.encode(said), [key]))


def token_of(url: str, key: PrivateKey) -> str:
    """A token of that key."""
    answer = httpx.post(f"{url}/v1/tokens", content=challenge(url, key))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def enter(served: Served, browser: Browser, name: str, *, width: int = 1440, lang: str = "zh", holds_key: bool = True) -> Person:
    """A browser of that person, signed in; ``name`` of ``PERSONS``, or of anybody of the cast."""
    owner, _, device = PERSONS.get(name, name).partition(".")
    uscc = CAST.firm(owner).uscc
    key = served.keyring.key(f"{uscc}.{device}" if device else uscc)
    token = token_of(served.url, key)

    def begin() -> Person:
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = browser.chromium.new_context(locale=locale, viewport=size_of(width), timezone_id="Asia/Shanghai")
        context.add_cookies([cookie(served.url, token)])
        context.add_init_script(_WATCH)
        page = context.new_page()
        person = Person(name=name, url=served.url, uscc=uscc, key=key, browser=browser, page=page, quiet=Quiet(page))
        page.on(
            "console",
            lambda said: person.complaints.append(_told(said)) if said.type in ("error", "warning") and not _is_an_answer(said) else None,
        )
        page.on("pageerror", lambda error: person.complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith((served.url, "blob:", "data:")) else person.foreign.append(asked.url))
        return person

    person = browser.thread.submit(begin).result()
    if holds_key:
        hold_key(person, uscc)
    return person


def _told(said: Any) -> str:
    return f"{said.text} {said.location.get('url', '')}"


def _is_an_answer(said: Any) -> bool:
    """Whether the browser only says that something was not found: so the log answers that an act begins its chain, and that what waited for
    signatures was taken back."""
    return "404" in said.text and any(path in said.location.get("url", "") for path in ("/v1/chains/", "/v1/pending/"))


def hold_key(person: Person, uscc: str) -> None:
    """Take the person's key into the browser, as one that cannot be read out."""
    person.open("/enter?left=one")
    passphrase = "of a test"
    pem = person.key.to_pem(passphrase.encode()).decode()

    def hold(page: Any) -> Any:
        return page.evaluate(_HOLD, [page.evaluate(_MODULE), pem, passphrase, uscc, person.name])

    assert person.do(hold) == person.key.keyid
