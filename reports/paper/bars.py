"""Bars on paper: what lies in one picture is drawn to one scale, and every bar bears its figure."""

from collections.abc import Sequence

from msgspec import Struct

from reports.paper.fonts import REGULAR, drawable, width
from reports.paper.sheet import ACCENT, ALARM, GREY, INK, RULE, Paint, Sheet

TEXT = 6.2
TAKEN, LIGHT, AMBER = "#3B7EA1", "#94B8AE", "#C77700"
COLORS = (ACCENT, TAKEN, LIGHT, AMBER, ALARM, GREY)
"""Colors of parts that stand beside each other, dark enough to survive a bad photocopy."""
BAR, LINE, AROUND = 7.0, 12.6, 26.0
"""Height of a bar, of its row, of what stands around the rows."""
Part = tuple[int, str]
"""How much, and its color."""


class ChartBar(Struct, frozen=True):
    """A row: what it is called, its parts, and the figure behind them."""

    head: str
    parts: tuple[Part, ...]
    figure: str

    @property
    def long(self) -> int:
        """All of it."""
        return sum(much for much, _ in self.parts)


class BarChart(Struct, frozen=True, kw_only=True):
    """Bars that lie under each other: a title, the meaning of colors where there are several, ends that a bar should not pass."""

    title: str
    bars: tuple[ChartBar, ...]
    key: tuple[tuple[str, str], ...] = ()
    """Word and color."""
    ends: tuple[tuple[int, str], ...] = ()
    """How much, and its color: dashed lines."""
    head_share: float = 0.3
    """Of the width: room for the names of bars."""

    @property
    def height(self) -> float:
        """What it takes on the page."""
        return AROUND + LINE * len(self.bars) + (9.0 if self.key else 0.0)


def draw_bars(sheet: Sheet, chart: BarChart, x: float, y: float, wide: float) -> None:
    """The chart in a frame from its upper left corner; figures stand behind their bars, in their own column where a bar is long."""
    sheet.box(x, y, wide, chart.height, stroke=RULE)
    sheet.text(x + 8, y + 12, fitting(chart.title, 7.5, wide - 16), Paint(7.5, REGULAR, INK))
    top = y + 19
    if chart.key:
        draw_key(sheet, chart.key, x + 8, top)
        top += 9
    head = wide * chart.head_share
    room = wide - 16 - head - max((width(bar.figure, TEXT) for bar in chart.bars), default=0.0) - 6
    most = max(1, *(bar.long for bar in chart.bars), *(end for end, _ in chart.ends)) if chart.bars else 1
    left = x + 8 + head
    for end, color in chart.ends:
        sheet.dashed(left + room * end / most, top, LINE * len(chart.bars), color=color)
    for place, bar in enumerate(chart.bars):
        line, at = top + place * LINE, left
        sheet.text(x + 8, line + BAR, fitting(bar.head, TEXT, head - 6), Paint(TEXT, REGULAR, INK))
        at = draw_parts(sheet, bar.parts, at, line + 1.2, room / most)
        sheet.text(at + 4, line + BAR, bar.figure, Paint(TEXT, REGULAR, INK))


def draw_parts(sheet: Sheet, parts: Sequence[Part], x: float, y: float, per_unit: float) -> float:
    """The parts of a bar side by side; where it ends. A part of something is never nothing: half a point at least."""
    for much, color in parts:
        length = max(much * per_unit, 0.5 if much > 0 else 0.0)
        if length:
            sheet.box(x, y, length, BAR - 1, fill=color, stroke=None)
        x += length
    return x


def draw_key(sheet: Sheet, key: Sequence[tuple[str, str]], x: float, y: float) -> None:
    """What colors mean, in one line: a square and its word each."""
    for word, color in key:
        sheet.box(x, y, 4, 4, fill=color, stroke=None)
        sheet.text(x + 6, y + 4.2, word, Paint(TEXT, REGULAR, INK))
        x += 6 + width(word, TEXT) + 8


def fitting(text: str, size: float, room: float) -> str:
    """The text, or its beginning with an ellipsis where it is too wide."""
    kept = drawable(text)
    while width(kept, size) > room and len(kept) > 1:
        kept = kept[:-2] + "…"
    return kept


def figure(grams: int) -> str:
    """Tonnes as a chart shows them: three decimals, thousands apart, no zeros behind; the table beside it has them to the gram."""
    kilograms = (abs(grams) + 500) // 1000
    text = f"{kilograms // 1000:,}.{kilograms % 1000:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if grams < 0 and kilograms else text
