"""A workbook of more rows than a sheet can have (S1), with the real limit of the format; and what a statement of 10^4 lines costs to draw.

Tests do the first with a sheet of four rows; this one takes a minute. The file is read back as XML, row by row, without the program that wrote
it. The statement's lines are those of one real manifest, one in fifty out of tolerance.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pypdf
from msgspec.structs import replace

from bench.figures import Figure, timed
from reports.reconcile import SUFFIXES, to_bytes
from reports.reconciliation.model import MonthlyStatement
from reports.tables.workbook import SHEET_ROWS, Workbook
from tests.reports.month import drawn, october

MORE = 1_000
"""Rows beyond the limit."""
LINES = 10_000
ROUNDS = 3
_ROW = re.compile(rb'<row r="([0-9]+)"')
_CHUNK = 1 << 20


def rows_of(part: zipfile.ZipExtFile) -> list[int]:
    """Numbers of the rows of a sheet, from 1, in order."""
    found, rest = [], b""
    while chunk := part.read(_CHUNK):
        rest += chunk
        end = rest.rfind(b"<row ") if len(chunk) == _CHUNK else len(rest)
        found += [int(number) for number in _ROW.findall(rest[:end])]
        rest = rest[end:]
    return found


def statement(lines: int) -> MonthlyStatement:
    """October with so many lines, one in fifty out of tolerance."""
    found = drawn(october())
    one = next(row for row in found.rows if row.accepted_g is not None)
    rows = (replace(one, manifest=f"01K9{number:022d}", level="" if number % 50 else "M") for number in range(lines))
    return replace(found, rows=tuple(rows))


def drawings() -> Iterator[Figure]:
    """CPU of each file of a statement of 10^4 lines, the least of some rounds."""
    for suffix in SUFFIXES:
        spent = []
        for _ in range(ROUNDS):
            made = statement(LINES)  # anew: what is found of it is kept with it
            start = time.process_time()
            content = to_bytes(made, suffix)
            spent.append(time.process_time() - start)
        pages = f", {len(pypdf.PdfReader(io.BytesIO(content)).pages)} pages" if suffix == "pdf" else ""
        yield Figure(
            name=f"a statement of {LINES} lines, {suffix}", value=min(spent) * 1000, unit="ms CPU", note=f"{len(content)} bytes{pages}"
        )


def measure(_: int) -> Iterator[Figure]:
    """Drawing statements; then microseconds of a row of two cells; AssertionError where a row is missing."""
    yield from drawings()
    count = SHEET_ROWS + MORE
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        with timed() as seconds:
            book = Workbook(str(path), "联单", folder=folder)
            book.sheet("联单", [("国家联单编号", 18), ("吨", 16)], ([f"{number:014d}", Decimal(number)] for number in range(count)))
            book.close()
        with zipfile.ZipFile(path) as parts:
            names = sorted(name for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
            rows = [rows_of(parts.open(name)) for name in names]  # type: ignore[arg-type]  # of one class at run time
            last = parts.read(names[-1])[-2000:]
    assert rows == [list(range(1, SHEET_ROWS + 2)), list(range(1, MORE + 2))], "every row once, a head on each sheet"
    assert f"<v>{count - 1}</v>".encode() in last, "and the last is the last"
    yield Figure(name="rows of a workbook of two sheets", value=count, unit="rows", note=f"none lost, {path.name} read back")
    yield Figure(name="a row of two cells", value=seconds() / count * 1e6, unit="µs")
