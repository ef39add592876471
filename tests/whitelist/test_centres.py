"""Where divisions lie: distances that can be looked up on a map, neighbours as they are, and codes of every edition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.adopted import data_files
from whitelist.centres import EARTH_KM, are_neighbours, centres, distance_km
from whitelist.divisions import Divisions, parse_divisions

CODES = sorted(centres())


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return parse_divisions(next(file.path for file in data_files() if file.name == "divisions").read_bytes())


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [("510112", "500116", 237), ("500101", "500102", 157), ("510112", "510112", 0), ("110101", "310101", 1067)],
)
def test_distances_are_those_of_a_map(one: str, other: str, km: int) -> None:
    found = distance_km(one, other)
    assert found is not None
    assert abs(found - km) <= max(3, km // 50)


@given(st.sampled_from(CODES), st.sampled_from(CODES), st.sampled_from(CODES))
def test_distance_is_a_metric(one: str, other: str, third: str) -> None:
    there, back, on, off = distance_km(one, other), distance_km(other, one), distance_km(other, third), distance_km(one, third)
    assert there is not None
    assert on is not None
    assert off is not None
    assert there == back
    assert off <= there + on + 2
    assert there <= EARTH_KM * 3.15


def test_neighbours_are_mutual_and_near() -> None:
    known = centres()
    for code, centre in known.items():
        for name in centre.neighbours:
            assert code in known[name].neighbours
    assert max(len(centre.neighbours) for centre in known.values()) < 16


@pytest.mark.parametrize(("one", "other"), [("500116", "510522"), ("500111", "511011"), ("500111", "512021"), ("510112", "510121")])
def test_counties_on_both_sides_of_the_border_are_neighbours(one: str, other: str, divisions: Divisions) -> None:
    """江津、合江; 大足、东兴; 大足、安岳; 龙泉驿、金堂."""
    assert are_neighbours(one, other, divisions)
    assert are_neighbours(other, one, divisions)


def test_far_ones_are_none(divisions: Divisions) -> None:
    assert not are_neighbours("510112", "500116", divisions)


def test_codes_of_every_edition_have_a_place(divisions: Divisions) -> None:
    """两江新区 (2025) lies in the middle of 江北 and 渝北, whose place it took, and beside their neighbours."""
    for code in divisions.by_code:
        assert distance_km(code, "500103", divisions) is not None
    old = [distance_km(code, "500103", divisions) for code in ("500105", "500112")]
    new = distance_km("500157", "500103", divisions)
    assert new is not None
    assert min(filter(None, old)) <= new <= max(filter(None, old))
    assert are_neighbours("500157", "500112", divisions)
    assert any(are_neighbours("500157", code, divisions) for code in ("500103", "500109", "500115"))


def test_what_lies_nowhere_has_no_distance() -> None:
    assert distance_km("990000", "510112") is None
