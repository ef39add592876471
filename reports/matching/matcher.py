"""Matching the lines of the log with those of a book: by number, by all terms, and what is left by what explains it with the least that is wrong.

Each step takes out what it decides, so every line ends in one outcome. Nothing hangs on the order of the input: lines are told apart by their
ids alone, candidates are looked up by what they say, and what may be explained in two ways is a tie (``ambiguous``), named with all its lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from reports.matching import sums
from reports.matching.explaining import CHANCE, Guess, cost_of, explain, groups
from reports.matching.likeness import NEAR_D, WEIGHTS, Likeness, day_text, likeness, mass_tells, near_keys, number_cause
from reports.matching.model import How, MatchOutcome, SideLine, Term, TermDifference
from reports.matching.pairing import are_alike, decide
from reports.matching.sums import SumClaim, sum_cost

ALIKE_MAX = 64
"""Lines of each side under one key that are compared; under a key that more share nothing is looked for."""
DAY_MAX = 12
"""The same where nothing but partner, code and day agree: one of many loads of a day is no explanation."""
GROUP_MAX = 400
"""Guesses of one group that are weighed against each other."""
WAYS_MAX = 8
"""Ways to make a sum: of more, none is evidence."""
_KNOWN_WRONG = frozenset({"unit_kg", "unit_jin", "swapped"})
Key = Callable[[SideLine], Hashable]


def match(logged: Iterable[SideLine], booked: Iterable[SideLine]) -> tuple[MatchOutcome, ...]:
    """One outcome for every line of both sides; lines of the log that are not due are left out where nothing is found for them."""
    pool = _Pool(logged, booked)
    pool.by_number()
    pool.by_all()
    pool.by_explanations()
    return pool.end()


def _reaches(mine: SideLine, theirs: SideLine, found: Likeness) -> bool:
    """Whether two lines may be one. Of a firm's loads of a year many weigh about the same, so beyond more than half of the weight:

    * lines of two different numbers have all the rest in common;
    * a day that differs goes with the very mass, or with one that is wrong in a way that is known;
    * a line of another month has the very mass, on about the same day.
    """
    if mine.number and theirs.number:
        if mine.number == theirs.number or number_cause(mine.number, theirs.number):
            return True
        return {one.term for one in found.differed} == {"number"}
    is_mass, is_day = "mass" in found.agreed, mine.day == theirs.day or mine.day is None or theirs.day is None
    if not is_day and not is_mass and not any(one.cause in _KNOWN_WRONG for one in found.differed):
        return False
    is_near = mine.day is not None and theirs.day is not None and abs(mine.day - theirs.day) <= NEAR_D
    return mine.is_due or (is_near and is_mass)


def _same(line: SideLine) -> Hashable:
    return line.partner, line.code, line.day, line.mass_g


def _other_day(line: SideLine) -> Hashable:
    return line.partner, line.code, line.mass_g


def _other_code(line: SideLine) -> Hashable:
    return line.partner, line.day, line.mass_g


def _other_partner(line: SideLine) -> Hashable:
    return line.code, line.day, line.mass_g


def _other_mass(line: SideLine) -> Hashable:
    return line.partner, line.code, line.day


class _Pool:
    """What is left of both sides, and what was decided."""

    def __init__(self, logged: Iterable[SideLine], booked: Iterable[SideLine]) -> None:
        self.logs = {line.id: line for line in sorted(logged, key=lambda line: line.id)}
        self.books = {line.id: line for line in sorted(booked, key=lambda line: line.id)}
        self.outcomes = list[MatchOutcome]()

    # --- steps -------------------------------------------------------------------------------------------------------------------

    def by_number(self) -> None:
        """Lines of one manifest's number: same code and mass, else what is left of a code, one with one or one with the sum of several."""
        mine, theirs = _grouped(self.logs.values(), _number), _grouped(self.books.values(), _number)
        for number in (mine.keys() & theirs.keys()) - {""}:
            logs, books = mine[number], theirs[number]
            for key in (
                lambda line: (line.code, line.mass_g),
                lambda line: (line.code, line.also_g or line.mass_g),
                lambda line: line.code,
            ):
                logs, books = self._of_one_number(logs, books, key)
            if len(logs) == 1 == len(books) and _is_likely(logs[0], books[0]):
                self._pair(logs[0], books[0], "number")

    def _of_one_number(self, logs: Sequence[SideLine], books: Sequence[SideLine], key: Key) -> tuple[list[SideLine], list[SideLine]]:
        mine, theirs = _grouped(logs, key), _grouped(books, key)
        for same in mine.keys() & theirs.keys():
            ours, others = mine[same], theirs[same]
            if len(ours) == 1 == len({_twin(line) for line in others}):  # written once, or the same twice and more
                if _is_likely(ours[0], others[0]):
                    self._pair(ours[0], others[0], "number")
            elif len(ours) == 1 and ours[0].mass_g == sum(line.mass_g for line in others) and not _has_twins(others):
                self._settle(SumClaim(ours[0], (tuple(others),)), is_log=True, how="number")
            elif len(others) == 1 and others[0].mass_g == sum(line.mass_g for line in ours):
                self._settle(SumClaim(others[0], (tuple(ours),)), is_log=False, how="number")
        return [line for line in logs if line.id in self.logs], [line for line in books if line.id in self.books]

    def by_all(self) -> None:
        """Same partner, code, day and mass: as many of the one side as of the other, all alike. More in the log than in the book is a tie."""
        theirs = _grouped(self.books.values(), _same)
        mine = defaultdict[Hashable, list[SideLine]](list)
        for line in self.logs.values():
            for mass_g in {line.mass_g, line.mass_g if line.also_g is None else line.also_g}:
                mine[line.partner, line.code, line.day, mass_g].append(line)
        for key in mine.keys() & theirs.keys():
            logs, books = [line for line in mine[key] if line.id in self.logs], theirs[key]
            if not logs or books[0].day is None or any(_are_two(mine, theirs) for mine in logs for theirs in books):
                continue
            if len(logs) == 1 == len(books):
                self._pair(logs[0], books[0], "exact")
            elif are_alike(logs, books):
                if len(logs) > len(books):
                    self._tie(logs, books)
                else:  # what the book has beyond is left, and is told as written twice in the end
                    for one, other in zip(logs, books, strict=False):
                        self._pair(one, other, "exact")

    def by_explanations(self) -> None:
        """Lines that may be others with something wrong, or sums: group by group by what explains all of them with the least that is wrong."""
        again = self._again()
        guesses = [replace(one, cost=one.cost + CHANCE) if any(line.id in again for line in one.books) else one for one in self._guesses()]
        for group in groups(guesses):
            explained = explain(group, again) if len(group) <= GROUP_MAX else None
            if explained is None:
                self._by_levels(group)
                continue
            for guess in explained.decided:
                self._believe(guess)
            for unclear in explained.ties:
                if unclear.all_go and len(unclear.logs) == len(unclear.books) and are_alike(unclear.logs, unclear.books):
                    for mine, theirs in zip(unclear.logs, unclear.books, strict=True):
                        self._pair(mine, theirs, "likeness")
                else:
                    self._tie(unclear.logs, unclear.books, next((again[one.id] for one in unclear.books if one.id in again), ""))

    def _guesses(self) -> Iterator[Guess]:
        found = dict[tuple[str, str], Guess]()
        for mine, theirs in self._candidates():
            alike = likeness(mine, theirs)
            if 2 * alike.points > alike.of and _reaches(mine, theirs, alike):
                found[mine.id, theirs.id] = Guess((mine,), (theirs,), cost_of(mine, theirs, alike))
        yield from (found[key] for key in sorted(found))
        yield from self._sums()

    def _sums(self) -> Iterator[Guess]:
        found = dict[tuple[str, ...], Guess]()
        for is_log in (False, True):
            wholes, parts = list((self.logs if is_log else self.books).values()), list((self.books if is_log else self.logs).values())
            for claim in chain(sums.whole_days(wholes, parts), sums.subsets(wholes, parts)):
                for way in _with_ways(claim, is_log=is_log).ways if len(claim.ways) <= WAYS_MAX else ():
                    whole, side = (claim.whole,), tuple(sorted(way, key=lambda part: part.id))
                    guess = Guess(whole, side, sum_cost(claim, way)) if is_log else Guess(side, whole, sum_cost(claim, way))
                    found.setdefault(guess.names, guess)
        yield from found.values()

    def _by_levels(self, group: Sequence[Guess]) -> None:
        """What is too tangled to be explained: the least wrong pairs first, of equal ones those that go together in one way only."""
        levels = defaultdict[int, list[tuple[SideLine, SideLine]]](list)
        wanted = Counter(name for guess in group if len(guess.names) > 2 for name in guess.names)
        for guess in group:
            if len(guess.names) == 2:
                levels[guess.cost].append((guess.logs[0], guess.books[0]))
            elif all(wanted[name] == 1 for name in guess.names):
                self._believe(guess)
        possible = list[tuple[SideLine, SideLine]]()
        for level in sorted(levels):  # what is a tie here may be none with what is less alike: all go together in one way
            possible = [*self._left(possible), *self._left(levels[level])]
            for mine, theirs in decide(possible).pairs:
                self._pair(mine, theirs, "likeness")
        for level in sorted(levels):
            for logs, books in decide(self._left(levels[level])).ties:
                self._tie(logs, books)

    def by_twins(self) -> None:
        """Lines of the book that say what another one says for which something was found: they were written twice."""
        for name, again in self._again().items():
            line = self.books[name]
            self._take((), (line,))
            self.outcomes.append(MatchOutcome(kind="twice", booked=(line,), again=again))

    def _again(self) -> dict[str, str]:
        """By line of the book that is left, the one for which something was found and that says the same."""
        said = dict[Hashable, str]()
        for outcome in self.outcomes:
            if outcome.kind in ("matched", "differs"):
                for line in outcome.booked:
                    for key in (_twin(line), _numbered(line)):
                        said[key] = min(line.id, said.get(key, line.id))
        found = {line.id: said.get(_twin(line)) or (said.get(_numbered(line)) if line.number else None) for line in self.books.values()}
        return {name: again for name, again in found.items() if again}

    def end(self) -> tuple[MatchOutcome, ...]:
        """What is left stands here or there alone, unless it was written twice."""
        self.by_twins()
        self.outcomes += [MatchOutcome(kind="only_booked", booked=(line,)) for line in self.books.values()]
        self.outcomes += [MatchOutcome(kind="only_logged", logged=(line,)) for line in self.logs.values() if line.is_due]
        return tuple(sorted(self.outcomes, key=lambda one: ([line.id for line in one.logged], [line.id for line in one.booked])))

    # --- candidates --------------------------------------------------------------------------------------------------------------

    def _candidates(self) -> Iterator[tuple[SideLine, SideLine]]:
        """Pairs that may be alike, some of them twice; of the many that share a day few do unless their masses tell."""
        logs, books = list(self.logs.values()), list(self.books.values())
        for key in (_same, _other_day, _other_code, _other_partner, _other_mass):
            for mine, theirs in _sharing(logs, books, key, NEAR_D if key is _other_mass else 0, ALIKE_MAX):
                if mass_tells(mine, theirs):
                    yield mine, theirs
        yield from _sharing(logs, books, _other_mass, 0, DAY_MAX)
        yield from _near_numbers(logs, books)

    def _left(self, pairs: Iterable[tuple[SideLine, SideLine]]) -> list[tuple[SideLine, SideLine]]:
        return [(mine, theirs) for mine, theirs in pairs if mine.id in self.logs and theirs.id in self.books]

    # --- decisions ---------------------------------------------------------------------------------------------------------------

    def _pair(self, mine: SideLine, theirs: SideLine, how: How) -> None:
        found = likeness(mine, theirs)
        self._take([mine], [theirs])
        kind = "differs" if found.differed else "matched"
        self.outcomes.append(
            MatchOutcome(
                kind=kind,  # type: ignore[arg-type]  # both are kinds
                logged=(mine,),
                booked=(theirs,),
                how=how,
                confidence=found.confidence,
                agreed=found.agreed,
                differed=found.differed,
            )
        )

    def _settle(self, claim: SumClaim, *, is_log: bool, how: How) -> None:
        """A sum that was found: the whole on one side, its parts on the other. Days of parts may differ, that is what summing up means."""
        parts = claim.ways[0]
        logs, books = ((claim.whole,), parts) if is_log else (parts, (claim.whole,))
        self._take(logs, books)
        whole, days = claim.whole, {part.day for part in parts}
        holds: dict[Term, bool] = {"partner": bool(whole.partner), "code": bool(whole.code), "day": days == {whole.day}, "mass": True}
        agreed: list[Term] = ["number"] if how == "number" else []
        agreed += [term for term, does in holds.items() if does]
        ours, others = (day_text(min((line.day or 0 for line in side), default=0) or None) for side in (logs, books))
        is_here = all(line.is_due for line in (*logs, *books))
        differed = () if is_here else (TermDifference(term="month", logged=ours, booked=others, cause="other_month"),)
        of, got = sum(WEIGHTS[term] for term in holds), sum(WEIGHTS[term] for term, does in holds.items() if does)
        kind = "differs" if differed else "matched"
        self.outcomes.append(
            MatchOutcome(
                kind=kind,  # type: ignore[arg-type]  # both are kinds
                logged=logs,
                booked=books,
                how=how,
                confidence=got * 1000 // of,
                agreed=tuple(agreed),
                differed=differed,
            )
        )

    def _believe(self, guess: Guess) -> None:
        if len(guess.names) == 2:
            self._pair(guess.logs[0], guess.books[0], "likeness")
        elif len(guess.books) == 1:
            self._settle(SumClaim(guess.books[0], (guess.logs,)), is_log=False, how="sum")
        else:
            self._settle(SumClaim(guess.logs[0], (guess.books,)), is_log=True, how="sum")

    def _tie(self, logs: Sequence[SideLine], books: Sequence[SideLine], again: str = "") -> None:
        self._take(logs, books)
        self.outcomes.append(MatchOutcome(kind="ambiguous", logged=tuple(logs), booked=tuple(books), again=again))

    def _take(self, logs: Iterable[SideLine], books: Iterable[SideLine]) -> None:
        for line in logs:
            del self.logs[line.id]
        for line in books:
            del self.books[line.id]


def _number(line: SideLine) -> str:
    return line.number


def _twin(line: SideLine) -> Hashable:
    return "twin", line.number, line.partner, line.code, line.day, line.mass_g, line.plate


def _numbered(line: SideLine) -> Hashable:
    return "number", line.number, line.code, line.mass_g


def _with_ways(claim: SumClaim, *, is_log: bool) -> SumClaim:
    """A claim without the ways that sum up loads of other numbers: a load that the log lacks is no sum of those that the book lacks."""
    pairs = ((way, ((claim.whole,), way) if is_log else (way, (claim.whole,))) for way in claim.ways)
    return replace(claim, ways=tuple(way for way, (logs, books) in pairs if not _are_others(logs, books)))


def _are_others(logs: Sequence[SideLine], books: Sequence[SideLine]) -> bool:
    """Whether the book tells a number that is, and looks like, none of the log's; of a load without one nobody knows."""
    numbers = {line.number for line in logs}
    told = {line.number for line in books if line.number} - numbers
    return "" not in numbers and any(not any(number_cause(mine, theirs) for mine in numbers) for theirs in told)


def _are_two(mine: SideLine, theirs: SideLine) -> bool:
    """Whether they bear two numbers."""
    return bool(mine.number and theirs.number and mine.number != theirs.number)


def _has_twins(lines: Sequence[SideLine]) -> bool:
    return len({_twin(line) for line in lines}) < len(lines)


def _is_likely(mine: SideLine, theirs: SideLine) -> bool:
    """Whether lines of one number have something else in common, so that a number that was mistyped into another one's does not decide."""
    if theirs.mass_g in (mine.mass_g, mine.also_g):
        return True
    same_day = mine.day is None or theirs.day is None or abs(mine.day - theirs.day) <= 1
    return same_day and mine.code == theirs.code


def _grouped(lines: Iterable[SideLine], key: Key) -> dict[Hashable, list[SideLine]]:
    found = defaultdict[Hashable, list[SideLine]](list)
    for line in lines:
        found[key(line)].append(line)
    return found


def _sharing(logs: Iterable[SideLine], books: Iterable[SideLine], key: Key, days: int, most: int) -> Iterator[tuple[SideLine, SideLine]]:
    """Pairs under one key, with ``days`` also those of about the same day; nothing under a key that too many lines of a side share."""
    mine, theirs = _grouped(logs, key), _grouped(books, key)
    for line in logs:
        if line.also_g is not None and (also := key(replace(line, mass_g=line.also_g))) != key(line):
            mine.setdefault(also, []).append(line)
    for shared, others in theirs.items():
        if len(others) > most:
            continue
        for near in (shared, *(_about(others[0], apart) for apart in range(-days, days + 1) if apart and others[0].day is not None)):
            found = mine.get(near, ())
            if len(found) <= most:
                yield from ((line, other) for other in others for line in found)


def _about(line: SideLine, apart: int) -> Hashable:
    """The key of partner, code and day, some days away."""
    return line.partner, line.code, (line.day or 0) + apart


def _near_numbers(logs: Sequence[SideLine], books: Sequence[SideLine]) -> Iterator[tuple[SideLine, SideLine]]:
    """Pairs of which one number is nearly the other."""
    odd = [line for line in books if line.number]
    if not odd:
        return
    short = {len(line.number) for line in odd}
    mine = defaultdict[str, list[SideLine]](list)
    for line in logs:
        if line.number:
            keys = {f"<{line.number[:length]}" for length in short if length < len(line.number)}
            keys |= {f">{line.number[-length:]}" for length in short if length < len(line.number)}
            for key in keys | near_keys(line.number):
                mine[key].append(line)
    for theirs in odd:
        found = dict[str, SideLine]()
        for key in {f"<{theirs.number}", f">{theirs.number}"} | near_keys(theirs.number):
            lines = mine.get(key, ())
            found |= {line.id: line for line in lines if len(lines) <= ALIKE_MAX}
        yield from ((found[one], theirs) for one in sorted(found) if number_cause(found[one].number, theirs.number))
