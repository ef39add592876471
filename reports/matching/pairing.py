"""Who goes with whom where several may: pairs are decided where exactly one way to pair everybody exists; any other tie is named, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reports.matching.model import SideLine


class DecidedPairs(Struct, frozen=True):
    """What a set of possible pairs comes to."""

    pairs: tuple[tuple[SideLine, SideLine], ...]
    """Of the log, of the book."""
    ties: tuple[tuple[tuple[SideLine, ...], tuple[SideLine, ...]], ...]
    """Lines of the log and of the book of which nobody can say who goes with whom."""


_UNTOLD: dict[str, str | None] = {"number": "", "plate": "", "minute": None}


def decide(possible: Iterable[tuple[SideLine, SideLine]]) -> DecidedPairs:
    """Pair the lines of each connected part if there is exactly one way in which nobody is left over, or if all its lines say the same."""
    logs, books = dict[str, SideLine](), dict[str, SideLine]()
    to_book, to_log = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for mine, theirs in possible:
        logs[mine.id], books[theirs.id] = mine, theirs
        to_book[mine.id].add(theirs.id)
        to_log[theirs.id].add(mine.id)
    pairs, ties = list[tuple[SideLine, SideLine]](), list[tuple[tuple[SideLine, ...], tuple[SideLine, ...]]]()
    for mine_ids, their_ids in _parts(to_book, to_log):
        found = _only_way(mine_ids, their_ids, to_book, to_log)
        ours, others = [logs[one] for one in mine_ids], [books[one] for one in their_ids]
        if found is None and len(ours) == len(others) and are_alike(ours, others):
            found = dict(zip(mine_ids, their_ids, strict=True))
        if found is None:
            ties.append((tuple(ours), tuple(others)))
        else:
            pairs += [(logs[one], books[found[one]]) for one in mine_ids]
    return DecidedPairs(tuple(pairs), tuple(ties))


def are_alike(logged: Sequence[SideLine], booked: Sequence[SideLine]) -> bool:
    """Whether lines of each side say the same, so that it does not matter which goes with which; what the book says nothing of does not count."""
    told = {name: any(getattr(line, name) for line in booked) for name in ("number", "plate", "minute")}
    blank = {"id": "", "also_g": None} | {name: type_of for name, type_of in _UNTOLD.items() if not told[name]}
    return all(len({replace(line, **blank) for line in side}) == 1 for side in (logged, booked))


def _parts(to_book: Mapping[str, set[str]], to_log: Mapping[str, set[str]]) -> Iterable[tuple[list[str], list[str]]]:
    """Connected parts, both sides in order of their names."""
    seen = set[str]()
    for first in sorted(to_book):
        if first in seen:
            continue
        mine, theirs, ahead = {first}, set[str](), [first]
        while ahead:
            for book in to_book[ahead.pop()] - theirs:
                theirs.add(book)
                fresh = to_log[book] - mine
                mine |= fresh
                ahead += fresh
        seen |= mine
        yield sorted(mine), sorted(theirs)


def _only_way(
    mine: Sequence[str], theirs: Sequence[str], to_book: Mapping[str, set[str]], to_log: Mapping[str, set[str]]
) -> dict[str, str] | None:
    """The one way to pair everybody, by taking again and again whoever has one choice left; None where there is none, or more than one.

    A bipartite graph has exactly one perfect matching only if some line has one choice, and so on when it is taken (a graph in which everybody
    has two has a cycle along which a matching can be turned over).
    """
    if len(mine) != len(theirs):
        return None
    book_of, log_of = {one: set(to_book[one]) for one in mine}, {one: set(to_log[one]) for one in theirs}
    found = dict[str, str]()
    ready = [(one, True) for one in mine if len(book_of[one]) == 1] + [(one, False) for one in theirs if len(log_of[one]) == 1]
    while ready:
        one, is_mine = ready.pop()
        if one not in (book_of if is_mine else log_of):
            continue
        choices = book_of[one] if is_mine else log_of[one]
        if not choices:
            return None
        log, book = (one, next(iter(choices))) if is_mine else (next(iter(choices)), one)
        found[log] = book
        for other in log_of.pop(book) - {log}:
            book_of[other].discard(book)
            ready += [(other, True)] if len(book_of[other]) <= 1 else []
        for other in book_of.pop(log) - {book}:
            log_of[other].discard(log)
            ready += [(other, False)] if len(log_of[other]) <= 1 else []
    return found if len(found) == len(mine) else None
