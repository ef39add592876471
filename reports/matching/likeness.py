"""How alike two lines are: which terms agree, which do not and why, and a confidence that follows from these alone."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from msgspec import Struct

from ledger.mass import format_mass
from reports.matching.model import Cause, SideLine, Term, TermDifference

NEAR_D = 3
"""Days that a book may be behind or ahead and still speaks of about the same day."""
NEAR_MIN = 120
"""Minutes between the clock of a weighbridge and the receipt."""
TOLERANCE_FLOOR_G, TOLERANCE_PERMILLE = 60_000, 30
"""Masses so near are told as near; whether a difference matters is judged by the adopted thresholds elsewhere. First values of R-62 [DESIGN]."""
WEIGHTS: dict[Term, int] = {"number": 40, "partner": 25, "code": 20, "day": 20, "mass": 30, "plate": 10, "time": 10}
_STEPS_G = (1_000_000, 500_000, 100_000, 10_000, 1_000)
"""To what books round: a tonne, half a tonne, 100 kg, 10 kg, a kilogram."""
_FAR = 20
"""Times a mass that is no longer another's rounded, swapped or about the same."""
_NUMBER_MIN = 8
"""Digits of a number that may have been cut off: fewer are in too many numbers."""


class Likeness(Struct, frozen=True):
    """What two lines have in common."""

    points: int
    """Weight of what agrees, nearness included."""
    of: int
    """Weight of what both sides tell."""
    agreed: tuple[Term, ...]
    differed: tuple[TermDifference, ...]

    @property
    def confidence(self) -> int:
        """Permille."""
        return self.points * 1000 // self.of if self.of else 0


def likeness(logged: SideLine, booked: SideLine) -> Likeness:
    """Compare two lines term by term. What one side does not tell counts for nothing."""
    points, of, agreed, differed = 0, 0, list[Term](), list[TermDifference]()

    def told(term: Term, got: int, mine: str, theirs: str, cause: Cause = "") -> None:
        nonlocal points, of
        points, of = points + got, of + WEIGHTS[term]
        if got == WEIGHTS[term]:
            agreed.append(term)
        else:
            differed.append(TermDifference(term=term, logged=mine, booked=theirs, cause=cause))

    if logged.number and booked.number:
        cause = number_cause(logged.number, booked.number)
        got = 40 if logged.number == booked.number else 25 if cause else 0
        told("number", got, logged.number, booked.number, cause)
    for term, mine, theirs in (("partner", logged.partner, booked.partner), ("code", logged.code, booked.code)):
        if mine and theirs:
            told(term, WEIGHTS[term] if mine == theirs else 0, mine, theirs)  # type: ignore[index,arg-type]  # both are terms
    if logged.day is not None and booked.day is not None:
        apart = abs(logged.day - booked.day)
        got = 20 if not apart else 12 if apart <= NEAR_D else 6 if apart <= 31 else 0
        mine, theirs = day_text(logged.day), day_text(booked.day)
        told("day", got, mine, theirs, "other_month" if mine[:7] != theirs[:7] else "")
    if logged.minute is not None and booked.minute is not None and logged.day == booked.day:
        near = abs(logged.minute - booked.minute) <= NEAR_MIN
        told("time", 10 if near else 0, _clock(logged.minute), _clock(booked.minute))
    cause = "" if booked.mass_g in (logged.mass_g, logged.also_g) else mass_cause(logged.mass_g, booked.mass_g)
    got = 30 if booked.mass_g in (logged.mass_g, logged.also_g) else 22 if cause else 0
    told("mass", got, format_mass(logged.mass_g), format_mass(booked.mass_g), cause)
    if logged.plate and booked.plate:
        told("plate", 10 if logged.plate == booked.plate else 0, logged.plate, booked.plate)
    if booked.is_due != logged.is_due or not booked.is_due:
        differed.append(TermDifference(term="month", logged=day_text(logged.day), booked=day_text(booked.day), cause="other_month"))
    return Likeness(points, of, tuple(agreed), tuple(differed))


def mass_cause(logged_g: int, booked_g: int) -> Cause:
    """What a mass looks like that is not the other: the gravest explanation that fits, or nothing."""
    if booked_g <= 0 or logged_g <= 0:
        return ""
    less_g, more_g = (logged_g, booked_g) if logged_g < booked_g else (booked_g, logged_g)
    if more_g in (less_g * 1000, less_g * 2000, less_g * 2):
        return "unit_kg" if more_g == less_g * 1000 else "unit_jin"
    if more_g > _FAR * less_g:
        return ""
    if any(booked_g == (logged_g + step // 2) // step * step or booked_g == logged_g // step * step for step in _STEPS_G):
        return "rounded"
    if (more_g - less_g) % 9 == 0 and _is_swapped(logged_g, booked_g):  # as any numbers of the same digits
        return "swapped"
    apart = abs(logged_g - booked_g)
    return "tolerance" if apart <= max(TOLERANCE_FLOOR_G, logged_g * TOLERANCE_PERMILLE // 1000) else ""


def mass_tells(logged: SideLine, booked: SideLine) -> bool:
    """Whether the masses agree, or it is known what their difference looks like."""
    return booked.mass_g in (logged.mass_g, logged.also_g) or mass_cause(logged.mass_g, booked.mass_g) != ""


def _is_swapped(one_g: int, other_g: int) -> bool:
    """Two neighbouring digits changed places."""
    one, other = str(one_g), str(other_g)
    width = max(len(one), len(other))
    one, other = one.zfill(width), other.zfill(width)
    apart = [place for place in range(width) if one[place] != other[place]]
    return len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]] and one[apart[1]] == other[apart[0]]


def number_cause(logged: str, booked: str) -> Cause:
    """Whether a number is the other one cut off (``cut``), or with one digit wrong or two neighbours swapped (``near``)."""
    if logged == booked:
        return ""
    if _NUMBER_MIN <= len(booked) < len(logged) and (logged.startswith(booked) or logged.endswith(booked)):
        return "cut"
    if len(logged) == len(booked):
        apart = [place for place, (mine, theirs) in enumerate(zip(logged, booked, strict=True)) if mine != theirs]
        if len(apart) == 1 or (len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(logged) == sorted(booked)):
            return "near"
    return ""


def near_keys(number: str) -> set[str]:
    """Keys of which two numbers of one length share one if one digit is wrong, or two neighbours are swapped."""
    found = {f"{place} {number[:place]}*{number[place + 1 :]}" for place in range(len(number))}
    swaps = enumerate(pairwise(number))
    return found | {f"{place} {min(pair)}{max(pair)} {number[:place]}~{number[place + 2 :]}" for place, pair in swaps if pair[0] != pair[1]}


def day_text(ordinal: int | None) -> str:
    """``YYYY-MM-DD``; empty for what is told of a whole month."""
    return "" if ordinal is None else date.fromordinal(ordinal).isoformat()


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
