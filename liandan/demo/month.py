"""The ordinary manifests of October: drawn by the seed, everything in order, most of them closed by the end of the month."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from msgspec import Struct

from ledger.times import to_datetime
from liandan.demo import calendar, firms
from liandan.demo.calendar import DAY, FIRST_DAY, HOUR
from liandan.demo.firms import Firm
from liandan.demo.plan import Act, Names
from liandan.demo.trip import MINUTE, Counters, Trip
from liandan.demo.wastes import LAMPS
from liandan.demo.world import Flow, World

PLATES = {firms.SHUAN.uscc: "川A·FX", firms.LUYUN.uscc: "川E·FX", firms.YUSHUN.uscc: "渝B·FX"}
"""Beginnings of plates; no vehicle has such a number."""
UNLOADING_S = 2 * HOUR
WEEKEND_SHARE = 0.3
"""Transfers on a rest day, for each on a working day."""


class Share(Struct, frozen=True):
    """How many ordinary manifests a flow has, and from which day to which (inclusive)."""

    flow: Flow
    count: int
    first: str = "10-08"
    last: str = "10-30"


def shares(world: World) -> tuple[Share, ...]:
    """263 ordinary manifests; ``specials`` has the other 37."""
    return (
        Share(world.batteries_out, 61),
        Share(world.lamps_out, 26),
        Share(world.boards_out, 36),
        Share(world.ash_out, 40),
        Share(world.batteries_in, 40),
        Share(world.lamps_in, 10, last="10-19"),
        Share(world.lamps_renewed, 6, first="10-23"),
        Share(world.boards_in, 20, last="10-19"),
        Share(world.boards_letter, 10, first="10-20"),
        Share(world.ash_in, 14),
    )


class _Drawn(Struct, frozen=True, kw_only=True):
    """What chance decides about a manifest."""

    flow: Flow
    name: str
    issued_s: int
    loading_s: int
    drive_s: int
    mass_g: int
    lost_g: int
    in_two: bool
    disposed_s: int
    verified_s: int
    number_later: bool


def ordinary(world: World, names: Names, counters: Counters, random: Random) -> Iterator[Act]:
    """Acts of all ordinary manifests until the end of the month."""
    fleet = Fleet()
    drawn = [_draw(share, position, random) for share in shares(world) for position in range(share.count)]
    for one in sorted(drawn, key=lambda one: one.issued_s + one.loading_s):
        plate = fleet.take(one.flow.carrier, one.issued_s + one.loading_s, one.drive_s + UNLOADING_S)
        yield from _trip(one, plate, names, counters).cut(calendar.END)


def _trip(one: _Drawn, plate: str, names: Names, counters: Counters) -> Trip:
    trip = Trip(one.flow, names, counters, one.name, one.issued_s, one.mass_g)
    trip.issue(numbered=not one.number_later)
    if one.number_later:
        trip.number_later(25 * MINUTE)
    trip.depart(one.loading_s, plate).arrive(one.drive_s).receive(30 * MINUTE, one.lost_g)
    kept_g = one.mass_g - one.lost_g
    trip.now_s = one.disposed_s
    if one.in_two:
        trip.dispose(0, kept_g // 3).dispose(DAY, kept_g - kept_g // 3)
    else:
        trip.dispose(0, kept_g)
    return trip.verify(one.verified_s)


def _draw(share: Share, position: int, random: Random) -> _Drawn:
    day_s = _draw_day(share, random)
    issued_s = day_s + random.randrange(6 * 60 + 30, 9 * 60 + 30) * MINUTE
    light, heavy = share.flow.waste.load_t
    step_g = 1_000 if share.flow.waste is LAMPS else 20_000  # the division of the scale
    mass_g = random.randrange(light * 100_000, heavy * 100_000 + 1, step_g)
    return _Drawn(
        flow=share.flow,
        name=f"{share.flow.name} {position}",
        issued_s=issued_s,
        loading_s=random.randrange(40, 90) * MINUTE,
        drive_s=random.randrange(150, 330) * MINUTE,
        mass_g=mass_g,
        lost_g=random.choice((0, 0, 0, 1, 2, -1)) * step_g,
        in_two=random.random() < 0.15,
        disposed_s=day_s + random.randrange(2, 8) * DAY + random.randrange(13 * 60, 16 * 60) * MINUTE,
        verified_s=random.randrange(1, 5) * DAY - 4 * HOUR,
        number_later=random.random() < 0.06,
    )


def _draw_day(share: Share, random: Random) -> int:
    """A day of the share's span, 00:00; rest days are rarer."""
    first_s, last_s = calendar.at(f"{share.first} 00:00"), calendar.at(f"{share.last} 00:00")
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

    def take(self, carrier: Firm, at_s: int, busy_s: int) -> str:
        """The plate of a truck that is free at ``at_s``, out for ``busy_s``. Ask in the order of departures."""
        free = self._free.setdefault(carrier.uscc, [])
        if free and free[0][0] <= at_s:
            plate = heappop(free)[1]
        else:
            self._count[carrier.uscc] = self._count.get(carrier.uscc, 0) + 1
            plate = f"{PLATES[carrier.uscc]}{self._count[carrier.uscc]:03d}"
        heappush(free, (at_s + busy_s, plate))
        return plate


def spare(carrier: Firm, number: int) -> str:
    """Plate of a truck outside the fleet, for the special cases."""
    return f"{PLATES[carrier.uscc]}9{number:02d}"
