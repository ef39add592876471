"""Values by name in the pages of a file, every page held by its hash: who knows the list of hashes needs to read only the pages that he uses.

A :class:`DiskMap` whose values lie in order, some hundred to a page, so that neighbours are read together and a part of the names can be walked.
The list of pages is small; sealed (``reports.reconciliation.kept.keeping``), it speaks for every value. A page that was changed, exchanged, put back
or taken away beside the list is noticed when it is read.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ledger.auditing.disk_map import DiskMap

PAGE_BYTES = 16 * 1024
"""A page that has become larger is divided."""
HOT = 32_000
"""Values held decoded, some 60 MB: those of the manifests under way when a month has 5,000."""
_KEPT = 128
"""Pages held decoded."""
_BESIDE = frozenset({"=filed", "=told"})
"""What is gathered of one manifest and asked for by its name alone."""
_DELETED = msgspec.msgpack.encode(None)
_Page = dict[str, bytes]
"""Encoded values by their place."""
_DECODE = msgspec.msgpack.Decoder(_Page).decode


class Unfit(Exception):
    """What was kept is not what was sealed, or not of this log: it is thrown away and made again."""


class PageList(Struct, frozen=True):
    """What a seal says of the pages: where each begins (a place), its number in the file, SHA-256 of its bytes."""

    firsts: list[str] = []
    numbers: list[int] = []
    digests: list[bytes] = []


class PagedMap(DiskMap):
    """A DiskMap in pages. Putting None takes a name out."""

    def __init__(self, path: Path | None, encode: Callable[[Any], bytes], decode: Callable[[str, bytes], Any], *, hot: int = HOT) -> None:
        """``path`` None is a private file that vanishes with the process. A file that is there is empty until :meth:`use` says what holds."""
        super().__init__(path, encode, decode, hot=hot)
        self.db.execute("PRAGMA trusted_schema = OFF")
        self.db.execute("CREATE TABLE IF NOT EXISTS page (number INTEGER PRIMARY KEY, content BLOB NOT NULL)")
        self.db.execute("CREATE TABLE IF NOT EXISTS pin (size INTEGER PRIMARY KEY, mark BLOB NOT NULL)")
        self._firsts: list[str] = []
        self._numbers: list[int] = []
        self._digests: list[bytes] = []
        self._next = 1
        self._pinned: frozenset[int] = frozenset()
        self._page = lru_cache(_KEPT)(self._read_page)

    def use(self, pages: PageList) -> None:
        """Go on from what was kept under this list."""
        self._firsts, self._numbers, self._digests = list(pages.firsts), list(pages.numbers), list(pages.digests)
        self._next = max(self._pinned.union(self._numbers), default=0) + 1
        self._written = bytearray(b"\1") * len(self._written)

    def pins(self) -> list[bytes | None]:
        """Marks of moments that are kept beside the newest one, whatever somebody may have written there."""
        return [mark for (mark,) in self.db.execute("SELECT CAST(mark AS BLOB) FROM pin")]

    def hold(self, pages: Iterable[PageList]) -> None:
        """The pages of these moments stay as they are, whatever is put."""
        self._pinned = frozenset(number for one in pages for number in one.numbers)
        self._next = max(self._next, max(self._pinned, default=0) + 1)

    def pin(self, marks: dict[int, bytes], pages: Iterable[PageList]) -> None:
        """Keep these moments, by size, and no others: pages of none of them, and not used now, go."""
        self.hold(pages)
        self.db.execute("DELETE FROM pin")
        self.db.executemany("INSERT INTO pin VALUES (?, ?)", sorted(marks.items()))
        held = self._pinned.union(self._numbers)
        gone = [row for row in self.db.execute("SELECT number FROM page") if row[0] not in held]
        self.db.executemany("DELETE FROM page WHERE number = ?", gone)

    @property
    def pages(self) -> PageList:
        """The list as it is now; everything put before must have been written (:meth:`settle`)."""
        return PageList(list(self._firsts), list(self._numbers), list(self._digests))

    def settle(self) -> None:
        """Write what waits in memory to its pages."""
        self._flush()

    def walk(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """Names that begin so and their values, in order; for names that lie where they are called. What is put meanwhile may be left out."""
        if self.dirty:
            self._flush()
        at = max(bisect_right(self._firsts, prefix) - 1, 0)
        while at < len(self._firsts):
            if self._firsts[at] > prefix and not self._firsts[at].startswith(prefix):
                return
            for place, raw in self._page(self._numbers[at], self._digests[at]).items():
                if place.startswith(prefix):
                    yield place, self._decode(place, raw)
            at += 1

    def _load(self, name: str) -> bytes | None:
        place = place_of(name)
        at = bisect_right(self._firsts, place) - 1
        return None if at < 0 else self._page(self._numbers[at], self._digests[at]).get(place)

    def _read_page(self, number: int, digest: bytes) -> _Page:
        try:
            found = self.db.execute("SELECT content FROM page WHERE number = ?", (number,)).fetchone()
        except sqlite3.DatabaseError:  # what is no text, no table, no database
            found = None
        if found is None or not isinstance(found[0], bytes) or sha256(found[0]).digest() != digest:
            raise Unfit(f"page {number}")
        return _DECODE(found[0])

    def _store(self, rows: list[tuple[str, bytes]]) -> None:
        placed = sorted((place_of(name), raw) for name, raw in rows)
        # From the right, so that a page that is divided or emptied does not move those that are still to come.
        groups = [(at, list(group)) for at, group in groupby(placed, lambda row: max(bisect_right(self._firsts, row[0]) - 1, 0))]
        for at, group in reversed(groups):
            page = dict(self._page(self._numbers[at], self._digests[at])) if self._firsts else {}
            page.update(group)
            kept = sorted((item for item in page.items() if item[1] != _DELETED), key=itemgetter(0))
            self._replace(at, _divided(kept))

    def _replace(self, at: int, parts: list[_Page]) -> None:
        """Put pages in the place of one; the first keeps its number, where that is not of a moment that is pinned."""
        old = [number for number in self._numbers[at : at + 1] if number not in self._pinned]
        numbers = [*old, *range(self._next, self._next + len(parts))][: len(parts)]
        self._next += len(parts)
        contents = [msgspec.msgpack.encode(part) for part in parts]
        if not parts:
            self.db.executemany("DELETE FROM page WHERE number = ?", [(number,) for number in old])
        self.db.executemany("INSERT OR REPLACE INTO page VALUES (?, ?)", zip(numbers, contents, strict=True))
        self._firsts[at : at + 1] = [next(iter(part)) for part in parts]
        self._numbers[at : at + 1] = numbers
        self._digests[at : at + 1] = [sha256(content).digest() for content in contents]

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All values, encoded, by place."""
        self._flush()
        for number, digest in zip(self._numbers, self._digests, strict=True):
            yield from self._page(number, digest).items()

    def __len__(self) -> int:
        """How many values there are."""
        return sum(1 for _ in self.items())


def place_of(name: str) -> str:
    """Where a name lies: what belongs to one manifest lies together, those of about one time side by side (a ULID begins with its time), so that
    a month of new loads fills few pages and leaves those of before as they are. What is walked lies where it is called.
    """
    register, _, chain = name.partition(":")
    if chain.startswith(("manifest/", "case/")) and (register[:1] != "=" or register in _BESIDE):
        return f"~{chain.split('/')[2]} {name}"
    return name


def _divided(items: list[tuple[str, bytes]]) -> list[_Page]:
    """Items in as many pages as they need, each about as full as the others."""
    total = sum(len(place) + len(raw) for place, raw in items)
    parts = min(-(-total // PAGE_BYTES), len(items))
    return [dict(items[len(items) * part // parts : len(items) * (part + 1) // parts]) for part in range(parts)]
