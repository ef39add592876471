"""Queries: which parameters a route takes, what each may be, and everything that is wrong with those that were given.

The framework would ignore what it does not know, stop at its first doubt and say so in its own English. So all of it is judged before it looks.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from msgspec import Struct

from ledger.admission.form_words import ABSENT, names_of, shown
from ledger.admission.near import nearest, nearest_of
from ledger.admission.personal import personal_in
from ledger.lookalikes import are_alike, difference_of
from signing.payload import visible
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal

INTEGER = "-?[0-9]{1,16}"
NOTHING_PERSONAL = Phrase("不含个人信息（电话、证件号、邮箱、坐标）", "no personal data")
ONCE = Phrase("每个参数只写一次", "each parameter once")
_NAMED_MAX = 20
_CHOICE = re.compile(r"\^\(([a-zA-Z_0-9|-]+)\)\$")


class QueryForm(Struct, frozen=True):
    """A parameter: what it may be as a whole, and in words."""

    pattern: str | None
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    is_needed: bool
    expected: Word

    def fits(self, value: str) -> bool:
        """Whether a value is of this form; ``$`` of a pattern lets no line feed pass here, and no NUL passes, with which no database compares."""
        if "\x00" in value:
            return False
        if self.choices:
            return value in self.choices
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return False
        is_number = self.low is not None or self.high is not None
        return not is_number or ((self.low is None or int(value) >= self.low) and (self.high is None or int(value) <= self.high))


async def refuse_unknown_query(request: Request[Any, Any, Any]) -> None:
    """QUERY_FORM for parameters unknown here or given twice: a misspelt filter must not widen an answer, nor ``atomci`` split a batch.
    And for values that are not what their form says as a whole: a line feed behind a number finds nothing, and nobody sees it on paper.
    Asynchronous though it awaits nothing: Litestar would run a plain function on another thread, for every request."""
    known = _asked_of(request.route_handler)
    if not request.scope["query_string"] and not any(form.is_needed for form in known.values()):
        return
    items = list(request.query_params.multi_items())
    given = [name for name, _ in items]
    reasons: list[Reason] = []
    for name in dict.fromkeys(given):
        if name not in known:
            field = visible(name) if not personal_in(name) else "***"
            near = nearest_of(name, known.keys() - set(given))
            reasons.append(Reason("QUERY_FORM", field, UNKNOWN, _allowed(known, near), near=near))
        elif given.count(name) > 1:
            reasons.append(Reason("QUERY_FORM", name, Phrase(f"{given.count(name)} 次", f"{given.count(name)} times"), ONCE))
    for name, value in items:
        if name != "cursor" and personal_in(value):  # what is asked stands in cursors, on papers and in logs
            reasons.append(Reason("QUERY_FORM", name if name in known else "***", "***", NOTHING_PERSONAL))
        elif name in known and not known[name].fits(value):
            reasons.append(_unfit(name, value, known[name]))
    reasons += [Reason("QUERY_FORM", name, ABSENT, form.expected) for name, form in known.items() if form.is_needed and name not in given]
    if reasons:
        raise Refusal(reasons[:_NAMED_MAX])


UNKNOWN = Phrase("不认识的参数", "an unknown parameter")


def _allowed(known: Mapping[str, QueryForm], near: str) -> Word:
    """The parameters that there are; first the one that may have been meant, for a long line is cut."""
    names = names_of(sorted(known, key=lambda name: (name != near, name)))
    return Phrase(f"可用的参数：{names}", f"one of {names}")


def _unfit(name: str, value: str, form: QueryForm) -> Reason:
    near = nearest_of(value, form.choices) if form.choices else nearest(value, form.fits)
    found = difference_of(value, near) if near and are_alike(value, near) else shown(value)
    return Reason("QUERY_FORM", name, found, form.expected, near=near)


@lru_cache(512)
def _asked_of(handler: BaseRouteHandler) -> Mapping[str, QueryForm]:
    """The parameters of a route; those of every route among them."""
    parameters = handler.parsed_fn_signature.parameters
    found = {"lang": QueryForm(None, None, None, (), is_needed=False, expected="zh, en")}
    if "caller" in parameters:
        found["min_size"] = _form(
            int, None, 0, 2**53, Phrase("至少反映的条目数", "entries that the answer reflects at least"), example="812"
        )
    for name, field in parameters.items():
        kwarg = field.kwarg_definition
        if isinstance(kwarg, QueryParameter):
            is_needed = not field.has_default and not field.is_optional
            found[kwarg.name or name] = _of(field.annotation, kwarg, is_needed=is_needed)
    return found


def _of(annotation: Any, kwarg: QueryParameter, *, is_needed: bool) -> QueryForm:
    """A parameter by its type, limits and description (``中文 / English``)."""
    extra = kwarg.schema_extra or {}
    zh, _, en = (kwarg.description or "").partition(" / ")
    example = next(map(str, extra.get("examples", [])), "")
    high = kwarg.le if kwarg.le is not None else None
    pattern = kwarg.pattern
    if pattern is None and (most := kwarg.max_length or extra.get("maxLength")):
        pattern = f"(?s:.{{0,{most}}})"
    return _form(annotation, pattern, kwarg.ge, high, Phrase(zh, en or zh), example=example, is_needed=is_needed)


def _form(
    annotation: Any, pattern: str | None, low: float | None, high: float | None, called: Phrase, *, example: str, is_needed: bool = False
) -> QueryForm:
    inner = [part for part in (annotation, *get_args(annotation)) if part is not type(None)]
    literal = next((part for part in inner if get_origin(part) is Literal), None)
    choices = tuple(map(str, get_args(literal))) if literal is not None else ()
    if pattern is not None and (match := _CHOICE.fullmatch(pattern)):
        choices = tuple(match[1].split("|"))
    if choices:
        return QueryForm(None, None, None, choices, is_needed, _listed(called, choices))
    if int in inner:
        words = (
            Phrase(f"{low:.0f} 至 {high:.0f} 的整数", f"a whole number from {low:.0f} to {high:.0f}")
            if low is not None and high is not None
            else Phrase("整数", "a whole number")
        )
        return QueryForm(INTEGER, low, high, (), is_needed, Phrase(f"{called.zh}：{words.zh}", f"{called.en}: {words.en}"))
    if bool in inner:
        return QueryForm(
            "(?i:true|false|1|0)", None, None, (), is_needed, Phrase(f"{called.zh}：true 或 false", f"{called.en}: true or false")
        )
    told = Phrase(f"{called.zh}，如 {example}", f"{called.en}, e.g. {example}") if example else called
    return QueryForm(pattern, None, None, (), is_needed, told)


def _listed(called: Phrase, choices: tuple[str, ...]) -> Phrase:
    """All allowed values behind what they are of."""
    values = " / ".join(choices)
    return Phrase(f"{called.zh}：{values}", f"{called.en}: {values}")
