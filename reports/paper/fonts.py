"""The shipped font: what it can draw, how wide it is, and how it breaks into lines; and what makes it bold.

Chinese breaks anywhere but before closing and after opening marks; Latin words and numbers stay whole. reportlab draws a character without glyph silently as a box. So every text goes through :func:`drawable` first, which writes such a
character as 〔U+XXXX〕; nothing is lost and nothing is guessed.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics

from reports.paper.embedding import PaperFont

FACE = "NotoSansSC"
REGULAR, BOLD = 0.0, 0.034
"""Weights: how thick the outlines are drawn over the filled glyphs, in em. A second font would be a sixth of every document."""
BOLD_LEAST = 10.0
"""Points below which nothing is bold: no viewer draws a line thinner than a pixel, and small counters would close."""
_FILE = Path(__file__).parents[1] / "fonts/NotoSansSC-Regular.ttf"
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕％…·,.;:?!)]}%”’")
_HALF_BLANK = frozenset("，。、；：？！）》」』】〕")
"""Marks whose right half is blank, which may stand outside."""
_NOT_LAST = frozenset("（《「『【〔([{“‘")
_PIECES = re.compile(r"[0-9A-Za-z+/=_.:@#&-]+| +|.", re.DOTALL)
_LOADING = Lock()


def load() -> PaperFont:
    """The font, registered with reportlab; read from disk once per process, also when several threads ask first."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> PaperFont:
    rl_config.useA85 = 0  # binary streams: a fifth less to write, and nobody mails a PDF as text
    pdfmetrics.registerFont(PaperFont(FACE, str(_FILE)))
    # What the registry holds, not what was offered: it keeps the first font of a name, and one document must never see two.
    font: PaperFont = pdfmetrics.getFont(FACE)
    return font


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(load().face.charToGlyph)


@cache
def _widths() -> dict[int, float]:
    return dict(load().face.charWidths)


def missing(text: str) -> tuple[str, ...]:
    """Characters that the font cannot draw, each once, in order."""
    glyphs = _glyphs()
    return tuple(dict.fromkeys(char for char in text if ord(char) not in glyphs))


@lru_cache(maxsize=8192)
def drawable(text: str) -> str:
    """The text as it can be drawn: a character without glyph becomes 〔U+XXXX〕."""
    glyphs = _glyphs()
    if all(ord(char) in glyphs for char in text):
        return text
    return "".join(char if ord(char) in glyphs else f"〔U+{ord(char):04X}〕" for char in text)


@lru_cache(maxsize=16384)
def width(text: str, size: float) -> float:
    """Width of a drawable text in points, whatever its weight."""
    widths = _widths()
    return sum(widths.get(ord(char), 1000.0) for char in text) * size / 1000.0


@lru_cache(maxsize=4096)
def wrap(text: str, size: float, room: float) -> tuple[str, ...]:
    """Lines of a text whose ink is no wider than ``room`` points; LF breaks too. At least one line, possibly empty."""
    return tuple(line for paragraph in text.split("\n") for line in _wrap(drawable(paragraph), size, room))


def _wrap(text: str, size: float, room: float) -> list[str]:
    if width(text, size) <= _room_for(text, size, room):
        return [text]
    lines: list[str] = []
    line: list[str] = []
    for piece in _pieces(text, size, room):
        if not line or width("".join(line) + piece, size) <= _room_for(piece, size, room):
            line.append(piece)
            continue
        kept = _break(line, piece)
        if kept:  # else there is nowhere to break: a mark hangs out
            lines.append("".join(line[:kept]).rstrip(" "))
            line = line[kept:]
        line.append(piece if line else piece.lstrip(" "))
    return [*lines, "".join(line)] if line else lines


def _room_for(text: str, size: float, room: float) -> float:
    return room + size / 2 if text[-1:] in _HALF_BLANK else room


def _break(line: list[str], piece: str) -> int:
    """How many pieces stay on a line that ``piece`` is too much for: a closing mark takes along what it closes, an opening one goes with
    what it opens.
    """
    kept = len(line)
    while kept and (piece if kept == len(line) else line[kept]) in _NOT_FIRST:
        kept -= 1
    while kept and line[kept - 1][-1] in _NOT_LAST:
        kept -= 1
    return kept


def _pieces(text: str, size: float, room: float) -> list[str]:
    """Units that stay together, cut where one alone is wider than the room."""
    found: list[str] = []
    for piece in _PIECES.findall(text):
        while len(piece) > 1 and width(piece, size) > room:
            cut = max(1, int(len(piece) * room / width(piece, size)))
            while cut > 1 and width(piece[:cut], size) > room:
                cut -= 1
            found.append(piece[:cut])
            piece = piece[cut:]  # noqa: PLW2901  # the rest of the same word
        found.append(piece)
    return found
