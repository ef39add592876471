"""Matching the lines of the log with those of a book, by what is surest first: number, all terms, sums, likeness.

Each step takes out what it decides, so every line ends in one outcome. Nothing hangs on the order of the input: lines are told apart by their
ids alone, candidates are looked up by what they say, and what two lines claim equally is a tie (``ambiguous``), named with all its lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from reports.matching import sums
from reports.matching.likeness import NEAR_D, WEIGHTS, Likeness, day_text, likeness, mass_cause, mass_tells, near_keys, number_cause
from reports.matching.model import How, MatchOutcome, SideLine, Term, TermDifference
from reports.matching.pairing import are_alike, decide
from reports.matching.sums import SumClaim

ALIKE_MAX = 64
"""Lines of each side under one key that are compared; under a key that more share nothing is looked for."""
_KNOWN_WRONG = frozenset({"unit_kg", "unit_jin", "swapped"})
DAY_MAX = 12
"""The same where nothing but partner, code and day agree: one of many loads of a day is no explanation."""
Key = Callable[[SideLine], Hashable]
Fits = Callable[[SideLine, SideLine], bool]


def match(logged: Iterable[SideLine], booked: Iterable[SideLine]) -> tuple[MatchOutcome, ...]:
    """One outcome for every line of both sides; lines of the log that are not due are left out where nothing is found for them."""
    pool = _Pool(logged, booked)
    pool.by_number()
    pool.by_all()
    pool.by_kilograms()
    pool.by_sums(sums.whole_days)
    pool.by_twins()
    pool.by_sums(pool.heavy)
    pool.by_likeness(mass_tells, (_same, _other_day, _other_code, _other_partner, _other_mass), days=NEAR_D)
    pool.by_sums(sums.subsets)
    pool.by_likeness(lambda mine, theirs: True, (_other_mass,), most=DAY_MAX)
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
        self._heaviest = defaultdict[Hashable, int](int)
        """Of the loads of a partner and code that the log has, or as the parts of a book's lines."""
        for is_log, side in ((True, self.logs), (False, self.books)):
            for line in side.values():
                self._heaviest[is_log, line.partner, line.code] = max(self._heaviest[is_log, line.partner, line.code], line.mass_g)

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
            if len(ours) == len(others) == 1:
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
            if not logs or books[0].day is None:
                continue
            if len(logs) == 1 == len(books):
                self._pair(logs[0], books[0], "exact")
            elif are_alike(logs, books):
                if len(logs) > len(books):
                    self._tie(logs, books)
                else:  # what the book has beyond is left, and is told as written twice in the end
                    for one, other in zip(logs, books, strict=False):
                        self._pair(one, other, "exact")

    def by_kilograms(self) -> None:
        """Partner, day and code, and a mass that is exactly a thousand times the other, one with one: whole books are kept in the wrong unit."""
        for up, down in ((1000, 1), (1, 1000)):
            theirs, mine = _grouped(self.books.values(), _same), defaultdict[Hashable, list[SideLine]](list)
            for line in self.logs.values():
                if line.mass_g % down == 0:
                    mine[line.partner, line.code, line.day, line.mass_g * up // down].append(line)
            for key in mine.keys() & theirs.keys():
                logs, books = mine[key], theirs[key]
                if len(logs) == 1 == len(books) and logs[0].is_due and books[0].day is not None:
                    self._pair(logs[0], books[0], "likeness")

    def by_sums(self, search: Callable[[Iterable[SideLine], Iterable[SideLine]], Iterator[SumClaim]]) -> None:
        """Lines of the book that sum up several of the log, then lines of the log that the book has in parts."""
        for is_log in (False, True):
            wholes, parts = (self.logs, self.books) if is_log else (self.books, self.logs)
            found = search(list(wholes.values()), list(parts.values()))
            claims = [kept for claim in found if (kept := _with_ways(claim, is_log=is_log)).ways]
            for group in _joined(claims):
                if len(group) == 1 and len(group[0].ways) == 1:
                    self._settle(group[0], is_log=is_log, how="sum")
                    continue
                parts_of = {part.id: part for claim in group for way in claim.ways for part in way}
                named, others = [claim.whole for claim in group], [parts_of[one] for one in sorted(parts_of)]
                self._tie(*((named, others) if is_log else (others, named)))

    def heavy(self, wholes: Iterable[SideLine], parts: Iterable[SideLine]) -> Iterator[SumClaim]:
        """Sums of several, of lines that are heavier than any load of their partner and code that the other side has."""
        parts = list(parts)
        is_log, same_day = bool(parts) and parts[0].id in self.logs, _grouped(parts, _other_mass)
        heavy = (one for one in wholes if one.mass_g > self._heaviest[is_log, one.partner, one.code] > 0)
        for claim in sums.subsets(heavy, parts, sums.WINDOWS_D[:1]):
            if len(claim.ways) > 1:  # perhaps one is left when what is surer is out of the way
                continue
            # twice a load is also that load in jin, and as sure: then it is a tie
            alone = [
                one for one in same_day.get(_other_mass(claim.whole), ()) if mass_cause(one.mass_g, claim.whole.mass_g) in _KNOWN_WRONG
            ]
            yield replace(claim, ways=(*claim.ways, *((one,) for one in alone)))

    def by_likeness(self, fits: Fits, keys: Sequence[Key], days: int = 0, most: int = ALIKE_MAX) -> None:
        """Pairs that share a key or nearly a number, the most alike first; of equally alike ones those that can be paired in one way only."""
        levels = defaultdict[int, list[tuple[SideLine, SideLine]]](list)
        for mine, theirs in self._candidates(fits, keys, days, most):
            found = likeness(mine, theirs)
            if 2 * found.points > found.of and _reaches(mine, theirs, found):
                levels[found.confidence * 1000 + found.points].append((mine, theirs))
        possible = list[tuple[SideLine, SideLine]]()
        for level in sorted(levels, reverse=True):  # what is a tie here may be none with what is less alike: all go together in one way
            possible = [*self._left(possible), *self._left(levels[level])]
            for mine, theirs in decide(possible).pairs:
                self._pair(mine, theirs, "likeness")
        for level in sorted(levels, reverse=True):
            for logs, books in decide(self._left(levels[level])).ties:
                self._tie(logs, books)

    def by_twins(self) -> None:
        """Lines of the book that say what another one says for which something was found: they were written twice."""
        said = dict[Hashable, str]()
        for outcome in self.outcomes:
            if outcome.kind in ("matched", "differs"):
                for line in outcome.booked:
                    for key in (_twin(line), _numbered(line)):
                        said[key] = min(line.id, said.get(key, line.id))
        for line in list(self.books.values()):
            if again := said.get(_twin(line)) or (said.get(_numbered(line)) if line.number else None):
                self._take((), (line,))
                self.outcomes.append(MatchOutcome(kind="twice", booked=(line,), again=again))

    def end(self) -> tuple[MatchOutcome, ...]:
        """What is left stands here or there alone, unless it was written twice."""
        self.by_twins()
        self.outcomes += [MatchOutcome(kind="only_booked", booked=(line,)) for line in self.books.values()]
        self.outcomes += [MatchOutcome(kind="only_logged", logged=(line,)) for line in self.logs.values() if line.is_due]
        return tuple(sorted(self.outcomes, key=lambda one: ([line.id for line in one.logged], [line.id for line in one.booked])))

    # --- candidates --------------------------------------------------------------------------------------------------------------

    def _candidates(self, fits: Fits, keys: Sequence[Key], days: int, most: int) -> Iterator[tuple[SideLine, SideLine]]:
        """Pairs that may be alike and fit, each once; of the many that share a day few do."""
        seen = set[tuple[str, str]]()
        logs, books = list(self.logs.values()), list(self.books.values())
        shared = (_sharing(logs, books, key, days if key is _other_mass else 0, most) for key in keys)
        for mine, theirs in chain(chain.from_iterable(shared), _near_numbers(logs, books)):
            if fits(mine, theirs) and (mine.id, theirs.id) not in seen:
                seen.add((mine.id, theirs.id))
                yield mine, theirs

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

    def _tie(self, logs: Sequence[SideLine], books: Sequence[SideLine]) -> None:
        self._take(logs, books)
        self.outcomes.append(MatchOutcome(kind="ambiguous", logged=tuple(logs), booked=tuple(books)))

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


def _joined(claims: Sequence[SumClaim]) -> Iterator[list[SumClaim]]:
    """Claims that want a line in common, together."""
    by_part = defaultdict[str, list[int]](list)
    for place, claim in enumerate(claims):
        for one in {part.id for way in claim.ways for part in way}:
            by_part[one].append(place)
    group = list(range(len(claims)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for places in by_part.values():
        for place in places[1:]:
            first, second = sorted((root(places[0]), root(place)))
            group[second] = first
    together = defaultdict[int, list[SumClaim]](list)
    for place, claim in enumerate(claims):
        together[root(place)].append(claim)
    yield from together.values()
