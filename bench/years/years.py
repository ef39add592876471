"""Years in the order of time: what is posted when, month after month, in memory that does not grow with them."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import accumulate, count, cycle
from random import Random

from msgspec import Struct, field

from bench.export import Posted
from bench.years import firms, ground, quarrels, troubles
from bench.years.cast import SENDERS, YearCast
from bench.years.table import Trouble, of_reserved
from bench.years.trip import HOUR, MINUTE, Life, YearAct, YearTrip
from bench.years.world import FOUNDED, World
from ledger.times import DAY_S, to_datetime
from reports.reconciliation.line import period_of
from signing.envelope import freeze

FIRST_YEAR = 2025
TROUBLES = [one for module in (troubles, quarrels, firms) for one in vars(module).values() if isinstance(one, Trouble)]
"""Every kind, in the order in which they are written down; met in turn."""
SLOT_S = 900
"""The log takes what was done since the last quarter of an hour."""
REST = 0.3
"""Loads of a rest day, for each of a working day."""
TROUBLED = 0.01
"""Of all loads: of every kind of trouble about the same number."""
_SHORT = ("manifest/", "case/", "incident/", "number/", "emergency/")
"""Chains that end with a life."""


class Run(Struct):
    """A life that is told: what it is of, and its chains so far."""

    life: Life
    of: str
    chains: set[str] = field(default_factory=set)


class Years:
    """``loads``: manifests issued in every month from January 2025 on. The same seed and loads are the same bytes."""

    def __init__(self, loads: Sequence[int], seed: int = 1, troubled: float = TROUBLED, senders: int = SENDERS) -> None:
        self.loads, self.seed, self.troubled = loads, seed, troubled
        self.world = World(YearCast(dice=Random(f"{seed} cast"), loads_a_year=12 * max(loads, default=0), senders=senders))
        self.told = Counter[str]()
        """Lives by what went wrong in them, ``ordinary`` those with nothing."""
        self._waiting: list[tuple[int, int, YearAct, Run]] = []
        self._order = count()
        self._reserved = cycle(self.world.cast.reserved)
        self._shares = list(accumulate(route.share for route in self.world.cast.routes))

    def posted(self) -> Iterator[Posted]:
        """Every statement, as its signers post it."""
        world, numbers = self.world, count()
        yield Posted(FOUNDED, world.founded())
        for life in (
            ground.settled,
            partial(ground.listed, year=FIRST_YEAR),
            partial(ground.planned, year=FIRST_YEAR),
            partial(ground.decided, year=FIRST_YEAR, half=0),
        ):
            self._begin(life(world))
        for place, loads in enumerate(self.loads):
            year, month = FIRST_YEAR + place // 12, place % 12 + 1
            if month == 6:
                self._begin(ground.decided(world, year, 1))
            if month == 12:
                self._begin(ground.listed(world, year + 1))
                self._begin(ground.planned(world, year + 1))
                self._begin(ground.decided(world, year + 1, 0))
            for at_s in self._issues(year, month, loads):
                yield from self._until(at_s)
                self._begin(*self._life(next(numbers), at_s))
        end = FIRST_YEAR * 12 + len(self.loads)
        yield from self._until(period_of(f"{end // 12}-{end % 12 + 1:02d}").start_s)

    def _issues(self, year: int, month: int, loads: int) -> list[int]:
        """When the manifests of a month are issued: in the morning, less on rest days."""
        dice, period = Random(f"{self.seed} {year} {month}"), period_of(f"{year}-{month:02d}")
        days = range(period.start_s, period.end_s, DAY_S)
        weights = [1.0 if to_datetime(day_s + HOUR).weekday() < 5 else REST for day_s in days]
        return sorted(day_s + dice.randrange(390 * MINUTE, 930 * MINUTE, MINUTE) for day_s in dice.choices(days, weights, k=loads))

    def _life(self, number: int, at_s: int) -> tuple[Life, str]:
        dice, cast = Random(f"{self.seed}/{number}"), self.world.cast
        if dice.random() >= self.troubled:
            self.told["ordinary"] += 1
            return YearTrip(self.world, dice.choices(cast.routes, cum_weights=self._shares)[0], number, at_s, dice).ordinary(), "ordinary"
        trouble = TROUBLES[(self.told.total() - self.told["ordinary"]) % len(TROUBLES)]
        self.told[trouble.name] += 1
        # Reserved routes in turn, so that no two lives at a time stand on one permit, row or decision.
        route = (
            next(self._reserved) if trouble.fits is of_reserved else dice.choice([one for one in cast.routes if trouble.fits(cast, one)])
        )
        return trouble.tell(YearTrip(self.world, route, number, at_s, dice)), trouble.name

    @property
    def under_way(self) -> int:
        """Lives that wait for their next act."""
        return len(self._waiting)

    # --- what waits for its time ------------------------------------------------------------------------------------------------

    def _begin(self, life: Life, of: str = "ground") -> None:
        self._go_on(Run(life, of), next(life), 0)

    def _go_on(self, run: Run, act: YearAct, now_s: int) -> None:
        slot_s = -(-act.post_s // SLOT_S) * SLOT_S
        heappush(self._waiting, (max(slot_s, now_s), next(self._order), act, run))

    def _until(self, end_s: int) -> Iterator[Posted]:
        """What is posted before a moment."""
        while self._waiting and self._waiting[0][0] < end_s:
            now_s, _, act, run = heappop(self._waiting)
            envelope = self.world.signed(act.kind, act.chain, act.by, act.body, act.at_s)
            raw = freeze(envelope)
            yield Posted(now_s, raw, act.refused, run.of)
            told = b64encode(raw).decode() if act.refused else self.world.admitted(act.chain, envelope)
            if act.chain.startswith(_SHORT):
                run.chains.add(act.chain)
            try:
                self._go_on(run, run.life.send(told), now_s)
            except StopIteration:
                self.world.forget(run.chains)
