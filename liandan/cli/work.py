"""``liandan work``: what waits for a party today, the first question of every morning (待办, ``GET /v1/work``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import click

from liandan.cli.connection import PAGE_MAX, client_options, open_reader, party_code
from liandan.cli.output import command, emit
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from manifests.accounts.answers import QuotaAlert
    from manifests.work.answers import WorkItem, WorkPage

QUOTAS_MAX = 5
"""Quotas that are nearly used, of which a line is printed."""
WHATS = ("act", "confirmation", "consent", "attachment", "signature")
"""Kinds of work, ``manifests.work.answers.WORDS``; a test compares."""
_WORDS: Mapping[str, tuple[str, str]] = {
    "head": ("{}（{}）的待办，截至 {}：", "What waits for {} ({}) at {}:"),
    "none": ("没有待办", "nothing waits"),
    "undated": ("无期限", "no due day"),
    "late": ("逾期 {} 个工作日", "{} working days late"),
    "ended": ("已逾期", "late"),
    "today": ("今天到期", "due today"),
    "left": ("剩 {} 个工作日", "{} working days left"),
    "behalf": ("代 {}", "on behalf of {}"),
    "held": ("✗ 被暂扣挡住：{}：{}", "✗ stopped by a hold of {}: {}"),
    "more": ("…… 还有：加大 --limit，或以 --what、--overdue 缩小", "… and more: a larger --limit, or narrow it by --what, --overdue"),
    "quota": ("  额度已用 {} %  {}  剩 {} 吨", "  quota {} % used  {}  {} t left"),
    "quotas": ("  将尽、用尽的额度共 {} 个：GET /v1/quota-alerts", "  {} quotas nearly or wholly used: GET /v1/quota-alerts"),
    "registrations": ("另有 {} 份登记申请等待核对：liandan registration list", "{} firms ask to be registered: liandan registration list"),
}


@click.command()
@click.option("--as", "party", type=party_code, help="另一单位的待办：委托单位；主管部门可看任何单位 / of another party")
@click.option("--what", type=click.Choice(WHATS), help="只列一类：办理、确认、同意、附件、签署 / one kind of work alone")
@click.option("--overdue", is_flag=True, help="只列逾期的 / what is late alone")
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=50, show_default=True, help="至多列几项 / most items")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
@client_options
@command
async def work(party: str | None, what: str | None, overdue: bool, limit: int, lang: Literal["zh", "en"], **options: Any) -> None:
    """今天等本单位办的，按到期日：办什么、哪份联单、剩几天、被什么挡住。 / What waits for your party today, by due day."""
    import msgspec

    from manifests.work.answers import WorkPage

    asked = {"as": party, "what": what, "overdue": "true" if overdue else None, "lang": lang}
    items: list[WorkItem] = []
    quotas: tuple[tuple[QuotaAlert, ...], int] = ((), 0)
    names: dict[str, str] = {}
    cursor: str | None = None
    async with open_reader(**options) as client:
        while True:  # a page may be short and still have a next
            raw = await client.get("/v1/work", limit=limit - len(items), cursor=cursor, **asked)
            page = msgspec.json.decode(raw, type=WorkPage)
            items += page.items
            quotas = quotas if page.quotas == () else (page.quotas, page.quotas_total)  # on the first page alone
            names |= page.names
            cursor = page.next
            if cursor is None or len(items) >= limit:
                break
    page = msgspec.structs.replace(page, items=tuple(items), names=names, quotas=quotas[0], quotas_total=quotas[1])
    emit(page, *told(page, lang))


def told(page: WorkPage, lang: Literal["zh", "en"]) -> Iterator[str]:
    """Two lines an item: what and until when; then about what, and with whom."""
    at = 0 if lang == "zh" else 1
    yield _WORDS["head"][at].format(shown(page.names.get(page.party, "")), page.party, page.at)
    if not page.items:
        yield f"  {_WORDS['none'][at]}"
    for item in page.items:
        yield from _item(item, page.names, at)
    if page.next is not None:
        yield _WORDS["more"][at]
    for quota in page.quotas[:QUOTAS_MAX]:
        holder = shown(page.names.get(quota.holder, quota.holder))
        yield _WORDS["quota"][at].format(f"{quota.permille / 10:g}", holder, quota.left_t)
        yield f"      → liandan quota show '{quota.account}'"
    if page.quotas_total > len(page.quotas[:QUOTAS_MAX]):
        yield _WORDS["quotas"][at].format(page.quotas_total)
    if page.registrations:
        yield _WORDS["registrations"][at].format(page.registrations)


def _item(item: WorkItem, names: Mapping[str, str], at: int) -> Iterator[str]:
    behalf = f"  {_WORDS['behalf'][at].format(shown(names.get(item.on_behalf, item.on_behalf)))}" if item.on_behalf else ""
    stage = f"  {item.stage_text}" if item.stage_text else ""
    yield f"  {item.due_on or _WORDS['undated'][at]}{_left(item, at)}  {item.what_text}: {item.text} ({item.kind}){behalf}"
    yield "      " + "  ".join(filter(None, (item.number or "", _about(item)))) + stage
    yield f"      → {answering(item)}"
    if item.case:
        yield f"      {item.case}"
    others = "、" if at == 0 else ", "
    if more := "  ".join(
        filter(None, (others.join(map(shown, item.wastes)), others.join(shown(names.get(one, one)) for one in item.counterparts)))
    ):
        yield f"      {more}"
    if item.article:
        yield f"      {item.term_text}: {item.article}"
    for hold in item.blocked_by:
        yield f"      {_WORDS['held'][at].format(shown(names.get(hold.by, hold.by)), shown(hold.reason))}"


def _left(item: WorkItem, at: int) -> str:
    if item.due_on is None or item.workdays_left is None:
        return ""
    left = item.workdays_left
    if item.overdue:
        word = _WORDS["late"][at].format(-left) if left < 0 else _WORDS["ended"][at]
    else:
        word = _WORDS["today"][at] if left == 0 else _WORDS["left"][at].format(left)
    return f"（{word}）" if at == 0 else f" ({word})"


def _about(item: WorkItem) -> str:
    """What it is about, by its name."""
    beside = f"incident/{item.incident}" if item.incident else f"emergency/{item.emergency}" if item.emergency else ""
    return item.manifest or item.application or item.list or item.period or item.item_key or beside


def answering(item: WorkItem) -> str:
    """The command that answers it, with the chain that it goes on; whoever has to look first is told with what."""
    from liandan.cli.office.groups import words_of

    if item.statement:
        return f"liandan statement cosign agree {item.statement}"
    if item.file:
        return "liandan evidence put <文件 / file>"
    if item.period:
        return "liandan month " + ("close" if item.kind == "period.close/1" else "confirm") + " " + item.period.split("/")[1]
    if item.item:
        return f"liandan items show {item.item.split('/')[1]} '{item.item_key}'"
    chain = item.case or item.application or item.manifest or item.list or (f"incident/{item.incident}" if item.incident else "")
    if item.kind.startswith("case.") and not item.case:
        chain = f"{item.manifest}/new"
    words = f"liandan {words_of(item.kind)} {chain}".rstrip() + (f" --act {item.act}" if item.act else "")
    return f"{words} --for {item.on_behalf}" if item.on_behalf else words
