"""Breaking text into lines: Chinese breaks anywhere but before closing and after opening marks; Latin words and numbers stay whole."""

import re
from functools import lru_cache

from reports.paper.fonts import drawable, width

_NOT_FIRST = frozenset("，。、；：？！）》」』】〕％…·,.;:?!)]}%”’")
_NOT_LAST = frozenset("（《「『【〔([{“‘")
_PIECES = re.compile(r"[0-9A-Za-z+/=_.:@#&-]+| +|.", re.DOTALL)


@lru_cache(maxsize=4096)
def wrap(text: str, face: str, size: float, room: float) -> tuple[str, ...]:
    """Lines of a text no wider than ``room`` points; LF breaks too. At least one line, possibly empty."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrap(drawable(paragraph), face, size, room)
    return tuple(lines)


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
