"""Every page of an office over HTTP: who may see it, in both languages, nothing that a browser would obey, the same figures as the services."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import httpx
import pytest
from asyncpg import Pool, Record
from openpyxl import load_workbook

from liandan.client.transport import Transport
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.founding import ORIGIN
from tests.desk.office_stage import HOSTILE, OUT, OfficeStage, office_stage

SAME = {"Sec-Fetch-Site": "same-origin"}
LIST = f"/province/lists/{OUT.removeprefix('list/')}"


class Desk:
    """The stage, with a browser's requests of somebody who has entered."""

    def __init__(self, office: OfficeStage, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.office, self.client, self.tokens = office, client, tokens

    async def get(self, path: str, uscc: str = SICHUAN.uscc, lang: str = "zh", **headers: str) -> httpx.Response:
        cookies = f"liandan={self.tokens[uscc]}; liandan-lang={lang}"
        return await self.client.get(path, headers={"Cookie": cookies, **headers})

    async def post(self, path: str, uscc: str = SICHUAN.uscc, **sent: Any) -> httpx.Response:
        return await self.client.post(path, headers={"Cookie": f"liandan={self.tokens[uscc]}; liandan-lang=zh", **SAME}, **sent)


@pytest.fixture(scope="module")
async def desk(shared_database_url: str, shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with office_stage(shared_database_url, tmp_path_factory.mktemp("office"), shared_pool) as office:
        tokens = {}
        firm = CAST.firm("jinchuan").uscc
        for uscc in (SICHUAN.uscc, CHONGQING.uscc, firm):
            keyring, poster = office.stage.scribe.keyring, office.stage.poster
            transport = Transport(poster.url, keyring.key(uscc), patience_s=5)
            await transport.login(ORIGIN)
            tokens[uscc] = transport._token
            await transport.close()
        async with httpx.AsyncClient(base_url=office.stage.poster.url, timeout=60) as http:
            yield Desk(office, http, tokens)


def obeyed(html: str) -> list[str]:
    """What of a page a browser would obey beside our own files: handlers, styles, scripts, pictures from elsewhere."""
    found = list[str]()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            found.extend(f"{tag} {name}" for name in given if name.startswith("on") or name in ("style", "srcdoc"))
            if tag == "script" and given.get("type") != "application/json" and not str(given.get("src", "")).startswith("/desk/static/"):
                found.append("script")
            if tag in ("img", "iframe", "object", "embed", "base"):
                found.append(tag)

    Reader().feed(html)
    return found


def pages(office: OfficeStage) -> list[str]:
    waiting, consulted = (chain.removeprefix("approval/") for chain in (office.waiting, office.consulted))
    return [
        "/province", "/province?all=true", "/province/lists", "/province/lists?year=2025", LIST, f"{LIST}/amend", f"{LIST}/suspend", f"{LIST}/0",
        f"{LIST}/0/suspend", f"{LIST}/1", f"{LIST}/4", "/province/lists/2026-50-51-cy", "/province/approvals", "/province/approvals?group=granted",
        "/province/approvals?group=ended", f"/province/approvals/{waiting}", f"/province/approvals/{consulted}", "/province/emergencies",
        "/province/intake", f"/province/intake?against={OUT}", "/province/whatif", "/province/audit",
    ]  # fmt: skip


async def test_every_page_is_there_in_both_languages_and_escapes_what_people_wrote(desk: Desk) -> None:
    for path in pages(desk.office):
        for uscc in (SICHUAN.uscc, CHONGQING.uscc):
            for lang in ("zh", "en"):
                answer = await desk.get(path, uscc, lang)
                assert answer.status_code == 200, (path, lang, answer.text[:3000])
                assert obeyed(answer.text) == [], path
                assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")


async def test_what_people_wrote_is_shown_as_they_wrote_it(desk: Desk) -> None:
    shown = (await desk.get(LIST, CHONGQING.uscc)).text
    assert "&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&lt;/script&gt;{{7*7}}" in shown, HOSTILE
    assert "49（虚构）" not in shown


async def test_nobody_but_offices_sees_them(desk: Desk) -> None:
    firm = CAST.firm("jinchuan").uscc
    for path in pages(desk.office):
        assert (await desk.get(path, firm)).status_code == 404, path
        answer = await desk.client.get(path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/enter"), path


async def test_the_form_of_a_confirmation_stands_in_the_inbox_and_holds_the_hash_alone(desk: Desk) -> None:
    html = (await desk.get("/province", CHONGQING.uscc)).text
    found = re.findall(r'<script type="application/json" data-proposal>(.*?)</script>', html)
    assert len(found) == 1
    assert '"kind": "list.confirm/1"' in found[0]
    assert '"letter_no"' not in found[0], "what nobody has typed is in no proposal"
    assert (await desk.get("/province")).text.count("data-proposal") == 0, "the side that proposed it confirms nothing"


async def test_a_suspension_shows_its_effect_before_it_is_signed(desk: Desk) -> None:
    html = (await desk.get(f"{LIST}/0/suspend")).text
    assert "在途 1 份可以走完" in html
    assert "已开具未起运 1 份" in html
    size = re.search(r'data-size="(\d+)"', html)
    assert size is not None
    assert int(size[1]) > 0
    assert html.index("data-size=") < html.index("data-proposal")


async def test_a_spreadsheet_is_read_and_the_difference_becomes_an_amendment(desk: Desk) -> None:
    book = load_workbook(BytesIO((await desk.get(f"/v1/intake/list.xlsx?list={OUT}", SICHUAN.uscc, **SAME)).content))
    sheet = book["白名单"]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    column = next(place for head, place in heads.items() if "额度" in head)
    sheet.cell(2, column).value = "21000"
    out = BytesIO()
    book.save(out)
    files = {"file": ("名单<b>.xlsx", out.getvalue(), "application/octet-stream")}
    answer = await desk.post("/province/intake", data={"as": "list", "against": OUT}, files=files)
    assert answer.status_code == 200, answer.text[:2000]
    assert "没有不符" in answer.text
    assert "名单&lt;b&gt;.xlsx" in answer.text
    [proposal] = re.findall(r'<script type="application/json" data-proposal>(.*?)</script>', answer.text)
    assert '"kind": "list.amend/1"' in proposal
    assert json.loads(proposal)["body"] == {"quota": [{"row": 0, "quota_t": "21000.000000"}]}, "what nobody types is signed as it was read"
    sheet.cell(3, column).value = "约 600"
    out = BytesIO()
    book.save(out)
    wrong = await desk.post("/province/intake", data={"as": "list", "against": OUT}, files={"file": ("名单.xlsx", out.getvalue())})
    assert "不符 1 处" in wrong.text
    assert "第 3 行" in wrong.text
    assert "data-proposal" not in wrong.text, "while one thing is wrong nothing is signed"


async def test_a_draft_is_tried_on_the_past_of_this_log(desk: Desk) -> None:
    raw = (await desk.get(f"/v1/intake/list.xlsx?list={OUT}", SICHUAN.uscc, **SAME)).content
    told = await desk.post("/province/whatif", data={"list": OUT}, files={"file": ("草案.xlsx", raw)})
    assert told.status_code == 200
    assert "2026-51-50-cy，2026 年" in told.text
    taken = await desk.post("/province/whatif/result.xlsx", data={"list": OUT}, files={"file": ("草案.xlsx", raw)})
    assert taken.headers["content-disposition"].startswith("attachment;")
    assert load_workbook(BytesIO(taken.content)).sheetnames
    page = await desk.post("/province/whatif/result.html", data={"list": OUT}, files={"file": ("草案.xlsx", raw)})
    assert page.headers["content-security-policy"].startswith("sandbox"), (
        "a page with styles of its own is taken along, never shown as ours"
    )
