"""The square code on the first page: which log, how large, which manifest, which leaf; enough to find and to compare, nothing secret."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import segno
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from reports.certificate.facts import CertificateFacts
from reports.paper.sheet import Sheet

QUIET = 2
"""Modules of white around the code; the page itself is white too."""


def content(facts: CertificateFacts) -> str:
    """``liandan:v1?o=<origin>&n=<size>&r=<root>&m=<chain>&i=<index>&l=<leaf>``, hashes in base64url without padding.

    ``i`` and ``l`` are index and leaf hash of the receipt.
    """
    root, leaf = (urlsafe_b64encode(hash_).decode().rstrip("=") for hash_ in (facts.root, facts.leaf))
    return f"liandan:v1?o={facts.origin}&n={facts.size}&r={root}&m={facts.chain}&i={facts.leaf_index}&l={leaf}"


def draw_code(sheet: Sheet, text: str, x: float, y: float, side: float) -> None:
    """The code as one filled path, upper left corner at (x, y); error correction M."""
    matrix = [list(line) for line in segno.make_qr(text, error="m", boost_error=False).matrix]
    module = side / (len(matrix) + 2 * QUIET)

    def draw(canvas: Canvas, height: float) -> None:
        path = canvas.beginPath()
        for at, line in enumerate(matrix):
            top = height - y - (at + QUIET + 1) * module
            start = None
            for position, dark in enumerate([*line, 0]):
                if dark and start is None:
                    start = position
                elif not dark and start is not None:
                    path.rect(x + (start + QUIET) * module, top, (position - start) * module, module)
                    start = None
        canvas.setFillColor(black)
        canvas.drawPath(path, stroke=0, fill=1)

    sheet.mark(draw)
