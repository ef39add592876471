"""The worker: one leads, it gives up with words, it heeds keys, and it is started again when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from liandan.webhooks import courier, feed, store
from liandan.webhooks.courier import CALM, Patience
from liandan.webhooks.process import NICE
from signing.possession import register
from tests.liandan.serving import http, post_all
from tests.liandan.webhooks.desk import FAST, Desk, desk_of, new_desk, post
from tests.liandan.webhooks.receiver import Received, Receiver, plain
from tests.workbench import AUTHORITY_51, Workbench, key_of

LONG_AGO = timedelta(hours=80)
WHY = "SELECT state || ' ' || why FROM webhook WHERE id = $1"


@pytest.fixture
async def conn(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Time passes for rows only."""
    conn = await asyncpg.connect(shared_database_url)
    yield conn
    await conn.close()


async def test_an_address_that_fails_for_days_is_disabled_and_loses_nothing(
    desk: Desk, receiver: Receiver, conn: asyncpg.Connection
) -> None:
    hook = await desk.subscribe(receiver.url)
    receiver.answer = plain("500 No")
    first = await desk.act()
    await receiver.until(2)
    await conn.execute("UPDATE webhook SET failing_since = now() - $2::interval WHERE id = $1", hook["id"], LONG_AGO)
    found = await desk.until(hook["id"], state="disabled")
    assert found["why"]["code"] == "WEBHOOK_FAILING"
    assert found["why"]["found"].endswith("UTC; WEBHOOK_STATUS 500")
    assert (found["waiting"], found.get("dead", 0)) == (1, 0)
    text = (await desk.client.get("/metrics")).text
    assert 'liandan_webhook_notices{state="waiting"} 1.0' in text
    assert 'liandan_webhook_notices{state="failed"} 0.0' not in text, "attempts that failed are counted"
    assert 'liandan_webhook_notices{state="dead"} 0.0' in text
    second = await desk.act()
    receiver.answer, before = plain(), len(receiver.events)
    await desk.ask("PATCH", f"/{hook['id']}", state="active")
    await desk.until(hook["id"], delivered=3)
    assert [event["data"]["index"] for event in receiver.events[before:]] == [first, second]


async def test_a_notice_that_alone_fails_for_days_is_given_up_and_can_be_sent_again(
    desk: Desk, receiver: Receiver, conn: asyncpg.Connection
) -> None:
    office = await desk_of(desk.client, desk.bench, AUTHORITY_51)
    bad: list[int] = []

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        await plain("422 No" if received.event["data"].get("index") in bad else "200 OK")(received, writer)

    receiver.answer = answer
    hook = await office.subscribe(receiver.url)
    bad.append(len(desk.bench.entries))
    poison, behind, beside = await desk.act(), await desk.act(), await desk.act(desk.other)
    await receiver.until(1, of=lambda received: received.event["data"].get("index") == beside)
    await receiver.until(2, of=lambda received: received.event["data"].get("index") == poison)
    await conn.execute("UPDATE webhook_delivery SET first_at = now() - $2::interval WHERE idx = $1", poison, LONG_AGO)
    await desk.act(desk.other)  # something gets through after it was first tried
    await office.until(hook["id"], dead=1, waiting=0)
    [line] = await office.log(hook["id"], "?state=dead")
    assert (line["index"], line["said"]["code"], line["said"]["found"]) == (poison, "WEBHOOK_STATUS", "422")
    assert behind in {event["data"]["index"] for event in receiver.events}, "its chain goes on"
    bad.clear()
    before = len(receiver.events)
    again = await office.ask("POST", f"/{hook['id']}/deliveries/{line['id']}/resend")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    await office.until(hook["id"], dead=0, waiting=0)
    assert poison in {event["data"]["index"] for event in receiver.events[before:]}
    await office.ask("DELETE", f"/{hook['id']}")


async def test_an_address_that_keeps_failing_is_left_alone_for_a_while(
    desk: Desk, receiver: Receiver, conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "RETRY_MAX_S", 0.05)
    hook = await desk.subscribe(receiver.url)
    receiver.answer = plain("500 No")
    await desk.act()
    await receiver.until(CALM + 2)
    alone = await conn.fetchval("SELECT next_at IS NOT NULL FROM webhook WHERE id = $1", hook["id"])
    assert alone
    receiver.answer = plain()
    await desk.until(hook["id"], waiting=0, failures=0)
    assert await conn.fetchval("SELECT next_at IS NULL FROM webhook WHERE id = $1", hook["id"])


@pytest.mark.parametrize("way", ["ping", "active"])
async def test_a_receiver_that_was_mended_need_not_wait(desk: Desk, receiver: Receiver, conn: asyncpg.Connection, way: str) -> None:
    hook = await desk.subscribe(receiver.url)
    receiver.answer = plain("500 No")
    await desk.act()
    await receiver.until(1)
    await desk.ask("PATCH", f"/{hook['id']}", state="paused")
    await desk.act()
    receiver.answer = plain()
    later = "UPDATE webhook_delivery SET next_at = now() + interval '1 hour' WHERE webhook = $1 AND state = 'pending' RETURNING id"
    async with asyncio.timeout(30):
        while not await conn.fetch(later, hook["id"]):  # noqa: ASYNC110  # the attempt that was under way has yet to be noted
            await asyncio.sleep(0.02)
    await desk.ask("PATCH", f"/{hook['id']}", state="active") if way == "active" else await desk.ask("POST", f"/{hook['id']}/ping")
    if way == "ping":
        await desk.until(hook["id"], delivered=2)
        await conn.execute("UPDATE webhook SET state = 'active' WHERE id = $1", hook["id"])
    await desk.until(hook["id"], waiting=0)
    assert len({event["id"] for event in receiver.events}) == 2


@pytest.mark.parametrize("failures", [1, 2, 5, 10, 100])
def test_waits_grow_up_to_an_hour(failures: int) -> None:
    patience = Patience(retry_s=5.0, give_up=LONG_AGO)
    wanted = min(5.0 * 2 ** (failures - 1), 3600.0)
    assert 0.8 * wanted <= patience.wait(failures).total_seconds() <= 1.2 * wanted
    assert patience.wait(failures, 7200).total_seconds() == 7200, "a receiver that asks for more gets it"


async def test_a_revoked_key_takes_its_webhooks_along(desk: Desk, receiver: Receiver, conn: asyncpg.Connection) -> None:
    """Whoever stole it may have pointed them at himself."""
    spare = key_of(desk.party, 90)
    await post(
        desk.client,
        desk.bench.post("key.add/1", f"party/{desk.party}", (desk.party,), {"key": register(spare, desk.bench.found, desk.party)}),
    )
    hook = await desk.subscribe(receiver.url)
    gone = {"keyid": key_of(desk.party).keyid, "reason": "遗失"}
    await post(desk.client, desk.bench.post("key.revoke/1", f"party/{desk.party}", (desk.party,), gone, keys=[spare]))
    async with asyncio.timeout(30):
        while await conn.fetchval(WHY, hook["id"]) != "disabled WEBHOOK_KEY":  # noqa: ASYNC110  # its own token has ended with the key
            await asyncio.sleep(0.02)
    assert receiver.events == []


async def test_what_waits_is_not_sent_either_once_the_key_is_revoked(
    desk: Desk, receiver: Receiver, conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where so much waits that nothing is looked for any more."""
    monkeypatch.setattr(feed, "QUEUED_MAX", 1)
    spare = key_of(desk.party, 92)
    body = {"key": register(spare, desk.bench.found, desk.party)}
    await post(desk.client, desk.bench.post("key.add/1", f"party/{desk.party}", (desk.party,), body))
    hook = await desk.subscribe(receiver.url)
    receiver.answer = plain("503 Later", **{"retry-after": "3600"})
    await desk.act()
    await desk.until(hook["id"], waiting=1)
    gone = {"keyid": key_of(desk.party).keyid, "reason": "遗失"}
    await post(desk.client, desk.bench.post("key.revoke/1", f"party/{desk.party}", (desk.party,), gone, keys=[spare]))
    async with asyncio.timeout(30):
        while await conn.fetchval(WHY, hook["id"]) != "disabled WEBHOOK_KEY":  # noqa: ASYNC110  # its own token has ended with the key
            await asyncio.sleep(0.02)


async def test_a_log_of_deliveries_has_an_end(desk: Desk, receiver: Receiver, conn: asyncpg.Connection) -> None:
    """Whoever replays for ever does not fill the database; what waits is never forgotten."""
    hook = await desk.subscribe(receiver.url)
    for _ in range(3):
        await desk.act()
    await desk.until(hook["id"], delivered=4)
    await desk.ask("PATCH", f"/{hook['id']}", state="paused")
    before = [line["id"] for line in await desk.log(hook["id"])]
    await conn.execute("UPDATE webhook_delivery SET state = 'pending' WHERE id = $1", before[-1])
    await store.forget(conn, older=timedelta(days=7), most=2)
    assert [line["id"] for line in await desk.log(hook["id"])] == [*before[:2], before[-1]]


async def test_a_rotated_key_hands_them_on(desk: Desk, receiver: Receiver, conn: asyncpg.Connection) -> None:
    hook = await desk.subscribe(receiver.url)
    fresh = key_of(desk.party, 91)
    body = {"old": key_of(desk.party).keyid, "key": register(fresh, desk.bench.found, desk.party)}
    index = await post(desk.client, desk.bench.post("key.rotate/1", f"party/{desk.party}", (desk.party,), body))
    await receiver.until(1)
    assert [event["data"]["index"] for event in receiver.events] == [index]
    assert await conn.fetchval("SELECT keyid FROM webhook WHERE id = $1", hook["id"]) == fresh.keyid


LEADERS = """
    SELECT count(*) FILTER (WHERE granted) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
     WHERE locktype = 'advisory' AND datname = current_database() AND (classid::bigint << 32 | objid::bigint) = 7811882155410679138
"""


async def test_one_of_two_servers_sends_and_the_other_takes_over(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    bench = Workbench()
    async with AsyncExitStack() as stack:
        first_stack = await stack.enter_async_context(AsyncExitStack())
        first = await first_stack.enter_async_context(http(database_url, tmp_path, **FAST))
        await post_all(first, bench)
        desk = await new_desk(first, bench)
        await desk.subscribe(receiver.url)
        second = await stack.enter_async_context(http(database_url, tmp_path, **FAST))
        conn = await asyncpg.connect(database_url)
        stack.push_async_callback(conn.close)
        for _ in range(3):
            await desk.act()
        await receiver.until(3)
        assert await conn.fetchval(LEADERS) == 1
        await first_stack.aclose()
        desk.client = second
        await desk.act()
        await receiver.until(4)
        assert await conn.fetchval(LEADERS) == 1
        seqs = [event["data"]["seq"] for event in receiver.events]
        assert seqs == sorted(set(seqs)), "each once, in order"


async def test_a_worker_that_loses_its_lock_stops_and_another_begins(desk: Desk, receiver: Receiver, conn: asyncpg.Connection) -> None:
    await desk.subscribe(receiver.url)
    await conn.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
        " AND (classid::bigint << 32 | objid::bigint) = 7811882155410679138"
    )
    index = await desk.act()
    await receiver.until(1)
    assert receiver.events[0]["data"]["index"] == index


async def test_a_worker_in_a_process_of_its_own_is_started_again(database_url: str, tmp_path: Path, receiver: Receiver) -> None:
    bench = Workbench()
    async with http(database_url, tmp_path, **{**FAST, "webhooks": "process"}) as client:
        await post_all(client, bench)
        desk = await new_desk(client, bench)
        assert children() == [], "no webhook, no worker"
        await desk.subscribe(receiver.url)
        await desk.act()
        await receiver.until(1)
        [pid] = children()
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + NICE, "who posts goes first"
        os.kill(pid, signal.SIGKILL)
        await desk.act()
        await receiver.until(2)
        assert children() != [pid]
    assert children() == []


def children() -> list[int]:
    """Workers that this process has started (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields, command = path.read_text().rpartition(")")[2].split(), path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if fields[1] == str(os.getpid()) and fields[0] != "Z" and b"liandan.webhooks.process" in command:
            found.append(int(path.parent.name))
    return found
