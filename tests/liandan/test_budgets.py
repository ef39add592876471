"""What an address may ask for without a token, and what spends nothing of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from signing.envelope import freeze
from signing.possession import register
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import OTHER, PARTY, token_of
from tests.workbench import Workbench, key_of


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


@pytest.fixture
async def client(database_url: str, tmp_path: Path, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    async with http(database_url, tmp_path, failures_per_minute=5, requests_per_minute=100) as client:
        await post_all(client, bench)
        yield client


async def test_failed_posts_without_a_token_have_a_budget(client: httpx.AsyncClient, bench: Workbench) -> None:
    token = await token_of(client, PARTY)
    statuses = [(await client.post("/v1/statements", content=b"{")).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [429]
    refused = await client.post("/v1/statements", content=freeze(bench.entries[1].envelope))
    assert (refused.json()["code"], "retry-after" in refused.headers) == ("FAILURES_TOO_MANY", True)
    assert (await client.post("/v1/statements", content=freeze(bench.entries[1].envelope), headers=token)).status_code == 200


def refused_by_rule(bench: Workbench, number: int) -> bytes:
    """A statement whose signatures hold, and which does not follow its chain."""
    body = {"key": register(key_of("new"), bench.found, PARTY)}
    return freeze(bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body, prev=f"{number:064x}").sign([key_of(PARTY)]))


async def test_new_statements_whose_signatures_hold_spend_nothing_of_an_address(
    database_url: str, tmp_path: Path, bench: Workbench
) -> None:
    async with http(database_url, tmp_path, failures_per_minute=3, requests_per_minute=20) as client:
        await post_all(client, bench)
        statuses = [(await client.post("/v1/statements", content=refused_by_rule(bench, number))).status_code for number in range(22)]
        assert statuses == [409] * 22, "refused by its rules, never for the address"
        lines = await client.post("/v1/statements/batch", content=b"\n".join(refused_by_rule(bench, number) for number in range(30, 55)))
        assert lines.status_code == 200
        assert (await client.post("/v1/statements", content=freeze(bench.entries[1].envelope))).status_code == 200
        assert [(await client.post("/v1/statements", content=b"{")).status_code for _ in range(4)] == [400] * 3 + [429]


async def test_what_was_answered_before_is_a_request_like_any_other(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    """Whoever has read a statement can send it for ever: it is no failure, and not for nothing."""
    async with http(database_url, tmp_path, failures_per_minute=1, requests_per_minute=40) as client:
        await post_all(client, bench)
        known, refused = freeze(bench.entries[1].envelope), refused_by_rule(bench, 1)
        assert [(await client.post("/v1/statements", content=known)).status_code for _ in range(8)] == [200] * 8
        assert [(await client.post("/v1/statements/", content=known)).status_code for _ in range(4)] == [200] * 4
        assert [(await client.post("/v1/statements", content=refused)).status_code for _ in range(9)] == [409] * 9, "the first is new"
        assert (await client.post("/v1/statements/batch", content=b"\n".join([known] * 10 + [refused] * 10))).status_code == 200
        assert (await client.post("/v1/statements", content=known)).json()["code"] == "REQUESTS_TOO_MANY"
        assert (await client.get("/healthz")).json()["code"] == "REQUESTS_TOO_MANY"


async def test_sending_again_what_still_waits_is_a_request_like_any_other(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    """While nothing can be published, 202 is all that the same statement is answered, as often as it is sent."""
    async with http(database_url, tmp_path, requests_per_minute=10) as client:
        first, waits = [freeze(entry.envelope) for entry in bench.entries[:2]]
        assert (await client.post("/v1/statements", content=first)).status_code == 201
        with closing(sqlite3.connect(tmp_path / "checkpoints.sqlite3", isolation_level=None)) as store:
            store.execute("BEGIN IMMEDIATE")  # no promise can be made
            answers = [await client.post("/v1/statements", content=waits, headers={"Prefer": "respond-async"}) for _ in range(12)]
        assert [answer.status_code for answer in answers] == [202] * 11 + [429], "the first is new and spends nothing"
        assert [answer.json()["is_new"] for answer in answers[:3]] == [True, False, False]


async def test_wrong_tokens_have_a_budget_that_keeps_nobody_out(client: httpx.AsyncClient) -> None:
    good = await token_of(client, PARTY)
    wrong = {"Authorization": "Bearer nobody"}
    codes = [(await client.get("/healthz", headers=wrong)).json()["code"] for _ in range(7)]
    assert codes == ["TOKEN_UNKNOWN"] * 5 + ["FAILURES_TOO_MANY"] * 2
    assert (await client.get("/v1/feed", headers=good)).status_code == 200
    assert (await client.get("/v1/feed", headers=await token_of(client, OTHER))).status_code == 200, "a login is the way out of it"
    assert (await client.get("/healthz")).status_code == 200


async def test_who_asks_twice_at_once_is_kept_out_by_nobody(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one request has the token looked up again, it is no stranger to the other."""
    monkeypatch.setattr("liandan.identity.RECHECK_S", 0.0)
    good = await token_of(client, PARTY)
    for _ in range(6):
        await client.get("/healthz", headers={"Authorization": "Bearer nobody"})
    answers = await asyncio.gather(*(client.get("/v1/feed", headers=good) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8


async def test_refused_lines_of_a_batch_count_like_refused_posts(client: httpx.AsyncClient, bench: Workbench) -> None:
    answer = await client.post("/v1/statements/batch", content=b"{not json\n" * 20)
    assert answer.status_code == 200
    refused = await client.post("/v1/statements/batch", content=freeze(bench.entries[1].envelope))
    assert refused.json()["code"] == "FAILURES_TOO_MANY"


async def test_requests_without_a_token_have_a_budget(client: httpx.AsyncClient) -> None:
    token = await token_of(client, PARTY)
    last = None
    for _ in range(101):
        last = await client.get("/healthz")
    assert last is not None
    assert last.json()["code"] == "REQUESTS_TOO_MANY"
    assert (await client.get("/v1/feed", headers=token)).status_code == 200
