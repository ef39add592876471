"""Ugly books made on purpose: none crashes the reader, none is misread silently, every finding names sheet, row and column."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandan.books.composing import Holding
from liandan.books.reading import TakenBooks, compose_books, read_book
from liandan.wiring import RULES
from tests.liandan.books.cases import UGLY
from tests.liandan.books.ugly import HOLDER, MAPPING, MONTH, NAME, UglyBook, export, load

UNITS = (("吨", 10**6), ("千克", 1000), ("公斤", 1000), ("kg", 1000), ("t", 10**6), ("万吨", 10**10), ("克", 1))


def taken(ugly: UglyBook) -> TakenBooks:
    """What comes of a file, with the mapping of its case."""
    read = read_book(*ugly.file, ugly.mapping)
    return compose_books(read, Holding(holder=HOLDER, month=ugly.month, names=(NAME,)), ugly.mapping)


@pytest.mark.parametrize("case", UGLY)
def test_each_book_is_read_or_refused_by_its_cells(case: str) -> None:
    ugly = UGLY[case]
    found = taken(ugly)
    assert {one.spot.cell: one.reason.code for one in found.findings} == dict(ugly.findings)
    for one in found.findings:
        assert "{" not in RULES[one.reason.code].told(one.reason.cause, one.reason.places, {}).zh
    if ugly.findings:
        assert found.books == ()  # nothing in part
        return
    lines = [line for made in found.books for line in made.lines]
    assert tuple(line.mass_g for line in lines) == ugly.grams
    assert tuple(made.kind for made in found.books) == ugly.kinds
    assert ugly.days is None or tuple(line.day for line in lines) == ugly.days
    if ugly.repairs is not None:
        assert {f"{one.spot.letter}{one.spot.row}": one.taken for one in found.repairs if one.taken} == dict(ugly.repairs)
    kept = str([line.raw for line in lines])
    assert "13800000000" not in kept
    assert "王某" not in kept


@given(st.lists(st.tuples(st.integers(1, 99_999_999), st.sampled_from(UNITS)), min_size=1, max_size=8))
@settings(max_examples=30)
def test_no_gram_is_lost_whatever_the_unit(loads: list[tuple[int, tuple[str, int]]]) -> None:
    """Grams written in a unit of the row, as digits or with thousands parted, come back as grams."""
    rows = [load(number, format(Decimal(grams) / factor, "f"), unit) for number, (grams, (unit, factor)) in enumerate(loads, 1)]
    read = read_book("导出.csv", export(*rows).encode(), MAPPING)
    found = compose_books(read, Holding(holder=HOLDER, month=MONTH), MAPPING)
    assert found.findings == ()
    assert [line.mass_g for line in found.books[0].lines] == [grams for grams, _ in loads]


def test_there_are_enough_of_them() -> None:
    assert len(UGLY) >= 50


def test_a_line_of_b5_says_what_its_row_says() -> None:
    found = taken(UGLY["two rows of heads, merged groups"])
    line = found.books[0].lines[0]
    assert (line.sheet, line.row, line.side, line.day, line.code) == ("委外", 3, "out", "2026-11-03", "900-052-31")
    assert (line.batch, line.waste, line.partner_name, line.permit_no, line.method) == (
        "WW20261101000001", "废铅蓄电池", "示例再生资源厂（虚构）", "渝500112-0001", "R4",
    )  # fmt: skip
    assert line.raw["委外利用/处置量"] == "12.5"
    assert line.raw["计量单位"] == "吨"
    assert not any("容器" in head for head in line.raw)  # known, and nothing to us
    assert any("不读取，也不保存" in one.said.zh for one in found.notes)
