"""A log on which every free text is hostile to a page that shows it: names, places, plates, waybills, reasons, notes.

``TEXTS`` are what pages must show as they stand. ``HostileRoadside`` is the roadside of tests/manifests/test_road.py with each text of each act
followed by one of them, the same text by the same, so that what the acts say of one another still agrees. Other rooms take it as it is, or mix
``Hostile`` into a workbench of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import msgspec

from ledger.admission.entry import Entry
from liandan.schemas import kind_schema
from reports.kinds import all_kinds
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.desk.hostile_acts import beside
from tests.manifests import bodies
from tests.manifests.test_road import Roadside
from tests.workbench import Workbench

TEXTS = (
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "<img src=//evil.example/x>",
    "{{7*7}}{% raw %}",
    '" hx-get="/leave" hx-trigger="load',
    "javascript:alert(1)//<b>",
    "<!--<style>*{display:none}",
    "&lt;b&gt;<iframe src=//evil.example>",
    "' autofocus onfocus=alert(1) x='",
    "]]><base href=//evil.example/>",
)
"""Each short enough to stand behind the beginning of a text of 40 characters."""


class _Reader(HTMLParser):
    """What a browser would make of a page that should not be there: elements and attributes that none of our templates has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = dict(attrs)
        wrong = [name for name, _ in attrs if name.startswith("on") or name in ("autofocus x", "style", "srcdoc")]
        if (
            tag in ("iframe", "base", "style", "object", "embed", "b")
            or given.get("hx-get") == "/leave"
            or wrong
            or (tag == "script" and "src" not in given and given.get("type") != "application/json")
        ):
            self.found.append(self.get_starttag_text() or tag)
        for name in ("src", "href", "action", "formaction"):
            if (given.get(name) or "").strip().lower().startswith(("javascript:", "//", "data:")):
                self.found.append(self.get_starttag_text() or tag)


def broken_out(html: str) -> list[str]:
    """Markup of a page that a text has become; empty for one that shows every text as it stands."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def hostile(text: str) -> str:
    """A text with something behind its beginning, always the same for the same text."""
    chosen = TEXTS[sha256(text.encode()).digest()[0] % len(TEXTS)]
    return text[: 40 - len(chosen)] + chosen


class Hostile(Workbench):
    """A workbench whose acts carry hostile texts wherever the form and the rules let them."""

    spoilt: set[str]
    """Fields that carry one, as ``kind field``."""

    def post(
        self, kind: str, chain: str, by: tuple[str, ...], body: object, *, keys: Iterable[PrivateKey] | None = None, **changes: object
    ) -> Entry:
        """The statement with its free texts spoilt; those that a rule refuses stay as they were."""
        self.__dict__.setdefault("spoilt", set())
        form, plain = self.kinds.by_name[kind].body, msgspec.to_builtins(body)
        filled, left_out = _filled(plain, form, free_texts(kind)), set[str]()
        while True:
            spoilt, paths = _spoilt(filled, form, left_out)
            try:
                entry = super().post(kind, chain, by, spoilt, keys=keys, **changes)
            except Refusal as refusal:
                if filled is not plain:  # what was added is not for this act
                    named = {reason.field.removeprefix("body.") for reason in refusal.reasons}
                    added = sorted(set(dict(_texts(filled))) - set(dict(_texts(plain))))
                    filled = reduce(_without, [path for path in added if path in named], filled) if named & set(added) else plain
                    continue
                refused = {path for reason in refusal.reasons for path in paths if f"body.{path}" == reason.field} - left_out
                refused = refused or paths - left_out
                if not refused:
                    raise
                left_out |= refused
            else:
                self.spoilt |= {f"{kind} {'.'.join(part for part in path.split('.') if not part.isdecimal())}" for path in paths - left_out}
                return entry


@cache
def free_texts(kind: str) -> tuple[str, ...]:
    """Paths of a kind's body that may hold any text, without places in lists, by its published schema."""
    kinds = all_kinds()
    schema = kind_schema(kinds.by_name[kind], kinds)
    return tuple(sorted(set(_free(schema, schema, "", ()))))


def _free(part: Any, whole: Any, path: str, within: tuple[str, ...]) -> Iterator[str]:
    if (name := part.get("$ref", "").rpartition("/")[2]) and name not in within:
        yield from _free(whole["$defs"][name], whole, path, (*within, name))
    for one in part.get("anyOf", ()):
        yield from _free(one, whole, path, within)
    if "items" in part:
        yield from _free(part["items"], whole, path, within)
    for name, one in part.get("properties", {}).items():
        yield from _free(one, whole, f"{path}.{name}".lstrip("."), within)
    is_free = part.get("type") == "string" and not {"enum", "const"} & part.keys() and re.search(part.get("pattern", ""), TEXTS[0])
    yield from [path] if is_free else []


def _filled(plain: Any, form: type, paths: Sequence[str]) -> Any:
    """The body with every text that it might hold besides; itself where its form takes none of them."""
    for path in paths:
        tried = _added(plain, path.split("."), "补充（虚构）")
        try:
            msgspec.convert(tried, form)
        except msgspec.ValidationError:
            continue
        plain = tried if tried != plain else plain
    return plain


def _added(value: Any, path: Sequence[str], text: str) -> Any:
    if isinstance(value, list | tuple):
        return [_added(inner, path, text) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(path) == 1:
        return {path[0]: text, **value}
    return {**value, path[0]: _added(value[path[0]], path[1:], text)} if path[0] in value else value


def _without(value: Any, path: str) -> Any:
    name, _, rest = path.partition(".")
    if isinstance(value, list | tuple):
        return [_without(inner, rest) if place == int(name) else inner for place, inner in enumerate(value)]
    return {key: _without(inner, rest) if key == name else inner for key, inner in value.items() if rest or key != name}


def _spoilt(plain: Any, form: type, left_out: set[str]) -> tuple[Any, set[str]]:
    """The body with every text spoilt that its form lets pass, and where these stand."""
    done: set[str] = set()
    for path, text in list(_texts(plain)):
        if path in left_out or not text:
            continue
        tried = _put(plain, path.split("."), hostile(text))
        try:
            msgspec.convert(tried, form)
        except msgspec.ValidationError:
            continue
        plain = tried
        done.add(path)
    return msgspec.convert(plain, form), done


def _texts(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{place}".lstrip("."))


def _put(value: Any, path: list[str], text: str) -> Any:
    if not path:
        return text
    if isinstance(value, dict):
        return {**value, path[0]: _put(value[path[0]], path[1:], text)}
    return [_put(inner, path[1:], text) if place == int(path[0]) else inner for place, inner in enumerate(value)]


class HostileRoadside(Hostile, Roadside):
    """Two loads under way that contradict each other, of firms with hostile names, on hostile plates from hostile places; and acts beside them."""

    def __init__(self) -> None:
        super().__init__()
        beside(self)


PLATE = hostile(bodies.TRUCK.plate)
