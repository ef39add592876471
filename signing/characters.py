"""Characters that no decoded string of a statement may hold: invisible, reordering, or not characters at all.

The list is closed and versionless: it does not follow any Unicode release, so that every reader of every year decides alike.
NFC and unassigned code points are judged at admission only and live above (formats §1).
"""

import re

_NONCHARACTERS = r"\uFDD0-\uFDEF" + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))

FORBIDDEN = re.compile(
    "["
    r"\u0000-\u001F"  # controls; raw ones inside a string are not JSON to begin with
    r"\u007F-\u009F"
    r"\u00AD\u061C\u180E"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    r"\u200B-\u200F\u2028-\u202E"  # zero width, line and paragraph separators, bidirectional embedding
    r"\u2060-\u206F\uFEFF\uFFF9-\uFFFB"
    r"\U000E0000-\U000E007F"  # tags
    r"\uD800-\uDFFF" + _NONCHARACTERS + "]"
)
"""Exactly the list of formats §1."""


def first_forbidden(text: str) -> str | None:
    """The first forbidden character as ``U+200B``, or ``None``."""
    # Every forbidden character is unprintable for Python, whatever its Unicode version; the reverse does not hold (U+3000 is allowed).
    if text.isprintable():
        return None
    found = FORBIDDEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def visible(text: str, limit: int = 60) -> str:
    """``text`` fit to be shown in a reason: forbidden characters as ``\\u{200B}``, cut to ``limit`` characters."""
    return FORBIDDEN.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", text[:limit])
