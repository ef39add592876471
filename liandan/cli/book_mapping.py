"""``liandan book mapping``: how one sender's exports are to be read, proposed from their heads, asked about, saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from liandan.cli import prompting
from liandan.cli.connection import client_options, existing, file, open_client, read_given
from liandan.cli.output import command, emit, warn

if TYPE_CHECKING:
    from liandan.books.answers import MappingAnswer


@click.group()
def mapping() -> None:
    """对照文件：一个来源的表头对应哪些字段；一次写好，以后照用。 / Mappings: which head of a sender's export is which field."""


@mapping.command()
@click.argument("path", type=existing)
@click.argument("target", type=file)
@click.option("--sender", required=True, help="来源的名称，如 国家平台-某厂 / name of the sender")
@click.option(
    "--kind",
    type=click.Choice(["platform", "enterprise", "tickets"]),
    required=True,
    help="国家平台导出、企业系统导出、磅单 / kind of table",
)
@click.option("--side", type=click.Choice(["out", "in"]), help="企业系统：各行是移出还是接受 / of a firm's system: out or in")
@click.option("--unit", help="数量没有写单位时的单位 / unit of quantities that have none")
@click.option("--yes", is_flag=True, help="不逐列询问，全部照提议 / take every proposal unasked")
@command
def propose(path: Path, target: Path, sender: str, kind: str, side: str | None, unit: str | None, yes: bool) -> None:
    """按文件的表头提议对照，逐列询问后写成 TOML。 / Propose a mapping from the heads of a file, ask about each, and write it as TOML."""
    from liandan.books.mapping import FIELDS, WORDS, BookMapping, read_mapping, written
    from liandan.books.proposing import heads_in, propose
    from liandan.intake.opening import open_bytes
    from liandan.intake.sniffing import FILE_MAX

    sheet, heads = heads_in(open_bytes(path.name, read_given(path, FILE_MAX)))
    if not heads:
        raise click.UsageError("没有找到表头 / no heads are found")
    found: dict[str, str] = {}
    warn(
        f"表“{sheet}”：每一列写一个字段名，不要的写“不保存”。 / Name the field of each column: {'、'.join(word.zh for word in WORDS.values())}"
    )
    for one in propose(heads):
        told = WORDS[one.field].zh
        found[one.head] = told if yes else _asked(one.head, one.sample, told, FIELDS)
    made = BookMapping(sender=sender, kind=kind, columns=found, side=side or "", unit=unit or "")  # type: ignore[arg-type]  # choices
    text = written(in_our_words(made))
    checked = read_mapping(text.encode(), target.name)
    try:
        with target.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {target}") from None
    emit(
        {"path": str(target), "columns": checked.columns},
        str(target),
        f"请核对后保存 / look at it, then save it: liandan book mapping put {target}",
    )


def in_our_words(made: Any) -> Any:
    """A mapping whose fields were typed in Chinese."""
    import msgspec

    from liandan.books.mapping import FIELDS

    return msgspec.structs.replace(made, columns={head: FIELDS.get(field, field) for head, field in made.columns.items()})


def _asked(head: str, sample: str, told: str, fields: Any) -> str:
    while True:
        said = prompting.prompt(f"{head}（例：{sample}）", default=told, err=True).strip()
        if said in fields:
            return str(said)
        warn(f"没有这个字段 / no such field: {said}")


@mapping.command()
@click.argument("path", type=existing)
@client_options
@command
async def put(path: Path, **options: Any) -> None:
    """保存一个来源的对照文件。 / Save a sender's mapping."""
    import msgspec

    from liandan.books.answers import MappingAnswer
    from liandan.books.mapping import FILE_MAX, read_mapping

    raw = read_given(path, FILE_MAX + 1)
    read_mapping(raw, path.name)
    async with open_client(**options) as client:
        found = msgspec.json.decode(await client.send_file("/v1/book-mappings", raw), type=MappingAnswer)
    emit(msgspec.to_builtins(found), _line(found))


@mapping.command("list")
@client_options
@command
async def list_command(**options: Any) -> None:
    """本单位保存的对照文件。 / The mappings of your party."""
    import msgspec

    from liandan.books.answers import MappingPage

    async with open_client(**options) as client:
        found = msgspec.json.decode(await client.get("/v1/book-mappings"), type=MappingPage)
    emit(msgspec.to_builtins(found), *(map(_line, found.mappings) if found.mappings else ["没有 / none"]))


@mapping.command()
@click.argument("sender")
@client_options
@command
async def drop(sender: str, **options: Any) -> None:
    """删除一个来源的对照文件。 / Forget a sender's mapping."""
    async with open_client(**options) as client:
        await client.ask("DELETE", f"/v1/book-mappings?{urlencode({'sender': sender})}")
    emit({"sender": sender}, f"已删除 / dropped: {sender}")


def _line(one: MappingAnswer) -> str:
    from liandan.books.mapping import WORDS

    told = "、".join(f"{head}→{WORDS[field].zh}" for head, field in one.mapping.columns.items() if field != "drop")
    return f"{one.sender} {one.mapping.kind} {one.put_at}: {told}"
