"""Small groups are not told (小组不公布): which cells of a public table may stand, and what becomes of the others. Pure.

Whoever reads is an attacker with every table of every month before him, and may be one of the firms. So

* a cell stands only where at least :data:`FIRMS_MIN` firms are in it, on each side for itself (generators, receivers), and where what all but
  the two largest have is at least a fifth of the largest (p % rule): neither a stranger nor the second largest can work out the largest;
* cells of a table never overlap, and **no total is given**: a hidden cell is no difference of two that stand. Cells that may not stand are put
  together, with the least of those that may until the whole may stand; where that never comes, nothing of the group is told;
* every measure stands in one table and one division into cells, months alone have cells, and only months that are over: entries are counted by
  the month of their admission, so a month never changes once it is told, and the year is its months. What stands at an end of a month is not
  told where its change over the month would be (:mod:`reports.figures.public`).

Source: rule of three and p % rule of official statistics [RECALL: Hundepool et al., Handbook on Statistical Disclosure Control]; values [DESIGN].
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

FIRMS_MIN = 3
"""Firms of a cell, on each side of it."""
REST_PERMILLE = 200
"""What all but the two largest firms have, of what the largest has."""
REST = "*"
"""Key of cells that were put together."""


class FigureCell(Struct, frozen=True):
    """A cell of a public table before it is told."""

    key: str
    amounts: Mapping[str, int]
    """What would be told, by measure."""
    shares: Mapping[str, Mapping[str, int]]
    """What each firm has in it, by measure and side."""
    cases: tuple[Any, ...] = ()
    """What medians are taken of."""

    @property
    def weight(self) -> int:
        """How large it is."""
        return sum(map(abs, self.amounts.values()))


def may_stand(cell: FigureCell) -> bool:
    """Whether nothing of one firm can be worked out from it."""
    return all(_is_mixed(firms.values()) for firms in cell.shares.values() if any(firms.values()))


def _is_mixed(parts: Iterable[int]) -> bool:
    sizes = sorted((abs(part) for part in parts if part), reverse=True)
    return len(sizes) >= FIRMS_MIN and sum(sizes[2:]) * 1000 >= sizes[0] * REST_PERMILLE


def told(cells: Iterable[FigureCell]) -> tuple[list[FigureCell], bool]:
    """Cells of one group that are told, in order of their keys, those put together last; and whether anything is held back."""
    known = sorted((cell for cell in cells if cell.weight), key=lambda cell: cell.key)
    standing, rest = [cell for cell in known if may_stand(cell)], [cell for cell in known if not may_stand(cell)]
    if not rest:
        return standing, False
    while not may_stand(together := _together(rest)):
        if not standing:
            return [], True
        least = min(standing, key=lambda cell: (cell.weight, cell.key))
        standing.remove(least)
        rest.append(least)
    return [*standing, together], False


def _together(cells: Iterable[FigureCell]) -> FigureCell:
    amounts, shares, cases = Counter[str](), dict[str, Counter[str]](), list[Any]()
    for cell in cells:
        amounts.update(cell.amounts)
        cases += cell.cases
        for side, firms in cell.shares.items():
            # What a firm has in each cell is counted without its sign: two that cancel each other would look like none.
            shares.setdefault(side, Counter()).update({firm: abs(part) for firm, part in firms.items()})
    return FigureCell(REST, amounts, shares, tuple(cases))
