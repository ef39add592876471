"""Where divisions lie: how far one is from another, and which are neighbours (毗邻地区). For answers alone: no rule reads it, no log adopts it.

Distances are between the centres of divisions, along the great circle, by the haversine formula on a sphere of the mean earth radius (IUGG R1).
They rank receivers; a road is longer. Data and editions: ``data/centres.csv``, ``data/README.md``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from msgspec import Struct

from whitelist.divisions import Divisions

EARTH_KM = 6371.0088
"""Mean radius R1 of the earth."""
_FILE = Path(__file__).with_name("data") / "centres.csv"
NOWHERE = Divisions({}, frozenset())
"""No table of divisions: every code stands for itself."""


class Centre(Struct, frozen=True, gc=False):
    """Degrees east and north, and the codes of the counties around."""

    longitude: float
    latitude: float
    neighbours: tuple[str, ...]


@lru_cache(1)
def centres() -> dict[str, Centre]:
    """Every division of the file, by its code of then."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["code"]: Centre(float(row["longitude"]), float(row["latitude"]), tuple(row["neighbours"].split())) for row in rows}


def distance_km(one: str, other: str, divisions: Divisions = NOWHERE) -> int | None:
    """Kilometres between the centres of two divisions, whole ones; ``None`` where one of them lies nowhere that we know."""
    a, b = _place(one, divisions), _place(other, divisions)
    if a is None or b is None:
        return None
    (east, north), (east2, north2) = ((radians(degrees) for degrees in place) for place in (a, b))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(half)))


def are_neighbours(one: str, other: str, divisions: Divisions = NOWHERE) -> bool:
    """Whether two divisions are the same or side by side, whichever edition their codes are of."""
    here, there = divisions.current(one), divisions.current(other)
    if here == there:
        return True
    around = (name for code in _editions(here, divisions) if (centre := centres().get(code)) is not None for name in centre.neighbours)
    return there in map(divisions.current, around)


def _place(code: str, divisions: Divisions) -> tuple[float, float] | None:
    """Longitude and latitude: of the code itself; of one that came later, the middle of what became it; else of its city or province."""
    known = centres()
    if (own := known.get(code)) is not None:
        return own.longitude, own.latitude
    if merged := [known[before] for before in _editions(divisions.current(code), divisions) if before in known]:
        return _middle(centre.longitude for centre in merged), _middle(centre.latitude for centre in merged)
    outer = known.get(f"{code[:4]}00") or known.get(f"{code[:2]}0000")
    return None if outer is None else (outer.longitude, outer.latitude)


def _editions(code: str, divisions: Divisions) -> Iterator[str]:
    """A code and all that became part of it."""
    yield code
    yield from (before for before, division in divisions.by_code.items() if division.successor and divisions.current(before) == code)


def _middle(degrees: Iterable[float]) -> float:
    found = list(degrees)
    return sum(found) / len(found)
