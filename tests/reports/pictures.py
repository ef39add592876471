"""Makes the pictures of docs/img from the stories of the tests: ``python -m tests.reports.pictures``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pypdfium2

from reports.reconcile import to_bytes
from tests.house.source import ROOT
from tests.reports.month import drawn, october
from tests.reports.papers import paper, signed

COLORS = 64
"""A palette is enough for print in few colours, and keeps a page below 200 KB."""


def picture(pdf: bytes, path: Path, width: int) -> None:
    """The first page as PNG of a width in pixels."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    image = page.render(scale=width / page.get_width()).to_pil().convert("RGB").quantize(COLORS)
    image.save(path, optimize=True)
    page.close()
    document.close()


def main() -> None:
    """The pictures of the readme and of docs/documents.md, of signed papers."""
    folder = ROOT / "docs/img"
    folder.mkdir(parents=True, exist_ok=True)
    story, signers = signed()
    for name, document, serial in (("certificate", "certificate", 7), ("transit", "transit", 9)):
        picture(paper(document, asyncio.run(story.bundle(serial)), signers), folder / f"{name}.png", 1000)
    picture(paper("certificate", asyncio.run(story.bundle(5)), signers, "en"), folder / "certificate-en.png", 1000)
    picture(to_bytes(drawn(october()), "pdf"), folder / "reconciliation.png", 1300)


if __name__ == "__main__":
    main()
