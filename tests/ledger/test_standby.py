"""Several processes on one log: exactly one publishes, the others follow, and a standby takes over without anybody's help."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from asyncpg import Pool, Record

from ledger.audit import audit
from ledger.freeze import Mismatch
from ledger.log import Admitted
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.workbench import START, Workbench, uscc

NOW = START + 3600


def founded() -> Workbench:
    bench = Workbench()
    for serial in range(30):
        bench.register(uscc("510112", serial))
    return bench


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


async def test_statements_posted_to_any_process_are_published_by_the_one_that_leads(pool: Pool[Record], tmp_path: Path) -> None:
    bench = founded()
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as leader, running(pool, tmp_path, bench.kinds) as standby:
        await leader.append(posted[:1], now_s=NOW)
        parts = [(leader, posted[1:16]), (standby, posted[16:])]
        answers = await asyncio.gather(*(log.append(part, now_s=NOW) for log, part in parts))
        assert all(isinstance(answer, Admitted) for part in answers for answer in part)
        for log in (leader, standby):
            published = await log.publisher.wait_for(len(posted), 10)
            assert published is not None
            assert len(log.publisher.inclusion(7, published.size)) > 0
        assert audit(leader.publisher.files.read, bench.kinds).findings == []


async def test_a_standby_takes_over_when_the_leader_goes(pool: Pool[Record], tmp_path: Path) -> None:
    bench = founded()
    posted = envelopes(bench)
    leading = running(pool, tmp_path, bench.kinds)
    leader = await leading.__aenter__()
    async with running(pool, tmp_path, bench.kinds) as standby:
        await leader.append(posted[:10], now_s=NOW)
        assert await standby.publisher.wait_for(10, 10) is not None
        await leading.__aexit__(None, None, None)
        await standby.append(posted[10:], now_s=NOW)
        assert await standby.publisher.wait_for(len(posted), 10) is not None
        assert audit(standby.publisher.files.read, bench.kinds).findings == []


async def test_a_frozen_log_is_frozen_in_every_process(pool: Pool[Record], tmp_path: Path) -> None:
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as leader, running(pool, tmp_path, bench.kinds) as standby:
        await leader.append(envelopes(bench)[:10], now_s=NOW)
        assert await standby.publisher.wait_for(10, 10) is not None
        leader.publisher._freeze(Mismatch("a test"))
        await until(lambda: standby.publisher.may_append() is not None)
        assert "a test" in str(standby.publisher.may_append())


async def test_a_publisher_with_an_old_epoch_cannot_promise(pool: Pool[Record], tmp_path: Path) -> None:
    """A process that was paused, lost the kernel lock and wakes up is stopped by the epoch in the store."""
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 10) is not None
        sleeper = log.publisher
        sleeper.close()
        other = make_publisher(pool, tmp_path, bench.kinds)
        other.recover()
        sleeper._leadership.acquire = lambda: True  # type: ignore[method-assign]  # it believes that it still leads
        sleeper._leadership._handle = 0
        await log.append(envelopes(bench)[5:], now_s=NOW)
        await until(lambda: sleeper.mismatch is not None)
        assert "taken over" in sleeper.mismatch
        sleeper._leadership._handle = None
        other.close()
