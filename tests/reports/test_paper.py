"""Text on paper: every character is drawn or named, lines fit, the font stays within what the package may weigh."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from reports.paper.embedding import FontCodes
from reports.paper.fonts import BOLD, FACE, drawable, load, missing, width, wrap
from reports.paper.sheet import Paint, Sheet
from tests.house.source import ROOT
from tests.sample import sample

FONTS = ROOT / "reports/fonts"


def test_the_font_weighs_at_most_eight_megabytes_and_brings_its_licence() -> None:
    assert sum(path.stat().st_size for path in FONTS.glob("*.ttf")) <= 8_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_the_font_has_every_character_of_gbk() -> None:
    hanzi = [bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF) if not (lead == 0xD7 and trail > 0xF9)]
    assert missing("".join(pair.decode("gbk") for pair in hanzi)) == ()


@pytest.mark.parametrize("char", "镕喆堃䶮㙍𬭊𫖯〔〕①²³→—“”《》")
def test_characters_of_names_and_of_our_own_print_are_there(char: str) -> None:
    assert missing(char) == ()


def test_a_character_without_glyph_is_named() -> None:
    assert drawable("a𪚥b") == "a〔U+2A6A5〕b"
    assert missing("𪚥锦𪚥") == ("𪚥",)


def test_what_is_small_is_not_bold() -> None:
    sheet = Sheet()
    sheet.text(0, 20, "危险废物", Paint(10, BOLD))
    with pytest.raises(AssertionError, match="bold"):
        sheet.text(0, 20, "危险废物", Paint(9.9, BOLD))


def test_bold_ends_with_its_line_and_leaves_the_text_as_it_is() -> None:
    sheet = Sheet()
    for at, paint in enumerate((Paint(12, BOLD), Paint(12))):
        sheet.text(40, 40 + 20 * at, "危险废物 A1", paint)
    page = pypdfium2.PdfDocument(sheet.to_pdf("t", "s"))[0]
    assert page.get_textpage().get_text_range().split("\r\n") == ["危险废物 A1"] * 2
    picture = page.render(scale=3).to_pil().convert("L")
    first, second = (sum(255 - grey for grey in picture.crop((0, 3 * top, picture.width, 3 * top + 60)).tobytes()) for top in (25, 45))
    assert first > 1.2 * second, "the first line has more ink, the second is not bold"


SOURCES = sorted(path for path in (ROOT / "reports").rglob("*.py") if path.name != "make_fonts.py" and path.parent.name != "tables")
"""Tables are for spreadsheets, which have fonts of their own."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_string_we_print_can_be_drawn(path: Path) -> None:
    strings = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)]
    text = "".join(string for string in strings if isinstance(string, str))
    assert missing("".join(char for char in text if char not in "\n\r\t")) == ()


@settings(deadline=None)
@given(st.text(st.sampled_from("中文（，。）《》abc 123-ABCDEFGHIJKLMNOP龘"), max_size=120), st.floats(30, 300))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str, room: float) -> None:
    lines = wrap(text, 8.0, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        # The blank half of a mark may stand outside; where there is nowhere to break, marks hang out of a column of a word's width.
        words = re.sub("[（，。）《》 ]+", "", line)
        assert width(line.rstrip(" "), 8.0) <= room + 4 + 1e-6 or len(re.findall("[0-9A-Za-z-]+|.", words)) <= 1


def test_a_closing_mark_takes_along_what_it_closes() -> None:
    assert wrap("远离火源；远离火源；远离火源；", 8.0, 71.5) == ("远离火源；远离火", "源；远离火源；")
    assert wrap("见（虚构），甲乙", 8.0, 41) == ("见（虚", "构），甲乙")


def test_closing_marks_do_not_begin_a_line_and_opening_ones_do_not_end_it() -> None:
    lines = wrap("重庆市江津区德感工业园（虚构）十二号，", 8.0, 88.5)
    assert not [line for line in lines if line[0] in "，）" or line[-1] == "（"]


@settings(max_examples=sample(60), deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.one_of(st.characters(max_codepoint=0x24F), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))),
        max_size=8,
    )
)
def test_texts_are_coded_and_escaped_as_the_library_does_it(texts: list[str]) -> None:
    """Same subsets, same codes in the same order, same escapes: so the bytes of a document do not depend on our tables."""
    font = load()
    mine, theirs = Canvas(io.BytesIO(), initialFontName=FACE), Canvas(io.BytesIO(), initialFontName=FACE)
    codes = FontCodes(font, mine._doc)
    filler = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))  # into a second subset
    for text in (filler, "(a)\\b\x7f", *texts, filler):
        shown = drawable(text)
        parts = [
            f"{font.getSubsetInternalName(subset, theirs._doc)} 8.5 Tf ({theirs._escape(places)}) Tj"
            for subset, places in font.splitString(shown, theirs._doc)
        ]
        assert codes.operators(shown, 8.5) == " ".join(parts)


def test_a_line_feed_breaks_the_line() -> None:
    assert wrap("一\n二", 8.0, 100) == ("一", "二")
