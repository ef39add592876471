"""Matching the log with books: nothing is lost, nothing hangs on an order, ties are named, sums are found, differences explained (issue 13)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.matching.likeness import likeness, mass_cause, number_cause
from reports.matching.matcher import match
from reports.matching.model import MatchOutcome, SideLine, mass_of

DAY = date(2026, 10, 9).toordinal()


def line(one: str, mass_kg: int, **more: Any) -> SideLine:
    said: dict[str, Any] = {"partner": "接受人甲", "code": "900-052-31", "day": DAY, **more}
    return SideLine(id=one, mass_g=mass_kg * 1000, **said)


@st.composite
def sides(draw: st.DrawFn) -> tuple[list[SideLine], list[SideLine]]:
    """Lines of a small world, in which much is alike: both sides, of which one knows of the other now and then."""

    def one(prefix: str, number: int) -> SideLine:
        return SideLine(
            id=f"{prefix}{number}",
            number=draw(st.sampled_from(["", "", "20265101000123", "20265101000124", "2026510100012"])),
            partner=draw(st.sampled_from(["甲", "乙"])),
            code=draw(st.sampled_from(["900-052-31", "384-004-31"])),
            day=draw(st.sampled_from([None, DAY, DAY, DAY + 1, DAY + 40])),
            mass_g=draw(st.sampled_from([1_000_000, 2_000_000, 3_000_000, 5_600_000, 5_560_000, 5_600, 6_000_000])),
            is_due=draw(st.sampled_from([True, True, False])) if prefix == "log" else True,
        )

    logs = [one("log", number) for number in range(draw(st.integers(0, 7)))]
    books = [one("book", number) for number in range(draw(st.integers(0, 7)))]
    return logs, books + [replace(found, id=f"copy {found.id}", is_due=True) for found in draw(st.permutations(logs))[:3]]


def ids(lines: Sequence[SideLine]) -> list[str]:
    return sorted(found.id for found in lines)


@settings(max_examples=150, deadline=None)
@given(sides(), st.randoms(use_true_random=False))
def test_every_line_ends_in_one_outcome_and_nothing_hangs_on_the_order(
    both: tuple[list[SideLine], list[SideLine]], dice: random.Random
) -> None:
    logs, books = both
    found = match(logs, books)
    taken, booked = [one for outcome in found for one in outcome.logged], [one for outcome in found for one in outcome.booked]
    assert ids(booked) == ids(books)
    assert len({one.id for one in taken}) == len(taken)
    assert {one.id for one in logs if one.is_due} <= {one.id for one in taken} <= {one.id for one in logs}
    assert sum(mass_of(outcome.booked) for outcome in found) == mass_of(books)
    assert sum(mass_of(outcome.logged) for outcome in found) == mass_of(taken)
    for outcome in found:
        sizes = len(outcome.logged), len(outcome.booked)
        assert {"only_logged": sizes == (1, 0), "only_booked": sizes == (0, 1), "twice": sizes == (0, 1)}.get(outcome.kind, min(sizes) >= 1)
        assert outcome.kind not in ("matched", "differs") or min(sizes) == 1, "one with one, or one with its parts"
        assert outcome.kind != "matched" or outcome.difference_g == 0
    shuffled = [list(logs), list(books)]
    for side in shuffled:
        dice.shuffle(side)
    assert match(*shuffled) == found


@settings(max_examples=50, deadline=None)
@given(sides())
def test_a_book_that_says_what_the_log_says_has_no_difference(both: tuple[list[SideLine], list[SideLine]]) -> None:
    logs = [replace(one, is_due=True, day=one.day or DAY, number="") for one in both[0]]
    kinds = Counter(outcome.kind for outcome in match(logs, [replace(one, id=f"book {one.id}") for one in logs]))
    assert set(kinds) <= {"matched"}


def kinds_of(logs: Sequence[SideLine], books: Sequence[SideLine]) -> list[str]:
    return sorted(outcome.kind for outcome in match(logs, books))


def only(logs: Sequence[SideLine], books: Sequence[SideLine]) -> MatchOutcome:
    (found,) = match(logs, books)
    return found


@pytest.mark.parametrize(
    ("changed", "term", "cause"),
    [
        ({"mass_g": 12_350_000}, "mass", "swapped"),
        ({"mass_g": 12_530_000_000}, "mass", "unit_kg"),
        ({"mass_g": 12_530}, "mass", "unit_kg"),
        ({"mass_g": 25_060_000}, "mass", "unit_jin"),
        ({"mass_g": 13_000_000}, "mass", "rounded"),
        ({"mass_g": 12_541_000}, "mass", "tolerance"),
        ({"mass_g": 7_000_100}, "mass", ""),
        ({"code": "384-004-31"}, "code", ""),
        ({"partner": "接受人乙"}, "partner", ""),
        ({"day": DAY + 2}, "day", ""),
        ({"day": DAY + 30}, "day", "other_month"),
    ],
)
def test_a_line_with_one_thing_wrong_is_found_and_told_with_both_operands(changed: dict[str, Any], term: str, cause: str) -> None:
    mine = line("log", 12_530)
    found = only([mine], [replace(mine, id="book", **changed)])
    assert (found.kind, [(one.term, one.cause) for one in found.differed]) == ("differs", [(term, cause)])
    assert found.differed[0].logged != found.differed[0].booked
    assert 0 < found.confidence < 1000


@pytest.mark.parametrize(("number", "cause"), [("202651010001", "cut"), ("20265101000132", "near"), ("20265101000124", "near")])
def test_a_number_that_was_cut_or_mistyped_is_told(number: str, cause: str) -> None:
    mine = line("log", 12_530, number="20265101000123")
    found = only([mine], [replace(mine, id="book", number=number)])
    assert [(one.term, one.cause) for one in found.differed] == [("number", cause)]


def test_ties_are_named_and_not_guessed() -> None:
    mine = [line("a", 12_530), line("b", 12_530)]
    assert only(mine, [line("x", 12_530)]).kind == "ambiguous", "which of the two the book lacks, nobody can say"
    other = [line("a", 12_530), line("b", 11_110)]
    assert only(other, [line("x", 7_001), line("y", 8_003)]).kind == "ambiguous"
    assert kinds_of([*other, line("c", 9_000)], [line("x", 9_000), line("y", 12_530), line("z", 7_001)]) == [
        "differs",
        "matched",
        "matched",
    ]


def test_a_line_that_was_written_twice_names_the_other() -> None:
    found = match([line("a", 12_530)], [line("x", 12_530), line("y", 12_530)])
    assert [(one.kind, one.again) for one in found] == [("twice", "x"), ("matched", "")]


def test_sums_are_found_by_day_by_subset_and_in_parts() -> None:
    trips = [line("a", 12_530), line("b", 11_110), line("c", 9_070, day=DAY + 3)]
    day = only(trips[:2], [line("x", 23_640)])
    assert (day.kind, day.how, ids(day.logged)) == ("matched", "sum", ["a", "b"])
    week = match([*trips, line("d", 10_020)], [line("x", 21_600, day=DAY + 4), line("y", 10_020), line("z", 11_110)])
    assert [(one.how, ids(one.logged)) for one in week if one.how == "sum"] == [("sum", ["a", "c"])]
    parts = only([line("a", 12_530)], [line("x", 6_000), line("y", 6_530)])
    assert (parts.kind, parts.how, parts.difference_g) == ("matched", "sum", 0)
    month = only(trips, [line("x", 32_710, day=None)])
    assert (month.how, ids(month.logged)) == ("sum", ["a", "b", "c"])


def test_a_load_of_another_number_is_no_sum_of_loads_that_the_book_lacks() -> None:
    """So a load that the log never had would pay for two that a book leaves out, to the gram and without a word."""
    logs = [line("a", 5_000, number="20265101000001"), line("b", 6_000, number="20265101000002")]
    assert kinds_of(logs, [line("all", 11_000, number="20265101000999")]) == ["only_booked", "only_logged", "only_logged"]
    for number in ("", "2026510100000"):  # none, or one that was cut off
        assert kinds_of(logs, [line("all", 11_000, number=number)]) == ["matched"], number
    whole, parts = line("all", 11_000, number="20265101000999"), [replace(one, id=f"of {one.id}") for one in logs]
    assert kinds_of([whole], parts) == ["only_booked", "only_booked", "only_logged"]
    assert "matched" not in kinds_of([whole], [parts[0], replace(parts[1], number="")]), "nor is one of several"


def test_two_ways_to_make_a_sum_are_a_tie() -> None:
    trips = [line("a", 5_000, day=DAY - 1), line("b", 7_000, day=DAY - 2), line("c", 4_000, day=DAY - 3), line("d", 8_000, day=DAY - 4)]
    assert only(trips, [line("x", 12_000)]).kind == "ambiguous"


def test_two_codes_of_one_manifest_are_told_apart_by_code() -> None:
    number = "20265101000123"
    mine = [line("m 0", 5_000, number=number), line("m 1", 5_000, number=number, code="384-004-31")]
    found = match(mine, [replace(one, id=f"x{one.id}") for one in reversed(mine)])
    assert [(ids(one.logged), ids(one.booked), one.how) for one in found] == [(["m 0"], ["xm 0"], "number"), (["m 1"], ["xm 1"], "number")]


def test_a_number_of_another_load_does_not_decide() -> None:
    mine = [line("a", 12_530, number="20265101000123"), line("b", 9_070, number="20265101000999", day=DAY + 9, code="384-004-31")]
    theirs = [replace(mine[0], id="x", number="20265101000999"), replace(mine[1], id="y")]
    found = {tuple(ids(one.logged)): one for one in match(mine, theirs)}
    assert (found["b",].kind, found["a",].kind) == ("matched", "differs")
    assert [one.term for one in found["a",].differed] == ["number"]


def test_a_load_of_another_month_explains_a_line_and_is_else_left_out() -> None:
    other = line("log", 12_530, day=DAY - 30, is_due=False)
    assert match([other], []) == ()
    found = only([other], [replace(other, id="book", is_due=False)])
    assert (found.kind, [one.cause for one in found.differed]) == ("differs", ["other_month"])


def test_what_nobody_tells_counts_for_nothing() -> None:
    mine = SideLine(id="a", partner="川A·F0001", day=DAY, minute=600, mass_g=12_530_000)
    near = likeness(mine, replace(mine, id="x", minute=615))
    assert (near.confidence, near.agreed, near.differed) == (1000, ("partner", "day", "time", "mass"), ())
    assert mass_cause(0, 5) == mass_cause(5, 0) == number_cause("1", "1") == ""


def test_what_explains_all_lines_with_the_least_that_is_wrong_is_believed() -> None:
    """Each line of the book alone looks more like another load than like its own."""
    swapped = match([line("a", 9_800), line("b", 8_900, day=DAY + 3)], [line("x", 22_241), line("y", 9_800, day=DAY + 3)])
    assert [(ids(one.logged), ids(one.booked), one.kind) for one in swapped] == [(["a"], ["x"], "differs"), (["b"], ["y"], "differs")]
    assert swapped[1].differed[0].cause == "swapped"
    month = match([line("a", 8_740), line("next", 8_740, day=DAY + 30, is_due=False)], [line("x", 8_740, day=DAY + 31, is_due=False)])
    assert [(ids(one.logged), ids(one.booked)) for one in month] == [(["a"], ["x"])], "the month was mistyped, and nothing is missing"
    trips = match([line("a", 8_460), line("b", 10_780), line("c", 18_700)], [line("x", 19_240), line("y", 18_700, partner="接受人乙")])
    assert [(one.how, ids(one.logged)) for one in trips] == [("sum", ["a", "b"]), ("likeness", ["c"])]


def test_a_line_written_twice_or_another_load_by_chance_is_a_tie_that_names_both() -> None:
    found = match([line("a", 11_920), line("b", 14_220)], [line("x", 14_220), line("y", 14_220)])
    assert [(one.kind, ids(one.logged), ids(one.booked), one.again) for one in found] == [
        ("ambiguous", ["a"], ["y"], "x"),
        ("matched", ["b"], ["x"], ""),
    ]


def test_loads_weighed_at_loading_are_summed_as_they_were_weighed() -> None:
    found = only([line("a", 15_540, also_g=12_432_000), line("b", 19_420, day=DAY + 5)], [line("x", 31_852, day=DAY + 5)])
    assert (found.kind, found.how, found.difference_g) == ("matched", "sum", 0)


def test_a_group_that_is_too_tangled_is_paired_level_by_level() -> None:
    """Thirty loads of a day and their book, every mass a little off: nobody weighs all explanations, and nothing is lost or booked twice."""
    mine = [line(f"a{number:02}", 10_000 + 20 * number) for number in range(30)]
    theirs = [replace(one, id=f"x{one.id}", mass_g=one.mass_g + 7_000) for one in mine]
    found = match(mine, theirs)
    assert sorted(name for one in found for name in ids(one.logged)) == ids(mine)
    assert sorted(name for one in found for name in ids(one.booked)) == ids(theirs)
