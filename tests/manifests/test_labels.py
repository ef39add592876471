"""R-50, R-52 and case E3: labels at loading, and that each belongs to one manifest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.fields import normal
from manifests import acts
from manifests.labels import BATCHES_MAX, LABELS_MAX, LabelHolders, _taken, read_label
from tests.manifests.driver import (
    ALL_CHECKS,
    CARRIER,
    GENERATOR,
    OTHER_TRUCK,
    STRANGER,
    Driver,
    a_departure,
    a_gate,
    a_line,
    a_state,
    backfilled,
    codes,
    labels,
)

BY = (GENERATOR, CARRIER)
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
ONE = "915101120000FX029E9000523120261105001"


@pytest.fixture
def log() -> Driver:
    found = Driver()
    found.issue()
    found.wait(minutes=40)
    return found


def gate(*scanned: str) -> acts.Gate:
    return acts.Gate(labels=scanned, checks=ALL_CHECKS)


def refused(log: Driver, *scanned: str) -> list[str]:
    return log.refused("manifest.depart/1", BY, a_departure(gate=gate(*scanned)))


def test_a_label_has_four_segments_of_37_characters() -> None:
    label = read_label(ONE)
    assert label is not None
    assert (label.unit, label.code, label.day, label.serial) == (GENERATOR, "900-052-31", "2026-11-05", "001")
    assert label.batch + label.serial == ONE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "915101120000FX029E900052312026110500",  # 36
        "915101120000FX029E90005231202611050010",  # 38
        "915101120000FX029E9000523120261331001",  # month 13
        "915101120000FX029E9000523120260229001",  # no leap year
        "915101120000FX029F9000523120261105001",  # check character of the unit
        "９15101120000FX029E9000523120261105oo1",  # letters in the serial
    ],
)
def test_what_is_no_label_is_not_read_as_one(log: Driver, text: str) -> None:
    assert read_label(text) is None
    assert refused(log, *labels(1), text) == ["LABEL_FORM"]


@pytest.mark.parametrize(
    "text",
    [
        "915101120000fx029e9000523120261105001",
        "915101120000FX029E 900-052-31 20261105 001",
        "９１５１０１１２００００ＦＸ０２９Ｅ9000523120261105001",
    ],
)
def test_every_spelling_of_a_label_is_that_label(log: Driver, text: str) -> None:
    assert read_label(text) == read_label(ONE)
    assert refused(log, ONE, text) == ["LIST_LENGTH"]


def test_fourteen_matching_labels_pass(log: Driver) -> None:
    assert codes(log.depart(gate=a_gate(14))) == set()


@pytest.mark.parametrize("count", [1, 13, 15])
def test_labels_are_counted_against_packs(log: Driver, count: int) -> None:
    assert codes(log.depart(gate=a_gate(count))) == {"H:LABEL_COUNT"}


def test_packs_of_two_lines_of_one_code_are_counted_together() -> None:
    log = Driver(line_count=2)
    log.issue(lines=(a_line(packs=2), a_line(packs=3, decision_line=1)))
    log.wait(minutes=40)
    assert codes(log.depart(gate=a_gate(5))) == set()


def test_a_label_of_tomorrow_cannot_be_there_today(log: Driver) -> None:
    tomorrow = gate(*labels(13), *labels(1, day="20261106"))
    assert codes(log.depart(gate=tomorrow)) == {"H:LABEL_COUNT"}


def test_a_packed_line_without_label_is_not_loaded(log: Driver) -> None:
    assert refused(log) == ["LOAD_LABEL"]


@pytest.mark.parametrize(("packing", "form"), [("tank", "L"), ("other", "S")])
def test_a_bulk_line_needs_no_label_on_the_load(packing: str, form: str) -> None:
    log = Driver()
    log.issue(lines=(a_line(form=form, packing=packing),))
    assert codes(log.depart(gate=a_gate(0))) == set()


def test_a_label_of_another_code_is_not_loaded(log: Driver) -> None:
    assert refused(log, *labels(1), *labels(1, code="90004549")) == ["LOAD_LABEL"]


def test_waste_of_another_generator_is_not_loaded(log: Driver) -> None:
    assert refused(log, *labels(14), *labels(1, unit=STRANGER)) == ["LOAD_LABEL"]


def test_a_label_scanned_twice_is_refused(log: Driver) -> None:
    assert refused(log, *labels(1) * 2) == ["LIST_LENGTH"]


def test_labels_are_bounded(log: Driver) -> None:
    assert refused(log, *labels(LABELS_MAX + 1)) == ["LIST_LENGTH"]
    log.depart(gate=gate(*labels(LABELS_MAX)))


def test_days_of_labels_are_bounded() -> None:
    def days(count: int) -> tuple[str, ...]:
        return tuple(labels(1, day=f"2026{month:02d}{day:02d}")[0] for month in range(1, 8) for day in range(1, 29))[:count]

    log = Driver()
    log.issue()
    log.wait(minutes=40)
    assert refused(log, *days(BATCHES_MAX + 1)) == ["LIST_LENGTH"]
    log.depart(gate=gate(*days(BATCHES_MAX)))


# --- a label belongs to one manifest ---------------------------------------------------------------------------------------------------


def test_labels_of_another_manifest_are_flagged_also_when_it_is_finished(log: Driver) -> None:
    log.depart()
    log.arrive()
    log.issue(chain=SECOND)
    assert codes(log.depart(chain=SECOND, vehicle=OTHER_TRUCK, waybill_no="W2")) == {"H:LABEL_USED"}


def test_labels_of_the_same_day_with_other_serials_are_new(log: Driver) -> None:
    log.depart()
    log.issue(chain=SECOND, lines=(a_line(packs=2),))
    fresh = gate(*(label[:-3] + serial for label, serial in zip(labels(2), ("101", "102"), strict=True)))
    assert codes(log.depart(chain=SECOND, vehicle=OTHER_TRUCK, waybill_no="W2", gate=fresh)) == set()


def test_labels_of_a_backfill_are_not_entered(log: Driver) -> None:
    departed_at = "2026-11-05T08:00:00+08:00"
    log.issue(chain=SECOND, **backfilled(departed_at, "2026-11-05T08:30:00+08:00"))
    log.post("manifest.depart/1", BY, a_departure(), chain=SECOND, at=departed_at)
    assert codes(log.depart()) == set()


SERIALS = st.frozensets(st.integers(1, 40), min_size=1, max_size=12)


@given(st.lists(st.tuples(st.integers(0, 5), SERIALS), max_size=12))
def test_the_register_knows_who_loaded_a_serial_last(loads: list[tuple[int, frozenset[int]]]) -> None:
    known: LabelHolders | None = None
    last: dict[str, str] = {}
    for manifest, serials in loads:
        new = tuple(f"{serial:03d}" for serial in sorted(serials))
        known = _taken(known, f"m{manifest}", a_state(), new)
        last |= dict.fromkeys(new, f"m{manifest}")
    holders = () if known is None else known.holders
    assert {serial: holder.manifest for holder in holders for serial in holder.serials} == last
    assert sum(len(holder.serials) for holder in holders) == len(last), "a serial stands once"


@given(st.integers(0, len(ONE)), st.sampled_from("·- \u3164－"))
def test_marks_between_the_characters_change_nothing(place: int, mark: str) -> None:
    assert normal(ONE[:place] + mark + ONE[place:]) == ONE
