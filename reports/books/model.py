"""A book (台账) as it was read: its lines with the place of each in the file, masses in grams, days of Asia/Shanghai. Persons stand in none.

Source: HJ 1259-2022 appendices B and C (B.1–B.5, C.1; 资料性), of which none has a column for the manifest's number.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal, get_args

import msgspec
from msgspec import Struct

BookKind = Literal["b1", "b2", "b3", "b4", "b5", "c1", "platform", "enterprise", "tickets"]
"""产生, 入库, 出库, 自行利用处置, 委外 (HJ 1259 B.1–B.5), 月报 (C.1), an export of the national platform, one of a firm's own system, 磅单."""
BOOK_KINDS: tuple[BookKind, ...] = get_args(BookKind)
LineSide = Literal["out", "in", "stock", "weighing", "made", "used"]
"""移出, 接受, 贮存, 过磅, 产生, 自行利用处置: what a line says happened to the mass, as the holder of the book tells it."""
StockTerm = Literal["", "entered", "left", "opening", "closing"]
"""Of a line of 贮存: 入库, 出库, 上月底剩余, 本月底剩余."""


class BookLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One quantity of a book. A row of C.1 says several: each is a line of its own."""

    holder: str
    """USCC of whose book it is."""
    book: str
    """:attr:`Book.id`; empty until the book is kept."""
    sheet: str
    row: int
    """From 1, heads included."""
    side: LineSide
    term: StockTerm = ""
    day: str | None = None
    """``YYYY-MM-DD`` of Asia/Shanghai; None for what is told of a whole month."""
    time: str = ""
    """``HH:MM:SS``, where the book has it."""
    manifest_no: str | None = None
    """联单编号 as the book has it: of HJ 1259 no column, an extra one of ours in B.5."""
    number: str | None = None
    """磅单号 or another number of the row itself; opaque."""
    batch: str | None = None
    """批次编码; opaque, never taken apart."""
    waste: str = ""
    code: str = ""
    """Eight digits in three groups; empty where the book has none (a weighbridge ticket)."""
    mass_g: int
    gross_g: int | None = None
    tare_g: int | None = None
    partner: str = ""
    """The other side by USCC, empty where the book names it otherwise."""
    partner_name: str = ""
    permit_no: str = ""
    plate: str | None = None
    method: str | None = None
    raw: dict[str, str] = {}
    """The cells of the row by their heads, as they stand there; none of a column of persons."""

    @property
    def place(self) -> str:
        """``委外!7``: where a finding points to."""
        return f"{self.sheet}!{self.row}"


class Book(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A book that was kept, of one holder, kind, sender and month. The newest of these is in force; earlier ones say what replaced them."""

    id: str
    """ULID of its reading."""
    holder: str
    kind: BookKind
    month: str
    """``YYYY-MM``."""
    file: str
    """What its sender called it."""
    sha256: str
    """Of the file."""
    lines_hash: str
    """:func:`hash_of_lines`: the same lines in another file are the same book."""
    lines: int
    sender: str = ""
    """Name of the mapping by which it was read; empty where its heads are those of the standard."""
    put_at_s: int
    put_by: str
    """USCC of who handed it in."""
    replaced_by: str = ""
    """:attr:`id` of the newer version of the same month's book; empty while it is in force."""


_OF_PLACE = frozenset({"book", "sheet", "row", "raw"})


def hash_of_lines(lines: Iterable[BookLine]) -> str:
    """SHA-256 of what lines say, in their order, wherever in a file they stand: a saved-again file is known by it."""
    told = sha256()
    for line in lines:
        said = msgspec.to_builtins(line)
        told.update(msgspec.json.encode({name: said[name] for name in sorted(said) if name not in _OF_PLACE}))
        told.update(b"\n")
    return told.hexdigest()
