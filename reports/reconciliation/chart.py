"""The chart of page 1: by code what was to be explained against how it is explained, two bars each with the figures of their parts."""

from reports.paper.fonts import REGULAR, drawable, width
from reports.paper.sheet import ACCENT, ALARM, GREY, INK, RULE, Paint, Sheet
from reports.paper.tongue import say
from reports.reconciliation.lists import explained
from reports.reconciliation.model import MirrorEquation, MonthlyStatement
from reports.reconciliation.wording import as_it_ends

WIDTH = 262.0
ROW = 39.0
"""Height of one code: its name, two bars, a line of figures under each."""
AROUND = 22.0
_BAR, _TEXT = 6.0, 6.0
_UNDER_WAY, _TAKEN = "#94B8AE", "#3B7EA1"
Part = tuple[str, int, str]
"""Word, grams, color."""


def height_of(codes: int) -> float:
    """Height of a chart of so many codes."""
    return AROUND + codes * ROW


def draw_chart(sheet: Sheet, statement: MonthlyStatement, codes: list[MirrorEquation], x: float, y: float, high: float) -> None:
    """The codes given, in their order, from the upper left corner; all bars have one scale."""
    sheet.box(x, y, WIDTH, high, stroke=RULE)
    sheet.text(x + 8, y + 12, say("移出与去向对照（吨）", "What left and where it is (t)"), Paint(7.5, REGULAR, INK))
    most = max(max(explained(mirror), 1) for mirror in codes)
    for place, mirror in enumerate(codes):
        top = y + AROUND - 4 + place * ROW
        sheet.text(x + 8, top + 8, _fitting(statement.waste(mirror.code), 6.8, WIDTH - 16), Paint(6.8, REGULAR, INK))
        _bar(sheet, _left(mirror), x + 8, top + 10.5, most)
        _bar(sheet, _right(statement, mirror), x + 8, top + 24, most)


def _left(mirror: MirrorEquation) -> list[Part]:
    return [(say("期初在途", "opening"), mirror.opening_g, _UNDER_WAY), (say("移出", "departed"), mirror.departed_g, ACCENT)]


def _right(statement: MonthlyStatement, mirror: MirrorEquation) -> list[Part]:
    closing = say(*as_it_ends(statement, "期末在途", "in transit, closing"))
    taken, refused = (say("接受", "accepted"), mirror.accepted_g, _TAKEN), (say("拒收", "refused"), mirror.refused_g, ALARM)
    return [taken, refused, (closing, mirror.closing_g, _UNDER_WAY), (say("磅差", "difference"), mirror.difference_g, GREY)]


def _bar(sheet: Sheet, parts: list[Part], x: float, y: float, most: int) -> None:
    """The parts side by side; under them each with its square, its word and its figure, those of nothing left out."""
    at, label = x, x
    told = [part for part in parts if part[1]]
    for word, grams, color in told:
        length = max((WIDTH - 16) * grams / most, 0.0)
        if length:
            sheet.box(at, y, length, _BAR, fill=color, stroke=None)
        at += length
        text = f"{word} {figure(grams)}"
        sheet.box(label, y + _BAR + 2.2, 4, 4, fill=color, stroke=None)
        sheet.text(label + 6, y + _BAR + 6.4, text, Paint(_TEXT, REGULAR, INK))
        label += 6 + width(text, _TEXT) + 7
    if not told:
        sheet.text(x, y + _BAR + 6.4, "0", Paint(_TEXT, REGULAR, INK))


def figure(grams: int) -> str:
    """Tonnes as a chart shows them: three decimals, thousands apart, no zeros behind; the table beside it has them to the gram."""
    kilograms = (abs(grams) + 500) // 1000
    text = f"{kilograms // 1000:,}.{kilograms % 1000:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if grams < 0 and kilograms else text


def _fitting(text: str, size: float, room: float) -> str:
    """The text, or its beginning with an ellipsis where it is too wide."""
    kept = drawable(text)
    while width(kept, size) > room:
        kept = kept[:-2] + "…"
    return kept
