"""A log of ours on PostgreSQL whose founding asks for both keys of a stock witness: nothing is shown without them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from asyncpg import Pool, Record

from ledger.auditing.audit import audit
from ledger.publishing.cosigning import Cosigning
from ledger.tree.checkpoint import log_vkeys, open_checkpoint
from ledger.witnessing.client import Collector
from tests.interop.loopback import HOST, free_port, served
from tests.interop.toolbox import Toolbox
from tests.interop.witnesses import StockWitness
from tests.ledger.log_server import envelopes, running
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

SIZE = 300
NOW = START + SIZE * 60
LOG_KEYS = log_vkeys(ORIGIN, [key_of("log")])


@pytest.fixture
def stock(tools: Toolbox, tmp_path: Path) -> StockWitness:
    """A stock witness that knows the log; not started."""
    return StockWitness(tools, tmp_path, LOG_KEYS)


@pytest.fixture
def bench(stock: StockWitness) -> Workbench:
    """A log founded with that witness in its policy."""
    first, second = stock.vkeys
    bench = Workbench(witness_policy=(f"witness ed {first}", f"witness pq {second}", "group both all ed pq", "quorum both"))
    for serial in range(SIZE - 1):
        bench.register(uscc("510112", serial))
    return bench


@pytest.fixture
def vkey_file(tmp_path: Path) -> Path:
    """The log's vkey."""
    path = tmp_path / "log.pub"
    path.write_text(LOG_KEYS[0], encoding="utf-8")
    return path


async def test_our_log_publishes_with_both_lines_of_a_stock_witness_and_stock_tools_accept_it(
    pool: Pool[Record], tools: Toolbox, stock: StockWitness, bench: Workbench, vkey_file: Path, tmp_path: Path
) -> None:
    posted = envelopes(bench)
    async with httpx.AsyncClient() as http:
        with stock.running() as witness:
            cosigning = Cosigning(Collector(http, LOG_KEYS), {"ed": witness.url, "pq": witness.url}, timeout_s=5, fallback_s=None)
            async with running(pool, tmp_path, bench.kinds, cosigning=cosigning) as log:
                for stop in (2, 256, SIZE):
                    await log.append(posted[log.publisher.published.size if log.publisher.published else 0 : stop], now_s=NOW)
                    published = await log.publisher.wait_for(stop, 20)
                    assert published is not None
                    opened = open_checkpoint(published.note, LOG_KEYS, stock.vkeys)
                    assert {line.vkey for line in opened.cosignatures} == set(stock.vkeys)
                assert not log.publisher.is_degraded
                files = log.publisher.files
                assert audit(files.read, bench.kinds, archived=iter(files.archived_sizes())).findings == []
    with served(tmp_path / "log", tmp_path / "entries") as url:
        answer = tools.run("fsck", "-storage_url", url, "-public_key", vkey_file, "-ui=false", "-logtostderr")
    assert f"Successfully fsck'd log with size {SIZE}" in answer.stderr, answer.stderr
    (tmp_path / "vkeys").write_text("\n".join([*LOG_KEYS, *stock.vkeys]), encoding="utf-8")
    theirs = tools.evidence("note", tmp_path / "vkeys", tmp_path / "log" / "checkpoint")
    assert (len(theirs["verified"]), theirs["unverified"]) == (3, [])


async def test_nothing_is_shown_while_the_stock_witness_is_down_and_all_of_it_once_it_is_back(
    pool: Pool[Record], stock: StockWitness, bench: Workbench, tmp_path: Path
) -> None:
    posted, port = envelopes(bench)[:5], free_port()
    async with httpx.AsyncClient() as http:
        addresses = dict.fromkeys(("ed", "pq"), f"http://{HOST}:{port}")
        cosigning = Cosigning(Collector(http, LOG_KEYS), addresses, timeout_s=5, fallback_s=None)
        async with running(pool, tmp_path, bench.kinds, cosigning=cosigning) as log:
            await log.append(posted, now_s=NOW)
            assert await log.publisher.wait_for(1, 1.5) is None
            with stock.running(port):
                assert await log.publisher.wait_for(len(posted), 30) is not None
