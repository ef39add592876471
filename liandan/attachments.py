"""The evidence store of an installation: where its settings put it, and the sweep that keeps it clean."""

import asyncio

import structlog

from ledger.evidence import store
from ledger.evidence.model import FilesChecked
from ledger.evidence.service import Evidence, KeepingRules
from ledger.evidence.shelf import Arrivals, FileDirectory, Shelf, ShelfAway
from ledger.log import Log
from ledger.store import AWAY
from liandan.database import database_url, open_pool
from liandan.settings import Settings

log = structlog.get_logger("liandan.attachments")

PAGE = 1000
SWEEP_EVERY_S = 3600.0
MEGABYTE = 1_000_000


def shelf_of(settings: Settings) -> Shelf:
    """The directory or the bucket; Refusal SETTING_VALUE for keys of a bucket that cannot be read."""
    if settings.evidence_bucket is None:
        return FileDirectory(settings.evidence_path)
    from ledger.evidence.bucket import Bucket, BucketAccess  # noqa: PLC0415 -- a library of some megabytes, for those who have a bucket

    bucket, _, prefix = settings.evidence_bucket.partition("/")
    endpoint, region, key_file = settings.evidence_bucket_endpoint or "", settings.evidence_bucket_region, settings.evidence_bucket_key_file
    return Bucket(BucketAccess(bucket=bucket, prefix=prefix.strip("/"), endpoint=endpoint.rstrip("/"), region=region, key_file=key_file))


def evidence_of(settings: Settings, ledger: Log) -> Evidence:
    """The store of a running log."""
    rules = KeepingRules(unnamed_days=settings.evidence_unnamed_days, party_bytes=settings.evidence_party_mb * MEGABYTE)
    return Evidence(ledger, shelf_of(settings), Arrivals(settings.evidence_path), rules)


async def keep_swept(evidence: Evidence) -> None:
    """At every start and every hour: what a crash left arriving, and what nobody came to name (ledger.evidence.service)."""
    while True:
        try:
            await evidence.sweep()
        except (ShelfAway, *AWAY, TimeoutError) as error:
            log.warning("evidence_sweep_waits", error=type(error).__name__)
        await asyncio.sleep(SWEEP_EVERY_S)


async def verify_own(settings: Settings) -> tuple[FilesChecked, list[str]]:
    """The shelf of an installation against its hashes, and what was on it and is lost. A file that a crash left whole and unsaid is said to be
    there. Changes nothing else; a server may run meanwhile, then what is brought at this moment may be told as unnamed."""
    from liandan.attachment_files import check_files  # noqa: PLC0415 -- it needs the client

    shelf = shelf_of(settings)
    async with database_url(settings) as dsn, await open_pool(dsn, min_size=1, max_size=2) as pool, pool.acquire() as conn:
        named = await store.list_named(conn)
        found = await check_files(shelf, named)
        held, after = list[str](), ""
        while page := await store.list_files(conn, after=after, limit=PAGE):
            after = page[-1][0]
            for digest, row in page:
                if digest in found.damaged:
                    continue
                if await shelf.size(digest) is not None and not row.is_here:
                    await store.note_stored(conn, digest)
                elif row.is_here and await shelf.size(digest) is None:
                    held.append(digest)
    return found, held
