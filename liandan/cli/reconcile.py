"""``liandan reconcile``: the monthly statement, recomputed from an export or from this installation's files."""

import asyncio
from pathlib import Path

import click

from ledger.admission.kind_table import DataSets
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
@click.option(
    "--direction", multiple=True, help="方向，如 51-50，可多次；默认账本上各省之间 / directions; default: between all provinces of the log"
)
@json_option
@command
async def reconcile_command(month: str, export_dir: Path | None, out: Path, direction: tuple[str, ...], as_json: bool) -> None:
    """编制月度对账单（PDF、XLSX、JSON）；同一账本、同一检查点，逐字节相同。

    Make the monthly statement of every direction; the log is audited while it is read, once for all of them.
    """
    from reports.reconcile import begin, check_direction, finish, write

    wanted = [check_direction(*_pair(text)) for text in direction]
    files = reader_of(export_dir or own_settings().log_path)
    fold = begin(month, KINDS, DataSets(KINDS, files))

    def work() -> AuditReport:
        with progress_bar("对账 / reconcile", as_json) as progress:
            return audit(files, KINDS, watch=fold.step, progress=progress)

    report = await asyncio.to_thread(work)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    paths = [str(path) for pair in wanted or fold.directions() for path in write(finish(fold, pair, report.root), out)]
    emit({"month": month, "size": report.size, "root": report.root, "files": paths}, as_json, *paths)


def _pair(text: str) -> tuple[str, str]:
    source, _, target = text.partition("-")
    return source, target
