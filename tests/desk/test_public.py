"""Everybody's pages in a real browser: a road link shows its one trip to who has no account, and nothing to who has half of it; open figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.desk.conftest import People
from tests.desk.loads import Gate
from tests.desk.persons import Person, token_of
from tests.desk.played import Served


@pytest.fixture(scope="module")
def gate(desk_served: Served) -> Gate:
    return Gate(desk_served)


def address(person: Person, manifest: str) -> str:
    """A link that a party makes by its page."""
    person.open(f"/m/{manifest}/road-link")

    def make(page: Any) -> str:
        page.get_by_role("button", name="生成路查码").click()
        page.locator("#road-address").wait_for(timeout=20_000)
        assert page.locator("svg.qr").count() == 1
        return str(page.locator("#road-address").input_value())

    return str(person.do(make))


def stranger(person: Person) -> None:
    """Out of every account: what follows is seen by anybody."""
    person.do(lambda page: page.context.clear_cookies())


def see(person: Person, url: str, selector: str) -> str:
    """Open a link as a phone's camera does, and read what comes."""

    def go(page: Any) -> str:
        page.goto("about:blank")
        page.goto(url)
        page.locator(selector).first.wait_for(timeout=20_000)
        return str(page.locator("#road-trip").inner_text())

    return str(person.do(go))


def test_who_stands_at_the_roadside_sees_the_one_trip(gate: Gate, people: People) -> None:
    manifest = gate.send("roadside", "5.6", "issue; depart 30m", plate="川A·FX971")
    person = people("scale", width=360, holds_key=False)
    link = address(person, manifest)
    stranger(person)
    told = see(person, link, "#trip-head")
    for word in ("在账本中", "川A·FX971", "运输中", "废铅蓄电池", "5.600", "成都锦川", "重庆江津", "它不证明什么", "运抵后 24 小时"):
        assert word in told, word
    assert "合同" not in told
    capability = urlsplit(link).fragment
    assert len(capability) == 26
    asked = person.do(lambda page: page.evaluate("() => performance.getEntries().map((entry) => entry.name).join(' ')"))
    assert capability not in asked.replace(link, ""), "no address that a server sees has it"
    wrong = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert "链接不完整" in see(person, wrong, "#road-trip .empty")


def test_links_are_taken_back(gate: Gate, people: People) -> None:
    manifest = gate.send("taken back", "5.6", "issue; depart 30m", plate="川A·FX972")
    person = people("scale", holds_key=False)
    link = address(person, manifest)
    said = person.do(
        lambda page: (
            page.get_by_role("button", name="全部收回").click(),
            page.locator("#road-code .note").wait_for(timeout=20_000),
            page.locator("#road-code").inner_text(),
        )[2]
    )
    assert "已收回 1 个" in said
    assert "链接不完整" in see(person, link, "#road-trip .empty")


def test_a_script_has_the_link_as_json_and_nobody_else_makes_one(gate: Gate, desk_served: Served, people: People) -> None:
    manifest = gate.send("by script", "5.6", "issue; depart 30m", plate="川A·FX973")
    url = f"{desk_served.url}/m/{manifest}/road-link"
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    own = {"liandan": token_of(desk_served.url, people("scale", holds_key=False).key)}
    other = {"liandan": token_of(desk_served.url, people("receiver", holds_key=False).key)}
    answer = httpx.post(url, headers=headers, cookies=own, timeout=30)
    assert answer.status_code == 200, answer.text
    link = answer.json()["link"]
    assert (link["id"], link["ends_s"]) == (manifest, None)
    assert link["address"].startswith(f"{desk_served.url}/road-link#")
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.post(url, headers=headers, cookies=other, timeout=30).status_code == 404
    assert httpx.post(url, headers={**headers, "Sec-Fetch-Site": "same-site"}, cookies=own, timeout=30).status_code == 403


def test_open_figures_come_after_the_page_with_a_table_each(people: People) -> None:
    person = people("scale", holds_key=False)
    stranger(person)
    person.open("/public")

    def look(page: Any) -> tuple[int, int, str]:
        page.locator("#open-figures .chart").first.wait_for(timeout=170_000)
        page.locator("#open-figures details").first.evaluate("(element) => { element.open = true; }")
        return page.locator(".chart svg[role=img]").count(), page.locator(".chart table").count(), page.inner_text("main")

    pictures, tables, told = person.do(look)
    assert pictures == tables > 0
    for word in ("它不证明什么", "账本现有", "不含任何单位", "2026-10"):
        assert word in told, word
    figures = httpx.get(f"{person.url}/v1/public/figures/2026.json?from=50&to=51", timeout=60).json()
    assert f"{float(figures['quotas'][-1]['moved_t']):,.3f}" in told, "the table has what the file has"


@pytest.mark.parametrize("path", ["/public?year=1066&pair=%3Cscript%3E", "/road-link?x=1"])
def test_whatever_is_asked_a_page_stands(path: str, people: People) -> None:
    person = people("scale", holds_key=False)
    stranger(person)
    person.open(path)
    assert "<script>" not in str(person.do(lambda page: page.inner_html("body")))
