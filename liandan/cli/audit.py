"""``liandan audit``: of an export, of a server, or of this installation with its database; and of evidence against evidence."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, existing, existing_folder, file, folder, open_client, own_files, own_settings, read_given
from liandan.cli.output import FINDING, command, emit, progress_bar
from signing.phrase import Phrase

if TYPE_CHECKING:
    from ledger.auditing.audit import AuditReport, Options
    from ledger.auditing.disk_map import DiskMap
    from ledger.auditing.gossip import GossipReport

STATE_FILE = "audit.sqlite3"


@click.command("audit")
@click.argument("target", required=False, metavar="[EXPORT_DIR|URL]")
@click.option("--state", type=folder, help="审计状态目录：从上次结束处继续，无问题时更新 / go on from the state kept here")
@click.option("--since", type=existing, help="上次审计所存的检查点（其旁为审计状态）/ checkpoint that the last audit kept beside its state")
@click.option("--jobs", type=click.IntRange(1, 256), default=os.cpu_count() or 1, help="并行进程数，默认为核数 / processes")
@click.option("--pdf", type=file, help="另存一页 PDF 审计报告 / write the one-page report")
@click.option("--gossip", type=existing_folder, help="互相比对目录内的全部证据 / compare evidence")
@click.option(
    "--with-evidence", "files_dir", type=existing_folder, help="一并核对此目录内的附件 / also compare the attachments in this directory"
)
@click.option("--against", metavar="EXPORT_DIR|URL", help="与 --gossip 合用：再与此账本比对 / also compare with this log")
@client_options
@command
async def audit_command(target: str | None, **options: Any) -> int:
    """审计：重算每个条目、每个哈希、每个裁决。不给参数则审计本机账本及其数据库。

    Recompute every entry, hash and decision of an export or of a server; without an argument, of this log and its database. --gossip DIR
    compares certificates, bundles, proofs and checkpoints with each other instead.
    """
    from ledger.auditing.report import difference
    from liandan.process import tune

    _check_usage(target, options)
    if options["gossip"] is not None:
        return await _gossip(options)
    tune()
    with progress_bar("审计 / audit") as progress, _kept(options["state"], options["since"]) as kept:
        report = await _audited(target, options, progress, kept)
    pinned = options["found"]
    if pinned is not None and report.found != pinned:
        report.add(difference("FOUND_DIFFERS", "log.found", report.found, pinned))
    emit(report, *_lines(report))
    if options["pdf"] is not None:
        from reports.audit_report import render_audit

        await asyncio.to_thread(options["pdf"].write_bytes, render_audit(report))
    return 0 if report.is_clean else FINDING


def _check_usage(target: str | None, options: dict[str, Any]) -> None:
    """What cannot be done is said before the work, not after it."""
    gossip, pdf = options["gossip"], options["pdf"]
    if gossip is not None and (target, options["state"], options["since"], pdf) != (None, None, None, None):
        raise click.UsageError("--gossip 只与 --against、--vkey、--found 合用 / --gossip goes with --against, --vkey and --found only")
    if options["files_dir"] is not None and (target is None or gossip is not None):
        raise click.UsageError(
            "--with-evidence 须指明导出件；本机用 liandan evidence verify / name an export; for this log: liandan evidence verify"
        )
    if gossip is None and options["against"] is not None:
        raise click.UsageError("--against 须与 --gossip 合用 / --against needs --gossip")
    if pdf is not None and not pdf.parent.is_dir():
        raise click.UsageError(f"没有此目录 / no such directory: {pdf.parent}")


async def _audited(target: str | None, options: dict[str, Any], progress: Any, kept: DiskMap | None) -> AuditReport:
    from ledger.auditing.audit import Options
    from liandan.export import reader_of

    how, since = Options(workers=options["jobs"], kept=kept), options["since"]
    state: Path | None = options["state"] or (None if since is None else since.parent)
    if target is None:
        report, note = await _own(progress, how), own_files().read("checkpoint")
    else:
        async with _directory(target, options, progress) as directory:
            report, note = await asyncio.to_thread(_export, directory, progress, how), reader_of(directory)("checkpoint")
            if options["files_dir"] is not None:
                await _files(report, directory, options["files_dir"])
    if options["vkey_file"] is not None:
        _check_keys(report, note, options["vkey_file"])
    if state is not None and report.is_clean and note is not None:
        (state / "checkpoint").write_bytes(note)
    return report


async def _files(report: AuditReport, directory: Path, files_dir: Path) -> None:
    """The attachments beside an export: EVIDENCE_DAMAGED for one whose bytes have another hash; what is missing is only said."""
    from ledger.auditing.report import difference
    from ledger.evidence.shelf import FileDirectory
    from liandan.attachment_files import check_files, named_in

    named = await asyncio.to_thread(named_in, directory, report.size)
    found = report.attachments = await check_files(FileDirectory(files_dir), named)
    report.add(*(difference("EVIDENCE_DAMAGED", f"evidence/{digest}", "-", digest, index=named.get(digest)) for digest in found.damaged))


def _check_keys(report: AuditReport, note: bytes | None, vkey_file: Path) -> None:
    """The checkpoint is signed with the keys that were pinned, else VKEY_DIFFERS."""
    from ledger.auditing.report import difference
    from ledger.tree.checkpoint import open_checkpoint
    from signing.refusal import Refusal

    vkeys = read_given(vkey_file).decode("utf-8", "replace").splitlines()
    try:
        open_checkpoint(note or b"", vkeys)
    except Refusal as refusal:
        report.add(difference("VKEY_DIFFERS", "checkpoint", ", ".join(refusal.codes), f"signed with the keys of {vkey_file.name}"))


def _lines(report: AuditReport) -> list[str]:
    from ledger.auditing.report import as_lines

    brackets = {
        "checked": "时间区间已核对 / time brackets checked",
        "simulated": "模拟时钟，未核对时间区间 / simulated clock, no time brackets",
    }.get(report.brackets, "无见证联署，未核对时间区间 / no witnesses, no time brackets")
    return [
        *as_lines(report.findings),
        f"{report.origin} {report.found}",
        f"{report.entries} 条 / entries（其中 {report.since} 条此前已审 / audited before），{report.signatures} 个签名 / signatures",
        f"{report.checkpoints} 个存档检查点 / archived checkpoints，{report.cosignatures} 个联署 / cosignatures，"
        f"{report.below_quorum} 个未达见证策略要求 / below quorum",
        *([f"{report.derived} 行数据库派生数据 / rows derived in the database"] if report.derived else []),
        f"时钟 / clock {report.clock or '-'}，{brackets}",
        *_files_told(report),
        *([_waited(report)] if report.brackets == "checked" else []),
        "未发现问题 / clean" if report.is_clean else f"发现 / findings: {report.count}",
    ]


def _files_told(report: AuditReport) -> list[str]:
    """Of attachments, where they were compared."""
    if report.attachments is None:
        return []
    from liandan.attachment_files import files_told

    return files_told(report.attachments)


def _waited(report: AuditReport) -> str:
    """How far an admission could have been dated back; said louder where archived checkpoints stand too far apart (formats §4)."""
    from ledger.auditing.checkpoints import WAIT_S

    apart = "，存档检查点相距过远 / archived checkpoints stand too far apart" if report.waited_s > WAIT_S else ""
    return (
        f"条目 {report.waited_index} 入账后 {report.waited_s} 秒见证方才见到，为最长{apart} / "
        f"entry {report.waited_index} waited {report.waited_s} s for its first witness, the longest"
    )


@contextmanager
def _kept(state: Path | None, since: Path | None) -> Iterator[DiskMap | None]:
    """The state to go on from; ``--since`` demands that there is one."""
    from ledger.auditing.disk_map import DiskMap
    from liandan.wiring import KINDS
    from signing.refusal import refuse

    if state is not None and since is not None and since.parent.resolve() != state.resolve():
        raise click.UsageError("--since 的检查点不在 --state 目录内 / the checkpoint lies outside the state directory")
    home = state or (None if since is None else since.parent)
    if home is None:
        yield None
        return
    path = home / STATE_FILE
    if since is not None and not path.is_file():
        raise refuse(
            "AUDIT_STATE",
            found=Phrase(f"{path} 不存在", "missing"),
            expected=Phrase("检查点旁保存的状态", "a state kept beside the checkpoint"),
        )
    home.mkdir(parents=True, exist_ok=True)
    with closing(DiskMap(path, KINDS.encode, KINDS.decode)) as disk:
        if since is not None:
            _check_beside(disk, since)
        yield disk


def _check_beside(disk: DiskMap, since: Path) -> None:
    """The state was made under this very checkpoint."""
    from ledger.auditing.state import read_header
    from ledger.tree.checkpoint import parse_checkpoint
    from ledger.tree.note import parse_note
    from signing.refusal import refuse

    head = parse_checkpoint(parse_note(read_given(since))[0])
    mark = read_header(disk, head.origin)
    if mark is None or (mark.size, mark.root) != (head.size, head.root):
        raise refuse("AUDIT_STATE", found="-" if mark is None else f"size {mark.size}", expected=f"size {head.size}")


def _export(directory: Path, progress: Any, options: Options) -> AuditReport:
    from ledger.auditing.audit import Options, audit
    from ledger.publishing.files import DEPTH
    from liandan.export import archived_in, reader_of
    from liandan.wiring import KINDS
    from signing.files import walk

    listed = sorted(path.relative_to(directory).as_posix() for path in walk(directory, depth=DEPTH))
    how = Options(workers=options.workers, kept=options.kept, listed=listed)
    return audit(reader_of(directory), KINDS, archived=iter(archived_in(directory)), progress=progress, options=how)


@asynccontextmanager
async def _directory(target: str, options: dict[str, Any], progress: Any) -> AsyncIterator[Path]:
    """An export: the given one, or one fetched from a server and thrown away with the verdict; use ``export`` to keep the bytes."""
    from liandan.export import archived_at, export, fetch_url
    from liandan.wiring import KINDS

    if not target.startswith(("http://", "https://")):
        if not await asyncio.to_thread(Path(target).is_dir):
            raise click.UsageError(f"没有此目录 / no such directory: {target}")
        yield Path(target)
        return
    with tempfile.TemporaryDirectory(prefix="liandan-audit-") as made:
        # Pins are held against what was fetched, like those of an export: a log that is not the pinned one is a finding.
        async with open_client(**options | {"url": target, "vkey_file": None, "found": None}) as client:
            await export(fetch_url(client), await archived_at(client), Path(made), KINDS, progress)
        yield Path(made)


async def _own(progress: Any, options: Options) -> AuditReport:
    from liandan.database import database_url, open_pool
    from liandan.installation import audit_own
    from liandan.wiring import KINDS

    own = own_settings()
    if not (own.log_path / "checkpoint").is_file():
        raise click.UsageError(f"此处没有已公布的账本 / no published log here: {own.log_path}")
    async with database_url(own) as dsn, await open_pool(dsn, min_size=1, max_size=2) as pool:
        return await audit_own(pool, own_files(), KINDS, progress, options)


async def _gossip(options: dict[str, Any]) -> int:
    from liandan.evidence_set import gather

    vkey_file, against = options["vkey_file"], None
    vkeys = () if vkey_file is None else tuple((await asyncio.to_thread(read_given, vkey_file)).decode("utf-8", "replace").splitlines())
    async with AsyncExitStack() as stack:
        if options["against"] is not None:
            progress = stack.enter_context(progress_bar("取回账本 / fetch"))
            against = await stack.enter_async_context(_directory(options["against"], options, progress))
        report = (await asyncio.to_thread(gather, options["gossip"], against)).compare(vkeys, options["found"] or "")
    emit(report, *_gossip_lines(report))
    return 0 if report.is_clean else FINDING


def _gossip_lines(report: GossipReport) -> list[str]:
    from ledger.auditing.report import as_lines

    lines = as_lines(report.findings)
    for log in report.logs:
        lines.append(f"{log.origin}: {log.pieces} 件证据 / pieces，检查点 / checkpoints {_sizes(log.sizes)}")
        if log.open:
            lines.append(f"  尚无证据相连 / not tied to the others: {_sizes(log.open)}")
        if log.unsigned:
            lines.append(f"  缺公钥、未验签 / signature not checked, keys unknown: {', '.join(log.unsigned)}")
    lines += [f"非证据文件，已略过 / ignored: {name}" for name in report.ignored]
    if failing := len(report.findings) - report.contradictions:
        lines.append(f"自身不成立的证据 / evidence that fails by itself: {failing}")
    contradicting = f"互相矛盾：不在同一历史上 / contradictions, not one history: {report.contradictions}"
    return [*lines, contradicting if report.contradictions else "没有互相矛盾 / nothing contradicts"]


def _sizes(sizes: list[int]) -> str:
    if len(sizes) <= 12:
        return ", ".join(map(str, sizes)) or "-"
    return f"{sizes[0]} … {sizes[-1]}（{len(sizes)} 个 / in all）"
