"""Quota accounts with their movements over HTTP: every gram of a balance has an entry, and who moved it is said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from litestar import Router
from msgspec.structs import replace

from ledger.admission.kind_table import DataSets
from ledger.log import Log
from ledger.mass import format_mass
from ledger.times import parse_at
from manifests.accounts import service
from manifests.accounts.routes import ROUTER as ACCOUNTS
from manifests.accounts.standing import QuotasStanding
from manifests.work.routes import get_work
from reports.figures.recount import recount
from tests.manifests.driver import APPROVAL, CARRIER, GENERATOR, MANIFEST, PERMIT, RECEIVER, a_line, accepted, an_issue
from tests.manifests.random_life import RENEWED, RandomLife
from tests.manifests.test_worked_example import EARLIER, EARLIER_APPROVAL, LIST, Q1, Q2, Q3, ROW, Example
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, uscc
from whitelist.acts.quota_open import QuotaOpen
from whitelist.adopted import data_files
from whitelist.balance import QuotaBalance, QuotaLimit, level_of
from whitelist.thresholds import parse_thresholds

ROUTER = Router("", route_handlers=[ACCOUNTS, get_work])
STRANGER = uscc("510300", 301)
LIMITS = next(parse_thresholds(file.path.read_bytes()) for file in data_files() if file.name == "thresholds")
NOON = "2026-11-05T12:00:00+08:00"
NOW = {"Liandan-Now": NOON}


def grams(tonnes: str | None) -> int:
    assert tonnes is not None
    sign, whole = (-1, tonnes[1:]) if tonnes.startswith("-") else (1, tonnes)
    return sign * int(whole.replace(".", ""))


@pytest.fixture(scope="module")
def lived() -> Example:
    """The worked example up to the arrival, with an opening of each account, a renewal and a life of chance behind it."""
    bench = Example()
    bench.issue()
    bench.depart()
    told = {"used_t": "100", "as_of_on": "2026-01-04", "source": "台账（虚构）"}
    bench.post("quota.open/1", LIST, (AUTHORITY_51, AUTHORITY_50), QuotaOpen(item=ROW, **told))
    bench.post("quota.open/1", APPROVAL, (AUTHORITY_51, AUTHORITY_50), QuotaOpen(item=0, **told))
    last_year = QuotaOpen(used_t="7", as_of_on="2025-12-31", source="台账（虚构）")
    bench.post("quota.open/1", PERMIT, (AUTHORITY_50, AUTHORITY_51), last_year)
    return bench


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, lived: Example) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("movements"), lived, [ROUTER]) as found:
        yield found


async def read(web: Web, account: str, caller: str = AUTHORITY_51, now: str = NOON, **more: Any) -> dict[str, Any]:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    answer = await web.get(f"/v1/movements?account={account}{asked}", caller, **{"Liandan-Now": now})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def whole(web: Web, account: str, limit: int = 3) -> list[dict[str, Any]]:
    """All movements, page by page, and the balances that follow one another."""
    rows, page = list[dict[str, Any]](), await read(web, account, limit=limit)
    while True:
        rows += page["movements"]
        if page["next"] is None:
            break
        page = await read(web, account, limit=limit, cursor=page["next"])
    held = 0
    for row in reversed(rows):
        held += grams(row["moved_t"])
        assert held == grams(row["balance_t"]), "no movement is missing between two pages"
    assert held == grams(page["balance_t"])
    return rows


async def test_a_row_of_a_list(web: Web) -> None:
    """The two decisions hold 41,210.4 t, of which their manifests moved 2,895.6 t and 100 t more; 100 t were used before the log."""
    found = await read(web, Q1)
    assert (found["limit_t"], found["extra_t"], found["balance_t"]) == ("60000.000000", "0.000000", "41310.400000")
    assert (found["committed_t"], found["used_t"]) == (format_mass(41_310_400_000 - 3_095_600_000), "3095.600000")
    assert (found["left_t"], found["permille"], found["alert"], found["reserved_t"]) == ("18689.600000", 688, None, "0.000000")
    assert (found["holder"], found["chain"], found["number"], found["year"]) == (RECEIVER, LIST, ROW, None)
    told = [(row["kind"], row["party"], row["chain"], row["books"], row["moved_t"]) for row in found["movements"]]
    assert told == [
        ("quota.open/1", AUTHORITY_51, LIST, "outside", "100.000000"),
        ("approval.decide/1", AUTHORITY_51, APPROVAL, "decided", "3000.000000"),
        ("approval.decide/1", AUTHORITY_51, EARLIER_APPROVAL, "decided", "38210.400000"),
    ]
    assert found["opened_index"] == found["movements"][0]["index"]
    assert found["movements"][0]["by"] == [AUTHORITY_51, AUTHORITY_50]
    assert found["names"][RECEIVER].endswith("（虚构）")


async def test_a_line_of_a_decision(web: Web) -> None:
    found = await read(web, Q2, GENERATOR)
    assert (found["limit_t"], found["used_t"], found["reserved_t"]) == ("3000.000000", "2990.000000", "5.600000")
    assert (found["left_t"], found["permille"], found["is_whole"]) == ("4.400000", 998, True)
    assert (found["alert"]["code"], found["alert"]["level"]) == ("QUOTA_LEFT", "M")
    assert "99.8 %" in found["alert"]["message"]
    assert [(row["manifest"], row["books"], row["moved_t"]) for row in found["movements"]] == [
        ("", "outside", "100.000000"),
        (MANIFEST.removeprefix("manifest/"), "reserved", "5.600000"),
        (EARLIER.removeprefix("manifest/"), "reserved", "2890.000000"),
    ]
    assert {row["text"] for row in found["movements"]} == {"登记期初用量", "开具联单"}


async def test_a_years_scale(web: Web) -> None:
    """What is under way counts in the present year, what was used before the log in the year of its day."""
    found = await read(web, Q3)
    assert (found["year"], found["used_t"], found["reserved_t"], found["balance_t"]) == (2026, "2890.000000", "5.600000", "2902.600000")
    last = await read(web, Q3, year=2025)
    assert (last["used_t"], last["reserved_t"], last["left_t"], last["movements"]) == ("7.000000", "0.000000", "59993.000000", [])
    older = await read(web, Q3, year=2024)
    assert (older["used_t"], older["left_t"], older["permille"], older["alert"]) == (None, None, None, None)
    assert len((await read(web, Q3, year=2026))["movements"]) == 3


@pytest.mark.parametrize("account", [Q1, Q2, Q3])
async def test_a_balance_is_the_sum_of_its_movements(web: Web, account: str) -> None:
    for limit in (1, 2, 200):
        assert len(await whole(web, account, limit)) == 3


@pytest.mark.parametrize(
    ("account", "caller", "is_whole"),
    [
        (Q1, RECEIVER, True),
        (Q1, GENERATOR, False),
        (Q3, STRANGER, False),
        (Q3, RECEIVER, True),
        (Q2, RECEIVER, True),
    ],
)
async def test_balances_are_public_to_parties_and_movements_the_holders(web: Web, account: str, caller: str, is_whole: bool) -> None:
    """Who sent what when is the business of who was there."""
    found = await read(web, account, caller)
    assert (found["is_whole"], bool(found["movements"])) == (is_whole, is_whole)
    assert found["left_t"] is not None


@pytest.mark.parametrize(
    ("account", "caller"),
    [
        (Q2, STRANGER),
        (Q2, CARRIER),
        (f"Q1 {LIST} 8", AUTHORITY_51),
        (Q1.replace("-cy", "-xx"), AUTHORITY_51),
        (Q2.removesuffix("0") + "1", AUTHORITY_51),
        (f"Q3 permit/{RECEIVER}/01K9000000000000000000PRM9", AUTHORITY_51),
    ],
)
async def test_what_is_not_there_or_not_ones_own_is_not_found(web: Web, account: str, caller: str) -> None:
    assert codes_of(await web.get(f"/v1/movements?account={account}", caller), 404) == ["NOT_FOUND"]


@pytest.mark.parametrize("account", ["", "Q1", "Q4 x", f"Q1 {LIST}", f"Q2 {LIST} 0", f"Q3 {PERMIT} 0", f"Q1 {LIST} 0%00"])
async def test_what_is_no_name_of_an_account(web: Web, account: str) -> None:
    assert codes_of(await web.get(f"/v1/movements?account={account}"), 400) == ["QUERY_FORM"]


async def test_a_cursor_is_of_its_account(web: Web) -> None:
    page = await read(web, Q1, limit=1)
    assert codes_of(await web.get(f"/v1/movements?account={Q2}&limit=1&cursor={page['next']}"), 400) == ["CURSOR_OTHER"]


@pytest.mark.parametrize("seed", range(3))
async def test_a_life_of_chance_adds_up(pool: Pool[Record], tmp_path: Path, seed: int) -> None:
    """Movements over HTTP against the rows of all entries."""
    bench = RandomLife(Example(), seed).go_on(90)
    moved, counted = Counter[str](), Counter[str]()
    for entry in bench.entries:
        for row in entry.admission.decision.accounts:
            moved[row.account] += row.after_g - row.before_g
            counted[row.account] += 1
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        for account in counted:
            rows = await whole(web, account, 7)
            assert (len(rows), sum(grams(row["moved_t"]) for row in rows)) == (counted[account], moved[account])
        now = [await read(web, account) for account in (Q1, Q2, Q3)]
        if bench.facts.values.get(f"chain:{RENEWED}") is not None:
            assert now[2]["chain"] == RENEWED
            assert now[2] | {"next": ""} == await read(web, f"Q3 {RENEWED}") | {"next": ""}, "any permit of the line"
        for found in now:
            taken = sum(grams(found[f"{name}_t"]) for name in ("committed", "used", "reserved", "kept", "left"))
            assert taken == grams(found["limit_t"]) + grams(found["extra_t"])
        for day in (NOW["Liandan-Now"], "2027-01-02T09:00:00+08:00"):
            again = recount(bench.entries, bench.kinds, DataSets(bench.kinds, bench.data.get), parse_at(day))
            assert {name: (one.moves, one.sum_g, one.broken) for name, one in again.items()} == {
                name: (counted[name], moved[name], ()) for name in counted
            }
            for name in counted:
                told, balance = await read(web, name, now=day), again[name].balance
                assert balance is not None
                for what in ("kept", "committed", "used", "reserved", "returned", "left"):
                    assert grams(told[f"{what}_t"]) == getattr(balance, f"{what}_g"), (name, what, day)
        open_g = sum(
            state.drawn[Q2]
            for key, head in bench.facts.values.items()
            if key.startswith("chain:manifest/") and head is not None and (state := head.state).times.received_s is None
        )
        assert grams(now[1]["reserved_t"]) == open_g


@pytest.mark.breaks_the_log("the projection is put back, and what it knew of the newest loads is taken away")
async def test_what_the_projection_does_not_know_yet_is_looked_up(pool: Pool[Record], tmp_path: Path) -> None:
    async with serving(pool, tmp_path, RandomLife(Example(), 3).go_on(40), [ROUTER]) as web:
        found = await read(web, Q2)
        assert grams(found["reserved_t"]) > 0
        async with web.log.pool.acquire() as conn:
            await conn.execute("UPDATE projection_position SET idx = 40")
            await conn.execute("DELETE FROM manifest_term WHERE chain IN (SELECT chain FROM link WHERE seq = 0 AND idx >= 40)")
        assert await read(web, Q2) == found


# --- alerts about the present


async def test_what_is_nearly_used_is_told_to_whom_it_concerns(web: Web) -> None:
    """Of the line 2,995.6 of 3,000 t are taken: 998 ‰, M. Row and site are far from their limits."""
    for caller in (AUTHORITY_51, AUTHORITY_50, GENERATOR, RECEIVER):
        found = (await web.get("/v1/quota-alerts", caller, **NOW)).json()
        assert (found["total"], found["levels"]) == (1, {"H": 0, "M": 1, "L": 0}), caller
        [one] = found["quotas"]
        assert (one["account"], one["permille"], one["left_t"], one["alert"]["code"]) == (Q2, 998, "4.400000", "QUOTA_LEFT")
        work = (await web.get("/v1/work", caller, **NOW)).json()
        assert (work["quotas"], work["quotas_total"]) == ([one], 1)
    assert (await web.get("/v1/quota-alerts", CARRIER, **NOW)).json()["total"] == 0
    assert (await web.get("/v1/work", CARRIER, **NOW)).json()["quotas"] == []
    assert (await web.get("/v1/quota-alerts?quota=Q1", **NOW)).json()["total"] == 0


async def test_alerts_are_of_the_present(pool: Pool[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is filled to the gram, then overdrawn by a receipt; behind its last day nobody is told of it."""
    monkeypatch.setattr(service, "REST", 0)
    bench = Example()
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:

        async def told(day: str = "2026-11-05") -> list[tuple[str, str, int]]:
            now = {"Liandan-Now": f"{day}T18:00:00+08:00"}
            found = (await web.get("/v1/quota-alerts?quota=Q2", GENERATOR, **now)).json()["quotas"]
            return [(one["alert"]["code"], one["alert"]["level"], one["permille"]) for one in found]

        async def admit(done: int) -> None:
            await web.admit(bench.entries[done:])
            await web.catch_up()

        assert await told() == [("QUOTA_LEFT", "M", 963)]
        done = len(bench.entries)
        bench.post("manifest.issue/1", MANIFEST, (GENERATOR,), an_issue(lines=(a_line(mass_t="110"),)))
        await admit(done)
        assert await told() == [("QUOTA_LEFT", "H", 1000)]
        done = len(bench.entries)
        bench.post("manifest.receive/1", MANIFEST, (RECEIVER,), bench.receipt(accepted(0, "110.000001")))
        await admit(done)
        assert await told() == [("QUOTA_OVERDRAWN", "H", 1000)]
        assert await told("2027-01-01") == []


async def test_a_dear_answer_is_made_while_the_one_before_serves(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it but the first, and it is made once however many ask."""
    looks, go_on, look = list[int](), asyncio.Event(), service._look

    async def slow(log: Log, now_s: int) -> QuotasStanding:
        looks.append(now_s)
        found = await look(log, now_s)
        if len(looks) > 1:
            await go_on.wait()
        return replace(found, size=len(looks))

    monkeypatch.setattr(service, "_look", slow)
    monkeypatch.setattr(service, "REST", 0)
    monkeypatch.setattr(service, "AT_ONCE_S", -1.0)
    service._KEPT.pop(web.log, None)
    now_s = parse_at(NOON)
    assert [(await service.standing_quotas(web.log, now_s, 0, waits=True)).size for _ in range(3)] == [1, 1, 1]
    await asyncio.sleep(0.01)
    assert len(looks) == 2
    go_on.set()
    async with asyncio.timeout(10):
        while (await service.standing_quotas(web.log, now_s, 0, waits=True)).size == 1:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    known = (await service.standing_quotas(web.log, now_s, 0, waits=True)).size
    assert (await service.standing_quotas(web.log, now_s, 1000, waits=True)).size > known, "who asks for more waits for it"
    monkeypatch.setattr(service, "AT_ONCE_S", 60.0)
    assert (await service.standing_quotas(web.log, now_s, 0, waits=True)).size > 2, "a cheap one is made at once"


@pytest.mark.parametrize(
    ("account", "taken", "expected"),
    [
        ("Q1 x", 799, None), ("Q1 x", 800, ("L", "QUOTA_LEFT")), ("Q2 x", 950, ("M", "QUOTA_LEFT")), ("Q2 x", 1000, ("H", "QUOTA_LEFT")),
        ("Q1 x", 1001, ("H", "QUOTA_OVERDRAWN")), ("Q3 x", 799, None), ("Q3 x", 800, ("L", "QUOTA_LEFT")), ("Q3 x", 1000, ("M", "QUOTA_LEFT")),
        ("Q3 x", 1001, ("M", "PERMIT_SCALE")), ("Q3 x", 1200, ("M", "PERMIT_SCALE")), ("Q3 x", 1201, ("H", "QUOTA_OVERDRAWN")),
    ],
)  # fmt: skip
def test_levels_of_a_quota_and_of_a_scale(account: str, taken: int, expected: tuple[str, str] | None) -> None:
    """A scale may be exceeded up to 120 % (R-20), so its last share is not the gravest."""
    balance = QuotaBalance(limit=QuotaLimit(400, 600), account_g=taken, used_g=taken - 100, reserved_g=60, committed_g=40)
    assert level_of(account, balance, LIMITS) == expected
    assert level_of(account, QuotaBalance(limit=QuotaLimit(0), account_g=0, used_g=0), LIMITS) is None
