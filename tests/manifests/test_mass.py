"""Mass algebra: no gram is lost, tolerances are exact at their boundary."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests.mass import add_fates, balance, weight_level
from manifests.model import Fate, LineState
from tests.manifests.driver import LIMITS

GRAMS = st.integers(min_value=0, max_value=10**12)
FORMS = st.sampled_from(["S", "SS", "L", "G"])


def line(declared_g: int, accepted_g: int | None = None, refused_g: int | None = None, fates: tuple[Fate, ...] = ()) -> LineState:
    return LineState(
        name="废铅蓄电池",
        code="900-052-31",
        category="HW31",
        form="S",
        packing="box",
        method="R4",
        declared_g=declared_g,
        accepted_g=accepted_g,
        refused_g=refused_g,
        fates=fates,
    )


@st.composite
def lines(draw: st.DrawFn) -> LineState:
    declared_g = draw(GRAMS)
    if draw(st.booleans()):
        return line(declared_g)
    accepted_g = draw(GRAMS)
    first_g = draw(st.integers(0, accepted_g))
    second_g = draw(st.integers(0, accepted_g - first_g))
    return line(declared_g, accepted_g, draw(GRAMS), add_fates((), [("R4", first_g), ("D1", second_g)]))


@given(st.lists(lines(), max_size=16))
def test_every_declared_gram_is_somewhere(found: list[LineState]) -> None:
    totals = balance(found)
    assert totals["declared"] == totals["under_way"] + totals["accepted"] + totals["refused"] + totals["difference"]
    assert totals["accepted"] == totals["disposed"] + totals["stock"]
    assert totals["stock"] >= 0
    assert totals["stock"] == sum(one.stock_g for one in found)


@given(st.lists(st.tuples(st.sampled_from(["R4", "D1", "D10"]), GRAMS), max_size=20))
def test_fates_add_up_whatever_their_order(more: list[tuple[str, int]]) -> None:
    at_once = add_fates((), more)
    one_by_one: tuple[Fate, ...] = ()
    for fate in reversed(more):
        one_by_one = add_fates(one_by_one, [fate])
    assert at_once == one_by_one
    assert sum(fate.mass_g for fate in at_once) == sum(mass_g for _, mass_g in more)
    assert [fate.method for fate in at_once] == sorted({method for method, _ in more})


def difference_level(form: str, sent_g: int, received_g: int) -> str | None:
    """Of one line that was sent by its declared mass."""
    return weight_level(LIMITS, form, line(sent_g).sent_g, received_g)


@given(FORMS, GRAMS, GRAMS)
def test_a_difference_counts_above_both_limits_only(form: str, sent_g: int, received_g: int) -> None:
    difference = abs(sent_g - received_g)
    limit_permille_g = max(LIMITS.weight_floor_g * 1000, sent_g * LIMITS.weight_permille(form))
    level = difference_level(form, sent_g, received_g)
    assert (level is not None) == (difference * 1000 > limit_permille_g)
    assert (level == "H") == (level is not None and difference * 20 > sent_g)
    assert level == difference_level(form, sent_g, sent_g - (received_g - sent_g)), "more and less are judged alike"


@given(GRAMS, GRAMS, GRAMS)
def test_what_came_is_compared_with_what_was_loaded_if_it_was_weighed(declared_g: int, loaded_g: int, received_g: int) -> None:
    """Case E5: 10.0 t declared, 10.5 t loaded and received is no difference; LOAD_WEIGHT has said the other."""
    sent = replace(line(declared_g), loaded_g=loaded_g)
    assert weight_level(LIMITS, "S", sent.sent_g, received_g) == weight_level(LIMITS, "S", line(loaded_g).sent_g, received_g)


def test_the_example_of_the_law_passes_and_its_twin_is_high() -> None:
    assert difference_level("S", 5_600_000, 5_548_000) is None
    assert difference_level("S", 5_600_000, 5_300_000) == "H"


def test_the_tolerance_itself_is_no_difference() -> None:
    assert difference_level("S", 5_600_000, 5_540_000) is None  # 0.06 t
    assert difference_level("S", 5_600_000, 5_539_999) == "M"
    assert difference_level("S", 20_000_000, 19_800_000) is None  # 1 %
    assert difference_level("S", 20_000_000, 19_799_999) == "M"
    assert difference_level("L", 20_000_000, 19_400_000) is None  # 3 %
    assert difference_level("SS", 20_000_000, 19_399_999) == "M"
    assert difference_level("S", 20_000_000, 19_000_000) == "M"  # 5 %
    assert difference_level("S", 20_000_000, 18_999_999) == "H"
