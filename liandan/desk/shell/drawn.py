"""Geometry of what is drawn on pages: whole numbers from grams, so that a page and a paper agree; templates write them as attributes of SVG.

Nothing here decides: whether a load is in tolerance, or a quota is used up, is told by the services.
"""

import io
from functools import lru_cache

import segno
from markupsafe import Markup
from msgspec import Struct

WIDE = 1_000
"""Units of a bar from end to end."""


class QuotaBar(Struct, frozen=True):
    """A bar of what is used of what is approved: its filled part and the ticks at 80 and 95 %, in units of ``WIDE``; percent, rounded down."""

    used: int
    percent: int
    tone: str
    """``accent``, ``warn`` from 80 %, ``alarm`` from 95 %."""
    ticks: tuple[int, ...] = (800, 950)


def quota_bar(used_g: int, approved_g: int) -> QuotaBar:
    """Of nothing approved everything is used. What is used beyond fills the bar."""
    percent = used_g * 100 // approved_g if approved_g > 0 else 100
    filled = min(max(used_g * WIDE // approved_g if approved_g > 0 else WIDE, 0), WIDE)
    return QuotaBar(filled, percent, "alarm" if percent >= 95 else "warn" if percent >= 80 else "accent")


class ToleranceBar(Struct, frozen=True):
    """A bar around what was declared: the tolerated part from ``low`` to ``high`` and the mark, in units of ``WIDE``."""

    low: int
    high: int
    mark: int
    is_inside: bool


def tolerance_bar(difference_g: int, allowed_g: int) -> ToleranceBar:
    """The tolerance takes the middle 40 %; what lies further out than the bar stands at its end."""
    span = WIDE * 2 // 10
    middle = WIDE // 2
    mark = middle + (
        difference_g * span // allowed_g if allowed_g > 0 else (0 if difference_g == 0 else WIDE if difference_g > 0 else -WIDE)
    )
    return ToleranceBar(middle - span, middle + span, min(max(mark, 8), WIDE - 8), abs(difference_g) <= allowed_g)


@lru_cache(512)
def code(text: str, error: str = "m") -> Markup:
    """A square code (QR, ISO/IEC 18004) as SVG by attributes alone; ``text`` is encoded, never written."""
    out = io.BytesIO()
    made = segno.make(text, error=error, micro=False, boost_error=False)
    made.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        border=4,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return Markup(out.getvalue().decode())  # noqa: S704  # drawn here from modules of a code
