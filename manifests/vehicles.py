"""Vehicles and places of a trip: their form, and which manifests are under way on one vehicle (R-53; Order 23 Art. 11, 16 [READ])."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.admission.facts import Facts
from ledger.admission.personality import Judged, Reads
from ledger.findings import Findings
from ledger.model import Statement
from ledger.times import day_of
from manifests.act import LEGS_MAX, judge_text
from manifests.model import ManifestState, Vehicle, VehicleTrips
from signing.refusal import texts
from whitelist.divisions import judge_division
from whitelist.fields import Place

VEHICLE_KINDS = ("truck", "train", "ship", "pipeline", "aircraft", "other")
PLATE_MAX = 40
WAYBILL_MAX = 64
TRIPS_MAX = 32
"""Manifests under way on one vehicle that are remembered for R-53; a milk run of more forgets its oldest."""


def trip_key(plate: str) -> str:
    """Key of the register of a vehicle's open trips."""
    return f"trip:{plate}"


def reads_departure(statement: Statement, facts: Facts) -> Reads:
    """The open trips of the vehicle that is taken into use."""
    return Reads(registers=(trip_key(statement.body.vehicle.plate),))


def reads_arrival(statement: Statement, facts: Facts) -> Reads:
    """The open trips of the vehicles that are under way."""
    return Reads(registers=_under_way(facts.state(statement.chain)))


def reads_change(statement: Statement, facts: Facts) -> Reads:
    """The open trips of the vehicles under way and of the one that takes the load over."""
    under_way = _under_way(facts.state(statement.chain))
    return Reads(registers=tuple(dict.fromkeys((*under_way, trip_key(statement.body.vehicle.plate)))))


def _under_way(state: ManifestState | None) -> tuple[str, ...]:
    return () if state is None else tuple(dict.fromkeys(trip_key(leg.vehicle.plate) for leg in state.open_legs))


def trips(statement: Statement, before: ManifestState, after: ManifestState, facts: Facts) -> Mapping[str, Any]:
    """Registers of the vehicles on which the manifest began or ceased to be under way."""
    old = {leg.vehicle.plate for leg in before.open_legs}
    new = {leg.vehicle.plate for leg in after.open_legs}
    changed: dict[str, VehicleTrips] = {}
    for plate in sorted(old ^ new):
        known: VehicleTrips = facts.get(trip_key(plate)) or VehicleTrips()
        others = tuple(trip for trip in known.open if trip[0] != statement.chain)
        begun = ((statement.chain, after.trip_id or ""),) if plate in new else ()
        changed[trip_key(plate)] = VehicleTrips((*others, *begun)[-TRIPS_MAX:])
    return changed


def vehicle_is_named(judged: Judged, out: Findings) -> None:
    """Kind and plate of the vehicle, and the waybill's number where there is one."""
    body = judged.statement.body
    judge_vehicle(out, body.vehicle)
    if body.waybill_no is not None and len(body.waybill_no) > WAYBILL_MAX:
        out.refuse("TEXT_LONG", "body.waybill_no", len(body.waybill_no), f"≤ {WAYBILL_MAX}")


def judge_vehicle(out: Findings, vehicle: Vehicle) -> None:
    """VEHICLE_KIND, MISSING or TEXT_LONG."""
    if vehicle.kind not in VEHICLE_KINDS:
        out.refuse("VEHICLE_KIND", "body.vehicle.kind", vehicle.kind, ", ".join(VEHICLE_KINDS))
    judge_text(out, "body.vehicle.plate", vehicle.plate, PLATE_MAX)
    if vehicle.trailer is not None:
        judge_text(out, "body.vehicle.trailer", vehicle.trailer, PLATE_MAX)


def judge_place(judged: Judged, out: Findings, place: Place) -> None:
    """DIVISION for a division that is none, ALERT M DIVISION_RETIRED for a withdrawn one; MISSING or TEXT_LONG for the address."""
    # Days of a departure are those of its ``at``, of other acts those of their admission (kinds §1.1).
    event_s = judged.statement.at_s if judged.statement.kind.startswith("manifest.depart/") else judged.moment.at_s
    judge_division(out, "body.place.division", place.division, judged.facts.data("divisions"), day_of(event_s))
    judge_text(out, "body.place.address", place.address)


def place_is_named(judged: Judged, out: Findings) -> None:
    """运输起点、换装地点、运输终点."""
    judge_place(judged, out, judged.statement.body.place)


def legs_stay_countable(judged: Judged, out: Findings) -> None:
    """A trip has at most LEGS_MAX legs."""
    if len(judged.state.legs) >= LEGS_MAX:
        out.refuse("TRUNK_FULL", "chain", len(judged.state.legs), f"≤ {LEGS_MAX}")


def vehicle_makes_one_trip(judged: Judged, out: Findings) -> None:
    """R-53: ALERT H when the vehicle is under way with another trip; manifests of one trip share a ``trip_id`` (Art. 16.2).

    A backfill is left out: its trip was over before it was recorded.
    """
    known: VehicleTrips | None = judged.facts.get(trip_key(judged.statement.body.vehicle.plate))
    if known is None or judged.state.is_backfill:
        return
    trip_id = judged.state.trip_id
    for manifest, other in known.open:
        if manifest != judged.statement.chain and (trip_id is None or other != trip_id):
            out.alert("H", "VEHICLE_OVERLAP")


TEXTS = texts("""
VEHICLE_KIND | R-11 | sender | platform value list 运输工具 [READ T6]
运输工具的种类不在列表中。 || 选择 truck 汽车、train 火车、ship 轮船、pipeline 管道、aircraft 飞机或 other 其他。
The kind of vehicle is not in the list. || Choose truck, train, ship, pipeline, aircraft or other.

VEHICLE_OVERLAP | R-53 | carrier | law §7.4 [DESIGN]
该运输工具正在执行另一车次的转移。 || 核实前一车次是否已运抵并补录；同车收运多个移出人的，使用同一车次标识。
The vehicle is still under way with another trip. || Check whether the other trip has arrived and record it; a collection round shares one trip id.
""")
