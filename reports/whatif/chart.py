"""Charts as SVG, drawn here: no script, no request, no font of ours. One unit is one pixel at 340 wide, as a phone shows it; wider screens put
several side by side, so that letters stay as large as they are drawn.
"""

from collections.abc import Iterable, Sequence
from html import escape

WIDE = 340
LEFT, RIGHT, TOP, BELOW = 44, 8, 10, 20
COLORS = {
    "quota": "#b42318", "row_missing": "#c77700", "complete_within": "#24607f", "suspended": "#6b3fa0", "use_only": "#8a5300",
    "term": "#59636e", "scope": "#5f9ea0", "method": "#a05a7a", "not_in_force": "#3b7ea1", "other": "#9aa5a3",
}  # fmt: skip
ACCENT, BEFORE, ALARM, HAIR = "#1f5a4c", "#9aa5a3", "#b42318", "#dce2e1"
Bar = Sequence[tuple[int, str]]
"""Parts of a bar, from below or from the left: how much, and its color."""


def _svg(high: int, name: str, parts: Iterable[str]) -> str:
    """A picture with a name for whoever cannot see it."""
    return (
        f'<svg viewBox="0 0 {WIDE} {high}" role="img" aria-label="{escape(name)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", is_grey: bool = False) -> str:
    grey = ' class="grey"' if is_grey else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}"{grey}>{escape(text)}</text>'


def _box(x: float, y: float, wide: float, high: float, color: str, told: str = "") -> str:
    title = f"<title>{escape(told)}</title>" if told else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{color}">{title}</rect>'


def _line(points: Iterable[tuple[float, float]], color: str, *, dashed: bool = False, width: float = 2) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"{dash}/>'


def nice(most: int) -> int:
    """The end of an axis, whose half is whole: 2, 4 or 10 times a power of ten."""
    step = 1
    while True:
        for times in (2, 4, 10):
            if step * times >= most:
                return step * times
        step *= 10


def _axis(high: int, end: int, told: Sequence[str]) -> list[str]:
    """Four lines from nothing to the end, with what they say."""
    floor = high - BELOW
    found = []
    for place, text in enumerate(told):
        y = floor - (floor - TOP) * place / (len(told) - 1)
        found += [_line([(LEFT, y), (WIDE - RIGHT, y)], HAIR, width=1), _text(LEFT - 5, y + 4, text, anchor="end", is_grey=True)]
    assert end > 0, "an axis has a length"
    return found


def columns(name: str, heads: Sequence[str], bars: Sequence[Bar], high: int = 190) -> str:
    """Bars that stand, one by head."""
    end = nice(max(sum(much for much, _ in bar) for bar in bars))
    floor, room = high - BELOW, (WIDE - LEFT - RIGHT) / len(bars)
    parts = _axis(high, end, [f"{end * place // 2:,}" for place in range(3)])
    for place, (head, bar) in enumerate(zip(heads, bars, strict=True)):
        x, y = LEFT + place * room, float(floor)
        for much, color in bar:
            tall = (floor - TOP) * much / end
            y -= tall
            parts.append(_box(x + room * 0.16, y, room * 0.68, tall, color, f"{head} {much:,}"))
        parts.append(_text(x + room / 2, high - 6, head, anchor="middle", is_grey=True))
    return _svg(high, name, parts)


def rows(name: str, bars: Sequence[tuple[str, Bar, str]]) -> str:
    """Bars that lie, each under its head and with a word behind it."""
    end, step = max(1, *(sum(much for much, _ in bar) for _, bar, _ in bars)), 34
    parts, room = [], WIDE - 60
    for place, (head, bar, told) in enumerate(bars):
        y, x = place * step, 0.0
        parts.append(_text(0, y + 12, head))
        for much, color in bar:
            wide = room * much / end
            parts.append(_box(x, y + 17, wide, 10, color, f"{head} {much:,}"))
            x += wide
        parts.append(_text(x + 5, y + 26, told, is_grey=True))
    return _svg(step * len(bars) + 2, name, parts)


def steps(
    name: str,
    heads: Sequence[str],
    curves: Sequence[tuple[Sequence[int], str, bool]],
    limits: Sequence[tuple[int, str]],
    unit: int,
    high: int = 170,
) -> str:
    """Sums that rise month by month, and the lines that they must not pass; the last one is always in sight, others where they are not far
    above. ``unit``: what is one on the axis."""
    most = max(1, *(max(curve) for curve, _, _ in curves), *(limit for limit, _ in limits[-1:]))
    end = nice(-(-most // unit)) * unit
    limits = [(limit, color) for limit, color in limits if limit <= end]
    floor, room = high - BELOW, (WIDE - LEFT - RIGHT) / len(heads)

    def y_of(much: int) -> float:
        return floor - (floor - TOP) * much / end

    parts = _axis(high, end, [f"{end // unit * place // 2:,}" for place in range(3)])
    for limit, color in limits:
        parts.append(_line([(LEFT, y_of(limit)), (WIDE - RIGHT, y_of(limit))], color, dashed=True, width=1.5))
    for curve, color, is_thin in curves:
        points = [(LEFT + (place + at) * room, y_of(much)) for place, much in enumerate(curve) for at in (0, 1)]
        parts.append(_line(points, color, width=1.5 if is_thin else 2.5))
    for place, head in enumerate(heads):
        parts.append(_text(LEFT + (place + 0.5) * room, high - 6, head, anchor="middle", is_grey=True))
    return _svg(high, name, parts)


def square(color: str) -> str:
    """A color, for the key of a chart; a policy that bars inline styles lets it pass."""
    return f'<svg class="square" viewBox="0 0 1 1" aria-hidden="true" xmlns="http://www.w3.org/2000/svg">{_box(0, 0, 1, 1, color)}</svg>'
