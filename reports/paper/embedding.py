"""How our font is cut and embedded in a document, and how its texts are written in the codes of those cuts.

reportlab cuts subsets of at most 256 characters out of a font for every document anew, in the order in which they are drawn. Most of what
a certificate draws is in every certificate, so a kind of document may have an ``Alphabet``: it gets the first codes, in subsets of its own
that are the same in all its documents, cut and packed once per process. Other characters follow in subsets that are cut each time.

reportlab gives every character a code when a document first draws it, then looks up and escapes each text character by character. Here
both are tables for ``str.translate``; what is not in them yet is asked of reportlab once, so its numbering and the bytes stay the same.
"""

import re
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, TypeAlias

from msgspec import Struct
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFDocument, PDFName, PDFStream, PDFTrueTypeFont
from reportlab.pdfbase.ttfonts import FF_NONSYMBOLIC, FF_SYMBOLIC, SUBSETN, TTFont, makeToUnicodeCMap
from reportlab.pdfgen.canvas import Canvas

Alphabet: TypeAlias = str
"""Characters that documents of a kind draw nearly always; each once."""

STANDING_KEPT = 32
"""Standing subsets held in memory, some 30 KB each."""
_BEST, _QUICK = 9, 6
_SUBSET = 256
_SUBSETS = 0xD0
"""Of 256 codes each, below the surrogates: more than a font here has glyphs."""
_RUNS = re.compile("|".join(f"[\\u{subset:02x}00-\\u{subset:02x}ff]+" for subset in range(_SUBSETS)))


class Program(Struct, frozen=True):
    """One subset as it is embedded; streams are packed."""

    name: str
    widths: bytes
    length: int
    font: bytes
    to_unicode: bytes


class PaperFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A font of reportlab's whose standing subsets are cut once. Two documents at a time must not use it, like any of reportlab's."""

    def __init__(self, name: str, file: str) -> None:
        # asciiReadable would embed all of ASCII in every font of every document.
        super().__init__(name, file, asciiReadable=0)
        self._table = self.face.get_table
        self.face.get_table = cache(self._needed)  # with 7 MB of outlines, which reportlab copies for every subset
        self._standing = lru_cache(STANDING_KEPT)(lambda number, subset: self._cut(number, subset, _BEST))
        self._standing_codes = lru_cache(STANDING_KEPT)(self._number)

    def stand(self, alphabet: Alphabet, document: Any) -> None:
        """Give the first codes of a document, which has drawn nothing yet, to an alphabet, and begin another subset behind it."""
        codes, subsets = self._standing_codes(alphabet)
        state = self._assignState(document)
        state.assignments.update(codes)
        state.subsets = [list(subset) for subset in subsets]
        state.standing = len(subsets)
        state.nextCode = state.standing * _SUBSET

    def codes(self, document: Any) -> dict[int, int]:
        """The codes (subset × 256 + place) that characters of a document have by now."""
        found: dict[int, int] = self._assignState(document).assignments
        return found

    def _number(self, alphabet: str) -> tuple[dict[int, int], list[list[int]]]:
        """Codes and subsets that reportlab gives to an alphabet at the beginning of a document."""
        empty = PDFDocument()
        self.splitString(alphabet, empty)
        state = self.state.pop(empty)
        return state.assignments, state.subsets

    def addObjects(self, doc: Any) -> None:  # reportlab's name
        """Embed the subsets of a document, as reportlab would."""
        state = self.state.pop(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        for number, subset in enumerate(state.subsets):
            is_standing = number < getattr(state, "standing", 0)
            program = self._standing(number, tuple(subset)) if is_standing else self._cut(number, subset, _QUICK)
            name = f"{state.internalName}+{number}"
            fonts[name] = self._font(doc, name, program, len(subset))
            doc.Reference(fonts[name], name)

    def _font(self, doc: Any, name: str, program: Program, count: int) -> PDFTrueTypeFont:
        font = PDFTrueTypeFont()
        font.Name, font.BaseFont = name, program.name
        font.FirstChar, font.LastChar = 0, count - 1
        font.Widths = program.widths
        font.ToUnicode = doc.Reference(_packed(program.to_unicode), f"toUnicodeCMap:{program.name}")
        font.FontDescriptor = self._descriptor(doc, program)
        return font

    def _descriptor(self, doc: Any, program: Program) -> Any:
        face = self.face
        entries = {
            "Type": PDFName("FontDescriptor"),
            "FontName": PDFName(program.name),
            "Flags": face.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC,
            "FontBBox": PDFArray(face.bbox),
            "Ascent": face.ascent,
            "CapHeight": face.capHeight,
            "Descent": face.descent,
            "ItalicAngle": face.italicAngle,
            "StemV": face.stemV,
            "MissingWidth": face.defaultWidth,
            "FontFile2": doc.Reference(_packed(program.font, Length1=program.length), f"fontFile:{program.name}"),
        }
        return doc.Reference(PDFDictionary(entries), f"fontDescriptor:{program.name}")

    def _needed(self, tag: str) -> bytes:
        """A table of the font; KeyError for those that reportlab embeds as they are and no reader of PDF needs (ISO 32000-1 §9.9)."""
        if tag in ("name", "OS/2"):
            raise KeyError(tag)
        table: bytes = self._table(tag)
        return table

    def _cut(self, number: int, subset: Sequence[int], level: int) -> Program:
        face = self.face
        name = SUBSETN(number).decode() + "+" + face.name.decode()
        file = face.makeSubset(list(subset))
        widths = " ".join(_written(face.getCharWidth(code)) for code in subset)
        to_unicode = _to_unicode(name, subset)
        return Program(name, f"[ {widths} ]".encode(), len(file), zlib.compress(file, level), zlib.compress(to_unicode, level))


@cache
def _written(value: float) -> str:
    return str(fp_str(value))


def _to_unicode(name: str, subset: Sequence[int]) -> bytes:
    """reportlab's table from codes to characters, with those beyond U+FFFF in UTF-16 as PDF wants them."""
    text: str = makeToUnicodeCMap(name, subset)
    for char in subset:
        if char > 0xFFFF:
            text = text.replace(f"<{char:04X}>", f"<{chr(char).encode('utf-16-be').hex().upper()}>")
    return text.encode()


def _packed(content: bytes, **entries: int) -> PDFStream:
    return PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode"), **entries}), content, [])


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
        self._name = cache(lambda subset: font.getSubsetInternalName(subset, document))

    def __missing__(self, char: int) -> int:
        ((subset, places),) = self._font.splitString(chr(char), self._document)
        code: int = subset * _SUBSET + places[0]
        self[char] = code
        return code

    def operators(self, text: str, size: float) -> str:
        """``/F1+0 8.5 Tf (…) Tj`` for every run of characters of one subset."""
        runs = _RUNS.findall(text.translate(self))
        return " ".join(f"{self._name(ord(run[0]) >> 8)} {size:g} Tf ({run.translate(_ESCAPES)}) Tj" for run in runs)


def codes_of(canvas: Canvas, font: PaperFont) -> FontCodes:
    """The table of the font in the document of a canvas; it lives as long as the canvas."""
    known: FontCodes | None = canvas.__dict__.get("liandan_codes")
    if known is None:
        known = canvas.__dict__["liandan_codes"] = FontCodes(font, canvas._doc)
    return known
