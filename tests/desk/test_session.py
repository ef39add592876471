"""Entering and leaving by HTTP: what the cookie opens, what it does not, and what ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from liandan.desk.shell.addresses import is_desk, local_next
from liandan.desk.shell.cookies import Cookies
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import login
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, key_of, uscc

SAME = {"Sec-Fetch-Site": "same-origin"}
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """One server for all tests here."""
    async with http(shared_database_url, tmp_path_factory.mktemp("desk")) as client:
        await post_all(client, Workbench())
        yield client


@pytest.fixture
async def plain(still: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor without cookies."""
    async with httpx.AsyncClient(base_url=still.base_url, headers={"Liandan-Now": still.headers["Liandan-Now"]}) as client:
        yield client


async def entered(client: httpx.AsyncClient, next_: str = "") -> httpx.Response:
    """Enter as the authority of Sichuan; its client keeps the cookie."""
    content = freeze(login(client, key_of(AUTHORITY_51)))
    answer = await client.post("/enter", content=content, headers=SAME, params={"next": next_} if next_ else {})
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_signed_challenge_becomes_a_cookie_that_no_script_reads(plain: httpx.AsyncClient) -> None:
    answer = await entered(plain)
    assert answer.json() == {"next": "/province"}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("liandan=")  # on plain loopback
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "Path=/" in cookie
    page = await plain.get("/enter?left=one", headers=PAGE)
    assert AUTHORITY_51 in page.text
    assert "data-forget" not in page.text, "who is still there keeps what is kept for him"


async def test_whoever_has_no_session_is_led_to_enter_and_back(plain: httpx.AsyncClient) -> None:
    led = await plain.get("/leave", headers=PAGE)
    assert led.status_code == 405
    assert (await entered(plain, "/province?a=b")).json() == {"next": "/province?a=b"}
    for strange in (
        "//evil.example/",
        "https://evil.example/",
        "/v1/log",
        "/enter",
        "/leave",
        "/desk\\evil",
        "/\\evil.example",
        "/desk\nx",
    ):
        assert (await entered(plain, strange)).json() == {"next": "/province"}, strange


async def test_the_cookie_counts_on_v1_only_from_pages_of_this_origin(plain: httpx.AsyncClient) -> None:
    await entered(plain)
    assert (await plain.get("/v1/manifests")).status_code == 401
    for site in ("same-site", "cross-site", "none"):
        assert (await plain.get("/v1/manifests", headers={"Sec-Fetch-Site": site})).status_code == 401
    assert (await plain.get("/v1/manifests", headers=SAME)).status_code == 200
    assert (await plain.get("/tile/entries/000.p/1", headers=SAME)).status_code == 401  # the log's files take no cookie


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
async def test_what_changes_something_comes_from_a_page_of_this_site(plain: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await entered(plain)
    answer = await plain.post("/leave", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "CROSS_SITE")
    assert (await plain.post("/enter", content=b"{}", headers=headers)).json()["code"] == "CROSS_SITE"
    shown = await plain.post("/leave", headers={**headers, **PAGE})
    assert shown.status_code == 403
    assert "什么也没有改动" in shown.text
    assert (await plain.get("/v1/manifests", headers=SAME)).status_code == 200  # still there


async def test_where_a_browser_does_not_say_the_site_the_origin_counts(plain: httpx.AsyncClient) -> None:
    await entered(plain)
    answer = await plain.post("/leave", headers={"Origin": str(plain.base_url).rstrip("/")})
    assert answer.status_code == 303


async def test_leaving_ends_token_and_cookie_and_keeps_what_the_browser_stores(plain: httpx.AsyncClient) -> None:
    await entered(plain)
    token = plain.cookies["liandan"]
    answer = await plain.post("/leave", headers=SAME)
    assert answer.headers["location"] == "/enter?left=one"
    assert "data-forget" in (await plain.get("/enter?left=one", headers=PAGE)).text
    for site in ("cross-site", "same-site"):
        lured = await plain.get("/enter?left=one", headers={**PAGE, "Sec-Fetch-Site": site})
        assert "data-forget" not in lured.text, "nor does a link of somebody else's"
    assert "data-forget" not in (await plain.get("/enter", headers=PAGE)).text, "a session that ended on the road takes no page away"
    assert answer.headers["clear-site-data"] == '"cache", "cookies"'
    assert 'liandan=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    answer = await plain.get("/v1/manifests", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "TOKEN_UNKNOWN"


async def test_leaving_everywhere_ends_every_session_of_the_key(plain: httpx.AsyncClient, still: httpx.AsyncClient) -> None:
    await entered(plain)
    first = plain.cookies["liandan"]
    plain.cookies.clear()
    await entered(plain)
    answer = await plain.post("/leave", headers=SAME, data={"everywhere": "1"})
    assert answer.headers["location"] == "/enter?left=all"
    assert (await still.get("/v1/manifests", headers={"Authorization": f"Bearer {first}"})).status_code == 401


async def test_a_session_that_has_ended_leads_to_enter_and_is_no_failure(plain: httpx.AsyncClient) -> None:
    plain.cookies.set("liandan", "not-a-token")
    page = await plain.get("/enter", headers=PAGE)
    assert page.status_code == 200
    assert "上次的登录已经结束" in page.text
    assert "Max-Age=0" in page.headers["set-cookie"]
    assert (await plain.get("/v1/log", headers=SAME)).status_code == 401  # as any wrong token: the page sends without it then


async def test_a_program_ends_the_token_that_it_shows(plain: httpx.AsyncClient) -> None:
    await entered(plain)
    assert (await plain.delete("/v1/tokens/current", headers=SAME)).status_code == 204
    assert (await plain.get("/v1/manifests", headers=SAME)).status_code == 401


async def test_a_refusal_is_a_page_for_people_a_part_for_htmx_and_json_for_programs(plain: httpx.AsyncClient) -> None:
    page = await plain.get("/desk/no-such-page", headers=PAGE)
    assert page.status_code == 404
    assert page.text.startswith("<!doctype html>")
    assert "请求编号" in page.text
    part = await plain.get("/desk/no-such-page", headers={"HX-Request": "true"})
    assert part.status_code == 404
    assert part.text.startswith("<section")
    told = await plain.get("/desk/no-such-page", headers={"Accept": "application/json"})
    assert told.json()["code"] == "NOT_FOUND"
    english = await plain.get("/desk/no-such-page", headers={**PAGE, "Accept-Language": "en"})
    assert '<html lang="en">' in english.text


async def test_the_language_is_what_was_chosen_then_what_the_browser_prefers(plain: httpx.AsyncClient) -> None:
    assert '<html lang="zh-CN">' in (await plain.get("/enter", headers=PAGE)).text
    assert '<html lang="en">' in (await plain.get("/enter", headers={**PAGE, "Accept-Language": "en-GB"})).text
    back = await plain.post("/desk/language", data={"lang": "en", "next": "/enter?left=one"}, headers=SAME)
    assert back.status_code == 303
    assert '<html lang="en">' in (await plain.get("/enter", headers={**PAGE, "Accept-Language": "zh-CN"})).text
    assert '<html lang="zh-CN">' in (await plain.get("/enter?lang=zh", headers=PAGE)).text


@pytest.mark.parametrize("body", [{"until": "2026-10-01T09:30:00+08:00"}, {}], ids=["over", "revoked"])
async def test_a_key_that_has_ended_is_told_so_and_who_registers_another(database_url: str, tmp_path: Path, body: dict[str, str]) -> None:
    firm = uscc("510112", 901)
    bench, second, party = Workbench(), key_of(firm, 1), f"party/{firm}"
    bench.register(firm)
    bench.post("key.add/1", party, (firm,), {"key": register(second, bench.found, firm), **body})
    if not body:
        bench.post("key.revoke/1", party, (firm,), {"keyid": second.keyid, "reason": "遗失"})
    async with http(database_url, tmp_path) as client:
        assert {answer.status_code for answer in await post_all(client, bench)} == {201}
        later, other = {"Liandan-Now": "2026-10-01T10:00:00+08:00"}, bench.register(uscc("510112", 902))
        assert (await client.post("/v1/statements", content=freeze(other.envelope), headers=later)).status_code == 201
        for language, said, lifted in (
            ("zh", "09:30（北京时间）有效，已经到期" if body else "已经停用", "请所在地主管部门登记"),
            ("en", "which is over" if body else "was revoked", "the authority of the region registers one"),
        ):
            answer = await client.post("/enter", content=freeze(login(client, second)), headers={**SAME, "Accept-Language": language})
            told = answer.json()
            assert (answer.status_code, told["code"]) == (403, "KEY_NOT_VALID")
            assert said in told["title"]
            assert lifted in told["detail"]


async def test_a_script_with_a_session_is_told_to_wait_and_nobody_else_is(database_url: str, tmp_path: Path) -> None:
    bench, second = Workbench(), key_of(AUTHORITY_51, 1)
    bench.post("key.add/1", f"party/{AUTHORITY_51}", (OPERATOR, AUTHORITY_50), {"key": register(second, bench.found, AUTHORITY_51)})
    async with http(database_url, tmp_path, key_pages_per_minute=6, party_pages_per_minute=9) as client:
        await post_all(client, bench)
        await entered(client)
        search, file = "/desk/search/suggest?q=川A", "/v1/registers/generator/2026.xlsx"
        assert (await client.get(file, headers=SAME)).status_code != 429  # four points, for a cookie's token
        assert [(await client.get(search)).status_code for _ in range(3)] == [200, 200, 429]
        part = await client.get(search, headers={"HX-Request": "true"})
        assert part.text.startswith("<section")
        assert "先停一停" in part.text
        assert 0 < int(part.headers["retry-after"]) <= 61
        page = await client.get("/road?q=川A", headers={**PAGE, "Accept-Language": "en"})
        assert (page.status_code, "so there is a pause" in page.text) == (429, True)
        assert (await client.get(file, headers=SAME)).json()["code"] == "PAGES_TOO_MANY"
        assert (await client.get("/province", headers=PAGE)).status_code == 200, "what costs little stays open"
        bearer = {"Authorization": f"Bearer {client.cookies['liandan']}"}
        client.cookies.clear()
        assert (await client.get(file, headers=bearer)).status_code != 429, "programs have the interface as it is documented"
        await client.post("/enter", content=freeze(login(client, second)), headers=SAME)
        assert [(await client.get(search)).status_code for _ in range(4)] == [200, 200, 200, 429], "its party has used up the rest"


async def test_wrong_cookies_use_up_what_wrong_tokens_may(database_url: str, tmp_path: Path) -> None:
    async with http(database_url, tmp_path, failures_per_minute=3) as client:
        for number in range(5):
            client.cookies.set("liandan", f"wrong-{number}")
            assert (await client.get("/enter", headers=PAGE)).status_code == 200
        client.cookies.clear()
        refused = await client.get("/v1/manifests", headers={"Authorization": "Bearer wrong-6"})
        assert refused.json()["code"] == "FAILURES_TOO_MANY"


def test_the_cookie_of_an_installation_behind_tls_is_bound_to_its_host() -> None:
    cookies = Cookies(("https://ledger.example.cn",))
    made: Any = cookies.granted("t")
    assert (cookies.name, made.key, made.secure, made.httponly, made.samesite, made.path, made.domain) == (
        "__Host-liandan", "__Host-liandan", True, True, "lax", "/", None,
    )  # fmt: skip
    assert Cookies(("http://10.0.0.7:8551",)).is_secure  # never in the clear over a network
    assert not Cookies(("http://127.0.0.1:8551", "http://localhost:8551")).is_secure


def test_addresses_of_the_desk() -> None:
    assert all(map(is_desk, ("/desk", "/desk/", "/m/a/b", "/drive/", "/enter", "/province/lists")))
    assert not any(map(is_desk, ("/", "", "/v1/log", "/v", "/desktop", "/map", "desk", "/checkpoint", "/tile/0/000")))
    assert local_next("/m/91/01?x=1") == "/m/91/01?x=1"
    assert local_next(None) == local_next("") == "/desk"
