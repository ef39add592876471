"""Mass: decimal tonne strings outside, integer grams inside, never a float.

``"5.600000"`` is 5,600,000 g. At most 6 decimals (1 g) and 9 digits before the point, so every sum of a log fits 2^53.
Source: law §2 (number precision), HJ 1259 5.5 (unit: tonne) [READ].
"""

import re
from functools import lru_cache

from signing.refusal import refuse

GRAMS_PER_TONNE = 1_000_000
TEXT_MAX = 16  # Characters of the longest mass.
_TONNES = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,6}))?")


def parse_mass(text: str, field: str = "") -> int:
    """Grams of a tonne string, zero included; Refusal QTY for anything but plain decimal notation."""
    grams = _grams(text) if len(text) <= TEXT_MAX else None
    if grams is None:
        raise refuse("QTY", field=field, found=text, expected="5.600000")
    return grams


def read_mass(text: str) -> int | None:
    """Grams of a tonne string, or ``None`` where it is not one: for rules that collect all reasons."""
    return _grams(text) if len(text) <= TEXT_MAX else None


@lru_cache(4096)
def _grams(text: str) -> int | None:
    """Kept for a moment: the rules of one act read the same few texts again and again."""
    found = _TONNES.fullmatch(text)
    if found is None:
        return None
    return int(found[1]) * GRAMS_PER_TONNE + int((found[2] or "").ljust(6, "0"))


def tonnes(grams: int) -> str:
    """Tonnes as people write them, ``2.4``: no zeros behind."""
    return format_mass(grams).rstrip("0").rstrip(".")


def format_mass(grams: int) -> str:
    """Tonnes with six decimals; negative for what is overdrawn."""
    sign, size = ("-", -grams) if grams < 0 else ("", grams)
    return f"{sign}{size // GRAMS_PER_TONNE}.{size % GRAMS_PER_TONNE:06d}"
