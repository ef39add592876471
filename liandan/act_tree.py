"""The body of an act as a form asks for it, on the command line and on the desk: one node for each field, with its label, its kind, what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from msgspec import Struct, inspect

from ledger.form_fields import FormField, form_fields
from ledger.labels import opened
from signing.possession import KeyRegistration


class Node(Struct, frozen=True, kw_only=True):
    """One field. ``whole`` is its type with everything around it, ``item`` that of an item where it is a list."""

    name: str
    field: FormField
    whole: inspect.Type
    item: inspect.Type
    parts: tuple[Node, ...]  # Of an object, or of each object of a list.

    @property
    def is_key(self) -> bool:
        """Whether it is a registration of a key, which ``liandan key registration`` writes."""
        return isinstance(self.item, inspect.StructType) and self.item.cls is KeyRegistration

    @property
    def label(self) -> str:
        """Chinese and English; the name itself where the declaration has neither."""
        return f"{self.field.zh} {self.field.en}".strip() or self.name

    @property
    def is_plain(self) -> bool:
        """Whether one text on the command line says it, or several say the list."""
        return self.field.type not in ("object", "table") and not self.is_key


@cache
def tree_of(body: type) -> tuple[Node, ...]:
    """The fields of a body in the order of its declaration."""
    form = inspect.type_info(body)
    assert isinstance(form, inspect.StructType), f"{body} is no Struct"
    return _nodes(form, "", form_fields(body))


def _nodes(form: inspect.StructType, before: str, fields: Mapping[str, FormField]) -> tuple[Node, ...]:
    return tuple(_node(field, before, fields) for field in form.fields)


def _node(field: inspect.Field, before: str, fields: Mapping[str, FormField]) -> Node:
    path = f"{before}{field.encode_name}"
    outer = opened(field.type)[0]
    item: Any = outer.item_type if isinstance(outer, inspect.VarTupleType) else field.type
    inner = opened(item)[0]
    parts = _nodes(inner, f"{path}.*." if fields[path].is_list else f"{path}.", fields) if isinstance(inner, inspect.StructType) else ()
    return Node(name=field.encode_name, field=fields[path], whole=field.type, item=inner if parts else item, parts=parts)
