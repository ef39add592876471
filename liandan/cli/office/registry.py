"""``liandan party|permit|list|approval show``: what stands in the log now, one line an item; one item whole, with what is left of each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from liandan.cli.connection import PAGE_MAX, client_options, open_reader, party_code
from liandan.cli.output import FINDING, command, emit

FILTERS = {
    "name": click.option("--name", help="名称的一部分 / part of the name"),
    "receiver": click.option("--receiver", type=party_code, help="接受人 / receiver"),
    "generator": click.option("--generator", type=party_code, help="移出人 / generator"),
    "year": click.option("--year", type=click.IntRange(2000, 2099), help="年度 / year"),
    "stage": click.option("--stage", help="阶段 / stage"),
    "code": click.option("--code", help="废物代码 / waste code"),
}
Pages = Callable[..., Iterator[str]]


def registry(noun: str, told: str, filters: Sequence[str]) -> click.Command:
    """``show`` of a noun."""

    @click.argument("chain", default="", metavar="[NAME]")
    @command
    async def show(chain: str, **options: Any) -> int:
        return await _show(noun, chain, options)

    for one in reversed(filters):
        show = FILTERS[one](show)
    return click.command("show", help=told)(client_options(show))


async def _show(noun: str, name: str, options: dict[str, Any]) -> int:
    """The listing, or the one that is named; exit code 1 where there is no such."""
    import msgspec

    from liandan.cli.office import registry_lines
    from liandan.cli.office.knowing import ServerKnowledge

    shown = registry_lines.SHOWN[noun]
    asked = {one: options.pop(one) for one in FILTERS if one in options}
    named = "" if not name else name if name.startswith(shown.begins) else f"{noun}/{name}"
    found: list[Any] = []
    names: dict[str, str] = {}
    async with open_reader(**options) as client:
        cursor: str | None = ""
        while cursor is not None:
            raw = await client.get(shown.path, limit=PAGE_MAX, cursor=cursor or None, **(asked | shown.narrowed(named)))
            page: Any = msgspec.json.decode(raw, type=shown.form)
            items = [one for one in getattr(page, shown.items) if named in ("", *shown.names_of(one))]
            found, names, cursor = [*found, *items], names | getattr(page, "names", {}), page.next
        knows = ServerKnowledge(client)
        lines = list[str]()
        for one in found:
            lines += shown.lines(one, names)
            lines += [line async for line in shown.details(one, names, client, knows)] if named else []
    emit(found[0] if named and len(found) == 1 else found, *lines, *([] if found else ["没有 / none"]))
    return FINDING if named and not found else 0
