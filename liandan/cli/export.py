"""``liandan export``."""

from pathlib import Path
from typing import Any

import click

from ledger.publishing.files import LogFiles
from liandan.cli.connection import client_options, open_client
from liandan.cli.output import command, emit, json_option
from liandan.cli.progress import progress_bar
from liandan.cli.serve import own_settings
from liandan.export import archived_at, fetch_files, fetch_url
from liandan.export import export as write_export
from liandan.wiring import KINDS


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@client_options
@json_option
@command
async def export(directory: Path, as_json: bool, **options: Any) -> None:
    """导出整本账，或把原有导出件补到最新（中断后再执行即可）：本机数据目录；给出 --url 则从服务导出（需主管部门或运营方密钥）。

    Export the whole log, or bring an export up to date (run it again after an interruption): from this installation's files, or with
    --url from a server (an authority's or the operator's key).
    """
    with progress_bar("导出 / export", as_json) as progress:
        if options["url"] is None:
            files = LogFiles(own_settings().log_path)
            size = await write_export(fetch_files(files), files.archived_sizes(), directory, KINDS, progress)
        else:
            async with open_client(**options) as client:
                size = await write_export(fetch_url(client), await archived_at(client), directory, KINDS, progress)
    emit({"directory": str(directory), "size": size}, as_json, f"已导出 / exported: {size} 条 → {directory}")
