"""How people write: full-width forms, dashes of all kinds, marks for nothing. Each function changes what can mean one thing alone."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from math import isfinite

from ledger.lookalikes import plain
from liandan.intake.model import SheetCell

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc\u00ad~\u301c\uff5e"), "-")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LOOKALIKES = re.compile("[\u2e80-\u2fd6\uf900-\ufaff]")
_EMPTY = frozenset({"/", "\\", "-", "--", "---", "—", "——", "－", "／", "无", "空", "N/A", "n/a", "NA"})


def folded(text: str) -> str:
    """Full-width forms, compatibility characters and blanks as ASCII where there is one; nothing invisible."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def dashed(text: str) -> str:
    """Every dash a hyphen."""
    return text.translate(_DASHES)


def tidy_text(text: str) -> str:
    """A text without blanks at its ends, without what shows nothing, radicals as the ideographs that they look like."""
    return _LOOKALIKES.sub(lambda one: plain(one[0]) or one[0], _BLANKS.sub(" ", _INVISIBLE.sub("", text))).strip()


def is_empty_mark(text: str) -> bool:
    """Whether a text is what people write into a cell that stays empty."""
    return tidy_text(text) in _EMPTY or re.fullmatch(r"[-—–－/／\s]+", text) is not None


def shown(cell: SheetCell) -> str:
    """A cell as a finding quotes it; numbers in the digits that mean them."""
    value = cell.value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float | int):
        return plain_number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    return value


def plain_number(value: float) -> str:
    """A number in the shortest digits that mean it; large ones as a spreadsheet shows them."""
    if not isfinite(value) or abs(value) >= 10**15:
        return f"{value:.5E}"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
