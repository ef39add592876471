"""The inspector's day in a real browser: beside a truck with a phone, at a gate with a scanner, at a desk with a case; and what changes meanwhile."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from ledger.admission.statement import Draft
from manifests.acts import Arrive
from signing.envelope import freeze
from tests.desk import road_pages
from tests.desk.conftest import People
from tests.desk.loads import Gate
from tests.desk.persons import Person, token_of
from tests.desk.played import Served
from whitelist.fields import Place

PATIENCE_S = 20
GATHERED_MS = 180_000
"""A dossier's evidence is gathered in a process of its own; the first one reads the whole log."""
KEYS = 7
"""Keys of a plate, as the desk's budget says."""


def until(person: Person, wanted: Any, what: str) -> Any:
    """What a question to the page answers, once it is true."""
    ends = time.monotonic() + PATIENCE_S
    while not (found := person.do(wanted)):
        assert time.monotonic() < ends, what
        time.sleep(0.1)
    return found


def settled(person: Person) -> None:
    """Nobody finds anything wrong with the page as it stands, at any width."""
    assert person.violations() == []
    assert person.overflow() == {}


def address(person: Person) -> str:
    """Path and query of the browser."""
    place = urlsplit(str(person.do(lambda page: page.url)))
    return f"{place.path}?{place.query}" if place.query else place.path


def test_beside_a_truck(people: People) -> None:
    person = people("inspector", width=360)
    plate = road_pages.plate_of(person)
    person.open("/road")
    settled(person)
    assert person.do(lambda page: page.evaluate("() => document.activeElement.id")) == "scan", "the field waits for the scanner"
    typed = plate.replace("·", "")[: KEYS - 1]
    person.do(lambda page: page.keyboard.type(typed))
    until(person, lambda page: page.locator("#suggestions [data-choice]").count(), "suggestions come as one types")
    person.do(lambda page: page.locator("#suggestions [data-choice]", has_text=plate).first.wait_for())
    assert person.violations() == []
    while person.do(lambda page: page.evaluate("() => document.activeElement.textContent")).find(plate) < 0:
        person.do(lambda page: page.keyboard.press("ArrowDown"))
    person.do(lambda page: page.keyboard.press("Enter"))
    person.do(lambda page: page.wait_for_url("**/road?q=*"))
    text = person.text()
    assert text.index("有矛盾") < text.index("联单记录")
    assert plate in text
    settled(person)

    person.do(lambda page: page.locator("#against a[href^='/road/proof/']").first.click())
    person.do(lambda page: page.wait_for_url("**/road/proof/**"))
    settled(person)

    def download(page: Any) -> str:
        with page.expect_download() as found:
            page.locator("a[href$='receipt.json']").click()
        return str(found.value.path())

    with open(person.do(download), encoding="utf-8") as file:
        receipt = json.load(file)
    assert str(receipt["index"]) == person.path.rpartition("/")[2]
    assert receipt["checkpoint"].splitlines()[1].isdecimal()
    person.do(lambda page: page.go_back())
    assert address(person).startswith("/road?q="), "the address of a question leads back to it"


def scan(person: Person, text: str) -> None:
    """A hand scanner is a keyboard that ends with Enter."""

    def go(page: Any) -> None:
        page.locator("#scan").fill("")
        page.keyboard.insert_text(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.locator("#acts").wait_for()

    person.do(go)


def got(person: Person, path: str) -> tuple[str, bytes]:
    """What a link of a page gives: media type and content."""

    def go(page: Any) -> tuple[str, bytes]:
        answer = page.context.request.get(f"{person.url}{path}", headers={"Sec-Fetch-Site": "same-origin"}, timeout=GATHERED_MS)
        return answer.headers["content-type"], answer.body()

    found: tuple[str, bytes] = person.do(go)
    return found


def test_at_a_gate_with_a_scanner(people: People) -> None:
    person = people("inspector", width=768)
    one = road_pages.contradicted(person)
    person.open("/road")
    for scanned in (one["number"], one["id"]):
        scan(person, scanned)
        assert one["number"] in person.text("#answer")
    assert parse_qs(urlsplit(address(person)).query)["q"] == [one["id"]]


def test_at_a_desk_with_a_case(people: People) -> None:
    person = people("inspector", lang="en")
    one = road_pages.contradicted(person)
    person.open(f"/road?q={one['generator']}")
    person.do(lambda page: page.get_by_role("link", name="The 23 points").first.click())
    person.do(lambda page: page.locator("#points tbody tr").nth(22).wait_for(timeout=GATHERED_MS))
    rows = person.do(lambda page: page.locator("#points tbody tr").all_inner_texts())
    assert [int(row.split()[0]) for row in rows] == list(range(1, 24))
    assert sum("only on site" in row for row in rows) >= 2
    settled(person)
    person.do(lambda page: page.locator("[data-check='2']").select_option("no"))
    person.do(lambda page: page.locator("[data-check='2n']").fill("no notice at the gate"))
    person.open(address(person))
    person.do(lambda page: page.locator("#points tbody tr").nth(22).wait_for(timeout=GATHERED_MS))
    until(
        person,
        lambda page: page.locator("[data-check='2n']").input_value() == "no notice at the gate",
        "what was written stays in this browser",
    )
    assert person.do(lambda page: page.locator("[data-check='2']").input_value()) == "no"
    paths = person.do(lambda page: page.locator(".days a.button").evaluate_all("links => links.map((link) => link.getAttribute('href'))"))
    (pdf, content), (_, evidence) = (got(person, path) for path in paths)
    assert pdf.startswith("application/pdf")
    assert content.startswith(b"%PDF-")
    assert "liandan_bundle" in json.loads(evidence)
    person.do(lambda page: page.locator("#points td a").first.click())
    person.do(lambda page: page.wait_for_url("**/road/proof/**"))


def test_searching_by_keyboard(people: People) -> None:
    person = people("clerk")
    person.open("/desk/search")
    person.do(lambda page: page.locator("h1").first.focus())
    person.do(lambda page: page.keyboard.press("/"))
    assert person.do(lambda page: page.evaluate("() => document.activeElement.id")) == "search"
    person.do(lambda page: page.keyboard.type("蓄能"))
    until(person, lambda page: page.locator("#suggestions [data-choice]").count(), "firms by a part of their names")
    person.do(lambda page: page.keyboard.press("ArrowDown"))
    person.do(lambda page: page.keyboard.press("Enter"))
    person.do(lambda page: page.wait_for_url("**/desk/search?firm=*"))
    person.do(lambda page: page.locator("#only").select_option("open"))
    person.do(lambda page: page.wait_for_url("**only=open*"))
    asked = parse_qs(urlsplit(address(person)).query)
    assert set(asked) == {"firm", "only"}, "what is not asked for stands in no address"
    settled(person)
    shown = person.text()
    person.open(address(person))
    assert person.text() == shown, "the address is the saved view"


def arrive(served: Served, person: Person, load: str) -> int:
    """The carrier of a load under way says that it has come; the size of the log afterwards."""
    answer = road_pages.ask(person, f"/v1/manifests/{load}")
    chain, carrier = f"manifest/{load}", answer["legs"][-1]["carrier"]
    headers = {"Authorization": f"Bearer {token_of(served.url, person.key)}"}
    head = httpx.get(f"{served.url}/v1/chains/{chain}", headers=headers).json()
    now = httpx.get(f"{served.url}/v1/log").json()["now"]
    draft = Draft(
        kind="manifest.arrive/1", chain=chain, seq=head["seq"] + 1, prev=head["hash"], by=(carrier,), at=now,
        body=Arrive(place=msgspec.convert(answer["destination"], Place)),
    )  # fmt: skip
    posted = httpx.post(
        f"{served.url}/v1/statements", content=freeze(draft.sign([served.keyring.key(carrier)])), headers={"Liandan-Now": now, "Prefer": "wait=10"},
        timeout=30,
    )  # fmt: skip
    assert posted.status_code == 201, posted.text
    return int(posted.json()["index"]) + 1


@pytest.mark.parametrize("lang", ["zh"])
def test_what_changes_meanwhile_appears(desk_served: Served, people: People, lang: str) -> None:
    person, other = people("inspector", lang=lang), people("chongqing", width=360, lang=lang)
    load = Gate(desk_served).send("comes while it is looked at", "5.6", "issue; depart 30m", plate="川A·FX961")
    for one in (person, other):
        one.open(f"/road?q={load}")
        assert "运输中" in one.text("#answer")
    person.do(lambda page: page.bring_to_front())
    size = arrive(desk_served, person, load)
    for one in (person, other):
        until(one, lambda page: f"{size:,}" in page.inner_text("#as-of"), "the page says how large the log is now")
        until(one, lambda page: "已运抵" in page.inner_text("#answer"), "and shows what has come")
        settled(one)


def test_a_page_says_when_its_session_has_ended(people: People) -> None:
    person = people("inspector")
    person.open("/road")
    token = next(cookie["value"] for cookie in person.do(lambda page: page.context.cookies()) if cookie["name"] == "liandan")
    until(
        person,
        lambda page: page.evaluate("() => performance.getEntriesByType('resource').some((one) => one.name.endsWith('live.js'))"),
        "live",
    )
    time.sleep(1)
    assert httpx.delete(f"{person.url}/v1/tokens/current", headers={"Authorization": f"Bearer {token}"}).status_code == 204
    until(person, lambda page: page.locator("[data-live-ended]").is_visible(), "it says so by itself")
    assert person.violations() == []
