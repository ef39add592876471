"""A pile of anything: what is no evidence is named and passed over, what is damaged accuses nobody, forks show wherever they lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.bundle import make_bundle
from ledger.tree.merkle import inclusion_proof
from ledger.tree.proof import Proof
from ledger.tree.tiles import TileReader
from liandan.evidence_set import gather
from tests.workbench import START, Workbench, uscc

ENTRIES = 520
"""Three bundles, two of them full: tiles that must be compared with the tile above them."""


def log(first: int) -> Workbench:
    bench = Workbench()
    for serial in range(first, first + ENTRIES - 1):
        bench.register(uscc("510112", serial))
    return bench


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return log(0)


@pytest.fixture(scope="module")
def fork() -> Workbench:
    return log(1000)


def write(files: dict[str, bytes], directory: Path) -> Path:
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory


def proofs(bench: Workbench, *indexes: int) -> dict[str, bytes]:
    files = bench.export()
    reader = TileReader(ENTRIES, files.get)
    return {
        f"proof-{index}": Proof(
            index=index, hashes=inclusion_proof(index, ENTRIES, reader.hash_at), checkpoint=files["checkpoint"]
        ).to_bytes()
        for index in indexes
    }


def bundle(bench: Workbench, *indexes: int) -> bytes:
    files = bench.export()
    reader = TileReader(ENTRIES, files.get)
    entries = [bench.entries[index] for index in indexes]
    return make_bundle(files["checkpoint"], "log/main", entries, lambda at: inclusion_proof(at, ENTRIES, reader.hash_at))


def codes(directory: Path, against: Path | None = None, found: str = "") -> list[str]:
    return [finding.code for finding in gather(directory, against).compare(found=found).findings]


def test_five_hundred_files_and_a_whole_export_lie_on_one_history(bench: Workbench, tmp_path: Path) -> None:
    pile = write({f"{at}/{name}": raw for at in range(50) for name, raw in proofs(bench, *range(at, ENTRIES, 52)).items()}, tmp_path / "p")
    write(bench.export(), pile / "export")
    (pile / "bundle").write_bytes(bundle(bench, 0))
    report = gather(pile).compare()
    assert (report.findings, report.logs[0].open, report.contradictions) == ([], [], 0)
    assert report.logs[0].pieces > 500


def test_rubbish_is_named_and_stops_nothing(bench: Workbench, fork: Workbench, tmp_path: Path) -> None:
    """A folder, a pipe and a dangling link where files are looked for; bytes of every kind; and a fork among them."""
    pile = write({"z": b"", "noise": os.urandom(999), "x.pdf": b"%PDF-1.7\nnothing", "cut": bundle(bench, 0)[:700]}, tmp_path / "pile")
    (pile / "folder" / "checkpoint").mkdir(parents=True)
    (pile / "folder" / "tile").mkdir()
    (pile / "dangling").symlink_to("nowhere")
    (pile / "around").symlink_to(".")
    os.mkfifo(pile / "pipe")
    (pile / os.fsdecode(b"name\xff")).write_bytes(b"x")
    report = gather(pile).compare()
    assert sorted(report.ignored) == ["name\\xff", "noise", "x.pdf", "z"], "a PDF in which no evidence begins claims nothing"
    assert [(finding.code, finding.field.split()[0]) for finding in report.findings] == [("NOT_JSON", "cut")]
    assert report.contradictions == 0
    write({"a": bench.export()["checkpoint"], "b": fork.export()["checkpoint"]}, pile)
    assert gather(pile).compare().contradictions == 1


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001"])
def test_an_export_with_a_damaged_tile_is_named_and_accuses_nobody(bench: Workbench, tmp_path: Path, path: str) -> None:
    files = bench.export()
    damaged = bytearray(files[path])
    damaged[70] ^= 1
    export = write({**files, path: bytes(damaged)}, tmp_path / "export")
    pile = write({**proofs(bench, 2, 258), "bundle": bundle(bench, 0, 2, 258)}, tmp_path / "pile")
    report = gather(pile, export).compare()
    assert [(finding.code, finding.field) for finding in report.findings] == [("TILE_DIFFERS", f"export {path}")]
    assert report.contradictions == 0


def test_checkpoints_of_an_export_without_its_tiles_are_evidence_all_the_same(bench: Workbench, fork: Workbench, tmp_path: Path) -> None:
    pile = write({"a": bench.export()["checkpoint"]}, tmp_path / "pile")
    write({path: raw for path, raw in fork.export().items() if not path.startswith("tile/1")}, pile / "theirs")
    assert set(codes(pile)) >= {"HISTORY_FORK", "TILE_FORM"}


@pytest.mark.parametrize("pinned", [True, False])
def test_of_two_foundings_the_pinned_one_is_the_measure(bench: Workbench, tmp_path: Path, pinned: bool) -> None:
    """The other one comes first by its file name, and would be the measure otherwise."""
    other = Workbench(at_s=START + 3600)
    for serial in range(ENTRIES - 1):
        other.register(uscc("510112", serial))
    pile = write({"1": bundle(other, 0), "2": bundle(bench, 0)}, tmp_path / "pile")
    findings = gather(pile).compare(found=bench.found if pinned else "").findings
    assert [finding.field for finding in findings if finding.code == "FOUND_DIFFERS"] == ["1" if pinned else "2"]
