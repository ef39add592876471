"""Personal data over HTTP: taken in with the act, shown to few, erased for ever."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import structlog
from asyncpg import Pool, Record

from liandan.client import RequestRefused
from liandan.database import open_pool
from liandan.demo.cast import CAST, CHONGQING, OPERATOR, SICHUAN
from signing.b64 import decode
from signing.commitment import commit
from tests.ledger.vault.people import PEOPLE, opened
from tests.ledger.vault.scene import Issued, as_party, issue, post, read
from tests.stories.stage import Stage, stage


@pytest.fixture(scope="module")
async def on_stage(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One log for all; each test issues manifests of its own, with salts of their own."""
    async with stage(shared_database_url, tmp_path_factory.mktemp("stage")) as built:
        yield built


@pytest.fixture
async def pool(shared_database_url: str) -> AsyncIterator[Pool[Record]]:
    """The database of that log."""
    opened_pool = await open_pool(shared_database_url, min_size=1, max_size=2)
    yield opened_pool
    await opened_pool.close()


async def counts(pool: Pool[Record], *issued: Issued) -> tuple[int, int]:
    """Disclosures of these acts that are kept, and those with a ciphertext."""
    sql = "SELECT count(*), count(ciphertext) FROM disclosure WHERE encode(statement, 'hex') = ANY($1)"
    async with pool.acquire() as conn:
        return tuple(await conn.fetchrow(sql, [one.statement for one in issued]))  # type: ignore[return-value]  # two counts


async def codes_of(stage: Stage, issued: Issued, raw: bytes) -> list[str]:
    answer = await post(stage, raw, issued.act)
    assert answer.status_code >= 400
    assert not any(value in answer.text for value in PEOPLE.values())
    return [error["code"] for error in answer.json()["errors"]]


async def test_what_came_with_an_act_is_shown_to_its_parties_and_the_authorities_alone(on_stage: Stage) -> None:
    issued = issue(on_stage, "shown")
    parties = [CAST.firm(name) for name in ("jinchuan", "jiangjin", "shuan")]
    assert (await post(on_stage, issued.request, issued.act)).status_code == 201
    with structlog.testing.capture_logs() as lines:
        for reader in (*parties, SICHUAN, CHONGQING):
            seen = await read(on_stage, reader.uscc, issued)
            assert {field: one["value"] for field, one in seen.items()} == PEOPLE
    for field, one in seen.items():
        opening = commit(on_stage.poster.found, issued.act.chain, 0, field, decode(one["salt"]), one["value"])
        assert opening == one["commitment"]
    reads = [line for line in lines if line["event"] == "disclosures_read"]
    assert [line["reader"] for line in reads[:1]] == [parties[0].uscc]
    assert len(reads) == 5
    assert not any(value in repr(lines) for value in PEOPLE.values())
    for stranger in (CAST.firm("lvyan"), CAST.firm("changhang"), OPERATOR):
        with pytest.raises(RequestRefused) as caught:
            await read(on_stage, stranger.uscc, issued)
        assert caught.value.problem.code == "READ_FORBIDDEN"
        assert issued.act.chain not in repr(caught.value.problem), "the chain is told to nobody else"


async def test_without_a_token_nothing_is_shown(on_stage: Stage) -> None:
    issued = issue(on_stage, "anonymous")
    await post(on_stage, issued.request, issued.act)
    with pytest.raises(RequestRefused, match="TOKEN_MISSING"):
        await on_stage.poster.client.logout()
        await on_stage.poster.client.get(issued.path())


async def test_a_chain_lists_what_is_behind_all_its_acts(on_stage: Stage) -> None:
    issued = issue(on_stage, "listed")
    await post(on_stage, issued.request, issued.act)
    async with as_party(on_stage, SICHUAN.uscc, issued.act.posted_s) as client:
        answer = await client.send("GET", "/v1/disclosures", params={"chain": issued.act.chain})
        assert answer.headers["cache-control"] == "no-store"
        assert {(one["statement"], one["state"]) for one in answer.json()["openings"]} == {(issued.statement, "held")}
        for chain in ("manifest/nobody", issued.act.chain[:-1] + "0", "log/main/../x"):
            with pytest.raises(RequestRefused) as caught:
                await client.get("/v1/disclosures", chain=chain)
            assert caught.value.problem.code == "NOT_FOUND"


async def test_a_case_has_the_readers_of_its_manifest(on_stage: Stage) -> None:
    trip = on_stage.trip("batteries_out", "with a case", "10-12 08:30", "1.2").do("issue", numbered=False).do("number 10m")
    await on_stage.play([trip])
    chain, now_s = trip.acts[1].chain, trip.acts[1].posted_s
    async with as_party(on_stage, CAST.firm("jiangjin").uscc, now_s) as receiver:
        assert json.loads(await receiver.get("/v1/disclosures", chain=chain)) == {"chain": chain, "openings": []}
    async with as_party(on_stage, CAST.firm("lvyan").uscc, now_s) as stranger:
        with pytest.raises(RequestRefused, match="READ_FORBIDDEN"):
            await stranger.get("/v1/disclosures", chain=chain)


async def test_a_false_opening_refuses_the_act_with_a_receipt(on_stage: Stage, pool: Pool[Record]) -> None:
    issued = issue(on_stage, "false")
    name, phone, position = issued.disclosures
    false = [type(name)(name.field, name.salt, PEOPLE["driver.phone"]), phone, position]
    answer = await post(on_stage, issued.with_disclosures(false), issued.act)
    problem = answer.json()
    assert (answer.status_code, [error["code"] for error in problem["errors"]]) == (422, ["DISCLOSURE_WRONG"])
    assert problem["statement"] == issued.statement
    assert problem["receipt"]
    assert not any(value in answer.text for value in PEOPLE.values())
    assert (await post(on_stage, issued.request, issued.act)).status_code == 201
    assert await counts(pool, issued) == (3, 3)


async def test_a_salt_serves_once_in_the_life_of_a_log(on_stage: Stage, pool: Pool[Record]) -> None:
    first = issue(on_stage, "first")
    assert (await post(on_stage, first.request, first.act)).status_code == 201
    again = issue(on_stage, "again", opened("first"))
    assert await codes_of(on_stage, again, again.request) == ["SALT_SEEN"] * 3
    twice = opened("twice")
    twice[1] = type(twice[1])(twice[1].field, twice[0].salt, twice[1].value)
    double = issue(on_stage, "double", twice)
    assert await codes_of(on_stage, double, double.request) == ["SALT_SEEN"]
    assert await counts(pool, first, again, double) == (3, 3)


async def test_a_constant_salt_is_refused(on_stage: Stage) -> None:
    issued = issue(on_stage, "constant")
    constant = [type(one)(one.field, b"\x00" * 32, one.value) for one in issued.disclosures[:1]]
    assert await codes_of(on_stage, issued, issued.with_disclosures(constant)) == ["COMMIT_SALT"]


async def test_disclosures_may_come_later_and_missing_ones_are_absent(on_stage: Stage, pool: Pool[Record]) -> None:
    issued = issue(on_stage, "later")
    name, phone, _ = issued.disclosures
    assert (await post(on_stage, issued.envelope, issued.act)).status_code == 201
    with pytest.raises(RequestRefused) as caught:
        await read(on_stage, SICHUAN.uscc, issued)
    assert caught.value.problem.code == "NOT_FOUND"
    assert (await post(on_stage, issued.with_disclosures([name]), issued.act)).status_code == 200
    assert (await post(on_stage, issued.with_disclosures([name, phone]), issued.act)).status_code == 200
    seen = await read(on_stage, SICHUAN.uscc, issued)
    assert {field: one["state"] for field, one in seen.items()} == {"driver.name": "held", "driver.phone": "held", "position": "absent"}
    assert await counts(pool, issued) == (2, 2)


async def test_a_batch_brings_disclosures_line_by_line(on_stage: Stage, pool: Pool[Record]) -> None:
    good, bare, bad = issue(on_stage, "good"), issue(on_stage, "bare"), issue(on_stage, "bad", opened("good"))
    raw = b"\n".join([good.request, bare.envelope, bad.request])
    answer = await post(on_stage, raw, good.act, "/v1/statements/batch")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["status"] for line in lines[:3]] == [201, 201, 422]
    assert lines[2]["problem"]["code"] == "SALT_SEEN"
    assert lines[2]["problem"]["receipt"]
    assert await counts(pool, good, bare, bad) == (3, 3)


async def test_an_atomic_batch_is_refused_whole_for_one_false_opening(on_stage: Stage, pool: Pool[Record]) -> None:
    good, bad = issue(on_stage, "whole"), issue(on_stage, "part")
    raw = b"\n".join([good.request, bad.with_disclosures(opened("whole"))])
    answer = await post(on_stage, raw, good.act, "/v1/statements/batch?atomic=true")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["problem"]["code"] for line in lines[:2]] == ["BATCH_ROLLED_BACK", "DISCLOSURE_WRONG"]
    assert await counts(pool, good, bad) == (0, 0)


async def test_erasing_is_an_entry_and_the_value_never_comes_back(on_stage: Stage, pool: Pool[Record]) -> None:
    issued = issue(on_stage, "erased")
    await post(on_stage, issued.request, issued.act)
    async with as_party(on_stage, OPERATOR.uscc, issued.act.posted_s) as operator:
        answer = await operator.send("DELETE", issued.path("driver.name"))
        assert answer.json()["is_new"]
        again = await operator.send("DELETE", issued.path("driver.name"))
        assert (again.json()["index"], again.json()["is_new"]) == (answer.json()["index"], False)
    assert (await post(on_stage, issued.request, issued.act)).status_code == 200
    seen = await read(on_stage, SICHUAN.uscc, issued)
    assert {field: one["state"] for field, one in seen.items()} == {"driver.name": "erased", "driver.phone": "held", "position": "held"}
    assert "value" not in seen["driver.name"]
    assert await counts(pool, issued) == (3, 2)
    reused = issue(on_stage, "reused", opened("erased"))
    assert "SALT_SEEN" in await codes_of(on_stage, reused, reused.request)
    on_stage.audit()


async def test_an_erasure_needs_the_operator_and_something_committed(on_stage: Stage) -> None:
    issued = issue(on_stage, "refused")
    await post(on_stage, issued.request, issued.act)
    cases = [
        (SICHUAN.uscc, issued.path("driver.name"), "ERASE_FORBIDDEN"),
        (CAST.firm("jinchuan").uscc, issued.path("driver.name"), "ERASE_FORBIDDEN"),
        (OPERATOR.uscc, issued.path("escort.name"), "DISCLOSURE_UNKNOWN"),
        (OPERATOR.uscc, f"/v1/statements/{'ab' * 32}/disclosures/driver.name", "NOT_FOUND"),
        (OPERATOR.uscc, "/v1/statements/nothing/disclosures/driver.name", "NOT_FOUND"),
    ]
    for reader, path, code in cases:
        async with as_party(on_stage, reader, issued.act.posted_s) as client:
            with pytest.raises(RequestRefused) as caught:
                await client.send("DELETE", path)
            assert caught.value.problem.code == code
    assert (await read(on_stage, SICHUAN.uscc, issued))["driver.name"]["state"] == "held"


async def test_a_lost_key_is_told_from_an_erased_one(on_stage: Stage, pool: Pool[Record]) -> None:
    issued = issue(on_stage, "damaged")
    await post(on_stage, issued.request, issued.act)
    async with pool.acquire() as conn:
        sql = "UPDATE disclosure SET ciphertext = sha256(ciphertext) WHERE field = 'position' AND encode(statement, 'hex') = $1"
        await conn.execute(sql, issued.statement)
    seen = await read(on_stage, SICHUAN.uscc, issued)
    assert seen["position"]["state"] == "unreadable"
    assert seen["driver.name"]["value"] == PEOPLE["driver.name"]
