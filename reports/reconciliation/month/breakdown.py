"""What the charts of a statement show, as tables: flows between places, deviations by weight, ages of what is under way. Masses in grams.

A place is a city of the province (地级市); of a municipality (直辖市), which has none, a district.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

from msgspec import Struct

from ledger.times import DAY_S
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import MonthlyStatement

FLOW = "lines departed_g accepted_g refused_g"
BAND = "band lines within notable grave difference_g"
AGE = "band in_transit in_transit_g waiting waiting_g"
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
DEVIATIONS = (-500, -300, -100, 0, 100, 300, 500)
"""Ends of the bands of deviations, hundredths of a per cent of what was sent; what is the same to the gram is a band of its own."""
AGES = (1, 3, 7, 15, 30, 60)
"""Ends of the bands of ages, days."""


class PlaceFlow(Struct, frozen=True, kw_only=True):
    """What departed or was received in the month from one place to another."""

    origin: str
    """Division of the city or district."""
    destination: str
    lines: int
    departed_g: int
    accepted_g: int
    refused_g: int


class DeviationBand(Struct, frozen=True, kw_only=True):
    """Lines received in the month whose weight came so much heavier or lighter, by how grave that is."""

    band: str
    """``<-5``, ``-5..-3``, …, ``0``, …, ``>5``: per cent of what was sent."""
    within: int
    notable: int
    grave: int
    difference_g: int
    """What came less what was sent."""

    @property
    def lines(self) -> int:
        """All of them."""
        return self.within + self.notable + self.grave


class AgeBand(Struct, frozen=True, kw_only=True):
    """Lines that have been under way, or waited for their departure, for so many days at the end of the month."""

    band: str
    """``<1``, ``1..3``, …, ``>60``: days."""
    in_transit: int
    in_transit_g: int
    waiting: int
    waiting_g: int


def place_of(division: str) -> str:
    """The city or district that a division lies in."""
    return division if division[:2] in _MUNICIPALITIES else f"{division[:4]}00"


def flows(statement: MonthlyStatement) -> tuple[PlaceFlow, ...]:
    """The heaviest first."""
    found: defaultdict[tuple[str, str], list[LineRow]] = defaultdict(list)
    for row in statement.rows:
        if statement.period.holds(row.departed_s) or statement.period.holds(row.received_s):
            found[place_of(row.origin), place_of(row.destination)].append(row)
    made = [_flow(statement, ends, rows) for ends, rows in found.items()]
    return tuple(sorted(made, key=lambda flow: (-flow.departed_g, -flow.accepted_g, flow.origin, flow.destination)))


def _flow(statement: MonthlyStatement, ends: tuple[str, str], rows: list[LineRow]) -> PlaceFlow:
    received = [row for row in rows if statement.period.holds(row.received_s)]
    return PlaceFlow(
        origin=ends[0],
        destination=ends[1],
        lines=len(rows),
        departed_g=sum(row.declared_g for row in rows if statement.period.holds(row.departed_s)),
        accepted_g=sum(row.accepted_g or 0 for row in received),
        refused_g=sum(row.refused_g or 0 for row in received),
    )


def deviations(statement: MonthlyStatement) -> tuple[DeviationBand, ...]:
    """From the lightest to the heaviest; all bands where anything was received, none otherwise."""
    rows = statement.received
    names = [f"<{DEVIATIONS[0] // 100}"]
    names += [f"{low // 100}..{high // 100}" for low, high in pairwise(DEVIATIONS)]
    names += [f">{DEVIATIONS[-1] // 100}"]
    names.insert(len(names) // 2, "0")
    by_band = _banded(rows, _deviation_band)
    return tuple(_deviation(name, by_band.get(place, [])) for place, name in enumerate(names)) if rows else ()


def _deviation_band(row: LineRow) -> int:
    """Place of its band, to the gram. Ends belong to the band nearer to nothing."""
    middle = len(DEVIATIONS) // 2 + 1
    if row.came_g == row.sent_g:
        return middle
    more = (row.came_g - row.sent_g) * 10_000
    if more < 0:
        return sum(more >= end * row.sent_g for end in DEVIATIONS if end < 0)
    return middle + 1 + sum(more > end * row.sent_g for end in DEVIATIONS if end > 0)


def _deviation(name: str, rows: list[LineRow]) -> DeviationBand:
    levels = [row.level for row in rows]
    return DeviationBand(
        band=name,
        within=levels.count(""),
        notable=levels.count("M"),
        grave=levels.count("H"),
        difference_g=sum(row.came_g - row.sent_g for row in rows),
    )


def ages(statement: MonthlyStatement) -> tuple[AgeBand, ...]:
    """From the youngest to the oldest; all bands where anything is under way or waits, none otherwise."""
    if not statement.in_flight and not statement.waiting:
        return ()
    names = [f"<{AGES[0]}", *(f"{low}..{high}" for low, high in pairwise(AGES)), f">{AGES[-1]}"]

    def place(row: LineRow) -> int:
        return sum(row.age_s(statement.as_of_s) >= end * DAY_S for end in AGES)

    moving, waiting = _banded(statement.in_flight, place), _banded(statement.waiting, place)
    return tuple(
        AgeBand(
            band=name,
            in_transit=len(moving[at]),
            in_transit_g=sum(row.declared_g for row in moving[at]),
            waiting=len(waiting[at]),
            waiting_g=sum(row.declared_g for row in waiting[at]),
        )
        for at, name in enumerate(names)
    )


def _banded(rows: Iterable[LineRow], place: Callable[[LineRow], int]) -> defaultdict[int, list[LineRow]]:
    found: defaultdict[int, list[LineRow]] = defaultdict(list)
    for row in rows:
        found[place(row)].append(row)
    return found
