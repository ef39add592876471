"""What somebody has typed into a form, as the body that the island would compose of it: for a server that judges while it is typed.

The same rule as ``static/island/form.js``: an input lies over the body at its path, an empty one takes its field away, rows are numbered 0, 1, 2 …
What is wrong with a value stays in it as it was typed, for the form of the body says so better than a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from ledger.admission.form import number_in
from ledger.form_fields import FormField, form_fields

ROWS_MAX = 200
"""Places of a list that a form may name."""
_NUMBER = re.compile(r"(?<=\.)[0-9]+(?![^.])")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_BETWEEN = re.compile(r"[\s,，、;；]+")


def read_form(body: type, base: Mapping[str, Any], typed: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``typed`` are (path, text) in the order of the page, a path as often as boxes of it are ticked; paths that the form does not have count for nothing."""
    fields, found = form_fields(body), deepcopy(dict(base))
    texts: dict[str, list[str]] = {}
    for path, text in typed:
        texts.setdefault(path, []).append(text)
    for name, count in _rows(texts).items():
        if isinstance(rows := found.get(name), list):
            del rows[count:]
    for path, given in texts.items():
        field = fields.get(_NUMBER.sub("*", path))
        if field is None or field.type in ("file", "object", "table"):
            continue
        steps = path.split(".")
        if any(step.isdecimal() and (len(step) > 4 or int(step) >= ROWS_MAX) for step in steps):
            continue
        value = _value(field, given)
        if value is None and field.is_list and _at(found, steps) == []:
            continue  # a list that must be there may be empty
        if value is None:
            take_out(found, steps)
        else:
            _lay(found, steps, value)
    read: dict[str, Any] = tidied(found)
    return read


def _rows(paths: Iterable[str]) -> dict[str, int]:
    """How many rows the form has of each list that it has rows of."""
    counted: dict[str, int] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        number = rest.partition(".")[0]
        if number.isdecimal() and len(number) < 5:
            counted[name] = max(counted.get(name, 0), int(number) + 1)
    return counted


def _value(field: FormField, given: Sequence[str]) -> Any:
    texts = [text.strip() for text in given if text.strip()]
    if field.is_list:
        if field.type == "number":
            items = [item for text in texts for item in _BETWEEN.split(text) if item]
        else:
            items = texts if field.type == "choice" else [item.strip() for text in texts for item in text.split("\n") if item.strip()]
        return [_plain(field, item) for item in items] or None
    return _plain(field, texts[-1]) if texts else None


def _plain(field: FormField, text: str) -> Any:
    match field.type:
        case "flag":
            return text != "false"
        case "number":
            return int(digits) if (digits := number_in(text)) else text
        case "time" if (found := _MOMENT.fullmatch(text)) is not None:
            return f"{text}{'' if found[1] else ':00'}+08:00"
        case "choice":
            return int(text) if text.isdecimal() and text in field.values and field.path.endswith("edition") else text
    return text


def _lay(value: Any, steps: Sequence[str], what: Any) -> None:
    """Put a value where a path says, with the objects and lists that it needs."""
    name, *rest = steps
    if isinstance(value, list):
        place = int(name) if name.isdecimal() else -1
        if place < 0:
            return
        while len(value) <= place:
            value.append({})
        if rest:
            _lay(value[place], rest, what)
        else:
            value[place] = what
    elif isinstance(value, dict):
        if not rest:
            value[name] = what
            return
        inner = value.setdefault(name, [] if rest[0].isdecimal() else {})
        _lay(inner, rest, what)


def _at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def take_out(value: Any, steps: Sequence[str]) -> None:
    """Remove what stands at a path."""
    name, *rest = steps
    if isinstance(value, list):
        if name.isdecimal() and int(name) < len(value):
            take_out(value[int(name)], rest) if rest else None
    elif isinstance(value, dict) and name in value:
        if rest:
            take_out(value[name], rest)
        else:
            del value[name]


def tidied(value: Any) -> Any:
    """Without objects that nothing was typed into, and lists of which nothing else is left; a list that was empty before stays."""
    if isinstance(value, dict):
        inner = {name: (one, tidied(one)) for name, one in value.items()}
        return {name: after for name, (before, after) in inner.items() if after != {} and (after != [] or before == [])}
    if isinstance(value, list):
        return [one for one in map(tidied, value) if one != {}]
    return value
