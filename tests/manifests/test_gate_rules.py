"""R-50, R-51, R-52: what must hold before a vehicle leaves the generator."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from manifests import acts
from tests.manifests.driver import ALL_CHECKS, CARRIER, GENERATOR, Q2, Q3, TRUCK, Driver, a_departure, codes, labels

BY = (GENERATOR, CARRIER)


@pytest.fixture
def log() -> Driver:
    found = Driver()
    found.issue()
    found.wait(minutes=40)
    return found


def refused(log: Driver, **changes: object) -> list[str]:
    return log.refused("manifest.depart/1", BY, a_departure(**changes))


@pytest.mark.parametrize("missing", ALL_CHECKS)
def test_every_check_of_article_13_is_attested(log: Driver, missing: str) -> None:
    left = tuple(check for check in ALL_CHECKS if check != missing)
    assert refused(log, gate=acts.Gate(labels=labels(), checks=left)) == ["LOAD_CHECKS"]


def test_nothing_departs_without_waybill_and_operating_licence(log: Driver) -> None:
    assert refused(log, waybill_no=None) == ["NO_MANIFEST"]
    assert refused(log, vehicle=replace(TRUCK, licence_no=None)) == ["MISSING"]
    assert refused(log, waybill_no=" \u3164") == ["MISSING"], "a blank text is out of form"
    assert refused(log, waybill_no="1" * 41) == ["TEXT_LONG"]
    log.depart(waybill_no="1" * 40)


def test_all_reasons_of_a_departure_come_together(log: Driver) -> None:
    gate = acts.Gate(labels=labels(1, code="90004549"), checks=("carrier",))
    assert refused(log, gate=gate, waybill_no=None) == ["LOAD_CHECKS", "LOAD_LABEL", "NO_MANIFEST"]


def test_the_vehicle_is_named_by_kind_and_plate(log: Driver) -> None:
    vehicle = acts.Vehicle(kind="rocket", plate=" ", trailer="")  # type: ignore[arg-type]  # out of form on purpose
    assert refused(log, vehicle=vehicle) == ["MISSING", "VEHICLE_KIND"]


def test_a_pipeline_is_no_vehicle_of_the_road(log: Driver) -> None:
    assert refused(log, vehicle=replace(TRUCK, kind="pipeline")) == ["VEHICLE_KIND"]


@pytest.mark.parametrize("name", ["licence", "vehicle_permit"])
def test_references_whose_rules_come_later_are_refused(log: Driver, name: str) -> None:
    assert refused(log, **{name: f"{name.partition('_')[0]}/{CARRIER}/01K9000000000000000000CARR"}) == ["NOT_YET"]


def test_via_and_seals_are_taken(log: Driver) -> None:
    assert codes(log.depart(via=("511000", "500118"), seals=("F-001",))) == set()


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        (("511000", "500199"), [("DIVISION", "body.via.1")]),  # of a listed province, and not in its table
        (("500199", "511000", "590100"), [("DIVISION", "body.via.0"), ("DIVISION", "body.via.2")]),  # 59: no such province
        (("5110", "511000"), [("DIVISION", "body.via.0")]),  # out of form
        (("511000",) * 17, [("LIST_LENGTH", "body.via")]),
    ],
)
def test_a_way_through_what_is_no_division_is_refused_where_it_stands(
    log: Driver, via: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert log.reasons("manifest.depart/1", BY, a_departure(via=via)) == expected
    assert codes(log.depart(via=("520100", "420100"))) == set(), "of other provinces the form alone is known"


def test_a_way_through_a_withdrawn_division_is_flagged(log: Driver) -> None:
    assert codes(log.depart(via=("500105",))) == {"M:DIVISION_RETIRED"}


@pytest.mark.parametrize(
    ("loaded", "expected"),
    [
        ((acts.LoadedLine(line=0, mass_t="5.6"), acts.LoadedLine(line=0, mass_t="5.6")), ["LINES_ONCE"]),
        ((acts.LoadedLine(line=1, mass_t="5.6"),), ["LINES_ONCE"]),
        ((acts.LoadedLine(line=0, mass_t="0"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="5,6"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="100000.000001"),), ["QTY"]),
        ((acts.LoadedLine(line=0, mass_t="5.6", gross_t="15.6", tare_t="10.1"),), ["WEIGHING_SUM"]),
        ((acts.LoadedLine(line=0, mass_t="5.6", gross_t="10", tare_t="15.6"),), ["WEIGHING_SUM"]),
    ],
)
def test_loaded_masses_are_whole(log: Driver, loaded: tuple[acts.LoadedLine, ...], expected: list[str]) -> None:
    assert refused(log, loaded=loaded) == expected


def test_a_weighed_load_is_remembered(log: Driver) -> None:
    entry = log.depart(loaded=(acts.LoadedLine(line=0, mass_t="5.58", gross_t="15.68", tare_t="10.1"),))
    assert codes(entry) == set()
    assert log.state().lines[0].loaded_g == 5_580_000
    assert log.state().times.departed_s == log.at_s


@pytest.mark.parametrize(("mass_t", "expected"), [("5.54", set()), ("5.539999", {"M:LOAD_WEIGHT"}), ("5.3", {"H:LOAD_WEIGHT"})])
def test_a_load_far_from_the_declared_mass_is_flagged(log: Driver, mass_t: str, expected: set[str]) -> None:
    assert codes(log.depart(loaded=(acts.LoadedLine(line=0, mass_t=mass_t),))) == expected


def test_a_trip_that_begins_elsewhere_is_flagged(log: Driver) -> None:
    assert codes(log.depart(place=acts.Place(division="510116", address="成都市双流区（虚构）"))) == {"M:WRONG_ORIGIN"}


def test_a_trip_from_another_province_is_refused(log: Driver) -> None:
    """Case L1: an origin in the receiver's province needs no decision, so the trip must really begin there."""
    assert refused(log, place=acts.Place(division="500116", address="重庆市江津区（虚构）")) == ["ORIGIN_PROVINCE"]


def test_what_is_loaded_beyond_the_declared_is_reserved(log: Driver) -> None:
    entry = log.depart(loaded=(acts.LoadedLine(line=0, mass_t="5.65"),))
    assert [(row.account, row.before_g, row.after_g) for row in entry.admission.decision.accounts] == [
        (Q2, 5_600_000, 5_650_000),
        (Q3, 5_600_000, 5_650_000),
    ]
    assert log.state().drawn == {Q2: 5_650_000, Q3: 5_650_000}


def test_what_is_loaded_short_of_the_declared_moves_nothing(log: Driver) -> None:
    assert log.depart(loaded=(acts.LoadedLine(line=0, mass_t="5.55"),)).admission.decision.accounts == ()
