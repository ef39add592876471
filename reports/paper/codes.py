"""Characters as the codes of a document's font subsets, and those codes as PDF strings.

reportlab gives every character a code when a document first draws it, then looks up and escapes each text character by character. Here
both are tables for ``str.translate``; what is not in them yet is asked of reportlab once, so its numbering and the bytes stay the same.
"""

import re
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from reports.paper.embedding import PaperFont

_SUBSETS = 0xD0
"""Of 256 codes each, below the surrogates: more than a font here has glyphs."""
_RUNS = re.compile("|".join(f"[\\u{subset:02x}00-\\u{subset:02x}ff]+" for subset in range(_SUBSETS)))


class _Escapes(dict[int, str]):
    """A code (subset × 256 + place) as one character of a literal PDF string."""

    def __missing__(self, code: int) -> str:
        place = code & 0xFF
        written = f"\\{place:03o}" if place < 32 or place >= 127 else f"\\{chr(place)}" if chr(place) in "\\()" else chr(place)
        self[code] = written
        return written


_ESCAPES = _Escapes()


class FontCodes(dict[int, int]):
    """The codes that one document gives to the characters of one font."""

    def __init__(self, font: PaperFont, document: Any) -> None:
        super().__init__(font.codes(document))
        self._font, self._document = font, document
        self._names: dict[int, str] = {}

    def __missing__(self, char: int) -> int:
        ((subset, places),) = self._font.splitString(chr(char), self._document)
        code: int = subset * 256 + places[0]
        self[char] = code
        return code

    def operators(self, text: str, size: float) -> str:
        """``/F1+0 8.5 Tf (…) Tj`` for every run of characters of one subset."""
        runs = _RUNS.findall(text.translate(self))
        return " ".join(f"{self._name(ord(run[0]) >> 8)} {size:g} Tf ({run.translate(_ESCAPES)}) Tj" for run in runs)

    def _name(self, subset: int) -> str:
        name = self._names.get(subset)
        if name is None:
            name = self._names[subset] = self._font.getSubsetInternalName(subset, self._document)
        return name


def codes_of(canvas: Canvas, face: str, font: PaperFont) -> FontCodes:
    """The table of a font in the document of a canvas; it lives as long as the canvas."""
    tables: dict[str, FontCodes] = canvas.__dict__.setdefault("liandan_codes", {})
    found = tables.get(face)
    if found is None:
        found = tables[face] = FontCodes(font, canvas._doc)
    return found
