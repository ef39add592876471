"""``liandan dossier``: what the log says of a firm over a period, from a server, an export, or this installation's files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, existing_folder, file, open_reader, own_files, own_settings, party_code
from liandan.cli.output import command, emit, progress_bar

if TYPE_CHECKING:
    from reports.dossier.model import DossierAsked
    from reports.paper.tongue import Tongue


@click.command()
@click.argument("uscc", type=party_code)
@click.option("--from", "first", required=True, metavar="YYYY-MM-DD", help="起始日 / first day")
@click.option("--to", "last", required=True, metavar="YYYY-MM-DD", help="截止日，含 / last day, included")
@click.option("--export", "export_dir", type=existing_folder, help="由导出件编制，不用服务 / from an export, without a server")
@click.option("--here", is_flag=True, help="由本机账本的文件编制 / from this installation's files")
@click.option("--evidence", is_flag=True, help="只要证据包（JSON） / the evidence alone, JSON")
@click.option("--out", type=file, help="文件；默认按名称 / file, named after what it is by default")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
@client_options
@command
def dossier(
    uscc: str, first: str, last: str, export_dir: Path | None, out: Path | None, lang: Tongue, *, here: bool, evidence: bool, **options: Any
) -> None:
    """检查案卷（PDF，内含证据）：一家单位在一段时间里的许可、联单、未办结与逾期、矛盾与提示、更正、被拒、事件、名单行与批准、额度，按 23 项检查要点作答。

    The inspection dossier of a firm over a period, its evidence inside: verify it offline with liandan verify. From a server authorities have any firm's,
    a firm its own; --export (audited while it is read) or --here give the same bytes at the same checkpoint, signed where this machine holds the keys.
    """
    from reports.dossier.model import DossierAsked, check_dossier
    from reports.dossier.service import name_of

    asked = DossierAsked(uscc, first, last, "json" if evidence else "pdf", lang)
    check_dossier(asked)
    path = out or Path(f"{asked.stem}.json" if evidence else name_of(asked))
    content = _drawn(export_dir, asked) if here or export_dir is not None else asyncio.run(_downloaded(asked, options))
    path.write_bytes(content)
    emit({"path": str(path)}, str(path))


async def _downloaded(asked: DossierAsked, options: dict[str, Any]) -> bytes:
    async with open_reader(**options) as client:
        address = f"/v1/dossiers/{asked.party}.{asked.suffix}"
        return await client.get(address, **{"from": asked.first, "to": asked.last, "lang": asked.tongue})


def _drawn(export_dir: Path | None, asked: DossierAsked) -> bytes:
    """The evidence of an audited export, or of this installation's files; printed by the keys of this machine."""
    from ledger.admission.kind_table import DataSets
    from ledger.auditing.audit import audit
    from ledger.publishing.files import ARCHIVE, CHECKPOINT
    from liandan.export import reader_of
    from liandan.keyring import own_signers
    from liandan.statements import with_own
    from liandan.wiring import KINDS
    from reports.dossier.evidence import GatheredChains, dossier_bundle
    from reports.dossier.service import printed
    from reports.press import Press
    from reports.reconciliation.gathered.gathering import Gathering
    from signing.refusal import refuse

    read = own_files().read if export_dir is None else reader_of(export_dir)

    def bundle(gathering: Gathering, size: int) -> bytes:
        note = read(f"{ARCHIVE}/{size}") or read(CHECKPOINT)
        if note is None:
            raise refuse("NOT_FOUND", field=CHECKPOINT)
        return dossier_bundle(GatheredChains(gathering, size, read, KINDS), asked, note)

    with progress_bar("案卷 / dossier") as progress:
        if export_dir is None:
            _, raw = with_own(own_settings(), lambda gathering, checkpoint: bundle(gathering, checkpoint.size), progress)
        else:
            gathering = Gathering(KINDS, DataSets(KINDS, read))
            report = audit(read, KINDS, watch=gathering.step, progress=progress)
            if not report.is_clean:
                found = report.findings[0]
                raise refuse("EXPORT_AUDIT", field=found.field, found=f"{report.count}: {found.code} #{found.index}")
            raw = bundle(gathering, report.size)
    return raw if asked.suffix == "json" else printed(Press(KINDS, own_signers(own_settings())), raw, asked)
