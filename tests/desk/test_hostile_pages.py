"""Hostile texts in every free text of a log, and every address of the desk: no page makes anything of them but text, and no browser does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import chain
from typing import Any
from urllib.parse import quote

import pytest
from msgspec import Struct, field

from liandan.desk.routes import ROUTER
from tests.browser.conftest import Browser, browser
from tests.desk.hostile_texts import PLATE, TEXTS, HostileRoadside, broken_out, hostile
from tests.desk.quiet import Quiet
from tests.desk.roadside import roadside, token_of, visitor
from tests.manifests.driver import APPROVAL, GENERATOR, MANIFEST, PARTIES, RECEIVER, SECOND_CARRIER
from tests.sample import LONG
from tests.workbench import AUTHORITY_51, OPERATOR

__all__ = ["browser"]

pytestmark = pytest.mark.sampled
SHOWN = re.compile(r"alert\(1\)|evil\.example|7\*7|hx-trigger=|\*\{display:none")
"""What of hostile texts stands on a page as they have it, in markup and in JSON."""
ULID = MANIFEST.rpartition("/")[2]
PERSONS = {"generator": GENERATOR, "carrier": SECOND_CARRIER, "receiver": RECEIVER, "office": AUTHORITY_51, "operator": OPERATOR}
PLACES: Mapping[str, str] = {
    "generator": GENERATOR, "ulid": ULID, "uscc": GENERATOR, "party": GENERATOR, "index": "20", "name": "2026-51-50-cy", "kind": "manifest.arrive",
    "month": "2026-11", "row": "7", "list": "2026-51-50-cy", "application": APPROVAL.rpartition("/")[2], "statement": "0" * 64, "id": ULID,
    "draft": ULID, "keyid": "0" * 64, "direction": "51-50", "secret": "x", "number": "0", "path": "css/base.css", "under": "x",
}  # fmt: skip
"""What stands for the places of an address; where no such thing is, the page says so."""
ENDLESS = frozenset({"/desk/live"})
ASKED = (
    f"/road?q={quote(PLATE)}", f"/road?q={GENERATOR}", f"/road?q={quote(MANIFEST.removeprefix('manifest/'))}", f"/desk/search?firm={GENERATOR}",
    f"/desk/search?plate={quote(PLATE)}", f"/desk/search?q={quote(TEXTS[0])}", f"/desk/search/suggest?q={quote(PLATE[:4])}",
    f"/road?q={quote(TEXTS[2])}", f"/desk/search?only={quote(TEXTS[0])}", f"/enter?next={quote(TEXTS[1])}", f"/road/checklist/{GENERATOR}/points",
)  # fmt: skip


def addresses() -> list[str]:
    """Every page of the desk that can be asked for, with its places filled in, and some that were typed."""
    found = set[str]()
    for route in ROUTER.routes:
        if "GET" in getattr(route, "methods", ()) and route.path not in ENDLESS:
            found.add(re.sub(r"\{(\w+):\w+\}", lambda place: PLACES.get(place[1], "x"), route.path))
    return sorted(found | set(ASKED))


@pytest.fixture(scope="module")
def bench() -> HostileRoadside:
    return HostileRoadside()


@pytest.fixture(scope="module")
async def url(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: HostileRoadside) -> AsyncIterator[str]:
    async with roadside(shared_database_url, tmp_path_factory.mktemp("hostile"), bench) as url:
        yield url


def test_the_log_is_hostile(bench: HostileRoadside) -> None:
    for spoilt in (
        "party.register/1 name",
        "manifest.depart/1 vehicle.plate",
        "manifest.issue/1 lines.name",
        "manifest.issue/1 origin.address",
    ):
        assert spoilt in bench.spoilt
    assert len(bench.spoilt) >= 18
    assert {hostile(str(number))[-5:] for number in range(200)} == {text[-5:] for text in TEXTS}


def test_what_has_broken_out_is_seen() -> None:
    for text in TEXTS:
        if "<" in text and not text.startswith("&lt;") and "<!--" not in text:
            assert broken_out(f"<p>{text}</p>"), text
    assert broken_out(f'<p title="{TEXTS[5]}">')
    assert broken_out(f"<p title='{TEXTS[9]}'>")
    assert broken_out(f'<a href="{TEXTS[6]}">')


class Asked(Struct):
    """What the addresses answer one person."""

    pages: dict[str, int] = field(default_factory=dict)
    """Those that answer with a whole page, and how many hostile texts stand on it."""
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
async def answers(url: str) -> dict[str, Asked]:
    """By person what each address answers: the first test looks at it, the next one opens pages."""
    return {person: await asked(url, PERSONS[person]) for person in PERSONS}


@pytest.mark.parametrize("person", PERSONS)
def test_no_page_makes_markup_of_a_text(answers: dict[str, Asked], person: str) -> None:
    assert answers[person].wrong == []
    assert max(answers[person].pages.values()) > 10, "somewhere it stands, as text"


async def asked(url: str, party: str) -> Asked:
    """Every address asked for by one person, whole and, where something is there, as a part."""
    found = Asked()
    async with visitor(url, party) as client:
        for path in addresses():
            for headers in ({}, {"HX-Request": "true"}):
                answer = await client.get(path, headers=headers)
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    assert answer.headers.get("x-content-type-options") == "nosniff" or "html" not in answer.headers.get(
                        "content-type", ""
                    ), path
                    break
                if answer.status_code == 200 and not headers and "<!doctype" in answer.text[:40].lower():
                    found.pages[path] = len(SHOWN.findall(answer.text))
                found.wrong += [f"{path}: {one}" for one in broken_out(answer.text)]
                found.wrong += [f"{path}: {answer.status_code}"] if answer.status_code >= 500 else []
                if answer.status_code != 200:
                    break
    return found


def opened_by(person: str, answers: Mapping[str, Asked]) -> list[str]:
    """Pages that somebody opens in a browser: those on which nobody is shown more; all that are there with ``make long``."""

    def first(path: str) -> str:
        return max(answers, key=lambda other: answers[other].pages.get(path, -1))

    return [path for path in answers[person].pages if LONG or first(path) == person]


class Watched:
    """A browser that reports whatever a hostile text could bring about."""

    def __init__(self, browser: Browser, url: str, token: str) -> None:
        self.browser, self.url = browser, url
        self.complaints: list[str] = []
        browser.thread.submit(self._begin, token).result()

    def _begin(self, token: str) -> None:
        self.context: Any = self.browser.chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        self.context.add_cookies([{"name": "liandan", "value": token, "url": self.url, "httpOnly": True, "sameSite": "Lax"}])
        self.context.add_init_script(
            """document.addEventListener("securitypolicyviolation", (event) => {
                 console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
               });"""
        )
        self.page: Any = self.context.new_page()
        self.quiet = Quiet(self.page)
        self.page.on("dialog", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._sent)

    def _asked(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _sent(self, asked: Any) -> None:
        if not asked.url.startswith((self.url, "blob:", "data:")):
            self.complaints.append(asked.url)

    def _said(self, said: Any) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):  # a page that is not there says so with its status
            self.complaints.append(said.text)

    def visit(self, paths: list[str]) -> None:
        """Open one after the other, and let its scripts run."""

        def go() -> None:
            for path in paths:
                self.quiet.go(f"{self.url}{path}")

        self.browser.thread.submit(go).result()

    def close(self) -> None:
        """Close it."""
        self.browser.thread.submit(self.context.close).result()


@pytest.fixture
def watched(browser: Browser) -> Iterator[list[Watched]]:
    opened: list[Watched] = []
    yield opened
    for one in opened:
        one.close()


async def test_no_browser_does_anything_of_it(url: str, browser: Browser, watched: list[Watched], answers: dict[str, Asked]) -> None:
    opened = {person: opened_by(person, answers) for person in PERSONS}
    assert set(chain(*opened.values())) == set(chain(*(one.pages for one in answers.values())))
    for person, pages in opened.items():
        if pages:
            watched.append(await asyncio.to_thread(Watched, browser, url, await token_of(url, PERSONS[person])))
            await asyncio.to_thread(watched[-1].visit, pages)
            assert watched[-1].complaints == []


def test_every_party_of_the_story_has_a_hostile_name(bench: HostileRoadside) -> None:
    names = {entry.statement.chain: entry.statement.body.name for entry in bench.entries if entry.statement.kind == "party.register/1"}
    assert {f"party/{party}" for party in PARTIES} == set(names)
    assert all(any(text in name for text in TEXTS) for name in names.values())
