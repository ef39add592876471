"""The form of a body, judged whole: every field outside its type, enumeration or pattern at once, each with its own code and place.

The forms stand in the Structs (``ledger.fields``), so the published schemas and what the log accepts are made from one declaration. A
good body is read by msgspec in one pass; only a bad one, and what no pattern can say (a real day, a check character), is walked here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import inspect

from ledger.fields import CHECKS
from signing.payload import REASON_LIMIT
from signing.refusal import Reason, Refusal

FOUND_MAX = 120


def read_body(value: object, body: type) -> Any:
    """The act as its Struct; Refusal with the codes of its fields, FIELD_UNKNOWN, FIELD_MISSING or FIELD_TYPE, and paths into the body."""
    said = ""
    try:
        found: Any = msgspec.convert(value, body, strict=True)
        is_fine = _judge_of(body)
        if is_fine is None or is_fine(found):
            return found
    except msgspec.ValidationError as error:
        said = str(error)[:FOUND_MAX]
    reasons = list(islice(_walk(value, inspect.type_info(body), "body", {}), REASON_LIMIT))
    raise Refusal(reasons or [Reason("FIELD_TYPE", "body", said)])


def _walk(value: Any, form: inspect.Type, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    """Every defect of a decoded JSON value against its form, in the order of the form's fields."""
    if "later" in extra and _is_later(value, extra["later"]):
        yield _reason("NOT_YET", path, value if isinstance(value, str) else "", "absent, until its rules are there")
        return
    match form:
        case inspect.Metadata():
            yield from _walk(value, form.type, path, {**extra, **(form.extra or {})})
        case inspect.UnionType():
            yield from _walk(value, next(option for option in form.types if not isinstance(option, inspect.NoneType)), path, extra)
        case inspect.StructType():
            yield from _walk_struct(value, form, path)
        case inspect.VarTupleType():
            yield from _walk_list(value, form, path, extra)
        case inspect.DictType():
            if not isinstance(value, dict):
                yield _reason("FIELD_TYPE", path, value, "an object")
            else:
                for key, inner in value.items():
                    yield from _walk(inner, form.value_type, f"{path}.{key}"[:FOUND_MAX], {})
                yield from _check(value, path, extra)
        case _:
            yield from _walk_scalar(value, form, path, extra)


def _walk_struct(value: Any, form: inspect.StructType, path: str) -> Iterator[Reason]:
    if not isinstance(value, dict):
        yield _reason("FIELD_TYPE", path, value, "an object")
        return
    known = {field.encode_name: field for field in form.fields}
    for name in sorted(value.keys() - known.keys()):
        yield Reason("FIELD_UNKNOWN", f"{path}.{name}"[:FOUND_MAX], "", ", ".join(known)[:200])
    for name, field in known.items():
        if name in value:
            yield from _walk(value[name], field.type, f"{path}.{name}", {})
        elif field.required:
            yield Reason("FIELD_MISSING", f"{path}.{name}", "", _words(field.type))


def _walk_list(value: Any, form: inspect.VarTupleType, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    if not isinstance(value, list):
        yield _reason("FIELD_TYPE", path, value, "a list")
        return
    low, high = form.min_length or 0, form.max_length
    if len(value) < low or (high is not None and len(value) > high):
        yield _reason(extra.get("code", "LIST_LENGTH"), path, len(value), f"{low} … {'' if high is None else high}")
    for position, inner in enumerate(value[:high]):
        yield from _walk(inner, form.item_type, f"{path}.{position}", {})
    yield from _check(value, path, extra)


def _walk_scalar(value: Any, form: inspect.Type, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    code = extra.get("code", "FIELD_TYPE")
    expected = str(extra.get("expected") or _words(form))
    match form:
        case inspect.StrType():
            if not isinstance(value, str):
                yield _reason("FIELD_TYPE", path, value, expected)
            elif form.max_length is not None and len(value) > form.max_length:
                yield _reason(extra.get("long", code), path, len(value), f"≤ {form.max_length}")
            elif form.pattern is not None and not re.search(form.pattern, value):
                yield _reason(code, path, value, expected)
            else:
                yield from _check(value, path, extra)
        case inspect.LiteralType():
            if not isinstance(value, str | int) or isinstance(value, bool) or value not in form.values:
                code = extra.get("codes", {}).get(value, code) if isinstance(value, str) else code
                yield _reason(code if type(value) is type(form.values[0]) else "FIELD_TYPE", path, value, expected)
        case inspect.IntType():
            is_int = isinstance(value, int) and not isinstance(value, bool)
            if not is_int or (form.ge is not None and value < form.ge) or (form.le is not None and value > form.le):
                yield _reason(code if is_int else "FIELD_TYPE", path, value, expected)
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield _reason("FIELD_TYPE", path, value, expected)
            else:
                yield from _check(value, path, extra)


def _check(value: Any, path: str, extra: Mapping[str, Any]) -> Iterator[Reason]:
    """What no pattern can say."""
    name = extra.get("check")
    if name is not None and not CHECKS[name](value):
        yield _reason(extra.get("check_code") or extra.get("code", "FIELD_TYPE"), path, value, extra.get("expected", ""))


def _is_later(value: Any, later: Any) -> bool:
    return value is not None and (later is True or value in later)


def _words(form: inspect.Type) -> str:
    """What a field may hold, for whoever left it out or wrote something else."""
    match form:
        case inspect.Metadata():
            return str((form.extra or {}).get("expected") or _words(form.type))
        case inspect.UnionType():
            return _words(form.types[0])
        case inspect.LiteralType():
            return " / ".join(map(str, form.values))
        case inspect.IntType():
            return "an integer" if form.ge is None else f"{form.ge} … {'' if form.le is None else form.le}"
        case inspect.StrType():
            return form.pattern or "a text"
        case inspect.VarTupleType():
            return "a list"
        case inspect.BoolType():
            return "true / false"
    return "an object"


def _reason(code: str, path: str, found: object, expected: object) -> Reason:
    return Reason(code, path[:FOUND_MAX], str(found)[:FOUND_MAX], str(expected)[:200])


IsFine = Callable[[Any], bool]


@cache
def _judge_of(body: type) -> IsFine | None:
    """Whether a body that msgspec has read is fine also where no pattern can say; ``None`` where there are no such fields. Most bodies are
    fine, so this says yes or no and nothing else; where and why is found by walking the raw body again."""
    return _compiled(inspect.type_info(body), {})


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
