"""Of a whole log: ``liandan export``, and ``liandan reconcile``, the monthly statement recomputed from an export or these files."""

import asyncio
from pathlib import Path
from typing import Any

import click

from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import audit
from ledger.publishing.files import LogFiles
from liandan.cli.connection import client_options, existing_folder, folder, open_client, own_settings
from liandan.cli.output import command, emit, progress_bar
from liandan.export import archived_at, fetch_files, fetch_url, reader_of
from liandan.export import export as write_export
from liandan.wiring import KINDS
from signing.refusal import refuse


@click.command()
@click.argument("directory", type=folder)
@client_options
@command
async def export(directory: Path, **options: Any) -> None:
    """导出整本账，或把原有导出件补到最新（中断后再执行即可）：本机数据目录；给出 --url 则从服务导出（需主管部门或运营方密钥）。

    Export the whole log, or bring an export up to date (run it again after an interruption): from this installation's files, or with
    --url from a server (an authority's or the operator's key).
    """
    with progress_bar("导出 / export") as progress:
        if options["url"] is None:
            files = LogFiles(own_settings().log_path)
            size = await write_export(fetch_files(files), files.archived_sizes(), directory, KINDS, progress)
        else:
            async with open_client(**options) as client:
                size = await write_export(fetch_url(client), await archived_at(client), directory, KINDS, progress)
    emit({"directory": str(directory), "size": size}, f"已导出 / exported: {size} 条 → {directory}")


@click.command("reconcile")
@click.argument("month", metavar="YYYY-MM")
@click.option("--from", "export_dir", type=existing_folder, help="导出件；默认本机 / an export; default: this log")
@click.option("--out", type=folder, default=Path(), help="输出目录 / output directory")
@click.option(
    "--direction", multiple=True, help="方向，如 51-50，可多次；默认账本上各省之间 / directions; default: between all provinces of the log"
)
@command
async def reconcile_command(month: str, export_dir: Path | None, out: Path, direction: tuple[str, ...]) -> None:
    """编制月度对账单（PDF、XLSX、JSON）；同一账本、同一检查点，逐字节相同。

    Make the monthly statement of every direction; the log is audited while it is read, once for all of them.
    """
    from reports.reconcile import begin, check_direction, finish, write

    wanted = [check_direction(source, target) for source, _, target in (text.partition("-") for text in direction)]
    files = reader_of(export_dir or own_settings().log_path)
    fold = begin(month, KINDS, DataSets(KINDS, files))

    with progress_bar("对账 / reconcile") as progress:
        report = await asyncio.to_thread(audit, files, KINDS, watch=fold.step, progress=progress)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    paths = [str(path) for pair in wanted or fold.directions() for path in write(finish(fold, pair, report.root), out)]
    emit({"month": month, "size": report.size, "root": report.root, "files": paths}, *paths)
