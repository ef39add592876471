from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model import Findings
from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.divisions import Divisions, judge_division, parse_divisions, same_place

RAW = next(file.path.read_bytes() for file in data_files() if file.name == "divisions")
LOG = Log()
DIVISIONS: Divisions = LOG.facts.data("divisions")
TODAY = "2026-11-05"
CODES = st.sampled_from(sorted(DIVISIONS.by_code)) | st.from_regex(r"[1-8][0-9]{5}", fullmatch=True)
DAYS = st.dates().map(str)


def test_divisions_are_the_247_of_two_provinces() -> None:
    assert len(DIVISIONS.by_code) == 247
    assert DIVISIONS.listed == {"50", "51"}


@pytest.mark.parametrize(
    ("code", "known"),
    [("510112", True), ("510199", False), ("340102", True), ("990101", False), ("51011", False), ("51011２", False), ("", False)],
)
def test_listed_provinces_are_judged_by_the_table_others_by_form(code: str, known: bool) -> None:
    assert DIVISIONS.knows(code, TODAY) is known


# 500105 江北区 and 500112 渝北区 became 500157 两江新区: named on 2025-11-06, at work since 2026-01-25, both accepted between


@pytest.mark.parametrize(
    ("code", "day", "known", "withdrawn"),
    [
        ("500157", "2025-11-05", False, False),
        ("500157", "2025-11-06", True, False),
        ("500157", TODAY, True, False),
        ("500112", "2025-11-05", True, False),
        ("500112", "2026-01-24", True, False),
        ("500112", "2026-01-25", True, True),
        ("500105", TODAY, True, True),
        ("510112", TODAY, True, False),
        ("340102", TODAY, True, False),
    ],
)
def test_a_code_is_valid_on_its_days(code: str, day: str, known: bool, withdrawn: bool) -> None:
    assert (DIVISIONS.knows(code, day), DIVISIONS.is_withdrawn(code, day)) == (known, withdrawn)
    out = Findings()
    assert judge_division(out, "origin", code, DIVISIONS, day) is known
    assert [(reason.code, reason.field) for reason in out.reasons] == ([] if known else [("DIVISION", "origin")])
    assert out.sorted_alerts() == ((("M", "DIVISION_RETIRED"),) if withdrawn else ())


def test_without_the_table_no_place_is_judged() -> None:
    out = Findings()
    assert not judge_division(out, "origin", "510112", None, TODAY)
    assert [reason.code for reason in out.reasons] == ["DATA_NOT_ADOPTED"]


def test_a_withdrawn_code_equals_its_successor() -> None:
    assert DIVISIONS.same("500105", "500157")
    assert DIVISIONS.same("500112", "500105")
    assert DIVISIONS.same("500109", "500109")
    assert not DIVISIONS.same("500109", "500157")
    assert same_place(LOG.facts, "500157", "500112")
    bare = Log()
    bare.without_data("divisions")
    assert not same_place(bare.facts, "500157", "500112")


@given(CODES, CODES, CODES)
def test_to_name_the_same_place_is_an_equivalence(one: str, other: str, third: str) -> None:
    assert DIVISIONS.same(one, one)
    assert DIVISIONS.same(one, other) == DIVISIONS.same(other, one)
    assert not (DIVISIONS.same(one, other) and DIVISIONS.same(other, third)) or DIVISIONS.same(one, third)


@given(CODES, DAYS, DAYS)
def test_what_was_known_stays_known_and_what_was_withdrawn_stays_withdrawn(code: str, one: str, other: str) -> None:
    first, last = sorted((one, other))
    assert DIVISIONS.knows(code, first) <= DIVISIONS.knows(code, last)
    assert DIVISIONS.is_withdrawn(code, first) <= DIVISIONS.is_withdrawn(code, last)


ROWS = st.tuples(st.sampled_from(["", "2025-01-01", "2026-01-01", "2027-01-01"]), st.integers(0, 5))


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_in_every_table_that_is_taken_lines_of_successors_end(rows: list[tuple[str, int]]) -> None:
    """Whoever ends names an heir at random; a circle, an heir that ended earlier or that does not exist is refused."""
    lines = ["code,level,province,city,name,valid_from,valid_to,successor", "500000,province,重庆市,,重庆市,,,"]
    for number, (last, heir) in enumerate(rows):
        lines.append(f"50010{number},county,重庆市,市辖区,甲{number}区,,{last},{f'50010{heir}' if last else ''}")
    try:
        divisions = parse_divisions(("\r\n".join(lines) + "\r\n").encode())
    except Refusal:
        return
    for code in divisions.by_code:
        assert not divisions.by_code[divisions.current(code)].valid_to


def test_a_table_without_days_is_valid_for_ever() -> None:
    lines = RAW.decode().split("\r\n")
    old = "\r\n".join(",".join(line.split(",")[:5]) for line in lines if not line.startswith("500157"))
    divisions = parse_divisions(old.encode())
    assert len(divisions.by_code) == 246
    assert divisions.knows("500112", TODAY)
    assert not divisions.is_withdrawn("500112", TODAY)
    assert not divisions.same("500112", "500105")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("510112,", "5101120,"),
        ("510112,", "510113,"),
        ("510000,province", "510001,province"),
        ("county", "town"),
        ("2026-01-24", "2026-01-32"),
        ("2026-01-24", "2026-1-24"),
        ("2026-01-24", ""),  # a successor without an end
        ("500157\r\n", "\r\n"),  # an end without a successor
        ("2026-01-24,500157", "2026-01-24,500158"),  # no such division
        ("2026-01-24,500157", "2026-01-24,510112"),  # of another province
        ("渝北区,,2026-01-24,500157", "渝北区,,2026-01-24,500105"),  # ended on the same day
        ("渝北区,,", "渝北区,2026-01-25,"),
        ("valid_from,valid_to,successor", "valid_from,valid_to"),
    ],
)
def test_a_division_table_out_of_form_is_refused(old: str, new: str) -> None:
    assert old in RAW.decode()
    with pytest.raises(Refusal) as refused:
        parse_divisions(RAW.decode().replace(old, new).encode())
    assert refused.value.codes == ["DATA_FORM"]
