"""What somebody may have meant: the nearest text that a field would take.

Guesses are cheap and never trusted: each is tried against the field's own form (pattern, check character, real day), and only what fits is offered.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from difflib import get_close_matches

from ledger.lookalikes import plain

TEXT_MAX = 100
"""Characters of a text that is thought about: what is longer was not mistyped."""
DECIMALS = 6
"""Decimals of a mass in tonnes: grams."""
NUMBER_MIN = 14
"""Characters of a number that may be written in groups; in a shorter one, say a mass, a mark between digits means something."""
_THOUSANDS = re.compile("[0-9]{1,3}(?:[,，][0-9]{3})+")
_TIME = re.compile(
    r"([0-9]{4})\D{1,2}([0-9]{1,2})\D{1,2}([0-9]{1,2})\D{1,3}([0-9]{1,2})[:：时]([0-9]{2})(?:[:：分]([0-9]{2}))?(?:\.[0-9]+)?秒?\s*"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DAY = re.compile(r"([0-9]{4})\D{1,2}([0-9]{1,2})(?:\D{1,2}([0-9]{1,2}))?\D?")
_MASS = re.compile(r"([0-9,，]*)(?:\.([0-9]*))?\s*(t|吨|公吨|kg|千克|公斤)?", re.IGNORECASE)
_CODE = re.compile(r"([0-9]{1,3})\D([0-9]{1,3})\D([0-9]{1,2})")
_CATEGORY = re.compile(r"(?:HW)?\s*([0-9]{1,2})(?:\D.*)?", re.IGNORECASE | re.DOTALL)
_MISTYPED = str.maketrans("OIL", "011")
_MISTYPED_MORE = str.maketrans("OISZVL", "0152U1")
"""Letters that a USCC does not have and the characters that they are read for."""


def nearest(text: str, fits: Callable[[str], bool]) -> str:
    """The first guess that fits; empty if there is none, or if the text itself does."""
    if not text or len(text) > TEXT_MAX or fits(text):
        return ""
    return next((guess for guess in _guesses(text) if guess and guess != text and fits(guess)), "")


def nearest_of(text: str, allowed: Iterable[str], words: Iterable[tuple[str, str]] = ()) -> str:
    """The nearest of some allowed values, also by their Chinese words; empty if none is near."""
    known = {_bare(value): value for value in allowed}
    meant = plain(text[:TEXT_MAX])
    by_word = {word: value for value, word in words}
    if (found := known.get(_bare(meant)) or by_word.get(meant)) is not None:
        return found
    close = get_close_matches(_bare(meant), known, 1)
    return known[close[0]] if close else ""


def _bare(name: str) -> str:
    """A name without case and marks: ``massT`` is ``mass_t``."""
    return re.sub(r"[\s_./-]", "", name).casefold()


def _guesses(text: str) -> Iterator[str]:
    """What a text may stand for, the likeliest first."""
    meant = plain(text)
    squeezed = re.sub(r"\s", "", meant)
    for same in (meant, squeezed):
        yield from (same, same.upper(), same.lower())
    yield from _codes(squeezed)
    yield from _days(meant)
    yield from _masses(squeezed)
    for table in (_MISTYPED, _MISTYPED_MORE):
        yield squeezed.upper().translate(table)
    head, slash, rest = squeezed.strip("/").partition("/")
    yield f"{head.lower()}{slash}{rest.upper()}"
    if len(bare := re.sub("[^0-9A-Za-z]", "", squeezed)) >= NUMBER_MIN:
        yield from (bare.upper(), bare.lower())


def _codes(text: str) -> Iterator[str]:
    """Waste codes and categories: ``90005231``, ``900-52-31``, ``HW31含铅废物``, ``31``."""
    if match := _CODE.search(text):
        first, second, category = match.groups()
        yield f"{first:0>3}-{second:0>3}-{category:0>2}"
    digits = re.sub(r"\D", "", text)
    if len(digits) == len("90005231"):
        yield f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if match := _CATEGORY.fullmatch(text):
        yield f"HW{match[1]:0>2}"


def _days(text: str) -> Iterator[str]:
    """Days, months and moments in other spellings; a moment without an offset is taken for Beijing's."""
    if match := _TIME.fullmatch(text):
        year, month, day, hour, minute, second, offset = match.groups()
        zone = "+08:00" if offset is None else "+00:00" if offset == "Z" else f"{offset[:3]}:{offset[-2:]}"
        yield f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second or '00'}{zone}"
    if match := _DAY.fullmatch(text):
        year, month, day = match.groups()
        yield f"{year}-{month:0>2}" + (f"-{day:0>2}" if day else "")
    if len(text) == len("20261231") and text.isascii() and text.isdigit():
        yield f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}.*", text, re.DOTALL):
        yield from (text[:10], text[:7])  # of a moment its day, of a day its month


def _masses(text: str) -> Iterator[str]:
    """Masses with separators, units, stray zeros or too many decimals that are zeros; kilograms become tonnes."""
    match = _MASS.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return
    whole, decimals, unit = match[1], match[2] or "", (match[3] or "").lower()
    if not _THOUSANDS.fullmatch(whole) and "." not in text:
        whole, _, decimals = whole.replace("，", ",").partition(",")
    whole = re.sub("[,，]", "", whole)
    if not f"{whole}{decimals}".isdigit():
        return
    number = Decimal(f"{whole or '0'}.{decimals or '0'}")
    if unit in ("kg", "千克", "公斤"):
        number /= 1000
        decimals = f"{number:f}".partition(".")[2]
    whole = str(int(number))
    if not decimals[DECIMALS:].strip("0"):
        yield f"{whole}.{decimals[:DECIMALS]}" if decimals else whole
