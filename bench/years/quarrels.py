"""What goes wrong between people and papers: numbers, corrections, holds and disputes, legs and trucks, labels and tickets."""

from __future__ import annotations

from collections.abc import Generator

from bench.years.table import of_one_city, of_packed, trouble
from bench.years.trip import HOUR, MINUTE, Life, YearAct, YearTrip
from ledger.mass import format_mass
from ledger.times import DAY_S

# --- numbers ------------------------------------------------------------------------------------------------------------------------


@trouble("R-03, M6", "H:NO_DUPLICATE", fits=of_one_city)
def number_of_another(trip: YearTrip) -> Life:
    """The number stands at another generator, too, until the authority settles it."""
    world, first, other = trip.world, trip.chain, _neighbour(trip)
    number = world.national_number(trip.route.generator.division, trip.now_s)
    yield trip.issue(number=number)
    yield other.issue(number=number)
    yield other.depart()
    yield trip.depart()
    trip.until_morning(3)
    settled = {"holder": first, "lose": [other.chain], "reason": "国家系统查明（虚构）"}
    yield trip.act("number.settle", (trip.sender,), settled, f"number/{number}")
    given = {"trunk": world.trunk(other.chain), "number": world.national_number(trip.route.generator.division, trip.now_s)}
    yield trip.act("case.number", (other.generator,), given, other.case())
    other.now_s = trip.now_s
    yield from trip.come()
    other.now_s = trip.now_s
    yield from other.come()


def _neighbour(trip: YearTrip) -> YearTrip:
    """A load of another generator of the same city."""
    routes = [one for one in trip.world.cast.of_city(trip.route) if one.generator != trip.route.generator]
    return YearTrip(trip.world, routes[trip.number % len(routes)], trip.number, trip.now_s, trip.dice)


@trouble("R-03", "NO_DUPLICATE")
def own_number_twice(trip: YearTrip) -> Life:
    """A second manifest with a number of its own generator is refused."""
    number = trip.world.national_number(trip.route.generator.division, trip.now_s)
    yield trip.issue(number=number)
    trip.wait(10 * MINUTE)
    yield trip.act("manifest.issue", (trip.generator,), trip.issue_body(number=number), trip.manifest(1), refused=("NO_DUPLICATE",))
    yield trip.depart()
    yield from trip.come()


@trouble("R-01, M6")
def number_after_months(trip: YearTrip) -> Life:
    """A gap in the numbers: it is given six weeks later."""
    yield trip.issue(number=None)
    yield trip.depart()
    yield from trip.come()
    trip.until_morning(40)
    given = {"trunk": trip.world.trunk(trip.chain), "number": trip.world.national_number(trip.route.generator.division, trip.now_s)}
    yield trip.act("case.number", (trip.generator,), given, trip.case())


# --- corrections --------------------------------------------------------------------------------------------------------------------


def _corrected(trip: YearTrip, was: str, now: str, path: str, by: str, *others: str) -> Generator[YearAct, str, str]:
    """A proposal and the consents of others, an hour apart; the case."""
    case = trip.case()
    change = {"path": path, "was": f'"{was}"', "now": f'"{now}"'}
    yield trip.act(
        "case.amend_propose", (by,), {"trunk": trip.world.trunk(trip.chain), "changes": [change], "reason": "录入有误（虚构）"}, case
    )
    for other in others:
        trip.wait(HOUR)
        yield trip.act("case.amend_consent", (other,), {"trunk": trip.world.trunk(trip.chain)}, case)
    return case


@trouble("§7.7", "AMENDED", "M:MASS_AMENDED")
def mistyped_receipt(trip: YearTrip) -> Life:
    """A tonne too little was typed; all agree on the next day."""
    yield from trip.leave()
    yield trip.arrive()
    trip.mass_g = trip.net_g
    typed_t = format_mass(trip.net_g - 300_000)
    yield trip.receive(accepted_t=typed_t)
    trip.until_morning(1)
    yield from _corrected(trip, typed_t, format_mass(trip.net_g), "received.0.accepted_t", trip.site.firm.uscc, trip.generator, trip.taker)
    trip.stock_g = trip.net_g
    yield from trip.end()


@trouble("§7.7, M7", "AMENDED", "M:MASS_AMENDED")
def corrected_after_months(trip: YearTrip) -> Life:
    """The same, found two months later: an adjustment of a month that is closed."""
    yield from trip.leave()
    yield trip.arrive()
    typed_t = format_mass(trip.net_g - 300_000)
    yield trip.receive(accepted_t=typed_t)
    trip.until_morning(62)
    yield from _corrected(trip, typed_t, format_mass(trip.net_g), "received.0.accepted_t", trip.site.firm.uscc, trip.generator, trip.taker)
    trip.stock_g = trip.net_g
    yield from trip.end()


@trouble("§7.7")
def correction_refused(trip: YearTrip) -> Life:
    """The generator does not agree."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive()
    trip.until_morning(1)
    case = yield from _corrected(
        trip, format_mass(trip.stock_g), format_mass(trip.stock_g - 500_000), "received.0.accepted_t", trip.site.firm.uscc
    )
    trip.wait(HOUR)
    yield trip.act("case.amend_refuse", (trip.generator,), {"reason": "与磅单不符（虚构）"}, case)
    yield from trip.end()


# --- holds and disputes -------------------------------------------------------------------------------------------------------------


@trouble("§7.8", "HELD")
def held_on_the_road(trip: YearTrip) -> Life:
    """An authority holds the load for an hour."""
    yield from trip.leave()
    trip.wait(HOUR)
    case = trip.case()
    yield trip.act("case.hold", (trip.sender,), {"trunk": trip.world.trunk(trip.chain), "reason": "核查来源（虚构）"}, case)
    yield trip.arrive()
    trip.wait(10 * MINUTE)
    yield trip.act("case.release", (trip.sender,), {"reason": "已核实（虚构）"}, case)
    yield trip.receive()
    yield from trip.end()


@trouble("formats §6", "H:OVERTOOK", "LATE")
def overtaken_by_a_hold(trip: YearTrip) -> Life:
    """It had left when it was held; the log hears of that later."""
    yield trip.issue()
    departure = trip.depart()
    trip.wait(HOUR)
    case = trip.case()
    yield trip.act("case.hold", (trip.sender,), {"trunk": trip.world.trunk(trip.chain), "reason": "来源存疑（虚构）"}, case)
    trip.wait(2 * HOUR)
    yield YearAct(kind=departure.kind, chain=departure.chain, by=departure.by, body=departure.body, at_s=departure.at_s, post_s=trip.now_s)
    trip.wait(30 * MINUTE)
    yield trip.act("case.release", (trip.sender,), {"reason": "已核实（虚构）"}, case)
    yield from trip.come()


@trouble("formats §6", "H:CONTESTED", "ACT_NOT_OPEN")
def contested_departure(trip: YearTrip) -> Life:
    """The departure comes when the receipt is in the log: it is refused, and contested."""
    yield trip.issue()
    departure = trip.depart()
    yield trip.receive(wait_s=4 * HOUR)
    trip.wait(HOUR)
    kept = yield YearAct(
        kind=departure.kind, chain=departure.chain, by=departure.by, body=departure.body, at_s=departure.at_s, post_s=trip.now_s,
        refused=("ACT_NOT_OPEN",),
    )  # fmt: skip
    case = trip.case()
    body = {"trunk": trip.world.trunk(trip.chain), "envelope": kept, "codes": ["ACT_NOT_OPEN"], "reason": "手机无网络（虚构）"}
    yield trip.act("case.contest", (trip.carrier,), body, case)
    trip.wait(HOUR)
    yield trip.act("case.release", (trip.sender,), {"reason": "起运属实（虚构）"}, case)
    yield from trip.end()


# --- legs and trucks ------------------------------------------------------------------------------------------------------------------


@trouble("R-54, A17", "CARRIER_CHANGED")
def handed_over(trip: YearTrip) -> Life:
    """Another carrier takes the load at the border."""
    yield from trip.leave()
    trip.wait(2 * HOUR)
    first, plate, trip.plate = trip.carrier, trip.plate, ""
    trip.carrier = trip.route.relief.uscc
    body = {"vehicle": trip.vehicle(), "waybill_no": trip.world.waybill(), "place": trip.site.firm.place}
    yield trip.act("manifest.hand_over", (first, trip.carrier), body)
    trip.world.give_truck(first, plate)
    yield from trip.come()


@trouble("A17")
def broke_down(trip: YearTrip) -> Life:
    """Another truck goes on."""
    yield from trip.leave()
    trip.wait(2 * HOUR)
    broken, trip.plate = trip.plate, ""
    yield trip.act(
        "manifest.transship",
        (trip.carrier,),
        {"vehicle": trip.vehicle(), "reason": f"{broken} 故障（虚构）", "place": trip.route.generator.place},
    )
    yield from trip.come()


@trouble("A17", "NO_ARRIVAL")
def split_on_the_road(trip: YearTrip) -> Life:
    """A part goes on another truck, of whose arrival nothing is said."""
    yield from trip.leave()
    trip.wait(HOUR)
    first, trip.plate = trip.plate, ""
    part = [{"line": 0, "mass_t": format_mass(trip.mass_g // 4)}]
    yield trip.act(
        "manifest.transship",
        (trip.carrier,),
        {"vehicle": trip.vehicle(), "reason": "单车载质量不足（虚构）", "place": trip.route.generator.place, "part": part},
    )
    yield trip.arrive(leg=0)
    second, trip.plate = trip.plate, ""
    yield trip.receive()
    trip.world.give_truck(trip.carrier, first)
    trip.world.give_truck(trip.carrier, second)
    yield from trip.end()


@trouble("R-57, A11")
def stopped_for_the_night(trip: YearTrip) -> Life:
    """A stop, and on in the morning."""
    yield from trip.leave()
    trip.wait(3 * HOUR)
    yield trip.act("manifest.stop", (trip.carrier,), {"place": trip.site.firm.place, "reason": "夜间停驶（虚构）"})
    trip.now_s += 10 * HOUR
    yield from trip.come()


@trouble("R-53", "VEHICLE_OVERLAP")
def truck_is_out(trip: YearTrip) -> Life:
    """The gate names a truck that is on the road."""
    yield from trip.leave()
    other = YearTrip(trip.world, trip.route, trip.number, trip.now_s, trip.dice)
    other.chain = trip.manifest(1)
    yield other.issue()
    other.wait(20 * MINUTE)
    out = other.depart_body(vehicle=trip.vehicle())
    yield other.act("manifest.depart", (other.generator, other.carrier), out, refused=("VEHICLE_OVERLAP",))
    yield other.act("manifest.void", (other.generator,), {"reason": "无车（虚构）"})
    trip.now_s = other.now_s
    yield from trip.come()


@trouble("R-55", "H:WRONG_RECEIVER")
def at_another_gate(trip: YearTrip) -> Life:
    """It arrives in another district, and is taken over where it belongs."""
    yield from trip.leave()
    elsewhere = next(one.firm.place for one in trip.world.cast.every_site if _is_elsewhere(trip, one.firm.division))
    yield trip.arrive(place=elsewhere)
    yield trip.receive()
    yield from trip.end()


def _is_elsewhere(trip: YearTrip, division: str) -> bool:
    known = trip.site.firm.division
    return division[:2] == known[:2] and division != known


@trouble("R-24", "H:OVERLOAD")
def overloaded(trip: YearTrip) -> Life:
    """More than any truck may carry."""
    trip.mass_g = trip.net_g = 52_000_000
    yield from trip.leave()
    yield from trip.come()


# --- papers ---------------------------------------------------------------------------------------------------------------------------


@trouble("R-50", "H:LABEL_USED", fits=of_packed)
def labels_used_twice(trip: YearTrip) -> Life:
    """Two loads of a day with the same labels."""
    other = YearTrip(trip.world, trip.route, trip.number, trip.now_s, trip.dice)
    other.chain, other.mass_g = trip.manifest(1), trip.mass_g
    yield trip.issue()
    yield other.issue()
    departure = trip.depart()
    yield departure
    yield other.depart(gate=departure.body["gate"])
    yield from trip.come()
    other.now_s = trip.now_s
    yield from other.come()


@trouble("A11", "M:WAYBILL_USED")
def waybill_used_twice(trip: YearTrip) -> Life:
    """Two trips on one 危险货物运单."""
    other = YearTrip(trip.world, trip.route, trip.number, trip.now_s, trip.dice)
    other.chain = trip.manifest(1)
    yield trip.issue()
    yield other.issue()
    departure = trip.depart()
    yield departure
    yield other.depart(waybill_no=departure.body["waybill_no"])
    yield from trip.come()
    other.now_s = trip.now_s
    yield from other.come()


@trouble("R-50", "H:LABEL_COUNT", fits=of_packed)
def a_label_is_missing(trip: YearTrip) -> Life:
    """One label less than packs."""
    trip.mass_g = max(trip.mass_g, 2_000_000)
    yield trip.issue()
    departure = trip.depart()
    departure.body["gate"]["labels"].pop()
    yield departure
    yield from trip.come()


@trouble("R-50", "LOAD_CHECKS")
def gate_not_checked(trip: YearTrip) -> Life:
    """The crew was not checked: it may not leave until it was."""
    yield trip.issue()
    departure = trip.depart()
    body = departure.body | {"gate": departure.body["gate"] | {"checks": ["carrier", "vehicle", "labels"]}}
    yield trip.act("manifest.depart", departure.by, body, refused=("LOAD_CHECKS",))
    trip.wait(10 * MINUTE)
    yield trip.act("manifest.depart", departure.by, departure.body)
    yield from trip.come()


@trouble("R-66", "L:LOAD_UNILATERAL", "LOAD_UNILATERAL")
def carrier_alone(trip: YearTrip) -> Life:
    """The generator had gone home when it was loaded."""
    yield trip.issue()
    yield trip.depart(by=(trip.carrier,))
    yield from trip.come()


@trouble("R-64", "H:METHOD_CHANGED")
def another_method(trip: YearTrip) -> Life:
    """Accepted for another treatment than decided."""
    yield from trip.leave()
    yield trip.arrive()
    yield trip.receive(method="D9" if trip.route.waste.method != "D9" else "D10")
    yield from trip.end()


@trouble("R-16", "H:CONTRACT")
def without_contract(trip: YearTrip) -> Life:
    """The contract had run out."""
    yield trip.issue(contract={"no": f"HT-{trip.number}", "valid_to": "2024-12-31"})
    yield trip.depart()
    yield from trip.come()


@trouble("R-33", "APPROVAL_QUOTA")
def beyond_the_decision(trip: YearTrip) -> Life:
    """More than was ever decided is refused."""
    line = trip.line(mass_t="99999", packs=3)
    yield trip.act(
        "manifest.issue", (trip.generator,), trip.issue_body(lines=[line], number=None), trip.manifest(1), refused=("APPROVAL_QUOTA",)
    )
    trip.wait(DAY_S // 24)
    yield from trip.leave()
    yield from trip.come()
