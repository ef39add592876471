"""``liandan export --parquet``: rows of the log for other engines, written, continued and checked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from liandan.cli.connection import own_settings
from liandan.cli.output import emit, progress_bar


def usable(directory: Path | None, parquet: Path | None, export_dir: Path | None, *, is_remote: bool, is_check: bool) -> None:
    """Whether the options of ``liandan export`` fit together; click.UsageError."""
    if (directory is None) == (parquet is None):
        raise click.UsageError("请给出导出目录，或者 --parquet，只给一个 / give a directory for the export, or --parquet, one of both")
    if parquet is None and (export_dir is not None or is_check):
        raise click.UsageError("--from、--check 与 --parquet 合用 / --from and --check go with --parquet")
    if parquet is not None and is_remote:
        raise click.UsageError(
            "先用 --url 导出账本，再用 --parquet … --from 该导出件 / export the log with --url first, then --parquet … --from that export"
        )


async def parquet_of(parquet: Path, export_dir: Path | None) -> None:
    """Write, or bring up to date: from an export, else from this installation's log."""
    from liandan.export import reader_of
    from liandan.parquet_files import check_name, export_own
    from liandan.wiring import KINDS
    from reports.parquet.exporting import export_audited

    where = check_name(parquet)
    with progress_bar("Parquet") as progress:
        if export_dir is None:
            found = await asyncio.to_thread(export_own, own_settings(), where, progress)
        else:
            found = await asyncio.to_thread(export_audited, reader_of(export_dir), KINDS, where, progress)
    rows = sum(file.rows for file in found.files)
    emit(
        {"directory": str(parquet), "size": found.size, "root": found.root, "files": len(found.files), "rows": rows},
        f"已写成 Parquet / written: {found.size} 条 / entries，{len(found.files)} 个文件 / files，{rows} 行 / rows → {parquet}",
    )


async def check_parquet(parquet: Path, export_dir: Path | None) -> None:
    """Hold every file against its hash and its rows; with an export, the rows against its entries."""
    from liandan.export import reader_of
    from liandan.parquet_files import check, check_name

    where = check_name(parquet)
    with progress_bar("核对 / check") as progress:
        found = await asyncio.to_thread(check, where, None if export_dir is None else reader_of(export_dir), progress)
    said = (
        "文件与行与目录清单一致；是否出自条目未核对（加 --from 导出件） / files and rows are as listed; whether they follow from entries was not "
        "looked at (--from an export)"
        if export_dir is None
        else "文件、行与目录清单一致，各行均由条目推出 / files and rows are as listed, and follow from the entries"
    )
    emit(
        {"directory": str(parquet), "size": found.size, "root": found.root, "found": found.found, "from_entries": export_dir is not None},
        f"{found.origin}，{found.size} 条 / entries，根 / root {found.root}",
        said,
    )
