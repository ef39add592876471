"""A square code (QR, ISO/IEC 18004) drawn as filled paths, large enough for any phone."""

import segno
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from reports.paper.sheet import Sheet

SIDE = 96.0
"""Points: 34 mm with its quiet zone, some 0.4 mm a module."""
QUIET = 2
"""Modules of white that are drawn around the code; the page around them is white too."""


def draw_code(sheet: Sheet, text: str, x: float, y: float, side: float = SIDE) -> None:
    """The code, upper left corner at (x, y); error correction M."""
    # A fixed mask: scoring all eight costs more than drawing, and every reader reads every mask.
    matrix = [list(line) for line in segno.make_qr(text, error="m", boost_error=False, mask=2).matrix]
    side_modules = len(matrix) + 2 * QUIET
    # Line by line from the top, each in its own place: so equal runs are written alike, and packed to half.
    squares = "".join(f" 1 0 0 1 0 -1 cm {' '.join(f'{start} 0 {length} 1 re' for start, length in _runs(line))} f" for line in matrix)

    def draw(canvas: Canvas, height: float) -> None:
        module = side / side_modules
        canvas.setFillColor(black)
        left, top = x + QUIET * module, height - y - QUIET * module
        canvas.addLiteral(f"q {module:.5f} 0 0 {module:.5f} {left:.3f} {top:.3f} cm{squares} Q")

    sheet.mark(draw)


def _runs(line: list[int]) -> list[tuple[int, int]]:
    """Dark modules of one line as (start, length)."""
    found: list[tuple[int, int]] = []
    for position, dark in enumerate(line):
        if dark and found and sum(found[-1]) == position:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((position, 1))
    return found
