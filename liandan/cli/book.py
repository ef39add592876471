"""``liandan book``: the books of the other side (台账): read, kept, listed, dropped; mappings of senders; templates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import click

from liandan.cli.book_mapping import mapping
from liandan.cli.book_ready import issue, ready
from liandan.cli.connection import client_options, existing, file, open_client, party_code, read_given
from liandan.cli.output import FINDING, command, emit, wants_json
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from liandan.books.answers import BookAnswer, BooksTaken
    from liandan.books.mapping import BookMapping

KINDS = ("b1", "b2", "b3", "b4", "b5", "c1", "all")


def _month(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A month as it is written everywhere."""
    if value is not None and not re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", value):
        raise click.UsageError(f"月份写成 2026-11 / write the month as 2026-11: {shown(value)}")
    return value


month_option = click.option(
    "--month", callback=_month, metavar="YYYY-MM", help="月份；不写的由文件得出 / month; taken from the file where absent"
)
holder_option = click.option("--holder", type=party_code, help="谁的台账，默认登录的单位 / whose book; yours where absent")
mapping_option = click.option("--mapping", "mapping_file", type=existing, help="对照文件（TOML、JSON） / mapping file")


@click.group()
def book() -> None:
    """台账：读取、存入、查看、删除；对照文件；模板。 / Books: read, keep, show, drop; mappings; templates."""


book.add_command(mapping)
book.add_command(ready)
book.add_command(issue)


@book.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@month_option
@holder_option
@click.option("--sender", help="按哪个来源的对照文件读；不写的按 HJ 1259 各表 / whose saved mapping it is read by")
@mapping_option
@click.option("--dry-run", is_flag=True, help="只说读出什么，不存 / only say what it says")
@client_options
@command
async def put(
    paths: tuple[Path, ...], month: str | None, holder: str | None, sender: str | None, mapping_file: Path | None, dry_run: bool, **options: Any
) -> int:  # fmt: skip
    """存入台账；有一处不符，整本都不存，逐格列出。新版本替换旧版本。 / Keep books: each whole or not at all; a newer version replaces the one before."""
    import msgspec

    from liandan.books.answers import BooksTaken
    from liandan.intake.sniffing import FILE_MAX

    answers = []
    async with open_client(**options) as client:
        if mapping_file is not None:
            known = _mapping(mapping_file)
            sender = known.sender
            await client.send_file("/v1/book-mappings", read_given(mapping_file))
        for path in paths:
            query = {"name": path.name[:200], "keep": "false" if dry_run else "true", "lang": "zh"}
            query |= {name: value for name, value in (("month", month), ("holder", holder), ("sender", sender)) if value}
            raw = await client.send_file(f"/v1/books?{urlencode(query)}", read_given(path, FILE_MAX))
            answers.append(msgspec.json.decode(raw, type=BooksTaken))
    emit(
        [msgspec.to_builtins(one) for one in answers],
        *(line for path, one in zip(paths, answers, strict=True) for line in _told(path.name, one)),
    )
    return FINDING if any(one.findings for one in answers) else 0


@book.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@month_option
@click.option("--holder", type=party_code, required=True, help="谁的台账 / whose book")
@click.option("--called", "names", multiple=True, help="该单位的名称，可重复 / name of that party")
@mapping_option
@command
def check(paths: tuple[Path, ...], month: str | None, holder: str, names: tuple[str, ...], mapping_file: Path | None) -> int:
    """不联网读台账，逐格列出修正和不符之处；什么都不存。 / Read books with no network: repairs and findings cell by cell; nothing is kept."""
    import msgspec

    from liandan.books.answers import books_taken
    from liandan.books.composing import Holding
    from liandan.books.reading import compose_books, read_book
    from liandan.intake.sniffing import FILE_MAX

    known = None if mapping_file is None else _mapping(mapping_file)
    answers = []
    for path in paths:
        read = read_book(path.name, read_given(path, FILE_MAX + 1), known)
        taken = compose_books(read, Holding(holder=holder, month=month or "", names=names), known)
        answers.append(books_taken(taken, holder, "zh"))
    emit(
        [msgspec.to_builtins(one) for one in answers],
        *(line for path, one in zip(paths, answers, strict=True) for line in _told(path.name, one)),
    )
    return FINDING if any(one.findings for one in answers) else 0


@book.command("list")
@month_option
@holder_option
@click.option("--kind", type=click.Choice([*KINDS[:-1], "platform", "enterprise", "tickets"]), help="哪种台账 / kind")
@client_options
@command
async def list_command(month: str | None, holder: str | None, kind: str | None, **options: Any) -> None:
    """列出台账，新的在前，旧版本写明被哪本替换。 / Books, newest first, earlier versions with what replaced them."""
    import msgspec

    from liandan.books.answers import BookPage

    found: list[BookAnswer] = []
    cursor: str | None = None
    async with open_client(**options) as client:
        while True:
            raw = await client.get("/v1/books", month=month, holder=holder, kind=kind, cursor=cursor, limit=200)
            page = msgspec.json.decode(raw, type=BookPage)
            found, cursor = [*found, *page.books], page.next
            if cursor is None:
                break
    emit([msgspec.to_builtins(one) for one in found], *(map(_line, found) if found else ["没有 / none"]))


@book.command()
@click.argument("name")
@client_options
@command
async def show(name: str, **options: Any) -> None:
    """一本台账和它的各行。 / A book and its lines."""
    import msgspec

    from ledger.mass import tonnes
    from liandan.books.answers import BookLines

    lines: list[Any] = []
    async with open_client(**options) as client:
        path, after = f"/v1/books/{quote(name, safe='')}", "-1"
        while True:
            page = msgspec.json.decode(await client.get(path, after=after, limit=1000), type=BookLines)
            lines += page.lines
            if page.next is None:
                break
            after = page.next
    told = [
        f"  {line.place} {line.day or page.book.month} {line.code} {line.waste} {tonnes(line.mass_g)} 吨 {line.partner or line.partner_name} {line.manifest_no or ''}".rstrip()
        for line in lines
    ]
    emit({"book": msgspec.to_builtins(page.book), "lines": [msgspec.to_builtins(line) for line in lines]}, _line(page.book), *told)


@book.command()
@click.argument("name")
@client_options
@command
async def drop(name: str, **options: Any) -> None:
    """删除一本台账；它替换的旧版本重新生效。 / Drop a book; the version that it replaced is in force again."""
    import msgspec

    from liandan.books.answers import DroppedBook

    async with open_client(**options) as client:
        found = msgspec.json.decode(await client.ask("DELETE", f"/v1/books/{quote(name, safe='')}"), type=DroppedBook)
    again = [f"重新生效 / in force again: {one}" for one in found.again]
    emit(msgspec.to_builtins(found), f"已删除 / dropped: {found.id}", *again)


@book.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("path", type=file)
@command
def template(kind: str, path: Path) -> None:
    """写出 HJ 1259 台账的空白模板（XLSX，两行表头）。 / Write the empty table of HJ 1259 with its two rows of heads."""
    from liandan.books.template import write_book_template

    if path.suffix.lower() != ".xlsx":
        raise click.UsageError("模板是 .xlsx 文件 / the template is a file .xlsx")
    try:
        write_book_template(path, KINDS[:-1] if kind == "all" else [kind])
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {path}") from None
    emit({"path": str(path)}, str(path))


# ---------------------------------------------------------------------- telling


def _mapping(path: Path) -> BookMapping:
    from liandan.books.mapping import FILE_MAX, read_mapping

    return read_mapping(read_given(path, FILE_MAX + 1), path.name)


def _line(one: BookAnswer) -> str:
    state = f"  被替换 / replaced by {one.replaced_by}" if one.replaced_by else ""
    return f"{one.id}  {one.month} {one.kind_text} {one.name or one.holder} {one.sender} {one.lines} 行 {one.file}{state}"


def _told(name: str, one: BooksTaken) -> Sequence[str]:
    from liandan.cli.intake_words import tell_answer

    if not wants_json():
        tell_answer(one)
    rows = f"{name}：读取 {one.taken} 行，有不符 {one.refused} 行，不计 {one.left_out} 行 / rows taken, refused, left out"
    if one.findings:
        return [rows, f"发现 {len(one.findings)} 处，没有存入 / {len(one.findings)} findings; nothing was kept"]
    kept = [_line(book) + _changed(book) for book in one.kept]
    known = [f"交过的，没有再存 / known, not kept again: {_line(book)}" for book in one.known]
    then = [f"→ 与账本对不上的 / what does not match: liandan items list {month}" for month in sorted({book.month for book in one.kept})]
    return [rows, *kept, *known, *then, *([] if kept or known else [f"读出 {one.lines} 笔，没有存 / {one.lines} lines, not kept"])]


def _changed(book: Any) -> str:
    if not book.replaces:
        return "  已存入 / kept"
    return f"  替换 / replaces {book.replaces}：新增 {book.added} 笔、减少 {book.removed} 笔 / {book.added} lines more, {book.removed} less"
