"""Audit of this installation: the log's database and files, then the projections that the product keeps beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from asyncpg import Pool, Record

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.audit import AuditReport, Options
from ledger.auditing.database_audit import audit_database
from ledger.auditing.report import Finding
from ledger.publishing.files import LogFiles
from ledger.store import Conn, fetch_head, stream_entries
from manifests import store
from manifests.view import ViewFold, concerns, missing, position
from signing.refusal import Refusal

Progress = Callable[[int, int], None]


async def audit_own(pool: Pool[Record], files: LogFiles, kinds: Kinds, progress: Progress, options: Options) -> AuditReport:
    """Audit the database with everything derived in it.

    Manifest rows are compared when the whole log was read: an audit that goes on from a kept state has not folded the views before it.
    """
    fold = ViewFold()
    try:
        report = await audit_database(pool, files, kinds, watch=fold.watch, progress=progress, options=options)
        if report.since == 0:
            async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
                report.add(*await _views(conn, kinds, fold, report))
    finally:
        fold.close()
    return report


async def _views(conn: Conn, kinds: Kinds, fold: ViewFold, report: AuditReport) -> list[Finding]:
    """Every row, in one snapshot. The projection may stand before the audited size or behind it; where it stands must fit its rows."""
    at, head = await store.position(conn), await fetch_head(conn)
    size = 0 if head is None else head.size
    if at > size:
        return [position(at, f"at most {size}, the size of the log")]
    async for entry in _entries(conn, kinds, report.size, at):
        fold.watch(entry)
    ahead = {concerns(entry) async for entry in _entries(conn, kinds, at, report.size)}
    findings: list[Finding] = []
    chains: set[str] = set()
    async for row in store.stream_rows(conn):
        chain = row["chain"]
        chains.add(chain)
        report.derived += 1
        if row["updated_idx"] >= at:
            findings.append(position(at, f"more than {row['updated_idx']}", chain))
        if chain not in ahead:
            findings += fold.compare(row)
    if len(fold.views) != len(chains):
        findings += [missing(chain) for chain, _ in fold.views.items() if chain not in chains and chain not in ahead]
    return findings


async def _entries(conn: Conn, kinds: Kinds, start: int, end: int) -> AsyncIterator[Entry]:
    """Entries that can be read; the audit has named the others."""
    async for row in stream_entries(conn, start=start, end=end):
        try:
            yield read_entry(row.entry, kinds)
        except Refusal:
            continue
