"""What a server leaves behind that died between the last signature and the log, or between the log and its own note; and keys for some kinds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from msgspec.structs import replace

from liandan.demo.play import PlannedAct
from signing.envelope import freeze
from tests.liandan.pending.desk import Departure, Pair, Signer, signature_of, token_at


@pytest.fixture
async def rows(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The database itself."""
    connection = await asyncpg.connect(shared_database_url)
    yield connection
    await connection.close()


async def leave_complete(rows: asyncpg.Connection, departure: Departure) -> None:
    """As a server leaves it that dies when the last signature is committed."""
    keyids, sigs = ([getattr(s, name) for s in departure.envelope.signatures] for name in ("keyid", "sig"))
    done = await rows.execute(
        "UPDATE pending SET keyids = $2, sigs = $3, state = 'complete', tried_at = NULL WHERE statement = $1",
        *(bytes.fromhex(departure.name), keyids, sigs),
    )
    assert done == "UPDATE 1"


async def until_entered(signer: Signer, departure: Departure) -> int:
    """Its index, once it is an entry."""
    async with asyncio.timeout(60):
        while True:
            shown = await signer.look(departure.name, departure.now)
            if shown["state"] == "entered":
                index: int = shown["receipt"]["index"]
                return index
            await asyncio.sleep(0.05)


async def until_row(rows: asyncpg.Connection, departure: Departure, state: str | None) -> None:
    """Its row is in a state, or gone."""
    async with asyncio.timeout(60):
        while True:
            if await rows.fetchval("SELECT state FROM pending WHERE statement = $1", bytes.fromhex(departure.name)) == state:
                return
            await asyncio.sleep(0.05)


async def test_the_worker_posts_what_was_complete(pair: Pair, rows: asyncpg.Connection) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    await leave_complete(rows, departure)
    index = await until_entered(pair.carrier, departure)
    # The slow one comes at last.
    late = await pair.carrier.bring(departure.second, departure.now)
    assert (late.status_code, late.json()["receipt"]["index"]) == (200, index)


async def test_an_entry_without_its_note_is_noted_and_not_posted_twice(pair: Pair, rows: asyncpg.Connection) -> None:
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    posted = await pair.client.post("/v1/statements", content=freeze(departure.envelope), headers={"Liandan-Now": departure.now})
    await leave_complete(rows, departure)
    await until_row(rows, departure, "entered")
    assert await until_entered(pair.carrier, departure) == posted.json()["index"]
    assert await rows.fetchval("SELECT octet_length(payload) FROM pending WHERE statement = $1", bytes.fromhex(departure.name)) == 0


async def test_an_act_waits_for_the_one_before_it(pair: Pair) -> None:
    """The departure is signed by both before the issue is posted, as two phones without network do."""
    trip = pair.stage.trip("batteries_out", "pending before", "10-12 08:30", "1.1").do("issue", numbered=False).do("depart 1h")
    issue, depart = trip.acts
    first, second = pair.stage.scribe.write(issue), pair.stage.scribe.write(depart)
    departure = Departure(pair.stage, trip, depart, second)
    await pair.consignor.bring(departure.first, departure.now)
    waits = await pair.carrier.bring(departure.second, departure.now)
    assert (waits.status_code, waits.json()["state"]) == (202, "complete")
    assert [blocker["code"] for blocker in waits.json()["blockers"]] == ["PREDECESSOR_MISSING"]
    answer = await pair.consignor.ask("DELETE", f"/{departure.name}/signature", departure.now)
    assert answer.json()["code"] == "PENDING_COMPLETE"
    posted = await pair.client.post("/v1/statements", content=freeze(first), headers={"Liandan-Now": departure.now})
    assert posted.status_code == 201, posted.text
    assert await until_entered(pair.carrier, departure) > posted.json()["index"]


async def test_the_sweep_forgets_what_is_over(pair: Pair, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    departure, other = await pair.departure(), await pair.departure()
    for one in (departure, other):
        await pair.consignor.bring(one.first, one.now)
    await rows.execute("UPDATE pending SET ends_s = taken_s - 86400 WHERE statement = $1", bytes.fromhex(departure.name))
    monkeypatch.setattr("ledger.pending.posting.SWEEP_EVERY", 1)
    await until_row(rows, departure, None)
    assert (await pair.carrier.look(other.name, other.now))["state"] == "waiting"


async def test_a_key_for_some_kinds_takes_part_in_these_alone(pair: Pair) -> None:
    keyring, uscc = pair.stage.scribe.keyring, pair.carrier.uscc
    departure = await pair.departure()
    await pair.consignor.bring(departure.first, departure.now)
    found = {}
    for device, kinds in (("gate", ["manifest.arrive"]), ("cab", ["manifest.depart"])):
        body = {"key": keyring.registration(pair.stage.scribe.found, f"{uscc}.{device}"), "kinds": kinds, "device": "phone"}
        act = PlannedAct(
            kind="key.add/1", chain=f"party/{uscc}", by=(uscc,), body=body, at_s=departure.act.at_s, post_s=departure.act.at_s + 60
        )
        await pair.stage.post([act])
        key = keyring.key(f"{uscc}.{device}")
        found[device] = (Signer(pair.client, uscc, await token_at(pair.client, key)), key)
    gate, wrong_key = found["gate"]
    assert departure.name not in await gate.listed("", departure.now)
    assert (await gate.ask("GET", f"/{departure.name}", departure.now)).json()["code"] == "KEY_SCOPE"
    by_gate = replace(departure.first, signatures=(signature_of(departure.envelope, wrong_key),))
    assert (await pair.carrier.bring(by_gate, departure.now)).json()["code"] == "KEY_SCOPE"
    cab, key = found["cab"]
    assert departure.name in await cab.listed("?unsigned=true", departure.now)
    by_cab = replace(departure.first, signatures=(signature_of(departure.envelope, key),))
    assert (await cab.bring(by_cab, departure.now)).status_code == 201
