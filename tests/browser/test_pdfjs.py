"""What pdf.js shows of every good paper is what its evidence says, and what pdfium shows: the fourth engine beside those of test_engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pypdfium2
import pytest
from PIL import Image, ImageChops

from reports.paper.tongue import TONGUES, Tongue
from tests.browser import pdfjs
from tests.browser.conftest import Browser, Desk
from tests.reports.papers import drawn
from tests.reports.test_engines import SHOWN, WORDS

LOOKED_AT = {*SHOWN, "certificate-worst", "transit-handed-over"}
"""Papers whose first page is compared as a picture too."""


@pytest.fixture(scope="module")
def reader(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """pdf.js in a page; skipped in words where there is none."""
    if why := pdfjs.missing():
        pytest.skip(why)  # in words: no Chromium, no npm, or no network to fetch the engine
    browser: Browser = request.getfixturevalue("browser")
    desk = pdfjs.open_reader(browser)
    yield desk
    assert desk.asked == [], "pdf.js asked the network for something"
    browser.close(desk)


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("name", SHOWN)
def test_it_reads_what_the_evidence_says(reader: Desk, name: str, tongue: Tongue) -> None:
    text = "\n".join(page.text for page in pdfjs.read(reader, drawn(tongue)[name]))
    assert all(shown in text for shown in SHOWN[name])
    assert WORDS[tongue] in text or name.startswith("no-record")


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_page_of_every_paper_has_the_same_characters_and_the_first_looks_the_same(reader: Desk, tongue: Tongue) -> None:
    """Blurred to what people see: glyphs are smoothed otherwise, figures do not move."""
    for name, pdf in drawn(tongue).items():
        document = pypdfium2.PdfDocument(pdf)
        pages = pdfjs.read(reader, pdf, pictures=int(name in LOOKED_AT))
        assert len(pages) == len(document)
        for ours, page in zip(document, pages, strict=True):
            told = Counter("".join(ours.get_textpage().get_text_range().split()))
            assert page.characters == told, (name, page.characters - told, told - page.characters)
        if (theirs := pages[0].picture) is not None:
            assert _difference(document[0].render(scale=pdfjs.SCALE).to_pil(), theirs) < 60, name


def _difference(one: Image.Image, other: Image.Image) -> int:
    blurred = [picture.convert("L").resize((60, 85), Image.Resampling.BOX) for picture in (one, other)]
    return max(ImageChops.difference(*blurred).tobytes())


def test_a_page_that_shows_another_figure_is_told_apart(reader: Desk) -> None:
    """What the comparison above is worth: papers of two states differ in text and picture."""
    one, other = (pdfjs.read(reader, drawn("zh")[f"certificate-{state}"], pictures=1)[0] for state in ("disposed", "rejected"))
    assert one.characters != other.characters
    assert one.picture is not None
    assert other.picture is not None
    assert _difference(one.picture, other.picture) >= 60
