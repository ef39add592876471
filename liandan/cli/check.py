"""``liandan check``: may this load go? Asked like an issue, answered with every reason, who lifts it by which act, and what would be left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import client_options, open_reader
from liandan.cli.office.form_options import field_options, given_form, read_source, settings_option, source_option
from liandan.cli.output import FINDING, command, emit, warn
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from liandan.cli.office.knowing import ServerKnowledge
    from whitelist.check_answers import Alternative, CheckAnswer, CheckReason, RemainingAnswer
    from whitelist.lifting import WayOut

QUOTAS = {"Q1": "白名单额度", "Q2": "批准行", "Q3": "年经营规模", "plan": "管理计划"}
"""Kinds of accounts, ``whitelist.check_answers.RemainingAnswer.quota``."""


class CheckCommand(click.Command):
    """The options of a transfer come from its declaration, so they are made when the command is called."""

    def __init__(self) -> None:
        @command
        async def run(**given: Any) -> int:
            return await check_loads(given)

        from liandan.act_tree import tree_of
        from whitelist.check_answers import AskedTransfer

        run = client_options(run)
        options: list[click.Parameter] = [
            source_option,
            settings_option,
            click.Option(["--as-of"], type=click.IntRange(0), help="按前 N 条的账本判定 / judge by the first N entries"),
            click.Option(["--as-of-time"], help="按这一时刻已经入账的条目判定 / judge by what had been entered at this moment"),
            click.Option(["--at"], help="按这个时间判定，默认现在 / judge for this moment; default: now"),
            click.Option(
                ["--alternatives"],
                type=click.IntRange(0, 20),
                default=3,
                show_default=True,
                help="每行列出几家别的接受人，近的在前 / how many other receivers for each line, the nearest first",
            ),
            click.Option(["--alone"], is_flag=True, help="一批中每份单独判定 / judge each of several as if it were the only one"),
            click.Option(["--lang"], type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language"),
            click.Option(["--yes"], is_flag=True, help="不问；缺什么就说明 / ask nothing: what is missing is told"),
            *list(getattr(run, "__click_params__", ()))[::-1],
        ]
        taken = {word for one in options if isinstance(one, click.Option) for word in one.opts}
        told = "试算：这批货能不能开具、每个理由由谁用哪一步解除、开具以后还剩多少；什么都不写入。 / May this load be issued, who lifts each reason by which act, and what is left; nothing is written. --from 的文件可以是一批（1 至 1,000 份的列表）。"
        super().__init__("check", params=[*field_options(tree_of(AskedTransfer), taken), *options], callback=run, help=told)


async def check_loads(given: Mapping[str, Any]) -> int:
    """Ask, and tell; exit code 1 where anything may not be issued."""
    import msgspec

    from liandan.act_tree import tree_of
    from liandan.cli.office.asking import Asking
    from liandan.cli.office.knowing import ServerKnowledge
    from liandan.cli.office.typed import Typing
    from whitelist.check_answers import AskedTransfer, CheckAnswers

    parts, typing, source = tree_of(AskedTransfer), Typing(), read_source(given)
    async with open_reader(**given) as client:
        knows = ServerKnowledge(client)
        if isinstance(source, list):
            transfers = source
        else:
            asked = given_form(parts, typing, given, source)
            asking = Asking(typing, knows, asks=not given["yes"], all_of_it=not asked)
            if asking.asks and not asked:
                warn("试算一批货，逐项回答；可不填的直接回车 / one load, field by field; Enter leaves out what may be")
            transfers = [await asking.complete(parts, asked)]
        question = {name: given[name] for name in ("as_of", "as_of_time", "at", "alternatives")} | {
            "transfers": transfers,
            "alone": given["alone"] or None,
        }
        body = {name: value for name, value in question.items() if value is not None}
        raw = await client.ask("POST", "/v1/checks", body, headers={"Accept-Language": given["lang"]})
        found = msgspec.json.decode(raw, type=CheckAnswers)
        lines = [line async for line in _told(found.answers, knows)]
    emit(found, f"截至第 {found.size} 条 / as of {found.size} entries, {found.at}", *lines)
    return 0 if all(answer.admissible for answer in found.answers) else FINDING


async def _told(answers: tuple[CheckAnswer, ...], knows: ServerKnowledge) -> AsyncIterator[str]:
    for number, answer in enumerate(answers, 1):
        which = f"第 {number} 份 / number {number}: " if len(answers) > 1 else ""
        route = f"  路径 / route {answer.route}" if answer.route else ""
        yield f"{which}{'✓ 可以开具 / may be issued' if answer.admissible else '✗ 不能开具 / may not be issued'}{route}"
        for reason in answer.reasons:
            for line in _reason(reason):
                yield line
        for alert in answer.alerts:
            yield f"  ! {alert.level} {alert.code} {shown(alert.message)}"
            for line in _ways(alert.ways):
                yield line
        for tag in answer.tags:
            yield f"  · {tag.code} {shown(tag.message)}"
        for fact in answer.anew:
            yield f"  ! 须重新申请 / apply anew: {fact.text}  {shown(fact.was)} → {shown(fact.now)}  {fact.article}"
        if answer.note:
            yield f"  {shown(answer.note)}"
        for balance in answer.remaining:
            yield _remaining(balance, await _account_name(balance.account, knows))
        for place, others in enumerate(answer.alternatives if not answer.admissible else ()):
            for other in others:
                for told in _alternative(place, other):
                    yield told


def _reason(reason: CheckReason) -> Iterator[str]:
    where = " ".join(part for part in (reason.label, reason.field) if part)
    yield f"  ✗ {reason.code} {shown(reason.message)}"
    yield f"      {where}: {shown(reason.found)}" + (f"（应为 / expected {shown(reason.expected)}）" if reason.expected else "")
    yield f"      → {shown(reason.what_to_do)}"
    yield f"      依据 / basis {' '.join(part for part in (reason.rule, reason.source) if part)}　由谁解决 / lifted by {reason.lifted_by}"
    yield from _ways(reason.ways)


def _ways(ways: Iterable[WayOut]) -> Iterator[str]:
    """Each with who signs which step, and by which command."""
    from liandan.cli.office.groups import words_of

    for way in ways:
        steps = []
        for step in way:
            by = ("、" if step.all else " / ").join(shown(one.name or one.party) for one in step.by)
            steps.append(f"{step.text}（{by or '-'}：liandan {words_of(step.kind)}）")
        yield f"      办法 / way: {' → '.join(steps)}"


def _alternative(line: int, one: Alternative) -> Iterator[str]:
    """Another receiver that may take the waste, and what has to be done for it."""
    far = f"{one.distance_km} km" if one.distance_km is not None else ""
    near = "毗邻 / neighbouring" if one.is_neighbour else ""
    said = "  ".join(
        filter(None, (shown(one.name), shown(one.place), near, far, " ".join(one.methods), f"余 / left {one.left_t} 吨", f"至 {one.until}"))
    )
    yield f"  ◇ 第 {line} 行可改送 / line {line} could go to: {said}"
    yield from _ways((one.way,))


def _remaining(one: RemainingAnswer, name: str) -> str:
    told = f"余 / left {one.left_t} − 本次 / this {one.this_t} = {one.after_t} 吨（限额 / limit {one.limit_t}）"
    return f"  {name}: {told}"


def account_words(account: str) -> str:
    """``Q2 approval/… 0`` as people read it: what it bounds, of what, which row or line."""
    quota, _, rest = account.partition(" ")
    if quota not in QUOTAS:
        return f"{QUOTAS['plan']}  {account}"
    chain, _, number = rest.partition(" ")
    return f"{QUOTAS[quota]}  {chain}" + (f"  第 {number} 行" if number else "")


async def _account_name(account: str, knows: ServerKnowledge) -> str:
    """The same with the name of the chain."""
    name = await knows.name_of(account.split(" ")[1]) if " " in account else ""
    return f"{account_words(account)}（{shown(name)}）" if name else account_words(account)


check = CheckCommand()
