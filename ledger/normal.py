"""The normal form N(x): one key for what people read as one plate, label, waybill or ticket number (kinds §1.4).

For keys of registers only; what was signed stays as it was signed. No version of Unicode enters, so every reader gets the same keys for
ever. Letters of other scripts that look alike stay apart; they show by ``PLATE_FORM`` and ``LABEL_FORM``.
"""

import re
from functools import lru_cache

from ledger.fields import BLANK

KEPT_MAX = 64
"""Characters of a text that is kept in normal form; longer ones, which nobody types, are read anew."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS = r"\u00B7\u2022\u2027\u30FB\uFF65\u2010-\u2015\u2212-"
"""Dots and dashes."""
_REMOVED = re.compile(f"[{BLANK}{_MARKS}]")
_IS_NORMAL = re.compile("[0-9A-Z]*").fullmatch
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
"""Of a to z alone: what other letters become in capitals changes with Unicode."""


def normal(text: str) -> str:
    """N(x), in this order: full-width forms become ASCII, blanks, dots and dashes go, a–z become A–Z."""
    if _IS_NORMAL(text):  # as labels nearly always are, and a departure has hundreds
        return text
    return _normal(text) if len(text) <= KEPT_MAX else _normal.__wrapped__(text)


@lru_cache(4096)
def _normal(text: str) -> str:
    """Kept for a moment: an act asks for the key of its truck a dozen times."""
    return _REMOVED.sub("", text.translate(_FULL_WIDTH)).translate(_UPPER)
