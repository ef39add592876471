"""Sixteen kinds of faults that people make in books, each with what has to be found of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bench.books.real import KeptLine
from reports.books.model import BookLine
from reports.matching.model import Term

FaultKind = Literal[
    "wrong_mass", "digit_swap", "missing_line", "extra_line", "twice", "wrong_code", "wrong_partner", "wrong_day", "wrong_month",
    "kg_for_t", "other_unit", "rounding", "summed_trips", "cut_number", "stock_identity", "stock_carried",
]  # fmt: skip


class Fault(Struct, frozen=True, kw_only=True):
    """A fault that was made, and what must be told of it."""

    kind: FaultKind
    logged: tuple[str, ...] = ()
    """Lines of the log that it is about."""
    row: int | None = None
    """The row that is wrong; of ``twice`` the second one; ``None`` of what is missing, and of stock."""
    term: Term | None = None
    """What must be told to differ."""
    code: str = ""
    """Of stock."""


Load = tuple[str, str, str | None, int]
"""What a line without a number says of its load: partner, code, day, grams."""


def reads(line: BookLine) -> Load:
    """As which load it reads."""
    return line.partner or line.partner_name, line.code, line.day, line.mass_g


Edit = Callable[[list[KeptLine], int, Random], KeptLine | None]
"""Makes the line at a place wrong; ``None`` where it does not fit there."""


def _changed(kept: KeptLine, **changes: object) -> KeptLine:
    line = replace(kept.line, **changes)
    return KeptLine(line=line, truth=kept.truth) if line != kept.line else KeptLine(line=kept.line, truth=())


def _wrong_mass(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    return _changed(book[place], mass_g=dice.randrange(3_000, 30_000) * 1_000 + dice.randrange(1, 9) * 100)


def _digit_swap(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    digits = list(str(book[place].line.mass_g // 1000))
    fits = [at for at in range(len(digits) - 1) if digits[at] != digits[at + 1] and digits[at + 1] != "0"]
    if not fits:
        return None
    at = dice.choice(fits)
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return _changed(book[place], mass_g=int("".join(digits)) * 1000 + book[place].line.mass_g % 1000)


def _wrong_code(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    others = sorted({"900-041-49", "336-064-17", *(kept.line.code for kept in book)} - {book[place].line.code})
    return _changed(book[place], code=dice.choice(others))


def _wrong_partner(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    return _changed(book[place], partner="", partner_name=dice.choice(("重庆某环保科技有限公司（虚构）", "四川某再生资源有限公司（虚构）")))


def _moved(days: Callable[[date, Random], date]) -> Edit:
    def edit(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
        day = date.fromisoformat(book[place].line.day or "")
        return _changed(book[place], day=days(day, dice).isoformat())

    return edit


def _in_month(day: date, dice: Random) -> date:
    return day.replace(day=dice.choice([other for other in range(1, 29) if other != day.day]))


def _other_month(day: date, dice: Random) -> date:
    return day + timedelta(days=dice.choice((-31, 31)))


def _kg_for_t(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    mass_g = book[place].line.mass_g
    return _changed(book[place], mass_g=mass_g * 1000 if mass_g % 1000 or dice.random() < 0.5 else mass_g // 1000)


def _other_unit(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    return _changed(book[place], mass_g=book[place].line.mass_g * dice.choice((2, 2000)))


def _rounding(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    step, mass_g = dice.choice((100_000, 1_000_000)), book[place].line.mass_g
    rounded = (mass_g + step // 2) // step * step
    return _changed(book[place], mass_g=rounded) if rounded and rounded != mass_g else None


def _cut_number(book: list[KeptLine], place: int, dice: Random) -> KeptLine | None:
    number = book[place].line.manifest_no
    return None if not number else _changed(book[place], manifest_no=number[: -dice.randrange(1, 4)])


EDITS: dict[FaultKind, tuple[Edit, Term]] = {
    "wrong_mass": (_wrong_mass, "mass"),
    "digit_swap": (_digit_swap, "mass"),
    "wrong_code": (_wrong_code, "code"),
    "wrong_partner": (_wrong_partner, "partner"),
    "wrong_day": (_moved(_in_month), "day"),
    "wrong_month": (_moved(_other_month), "day"),
    "kg_for_t": (_kg_for_t, "mass"),
    "other_unit": (_other_unit, "mass"),
    "rounding": (_rounding, "mass"),
    "cut_number": (_cut_number, "number"),
}
"""Faults of one line, and the term that then differs."""
LINE_KINDS: tuple[FaultKind, ...] = (*EDITS, "missing_line", "extra_line", "twice", "summed_trips")


def spoil(
    book: list[KeptLine], kinds: Sequence[FaultKind], dice: Random, loads: frozenset[Load] = frozenset()
) -> tuple[list[KeptLine], list[Fault]]:
    """The book with these faults, each on lines of its own, and what they are; a kind that fits nowhere is left out. Rows are numbered anew.

    ``loads`` of the log, in which a line that was made wrong must not be read: it would be right for another load, and two faults would be none."""
    left, wrong = list(range(len(book))), list[tuple[KeptLine, Fault]]()
    dice.shuffle(left)
    clean = set(left)
    missing = list[Fault]()
    for kind in kinds:
        if kind == "extra_line":
            if made := _extra(book, dice):
                wrong.append((made, Fault(kind=kind)))
        elif kind == "summed_trips":
            if (together := _together(book, [place for place in left if place in clean and _fits(book, place)], dice)) is not None:
                whole, places = together
                clean -= set(places)
                wrong.append((whole, Fault(kind=kind, logged=whole.truth)))
        elif (place := next((one for one in left if one in clean and _fits(book, one)), None)) is not None:
            kept = book[place]
            if kind == "missing_line":
                clean.discard(place)
                missing.append(Fault(kind=kind, logged=kept.truth))
            elif kind == "twice":
                left.remove(place)  # both stay, and nothing else happens to them
                wrong.append((KeptLine(line=kept.line, truth=kept.truth), Fault(kind=kind, logged=kept.truth)))
            else:
                edit, term = EDITS[kind]
                made = edit(book, place, dice)
                if made is not None and made.truth and reads(made.line) not in loads - {reads(kept.line)}:
                    clean.discard(place)
                    wrong.append((made, Fault(kind=kind, logged=kept.truth, term=term)))
    rows = [(kept, None) for place, kept in enumerate(book) if place in clean] + list(wrong)
    rows.sort(key=lambda one: (one[0].line.day or "", one[0].truth, one[1] is not None))
    numbered, faults = list[KeptLine](), missing
    for row, (kept, fault) in enumerate(rows, 3):
        numbered.append(KeptLine(line=replace(kept.line, row=row), truth=kept.truth))
        faults += [] if fault is None else [replace(fault, row=row)]
    return numbered, faults


def _fits(book: list[KeptLine], place: int) -> bool:
    """Lines that another one says exactly alike can be told apart by nobody."""
    return sum(kept.line == book[place].line for kept in book) == 1


def _extra(book: list[KeptLine], dice: Random) -> KeptLine | None:
    """A load that never was."""
    like = dice.choice(book).line
    taken = {kept.line.day for kept in book if (kept.line.partner_name, kept.line.code) == (like.partner_name, like.code)}
    free = [day for number in range(1, 29) if (day := f"{(like.day or '')[:8]}{number:02}") not in taken]
    if not free:
        return None  # on a day with other loads it would be told as one of them with another mass
    day = dice.choice(free)
    number = None if like.manifest_no is None else f"2099{dice.randrange(10**9, 10**10)}"
    return KeptLine(
        line=replace(like, day=day, manifest_no=number, mass_g=dice.randrange(3_000, 30_000) * 1000 + 700, plate=None), truth=()
    )


def _together(book: list[KeptLine], places: list[int], dice: Random) -> tuple[KeptLine, list[int]] | None:
    """Two or three loads of one partner and code within a week, written as one line on the day of the last."""
    for first in places:
        like = book[first].line
        near = [
            place
            for place in places
            if (book[place].line.partner_name, book[place].line.code) == (like.partner_name, like.code)
            and 0 <= (date.fromisoformat(like.day or "") - date.fromisoformat(book[place].line.day or "")).days <= 7
        ]
        if len(near) > 1:
            chosen = [first, *[place for place in near if place != first][: dice.choice((1, 2))]]
            mass_g = sum(book[place].line.mass_g for place in chosen)
            truth = tuple(one for place in sorted(chosen) for one in book[place].truth)
            return KeptLine(line=replace(like, mass_g=mass_g, manifest_no=None, plate=None), truth=truth), chosen
    return None
