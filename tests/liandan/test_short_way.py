"""A posted statement takes the short way or the framework's, and nobody can tell by the answer which one it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from ledger.service import Service
from liandan import short_way
from signing.envelope import freeze
from tests.liandan.serving import http, post_all
from tests.workbench import Workbench, uscc

PARTY = uscc("510112", 2)
PATH = "/v1/statements"
OF_ITS_OWN = {"date", "x-request-id"}  # Headers that no two answers share.


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    return bench


@pytest.fixture(scope="module")
async def client(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    async with http(shared_database_url, tmp_path_factory.mktemp("short"), statement_bytes_max=100_000) as client:
        await post_all(client, bench)
        yield client


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Bodies that took the short way."""
    taken: list[bytes] = []
    admit = short_way.admit_posted

    async def noted(service: Service, scope: Any, headers: Any, raw: bytes) -> tuple[int, bytes]:
        taken.append(raw)
        return await admit(service, scope, headers, raw)

    monkeypatch.setattr(short_way, "admit_posted", noted)
    return taken


async def both(client: httpx.AsyncClient, body: bytes, **asked: Any) -> tuple[httpx.Response, httpx.Response]:
    """The same body with its length said, and in pieces of which nobody says how many come."""

    async def pieces() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]
        yield body[len(body) // 2 :]

    return await client.post(PATH, content=body, **asked), await client.post(PATH, content=pieces(), **asked)


def shown(answer: httpx.Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    """All of an answer but what is its own."""
    body = answer.json() | {"instance": ""}
    return answer.status_code, body, {name: value for name, value in answer.headers.items() if name not in OF_ITS_OWN | {"content-length"}}


@pytest.mark.parametrize("prefer", ["wait=5", "respond-async"])
async def test_a_statement_that_is_there_is_answered_alike(
    client: httpx.AsyncClient, bench: Workbench, short: list[bytes], prefer: str
) -> None:
    good = freeze(bench.entries[1].envelope)
    here, there = await both(client, good, headers={"Prefer": prefer})
    assert here.status_code == 200
    assert shown(here) == shown(there)
    assert short == [good]


@pytest.mark.parametrize("body", [b"", b"{no", b"[]", b'{"envelope":1}', b"x" * 70_000, b"\xff"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_is_refused_is_refused_alike(client: httpx.AsyncClient, short: list[bytes], body: bytes, language: str) -> None:
    here, there = await both(client, body, headers={"Accept-Language": language})
    assert 400 <= here.status_code < 500
    assert here.headers["content-type"] == "application/problem+json"
    assert shown(here) == shown(there)
    assert short == [body]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"headers": {"Liandan-Now": "yesterday"}}, "AT_FORM"),
        ({"headers": {"Authorization": "Bearer nobody"}}, "TOKEN_UNKNOWN"),
        ({"headers": {"Content-Encoding": "gzip"}}, "BODY_ENCODING"),
    ],
)
async def test_headers_are_judged_alike(client: httpx.AsyncClient, bench: Workbench, asked: dict[str, Any], code: str) -> None:
    here, there = await both(client, freeze(bench.entries[1].envelope), **asked)
    assert here.json()["code"] == code
    assert shown(here) == shown(there)


async def test_a_fault_tells_its_request_alone_and_the_log_where_it_was(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, short: list[bytes]
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(Service, "post", breaks)
    with capture_logs() as lines:
        here, there = await both(client, b"{}")
    assert (here.status_code, here.json()["code"]) == (500, "INTERNAL")
    assert shown(here) == shown(there)
    assert "a secret" not in here.text
    faults = [line for line in lines if line["event"] == "fault"]
    assert [line["error"] for line in faults] == ["RuntimeError"] * 2
    assert [line["request"] for line in faults] == [answer.headers["x-request-id"] for answer in (here, there)]
    assert short == [b"{}"]


async def test_a_new_statement_takes_either_way(client: httpx.AsyncClient, bench: Workbench, short: list[bytes]) -> None:
    for way, sent in (("short", bench.register(uscc("510112", 3))), ("long", bench.register(uscc("510112", 4)))):
        body = freeze(sent.envelope)

        async def pieces(whole: bytes = body) -> AsyncIterator[bytes]:
            yield whole

        answer = await client.post(PATH, content=body if way == "short" else pieces())
        assert (answer.status_code, answer.json()["statement"]) == (201, sent.statement.hash)
    assert len(short) == 1


async def test_whatever_else_is_asked_goes_the_frameworks_way(client: httpx.AsyncClient, bench: Workbench, short: list[bytes]) -> None:
    good = freeze(bench.entries[1].envelope)
    assert (await client.post(f"{PATH}?lang=en", content=good)).status_code == 200
    assert (await client.post(f"{PATH}?atomic=true", content=good)).json()["code"] == "QUERY_FORM"
    assert (await client.get(PATH)).json()["code"] == "METHOD_NOT_ALLOWED"
    assert (await client.post(PATH, content=b"x" * 100_001)).json()["code"] == "REQUEST_TOO_LARGE"
    assert short == []


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: {n}\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Content-Length: {n}\r\nContent-Length: 0",
        "Content-Length: {n}, {n}",
        "Content-Length: +{n}",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked, identity",
    ],
)
async def test_a_body_whose_end_can_be_read_in_two_ways_is_not_read(
    client: httpx.AsyncClient, bench: Workbench, short: list[bytes], framing: str
) -> None:
    """What a proxy takes for a body would be a second request here (request smuggling, RFC 9112 section 11.2)."""
    body = freeze(bench.entries[1].envelope)
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{framing.format(n=len(body))}\r\n\r\n"
    writer.write(head.encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) + b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    assert (answer.partition(b"\r\n")[0], answer.count(b"HTTP/1.1 "), short) == (b"HTTP/1.1 400 Bad Request", 1, [])
