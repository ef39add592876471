"""Vehicles, waybills and places of a trip (R-24, R-27, R-51, R-53, R-55; Order 23 Art. 11(2)(4), 16, 17 [READ]).

What is under way on one truck, what travels under one number, does a place lie where the manifest says? Trains, ships and pipelines carry
the loads of many; only trucks stand in the register. Back-fills stand in none: their trips are over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.fields import normal
from ledger.mass import GRAMS_PER_TONNE, tonnes
from ledger.model import Facts, Findings, Statement
from ledger.times import day_of
from manifests.act import LEGS_MAX, Entered
from manifests.mass import limits_of
from manifests.model import Leg, ManifestState, Vehicle
from signing.phrase import Word
from signing.refusal import texts
from whitelist.divisions import same_place
from whitelist.fields import Place
from whitelist.incompatible import conflicts
from whitelist.rules import place as places
from whitelist.telling import minute
from whitelist.thresholds import Thresholds

TRIPS_MAX = 32
"""Manifests under way on one truck that are remembered; a milk run of more forgets its oldest."""
USES_MAX = 32
"""Trips remembered of one waybill."""
HOUR = 3600
_PLATE = re.compile("[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[\u4e00-\u9fff]?")
"""One Han character, a letter, 4 to 6 letters or digits, perhaps a last Han character (挂, 学)."""


class Trip(Struct, frozen=True, gc=False):
    """A run of one carrier (车次): same id, same carrier, begun within ``vehicle_busy_h`` (kinds §1.5; Art. 16.2)."""

    id: str
    carrier: str
    begun_s: int

    def is_same(self, other: Trip, limits: Thresholds) -> bool:
        """Whether two loads travel together. A chain name has a slash, a ``trip_id`` has none, so the two never meet."""
        near = "/" in self.id or abs(self.begun_s - other.begun_s) <= limits.vehicle_busy_h * HOUR
        return self.id == other.id and self.carrier == other.carrier and near


def trip_name(manifest: str, state: ManifestState) -> str:
    """What a trip is called: the ``trip_id`` of the issue; without one the manifest is the trip."""
    return state.trip_id or manifest


class OpenTrip(Struct, frozen=True, gc=False, kw_only=True):
    """A load under way on a truck."""

    manifest: str
    trip: Trip
    grams: int
    categories: tuple[str, ...]


class VehicleTrips(Struct, frozen=True, gc=False):
    """Register ``trip:<N(plate)>``: the loads under way on one truck, oldest first."""

    open: tuple[OpenTrip, ...] = ()


def trip_key(vehicle: Vehicle) -> str:
    """Key of the register of a truck: every spelling of a plate has one (kinds §1.4)."""
    return f"trip:{normal(vehicle.plate)}"


def trip_keys(statement: Statement, state: ManifestState) -> tuple[str, ...]:
    """Registers of the open trips of the vehicles under way and of the one that takes the load, if one does; of the site of the place."""
    vehicles = [leg.vehicle for leg in state.open_legs]
    if (taking := getattr(statement.body, "vehicle", None)) is not None:
        vehicles.append(taking)
    return (*truck_keys(vehicles), *place_keys(statement, state))


def truck_keys(vehicles: Iterable[Vehicle]) -> tuple[str, ...]:
    """Registers of those vehicles that are trucks."""
    return tuple(dict.fromkeys([trip_key(vehicle) for vehicle in vehicles if vehicle.kind == "truck"]))


def trips(entered: Entered) -> Mapping[str, Any]:
    """Registers of the trucks on which the manifest is under way, or has ceased to be."""
    chain, before, after = entered.statement.chain, entered.before, entered.after
    if after.is_backfill:
        return {}
    under_way: dict[str, list[Leg]] = {trip_key(leg.vehicle): [] for leg in before.open_legs if leg.vehicle.kind == "truck"}
    for leg in after.open_legs:
        if leg.vehicle.kind == "truck":
            under_way.setdefault(trip_key(leg.vehicle), []).append(leg)
    changed: dict[str, VehicleTrips] = {}
    for key, mine in under_way.items():
        known: VehicleTrips | None = entered.facts.get(key)
        loads = [load for load in known.open if load.manifest != chain] if known is not None else []
        if mine:
            trip = Trip(trip_name(chain, after), mine[0].carrier, min(leg.begun_s for leg in mine))
            grams = sum(carried_g(after, leg) for leg in mine)
            categories = tuple(dict.fromkeys(line.category for line in after.lines))
            loads.append(OpenTrip(manifest=chain, trip=trip, grams=grams, categories=categories))
        changed[key] = VehicleTrips(tuple(loads[-TRIPS_MAX:]))
    return changed


def carried_g(state: ManifestState, leg: Leg) -> int:
    """Grams on a leg: its parts, or the whole load."""
    return sum(part.mass_g for part in leg.parts) if leg.parts else sum(line.sent_g for line in state.lines)


def judge_trips(judged: Judged, out: Findings, carrier: str, grams: int) -> None:
    """R-53 VEHICLE_OVERLAP, R-24 OVERLOAD, R-27 INCOMPATIBLE for a load of ``grams`` that comes onto a truck of ``carrier`` on its way: all are
    only said."""
    _judge_loads(judged, out, carrier, grams, _alert_trip)


def judge_first_trip(judged: Judged, out: Findings, carrier: str, grams: int) -> None:
    """The same of a departure, which is refused on a truck that the same carrier has just sent on another trip."""
    _judge_loads(judged, out, carrier, grams, _refuse_trip)


def _judge_loads(
    judged: Judged, out: Findings, carrier: str, grams: int, overlaps: Callable[[Judged, Findings, Trip, OpenTrip], None]
) -> None:
    vehicle: Vehicle = judged.statement.body.vehicle
    if vehicle.kind != "truck" or judged.state.is_backfill:
        return
    limits = limits_of(judged.facts)
    known: VehicleTrips | None = judged.facts.get(trip_key(vehicle))
    mine = Trip(trip_name(judged.statement.chain, judged.state), carrier, judged.statement.at_s)
    categories = [line.category for line in judged.state.lines]
    for other in () if known is None else known.open:
        if other.manifest == judged.statement.chain:
            continue
        if mine.is_same(other.trip, limits):
            grams += other.grams
            categories += other.categories
        else:
            overlaps(judged, out, mine, other)
    if grams > limits.truck_max_t * GRAMS_PER_TONNE:
        out.alert("H", "OVERLOAD", "ON_BOARD", plate=vehicle.plate, total=tonnes(grams), most=str(limits.truck_max_t))
    for one, another, why in conflicts(judged.facts, categories):
        out.alert("H", "INCOMPATIBLE", "PAIR", plate=vehicle.plate, one=one, another=another, why=why)


def _refuse_trip(judged: Judged, out: Findings, mine: Trip, other: OpenTrip) -> None:
    ahead_s = mine.begun_s - other.trip.begun_s
    if other.trip.carrier != mine.carrier or not 0 <= ahead_s < limits_of(judged.facts).vehicle_busy_h * HOUR:
        _alert_trip(judged, out, mine, other)
        return
    plate = judged.statement.body.vehicle.plate
    own: dict[str, Word] = {"trip": judged.state.trip_id or ("还没有", "none"), "carrier": mine.carrier, **_load(plate, other)}
    out.refuse("VEHICLE_OVERLAP", "body.vehicle.plate", f"{plate}: {other.manifest}", "", "BUSY", **own)


def _alert_trip(judged: Judged, out: Findings, mine: Trip, other: OpenTrip) -> None:
    out.alert("H", "VEHICLE_OVERLAP", "SEEN", other=other.trip.carrier, **_load(judged.statement.body.vehicle.plate, other))


def _load(plate: str, other: OpenTrip) -> dict[str, Word]:
    """What another load on a truck is known by: whose it is, since when, how much of what."""
    load = f"{tonnes(other.grams)} t {' '.join(other.categories)}"
    generator = other.manifest.partition("/")[2].partition("/")[0]
    return {
        "plate": plate,
        "manifest": other.manifest,
        "since": minute(other.trip.begun_s),
        "generator": generator,
        "load": (load.replace(" t ", " 吨 "), load),
    }


def vehicle_fits_the_mode(judged: Judged, out: Findings) -> None:
    """VEHICLE_KIND: vehicle and mode of transport are pipeline together or not at all."""
    kind, mode = judged.statement.body.vehicle.kind, judged.state.mode
    if (kind == "pipeline") != (mode == "pipeline"):
        out.refuse("VEHICLE_KIND", "body.vehicle.kind", kind, mode, "MODE", kind=kind, mode=mode)


def is_plate(text: str) -> bool:
    """Whether a text in normal form has the form of a truck's plate."""
    return _PLATE.fullmatch(text) is not None


def plate_is_a_plate(judged: Judged, out: Findings) -> None:
    """ALERT M PLATE_FORM for a truck whose plate is none."""
    vehicle: Vehicle = judged.statement.body.vehicle
    if vehicle.kind == "truck" and not judged.state.is_backfill and not is_plate(normal(vehicle.plate)):
        out.alert("M", "PLATE_FORM")


def needs_papers(state: ManifestState) -> bool:
    """Whether 危险货物运单 and 营运证件 are asked for: not of exempt transport, a pipeline, a trip that is over (kinds §6)."""
    return not (all(line.transport_exempt for line in state.lines) or state.mode == "pipeline" or state.is_backfill)


def papers_travel(judged: Judged, out: Findings, waybill_no: str | None) -> None:
    """ALERT H NO_WAYBILL: waste that moves does not stand still for a form, but the next vehicle needs its papers too."""
    if needs_papers(judged.state) and (waybill_no is None or judged.statement.body.vehicle.licence_no is None):
        out.alert("H", "NO_WAYBILL")


def note_new_carrier(judged: Judged, carrier: str, out: Findings) -> None:
    """R-34: another carrier than named never touches the decision, but it is said."""
    state: ManifestState = judged.state
    if state.carriers and carrier not in state.carriers:
        out.tag("CARRIER_CHANGED")


def legs_stay_countable(judged: Judged, out: Findings) -> None:
    """TRUNK_FULL: a trip has at most LEGS_MAX legs."""
    if len(judged.state.legs) >= LEGS_MAX:
        count = len(judged.state.legs)
        out.refuse("TRUNK_FULL", "chain", count, f"≤ {LEGS_MAX}", "LEGS", count=str(count), most=str(LEGS_MAX))


class WaybillUses(Struct, frozen=True, gc=False):
    """Register ``waybill:<carrier> <N(no)>``: its newest (manifest, name of its trip); the carrier is the leg's, so none fills another's."""

    newest: tuple[tuple[str, str], ...] = ()


def waybill_key(carrier: str, number: str) -> str:
    """Key of the register of a waybill."""
    return f"waybill:{carrier} {normal(number)}"


def judge_waybill(judged: Judged, out: Findings, carrier: str, number: str | None) -> None:
    """ALERT M WAYBILL_USED when another trip of this carrier travelled under the number."""
    state: ManifestState = judged.state
    if number is not None and not state.is_backfill:
        judge_waybill_of(judged.facts, out, carrier, number, trip_name(judged.statement.chain, state))


def judge_waybill_of(facts: Facts, out: Findings, carrier: str, number: str, trip: str) -> None:
    """The same of a number that a correction gives."""
    known: WaybillUses = facts.get(waybill_key(carrier, number)) or WaybillUses()
    if any(other != trip for _, other in known.newest):
        out.alert("M", "WAYBILL_USED")


def waybill_written(entered: Entered) -> Mapping[str, Any]:
    """The register after the newest leg began under the number that its act names."""
    number: str | None = entered.statement.body.waybill_no
    manifest, state, leg = entered.statement.chain, entered.after, entered.after.legs[-1]
    if number is None or state.is_backfill:
        return {}
    key = waybill_key(leg.carrier, number)
    known: WaybillUses = entered.facts.get(key) or WaybillUses()
    return {key: WaybillUses((*known.newest, (manifest, trip_name(manifest, state)))[-USES_MAX:])}


def owner_of(statement: Statement, state: ManifestState) -> str:
    """Whose place an act names: the generator's where it departs, or who refused it, the receiver's where it arrives, on the way
    that of who gives the load."""
    act = statement.kind.partition("/")[0]
    if act == "manifest.depart":
        return state.generator if state.returns is None else state.returns.refuser
    return state.receiver if act in ("manifest.arrive", "manifest.receive") else statement.principal or statement.by[0]


def place_keys(statement: Statement, state: ManifestState) -> tuple[str, ...]:
    """Registers of the site that an act names, if it names one."""
    place: Place | None = statement.body.place
    return () if place is None else places.place_registers(place, owner_of(statement, state))


def judge_place(judged: Judged, out: Findings, place: Place, event_s: int) -> None:
    """DIVISION, SITE_UNKNOWN, ALERT M DIVISION_RETIRED on the day of the event."""
    owner = "" if place.site is None else owner_of(judged.statement, judged.state)
    places.judge_place(out, judged.facts, "body.place", place, day_of(event_s), owner)


def place_exists(judged: Judged, out: Findings) -> None:
    """The place of an act, on the day of its admission (kinds §1.1)."""
    judge_place(judged, out, judged.statement.body.place, judged.moment.at_s)


def judge_destination(judged: Judged, out: Findings, place: Place) -> None:
    """ALERT H WRONG_RECEIVER in another division than the receiver's, PROVINCE_CHANGED in another province than the manifest's."""
    destination: str = judged.state.destination.division
    if not same_place(judged.facts, place.division, destination):
        out.alert("H", "WRONG_RECEIVER")
    if place.division[:2] != destination[:2]:
        out.alert("H", "PROVINCE_CHANGED")


TEXTS = texts("""
TRUNK_FULL | - | nobody | design §6 [DESIGN]
该种行为已达上限：运输段 16 段、停留 16 次、利用处置填报 64 次。 || 运输环节过多的，请另开联单；利用处置结果请合并填报，最后一次处置完毕的填报不受限制。
The manifest has as many acts of this kind as it may hold: 16 legs, 16 stops, 64 disposals. || Issue another manifest for a longer trip; report several fates in one act; the one that ends the stock always fits.

TRUNK_FULL:LEGS
本联单已有 {count} 个运输段，上限为 {most} 段。 || 不再换装或交接，直接运抵；还要换车的，由移出人另开联单。
The manifest has {count} legs, as many as it may ({most}). || Let it arrive without another change; a longer trip needs another manifest.

TRUNK_FULL:STOPS
本联单已有 {count} 次停留，上限为 {most} 次。 || 停留不再单独填报，运抵后在接受时说明。
The manifest has {count} stops, as many as it may ({most}). || Go on without stating this one; explain it at the receipt.

TRUNK_FULL:DISPOSALS
本联单已有 {count} 次利用处置填报，上限为 {most} 次。 || 把余下的合并为一次填报，一次填完全部库存的不受限制。
The manifest has {count} reports of disposal, as many as it may ({most}). || Report all that is left in one act: the one that ends the stock always fits.

VEHICLE_KIND | R-11 | sender | platform value list 运输工具 [READ T6]
运输工具的种类不在列表中，或与运输方式不符。 || 选择 truck 汽车、train 火车、ship 轮船、pipeline 管道、aircraft 飞机或 other 其他；管道运输的运输工具只能是管道。
The kind of vehicle is not in the list, or does not fit the mode of transport. || Choose truck, train, ship, pipeline, aircraft or other; a pipeline is both mode and vehicle.

VEHICLE_KIND:MODE
运输工具填写为 {kind}，而联单的运输方式是 {mode}：管道只能配管道。 || 把 body.vehicle.kind 改为实际的运输工具（管道转移填 pipeline，其他填 truck、train、ship、aircraft 或 other）；开具时运输方式填错的，作废后重新开具。
The vehicle is {kind}, the manifest's mode is {mode}: a pipeline is both or neither. || Put the real vehicle into body.vehicle.kind; if the mode of the issue is wrong, void the manifest and issue it anew.

CARRIER_CHANGED | R-34 | nobody | Order 23 Art. 28 [READ]
承运人与开具时填写的不同；批准决定不受影响。 || 确认更换后的承运人具备相应资质。
Another carrier than named at issue; the decision is not touched. || Make sure that the new carrier is qualified.

VEHICLE_OVERLAP | R-53 | carrier | law §7.4 [DESIGN]
该运输工具正在执行另一车次的转移。 || 先填报前一车次的运抵；同车收运多个移出人的，使用同一车次标识。
The vehicle is still under way with another trip. || Record the arrival of the other trip first; a collection round shares one trip id.

VEHICLE_OVERLAP:BUSY
{plate} 还装着{generator}的 {load}（{since} 起运，联单 {manifest}），没有运抵。 || 那一车已经到达的，由承运人{carrier}先提交它的运抵（manifest.arrive），再提交本次起运；车牌填错的，改正 body.vehicle.plate；同车收运多个移出人的，两份联单在开具时填写同一 trip_id（本联单的 trip_id：{trip}）。
{plate} is still under way with {load} of {generator} (departed {since}; {manifest}). || If that load has come, the carrier {carrier} records it (manifest.arrive) and sends this again; correct body.vehicle.plate if it is wrong; loads of one collection round are issued with one trip_id (trip_id of this one: {trip}).

VEHICLE_OVERLAP:SEEN
{plate} 在账本中还有一车未运抵：{generator}的 {load}，承运人{other}，{since} 起运，联单 {manifest}。 || 不影响入账。请该联单的承运人补交运抵；车牌填错的，由填错的一方更正。
{plate} has another load that has not arrived: {load} of {generator}, carrier {other}, departed {since}, manifest {manifest}. || It is entered all the same. Let that carrier record the arrival; a wrong plate is corrected by whoever gave it.

INCOMPATIBLE | R-27 | carrier | Code Art. 535 [READ T1–T3]; comparison [DESIGN] | 固废法 Art. 81 [READ S2]; comparison [DESIGN]
不相容的废物同车。 || 不影响入账，主管部门会看到。立即停车核对，分车运输或者采取安全性处置；类别填错的，由填报单位更正。
Wastes that are not compatible share a vehicle. || It is entered all the same, and the authorities see it. Stop and check; carry them apart or make them safe; a wrong category is corrected by who stated it.

INCOMPATIBLE:PAIR
{plate} 同车装有 {one} 和 {another}：{why}。 || 不影响入账，主管部门会看到。立即停车核对，分车运输或者采取安全性处置；类别填错的，由填报单位更正。
{plate} carries wastes that are not compatible, {one} and {another}: {why}. || It is entered all the same, and the authorities see it. Stop and check; carry them apart or make them safe; a wrong category is corrected by who stated it.

PLATE_FORM | - | carrier | [DESIGN]
汽车号牌不合格式。 || 不影响入账，主管部门会看到。核对号牌：一个汉字、一个字母、四至六位字母或数字。
The plate of a truck has not the form of one. || It is entered all the same, and the authorities see it. Check it: one Chinese character, a letter, four to six letters or digits.

NO_WAYBILL | R-51 | carrier | Order 23 Art. 11(1)(2), 17 [READ]; alert [DESIGN]
接运的运输工具没有危险货物运单号或营运证件号。 || 不影响入账，主管部门会看到。补办并随车携带危险货物运单和营运证件。
The vehicle that took the load over has no dangerous-goods waybill or no operating licence. || It is entered all the same, and the authorities see it. Get both, and let them travel with the vehicle.

WAYBILL_USED | R-51 | carrier | MOT 2019 No. 29 Art. 24 [READ S21]; alert [DESIGN]
该危险货物运单号已用于另一车次。 || 不影响入账，主管部门会看到。核对运单号；每一车次使用自己的运单，同车收运的使用同一车次标识。
The number of the waybill was used for another trip. || It is entered all the same, and the authorities see it. Check the number; every trip has its own waybill, a collection round shares one trip id.

WRONG_RECEIVER | R-55 | carrier | Order 23 Art. 11(4) [READ]
到达或接受地不是联单载明的接受人所在地。 || 不影响入账，主管部门会看到。将废物运至联单载明的接受人；不能送达的，立即通知移出人和主管部门。
The load is elsewhere than at the receiver named on the manifest. || It is entered all the same, and the authorities see it. Deliver to the receiver named on the manifest; if that is impossible, tell the generator and the authority at once.

PROVINCE_CHANGED | R-55 | carrier | Order 23 Art. 11(4), 21 [READ]; alert [DESIGN]
到达或接受地与联单载明的接受地不在同一省。 || 不影响入账，主管部门会看到。立即通知移出人和两地主管部门；未经批准不得转移至其他省。
The load is in another province than the manifest's destination. || It is entered all the same, and the authorities see it. Tell the generator and both authorities at once; without a decision nothing goes to another province.
""")
