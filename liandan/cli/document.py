"""``liandan transit``, ``excerpt``, ``no-record``: documents that a server issues, each a PDF with its evidence inside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from liandan.cli.connection import client_options, file, open_reader, party_code
from liandan.cli.output import command, emit

LISTS, APPROVALS = "list/", "approval/"


def document_options(function: Callable[..., Any]) -> Callable[..., Any]:  # a click decorator
    """``--out --lang`` and what every client has."""
    out = click.option("--out", type=file, help="文件；默认按名称 / file, named after what it is by default")
    lang = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
    return out(lang(client_options(function)))


async def _download(path: Path, address: str, lang: str, options: dict[str, Any], **query: str | None) -> None:
    async with open_reader(**options) as client:
        keep(path, await client.get(address, lang=lang, **query))


def keep(path: Path, content: bytes) -> None:
    """Write what was downloaded, and say where."""
    path.write_bytes(content)
    emit({"path": str(path)}, str(path))


@click.command()
@click.argument("name")
@document_options
@command
async def transit(name: str, out: Path | None, lang: str, **options: Any) -> None:
    """下载一份联单的在途凭证（开具之后，供司机和检查人员）。 / Download the in-transit extract of a manifest, for driver and police."""
    await _download(out or Path(name.rpartition("/")[2] + ".transit.pdf"), f"/v1/manifests/{name}/transit.pdf", lang, options)


@click.command()
@click.argument("chain")
@click.option("--receiver", type=party_code, help="白名单：只列这一接受人的各行 / of a list: the rows of one receiver")
@document_options
@command
async def excerpt(chain: str, receiver: str | None, out: Path | None, lang: str, **options: Any) -> None:
    """下载一项批准决定（approval/…）或一份白名单（list/…）的摘录。 / Download the excerpt of a decision or a list, by its chain."""
    if not chain.startswith((LISTS, APPROVALS)) or (receiver and not chain.startswith(LISTS)):
        raise click.UsageError(
            "应为 approval/<移出人>/<ULID> 或 list/<名称>；--receiver 只用于白名单 / approval/… or list/…; --receiver is for lists"
        )
    path = out or Path(chain.rpartition("/")[2] + ".excerpt.pdf")
    await _download(path, f"/v1/{chain.replace('/', 's/', 1)}/excerpt.pdf", lang, options, receiver=receiver)


@click.command("no-record")
@click.option("--number", help="国家联单编号 / national number")
@click.option("--generator", type=party_code, help="移出人 / generator")
@click.option("--code", help="废物代码 / waste code")
@click.option("--from", "first", help="起始日 / first day, YYYY-MM-DD")
@click.option("--to", "last", help="截止日，含 / last day, included")
@document_options
@command
async def no_record(
    number: str | None,
    generator: str | None,
    code: str | None,
    first: str | None,
    last: str | None,
    out: Path | None,
    lang: str,
    **options: Any,
) -> None:
    """请出具单位签署无记录证明。 / Have the issuer sign that it finds no such manifest."""
    query = {"number": number, "generator": generator, "code": code, "from": first, "to": last}
    asked = "-".join(value for value in query.values() if value)  # of another question it is another document
    await _download(out or Path(f"no-record-{asked}.pdf"), "/v1/no-record.pdf", lang, options, **query)
