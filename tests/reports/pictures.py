"""Makes the pictures of docs/img from the stories of the tests: ``python -m tests.reports.pictures``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pypdfium2

from ledger.bundle import open_bundle
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.reconcile import to_bytes
from tests.house.source import ROOT
from tests.reports.month import drawn, october
from tests.reports.story import ordinary

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
    """Both pictures of the readme."""
    folder = ROOT / "docs/img"
    folder.mkdir(parents=True, exist_ok=True)
    raw = asyncio.run(ordinary().bundle(123))
    picture(render_certificate(open_bundle(raw, all_kinds()), raw), folder / "certificate.png", 1000)
    picture(to_bytes(drawn(october()), "pdf"), folder / "reconciliation.png", 1300)


if __name__ == "__main__":
    main()
