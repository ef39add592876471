"""How figures stand on pages: filters of the templates. Grams are whole numbers, times Unix seconds or what the log writes; nothing is summed here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger.mass import GRAMS_PER_TONNE, parse_mass
from ledger.times import SHANGHAI, parse_at

MINUS = "\u2212"
SHORT = 8
_MILLI = 1_000


def tonnes(grams: int, decimals: int = 3) -> str:
    """``1400000000`` → ``1,400.000``; a true minus. Where three decimals would hide grams, all six stand."""
    size = abs(grams)
    if decimals not in (3, 6):
        raise ValueError("tonnes have 3 or 6 decimals")
    whole, rest = divmod(size, GRAMS_PER_TONNE)
    tail = f"{rest:06d}" if decimals == 6 or rest % _MILLI else f"{rest // _MILLI:03d}"
    return f"{MINUS if grams < 0 else ''}{whole:,}.{tail}"


def grams(text: str) -> int:
    """Grams of tonnes as services answer them, below 0 too: ``-0.052000`` → ``-52000``."""
    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)


def tonnes6(grams: int) -> str:
    """With all six decimals, as in what is signed and on paper."""
    return tonnes(grams, 6)


def signed_tonnes(grams: int) -> str:
    """A difference: ``+0.052``, ``−0.052``, ``0.000``."""
    return f"+{tonnes(grams)}" if grams > 0 else tonnes(grams)


def at(moment: int | str, year: int = 0) -> str:
    """``11-02 08:31`` in Shanghai, with its year where that is not ``year``. ``moment``: Unix seconds, or a time as statements write it."""
    seconds = parse_at(moment) if isinstance(moment, str) else moment
    local = datetime.fromtimestamp(seconds, SHANGHAI)
    return local.strftime("%m-%d %H:%M" if local.year == year else "%Y-%m-%d %H:%M")


def clock(moment: int | str) -> str:
    """``08:31`` in Shanghai."""
    return at(moment)[-5:]


def day(text: str, year: int = 0) -> str:
    """``2026-11-02`` → ``11-02`` in the year ``year``."""
    return text[5:] if text[:4] == f"{year:04d}" else text


def short(text: str) -> str:
    """The beginning of a hash or key identifier, enough to tell two apart by eye."""
    return text[:SHORT]


def number(value: int) -> str:
    """Thousands by comma, a true minus."""
    return f"{MINUS if value < 0 else ''}{abs(value):,}"


def filters() -> Mapping[str, Any]:
    """By the name under which templates use them; ``at`` and ``day`` know the page's year (liandan.desk.shell.frame)."""
    return {"g": grams, "t": tonnes, "t6": tonnes6, "diff": signed_tonnes, "clock": clock, "short": short, "n": number}
