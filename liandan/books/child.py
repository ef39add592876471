"""The process in which a server reads a book of a stranger: ``python -m liandan.books.child NAME MAPPING``, bounded like that of the intake."""

from __future__ import annotations

import sys

import msgspec

from liandan.books.mapping import BookMapping
from liandan.books.reading import read_book
from liandan.intake.child import bounded_input


def main(name: str, mapping: str) -> None:
    """``mapping`` is JSON, or empty for the tables of the standard."""
    raw = bounded_input()
    known = None if not mapping else msgspec.json.decode(mapping, type=BookMapping)
    sys.stdout.buffer.write(msgspec.msgpack.encode(read_book(name, raw, known)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
