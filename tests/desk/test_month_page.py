"""The page of a month in a real browser: the statement's own sentence, an item that is talked of and settled, the same figures as the files."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.desk.conftest import People
from tests.desk.persons import Person, token_of

HOSTILE = "请核对磅单 <img src=x onerror=alert(1)> \"'</script>{{7*7}}（虚构）"


def stand(person: Person) -> str:
    """Wait for the statement, which may have to be drawn; the text of the page."""

    def wait(page: Any) -> str:
        page.locator("#statement .sentence").wait_for(timeout=170_000)
        return str(page.inner_text("main"))

    return str(person.do(wait))


def read(person: Person, path: str) -> Any:
    """What the interface tells the same person."""
    headers = {"Authorization": f"Bearer {token_of(person.url, person.key)}"}
    answer = httpx.get(f"{person.url}{path}", headers=headers, timeout=90)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_page_says_what_the_statement_says(people: People) -> None:
    person = people("scale", holds_key=False)
    person.open("/desk/months?month=2026-10")
    told = stand(person)
    statement = read(person, "/v1/reconciliations/2026-10.json")
    assert statement["verdict"]["zh"] in told
    items = read(person, "/v1/open-items?month=2026-10")
    assert f"共 {items['total']} 项" in told
    for item in items["items"]:
        assert item["key"] in told
    person.do(lambda page: page.locator(".chart details").first.evaluate("(element) => { element.open = true; }"))
    assert f"{float(statement['total']['departed_t']):,.3f}" in person.text(".chart table")
    for link in person.do(lambda page: page.locator(".links a").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")):
        if link.startswith("/v1/") and ".pdf" not in link:
            answer = httpx.get(f"{person.url}{link}", headers={"Authorization": f"Bearer {token_of(person.url, person.key)}"}, timeout=90)
            assert answer.status_code == 200, link


def test_an_item_is_commented_on_by_a_firm_and_settled_by_an_authority(people: People) -> None:
    firm = people("yuxu")  # a generator whose load came with another weight
    firm.open("/desk/months?month=2026-10")
    stand(firm)

    def comment(page: Any) -> str:
        item = page.locator("article.item", has_text="M4 manifest/").first
        key = item.locator("dd.code").inner_text()
        item.get_by_text("说明", exact=True).first.click()
        item.locator("[data-path=text]").first.fill(HOSTILE)
        item.get_by_role("button", name="核对并签署").first.click()
        page.locator("dialog[open] button.primary").wait_for(timeout=20_000)
        page.locator("dialog[open] button.primary").click()
        page.locator("[data-last-outcome] h3").wait_for(timeout=30_000)
        return str(key)

    key = firm.do(comment)
    assert HOSTILE in stand(firm), "as it was written, and as a text"
    [item] = [one for one in read(firm, "/v1/open-items?month=2026-10")["items"] if one["key"] == key]
    assert (item["status"], item["threads"][0]["remarks"][0]["text"]) == ("talked", HOSTILE)

    office = people("sichuan")
    office.open("/province/months?month=2026-10")
    assert HOSTILE in stand(office)

    def settle(page: Any) -> None:
        item = page.locator("article.item", has=page.get_by_text(key)).first
        item.get_by_text("了结", exact=True).first.click()
        item.locator("[data-path=outcome]").select_option("agreed")
        item.get_by_role("button", name="核对并签署").last.click()
        page.locator("dialog[open] button.primary").wait_for(timeout=20_000)
        page.locator("dialog[open] button.primary").click()
        page.locator("[data-last-outcome] h3").wait_for(timeout=30_000)

    office.do(settle)
    assert "已了结" in stand(office)
    [item] = [one for one in read(office, "/v1/open-items?month=2026-10")["items"] if one["key"] == key]
    assert item["status"] == "settled"


def test_an_office_sees_a_direction_and_filters_stand_in_the_address(people: People) -> None:
    office = people("chongqing", holds_key=False)
    office.open("/province/months?month=2026-10&way=51-50")
    assert "四川→重庆" in stand(office)

    def narrow(page: Any) -> str:
        page.locator("#status").select_option("settled")
        page.locator("#items form:not([data-act]) button").click()
        page.locator("#statement .sentence").wait_for(timeout=170_000)
        return str(page.url)

    url = office.do(narrow)
    assert "status=settled" in url
    assert "way=51-50" in url


@pytest.mark.parametrize("path", ["/desk/months?month=2026-13", "/desk/months?month=x", "/desk/months?way=51-50"])
def test_what_may_not_be_had_is_told_in_words(path: str, people: People) -> None:
    person = people("scale", holds_key=False)
    answer = httpx.get(
        f"{person.url}{path}", cookies={"liandan": token_of(person.url, person.key)}, headers={"Accept": "text/html"}, timeout=60
    )
    assert answer.status_code in (400, 403, 422)
    assert 'class="problem red"' in answer.text
