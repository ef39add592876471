"""The published tree on disk: who may read what, older layouts, and several who write the same file at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ledger.publishing.files import LogFiles, StagedFiles, is_closed
from signing.refusal import Refusal

BUNDLE, TILE = "tile/entries/x001/002.p/3", "tile/0/x001/002"


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_many_documents_may_archive_the_same_checkpoint_at_once(tmp_path: Path) -> None:
    files = LogFiles(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        for size in range(1, 40):
            list(pool.map(lambda _, size=size: files.archive(size, b"note"), range(16)))
    assert files.archived_sizes() == list(range(1, 40))
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == sorted(map(str, range(1, 40)))


def filled(files: LogFiles) -> LogFiles:
    """One file of every sort."""
    for path in (BUNDLE, TILE, "evidence/freeze-0000.json", "data/ab", "log.vkey"):
        files.write(path, path.encode())
    files.stage(StagedFiles(3, ((BUNDLE, b"x"),)))
    files.replace_checkpoint(b"note")
    files.archive(3, b"note")
    return files


def modes(base: Path) -> dict[str, int]:
    return {path.relative_to(base).as_posix(): path.stat().st_mode & 0o777 for path in (base, *base.rglob("*"))}


def test_entries_lie_apart_and_are_closed_whatever_the_umask_is(tmp_path: Path, umask: int) -> None:
    files = filled(LogFiles(tmp_path / "log", tmp_path / "entries"))
    public, closed = modes(files.root), modes(files.closed)
    assert not [path for path in public if is_closed(path)], f"umask {umask:o}: a web server serves all of it"
    assert set(public.values()) == {0o755, 0o644}
    assert {path for path in closed if (files.closed / path).is_file() and closed[path] != 0o600} == set()
    assert {path for path in closed if (files.closed / path).is_dir() and closed[path] != 0o700} == set()
    assert (files.read(BUNDLE), files.read_tile(BUNDLE), files.has(BUNDLE), files.has("../entries/" + BUNDLE)) == (BUNDLE.encode(),) * 2 + (
        True,
        False,
    )


def test_in_one_directory_entries_are_closed_too(tmp_path: Path, umask: int) -> None:
    found = modes(filled(LogFiles(tmp_path / "mirror")).root)
    for path, mode in found.items():
        assert mode in ((0o700, 0o600) if is_closed(path) else (0o755, 0o644)), (path, oct(umask))


def test_an_older_layout_is_moved_at_the_next_start(tmp_path: Path) -> None:
    old = filled(LogFiles(tmp_path / "log"))
    (old.root / "tile/entries").chmod(0o755)
    (old.root / BUNDLE).chmod(0o644)
    (old.root / f"{BUNDLE}.tmp").write_bytes(b"half")
    files = LogFiles(tmp_path / "log", tmp_path / "entries")
    assert files.read(BUNDLE) == BUNDLE.encode(), "commands read it before it is moved"
    assert files.take_in() == 3
    assert (files.take_in(), files.read(BUNDLE), files.evidence()) == (0, BUNDLE.encode(), ["freeze-0000.json"])
    assert not [path for path in modes(files.root) if is_closed(path)]
    assert {mode for path, mode in modes(files.closed).items() if (files.closed / path).is_file()} == {0o600}


def test_a_link_to_another_disk_and_what_is_the_operators_own_hinder_no_start(tmp_path: Path) -> None:
    old = filled(LogFiles(tmp_path / "log"))
    (old.root / "tile/entries").rename(tmp_path / "disk")
    (old.root / "tile/entries").symlink_to(tmp_path / "disk")
    (old.root / "evidence/gone.json").symlink_to(tmp_path / "nowhere")
    files = LogFiles(tmp_path / "log", tmp_path / "entries")
    assert (files.take_in(), files.take_in(), files.read(BUNDLE), files.has(BUNDLE)) == (3, 0, BUNDLE.encode(), True)


def test_two_processes_move_an_older_layout_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(LogFiles(tmp_path / "log"))
    first, second = LogFiles(tmp_path / "log", tmp_path / "entries"), LogFiles(tmp_path / "log", tmp_path / "entries")
    chmod = Path.chmod

    def just_before(path: Path, mode: int) -> None:
        monkeypatch.setattr(Path, "chmod", chmod)
        second.take_in()
        chmod(path, mode)

    (tmp_path / "entries/tile/entries").mkdir(parents=True)
    monkeypatch.setattr(Path, "chmod", just_before)
    first.take_in()
    assert (first.read(BUNDLE), first.evidence(), first.take_in()) == (BUNDLE.encode(), ["freeze-0000.json"], 0)


def test_entries_that_differ_are_not_chosen_between(tmp_path: Path) -> None:
    files = filled(LogFiles(tmp_path / "log", tmp_path / "entries"))
    for path in (BUNDLE, "evidence/freeze-0000.json"):
        (files.root / path).parent.mkdir(parents=True, exist_ok=True)
        (files.root / path).write_bytes(b"another")
    with pytest.raises(Refusal) as caught:
        files.take_in()
    assert (caught.value.codes, files.read(BUNDLE), (files.root / BUNDLE).read_bytes()) == (["ENTRIES_TWICE"], BUNDLE.encode(), b"another")
    (files.root / BUNDLE).unlink()
    files.take_in()
    assert [files.read(f"evidence/{name}") for name in files.evidence()] == [b"another", b"evidence/freeze-0000.json"], (
        "evidence is kept, all of it"
    )
