"""The ordinary manifests of October: drawn by the seed, everything in order, most of them closed by the end of the month."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from msgspec import Struct

from ledger.mass import format_mass, parse_mass
from ledger.times import to_datetime
from liandan.demo import calendar
from liandan.demo.calendar import DAY, FIRST_DAY, HOUR, MINUTE
from liandan.demo.cast import CAST, Flow
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from liandan.demo.world import World

UNLOADING_S = 2 * HOUR
WEEKEND_SHARE = 0.3
"""Transfers on a rest day, for each on a working day."""


class _Drawn(Struct, frozen=True, kw_only=True):
    """What chance decides about a manifest."""

    flow: str
    name: str
    issued_s: int
    loading_s: int
    drive_s: int
    mass_g: int
    net_g: int
    in_two: bool
    disposed_s: int
    verified_s: int
    number_later: bool


def ordinary(world: World, random: Random) -> Iterator[PlannedAct]:
    """Acts of all ordinary manifests until the end of the month."""
    fleet = Fleet()
    drawn = [_draw(name, flow, position, random) for name, flow in CAST.flows.items() for position in range(flow.loads)]
    for one in sorted(drawn, key=lambda one: one.issued_s + one.loading_s):
        plate = fleet.take(CAST.flows[one.flow].carrier, one.issued_s + one.loading_s, one.drive_s + UNLOADING_S)
        yield from _trip(world, one, plate).cut(calendar.END)


def _trip(world: World, one: _Drawn, plate: str) -> ManifestStory:
    trip = ManifestStory(world, one.name, one.flow, one.issued_s, one.mass_g, plate=plate).do("issue", numbered=not one.number_later)
    if one.number_later:
        trip.do("number 25m")
        trip.now_s = one.issued_s
    trip.now_s += one.loading_s
    trip.do("depart")
    trip.now_s += one.drive_s
    trip.do("arrive").do("receive 30m", net_t=format_mass(one.net_g))
    trip.now_s = one.disposed_s
    if one.in_two:
        trip.do("dispose", t=format_mass(trip.stock_g // 3))
        trip.now_s += DAY
    trip.do("dispose")
    trip.now_s += one.verified_s
    return trip.do("verify")


def _draw(name: str, flow: Flow, position: int, random: Random) -> _Drawn:
    day_s = _draw_day(flow, random)
    issued_s = day_s + random.randrange(6 * 60 + 30, 9 * 60 + 30) * MINUTE
    waste = CAST.waste_of(flow)
    (light_g, heavy_g), step_g = map(parse_mass, waste.load_t), parse_mass(waste.step_t)
    mass_g = random.randrange(light_g, heavy_g + 1, step_g)
    return _Drawn(
        flow=name,
        name=f"{name} {position}",
        issued_s=issued_s,
        loading_s=random.randrange(40, 90) * MINUTE,
        drive_s=random.randrange(150, 330) * MINUTE,
        mass_g=mass_g,
        net_g=mass_g - random.choice((0, 0, 0, 1, 2, -1)) * step_g,
        in_two=random.random() < 0.15,
        disposed_s=day_s + random.randrange(2, 8) * DAY + random.randrange(13 * 60, 16 * 60) * MINUTE,
        verified_s=random.randrange(1, 5) * DAY - 4 * HOUR,
        number_later=random.random() < 0.06,
    )


def _draw_day(flow: Flow, random: Random) -> int:
    """A day of the flow's span, 00:00; rest days are rarer."""
    first_s, last_s = calendar.at(f"{flow.first} 00:00"), calendar.at(f"{flow.last} 00:00")
    while True:
        day_s = random.randrange(first_s, last_s + 1, DAY)
        if is_worked(day_s) or random.random() < WEEKEND_SHARE:
            return day_s


def is_worked(day_s: int) -> bool:
    """Monday to Friday, and Saturday 2026-10-10, worked in exchange for the holiday."""
    noon = to_datetime(day_s + 12 * HOUR)
    return noon.weekday() < 5 or day_s == FIRST_DAY + 2 * DAY


class Fleet:
    """Trucks by carrier; a truck makes one trip at a time (R-53), and one more is taken into use when all are out."""

    def __init__(self) -> None:
        self._free: dict[str, list[tuple[int, str]]] = {}
        self._count: dict[str, int] = {}

    def take(self, carrier: str, at_s: int, busy_s: int) -> str:
        """The plate of a truck that is free at ``at_s``, out for ``busy_s``. Ask in the order of departures."""
        free = self._free.setdefault(carrier, [])
        if free and free[0][0] <= at_s:
            plate = heappop(free)[1]
        else:
            self._count[carrier] = self._count.get(carrier, 0) + 1
            plate = f"{CAST.plates[carrier]}{self._count[carrier]:03d}"
        heappush(free, (at_s + busy_s, plate))
        return plate
