"""Opening a file that anybody may have made: told apart by its first bytes, bounded, no formula computed, no macro run."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from liandan.intake.model import SheetBook, Spot
from liandan.intake.saying import SheetReading
from liandan.intake.sniffing import FILE_MAX, sort_of
from liandan.intake.text import read_csv
from liandan.intake.xls import read_xls
from liandan.intake.xlsx import read_xlsx
from signing.files import read_whole
from signing.phrase import Phrase
from signing.refusal import Reason

_SUFFIXES = {"xlsx": (".xlsx", ".xlsm", ".xltx"), "xls": (".xls", ".et", ".xlt"), "csv": (".csv", ".txt", ".tsv")}


def open_bytes(name: str, raw: bytes) -> SheetBook:
    """The sheets of a file; Refusal INTAKE_FILE. ``name`` is what its sender called it: a file that is another than its name says is read as what
    it is, and that is said."""
    sort = sort_of(raw)
    said: list[Phrase] = []
    if (suffix := Path(name).suffix.lower()) not in _SUFFIXES[sort] and suffix:
        said.append(Phrase(f"名为 {suffix}，内容是 {sort.upper()}，按内容读取", f"called {suffix}, is {sort.upper()} and read as such"))
    epoch = None
    if sort == "csv":
        grid, how = read_csv(raw, "CSV")
        grids, said = [grid], said + how
    else:
        grids, epoch = read_xlsx(raw) if sort == "xlsx" else read_xls(raw)
    return SheetBook(file=name, sort=sort, sha256=sha256(raw).hexdigest(), size=len(raw), grids=grids, epoch=epoch, said=said)


def bytes_of(paths: Sequence[Path], out: SheetReading) -> list[tuple[str, bytes]]:
    """Names and bytes of regular files; of what cannot be read a finding."""
    found = []
    for path in paths:
        try:
            found.append((path.name, read_whole(path, FILE_MAX)))
        except OSError as error:
            out.refuse(Spot(path.name), Reason("INTAKE_FILE", "", error.strerror or type(error).__name__, "", "AWAY"))
    return found
