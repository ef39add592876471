"""Tiles: paths, growth, bytes, and reading a tree back."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ledger.tree.tiles import (
    MAX_ENTRY,
    Tile,
    TileReader,
    encode_bundle,
    new_bundles,
    new_tiles,
    parse_bundle,
    parse_path,
    tile_at,
    tiles_between,
    tiles_needed,
)
from signing.refusal import Refusal
from tests.ledger.mutation import damaged, only_refuses

VECTORS = Path(__file__).parents[1] / "vectors"
TESTLOG = VECTORS / "tessera-testlog"
TESTLOG_VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
MIRROR = VECTORS / "sunlight-skylight/witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706"
ENTRIES = [b"entry %d" % number for number in range(70_000)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def grow(files, *sizes):
    """Publish the sizes one after the other; gives the paths that each wrote."""
    old, written = 0, []
    for size in sizes:
        added = [*new_tiles(old, LEAVES[old:size], files.get), *new_bundles(old, ENTRIES[old:size], files.get)]
        assert [tile for tile, _ in added] == list(tiles_between(old, size))
        files.update((tile.path, raw) for tile, raw in added)
        written.append({tile.path for tile, _ in added})
        old = size
    return written


BIG: dict[str, bytes] = {}
grow(BIG, 70_000)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
        (Tile(63, 1000, 1), "tile/63/x001/000.p/1"),
        (Tile(2, 0, 255), "tile/2/000.p/255"),
    ],
)
def test_a_path_is_written_and_read(tile, path):
    assert (tile.path, parse_path(path)) == (path, tile)


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 2**55 - 2), st.integers(1, 256))
def test_every_tile_has_one_path(level, index, width):
    tile = Tile(level, index, width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/001/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/entries/0000",
        "tile/x999/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_a_malformed_path_is_refused(path):
    with pytest.raises(Refusal, match="TILE_FORM"):
        parse_path(path)


@given(st.one_of(st.text(max_size=30), damaged(b"tile/0/x001/x234/067.p/12").map(lambda raw: raw.decode("utf-8", "surrogateescape"))))
def test_a_random_path_is_one_or_refused(path):
    tile = only_refuses(parse_path, path, "TILE_FORM")
    assert tile is None or tile.path == path


def test_the_tree_of_70000_has_the_tiles_of_the_specification():
    tiles = list(tiles_between(0, 70_000))
    level0 = [tile for tile in tiles if tile.level == 0]
    assert [tile.width for tile in level0] == [256] * 273 + [112]
    assert [tile for tile in tiles if tile.level == 1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert [tile for tile in tiles if (tile.level or 0) > 1] == [Tile(2, 0, 1)]
    assert [tile.width for tile in tiles if tile.level is None] == [256] * 273 + [112]


def test_the_tree_of_256_has_a_full_tile_and_one_hash_above():
    assert list(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1), Tile(None, 0)]
    assert list(tiles_between(0, 255)) == [Tile(0, 0, 255), Tile(None, 0, 255)]
    assert list(tiles_between(255, 257)) == [Tile(0, 0), Tile(0, 1, 1), Tile(1, 0, 1), Tile(None, 0), Tile(None, 1, 1)]
    assert list(tiles_between(256, 256)) == []


@given(st.integers(0, 2**40), st.integers(0, 3000))
def test_what_is_new_is_every_tile_that_the_old_size_did_not_have(old, more):
    def published(size):
        rows = [(level, size >> 8 * level) for level in range(8)] + [(None, size)]
        return {Tile(level, row // 256, row % 256) for level, row in rows if row % 256}

    new = set(tiles_between(old, old + more))
    assert {tile for tile in new if tile.width < 256} == published(old + more) - published(old)
    for tile in new:
        assert tile == tile_at(tile.level, tile.index, old + more)


@pytest.mark.parametrize("size", range(1, 16))
def test_the_published_log_is_rebuilt_byte_for_byte(size):
    raw = (TESTLOG / f"tile/entries/000.p/{size}").read_bytes()
    entries = parse_bundle(raw, size)
    files = {tile.path: raw for tile, raw in new_tiles(0, [leaf_hash(entry) for entry in entries], {}.get)}
    files |= {tile.path: raw for tile, raw in new_bundles(0, entries, {}.get)}
    assert files == {path: (TESTLOG / path).read_bytes() for path in (f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}")}


def disk(root):
    return lambda path: (root / path).read_bytes() if (root / path).is_file() else None


@pytest.mark.parametrize("size", range(16))
def test_the_published_log_is_read_back(size):
    reader = TileReader(size, disk(TESTLOG))
    head = open_checkpoint((TESTLOG / f"checkpoint.{size}").read_bytes(), [TESTLOG_VKEY]).checkpoint
    assert reader.root() == head.root
    assert [reader.hash_at(0, at) for at in range(size)] == [leaf_hash(entry) for entry in reader.entries(0, size)]


def test_the_published_mirror_of_300_leaves_has_the_root_it_was_cosigned_with():
    reader = TileReader(300, disk(MIRROR))
    leaves = [reader.hash_at(0, at) for at in range(300)]
    assert reader.root() == root_of(leaves)
    assert {tile.path: raw for tile, raw in new_tiles(0, leaves, {}.get)} == {
        path: (MIRROR / path).read_bytes() for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1")
    }
    text = (MIRROR / "checkpoint").read_text()
    assert f"\n300\n{base64.b64encode(reader.root()).decode()}\n" in text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1500), max_size=5), st.integers(1, 1500))
def test_however_a_log_grows_its_newest_tiles_are_the_same(cuts, size):
    once: dict[str, bytes] = {}
    grow(once, size)
    step: dict[str, bytes] = {}
    grow(step, *sorted(cut for cut in cuts if 0 < cut < size), size)
    assert {path: step[path] for path in once} == once


def test_growth_across_level_one_reads_the_old_right_edge_only():
    files: dict[str, bytes] = {}
    grow(files, 65_400)
    asked = []

    def read(path):
        asked.append(path)
        return files.get(path)

    added = {tile.path: raw for tile, raw in new_tiles(65_400, LEAVES[65_400:70_000], read)}
    assert asked == ["tile/0/255.p/120", "tile/1/000.p/255"]
    assert added == {path: BIG[path] for path in added}


def test_a_deleted_partial_tile_is_read_from_the_full_one():
    files: dict[str, bytes] = {}
    grow(files, 200, 600)
    del files["tile/0/000.p/200"], files["tile/entries/000.p/200"]
    reader = TileReader(200, files.get)
    assert reader.root() == root_of(LEAVES[:200])
    assert list(reader.entries(190, 200)) == ENTRIES[190:200]


def test_proofs_from_tiles_verify_at_random_places():
    reader, chance = TileReader(70_000, BIG.get), random.Random(7)
    root = reader.root()
    assert root == root_of(LEAVES)
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_999, *(chance.randrange(70_000) for _ in range(100))]:
        verify_inclusion(index, 70_000, LEAVES[index], inclusion_proof(index, 70_000, reader.hash_at), root)
    for old in [1, 255, 256, 257, 65_536, 69_999, *(chance.randrange(1, 70_000) for _ in range(20))]:
        verify_consistency(old, 70_000, root_of(LEAVES[:old]), root, consistency_proof(old, 70_000, reader.hash_at))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 1500).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_the_tiles_that_a_proof_needs_are_known_beforehand_and_are_enough(place):
    index, size = place
    files: dict[str, bytes] = {}
    grow(files, size)
    for prove in (lambda hash_at: inclusion_proof(index, size, hash_at), lambda hash_at: consistency_proof(index + 1, size, hash_at)):
        needed = tiles_needed(size, prove)
        fetched = {tile.path: files[tile.path] for tile in needed}
        assert prove(TileReader(size, fetched.get).hash_at) == prove(TileReader(size, files.get).hash_at)
        assert len(needed) <= 5


def test_an_empty_tree_needs_no_tile():
    assert TileReader(0, {}.get).root() == EMPTY_ROOT
    assert list(TileReader(0, {}.get).entries(0, 0)) == []


@pytest.mark.parametrize(("start", "stop"), [(0, 301), (300, 301), (600, 601)])
def test_entries_and_leaves_beyond_the_size_are_refused(start, stop):
    files: dict[str, bytes] = {}
    grow(files, 300)
    reader = TileReader(300, files.get)
    with pytest.raises(Refusal, match="TILE_FORM"):
        list(reader.entries(start, stop))
    with pytest.raises(Refusal, match="TILE_FORM"):
        [reader.hash_at(0, at) for at in range(start, stop)]


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0), (-1, 0), (0, -1)])
def test_a_node_beyond_the_size_is_refused(level, index):
    with pytest.raises(Refusal, match="TILE_FORM"):
        TileReader(300, BIG.get).hash_at(level, index)


@pytest.mark.parametrize("damage", ["short", "long", "fewer hashes", "empty", "missing"])
def test_a_tile_that_is_missing_or_of_another_length_is_refused(damage):
    files: dict[str, bytes] = {}
    grow(files, 300)
    raw = files.pop("tile/0/001.p/44")
    damaged_tiles = {"short": raw[:-1], "long": raw + b"\0", "fewer hashes": raw[:-32], "empty": b""}
    if damage in damaged_tiles:
        files["tile/0/001.p/44"] = damaged_tiles[damage]
    with pytest.raises(Refusal, match="TILE_FORM"):
        TileReader(300, files.get).root()


def test_an_entry_that_does_not_hash_to_its_leaf_is_refused_with_its_index():
    files: dict[str, bytes] = {}
    grow(files, 300)
    files["tile/entries/001.p/44"] = files["tile/entries/001.p/44"].replace(b"entry 270", b"entry 271")
    reader = TileReader(300, files.get)
    assert list(reader.entries(250, 270)) == ENTRIES[250:270]
    with pytest.raises(Refusal, match="entry 270"):
        list(reader.entries(250, 271))


@given(st.lists(st.binary(max_size=40), max_size=256))
def test_a_bundle_is_read_as_it_was_written(entries):
    raw = encode_bundle(entries)
    assert parse_bundle(raw, len(entries)) == tuple(entries)
    with pytest.raises(Refusal, match="TILE_FORM"):
        parse_bundle(raw, len(entries) + 1)
    with pytest.raises(Refusal, match="TILE_FORM"):
        parse_bundle(raw + b"\0", len(entries))


def test_the_longest_entry_has_65535_bytes():
    assert parse_bundle(encode_bundle([bytes(MAX_ENTRY)]), 1) == (bytes(MAX_ENTRY),)
    with pytest.raises(Refusal, match="TILE_FORM"):
        encode_bundle([bytes(MAX_ENTRY + 1)])


@given(st.one_of(st.binary(max_size=60), damaged(encode_bundle([b"one", b"", b"three"]))), st.integers(0, 4))
def test_random_bytes_are_a_bundle_or_refused(raw, width):
    entries = only_refuses(lambda raw: parse_bundle(raw, width), raw, "TILE_FORM")
    assert entries is None or encode_bundle(entries) == raw
