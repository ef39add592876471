"""Fonts in documents: standing subsets are what reportlab would cut, hold what certificates need, and give every character back."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont

from ledger.bundle import open_bundle
from reports.alphabets import ALPHABETS
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.paper.fonts import FACE, load, missing
from reports.paper.sheet import Paint, Sheet
from tests.reports.story import Story, ordinary, worst

ALPHABET = ALPHABETS["certificate", "zh"]
RARE = "𬭊𪾢㙍"
"""Two of them beyond U+FFFF."""


@cache
def stock() -> TTFont:
    """The same file as reportlab itself reads it."""
    return TTFont(f"stock {FACE}", load().face.filename, asciiReadable=0)


def document(*texts: str, alphabet: bool = True) -> bytes:
    """A page of some lines."""
    sheet = Sheet(alphabet=ALPHABET if alphabet else "")
    for number, text in enumerate(texts, 1):
        sheet.text(40, 20.0 * number, text, Paint())
    return sheet.to_pdf("t", "s")


def fonts(pdf: bytes) -> dict[str, bytes]:
    """Font files by PostScript name."""
    with pikepdf.open(io.BytesIO(pdf)) as read:
        found = [one for one in read.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"]
        return {str(one.FontName): one.FontFile2.read_bytes() for one in found}


def test_outlines_and_widths_are_those_that_reportlab_embeds() -> None:
    """Table by table; two that are no part of a font in PDF are left out."""
    subset = [0, *map(ord, "危险废物转移证明0123Ag（）")]
    program = load()._cut(0, subset, 6)
    ours, theirs = tables(zlib.decompress(program.font)), tables(stock().face.makeSubset(subset))
    assert set(theirs) - set(ours) == {"name", "OS/2"}
    for tag in set(ours) - {"head"}:  # with a checksum over the whole
        assert ours[tag] == theirs[tag], tag
    assert [float(width) for width in program.widths[1:-1].split()] == pytest.approx(
        [stock().face.getCharWidth(code) for code in subset], abs=1e-4
    )
    assert program.length == len(zlib.decompress(program.font))


def tables(font: bytes) -> dict[str, bytes]:
    """The tables of a font file."""
    found = {}
    for at in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16):
        start, length = (int.from_bytes(font[at + more : at + more + 4], "big") for more in (8, 12))
        found[font[at : at + 4].decode()] = font[start : start + length]
    return found


def test_standing_codes_are_those_that_reportlab_gives() -> None:
    mine, theirs = PDFDocument(), PDFDocument()
    load().stand(ALPHABET, mine)
    stock().splitString(ALPHABET, theirs)
    assert load().codes(mine) == stock().state[theirs].assignments
    assert load().state[mine].subsets == stock().state[theirs].subsets
    ((subset, places),) = load().splitString("府", mine)
    assert (subset, places) == (len(stock().state[theirs].subsets), b"\x01"), "the next character begins a subset"


def test_standing_subsets_are_the_same_whatever_a_document_draws_besides() -> None:
    one, other = fonts(document("转移证明", "甲乙丙丁")), fonts(document("危险废物", RARE))
    same = {name for name in one.keys() & other.keys() if one[name] == other[name]}
    assert len(same) == -(-len(ALPHABET) // 255)
    assert {name for name in one if name not in same} == {name for name in other if name not in same}
    assert len(document("转移证明")) == len(document("转移证明"))


def test_the_alphabet_has_each_character_once_and_a_glyph_for_it() -> None:
    alphabet = ALPHABET
    assert len(set(alphabet)) == len(alphabet)
    assert not missing(alphabet)
    assert {ord(char) for char in alphabet} <= load().face.charToGlyph.keys()


@pytest.mark.parametrize(("story", "serial"), [(ordinary, 123), (worst, 900)])
async def test_certificates_draw_nearly_all_of_the_alphabet(story: Callable[[], Story], serial: int) -> None:
    raw = await story().bundle(serial)
    reader = pypdf.PdfReader(io.BytesIO(render_certificate(open_bundle(raw, all_kinds()), raw)))
    text = "".join(page.extract_text() for page in reader.pages)
    drawn = sum(char in text for char in ALPHABET)
    assert drawn >= 0.97 * len(ALPHABET), sorted(set(ALPHABET) - set(text))


@pytest.mark.parametrize("alphabet", [False, True])
@pytest.mark.parametrize("extract", ["pypdf", "pdfium"])
def test_every_character_comes_back_from_the_page(alphabet: bool, extract: str) -> None:
    """Also beyond U+FFFF, where reportlab's own table has too many digits."""
    text = f"危险废物{RARE}（A·1）\\(甲)"
    pdf = document(text, alphabet=alphabet)
    assert _pypdf(pdf) == text if extract == "pypdf" else _pdfium(pdf) == text


def _pypdf(pdf: bytes) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().strip()


def _pdfium(pdf: bytes) -> str:
    read: Any = pypdfium2.PdfDocument(pdf)
    page = read[0]
    text = page.get_textpage()
    found: str = text.get_text_range().strip()
    text.close()
    page.close()
    read.close()
    return found
