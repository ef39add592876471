"""The data sets as the product reads them against an independent reading of the same files (``oracle_data``), on random days."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ledger.model import Findings
from tests.whitelist.driver import Log
from tests.whitelist.oracle_data import Data
from whitelist.adopted import data_files
from whitelist.catalogue import HAZARDS, catalogue_on, is_retired
from whitelist.divisions import judge_division
from whitelist.exemptions import exemptions_on
from whitelist.workdays import workdays_of

FILES = {file.name: file.path.read_text(encoding="utf-8") for file in data_files()}
EDITIONS, YEARS = (2021, 2025), (2025, 2026, 2027)
ORACLE = Data.parse(
    catalogues={year: FILES[f"hw-catalogue-{year}"] for year in EDITIONS},
    exemptions={year: FILES[f"hw-exemptions-{year}"] for year in EDITIONS},
    divisions=FILES["divisions"],
    thresholds=json.loads(FILES["thresholds"]),
    calendars={year: json.loads(FILES[f"workdays-{year}"]) for year in YEARS},
)
FACTS = Log().facts
CODES = st.sampled_from(sorted({code for book in ORACLE.catalogues.values() for code in book} | {"321-998-48"}))
DIVISIONS = st.sampled_from([*ORACLE.divisions, "340102", "500199"])
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [date(2021, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2025, 11, 5), date(2025, 11, 6), date(2026, 1, 24), date(2026, 1, 25)]
)


@given(CODES, st.lists(st.sampled_from(HAZARDS), min_size=1), DAYS)
def test_codes_and_hazards(code: str, hazards: list[str], day: date) -> None:
    catalogue = catalogue_on(FACTS, str(day))
    waste = None if catalogue is None else catalogue.wastes.get(code)
    assert (waste is not None) == ORACLE.known(code, day)
    assert (waste is None or waste.allows(tuple(hazards))) == ORACLE.hazards_ok(code, hazards, day)
    assert is_retired(FACTS, code, str(day)) == ORACLE.retired(code, day)


@given(st.integers(0, 34), CODES, DAYS)
def test_items_of_the_exemption_list(number: int, code: str, day: date) -> None:
    edition = exemptions_on(FACTS, str(day))
    item = None if edition is None else edition.items.get(number)
    expected = None if edition is None else ORACLE.exemption(int(edition.edition), number, day)
    assert (item is None) == (expected is None)
    if item is not None and expected is not None:
        assert bool(item.words) == expected.in_words
        links = item.links if item.names(code) else frozenset()
        assert links == {f"EXEMPT_{link}" for link in expected.links(code)}


@given(DIVISIONS, DIVISIONS, DAYS)
def test_divisions(one: str, other: str, day: date) -> None:
    out = Findings()
    judge_division(out, "place", one, FACTS.data("divisions"), str(day))
    state = "wrong" if out.reasons else "retired" if out.alerts else "ok"
    assert state == ORACLE.division_state(one, day)
    assert FACTS.data("divisions").same(one, other) == ORACLE.same_division(one, other)


@given(DAYS, st.integers(1, 60))
def test_working_days(start: date, term: int) -> None:
    count = workdays_of(FACTS).due(start, term)
    assert (count.day, bool(count.flags)) == ORACLE.due(start, term)
