from __future__ import annotations

import csv
import io
from hashlib import sha256
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.catalogue import CATEGORIES, HAZARDS, Catalogue, Waste, catalogue_on, edition_among, is_retired, parse_catalogue

FILES = {file.name: file.path.read_bytes() for file in data_files()}
RAW = FILES["hw-catalogue-2021"]
EDITIONS: dict[str, Catalogue] = {year: parse_catalogue(FILES[f"hw-catalogue-{year}"]) for year in ("2021", "2025")}
FACTS = Log().facts
SETS = [tuple(letters) for letters in chain.from_iterable(combinations(HAZARDS, n) for n in range(6))]
each_edition = pytest.mark.parametrize("year", EDITIONS)


@pytest.mark.parametrize(("year", "count"), [("2021", 467), ("2025", 470)])
def test_an_edition_has_its_official_count_of_codes_in_46_categories(year: str, count: int) -> None:
    catalogue = EDITIONS[year]
    assert (catalogue.edition, len(catalogue.wastes)) == (year, count)
    assert {waste.category for waste in catalogue.wastes.values()} == CATEGORIES
    assert len(CATEGORIES) == 46


@each_edition
def test_the_first_code_is_the_official_one_and_every_suffix_is_its_category(year: str) -> None:
    wastes = EDITIONS[year].wastes
    assert next(iter(wastes)) == "841-001-01"
    assert all(f"HW{code[-2:]}" == waste.category for code, waste in wastes.items())


def test_the_2025_table_is_the_one_whose_typing_was_proven_but_for_one_prime() -> None:
    """261-110-11 lost its prime in the typing; taking it out again gives the proven bytes."""
    typed = FILES["hw-catalogue-2025"].replace("4,4′-二羟基二苯砜".encode(), "4,4-二羟基二苯砜".encode())
    assert sha256(typed).hexdigest() == "d2bc0a2c9cc7251c4e4e986ec8ef3ce88671eb31bd471228399c6c7c2c56fe68"
    assert "4,4′-二羟基二苯砜" in EDITIONS["2025"].wastes["261-110-11"].description


def test_what_2025_changed_is_what_its_text_says() -> None:
    """Law 2026-11 §2.2: five codes came, two went, one hazard and one name of a category changed, and 57 descriptions."""
    old, new = EDITIONS["2021"].wastes, EDITIONS["2025"].wastes
    assert sorted(new.keys() - old.keys()) == ["321-035-48", "321-036-48", "321-037-48", "321-038-48", "900-054-29"]
    assert sorted(old.keys() - new.keys()) == ["261-100-11", "336-100-21"]
    shared = sorted(old.keys() & new.keys())
    assert [code for code in shared if (old[code].hazards, old[code].mode) != (new[code].hazards, new[code].mode)] == ["772-003-18"]
    assert {code[-2:] for code in shared if old[code].category_name != new[code].category_name} == {"09"}
    assert [code for code in shared if old[code].industry != new[code].industry] == []
    assert len([code for code in shared if old[code].description != new[code].description]) == 57


def test_the_two_defects_of_the_2021_table_are_mended() -> None:
    wastes = EDITIONS["2021"].wastes
    assert wastes["451-001-11"].industry == wastes["451-002-11"].industry == "燃气生产和供应业"
    assert "4,4′-二羟基二苯砜" in wastes["261-110-11"].description


@each_edition
def test_no_text_holds_a_character_that_prints_as_an_empty_box(year: str) -> None:
    rows = csv.reader(io.StringIO(FILES[f"hw-catalogue-{year}"].decode(), newline=""))
    assert [cell for row in rows for cell in row if not cell.isprintable() or any("\ue000" <= letter <= "\uf8ff" for letter in cell)] == []


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
    waste = EDITIONS["2025"].wastes[code]
    assert [waste.allows(hazards) for hazards in allowed] == [True] * len(allowed)
    assert [waste.allows(hazards) for hazards in refused] == [False] * len(refused)


@each_edition
def test_for_all_codes_the_allowed_sets_are_counted_by_the_separator(year: str) -> None:
    for waste in EDITIONS[year].wastes.values():
        count = sum(waste.allows(hazards) for hazards in SETS)
        size = len(waste.hazards)
        expected = {"single": 1, "first_plus_possible": 2 ** (size - 1), "any_of": 2**size - 1}[waste.mode]
        assert count == expected, waste.code
        assert waste.allows(waste.hazards)
        assert waste.printed_hazards.count("，") + waste.printed_hazards.count("/") == size - 1


@given(st.sampled_from([waste for edition in EDITIONS.values() for waste in edition.wastes.values()]), st.lists(st.sampled_from(HAZARDS)))
def test_hazards_are_read_as_a_set(waste: Waste, hazards: list[str]) -> None:
    assert waste.allows(tuple(hazards)) == waste.allows(tuple(sorted(set(hazards))))


# editions


@pytest.mark.parametrize(
    ("day", "edition"), [("2021-01-01", "2021"), ("2024-12-31", "2021"), ("2025-01-01", "2025"), ("2026-11-05", "2025")]
)
def test_the_edition_follows_the_day(day: str, edition: str) -> None:
    catalogue = catalogue_on(FACTS, day)
    assert catalogue is not None
    assert catalogue.edition == edition


def test_before_the_first_edition_and_without_any_there_is_none() -> None:
    assert catalogue_on(FACTS, "2020-12-31") is None
    log = Log()
    log.without_data("hw-catalogue-2025")
    assert catalogue_on(log.facts, "2026-11-05") == EDITIONS["2021"], "the latest ADOPTED edition that has begun"
    log.without_data("hw-catalogue-2021")
    assert catalogue_on(log.facts, "2026-11-05") is None


def test_a_table_without_its_edition_in_the_name_is_none() -> None:
    """kinds §2: ``hw-catalogue-<YYYY>``, editions side by side."""
    log = Log()
    log.adopt_again("hw-catalogue", "hw-catalogue-2021")
    for year in EDITIONS:
        log.without_data(f"hw-catalogue-{year}")
    assert catalogue_on(log.facts, "2026-11-05") is None


def test_a_file_under_the_name_of_another_edition_is_refused() -> None:
    log = Log()
    log.adopt_again("hw-catalogue-2026", "hw-catalogue-2025")
    assert catalogue_on(log.facts, "2025-12-31") == EDITIONS["2025"]
    with pytest.raises(Refusal) as refused:
        catalogue_on(log.facts, "2026-01-01")
    assert refused.value.codes == ["DATA_FORM"]


NAMES = st.lists(st.sampled_from([f"hw-catalogue-{year}" for year in range(2016, 2035, 3)] + ["hw-catalogue", "divisions"]), unique=True)
DAYS = st.dates().map(str)


@given(NAMES, DAYS, DAYS)
def test_editions_never_go_back_as_days_go_on_and_none_begins_early(names: list[str], one: str, other: str) -> None:
    first, last = sorted((one, other))
    before, after = edition_among(names, "hw-catalogue-", first), edition_among(names, "hw-catalogue-", last)
    assert (before or "") <= (after or "")
    assert after is None or (f"hw-catalogue-{after}" in names and f"{after}-01-01" <= last)
    assert all(name <= f"hw-catalogue-{after}" for name in names if name.startswith("hw-catalogue-") and f"{name[-4:]}-01-01" <= last)


@pytest.mark.parametrize(
    "name", ["hw-catalogue-20255", "hw-catalogue-２０２５", "hw-catalogue-", "hw-catalogue-abcd", "hw-catalogue-2025-2"]
)
def test_a_name_without_a_year_is_no_edition(name: str) -> None:
    assert edition_among([name], "hw-catalogue-", "9999-12-31") is None


@pytest.mark.parametrize(
    ("code", "day", "retired"),
    [
        ("336-100-21", "2026-11-05", True),
        ("336-100-21", "2024-12-31", False),
        ("336-100-17", "2026-11-05", False),
        ("321-998-48", "2026-11-05", False),  # never was one
        ("321-035-48", "2024-12-31", False),  # not yet one
        ("336-100-21", "2020-01-01", False),
    ],
)
def test_a_code_is_retired_where_an_earlier_edition_had_it(code: str, day: str, retired: bool) -> None:
    assert is_retired(FACTS, code, day) is retired


# form


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
