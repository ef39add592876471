"""The cases worth seeing, one function each: 37 manifests of the 300. Every function says what must happen and to which code it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from ledger.mass import format_mass
from liandan.demo import calendar, firms
from liandan.demo.calendar import DAY, HOUR, at
from liandan.demo.month import spare
from liandan.demo.plan import Act, Names
from liandan.demo.trip import MINUTE, Counters, Trip, site
from liandan.demo.world import Flow, World
from manifests import acts
from manifests.model import Place

RACERS = 8
RACE_FITS = 3
"""How many of the racers' loads the decision line still holds."""
RACE_T = 16


class Ground:
    """Where the cases grow: the decisions, the names and the running numbers."""

    def __init__(self, world: World, names: Names, counters: Counters) -> None:
        self.world, self.names, self.counters = world, names, counters

    def trip(self, flow: Flow, name: str, issued: str, tonnes: float) -> Trip:
        """A manifest of ``tonnes`` (a multiple of 0.001) issued at ``10-12 08:00``."""
        return Trip(flow, self.names, self.counters, name, at(issued), round(tonnes * 1000) * 1000)


Case = Callable[[Ground], Iterator[Trip]]


def closed(trip: Trip, lost_g: int = 0) -> Trip:
    """Disposal and verification after the receipt."""
    return trip.dispose(3 * DAY, trip.mass_g - lost_g).verify(DAY)


def delivered(trip: Trip, plate: str) -> Trip:
    """Departure and arrival without incident."""
    return trip.depart(HOUR, plate).arrive(4 * HOUR)


# --- refused at issue ------------------------------------------------------------------------------------------------------------------


def no_decision(ground: Ground) -> Iterator[Trip]:
    """A load across the border without any decision: NO_APPROVAL."""
    trip = ground.trip(ground.world.batteries_out, "no decision", "10-09 08:10", 9.6)
    line = replace(trip.part_one().lines[0], decision_line=None)
    yield trip.issue(expect=("NO_APPROVAL",), approval=None, lines=(line,))


def wrong_direction(ground: Ground) -> Iterator[Trip]:
    """A decision 51 → 50 used for a load 50 → 51: direction, receiver, permit and listing all stand against it."""
    trip = ground.trip(ground.world.batteries_out, "wrong direction", "10-13 08:20", 8.4)
    codes = ("APPROVAL_DIRECTION", "APPROVAL_PERMIT", "APPROVAL_RECEIVER", "WL_DIRECTION", "WL_PERMIT", "WL_RECEIVER")
    yield trip.issue(
        expect=codes,
        origin=Place(division="500157", address="重庆市两江新区示范二路3号临时库"),
        receiver=firms.NEIJIANG.uscc,
        permit=ground.world.permits[firms.NEIJIANG.uscc],
        destination=site(firms.NEIJIANG),
    )


def expired_permit(ground: Ground) -> Iterator[Trip]:
    """The receiver's permit ran out yesterday, and with it the decision: PERMIT_DATE, APPROVAL_EXPIRED."""
    trip = ground.trip(ground.world.lamps_in, "expired permit", "10-21 08:30", 1.8)
    yield trip.issue(expect=("APPROVAL_EXPIRED", "PERMIT_DATE"))


def unknown_hazard(ground: Ground) -> Iterator[Trip]:
    """A hazard letter that no catalogue knows: HAZARD."""
    trip = ground.trip(ground.world.lamps_out, "unknown hazard", "10-14 08:05", 1.2)
    yield trip.issue(expect=("HAZARD",), lines=(replace(trip.part_one().lines[0], hazards=("X",)),))


def hazard_mismatch(ground: Ground) -> Iterator[Trip]:
    """Declared corrosive where the catalogue of 2025 says toxic: HAZARD."""
    trip = ground.trip(ground.world.lamps_out, "hazard mismatch", "10-14 08:40", 1.5)
    yield trip.issue(expect=("HAZARD",), lines=(replace(trip.part_one().lines[0], hazards=("C",)),))


def number_twice(ground: Ground) -> Iterator[Trip]:
    """A generator puts the same national number on two manifests: the second is refused, NO_DUPLICATE."""
    first = ground.trip(ground.world.boards_out, "number once", "10-16 07:40", 6.4)
    first.issue()
    body = first.acts[0].body
    assert isinstance(body, acts.Issue)
    yield closed(delivered(first, spare(firms.SHUAN, 21)).receive(30 * MINUTE))
    second = ground.trip(ground.world.boards_out, "number twice", "10-16 11:10", 5.6)
    yield second.issue(expect=("NO_DUPLICATE",), number=body.number)


def last_tonnes(ground: Ground) -> Iterator[Trip]:
    """60 t are decided, 12 t are gone; eight trucks of 16 t ask at the same moment. Three fit, five are told APPROVAL_QUOTA.

    All loads are equal, so the books are the same whoever wins.
    """
    flow = ground.world.last_tonnes
    for number, issued in enumerate(("10-12 07:30", "10-13 07:30")):
        trip = ground.trip(flow, f"last tonnes before {number}", issued, 6)
        yield closed(delivered(trip.issue(), spare(firms.LUYUN, number)).receive(30 * MINUTE))
    for number in range(RACERS):
        trip = ground.trip(flow, f"last tonnes {number}", "10-15 09:30", RACE_T)
        trip.issue(numbered=False, expect=("APPROVAL_QUOTA",), way="race")
        closed(delivered(trip, spare(firms.LUYUN, 10 + number)).receive(30 * MINUTE))
        trip.acts[1:] = [replace(act, only_if_admitted=True) for act in trip.acts[1:]]
        yield trip


def over_the_line(ground: Ground) -> Iterator[Trip]:
    """Afterwards nothing is left on that decision line: APPROVAL_QUOTA."""
    yield ground.trip(ground.world.last_tonnes, "over the line", "10-19 08:00", 10).issue(expect=("APPROVAL_QUOTA",))


# --- admitted and flagged --------------------------------------------------------------------------------------------------------------


def foreign_label(ground: Ground) -> Iterator[Trip]:
    """A pallet of another generator stands on the ramp: no departure (MULTI_GENERATOR) until it is taken off."""
    trip = ground.trip(ground.world.boards_out, "foreign label", "10-20 08:00", 4.8).issue()
    wrong = (*trip.labels(), *trip.labels(firms.FUGUANG)[:1])
    trip.depart(HOUR, spare(firms.SHUAN, 2), labels=wrong, expect=("MULTI_GENERATOR",))
    trip.depart(40 * MINUTE, spare(firms.SHUAN, 2)).arrive(4 * HOUR)
    yield closed(trip.receive(30 * MINUTE))


def offline_departure(ground: Ground) -> Iterator[Trip]:
    """No network in the valley: the departure reaches the log with the arrival, tag LATE."""
    trip = ground.trip(ground.world.ash_out, "offline departure", "10-15 07:20", 26).issue()
    trip.depart(HOUR, spare(firms.YUSHUN, 1), post_s=at("10-15 14:00")).arrive(5 * HOUR)
    yield closed(trip.receive(30 * MINUTE))


def carrier_alone(ground: Ground) -> Iterator[Trip]:
    """The carrier records the departure without the consignor's signature: tag and ALERT L LOAD_UNILATERAL."""
    trip = ground.trip(ground.world.batteries_in, "carrier alone", "10-17 08:00", 12).issue()
    trip.depart(HOUR, spare(firms.YUSHUN, 2), alone=True).arrive(4 * HOUR)
    yield closed(trip.receive(30 * MINUTE))


def breakdown(ground: Ground) -> Iterator[Trip]:
    """The truck breaks down on the motorway, another one takes over the load (换装)."""
    trip = ground.trip(ground.world.batteries_out, "breakdown", "10-22 07:30", 15.2).issue().depart(HOUR, spare(firms.SHUAN, 3))
    place = Place(division="511011", address="高速公路内江服务区（虚构）")
    trip.transship(3 * HOUR, spare(firms.SHUAN, 4), place, "牵引车故障，整车换装").arrive(3 * HOUR)
    yield closed(trip.receive(30 * MINUTE))


def one_truck_two_manifests(ground: Ground) -> Iterator[Trip]:
    """Two manifests of one vehicle-trip share a trip_id (Order 23 Art. 16.2), so R-53 has nothing against them."""
    for number, tonnes in enumerate((7.2, 5.4)):
        trip = ground.trip(ground.world.boards_out, f"shared truck {number}", "10-23 08:00", tonnes)
        trip.issue(trip_id="FX-20261023-01")
        yield closed(delivered(trip, spare(firms.SHUAN, 5)).receive(30 * MINUTE))


def river(ground: Ground) -> Iterator[Trip]:
    """Truck to the port, ship down the Yangtze: both carriers sign the hand-over, with time and place (R-54)."""
    trip = _to_the_ship(ground, "river", "10-19 07:30", 30)
    yield closed(trip.arrive(22 * HOUR).receive(HOUR))


def river_at_month_end(ground: Ground) -> Iterator[Trip]:
    """Another ship is still under way when the month ends."""
    yield _to_the_ship(ground, "river at month end", "10-31 08:00", 28)


def _to_the_ship(ground: Ground, name: str, issued: str, tonnes: float) -> Trip:
    port = Place(division="510504", address="泸州市龙马潭区示范码头2号泊位")
    trip = ground.trip(ground.world.river, name, issued, tonnes)
    trip.issue(mode="water", carriers=(firms.LUYUN.uscc, firms.CHANGHANG.uscc)).depart(HOUR, spare(firms.LUYUN, 30))
    return trip.hand_over(3 * HOUR, firms.CHANGHANG, "示范货8号", port, "ship")


# --- receipt ---------------------------------------------------------------------------------------------------------------------------


def short_weight(ground: Ground) -> Iterator[Trip]:
    """6 % are missing. Without report the receipt is refused (DISCREPANCY_UNREPORTED); with it: ALERT H WEIGHT."""
    yield _weighed(ground, ground.world.batteries_in, "short weight", "10-20 07:50", tonnes=20, lost_t=1.2)


def light_weight(ground: Ground) -> Iterator[Trip]:
    """2 % are missing, beyond the tolerance: ALERT M WEIGHT."""
    yield _weighed(ground, ground.world.ash_in, "light weight", "10-21 07:50", tonnes=25, lost_t=0.5)


def _weighed(ground: Ground, flow: Flow, name: str, issued: str, *, tonnes: float, lost_t: float) -> Trip:
    lost_g = round(lost_t * 1000) * 1000
    trip = delivered(ground.trip(flow, name, issued, tonnes).issue(), spare(firms.YUSHUN, int(tonnes)))
    trip.receive(30 * MINUTE, lost_g, expect=("DISCREPANCY_UNREPORTED",))
    line = acts.ReceivedLine(
        line=0,
        differences=("quantity",),
        opinion="accept",
        accepted_t=format_mass(trip.mass_g - lost_g),
        method=flow.waste.method,
        major_difference=True,
        major_difference_note="过磅重量低于移出量，超出允差",
    )
    return closed(trip.receive(30 * MINUTE, lost_g, line=line, reported=True, confirmed_after_s=HOUR), lost_g)


def partly_accepted(ground: Ground) -> Iterator[Trip]:
    """Broken cases: 2.8 t of 18 t are refused, the rest is taken (部分接受)."""
    trip = delivered(ground.trip(ground.world.batteries_out, "partly accepted", "10-14 07:40", 18).issue(), spare(firms.SHUAN, 6))
    line = acts.ReceivedLine(
        line=0,
        differences=("property",),
        opinion="partly",
        accepted_t="15.200000",
        refused_t="2.800000",
        method="R4",
        reason="部分电池外壳破损、电解液泄漏",
    )
    yield closed(trip.receive(30 * MINUTE, line=line, reported=True), 2_800_000)


def rejected(ground: Ground) -> Iterator[Trip]:
    """Lamps mixed with other waste are turned back whole (拒收); everything reserved is given back to the accounts."""
    trip = delivered(ground.trip(ground.world.lamps_out, "rejected", "10-22 08:20", 2).issue(), spare(firms.SHUAN, 7))
    line = acts.ReceivedLine(line=0, differences=("property",), opinion="reject", accepted_t="0", reason="混入废荧光粉以外的其他废物")
    yield trip.receive(30 * MINUTE, line=line, reported=True)


def late_confirmation(ground: Ground) -> Iterator[Trip]:
    """Taken over on 10-12, confirmed on 10-21, the 7th working day: ALERT M RECEIPT_OVERDUE."""
    yield _confirmed_after(ground, "late confirmation", 9)


def very_late_confirmation(ground: Ground) -> Iterator[Trip]:
    """Taken over on 10-12, confirmed on 10-29: beyond ten working days ALERT H."""
    yield _confirmed_after(ground, "very late confirmation", 17)


def _confirmed_after(ground: Ground, name: str, days: int) -> Trip:
    trip = delivered(ground.trip(ground.world.ash_out, name, "10-12 08:00", 22).issue(), spare(firms.YUSHUN, 30 + days))
    return trip.receive(30 * MINUTE, confirmed_after_s=days * DAY).dispose(DAY, trip.mass_g)


# --- voided, and open at the end of the month ------------------------------------------------------------------------------------------


def voided(ground: Ground) -> Iterator[Trip]:
    """The truck does not come: voided before departure (作废), the reserved tonnes are free again."""
    yield ground.trip(ground.world.boards_in, "voided", "10-13 09:00", 4).issue().void(2 * HOUR, "承运车辆故障，当日无法装运")


def voided_too_late(ground: Ground) -> Iterator[Trip]:
    """Once the load is on the road nothing is voided any more: VOID_LATE; the manifest runs its course."""
    trip = ground.trip(ground.world.batteries_in, "voided too late", "10-23 07:45", 10).issue().depart(HOUR, spare(firms.YUSHUN, 3))
    trip.void(HOUR, "误填，申请作废", expect=("VOID_LATE",)).arrive(3 * HOUR)
    yield closed(trip.receive(30 * MINUTE))


def waiting(ground: Ground) -> Iterator[Trip]:
    """Two manifests are issued on the last day and have not left."""
    for number in range(2):
        yield ground.trip(ground.world.batteries_in, f"waiting {number}", f"10-31 1{number}:00", 9).issue()


def unconfirmed(ground: Ground) -> Iterator[Trip]:
    """Arrived on the last day, not confirmed yet."""
    yield delivered(ground.trip(ground.world.ash_out, "unconfirmed", "10-31 11:00", 24).issue(), spare(firms.YUSHUN, 4))


CASES: tuple[Case, ...] = (
    no_decision, wrong_direction, expired_permit, unknown_hazard, hazard_mismatch, number_twice, last_tonnes, over_the_line,
    foreign_label, offline_departure, carrier_alone, breakdown, one_truck_two_manifests, river, river_at_month_end,
    short_weight, light_weight, partly_accepted, rejected, late_confirmation, very_late_confirmation,
    voided, voided_too_late, waiting, unconfirmed,
)  # fmt: skip


def special_acts(ground: Ground) -> Iterator[Act]:
    """Acts of all cases until the end of the month."""
    for case in CASES:
        for trip in case(ground):
            yield from trip.cut(calendar.END)
