"""torchwood's litewitness, as it is: a witness in the policy of our log, and of the same mind as ours about every request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from asyncpg import Pool, Record

from ledger.auditing.audit import audit
from ledger.publishing.cosigning import Cosigning
from ledger.tree.checkpoint import Checkpoint, log_vkeys, open_checkpoint, sign_checkpoint
from ledger.witnessing.answers import Cosigned, FailureKind
from ledger.witnessing.client import Collector
from ledger.witnessing.wire import SIZE_TYPE, AddCheckpoint, encode_request
from tests.interop.demo_log import SIZE, VKEYS, DemoLog, Files, prove_growth
from tests.interop.loopback import HOST, free_port, served
from tests.interop.toolbox import Toolbox
from tests.interop.witnesses import LiteWitness, Running
from tests.ledger.log_server import envelopes, running
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

LOG_KEYS = log_vkeys(ORIGIN, [key_of("log")])
ENTRIES = 300


@pytest.fixture
def stock(tools: Toolbox, tmp_path: Path) -> LiteWitness:
    """It knows our log; not started."""
    return LiteWitness(tools, tmp_path, LOG_KEYS)


@pytest.fixture
def witness(stock: LiteWitness) -> Iterator[Running]:
    """It, started."""
    with stock.running() as running_witness:
        yield running_witness


async def collect(witness: Running, *grown: Files) -> list[Cosigned]:
    """What it says to one checkpoint after the other, asked by one client of ours."""
    async with httpx.AsyncClient() as http:
        collector, policy = Collector(http, VKEYS), witness.policy()
        return [
            await collector.collect(
                files["checkpoint"], lambda old, of=files: prove_growth(of, old), policy.witnesses, policy, timeout_s=10
            )
            for files in grown
        ]


async def test_it_cosigns_every_step_of_our_growth(witness: Running, demo: DemoLog) -> None:
    sizes = (1, 2, 256, 257, 512, SIZE, SIZE)
    for size, cosigned in zip(sizes, await collect(witness, *map(demo.export_at, sizes)), strict=True):
        assert cosigned.failures == ()
        assert cosigned.is_quorum, size
        assert set(cosigned.lines) == set(witness.vkeys)


async def test_a_restarted_one_goes_on_where_it_was(stock: LiteWitness, demo: DemoLog, export: Files) -> None:
    with stock.running() as first:
        await collect(first, demo.export_at(300))
    with stock.running() as second:
        [late] = await collect(second, demo.export_at(299))
        [cosigned] = await collect(second, export)
    assert {failure.kind for failure in late.failures} == {FailureKind.SIZE}
    assert cosigned.is_quorum


@pytest.mark.parametrize("size", [SIZE, SIZE - 1])
async def test_it_refuses_our_second_history_and_the_client_raises_an_alarm(witness: Running, demo: DemoLog, size: int) -> None:
    await collect(witness, demo.export_at(size))
    [cosigned] = await collect(witness, DemoLog(at_s=START + 3600).grow().export_at(SIZE))
    assert cosigned.lines == {}
    assert {failure.kind for failure in cosigned.failures} == {FailureKind.PROOF}


@pytest.mark.parametrize(("origin", "key", "status"), [("log.example/other", "log", 404), (ORIGIN, "stranger", 403)])
def test_it_answers_another_log_and_a_foreign_key_as_ours_does(witness: Running, export: Files, origin: str, key: str, status: int) -> None:
    head = open_checkpoint(export["checkpoint"], VKEYS).checkpoint
    body = encode_request(AddCheckpoint(0, (), sign_checkpoint(Checkpoint(origin, 1, head.root), key_of(key))))
    assert httpx.post(f"{witness.url}/add-checkpoint", content=body).status_code == status


async def test_an_old_size_that_it_does_not_know_is_answered_with_the_one_it_does(witness: Running, demo: DemoLog, export: Files) -> None:
    await collect(witness, demo.export_at(300))
    body = encode_request(AddCheckpoint(256, prove_growth(export, 256), export["checkpoint"]))
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{witness.url}/add-checkpoint", content=body)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (409, SIZE_TYPE, b"300\n")


async def test_our_live_log_publishes_with_its_line_and_nothing_while_it_is_down(
    pool: Pool[Record], tools: Toolbox, stock: LiteWitness, tmp_path: Path
) -> None:
    """PostgreSQL, sequencer, publisher; ``log.found`` asks for this witness alone. Stock readers accept what comes of it."""
    bench = Workbench(witness_policy=(f"witness lite {stock.vkeys[0]}", "quorum lite"))
    for serial in range(ENTRIES - 1):
        bench.register(uscc("510112", serial))
    posted, port, now_s = envelopes(bench), free_port(), START + ENTRIES * 60
    async with httpx.AsyncClient() as http:
        cosigning = Cosigning(Collector(http, LOG_KEYS), {"lite": f"http://{HOST}:{port}"}, timeout_s=5, fallback_s=None)
        async with running(pool, tmp_path, bench.kinds, cosigning=cosigning) as log:
            await log.append(posted[:5], now_s=now_s)
            assert await log.publisher.wait_for(1, 1.5) is None
            with stock.running(port):
                await log.append(posted[5:], now_s=now_s)
                published = await log.publisher.wait_for(ENTRIES, 30)
            assert published is not None
            assert {line.vkey for line in open_checkpoint(published.note, LOG_KEYS, stock.vkeys).cosignatures} == set(stock.vkeys)
            files = log.publisher.files
            report = audit(files.read, bench.kinds, archived=iter(files.archived_sizes()))
            assert (report.findings, report.below_quorum) == ([], 0)
    (tmp_path / "vkeys").write_text("\n".join([*LOG_KEYS, *stock.vkeys]), encoding="utf-8")
    theirs = tools.evidence("note", tmp_path / "vkeys", tmp_path / "log" / "checkpoint")
    assert (len(theirs["verified"]), theirs["unverified"]) == (2, [])
    (tmp_path / "log.pub").write_text(LOG_KEYS[0], encoding="utf-8")
    with served(tmp_path / "log", tmp_path / "entries") as url:
        answer = tools.run("fsck", "-storage_url", url, "-public_key", tmp_path / "log.pub", "-ui=false", "-logtostderr")
    assert f"Successfully fsck'd log with size {ENTRIES}" in answer.stderr, answer.stderr
