"""The trip: R-53 (one vehicle, one trip), R-54 (hand-over), R-55 (delivery to the named receiver), and the form of vehicles and places.

R-52 has no rule of its own beyond the labels (rules/gate.py): lines carry no generator, so one manifest cannot hold two of them, and the
machine lets it depart once. Source: Order 23 Art. 11(4), 16, 17 [READ].
"""

from __future__ import annotations

from ledger.findings import Findings
from manifests.acts import Arrive, Depart, HandOver, Transship
from manifests.model import Place, Vehicle, VehicleTrips
from manifests.rules.judged import LEGS_MAX, Judged, is_blank, judge_grams, judge_text
from whitelist.divisions import DIVISION, Divisions

VEHICLE_KINDS = ("truck", "train", "ship", "pipeline", "aircraft", "other")
PLATE_MAX = 40
WAYBILL_MAX = 64
TRIPS_MAX = 32
"""Manifests under way on one vehicle that are remembered for R-53; a milk run of more forgets its oldest."""


def trip_key(plate: str) -> str:
    """Key of the register of a vehicle's open trips."""
    return f"trip:{plate}"


def vehicle_is_named(judged: Judged, out: Findings) -> None:
    """Kind and plate of the vehicle, and the waybill's number where there is one."""
    body: Depart | HandOver | Transship = judged.statement.body
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
    """DIVISION for a division that is none; MISSING or TEXT_LONG for the address."""
    divisions: Divisions | None = judged.facts.data("divisions")
    known = DIVISION.fullmatch(place.division) if divisions is None else divisions.knows(place.division)
    if not known:
        out.refuse("DIVISION", "body.place.division", place.division, "GB/T 2260, 6 digits")
    judge_text(out, "body.place.address", place.address)


def place_is_named(judged: Judged, out: Findings) -> None:
    """运输起点、换装地点、运输终点."""
    body: Depart | Transship | Arrive = judged.statement.body
    judge_place(judged, out, body.place)


def departs_from_the_origin(judged: Judged, out: Findings) -> None:
    """ALERT M when the trip begins in another division than the manifest's origin: number, decision and list hang on the origin."""
    body: Depart = judged.statement.body
    if body.place.division != judged.state.origin.division:
        out.alert("M", "WRONG_ORIGIN")


def hand_over_is_complete(judged: Judged, out: Findings) -> None:
    """R-54: 交接的时间和地点 are fixed by both carriers, and the next one has its own waybill. The time is ``at``."""
    body: HandOver = judged.statement.body
    if body.place is None or is_blank(body.place.address):
        out.refuse("HANDOVER", "body.place", "", "交接地点")
    else:
        judge_place(judged, out, body.place)
    if is_blank(body.waybill_no):
        out.refuse("HANDOVER", "body.waybill_no", "", "危险货物运单号")


def legs_stay_countable(judged: Judged, out: Findings) -> None:
    """A trip has at most LEGS_MAX legs."""
    if len(judged.state.legs) >= LEGS_MAX:
        out.refuse("TRUNK_FULL", "chain", len(judged.state.legs), f"≤ {LEGS_MAX}")


def transshipment_moves_what_is_there(judged: Judged, out: Findings) -> None:
    """A reason; for a partial one each line at most once and no more grams than were sent; the load is split at most once at a time."""
    body: Transship = judged.statement.body
    judge_text(out, "body.reason", body.reason)
    if not body.part:
        return
    if len(judged.state.open_legs) > 1:
        out.refuse("TRANSSHIP_PART", "body.part", "", "先合并或全部换装 / the load is split already")
    numbers = [moved.line for moved in body.part]
    if len(set(numbers)) != len(numbers):
        out.refuse("LINES_ONCE", "body.part", ", ".join(map(str, numbers)), "each line once")
    rest_g = sum(line.sent_g for line in judged.state.lines)
    for position, moved in enumerate(body.part):
        field = f"body.part.{position}"
        if not 0 <= moved.line < len(judged.state.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", moved.line, f"0 … {len(judged.state.lines) - 1}")
            continue
        mass_g = judge_grams(out, f"{field}.mass_t", moved.mass_t, positive=True)
        if mass_g is not None:
            rest_g -= mass_g
            if mass_g > judged.state.lines[moved.line].sent_g:
                out.refuse("TRANSSHIP_PART", f"{field}.mass_t", moved.mass_t, f"≤ {judged.state.lines[moved.line].sent_g} g")
    if rest_g == 0:
        out.refuse("TRANSSHIP_PART", "body.part", "", "全部换装时省略 part / leave part out for the whole load")


def delivered_to_the_receiver(judged: Judged, out: Findings) -> None:
    """R-55: the load arrives in the division of the receiver's site that the manifest names."""
    body: Arrive = judged.statement.body
    if body.place.division != judged.state.destination.division:
        out.refuse("WRONG_RECEIVER", "body.place.division", body.place.division, judged.state.destination.division)


def vehicle_makes_one_trip(judged: Judged, out: Findings) -> None:
    """R-53: ALERT H when the vehicle is under way with another trip; manifests of one trip share a ``trip_id`` (Art. 16.2).

    A backfill is left out: its trip was over before it was recorded.
    """
    body: Depart | HandOver | Transship = judged.statement.body
    known: VehicleTrips | None = judged.facts.get(trip_key(body.vehicle.plate))
    if known is None or judged.state.backfill:
        return
    trip_id = judged.state.trip_id
    for manifest, other in known.open:
        if manifest != judged.statement.chain and (trip_id is None or other != trip_id):
            out.alert("H", "VEHICLE_OVERLAP")
