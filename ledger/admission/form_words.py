"""Words for forms: what a field may hold, with all allowed values, and what somebody put there, in both languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import inspect

from ledger.fields import is_blank
from signing.payload import visible
from signing.phrase import Phrase, Word, cut, joined, word_in
from signing.refusal import EXPECTED_MAX, FOUND_MAX

ABSENT = Phrase("没有这一项", "absent")
_FIELDS_SHOWN = 12
_TEXT_MAX = 60


def shown(value: object) -> Word:
    """A value as it was found: a text by itself, anything else by what it is. Objects are not told: who knows what is in them."""
    match value:
        case str() if not value:
            return Phrase("空文本", "an empty text")
        case str() if is_blank(value):
            points = " ".join(f"U+{ord(character):04X}" for character in value[:3])
            return Phrase(f"只有空白字符（{points}）", f"nothing but blanks ({points})")
        case str():
            return cut(visible(value, FOUND_MAX), FOUND_MAX)
        case bool():
            said = "true" if value else "false"
            return Phrase(f"布尔值 {said}", f"the boolean {said}")
        case int():
            return Phrase(f"数字 {value}", f"the number {value}")
        case list():
            return Phrase(f"列表（{len(value)} 项）", f"a list of {len(value)}")
        case dict():
            return Phrase(f"对象（{len(value)} 项）", f"an object of {len(value)}")
    return Phrase("空值 null", "null")


def of_another_type(value: object) -> Word:
    """A value where one of another type belongs; a text is told as such, for ``1`` and ``"1"`` read alike."""
    if not isinstance(value, str) or is_blank(value):
        return shown(value)
    text = visible(value, _TEXT_MAX)
    return Phrase(f"文本“{text}”", f"the text “{text}”")


def names_of(names: Sequence[str]) -> str:
    """Names of fields, as many as there is room for."""
    told = ", ".join(names)
    return told if len(told) <= EXPECTED_MAX else told[: told.rindex(", ", 0, EXPECTED_MAX - 3)] + ", …"


def opened(form: inspect.Metadata, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What a wrapping says of the type within it, beside what was said before: code, expectation, check, and the Chinese words of values."""
    schema = form.extra_json_schema or {}
    return {**extra, **(form.extra or {}), **({"words": schema["x-words"]} if "x-words" in schema else {})}


def said_of(form: inspect.Type, extra: Mapping[str, Any]) -> Word:
    """What a field may hold: allowed values with their words, limits, a pattern by its words and an example."""
    match form:
        case inspect.Metadata():
            return said_of(form.type, opened(form, extra))
        case inspect.UnionType():
            return said_of(next(option for option in form.types if not isinstance(option, inspect.NoneType)), extra)
        case inspect.VarTupleType():
            return _list(form)
        case inspect.StructType():
            names = [field.encode_name for field in form.fields if field.required] or [field.encode_name for field in form.fields]
            told = ", ".join(names[:_FIELDS_SHOWN]) + ("…" if len(names) > _FIELDS_SHOWN else "")
            return Phrase(f"对象 {{{told}}}", f"an object {{{told}}}")
        case inspect.LiteralType():
            return _values(form, extra.get("words", {}))
    if "expected" in extra:
        said: Word = extra["expected"]
        return said
    match form:
        case inspect.IntType():
            return _whole_number(form)
        case inspect.StrType():
            return Phrase("文本", "a text") if form.pattern is None else form.pattern
        case inspect.BoolType():
            return Phrase("布尔值 true 或 false", "true or false")
    return Phrase("对象", "an object")


def _values(form: inspect.LiteralType, words: Mapping[str, str]) -> Word:
    """The allowed values, for Chinese readers with their words."""
    allowed = [str(value) for value in form.values]  # by the alphabet; with words, in the order in which these are declared
    values = [*(value for value in words if value in allowed), *(value for value in allowed if value not in words)]
    told = "、".join(f"{value}（{words[value]}）" if value in words else value for value in values)
    return Phrase(told, " / ".join(values)) if words else " / ".join(values)


def _list(form: inspect.VarTupleType) -> Word:
    """How many items, and what each is."""
    low, high = form.min_length or 0, form.max_length
    if high is None:
        count = Phrase(f"至少 {low} 项的列表", f"a list of at least {low}") if low else Phrase("列表", "a list")
    else:
        count = Phrase(f"{low} 至 {high} 项的列表", f"a list of {low} to {high}")
    item = said_of(form.item_type, {})
    return joined(count, Phrase(f"，每项为{word_in(item, 'zh')}", f", each {word_in(item, 'en')}"))


def _whole_number(form: inspect.IntType) -> Word:
    low, high = form.ge, form.le
    if low is None:
        return Phrase("整数", "a whole number")
    if high is None:
        return Phrase(f"不小于 {low} 的整数", f"a whole number from {low} on")
    return Phrase(f"{low} 至 {high} 的整数", f"a whole number from {low} to {high}")
