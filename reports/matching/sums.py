"""One line that sums up several (汇总登记): all of a day first, then a bounded search for the only subset that makes the sum to the gram."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import comb

from msgspec import Struct

from reports.matching.model import SideLine, mass_of

CANDIDATES_MAX = 20
"""Lines among which a subset is searched (2^10 sums of each half); of more nothing is searched, and nothing is said."""
SEARCHES_MAX = 64
"""Lines of one partner and code whose sum is searched for."""
WAYS_MAX = 64
"""Subsets that are told apart; beyond it every candidate is part of the tie."""
WINDOWS_D = (7, 31)
"""Days before a sum is written down in which its parts lie; one day more, for clocks."""


class SumClaim(Struct, frozen=True):
    """A line, and the lines of the other side that it may be the sum of; several ways are a tie."""

    whole: SideLine
    ways: tuple[tuple[SideLine, ...], ...]
    of: int = 0
    """Lines of which it was searched."""


def sum_cost(claim: SumClaim, way: Sequence[SideLine]) -> int:
    """What is wrong with a sum (``explaining``): the more subsets of so many lines there are, the likelier one of them makes it by chance. Loads are
    rarely summed up beyond a week, and what is twice a load of the day may be that load in jin."""
    apart = max((abs(claim.whole.day - part.day) for part in way if claim.whole.day is not None and part.day is not None), default=0)
    is_double = any(part.day == claim.whole.day and 2 * part.mass_g == claim.whole.mass_g for part in way)
    return 6 + comb(claim.of, len(way)).bit_length() + (3 if apart > WINDOWS_D[0] else 0) + (4 if is_double else 0)


def whole_days(wholes: Iterable[SideLine], parts: Iterable[SideLine]) -> Iterator[SumClaim]:
    """Lines that are the sum of all lines of their partner, code and day; without a day, of all that are due in the month."""
    by_day = defaultdict[tuple[str, str, int | None], list[SideLine]](list)
    for part in parts:
        if not part.is_due:
            continue
        by_day[part.partner, part.code, part.day].append(part)
        if part.day is not None:
            by_day[part.partner, part.code, None].append(part)
    for whole in wholes:
        found = by_day.get((whole.partner, whole.code, whole.day), ())
        if len(found) > 1 and mass_of(found) == whole.mass_g:
            yield SumClaim(whole, (tuple(found),), len(found))


def subsets(wholes: Iterable[SideLine], parts: Iterable[SideLine], windows: Sequence[int] = WINDOWS_D) -> Iterator[SumClaim]:
    """Lines that are the sum of some lines of their partner and code within a week, else within a month."""
    by_block = defaultdict[tuple[str, str], list[SideLine]](list)
    for part in parts:
        by_block[part.partner, part.code].append(part)
    asked = defaultdict[tuple[str, str], list[SideLine]](list)
    for whole in wholes:
        if (whole.partner, whole.code) in by_block:
            asked[whole.partner, whole.code].append(whole)
    for block, lines in asked.items():
        if len(lines) > SEARCHES_MAX:
            continue
        for whole in lines:
            for window in windows:
                near = [part for part in by_block[block] if _is_near(whole, part, window)]
                if len(near) <= CANDIDATES_MAX and (ways := _ways(whole.mass_g, near)):
                    yield SumClaim(whole, ways, len(near))
                    break


def _is_near(whole: SideLine, part: SideLine, window: int) -> bool:
    if not 0 < part.mass_g < whole.mass_g or not part.is_due:
        return False
    return whole.day is None or part.day is None or -1 <= whole.day - part.day <= window


def _ways(wanted_g: int, parts: Sequence[SideLine]) -> tuple[tuple[SideLine, ...], ...]:
    """Every subset of two lines or more with this sum; beyond WAYS_MAX, twice all of them."""
    half = len(parts) // 2
    first, second = _sums(parts[:half]), _sums(parts[half:])
    found = list[tuple[SideLine, ...]]()
    for got_g, chosen in first.items():
        for others in second.get(wanted_g - got_g, ()):
            for mine in chosen:
                if len(mine) + len(others) > 1:
                    found.append((*mine, *others))
                if len(found) > WAYS_MAX:
                    return (tuple(parts), tuple(parts))
    return tuple(found)


def _sums(parts: Sequence[SideLine]) -> dict[int, list[tuple[SideLine, ...]]]:
    """By sum the subsets that make it."""
    found: dict[int, list[tuple[SideLine, ...]]] = {0: [()]}
    for part in parts:
        masses = {part.mass_g, part.mass_g if part.also_g is None else part.also_g}
        grown = [(got_g + mass_g, [(*chosen, part) for chosen in ways]) for got_g, ways in found.items() for mass_g in sorted(masses)]
        for got_g, ways in grown:
            found.setdefault(got_g, []).extend(ways)
    return found
