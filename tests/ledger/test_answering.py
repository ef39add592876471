from __future__ import annotations

import pytest
from msgspec import Struct

from ledger.answering import answer


class Row(Struct):
    name: str
    quota_g: int | None


class Sheet(Struct):
    name: str
    year: int


class Shown(Struct, kw_only=True):
    name: str
    year: int
    quota_t: str | None
    note: str = "-"


def test_a_field_is_the_first_source_s_unless_it_is_given() -> None:
    assert answer(Shown, Row("row", 5_600_000), Sheet("sheet", 2026)) == Shown(name="row", year=2026, quota_t="5.600000")
    assert answer(Shown, Sheet("sheet", 2026), Row("row", None), note="x") == Shown(name="sheet", year=2026, quota_t=None, note="x")
    assert answer(Shown, Row("row", 1), Sheet("sheet", 2026), name="given").name == "given"


def test_a_field_that_is_nowhere_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="year"):
        answer(Shown, Row("row", 1))
