"""What one party may post (case O10): its own budget and its keys', never an address's, and the length of its own chain."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from ledger.admission.budgets import Budgets, PostingLimits
from liandan.settings import Settings
from signing.envelope import freeze
from signing.possession import register
from signing.refusal import Refusal
from tests.liandan.serving import http, post_all
from tests.liandan.test_budgets import refused_by_rule
from tests.liandan.test_reading import OTHER, PARTY
from tests.workbench import AUTHORITY_51, Workbench, key_of


@pytest.fixture(autouse=True)
def _no_minute_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr("ledger.admission.budgets.WINDOW_S", 3600.0)


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(PARTY)
    bench.register(OTHER)
    return bench


def of(bench: Workbench, uscc: str, number: int) -> bytes:
    """A new statement of a party whose signatures hold, and which does not follow its chain."""
    body = {"key": register(key_of("new"), bench.found, uscc)}
    return freeze(bench.draft("key.add/1", f"party/{uscc}", (uscc,), body, prev=f"{number:064x}").sign([key_of(uscc)]))


def test_who_is_forgotten_for_a_key_of_his_own_may_post(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first party that is known, when the memory for names is full and it signs with another key."""
    monkeypatch.setattr("ledger.admission.budgets.KNOWN_MAX", 2)
    budgets = Budgets(PostingLimits(party=2, key=2))
    assert [budgets.spend(PARTY, keyid, 0.0) for keyid in ("one", "two")] == [None, None]
    assert budgets.spend(PARTY, "three", 0.0) is not None, "and it is not forgotten what it has spent"


async def statuses(client: httpx.AsyncClient, *bodies: bytes) -> list[int]:
    return [(await client.post("/v1/statements", content=body)).status_code for body in bodies]


async def test_a_party_has_a_budget_of_its_own(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    async with http(database_url, tmp_path, party_statements_per_minute=5, failures_per_minute=2, requests_per_minute=60) as client:
        await post_all(client, bench)
        known = freeze(bench.entries[1].envelope)
        assert await statuses(client, *[known] * 8) == [200] * 8, "whoever has read a statement spends nothing of its party by sending it"
        assert await statuses(client, *(refused_by_rule(bench, number) for number in range(5))) == [409] * 5
        assert await statuses(client, *[refused_by_rule(bench, 1)] * 3) == [429] * 3
        over = await client.post("/v1/statements", content=refused_by_rule(bench, 7), headers={"Accept-Language": "zh"})
        assert (over.status_code, over.json()["code"], "receipt" in over.json()) == (429, "PARTY_BUDGET", False), "kept nowhere"
        assert 1 <= int(over.headers["retry-after"]) <= 3602
        assert all(word in over.text for word in ("一分钟内已提交 5 条", "每分钟最多 5 条", "秒后可再提交", "运营单位")), over.text
        lines = await client.post("/v1/statements/batch", content=b"\n".join(refused_by_rule(bench, number) for number in range(8, 11)))
        assert lines.text.count("PARTY_BUDGET") >= 3
        assert await statuses(client, of(bench, OTHER, 1), of(bench, OTHER, 2)) == [409] * 2, "others are not affected"
        assert await statuses(client, *(of(bench, AUTHORITY_51, number) for number in range(8))) == [409] * 8, "who runs the log has none"
        assert await statuses(client, b"{", b"{", b"{") == [400, 400, 429], "and nothing of it was a failure of the address"
        text = (await client.get("/metrics")).text
        assert 'liandan_refused_total{code="PARTY_BUDGET"} 7.0' in text
        assert "liandan_party_budget_used 5.0" in text
        refusals = await client.get("/v1/refusals")
        assert "PARTY_BUDGET" not in refusals.text


async def test_what_was_not_taken_spends_nothing(
    database_url: str, tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the log is stopped, or its queue full, a firm tries again as the answer says, and has its whole minute when there is room."""
    async with http(database_url, tmp_path, party_statements_per_minute=3) as client:
        await post_all(client, bench)
        with monkeypatch.context() as stopped:
            stopped.setattr("ledger.publishing.publisher.Publisher.may_append", lambda self: "no witness")
            assert await statuses(client, *(of(bench, PARTY, number) for number in range(5))) == [503] * 5
        assert await statuses(client, *(of(bench, PARTY, number) for number in range(4))) == [409] * 3 + [429]


async def test_a_key_has_a_smaller_one_and_a_bulk_load_a_larger_one(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    async with http(database_url, tmp_path, key_statements_per_minute=3, party_limits=f"{OTHER}=12") as client:
        await post_all(client, bench)
        assert await statuses(client, *(of(bench, PARTY, number) for number in range(4))) == [409] * 3 + [429]
        assert await statuses(client, *(of(bench, OTHER, number) for number in range(13))) == [409] * 12 + [429]


async def test_a_partys_own_chain_ends_and_its_keys_can_still_be_revoked(database_url: str, tmp_path: Path, bench: Workbench) -> None:
    async with http(database_url, tmp_path, party_chain_max=1) as client:
        await post_all(client, bench)
        full = await client.post("/v1/statements", content=of(bench, PARTY, 1), headers={"Accept-Language": "zh"})
        assert (full.status_code, full.json()["code"]) == (422, "PARTY_CHAIN_FULL")
        assert "LIANDAN_PARTY_CHAIN_MAX" in full.text
        body = {"keyid": key_of(PARTY).keyid, "compromised": True}
        draft = bench.draft("key.revoke/1", f"party/{PARTY}", (PARTY,), body)
        revoked = await client.post("/v1/statements", content=freeze(draft.sign([key_of(PARTY)])))
        assert "PARTY_CHAIN_FULL" not in revoked.text


@pytest.mark.parametrize("text", ["x=5", f"{PARTY}=0", f"{PARTY}", f"{PARTY}=-1"])
def test_a_limit_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal, match="SETTING"):
        _ = Settings(data_dir=Path("/d"), party_limits=text).posting_limits
