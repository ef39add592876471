"""Pages as lists of marks: laid out first, drawn afterwards, when it is known how many pages there are.

Coordinates are points from the top left corner, y down. The same marks give the same bytes (reportlab ``invariant``).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache, partial
from threading import Lock

from msgspec import Struct
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from reports.paper.embedding import Alphabet, codes_of
from reports.paper.fonts import BOLD, BOLD_LEAST, FACE, REGULAR, drawable, load, missing, width, wrap
from reports.paper.tongue import say
from reports.tokens import COLORS, PAPER_GREY, PAPER_RULE

INK, SHADE, ACCENT, ALARM = (COLORS[name] for name in ("ink", "shade", "accent", "alarm"))
GREY, RULE = PAPER_GREY, PAPER_RULE

A4 = (595.276, 841.89)
_LEADING = 1.45
_KEPT_BY_A_HEADING = 44.0
"""Least height that follows a heading on its page: two rows."""
_DRAWING = Lock()
"""reportlab cuts subsets with one read position per font: two documents of two threads would read each other's bytes."""


class Paint(Struct, frozen=True):
    """How a text looks."""

    size: float = 8.5
    weight: float = REGULAR
    """``REGULAR`` or ``BOLD``."""
    color: str = INK
    align: str = "left"
    """``left``, ``center`` or ``right`` of the given x."""


Mark = Callable[[Canvas, float], None]
"""Something to draw: gets the canvas and the height of the page."""


class Sheet:
    """Pages of one size with a cursor ``y`` that runs down the current page."""

    def __init__(
        self, size: tuple[float, float] = A4, *, margin: float = 42, top: float = 42, bottom: float = 54, alphabet: Alphabet = ""
    ) -> None:
        """``alphabet``: what documents of this kind draw nearly always, which makes them quicker to draw."""
        load()
        self._alphabet = alphabet
        self.width, self.height = size
        self.margin, self.top, self.bottom = margin, top, bottom
        self.inset = 0.0
        """Kept free at the right, for something that stands beside a table."""
        self.pages: list[list[Mark]] = [[]]
        self.y = top
        self._waiting: tuple[float, Callable[[], None]] | None = None
        self.undrawable: dict[str, None] = {}
        """Characters without glyph in what was drawn so far, in order."""
        self.headings: dict[str, int] = {}
        """Page on which each section stands, from 1."""

    @property
    def room(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin - self.inset

    @property
    def left_over(self) -> float:
        """Height left on the current page."""
        return self.height - self.bottom - self.y

    def new_page(self) -> None:
        """Begin the next page."""
        self.pages.append([])
        self.y = self.top

    def need(self, height: float) -> bool:
        """Begin a new page unless ``height`` is left; whether it did. A heading that waits goes with it."""
        lead, draw = self._waiting or (0.0, None)
        self._waiting = None
        turned = self.left_over < lead + (height if draw is None else max(height, _KEPT_BY_A_HEADING)) and self.y > self.top
        if turned:
            self.new_page()
        if draw is not None:
            draw()
        return turned

    def wait(self, height: float, draw: Callable[[], None]) -> None:
        """A heading, drawn when it is known what stands under it, on the same page; it moves the cursor by at most ``height`` itself."""
        self._waiting = (height, draw)

    def append(self, other: Sheet) -> None:
        """Put the pages of another sheet of this size behind those that are there."""
        other.need(0)
        self.headings |= {title: page + len(self.pages) for title, page in other.headings.items()}
        self.undrawable |= other.undrawable
        self.pages += other.pages
        self.y = other.y

    def mark(self, draw: Mark) -> None:
        """Put something on the current page."""
        self.pages[-1].append(draw)

    def look_at(self, text: str) -> None:
        """Remember what of a text cannot be drawn; whoever breaks a text into lines shows it here first, for its lines name such characters."""
        if drawable(text) != text:
            self.undrawable.update(dict.fromkeys(missing(text)))

    def text(self, x: float, baseline: float, text: str, paint: Paint) -> None:
        """One line; characters without glyph are named."""
        assert not paint.weight or paint.size >= BOLD_LEAST, "small texts are not bold"
        self.look_at(text)
        shown = drawable(text)
        left = x if paint.align == "left" else x - {"center": 0.5, "right": 1.0}[paint.align] * width(shown, paint.size)
        color = _rgb(paint.color)
        before, after = f"{color} rg", ""
        if paint.weight:
            before, after = f"q {before} {color} RG {paint.size * paint.weight:.2g} w 1 j 2 Tr", " Q"
        self.mark(lambda canvas, high: canvas.addLiteral(f"{before} {_shown(canvas, paint.size, left, high - baseline, shown)}{after}"))

    def box(self, x: float, y: float, w: float, h: float, *, fill: str | None = None, stroke: str | None = RULE, line: float = 0.5) -> None:
        """A rectangle from its upper left corner."""
        colors = "" if fill is None else f"{_rgb(fill)} rg "
        colors += "" if stroke is None else f"{_rgb(stroke)} RG {line:g} w "
        paint = "B" if fill and stroke else "f" if fill else "S"
        self.mark(lambda canvas, high: canvas.addLiteral(f"{colors}{x:.1f} {high - y - h:.1f} {w:.1f} {h:.1f} re {paint}"))

    def rule(self, x: float, y: float, length: float, *, color: str = RULE, line: float = 0.5) -> None:
        """A horizontal line."""
        begun = f"{_rgb(color)} RG {line:g} w {x:.2f}"
        self.mark(lambda canvas, high: canvas.addLiteral(f"{begun} {high - y:.2f} m {x + length:.2f} {high - y:.2f} l S"))

    def dashed(self, x: float, y: float, height: float, *, color: str = RULE, line: float = 0.8) -> None:
        """A dashed line downwards."""
        begun = f"q {_rgb(color)} RG {line:g} w [3 2] 0 d {x:.2f}"
        self.mark(lambda canvas, high: canvas.addLiteral(f"{begun} {high - y:.2f} m {x:.2f} {high - y - height:.2f} l S Q"))

    def paragraph(self, text: str, paint: Paint) -> None:
        """Wrapped text across the page at the cursor."""
        self.look_at(text.replace("\n", ""))
        for line in wrap(text, paint.size, self.room):
            self.need(paint.size * _LEADING)
            self.y += paint.size * _LEADING
            self.text(self.margin, self.y - paint.size * (_LEADING - 1) / 2 - paint.size * 0.12, line, paint)

    def to_pdf(self, title: str, subject: str, *, notice: str = "", left: str = "", is_demo: bool = False, banner: str = "") -> bytes:
        """The document; every page gets its number, the ``notice`` in red, what document this is, the watermark of demonstration logs, and the
        ``banner`` across its head.
        """
        self.need(0)  # a heading with nothing under it is drawn too
        bodies, self.pages = self.pages, []
        for number, body in enumerate(bodies, 1):
            self.pages.append([])
            if is_demo:
                self.mark(partial(_watermark, self.width))
            if banner:
                self.box(self.margin, 13, self.room, 15, fill="#FBEAE8", stroke=ALARM)
                self.text(self.width / 2, 24, banner, Paint(BOLD_LEAST, BOLD, ALARM, "center"))
            if notice:
                self._footer(notice, left, number, len(bodies))
            self.pages[-1].extend(body)
        return _drawn(self.pages, (self.width, self.height), title, subject, self._alphabet)

    def _footer(self, notice: str, left: str, number: int, total: int) -> None:
        base, right = self.height - 30, self.margin + self.room
        self.rule(self.margin, base - 12, self.room)
        self.text(self.margin, base, notice, Paint(7, REGULAR, ALARM))
        self.text(self.margin, base + 10, left, Paint(6.5, REGULAR, GREY))
        pages = f"第 {number} 页 / 共 {total} 页", f"page {number} of {total}"
        self.text(right, base, say(*pages), Paint(7, REGULAR, GREY, "right"))
        self.text(right, base + 10, say(*pages[::-1]), Paint(6, REGULAR, GREY, "right"))


def _watermark(width: float, canvas: Canvas, height: float) -> None:
    """演示 / DEMO across the page: the log's clock is simulated (formats §6)."""
    canvas.saveState()
    canvas.setFillColor(HexColor("#F5E9E7"))
    canvas.setStrokeColor(HexColor("#F5E9E7"))
    canvas.setFont(FACE, 46)
    canvas.setLineWidth(46 * BOLD)
    canvas.setLineJoin(1)
    for at in (0.2, 0.5, 0.8):
        canvas.saveState()
        canvas.translate(width / 2, height * at)
        canvas.rotate(30)
        canvas.drawCentredString(0, 0, "演示  DEMO", mode=2)
        canvas.restoreState()
    canvas.restoreState()


@cache
def _rgb(color: str) -> str:
    """``#RRGGBB`` as three PDF numbers."""
    return " ".join(f"{int(color[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


def _shown(canvas: Canvas, size: float, x: float, y: float, text: str) -> str:
    """One line of text as PDF operators, with the subsets that reportlab keeps. Its own drawString takes several times as long."""
    return f"BT {x:.1f} {y:.1f} Td {codes_of(canvas, load()).operators(text, size)} ET"


def _drawn(pages: Sequence[Sequence[Mark]], size: tuple[float, float], title: str, subject: str, alphabet: Alphabet) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, lang=say("zh-CN", "en"), initialFontName=FACE)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setAuthor("liandan")
    canvas.setCreator("liandan")
    with _DRAWING:
        if alphabet:
            load().stand(alphabet, canvas._doc)
        for marks in pages:
            for mark in marks:
                mark(canvas, size[1])
            canvas.showPage()
        canvas.save()
    return out.getvalue()
