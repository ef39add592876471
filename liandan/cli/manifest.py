"""``liandan manifest``: what a server knows of manifests."""

import json
from typing import Any

import click

from liandan.cli.connection import PAGE_MAX, client_options, open_reader
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
