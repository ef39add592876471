"""The inspector's pages and searches over real HTTP: what they show is what the services say, contradictions first, in both languages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from ledger.caller import Caller
from ledger.directory import Grant
from liandan.desk.road.articles import article_in
from liandan.desk.road.routes import only_one
from liandan.desk.road.words import WORDS as ROAD
from liandan.desk.search.words import WORDS as SEARCH
from manifests.suggesting.answers import SuggestedTerm, Suggestions
from reports.attachment import layout_in
from reports.dossier.service import may_have, topics_missing
from tests.desk.roadside import roadside, visitor
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, NUMBER, RECEIVER, SECOND_CARRIER, STRANGER
from tests.manifests.test_road import LABEL, PLATE, Roadside
from tests.manifests.test_worked_example import SECOND

ONE, TWO = MANIFEST.removeprefix("manifest/"), SECOND.removeprefix("manifest/")
TEMPLATES = Path("liandan/desk/templates")


@pytest.fixture(scope="module")
def bench() -> Roadside:
    return Roadside()


@pytest.fixture(scope="module")
async def url(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Roadside) -> AsyncIterator[str]:
    async with roadside(shared_database_url, tmp_path_factory.mktemp("roadside"), bench) as url:
        yield url


@pytest.fixture(scope="module")
async def inspector(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(url) as client:
        yield client


async def shown(client: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return unescape(answer.text)


async def test_a_plate_shows_contradictions_before_anything_else(inspector: httpx.AsyncClient, bench: Roadside) -> None:
    page = await shown(inspector, f"/road?q={quote(PLATE)}")
    assert "有矛盾 2" in page
    again = bench.entries[-1].index
    for path in (f"/road/proof/{TWO}/{again}", f"/m/{ONE}", f"/m/{TWO}"):
        assert f'href="{path}"' in page
    assert page.index('id="against"') < page.index('id="moving"') < page.index('id="history"')
    assert "运输中 2" in page
    assert LABEL in page


async def test_every_kind_of_question_has_its_page(inspector: httpx.AsyncClient) -> None:
    for text in (NUMBER, ONE, LABEL, GENERATOR, RECEIVER, CARRIER, f"{GENERATOR}/S1", "锦川", "川A", "没有这样的", ""):
        await shown(inspector, f"/road?q={quote(text)}")
    assert "全部行为与证明" in await shown(inspector, f"/road?q={NUMBER}")
    assert "成都锦川蓄能回收有限公司" in await shown(inspector, f"/road?q={quote('锦川')}"), (
        "a text that can mean one firm alone is that firm"
    )
    assert "账本上没有“没有这样的”" in await shown(inspector, f"/road?q={quote('没有这样的')}")


async def test_an_entry_is_proved_and_its_receipt_is_a_file(inspector: httpx.AsyncClient, bench: Roadside) -> None:
    entry = bench.entries[-1]
    page = await shown(inspector, f"/road/proof/{TWO}/{entry.index}")
    assert entry.statement.hash in page
    receipt = await inspector.get(f"/road/proof/{TWO}/{entry.index}/receipt.json")
    assert receipt.headers["content-disposition"].startswith("attachment")
    assert (receipt.json()["index"], receipt.json()["statement"]) == (entry.index, entry.statement.hash)
    assert receipt.json()["checkpoint"].splitlines()[0] in page
    await shown(inspector, f"/road/proof/{ONE}/{entry.index}", status=404)


async def test_a_stranger_is_shown_nothing_of_it(url: str) -> None:
    async with visitor(url, STRANGER) as stranger:
        for text in (PLATE, NUMBER, ONE, LABEL):
            page = await shown(stranger, f"/road?q={quote(text)}")
            assert "您可以查阅的联单上没有" in page
            assert "<tr>" not in page
            assert "/m/" not in page
        await shown(stranger, f"/road/proof/{ONE}/20", status=404)
        await shown(stranger, f"/road/checklist/{ONE}/dossier.pdf", status=404)
        assert "川A" not in (await shown(stranger, f"/desk/search/suggest?q={quote('川A')}")).replace("以“川A”开头", "")


async def test_a_party_sees_that_a_contradiction_has_another_side_and_not_which(url: str) -> None:
    async with visitor(url, SECOND_CARRIER) as carrier:
        page = await shown(carrier, f"/road?q={quote(PLATE)}")
    assert "另一份联单您无权查看" in page
    assert ONE not in page


async def test_the_checklist_has_all_points_and_says_what_is_for_the_site(inspector: httpx.AsyncClient) -> None:
    page = await shown(inspector, f"/road/checklist/{GENERATOR}")
    found = re.search(r'hx-get="([^"]+/points[^"]*)"', page)
    assert found is not None
    points = await shown(inspector, found[1])
    assert [int(number) for number in re.findall(r"<strong>(\d+)　", points)] == list(range(1, 24))
    assert points.count(ROAD["on_site"][0]) >= 2
    assert points.count(ROAD["not_read"][0]) == 2
    alone = await shown(inspector, f"/road/checklist/{ONE}/points")
    assert "1 份联单" in alone
    assert "个年度" not in alone, "one manifest says nothing of the plans of its generator"
    page = await shown(inspector, f"/road/checklist/{ONE}")
    assert "/points" in page
    paper = f"/road/checklist/{ONE}/dossier.pdf"
    assert f'href="{paper}"' in page
    assert f'href="{paper}"' in await shown(inspector, f"/road?q={ONE}")
    dossier = await inspector.get(paper)
    assert (dossier.status_code, dossier.headers["content-type"], layout_in(dossier.content)) == (
        200,
        "application/pdf",
        ("inspection", "zh"),
    )
    links = set(re.findall(r'href="(/road/proof/[^"]+)"', points))
    assert links
    for link in sorted(links)[:3]:
        await shown(inspector, link)


async def test_what_is_listed_is_had_as_a_file(inspector: httpx.AsyncClient, url: str) -> None:
    for path in (f"/road?q={GENERATOR}", "/road"):
        [listed] = {*re.findall(r'href="(/desk/search[?](?:firm|only=against)[^"]*)"', await shown(inspector, path))}
        page = await shown(inspector, listed)
        links = re.findall(r'href="(/desk/search[.](?:xlsx|csv)[^"]*)"', page)
        assert [link.partition("?")[0] for link in links] == ["/desk/search.xlsx", "/desk/search.csv"]
        book, text = [await inspector.get(link) for link in links]
        assert book.content.startswith(b"PK")
        rows = text.content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("国家联单编号,状态,")
        assert len(rows) - 1 == len(re.findall(r"<td data-label=.联单", page)) > 0
        assert text.headers["content-disposition"] == 'attachment; filename="manifests.csv"'
    async with visitor(url, STRANGER) as stranger:
        assert len((await stranger.get("/desk/search.csv")).content.splitlines()) == 1
        assert (await stranger.get("/desk/search.csv?only=nonsense")).status_code == 400


async def test_a_search_is_its_address(inspector: httpx.AsyncClient) -> None:
    everything = await shown(inspector, "/desk/search")
    assert everything.count("<tr><td") == 3
    assert (await shown(inspector, "/desk/search?only=in_transit")).count("<tr><td") == 2
    assert (await shown(inspector, "/desk/search?only=against")).count("<tr><td") == 1
    assert (await shown(inspector, f"/desk/search?plate={quote(PLATE)}&only=&issued_from=")).count("<tr><td") == 2
    assert (await shown(inspector, f"/desk/search?firm={SECOND_CARRIER}")).count("<tr><td") == 1
    assert (await shown(inspector, "/desk/search?issued_to=2026-10-31")).count("<tr><td") == 1
    answer = await inspector.get(f"/desk/search?q={quote(PLATE)}&only=in_transit", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/search?only=in_transit&plate={quote('川AF1234')}")
    assert "problem" in await shown(inspector, "/desk/search?only=nonsense", status=400)
    assert "problem" in await shown(inspector, "/desk/search?cursor=nonsense", status=400)


async def test_what_is_typed_is_answered_with_links(inspector: httpx.AsyncClient) -> None:
    part = await shown(inspector, f"/desk/search/suggest?to=road&q={quote('川a f')}")
    assert f'href="/road?q={quote("川AF1234")}"' in part
    assert PLATE in part
    assert "/desk/search?firm=" in await shown(inspector, f"/desk/search/suggest?q={quote('锦川')}")
    assert (await shown(inspector, "/desk/search/suggest?q=")).strip() == ""


async def test_every_page_speaks_english_too(url: str) -> None:
    async with visitor(url, lang="en") as reader:
        for path in (f"/road?q={quote(PLATE)}", f"/road?q={NUMBER}", "/desk/search", f"/road/checklist/{GENERATOR}", "/road"):
            page = await shown(reader, path)
            main = page[page.index("<main") : page.index("</main>")]
            known = {word for zh, en in (*ROAD.values(), *SEARCH.values()) for word in [zh] if "{" not in zh and len(zh) > 2 and zh != en}
            assert not [word for word in known if word in main], path
        assert not re.search("第[一二三四五六七八九十]+条", await shown(reader, f"/road/checklist/{ONE}/points"))


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("第六条", "Art. 6"), ("第十条（三）", "Art. 10(3)"), ("第十二条（二）、第十八条", "Art. 12(2), Art. 18"),
        ("第二十条", "Art. 20"), ("第二十一条至第二十七条", "Art. 21 to Art. 27"), ("第三十条（十一）", "Art. 30(11)"),
    ],
)  # fmt: skip
def test_articles_are_told_in_english(zh: str, en: str) -> None:
    assert (article_in(zh, "zh"), article_in(zh, "en")) == (zh, en)


def test_what_a_grant_leaves_out_of_a_dossier_is_known() -> None:
    office = Caller(
        "11510500000000FX0A", "party", "0" * 64, grants=(Grant("115100000000FX051F", (GENERATOR[2:6],), ("manifest", "permit"), None),)
    )
    assert topics_missing(office, GENERATOR) == ("approval", "list", "incident")
    assert not may_have(office, GENERATOR)
    assert topics_missing(office, office.uscc) == ()


def test_a_ships_name_is_a_plate_where_a_manifest_has_it() -> None:
    ship, longer = (SuggestedTerm(sort="plate", value=name, shown=name) for name in ("示范货8号", "示范货8号A"))
    for terms in ((ship,), (ship, longer)):
        found = only_one(Suggestions(size=1, text="示范货 8号", firms=(), terms=terms, more=False))
        assert found is not None
        assert (found.what, found.value) == ("plate", "示范货8号")
    assert only_one(Suggestions(size=1, text="示范货", firms=(), terms=(ship, longer), more=False)) is None


def test_every_word_is_used_and_complete() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for room in ("road", "search") for path in (TEMPLATES / room).glob("*.html"))
    sources += "".join(path.read_text(encoding="utf-8") for path in Path("liandan/desk/road").glob("*.py") if path.name != "words.py")
    sources += "".join(path.read_text(encoding="utf-8") for path in Path("liandan/desk/search").glob("*.py") if path.name != "words.py")
    for words in (ROAD, SEARCH):
        for key, (zh, en) in words.items():
            assert zh, key
            assert en, key
            assert f'"{key}"' in sources or f"'{key}'" in sources or key.startswith("filter_"), f"{key} is used nowhere"
            assert re.findall(r"\{(\w+)\}", zh).sort() == re.findall(r"\{(\w+)\}", en).sort(), key
