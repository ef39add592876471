"""A kind of trouble (law.md §6-7): a life of its own, and the codes that the log writes on it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bench.years.cast import Route, YearCast
from bench.years.trip import Life, YearTrip


class Trouble(Struct, frozen=True):
    """A kind of trouble: where law.md has it, the alerts and tags (or codes of refusals) that it leaves, on which routes it happens, and its life."""

    name: str
    law: str
    leaves: tuple[str, ...]
    tell: Callable[[YearTrip], Life]
    fits: Callable[[YearCast, Route], bool]


def of_ordinary(cast: YearCast, route: Route) -> bool:
    """Any route that ordinary loads take."""
    return route.share > 0


def of_listed(cast: YearCast, route: Route) -> bool:
    """One with a second receiver of the same waste."""
    return route.share > 0 and route.then is not None


def of_one_city(cast: YearCast, route: Route) -> bool:
    """One with another generator in the same city, whose numbers come from the same series."""
    return route.share > 0 and len(cast.of_city(route)) > 1


def of_packed(cast: YearCast, route: Route) -> bool:
    """One whose waste is labelled."""
    return route.share > 0 and route.waste.packing != "tank"


def of_solid(cast: YearCast, route: Route) -> bool:
    """One with the narrow tolerance of solids."""
    return route.share > 0 and route.waste.form == "S"


def of_reserved(cast: YearCast, route: Route) -> bool:
    """One whose permit, row and decision no ordinary load stands on."""
    return route.share == 0


def trouble(
    law: str, *leaves: str, fits: Callable[[YearCast, Route], bool] = of_ordinary
) -> Callable[[Callable[[YearTrip], Life]], Trouble]:
    """A life becomes a kind of trouble, under its own name."""
    return lambda tell: Trouble(tell.__name__, law, leaves, tell, fits)
