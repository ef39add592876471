"""``liandan reconcile``: the monthly statement, recomputed from an export or from this installation's files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ledger.admission.entry import Entry
from ledger.auditing.audit import AuditReport, audit
from liandan.cli.output import command, emit, json_option
from liandan.cli.progress import progress_bar
from liandan.cli.serve import own_settings
from liandan.export import reader_of
from liandan.wiring import KINDS
from signing.refusal import refuse


@click.command("reconcile")
@click.argument("month", metavar="YYYY-MM")
@click.option(
    "--from",
    "export_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="导出件；默认本机 / an export; default: this log",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="输出目录 / output directory")
@click.option("--direction", multiple=True, default=("51-50", "50-51"), show_default=True, help="方向，可多次 / directions")
@json_option
@command
async def reconcile_command(month: str, export_dir: Path | None, out: Path, direction: tuple[str, ...], as_json: bool) -> None:
    """编制月度对账单（PDF、XLSX、JSON）；同一账本、同一检查点，逐字节相同。

    Make the monthly statement of both directions; the log is audited while it is read.
    """
    from reports.reconcile import begin, finish, write

    folds = [begin(month, *_pair(text), KINDS) for text in direction]
    directory = export_dir or own_settings().log_path

    def watch(entry: Entry) -> None:
        for fold in folds:
            fold.step(entry)

    def work() -> AuditReport:
        with progress_bar("对账 / reconcile", as_json) as progress:
            return audit(reader_of(directory), KINDS, watch=watch, progress=progress)

    report = await asyncio.to_thread(work)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    paths = [str(path) for fold in folds for path in write(finish(fold, report.root), out)]
    emit({"month": month, "size": report.size, "root": report.root, "files": paths}, as_json, *paths)


def _pair(text: str) -> tuple[str, str]:
    source, _, target = text.partition("-")
    return source, target
