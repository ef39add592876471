"""What the lives of the years share: the log's statements so far, names of chains, trucks, labels, and running numbers."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from typing import Any

from bench.load import Load
from bench.years.cast import CHONGQING_CITIES, Route, YearCast
from ledger.times import day_of, parse_at
from ledger.ulid import ulid

FOUNDED = parse_at("2024-12-02T08:00:00+08:00")
LABEL_DAYS = 60
"""Days whose serials are remembered: nothing is entered later than that."""
_PLATES = {"51": "川A·", "50": "渝A·"}


class World(Load):
    """A load whose lives are the years'."""

    def __init__(self, cast: YearCast) -> None:
        super().__init__()
        self.cast = cast
        self.now_s = FOUNDED
        self._free: defaultdict[str, deque[str]] = defaultdict(deque)
        self._counted: Counter[str] = Counter()
        self._labels: dict[str, Counter[str]] = {}

    def trunk(self, chain: str) -> dict[str, Any]:
        """The newest act of a chain, as cases name it."""
        following, digest = self._heads[chain]
        return {"seq": following - 1, "hash": digest}

    def forget(self, chains: Iterable[str]) -> None:
        """They go on no more; millions would fill the memory."""
        for chain in chains:
            self._heads.pop(chain, None)

    @staticmethod
    def ulid(at_s: int, tail: int) -> str:
        """Of a moment and a running number."""
        return ulid(at_s * 1000, tail)

    def approval(self, route: Route, at_s: int) -> str:
        """The decision by which a route goes in the half-year of a moment."""
        return f"approval/{route.generator.uscc}/{ulid(0, half_of(at_s) * 4096 + route.number)}"

    @staticmethod
    def list_of(direction: str, year: str) -> str:
        """The list of a year and direction."""
        return f"list/{year}-{direction}-cy"

    @staticmethod
    def has_plan(route: Route) -> bool:
        """Whether its generator files its yearly plan in the log."""
        return route.number % 2 == 0 or not route.share

    def national_number(self, division: str, at_s: int) -> str:
        """The next 14 digits of the state system."""
        city = division[:4] if division[:2] == "51" else CHONGQING_CITIES[division[3] == "2"]
        stem = f"{day_of(at_s)[:4]}{city}"
        self._counted[stem] += 1
        return f"{stem}{self._counted[stem]:06d}"

    def waybill(self) -> str:
        """The next number of a 危险货物运单."""
        self._counted["waybill"] += 1
        return f"YD{self._counted['waybill']:010d}"

    def labels(self, unit: str, code: str, at_s: int, count: int) -> list[str]:
        """Labels that nobody has used."""
        day = day_of(at_s).replace("-", "")
        of_day = self._labels.setdefault(day, Counter())
        if len(self._labels) > LABEL_DAYS:
            del self._labels[min(self._labels)]
        stem = f"{unit}{code.replace('-', '')}{day}"
        first = of_day[stem] + 1
        of_day[stem] += count
        return [f"{stem}{serial:03d}" for serial in range(first, first + count)]

    def take_truck(self, carrier: str) -> str:
        """The truck that has been back for longest, or a new one: on one trip at a time (R-53)."""
        free = self._free[carrier]
        if free:
            return free.popleft()
        self._counted["trucks"] += 1
        return f"{_PLATES[carrier[2:4]]}{self._counted['trucks']:05d}"

    def give_truck(self, carrier: str, plate: str) -> None:
        """It is back."""
        if plate:
            self._free[carrier].append(plate)


def half_of(at_s: int) -> int:
    """Running number of a half-year."""
    year, month = day_of(at_s).split("-")[:2]
    return int(year) * 2 + (int(month) > 6)
