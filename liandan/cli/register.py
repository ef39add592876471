"""``liandan register``: what a firm sent, carried or received, or HJ 1259 C.1, from a server, an export, or this installation's files."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, existing_folder, folder, open_reader, own_settings, party_code
from liandan.cli.output import command, emit, progress_bar

if TYPE_CHECKING:
    from reports.paper.tongue import Tongue
    from reports.registers.model import RegisterAsked


@click.command()
@click.argument("register", type=click.Choice(["c1", "generator", "carrier", "receiver"]))
@click.argument("period", metavar="YYYY|YYYY-MM")
@click.option("--party", type=party_code, help="单位；在服务上默认为本单位 / the firm; on a server by default the caller")
@click.option("--from", "export_dir", type=existing_folder, help="由导出件编制，不用服务 / from an export, without a server")
@click.option("--here", is_flag=True, help="由本机账本的文件编制 / from this installation's files")
@click.option("--out", type=folder, default=Path(), help="输出目录 / output directory")
@click.option(
    "--form", "forms", multiple=True, type=click.Choice(["json", "xlsx", "pdf"]), help="格式，可多次；默认全部 / forms; default: all"
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
@client_options
@command
def register(
    register: str,
    period: str,
    party: str | None,
    export_dir: Path | None,
    out: Path,
    forms: tuple[str, ...],
    lang: Tongue,
    *,
    here: bool,
    **options: Any,
) -> None:
    """编制登记册：c1 为 HJ 1259 表 C.1（月或年），generator、carrier、receiver 为移出人、承运人、接受人登记册；同一账本、同一检查点，逐字节相同。

    Make a register of a firm, of a month or a year: HJ 1259 C.1, or what it sent, carried or received. From a server a firm has its own, an
    authority those of its region; --from an export, which is audited while it is read, or --here, gives the same bytes at the same checkpoint.
    """
    from reports.registers.model import SUFFIXES, RegisterAsked, check_asked

    suffixes = forms or SUFFIXES[register]  # type: ignore[index]  # one of the choices
    is_local = here or export_dir is not None
    if is_local and party is None:
        raise click.UsageError("由文件编制须以 --party 指明单位 / name the firm with --party")
    if is_local:
        asked = [RegisterAsked(register, period, party or "", suffix, "zh" if suffix == "json" else lang) for suffix in suffixes]  # type: ignore[arg-type]
        for one in asked:
            check_asked(one)
        files = _drawn(export_dir, asked)
    else:
        files = asyncio.run(_downloaded(register, period, party, suffixes, lang, options))
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    emit({"files": list(map(str, paths))}, *map(str, paths))


async def _downloaded(
    register: str, period: str, party: str | None, suffixes: tuple[str, ...], lang: Tongue, options: dict[str, Any]
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    async with open_reader(**options) as client:
        for suffix in suffixes:
            content = await client.get(f"/v1/registers/{register}/{period}.{suffix}", party=party, lang=lang)
            stem = "-".join(filter(None, ("register", register, period, party)))
            found[f"{stem}.{suffix}" if lang == "zh" or suffix == "json" else f"{stem}.{lang}.{suffix}"] = content
    return found


def _drawn(export_dir: Path | None, asked: list[RegisterAsked]) -> dict[str, bytes]:
    """The files: of an export audited while it is read, of this installation's files by what was kept of them."""
    from ledger.admission.kind_table import DataSets
    from ledger.auditing.audit import audit
    from liandan.export import reader_of
    from liandan.statements import with_own
    from liandan.wiring import KINDS
    from reports.reconciliation.gathered.gathering import Gathering
    from reports.registers.files import draw_file
    from signing.refusal import refuse

    with progress_bar("登记册 / register") as progress:
        if export_dir is None:
            _, files = with_own(
                own_settings(),
                lambda gathering, point: [draw_file(gathering, one, b64encode(point.root).decode()) for one in asked],
                progress,
            )
            return dict(files)
        read = reader_of(export_dir)
        gathering = Gathering(KINDS, DataSets(KINDS, read))
        report = audit(read, KINDS, watch=gathering.step, progress=progress)
        if not report.is_clean:
            first = report.findings[0]
            raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}")
        return dict(draw_file(gathering, one, report.root) for one in asked)
