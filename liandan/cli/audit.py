"""``liandan audit``: of an export, of a server, or of this installation with its database."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import click

from ledger.audit import AuditReport, audit
from ledger.database_audit import audit_database
from ledger.files import LogFiles
from liandan.cli.connection import client_options, open_client
from liandan.cli.output import FINDING, command, emit, json_option
from liandan.cli.progress import progress_bar
from liandan.cli.serve import own_settings
from liandan.export import archived_at, archived_in, export, fetch_url, reader_of
from liandan.wiring import KINDS


@click.command("audit")
@click.argument("target", required=False, metavar="[EXPORT_DIR|URL]")
@client_options
@json_option
@command
async def audit_command(target: str | None, as_json: bool, **options: Any) -> int:
    """审计：重算每个条目、每个哈希、每个裁决。不给参数则审计本机账本及其数据库。

    Recompute every entry, hash and decision of an export or of a server; without an argument, of this log and its database.
    """
    pinned = options["found"]
    with progress_bar("审计 / audit", as_json) as progress:
        if target is None:
            report = await _own(progress)
        elif target.startswith(("http://", "https://")):
            report = await _server(target, options, progress)
        else:
            report = await asyncio.to_thread(_export, Path(target), progress)
    is_good = report.is_clean and (pinned is None or report.found == pinned)
    lines = [
        f"{finding.code} #{finding.index} {finding.chain} {finding.field}: {finding.found} ≠ {finding.expected}"
        for finding in report.findings
    ]
    if pinned is not None and report.found != pinned:
        lines.append(f"FOUND_DIFFERS: {report.found} ≠ {pinned}")
    verdict = "未发现问题 / clean" if is_good else f"发现 / findings: {report.count}"
    emit(
        report,
        as_json,
        *lines,
        f"{report.origin} {report.found}",
        f"{report.entries} 条 / entries，{report.checkpoints} 个存档检查点 / archived checkpoints，时钟 / clock {report.clock or '-'}",
        verdict,
    )
    return 0 if is_good else FINDING


def _export(directory: Path, progress: Any) -> AuditReport:
    if not directory.is_dir():
        raise click.UsageError(f"没有此目录 / no such directory: {directory}")
    return audit(reader_of(directory), KINDS, archived=iter(archived_in(directory)), progress=progress)


async def _server(url: str, options: dict[str, Any], progress: Any) -> AuditReport:
    """Whoever audits a server keeps nothing of it but the verdict; use ``export`` to keep the bytes."""
    with tempfile.TemporaryDirectory(prefix="liandan-audit-") as directory:
        async with open_client(**{**options, "url": url}) as client:
            await export(fetch_url(client), await archived_at(client), Path(directory), KINDS, progress)
        return await asyncio.to_thread(_export, Path(directory), progress)


async def _own(progress: Any) -> AuditReport:
    from liandan.database import open_pool
    from liandan.server import database_url

    own = own_settings()
    async with database_url(own) as dsn:
        pool = await open_pool(dsn, min_size=1, max_size=2)
        try:
            return await audit_database(pool, LogFiles(own.log_path), KINDS, progress=progress)
        finally:
            await pool.close()
