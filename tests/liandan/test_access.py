"""Readers by grant over real HTTP: the feed of a city bureau, and what an ended key still opens."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from ledger.admission.entry import read_entry
from ledger.times import format_at
from liandan.database import connect
from liandan.webhooks import store
from liandan.webhooks.feed import give_up_ended
from liandan.wiring import KINDS
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.serving import http
from tests.liandan.test_reading import login, token_of
from tests.liandan.webhooks.desk import FAST, desk_of
from tests.liandan.webhooks.receiver import Received, plain, receiving
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, RECEIVER
from tests.manifests.test_worked_example import EARLIER, Example
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, key_of, uscc

ORIGIN_CITY, DESTINATION_COUNTY, ELSEWHERE = uscc("510100", 900), uscc("500116", 901), uscc("510700", 902)
APPROVALS = uscc("500000", 904)


def granted() -> Example:
    """The worked example, and three offices with grants; the trip goes from 510112 to 500116."""
    bench = Example()
    bench.issue()
    bench.depart()
    for office, authority, region, topics in (
        (ORIGIN_CITY, AUTHORITY_51, "5101", ["manifest"]),
        (DESTINATION_COUNTY, AUTHORITY_50, "500116", ["manifest", "permit"]),
        (APPROVALS, AUTHORITY_50, "5001", ["approval"]),
        (ELSEWHERE, AUTHORITY_51, "5107", ["manifest", "approval", "list", "permit", "incident"]),
    ):
        bench.register(office)
        body = {"reader": office, "regions": [region], "topics": topics, "reason": "日常监管（虚构）"}
        bench.post("access.grant/1", f"party/{authority}", (authority,), body)
    return bench


@pytest.fixture(scope="module")
def bench() -> Example:
    return granted()


@pytest.fixture
async def client(database_url: str, tmp_path: Path, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "log" / "data").mkdir(parents=True)
    for path, content in bench.data.items():
        (tmp_path / "log" / path).write_bytes(content)
    async with http(database_url, tmp_path, **FAST) as client:
        for entry in bench.entries:
            answer = await client.post(
                "/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at, "Prefer": "respond-async"}
            )
            assert answer.status_code in (201, 202), answer.text
        assert (await client.post("/v1/statements", content=freeze(bench.entries[-1].envelope))).status_code == 200
        yield client


async def chains_read(client: httpx.AsyncClient, reader: str) -> set[str]:
    """Chains of all entries that the feed shows a reader."""
    committed = (await client.get("/v1/log")).json()["committed"]
    asked = {"limit": 1000, "min_size": committed}
    page = (await client.get("/v1/feed", params=asked, headers=await token_of(client, reader))).json()
    return {read_entry(b64decode(item["entry"]), KINDS).statement.chain for item in page["entries"]}


async def test_an_office_reads_what_touches_its_regions_on_its_topics(client: httpx.AsyncClient, bench: Example) -> None:
    trunks = {MANIFEST, EARLIER}
    assert await chains_read(client, ORIGIN_CITY) == trunks | {f"party/{ORIGIN_CITY}"}
    permits = {entry.statement.chain for entry in bench.entries if entry.statement.chain_type == "permit"}
    assert await chains_read(client, DESTINATION_COUNTY) == trunks | permits | {f"party/{DESTINATION_COUNTY}"}, "by the destination alone"
    lists = {entry.statement.chain for entry in bench.entries if entry.statement.chain_type == "list"}
    assert await chains_read(client, ELSEWHERE) == lists | {f"party/{ELSEWHERE}"}, "a list holds for all of its province"


async def test_everybody_named_in_a_manifest_has_it_in_his_feed(client: httpx.AsyncClient) -> None:
    """A receiver learns of loads that come to it, a carrier of those that name it; a stranger of nothing."""
    for named in (GENERATOR, RECEIVER, CARRIER):
        assert await chains_read(client, named) >= {MANIFEST, EARLIER}
    assert await chains_read(client, ELSEWHERE) & {MANIFEST, EARLIER} == set()


async def status_of(client: httpx.AsyncClient, reader: str, path: str) -> int:
    return (await client.get(path, headers=await token_of(client, reader))).status_code


async def test_what_is_committed_is_opened_to_readers_whom_an_authority_names(client: httpx.AsyncClient) -> None:
    """Names and phones of the people of a manifest (formats §7)."""
    path = f"/v1/disclosures?chain={MANIFEST}"
    assert await status_of(client, ORIGIN_CITY, path) == await status_of(client, DESTINATION_COUNTY, path) == 200
    assert await status_of(client, ELSEWHERE, path) == 403


async def test_manifests_and_their_certificates_are_found_by_region(client: httpx.AsyncClient) -> None:
    async def seen(reader: str) -> list[str]:
        answer = await client.get("/v1/manifests", params={"min_size": size}, headers=await token_of(client, reader))
        return sorted(f"manifest/{found['id']}" for found in answer.json()["manifests"])

    size = (await client.get("/v1/log")).json()["committed"]
    for reader, expected in (
        (ORIGIN_CITY, [EARLIER, MANIFEST]),
        (DESTINATION_COUNTY, [EARLIER, MANIFEST]),
        (APPROVALS, []),
        (ELSEWHERE, []),
    ):
        assert await seen(reader) == expected
        status = 200 if expected else 404
        assert await status_of(client, reader, f"/v1/manifests/{MANIFEST.removeprefix('manifest/')}") == status
        assert await status_of(client, reader, f"/v1/manifests/{MANIFEST.removeprefix('manifest/')}/bundle") == status


async def test_approvals_are_shown_on_their_topic_and_for_their_places(client: httpx.AsyncClient) -> None:
    async def seen(reader: str) -> int:
        answer = await client.get("/v1/approvals", headers=await token_of(client, reader))
        return len(answer.json()["approvals"])

    assert [await seen(reader) for reader in (AUTHORITY_51, APPROVALS, ORIGIN_CITY, ELSEWHERE)] == [2, 2, 0, 0]


async def busy(received: Received, writer: asyncio.StreamWriter) -> None:
    """A receiver that confirms its address and takes nothing for now."""
    answer = plain() if received.event["type"] == "webhook.ping" else plain("503 Later", **{"retry-after": "3600"})
    await answer(received, writer)


async def test_a_grant_that_is_revoked_opens_nothing(client: httpx.AsyncClient) -> None:
    """Neither to who asks nor to a webhook for which something waits already."""
    body = {"reader": ORIGIN_CITY, "reason": "机构调整（虚构）"}
    later = granted()
    entry = later.post("access.revoke/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), body)
    headers = {"Liandan-Now": entry.admission.at}
    desk = await desk_of(client, later, ORIGIN_CITY)
    async with receiving() as receiver:
        receiver.answer = busy
        hook = (await desk.subscribe(receiver.url, from_index=0))["id"]
        await receiver.until(2)
        waiting = (await desk.until(hook))["waiting"]
        assert (await client.post("/v1/statements", content=freeze(entry.envelope), headers=headers)).status_code == 201
        assert await chains_read(client, ORIGIN_CITY) == {f"party/{ORIGIN_CITY}"}
        before, receiver.answer = len(receiver.events), plain()
        await desk.ask("PATCH", f"/{hook}", state="active")
        await desk.until(hook, waiting=0)
        assert {event["subject"] for event in receiver.events[before:]} == {f"party/{ORIGIN_CITY}"}
        given_up = {(line["subject"], line["said"]["code"]) for line in await desk.log(hook, "?state=dead")}
        assert given_up == {(MANIFEST, "WEBHOOK_GRANT"), (EARLIER, "WEBHOOK_GRANT")}
        assert waiting == len(await desk.log(hook, "?state=dead")) + len(receiver.events[before:])


async def test_what_waits_is_not_given_up_while_the_index_is_made_again(
    client: httpx.AsyncClient, bench: Example, database_url: str
) -> None:
    """Migration 0014 empties the feed's index; whoever has a grant keeps what waits for his webhook until it is known whose it is."""
    desk = await desk_of(client, bench, ORIGIN_CITY)
    async with receiving() as receiver:
        receiver.answer = busy
        name = (await desk.subscribe(receiver.url, from_index=0))["id"]
        await receiver.until(2)
        async with connect(database_url) as conn:
            moment = conn.transaction()
            await moment.start()
            for table in ("feed_reader", "projection_position"):
                await conn.execute(f"DELETE FROM {table}")
            hook = await store.fetch(conn, name)
            assert hook is not None
            await give_up_ended(conn, KINDS, hook)
            counted = await store.count_by_state(conn, name)
            await moment.rollback()
    assert counted.get("pending", 0) >= 3, counted
    assert "dead" not in counted


async def test_a_key_whose_time_is_over_does_not_log_in(client: httpx.AsyncClient) -> None:
    bench = granted()
    phone = key_of(ORIGIN_CITY, 1)
    until_s = bench.at_s + 60
    body = {"key": register(phone, bench.found, ORIGIN_CITY), "kinds": ["manifest.issue"], "until": format_at(until_s)}
    added = bench.post("key.add/1", f"party/{ORIGIN_CITY}", (ORIGIN_CITY,), body)
    bench.at_s = until_s + 1
    last = bench.register(uscc("510100", 903))
    for entry, expected in ((added, 201), (last, 403)):
        headers = {"Liandan-Now": entry.admission.at}
        assert (await client.post("/v1/statements", content=freeze(entry.envelope), headers=headers)).status_code == 201
        answer = await client.post("/v1/tokens", content=freeze(login(client, phone, not_after_s=int(time.time()) + 3600)))
        assert answer.status_code == expected, answer.text
    party = (await client.get(f"/v1/parties/{ORIGIN_CITY}", headers=await token_of(client, ORIGIN_CITY))).json()
    assert [key.get("kinds") for key in party["keys"]] == [None, ["manifest.issue"]]


async def test_a_row_that_nobody_can_read_is_said_to_and_is_no_fault(client: httpx.AsyncClient, database: asyncpg.Connection) -> None:
    """Case O9: a malformed quota row was a 500. Every derived row that a search reads, by its kind."""
    reader = await token_of(client, AUTHORITY_51)
    searches = ("permits", "lists", "listings", "approvals", "quotas", "manifests")
    paths = [path for name in searches if (await client.get(path := f"/v1/{name}", headers=reader)).json()[name]]
    assert {"/v1/permits", "/v1/quotas", "/v1/manifests"} <= set(paths)
    await database.execute(r"UPDATE fact SET value = '\xc1' WHERE key ~ '^(account:|chain:(permit|list|approval)/)'")
    await database.execute(r"UPDATE manifest_view SET view = '\xc1'")
    for path in paths:
        answer = await client.get(path, headers=reader)
        assert (path, answer.status_code, answer.json()["code"]) == (path, 503, "ROW_DAMAGED"), answer.text
        assert "liandan audit" in answer.text
