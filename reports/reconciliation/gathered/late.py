"""Acts that changed something of months that had ended: what a closed month's statement does not say, told as adjustments in a later one. Pure.

A month is never reopened (月结后不再重开). Whatever came after its close, a late act, a correction, a back-fill, changes the lines from now on; the
statement that opens with the close tells the difference, act by act, line by line, month by month, so that its opening is the close's closing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from ledger.times import day_of
from reports.reconciliation.checks import Adjustment
from reports.reconciliation.gathered.filing import bookings
from reports.reconciliation.line import LineRow, Way


class LateAct(Struct, frozen=True, kw_only=True):
    """An act, and the lines of its manifest before and after it."""

    index: int
    kind: str
    at: str
    admitted: str
    month_s: int
    """The first moment of the month in which it was admitted: what lies before had ended."""
    before: tuple[LineRow, ...]
    after: tuple[LineRow, ...]

    @property
    def manifest(self) -> str:
        """Chain of the manifest."""
        return (self.after or self.before)[0].chain


def late_name(way: Way, month: str, index: int | None = None) -> str:
    """Name of an act by its way, the month of its admission and its index; without an index the beginning of all such names."""
    return f"=late:{'-'.join(way)}:{month}:" + ("" if index is None else f"{index:012d}")


def adjustments(
    way: Way, acts: Iterable[LateAct], is_told: Callable[[str], bool], told_in: Callable[[int], str], concerns: Callable[[LineRow], bool]
) -> Iterator[Adjustment]:
    """What acts changed of the months that ``is_told`` takes, of the lines that a statement concerns."""
    for act in acts:
        sums: dict[tuple[int, str, str], Counter[str]] = {}
        known: dict[int, LineRow] = {}
        for sign, rows in ((-1, act.before), (1, act.after)):
            for row in filter(concerns, rows):
                known[row.line] = row
                for term, at_s, grams in bookings(row):
                    if at_s < act.month_s and is_told(month := day_of(at_s)[:7]):
                        sums.setdefault((row.line, row.code, month), Counter())[term] += sign * grams
        for (line, code, month), terms in sorted(sums.items()):
            if any(terms.values()):
                yield Adjustment(
                    month=month,
                    told_in=told_in(act.index),
                    direction=way,
                    manifest=act.manifest,
                    number=known[line].number,
                    line=line,
                    code=code,
                    index=act.index,
                    kind=act.kind,
                    at=act.at,
                    admitted=act.admitted,
                    **terms,
                )
