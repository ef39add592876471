"""R-50, R-51, R-52: what must hold before a vehicle leaves the generator."""

from __future__ import annotations

import pytest

from manifests import acts
from manifests.acts.depart import LABELS_MAX, read_label
from tests.manifests.driver import ALL_CHECKS, CARRIER, GENERATOR, STRANGER, Driver, a_departure, a_gate, a_line, codes, labels

BY = (GENERATOR, CARRIER)


@pytest.fixture
def log() -> Driver:
    found = Driver()
    found.issue()
    found.wait(minutes=40)
    return found


def refused(log: Driver, **changes: object) -> list[str]:
    return log.refused("manifest.depart/1", BY, a_departure(**changes))


def test_a_label_has_four_segments_of_37_characters() -> None:
    label = read_label("915101120000FX029E9000523120261105001")
    assert label is not None
    assert (label.unit, label.code, label.day, label.serial) == (GENERATOR, "900-052-31", "2026-11-05", "001")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "915101120000FX029E900052312026110500",  # 36
        "915101120000FX029E90005231202611050010",  # 38
        "915101120000FX029E9000523120261331001",  # month 13
        "915101120000FX029E9000523120260229001",  # no leap year
        "915101120000fx029e9000523120261105001",  # lower case
        "915101120000FX029E900-52-3120261105001",
        "915101120000FX029E90005231２０２６1105001",  # full-width digits
    ],
)
def test_what_is_no_label_is_not_read_as_one(text: str) -> None:
    assert read_label(text) is None


def test_fourteen_matching_labels_pass(log: Driver) -> None:
    assert codes(log.depart(gate=a_gate(14))) == set()


def test_one_label_is_enough_for_a_packed_line(log: Driver) -> None:
    log.depart(gate=a_gate(1))


def test_a_packed_line_without_label_is_not_loaded(log: Driver) -> None:
    assert refused(log, gate=a_gate(0)) == ["LOAD_LABEL"]


def test_a_bulk_line_needs_no_label_on_the_load() -> None:
    log = Driver()
    log.issue(lines=(a_line(form="L", packing="tank"),))
    log.depart(gate=a_gate(0))


def test_a_label_of_another_code_is_not_loaded(log: Driver) -> None:
    gate = acts.Gate(labels=(*labels(1), *labels(1, code="90004549")), checks=ALL_CHECKS)
    assert refused(log, gate=gate) == ["LOAD_LABEL"]


def test_a_label_scanned_twice_is_refused(log: Driver) -> None:
    assert refused(log, gate=acts.Gate(labels=labels(1) * 2, checks=ALL_CHECKS)) == ["LOAD_LABEL"]


def test_a_label_of_another_generator_makes_two_generators(log: Driver) -> None:
    gate = acts.Gate(labels=(*labels(1), *labels(1, unit=STRANGER)), checks=ALL_CHECKS)
    assert refused(log, gate=gate) == ["MULTI_GENERATOR"]


def test_a_label_of_no_real_unit_is_just_wrong(log: Driver) -> None:
    gate = acts.Gate(labels=(*labels(1), *labels(1, unit="915101120000FX029F")), checks=ALL_CHECKS)
    assert refused(log, gate=gate) == ["LOAD_LABEL"]


def test_labels_are_bounded(log: Driver) -> None:
    assert refused(log, gate=acts.Gate(labels=labels(LABELS_MAX + 1), checks=ALL_CHECKS)) == ["LOAD_LABEL"]
    log.depart(gate=acts.Gate(labels=labels(LABELS_MAX), checks=ALL_CHECKS))


@pytest.mark.parametrize("missing", ALL_CHECKS)
def test_every_check_of_article_13_is_attested(log: Driver, missing: str) -> None:
    left = tuple(check for check in ALL_CHECKS if check != missing)
    assert refused(log, gate=acts.Gate(labels=labels(), checks=left)) == ["LOAD_CHECKS"]


@pytest.mark.parametrize("waybill_no", ["", "  "])
def test_nothing_departs_without_waybill(log: Driver, waybill_no: str) -> None:
    assert refused(log, waybill_no=waybill_no) == ["NO_MANIFEST"]


def test_a_long_waybill_number_is_refused_at_the_boundary(log: Driver) -> None:
    assert refused(log, waybill_no="1" * 65) == ["TEXT_LONG"]
    log.depart(waybill_no="1" * 64)


def test_all_reasons_of_a_departure_come_together(log: Driver) -> None:
    gate = acts.Gate(labels=labels(1, code="90004549"), checks=("carrier",))
    assert refused(log, gate=gate, waybill_no="") == ["LOAD_CHECKS", "LOAD_LABEL", "NO_MANIFEST"]


def test_the_vehicle_is_named_by_kind_and_plate(log: Driver) -> None:
    vehicle = acts.Vehicle(kind="rocket", plate=" ", trailer="")
    assert refused(log, vehicle=vehicle) == ["MISSING", "VEHICLE_KIND"]


@pytest.mark.parametrize(
    ("loaded", "expected"),
    [
        ((acts.LoadedLine(line=0, mass_t="5.6"), acts.LoadedLine(line=0, mass_t="5.6")), ["LINES_ONCE"]),
        ((acts.LoadedLine(line=1, mass_t="5.6"),), ["LINES_ONCE"]),
        ((acts.LoadedLine(line=0, mass_t="0"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="5,6"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="100000.000001"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="5.6", gross_t="15.6", tare_t="10.1"),), ["WEIGHING_SUM"]),
    ],
)
def test_loaded_masses_are_whole(log: Driver, loaded: tuple[acts.LoadedLine, ...], expected: list[str]) -> None:
    assert refused(log, loaded=loaded) == expected


def test_a_weighed_load_is_remembered(log: Driver) -> None:
    entry = log.depart(loaded=(acts.LoadedLine(line=0, mass_t="5.58", gross_t="15.68", tare_t="10.1"),))
    assert codes(entry) == set()
    assert log.state().lines[0].loaded_g == 5_580_000


@pytest.mark.parametrize(("mass_t", "expected"), [("5.54", set()), ("5.539999", {"M:WEIGHT"}), ("5.3", {"H:WEIGHT"})])
def test_a_load_far_from_the_declared_mass_is_flagged(log: Driver, mass_t: str, expected: set[str]) -> None:
    assert codes(log.depart(loaded=(acts.LoadedLine(line=0, mass_t=mass_t),))) == expected


def test_a_trip_that_begins_elsewhere_is_flagged(log: Driver) -> None:
    assert codes(log.depart(place=acts.Place(division="510116", address="成都市双流区（虚构）"))) == {"M:WRONG_ORIGIN"}
