"""A chain is read whole, however long it is: what stands at its end may undo the rest, and the issuer signs what was read."""

from __future__ import annotations

from pathlib import Path

from asyncpg import Pool, Record

from ledger.log import LoggedEntry
from ledger.times import parse_at
from manifests.projection import follow
from reports.verify import verify_bytes
from signing.envelope import freeze
from tests.ledger.log_server import running
from tests.reports.story import GENERATOR, PERMIT, Story, trunk
from tests.reports.test_documents import read
from tests.reports.test_routes import ask, caller_of
from tests.workbench import AUTHORITY_50

CHANGES, AT_ONCE = 1001, 250


async def test_a_permit_of_a_thousand_changes_shows_the_last_one(pool: Pool[Record], tmp_path: Path) -> None:
    story = Story()
    story.issue(1)
    now_s = story.bench.at_s
    for number in range(CHANGES):
        kind = "permit.revoke/1" if number == CHANGES - 1 else "permit.resume/1" if number % 2 else "permit.suspend/1"
        story.bench.post(kind, PERMIT, (AUTHORITY_50,), {"reason": "核查（虚构）"})
        story.bench.at_s = now_s
    entries = story.bench.entries
    before, after = entries[:-CHANGES], entries[-CHANGES:]
    async with running(pool, tmp_path, story.bench.kinds, story.bench.data) as log:
        for entry in before:
            [answer] = await log.append([freeze(entry.envelope)], now_s=parse_at(entry.admission.at))
            assert isinstance(answer, LoggedEntry)
        for start in range(0, CHANGES, AT_ONCE):
            raws = [freeze(entry.envelope) for entry in after[start : start + AT_ONCE]]
            assert all(isinstance(answer, LoggedEntry) for answer in await log.append(raws, now_s=now_s))
        await log.publisher.wait_for(len(entries), 30)
        async with log.pool.acquire() as conn:
            await follow(conn, entries)
        paper = await ask(log, caller_of(GENERATOR), f"/v1/manifests/{trunk(1).removeprefix('manifest/')}/transit.pdf")
    report = verify_bytes(paper.content, "x.pdf", story.bench.found)
    assert (report.verdict, report.entries > CHANGES) == ("good", True)
    assert "接受人许可证已吊销" in read(paper.content)[0], "the last change, not the thousandth"
