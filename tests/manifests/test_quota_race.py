"""Hundreds of senders at once for the last tonnes, over two sequencers of one database: not a gram too much, not a load too few.

Goal: design §7, "no decision and no issue beyond its quota under any concurrency". Method: the worked example's log in PostgreSQL; every
sender posts alone, in an order that nobody arranged; afterwards the accounts are read from the database and added up from the entries.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from asyncpg import Pool, Record

from ledger.admission.kind_table import DataSets
from ledger.admission.statement import Draft
from ledger.log import Answer, Log, LoggedEntry, TurnedDown
from manifests.acts import Void
from signing.envelope import freeze
from tests.manifests.driver import APPROVAL, GENERATOR, ORIGIN, PERMIT, RECEIVER, WASTE_NAME, a_line, an_issue, signing_key
from tests.manifests.emergencies import COUNTED, DECLARE, EMERGENCY, JOIN, a_declaration, a_join, an_emergency
from tests.manifests.test_worked_example import LIST, Q1, Q2, Q3, ROW, Example
from tests.whitelist.web import Web, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, key_of
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.approval import ListingRef
from whitelist.routes import ROUTER

ISSUES, ISSUES_THAT_FIT = 300, 110
"""Loads of 1 t for the 110 t left of the decision line."""
URGENT, URGENT_THAT_FIT, URGENT_VOIDED = 40, 15, 8
"""Loads of 1 t for an emergency whose ceiling is 15 t, and of those that were issued some that are voided while others ask again."""
DECISIONS, DECISIONS_THAT_FIT = 40, 18
"""Decisions of 1,000 t for the 18,789.6 t left of the listing."""


@pytest.fixture
def bench() -> Example:
    return Example()


@pytest.fixture
async def logs(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[tuple[Web, Sequence[Log]]]:
    """Two logs with a sequencer each on one database."""
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        first = web.log
        data = DataSets(bench.kinds, first.publisher.files.read)
        second = Log(pool, bench.kinds, data, first.publisher, key_of(OPERATOR), simulated=True)
        task = asyncio.create_task(second.sequencer.run())
        yield web, (first, second)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def race(logs: Sequence[Log], bench: Example, drafts: Sequence[Draft], signer: str) -> list[Answer]:
    """Everybody at once, one statement each, on both logs in turn."""
    key = key_of(signer) if signer == AUTHORITY_51 else signing_key(signer)
    raws = [freeze(draft.sign([key])) for draft in drafts]
    posts = [logs[number % len(logs)].append([raw], now_s=bench.at_s) for number, raw in enumerate(raws)]
    return [answer for [answer] in await asyncio.gather(*posts)]


def outcome(answers: Sequence[Answer]) -> Counter[str]:
    """``admitted``, or the codes of the refusal."""
    told: list[str] = []
    for answer in answers:
        told.append("admitted" if isinstance(answer, LoggedEntry) else ",".join(answer.refusal.codes))
        assert isinstance(answer, LoggedEntry | TurnedDown)
    return Counter(told)


def rows_of(answers: Sequence[Answer], account: str) -> list[tuple[int, int]]:
    """(before, after) of an account in the order of the log."""
    entries = sorted((answer.entry for answer in answers if isinstance(answer, LoggedEntry)), key=lambda entry: entry.index)
    return [(row.before_g, row.after_g) for entry in entries for row in entry.admission.decision.accounts if row.account == account]


async def used_t(web: Web, account: str) -> str:
    """What the registry says is used."""
    rows = await web.everything("/v1/quotas", "quotas", limit=200)
    return str(next(row["used_t"] for row in rows if row["account"] == account))


async def test_of_300_loads_for_the_last_110_t_exactly_110_are_issued(logs: tuple[Web, Sequence[Log]], bench: Example) -> None:
    web, both = logs
    chains = [f"manifest/{GENERATOR}/01K9000000000000000RACE{number:03d}" for number in range(ISSUES)]
    body = an_issue(lines=(a_line(mass_t="1"),))
    answers = await race(both, bench, [bench.draft("manifest.issue/1", chain, (GENERATOR,), body) for chain in chains], GENERATOR)
    assert outcome(answers) == {"admitted": ISSUES_THAT_FIT, "APPROVAL_QUOTA": ISSUES - ISSUES_THAT_FIT}
    rows = rows_of(answers, Q2)
    assert [before for before, _ in rows[1:]] == [after for _, after in rows[:-1]], "each begins where the one before ended"
    assert rows[-1][1] == 3_000_000_000
    assert (await used_t(web, Q2), await used_t(web, Q3)) == ("3000.000000", "3000.000000")


async def test_of_40_decisions_for_the_rest_of_a_listing_exactly_those_that_fit_are_given(
    logs: tuple[Web, Sequence[Log]], bench: Example
) -> None:
    web, both = logs
    line = ApplicationLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        mass_t="1000",
        method="R4",
        listing=ListingRef(list=LIST, row=ROW),
    )
    application = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
    chains = [APPROVAL[:-3] + f"{number:03d}" for number in range(DECISIONS)]
    await web.admit([bench.post("approval.apply/1", chain, (GENERATOR,), application) for chain in chains])
    decision = ApprovalDecide(
        approve=True, no="川环危转〔2026〕99号（虚构）", valid_to="2026-12-31", lines=(DecidedLine(line=0, mass_t="1000"),)
    )
    answers = await race(
        both, bench, [bench.draft("approval.decide/1", chain, (AUTHORITY_51,), decision) for chain in chains], AUTHORITY_51
    )
    assert outcome(answers) == {"admitted": DECISIONS_THAT_FIT, "WL_QUOTA": DECISIONS - DECISIONS_THAT_FIT}
    assert await used_t(web, Q1) == "59210.400000"
    assert rows_of(answers, Q1)[-1][1] == 59_210_400_000


async def test_no_ceiling_of_an_emergency_is_exceeded_while_loads_are_issued_and_voided_at_once(
    logs: tuple[Web, Sequence[Log]], bench: Example
) -> None:
    web, both = logs
    declared = bench.post(DECLARE, EMERGENCY, (AUTHORITY_51,), a_declaration(bench, ceiling_t=str(URGENT_THAT_FIT)))
    await web.admit([declared, bench.post(JOIN, EMERGENCY, (AUTHORITY_50,), a_join(bench))])

    def issues(count: int, name: str) -> list[Draft]:
        chains = [f"manifest/{GENERATOR}/01K900000000000000{name}{number:03d}" for number in range(count)]
        return [bench.draft("manifest.issue/1", chain, (GENERATOR,), an_emergency("1")) for chain in chains]

    async def counted() -> int:
        async with web.log.pool.acquire() as conn:
            found: int = bench.kinds.decode(COUNTED, await conn.fetchval("SELECT value FROM fact WHERE key = $1", COUNTED))
        return found

    first = issues(URGENT, "1RACE")
    answers = await race(both, bench, first, GENERATOR)
    assert outcome(answers) == {"admitted": URGENT_THAT_FIT, "EMERGENCY_CEILING": URGENT - URGENT_THAT_FIT}
    assert await counted() == URGENT_THAT_FIT * 1_000_000
    admitted = [answer.entry.statement for answer in answers if isinstance(answer, LoggedEntry)]
    voids = [
        Draft(kind="manifest.void/1", chain=one.chain, seq=1, prev=one.hash, by=(GENERATOR,), at=one.at, body=Void(reason="改期（虚构）"))
        for one in admitted[:URGENT_VOIDED]
    ]
    mixed = [draft for pair in zip(issues(URGENT_VOIDED, "2RACE"), voids, strict=True) for draft in pair]
    told = outcome(await race(both, bench, mixed, GENERATOR))
    again = told["admitted"] - URGENT_VOIDED
    assert told["EMERGENCY_CEILING"] == URGENT_VOIDED - again
    assert await counted() == (URGENT_THAT_FIT - URGENT_VOIDED + again) * 1_000_000 <= URGENT_THAT_FIT * 1_000_000
