"""The form of a body, judged whole: every field outside its type, enumeration or pattern at once, each with its own code and place.

The forms stand in the Structs (``ledger.fields``), so the published schemas and what the log accepts are made from one declaration. A
good body is read by msgspec in one pass; only a bad one, and what no pattern can say (a real day, a check character), is walked here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from ledger.admission.form_words import ABSENT, names_of, of_another_type, opened, said_of, shown
from ledger.admission.near import nearest, nearest_of
from ledger.fields import CHECKS
from ledger.lookalikes import LOOKED_AT_MAX, are_alike, difference_of, plain
from signing.payload import REASON_LIMIT, Flaw, visible
from signing.phrase import Phrase, Word, cut
from signing.refusal import EXPECTED_MAX, Reason, Refusal

FOUND_MAX = 120
_DIGITS_MAX = 20
Fits = Callable[[str], bool]


def read_body(value: object, body: type) -> Any:
    """The act as its Struct; Refusal with the codes of its fields, FIELD_UNKNOWN, FIELD_MISSING or FIELD_TYPE, and paths into the body."""
    try:
        found: Any = msgspec.convert(value, body, strict=True)
        is_fine = _judge_of(body)
        if is_fine is None or is_fine(found):
            return found
    except (msgspec.ValidationError, ValueError):  # the latter of a __post_init__ whose words are not for people
        pass
    raise Refusal(body_reasons(value, body) or [Reason("FIELD_TYPE", "body", shown(value), said_of(_form_of(body), {}))])


def body_reasons(value: object, body: type) -> list[Reason]:
    """Everything that is wrong with the form of a decoded JSON value; where the text of the value was no JSON of ours, that is said already."""
    return list(islice(_walk(value, _form_of(body), "body", {}), REASON_LIMIT))


def request_reasons(value: object, form: type, code: str) -> list[Reason]:
    """The same of what is no statement, under one ``code`` and by paths from its own top; never empty, for it could not be read."""
    found = [replace(reason, code=code, field=reason.field.removeprefix("body").lstrip(".")) for reason in body_reasons(value, form)]
    return found or [Reason(code, "", shown(value), said_of(_form_of(form), {}))]


def value_reasons(value: object, form: inspect.Type, path: str) -> list[Reason]:
    """The same of one field that somebody has just typed, under its ``path``; empty where it fits."""
    return list(islice(_walk(value, form, path, {}), REASON_LIMIT))


_form_of = cache(inspect.type_info)
"""Of a body: working out takes a millisecond."""


def _walk(value: Any, form: inspect.Type, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    """Every defect of a decoded JSON value against its form, in the order of the form's fields."""
    if value is None or isinstance(value, Flaw):
        return  # no JSON of ours: the reading of the text has said so
    if "later" in extra and _is_later(value, extra["later"]):
        yield _reason("NOT_YET", path, shown(value), Phrase("暂不填写，待其规则启用", "absent, until its rules are there"))
        return
    match form:
        case inspect.Metadata():
            yield from _walk(value, form.type, path, opened(form, extra))
        case inspect.UnionType():
            yield from _walk(value, _some(form), path, extra)
        case inspect.StructType():
            yield from _walk_struct(value, form, path)
        case inspect.VarTupleType():
            yield from _walk_list(value, form, path, extra)
        case inspect.DictType():
            if not isinstance(value, dict):
                yield _reason("FIELD_TYPE", path, of_another_type(value), said_of(form, extra))
            else:
                for key, inner in value.items():
                    yield from _walk(inner, form.value_type, f"{path}.{visible(key)}"[:FOUND_MAX], {})
                yield from _check(value, path, extra)
        case _:
            yield from _walk_scalar(value, form, path, extra)


def _walk_struct(value: Any, form: inspect.StructType, path: str) -> Iterator[Reason]:
    if not isinstance(value, dict):
        yield _reason("FIELD_TYPE", path, of_another_type(value), said_of(form, {}))
        return
    known = {field.encode_name: field for field in form.fields}
    yield from unknown_fields(value, list(known), path)
    for name, field in known.items():
        if name in value:
            yield from _walk(value[name], field.type, f"{path}.{name}", {})
        elif field.required:
            yield Reason("FIELD_MISSING", f"{path}.{name}", ABSENT, said_of(field.type, {}))


def unknown_fields(value: Mapping[str, object], known: Sequence[str], path: str = "") -> Iterator[Reason]:
    """FIELD_UNKNOWN for every field of an object that is none of ``known``, with the one it may be meant for, sooner one that is missing."""
    free = [name for name in known if name not in value]
    for name in sorted(value.keys() - set(known)):
        field = f"{path}.{visible(name)}" if path else visible(name)
        expected = names_of(free + [other for other in known if other in value])
        yield Reason("FIELD_UNKNOWN", field[:FOUND_MAX], visible(name), expected, near=nearest_of(name, free))


def _walk_list(value: Any, form: inspect.VarTupleType, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    if not isinstance(value, list):
        yield _reason("FIELD_TYPE", path, of_another_type(value), said_of(form, extra))
        return
    low, high = form.min_length or 0, form.max_length
    if len(value) < low or (high is not None and len(value) > high):
        yield _reason(extra.get("code", "LIST_LENGTH"), path, shown(value), said_of(form, extra))
    for position, inner in enumerate(value[:high]):
        yield from _walk(inner, form.item_type, f"{path}.{position}", {})
    yield from _check(value, path, extra)


def _walk_scalar(value: Any, form: inspect.Type, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    code, expected = extra.get("code", "FIELD_TYPE"), said_of(form, extra)
    match form:
        case inspect.StrType():
            fits = _fitting(form, extra)
            if not isinstance(value, str):
                yield _reason("FIELD_TYPE", path, shown(value), expected, _quoted(value, fits))
            elif form.max_length is not None and len(value) > form.max_length:
                most = Phrase(f"至多 {form.max_length} 个字符", f"at most {form.max_length} characters")
                yield _reason(extra.get("long", code), path, Phrase(f"{len(value)} 个字符", f"{len(value)} characters"), most)
            elif not fits(value):
                is_of_pattern = form.pattern is None or re.search(form.pattern, value) is not None
                yield _mistyped(extra.get("check_code", code) if is_of_pattern else code, path, value, expected, nearest(value, fits))
        case inspect.LiteralType():
            if not isinstance(value, str | int) or isinstance(value, bool) or value not in form.values:
                code = extra.get("codes", {}).get(value, code) if isinstance(value, str) else code
                near = nearest_of(str(value), map(str, form.values), _words_of(extra))
                yield _reason(code if type(value) is type(form.values[0]) else "FIELD_TYPE", path, shown(value), expected, near)
        case inspect.IntType():
            is_int = isinstance(value, int) and not isinstance(value, bool)
            if not is_int or (form.ge is not None and value < form.ge) or (form.le is not None and value > form.le):
                near = number_in(value) if isinstance(value, str) else ""
                yield _reason(code if is_int else "FIELD_TYPE", path, str(value) if is_int else of_another_type(value), expected, near)
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield _reason("FIELD_TYPE", path, of_another_type(value), expected, value if value in ("true", "false") else "")
            else:
                yield from _check(value, path, extra)


def number_in(text: str) -> str:
    """The whole number that a text means; empty if it means none."""
    meant = plain(text[:_DIGITS_MAX])
    return meant if re.fullmatch("0|[1-9][0-9]*", meant) else ""


def _fitting(form: inspect.StrType, extra: Mapping[str, Any]) -> Fits:
    """Whether a text fits a field, by pattern, length and check."""
    check = CHECKS[extra["check"]] if "check" in extra else None

    def fits(text: str) -> bool:
        is_long = form.max_length is not None and len(text) > form.max_length
        return not is_long and (form.pattern is None or re.search(form.pattern, text) is not None) and (check is None or check(text))

    return fits


def _mistyped(code: str, path: str, value: str, expected: Word, near: str) -> Reason:
    """A text that does not fit; where it looks like one that does, by the characters that differ."""
    right = near or plain(value[:LOOKED_AT_MAX])
    found = difference_of(value, right) if are_alike(value, right) else shown(value)
    return Reason(code, path[:FOUND_MAX], found, cut(expected, EXPECTED_MAX), near=near)


def _check(value: Any, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    """What no pattern can say, of values that are no texts."""
    name = extra.get("check")
    if name is not None and not CHECKS[name](value):
        code, found = extra.get("check_code") or extra.get("code", "FIELD_TYPE"), shown(value)
        expected = extra.get("expected", "")
        if name in ("once", "files"):
            expected = Phrase("每项只出现一次", "each item once")
            twice = [str(item if not isinstance(item, dict) else item.get("sha256", "")) for item in value]
            repeated = [text for text, count in Counter(twice).items() if count > 1]
            found = Phrase(f"重复：{', '.join(repeated)}", f"more than once: {', '.join(repeated)}")
        yield _reason(code, path, found, expected)


def _is_later(value: Any, later: Any) -> bool:
    return value is not None and (later is True or value in later)


def _some(form: inspect.UnionType) -> inspect.Type:
    """What a field that may be absent holds."""
    return next(option for option in form.types if not isinstance(option, inspect.NoneType))


def _quoted(value: object, fits: Fits) -> str:
    """A number that would be right as a text, with the quotation marks that it lacks."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    return f'"{text}"' if text and fits(text) else ""


def _words_of(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Values of an enumeration with their Chinese words."""
    return list(extra.get("words", {}).items())


def _reason(code: str, path: str, found: object, expected: object, near: str = "") -> Reason:
    return Reason(code, path[:FOUND_MAX], cut(found, FOUND_MAX), cut(expected, EXPECTED_MAX), near=near)


IsFine = Callable[[Any], bool]


@cache
def _judge_of(body: type) -> IsFine | None:
    """Whether a body that msgspec has read is fine also where no pattern can say; ``None`` where there are no such fields. Most bodies are
    fine, so this says yes or no and nothing else; where and why is found by walking the raw body again."""
    return _compiled(_form_of(body), {})


def _compiled(form: inspect.Type, extra: Mapping[str, Any]) -> IsFine | None:
    if "later" in extra:
        later, inner = extra["later"], _compiled(form, {name: what for name, what in extra.items() if name != "later"})
        if later is not True and inner is None:
            return lambda value: value not in later
        return lambda value: not _is_later(value, later) and (inner is None or inner(value))
    match form:
        case inspect.Metadata():
            return _compiled(form.type, {**extra, **(form.extra or {})})
        case inspect.UnionType():
            # What is absent is passed over by the Struct it would stand in.
            return next((found for option in form.types if (found := _compiled(option, extra)) is not None), None)
        case inspect.StructType():
            parts = {field.name: found for field in form.fields if (found := _compiled(field.type, {})) is not None}
            return _of_struct(parts) if parts else None
        case inspect.VarTupleType():
            item = _compiled(form.item_type, {})
            check = CHECKS[extra["check"]] if "check" in extra else None
            return check if item is None else lambda value: all(map(item, value)) and (check is None or check(value))
    return CHECKS[extra["check"]] if "check" in extra else None


def _of_struct(parts: Mapping[str, IsFine]) -> IsFine:
    """One expression for all fields to be looked at: every body passes here, most fields are absent, and a loop takes three times as long.
    Nothing, and what is empty, passes every check but that of a Flag."""
    asked = (f"(not (held := value.{name}) and held is not False or _{name}(held))" for name in parts)
    found: IsFine = eval(f"lambda value: {' and '.join(asked)}", {f"_{name}": part for name, part in parts.items()})  # noqa: S307  # names of fields of our own Structs
    return found
