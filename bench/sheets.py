"""A workbook of more rows than a sheet can have (S1), with the real limit of the format: that no row is lost, and what a row costs.

Tests do the same with a sheet of four rows; this one takes a minute. The file is read back as XML, row by row, without the program that wrote it.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from bench.figures import Figure, timed
from reports.tables.workbook import SHEET_ROWS, Workbook

MORE = 1_000
"""Rows beyond the limit."""
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


def measure(_: int) -> Iterator[Figure]:
    """Microseconds of a row of two cells; AssertionError where a row is missing."""
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
            last = parts.read(names[-1])[-400:]
    assert rows == [list(range(1, SHEET_ROWS + 2)), list(range(1, MORE + 2))], "every row once, a head on each sheet"
    assert f"<v>{count - 1}</v>".encode() in last, "and the last is the last"
    yield Figure(name="rows of a workbook of two sheets", value=count, unit="rows", note=f"none lost, {path.name} read back")
    yield Figure(name="a row of two cells", value=seconds() / count * 1e6, unit="µs")
