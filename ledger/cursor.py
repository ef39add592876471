"""Cursors of pages: opaque to whoever follows them, a position in an order to us.

A cursor says where the page before ended, never how many came before it, so rows that are added meanwhile shift and repeat nothing.
It grants nothing: every page is filtered for its reader again.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec
from msgspec import Struct

from signing.refusal import refuse

CURSOR_MAX = 400
"""Characters; the longest chain name of a manifest or an approval takes about 110."""
ALL_ROWS = 2**31
"""Behind every row of a chain."""

PlaceT = TypeVar("PlaceT", bound=Struct)


class Position(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last row that was given: the key of its chain, and its number among the rows of that chain."""

    key: str
    number: int

    def __post_init__(self) -> None:
        """Only what can be a key: the database takes no NUL, and no chain name holds a control character."""
        if not self.key.isprintable() or not 0 <= self.number <= ALL_ROWS:
            raise ValueError("not a place")


def write_cursor(place: Struct) -> str:
    """A position as text for a URL."""
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).decode("ascii").rstrip("=")


def read_cursor(text: str | None, place: type[PlaceT]) -> PlaceT | None:
    """The inverse of :func:`write_cursor`; ``None`` for no cursor, Refusal CURSOR_FORM for a text that was never one."""
    if text is None:
        return None
    try:
        if len(text) > CURSOR_MAX:
            raise ValueError("too long")
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        return msgspec.msgpack.decode(raw, type=place)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise refuse("CURSOR_FORM", field="cursor", found=text, expected="next of the page before") from None
