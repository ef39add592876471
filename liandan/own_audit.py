"""Audit of this installation: the log's database and files, then the projections that the product keeps beside them."""

from __future__ import annotations

from collections.abc import Callable

from asyncpg import Pool, Record

from ledger.audit import AuditReport, Options
from ledger.database_audit import audit_database
from ledger.files import LogFiles
from ledger.kinds import Kinds
from ledger.replay import Finding
from manifests import store
from manifests.audit import ViewFold, missing

Progress = Callable[[int, int], None]


async def audit_own(pool: Pool[Record], files: LogFiles, kinds: Kinds, progress: Progress, options: Options) -> AuditReport:
    """Audit the database with everything derived in it.

    Manifest rows are compared when their projection has reached exactly the audited size, and when the whole log was read: an audit that
    goes on from a kept state has not folded the views before it.
    """
    fold = ViewFold()
    try:
        report = await audit_database(pool, files, kinds, watch=fold.watch, progress=progress, options=options)
        if report.since == 0:
            report.add(*await _views(pool, fold, report.size))
    finally:
        fold.close()
    return report


async def _views(pool: Pool[Record], fold: ViewFold, size: int) -> list[Finding]:
    findings: list[Finding] = []
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        if await store.position(conn) != size:
            return []
        chains: set[str] = set()
        async for row in store.stream_rows(conn):
            chains.add(row["chain"])
            findings += fold.compare(row)
    if len(fold.views) != len(chains):
        findings += [missing(chain) for chain, _ in fold.views.items() if chain not in chains]
    return findings
