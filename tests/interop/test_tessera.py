"""Tessera's own tools over our tiles: fsck, the mirror, and its client's proofs."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import new_bundles, new_tiles
from tests.interop.demo_log import SIZE, SIZES, VKEYS, DemoLog, Files, prove, prove_growth
from tests.interop.loopback import read_files, served, write_files
from tests.interop.toolbox import Toolbox
from tests.workbench import ORIGIN, key_of

VECTORS = Path(__file__).parents[1] / "vectors/liandan-v1/export"


def fsck(tools: Toolbox, url: str, vkey_file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the stock fsck; it says what it found on stderr and ends with 0 either way."""
    return tools.run("fsck", "-storage_url", url, "-public_key", vkey_file, "-ui=false", "-N=4", "-logtostderr", *more)


def accepted(answer: subprocess.CompletedProcess[str], size: int) -> bool:
    """Whether fsck found everything right for ``size`` entries."""
    return f"Successfully fsck'd log with size {size} and root" in answer.stderr and "fsck failed" not in answer.stderr


@pytest.mark.parametrize("size", SIZES)
def test_fsck_accepts_our_export_at_every_kind_of_size(tools: Toolbox, demo: DemoLog, vkey_file: Path, tmp_path: Path, size: int) -> None:
    write_files(tmp_path, demo.export_at(size))
    with served(tmp_path) as url:
        answer = fsck(tools, url, vkey_file, "-origin", ORIGIN)
    assert accepted(answer, size), answer.stderr


def test_fsck_accepts_a_tree_of_three_levels(tools: Toolbox, vkey_file: Path, tmp_path: Path) -> None:
    """65,536 + 256 + 7 short entries: a full tile at level 1, one above it, and a partial at every level."""
    entries = [b"entry %d" % index for index in range(65_536 + 256 + 7)]
    leaves = [leaf_hash(entry) for entry in entries]
    edge = Edge().append_many(leaves)
    files = {tile.path: raw for tile, raw in new_tiles(0, leaves, lambda path: None)}
    files |= {tile.path: raw for tile, raw in new_bundles(0, entries, lambda path: None)}
    write_files(tmp_path, {**files, "checkpoint": sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root()), key_of("log"))})
    assert {path for path in files if path.startswith("tile/2")} == {"tile/2/000.p/1"}
    with served(tmp_path) as url:
        answer = fsck(tools, url, vkey_file)
    assert accepted(answer, edge.size), answer.stderr


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("checkpoint", len(ORIGIN) + 10),  # in the root; the ML-DSA line below is of no key that fsck knows
        ("tile/entries/000", 5000),
        ("tile/entries/002.p/188", 5000),
        ("tile/0/001", 5000),
        ("tile/0/002.p/188", 5000),
        ("tile/1/000.p/2", 50),
    ],
)
def test_fsck_finds_one_flipped_bit(tools: Toolbox, export: Files, vkey_file: Path, tmp_path: Path, path: str, at: int) -> None:
    """So that its approval of the whole export means something."""
    raw = bytearray(export[path])
    raw[at] ^= 1
    write_files(tmp_path, {**export, path: bytes(raw)})
    with served(tmp_path) as url:
        answer = fsck(tools, url, vkey_file)
    assert "fsck failed" in answer.stderr
    assert not accepted(answer, SIZE)


def test_fsck_accepts_the_published_vectors(tools: Toolbox, tmp_path: Path) -> None:
    """The golden export that other implementations are tested with."""
    (tmp_path / "vkey").write_text((VECTORS / "log.vkey").read_text(encoding="utf-8").split()[0], encoding="utf-8")
    with served(VECTORS) as url:
        answer = fsck(tools, url, tmp_path / "vkey")
    assert accepted(answer, int((VECTORS / "checkpoint").read_bytes().split(b"\n")[1])), answer.stderr


def test_fsck_refuses_our_log_under_another_key(tools: Toolbox, export_url: str, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pub"
    stranger.write_text(log_vkeys(ORIGIN, [key_of("stranger")])[0], encoding="utf-8")
    answer = fsck(tools, export_url, stranger)
    assert "fsck failed" in answer.stderr
    assert not accepted(answer, SIZE)


def test_the_stock_mirror_copies_our_log_byte_for_byte(tools: Toolbox, export: Files, export_url: str, tmp_path: Path) -> None:
    answer = tools.run("mirror", "-source_url", export_url, "-storage_dir", tmp_path, "-logtostderr")
    assert answer.returncode == 0, answer.stderr
    assert read_files(tmp_path) == {path: raw for path, raw in export.items() if path == "checkpoint" or path.startswith("tile/")}


@pytest.mark.parametrize(("index", "old"), [(0, 1), (255, 255), (256, 256), (511, 257), (699, 699), (300, 512)])
def test_the_stock_client_builds_our_proofs_from_our_tiles(tools: Toolbox, export: Files, export_url: str, index: int, old: int) -> None:
    built = tools.evidence("build", export_url, SIZE, index, old)
    assert tuple(map(b64decode, built["inclusion"] or ())) == prove(export, index).hashes
    assert tuple(map(b64decode, built["consistency"] or ())) == prove_growth(export, old)


def test_the_export_names_both_keys(export: Files) -> None:
    assert export["log.vkey"].decode().split() == list(VKEYS)
