"""Ugly workbooks made on purpose: none crashes the intake, none is misread silently, every finding and every repair names its cell."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest

from liandan.intake import xlsx
from liandan.intake.model import Spot
from liandan.intake.opening import open_bytes
from liandan.intake.taking import TakenFiles, take
from liandan.wiring import RULES
from signing.refusal import Refusal
from tests.liandan.intake.ugly import UGLY
from tests.liandan.intake.workbooks import AT_S, SHEET, SHEET1, Ugly, patched, permit_of, uscc_of, workbook


def name_of(spot: Spot) -> str:
    """The cell as the cases name it: of the list's own sheet without the sheet."""
    cell = f"{spot.letter}{spot.row or ''}"
    return cell if spot.sheet in (SHEET, "CSV", "Sheet1", "") and spot.row else cell if not spot.sheet else f"{spot.sheet}!{cell}"


def told(ugly: Ugly) -> TakenFiles:
    return take("list", [ugly.file], at_s=AT_S)


@cache
def told_of(case: str) -> TakenFiles:
    """The same of a case by its name, read once."""
    return told(UGLY[case])


def expected_row(number: int, changes: Any) -> dict[str, Any]:
    """A row as the clean workbook has it, otherwise as said."""
    waste = {"category": changes.get("category", "HW31"), "scope": changes.get("scope", "INCLUDE")}
    codes = changes["codes"] if "codes" in changes else [changes.get("code", "900-052-31")]
    found = {
        "receiver": uscc_of(number), "permit": permit_of(number), "waste": waste | ({"codes": codes} if codes else {}),
        "methods": changes.get("methods", ["R4"]), "quota_t": changes.get("quota_t", "1200"),
    }  # fmt: skip
    return found | ({"conditions": changes["conditions"]} if "conditions" in changes else {})


@pytest.mark.parametrize("case", UGLY)
def test_each_cell_is_repaired_or_found_and_nothing_else(case: str) -> None:
    ugly, found = UGLY[case], told_of(case)
    findings = {name_of(one.spot): one.reason.code + (f":{one.reason.cause}" if one.reason.cause else "") for one in found.findings}
    expected = dict(ugly.findings.items())
    assert {cell: code.partition(":")[0] if ":" not in expected.get(cell, "") else code for cell, code in findings.items()} == expected
    if not findings:
        assert {name_of(one.spot): one.taken for one in found.repairs} == dict(ugly.repairs)
        rows = [row for statement in found.statements if statement.kind == "list.rows/1" for row in statement.body["rows"]]
        assert rows == [expected_row(number, changes) for number, changes in enumerate(ugly.rows, 1)]
    assert [name_of(one.spot) for one in found.outcomes if one.outcome == "left_out"] == list(ugly.left_out) or findings
    for one in found.findings:
        rule = RULES[one.reason.code].told(one.reason.cause, one.reason.places, {})
        assert not one.reason.cause or one.reason.cause in RULES[one.reason.code].causes
        assert "…" not in rule.zh
        assert rule.do_zh


def test_there_are_many() -> None:
    assert len(UGLY) >= 100


def test_every_row_has_one_outcome() -> None:
    for case in UGLY:
        found = told_of(case)
        rows = [(one.spot.sheet, one.spot.row) for one in found.outcomes]
        assert len(rows) == len(set(rows))
        assert not found.statements or all(one.outcome != "refused" for one in found.outcomes)


def test_reading_twice_says_the_same() -> None:
    for case in ("a clean one", "CSV as GBK", "an XLS", "a row twice"):
        assert msgspec.json.encode(told(UGLY[case]).findings) == msgspec.json.encode(told(UGLY[case]).findings)


@pytest.mark.parametrize("told_as", ["<x/>" * 5_000, "<x>" * 2_500 + "</x>" * 2_500])
def test_what_is_no_cell_is_counted_and_not_kept(told_as: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that mean nothing pack to a thousandth: each of them costs time, and all of them together much memory, in an office's own process."""
    made = patched(workbook(), SHEET1, "</worksheet>", f"{told_as}</worksheet>")
    assert open_bytes(*made).grids, "a few of them hurt nobody"
    monkeypatch.setattr(xlsx, "ELEMENTS_MAX", 2_000)
    with pytest.raises(Refusal) as refused:
        open_bytes(*made)
    assert refused.value.reasons[0].cause == "CELLS"
