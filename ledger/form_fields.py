"""What a form asks for in a field: its kind, what it may hold, its unit; read from the declaration of the body (ledger.fields) like its label.

For whoever draws a form or writes one by hand, where a JSON Schema would have to be read first. A path ends at a field; ``*`` stands for any place
in a list: ``lines.*.mass_t``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from msgspec import Struct, inspect

from ledger.fields import BLANK
from ledger.labels import opened

FieldType = Literal["text", "mass", "time", "day", "choice", "number", "flag", "party", "division", "file", "object", "table"]
"""``mass``: tonnes as a text; ``time``: RFC 3339 with offset; ``party``: a USCC; ``table``: names to texts."""
SAYS_SOMETHING = f"[^{BLANK}]"
"""Pattern of any text that is not blank: no news to whoever fills in a form."""
_CODED: Mapping[str, FieldType] = {"QTY": "mass", "AT_FORM": "time", "USCC": "party", "DIVISION": "division"}


class FormField(Struct, frozen=True, kw_only=True):
    """One field of a body, as a form asks for it."""

    path: str
    zh: str
    en: str
    type: FieldType
    is_list: bool
    is_required: bool
    """Whether its part cannot be without it."""
    unit: str
    pattern: str
    values: Mapping[str, str]
    """The Chinese word of each value of an enumeration; the value itself where it has none."""
    least: int | None
    most: int | None
    """Of a number its bounds, of a list how many items it takes, of a text how many characters."""


@cache
def form_fields(body: type) -> Mapping[str, FormField]:
    """Every field of a body by its path, those of its parts behind it."""
    form = inspect.type_info(body)
    assert isinstance(form, inspect.StructType), f"{body} is no Struct"
    return {field.path: field for field in _fields(form, "")}


def _fields(form: inspect.StructType, before: str) -> Iterator[FormField]:
    for field in form.fields:
        path = f"{before}{field.encode_name}"
        outer, schema, extra = opened(field.type)
        is_list = isinstance(outer, inspect.VarTupleType)
        inner, item_schema, item_extra = opened(outer.item_type) if isinstance(outer, inspect.VarTupleType) else (outer, schema, extra)
        kind = _type_of(inner, {**extra, **item_extra})
        least, most = _bounds(outer)
        yield FormField(
            path=path,
            zh=schema.get("title", ""),
            en=schema.get("description", ""),
            type=kind,
            is_list=is_list,
            is_required=field.required,
            unit="t" if kind == "mass" else "",
            pattern="" if (pattern := getattr(inner, "pattern", None)) is None or pattern == SAYS_SOMETHING else pattern,
            values=_values(inner, item_schema.get("x-words", {})),
            least=least,
            most=most,
        )
        if isinstance(inner, inspect.StructType):
            yield from _fields(inner, f"{path}.*." if is_list else f"{path}.")


def _type_of(form: inspect.Type, extra: Mapping[str, Any]) -> FieldType:
    match form:
        case inspect.LiteralType():
            return "choice"
        case inspect.BoolType():
            return "flag"
        case inspect.IntType():
            return "number"
        case inspect.DictType():
            return "table"
        case inspect.StructType():
            return "file" if form.cls.__name__ == "File" else "object"
    if extra.get("check") == "day":
        return "day"
    return _CODED.get(extra.get("code", ""), "text")


def _values(form: inspect.Type, words: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(form, inspect.LiteralType):
        return {}
    values = [value for value in words if value in form.values] or form.values  # msgspec sorts them, their words stand as people read them
    return {str(value): words.get(str(value), str(value)) for value in values}


def _bounds(form: inspect.Type) -> tuple[int | None, int | None]:
    if isinstance(form, inspect.IntType):
        return form.ge, form.le
    if isinstance(form, inspect.VarTupleType | inspect.StrType):
        return form.min_length, form.max_length
    return None, None
