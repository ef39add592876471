"""Worker processes, bounded memory and kept states change how long an audit takes, never what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.auditing.audit import Options, audit
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import AuditReport
from ledger.tree.checkpoint import Checkpoint, sign_checkpoint
from ledger.tree.merkle import EMPTY_ROOT
from ledger.tree.tiles import encode_bundle, parse_bundle
from signing.refusal import Refusal
from tests.workbench import ORIGIN, Workbench, uscc

EARLY = 300
"""Entries of the log when it is first audited."""


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    for serial in range(700):
        bench.register(uscc("510112", serial))
    return bench


@pytest.fixture(scope="module")
def files(bench: Workbench) -> dict[str, bytes]:
    return bench.export()


@pytest.fixture(scope="module")
def early(bench: Workbench) -> dict[str, bytes]:
    entries = bench.entries
    bench.entries = entries[:EARLY]
    try:
        return bench.export()
    finally:
        bench.entries = entries


@pytest.fixture
def kept(tmp_path: Path, bench: Workbench) -> Iterator[DiskMap]:
    disk = DiskMap(tmp_path / "audit.sqlite3", bench.kinds.encode, bench.kinds.decode, hot=40)
    yield disk
    disk.close()


def run(bench: Workbench, files: dict[str, bytes], options: Options | None = None) -> AuditReport:
    sizes = sorted(int(path.removeprefix("checkpoints/")) for path in files if path.startswith("checkpoints/"))
    return audit(files.get, bench.kinds, archived=iter(sizes), options=options)


def with_entry(files: dict[str, bytes], index: int, old: bytes, new: bytes) -> dict[str, bytes]:
    path = next(path for path in files if path.startswith(f"tile/entries/{index // 256:03d}"))
    bundle = list(parse_bundle(files[path], int(path.partition(".p/")[2] or 256)))
    assert old in bundle[index % 256]
    bundle[index % 256] = bundle[index % 256].replace(old, new)
    return {**files, path: encode_bundle(bundle)}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_honest_log_audits_clean_with_any_number_of_workers(bench: Workbench, files: dict[str, bytes], workers: int) -> None:
    report = run(bench, files, Options(workers=workers, listed=files))
    assert report.findings == []
    assert (report.entries, report.signatures, report.checkpoints) == (701, 703, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_changed_entry_is_named_with_its_place_by_any_number_of_workers(bench: Workbench, files: dict[str, bytes], workers: int) -> None:
    report = run(bench, with_entry(files, 400, b'"index":400', b'"index":401'), Options(workers=workers))
    assert sorted((finding.code, finding.index or 0) for finding in report.findings) == [
        ("DECISION_DIFFERS", 400),
        ("LEAF_DIFFERS", 400),
        ("ROOT_DIFFERS", 0),
    ]


def test_a_missing_bundle_is_one_finding_and_no_shift_of_what_follows(bench: Workbench, files: dict[str, bytes]) -> None:
    without = {path: content for path, content in files.items() if path != "tile/entries/001"}
    report = run(bench, without)
    assert [(finding.code, finding.field) for finding in report.findings] == [("FILE_MISSING", "tile/entries/001")]
    assert report.entries == 701 - 256


@pytest.mark.parametrize(("path", "code"), [("tile/0/000", "LEAF_DIFFERS"), ("tile/1/000.p/2", "TILE_DIFFERS")])
def test_a_changed_hash_is_found_where_it_stands(bench: Workbench, files: dict[str, bytes], path: str, code: str) -> None:
    changed = bytearray(files[path])
    changed[40] ^= 1
    report = run(bench, {**files, path: bytes(changed)})
    assert report.findings[0].code == code
    assert path in report.findings[0].field


def test_an_audit_goes_on_where_the_last_one_ended(
    bench: Workbench, files: dict[str, bytes], early: dict[str, bytes], kept: DiskMap
) -> None:
    first = run(bench, early, Options(kept=kept))
    second = run(bench, files, Options(kept=kept))
    third = run(bench, files, Options(kept=kept, workers=2))
    assert [report.findings for report in (first, second, third)] == [[], [], []]
    assert [(report.since, report.entries) for report in (first, second, third)] == [(0, 300), (300, 701), (701, 701)]
    assert second.signatures == 401


def test_a_kept_state_finds_a_history_that_was_changed_behind_it(
    bench: Workbench, files: dict[str, bytes], early: dict[str, bytes], kept: DiskMap
) -> None:
    run(bench, early, Options(kept=kept))
    other = Workbench()
    for serial in range(701, 1401):
        other.register(uscc("510112", serial))
    assert "ROOT_DIFFERS" in {finding.code for finding in run(other, other.export(), Options(kept=kept)).findings}


def test_a_kept_state_finds_a_log_that_shrank(bench: Workbench, files: dict[str, bytes], early: dict[str, bytes], kept: DiskMap) -> None:
    run(bench, files, Options(kept=kept))
    assert [finding.code for finding in run(bench, early, Options(kept=kept)).findings] == ["HISTORY_DIFFERS"]


def test_an_audit_with_findings_leaves_the_kept_state_as_it_was(bench: Workbench, early: dict[str, bytes], tmp_path: Path) -> None:
    for content, expected in ((early, 0), ({**early, "log.vkey": b"another\n"}, 300), (early, 300)):
        disk = DiskMap(tmp_path / "audit.sqlite3", bench.kinds.encode, bench.kinds.decode)
        assert run(bench, content, Options(kept=disk)).since == expected
        disk.close()


def test_the_state_of_another_log_is_refused(bench: Workbench, early: dict[str, bytes], kept: DiskMap) -> None:
    run(bench, early, Options(kept=kept))
    note = sign_checkpoint(Checkpoint(f"{ORIGIN}-2", 1, EMPTY_ROOT), bench.log_key)
    with pytest.raises(Refusal, match="AUDIT_STATE"):
        run(bench, {**early, "checkpoint": note}, Options(kept=kept))


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("notes.txt", b"hello", "FILE_UNEXPECTED"),
        ("checkpoints/9999", b"x", "FILE_UNEXPECTED"),
        ("tile/0/000.p/7", b"x", "FILE_UNEXPECTED"),
        ("tile/0/009", b"x", "FILE_UNEXPECTED"),
        ("data/" + "1" * 64, b"x", "FILE_UNEXPECTED"),
        ("checkpoint.gz", b"x", "FILE_COMPRESSED"),
        ("log.vkey", b"\x1f\x8b", "FILE_COMPRESSED"),
    ],
)
def test_a_file_that_does_not_belong_is_found(bench: Workbench, early: dict[str, bytes], path: str, content: bytes, code: str) -> None:
    files = {**early, path: content}
    report = audit(files.get, bench.kinds, options=Options(listed=files))
    assert (code, path) in {(finding.code, finding.field) for finding in report.findings}
