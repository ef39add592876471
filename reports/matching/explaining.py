"""Explanations of a few lines that may belong together in several ways: whichever needs the fewest things to be wrong, if no other comes near it.

A line may be another one with something wrong, a sum, or stand alone. Each explanation of a group of lines says that of all of them at once, and costs
what it takes to be wrong: a mistyped day is likelier than a load that is missing here and another one that was made up there. What all explanations
near the best have in common is decided; lines of which they say different things are a tie. Pure, and bounded by the steps it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

from msgspec import Struct

from reports.matching.likeness import NEAR_D, Likeness
from reports.matching.model import Cause, SideLine, Term, TermDifference

ALONE = 12
"""A line for which there is nothing on the other side. All costs are ours [DESIGN]: about 10 is one thing wrong, less what often happens."""
TWICE, CHANCE = 8, 10
"""A line that says what another one says, for which something was found: it was written twice, or is one of its own that says the same by chance."""
MARGIN = 4
"""An explanation that costs so little more than the best one may be the true one."""
STEPS_MAX, EXPLANATIONS_MAX = 20_000, 128
"""Beyond, a group is too tangled to be explained."""
_TERMS: Mapping[Term, int] = {"number": 16, "partner": 10, "code": 10, "day": 10, "time": 3, "plate": 6, "month": 8}
_MASSES: Mapping[Cause, int] = {"tolerance": 8, "rounded": 7, "unit_kg": 6, "unit_jin": 6, "swapped": 6}


class Guess(Struct, frozen=True):
    """Some lines of both sides that may belong together, and what would be wrong then."""

    logs: tuple[SideLine, ...]
    books: tuple[SideLine, ...]
    cost: int

    @property
    def names(self) -> tuple[str, ...]:
        """Of its lines, told apart by side."""
        return (*(f"<{line.id}" for line in self.logs), *(f">{line.id}" for line in self.books))


class UnclearLines(Struct, frozen=True):
    """Lines of the log and of the book of which nobody can say who goes with whom."""

    logs: tuple[SideLine, ...]
    books: tuple[SideLine, ...]
    all_go: bool
    """Whether none of them stands alone, whoever goes with whom."""


class Explained(Struct, frozen=True):
    """What a group comes to; lines in neither stand alone."""

    decided: tuple[Guess, ...]
    ties: tuple[UnclearLines, ...]


def cost_of(mine: SideLine, theirs: SideLine, found: Likeness) -> int:
    """What is wrong with a pair."""
    return sum(_term_cost(mine, theirs, one) for one in found.differed)


def _term_cost(mine: SideLine, theirs: SideLine, one: TermDifference) -> int:
    match one.term:
        case "mass":
            return _MASSES.get(one.cause, ALONE)
        case "number" if one.cause:
            return 8
        case "day" if abs((mine.day or 0) - (theirs.day or 0)) <= NEAR_D:
            return 8
        case "month" if mine.is_due:
            return 1  # the day of another month was told already
    return _TERMS[one.term]


def groups(guesses: Sequence[Guess]) -> Iterator[list[Guess]]:
    """Guesses that want a line in common, together, in the order in which they came."""
    by_name, above = dict[str, int](), list(range(len(guesses)))

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = place = above[above[place]]
        return place

    for place, guess in enumerate(guesses):
        for name in guess.names:
            first, second = sorted((root(by_name.setdefault(name, place)), root(place)))
            above[second] = first
    together = defaultdict[int, list[Guess]](list)
    for place, guess in enumerate(guesses):
        together[root(place)].append(guess)
    yield from together.values()


def explain(guesses: Sequence[Guess], again: Container[str] = ()) -> Explained | None:
    """The lines of a group explained; None where that takes too many steps. ``again``: lines of the book that may have been written twice."""
    search = _Search(guesses, again)
    try:
        near = search.near_the_best()
    except _TooMany:
        return None
    sure = set.intersection(*map(set, near))
    open_ = [guesses[place] for place in sorted(set.union(*map(set, near)) - sure)]
    ties = []
    for group in groups(open_):
        logs, books = {line.id: line for guess in group for line in guess.logs}, {line.id: line for guess in group for line in guess.books}
        names = {name for guess in group for name in guess.names}
        all_go = all(names <= {name for place in places for name in guesses[place].names} for places in near)
        ties.append(UnclearLines(tuple(logs[name] for name in sorted(logs)), tuple(books[name] for name in sorted(books)), all_go))
    return Explained(tuple(guesses[place] for place in sorted(sure)), tuple(ties))


class _TooMany(Exception):
    """The search takes too long."""


class _Search:
    """Explanations of a group by branch and bound: the line with the fewest guesses left goes with one of them, or stands alone."""

    def __init__(self, guesses: Sequence[Guess], again: Container[str]) -> None:
        self.guesses, self.steps = guesses, 0
        self.of = defaultdict[str, list[int]](list)
        alone = dict[str, int]()
        for place, guess in enumerate(guesses):
            for name in guess.names:
                self.of[name].append(place)
            alone |= {f"<{line.id}": ALONE if line.is_due else 0 for line in guess.logs} | {
                f">{line.id}": TWICE if line.id in again else ALONE for line in guess.books
            }
        self.alone = alone
        shares = {name: min(guesses[place].cost / len(guesses[place].names) for place in places) for name, places in self.of.items()}
        self.least = {name: min(alone[name], shares[name]) for name in alone}
        """What a line costs at least: its part of the cheapest guess."""

    def near_the_best(self) -> list[tuple[int, ...]]:
        """Places of the guesses of every explanation that comes near the best one."""
        self.best, self.slack, self.found = sum(self.alone.values()), 0, list[tuple[int, tuple[int, ...]]]()
        self._go(dict(self.alone), (), 0)
        self.slack, self.found = MARGIN, []
        self._go(dict(self.alone), (), 0)
        return [places for cost, places in self.found if cost <= self.best + MARGIN]

    def _go(self, left: dict[str, int], taken: tuple[int, ...], cost: int) -> None:
        self.steps += 1
        if self.steps > STEPS_MAX or len(self.found) > EXPLANATIONS_MAX:
            raise _TooMany
        if cost + sum(map(self.least.__getitem__, left)) > self.best + self.slack + 1e-9:
            return
        if not left:
            if not self.slack and cost < self.best:
                self.best, self.found = cost, []
            if self.slack:
                self.found.append((cost, taken))
            return
        choices = {name: [place for place in self.of[name] if all(one in left for one in self.guesses[place].names)] for name in left}
        name = min(choices, key=lambda one: (len(choices[one]), one))
        for place in sorted(choices[name], key=lambda one: (self.guesses[one].cost, one)):
            guess = self.guesses[place]
            self._go({one: alone for one, alone in left.items() if one not in guess.names}, (*taken, place), cost + guess.cost)
        self._go({one: alone for one, alone in left.items() if one != name}, taken, cost + self.alone[name])
