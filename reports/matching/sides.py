"""The two sides in one form: lines of manifests as the log has them for a firm, and lines of that firm's book.

Days: what leaves is told on the day of departure (出厂时间), what comes on that of the receipt; a load that was issued and has not departed is in no
book of what left. Masses: 移出量 as declared, the mass weighed at loading counts as well; 接受量 as accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from ledger.fields import normal
from ledger.times import day_of
from manifests.model import ManifestState
from reports.books.model import BookLine
from reports.matching.model import SideLine
from reports.reconciliation.line import Period

Direction = Literal["out", "in"]
"""移出 or 接受, as the holder of the book sees it."""
_BRACKETS = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]"})


def name_key(name: str) -> str:
    """A firm's name for comparison: blanks, width and kind of brackets do not count."""
    return normal(name.translate(_BRACKETS))


def partners(names: Mapping[str, str]) -> dict[str, str]:
    """USCC by :func:`name_key`, of registered names by USCC; a name of two firms stands for neither."""
    count = Counter(name_key(name) for name in names.values())
    return {key: uscc for uscc, name in names.items() if count[key := name_key(name)] == 1}


def logged_lines(manifests: Iterable[tuple[str, ManifestState]], holder: str, side: Direction, period: Period) -> Iterator[SideLine]:
    """Lines that a holder moved out, or took over, by chain and line (``manifest/… 0``)."""
    for chain, state in manifests:
        happened_s = state.times.departed_s if side == "out" else state.times.received_s
        if happened_s is None or holder != (state.generator if side == "out" else state.receiver):
            continue
        leg = state.legs[0 if side == "out" else -1] if state.legs else None
        for number, line in enumerate(state.lines):
            mass_g = line.declared_g if side == "out" else line.accepted_g or 0
            if mass_g:
                yield SideLine(
                    id=f"{chain} {number}",
                    number=normal(state.number or ""),
                    partner=state.receiver if side == "out" else state.generator,
                    code=line.code,
                    day=_ordinal(day_of(happened_s)),
                    mass_g=mass_g,
                    also_g=line.loaded_g if side == "out" and line.loaded_g != mass_g else None,
                    plate="" if leg is None else normal(leg.vehicle.plate),
                    is_due=period.holds(happened_s),
                )


def logged_trips(manifests: Iterable[tuple[str, ManifestState]], holder: str, period: Period) -> Iterator[SideLine]:
    """Receipts of a holder as its weighbridge sees them: one truck with everything that it brought, by chain; the plate stands for the partner."""
    for chain, state in manifests:
        received_s = state.times.received_s
        mass_g = sum((line.accepted_g or 0) + (line.refused_g or 0) for line in state.lines)
        if received_s is None or holder != state.receiver or not state.legs or not mass_g:
            continue
        yield SideLine(
            id=chain,
            partner=normal(state.legs[-1].vehicle.plate),
            day=_ordinal(day_of(received_s)),
            minute=(received_s + 8 * 3600) % 86_400 // 60,
            mass_g=mass_g,
            is_due=period.holds(received_s),
        )


def booked_lines(lines: Iterable[BookLine], side: Direction, known: Mapping[str, str], period: Period) -> Iterator[SideLine]:
    """Lines of a book that tell of what left or came; ``known``: :func:`partners`. Their names are :func:`line_name`, unique in the book."""
    for name, line in named(line for line in lines if line.side == side):
        day = None if line.day is None else _ordinal(line.day)
        yield SideLine(
            id=name,
            number=normal(line.manifest_no or ""),
            partner=line.partner or known.get(name_key(line.partner_name), name_key(line.partner_name)),
            code=line.code,
            day=day,
            mass_g=line.mass_g,
            plate=normal(line.plate or ""),
            is_due=line.day is None or line.day[:7] == period.month,
        )


def weighed_lines(lines: Iterable[BookLine], period: Period) -> Iterator[SideLine]:
    """Tickets of a weighbridge (磅单) in the terms of :func:`logged_trips`."""
    for name, line in named(line for line in lines if line.side == "weighing"):
        yield SideLine(
            id=name,
            partner=normal(line.plate or ""),
            day=None if line.day is None else _ordinal(line.day),
            minute=int(line.time[:2]) * 60 + int(line.time[3:5]) if line.time else None,
            mass_g=line.mass_g,
            is_due=line.day is None or line.day[:7] == period.month,
        )


def named(lines: Iterable[BookLine]) -> Iterator[tuple[str, BookLine]]:
    """Lines with names that are unique: sheet and row, and which quantity of the row it is."""
    seen = Counter[str]()
    for line in lines:
        place = line.place
        seen[place] += 1
        yield (place if seen[place] == 1 else f"{place}#{seen[place]}"), line


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
