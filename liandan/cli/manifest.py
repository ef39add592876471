"""``liandan manifest``, ``liandan certificate``: what a server knows of manifests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from liandan.cli.connection import client_options, open_client
from liandan.cli.output import command, emit, json_option


@click.group()
def manifest() -> None:
    """联单 / manifests."""


@manifest.command()
@click.argument("name")
@client_options
@command
async def show(name: str, **options: Any) -> None:
    """一份联单的现状（ULID 或国家编号）。 / A manifest by ULID or national number."""
    async with open_client(**options) as client:
        found = json.loads(await client.get(f"/v1/manifests/{name}"))
    emit(found, True)


@manifest.command("list")
@click.option("--stage", help="状态 / stage")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@client_options
@json_option
@command
async def list_command(stage: str | None, limit: int, as_json: bool, **options: Any) -> None:
    """联单列表，新签发的在前。 / Manifests, newest first."""
    async with open_client(**options) as client:
        found = json.loads(await client.get("/v1/manifests", stage=stage, limit=limit))
    rows = found.get("manifests", [])
    emit(found, as_json, *(f"{row.get('number') or row.get('ulid')} {row.get('stage')} {row.get('chain')}" for row in rows))


@click.command()
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="文件；默认 <name>.pdf / file")
@client_options
@json_option
@command
async def certificate(name: str, out: Path | None, as_json: bool, **options: Any) -> None:
    """下载一份联单的存证证明（PDF，内含证据）。 / Download a certificate with its evidence inside."""
    path = out or Path(f"{name}.pdf")
    async with open_client(**options) as client:
        path.write_bytes(await client.get(f"/v1/manifests/{name}/certificate.pdf"))
    emit({"path": str(path)}, as_json, f"{path}")
