"""Who may read what, how one logs in, and what an operator sees."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from asyncpg import Connection, Pool, Record

from ledger import reading
from ledger.describing import XLSX
from ledger.store import projected
from ledger.times import parse_at
from ledger.tree.checkpoint import log_vkeys, open_checkpoint
from ledger.tree.merkle import leaf_hash
from ledger.tree.tiles import parse_bundle
from liandan.client.transport import challenge
from liandan.database import connect
from liandan.identity import Identity
from liandan.problems import STATUS
from liandan.wiring import KINDS, RULES
from reports.tables.routes import SEARCHES
from signing.envelope import Envelope, freeze
from signing.keys import PrivateKey
from signing.possession import register
from tests.ledger.log_server import running
from tests.liandan.serving import NOW, http, post_all
from tests.workbench import AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of, uscc

PARTY, OTHER = uscc("510112", 2), uscc("510112", 3)


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


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, bench: Workbench) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for those who only read; the budgets of ``client`` are for tests of budgets."""
    async with http(shared_database_url, tmp_path_factory.mktemp("still")) as client:
        await post_all(client, bench)
        yield client


def login(client: httpx.AsyncClient, key: PrivateKey, **changes: object) -> Envelope:
    fields: dict[str, object] = {
        "origin": ORIGIN,
        "audience": str(client.base_url).rstrip("/"),
        "not_after_s": int(time.time()) + 3600,
        "scope": ("read", "post"),
        **changes,
    }
    return challenge(key=key, **fields)  # type: ignore[arg-type]  # test shorthand


async def token_of(client: httpx.AsyncClient, party: str, **changes: object) -> dict[str, str]:
    answer = await client.post("/v1/tokens", content=freeze(login(client, key_of(party), **changes)))
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def cookie_of(headers: dict[str, str]) -> dict[str, str]:
    return {"Cookie": f"liandan={headers['Authorization'].removeprefix('Bearer ')}"}


async def test_a_token_ends_when_it_is_revoked(still: httpx.AsyncClient) -> None:
    token = await token_of(still, PARTY)
    assert (await still.get("/v1/feed", headers=token)).status_code == 200
    assert (await still.delete("/v1/tokens/current", headers=token)).status_code == 204
    assert (await still.get("/v1/feed", headers=token)).json()["code"] == "TOKEN_UNKNOWN"


async def test_a_challenge_is_used_once(still: httpx.AsyncClient) -> None:
    envelope = freeze(login(still, key_of(PARTY)))
    assert (await still.post("/v1/tokens", content=envelope)).status_code == 201
    assert (await still.post("/v1/tokens", content=envelope)).json()["code"] == "LOGIN_NONCE"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": "https://elsewhere.example"}, "LOGIN_ORIGIN"),
        ({"origin": "log.example/another"}, "LOGIN_ORIGIN"),
        ({"not_after_s": 1_000_000_000}, "LOGIN_TIME"),
        ({"not_after_s": int(time.time()) + 13 * 3600}, "LOGIN_TIME"),
        ({"scope": ("everything",)}, "LOGIN_FORM"),
        ({"scope": ()}, "LOGIN_FORM"),
    ],
)
async def test_a_challenge_for_something_else_is_refused(changes: dict[str, object], code: str, still: httpx.AsyncClient) -> None:
    answer = await still.post("/v1/tokens", content=freeze(login(still, key_of(PARTY), **changes)))
    assert answer.json()["code"] == code


async def test_a_key_that_nobody_registered_does_not_log_in(still: httpx.AsyncClient) -> None:
    answer = await still.post("/v1/tokens", content=freeze(login(still, key_of("nobody"))))
    assert (answer.json()["code"], answer.status_code) == ("KEY_UNKNOWN", 401)


async def test_a_token_covers_its_scope_alone(still: httpx.AsyncClient, bench: Workbench) -> None:
    reading, posting = await token_of(still, PARTY, scope=("read",)), await token_of(still, PARTY, scope=("post",))
    body = freeze(bench.entries[1].envelope)
    assert (await still.post("/v1/statements", content=body, headers=reading)).json()["code"] == "TOKEN_SCOPE"
    assert (await still.post("/v1/statements", content=body, headers=posting)).status_code == 200
    assert (await still.get("/v1/feed", headers=posting)).json()["code"] == "TOKEN_SCOPE"


async def test_authorities_read_all_parties_what_concerns_them_outsiders_nothing(still: httpx.AsyncClient, bench: Workbench) -> None:
    assert (await still.get("/v1/feed")).status_code == 401
    for reader, wanted in (
        (AUTHORITY_51, range(len(bench.entries))),
        (OPERATOR, range(len(bench.entries))),
        (PARTY, [1]),
    ):
        page = (await still.get(f"/v1/feed?min_size={len(bench.entries)}", headers=await token_of(still, reader))).json()
        assert [entry["index"] for entry in page["entries"]] == list(wanted)
        assert page["next"] == len(bench.entries) - 1


async def test_pages_of_the_feed_follow_each_other_without_a_gap(still: httpx.AsyncClient, bench: Workbench) -> None:
    token, after, seen = await token_of(still, AUTHORITY_51), -1, []
    while after < len(bench.entries) - 1:
        page = (await still.get("/v1/feed", params={"after": after, "limit": 2}, headers=token)).json()
        seen += [b64decode(entry["entry"]) for entry in page["entries"]]
        after = page["next"]
    assert len(seen) == len(bench.entries)
    assert (await still.get("/v1/feed", params={"after": after}, headers=token)).json()["entries"] == []


@pytest.mark.parametrize("path", ["feed", "manifests", "permits", f"parties/{PARTY}", f"chains/party/{PARTY}", "refusals"])
async def test_a_read_reflects_what_it_is_asked_to_and_says_how_much(still: httpx.AsyncClient, bench: Workbench, path: str) -> None:
    token, size = await token_of(still, PARTY), len(bench.entries)
    answer = await still.get(f"/v1/{path}?min_size={size}", headers=token)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["liandan-size"]) == answer.json().get("size", size) == size
    beyond = await still.get(f"/v1/{path}?min_size={size + 1}", headers=token)
    assert (beyond.status_code, beyond.json()["code"]) == (400, "MIN_SIZE")
    assert (beyond.json()["errors"][0]["found"], beyond.json()["errors"][0]["expected"]) == (str(size + 1), f"至多 {size}")


@pytest.mark.parametrize("value", ["1e3", "1.0", "-1", "3%0A", "%203", "", "٣", "1_0", "99999999999999999", "x"])
@pytest.mark.parametrize("name", ["min_size", "after", "limit"])
async def test_a_number_in_a_query_is_a_number_as_a_whole(still: httpx.AsyncClient, name: str, value: str) -> None:
    if (name, value) == ("after", "-1"):
        return
    answer = await still.get(f"/v1/feed?{name}={value}", headers=await token_of(still, PARTY))
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_FORM"), answer.text


async def test_a_position_that_is_no_entry_yet_is_refused(still: httpx.AsyncClient, bench: Workbench) -> None:
    """It belongs to another log, or to this one before it was restored: an empty page would be believed for ever."""
    answer = await still.get(f"/v1/feed?after={len(bench.entries)}", headers=await token_of(still, PARTY))
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (400, "QUERY_FORM", "after")


async def test_what_posts_take_is_not_asked_to_wait(still: httpx.AsyncClient, bench: Workbench) -> None:
    answer = await still.post("/v1/statements?min_size=1", content=freeze(bench.entries[0].envelope))
    assert (answer.status_code, answer.json()["code"]) == (400, "QUERY_FORM")


async def test_views_that_stay_behind_are_said_to_and_nothing_hangs(
    still: httpx.AsyncClient, bench: Workbench, shared_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The projection is held by a lock of its own row, as by a follower that is stuck, while the log goes on. Who waits beside others looks
    with them: many who wait cost the database no more than one."""
    token, looks = await token_of(still, PARTY), list[int]()

    async def look(conn: Connection[Record]) -> int:
        looks.append(await projected(conn))
        return looks[-1]

    monkeypatch.setattr(reading.store, "projected", look)
    async with connect(shared_database_url) as stuck, stuck.transaction():
        await stuck.execute("SELECT FROM projection_position FOR UPDATE")
        posted = await still.post("/v1/statements", content=freeze(bench.register(uscc("510112", 77)).envelope))
        asked = {"min_size": posted.json()["index"] + 1}
        headers = {**token, "Prefer": "respond-async"}
        late = await still.get("/v1/manifests", params=asked, headers=headers)
        assert (late.status_code, late.json()["code"], late.headers["retry-after"]) == (503, "NOT_YET_READ", "1")
        looks.clear()
        waiting = [still.get("/v1/manifests", params=asked, headers={**token, "Prefer": "wait=1"}) for _ in range(20)]
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [503] * 20
        assert len(looks) < 20 + 60, "one each to begin with, then one for all"
        assert (await still.get("/desk/keys", headers=cookie_of(token))).status_code == 200, "a page comes with what there is"
    assert (await still.get("/v1/manifests", params=asked, headers=token)).status_code == 200


async def test_who_waits_for_an_entry_ends_the_gathering(
    still: httpx.AsyncClient, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views are written in larger ranges, but for whoever asks for what has just been posted, or for a page of the desk behind it."""
    monkeypatch.setattr("liandan.projector.GATHER_S", 600.0)
    monkeypatch.setattr("liandan.projector.GATHER_FROM", 1)
    headers = {**await token_of(still, PARTY), "Prefer": "wait=15"}
    for number in (78, 79):
        posted = await still.post("/v1/statements", content=freeze(bench.register(uscc("510112", number)).envelope))
        assert (await still.get(f"/v1/manifests?min_size={posted.json()['index'] + 1}", headers=headers)).status_code == 200
    posted = await still.post("/v1/statements", content=freeze(bench.register(uscc("510112", 80)).envelope))
    assert (await still.get("/desk/keys", headers=cookie_of(headers))).status_code == 200
    at_once = {**headers, "Prefer": "respond-async"}
    assert (await still.get(f"/v1/manifests?min_size={posted.json()['index'] + 1}", headers=at_once)).status_code == 200


async def test_hash_tiles_are_public_and_entries_are_not(still: httpx.AsyncClient, bench: Workbench) -> None:
    size = len(bench.entries)
    checkpoint = open_checkpoint((await still.get("/checkpoint")).content, log_vkeys(ORIGIN, [key_of("log")])).checkpoint
    assert checkpoint.size == size
    tile = await still.get(f"/tile/0/000.p/{size}")
    assert "immutable" in tile.headers["cache-control"]
    path = f"/tile/entries/000.p/{size}"
    assert (await still.get(path)).json()["code"] == "TOKEN_MISSING"
    assert (await still.get(path, headers=await token_of(still, PARTY))).json()["code"] == "READ_FORBIDDEN"
    bundle = await still.get(path, headers=await token_of(still, AUTHORITY_51))
    leaves = [leaf_hash(raw) for raw in parse_bundle(bundle.content, size)]
    assert b"".join(leaves) == tile.content
    for wrong in ("/tile/0/0", "/tile/0/000.p/0", "/tile/9x/000", "/tile/0/..%2f..%2fkeys.pem"):
        assert (await still.get(wrong)).status_code in (400, 404)


async def test_refusals_are_shown_to_whom_they_concern(client: httpx.AsyncClient, bench: Workbench) -> None:
    body = {"key": register(key_of(PARTY, 1), bench.found, PARTY)}
    stale = bench.draft("key.add/1", f"party/{PARTY}", (PARTY,), body, at="2026-01-01T00:00:00+08:00")
    await client.post("/v1/statements", content=freeze(stale.sign([key_of(PARTY)])))
    for reader, count in ((PARTY, 1), (OTHER, 0), (AUTHORITY_51, 1)):
        page = (await client.get("/v1/refusals", headers=await token_of(client, reader))).json()
        assert [item["codes"] for item in page["refusals"]] == [["STATEMENT_STALE"]] * count


async def test_parties_and_chains_tell_keys_and_heads(still: httpx.AsyncClient, bench: Workbench) -> None:
    token = await token_of(still, PARTY)
    for party, role in ((PARTY, "party"), (AUTHORITY_51, "authority"), (OPERATOR, "operator")):
        found = (await still.get(f"/v1/parties/{party}", headers=token)).json()
        assert (found["role"], [key["keyid"] for key in found["keys"]]) == (role, [key_of(party).keyid])
    head = (await still.get(f"/v1/chains/party/{PARTY}", headers=token)).json()
    assert (head["seq"], head["hash"]) == (0, bench.entries[1].statement.hash)
    assert (await still.get("/v1/chains/party/nobody", headers=token)).json()["code"] == "NOT_FOUND"
    assert (await still.get("/v1/parties/nobody", headers=token)).json()["code"] == "NOT_FOUND"


async def test_a_simulated_log_takes_its_own_time_for_a_login(still: httpx.AsyncClient) -> None:
    now_s = parse_at(NOW)
    for ahead_s, status in ((3600, 201), (13 * 3600, 422), (-60, 422)):
        answer = await still.post("/v1/tokens", content=freeze(login(still, key_of(PARTY), not_after_s=now_s + ahead_s)))
        assert answer.status_code in (status, 401), answer.text
        if status == 201:
            token = {"Authorization": f"Bearer {answer.json()['token']}"}
            assert (await still.get("/v1/feed", headers=token)).status_code == 200
        else:
            assert answer.json()["code"] == "LOGIN_TIME"


@pytest.mark.parametrize("simulated", [True, False])
async def test_a_challenge_is_not_good_again_where_time_stands_still(pool: Pool[Record], tmp_path: Path, simulated: bool) -> None:
    async with running(pool, tmp_path, KINDS) as log:
        log.simulated = simulated
        await pool.execute("INSERT INTO login_nonce (nonce, expires_at) VALUES ($1, now() - interval '1 day')", bytes(32))
        await Identity(log, ORIGIN, ()).sweep()
        assert await pool.fetchval("SELECT count(*) FROM login_nonce") == int(simulated)


async def test_health_readiness_and_metrics(client: httpx.AsyncClient, bench: Workbench) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = (await client.get("/readyz")).json()
    assert (ready["status"], ready["size"], ready["published"]) == ("ready", len(bench.entries), len(bench.entries))
    await client.post("/v1/statements", content=b"{")
    text = (await client.get("/metrics")).text
    assert "liandan_frozen 0.0" in text
    assert f"liandan_admitted_total {len(bench.entries)}.0" in text
    assert 'liandan_refused_total{code="NOT_JSON"} 1.0' in text
    assert "liandan_publish_seconds_bucket" in text


async def test_codes_have_pages_and_the_table_names_codes_that_exist(still: httpx.AsyncClient) -> None:
    """All of them are drawn in test_pages; over HTTP a few will do."""
    assert sorted(STATUS.keys() - RULES.keys()) == []
    token = await token_of(still, PARTY)
    for code in list(RULES)[::40]:
        page = await still.get(f"/problems/{code.lower().replace('_', '-')}", headers={**token, "Accept": "application/json"})
        assert page.json()["code"] == code
    assert (await still.get("/problems/no-such-code")).status_code == 404


async def test_a_codes_page_gives_the_article_before_and_since_the_code_and_who_can_lift_it(still: httpx.AsyncClient) -> None:
    text = (await still.get("/problems/no-approval", headers=await token_of(still, PARTY))).text
    assert "《生态环境法典》第536条第2款" in text
    assert "2026-08-15 以前：《危险废物转移管理办法》第21条；《固体废物污染环境防治法》第82条第2款" in text
    assert "移出地主管部门" in text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("*/*", "application/json"),
        ("text/csv;q=x", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
    ],
)
async def test_a_search_is_a_file_for_who_accepts_one(still: httpx.AsyncClient, accept: str, media_type: str) -> None:
    token = await token_of(still, PARTY)
    answer = await still.get("/v1/permits", headers={**token, "Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type), answer.text


@pytest.mark.parametrize("name", SEARCHES)
async def test_every_search_is_a_file_by_its_address(still: httpx.AsyncClient, name: str) -> None:
    token = await token_of(still, AUTHORITY_51)
    asked = {
        "movements": {"account": f"Q3 permit/{PARTY}/01K90000000000000000000000"},
        "open-items": {"month": NOW[:7], "authority": AUTHORITY_51},
    }
    answer = await still.get(f"/v1/{name}.csv", params=asked.get(name, {}), headers=token)
    if name == "movements":  # it is asked of one account, and the log has none here
        assert answer.json()["code"] == "NOT_FOUND"
        return
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    assert "liandan-size" in answer.headers


async def test_parties_are_found_by_a_part_of_their_names(still: httpx.AsyncClient, bench: Workbench) -> None:
    token = await token_of(still, PARTY)
    asked = {"name": "测试单位", "min_size": (await still.get("/v1/log")).json()["size"]}
    page = (await still.get("/v1/parties", params=asked, headers=token)).json()
    assert {PARTY, OTHER} <= {party["uscc"] for party in page["parties"]}
    assert {party["role"] for party in page["parties"]} == {"party"}
    first = (await still.get("/v1/parties", params={**asked, "limit": 1}, headers=token)).json()
    assert (len(first["parties"]), first["next"] is None) == (1, False)
    other = await still.get("/v1/parties", params={"name": "别的", "cursor": first["next"]}, headers=token)
    assert (other.status_code, other.json()["code"]) == (400, "CURSOR_OTHER")
    for name in ("", " ", "·", "a\n", "x" * 61):
        refused = await still.get("/v1/parties", params={"name": name}, headers=token)
        assert (refused.status_code, refused.json()["code"]) == (400, "QUERY_FORM"), name
    roles = {
        party["uscc"]: party["role"] for party in (await still.get("/v1/parties", params={"limit": 200}, headers=token)).json()["parties"]
    }
    assert (roles[AUTHORITY_51], roles[OPERATOR]) == ("authority", "operator")
    assert (await still.get("/v1/parties?name=x")).status_code == 401


async def test_a_head_of_a_file_makes_no_file(still: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token, made = await token_of(still, AUTHORITY_51), []
    monkeypatch.setattr("reports.tables.routes._as_xlsx", lambda *_, **__: made.append("xlsx"))
    monkeypatch.setattr("reports.tables.routes._as_csv", lambda *_, **__: made.append("csv"))
    for path, accept in (("/v1/parties.xlsx", "*/*"), ("/v1/parties.csv", "*/*"), ("/v1/parties", XLSX)):
        head = await still.head(path, headers={**token, "Accept": accept})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-disposition"].startswith("attachment")
        assert head.headers["liandan-size"]
    assert (await still.head("/v1/parties.xlsx")).status_code == 401, "what a GET is refused, a HEAD is"
    assert made == []


async def test_whoever_leaves_holds_up_no_other_workbook(still: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token, begun, ended = await token_of(still, AUTHORITY_51), asyncio.Event(), asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with monkeypatch.context() as patched:
        patched.setattr("reports.tables.routes._as_xlsx", never)
        asking = asyncio.create_task(still.get("/v1/parties.xlsx", headers=token))
        await asyncio.wait_for(begun.wait(), 20)
        assert (await still.get("/v1/parties.xlsx", headers=token)).status_code == 503, "one at a time"
        asking.cancel()
        await asyncio.wait_for(ended.wait(), 20)
    await asyncio.sleep(0)
    answer = await still.get("/v1/parties.xlsx", headers=token)
    assert answer.status_code == 200, answer.text
