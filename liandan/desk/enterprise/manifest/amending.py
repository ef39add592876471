"""Corrections as people write them: what stands in each field that may be corrected, in words, and as what its new value is typed. Pure.

``was`` and ``now`` of a correction travel as texts of JSON (kinds §7). Nobody types JSON: the page lays in what stands there, and the island writes
what somebody types as the field has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.kind_table import Kinds
from ledger.form_fields import FormField, form_fields
from ledger.problem import Language
from ledger.times import format_at, parse_at
from manifests.possible.answers import AskedField, FieldValue, PossibleActAnswer
from manifests.recorded import at, is_at, read_value, write_value
from signing.refusal import Refusal

AMEND = "case.amend_propose/1"
PATHS = "changes.*.path"
_NUMBER = re.compile(r"(?<=\.)[0-9]+(?![^.])")
_OF: tuple[tuple[str, str, str], ...] = (
    ("received.*.", "manifest.receive/1", "lines.*."), ("legs.*.", "manifest.depart/1", ""), ("fates.*.", "manifest.dispose/1", "fates.*."),
    ("loaded.*.", "manifest.depart/1", "loaded.*."), ("", "manifest.issue/1", ""),
)  # fmt: skip
"""Which act declares the fields under a path of a correction, and what they are called there."""
TypedAs = Literal["text", "mass", "time", "day", "choice", "choices", "number", "division", "lines"]


class AmendField(Struct, frozen=True, kw_only=True):
    """One field: what stands there, as JSON and for people, and as what its new value is typed."""

    json: str
    """Empty where nothing stands there."""
    shown: str
    typed: TypedAs
    options: tuple[tuple[str, str], ...] = ()
    """(value, text) where it is one of few."""


def offered(act: PossibleActAnswer, record: Mapping[str, Any], language: Language) -> PossibleActAnswer:
    """A correction with a choice of its own for every place of a list; each choice by the name of its field."""
    if act.kind != AMEND:
        return act
    return replace(act, fields=tuple(_each(one, record, language) if one.path == PATHS else one for one in act.fields))


def _each(field: AskedField, record: Mapping[str, Any], language: Language) -> AskedField:
    found = [FieldValue(value=path, text=text) for one in field.values for path, text in _places(one, record, language)]
    return replace(field, values=tuple(found))


def _places(one: FieldValue, record: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    name = one.text.partition("：" if language == "zh" else ": ")[2] or one.text
    head, star, rest = one.value.partition(".*.")
    if not star:
        yield one.value, name
        return
    for number in range(len(record.get(head) or [])):
        yield f"{head}.{number}.{rest}", f"第 {number + 1} 项 {name}" if language == "zh" else f"{name} (no. {number + 1})"


def amend_fields(act: PossibleActAnswer, record: Mapping[str, Any], kinds: Kinds, language: Language) -> dict[str, AmendField]:
    """By path, of every choice of an act that :func:`offered` has made; nothing for any other."""
    asked = [one for one in act.fields if one.path == PATHS] if act.kind == AMEND else []
    return {value.value: _field(value.value, record, kinds, language) for one in asked for value in one.values}


def _field(path: str, record: Mapping[str, Any], kinds: Kinds, language: Language) -> AmendField:
    value, declared = at(record, path), _declared(path, kinds)
    words = {} if declared is None else {code: zh if language == "zh" else code.replace("_", " ") for code, zh in declared.values.items()}
    typed: TypedAs = "time" if path.startswith("times.") else "text"
    if declared is not None:
        typed = _typed(declared)
    return AmendField(
        json=write_value(value), shown=_shown(value, words), typed=typed, options=tuple(words.items()) if typed in ("choice", "choices") else ()
    )  # fmt: skip


def _declared(path: str, kinds: Kinds) -> FormField | None:
    star = _NUMBER.sub("*", path)
    for before, kind, there in _OF:
        if star.startswith(before) and (known := kinds.by_name.get(kind)) is not None:
            return form_fields(known.body).get(there + star.removeprefix(before))
    return None


def _typed(field: FormField) -> TypedAs:
    if field.type == "choice":
        return "choices" if field.is_list else "choice"
    if field.is_list:
        return "lines"
    return field.type if field.type in ("mass", "time", "day", "number", "division") else "text"


def read_plain(text: str) -> str:
    """A value of a correction as people read it; the text itself where it is no JSON of ours."""
    try:
        return _shown(read_value(text), {})
    except Refusal:
        return text


def _shown(value: Any, words: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(words.get(str(one), str(one)) for one in value)
    text = str(value)
    return format_at(parse_at(text))[:16].replace("T", " ") if is_at(text) else words.get(text, text)
