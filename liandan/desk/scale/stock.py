"""待利用处置: what a receiver has accepted and neither used nor disposed of nor sent on, load by load, and until when it may lie. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from ledger.directory import LogState
from ledger.times import day_of
from manifests.deadlines import duties
from manifests.view import ManifestView
from whitelist.terms import Present


class StockLine(Struct, frozen=True, kw_only=True):
    """A line with what is left of it."""

    line: int
    name: str
    code: str
    method: str
    accepted_g: int
    left_g: int


class StockLoad(Struct, frozen=True, kw_only=True):
    """A manifest of which something is left."""

    id: str
    number: str | None
    generator: str
    accepted_s: int
    due_on: str | None
    """The last day of storage (R-68)."""
    days_left: int | None
    """Days until then, below 0 beyond it."""
    days_lying: int
    """Days since it was accepted."""
    lines: tuple[StockLine, ...]

    @property
    def left_g(self) -> int:
        """Grams that are left of it."""
        return sum(line.left_g for line in self.lines)


class StockSum(Struct, frozen=True, kw_only=True):
    """What is left of a waste code."""

    code: str
    name: str
    loads: int
    left_g: int
    oldest_s: int
    """When the one that lies longest was accepted."""


def stock_of(view: ManifestView, present: Present, log: LogState) -> StockLoad:
    """One load as it lies there."""
    state = view.state
    duty = next((one for one in duties(view, present, log) if one.term == "storage"), None)
    due = None if duty is None else duty.due_on
    accepted_s = state.times.accepted_s or state.times.latest_s
    return StockLoad(
        id=view.chain.removeprefix("manifest/"),
        number=state.number,
        generator=state.generator,
        accepted_s=accepted_s,
        days_lying=(present.today - date.fromisoformat(day_of(accepted_s))).days,
        due_on=due,
        days_left=None if due is None else (date.fromisoformat(due) - present.today).days,
        lines=tuple(
            StockLine(line=number, name=line.name, code=line.code, method=line.method, accepted_g=line.accepted_g or 0, left_g=line.stock_g)
            for number, line in enumerate(state.lines)
            if line.stock_g
        ),
    )


def by_last_day(loads: Iterable[StockLoad]) -> tuple[StockLoad, ...]:
    """What has to be gone first, first."""
    return tuple(sorted(loads, key=lambda one: (one.due_on or "9999", one.accepted_s, one.id)))


def sums(loads: Iterable[StockLoad]) -> tuple[StockSum, ...]:
    """By code, what most is left of first."""
    found = dict[str, StockSum]()
    for load in loads:
        for line in load.lines:
            own = StockSum(code=line.code, name=line.name, loads=0, left_g=0, oldest_s=load.accepted_s)
            known = found.get(line.code, own)
            found[line.code] = StockSum(
                code=line.code,
                name=known.name,
                loads=known.loads + 1,
                left_g=known.left_g + line.left_g,
                oldest_s=min(known.oldest_s, load.accepted_s),
            )
    return tuple(sorted(found.values(), key=lambda one: (-one.left_g, one.code)))
