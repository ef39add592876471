"""Of a whole log: ``liandan export``, and ``liandan reconcile``, the monthly statement recomputed from an export or these files."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from liandan.cli.connection import client_options, existing_folder, folder, open_client, own_files, own_settings, party_code
from liandan.cli.output import FINDING, command, emit, progress_bar

if TYPE_CHECKING:
    from ledger.admission.entry import Entry
    from ledger.tree.tiles import Read
    from reports.paper.tongue import Tongue
    from reports.reconciliation.kept.proving import Prover
    from reports.reconciliation.month.fold import Fold


@click.command()
@click.argument("directory", type=folder, required=False)
@click.option(
    "--with-evidence",
    "files_dir",
    type=folder,
    help="另把条目引用的附件存到此目录 / also the attachments that entries name, into this directory",
)
@click.option(
    "--parquet",
    type=folder,
    help="不导出条目，把各行写成 Parquet 数据；再次执行即续写 / not the entries, but rows as Parquet; run it again to go on",
)
@click.option("--from", "export_dir", type=existing_folder, help="Parquet 取自此导出件，不用本机账本 / Parquet from this export")
@click.option("--check", is_flag=True, help="不写，只核对 --parquet；加 --from 则逐行与条目核对 / check --parquet, with --from row by row")
@client_options
@command
async def export(
    directory: Path | None, files_dir: Path | None, parquet: Path | None, export_dir: Path | None, *, check: bool, **options: Any
) -> None:
    """导出整本账，或把原有导出件补到最新（中断后再执行即可）：本机数据目录；给出 --url 则从服务导出（需主管部门或运营方密钥）。附件在账本之外，另存一处；缺的只列出，不算失败。

    Export the whole log, or bring an export up to date (run it again after an interruption): from this installation's files, or with
    --url from a server (an authority's or the operator's key). With --parquet, in its place, rows that DuckDB and Spark read (liandan totals).
    """
    from liandan.cli.parquet import check_parquet, parquet_of, usable

    usable(directory or files_dir, parquet, export_dir, is_remote=options["url"] is not None, is_check=check)
    if parquet is not None:
        await (check_parquet if check else parquet_of)(parquet, export_dir)
        return
    assert directory is not None, "one of both was given"
    from liandan.attachment_files import copy_files, from_server, from_shelf
    from liandan.attachments import shelf_of
    from liandan.export import archived_at, fetch_files, fetch_url
    from liandan.export import export as write_export
    from liandan.wiring import KINDS

    with progress_bar("导出 / export") as progress:
        if options["url"] is None:
            files = own_files()
            size = await write_export(fetch_files(files), files.archived_sizes(), directory, KINDS, progress)
            lacking = [] if files_dir is None else await copy_files(directory, size, files_dir, from_shelf(shelf_of(own_settings())))
        else:
            async with open_client(**options) as client:
                size = await write_export(fetch_url(client), await archived_at(client), directory, KINDS, progress)
                lacking = [] if files_dir is None else await copy_files(directory, size, files_dir, from_server(client))
    told = [f"缺附件 / attachment missing: {digest}" for digest in lacking]
    emit({"directory": str(directory), "size": size, "missing": lacking}, f"已导出 / exported: {size} 条 → {directory}", *told)


@click.command("reconcile")
@click.argument("month", metavar="YYYY-MM")
@click.option("--from", "export_dir", type=existing_folder, help="导出件；默认本机 / an export; default: this log")
@click.option("--out", type=folder, default=Path(), help="输出目录 / output directory")
@click.option(
    "--direction", multiple=True, help="方向，如 51-50，可多次；默认账本上各省之间 / directions; default: between all provinces of the log"
)
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="zh", show_default=True, help="语言；英文件名为 *.en.* / language")
@click.option("--size", type=click.IntRange(min=1), help="按账本的前若干条计算，如结账时的规模；默认全部 / over the first so many entries")
@click.option("--party", type=party_code, multiple=True, help="该单位的对账单，可多次 / own statements of parties")
@click.option(
    "--authority", type=party_code, multiple=True, help="该主管部门辖区的对账单，可多次 / of what touches the regions of authorities"
)
@click.option("--from-genesis", is_flag=True, help="从首条起审计本机账本、重新汇总，并与留存比较 / gather anew, compare with what was kept")
@command
async def reconcile_command(
    month: str,
    export_dir: Path | None,
    out: Path,
    direction: tuple[str, ...],
    lang: Literal["zh", "en", "both"],
    size: int | None,
    party: tuple[str, ...],
    authority: tuple[str, ...],
    *,
    from_genesis: bool,
) -> int:
    """编制月度对账单（PDF、XLSX、JSON）；同一账本、同一检查点，逐字节相同。

    Make the monthly statement of every direction, the JSON in both languages; of a month that is not over in the log the files are called
    *-provisional. An export is audited while it is read; of this installation's own log, whose publisher has
    decided every entry, only what is new since the last statement is read and held against the signed checkpoint;
    --from-genesis audits and gathers all of it and says whether that is what was kept, or where it is not (exit 1).
    With --size it is drawn over the first entries alone, as it was when a month was closed at that size: the same bytes.
    """
    import msgspec

    from liandan.export import reader_of
    from liandan.statements import prover, write_own
    from reports.reconcile import check_direction, scopes_of, write_all
    from reports.reconciliation.kept.sizes import claimed_origin

    wanted = [check_direction(source, target) for source, _, target in (text.partition("-") for text in direction)]
    tongues: tuple[Tongue, ...] = ("zh", "en") if lang == "both" else (lang,)

    def write(fold: Fold, root: str) -> list[Path]:
        return write_all(fold, scopes_of(fold, wanted, party, authority), root, out, tongues)

    with progress_bar("对账 / reconcile") as progress:
        proof = None
        if export_dir is None and not from_genesis:
            checkpoint, written = await asyncio.to_thread(write_own, own_settings(), month, write, progress, size or 0)
            drawn_at, root = checkpoint.size, b64encode(checkpoint.root).decode()
        else:
            source = reader_of(export_dir) if export_dir else own_files().read
            proving = prover(own_settings(), claimed_origin(source)) if from_genesis and not export_dir else None
            drawn_at, root, written = await _audited(source, month, write, progress, size or 0, proving)
            proof = None if proving is None else proving.proof
    paths = list(map(str, written))
    early = any("-provisional." in path.name for path in written)
    told = [f"{month} 在账本上尚未结束，数字只到末条入账 / not over in the log: figures as of its last entry"] if early else []
    kept = {} if proof is None else {"kept": {**msgspec.to_builtins(proof), "equal": proof.is_equal}}
    emit({"month": month, "size": drawn_at, "root": root, "files": paths, **kept}, *paths, *told, *([] if proof is None else proof.lines()))
    return 0 if proof is None or proof.is_equal or not proof.size else FINDING


async def _audited(
    files: Read,
    month: str,
    write: Callable[[Fold, str], list[Path]],
    progress: Callable[[int, int], None],
    size: int,
    proving: Prover | None,
) -> tuple[int, str, list[Path]]:
    """Size, root and files, of a log that was audited while it was read, once for all of them; drawn over its first ``size`` entries, 0: all.
    ``proving`` compares on the way.
    """
    from ledger.admission.kind_table import DataSets
    from ledger.auditing.audit import audit
    from ledger.tree.checkpoint import Checkpoint
    from liandan.wiring import KINDS
    from reports.reconcile import begin
    from reports.reconciliation.kept.sizes import check_size, checkpoint_at, claimed_size
    from signing.refusal import refuse

    fold = begin(month, KINDS, DataSets(KINDS, files))
    if size:
        check_size(size, claimed_size(files))  # before minutes of audit

    def watch(entry: Entry) -> None:
        if not size or entry.index < size:
            fold.step(entry)
            if proving is not None:
                proving.look(fold.gathering)

    report = await asyncio.to_thread(audit, files, KINDS, watch=watch, progress=progress)
    if not report.is_clean:
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
    head = checkpoint_at(files, Checkpoint(report.origin, report.size, b64decode(report.root)), size)
    root = b64encode(head.root).decode()
    return head.size, root, write(fold, root)
