"""Charts that the server draws (console.md §9): integers become places here, and a template writes them as attributes of an SVG. Pure.

Every chart has a sentence that says what it shows, and the figures behind it, for a table stands beside each. No style is written into a
picture: what a part means is its name, and the style sheet gives a colour to it. Coordinates are whole tenths of a unit, so that two
servers draw the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unicodedata import east_asian_width

from msgspec import Struct

WIDE, LONGEST, ROW, BAR, HEAD, BESIDE = 400, 300, 54, 12, 26, 19
"""Width of a chart, length of its longest bar (its figure stands behind it), height of a row, of its bar, of the name above it, and from a bar to
the one beside it. Names and figures are 15.5 units high on phones (charts.css): what stands above another is 18 away."""
LINE, LETTER = 18, 8.8
"""From a line of a name to the next; the widest that a letter is on phones. Chinese takes two."""
LEAST = 2
"""A part of something is never nothing."""


class ChartPart(Struct, frozen=True, kw_only=True):
    """A part of a bar: what it is (a class of the style sheet), how much, and how that reads."""

    name: str
    amount: int
    text: str


class ChartRow(Struct, frozen=True, kw_only=True):
    """A bar or two: what it is called, and its parts, those of nothing left out; ``beside`` is drawn under it, to be compared with it."""

    head: str
    parts: tuple[ChartPart, ...]
    beside: tuple[ChartPart, ...] = ()
    said: str = ""
    """The figure that stands behind the bar; without one those of its parts, one after the other."""
    beside_said: str = ""


class DrawnPart(Struct, frozen=True, kw_only=True):
    """A rectangle."""

    name: str
    x: int
    y: int
    width: int
    height: int
    text: str


class DrawnText(Struct, frozen=True, kw_only=True):
    """A text and where it begins."""

    x: int
    y: int
    text: str


class DrawnChart(Struct, frozen=True, kw_only=True):
    """A picture with everything in its place; ``height`` grows with the rows."""

    width: int
    height: int
    parts: tuple[DrawnPart, ...]
    heads: tuple[DrawnText, ...]
    figures: tuple[DrawnText, ...] = ()
    """Behind each bar what it stands for."""


def with_rest(rows: Sequence[ChartRow], most: int, head: str, said: Callable[[int], str]) -> list[ChartRow]:
    """The first rows, and in place of those that a picture has no room for one bar of all of them together; for rows of one part that add up."""
    if len(rows) <= most:
        return [*rows]
    rest = rows[most - 1 :]
    amount = sum(part.amount for row in rest for part in row.parts)
    return [
        *rows[: most - 1],
        ChartRow(head=head.format(n=len(rest)), parts=(ChartPart(name=rest[0].parts[0].name, amount=amount, text=said(amount)),)),
    ]


def lines_of(head: str) -> list[str]:
    """A name in as many lines as it needs on a phone, broken where it has blanks."""
    lines = [""]
    for word in head.replace(" ", "\0 ").replace("　", "\0　").split("\0"):
        if lines[-1] and _width(lines[-1] + word) > WIDE:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return lines


def _width(text: str) -> float:
    return LETTER * sum(1 + (east_asian_width(letter) in "WF") for letter in text)


def bars(rows: Sequence[ChartRow], *, most: int = 0, marks: Sequence[int] = ()) -> DrawnChart:
    """Bars under each other to one scale, which ends at ``most`` or at the longest bar; at each of ``marks`` a line that a bar should not pass."""
    long = max([most, *marks, *(sum(part.amount for part in parts) for row in rows for parts in (row.parts, row.beside)), 1])
    parts, heads, figures, y = list[DrawnPart](), list[DrawnText](), list[DrawnText](), 0

    def draw(told: Sequence[ChartPart], top: int, said: str = "") -> None:
        drawn = _bar(told, top, long)
        end = drawn[-1].x + drawn[-1].width if drawn else 0
        text = said or " · ".join(part.text for part in told if part.amount > 0 and part.text)
        parts.extend(drawn)
        figures.append(DrawnText(x=end + 6, y=top + BAR - 1, text=text or "0"))
        parts.extend(DrawnPart(name="limit", x=LONGEST * mark // long - 1, y=top - 3, width=2, height=BAR + 6, text="") for mark in marks)

    for row in rows:
        for number, line in enumerate(lines_of(row.head)):
            y += LINE if number else 0
            heads.append(DrawnText(x=0, y=y + HEAD - 9, text=line))
        draw(row.parts, y + HEAD, row.said)
        if row.beside:
            y += BESIDE
            draw(row.beside, y + HEAD, row.beside_said)
        y += ROW
    return DrawnChart(
        width=WIDE,
        height=max(y - ROW + HEAD + BAR + 6, ROW),
        parts=tuple(parts),
        heads=tuple(heads),
        figures=tuple(figures),
    )


def _bar(parts: Sequence[ChartPart], y: int, long: int) -> list[DrawnPart]:
    found, x, done = list[DrawnPart](), 0, 0
    for part in parts:
        if part.amount <= 0:
            continue
        done += part.amount
        end = max(LONGEST * done // long, x + LEAST)
        found.append(DrawnPart(name=part.name, x=x, y=y, width=end - x, height=BAR, text=part.text))
        x = end
    return found
