"""Exports made to hurt whoever audits them (case O5), and empty files that are as they must be (case O4): both auditors, and all that reads logs.

Nothing is waited for, no device is read, memory and time are bounded by what can belong to a log; and both auditors find each.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.publishing.files import DEPTH, LogFiles
from liandan.client import Dishonest
from liandan.evidence_set import gather
from liandan.export import archived_at, export, fetch_files, reader_of
from liandan.wiring import KINDS
from reports.batch import FiledLog
from signing.files import NotRegular, TooLarge, read_beginning, read_whole, walk
from signing.refusal import Refusal
from tests.vectors.forger import Forgery, acts, forge, story, v1
from tests.vectors.forgeries import _resealed, appended
from tests.vectors.test_two_auditors import _bundle, ours, theirs

pytestmark = pytest.mark.usefixtures("parsed_once")
EMPTY = sha256(b"").hexdigest()
HUGE = 9 * 10**18
MEMORY = 96 << 20
"""Bytes that an audit of this small log may take at most: a bundle can have 17 MB, a data set 64."""


def _instead(path: Path, put: Callable[[Path], object]) -> None:
    path.unlink()
    put(path)


def _grown(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(3 << 30)


def _deep(directory: Path) -> None:
    """Folders in folders, beyond what a path can name."""
    handle = os.open(directory, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=handle)
        below = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)


def _data(directory: Path) -> Path:
    return sorted((directory / "data").iterdir())[1]


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a pipe for a bundle": lambda d: _instead(_bundle(d), os.mkfifo),
    "a pipe for a tile": lambda d: _instead(next((d / "tile" / "0").rglob("*.p/*")), os.mkfifo),
    "a pipe for the checkpoint": lambda d: _instead(d / "checkpoint", os.mkfifo),
    "a pipe for an archived checkpoint": lambda d: _instead(d / "checkpoints" / "4", os.mkfifo),
    "a pipe for a data file": lambda d: _instead(_data(d), os.mkfifo),
    "a pipe for the key": lambda d: _instead(d / "log.vkey", os.mkfifo),
    "a pipe too many": lambda d: os.mkfifo(d / "data" / "pipe"),
    "an endless device for a bundle": lambda d: _instead(_bundle(d), lambda path: path.symlink_to("/dev/zero")),
    "an endless device for a data file": lambda d: _instead(_data(d), lambda path: path.symlink_to("/dev/zero")),
    "memory of the kernel for a bundle": lambda d: _instead(_bundle(d), lambda path: path.symlink_to("/proc/kmsg")),
    "a link to itself for a bundle": lambda d: _instead(_bundle(d), lambda path: path.symlink_to(path)),
    "a folder for a bundle": lambda d: _instead(_bundle(d), Path.mkdir),
    "a sparse bundle of 3 GB": lambda d: _grown(_bundle(d)),
    "a sparse tile of 3 GB": lambda d: _grown(next((d / "tile" / "0").rglob("*.p/*"))),
    "a sparse checkpoint of 3 GB": lambda d: _grown(d / "checkpoint"),
    "a sparse data file of 3 GB": lambda d: _grown(_data(d)),
    "a sparse file too many": lambda d: ((d / "x.gz").touch(), _grown(d / "x.gz")),
    "deep folders": _deep,
    "a link to the whole export": lambda d: (d / "tile" / "again").symlink_to(d),
}


def remove(directory: Path) -> None:
    """Also what lies deeper than Python follows."""
    while (deep := directory / "d").is_dir():  # pull up what is below, fold by fold
        below = deep / "d"
        if below.is_dir():
            below.rename(directory / "e")
        shutil.rmtree(deep)
        if (directory / "e").is_dir():
            (directory / "e").rename(deep)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("honest") / "export"
    assert forge(Forgery("none"), directory) == -1
    return directory


@pytest.mark.parametrize("name", HOSTILE)
def test_both_auditors_find_it_in_bounded_time_and_memory(name: str, honest: Path, tmp_path: Path) -> None:
    shutil.copytree(honest, directory := tmp_path / "export")
    HOSTILE[name](directory)
    tracemalloc.start()
    try:
        found, second = ours(directory), theirs(directory)
        gather(tmp_path)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        remove(directory)
    assert not found.is_clean
    assert not second["ok"]
    assert peak < MEMORY


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed by the log's own key: it says 9·10^18 entries."""
    directory = tmp_path_factory.mktemp("huge") / "export"
    forge(Forgery("huge", note=_resealed(lambda text: text.replace(text.split("\n")[1], str(HUGE)))), directory)
    return directory


def test_a_checkpoint_of_any_size_ends_with_the_first_files_that_are_missing(huge: Path, tmp_path: Path) -> None:
    found, second = ours(huge), theirs(huge)
    assert found.count < 200
    assert {"FILE_MISSING", "TILE_FORM"} & {finding.code for finding in found.findings}
    assert not second["ok"]
    assert gather(huge.parent).compare().findings
    for read in (
        lambda: FiledLog(reader_of(huge), KINDS),
        lambda: asyncio.run(export(fetch_files(LogFiles(huge)), [], tmp_path / "out", KINDS, _silent)),
    ):
        with pytest.raises(Refusal, match=r"NOT_FOUND|TILE_FORM"):
            read()
    assert sum(path.is_file() for path in (tmp_path / "out").rglob("*")) < 100


def _silent(_done: int, _of: int) -> None:
    """Progress that nobody watches."""


def test_bundles_are_looked_for_no_further_than_said(huge: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return reader_of(huge)(path)

    monkeypatch.setattr("tests.vectors.test_two_auditors.reader_of", lambda _: read)
    ours(huge)
    assert len(asked) < 1000


class _Endless:
    """A server whose list of checkpoints never ends."""

    def __init__(self, pages: Callable[[int], list[int]]) -> None:
        self._pages = pages

    async def get(self, _path: str, after: int) -> bytes:
        return f'{{"sizes":{self._pages(after)}}}'.encode()


@pytest.mark.parametrize(
    "pages", [lambda after: [1], lambda after: [after + 2, after + 1], lambda after: list(range(after + 1, after + 200_001))]
)
def test_a_list_of_checkpoints_that_does_not_end_is_dishonest(pages: Callable[[int], list[int]]) -> None:
    server: Any = _Endless(pages)
    with pytest.raises(Dishonest, match="do not rise, or too many"):
        asyncio.run(archived_at(server))


# --- empty files


def _empty_cut(log: Any) -> None:
    size = len(log.entries)
    body = {"size": size, "root": v1.b64(v1.tree_root(log.leaves)), "tail": log.adopt(b"")}
    appended("log.cut", "log/main", body, *story.signers(*acts.FOUNDERS))(log)


def test_both_auditors_agree_on_a_cut_whose_tail_is_empty(tmp_path: Path) -> None:
    """As it is where nothing of the tail could be read any more; in an export, in a copy of it, and where the file is not there or is another."""
    forge(Forgery("empty", grow=_empty_cut), tmp_path / "made")
    asyncio.run(export(fetch_files(LogFiles(tmp_path / "made")), [], tmp_path / "export", KINDS, _silent))
    for directory in (tmp_path / "made", tmp_path / "export"):
        shutil.rmtree(directory / "staging", ignore_errors=True)
        assert (directory / "data" / EMPTY).read_bytes() == b""
        found, second = ours(directory), theirs(directory)
        assert (found.findings, second["findings"]) == ([], []), directory
    (tmp_path / "export" / "data" / EMPTY).write_bytes(b"\n")
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert any(EMPTY in finding.field for finding in found.findings)
    assert any(EMPTY in finding["field"] for finding in second["findings"])
    (tmp_path / "export" / "data" / EMPTY).unlink()
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert any(EMPTY in finding.field and finding.found == "missing" for finding in found.findings)
    assert any(EMPTY in finding["field"] and finding["found"] == "missing" for finding in second["findings"])


def test_an_empty_file_that_nothing_calls_for_is_found_by_both(honest: Path, tmp_path: Path) -> None:
    for name in ("data/x", f"data/{EMPTY}", "checkpoints/3", "x"):
        shutil.copytree(honest, directory := tmp_path / name.replace("/", "-"))
        (directory / name).touch()
        found, second = ours(directory), theirs(directory)
        assert name in {finding.field for finding in found.findings}, name
        assert not second["ok"] or name == f"data/{EMPTY}", name


# --- the reader of files


def test_files_are_read_whole_regular_and_bounded(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert (read_beginning(tmp_path / "file", 7), len(read_whole(tmp_path / "file", 100))) == (b"x" * 7, 100)
    with pytest.raises(TooLarge):
        read_whole(tmp_path / "file", 99)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(NotRegular):
            read_beginning(path, 10, wait_s=0.1)
    handles = os.pipe()
    os.write(handles[1], b"secret\n")
    os.close(handles[1])
    assert read_whole(Path(f"/dev/fd/{handles[0]}"), 100, wait_s=5) == b"secret\n"
    os.close(handles[0])
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > len(os.listdir("/proc/self/fd"))


def test_folders_are_walked_without_links_and_not_too_deep(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("z", "a/y", "a/b/x"):
        (tmp_path / name).touch()
    (tmp_path / "a" / "link").symlink_to(tmp_path)
    names = {depth: sorted(path.relative_to(tmp_path).as_posix() for path in walk(tmp_path, depth=depth)) for depth in (0, 1, DEPTH)}
    assert names == {0: ["a", "z"], 1: ["a/b", "a/link", "a/y", "z"], DEPTH: ["a/b/x", "a/link", "a/y", "z"]}
    with pytest.raises(FileNotFoundError):
        list(walk(tmp_path / "nowhere", depth=1))
