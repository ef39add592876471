"""R-53, R-24 and cases E2, E3, E8: what is under way on one truck, however its plate is written; waybills; plates that are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests import acts
from manifests.vehicles import TRIPS_MAX, OpenTrip, Trip, VehicleTrips, trip_key
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    LIMITS,
    ORIGIN,
    OTHER_TRUCK,
    SECOND_CARRIER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    codes,
    labels_of,
)

SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
DEPART = "manifest.depart/1"
BY = (GENERATOR, CARRIER)
SPELLINGS = [
    "川A·F1234",
    "川AF1234",
    "川a f1234",
    "川Ａ－Ｆ１２３４",
    "川A•F1234",
    "川A‧F1234",
    "川A—F1234",
    "川\u3164A・F1234",
    "川A\u2212F12 34",
]


def two_manifests(**changes: object) -> Driver:
    log = Driver()
    log.issue(**changes)
    log.issue(chain=SECOND, **changes)
    log.depart()
    log.wait(minutes=10)
    return log


def second(**changes: object) -> acts.Depart:
    """A departure of the second manifest with papers of its own."""
    return a_departure(**{"waybill_no": "W2", "gate": labels_of("20261104"), **changes})


def overlap(log: Driver, **changes: object) -> list[str]:
    return log.refused(DEPART, BY, second(**changes), chain=SECOND)


def said(log: Driver, by: tuple[str, ...] = BY, **changes: object) -> set[str]:
    return codes(log.post(DEPART, by, second(**changes), chain=SECOND))


@pytest.mark.parametrize("plate", SPELLINGS)
def test_a_truck_under_way_is_that_truck_in_every_spelling(plate: str) -> None:
    """Case E2: eight of nine spellings escaped."""
    log = two_manifests()
    assert overlap(log, vehicle=replace(TRUCK, plate=plate)) == ["VEHICLE_OVERLAP"]


@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["·", " ", "-", "－", "\u3000", "•", "—"])), max_size=6), st.booleans())
def test_marks_and_width_never_make_another_truck(marks: list[tuple[int, str]], wide: bool) -> None:
    plate = "川AF1234"
    for place, mark in marks:
        plate = plate[:place] + mark + plate[place:]
    if wide:
        plate = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in plate)
    assert trip_key(replace(TRUCK, plate=plate.lower())) == trip_key(TRUCK)


def test_manifests_of_one_trip_share_a_truck() -> None:
    assert said(two_manifests(trip_id="T7")) == set()


def test_another_carrier_on_the_truck_is_only_said() -> None:
    assert said(two_manifests(), (GENERATOR, SECOND_CARRIER)) == {"CARRIER_CHANGED", "H:VEHICLE_OVERLAP"}


@pytest.mark.parametrize(("seconds", "refused"), [(-1, True), (0, False)])
def test_a_truck_forgotten_for_three_days_stops_nobody(seconds: int, refused: bool) -> None:
    log = two_manifests()
    log.wait(hours=LIMITS.vehicle_busy_h, minutes=-10, seconds=seconds)
    if refused:
        assert overlap(log) == ["VEHICLE_OVERLAP"]
    else:
        assert said(log) == {"H:VEHICLE_OVERLAP"}


def test_a_shared_trip_id_of_last_week_is_no_shared_trip() -> None:
    log = two_manifests(trip_id="T7")
    log.wait(hours=LIMITS.vehicle_busy_h)
    assert said(log) == {"H:VEHICLE_OVERLAP"}


@pytest.mark.parametrize("kind", ["train", "ship", "aircraft", "other"])
def test_what_carries_many_is_left_out(kind: str) -> None:
    log = Driver()
    log.issue()
    log.issue(chain=SECOND)
    vehicle = acts.Vehicle(kind=kind, plate="示范1号", licence_no="L")  # type: ignore[arg-type]  # the parameter is one of the literals
    log.depart(vehicle=vehicle)
    assert said(log, vehicle=vehicle) == set()
    assert not [key for key in log.stored if key.startswith("trip:")]


def test_a_truck_is_free_after_its_arrival() -> None:
    log = two_manifests()
    log.arrive()
    assert said(log) == set()


def test_a_truck_is_free_after_the_receipt_that_nobody_recorded_an_arrival_for() -> None:
    log = two_manifests()
    log.receive()
    assert said(log) == set()


def test_a_truck_is_free_after_the_load_left_it() -> None:
    log = two_manifests()
    log.post("manifest.transship/1", (CARRIER,), acts.Transship(vehicle=OTHER_TRUCK, reason="爆胎", place=ORIGIN))
    assert said(log) == set()
    assert [load.manifest[-4:] for load in log.value(trip_key(OTHER_TRUCK)).open] == ["MAN1"]


def test_a_part_that_arrived_frees_its_truck_alone() -> None:
    log = two_manifests()
    part = (acts.MovedLine(line=0, mass_t="2"),)
    log.post("manifest.transship/1", (CARRIER,), acts.Transship(vehicle=OTHER_TRUCK, reason="超重", place=ORIGIN, part=part))
    assert [log.value(trip_key(truck)).open[0].grams for truck in (TRUCK, OTHER_TRUCK)] == [3_600_000, 2_000_000]
    log.arrive(leg=0)
    assert log.value(trip_key(TRUCK)).open == ()
    assert said(log) == set()


def test_a_truck_taken_over_while_under_way_is_only_said() -> None:
    log = two_manifests()
    log.post(DEPART, BY, second(vehicle=OTHER_TRUCK), chain=SECOND)
    body = acts.Transship(vehicle=OTHER_TRUCK, reason="爆胎", place=ORIGIN)
    assert codes(log.post("manifest.transship/1", (CARRIER,), body)) == {"H:VEHICLE_OVERLAP"}


# --- R-24, plates (case E8) ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mass_t", "expected"), [("49", set()), ("49.000001", {"H:OVERLOAD"}), ("1300", {"H:OVERLOAD"})])
def test_a_truck_that_nobody_licensed_carries_at_most_49_tonnes(mass_t: str, expected: set[str]) -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t=mass_t),))
    assert expected <= codes(log.depart())
    assert ("H:OVERLOAD" in codes(log.entries[-1])) == bool(expected)


def test_loads_of_one_trip_are_weighed_together() -> None:
    log = two_manifests(trip_id="T7", lines=(a_line(mass_t="25"),))
    assert said(log) == {"H:OVERLOAD"}


def test_a_load_handed_over_to_a_truck_counts_there() -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t="60"),))
    log.depart(vehicle=acts.Vehicle(kind="train", plate="X1", licence_no="L"))
    body = acts.HandOver(vehicle=OTHER_TRUCK, waybill_no="W3", place=ORIGIN)
    assert codes(log.post("manifest.hand_over/1", (CARRIER, SECOND_CARRIER), body)) == {"CARRIER_CHANGED", "H:OVERLOAD"}


@pytest.mark.parametrize(
    ("plate", "fits"),
    [
        ("川A·F1234", True),
        ("渝BD12345", True),
        ("川A1234挂", True),
        ("川a f12345", True),
        ("XYZ", False),
        ("川AF12", False),
        ("1川A2345", False),
    ],
)
def test_a_plate_has_the_form_of_one(plate: str, fits: bool) -> None:
    log = Driver()
    log.issue()
    assert codes(log.depart(vehicle=replace(TRUCK, plate=plate))) == (set() if fits else {"M:PLATE_FORM"})


def test_a_ship_has_a_name() -> None:
    log = Driver()
    log.issue()
    assert codes(log.depart(vehicle=acts.Vehicle(kind="ship", plate="示范货8号", licence_no="L"))) == set()


# --- waybills (case E3) ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "expected"), [("5101002026-1105 0001", {"M:WAYBILL_USED"}), ("510100202611050002", set())])
def test_a_waybill_travels_once(number: str, expected: set[str]) -> None:
    log = two_manifests()
    log.arrive()
    assert said(log, waybill_no=number) == expected


def test_a_waybill_of_one_trip_covers_its_manifests() -> None:
    log = two_manifests(trip_id="T7")
    assert said(log, waybill_no="510100202611050001") == set()


def test_the_same_number_of_another_carrier_is_another_waybill() -> None:
    log = two_manifests()
    assert said(log, (GENERATOR, SECOND_CARRIER), vehicle=OTHER_TRUCK, waybill_no="510100202611050001") == {"CARRIER_CHANGED"}


# --- the register against a naive model ------------------------------------------------------------------------------------------------

MANIFESTS = [f"manifest/{GENERATOR}/01K900000000000000000MAN{n:02d}" for n in range(4)]
TRUCKS = [replace(TRUCK, plate=plate) for plate in ("川A·F0001", "川A·F0002")]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.sampled_from(["depart", "transship", "arrive", "receive"])), max_size=14)
)
def test_the_register_holds_what_is_under_way(steps: list[tuple[int, int, str]]) -> None:
    log, on = Driver(), dict[str, str]()
    for chain in MANIFESTS:
        log.issue(chain=chain, trip_id="T")
    for number, truck_number, act in steps:
        chain, truck = MANIFESTS[number], TRUCKS[truck_number]
        log.wait(minutes=1)
        stage = log.state(chain).stage
        if act == "depart" and stage == "issued":
            log.depart(chain=chain, vehicle=truck)
            on[chain] = trip_key(truck)
        elif act == "transship" and stage == "in_transit":
            log.post("manifest.transship/1", (CARRIER,), acts.Transship(vehicle=truck, reason="换车", place=ORIGIN), chain=chain)
            on[chain] = trip_key(truck)
        elif act == "arrive" and stage == "in_transit":
            log.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), chain=chain)
            on.pop(chain)
        elif act == "receive" and stage in ("in_transit", "arrived"):
            log.receive(chain=chain)
            on.pop(chain, None)
    for truck in TRUCKS:
        known: VehicleTrips = log.value(trip_key(truck)) or VehicleTrips()
        assert {load.manifest for load in known.open} == {chain for chain, key in on.items() if key == trip_key(truck)}


def test_the_register_forgets_its_oldest() -> None:
    log = two_manifests()
    old = tuple(OpenTrip(manifest=f"m{n}", trip=Trip(f"t{n}", "X", 0), grams=1, categories=()) for n in range(TRIPS_MAX))
    log.stored[trip_key(TRUCK)] = log.bench.kinds.encode(VehicleTrips(old))
    log.post(DEPART, BY, second(), chain=SECOND)
    known = log.value(trip_key(TRUCK)).open
    assert (len(known), known[0].manifest, known[-1].manifest) == (TRIPS_MAX, "m1", SECOND)
