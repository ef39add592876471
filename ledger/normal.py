"""Normal form N of plates, labels, numbers of waybills and tickets: keys of registers only, the signed text stays (kinds §1.4).

No Unicode version enters: full-width ASCII is folded, blanks, dots and dashes are dropped, a–z become A–Z. Letters of other scripts that
look like these stay what they are; where that matters a rule says so (``PLATE_FORM``, ``LABEL_FORM``).
"""

from __future__ import annotations

from collections.abc import Iterator

_BLANKS = "20 A0 115F 1160 1680 2000-200A 202F 205F 2800 3000 3164 FE00-FE0F FFA0"
"""W, code points in hex: characters that show nothing."""
_MARKS = "B7 2022 2027 30FB FF65 2D 2010-2015 2212"
"""Dots and dashes that people set between the parts of a plate or a number."""


def _points(ranges: str) -> Iterator[int]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


_DROPPED: dict[int, int | None] = dict.fromkeys((*_points(_BLANKS), *_points(_MARKS)))
_TABLE: dict[int, int | None] = (
    {0x61 + place: 0x41 + place for place in range(26)}
    | _DROPPED
    # What is folded from full width is then judged like the rest: dropped or made a capital.
    | {0xFEE0 + point: _DROPPED.get(point, ord(chr(point).upper())) for point in range(0x21, 0x7F)}
)


def normal(text: str) -> str:
    """N(text)."""
    return text.translate(_TABLE)
