"""What somebody is about to sign, in words: every field that stands in the bytes, by its name in the declaration of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ledger.admission.personality import Kind
from ledger.labels import FieldInfo, fields_of
from ledger.model import Statement
from ledger.pending.compact import CosignedStatement
from liandan.cli.streams import shown

CHECK_CODE = 8
"""Digits of the statement hash that two people compare by voice; no security boundary."""


def told(
    cosigning: CosignedStatement, statement: Statement, kind: Kind, body: Any, names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Line by line; ``body`` is what stands in the bytes, as plain values. Every leaf of it is shown, also one that has no name here.
    ``names`` of codes stand beside them, where somebody knows some: by the code, or by ``field=code`` where the code alone says little.
    """
    known = names or {}
    yield f"{kind.zh} / {kind.en}  ({statement.kind})"
    yield f"  链 chain: {_named(statement.chain, '', known)}  第 {statement.seq} 号 / number {statement.seq}"
    yield f"  时间 at: {statement.at}"
    for place, uscc in enumerate(statement.by):
        signature = cosigning.signatures.get(place)
        signed = "未签 / not signed" if signature is None else f"已签 / signed {signature.keyid[:16]}…"
        yield f"  签署 by {place + 1}: {_named(uscc, '', known)}  {signed}"
    if statement.principal is not None:
        yield f"  代 for: {_named(statement.principal, '', known)}"
    infos = {info.path: info for info in fields_of(kind.body)}
    for path, value in _leaves(body, ""):
        yield f"  {_name(path, infos)}: {_value(path, value, infos, known)}"
    yield f"  核对码 check code: {cosigning.statement[:CHECK_CODE]}    声明哈希 statement hash: {cosigning.statement}"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value that is no list or object; an empty one is a value itself. ``3`` of a path is a place in a list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, item in inner for leaf in _leaves(item, f"{path}.{key}" if path else str(key))]
    yield from found or ([(path, value)] if path else [])


def _plain(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _name(path: str, infos: dict[str, FieldInfo]) -> str:
    """``行 lines 2 · 质量 mass (lines.1.mass_t)``: labels of the parts that have one, and the path itself."""
    parts, labels = path.split("."), []
    for end in range(1, len(parts) + 1):
        info = infos.get(_plain(".".join(parts[:end]))) or infos.get(_plain(".".join(parts[:end])).removesuffix(".*"))
        if info is not None and not parts[end - 1].isdigit() and (info.zh or info.en):
            number = f" {int(parts[end]) + 1}" if end < len(parts) and parts[end].isdigit() else ""
            labels.append(f"{info.zh} {info.en}{number}".strip())
    return shown(f"{' · '.join(labels)} ({path})" if labels else path)


def _value(path: str, value: Any, infos: dict[str, FieldInfo], names: Mapping[str, str]) -> str:
    info = infos.get(_plain(path)) or infos.get(_plain(path).removesuffix(".*"))
    word = "" if info is None or not isinstance(value, str) else info.words.get(value, "")
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    field = next(part for part in reversed(path.split(".")) if not part.isdigit())
    return shown(text + f"（{word}）" if word else _named(text, field, names))


def _named(code: str, field: str, names: Mapping[str, str]) -> str:
    """A code with the name that it has."""
    name = names.get(f"{field}={code}") or names.get(code)
    return shown(f"{code}（{name}）" if name else code)
