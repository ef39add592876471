"""``liandan certificate``: one from a server, one from an export, or those of a whole month from files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, existing_folder, open_client, own_settings
from liandan.cli.output import FINDING, command, emit, progress_bar

if TYPE_CHECKING:
    from reports.batch import FiledLog
    from reports.paper.tongue import Tongue


@click.command()
@click.argument("name", required=False)
@click.option("--month", metavar="YYYY-MM", help="该月接受的全部联单 / all manifests received in this month")
@click.option(
    "--from", "export_dir", type=existing_folder, help="从导出件出具；整月默认用本机账本的文件 / from an export, or this log's files"
)
@click.option("--out", type=click.Path(path_type=Path), help="文件，默认 <编号或 ULID>.pdf；整月为目录，默认 <月份> / file, or directory")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="文种，单份时 / language, of one")
@client_options
@command
def certificate(name: str | None, month: str | None, export_dir: Path | None, out: Path | None, lang: Tongue, **options: Any) -> int | None:
    """转移证明（PDF，内含证据）：从服务下载一份 NAME；或以 --month 由本机账本或导出件批量出具，中断后再执行即续作。

    Certificates with their evidence inside: one NAME (number, ULID, generator/ULID) from a server, or with --from from an export; with
    --month all of a month, from this installation's files or an export, by this machine's keys for papers; run again to go on.
    """
    if (name is None) == (month is None):
        raise click.UsageError("NAME 与 --month 二选一 / give one of NAME and --month")
    if (month or export_dir) and options["url"]:
        raise click.UsageError("--url 只用于单份下载 / --url is for one certificate of a server")
    if month and lang != "zh":
        raise click.UsageError("整月只出中文件；英文件请逐份出具 / a month is made in Chinese; make those in English one by one")
    if month is not None:
        return _month(month, export_dir, out or Path(month))
    assert name is not None, "one of the two"
    path = out or Path(name.rpartition("/")[2] + ".pdf")
    path.write_bytes(asyncio.run(_download(name, lang, options)) if export_dir is None else _print(name, lang, export_dir))
    emit({"path": str(path)}, str(path))
    return None


async def _download(name: str, lang: str, options: dict[str, Any]) -> bytes:
    async with open_client(**options) as client:
        return await client.get(f"/v1/manifests/{name}/certificate.pdf", lang=lang)


def _print(name: str, lang: Tongue, export_dir: Path) -> bytes:
    from liandan.keyring import own_signers
    from liandan.wiring import KINDS
    from reports.press import Press

    log = _filed(export_dir)
    return Press(KINDS, own_signers(own_settings())).certificate(log.bundle(log.named(name).chain), lang)


def _month(month: str, export_dir: Path | None, out: Path) -> int:
    """Exit code 1 when any of them could not be made."""
    from liandan.keyring import own_signers
    from reports.batch import print_month
    from reports.kinds import all_kinds
    from reports.reconcile import check_month

    check_month(month)
    log = _filed(export_dir)
    with progress_bar("出具 / certificates") as progress:
        found = print_month(log, month, out, all_kinds, partial(own_signers, own_settings()), progress)
    new, bad = sum(one.is_new for one in found), [one for one in found if one.reasons]
    emit(
        {"month": month, "size": log.checkpoint.size, "directory": str(out), "count": len(found), "new": new, "not_made": bad},
        *(f"{one.file}: {reason.code} {reason.field} {reason.found}" for one in bad for reason in one.reasons),
        f"{month}：共 {len(found)} 份，新出具 {new} 份，已有 {len(found) - new - len(bad)} 份，未出具 {len(bad)} 份 → {out}/"
        f" / {len(found)} received, {new} made, {len(bad)} not made; checkpoint {log.checkpoint.size}",
    )
    return FINDING if bad else 0


def _filed(export_dir: Path | None) -> FiledLog:
    """A log in files. This installation's checkpoint is archived, because documents print it (formats §4)."""
    from ledger.publishing.files import LogFiles
    from liandan.export import reader_of
    from liandan.wiring import KINDS
    from reports.batch import FiledLog

    with progress_bar("读取账本 / reading the log") as progress:
        read: Callable[[str], bytes | None] = reader_of(export_dir or own_settings().log_path)
        log = FiledLog(read, KINDS, progress)
    if export_dir is None:
        LogFiles(own_settings().log_path).archive(log.checkpoint.size, log.note)
    return log
