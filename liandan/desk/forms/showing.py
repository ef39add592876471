"""A body in words: every value under its label, in the order of its declaration, with the words of enumerations; for histories and papers.

What is signed is shown by the island from the bytes; this is for reading what is in the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.problem import Language
from liandan.act_tree import Node, tree_of

RUN_LEAST = 3
_COUNTED = re.compile("(.*?)([0-9]{1,15})", re.DOTALL)


class Shown(Struct, frozen=True, kw_only=True):
    """One value: its label, how deep it stands, its text; without one a heading."""

    label: str
    depth: int
    text: str = ""
    type: str = "text"
    file: str = ""
    """SHA-256 of a file."""


def shown(body: type, value: Mapping[str, Any], names: Mapping[str, str], language: Language) -> tuple[Shown, ...]:
    """Every value of a body as JSON has it."""
    return tuple(_shown(tree_of(body), value, 0, names, is_zh=language == "zh"))


def _shown(nodes: Sequence[Node], value: Mapping[str, Any], depth: int, names: Mapping[str, str], *, is_zh: bool) -> Iterator[Shown]:
    for node in nodes:
        if node.name not in value or node.field.type == "table":
            continue
        found, label = value[node.name], (node.field.zh if is_zh else node.field.en) or node.name
        label = label.removesuffix(", from 0")  # numbers are shown as papers count them, from 1
        if node.parts and isinstance(found, list):
            for number, item in enumerate(found):
                yield Shown(label=f"{label} {number + 1}" if len(found) > 1 else label, depth=depth)
                yield from _shown(node.parts, item, depth + 1, names, is_zh=is_zh)
        elif node.field.type == "file":
            for one in found if isinstance(found, list) else [found]:
                yield Shown(label=label, depth=depth, text=str(one.get("name", "")), type="file", file=str(one.get("sha256", "")))
        elif node.parts and isinstance(found, Mapping):
            yield Shown(label=label, depth=depth)
            yield from _shown(node.parts, found, depth + 1, names, is_zh=is_zh)
        elif isinstance(found, list):
            texts = [_text(node, one, names, is_zh=is_zh) for one in found]
            yield Shown(label=label, depth=depth, text="、".join(in_runs(texts, is_zh=is_zh)), type=node.field.type)
        else:
            yield Shown(label=label, depth=depth, text=_text(node, found, names, is_zh=is_zh), type=node.field.type)


def in_runs(texts: Sequence[str], *, is_zh: bool) -> Iterator[str]:
    """Three and more that count up behind the same beginning as their first and last, as the island shows labels: nothing is lost. Others as they are."""
    at = 0
    while at < len(texts):
        end = at + 1
        while end < len(texts) and texts[end] == _next(texts[end - 1]):
            end += 1
        if end - at < RUN_LEAST:
            yield texts[at]
            at += 1
            continue
        first, last = texts[at], texts[end - 1]
        yield f"{end - at} 枚，连号：{first} 至 {last}" if is_zh else f"{end - at}, in a row: {first} to {last}"
        at = end


def _next(text: str) -> str:
    """What counts on behind a text, in the same width; empty where nothing does."""
    found = _COUNTED.fullmatch(text)
    return "" if found is None else found[1] + str(int(found[2]) + 1).zfill(len(found[2]))


def _text(node: Node, value: Any, names: Mapping[str, str], *, is_zh: bool) -> str:
    if value is True:
        return "是" if is_zh else "yes"
    text = str(value)
    if node.field.values:
        return node.field.values.get(text, text) if is_zh else text.replace("_", " ")
    if node.field.type == "time":
        return text[:16].replace("T", " ") if text.endswith("+08:00") else text
    if node.field.type == "number" and node.name in ("line", "leg", "row", "decision_line", "plan_line"):
        return str(int(value) + 1) if isinstance(value, int) else text
    name = names.get(text)
    return f"{name}（{text}）" if name else text
