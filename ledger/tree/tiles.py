"""Tiles: the files that a log publishes its tree and its entries as.

Source: C2SP tlog-tiles. A hash tile at level ``L`` holds up to 256 hashes of the perfect subtrees of height ``8 L``; a bundle holds the
entries below one level-0 tile. A tile that is not full carries its width in its path and is published for the sizes of checkpoints only.
Nothing here reads files: a reader is a callable from path to bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from ledger.tree.merkle import HASH_BYTES, MAX_SIZE, Edge, HashAt, leaf_hash, node_hash, perfect_subtrees, range_root
from signing.phrase import Phrase
from signing.refusal import refuse

WIDTH = 256
HEIGHT = 8
MAX_ENTRY = 65_535
_PATH = re.compile(r"tile/(?:(0|[1-9][0-9]?)|entries)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

Read = Callable[[str], bytes | None]  # path to bytes; None when there is no such file


class Tile(Struct, frozen=True):
    """Which tile: ``level`` 0-63, or None for a bundle of entries; ``index`` within the level; ``width`` 1-256, 256 is full."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """E.g. ``tile/0/x001/x234/067`` or ``tile/entries/000.p/12``."""
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03d}"]
        while rest:
            rest, next_ = divmod(rest, 1000)
            groups.append(f"x{next_:03d}")
        level = "entries" if self.level is None else self.level
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"

    @property
    def full(self) -> Tile:
        """The same tile once it is full."""
        return Tile(self.level, self.index)


def parse_path(path: str) -> Tile:
    """Read a tile path; refuses TILE_FORM whatever ``Tile.path`` would not have written."""
    match = _PATH.fullmatch(path)
    if match is None or not path.isascii():
        raise refuse(
            "TILE_FORM", field="path", found=ascii(path), expected=Phrase("tile/<层>/<序号>[.p/<宽度>]", "tile/<level>/<index>[.p/<width>]")
        )
    level, groups, width = match.groups()
    index = int(groups.replace("x", "").replace("/", ""))
    tile = Tile(None if level is None else int(level), index, WIDTH if width is None else int(width))
    if (tile.level or 0) > 63 or index >= MAX_SIZE // WIDTH or tile.width > WIDTH or tile.path != path:
        raise refuse(
            "TILE_FORM",
            field="path",
            found=ascii(path),
            expected=Phrase("层至 63，宽度至 255，没有多余的零", "level to 63, width to 255, no superfluous zeros"),
        )
    return tile


def tile_at(level: int | None, index: int, size: int) -> Tile:
    """The tile as published for a tree of ``size``: full, or with the width it has there. It must not be empty there."""
    row = size >> HEIGHT * (level or 0)
    width = min(row - index * WIDTH, WIDTH)
    if width <= 0:
        raise refuse(
            "TILE_FORM",
            field="path",
            found=Tile(level, index).path,
            expected=Phrase(f"{size} 条的树中的瓦片", f"a tile of the tree of size {size}"),
        )
    return Tile(level, index, width)


def tiles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """Hash tiles, then bundles, that the size ``new_size`` needs beyond those of ``old_size``; rising levels and indexes."""
    level = 0
    while (new_row := new_size >> HEIGHT * level) > (old_row := old_size >> HEIGHT * level):
        yield from _row_between(level, old_row, new_row)
        level += 1
    yield from _row_between(None, old_size, new_size)


def _row_between(level: int | None, old_row: int, new_row: int) -> Iterator[Tile]:
    if new_row > old_row:
        for index in range(old_row // WIDTH, -(-new_row // WIDTH)):
            yield Tile(level, index, min(new_row - index * WIDTH, WIDTH))


def new_tiles(old_size: int, leaves: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """Hash tiles and their bytes that ``leaves`` from ``old_size`` on bring; ``read`` is asked for right-edge tiles of that size only."""
    level, row, added = 0, old_size, list(leaves)
    while added:
        pending = row % WIDTH
        hashes = [*split_hashes(_load(Tile(level, row // WIDTH, pending), read)), *added] if pending else added
        first, added = row // WIDTH, []
        for at in range(0, len(hashes), WIDTH):
            tile = Tile(level, first + at // WIDTH, min(WIDTH, len(hashes) - at))
            yield tile, b"".join(hashes[at : at + tile.width])
            if tile.width == WIDTH:
                added.append(_pyramid(hashes[at : at + WIDTH])[HEIGHT][0])
        level, row = level + 1, row >> HEIGHT


def new_bundles(old_size: int, entries: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """Bundles that ``old_size + len(entries)`` needs, with their bytes; ``read`` is asked for the last bundle of ``old_size`` only."""
    start = 0
    while start < len(entries):
        pending = (old_size + start) % WIDTH
        index = (old_size + start) // WIDTH
        stop = min(start + WIDTH - pending, len(entries))
        before = _load_bundle(Tile(None, index, pending), read) if pending else ()
        yield Tile(None, index, pending + stop - start), encode_bundle((*before, *entries[start:stop]))
        start = stop


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each behind its length as a big-endian u16; refuses TILE_FORM above 65,535 bytes."""
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise refuse(
                "TILE_FORM",
                field="entry",
                found=Phrase(f"{len(entry)} 字节", f"{len(entry)} bytes"),
                expected=Phrase(f"至多 {MAX_ENTRY}", f"at most {MAX_ENTRY}"),
            )
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(raw: bytes, width: int) -> tuple[bytes, ...]:
    """The ``width`` entries of a bundle; refuses TILE_FORM when it is cut or holds more or fewer."""
    entries, at = list[bytes](), 0
    while at < len(raw) and len(entries) < width:
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        entries.append(raw[at + 2 : end])
        at = end
    if at != len(raw) or len(entries) != width:
        raise refuse(
            "TILE_FORM",
            field="bundle",
            found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
            expected=Phrase(f"{width} 组“2 字节长度加条目”", f"{width} times u16 length and entry"),
        )
    return tuple(entries)


class TileReader:
    """A tree of one size read from tiles. It believes them: compare ``root()`` with a checkpoint, or verify the proof built from it."""

    _KEEP = 64  # tiles held in memory, each with its inner nodes
    _KEEP_NODES = 4096  # inner nodes found lately: proofs of neighbours under one checkpoint share most of them

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._pyramids: dict[Tile, list[list[bytes]]] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}

    def hash_at(self, level: int, index: int) -> bytes:
        """Hash of the perfect subtree ``[index << level, (index + 1) << level)``; refuses TILE_FORM beyond the size."""
        if not level:
            return self._find(level, index)
        node = self._nodes.get((level, index))
        if node is None:
            if len(self._nodes) >= self._KEEP_NODES:
                self._nodes.clear()
            node = self._nodes[level, index] = self._find(level, index)
        return node

    def _find(self, level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise refuse(
                "TILE_FORM",
                field="node",
                found=Phrase(f"第 {level} 层，序号 {index}", f"level {level}, index {index}"),
                expected=Phrase(f"{self.size} 条的子树", f"a subtree of size {self.size}"),
            )
        tile, inner, at = _node_place(level, index, self.size)
        pyramid = self._pyramids.get(tile)
        if pyramid is None:
            if len(self._pyramids) >= self._KEEP:
                self._pyramids.pop(next(iter(tuple(self._pyramids))), None)  # tuple(): another thread may add one just now
            pyramid = self._pyramids[tile] = _pyramid(split_hashes(_load(tile, self._read)))
        return pyramid[inner][at]

    def root(self) -> bytes:
        """Root of the tree of this size."""
        return range_root(0, self.size, self.hash_at)

    def edge(self) -> Edge:
        """The compact range of the tree: one perfect subtree per set bit of the size, largest first."""
        return Edge(self.size, tuple(self.hash_at(level, index) for level, index in perfect_subtrees(0, self.size)))

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Entries of ``[start, stop)``; refuses TILE_FORM when one does not hash to its leaf, or beyond the size."""
        for index in range(start // WIDTH, -(-stop // WIDTH)):
            first = index * WIDTH
            tile = tile_at(None, index, self.size)
            bundle = _load_bundle(tile, self._read)
            for at in range(max(start, first), min(stop, first + WIDTH)):
                leaf = self.hash_at(0, at)
                if leaf_hash(bundle[at - first]) != leaf:
                    raise refuse(
                        "TILE_FORM", field=f"entry {at}", found=Phrase("与叶哈希不符", "does not hash to its leaf"), expected=leaf.hex()
                    )
                yield bundle[at - first]


def tiles_needed(size: int, prove: Callable[[HashAt], object]) -> tuple[Tile, ...]:
    """Hash tiles that a computation over the tree of ``size`` reads, so that they can be fetched first; it runs once over zeros."""
    needed: dict[Tile, None] = {}

    def note(level: int, index: int) -> bytes:
        needed[_node_place(level, index, size)[0]] = None
        return bytes(HASH_BYTES)

    prove(note)
    return tuple(needed)


def _node_place(level: int, index: int, size: int) -> tuple[Tile, int, int]:
    """Tile that holds a node, the height of the node within the tile, its position at that height."""
    tile_level, inner = divmod(level, HEIGHT)
    per_tile = WIDTH >> inner
    return tile_at(tile_level, index // per_tile, size), inner, index % per_tile


def find(tile: Tile, read: Read) -> tuple[Tile, bytes] | None:
    """A tile's bytes and the tile they are: a full one may stand in for a partial one that was deleted. None without either."""
    found = ((candidate, read(candidate.path)) for candidate in dict.fromkeys((tile, tile.full)))
    return next(((held, raw) for held, raw in found if raw is not None), None)


def _fetch(tile: Tile, read: Read) -> tuple[Tile, bytes]:
    found = find(tile, read)
    if found is None:
        raise refuse("TILE_FORM", field=tile.path, found=Phrase("没有", "missing"), expected=Phrase("已发布的瓦片", "a published tile"))
    return found


def _load(tile: Tile, read: Read) -> bytes:
    """The bytes of the ``tile.width`` hashes."""
    held, raw = _fetch(tile, read)
    if len(raw) != held.width * HASH_BYTES:
        raise refuse(
            "TILE_FORM",
            field=held.path,
            found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
            expected=Phrase(f"{held.width * HASH_BYTES} 字节", f"{held.width * HASH_BYTES} bytes"),
        )
    return raw[: tile.width * HASH_BYTES]


def _load_bundle(tile: Tile, read: Read) -> tuple[bytes, ...]:
    """The ``tile.width`` entries of a bundle."""
    held, raw = _fetch(tile, read)
    return parse_bundle(raw, held.width)[: tile.width]


def split_hashes(raw: bytes) -> list[bytes]:
    """The single hashes of a tile."""
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


def _pyramid(hashes: list[bytes]) -> list[list[bytes]]:
    """Rows of the perfect subtrees over a tile's hashes: row k has height k, as far as whole pairs go."""
    rows = [hashes]
    for _ in range(HEIGHT):
        rows.append(list(map(node_hash, rows[-1][::2], rows[-1][1::2])))
    return rows
