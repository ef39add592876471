"""Books at the limits of what is read, in the bounded process of a server: processor time of each, and that the answer is in words (issue 13).

Memory is bounded by that process itself (``liandan.intake.child``)."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator

from bench.figures import Figure
from liandan.books.composing import Holding
from liandan.books.reading import TakenBooks, compose_books
from liandan.intake.bounded import BoundedReader
from tests.liandan.books.ugly import HOLDER, MONTH, book, empty_rows, row, truncated, with_dimension

MILLION = 1_000_000


def many(rows: int) -> list[list[object]]:
    """So many clean rows, each with a batch of its own."""
    return [row(1, batch=f"WW{number:018d}", day=f"{MONTH}-{number % 30 + 1:02d}") for number in range(rows)]


def taken(made: tuple[str, bytes]) -> TakenBooks:
    """What a server's process makes of a file."""
    read = asyncio.run(BoundedReader().read_by("liandan.books.child", (made[0], ""), *made))
    return compose_books(read, Holding(holder=HOLDER, month=MONTH))


def measure(_: int) -> Iterator[Figure]:
    """Each file with its lines or codes; AssertionError where one is answered otherwise than it has to be."""
    cases = {
        "19,998 rows, two of heads": (book(rows=many(19_998)), 19_998, ""),
        "one row more": (book(rows=many(19_999)), 0, "INTAKE_FILE:ROWS"),
        "1,000,000 empty rows": (empty_rows(book(), MILLION), 2, ""),
        "a range of 17 billion cells": (with_dimension(book(), "A1:XFD1048576"), 2, ""),
        "5,000,000 empty rows": (empty_rows(book(), 5 * MILLION), 0, "INTAKE_FILE:BOMB INTAKE_FILE:CELLS INTAKE_FILE:DAMAGED"),
        "cut off at 90 %": (truncated(book(rows=many(5_000)), 0.9), 0, "INTAKE_FILE:DAMAGED"),
    }
    for name, (made, lines, codes) in cases.items():
        start = _spent()
        found = taken(made)
        seconds = _spent() - start
        said = {f"{one.reason.code}:{one.reason.cause}" for one in found.findings}
        assert sum(len(one.lines) for one in found.books) == lines, (name, said)
        assert said <= set(codes.split()), (name, said)
        assert bool(said) == bool(codes), (name, said)
        yield Figure(
            name=f"a book of {name}", value=seconds, unit="s CPU", note=f"{len(made[1]):,} bytes, {lines} lines {' '.join(said)}".rstrip()
        )


def _spent() -> float:
    """Processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
