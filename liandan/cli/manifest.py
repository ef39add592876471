"""``liandan manifest``: what a server knows of manifests."""

import json
from pathlib import Path
from typing import Any, Literal

import click

from liandan.cli.connection import PAGE_MAX, client_options, file, open_reader, party_code
from liandan.cli.document import keep
from liandan.cli.office.groups import ActGroup
from liandan.cli.output import command, emit, json_command
from liandan.cli.streams import shown

TABLES = (".xlsx", ".csv")


@click.group(cls=ActGroup, noun="manifest")
def manifest() -> None:
    """联单：查找、现状，以及开具、起运、接受等各步 / manifests: find and show them, and every act of theirs."""


@manifest.command()
@click.argument("name")
@client_options
@json_command
async def show(name: str, **options: Any) -> None:
    """一份联单的现状（移出人/ULID、ULID 或国家编号）；重名时列出各份。 / A manifest by identity, ULID or number, or the choice."""
    import msgspec

    from manifests.answers import ManifestChoice

    async with open_reader(**options) as client:
        raw = await client.get(f"/v1/manifests/{name}")
        if "/" not in name:
            choice = msgspec.json.decode(raw, type=ManifestChoice)
            if len(choice.manifests) == 1:
                raw = await client.get(f"/v1/manifests/{choice.manifests[0].id}")
    emit(json.loads(raw))


@manifest.command()
@click.argument("name")
@click.option("--as", "party", type=party_code, help="为哪个单位，默认登录的单位 / for which party, default: yours")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
@client_options
@command
async def actions(name: str, party: str | None, lang: Literal["zh", "en"], **options: Any) -> None:
    """现在能办什么、要填什么、被什么挡住、谁来解除。 / What may be done now, what it asks for, what blocks it and who lifts that."""
    import msgspec

    from liandan.cli.manifest_words import told
    from manifests.action_answers import ManifestActions
    from manifests.answers import ManifestChoice

    async with open_reader(**options) as client:
        if "/" not in name:
            choice = msgspec.json.decode(await client.get(f"/v1/manifests/{name}"), type=ManifestChoice)
            if len(choice.manifests) > 1:
                raise click.UsageError(f"{name}: " + "；".join(one.id for one in choice.manifests))
            name = choice.manifests[0].id
        raw = await client.get(f"/v1/manifests/{name}/actions", lang=lang, **{"as": party})
    emit(json.loads(raw), *told(msgspec.json.decode(raw, type=ManifestActions), lang))


@manifest.command("list")
@click.option("--stage", help="状态，如 in_transit / stage")
@click.option("--number", help="国家联单编号 / national number")
@click.option("--plate", help="号牌，写法不论 / plate, however it is written")
@click.option("--waybill", "waybill_no", help="运单号 / waybill")
@click.option("--tag", help="标记，如 LATE 补报 / tag, e.g. LATE")
@click.option("--alert", help="未了结的提示，如 WEIGHT / alert that nothing has settled")
@click.option("--overdue", is_flag=True, help="有行为逾期未办的 / with an act overdue")
@click.option("--held", is_flag=True, help="现在被暂扣的 / held now")
@click.option(
    "--where", "more", multiple=True, metavar="NAME=VALUE", help="其他条件，见 docs/api.md / any other filter of GET /v1/manifests"
)
@click.option("--out", type=file, help="写成表格 .xlsx 或 .csv（全部，不限行数） / write all of them as a table, .xlsx or .csv")
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=50, show_default=True, help="至多列几份 / most rows")
@client_options
@command
async def list_command(out: Path | None, limit: int, more: tuple[str, ...], **options: Any) -> None:
    """查找联单，新开具的在前；或写成表格。 / Find manifests, newest first, or write them as a table."""
    import msgspec

    from manifests.answers import Manifests

    asked = {name: options.pop(name) for name in ("stage", "number", "plate", "waybill_no", "tag", "alert")}
    asked |= {name: "true" if options.pop(name) else None for name in ("overdue", "held")}
    for one in more:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--where 写作 NAME=VALUE，如 receiver=<代码> / write --where NAME=VALUE: {shown(one)}")
        asked[name] = value
    async with open_reader(**options) as client:
        if out is not None:
            if out.suffix not in TABLES:
                raise click.UsageError(f"表格是 .xlsx 或 .csv 文件 / a table is a file .xlsx or .csv: {shown(str(out))}")
            keep(out, await client.get(f"/v1/manifests{out.suffix}", **asked))
            return
        raw = await client.get("/v1/manifests", limit=limit, **asked)
    found = msgspec.json.decode(raw, type=Manifests)
    lines = [f"{row.number or '-'}  {row.stage_text or row.stage} {row.stage}  {row.id}" for row in found.manifests] or ["没有 / none"]
    if found.next is not None:
        lines.append("…… 还有：加大 --limit，加条件，或 --out 全部.xlsx / … and more: a larger --limit, a filter, or --out all.xlsx")
    emit(json.loads(raw), *lines)
