"""``liandan items``: the open items of a month (未符项): looked through, talked about, settled."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from liandan.cli.connection import PAGE_MAX, client_options, existing, file, open_client, open_reader, party_code
from liandan.cli.output import command, emit
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from liandan.client import AsyncLiandan
    from reports.items.answers import OpenItem, OpenItems

OUTCOMES = ("agreed", "corrected", "written_off", "invalid")
STATUSES = ("open", "talked", "changed", "gone", "settled")
"""As the answers have them; a test compares."""
_WORDS: Mapping[str, tuple[str, str]] = {
    "head": ("{} 未符项 {} 项，未了结 {} 项（账本规模 {}）：", "{}: {} open items, {} of them not settled (log size {}):"),
    "none": ("没有未符项", "nothing is open"),
    "more": ("…… 还有：加大 --limit，或以 --check、--status 缩小", "… and more: a larger --limit, or narrow it by --check, --status"),
    "due": ("至 {}", "until {}"),
    "late": ("！逾期", "! overdue"),
    "difference": ("差额 {} 吨", "difference {} t"),
    "mass": ("{} {} 吨", "{} {} t"),
    "told": ("{} {}", "{} {}"),
    "age": ("已历 {} 天", "for {} days"),
    "show": ("→ liandan items show {} '{}'", "→ liandan items show {} '{}'"),
    "comment": ("→ 说明：liandan items comment {} '{}' --text …", "→ to comment: liandan items comment {} '{}' --text …"),
    "settle": (
        "→ 了结：liandan items settle {} '{}' --outcome agreed|corrected|written_off|invalid（认可、更正、核销、误报）",
        "→ to settle: liandan items settle {} '{}' --outcome agreed|corrected|written_off|invalid",
    ),
    "left": ("台账行数过多，未一并比对：{}（以 --party 单独查）", "too many lines to compare at once: {} (ask with --party)"),
    "book": ("台账 {}（{}）：{}", "book {} ({}): {}"),
    "sum": ("{} {}：账本 {} 吨，台账 {} 吨，差 {} 吨", "{} {}: log {} t, book {} t, difference {} t"),
    "files": ("，附件 {} 个", ", {} files"),
    "settled": ("了结：{}", "settled: {}"),
}
_LEVELS: Mapping[str, tuple[str, str]] = {"H": ("高", "H"), "M": ("中", "M"), "L": ("低", "L"), "": ("—", "—")}
_SIDES: Mapping[str, tuple[str, str]] = {"out": ("移出", "out"), "in": ("接受", "in"), "weighing": ("磅单", "weighings")}
yes_option = click.option("--yes", is_flag=True, help="不再确认 / do not ask")
lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
for_option = click.option("--for", "principal", type=party_code, help="受托代哪一单位 / for whom you sign, as its delegate")
out_option = click.option("--out", type=file, help="不提交：写成文件 / do not post: write a file")
dry_option = click.option("--dry-run", is_flag=True, help="只显示将签署的内容 / show what would be signed")
month_argument = click.argument("month", metavar="YYYY-MM")
key_argument = click.argument("key", metavar="未符项/KEY")
Lang = Literal["zh", "en"]


@click.group()
def items() -> None:
    """未符项：查看、说明、了结 / open items of a month: look through, comment, settle."""


@items.command("list")
@month_argument
@click.option("--check", help="核对项，如 M4 / check")
@click.option("--status", type=click.Choice(STATUSES), help="处理情况 / how far it is")
@click.option("--source", type=click.Choice(["log", "books"]), help="仅凭账本，或者台账 / of the log alone, or of books")
@click.option("--owner", type=party_code, help="由谁处理 / who has to do something")
@click.option("--party", type=party_code, help="哪个单位的，主管部门可看辖区内的 / of which party")
@click.option("--overdue", is_flag=True, help="只列逾期的 / what is overdue alone")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="至多列几项 / most items")
@lang_option
@client_options
@command
async def list_command(month: str, limit: int, lang: Lang, overdue: bool, **options: Any) -> None:
    """某月的未符项，最要紧的在前：两方数量、差额、由谁处理、到哪天。 / What does not match in a month, what presses most first."""
    asked = {name: options.pop(name) for name in ("check", "status", "source", "owner", "party")}
    async with open_reader(**options) as client:
        page = await _read(client, month, limit, lang, overdue="true" if overdue else None, **asked)
    emit(page, *told(page, lang))


@items.command("show")
@month_argument
@key_argument
@click.option("--party", type=party_code, help="哪个单位的 / of which party")
@lang_option
@client_options
@command
async def show_command(month: str, key: str, lang: Lang, party: str | None, **options: Any) -> None:
    """一项未符项，连同说明和了结。 / One open item with what was said of it."""
    async with open_reader(**options) as client:
        item, page = await _one(client, month, key, lang, party)
    at = 0 if lang == "zh" else 1
    then = ("comment", "settle") if _unsettled(item) else ("comment",)
    emit(item, *_item(item, page.names, at, whole=True), *(f"      {_WORDS[word][at].format(month, item.key)}" for word in then))


@items.command("comment")
@month_argument
@key_argument
@click.option("--text", required=True, help="说明 / what you say")
@click.option("--file", "files", type=existing, multiple=True, help="附件，可多次 / files")
@for_option
@out_option
@dry_option
@yes_option
@client_options
@command
async def comment_command(month: str, key: str, text: str, files: tuple[Path, ...], **options: Any) -> int:
    """对未符项作出说明；已有未了结的说明的，接着说。 / Comment on an open item: in its thread if there is one that is not settled, else in a new one."""
    from ledger.times import parse_at
    from liandan.cli.office.act import act
    from liandan.ulid import new_ulid
    from liandan.wiring import KINDS

    async with open_client(needs_key=True, **_connection(options)) as client:
        now_s = int(time.time()) if options["now"] is None else parse_at(options["now"], "--now")
        thread = await _thread(client, month, key) or f"item/{month}/{new_ulid(now_s)}"
    said = {"field_key": key, "field_text": text, "field_files": tuple(map(str, files))}
    return await act(KINDS.by_name["item.comment/1"], _given(options, thread, (), said))


@items.command("settle")
@month_argument
@key_argument
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="认可、更正、核销、误报 / what it came to")
@click.option("--amount", help="了结的差额（吨），默认为现在的差额 / difference that is settled, t; default: as it is now")
@click.option("--case", help="据以更正的事项 case/…/…/… / case that corrected it")
@click.option("--text", help="说明 / what you say")
@click.option("--party", type=party_code, help="哪个单位的 / of which party")
@for_option
@out_option
@dry_option
@yes_option
@client_options
@command
async def settle_command(
    month: str, key: str, outcome: str, amount: str | None, case: str | None, text: str | None, party: str | None, **options: Any
) -> int:  # fmt: skip
    """了结未符项：主管部门一方即可；企业须移出人、接受人共同签署（另一方以 liandan statement cosign agree 会签）。差额以后又有变化的，重新列出。

    Settle an open item: one authority alone, or generator and receiver together; the other one signs by ``liandan statement cosign agree``.
    """
    from liandan.cli.office.act import act
    from liandan.wiring import KINDS

    async with open_client(needs_key=True, **_connection(options)) as client:
        item, _ = await _one(client, month, key, "zh", party)
        thread = _unsettled(item)
        if thread is None:
            before = (
                ("的说明都已了结", "everything said of it is settled") if item.threads else ("还没有人说明过", "nobody has spoken of it")
            )
            raise click.UsageError(
                f"这一项{before[0]}：先说明，再了结 / {before[1]}: comment first, then settle it: "
                f"liandan items comment {month} '{key}' --text …"
            )
        by = await _signers(client, item, options["principal"])
    said = {
        "field_outcome": outcome,
        "field_amount_t": amount or (item.difference_t.lstrip("-") or None),
        "field_case": case,
        "field_text": text,
    }
    return await act(KINDS.by_name["item.settle/1"], _given(options, thread, by, said))


def _connection(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in ("principal", "out", "dry_run", "yes")}


def _given(options: Mapping[str, Any], chain: str, by: tuple[str, ...], said: Mapping[str, Any]) -> dict[str, Any]:
    """What the command of an act is given."""
    return {**options, "chain": chain, "source": None, "settings": (), "by": by, "at": None, **said}


async def _signers(client: AsyncLiandan, item: OpenItem, principal: str | None) -> tuple[str, ...]:
    """An authority alone; else the two firms of the item's manifest, a delegate in the place of the one that he signs for."""
    import msgspec

    whose = principal or client.uscc
    offices = {office.uscc for office in (await client.log()).authorities}
    if whose in offices or not item.chain.startswith(("manifest/", "case/")):
        return (client.uscc,)
    _, generator, ulid = item.chain.split("/")[:3]
    raw = msgspec.json.decode(await client.get(f"/v1/manifests/{generator}/{ulid}"))
    firms = (generator, str(raw["receiver"]))
    return tuple(client.uscc if firm == whose else firm for firm in firms)


async def _read(client: AsyncLiandan, month: str, limit: int, lang: str, **asked: str | None) -> OpenItems:
    import msgspec

    from reports.items.answers import OpenItems

    found: list[OpenItem] = []
    names: dict[str, str] = {}
    first: OpenItems | None = None
    cursor: str | None = None
    while True:
        query = {"month": month, "limit": min(limit - len(found), PAGE_MAX), "cursor": cursor, "lang": lang, **asked}
        page = msgspec.json.decode(await client.get("/v1/open-items", **query), type=OpenItems)
        first = first or page
        found += page.items
        names |= page.names
        cursor = page.next
        if cursor is None or len(found) >= limit:
            return msgspec.structs.replace(first, items=tuple(found), names=names, next=cursor)


async def _one(client: AsyncLiandan, month: str, key: str, lang: str, party: str | None) -> tuple[OpenItem, OpenItems]:
    """One item by its key. Refusal NOT_FOUND."""
    from signing.refusal import refuse

    page = await _read(client, month, 1, lang, key=key, party=party)
    if not page.items:
        raise refuse("NOT_FOUND", field="key", found=key)
    return page.items[0], page


async def _thread(client: AsyncLiandan, month: str, key: str) -> str | None:
    page = await _read(client, month, 1, "zh", key=key)
    return _unsettled(page.items[0]) if page.items else None


def _unsettled(item: OpenItem) -> str | None:
    """The newest thread that nobody has settled."""
    return next((thread.chain for thread in reversed(item.threads) if thread.settled is None), None)


def told(page: OpenItems, lang: Lang) -> Iterator[str]:
    """Books that were compared, then three lines an item."""
    at = 0 if lang == "zh" else 1
    yield _WORDS["head"][at].format(page.month, page.total, page.unsettled, page.size)
    for book in page.books:
        counts = "，".join(f"{one.outcome_text} {max(one.logged, one.booked)}" for one in book.outcomes)
        yield "  " + _WORDS["book"][at].format(shown(book.file), _SIDES[book.side][at], counts)
        for one in book.sums:
            yield "      " + _WORDS["sum"][at].format(one.check, one.code, one.logged_t, one.booked_t, one.difference_t)
    if page.left_off:
        yield "  " + _WORDS["left"][at].format("、".join(page.left_off))
    if not page.items:
        yield f"  {_WORDS['none'][at]}"
    for item in page.items:
        yield from _item(item, page.names, at, whole=False)
        yield f"      {_WORDS['show'][at].format(page.month, item.key)}"
    if page.next is not None:
        yield _WORDS["more"][at]


def _item(item: OpenItem, names: Mapping[str, str], at: int, *, whole: bool) -> Iterator[str]:
    from ledger.times import day_at

    due = f"  {_WORDS['due'][at].format(item.due_on)}" if item.due_on else ""
    late = f" {_WORDS['late'][at]}" if item.overdue else ""
    age = "" if item.age_days is None else f"  {_WORDS['age'][at].format(item.age_days)}"
    yield f"  {_LEVELS[item.level][at]} {item.check} {item.code_text or '—'}  {item.status_text}{due}{late}{age}"
    sides = "  ".join(_operand(one.source_text, one.mass_t, one.told, at) for one in (item.left, item.right))
    difference = f"  {_WORDS['difference'][at].format(item.difference_t)}" if item.difference_t else ""
    waste = f"  {item.waste}" if item.waste and item.waste not in item.subject else ""
    yield f"      {shown(item.subject)}{waste}  {sides}{difference}"
    if item.why:
        yield f"      {shown(item.why)}" + (f"（{shown(item.place)}）" if item.place else "")
    if item.owner:
        yield f"      → {item.role_text} {shown(names.get(item.owner, item.owner))}"
    if whole:
        yield f"      {item.key}"
    for thread in item.threads if whole else item.threads[-1:]:
        for remark in thread.remarks if whole else thread.remarks[-1:]:
            who = "、".join(shown(names.get(one, one)) for one in remark.by)
            files = _WORDS["files"][at].format(remark.files) if remark.files else ""
            yield f"      {day_at(remark.at)} {who}: {shown(remark.text)}{files}"
        if thread.settled is not None:
            who = "、".join(shown(names.get(one, one)) for one in thread.settled.by)
            outcome = f"{thread.settled.outcome_text} {thread.settled.amount_t}".rstrip()
            yield f"      {day_at(thread.settled.at)} {who} {_WORDS['settled'][at].format(outcome)}  {shown(thread.settled.text)}".rstrip()


def _operand(source: str, mass_t: str, said: str, at: int) -> str:
    return _WORDS["mass" if mass_t else "told"][at].format(source, mass_t or shown(said))
