"""Every page of the desk in a real browser, in both languages: it stands, its policy holds, nothing goes wrong in it, it can be used at every
width and by everybody, it is small, and it obeys nothing that acts on the log say (tests/desk/planted.py). What takes longest is asked in one of the languages, in turn: axe and the bytes of a first visit in one,
the widths in the other; in both with ``make long``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from liandan.demo.cast import CAST
from tests.desk import axe
from tests.desk.conftest import People, Readers
from tests.desk.pages import Page, address_of, name_of, pages
from tests.desk.planted import HOSTILE, NOTHING, PLANTED, TYPED, bring
from tests.desk.played import Served, served
from tests.sample import LONG

pytestmark = pytest.mark.sampled
PAGES = sorted(pages(), key=lambda page: page[0])  # one person after the other: each signs in once
COLD_BYTES = 150_000
"""What a first visit may fetch, as it comes over the line. The driver's page is the largest: it brings all that signing needs, for the next page
may be without a network."""
_LOOK = """() => ({
  h1: [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length).length,
  main: document.querySelectorAll("main").length,
  lang: document.documentElement.lang,
  demo: document.querySelectorAll(".demo").length,
  styles: document.querySelectorAll("[style]").length,
})"""


@pytest.fixture(scope="module")
async def desk_served() -> AsyncIterator[Served]:
    """A log of these tests' own: nobody else's pages look for firms of such names."""
    async with served() as found:
        yield found


@pytest.fixture(scope="module")
async def touched(desk_served: Served) -> list[str]:
    """Chains with hostile texts."""
    return await bring(desk_served)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES, ids=map(name_of, PAGES))
def test_a_page_stands(page: Page, lang: str, touched: list[str], readers: Readers) -> None:
    is_first = (lang == "zh") == (PAGES.index(page) % 2 == 0)
    person = readers.of(page[0], lang, keeps=not (is_first or LONG))
    address = address_of(page, person)
    assert person.rest(address) == 200, address
    found, planted = person.do(lambda open_: (open_.evaluate(_LOOK), open_.evaluate(PLANTED)))
    assert planted == NOTHING
    assert (found["h1"], found["main"], found["styles"]) == (1, 1, 0)
    assert found["lang"] == ("zh-CN" if lang == "zh" else "en")
    assert found["demo"] >= 1, "a simulated log says so on top of every page"
    if is_first or LONG:
        assert 0 < person.do(lambda _: person.quiet.fetched()) <= COLD_BYTES
        assert person.violations() == []
    if not is_first or LONG:
        assert person.overflow() == {}
    person.check()


@pytest.mark.parametrize("name", TYPED)
def test_what_was_typed_is_shown_as_text(name: str, touched: list[str], readers: Readers) -> None:
    person = readers.of(name)
    for path in (f"/m/{touched[0].removeprefix('manifest/')}", *(address.format(quote(HOSTILE, safe="")) for address in TYPED[name])):
        person.rest(path)
        assert person.do(lambda page: page.evaluate(PLANTED)) == NOTHING, path
        said = [line for line in person.complaints if "Failed to load resource" not in line]  # a refusal is told as one
        assert said == [], path


def test_axe_was_there() -> None:
    if not axe.PACKAGE.is_there:
        pytest.skip("axe is not there: python -m tests.desk.axe fetches it with npm（没有 axe，未核对）")


def test_the_policy_holds(people: People) -> None:
    """What the pages never try, tried: no script and no style that stands in a page runs."""
    person = people("clerk", holds_key=False)
    person.open("/desk/_components")

    def plant(page: Any) -> list[Any]:
        page.evaluate(
            """() => {
              const place = document.querySelector("main");
              const script = document.createElement("script");
              try { script.textContent = "window.planted = 1"; place.append(script); } catch (error) { window.refused = String(error); }
              const paragraph = document.createElement("p");
              paragraph.setAttribute("style", "color: red");
              paragraph.setAttribute("onclick", "window.planted = 2");
              place.append(paragraph);
              paragraph.click();
            }"""
        )
        return [
            page.evaluate("() => window.planted ?? 0"),
            page.evaluate("() => getComputedStyle(document.querySelector('main p:last-of-type')).color"),
        ]

    planted, color = person.do(plant)
    assert planted == 0
    assert color != "rgb(255, 0, 0)"
    assert person.complaints != []
    person.complaints.clear()  # they are what was wanted


def test_no_other_page_frames_the_desk(people: People, desk_served: Any) -> None:
    person = people("clerk", holds_key=False)
    shown = person.do(
        lambda page: (
            page.set_content(f'<iframe src="{desk_served.url}/enter"></iframe>'), page.wait_for_timeout(500),
            [frame.evaluate("() => document.body ? document.body.innerText : ''") for frame in page.frames if frame != page.main_frame],
        )[-1]
    )  # fmt: skip
    assert not any("密钥" in text for text in shown)
    person.complaints.clear()


def test_a_form_of_another_port_of_this_host_does_nothing(people: People, desk_served: Any) -> None:
    """Same site, other origin: the cookie comes along, and the browser says where the request is from."""
    person = people("clerk", holds_key=False)

    def post(page: Any) -> int:
        page.route(
            "http://127.0.0.1:9/*",
            lambda route: route.fulfill(
                content_type="text/html", body=f'<form method="post" action="{desk_served.url}/leave"><button>x</button></form>'
            ),
        )
        page.goto("http://127.0.0.1:9/form")
        with page.expect_navigation() as gone:
            page.click("button")
        return int(gone.value.status)

    assert person.do(post) == 403
    person.complaints.clear()
    person.foreign.clear()
    person.open("/enter?left=one")
    assert person.uscc in person.text("header")


def test_the_demonstration_has_a_sign_in_for_each_face(people: People) -> None:
    person = people("clerk", holds_key=False)

    def enter(page: Any) -> str:
        page.context.clear_cookies()
        page.goto(f"{person.url}/enter")
        page.locator("[data-sign-in=scale]").click()
        page.wait_for_url("**/scale/**", wait_until="commit")
        return str(page.url)

    assert person.do(enter).endswith("/scale/")
    person.open("/enter?left=one")
    assert CAST.firm("jiangjin").uscc in person.text("header")
    faces = person.do(lambda page: [one.get_attribute("data-sign-in") for one in page.locator("[data-sign-in]").all()])
    assert faces == ["clerk", "driver", "scale", "sichuan", "chongqing", "inspector", "operator"]
    person.complaints.clear()  # a page that a room has yet to bring is not found


def test_leaving_keeps_the_keys(people: People) -> None:
    person = people("clerk")
    person.open("/desk/_components")

    def leave(page: Any) -> int:
        page.locator("form[data-leave] button").first.click()
        page.wait_for_url("**/enter**")
        page.locator("[data-keys] input[name=keyid]").wait_for()
        return int(page.locator("[data-keys] input[name=keyid]").count())

    assert person.do(leave) == 1
    assert "已退出" in person.text()
    assert person.do(lambda page: page.goto(f"{person.url}/desk").url).endswith("/enter?next=/desk")
