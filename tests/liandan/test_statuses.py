"""Case of November 2026: 408, 415, 503, headers and binary bodies were missing from ``/schema``. Each status is met, as it is declared.

The client of ``serving.http`` holds every answer against the document (tests.liandan.conforming), here and in every other test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from ledger.admission.intake import Room
from liandan.access import RateWindow
from signing.envelope import freeze
from tests.liandan.conforming import conforms, operation_of
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench

MET: set[int] = set()


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench()


@pytest.fixture(scope="module")
async def client(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server, which notes what it met."""
    async with http(shared_database_url, tmp_path_factory.mktemp("statuses"), batch_bytes_max=65_536) as client:

        async def note(response: httpx.Response) -> None:
            MET.add(response.status_code)

        client.event_hooks["response"].append(note)
        await post_all(client, bench)
        yield client


async def test_each_status_is_met_as_it_is_declared(client: httpx.AsyncClient, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    token, raw = await token_of(client, AUTHORITY_51), freeze(bench.entries[0].envelope)
    await client.post("/v1/statements", content=raw)  # 200, posted before
    await client.post("/v1/statements", content=b"{}")  # 400
    await client.get("/v1/feed")  # 401
    await client.get("/tile/entries/000.p/1", headers=await token_of(client, AUTHORITY_50))
    await client.get("/v1/manifests/nobody/nothing", headers=token)  # 404
    await client.post("/v1/tokens", content=b"x" * 10_000)  # 413
    await client.get("/healthz", headers={"Content-Encoding": "gzip"})  # 415
    page = await client.get("/v")
    await client.get("/v", headers={"If-None-Match": page.headers["etag"]})  # 304
    await client.delete("/v1/tokens/current", headers=await token_of(client, AUTHORITY_50))  # 204
    monkeypatch.setattr(RateWindow, "is_full", lambda window, address: True)
    await client.get("/v1/log")  # 429
    monkeypatch.undo()
    monkeypatch.setattr(Room, "take", lambda room, size: False)
    await client.post("/v1/statements/batch", content=raw)  # 503
    assert {200, 201, 204, 304, 400, 401, 404, 413, 415, 429, 503} <= MET


async def test_what_the_schema_does_not_declare_fails_a_test() -> None:
    """The guard guards: an undeclared status, header, media type."""
    request = httpx.Request("GET", "http://x/v1/log")
    json, name = {"content-type": "application/json"}, {"x-request-id": "x"}
    await conforms(httpx.Response(200, headers={**json, **name}, request=request, content=b"{}"))
    for wrong in (
        httpx.Response(418, headers={**json, **name}, request=request, content=b"{}"),
        httpx.Response(200, headers={**json, **name, "etag": "x"}, request=request, content=b"{}"),
        httpx.Response(200, headers={"content-type": "text/html", **name}, request=request, content=b"{}"),
        httpx.Response(503, headers={"content-type": "application/problem+json", **name}, request=request, content=b"{}"),
    ):
        with pytest.raises((AssertionError, msgspec.DecodeError)):
            await conforms(wrong)
    assert operation_of("GET", "/v1/manifests/machine") is not operation_of("GET", "/v1/manifests/20265101000123")
