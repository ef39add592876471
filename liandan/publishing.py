"""A publisher from settings and keys, for whichever process runs it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from asyncpg import Pool, Record

from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.cosigning import Contradicted, Cosigning
from ledger.publishing.files import VKEYS, LogFiles
from ledger.publishing.freeze import Mismatch, write_evidence
from ledger.publishing.publisher import Publisher
from ledger.publishing.signer import CheckpointSigner, LocalSigner, RemoteSigner
from ledger.witnessing.client import Collector
from liandan.database import open_pool
from liandan.keyring import ServerKeys
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.refusal import refuse
from whitelist.adopted import data_files


@asynccontextmanager
async def publishing(settings: Settings, keys: ServerKeys, pool: Pool[Record]) -> AsyncIterator[Publisher]:
    """A publisher that has found nothing wrong, not running yet; raises Mismatch and Refusal."""
    async with AsyncExitStack() as stack:
        checkpoints = stack.enter_context(contextlib.closing(CheckpointStore(settings.checkpoint_path)))
        signer = await asyncio.to_thread(_signer, settings, keys)
        publisher = Publisher(
            pool,
            checkpoints,
            LogFiles(settings.log_path),
            keys.origin,
            signer,
            kinds=KINDS,
            cosigning=await _cosigning(settings, signer.vkeys, stack),
            interval_s=settings.publish_interval_ms / 1000,
            republish_s=settings.republish_s,
        )
        put_adopted_data(publisher.files)
        publisher.files.write(VKEYS, "".join(f"{vkey}\n" for vkey in signer.vkeys).encode())
        stack.callback(publisher.close)
        try:
            await asyncio.to_thread(publisher.start)
            await publisher.check()
        except Mismatch as mismatch:
            if not isinstance(mismatch.__cause__, Contradicted):  # that one has left its own evidence
                write_evidence(publisher.files, mismatch, publisher.files.read("checkpoint"))
            raise
        yield publisher


def put_adopted_data(files: LogFiles) -> None:
    """Data sets and rulesets that ship with this program, under their SHA-256: what a founding or adoption may name."""
    files.put_data(file.path.read_bytes() for file in data_files())
    files.put_data(ruleset.file for ruleset in KINDS.rulesets.values())


def _signer(settings: Settings, keys: ServerKeys) -> CheckpointSigner:
    """The log key of this process, or the signer process; blocks on its socket."""
    if settings.signer_socket is not None:
        return RemoteSigner(settings.signer_socket)
    if keys.log is None:
        raise refuse("KEYRING", field="key_file", found="no log key", expected="a log key, or signer_socket")
    return LocalSigner(keys.origin, keys.log, keys.log_ml_dsa)


async def _cosigning(settings: Settings, vkeys: tuple[str, ...], stack: AsyncExitStack) -> Cosigning:
    """The client side of the witnesses. One without an address is one that does not answer: the policy in the log wants it all the same."""
    addresses = settings.witness_addresses
    http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
    fallback_s = None if settings.witness_fallback_s < 0 else float(settings.witness_fallback_s)
    return Cosigning(Collector(http, vkeys), addresses, timeout_s=settings.witness_timeout_ms / 1000, fallback_s=fallback_s)


@asynccontextmanager
async def publisher_pool(dsn: str) -> AsyncIterator[Pool[Record]]:
    """Connections of a publisher: it reads, one range at a time."""
    pool = await open_pool(dsn, min_size=1, max_size=2)
    try:
        yield pool
    finally:
        await pool.close()


async def publish_until(stop: asyncio.Event, publisher: Publisher, hint: asyncio.Event) -> None:
    """Publish until ``stop`` is set; a publisher that has frozen waits for it. What nobody foresaw is raised, so that the process is
    started again and does not hold the lead for nothing.
    """
    running, stopping = asyncio.create_task(publisher.run(hint)), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
            await stopping
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)
