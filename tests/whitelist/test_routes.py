"""Registries over HTTP, on a real log: what is answered, what is refused, and who sees what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record

from ledger.mass import parse_mass
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    GENERATOR,
    PERMIT,
    RECEIVER,
)
from tests.manifests.test_worked_example import LIST, Q1, Q2, Q3, Example
from tests.whitelist import scene
from tests.whitelist.scene import OTHER_APPROVAL, OTHER_GENERATOR, OTHER_LIST, OTHER_PERMIT, OTHER_RECEIVER, ZINC, transfer
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.acts.permit import PermitGrant
from whitelist.fields import PermitItem
from whitelist.routes import ROUTER

MORNING = "2026-11-05T08:30:00+08:00"
REGISTRIES = ("permits", "lists", "listings", "approvals", "plans", "quotas")


@pytest.fixture
def bench() -> Example:
    return Example()


@pytest.fixture(scope="module")
def shown() -> Example:
    return Example()


@pytest.fixture
async def web(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        yield web


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, shown: Example) -> AsyncIterator[Web]:
    """One log for all tests that only read."""
    async with serving(shared_pool, tmp_path_factory.mktemp("still"), shown, [ROUTER]) as web:
        yield web


@pytest.fixture
async def both(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, scene.strangers(bench), [ROUTER]) as web:
        yield web


async def names(web: Web, path: str, caller: str = AUTHORITY_51) -> list[Any]:
    """Chains of a registry's rows."""
    registry = path.partition("?")[0]
    key = {"permits": "permit", "lists": "list", "listings": "list", "approvals": "approval", "quotas": "account"}[registry]
    return [row[key] for row in await web.everything(f"/v1/{path}", registry, caller)]


FILTERED: list[tuple[str, list[str]]] = [
    ("permits", [OTHER_PERMIT, PERMIT]),
    (f"permits?receiver={RECEIVER}", [PERMIT]),
    (f"permits?code={ZINC}", [OTHER_PERMIT]),
    (f"permits?code={ZINC}&receiver={RECEIVER}", []),
    ("lists", [OTHER_LIST, LIST]),
    ("lists?year=2025", []),
    ("lists?year=2026&from=51", [LIST]),
    ("lists?to=51", [OTHER_LIST]),
    ("listings", [OTHER_LIST] * 3 + [LIST] * 8),
    (f"listings?list={LIST}", [LIST] * 8),
    (f"listings?code={ZINC}", [OTHER_LIST] * 3),
    (f"listings?receiver={RECEIVER}&year=2026", [LIST] * 8),
    ("listings?from=51&to=50", [LIST] * 8),
    ("approvals", [APPROVAL, APPROVAL.replace("APPR", "APR2"), OTHER_APPROVAL]),
    (f"approvals?generator={OTHER_GENERATOR}", [OTHER_APPROVAL]),
    (f"approvals?receiver={OTHER_RECEIVER}", [OTHER_APPROVAL]),
    (f"approvals?code={ZINC}&from=51&to=50", [OTHER_APPROVAL]),
    ("approvals?stage=applied", [OTHER_APPROVAL]),
    ("approvals?from=50", []),
    ("quotas?quota=Q2", [Q2, Q2.replace("APPR", "APR2")]),
    (f"quotas?generator={GENERATOR}", [Q2, Q2.replace("APPR", "APR2")]),
    ("quotas?quota=Q3", [f"Q3 {OTHER_PERMIT}", Q3]),
    (f"quotas?receiver={OTHER_RECEIVER}&quota=Q1", [f"Q1 {OTHER_LIST} {row}" for row in range(3)]),
    (f"quotas?code={ZINC}", [f"Q1 {OTHER_LIST} {row}" for row in range(3)] + [f"Q3 {OTHER_PERMIT}"]),
]


async def test_filters_narrow_a_registry_however_far_the_projection_is_behind(both: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows on the same pages from the index, from what it has not applied yet, and from every chain in turn."""

    async def pages() -> list[list[Any]]:
        return [await names(both, path) for path, _ in FILTERED]

    found = await pages()
    assert list(map(sorted, found)) == [sorted(expected) for _, expected in FILTERED]
    async with both.log.pool.acquire() as conn:
        await conn.execute("UPDATE projection_position SET idx = idx / 2")
        await conn.execute("UPDATE registry_view SET terms = '{}', idx = 0")
        await conn.execute("DELETE FROM registry_term")
        newest = await conn.fetchval("SELECT idx FROM projection_position")
    late = {entry.statement.chain for entry in await both.log.entries_at(range(newest, newest * 2))}
    assert [[row for row in rows if row in late] for rows in await pages()] == [[row for row in rows if row in late] for rows in found]
    monkeypatch.setattr("whitelist.store.TAIL_MAX", 0)
    assert await pages() == found


async def test_a_listing_says_what_decisions_have_committed(still: Web) -> None:
    rows = await still.everything(f"/v1/listings?list={LIST}", "listings")
    assert [row["row"] for row in rows] == list(range(8))
    assert (rows[7]["quota_t"], rows[7]["used_t"], rows[7]["left_t"]) == ("60000.000000", "41210.400000", "18789.600000")
    assert (rows[0]["used_t"], rows[0]["left_t"]) == ("0.000000", "1.000000")


async def test_a_decision_says_what_is_left_of_each_line(still: Web) -> None:
    [answer] = [row for row in await still.everything("/v1/approvals", "approvals", GENERATOR) if row["approval"] == APPROVAL]
    assert (answer["stage"], answer["route"], answer["valid_to"]) == ("approved", "LISTED", "2026-12-31")
    [line] = answer["lines"]
    assert (line["decided_t"], line["used_t"], line["left_t"]) == ("3000.000000", "2890.000000", "110.000000")
    assert line["listing"] == {"list": LIST, "row": 7}
    assert (answer["root"], line["valid_to"], line["conditions"]) == (PERMIT, "2026-12-31", [])


async def test_permits_of_one_line_share_root_and_use(web: Web, bench: Example) -> None:
    renewed = PERMIT[:-1] + "Z"
    body = PermitGrant(
        no="CQ5001160044",
        permit_class="permit",
        valid_from="2027-07-01",
        valid_to="2032-06-30",
        division="500116",
        address="重庆市江津区德感工业园12号（虚构）",
        items=(PermitItem(category="HW31", scope="INCLUDE", codes=("900-052-31",), methods=("R4",)),),
        scale_t="70000",
        renews=PERMIT,
    )
    await web.admit([bench.post("permit.grant/1", renewed, (AUTHORITY_50,), body)])
    permits = {row["permit"]: row for row in (await web.get(f"/v1/permits?receiver={RECEIVER}")).json()["permits"]}
    assert [(permits[chain]["root"], permits[chain]["class"], permits[chain]["site"]) for chain in (PERMIT, renewed)] == [
        (PERMIT, "permit", None)
    ] * 2
    quotas = {row["chain"]: row for row in (await web.get(f"/v1/quotas?quota=Q3&receiver={RECEIVER}")).json()["quotas"]}
    assert {row["account"] for row in quotas.values()} == {Q3}
    assert quotas[PERMIT]["used_t"] == quotas[renewed]["used_t"]
    assert [quotas[chain]["limit_t"] for chain in (PERMIT, renewed)] == ["60000.000000", "70000.000000"]


async def test_every_quota_has_limit_use_and_rest_touched_or_not(still: Web, shown: Example) -> None:
    rows = {row["account"]: row for row in await still.everything("/v1/quotas", "quotas")}
    for account in (Q1, Q2, Q3):
        row = rows[account]
        assert parse_mass(row["used_t"]) == shown.used_g(account)
        assert parse_mass(row["limit_t"]) - parse_mass(row["used_t"]) == parse_mass(row["left_t"])
    assert (rows[Q3]["year"], rows[Q2]["year"], rows[Q3]["number"]) == (2026, None, None)
    assert rows[Q1]["index"] is not None
    assert rows[f"Q1 {LIST} 0"]["index"] is None


async def test_the_answer_of_every_registry_names_the_log_size(both: Web, bench: Example) -> None:
    for registry in REGISTRIES:
        assert (await both.get(f"/v1/{registry}")).json()["size"] == len(bench.entries)


async def test_a_list_offers_the_hash_to_countersign_once_it_is_complete(still: Web, shown: Example) -> None:
    [countersigned] = [entry for entry in shown.entries if entry.statement.kind == "list.countersign/1"]
    [answer] = (await still.get("/v1/lists")).json()["lists"]
    assert answer["rows_hash"] == countersigned.statement.body.rows_hash


async def test_permits_and_lists_are_open_to_every_party(both: Web) -> None:
    for path in ("permits", "lists", "listings", "quotas?quota=Q1", "quotas?quota=Q3"):
        assert await names(both, path, CARRIER) == await names(both, path, AUTHORITY_51)


async def test_approvals_and_their_quotas_are_seen_by_those_they_concern_only(both: Web) -> None:
    own = [APPROVAL, APPROVAL.replace("APPR", "APR2")]
    for reader, seen in ((GENERATOR, own), (RECEIVER, own), (OTHER_RECEIVER, [OTHER_APPROVAL]), (CARRIER, [])):
        assert await names(both, "approvals", reader) == seen
        assert await names(both, f"approvals?generator={GENERATOR}", reader) == [chain for chain in seen if chain in own]
        accounts = [f"Q2 {chain} 0" for chain in seen if chain in own]
        assert await names(both, "quotas?quota=Q2", reader) == accounts
    for reader in (AUTHORITY_50, AUTHORITY_51, OPERATOR):
        assert await names(both, "approvals", reader) == [*own, OTHER_APPROVAL]


async def test_pages_are_complete_and_repeat_nothing_while_rows_are_added(both: Web, bench: Example) -> None:
    """Goal: what was there at the first page comes once. Method: add chains before, between and behind while paging by two."""
    before = {(row["list"], row["row"]) for row in await both.everything("/v1/listings", "listings", limit=200)}
    seen: list[tuple[str, int]] = []
    cursor, added = "", iter(("list/2026-50-51-a", "list/2026-50-51-z", "list/2026-51-50-aa", "list/2026-51-50-z"))
    while True:
        page = (await both.get(f"/v1/listings?limit=2{cursor}")).json()
        seen += [(row["list"], row["row"]) for row in page["listings"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        if (chain := next(added, None)) is not None:
            at = len(bench.entries)
            scene.propose_list(bench, chain, AUTHORITY_51 if "51-50" in chain else AUTHORITY_50)
            await both.admit(bench.entries[at:])
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert seen == sorted(seen)


async def test_a_page_that_looks_through_many_rows_in_vain_is_short_and_goes_on(both: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two filters with little in common; and without the index, one is enough."""
    monkeypatch.setattr("whitelist.store.SCAN_MAX", 1)
    monkeypatch.setattr("whitelist.store.CHAINS_AT_A_TIME", 1)
    shorts = []
    for path, expected, tail_max in (
        (f"approvals?stage=applied&from=51&receiver={OTHER_RECEIVER}", [OTHER_APPROVAL], 1000),
        ("approvals?from=51&stage=applied", [OTHER_APPROVAL], 1000),
        ("permits?code=900-052-31", [PERMIT], -1),
    ):
        monkeypatch.setattr("whitelist.store.TAIL_MAX", tail_max)
        page = (await both.get(f"/v1/{path}")).json()
        shorts.append(page[path.partition("?")[0]] == [] and page["next"] is not None)
        assert await names(both, path) == expected
    assert shorts == [False, False, True]


async def test_who_is_not_logged_in_reads_nothing(still: Web) -> None:
    for registry in REGISTRIES:
        assert codes_of(await still.get(f"/v1/{registry}", None), 401) == ["TOKEN_MISSING"]
    assert codes_of(await still.post("/v1/checks", {"transfers": [transfer()]}, None), 401) == ["TOKEN_MISSING"]


MALFORMED = ("limit=0", "limit=201", "limit=x", "limit=1&limit=2", "recever=x", "code=1", "receiver=x", "log=1", "caller=x")


async def test_a_malformed_query_is_refused_and_never_widens_the_answer(still: Web) -> None:
    for registry in REGISTRIES:
        for query in MALFORMED:
            assert set(codes_of(await still.get(f"/v1/{registry}?{query}"), 400)) == {"QUERY_FORM"}, (registry, query)


async def test_a_cursor_of_somebody_elses_making_is_refused(still: Web) -> None:
    for registry in REGISTRIES:
        for cursor in ("x", "krhjaGFpbg", "kqEAAA", "x" * 500, "kqFh_w"):
            assert codes_of(await still.get(f"/v1/{registry}?cursor={cursor}"), 400) == ["CURSOR_FORM"], cursor
        assert codes_of(await still.get(f"/v1/{registry}?cursor=%00"), 400) == ["QUERY_FORM"], "no query has that character"


async def test_the_language_may_be_asked_for_in_the_address(still: Web) -> None:
    assert (await still.get("/v1/permits?lang=en")).status_code == 200
    assert (await still.get("/v1/permits?lang=en&limit=0")).json()["title"].isascii()


async def test_the_interface_is_described_with_its_question_and_its_problems(still: Web) -> None:
    schema = (await still.client.get("/schema/openapi.json")).json()
    parts = schema["components"]["schemas"]
    asked = schema["paths"]["/v1/checks"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked == {"$ref": "#/components/schemas/Checks"}
    assert parts["Checks"]["properties"]["transfers"]["items"] == {"$ref": "#/components/schemas/AskedTransfer"}
    assert parts["AskedTransfer"]["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/WasteLine"}
    assert {"code", "mass_t", "hazards", "decision_line"} <= parts["WasteLine"]["properties"].keys()
    assert parts["Checks"]["required"] == ["transfers"]
    for path in ("/v1/checks", *(f"/v1/{registry}" for registry in REGISTRIES)):
        [operation] = schema["paths"][path].values()
        assert operation["description"]
        assert {"401", "400"} <= operation["responses"].keys()
        named = {parameter["name"] for parameter in operation.get("parameters", []) if "name" in parameter}
        assert not named & {"log", "caller", "from_province"}


async def test_registries_name_parties_provinces_and_states(still: Web) -> None:
    told = {name: (await still.get(f"/v1/{name}")).json()["names"] for name in REGISTRIES}
    assert told["permits"][RECEIVER] == told["listings"][RECEIVER] == told["quotas"][RECEIVER]
    assert (told["permits"]["ACTIVE"], told["approvals"]["approved"]) == ("有效", "已批准")
    assert (told["lists"]["51"], told["lists"]["50"]) == ("四川省", "重庆市")
    english = (await still.get("/v1/approvals?lang=en")).json()["names"]
    assert english["approved"] == "approved"
    assert english[GENERATOR] == told["approvals"][GENERATOR], "a party has one name"


async def test_registries_tell_what_has_changed_since_a_size(still: Web, shown: Example) -> None:
    for registry in ("permits", "lists", "approvals"):
        every = (await still.get(f"/v1/{registry}")).json()[registry]
        newest = max(row["index"] for row in every)
        later = (await still.get(f"/v1/{registry}?updated_since={newest}")).json()[registry]
        assert [row["index"] for row in later] == [newest]
        assert (await still.get(f"/v1/{registry}?updated_since={newest + 1}")).json()[registry] == []
    assert codes_of(await still.get("/v1/permits?updated_since=1e3"), 400) == ["QUERY_FORM"]
