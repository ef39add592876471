"""What everybody may rely on: the newest published checkpoint, and the right edge of a published tree read from its tiles."""

from functools import lru_cache

from msgspec import Struct

from ledger.tree.checkpoint import without_subtree_lines
from ledger.tree.merkle import Edge
from ledger.tree.tiles import TileReader


class Published(Struct, frozen=True):
    """The newest published checkpoint."""

    size: int
    root: bytes
    note: bytes
    at: float
    """Monotonic seconds when it was published."""

    @property
    def slim(self) -> bytes:
        """The note without its ML-DSA-44 lines, for receipts: 3 KB shorter each, and every verifier of today reads it (formats §4)."""
        return _slim(self.note)


@lru_cache(maxsize=4)
def _slim(note: bytes) -> bytes:
    """Hundreds of receipts stand under one checkpoint."""
    return without_subtree_lines(note)


def edge_of(reader: TileReader) -> Edge:
    """The compact range of a tree from its tiles: one perfect subtree per set bit of the size, largest first."""
    hashes: list[bytes] = []
    start = 0
    for level in reversed(range(reader.size.bit_length())):
        if reader.size >> level & 1:
            hashes.append(reader.hash_at(level, start >> level))
            start += 1 << level
    return Edge(reader.size, tuple(hashes))
