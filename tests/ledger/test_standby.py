"""Several processes on one log: exactly one publishes, the others follow, and a standby takes over without anybody's help."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from asyncpg import Connection, InsufficientPrivilegeError, Pool, Record

from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import audit
from ledger.log import Log, LoggedEntry
from ledger.publishing.files import StagedFiles
from ledger.publishing.freeze import Mismatch
from ledger.publishing.publisher import Publisher
from ledger.tree.checkpoint import Checkpoint
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.workbench import OPERATOR, START, Workbench, key_of, uscc

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
        assert all(isinstance(answer, LoggedEntry) for part in answers for answer in part)
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


async def test_a_leader_that_does_not_end_is_named_while_a_standby_waits_for_it(pool: Pool[Record], tmp_path: Path) -> None:
    """What is left of a killed server may be kept from ending: nothing is published meanwhile, at once when it has gone, and the cause is said."""
    bench = founded()
    held = make_publisher(pool, tmp_path, bench.kinds)
    held.start()
    async with running(pool, tmp_path, bench.kinds) as standby:
        await standby.append(envelopes(bench)[:10], now_s=NOW)
        assert await standby.publisher.wait_for(10, 0.2) is None
        assert standby.publisher.hindered == f"process {os.getpid()} publishes this log; this one waits for its end"
        held.close()
        assert await standby.publisher.wait_for(10, 10) is not None
        assert standby.publisher.hindered == ""


async def test_a_frozen_log_is_frozen_in_every_process(pool: Pool[Record], tmp_path: Path) -> None:
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as leader, running(pool, tmp_path, bench.kinds) as standby:
        await leader.append(envelopes(bench)[:10], now_s=NOW)
        assert await standby.publisher.wait_for(10, 10) is not None
        leader.publisher._freeze(Mismatch("a test"))
        await until(lambda: standby.publisher.may_append() is not None)
        assert "a test" in str(standby.publisher.may_append())


@asynccontextmanager
async def taken_over(pool: Pool[Record], directory: Path, bench: Workbench) -> AsyncIterator[tuple[Publisher, Publisher]]:
    """A publisher of five entries that was paused and has lost its lock without noticing, and the one that leads now, with all of them."""
    posted = envelopes(bench)
    async with running(pool, directory, bench.kinds) as log:
        await log.append(posted[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 10) is not None
    sleeper, other = make_publisher(pool, directory, bench.kinds), make_publisher(pool, directory, bench.kinds)
    sleeper.start()
    (directory / "checkpoints.sqlite.lock").unlink()  # somebody has cleaned up beside the store
    async with running(pool, directory, bench.kinds) as log:
        await log.append(posted[5:], now_s=NOW)
        assert await log.publisher.wait_for(len(posted), 10) is not None
    other.start()
    assert sleeper._leadership.is_held
    assert other._leadership.is_held
    try:
        yield sleeper, other
    finally:
        sleeper.close()
        other.close()


async def test_a_publisher_that_was_replaced_steps_back_and_freezes_nothing(pool: Pool[Record], tmp_path: Path) -> None:
    """It promises, signs and shows nothing that the epoch in the store does not allow, and follows the one that leads."""
    bench = founded()
    async with taken_over(pool, tmp_path, bench) as (sleeper, other):
        asleep = asyncio.create_task(sleeper.run(asyncio.Event()))
        await until(lambda: sleeper.published is not None and sleeper.published.size == len(bench.entries))
        assert not sleeper._leadership.is_held
        assert (sleeper.mismatch, sleeper._store.frozen(), sleeper.files.evidence()) == (None, None, [])
        assert await other.step()
        asleep.cancel()


async def test_a_publisher_that_was_replaced_leaves_the_promised_bundle_alone(pool: Pool[Record], tmp_path: Path) -> None:
    """Woken up before its swap, it stages the same size; a crash of the leader just then needs the leader's bundle."""
    bench = founded()
    async with taken_over(pool, tmp_path, bench) as (sleeper, other):
        promise, shown = other._store.read(), other.files.read("checkpoint")
        assert promise is not None
        assert shown is not None
        sleeper.files.stage(StagedFiles(promise.size, (("tile/0/000.p/1", b"what it staged from a smaller size"),)))
        (other.files.root / "checkpoint").unlink()
        for publisher in (sleeper, other):
            publisher.close()
        again = make_publisher(pool, tmp_path, bench.kinds)
        again.start()  # unpacks what was promised
        assert await again.step()
        assert again.files.read("checkpoint") == shown
        again.close()
        again.files.discard_staged(below=promise.size + 1)
        assert list((again.files.closed / "staging").iterdir()) == []


async def test_a_publisher_that_was_replaced_signs_and_shows_no_old_checkpoint(pool: Pool[Record], tmp_path: Path) -> None:
    """Woken up between any two parts of a step, ``/checkpoint`` never goes back."""
    bench = founded()
    async with taken_over(pool, tmp_path, bench) as (sleeper, _):
        shown = sleeper.files.read("checkpoint")
        with pytest.raises(Mismatch, match="another promise"):
            sleeper._sign()
        with pytest.raises(Mismatch, match="another promise"):
            sleeper._show(sleeper._signer.sign(Checkpoint(sleeper.origin, 5, sleeper._promise.root)))
        assert sleeper.files.read("checkpoint") == shown


async def test_an_edited_promise_freezes_the_log(pool: Pool[Record], tmp_path: Path) -> None:
    """Another promise under the same epoch is nobody's takeover: somebody has written into the checkpoint store."""
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 10) is not None
        log.publisher._store._db.execute("UPDATE promise SET size = 4")
        await log.append(envelopes(bench)[5:], now_s=NOW)
        await until(lambda: log.publisher.mismatch is not None)
        assert "another promise" in str(log.publisher.mismatch)
        assert log.publisher.files.evidence() == ["mismatch-0000.json"]


async def test_the_last_checkpoint_of_a_day_is_archived_across_a_restart(pool: Pool[Record], tmp_path: Path) -> None:
    """What was shown before the next day's first entry is kept (formats §4), also by a publisher that has shown nothing yet."""
    bench = founded()
    posted = envelopes(bench)
    async with running(pool, tmp_path, bench.kinds) as log:
        for end in (5, 10):  # the first is archived as the first of ten minutes
            await log.append(posted[end - 5 : end], now_s=NOW)
            assert await log.publisher.wait_for(end, 10) is not None
        assert 10 not in log.publisher.files.archived_sizes()
    publisher = make_publisher(pool, tmp_path, bench.kinds)
    publisher.start()
    publisher._archived_at = float("inf")  # no other reason to archive
    log = Log(pool, bench.kinds, DataSets(bench.kinds, publisher.files.read), publisher, key_of(OPERATOR), simulated=True)
    sequencing = asyncio.create_task(log.sequencer.run())
    await log.append(posted[10:11], now_s=START + 23 * 3600)
    assert await publisher.step()
    assert 10 in publisher.files.archived_sizes()
    sequencing.cancel()
    publisher.close()


async def test_an_idle_publisher_archives_what_it_showed_before_ten_minutes_were_over(pool: Pool[Record], tmp_path: Path) -> None:
    """Entries need not wait for the next growth to be bracketed by an archived checkpoint (formats §4)."""
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as log:
        for end in (5, 10):  # the first is archived as the first of ten minutes
            await log.append(envelopes(bench)[end - 5 : end], now_s=NOW)
            assert await log.publisher.wait_for(end, 10) is not None
        assert 10 not in log.publisher.files.archived_sizes()
        log.publisher._archived_at = float("-inf")  # ten minutes later
        await until(lambda: 10 in log.publisher.files.archived_sizes())
        assert log.publisher.files.read("checkpoints/10") == log.publisher.files.read("checkpoint")


async def test_a_publisher_outlives_a_checkpoint_store_and_a_database_that_fail(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path
) -> None:
    bench = founded()
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:5], now_s=NOW)
        assert await log.publisher.wait_for(5, 10) is not None
        swap, failed = log.publisher._store.swap, asyncio.Event()

        def full(*_: object, **__: object) -> bool:
            failed.set()
            raise sqlite3.OperationalError("database or disk is full")

        log.publisher._store.swap = full  # type: ignore[method-assign]
        await log.append(envelopes(bench)[5:10], now_s=NOW)
        await failed.wait()
        log.publisher._store.swap = swap  # type: ignore[method-assign]
        assert await log.publisher.wait_for(10, 10) is not None
        await database.execute("REVOKE SELECT ON log_head FROM liandan_writer")
        with pytest.raises(InsufficientPrivilegeError):
            await log.publisher.step()
        await asyncio.sleep(0.3)
        await database.execute("GRANT SELECT ON log_head TO liandan_writer")
        await log.append(envelopes(bench)[10:], now_s=NOW)
        assert await log.publisher.wait_for(len(bench.entries), 10) is not None
        assert log.publisher.mismatch is None
