"""Every document of every state and kind as pictures to look at: ``python -m tests.reports.contact_sheets DIR`` (its pages side by side)."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

from reports.paper.tongue import TONGUES
from tests.reports.papers import drawn

SCALE, ACROSS = 1.35, 2
"""Pixels a point, and pages in a row: small print can be read on one screen."""


def contact_sheet(pdf: bytes) -> Image.Image:
    """The pages of a document, ``ACROSS`` in a row."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=SCALE).to_pil().convert("RGB") for page in document]
    document.close()
    across = min(ACROSS, len(pages))
    wide, high = pages[0].size
    sheet = Image.new("RGB", (across * wide, -(-len(pages) // across) * high), "#9aa3ad")
    for number, page in enumerate(pages):
        sheet.paste(page, (number % across * wide, number // across * high))
    return sheet


def main(folder: Path) -> None:
    """A PDF and a picture of each, named by document, state and language."""
    folder.mkdir(parents=True, exist_ok=True)
    for tongue in TONGUES:
        for name, pdf in drawn(tongue).items():
            (folder / f"{name}.{tongue}.pdf").write_bytes(pdf)
            contact_sheet(pdf).save(folder / f"{name}.{tongue}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
