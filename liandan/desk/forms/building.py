"""From the declaration of a body to the parts of a form: what is asked for stands open, what is known or may be added stands folded behind.

Labels, values and units come from the declaration alone (``liandan.act_tree``), as on the command line and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from msgspec import Struct

from ledger.form_fields import form_fields
from ledger.labels import fields_of, opened
from ledger.problem import Language
from liandan.act_tree import Node, tree_of
from liandan.desk.forms.model import PLACE, Control, FormGroup, FormInput, FormOption, FormPart, FormRows, FormType, inputs_of
from liandan.desk.forms.reading import take_out, tidied

PERSONAL = ("driver.name", "driver.phone", "escort.name", "escort.phone", "handler.name", "handler.phone")
"""Fields of people that an act may commit to; their names are free, these are what the forms of the law ask for."""
_PERSON_ZH = ("驾驶员姓名", "驾驶员电话", "押运员姓名", "押运员电话", "经办人姓名", "经办人电话")
_PERSON_EN = ("driver's name", "driver's phone", "escort's name", "escort's phone", "clerk's name", "clerk's phone")
_NUMBER = re.compile(r"(?<=\.)[0-9]+(?![^.])")
_OF_A_LIST = re.compile(r"\[(.*)\] [0-9]+ ….*")
NTH = ("第 {n} 项", "No. {n}")
LINE = ("第 {n} 行", "line {n}")
_CONTROLS: Mapping[str, Control] = {
    "choice": "select",
    "flag": "checkbox",
    "file": "file",
    "time": "datetime-local",
    "day": "date",
}


class FormAsking(Struct, frozen=True, kw_only=True):
    """What is asked for, by path with ``*``: which fields stand open, what each may be here, when it is needed, which lists may grow."""

    asked: frozenset[str] = frozenset()
    choices: Mapping[str, Sequence[FormOption]] = {}
    suggestions: Mapping[str, Sequence[FormOption]] = {}
    """Some of what a field may hold, where there is more than a list shows."""
    hints: Mapping[str, str] = {}
    fixed: frozenset[str] = frozenset()
    """Lists that have as many rows as are known."""
    hidden: frozenset[str] = frozenset()
    """What the server has filled in and nobody changes here."""
    optional: frozenset[str] = frozenset()
    """What is asked for and may be left empty."""
    people: tuple[str, ...] = PERSONAL
    """Of the fields of people those that are offered."""
    by_need: bool = False
    """Whether everything that the form cannot be without is asked for."""


class _Builder:
    def __init__(self, body: type, asking: FormAsking, language: Language) -> None:
        self._asking, self._zh = asking, language == "zh"
        self._forms = {one.path: one.form for one in fields_of(body)}
        self._fields = form_fields(body)

    def parts(self, nodes: Sequence[Node], before: str, star: str, known: Any, *, is_open: bool, needs: bool = True) -> Iterator[FormPart]:
        """The parts of an object that stand open, or those that stand folded."""
        for node in nodes:
            path, starred = f"{before}{node.name}", f"{star}{node.name}"
            if starred in self._asking.hidden or node.is_key or self._is_later(node):
                continue
            value = known.get(node.name) if isinstance(known, Mapping) else None
            yield from self._part(node, path, starred, value, is_open=is_open, needs=needs)

    def _part(self, node: Node, path: str, star: str, value: Any, *, is_open: bool, needs: bool) -> Iterator[FormPart]:
        if node.field.type == "table":
            if node.name == "commit" and not is_open:
                yield FormGroup(label=self._say(node.field.zh, node.field.en) or path, parts=tuple(self._personal(path)))
        elif node.field.type != "file" and node.parts and not node.field.is_list:
            required = needs and node.field.is_required
            inner = tuple(self.parts(node.parts, f"{path}.", f"{star}.", value, is_open=is_open, needs=required or value is not None))
            if inner:
                yield FormGroup(label=self._label(node), parts=inner, path=path)
        elif node.field.type != "file" and node.parts:
            rows = self._rows(node, path, star, value, is_open=is_open, needs=needs)
            if rows is not None:
                yield rows
        elif self._stands_open(star, node, needs=needs, has=value is not None) == is_open:
            yield self._input(node, path, star, value, is_required=is_open and self._is_needed(star, node, needs=needs))

    def _rows(self, node: Node, path: str, star: str, value: Any, *, is_open: bool, needs: bool) -> FormRows | None:
        items = value if isinstance(value, list) else []
        is_new = not items
        whole = star in self._asking.asked or (self._asking.by_need and needs and node.field.is_required)
        if is_new and whole != is_open:
            return None
        count = len(items) or (1 if whole and (node.field.is_required or star in self._asking.asked) else 0)
        rows = [self._row(node, f"{path}.{n}", star, items[n] if n < len(items) else None, n, is_open) for n in range(count)]
        may_grow = star not in self._asking.fixed and whole == is_open
        blank = self._row(node, f"{path}.{PLACE}", star, None, -1, is_open) if may_grow else None
        if not any(row.parts for row in rows) and blank is None:
            return None
        least, most = node.field.least or 0, node.field.most or 64
        return FormRows(path=path, label=self._label(node), rows=tuple(rows), blank=blank, least=least, most=most)

    def _row(self, node: Node, path: str, star: str, value: Any, number: int, is_open: bool) -> FormGroup:
        """One object of a list; a new one is whole, what it needs before what it may have."""
        title = (LINE if star == "lines" else NTH)[0 if self._zh else 1].format(n=number + 1) if number >= 0 else ""
        if value is not None:
            parts = tuple(self.parts(node.parts, f"{path}.", f"{star}.*.", value, is_open=is_open))
        else:
            fresh = _Fresh(self)
            parts = tuple(fresh.parts(node.parts, f"{path}.", f"{star}.*."))
        return FormGroup(label=title, parts=parts, path=path)

    def _stands_open(self, star: str, node: Node, *, needs: bool, has: bool) -> bool:
        if star in self._asking.asked:
            return True
        return self._asking.by_need and needs and node.field.is_required and not has

    def _is_needed(self, star: str, node: Node, *, needs: bool) -> bool:
        if star in self._asking.optional:
            return False
        return (needs and node.field.is_required) or star in self._asking.asked

    def _personal(self, path: str) -> Iterator[FormInput]:
        for name, zh, en in zip(PERSONAL, _PERSON_ZH, _PERSON_EN, strict=True):
            if name not in self._asking.people:
                continue
            yield FormInput(path=path, star=path, label=self._say(zh, en), type="personal", control="text", name=name)

    def input(self, node: Node, path: str, star: str, value: Any, *, is_required: bool) -> FormInput:
        """One field for itself."""
        return self._input(node, path, star, value, is_required=is_required)

    def _input(self, node: Node, path: str, star: str, value: Any, *, is_required: bool) -> FormInput:
        field = node.field
        options = self._options(star, node, value)
        kind = self._type(node, star)
        control = self._control(node, kind, bool(options))
        if control == "textarea" and field.is_list:
            kind = "numbers" if kind == "number" else "lines"
        return FormInput(
            path=path,
            star=star,
            label=self._label(node),
            type=kind,
            control=control,
            is_list=field.is_list,
            is_required=is_required and control not in ("checkbox", "checks"),
            unit="" if not field.unit else self._say("吨", "t"),
            pattern=field.pattern,
            hint=self._asking.hints.get(star) or ("" if options else self._form(node)),
            value="" if options or kind == "file" else _text(value, field.type),
            options=options,
            suggestions=tuple(self._asking.suggestions.get(star, ())),
            least=field.least,
            most=field.most,
        )

    def _type(self, node: Node, star: str) -> FormType:
        """How the island reads what is typed: an enumeration of numbers is a number."""
        field = node.field
        if field.type == "choice":
            return "number" if all(isinstance(one, int) for one in getattr(opened(node.item)[0], "values", ("",))) else "choice"
        return "choice" if star in self._asking.choices and field.type == "text" else field.type

    def _control(self, node: Node, kind: FormType, has_options: bool) -> Control:
        if has_options:
            return "checks" if node.field.is_list else "select"
        if node.field.is_list and kind != "file":
            return "textarea"
        if kind == "text" and (node.field.most or 0) > 200:
            return "textarea"
        return _CONTROLS.get(kind, "text") if kind != "choice" else "text"

    def without(self, known: Mapping[str, Any], parts: Sequence[FormPart]) -> dict[str, Any]:
        """What is known and stands in no input."""
        body = deepcopy(dict(known))
        for one in inputs_of(parts):
            if one.type == "file":
                continue  # no browser lays a file in an input: what is named already stays
            take_out(body, one.path.split("."))
        found: dict[str, Any] = tidied(body)
        for path, star in _lists(parts):
            field = self._fields[star]
            if field.is_required and not field.least and (above := _above(found, path.split("."))) is not None:
                above.setdefault(path.rpartition(".")[2], [])  # a list that must be there may be empty
        return found

    def _options(self, star: str, node: Node, value: Any) -> tuple[FormOption, ...]:
        chosen = {str(one) for one in value} if isinstance(value, list) else {_text(value, node.field.type)} if value is not None else set()
        if (given := self._asking.choices.get(star)) is not None:
            others = [
                FormOption(value=one, text=one)
                for one in sorted(chosen - {one.value for one in given})
                if one and node.field.type == "text"
            ]
            return tuple(
                FormOption(value=one.value, text=one.text, is_chosen=one.is_chosen or one.value in chosen) for one in (*given, *others)
            )
        if node.field.type == "flag" and opened(node.whole)[2].get("check") != "true":
            words_of = (("true", "是", "yes"), ("false", "否", "no"))
            return tuple(FormOption(value=one, text=self._say(zh, en), is_chosen=one in chosen) for one, zh, en in words_of)
        if node.field.type != "choice":
            return ()
        words = node.field.values
        return tuple(
            FormOption(value=one, text=zh if self._zh else one.replace("_", " "), is_chosen=one in chosen) for one, zh in words.items()
        )

    def _form(self, node: Node) -> str:
        """What a text of a form of its own looks like."""
        if node.field.type not in ("text", "party", "division") or not node.field.pattern:
            return ""
        told = self._forms.get(node.field.path, "")
        if found := _OF_A_LIST.fullmatch(told):
            told = found[1]
        zh, _, en = told.partition(" · ")
        return (zh if self._zh else en or zh) if "^" not in told else ""

    def _label(self, node: Node) -> str:
        return self._say(node.field.zh, node.field.en) or node.name

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    @staticmethod
    def _is_later(node: Node) -> bool:
        return opened(node.whole)[2].get("later") is True or opened(node.item)[2].get("later") is True


class _Fresh:
    """An object that is not there yet: everything that it needs, and what it may have, whole."""

    def __init__(self, builder: _Builder) -> None:
        self._builder = builder

    def parts(self, nodes: Sequence[Node], before: str, star: str, *, needs: bool = True) -> Iterator[FormPart]:
        """In the order of the declaration; nothing of a part that may be left out is needed."""
        for node in nodes:
            path, starred = f"{before}{node.name}", f"{star}{node.name}"
            if starred in self._builder._asking.hidden or node.is_key or self._builder._is_later(node) or node.field.type == "table":
                continue
            if node.field.type != "file" and node.parts and not node.field.is_list:
                yield FormGroup(
                    label=self._builder._label(node),
                    parts=tuple(self.parts(node.parts, f"{path}.", f"{starred}.", needs=needs and node.field.is_required)),
                    path=path,
                )
            elif node.field.type == "file" or not node.parts:
                yield self._builder.input(node, path, starred, None, is_required=needs and node.field.is_required)


def _lists(parts: Sequence[FormPart]) -> Iterator[tuple[str, str]]:
    """(path, path with ``*``) of every list that a form asks for; rows that are still to be added have none yet."""
    for part in parts:
        if isinstance(part, FormInput):
            if part.is_list:
                yield part.path, part.star
        elif isinstance(part, FormGroup):
            yield from _lists(part.parts)
        else:
            yield part.path, _NUMBER.sub("*", part.path)
            for row in part.rows:
                yield from _lists(row.parts)


def _above(body: dict[str, Any], steps: Sequence[str]) -> dict[str, Any] | None:
    """The object that a path ends in, made where it lies in objects alone; ``None`` within rows that hold nothing yet."""
    at: Any = body
    for step in steps[:-1]:
        if isinstance(at, list):
            if not step.isdecimal() or int(step) >= len(at):
                return None
            at = at[int(step)]
        else:
            at = at.setdefault(step, {}) if not step.isdecimal() else None
    return at if isinstance(at, dict) else None


class Parts(Struct, frozen=True, kw_only=True):
    """A form in two: what is asked for, and what is known or may be added; with what of the body stands in no input."""

    asked: tuple[FormPart, ...]
    more: tuple[FormPart, ...]
    body: dict[str, Any]


def form_parts(body: type, known: Mapping[str, Any], asking: FormAsking, language: Language) -> Parts:
    """The form of a body of which ``known`` is filled in."""
    builder = _Builder(body, asking, language)
    nodes = tree_of(body)
    asked = tuple(builder.parts(nodes, "", "", known, is_open=True))
    more = tuple(builder.parts(nodes, "", "", known, is_open=False))
    return Parts(asked=asked, more=more, body=builder.without(known, (*asked, *more)))


def _text(value: Any, kind: str) -> str:
    """A value as its control holds it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if kind == "time":
        return str(value)[:16]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
