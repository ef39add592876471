"""Months of the years closed as the operator closes them: the statement drawn at a size, and its hash signed (``period.close``)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

from bench.export import Posted
from bench.load import OPERATOR
from bench.years.world import World
from ledger.admission.entry import Entry
from ledger.times import DAY_S, day_of
from ledger.tree.merkle import Edge, leaf_hash
from liandan.wiring import KINDS
from reports.reconcile import check_month, finish, to_bytes
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.line import period_of
from reports.reconciliation.month.fold import Fold
from signing.envelope import freeze
from whitelist.period import following_month, period_chain

WAYS = (("51", "50"), ("50", "51"))
CLOSED_AFTER_S = 8 * DAY_S
"""A month is closed on the ninth of the next one: what comes later adjusts."""


class MonthCloser:
    """Sees every entry that is admitted, and puts the closes among what is posted."""

    def __init__(self, world: World, dataset: Callable[[str, str], Any], first: str) -> None:
        """``first``: the first month to be closed."""
        self._world, self._month = world, first
        self._gathering, self._edge = Gathering(KINDS, dataset), Edge()
        self._roots: dict[int, str] = {}
        self._day = ""
        self._days: dict[int, str] = {}

    def took(self, entry: Entry) -> None:
        """One that was admitted."""
        self._gathering.step(entry)
        self._edge = self._edge.append_many([leaf_hash(entry.raw)])
        self._day = entry.admission.at[:10]

    def root_at(self, size: int) -> str | None:
        """The root (base64) at a size at which a month was closed."""
        return self._roots.get(size)

    def day_below(self, size: int) -> str:
        """The day on which that size was reached."""
        return self._days[size]

    def posted(self, posted: Iterable[Posted]) -> Iterator[Posted]:
        """The same with the closes; each is drawn when everything before it has been admitted."""
        for one in posted:
            while one.now_s >= period_of(self._month).end_s + CLOSED_AFTER_S:
                yield from self._closes(one.now_s)
                self._month = following_month(self._month)
            yield one

    def _closes(self, now_s: int) -> Iterator[Posted]:
        size, told = self._edge.size, b64encode(self._edge.root()).decode()
        self._roots[size], self._days[size] = told, self._day
        fold = Fold(check_month(self._month), self._gathering)
        drawn = [(way, finish(fold, way, told)) for way in WAYS]
        for way, statement in drawn:
            body: dict[str, Any] = {"size": size, "root": told, "json": sha256(to_bytes(statement, "json")).hexdigest()}
            if months := sorted({one.month for one in statement.adjustments}):
                body["adjusts"] = months
            chain = period_chain(self._month, *way)
            envelope = self._world.signed("period.close/1", chain, (OPERATOR,), body, now_s)
            self._world.admitted(chain, envelope)
            yield Posted(now_s, freeze(envelope), of=f"close of {day_of(period_of(self._month).start_s)[:7]}")
