from __future__ import annotations

from hashlib import sha256

import pytest

from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.catalogue import edition_of, parse_catalogue
from whitelist.exemptions import EVENT, HOUSEHOLD, POINT_TO_POINT, PREFIX, REMNANT, Exemptions, exemptions_on, parse_exemptions

FILES = {file.name: file.path.read_bytes() for file in data_files()}
EDITIONS: dict[str, Exemptions] = {year: parse_exemptions(FILES[f"hw-exemptions-{year}"]) for year in ("2021", "2025")}
ITEMS = EDITIONS["2021"].items
each_edition = pytest.mark.parametrize("year", EDITIONS)


@pytest.mark.parametrize(("year", "count"), [("2021", 32), ("2025", 31)])
def test_an_edition_counts_on_and_battery_transport_is_item_18_of_both(year: str, count: int) -> None:
    edition = EDITIONS[year]
    assert (edition.edition, list(edition.items)) == (year, list(range(1, count + 1)))
    item = edition.items[18]
    assert (item.codes, item.links) == ({"900-052-31"}, {"EXEMPT_TRANSPORT"})
    assert item.names("900-052-31")
    assert not item.names("900-045-49")


def test_the_2025_list_is_the_one_whose_typing_was_proven() -> None:
    assert sha256(FILES["hw-exemptions-2025"]).hexdigest() == "839f736fd39cfaa7f7e8c9892f5ef18b28770375a7dea1c0ea51683295d5df09"


@each_edition
def test_every_code_that_an_item_names_is_in_the_catalogue_of_its_edition(year: str) -> None:
    known = parse_catalogue(FILES[f"hw-catalogue-{year}"]).wastes
    assert [code for item in EDITIONS[year].items.values() for code in item.codes if code not in known] == []


def test_items_name_codes_categories_or_words() -> None:
    assert ITEMS[20].names("900-300-34")
    assert not ITEMS[20].names("900-350-35")
    assert ITEMS[25].names("900-042-49")
    assert ITEMS[12].links == {"EXEMPT_TRANSPORT", "EXEMPT_DISPOSAL"}
    assert len(ITEMS[24].links) == 4


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("2021", {1: HOUSEHOLD, 25: EVENT, 26: REMNANT, 32: POINT_TO_POINT}),
        ("2025", {1: HOUSEHOLD, 24: EVENT, 25: REMNANT, 31: POINT_TO_POINT}),
    ],
)
def test_four_items_of_an_edition_name_their_wastes_in_words(year: str, words: dict[int, str]) -> None:
    assert {number: item.words for number, item in EDITIONS[year].items.items() if item.words} == words


@each_edition
def test_two_items_hold_for_wastes_that_are_only_corrosive(year: str) -> None:
    assert [number for number, item in EDITIONS[year].items.items() if item.only_corrosive] == [20, 21]


def test_aluminium_dross_lost_its_exemption_in_2025() -> None:
    named = {year: [no for no, item in edition.items.items() if "321-024-48" in item.codes] for year, edition in EDITIONS.items()}
    assert named == {"2021": [22], "2025": []}


def test_the_same_number_means_another_waste_in_the_next_edition() -> None:
    log = Log()
    then, now = exemptions_on(log.facts, "2024-12-31"), exemptions_on(log.facts, "2025-01-01")
    assert then is not None
    assert now is not None
    assert (then.items[25].words, now.items[25].words) == (EVENT, REMNANT)
    assert edition_of(log.facts, PREFIX, "2021") == then
    assert exemptions_on(log.facts, "2020-12-31") is None
    assert edition_of(log.facts, PREFIX, "2016") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("运输,运输工具", "航空,运输工具"),
        ("2021,32,", "2021,33,"),
        ("2021,1,", "2021,x,"),
        ("252-002-11;", "HW99;"),
        ("2021,18,900-052-31", "2021,18,"),
        ("历史遗留危险废物,", "历史遗留,"),
        ("2021,", "2025,"),
    ],
)
def test_an_exemption_table_out_of_form_is_refused(old: str, new: str) -> None:
    raw = FILES["hw-exemptions-2021"]
    assert old.encode() in raw
    with pytest.raises(Refusal) as refused:
        parse_exemptions(raw.replace(old.encode(), new.encode()))
    assert refused.value.codes == ["DATA_FORM"]
