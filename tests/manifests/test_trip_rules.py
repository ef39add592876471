"""R-53 to R-56 and formats §6: vehicles, hand-overs, delivery, times."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.directory import Delegation, PartyState
from ledger.times import format_at
from manifests import acts
from manifests.act import LEGS_MAX, LONG_S, STOPS_MAX
from manifests.model import Stage
from tests.manifests.driver import (
    CARRIER,
    DESTINATION,
    GENERATOR,
    OTHER_TRUCK,
    PERMIT,
    RECEIVER,
    SECOND_CARRIER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    backfilled,
    codes,
    permit,
)

HAND_OVER = "manifest.hand_over/1"
PORT = acts.Place(division="510502", address="泸州港多用途码头（虚构）")
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


def hand_over(**changes: object) -> acts.HandOver:
    fields: dict[str, object] = {
        "vehicle": acts.Vehicle(kind="ship", plate="川泸货1666", licence_no="L2"),
        "waybill_no": "W2",
        "place": PORT,
        **changes,
    }
    return acts.HandOver(**fields)  # type: ignore[arg-type]  # test shorthand


def transship(**changes: object) -> acts.Transship:
    fields: dict[str, object] = {"vehicle": OTHER_TRUCK, "reason": "车辆故障", "place": PORT, **changes}
    return acts.Transship(**fields)  # type: ignore[arg-type]  # test shorthand


def test_a_hand_over_without_place_is_refused() -> None:
    log = Driver().to_in_transit()
    assert log.refused(HAND_OVER, (CARRIER, SECOND_CARRIER), hand_over(place=None)) == ["HANDOVER"]


@pytest.mark.parametrize(("waybill_no", "licence_no"), [(None, "L2"), ("W2", None), (None, None)])
def test_waste_that_moves_does_not_stop_for_papers_but_it_is_said(waybill_no: str | None, licence_no: str | None) -> None:
    log = Driver().to_in_transit()
    body = hand_over(waybill_no=waybill_no, vehicle=acts.Vehicle(kind="ship", plate="川泸货1666", licence_no=licence_no))
    assert codes(log.post(HAND_OVER, (CARRIER, SECOND_CARRIER), body)) == {"CARRIER_CHANGED", "H:NO_WAYBILL"}


def test_the_waybill_goes_on_with_a_transshipment() -> None:
    log = Driver().to_in_transit()
    assert codes(log.post("manifest.transship/1", (CARRIER,), transship())) == set()
    assert codes(log.post("manifest.transship/1", (CARRIER,), transship(vehicle=replace(TRUCK, licence_no=None)))) == {"H:NO_WAYBILL"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (acts.Place(division="519999", address="某地（虚构）"), "DIVISION"),
        (acts.Place(division="510502", address=" "), "MISSING"),
        (acts.Place(division="510502", address="路" * 201), "TEXT_LONG"),
    ],
    ids=["no such division", "no address", "long address"],
)
def test_departure_transshipment_and_arrival_name_a_real_place(place: acts.Place, expected: str) -> None:
    log = Driver()
    log.issue()
    assert expected in log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(place=place))
    log.depart()
    assert expected in log.refused("manifest.transship/1", (CARRIER,), transship(place=place))
    assert expected in log.refused("manifest.arrive/1", (CARRIER,), acts.Arrive(place=place))


def test_a_hand_over_ends_one_leg_and_begins_the_next() -> None:
    log = Driver().to_in_transit()
    log.wait(hours=2)
    log.post(HAND_OVER, (CARRIER, SECOND_CARRIER), hand_over())
    first, second = log.state().legs
    assert first.ended_s == second.begun_s == log.at_s
    assert (second.carrier, second.vehicle.kind, second.waybill_no, second.ended_s) == (SECOND_CARRIER, "ship", "W2", None)


def test_a_place_outside_the_table_of_divisions_is_refused() -> None:
    log = Driver().to_in_transit()
    body = hand_over(place=acts.Place(division="519999", address="不存在的地方（虚构）"))
    assert log.refused(HAND_OVER, (CARRIER, SECOND_CARRIER), body) == ["DIVISION"]


def test_a_trip_has_at_most_sixteen_legs() -> None:
    log = Driver().to_in_transit()
    for _ in range(LEGS_MAX - 1):
        log.post("manifest.transship/1", (CARRIER,), transship())
    assert log.refused("manifest.transship/1", (CARRIER,), transship()) == ["TRUNK_FULL"]
    assert log.refused(HAND_OVER, (CARRIER, SECOND_CARRIER), hand_over()) == ["TRUNK_FULL"]
    log.arrive()
    assert len(log.state().acts) == LEGS_MAX + 2


def test_a_whole_transshipment_keeps_carrier_and_waybill() -> None:
    log = Driver().to_in_transit()
    log.post("manifest.transship/1", (CARRIER,), transship())
    first, second = log.state().legs
    assert first.ended_s is not None
    assert (second.carrier, second.vehicle, second.waybill_no, second.reason) == (CARRIER, OTHER_TRUCK, first.waybill_no, "车辆故障")


def test_a_partial_transshipment_leaves_two_vehicles_under_way_until_both_arrive() -> None:
    log = Driver().to_in_transit()
    log.post("manifest.transship/1", (CARRIER,), transship(part=(acts.MovedLine(line=0, mass_t="2"),)))
    assert [leg.vehicle.plate for leg in log.state().open_legs] == [TRUCK.plate, OTHER_TRUCK.plate]
    assert [leg.parts[0].mass_g for leg in log.state().legs] == [3_600_000, 2_000_000]
    log.arrive(leg=1)
    assert (log.state().stage, len(log.state().open_legs)) == (Stage.IN_TRANSIT, 1)
    assert log.refused("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION, leg=1)) == ["LEG_UNKNOWN"]
    log.arrive(leg=0)
    assert (log.state().stage, log.state().open_legs) == (Stage.ARRIVED, ())


def test_without_a_leg_all_that_are_under_way_arrive() -> None:
    log = Driver().to_in_transit()
    log.post("manifest.transship/1", (CARRIER,), transship(part=(acts.MovedLine(line=0, mass_t="2"),)))
    log.arrive()
    assert (log.state().stage, log.state().open_legs) == (Stage.ARRIVED, ())


def test_parts_of_two_carriers_are_named_one_by_one() -> None:
    log = Driver().to_in_transit()
    log.post("manifest.transship/1", (CARRIER,), transship(part=(acts.MovedLine(line=0, mass_t="2"),)))
    log.post(HAND_OVER, (CARRIER, SECOND_CARRIER), hand_over(leg=1))
    assert [leg.parts[0].mass_g for leg in log.state().open_legs] == [3_600_000, 2_000_000]
    assert log.refused("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION)) == ["SIGNER_ROLE"]
    assert log.refused("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION, leg=2)) == ["SIGNER_ROLE"]
    log.arrive((SECOND_CARRIER,), leg=2)
    log.arrive((CARRIER,))
    assert log.state().stage is Stage.ARRIVED


@pytest.mark.parametrize("kind", ["manifest.transship/1", "manifest.stop/1", "manifest.arrive/1"])
def test_a_leg_that_is_not_under_way_is_unknown(kind: str) -> None:
    log = Driver().to_in_transit()
    log.post("manifest.transship/1", (CARRIER,), transship())
    bodies = {
        "manifest.transship/1": transship(leg=0),
        "manifest.stop/1": acts.Stop(place=PORT, reason="休息", leg=7),
        "manifest.arrive/1": acts.Arrive(place=DESTINATION, leg=0),
    }
    assert "LEG_UNKNOWN" in log.refused(kind, (CARRIER,), bodies[kind])


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ([(0, "5.6")], set()),
        ([(0, "5.600001")], {"M:PART_EXCEEDS"}),
        ([(0, "0")], ["QTY"]),
        ([(1, "1")], ["LINE_UNKNOWN"]),
        ([(0, "1"), (0, "1")], ["LINES_ONCE"]),
    ],
)
def test_a_part_is_of_what_the_leg_carries(part: list[tuple[int, str]], expected: object) -> None:
    log = Driver().to_in_transit()
    body = transship(part=tuple(acts.MovedLine(line=line, mass_t=mass_t) for line, mass_t in part))
    if isinstance(expected, set):
        assert codes(log.post("manifest.transship/1", (CARRIER,), body)) == expected
    else:
        assert log.refused("manifest.transship/1", (CARRIER,), body) == expected


def test_a_split_load_is_not_split_again() -> None:
    log = Driver().to_in_transit()
    body = transship(part=(acts.MovedLine(line=0, mass_t="1"),))
    log.post("manifest.transship/1", (CARRIER,), body)
    assert log.refused("manifest.transship/1", (CARRIER,), body) == ["TRANSSHIP_PART"]
    log.post("manifest.transship/1", (CARRIER,), transship())
    assert [leg.parts[0].mass_g for leg in log.state().open_legs] == [5_600_000]


def test_stops_stand_in_the_history_and_are_counted() -> None:
    log = Driver().to_in_transit()
    stop = acts.Stop(place=PORT, reason="夜间停靠", until=format_at(log.at_s + 3600))
    for _ in range(STOPS_MAX):
        assert codes(log.post("manifest.stop/1", (CARRIER,), stop)) == set()
    assert log.state().stops == STOPS_MAX
    assert log.refused("manifest.stop/1", (CARRIER,), stop) == ["TRUNK_FULL"]
    log.arrive()


def test_only_the_carrier_of_the_leg_records_a_stop() -> None:
    log = Driver().to_in_transit()
    assert log.refused("manifest.stop/1", (RECEIVER,), acts.Stop(place=PORT, reason="夜间停靠")) == ["SIGNER_ROLE"]


def test_a_transshipment_says_why() -> None:
    log = Driver().to_in_transit()
    assert log.refused("manifest.transship/1", (CARRIER,), transship(reason="")) == ["MISSING"]


@pytest.mark.parametrize(
    ("division", "expected"),
    [("500116", set()), ("500115", {"H:WRONG_RECEIVER"}), ("510112", {"H:WRONG_RECEIVER", "H:PROVINCE_CHANGED"})],
)
def test_a_load_that_arrives_elsewhere_is_a_fact_and_is_said(division: str, expected: set[str]) -> None:
    log = Driver().to_in_transit()
    assert codes(log.arrive(place=acts.Place(division=division, address="某处（虚构）"))) == expected


@pytest.mark.parametrize(
    ("kind", "owner"),
    [("hand_over", CARRIER), ("transship", CARRIER), ("stop", CARRIER), ("arrive", RECEIVER), ("receive", RECEIVER)],
)
def test_a_site_on_the_way_is_one_of_the_party_whose_place_it_is(kind: str, owner: str) -> None:
    log = Driver().to_in_transit()
    place = replace(PORT, site="P1")
    posts: dict[str, tuple[tuple[str, ...], object]] = {
        "hand_over": ((CARRIER, SECOND_CARRIER), hand_over(place=place)),
        "transship": ((CARRIER,), transship(place=place)),
        "stop": ((CARRIER,), acts.Stop(place=place, reason="夜间停靠")),
        "arrive": ((CARRIER,), acts.Arrive(place=place)),
        "receive": ((RECEIVER,), log.a_receipt(place=place)),
    }
    by, body = posts[kind]
    log.lay_site(GENERATOR, "P1", PORT.division)
    assert log.refused(f"manifest.{kind}/1", by, body) == ["SITE_UNKNOWN"]
    log.lay_site(owner, "P1", PORT.division)
    log.post(f"manifest.{kind}/1", by, body)


def test_a_withdrawn_division_is_the_same_place_as_its_successor_and_is_flagged() -> None:
    """500112 渝北区 went into 500157 两江新区 in January: the permit still says the one, the manifest the other."""
    log = Driver()
    log.lay(PERMIT, replace(permit("60000"), division="500112"))
    log.issue(destination=acts.Place(division="500157", address="重庆市两江新区（虚构）"))
    assert codes(log.depart()) == set()
    assert codes(log.arrive(place=acts.Place(division="500112", address="重庆市渝北区（虚构）"))) == {"M:DIVISION_RETIRED"}


# --- R-56, formats §6 ------------------------------------------------------------------------------------------------------------------


def test_times_run_at_most_five_minutes_back() -> None:
    log = Driver()
    log.issue()
    early = format_at(log.at_s - 300)
    earlier = format_at(log.at_s - 301)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=earlier) == ["TIME_ORDER"]
    log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=early)


def test_steps_back_do_not_add_up() -> None:
    log = Driver()
    log.issue()
    log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=format_at(log.at_s - 200))
    arrival = acts.Arrive(place=DESTINATION)
    assert log.refused("manifest.arrive/1", (CARRIER,), arrival, at=format_at(log.at_s - 301)) == ["TIME_ORDER"]


def test_a_late_act_is_admitted_with_its_seconds() -> None:
    log = Driver()
    log.issue()
    departed_at = format_at(log.at_s + 60)
    log.wait(days=3)
    entry = log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=departed_at)
    assert entry.admission.decision.tags == (("LATE", 3 * 86_400 - 60),)


@pytest.mark.parametrize(("seconds", "tags"), [(7200, ()), (7201, (("LATE", 7201),))])
def test_an_act_is_late_after_two_hours_to_the_second(seconds: int, tags: tuple[object, ...]) -> None:
    log = Driver()
    log.issue()
    departed_at = format_at(log.at_s + 60)
    log.wait(seconds=60 + seconds)
    assert log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=departed_at).admission.decision.tags == tags


@pytest.mark.parametrize(("spare_s", "expected"), [(0, None), (-1, ["DELEGATION_MISSING"])])
def test_an_act_in_custody_needs_a_delegation_at_its_own_time_not_at_its_arrival(spare_s: int, expected: list[str] | None) -> None:
    """A driver without a network signs while the delegation is in force; the statement may come when it is over (formats §3)."""
    log = Driver().to_in_transit()
    log.wait(hours=2)
    arrived_s = log.at_s
    granted = Delegation(SECOND_CARRIER, ("manifest.arrive",), until_s=arrived_s + spare_s)
    log.lay(f"party/{CARRIER}", PartyState(name="承运人（虚构）", delegations=(granted,)))
    log.wait(hours=1)
    arrival, signed = acts.Arrive(place=DESTINATION), {"at": format_at(arrived_s), "principal": CARRIER}
    if expected is None:
        log.post("manifest.arrive/1", (SECOND_CARRIER,), arrival, **signed)
    else:
        assert log.refused("manifest.arrive/1", (SECOND_CARRIER,), arrival, **signed) == expected


def test_an_act_of_exactly_fifteen_days_is_still_admitted() -> None:
    log = Driver()
    log.issue()
    departed_at = format_at(log.at_s)
    log.wait(seconds=LONG_S + 1)
    assert log.refused("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=departed_at) == ["BACKFILL_REQUIRED"]
    log.wait(seconds=-1)
    log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=departed_at)


def test_a_backfill_takes_older_departures() -> None:
    log = Driver()
    assert codes(log.issue(**backfilled("2026-11-05T08:00:00+08:00", "2026-11-05T08:30:00+08:00"))) == {"BACKFILL", "PLAN_OFF_LOG"}
    departed_at = format_at(log.at_s)
    log.wait(seconds=LONG_S + 1)
    body = a_departure(gate=acts.Gate(labels=(), checks=("carrier", "vehicle", "crew", "labels")))
    assert codes(log.post("manifest.depart/1", (GENERATOR, CARRIER), body, at=departed_at)) == {"LATE"}


def test_a_backfill_is_issued_after_its_trip() -> None:
    log = Driver()
    trip = [format_at(log.at_s - days * 86_400) for days in (9, 8)]
    log.issue(**backfilled(*trip))
    log.post("manifest.depart/1", (GENERATOR, CARRIER), a_departure(), at=trip[0])
    arrival = acts.Arrive(place=DESTINATION)
    assert log.refused("manifest.arrive/1", (CARRIER,), arrival, at=format_at(log.at_s - 10 * 86_400)) == ["TIME_ORDER"]
    log.post("manifest.arrive/1", (CARRIER,), arrival, at=trip[1])
    log.receive(accepted_at=trip[1])


@pytest.mark.parametrize(("seconds", "expected"), [(0, {"LATE"}), (1, {"LATE", "H:LATE_LONG"})])
def test_an_arrival_of_more_than_fifteen_days_ago_is_admitted_and_flagged(seconds: int, expected: set[str]) -> None:
    log = Driver().to_in_transit()
    arrived_at = format_at(log.at_s)
    log.wait(seconds=LONG_S + seconds)
    assert codes(log.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=arrived_at)) == expected


def test_a_backfill_may_be_old_without_a_word() -> None:
    log = Driver()
    log.issue(**backfilled("2026-11-05T08:00:00+08:00", "2026-11-05T08:30:00+08:00"))
    log.depart()
    arrived_at = format_at(log.at_s)
    log.wait(seconds=LONG_S + 1)
    assert codes(log.post("manifest.arrive/1", (CARRIER,), acts.Arrive(place=DESTINATION), at=arrived_at)) == {"LATE"}


def test_a_trip_of_the_past_overlaps_nothing() -> None:
    log = Driver()
    log.issue()
    log.depart()
    log.issue(chain=SECOND, **backfilled("2026-11-05T08:00:00+08:00", "2026-11-05T08:30:00+08:00"))
    assert codes(log.depart(chain=SECOND)) == set()


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(0, set()), (300, set()), (301, ["TIME_ORDER"]), (-30 * 60 - 300, set()), (-30 * 60 - 301, {"M:TIME_ORDER"})],
)
def test_acceptance_before_the_arrival_is_said_after_the_receipt_it_cannot_be(shift: int, expected: object) -> None:
    log = Driver().to_arrived()  # arrived 30 minutes ago
    body = log.a_receipt(accepted_at=format_at(log.at_s + shift))
    if isinstance(expected, set):
        assert codes(log.post("manifest.receive/1", (RECEIVER,), body)) == expected
        assert log.state().times.accepted_s == log.at_s + shift
    else:
        assert log.refused("manifest.receive/1", (RECEIVER,), body) == expected


@pytest.mark.parametrize(("backfill", "fits"), [(False, False), (True, True)])
def test_nothing_is_accepted_before_it_was_issued_unless_it_was_on_paper(backfill: bool, fits: bool) -> None:
    log = Driver()
    log.issue(**(backfilled("2026-11-05T08:00:00+08:00", "2026-11-05T08:30:00+08:00") if backfill else {}))
    issued_s = log.at_s
    log.wait(minutes=1)
    log.depart()
    log.arrive()
    body = log.a_receipt(accepted_at=format_at(issued_s - 301))
    if fits:
        log.post("manifest.receive/1", (RECEIVER,), body)
    else:
        assert log.refused("manifest.receive/1", (RECEIVER,), body) == ["TIME_ORDER"]


def test_a_malformed_time_in_a_body_is_refused() -> None:
    log = Driver().to_arrived()
    body = log.a_receipt(accepted_at="2026-11-05 14:00")
    assert log.refused("manifest.receive/1", (RECEIVER,), body) == ["AT_FORM"]


def test_two_lines_of_one_manifest_travel_together() -> None:
    log = Driver(line_count=2).to_in_transit(lines=(a_line(), a_line(decision_line=1, mass_t="2")))
    log.post("manifest.transship/1", (CARRIER,), transship(part=(acts.MovedLine(line=1, mass_t="2"),)))
    assert log.state().legs[1].parts[0].line == 1
