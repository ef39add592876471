"""What a month opens with, and what is adjusted since: the newest close of the preceding month of each direction, and every act since then that
changed something of the months before (R-93). Pure.

MonthOpening is what was under way at the month's first moment as the lines stood at the base close's size: the closing of last month's statement, always.
"""

from collections.abc import Iterator
from functools import cached_property

from reports.reconciliation.checks import Adjustment, BaseClose, StatementScope
from reports.reconciliation.gathered.late import LateAct, adjustments
from reports.reconciliation.line import LineRow, Way
from reports.reconciliation.month.fold import Fold
from whitelist.period import PeriodState, following_month, period_chain, preceding_month


class MonthOpening:
    """Of one way, of the lines that a scope concerns."""

    def __init__(self, fold: Fold, way: Way, scope: StatementScope) -> None:
        self.fold, self.way, self.scope, self.month = fold, way, scope, fold.period.month

    @cached_property
    def base(self) -> BaseClose | None:
        """The newest close of the preceding month among the entries seen."""
        return self._close(preceding_month(self.month))

    def _close(self, month: str) -> BaseClose | None:
        state: PeriodState | None = self.fold.facts.state(period_chain(month, *self.way))
        close = None if state is None else state.close_below(self.fold.size)
        if close is None:
            return None
        return BaseClose(direction=self.way, month=month, index=close.index, size=close.size, json=close.json)

    @cached_property
    def acts(self) -> tuple[LateAct, ...]:
        """What came since the base close and changed months that had ended."""
        return () if self.base is None else tuple(self.fold.gathering.late(self.way, self.month, self.base.size))

    def rows(self, rows: list[LineRow]) -> Iterator[LineRow]:
        """The lines of the way, which stand so now, as they stood at the base close."""
        first: dict[str, LateAct] = {}
        for act in self.acts:
            first.setdefault(act.manifest, act)
        for row in rows:
            if row.chain not in first:
                yield row
        for act in first.values():
            yield from filter(self.scope.takes, act.before)

    @cached_property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Of the months before this one, told here."""
        return tuple(adjustments(self.way, self.acts, lambda month: month < self.month, lambda index: self.month, self.scope.takes))

    def later(self) -> Iterator[Adjustment]:
        """Of this month since its own close, told in the month that opens with the close before which they came, or the first that is open."""
        own = self._close(self.month)
        if own is None:
            return iter(())
        closes = [own]
        while (after := self._close(following_month(closes[-1].month))) is not None:
            closes.append(after)

        def told_in(index: int) -> str:
            return following_month(max(close.month for close in closes if close.size <= index))

        acts = self.fold.gathering.late(self.way, following_month(self.month), own.size)
        return adjustments(self.way, acts, lambda month: month == self.month, told_in, self.scope.takes)

    def stock(self) -> dict[tuple[str, str], int]:
        """Grams by holder and code that acts since the base close changed of what was in stock at the month's first moment."""
        found: dict[tuple[str, str], int] = {}
        if self.base is not None:
            for late in self.fold.gathering.stocks.late(self.way, self.fold.months_since(self.month), self.base.size):
                for holder, code, month, grams in late.moves:
                    if month < self.month:
                        found[holder, code] = found.get((holder, code), 0) + grams
        return found
