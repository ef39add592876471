"""The tree as the audit grows it, 256 leaves at a time, beside the tiles that claim to be it.

Roots come from the entries alone. A tile is compared with the tile below it, so one changed hash is found where it stands and not once
more on every level above.
"""

from collections.abc import Callable

from msgspec import Struct

from ledger.auditing.report import Finding, difference
from ledger.tree.merkle import HASH_BYTES, Edge, root_of
from ledger.tree.tiles import WIDTH, Read, Tile, find, split_hashes, tile_at
from signing.phrase import Phrase


class Growth(Struct):
    """What has grown so far: all that is needed to go on, also from a kept state."""

    blocks: Edge = Edge()  # compact range over whole bundles
    rows: list[list[bytes]] = []  # hashes of the unfinished tile of each level above 0, computed from the tiles below
    tail: bytes = b""  # leaf hashes of the last bundle while it is not full

    @property
    def size(self) -> int:
        """Leaves grown."""
        return self.blocks.size * WIDTH + len(self.tail) // HASH_BYTES

    def root(self) -> bytes:
        """Root over all leaves."""
        return Edge(self.size, (*self.blocks.hashes, *Edge().append_many(split_hashes(self.tail)).hashes)).root()


class TileCheck:
    """Grows a tree and compares every tile of ``size`` with it; findings go to ``add``."""

    def __init__(self, growth: Growth, size: int, read: Read, add: Callable[[Finding], None]) -> None:
        self.growth, self._size, self._read, self._add = growth, size, read, add

    def bundle(self, number: int, leaves: bytes, node: bytes) -> None:
        """Leaves of the next bundle and the root over them; the last one may be short."""
        growth = self.growth
        tile = tile_at(0, number, self._size)
        stored = self._stored(tile)
        if stored is not None and stored != leaves:
            self._compare(tile, stored, leaves, "LEAF_DIFFERS", index=number * WIDTH)
        if len(leaves) < WIDTH * HASH_BYTES:
            growth.tail = leaves
            return
        growth.tail = b""
        growth.blocks = growth.blocks.append_many([node])
        whole = stored is not None and len(stored) == len(leaves) and stored != leaves
        self._climb(1, number, root_of(split_hashes(stored)) if whole and stored is not None else node)

    def _climb(self, level: int, index: int, node: bytes) -> None:
        """A finished tile gives one hash to the level above."""
        rows = self.growth.rows
        while len(rows) < level:
            rows.append([])
        row = rows[level - 1]
        row.append(node)
        if len(row) == WIDTH:
            stored = self._check(level, index // WIDTH, b"".join(row))
            rows[level - 1] = []
            self._climb(level + 1, index // WIDTH, root_of(split_hashes(stored)))

    def finish(self) -> None:
        """Compare the tiles at the right edge, which are not full."""
        for level, row in enumerate(self.growth.rows, 1):
            if row:
                self._check(level, (self._size >> 8 * level) // WIDTH, b"".join(row))

    def _check(self, level: int, index: int, computed: bytes) -> bytes:
        tile = tile_at(level, index, self._size)
        stored = self._stored(tile)
        if stored is None or stored == computed:
            return computed
        self._compare(tile, stored, computed, "TILE_DIFFERS")
        return stored if len(stored) == len(computed) else computed

    def _stored(self, tile: Tile) -> bytes | None:
        """A tile's bytes; a full tile may stand in for a partial one that was deleted."""
        found = find(tile, self._read)
        if found is None:
            self._add(Finding(code="FILE_MISSING", field=tile.path))
            return None
        raw = found[1] if found[0] == tile else found[1][: tile.width * HASH_BYTES]
        if len(raw) != tile.width * HASH_BYTES:
            self._add(
                difference(
                    "TILE_FORM",
                    tile.path,
                    Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
                    Phrase(f"{tile.width * HASH_BYTES} 字节", f"{tile.width * HASH_BYTES} bytes"),
                )
            )
        return raw

    def _compare(self, tile: Tile, stored: bytes, computed: bytes, code: str, *, index: int | None = None) -> None:
        for at, (found, expected) in enumerate(zip(split_hashes(stored), split_hashes(computed), strict=False)):
            if found != expected:
                where = tile.path if index is not None else f"{tile.path}#{at}"
                self._add(difference(code, where, found.hex(), expected.hex(), index=None if index is None else index + at))
