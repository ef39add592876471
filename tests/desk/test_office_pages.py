"""Every page of an office over HTTP: who may see it, in both languages, nothing that a browser would obey, the same figures as the services."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from asyncpg import Pool, Record
from openpyxl import load_workbook

from ledger.registrations.form import fingerprint
from ledger.times import parse_at
from liandan.client.registration import file_of, make_application
from liandan.client.transport import Transport
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.founding import ORIGIN
from liandan.demo.sandbox import NEWCOMER
from signing import b64
from tests.desk.office_stage import HOSTILE, OUT, OfficeStage, office_stage
from tests.workbench import key_of

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
        "/province/intake", f"/province/intake?against={OUT}", "/province/whatif", "/province/audit", "/province/alerts?before=40",
    ]  # fmt: skip


async def test_every_page_is_there_in_both_languages_and_escapes_what_people_wrote(desk: Desk) -> None:
    for path in pages(desk.office):
        for uscc, lang in ((SICHUAN.uscc, "zh"), (CHONGQING.uscc, "en")):
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
    assert "四川→重庆 2026（cy），2026 年" in told.text
    taken = await desk.post("/province/whatif/result.xlsx", data={"list": OUT}, files={"file": ("草案.xlsx", raw)})
    assert taken.headers["content-disposition"].startswith("attachment;")
    assert load_workbook(BytesIO(taken.content)).sheetnames
    page = await desk.post("/province/whatif/result.html", data={"list": OUT}, files={"file": ("草案.xlsx", raw)})
    assert page.headers["content-security-policy"].startswith("sandbox"), (
        "a page with styles of its own is taken along, never shown as ours"
    )


async def test_a_firm_is_compared_before_it_is_registered_and_may_be_refused(desk: Desk) -> None:
    office, key = desk.office, key_of("newcomer of the office")
    log = (await desk.client.get("/v1/log")).json()
    request = make_application(
        [key],
        log["found"],
        NEWCOMER.uscc,
        f"新来的{HOSTILE[:12]}",
        {"contact.name": "张三", "contact.phone": "19900001234"},
        parse_at(log["now"]),
    )
    sent = await desk.client.post(
        "/v1/registrations", content=msgspec.json.encode(file_of(request).request), headers={"Liandan-Now": log["now"]}
    )
    assert sent.status_code == 202, sent.text
    page = f"/province/registrations/{sent.json()['registration']}"
    assert f'href="{page}"' in (await desk.get("/province")).text
    assert f'href="{page}"' not in (await desk.get("/province", CHONGQING.uscc)).text, "it is the other province's"
    assert (await desk.get(page, CHONGQING.uscc)).status_code == 404
    shown = await desk.get(page)
    assert obeyed(shown.text) == []
    assert "data-proposal" not in shown.text, "nothing is signed before the fingerprint is compared"
    right = fingerprint(key.keyid)
    for read_out, said in (("12", "应为 20 位"), ("0" * 20, "不是这家企业的密钥"), (right.upper().replace(" ", "-"), "指纹相符")):
        found = await desk.get(f"{page}/compared?fingerprint={quote(read_out)}", SICHUAN.uscc, **{"HX-Request": "true"})
        assert said in found.text, found.text
    proposal = json.loads(re.findall(r"data-proposal>(.*?)</script>", found.text)[0])
    assert (proposal["kind"], proposal["chain"], proposal["body"]["keys"][0]["spki"]) == (
        "party.register/1",
        f"party/{NEWCOMER.uscc}",
        b64.encode(key.spki),
    )
    assert "19900001234" not in (await desk.get("/province")).text, "contacts stand in no list"
    assert office.log is not None
    over = await desk.post(f"{page}/refuse", data={"reason": "经电话核对，不是本单位申请"})
    assert (over.status_code, over.headers["location"]) == (303, "/province")
    assert "不予登记" in (await desk.get(page)).text


async def test_a_row_names_the_permit_by_its_number(desk: Desk) -> None:
    [row, *_] = (await desk.get("/v1/listings?list=list/2026-51-50-cy", SICHUAN.uscc, **SAME)).json()["listings"]
    permits = (await desk.get(f"/v1/permits?receiver={row['receiver']}", SICHUAN.uscc, **SAME)).json()["permits"]
    [number] = [one["no"] for one in permits if one["permit"] == row["permit"]]
    page = (await desk.get(f"/province/lists/2026-51-50-cy/{row['row']}")).text
    assert number in page
    assert "permit/" not in page.partition("<main")[2].partition("<form")[0]


async def test_holds_of_all_loads_are_prepared_one_by_one(desk: Desk) -> None:
    incidents = (await desk.get("/v1/incidents", SICHUAN.uscc, **SAME)).json()["incidents"]
    [incident] = [one for one in incidents if one["manifests"]]
    assert (await desk.get(f"/province/incidents/{incident['id']}")).status_code == 200
    chain = f"incident/{incident['id']}"
    found = await desk.post("/province/drafts", data={"chain": chain, "act": "hold", "reason": f"现场核查{HOSTILE}"})
    assert found.status_code == 200, found.text
    [proposal] = [json.loads(one) for one in re.findall(r"data-proposal>(.*?)</script>", found.text)]
    assert (proposal["kind"], proposal["chain"]) == ("case.hold/1", f"case/{incident['manifests'][0]}/<ULID>")
    assert proposal["body"]["reason"] == f"现场核查{HOSTILE}"
    assert obeyed(found.text) == []
    load = (await desk.get(f"/v1/manifests/{incident['manifests'][0].removeprefix('manifest/')}", SICHUAN.uscc, **SAME)).json()
    assert f">{load['manifest']['number'] or '…' + load['manifest']['id'][-8:]}</a>" in found.text
    assert "→" in found.text, "whose load it is"
    wrong = await desk.post("/province/drafts", data={"chain": chain, "act": "hold", "reason": ""})
    assert wrong.status_code == 400, "without a reason nothing is prepared"
