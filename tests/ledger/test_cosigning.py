"""Checkpoints are shown only with the witnesses the policy asks for; a witness alone never stops the log, our own contradiction does."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from asyncpg import Pool, Record
from structlog.testing import capture_logs

from ledger.auditing.audit import audit
from ledger.log import LoggedEntry
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.freeze import Mismatch
from ledger.tree.checkpoint import Checkpoint, log_vkeys, open_checkpoint, sign_checkpoint
from ledger.tree.merkle import verify_consistency
from ledger.witnessing.client import Collector
from ledger.witnessing.server import known_logs, make_cosigner
from signing.refusal import Refusal
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.ledger.witnessing.bench import Scripted, client, key_for, make_witness, served, witness_at
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

NOW = START + 3600
LOG_KEYS = log_vkeys(ORIGIN, [key_of("log")])
SICHUAN, CHONGQING = (make_cosigner(f"witness.example/{name}", key_for(name)) for name in ("sichuan", "chongqing"))
VKEYS = (SICHUAN.vkeys[0], CHONGQING.vkeys[0])
POLICY = (
    f"witness sichuan {VKEYS[0]}",
    f"witness chongqing {VKEYS[1]}",
    "group both all sichuan chongqing",
    "quorum both",
)


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench(witness_policy=POLICY)
    for serial in range(5):
        bench.register(uscc("510112", serial))
    return bench


@asynccontextmanager
async def witnesses(directory: Path) -> AsyncIterator[dict[str, str]]:
    known = known_logs((vkey, "") for vkey in LOG_KEYS)
    one = make_witness(directory / "one", cosigner=SICHUAN, logs=known)
    two = make_witness(directory / "two", cosigner=CHONGQING, logs=known)
    async with witness_at(one) as first, witness_at(two) as second:
        yield {"sichuan": first, "chongqing": second}


def cosigning(http: object, addresses: dict[str, str], **options: object) -> Cosigning:
    return Cosigning(Collector(http, LOG_KEYS), addresses, **options)  # type: ignore[arg-type]  # test shorthand


async def test_a_checkpoint_carries_the_lines_of_both_witnesses(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    posted = envelopes(bench)
    async with (
        client() as http,
        witnesses(tmp_path) as addresses,
        running(pool, tmp_path, bench.kinds, cosigning=cosigning(http, addresses)) as log,
    ):
        for part in (posted[:2], posted[2:]):
            assert all(isinstance(answer, LoggedEntry) for answer in await log.append(part, now_s=NOW))
        published = await log.publisher.wait_for(len(posted), 10)
        assert published is not None
        assert len(open_checkpoint(published.note, LOG_KEYS, VKEYS).cosignatures) == 2
        assert not log.publisher.is_degraded
        files = log.publisher.files
        assert audit(files.read, bench.kinds, archived=iter(files.archived_sizes())).findings == []


async def test_without_its_quorum_nothing_is_shown_when_the_log_fails_closed(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    async with client() as http, witnesses(tmp_path) as addresses:
        only_one = cosigning(http, {"sichuan": addresses["sichuan"]}, fallback_s=None)
        with capture_logs() as said:
            async with running(pool, tmp_path, bench.kinds, cosigning=only_one) as log:
                await log.append(envelopes(bench), now_s=NOW)
                assert await log.publisher.wait_for(1, 1.5) is None
                assert log.publisher.mismatch is None
        assert [line["event"] for line in said].count("waiting_for_witnesses") == 1, "said when it changes, not at every try"
        async with running(pool, tmp_path, bench.kinds, cosigning=cosigning(http, addresses)) as log:
            published = await log.publisher.wait_for(len(bench.entries), 10)
            assert published is not None, "a restart finishes what was promised"


async def test_after_a_while_one_witness_is_enough_and_the_checkpoint_is_flagged(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    async with client() as http, witnesses(tmp_path) as addresses:
        patient = cosigning(http, {"sichuan": addresses["sichuan"], "chongqing": "http://127.0.0.1:1"}, fallback_s=0.5)
        async with running(pool, tmp_path, bench.kinds, cosigning=patient) as log:
            await log.append(envelopes(bench), now_s=NOW)
            assert await log.publisher.wait_for(len(bench.entries), 10) is not None
            assert log.publisher.is_degraded


async def test_a_note_of_our_own_key_that_contradicts_us_freezes_the_log(pool: Pool[Record], tmp_path: Path, bench: Workbench) -> None:
    forked = sign_checkpoint(Checkpoint(ORIGIN, 3, b"\x07" * 32), key_of("log"))

    async def lies(method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        return (200, "text/plain", forked) if method == "GET" else (409, "text/x.tlog.size", b"3\n")

    async def only_barks(method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        return 422, "text/plain", b"no"

    async with client() as http, witnesses(tmp_path) as addresses:
        async with served(Scripted(only_barks)) as hostile:
            barking = cosigning(http, {**addresses, "chongqing": hostile}, fallback_s=0.3)
            async with running(pool, tmp_path, bench.kinds, cosigning=barking) as log:
                await log.append(envelopes(bench)[:4], now_s=NOW)
                assert await log.publisher.wait_for(4, 10) is not None, "a hostile witness alone cannot stop the log"
        async with served(Scripted(lies)) as hostile:
            contradicted = cosigning(http, {**addresses, "chongqing": hostile})
            async with running(pool, tmp_path, bench.kinds, cosigning=contradicted) as log:
                assert await log.publisher.wait_for(4, 2) is None
                assert "contradicts" in str(log.publisher.mismatch)
                [name] = log.publisher.files.evidence()
                [theirs] = json.loads(log.publisher.files.read(f"evidence/{name}") or b"")["theirs"]
        assert theirs["note"].encode() == forked
        ours = open_checkpoint(theirs["ours"].encode(), LOG_KEYS).checkpoint
        with pytest.raises(Refusal, match="PROOF_WRONG"):
            verify_consistency(3, ours.size, b"\x07" * 32, ours.root, [b64decode(hash_) for hash_ in theirs["proof"]])
        honest = cosigning(http, addresses)
        with pytest.raises(Mismatch, match="contradiction-0000"):  # the witness is gone, what it showed is not forgotten
            async with running(pool, tmp_path, bench.kinds, cosigning=honest):
                pass


@pytest.mark.breaks_the_log("shows a checkpoint of entries that there are not")
async def test_a_shown_checkpoint_that_the_promise_contradicts_is_refused_at_start(
    pool: Pool[Record], tmp_path: Path, bench: Workbench
) -> None:
    """Store and tiles were exchanged for those of another history of the same size; what was shown to everybody was not."""
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench)[:4], now_s=NOW)
        assert await log.publisher.wait_for(4, 10) is not None
        log.publisher.files.replace_checkpoint(sign_checkpoint(Checkpoint(ORIGIN, 4, b"\x07" * 32), key_of("log")))
    with pytest.raises(Mismatch, match="in checkpoint, size 4, contradicts"):
        make_publisher(pool, tmp_path, bench.kinds).start()
