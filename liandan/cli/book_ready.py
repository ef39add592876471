"""``liandan book ready`` and ``liandan book issue``: statements from an export of the platform, and signing them in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import client_options, existing, folder, open_client, party_code, read_given
from liandan.cli.output import FINDING, command, emit, progress_bar, say, wants_json, warn

if TYPE_CHECKING:
    from liandan.golive.running import Golive, Settled
    from liandan.intake.model import PlannedStatement

STATEMENTS_MAX = 256 * 1024 * 1024
TRIED_AT_ONCE = 100


@click.command()
@click.argument("path", type=existing)
@click.argument("directory", type=folder)
@click.option("--mapping", "mapping_file", type=existing, required=True, help="对照文件（TOML、JSON） / mapping file")
@click.option("--holder", type=party_code, help="谁的导出，默认登录的单位 / whose export; yours where absent")
@click.option("--check", "asks", is_flag=True, help="另请账本试算备好的每一份 / have the log try each one that is ready")
@client_options
@command
async def ready(path: Path, directory: Path, mapping_file: Path, holder: str | None, asks: bool, **options: Any) -> int:
    """由国家平台的导出备好待签的联单声明；什么都不签。 / Make manifests from an export of the platform, ready to be signed; nothing is signed."""
    from liandan.books.mapping import FILE_MAX as MAPPING_MAX
    from liandan.books.mapping import read_mapping
    from liandan.books.reading import read_book
    from liandan.intake.sniffing import FILE_MAX
    from liandan.ready.files import STATEMENTS, summary_of, told, write_files
    from liandan.ready.ground import fetch_ground
    from liandan.ready.preparing import prepare

    mapping = read_mapping(read_given(mapping_file, MAPPING_MAX + 1), mapping_file.name)
    if mapping.kind != "platform":
        raise click.UsageError('对照文件须是国家平台导出的（kind = "platform"） / the mapping has to be of the platform')
    read = read_book(path.name, read_given(path, FILE_MAX + 1), mapping)
    async with open_client(**options) as client:
        own = holder or client.uscc
        if own is None:
            raise click.UsageError("请以 --holder 写明单位 / name the party: --holder")
        found = prepare(read, own, mapping, await fetch_ground(client, read, own, mapping))
        refused = await _tried(client, found) if asks else {}
    try:
        files = write_files(directory, found)
    except FileExistsError as there:
        raise click.UsageError(f"已有此文件 / is there already: {there.filename}") from None
    tried = [] if not asks else [f"试算：{len(found.ready) - len(refused)} 份可以开具，{len(refused)} 份不可以 / tried by the log"]
    tried += [f"  {chain} {' '.join(codes)}" for chain, codes in list(refused.items())[:50]]
    following = f"  → liandan book issue {directory / STATEMENTS}"
    if not found.ready:
        following = "  → 没有可签的：按 left.csv 逐项补对照文件或导出，写到另一个目录 / nothing to sign: see left.csv, mend mapping or export, and run again"
    emit({**summary_of(found), "files": [str(one) for one in files], "refused": refused}, *told(found), *tried, *map(str, files), following)
    return FINDING if found.left or refused else 0


async def _tried(client: Any, found: Any) -> dict[str, list[str]]:
    """What the log would refuse, by chain; each hundred in their order, as if those before were issued."""
    import msgspec

    refused: dict[str, list[str]] = {}
    for start in range(0, len(found.ready), TRIED_AT_ONCE):
        batch = found.ready[start : start + TRIED_AT_ONCE]
        body = {"transfers": [{"generator": one.uscc, **one.body} for one in batch]}
        answers = msgspec.json.decode(await client.ask("POST", "/v1/checks", body))["answers"]
        for one, answer in zip(batch, answers, strict=True):
            if answer["reasons"]:
                refused[one.chain] = sorted({reason["code"] for reason in answer["reasons"]})
    return refused


@click.command()
@click.argument("path", type=existing)
@click.option("--dry-run", is_flag=True, help="只显示将签署多少份，不签署 / only say how many would be signed")
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@client_options
@command
async def issue(path: Path, dry_run: bool, yes: bool, **options: Any) -> int:
    """签署并提交备好的声明；中断后再执行一次，只办还没有办的。 / Sign and post what is ready; run again, it does what is missing."""
    from ledger.mass import parse_mass, tonnes
    from liandan.golive.running import Golive, log_of

    planned = _planned(path)
    async with open_client(needs_key=True, **options) as client:
        if foreign := sorted({one.uscc for one in planned} - {client.uscc}):
            raise click.UsageError(f"这把密钥不能签别的单位的声明 / another party signs: {'、'.join(foreign)}")
        masses = sum(parse_mass(line["mass_t"]) for one in planned for line in one.body["lines"])
        if not wants_json():
            say(f"{len(planned)} 份联单，合计 {tonnes(masses)} 吨 / {len(planned)} manifests, {tonnes(masses)} t")
        if dry_run or not planned:
            emit({"statements": len(planned), "signed": 0}, "没有签署 / nothing was signed")
            return 0
        if not (yes or prompting.confirm(f"签署以上 {len(planned)} 份声明？ / sign these {len(planned)} statements?", err=True)):
            emit({"signed": 0}, "未签署 / nothing was signed")
            return FINDING
        return await _carry_out(Golive(client, log_of(await client.log())), planned)


def _planned(path: Path) -> list[PlannedStatement]:
    from liandan.intake.model import PlannedStatement, Spot, TemplateRow
    from liandan.ready.files import read_statements
    from liandan.ready.preparing import KIND

    try:
        lines = read_statements(read_given(path, STATEMENTS_MAX))
    except ValueError as error:
        raise click.UsageError(f"不是备好的声明 / no ready statements: {path}:{error}") from None
    if any(one.kind != KIND for one in lines):
        raise click.UsageError(f"只签 {KIND} / {KIND} alone")
    return [
        PlannedStatement(
            kind=one.kind, chain=one.chain, uscc=one.chain.split("/")[1], body=one.body, row=TemplateRow(Spot(path.name, "", number), {})
        )
        for number, one in enumerate(lines, 1)
    ]


async def _carry_out(work: Golive, planned: list[PlannedStatement]) -> int:
    """What was entered, what was there already, what was refused."""
    there = {"CHAIN_CONFLICT", "CHAIN_NOT_OPEN"}
    settled: list[Settled] = []
    with progress_bar("签署并提交 / signing") as progress:
        async for batch in work.carry_out(planned):
            settled += batch
            progress(len(settled), len(planned))
    entered = [one for one in settled if one.receipt is not None and one.receipt.is_new]
    refused = [one for one in settled if one.problem is not None and not {error.code for error in one.problem.errors} & there]
    known = len(settled) - len(entered) - len(refused)
    for one in refused[:200]:
        assert one.problem is not None
        warn(
            f"{one.statement.chain}: {one.problem.code} {one.problem.title}",
            *(f"  {error.code} {error.message} → {error.what_to_do}" for error in one.problem.errors[:5]),
        )
    emit(
        {"signed": len(entered), "there": known, "refused": [one.statement.chain for one in refused]},
        f"入账 {len(entered)}，已有 {known}，退回 {len(refused)} / entered, there already, refused",
    )
    return FINDING if refused else 0
