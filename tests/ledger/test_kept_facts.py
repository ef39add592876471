"""Facts that a process keeps: what it answers is what the database has, whatever it kept before, and large heads are not read twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from ledger.directory import LOG_MAIN, party_chain
from ledger.kept_facts import KeptFacts
from ledger.log import LoggedEntry
from ledger.model import Facts, chain_key
from signing.envelope import freeze
from tests.manifests.driver import APPROVAL, GENERATOR, PERMIT, signing_key
from tests.manifests.test_worked_example import LIST, Q1, Example
from tests.whitelist.web import Web, serving
from tests.workbench import AUTHORITY_51
from whitelist.approval import approval_at
from whitelist.routes import ROUTER


@pytest.fixture
def bench() -> Example:
    return Example()


@pytest.fixture
async def web(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        yield web


def wanted(facts: Facts) -> Iterable[str]:
    """An approval, what it was given on, and something that is not there."""
    yield from (chain_key(LOG_MAIN), chain_key(APPROVAL), chain_key(PERMIT), chain_key(party_chain(GENERATOR)), f"{chain_key(PERMIT)}9")
    approval = approval_at(facts, APPROVAL) if facts.holds(chain_key(APPROVAL)) else None
    if approval is not None:
        ref = approval.lines[0].listing
        assert ref is not None
        yield from (chain_key(ref.list), f"account:{Q1}")


async def test_kept_or_not_the_facts_are_those_of_the_database(web: Web, bench: Example) -> None:
    kept = KeptFacts(web.log.kinds, web.log.data)
    async with web.log.pool.acquire() as conn:
        for _ in range(2):
            found = await kept.read(conn, wanted)
            assert found.head.size == len(bench.entries)
            for key in wanted(found.facts):
                assert found.facts.values[key] == bench.facts.values.get(key), key


async def test_a_head_that_has_not_moved_is_neither_sent_nor_read_again_and_one_that_has_is(web: Web, bench: Example) -> None:
    kept = KeptFacts(web.log.kinds, web.log.data)
    async with web.log.pool.acquire() as conn:
        first, again = await kept.read(conn, wanted), await kept.read(conn, wanted)
        assert again.facts.values[chain_key(LIST)] is first.facts.values[chain_key(LIST)]
        renamed = bench.draft("party.amend/1", party_chain(GENERATOR), (AUTHORITY_51,), {"name": "换名企业（虚构）", "reason": "更名"})
        [told] = await web.log.append([freeze(renamed.sign([signing_key(AUTHORITY_51)]))], now_s=bench.at_s)
        assert isinstance(told, LoggedEntry), getattr(told, "refusal", None)
        after = await kept.read(conn, wanted)
    assert after.head.size == first.head.size + 1
    assert after.facts.state(party_chain(GENERATOR)).name == "换名企业（虚构）"
    assert first.facts.state(party_chain(GENERATOR)).name != "换名企业（虚构）"


async def test_what_is_kept_is_bounded(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.kept_facts.KEEP_BYTES", 0)
    kept = KeptFacts(web.log.kinds, web.log.data)
    async with web.log.pool.acquire() as conn:
        first, again = await kept.read(conn, wanted), await kept.read(conn, wanted)
    assert first.facts.values.keys() == again.facts.values.keys()
    assert again.facts.values[chain_key(LIST)] == first.facts.values[chain_key(LIST)]
    assert again.facts.values[chain_key(LIST)] is not first.facts.values[chain_key(LIST)]
