"""Labels are read from the declaration of a body: lists, parts, optional fields, enumerations with their words."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from ledger.fields import Files, MassAboveZero, Text, items, label, with_code, words
from ledger.labels import fields_of, labels, words_of

Colour = Annotated[Literal["red", "blue"], with_code("COLOUR"), words({"red": "红", "blue": "蓝"})]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part."""

    mass_t: Annotated[MassAboveZero, label("数量", "mass")]
    colour: Annotated[Colour, label("颜色", "colour")] = "red"


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body."""

    name: Annotated[Text, label("名称", "name")]
    part: Annotated[Part, label("部分", "part")] | None = None
    lines: Annotated[tuple[Part, ...], items(1, 16, "LINES"), label("明细", "lines")]
    colours: Annotated[tuple[Colour, ...], label("各色", "colours")] = ()
    files: Annotated[Files, label("材料", "materials")] = ()


def test_a_label_stands_at_the_path_of_its_field() -> None:
    found = labels(Body)
    assert found["name"] == ("名称", "name")
    assert found["part"] == ("部分", "part")
    assert found["part.mass_t"] == found["lines.*.mass_t"] == ("数量", "mass")
    assert found["files"] == ("材料", "materials"), "the field's own label, not that of its type"
    assert found["files.*.sha256"][1] == "SHA-256 of the file"


def test_a_field_says_what_it_may_hold_and_what_it_is_refused_by() -> None:
    found = {field.path: field for field in fields_of(Body)}
    assert found["name"].is_required
    assert not found["part"].is_required
    assert found["name"].codes == ("MISSING", "TEXT_LONG")
    assert found["lines"].is_list
    assert (found["lines"].form, found["lines"].codes) == ("[{…}] 1 … 16", ("LINES",))
    assert found["lines.*.mass_t"].codes == ("QTY",)
    assert (found["colours"].form, found["colours"].codes) == ("[blue / red] 0 …", ("COLOUR",))


def test_words_of_an_enumeration_are_those_of_its_declaration() -> None:
    assert words_of(Colour) == {"red": "红", "blue": "蓝"}
    assert words_of(str) == {}
    assert {field.path: field.words for field in fields_of(Body)}["colours"]["blue"] == "蓝"
