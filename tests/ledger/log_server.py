"""A real log on PostgreSQL for tests: founded, sequencing, publishing; the workbench writes its statements."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from asyncpg import Connection, Pool, Record

from ledger.admission.kind_table import DataSets, Kinds
from ledger.admission.personality import CURRENT, RULESETS
from ledger.log import Log
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Cosigning
from ledger.publishing.files import LogFiles
from ledger.publishing.publisher import Publisher
from ledger.publishing.signer import LocalSigner
from signing.envelope import freeze
from tests.workbench import OPERATOR, ORIGIN, Workbench, key_of


def make_publisher(pool: Pool[Record], directory: Path, kinds: Kinds, cosigning: Cosigning | None = None) -> Publisher:
    """A publisher over ``directory``, as a start of the server would make it."""
    key = key_of("log")
    store = CheckpointStore(directory / "checkpoints.sqlite")
    return Publisher(
        pool,
        store,
        LogFiles(directory / "log", directory / "entries"),
        ORIGIN,
        LocalSigner(ORIGIN, key),
        kinds=kinds,
        cosigning=cosigning,
        interval_s=0.01,
    )


@asynccontextmanager
async def running(
    pool: Pool[Record], directory: Path, kinds: Kinds, data: Mapping[str, bytes] | None = None, cosigning: Cosigning | None = None
) -> AsyncIterator[Log]:
    """A log that sequences and publishes until the block ends."""
    publisher = make_publisher(pool, directory, kinds, cosigning)
    publisher.files.put_data([RULESETS[CURRENT].file, *(data or {}).values()])
    publisher.start()
    log = Log(pool, kinds, DataSets(kinds, publisher.files.read), publisher, key_of(OPERATOR), simulated=True)
    tasks = [asyncio.create_task(log.sequencer.run()), asyncio.create_task(publisher.run(log.sequencer.committed))]
    try:
        yield log
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        publisher.close()


def envelopes(bench: Workbench) -> list[bytes]:
    """The workbench's statements as a client would post them."""
    return [freeze(entry.envelope) for entry in bench.entries]


@asynccontextmanager
async def unguarded(conn: Connection[Record]) -> AsyncIterator[Connection[Record]]:
    """What a determined database administrator does first: take the guards away. Everything after is caught by other means."""
    await conn.execute("ALTER EVENT TRIGGER guard_ledger_alter DISABLE")
    await conn.execute("ALTER EVENT TRIGGER guard_ledger_drop DISABLE")
    await conn.execute("ALTER TABLE entry DISABLE TRIGGER ALL")
    await conn.execute("ALTER TABLE link DISABLE TRIGGER ALL")
    yield conn
