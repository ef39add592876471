"""The ordinary manifests of October: drawn by the seed, everything in order, most of them closed by the end of the month."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from operator import itemgetter
from random import Random

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


Drawn = tuple[int, str, int, Callable[[str], ManifestStory]]
"""What chance decides about a manifest: when its truck departs, whose that is, how many seconds it is out, and the trip by its plate."""


def ordinary(world: World, random: Random) -> Iterator[PlannedAct]:
    """Acts of all ordinary manifests until the end of the month."""
    fleet = Fleet()
    drawn = [_draw(world, name, flow, position, random) for name, flow in CAST.flows.items() for position in range(flow.loads)]
    for departed_s, carrier, busy_s, trip in sorted(drawn, key=itemgetter(0)):
        yield from trip(fleet.take(carrier, departed_s, busy_s)).cut(calendar.END)


def _draw(world: World, name: str, flow: Flow, position: int, random: Random) -> Drawn:
    day_s = _draw_day(flow, random)
    issued_s = day_s + random.randrange(6 * 60 + 30, 9 * 60 + 30) * MINUTE
    waste = CAST.waste_of(flow)
    (light_g, heavy_g), step_g = map(parse_mass, waste.load_t), parse_mass(waste.step_t)
    mass_g = random.randrange(light_g, heavy_g + 1, step_g)
    departed_s, drive_s = issued_s + random.randrange(40, 90) * MINUTE, random.randrange(150, 330) * MINUTE
    net_g, in_two = mass_g - random.choice((0, 0, 0, 1, 2, -1)) * step_g, random.random() < 0.15
    disposed_s = day_s + random.randrange(2, 8) * DAY + random.randrange(13 * 60, 16 * 60) * MINUTE
    verified_s, number_later = random.randrange(1, 5) * DAY - 4 * HOUR, random.random() < 0.06

    def trip(plate: str) -> ManifestStory:
        told = ManifestStory(world, f"{name} {position}", name, issued_s, mass_g, plate=plate).do("issue", numbered=not number_later)
        if number_later:
            told.do("number 25m")
        told.now_s = departed_s
        told.do("depart")
        told.now_s += drive_s
        told.do("arrive").do("receive 30m", net_t=format_mass(net_g))
        told.now_s = disposed_s
        if in_two:
            told.do("dispose", t=format_mass(told.stock_g // 3))
            told.now_s += DAY
        told.do("dispose")
        told.now_s += verified_s
        return told.do("verify")

    return departed_s, flow.carrier, drive_s + UNLOADING_S, trip


def _draw_day(flow: Flow, random: Random) -> int:
    """A day of the flow's span, 00:00; rest days are rarer."""
    first_s, last_s = calendar.at(f"{flow.first} 00:00"), calendar.at(f"{flow.last} 00:00")
    while True:
        day_s = random.randrange(first_s, last_s + 1, DAY)
        # Monday to Friday, and Saturday 2026-10-10, worked in exchange for the holiday.
        if to_datetime(day_s + 12 * HOUR).weekday() < 5 or day_s == FIRST_DAY + 2 * DAY or random.random() < WEEKEND_SHARE:
            return day_s


class Fleet:
    """Trucks by carrier; a truck makes one trip at a time (R-53), and one more is taken into use when all are out."""

    def __init__(self) -> None:
        self._free: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._count: Counter[str] = Counter()

    def take(self, carrier: str, at_s: int, busy_s: int) -> str:
        """The plate of a truck that is free at ``at_s``, out for ``busy_s``. Ask in the order of departures."""
        free = self._free[carrier]
        if free and free[0][0] <= at_s:
            plate = heappop(free)[1]
        else:
            self._count[carrier] += 1
            plate = f"{CAST.plates[carrier]}{self._count[carrier]:03d}"
        heappush(free, (at_s + busy_s, plate))
        return plate
