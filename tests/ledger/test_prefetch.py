"""While one checkpoint waits for its witness, the entries of the next are decided already, and nothing of them is promised."""

from __future__ import annotations

import asyncio
import errno
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Connection, Pool, Record

from ledger import store
from ledger.auditing.audit import audit
from ledger.log import Log
from ledger.publishing.cosigning import Contradicted, Cosigning
from ledger.publishing.freeze import Mismatch
from ledger.publishing.signer import LocalSigner
from ledger.tree.checkpoint import Checkpoint, log_vkeys
from ledger.tree.merkle import Edge, leaf_hash
from ledger.witnessing.answers import Contradiction, ContradictionKind
from ledger.witnessing.client import Collector
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import known_logs, make_cosigner
from tests.ledger.log_server import envelopes, make_publisher, running, unguarded
from tests.ledger.witnessing.bench import client, key_for, make_witness, served
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

NOW = START + 3600
LOG_KEYS = log_vkeys(ORIGIN, [key_of("log")])
WITNESS = make_cosigner("witness.example/sichuan", key_for("sichuan"))
PROMISED, READ = 5, 20


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench(witness_policy=(f"witness sichuan {WITNESS.vkeys[0]}", "quorum sichuan"))
    for serial in range(READ - 1):
        bench.register(uscc("510112", serial))
    assert len(bench.entries) == READ
    return bench


class Gate:
    """A witness that hears everything and answers when it is let."""

    def __init__(self, app: WitnessApp) -> None:
        self._app, self.open = app, asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.open.wait()
        await self._app(scope, receive, send)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def witnessed(pool: Pool[Record], directory: Path, bench: Workbench) -> AsyncIterator[tuple[Log, Gate]]:
    """A log whose one witness stands behind a gate."""
    gate = Gate(WitnessApp(make_witness(directory / "witness", cosigner=WITNESS, logs=known_logs((vkey, "") for vkey in LOG_KEYS))))
    async with client() as http, served(gate) as url:
        cosigning = Cosigning(Collector(http, LOG_KEYS), {"sichuan": url}, timeout_s=30, fallback_s=None)
        async with running(pool, directory, bench.kinds, cosigning=cosigning) as log:
            try:
                yield log, gate
            finally:
                gate.open.set()  # nobody is left waiting in the server


@asynccontextmanager
async def waiting(pool: Pool[Record], directory: Path, bench: Workbench) -> AsyncIterator[tuple[Log, Gate]]:
    """Five entries are promised and wait for their witness; those after them are committed, read and decided."""
    async with witnessed(pool, directory, bench) as (log, gate):
        await log.append(envelopes(bench)[:PROMISED], now_s=NOW)
        await until(lambda: log.publisher._store.shadow_size()[0] == PROMISED)
        await log.append(envelopes(bench)[PROMISED:], now_s=NOW)
        await until(lambda: ahead_of(log) == READ)
        yield log, gate


def ahead_of(log: Log) -> int:
    size: int = log.publisher._prefetch.edge.size  # type: ignore[attr-defined]  # it is a Publisher
    return size


def assert_only_the_first_is_promised(log: Log) -> None:
    promise = log.publisher._store.read()
    assert promise is not None
    assert promise.size == log.publisher._store.shadow_size()[0] == PROMISED
    assert [path.name.partition("-")[0] for path in (log.publisher.files.closed / "staging").iterdir()] == [str(PROMISED)]
    assert log.publisher.files.read("checkpoint") is None


async def test_nothing_is_promised_of_what_is_decided_ahead_and_a_restart_finishes_both(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    async with waiting(pool, tmp_path, bench) as (log, _):
        assert_only_the_first_is_promised(log)
        left = log.publisher._store.read()
    again = make_publisher(pool, tmp_path, bench.kinds)  # what a crash leaves is what is on disk
    again.recover()
    assert left is not None
    assert (again._promise.size, again._promise.root) == (left.size, left.root)
    assert (again._prefetch.edge.size, again._prefetch.entries, again._recheck.size) == (PROMISED, [], PROMISED)
    again.close()
    async with witnessed(pool, tmp_path, bench) as (log, gate):
        gate.open.set()
        assert await log.publisher.wait_for(READ, 10) is not None
        assert audit(log.publisher.files.read, bench.kinds).findings == []


async def test_what_was_decided_ahead_is_published_next(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with waiting(pool, tmp_path, bench) as (log, gate):
        gate.open.set()
        assert await log.publisher.wait_for(READ, 10) is not None
        assert log.publisher._store.shadow_size()[0] == READ
        assert log.publisher.files.archived_sizes() == [PROMISED], "the first was shown before the second was promised"
        assert audit(log.publisher.files.read, bench.kinds).findings == []


@pytest.mark.breaks_the_log("an administrator changes the head")
async def test_a_mismatch_ahead_freezes_at_once_whatever_the_witness_does(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with waiting(pool, tmp_path, bench) as (log, _):
        async with pool.acquire() as conn:
            await conn.execute("UPDATE log_head SET root = sha256('x')")
        await until(lambda: log.publisher.mismatch is not None)
        assert "another root" in str(log.publisher.mismatch)
        assert log.publisher._store.frozen() == log.publisher.mismatch
        assert_only_the_first_is_promised(log)


@pytest.mark.breaks_the_log("entries are taken away")
async def test_a_database_may_take_back_what_was_not_promised(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench
) -> None:
    """A standby that lacked the last commits has taken over: what was read before is not held against it."""
    kept = PROMISED + 5
    async with waiting(pool, tmp_path, bench) as (log, gate):
        async with unguarded(database) as conn:
            leaves = [bytes(row["leaf"]) for row in await conn.fetch("SELECT leaf FROM entry WHERE idx < $1 ORDER BY idx", kept)]
            edge = Edge().append_many(leaves)
            async with conn.transaction():
                await conn.execute("DELETE FROM entry WHERE idx >= $1", kept)
                await conn.execute("UPDATE log_head SET size = $1, root = $2, edge = $3", kept, edge.root(), edge.to_bytes())
        await until(lambda: ahead_of(log) == kept)
        assert_only_the_first_is_promised(log)
        gate.open.set()
        published = await log.publisher.wait_for(kept, 10)
        assert published is not None
        assert (published.size, published.root, log.publisher.mismatch) == (kept, edge.root(), None)


async def test_what_a_signer_missed_is_shown_without_another_commit(pool: Pool[Record], tmp_path: Path) -> None:
    bench = Workbench()
    away = [ConnectionError("the signer is being started again")]

    class Away(LocalSigner):
        def sign(self, checkpoint: Checkpoint) -> bytes:
            if checkpoint.size == PROMISED and away:
                raise away.pop()
            return super().sign(checkpoint)

    for serial in range(PROMISED - 1):
        bench.register(uscc("510112", serial))
    async with running(pool, tmp_path, bench.kinds) as log:
        log.publisher._signer = Away(ORIGIN, key_of("log"))  # type: ignore[attr-defined]  # it is a Publisher
        await log.append(envelopes(bench)[:1], now_s=NOW)
        assert await log.publisher.wait_for(1, 10) is not None
        await log.append(envelopes(bench)[1:], now_s=NOW)
        assert await log.publisher.wait_for(PROMISED, 10) is not None
        assert not away


@pytest.mark.breaks_the_log("entries are exchanged")
async def test_what_the_database_lost_meanwhile_is_not_promised_with_what_it_has_now(
    pool: Pool[Record], database: Connection[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A standby takes over unseen between two looks, with other entries and so many that no look reaches its head."""
    shared, total = 10, 40
    monkeypatch.setattr("ledger.publishing.prefetch.STEP_MAX", READ)
    async with waiting(pool, tmp_path, bench) as (log, gate):
        raws = [row["entry"] for row in await database.fetch("SELECT entry FROM entry WHERE idx < $1 ORDER BY idx", shared)]
        at = json.loads(raws[-1])["admission"]["at"].encode()
        other = Workbench(witness_policy=(f"witness sichuan {WITNESS.vkeys[0]}", "quorum sichuan"))
        for serial in [*range(shared - 1), *range(500, 500 + total - shared)]:
            other.register(uscc("510112", serial))
        raws += [re.sub(rb'("admission":\{"index":\d+,"at":")[^"]+', rb"\g<1>" + at, entry.raw) for entry in other.entries[shared:]]
        leaves = [leaf_hash(raw) for raw in raws]
        edge = Edge().append_many(leaves)
        asked, held = asyncio.Event(), asyncio.Event()

        async def slowly(conn: store.Conn) -> store.LogHead | None:  # as a proxy does that waits for the new primary
            asked.set()
            await held.wait()
            return await fetch_head(conn)

        fetch_head = store.fetch_head
        monkeypatch.setattr(store, "fetch_head", slowly)
        await asyncio.wait_for(asked.wait(), 10)
        async with unguarded(database) as conn, conn.transaction():
            await conn.execute("DELETE FROM entry")
            rows = [(index, leaf, raw) for index, (leaf, raw) in enumerate(zip(leaves, raws, strict=True))]
            await conn.executemany("INSERT INTO entry (idx, leaf, entry) VALUES ($1, $2, $3)", rows)
            await conn.execute("UPDATE log_head SET size = $1, root = $2, edge = $3", total, edge.root(), edge.to_bytes())
        gate.open.set()
        held.set()
        published = await log.publisher.wait_for(total, 10)
        assert log.publisher.mismatch is None
        assert published is not None
        assert published.root == edge.root()
        assert len(log.publisher._prefetch.entries) <= READ  # type: ignore[attr-defined]  # it is a Publisher


async def test_a_full_disk_while_the_log_is_idle_does_not_end_publication(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with witnessed(pool, tmp_path, bench) as (log, gate):
        gate.open.set()
        await log.append(envelopes(bench)[:PROMISED], now_s=NOW)
        assert await log.publisher.wait_for(PROMISED, 10) is not None
        tried = asyncio.Event()

        def full(size: int, note: bytes) -> None:
            loop.call_soon_threadsafe(tried.set)
            raise OSError(errno.ENOSPC, "No space left on device")

        loop = asyncio.get_running_loop()
        with monkeypatch.context() as patched:
            patched.setattr(log.publisher.files, "archive", full)
            patched.setattr("ledger.publishing.publisher.ARCHIVE_EVERY_S", 0.0)
            await asyncio.wait_for(tried.wait(), 10)
        await log.append(envelopes(bench)[PROMISED:], now_s=NOW)
        assert await log.publisher.wait_for(READ, 10) is not None


async def test_a_contradicting_note_is_the_evidence_even_when_a_mismatch_is_met_with_it(
    pool: Pool[Record], tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Contradiction("sichuan", ContradictionKind.FORK, 3, bytes(32), b"theirs", b"ours")
    async with running(pool, tmp_path, bench.kinds) as log:
        publisher = log.publisher

        async def contradicted(note: bytes, policy: tuple[str, ...]) -> None:
            raise Contradicted([found])

        async def mismatched(showing: asyncio.Task[None]) -> None:
            await asyncio.wait({showing})
            raise Mismatch("another root")

        monkeypatch.setattr(publisher, "_cosign_and_show", contradicted)
        monkeypatch.setattr(publisher, "_look_until", mismatched)
        await log.append(envelopes(bench)[:1], now_s=NOW)
        await until(lambda: publisher.mismatch is not None)
        assert "contradicts our tree" in str(publisher.mismatch)
