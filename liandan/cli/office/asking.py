"""Asking for what is missing of a body, field by field: label, unit, choices by number, one item after the other; judged as it is typed.

Questions go to standard error, so that ``--json`` stays a result. Whoever wants none says ``--yes``: then what is missing is told instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import click
from msgspec import Struct

from ledger.admission.form import unknown_fields
from ledger.admission.form_words import ABSENT, said_of
from liandan.act_tree import Node
from liandan.cli import prompting
from liandan.cli.office.typed import NO, Typing
from liandan.cli.reasons import tell_typed
from liandan.cli.streams import shown, warn
from signing.phrase import Word, word_in
from signing.refusal import Reason, Refusal

OFFERS_MAX = 40
"""Choices that are shown at once; more are found by typing a part of them."""
NEVER_ASKED = frozenset({"commit"})
"""Commitments to personal data: names never stand in a statement, and what they commit to is kept by who asks for it (docs/personal-data.md)."""


class Offer(Struct, frozen=True):
    """One thing that may be meant: the value and how people know it."""

    value: str
    words: str
    is_known: bool = False
    """Whether it was shown before, for the item before."""


class Knowledge(Protocol):
    """What a server knows of the codes that a form asks for."""

    async def offers(self, node: Node, within: Mapping[str, Any]) -> Sequence[Offer]:
        """What may stand in a field, beside what else its part says."""

    async def find_party(self, text: str) -> Sequence[Offer]:
        """Parties whose names hold a text."""

    async def name_of(self, code: str) -> str:
        """Name of a code; empty where it has none."""


class Asking:
    """One form, asked from one person. ``asks``: somebody is there; ``all_of_it``: what may be left out is asked too."""

    def __init__(self, typing: Typing, knows: Knowledge, *, asks: bool, all_of_it: bool) -> None:
        self.typing, self._knows, self.asks, self._all = typing, knows, asks, all_of_it

    async def complete(self, parts: Sequence[Node], given: Mapping[str, Any]) -> dict[str, Any]:
        """The whole body; Refusal with the fields of a file that are none, and, where nobody is asked, with everything that is missing."""
        missing = list(_unknown(parts, given, "body"))
        if missing and self.asks:  # nobody answers a whole form to hear at its end that its file was wrong
            raise Refusal(missing)
        whole = await self._object(parts, given, "body", missing)
        if missing:
            raise Refusal(missing)
        return whole

    async def _object(self, parts: Sequence[Node], given: Mapping[str, Any], path: str, missing: list[Reason]) -> dict[str, Any]:
        found = dict(given)
        for node in parts:
            where = f"{path}.{node.name}"
            if node.name in found:
                found[node.name] = await self._within(node, found[node.name], where, missing)
            elif self.asks and node.name not in NEVER_ASKED and (node.field.is_required or self._all):
                value = await self._field(node, found, where, missing)
                if value is not None:
                    found[node.name] = value
            elif node.field.is_required:
                missing.append(Reason("FIELD_MISSING", where, ABSENT, said_of(node.whole, {})))
        order = [node.name for node in parts]
        return {name: found[name] for name in sorted(found, key=lambda name: order.index(name) if name in order else len(order))}

    async def _within(self, node: Node, value: Any, path: str, missing: list[Reason]) -> Any:
        """What was given, with what its parts lack; another type than the field's is told by the form later."""
        if not node.parts or node.is_key or node.field.type == "file":
            return value
        if node.field.is_list and isinstance(value, list):
            return [
                await self._object(node.parts, item, f"{path}.{at}", missing) if isinstance(item, dict) else item
                for at, item in enumerate(value)
            ]
        return await self._object(node.parts, value, path, missing) if isinstance(value, dict) else value

    async def _field(self, node: Node, within: Mapping[str, Any], path: str, missing: list[Reason]) -> Any:
        if node.field.is_list:
            return await self._list(node, within, path, missing)
        if node.parts and not node.is_key and node.field.type != "file":
            if not node.field.is_required and not prompting.confirm(f"{_label(node)}：填写？ / fill in?", default=False, err=True):
                return None
            warn(f"【{_label(node)}】")
            return await self._object(node.parts, {}, path, missing)
        return await self.one(node, within, path, is_optional=not node.field.is_required)

    async def _list(self, node: Node, within: Mapping[str, Any], path: str, missing: list[Reason]) -> Any:
        least = max(node.field.least or 0, 1 if node.field.is_required else 0)
        found: list[Any] = []
        while node.field.most is None or len(found) < node.field.most:
            number = len(found)
            is_over = number >= least or (number == 0 and not node.field.is_required)
            if node.parts and not node.is_key and node.field.type != "file":
                if is_over and not prompting.confirm(
                    f"{_label(node)}：第 {number + 1} 项？ / number {number + 1}?", default=False, err=True
                ):
                    break
                warn(f"【{_label(node)}  第 {number + 1} 项 / number {number + 1}】")
                found.append(await self._object(node.parts, {}, f"{path}.{number}", missing))
                continue
            value = await self.one(node, within, f"{path}.{number}", is_optional=is_over, number=number)
            if value is None:
                break
            found.append(value)
        return found or None

    async def one(self, node: Node, within: Mapping[str, Any], path: str, *, is_optional: bool, number: int | None = None) -> Any:
        """One value, asked again until it fits; ``None`` where it is left out."""
        offers = list(await self._knows.offers(node, within))
        if not offers and node.field.type == "choice":
            offers = [Offer(value, word) for value, word in node.field.values.items()]
        question = _question(node, is_optional=is_optional, number=number)
        if offers and all(offer.words in ("", offer.value) for offer in offers):
            warn(*([f"    {' '.join(offer.value for offer in offers)}"] if not number else []))
            offers = []
        elif number:
            offers = [Offer(offer.value, offer.words, is_known=True) for offer in offers]
        if not offers and not node.is_key and node.field.type not in ("choice", "flag", "file"):
            hint = word_in(said_of(node.whole if number is None else node.item, {}), "zh")
            hint += "，或名称的一部分 / or a part of the name" if node.field.type == "party" else ""
            question += f"（{hint}）" if hint not in ("文本", "") else ""
        return await self.ask(question, lambda text: self._value(node, text, path), offers, is_optional=is_optional)

    async def _value(self, node: Node, text: str, path: str) -> Any:
        if node.field.type == "flag" and not node.field.is_required and text.strip().lower() in NO:
            return None
        if node.field.type == "party":
            text = await self.party(text)
        value = self.typing.value(node, text, path)
        if isinstance(value, str) and (name := await self._knows.name_of(value)):
            warn(f"    {value} {name}")
        return value

    async def party(self, text: str) -> str:
        """A code as it is typed, or the one that is chosen among the parties of such a name."""
        text = text.strip()
        if text.isascii() or not (found := list(await self._knows.find_party(text))):
            return text
        if len(found) == 1:
            return found[0].value
        return str(await self.ask("哪一家？ / which one?", _same, found, is_optional=False))

    async def ask(
        self, question: str, read: Callable[[str], Awaitable[Any]], offers: Sequence[Offer] = (), *, is_optional: bool, near: str = ""
    ) -> Any:
        """A question until its answer can be read; by the number of an offer too. Values that are numbers are not taken for numbers."""
        for place, offer in enumerate(offers[:OFFERS_MAX], 1):
            if not offer.is_known:
                warn(f"    {place}) {offer.value}  {offer.words}".rstrip())
        if len(offers) > OFFERS_MAX:
            warn(f"    …… 共 {len(offers)} 项，可直接输入 / {len(offers)} in all: type it")
        values = {offer.value for offer in offers}
        while True:
            typed = str(prompting.prompt(shown(question), default=near, show_default=bool(near), err=True)).strip()
            if not typed and is_optional:
                return None
            if not typed:
                continue
            if typed.isdecimal() and typed not in values and 0 < int(typed[:4]) <= len(offers[:OFFERS_MAX]):
                typed = offers[int(typed) - 1].value
            try:
                return await read(typed)
            except Refusal as refusal:
                tell_typed(refusal)
                near = refusal.reasons[0].near
            except click.ClickException as wrong:
                warn(f"  {wrong.format_message()}")


def _unknown(parts: Sequence[Node], given: Mapping[str, Any], path: str) -> Iterator[Reason]:
    """What stands in a file and in no form."""
    yield from unknown_fields(given, [node.name for node in parts], path)
    for node in parts:
        value = given.get(node.name)
        for at, item in enumerate(value) if isinstance(value, list) else [(-1, value)]:
            if node.parts and isinstance(item, dict):
                yield from _unknown(node.parts, item, f"{path}.{node.name}" + (f".{at}" if at >= 0 else ""))


async def _same(text: str) -> str:
    return text


def _label(node: Node) -> str:
    return f"{node.label} ({node.name})"


def _question(node: Node, *, is_optional: bool, number: int | None) -> str:
    counted = "" if number is None else f" 第 {number + 1} 项"
    left = "，回车" + ("结束" if number else "不填") + " / Enter " + ("ends" if number else "leaves it out") if is_optional else ""
    said = {"flag": "，y/n", "file": "，文件路径 / path of the file"}.get(node.field.type, "")
    if node.is_key:
        said = "，登记材料文件 / file of its registration"
    return f"{_label(node)}{counted}{said}{left}"


def absent(name: str, expected: Word) -> Refusal:
    """What is missing where nobody is asked."""
    return Refusal([Reason("FIELD_MISSING", name, ABSENT, expected)])
