from __future__ import annotations

from itertools import chain, combinations

import pytest

from ledger.admission.facts import Facts
from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.catalogue import CATEGORIES, HAZARDS, Catalogue, edition_on, parse_catalogue

RAW = data_files()[0].path.read_bytes()
FACTS: Facts = Log().facts
CATALOGUE: Catalogue = FACTS.data("hw-catalogue")
SETS = [tuple(letters) for letters in chain.from_iterable(combinations(HAZARDS, n) for n in range(6))]


def test_the_edition_has_467_codes_in_46_categories() -> None:
    assert (CATALOGUE.edition, len(CATALOGUE.wastes)) == ("2021", 467)
    assert {waste.category for waste in CATALOGUE.wastes.values()} == CATEGORIES
    assert len(CATEGORIES) == 46


def test_the_first_code_is_the_official_one_and_every_suffix_is_its_category() -> None:
    assert next(iter(CATALOGUE.wastes)) == "841-001-01"
    assert all(f"HW{code[-2:]}" == waste.category for code, waste in CATALOGUE.wastes.items())


@pytest.mark.parametrize(
    ("code", "allowed", "refused"),
    [
        ("900-052-31", [("T",), ("T", "C"), ("C", "T")], [("C",), ("I",), ("T", "I"), ()]),
        ("336-064-17", [("T",), ("C",), ("T", "C")], [("I",), ("T", "I"), ()]),
        ("772-002-18", [("T",)], [("T", "C"), ("C",), ()]),
        ("900-042-49", [("In",), ("T", "C", "I", "R", "In")], [()]),
    ],
)
def test_commas_and_slashes_mean_what_the_annex_says(code: str, allowed: list[tuple[str, ...]], refused: list[tuple[str, ...]]) -> None:
    waste = CATALOGUE.wastes[code]
    assert [waste.allows(hazards) for hazards in allowed] == [True] * len(allowed)
    assert [waste.allows(hazards) for hazards in refused] == [False] * len(refused)


def test_for_all_codes_the_allowed_sets_are_counted_by_the_separator() -> None:
    for waste in CATALOGUE.wastes.values():
        count = sum(waste.allows(hazards) for hazards in SETS)
        size = len(waste.hazards)
        expected = {"single": 1, "first_plus_possible": 2 ** (size - 1), "any_of": 2**size - 1}[waste.mode]
        assert count == expected, waste.code
        assert waste.allows(waste.hazards)
        assert waste.printed_hazards.count("，") + waste.printed_hazards.count("/") == size - 1


@pytest.mark.parametrize(
    ("day", "edition"), [("2024-12-31", "2021"), ("2025-01-01", "2025"), ("2026-11-05", "2025"), ("2020-01-01", "2021")]
)
def test_the_edition_follows_the_day(day: str, edition: str) -> None:
    assert edition_on(day) == edition
    assert CATALOGUE.stands_in_on(day) == (edition != "2021")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"841-001-01", b"851-001-01"),  # the first code of a table that circulates
        (b"900-052-31", b"900-052-32"),  # suffix of another category
        (b"900-214-08", b"900-249-08"),  # a code twice
        (b"edition,category", b"edition,categorie"),
        (b"2021,HW01,", b"2025,HW01,"),
        (b"2021", b"2025"),  # 467 rows are not the 2025 edition
        (b"In,single", b"X,single"),
        (b"In,single", b"In,any_of"),
        (b"In,single", b"In,both"),
    ],
)
def test_a_table_that_contradicts_itself_or_the_official_counts_is_refused(old: bytes, new: bytes) -> None:
    assert old in RAW
    with pytest.raises(Refusal) as refused:
        parse_catalogue(RAW.replace(old, new))
    assert refused.value.codes == ["DATA_FORM"]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", RAW[: len(RAW) // 2], b'"'])
def test_a_broken_file_is_refused(raw: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        parse_catalogue(raw)
    assert refused.value.codes == ["DATA_FORM"]
