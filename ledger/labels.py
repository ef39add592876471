"""What the fields of an act are called and what they may hold, read from the declaration of its body (ledger.fields) and from nowhere else.

Certificates, statements, pages of docs/formats and forms take their labels here, so a field is named once in the whole product. A path
ends at a field; ``*`` stands for any place in a list: ``lines.*.mass_t``.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from msgspec import Struct, inspect

from signing.phrase import Word


class FieldInfo(Struct, frozen=True, kw_only=True):
    """One field of a body."""

    path: str
    zh: str  # Empty where the declaration has no label.
    en: str
    form: str  # What it may hold: a pattern's example, the values of an enumeration, bounds.
    is_required: bool
    is_list: bool
    codes: tuple[str, ...]
    """Refusals of its form that the declaration names; ``FIELD_TYPE`` and ``FIELD_MISSING`` stand beside all of them."""
    words: Mapping[str, str]  # Chinese word of each value of an enumeration.


@cache
def fields_of(body: type) -> tuple[FieldInfo, ...]:
    """Every field of a body, those of its parts behind it, in the order of the declaration."""
    form = inspect.type_info(body)
    assert isinstance(form, inspect.StructType), f"{body} is no Struct"
    return tuple(_fields(form, ""))


@cache
def labels(body: type) -> Mapping[str, tuple[str, str]]:
    """(Chinese, English) by path."""
    return {found.path: (found.zh, found.en) for found in fields_of(body)}


@cache
def words_of(form: Any) -> Mapping[str, str]:
    """Chinese word of each value of an enumeration that ``words`` declares: ``words_of(Opinion)["accept"]``."""
    return dict(opened(inspect.type_info(form))[1].get("x-words", {}))


def _fields(form: inspect.StructType, path: str) -> Iterator[FieldInfo]:
    for field in form.fields:
        own = f"{path}{field.encode_name}"
        inner, schema, extra = opened(field.type)
        is_list = isinstance(inner, inspect.VarTupleType)
        item, item_schema, item_extra = opened(inner.item_type) if isinstance(inner, inspect.VarTupleType) else (inner, schema, extra)
        yield FieldInfo(
            path=own,
            zh=schema.get("title", ""),
            en=schema.get("description", ""),
            form=_form_words(inner, extra),
            is_required=field.required,
            is_list=is_list,
            codes=tuple(
                dict.fromkeys(found[name] for found in (extra, item_extra) for name in ("code", "long", "check_code") if name in found)
            ),
            words=item_schema.get("x-words", {}),
        )
        if isinstance(item, inspect.StructType):
            yield from _fields(item, f"{own}.*." if is_list else f"{own}.")


def opened(form: inspect.Type) -> tuple[inspect.Type, dict[str, Any], dict[str, Any]]:
    """A type without its wrappings: (type, what the published schema says of it, codes and expectations); the outer declaration wins."""
    match form:
        case inspect.Metadata():
            inner, schema, extra = opened(form.type)
            return inner, schema | (form.extra_json_schema or {}), extra | (form.extra or {})
        case inspect.UnionType():
            return opened(next(option for option in form.types if not isinstance(option, inspect.NoneType)))
    return form, {}, {}


def _form_words(form: inspect.Type, extra: Mapping[str, Any]) -> str:
    """What a value may be, in a few signs."""
    match form:
        case inspect.LiteralType():
            return " / ".join(map(str, form.values))
        case inspect.StructType():
            return "{…}"
        case inspect.VarTupleType():
            item, _, item_extra = opened(form.item_type)
            return (
                f"[{_form_words(item, item_extra)}] {form.min_length or 0} … {'' if form.max_length is None else form.max_length}".rstrip()
            )
        case inspect.BoolType():
            return "true / false"
        case inspect.IntType():
            return "integer" if form.ge is None else f"{form.ge} … {'' if form.le is None else form.le}"
        case inspect.DictType():
            return "{name: value}"
    if "expected" in extra:
        said: Word = extra["expected"]
        return said if isinstance(said, str) else " · ".join(said)
    assert isinstance(form, inspect.StrType | inspect.AnyType | inspect.BytesType), form
    return getattr(form, "pattern", None) or "text"
