"""One figure and the limit it is measured against in the same run. Ratios travel between machines; absolute times do not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True):
    """A measurement: ``value`` in ``unit``; ``limit`` is what the same machine can do at most, by ``limit_is``."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_is: str = ""
    must: float | None = None
    goal: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Share of the limit that is reached."""
        return None if not self.limit else self.value / self.limit

    def line(self) -> str:
        """For the terminal."""
        ratio = "" if self.ratio is None else f"  {self.ratio:6.1%} of {self.limit:,.0f} ({self.limit_is})"
        aims = "" if self.must is None else f"  [must {self.must:,.0f}, goal {self.goal:,.0f}]"
        return f"{self.name:44} {self.value:12,.1f} {self.unit}{ratio}{aims}{'  ' + self.note if self.note else ''}"


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Seconds of a block: ``with timed() as seconds: …; seconds()``."""
    start = time.perf_counter()
    end: list[float] = []
    yield lambda: (end[0] if end else time.perf_counter()) - start
    end.append(time.perf_counter())


def quantile(values: list[float], share: float) -> float:
    """A quantile of measured values, by rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
