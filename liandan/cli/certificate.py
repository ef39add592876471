"""``liandan certificate``: one from a server, one from an export, or those of a whole month from files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from liandan.cli.connection import client_options, existing_folder, open_reader, own_files, own_settings
from liandan.cli.output import FINDING, command, emit, progress_bar

if TYPE_CHECKING:
    from reports.batch import FiledLog
    from reports.paper.tongue import Tongue

BOTH: Final = "both"


@click.command()
@click.argument("name", required=False)
@click.option("--month", metavar="YYYY-MM", help="该月接受的全部联单 / all manifests received in this month")
@click.option(
    "--from", "export_dir", type=existing_folder, help="从导出件出具；整月默认用本机账本的文件 / from an export, or this log's files"
)
@click.option("--out", type=click.Path(path_type=Path), help="文件，默认 <编号或 ULID>.pdf；整月为目录，默认 <月份> / file, or directory")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en", BOTH]),
    default="zh",
    show_default=True,
    help="语言；英文件名为 *.en.pdf / language; English: *.en.pdf",
)
@client_options
@command
def certificate(
    name: str | None, month: str | None, export_dir: Path | None, out: Path | None, lang: Tongue | Literal["both"], **options: Any
) -> int | None:
    """转移证明（PDF，内含证据）：从服务下载一份 NAME；或以 --month 由本机账本或导出件批量出具，中断后再执行即续作。

    Certificates with their evidence inside: one NAME (number, ULID, generator/ULID) from a server, or with --from from an export; with
    --month all of a month, from this installation's files or an export, by this machine's keys for papers; run again to go on. In one language
    or --lang both; in a month, and where both are asked for, an English one is called *.en.pdf.
    """
    if (name is None) == (month is None):
        raise click.UsageError("NAME 与 --month 二选一 / give one of NAME and --month")
    if (month or export_dir) and options["url"]:
        raise click.UsageError("--url 只用于单份下载 / --url is for one certificate of a server")
    tongues: tuple[Tongue, ...] = ("zh", "en") if lang == BOTH else (lang,)
    if month is not None:
        return _month(month, export_dir, out or Path(month), tongues)
    assert name is not None, "one of the two"
    from reports.paper.tongue import path_in

    path = out or Path(name.rpartition("/")[2] + ".pdf")
    made = asyncio.run(_download(name, tongues, options)) if export_dir is None else _print(name, tongues, export_dir)
    # One file has the name that it was given, whatever its language.
    paths = [path] if len(made) == 1 else [path_in(tongue, path) for tongue in made]
    for one, content in zip(paths, made.values(), strict=True):
        one.write_bytes(content)
    emit({"path": str(paths[0]), "paths": [str(one) for one in paths]}, *map(str, paths))
    return None


async def _download(name: str, tongues: tuple[Tongue, ...], options: dict[str, Any]) -> dict[Tongue, bytes]:
    async with open_reader(**options) as client:
        return {tongue: await client.get(f"/v1/manifests/{name}/certificate.pdf", lang=tongue) for tongue in tongues}


def _print(name: str, tongues: tuple[Tongue, ...], export_dir: Path) -> dict[Tongue, bytes]:
    from liandan.keyring import own_signers
    from liandan.wiring import KINDS
    from reports.press import Press

    log = _filed(export_dir)
    press, bundle = Press(KINDS, own_signers(own_settings())), log.bundle(log.named(name).chain)
    return {tongue: press.certificate(bundle, tongue) for tongue in tongues}


def _month(month: str, export_dir: Path | None, out: Path, tongues: tuple[Tongue, ...]) -> int:
    """Exit code 1 when any of them could not be made."""
    from liandan.keyring import own_signers
    from reports.batch import print_month
    from reports.kinds import all_kinds
    from reports.reconcile import check_month

    check_month(month)
    log = _filed(export_dir)
    with progress_bar("出具 / certificates") as progress:
        found = print_month(log, month, out, all_kinds, partial(own_signers, own_settings()), progress, tongues)
    seen = "" if log.is_over(month) else f"未完结：账本末条入账 {log.at}，本月此后接受的不在内 / provisional: the log ends at {log.at}"
    new, bad = sum(one.is_new for one in found), [one for one in found if one.reasons]
    emit(
        {
            "month": month,
            "size": log.checkpoint.size,
            "directory": str(out),
            "count": len(found),
            "new": new,
            "not_made": bad,
            "provisional": bool(seen),
        },
        *(f"{one.file}: {reason.code} {reason.field} {reason.found}" for one in bad for reason in one.reasons),
        f"{month}：共 {len(found)} 份，新出具 {new} 份，已有 {len(found) - new - len(bad)} 份，未出具 {len(bad)} 份 → {out}/"
        f" / {len(found)} received, {new} made, {len(bad)} not made; checkpoint {log.checkpoint.size}",
        *([seen] if seen else []),
    )
    return FINDING if bad else 0


def _filed(export_dir: Path | None) -> FiledLog:
    """A log in files. This installation's checkpoint is archived, because documents print it (formats §4)."""
    from liandan.export import reader_of
    from liandan.wiring import KINDS
    from reports.batch import FiledLog

    with progress_bar("读取账本 / reading the log") as progress:
        read: Callable[[str], bytes | None] = reader_of(export_dir) if export_dir else own_files().read
        log = FiledLog(read, KINDS, progress)
    if export_dir is None:
        own_files().archive(log.checkpoint.size, log.note)
    return log
