"""The two shipped fonts: what they can draw, how wide it is, and how it breaks into lines.

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

REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"
_FOLDER = Path(__file__).parents[1] / "fonts"
_FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold.ttf"}
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕％…·,.;:?!)]}%”’")
_NOT_LAST = frozenset("（《「『【〔([{“‘")
_PIECES = re.compile(r"[0-9A-Za-z+/=_.:@#&-]+| +|.", re.DOTALL)
_LOADING = Lock()


def load() -> dict[str, PaperFont]:
    """Both fonts, registered with reportlab; read from disk once per process, also when several threads ask first."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> dict[str, PaperFont]:
    rl_config.useA85 = 0  # binary streams: a fifth less to write, and nobody mails a PDF as text
    for name, file in _FILES.items():
        pdfmetrics.registerFont(PaperFont(name, str(_FOLDER / file)))
    # What the registry holds, not what was offered: it keeps the first font of a name, and one document must never see two.
    return {name: pdfmetrics.getFont(name) for name in _FILES}


@cache
def _glyphs(face: str) -> frozenset[int]:
    return frozenset(load()[face].face.charToGlyph)


@cache
def _widths(face: str) -> dict[int, float]:
    return dict(load()[face].face.charWidths)


def missing(text: str) -> tuple[str, ...]:
    """Characters that the regular font cannot draw, each once, in order."""
    glyphs = _glyphs(REGULAR)
    return tuple(dict.fromkeys(char for char in text if ord(char) not in glyphs))


@lru_cache(maxsize=8192)
def drawable(text: str) -> str:
    """The text as it can be drawn: a character without glyph becomes 〔U+XXXX〕."""
    glyphs = _glyphs(REGULAR)
    if all(ord(char) in glyphs for char in text):
        return text
    return "".join(char if ord(char) in glyphs else f"〔U+{ord(char):04X}〕" for char in text)


@lru_cache(maxsize=8192)
def face_for(text: str, wanted: str) -> str:
    """The wanted face if it has every glyph of a drawable text, else the regular one."""
    return wanted if wanted == REGULAR or all(ord(char) in _glyphs(wanted) for char in text) else REGULAR


@lru_cache(maxsize=16384)
def width(text: str, face: str, size: float) -> float:
    """Width of a drawable text in points."""
    widths = _widths(face)
    return sum(widths.get(ord(char), 1000.0) for char in text) * size / 1000.0


@lru_cache(maxsize=4096)
def wrap(text: str, face: str, size: float, room: float) -> tuple[str, ...]:
    """Lines of a text no wider than ``room`` points; LF breaks too. At least one line, possibly empty."""
    return tuple(line for paragraph in text.split("\n") for line in _wrap(drawable(paragraph), face, size, room))


def _wrap(text: str, face: str, size: float, room: float) -> list[str]:
    if width(text, face, size) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, face, size, room):
        if line and width(line + piece, face, size) > room and piece not in _NOT_FIRST:
            carried = ""
            while line and line[-1] in _NOT_LAST:
                carried, line = line[-1] + carried, line[:-1]
            lines.append(line.rstrip(" "))
            line = carried + piece.lstrip(" ")
        else:
            line += piece
    return [*lines, line] if line else lines


def _pieces(text: str, face: str, size: float, room: float) -> list[str]:
    """Units that stay together, cut where one alone is wider than the room."""
    found: list[str] = []
    for piece in _PIECES.findall(text):
        while len(piece) > 1 and width(piece, face, size) > room:
            cut = max(1, int(len(piece) * room / width(piece, face, size)))
            while cut > 1 and width(piece[:cut], face, size) > room:
                cut -= 1
            found.append(piece[:cut])
            piece = piece[cut:]  # noqa: PLW2901  # the rest of the same word
        found.append(piece)
    return found
