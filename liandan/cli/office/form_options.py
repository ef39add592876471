"""What the command line says of a form: an option for every field that one word says, ``--set`` for the rest, ``--from`` for a whole file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from liandan.cli.connection import existing, party_code, read_given

if TYPE_CHECKING:
    from liandan.act_tree import Node
    from liandan.cli.office.typed import Typing

FILE_MAX = 16 * 1024 * 1024  # Bytes of a file of a form; 1,000 transfers have some megabytes.
FIELD = "field_"
FEW = 8  # Values that are named in the help of an option.
source_option = click.Option(["--from", "source"], type=existing, help="JSON 文件，缺的再问 / JSON file; what it lacks is asked for")
settings_option = click.Option(
    ["--set", "settings"], multiple=True, metavar="FIELD=VALUE", help="一个字段，如 lines.0.mass_t=60 / one field"
)
_METAVARS = {"file": "FILE", "flag": "y|n", "day": "YYYY-MM-DD", "mass": "吨", "party": "USCC", "number": "N"}


def field_options(parts: Sequence[Node], taken: set[str]) -> Iterator[click.Option]:
    """Options of the plain fields of a form; ``taken`` are words that mean something else already."""
    for node in parts:
        flag = f"--{node.name.replace('_', '-')}"
        if not node.is_plain or flag in taken:
            continue
        values = "  ".join(f"{value} {word}" for value, word in node.field.values.items()) if len(node.field.values) <= FEW else ""
        told = node.label + (f"：{values}" if values else "") + ("，必填 / needed" if node.field.is_required else "")
        form = party_code if node.field.type == "party" else None
        metavar = _METAVARS.get(node.field.type, "TEXT")
        yield click.Option([flag, f"{FIELD}{node.name}"], type=form, multiple=node.field.is_list, metavar=metavar, help=told)


def read_source(given: Mapping[str, Any]) -> Any:
    """The JSON of ``--from``, ``{}`` where none is given; wrong usage for anything else."""
    if given["source"] is None:
        return {}
    try:
        return msgspec.json.decode(read_given(given["source"], FILE_MAX))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.UsageError(f"不是 JSON / no JSON: {given['source']}: {error}") from None


def given_form(parts: Sequence[Node], typing: Typing, given: Mapping[str, Any], source: Any) -> dict[str, Any]:
    """An object of a file, with what options say over it."""
    if not isinstance(source, dict):
        raise click.UsageError(f"应为 JSON 对象 / a JSON object is wanted: {given['source']}")
    body = typing.resolved(parts, source)
    for name, value in given.items():
        if name.startswith(FIELD) and value not in (None, ()):
            node = next(one for one in parts if one.name == name.removeprefix(FIELD))
            texts = value if isinstance(value, tuple) else (value,)
            values = [typing.value(node, text, node.name) for text in texts]
            body[node.name] = values if node.field.is_list else values[0]
    named = [item.partition("=") for item in given["settings"]]
    if wrong := [name for name, equals, _ in named if not equals]:
        raise click.UsageError(f"应为 字段=值 / FIELD=VALUE is wanted: {wrong[0]!a}")
    found: dict[str, Any] = typing.placed(parts, {name: text for name, _, text in named}, body)
    return found
