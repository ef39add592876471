"""What a hostile or careless sender does to HTTP itself: heads, bodies, methods, addresses. The server answers and lives on."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from ledger.admission.intake import Room
from ledger.problem import Problem
from ledger.query import refuse_unknown_query
from ledger.times import format_at
from liandan.access import payer_of, printable
from liandan.app import create_app
from liandan.connection import HEAD_BYTES_MAX, Connection, patient, received
from liandan.health import Metrics
from liandan.problems import language_of
from liandan.settings import Settings
from signing.envelope import freeze
from signing.possession import register
from signing.refusal import Refusal
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, key_of, uscc

PARTY = uscc("510112", 2)


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    return bench


@pytest.fixture
async def client(database_url: str, tmp_path: Path, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    async with http(database_url, tmp_path, batch_bytes_max=65_536) as client:
        await post_all(client, bench)
        yield client


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for whatever is turned away at its door."""
    async with http(shared_database_url, tmp_path_factory.mktemp("still"), batch_bytes_max=65_536) as client:
        await post_all(client, bench)
        yield client


async def talk(client: httpx.AsyncClient, *pieces: bytes) -> bytes:
    """What comes back for raw bytes until the server ends the connection."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("query", ["?atomci=true", "?atomic=true&atomic=false"])
async def test_a_misspelt_parameter_never_splits_a_batch(query: str, still: httpx.AsyncClient, bench: Workbench) -> None:
    answer = await still.post(f"/v1/statements/batch{query}", content=freeze(bench.entries[0].envelope))
    assert (answer.json()["code"], answer.status_code) == ("QUERY_FORM", 400)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/feed?afer=5",
        "/v1/refusals?page=2",
        "/v1/parties/x?y=1",
        "/v1/log?x=1",
        "/v1/reconciliations/2026-10?form=50",
        "/v1/figures/2026-10?form=50",
        "/v1/public/figures/2026-10?form=50",
        "/v1/movements?acount=x",
        "/v1/disclosures?chian=x",
        "/v1/checkpoints?afer=1",
        "/v1/checkpoints?after=1e3",
        "/v1/checkpoints?after=1%0A",
        "/v1/permits?updated_since=1%0A",
        "/v1/manifests?plate=%0A",
        "/v1/manifests?waybill_no=%E3%80%80",
        "/v1/manifests?tag=late",
        "/v1/manifests?provincial_number=a%00b",
        "/v1/manifests?trip_id=%00",
        "/v1/parties?name=x%0A",
        "/v1/manifests.csv?number=20265101000123%0A",
        "/v1/refusals?before=1e3",
    ],
)
async def test_a_misspelt_filter_never_widens_an_answer(path: str, still: httpx.AsyncClient) -> None:
    answer = await still.get(path, headers=await token_of(still, AUTHORITY_51))
    assert (answer.json()["code"], answer.status_code) == ("QUERY_FORM", 400)


@pytest.mark.parametrize(
    "path", ["/v1/parties?name=%E7%8E%8B13800138000", "/v1/manifests?number=1%203%208%200%200%201%203%208%200%200%200"]
)
async def test_nobody_is_searched_for_by_what_is_a_persons(path: str, still: httpx.AsyncClient) -> None:
    answer = await still.get(path, headers=await token_of(still, AUTHORITY_51))
    assert (answer.json()["code"], answer.status_code) == ("QUERY_FORM", 400)
    assert "个人信息" in answer.json()["errors"][0]["expected"]
    assert "0013" not in answer.text, "the value is not said again"


def test_no_route_goes_to_another_thread_to_look_at_its_query(tmp_path: Path) -> None:
    access: Any = create_app(Settings(data_dir=tmp_path), *cast("Any", (None, None, None)), Metrics(), cast("Any", None))
    checks = {handler.resolve_before_request() for route in access._app.framework.routes for handler in route.route_handlers}
    assert checks == {None, refuse_unknown_query}, "Litestar wraps a plain function and runs it on a thread, for every request"


async def test_no_path_with_nul_is_a_fault(still: httpx.AsyncClient) -> None:
    token = await token_of(still, AUTHORITY_51)
    paths = (await still.get("/schema/openapi.json")).json()["paths"]
    for path in paths:
        if "{" in path and "get" in paths[path]:
            for value in ("%00", "a%00b"):
                filled = "/".join(value if part.startswith("{") else part for part in path.split("/"))
                answer = await still.get(filled, headers=token)
                assert (filled, answer.status_code) in ((filled, 400), (filled, 404))
    answer = await still.get("/v1/parties/x", headers=token)
    assert answer.json()["errors"][0]["field"] == "uscc"


async def test_a_wrong_method_says_which_are_right(still: httpx.AsyncClient) -> None:
    answer = await still.put("/v1/statements", content=b"{}")
    assert (answer.json()["code"], answer.status_code) == ("METHOD_NOT_ALLOWED", 405)
    assert "POST" in answer.headers["allow"]
    assert {"GET", "HEAD"} <= set((await still.delete("/v1/log")).headers["allow"].split(", "))


@pytest.mark.parametrize("path", ["/healthz", "/v1/log", "/checkpoint", "/nope"])
async def test_head_is_get_without_the_body(path: str, still: httpx.AsyncClient) -> None:
    head, get = await still.head(path), await still.get(path)
    assert (head.status_code, head.headers["content-type"], head.content) == (get.status_code, get.headers["content-type"], b"")


@pytest.mark.parametrize("path", ["/v1/statements", "/v1/statements/batch", "/v1/tokens", "/v1/checks"])
async def test_packed_bodies_are_refused_unread(path: str, still: httpx.AsyncClient) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    answer = await still.post(path, content=bomb, headers={"Content-Encoding": "gzip"})
    problem = answer.json()
    assert (problem["code"], answer.status_code) == ("BODY_ENCODING", 415)
    assert (problem["errors"][0]["found"], problem["errors"][0]["expected"]) == ("gzip", "未压缩（identity）")


async def test_an_endless_head_is_cut_off(client: httpx.AsyncClient) -> None:
    pieces = [b"GET /v1/log HTTP/1.1\r\nHost: x\r\nX: ", *([b"a" * 32_768] * (2 + HEAD_BYTES_MAX // 32_768))]
    answer = await talk(client, *pieces)
    # The rest that was on its way may reset the connection first.
    assert (answer.startswith(b"HTTP/1.1 431 ") and b'"code":"HEAD_TOO_LARGE"' in answer) or answer == b""
    assert (await client.get("/v1/log")).status_code == 200


async def test_who_has_too_many_cookies_is_told_on_a_page(still: httpx.AsyncClient) -> None:
    """Of other programs of the same host, which a browser keeps together; it does not come to an end by itself."""
    head = b"GET /desk HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nCookie: a="
    answer = await talk(still, head + b"a" * (HEAD_BYTES_MAX + 1))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert "清除本网站的 Cookie" in answer.decode()
    assert b"\nlocation:" not in answer.lower(), "and sent round in no circle"
    crowded = await still.get("/enter", headers={"Accept": "text/html", "Cookie": "; ".join(f"c{n}={'x' * 4_000}" for n in range(12))})
    assert crowded.status_code == 200


async def test_a_head_that_does_not_end_is_given_up(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "head_s", 0.05)
    assert (await talk(client, b"GET /v1/log HTTP/1.1\r\nHost:")).startswith(b"HTTP/1.1 408 ")
    head, _, body = (await talk(client)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/problem+json")
    problem = msgspec.json.decode(body, type=Problem)
    assert (problem.status, problem.code, problem.errors[0].expected) == (408, "HEAD_SLOW", "<= 0.05 s")
    assert (await client.get("/v1/log")).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET /v1/log HTTP/1.1\r\nHost : x\r\n\r\n", b"SSH-2.0-x\r\n"],
    ids=["TLS", "no target", "blank before a colon", "another protocol"],
)
async def test_what_is_no_http_is_told_so(client: httpx.AsyncClient, sent: bytes) -> None:
    head, _, body = (await talk(client, sent)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json")
    assert msgspec.json.decode(body, type=Problem).code == "HTTP_FORM"


async def test_a_body_that_stops_coming_is_given_up() -> None:
    async def receive() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(Refusal) as caught:
        await patient(receive, 0.01)()
    assert caught.value.codes == ["BODY_SLOW"]


async def test_whoever_leaves_while_he_reads_is_no_fault() -> None:
    """A reader has no body to bring whole: that he has left is the end, and was a fault in the middle of a stream."""

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert (await received("GET", receive)())["type"] == "http.disconnect"
    with pytest.raises(Refusal) as caught:
        await received("POST", receive)()
    assert caught.value.codes == ["BODY_INCOMPLETE"]


async def test_a_sender_who_leaves_is_no_fault(client: httpx.AsyncClient, bench: Workbench) -> None:
    with capture_logs() as lines:
        _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        writer.write(b"POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(30):
            while not any(line.get("path") == "/v1/statements" for line in lines):
                await client.get("/healthz")
    assert [line["status"] for line in lines if line.get("path") == "/v1/statements"] == [400]
    assert [line for line in lines if line["log_level"] == "error"] == []
    assert (await client.get("/v1/log")).json()["committed"] == len(bench.entries)


async def test_batches_at_the_same_time_cost_bounded_memory(client: httpx.AsyncClient, bench: Workbench) -> None:
    """Five senders bring 60 KB each and do not end; there is room for four batches, and the fifth is told to come again."""
    opened = []
    try:
        for _ in range(4):
            _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
            writer.write(b"POST /v1/statements/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 65000\r\n\r\n" + b"x" * 60_000)
            await writer.drain()
            opened.append(writer)
        async with asyncio.timeout(30):
            while True:
                answer = await client.post("/v1/statements/batch", content=b"y" * 60_000)
                if answer.status_code == 503:
                    break
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("BUSY", "5")
    finally:
        for writer in opened:
            writer.close()
    async with asyncio.timeout(30):
        while (answer := await client.post("/v1/statements/batch", content=b"y" * 60_000)).status_code == 503:
            await client.get("/healthz")
    assert answer.status_code == 200


def test_a_room_gives_back_what_was_taken() -> None:
    room = Room(10)
    assert room.take(6)
    assert not room.take(5)
    assert room.held == 6
    room.give(6)
    assert room.take(10)


async def test_who_failed_too_often_can_still_log_in(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    async with http(database_url, tmp_path, failures_per_minute=2) as client:
        await post_all(client, bench)
        for _ in range(2):
            await client.post("/v1/statements", content=b"{no")
        good = freeze(bench.entries[1].envelope)
        assert (await client.post("/v1/statements", content=good)).json()["code"] == "FAILURES_TOO_MANY"
        token = await token_of(client, PARTY)
        assert (await client.post("/v1/statements", content=good, headers=token)).status_code == 200


def test_a_log_line_shows_a_path_that_nobody_obeys() -> None:
    assert printable("/v1/log") == "/v1/log"
    assert printable("/v1/manifests/138-0013-8000") == printable("/v1/parties/１３８００１３８０００") == "/***"
    assert printable("/v1/manifests/20265101000123") == "/v1/manifests/20265101000123"
    assert printable("/\x1b[31m\r\nx\x00\u202e") == "/\\u001b[31m\\u000d\\u000ax\\u0000\\u202e"
    assert len(printable("/" + "9" * 5000)) == 201


async def test_the_log_shows_such_a_path(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.get("/%1b[31mred%0aline")
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/\\u001b[31mred\\u000aline"]


@pytest.mark.parametrize(("header", "language"), [("zh;q=0.9, en; q=0.1", "zh"), ("zh; q=0.1 , en ;q=0.9", "en"), ("en;q=nan", "zh")])
def test_weights_of_languages_may_stand_apart(header: str, language: str) -> None:
    assert language_of(header, "", "zh") == language


@pytest.mark.parametrize(
    ("accepted", "query", "expected"),
    [
        ("", "", "zh"),
        ("en", "", "en"),
        ("en;q=0.3,zh;q=0.4", "", "zh"),
        ("fr,en;q=0.1", "", "en"),
        ("en", "lang=zh-CN", "zh"),
        ("en;q=x", "lang=fr", "zh"),
    ],
)
def test_the_language_is_asked_for_in_the_address_or_the_header(accepted: str, query: str, expected: str) -> None:
    assert language_of(accepted, query, "zh") == expected


def test_a_network_of_ipv6_has_one_budget() -> None:
    """A subscriber has 2^64 addresses and would have as many budgets."""
    assert payer_of("2001:db8:1:2::1") == payer_of("2001:db8:1:2:ffff::9") != payer_of("2001:db8:1:3::1")
    assert payer_of("::ffff:192.0.2.7") == payer_of("192.0.2.7") == "192.0.2.7"
    assert payer_of("fe80::1%eth0") == "fe80::/64"
    assert payer_of("") == ""


async def test_a_refused_statement_is_told_with_the_names_that_the_log_knows(still: httpx.AsyncClient, bench: Workbench) -> None:
    """Names follow the log a moment behind."""
    other = uscc("510112", 77)
    body = {"name": "另一家（虚构）", "keys": [register(key_of(other), bench.found, other)]}
    envelope = freeze(bench.draft("party.register/1", f"party/{other}", (AUTHORITY_50,), body).sign([key_of(AUTHORITY_50)]))
    for _ in range(200):
        answer = await still.post("/v1/statements", content=envelope, headers={"Liandan-Now": format_at(bench.at_s)})
        [error] = answer.json()["errors"]
        if "甲省生态环境厅（虚构）" in error["message"]:
            break
        await asyncio.sleep(0.05)
    assert (answer.status_code, error["code"], error["expected"]) == (403, "SIGNER_ROLE", f"单位所在地主管部门：{AUTHORITY_51}")
    assert error["message"] == (
        f"第 1 个签署应是单位所在地主管部门（甲省生态环境厅（虚构）（{AUTHORITY_51}）），现在是乙市生态环境局（虚构）（{AUTHORITY_50}）。"
    )


EDGES = ("9999-12", "0001-01", "9999-12-31", "0001-01-01", "9999-12-31T23", "9999-12-31T23:59:59-08:00", "10000-01-01")
OF_TIME = re.compile(r"(?:^|_)(?:from|to|since|until|month|day|on|at|hour|before|after|first|last)$")


async def test_the_edges_of_the_calendar_are_answered_in_words_everywhere(still: httpx.AsyncClient) -> None:
    """Case S4: a month without an end was a 500. Every query and every path that can be asked takes each edge, and so does the present."""
    token, wrong = await token_of(still, AUTHORITY_51), list[str]()
    paths = (await still.get("/schema/openapi.json")).json()["paths"]

    async def ask(address: str, edge: str, **more: str) -> None:
        answer = await still.get(address, headers={**token, **more})
        if answer.status_code in (500, 502) or (answer.status_code >= 400 and not answer.json().get("code")):
            wrong.append(f"{answer.status_code} {address} {edge} {answer.text[:200]}")

    asked = []
    for path, operations in paths.items():
        named = re.findall(r"\{(\w+)", path)
        if "get" not in operations or path.startswith(("/schema", "/docs")) or (named and not any(map(OF_TIME.search, named))):
            continue
        queries = [one["name"] for one in operations["get"].get("parameters", ()) if one.get("in") == "query"]
        for edge in EDGES[2:4] if path.endswith((".xlsx", ".pdf", ".csv")) else EDGES:
            address = quote("/".join(edge if part.startswith("{") else part for part in path.split("/")))
            present = {} if "{" in path else {"Liandan-Now": edge}
            asked += [
                (address, edge, present),
                *((f"{address}?{name}={quote(edge)}", edge, {}) for name in queries if OF_TIME.search(name)),
            ]
    # Of these a form is asked that lets the edge come to the calendar.
    asked += [(f"/v1/reconciliations/{month}.{suffix}?from=51&to=50", month, {}) for month in EDGES[:2] for suffix in ("json", "pdf")]
    asked += [
        (f"/v1/{kind}/{period}.{suffix}?from=51&to=50", period, {})
        for kind in ("figures", "public/figures")
        for period in (*EDGES[:2], "9999", "0001")
        for suffix in ("json", "csv")
    ]
    asked += [(f"/v1/no-record.pdf?generator={PARTY}&from={day}&to={day}", day, {}) for day in EDGES[2:4]]
    asked = [one for one in asked if one[0] not in ("/readyz", "/metrics", "/livez") or not one[2]]
    for at in range(0, len(asked), 16):
        await asyncio.gather(*(ask(address, edge, **present) for address, edge, present in asked[at : at + 16]))
    assert wrong == []


async def test_figures_without_firms_need_no_token(still: httpx.AsyncClient) -> None:
    """Of everything else that is drawn one is asked for; a month that is not over tells nothing."""
    answer = await still.get("/v1/public/figures/2026-10?from=51&to=50")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["pair"], "names" in answer.json()) == (["51", "50"], False)
    assert (await still.get("/v1/figures/2026-10?from=51&to=50")).json()["code"] == "TOKEN_MISSING"
