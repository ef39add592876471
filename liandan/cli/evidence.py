"""``liandan evidence``: attachments into the store of a server and out of it, and the store of this installation held against its hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from liandan.cli.connection import client_options, existing, file, open_client, own_settings, read_given
from liandan.cli.output import FINDING, command, emit

GUESSED = "application/octet-stream"


@click.group()
def evidence() -> None:
    """附件：按哈希上传、下载、核对。 / Attachments: bring them, fetch them, verify them, by their hash."""


@evidence.command()
@click.argument("paths", nargs=-1, required=True, type=existing)
@click.option("--type", "media_type", help="媒体类型；默认按文件名 / media type; by the file's name by default")
@client_options
@command
async def put(paths: tuple[Path, ...], media_type: str | None, **options: Any) -> None:
    """上传文件，并打印写进声明 files 的内容。 / Bring files; printed is what a statement says of each in ``files``."""
    import mimetypes

    from ledger.evidence.arriving import SIZE_MAX

    found = []
    async with open_client(**options) as client:
        for path in paths:
            kind = media_type or mimetypes.guess_type(path.name)[0] or GUESSED
            content = read_given(path, SIZE_MAX)
            taken = await client.put_file(content, kind)
            found.append({"sha256": taken.sha256, "size": taken.size, "media_type": kind, "name": path.name})
    emit(found, *(f"{one['sha256']} {one['size']} {one['media_type']} {one['name']}" for one in found))


@evidence.command()
@click.argument("sha256")
@click.option("--out", type=file, help="文件；默认以哈希为名 / file, called by its hash by default")
@client_options
@command
async def get(sha256: str, out: Path | None, **options: Any) -> None:
    """下载一个附件，核对哈希后保存；不覆盖已有文件，也不打开它。 / Fetch an attachment, compare its hash and keep it; never over a file that is there, never opened."""
    path = out or Path(sha256)
    if path.exists():
        raise click.UsageError(f"文件已存在，另选 --out / there is such a file, choose another: {path}")
    async with open_client(**options) as client:
        content = await client.get_file(sha256)
    with path.open("xb") as kept:
        kept.write(content)
    emit({"path": str(path), "sha256": sha256, "size": len(content)}, str(path))


@evidence.command()
@command
async def verify() -> int:
    """核对本机附件库：逐个重算哈希，列出缺的和损坏的。 / The store of this installation: every file against its hash, what is missing and what is damaged."""
    from liandan.attachment_files import files_told
    from liandan.attachments import verify_own

    found, lost = await verify_own(own_settings())
    told = [f"曾在库中，现已遗失 / was in the store and is lost: {digest}" for digest in lost]
    emit({"files": found, "lost": lost}, *files_told(found), *told)
    return FINDING if found.damaged or lost else 0
