"""``liandan manifest``: what a server knows of manifests."""

import json
from typing import Any, Literal

import click

from liandan.cli.connection import PAGE_MAX, client_options, open_reader, party_code
from liandan.cli.output import command, emit, json_command


@click.group()
def manifest() -> None:
    """联单 / manifests."""


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
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="文种 / language")
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
@click.option("--stage", help="状态 / stage")
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=50, show_default=True)
@client_options
@command
async def list_command(stage: str | None, limit: int, **options: Any) -> None:
    """联单列表，新开具的在前。 / Manifests, newest first."""
    import msgspec

    from manifests.answers import Manifests

    async with open_reader(**options) as client:
        raw = await client.get("/v1/manifests", stage=stage, limit=limit)
    rows = msgspec.json.decode(raw, type=Manifests).manifests
    emit(json.loads(raw), *(f"{row.number or '-'} {row.stage} {row.id}" for row in rows), *([] if rows else ["没有 / none"]))
