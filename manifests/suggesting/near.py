"""Plates that are nearly what was typed: one character wrong, two that changed places, one too many or too few, or the end alone.

All of them are written out and looked up: some hundred looks into an index, however many plates there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from manifests.vehicles import is_plate

LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"  # no I and no O stands on a plate (GA 36)
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
TYPED_MAX = 12
"""Characters of what is taken for a plate; of more there were too many that come near."""
_END = re.compile("[A-Z]?[A-Z0-9]{5,6}")
_SIMILAR = str.maketrans({"I": "1", "O": "0"})


def near_plates(typed: str) -> list[str]:
    """Plates near a text in normal form, the likeliest first, without the text itself; none for what is no plate at all."""
    if not 4 <= len(typed) <= TYPED_MAX:
        return []
    found = dict.fromkeys(_ends(typed) if _END.fullmatch(typed) else _changed(typed) if any(one in DIGITS for one in typed) else ())
    found.pop(typed, None)
    return list(found)


def _ends(typed: str) -> Iterator[str]:
    """Whole plates that end so: of every province, and of every city where its letter is missing."""
    for city in ("", *LETTERS):
        yield from (one for province in PROVINCES if is_plate(one := f"{province}{city}{typed}"))


def _changed(typed: str) -> Iterator[str]:
    """One slip away."""
    yield typed.translate(_SIMILAR)
    plain = [place for place, one in enumerate(typed) if one in LETTERS or one in DIGITS or one in "IO"]
    for place in range(len(typed) - 1):
        yield f"{typed[:place]}{typed[place + 1]}{typed[place]}{typed[place + 2 :]}"
    for place in reversed(plain):
        yield from (f"{typed[:place]}{one}{typed[place + 1 :]}" for one in DIGITS + LETTERS)
    if typed[0] in PROVINCES:
        yield from (f"{one}{typed[1:]}" for one in PROVINCES)
    for place in plain:
        yield f"{typed[:place]}{typed[place + 1 :]}"
    for place in range(1, len(typed) + 1):
        yield from (f"{typed[:place]}{one}{typed[place:]}" for one in DIGITS + LETTERS)
