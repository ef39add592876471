"""A form as it is drawn: inputs, groups, rows. No HTML, no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from ledger.form_fields import FieldType
from ledger.problem import ProblemError

FormType = FieldType | Literal["personal", "lines", "numbers"]
Control = Literal["text", "textarea", "select", "checks", "checkbox", "file", "datetime-local", "date", "number"]
PLACE = "__n__"
"""Stands for the number of a row in the template of one more."""


class FormOption(Struct, frozen=True, kw_only=True):
    """One value that may be chosen."""

    value: str
    text: str
    is_chosen: bool = False


class FormInput(Struct, frozen=True, kw_only=True):
    """One field. ``value`` is a text as the control holds it."""

    path: str
    star: str
    """The same with ``*`` for places in lists."""
    label: str
    type: FormType
    control: Control
    is_list: bool = False
    is_required: bool = False
    unit: str = ""
    pattern: str = ""
    hint: str = ""
    """When it is needed, or what it looks like."""
    value: str = ""
    options: tuple[FormOption, ...] = ()
    suggestions: tuple[FormOption, ...] = ()
    """What may be typed, of more than a list holds: other values are typed all the same."""
    least: int | None = None
    most: int | None = None
    name: str = ""
    """Of a commitment: the name of the field that is committed to."""

    @property
    def id(self) -> str:
        """For its label."""
        return f"f-{self.path.replace('.', '-')}{'-' if self.name else ''}{self.name.replace('.', '-')}"


class FormGroup(Struct, frozen=True, kw_only=True):
    """What belongs together under one heading."""

    label: str
    parts: tuple[FormPart, ...]
    path: str = ""


class FormRows(Struct, frozen=True, kw_only=True):
    """A list of objects. ``blank`` is one more, absent where no more may be added."""

    path: str
    label: str
    rows: tuple[FormGroup, ...]
    blank: FormGroup | None
    least: int
    most: int


FormPart = FormInput | FormGroup | FormRows


class FormSigner(Struct, frozen=True, kw_only=True):
    """A place of ``by``: who holds it, or among whom is chosen; anybody where nobody is named."""

    place: int
    role: str
    uscc: str
    name: str = ""
    is_you: bool
    choices: tuple[FormOption, ...] = ()
    is_open: bool = False


class ActForm(Struct, frozen=True, kw_only=True):
    """A whole form: what is asked for, what may be changed or added, and what the island is given to sign."""

    kind: str
    title: str
    own: str
    """Whose form it is."""
    about: str = ""
    proposal: dict[str, Any]
    parts: tuple[FormPart, ...]
    more: tuple[FormPart, ...] = ()
    signers: tuple[FormSigner, ...] = ()
    may_be_alone: bool = False
    """Whether the visitor's signature would be enough, though others belong there."""
    blockers: tuple[ProblemError, ...] = ()
    pending: tuple[str, ...] = ()
    next: str = ""
    """Address to go to when it is entered."""

    @property
    def typed(self) -> tuple[FormInput, ...]:
        """Every input that is asked for."""
        return tuple(inputs_of(self.parts))


def inputs_of(parts: Sequence[FormPart]) -> Iterator[FormInput]:
    """The inputs of some parts, those of groups and rows among them."""
    for part in parts:
        if isinstance(part, FormInput):
            yield part
        elif isinstance(part, FormGroup):
            yield from inputs_of(part.parts)
        else:
            for row in part.rows:
                yield from inputs_of(row.parts)
