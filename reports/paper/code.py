"""A square code (QR, ISO/IEC 18004) drawn as one filled path, large enough for any phone."""

import segno
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from reports.paper.sheet import Sheet

SIDE = 96.0
"""Points: 34 mm with its quiet zone, some 0.4 mm a module."""
QUIET = 2
"""Modules of white that are drawn around the code; the page around them is white too."""


def draw_code(sheet: Sheet, text: str, x: float, y: float, side: float = SIDE) -> None:
    """The code as one filled path, upper left corner at (x, y); error correction M."""
    # A fixed mask: scoring all eight costs more than drawing, and every reader reads every mask.
    matrix = [list(line) for line in segno.make_qr(text, error="m", boost_error=False, mask=2).matrix]
    side_modules = len(matrix) + 2 * QUIET
    runs = [_runs(line, side_modules - QUIET - 1 - at) for at, line in enumerate(matrix)]
    squares = " ".join(f"{start + QUIET} {low} {length} 1 re" for line in runs for start, low, length in line)

    def draw(canvas: Canvas, height: float) -> None:
        module = side / side_modules
        canvas.setFillColor(black)
        canvas.addLiteral(f"q {module:.5f} 0 0 {module:.5f} {x:.3f} {height - y - side:.3f} cm {squares} f Q")

    sheet.mark(draw)


def _runs(line: list[int], low: int) -> list[tuple[int, int, int]]:
    """Dark modules of one line as (start, lower edge, length)."""
    found: list[tuple[int, int, int]] = []
    for position, dark in enumerate(line):
        if dark and found and found[-1][0] + found[-1][2] == position:
            found[-1] = (found[-1][0], low, found[-1][2] + 1)
        elif dark:
            found.append((position, low, 1))
    return found
