"""What other people's engines show of a good file is what its evidence says: pdfium, poppler and MuPDF, each as it is installed.

poppler and MuPDF are programs beside us (MuPDF under the AGPL): called, never imported, never shipped. Where one is missing its tests say so.
"""

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from reports.paper.tongue import Tongue
from tests.reports.papers import drawn

SHOWN = {
    "certificate-disposed": ("20265101000005", "5.6", "900-052-31"),
    "certificate-rejected": ("20265101000006", "7.85", "900-052-31"),
    "transit-in-transit": ("20265101000002", "F0002", "5.6", "900-052-31"),
    "approval": ("2026-12-31", "3000"),
    "list": ("2026-51-50-cy", "60000"),
    "no-record-code": ("2026-11-30", "900-052-31"),
}
WORDS = {"zh": "危险废物", "en": "azardous"}


def _run(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def by_pdfium(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def by_poppler(path: Path) -> str:
    return _run("pdftotext", "-layout", str(path), "-")


def by_mupdf(path: Path) -> str:
    return _run("mutool", "draw", "-q", "-F", "text", str(path))


@pytest.mark.parametrize("engine", [by_pdfium, by_poppler, by_mupdf])
@pytest.mark.parametrize("tongue", ["zh", "en"])
@pytest.mark.parametrize("name", SHOWN)
def test_every_engine_reads_what_the_evidence_says(name: str, tongue: Tongue, engine: object, tmp_path: Path) -> None:
    (path := tmp_path / "paper.pdf").write_bytes(drawn(tongue)[name])
    text = engine(path)  # type: ignore[operator]  # one of the three above
    assert all(shown in text for shown in SHOWN[name])
    assert WORDS[tongue] in text or name.startswith("no-record")


@pytest.mark.parametrize("name", ["certificate-rejected", "transit-in-transit"])
@pytest.mark.parametrize("program", ["pdftoppm", "mutool"])
def test_every_engine_draws_the_same_page(name: str, program: str, tmp_path: Path) -> None:
    """Drawn at 144 dots an inch and blurred to what people see: glyphs are hinted otherwise, figures do not move. (At 72 dots pdfium draws every
    outline a whole point wide.)"""
    (path := tmp_path / "paper.pdf").write_bytes(drawn("zh")[name])
    theirs = tmp_path / "page.png"
    if program == "mutool":
        _run("mutool", "draw", "-q", "-r", "144", "-o", str(theirs), str(path), "1")
    else:
        _run("pdftoppm", "-r", "144", "-f", "1", "-l", "1", "-singlefile", "-png", str(path), str(theirs.with_suffix("")))
    ours = pypdfium2.PdfDocument(path)[0].render(scale=2).to_pil()
    pictures = [picture.convert("L").resize((60, 85), Image.Resampling.BOX) for picture in (ours, Image.open(theirs))]
    assert max(ImageChops.difference(*pictures).tobytes()) < 60
