"""An export is continued, never begun anew: only what is missing is fetched, and whatever interrupts it leaves nothing that lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.auditing.audit import audit
from liandan.export import archived_in, export, reader_of
from liandan.wiring import KINDS
from signing.refusal import Refusal
from tests.workbench import Workbench, uscc


class Source:
    """A log that serves its files and counts what is fetched; after ``dies_after`` fetches it is gone."""

    def __init__(self, files: Mapping[str, bytes], dies_after: int = 10**6) -> None:
        self.files, self.left = files, dies_after
        self.fetched: list[str] = []

    async def fetch(self, path: str) -> bytes:
        if self.left <= 0:
            raise ConnectionError("gone")
        self.left -= 1
        self.fetched.append(path)
        return self.files[path]

    async def to(self, directory: Path) -> int:
        """Export everything that this source has archived."""
        sizes = [int(path.partition("/")[2]) for path in self.files if path.startswith("checkpoints/")]
        return await export(self.fetch, sizes, directory, KINDS, lambda done, total: None)


def grown(bench: Workbench, size: int) -> dict[str, bytes]:
    """Its export when it has this many entries."""
    while len(bench.entries) < size:
        bench.register(uscc("510112", len(bench.entries)))
    return bench.export()


def content(directory: Path) -> dict[str, bytes]:
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def is_clean(directory: Path) -> bool:
    return audit(reader_of(directory), KINDS, archived=iter(archived_in(directory))).findings == []


async def test_an_export_is_brought_up_to_date_with_what_is_missing_alone(tmp_path: Path) -> None:
    bench = Workbench()
    first = Source(grown(bench, 300))
    assert await first.to(tmp_path / "out") == 300
    assert content(tmp_path / "out") == first.files
    second = Source(grown(bench, 530) | {"checkpoints/300": first.files["checkpoint"]})
    assert await second.to(tmp_path / "out") == 530
    assert content(tmp_path / "out") == second.files
    assert "tile/entries/000" not in second.fetched
    assert "checkpoints/300" not in second.fetched
    again = Source(second.files)
    assert await again.to(tmp_path / "out") == 530
    assert again.fetched == ["log.vkey", "checkpoint"]


async def test_interrupted_anywhere_it_audits_clean_and_goes_on(tmp_path: Path) -> None:
    """At every single fetch: the old checkpoint stands until everything of the new one is there, and nothing is fetched twice."""
    bench = Workbench()
    old = grown(bench, 250)
    new = grown(bench, 270) | {"checkpoints/250": old["checkpoint"]}
    whole = Source(new)
    await Source(old).to(tmp_path / "whole")
    await whole.to(tmp_path / "whole")
    for died in range(len(whole.fetched)):
        out = tmp_path / str(died)
        await Source(old).to(out)
        dying = Source(new, dies_after=died)
        with pytest.raises(ConnectionError):
            await dying.to(out)
        assert is_clean(out), died
        assert content(out)["checkpoint"] in (old["checkpoint"], new["checkpoint"])
        rest = Source(new)
        await rest.to(out)
        assert content(out) == new
        assert not set(dying.fetched[2:]) & set(rest.fetched[2:])


async def test_what_a_kill_left_half_written_is_swept(tmp_path: Path) -> None:
    files = grown(Workbench(), 5)
    (tmp_path / "tile" / "0").mkdir(parents=True)
    (tmp_path / "log.vkey").write_bytes(files["log.vkey"])
    (tmp_path / "tile" / "0" / ".000.part").write_bytes(b"half")
    await Source(files).to(tmp_path)
    assert content(tmp_path) == files


async def test_a_directory_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(Refusal) as refused:
        await Source(grown(Workbench(), 3)).to(tmp_path)
    assert refused.value.codes == ["EXPORT_DIRECTORY"]
    assert list(content(tmp_path)) == ["thesis.docx"]


async def test_an_export_of_another_history_of_this_log_is_kept_as_evidence(tmp_path: Path) -> None:
    mine, other = Workbench(), Workbench()
    other.register(uscc("510112", 999))
    await Source(grown(other, 260)).to(tmp_path)
    before = content(tmp_path)["checkpoint"]
    with pytest.raises(Refusal) as refused:
        await Source(grown(mine, 300)).to(tmp_path)
    assert refused.value.codes[0] in ("EXPORT_FORKED", "TILE_FORM")
    assert content(tmp_path)["checkpoint"] == before
