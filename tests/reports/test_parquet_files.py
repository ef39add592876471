"""Parquet files: continued and never written again, and nothing that is not theirs goes for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.tree.checkpoint import open_checkpoint
from liandan.parquet_files import check, check_name, held
from reports.kinds import all_kinds
from reports.parquet.contents import CONTENTS, ParquetContents, ParquetFile, read_contents
from reports.parquet.duck import duckdb_connection
from reports.parquet.exporting import export_audited, export_published
from reports.parquet.writing import write_contents
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import KeptIn
from signing.refusal import Refusal
from tests.reports.month import any_story, october
from tests.reports.test_keeping import SECRET, published


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    """The log of October."""
    return october().bench.export()


@pytest.fixture
def directory(tmp_path: Path, files: Mapping[str, bytes]) -> Path:
    """Its rows."""
    export(files, tmp_path / "rows")
    return tmp_path / "rows"


def export(files: Mapping[str, bytes], directory: Path, kept: KeptIn | None = None) -> ParquetContents:
    """Bring a directory up to published files."""
    vkeys = files["log.vkey"].decode().splitlines()
    return export_published(
        files.get, lambda: open_checkpoint(files["checkpoint"], vkeys).checkpoint, all_kinds(), directory, kept, lambda done, of: None
    )


def contents_of(directory: Path) -> ParquetContents:
    """What it says that it has."""
    found = read_contents(directory)
    assert found is not None
    return found


def bytes_of(directory: Path) -> dict[str, bytes]:
    """Every file."""
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Indexes of the entries that were gathered."""
    seen: list[int] = []
    step = Gathering.step

    def watched(self: Gathering, entry: Entry) -> None:
        seen.append(entry.index)
        step(self, entry)

    monkeypatch.setattr(Gathering, "step", watched)
    return seen


def test_what_is_there_stays_and_only_what_is_new_is_read(tmp_path: Path, files: Mapping[str, bytes], taken: list[int]) -> None:
    kept, directory, size = KeptIn(tmp_path / "kept" / "rows", SECRET), tmp_path / "rows", len(october().bench.entries)
    export(published(october(), size - 20), directory, kept)
    before = bytes_of(directory)
    taken.clear()
    contents = export(files, directory, kept)
    assert taken == list(range(size - 20, size))
    assert {name: raw for name, raw in bytes_of(directory).items() if name in before and name != CONTENTS} == {
        name: raw for name, raw in before.items() if name != CONTENTS
    }
    assert contents.size == size
    again = bytes_of(directory)
    taken.clear()
    assert export(files, directory, kept) == contents
    assert (taken, bytes_of(directory)) == ([], again)
    check(directory, files.get, lambda done, of: None)


def test_one_who_was_killed_before_the_list_was_written_begins_anew(tmp_path: Path, files: Mapping[str, bytes], taken: list[int]) -> None:
    """The kept state is ahead of the files, or there are files that no list has."""
    kept, size = KeptIn(tmp_path / "kept" / "rows", SECRET), len(october().bench.entries)
    export(files, tmp_path / "rows", kept)
    whole = bytes_of(tmp_path / "rows")
    (tmp_path / "rows" / CONTENTS).unlink()
    (tmp_path / "rows" / "lines" / "2026-10" / "000000000000-000000000007.parquet").write_bytes(b"PAR1")
    taken.clear()
    export(files, tmp_path / "rows", kept)
    assert bytes_of(tmp_path / "rows") == whole
    assert taken == list(range(size))


def test_from_an_export_come_the_same_bytes(tmp_path: Path, files: Mapping[str, bytes], directory: Path) -> None:
    export_audited(files.get, all_kinds(), tmp_path / "audited", lambda done, of: None)
    assert bytes_of(tmp_path / "audited") == bytes_of(directory)


def code_of(work: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(Refusal) as caught:
        work()
    return " ".join(caught.value.codes)


def cut(raw: bytes) -> bytes:
    return raw[:-7]


def turned(raw: bytes) -> bytes:
    return raw[:50] + bytes([raw[50] ^ 1]) + raw[51:]


@pytest.mark.parametrize("change", [cut, turned, None])
def test_a_file_that_is_cut_short_changed_or_gone_is_named(directory: Path, change: Callable[[bytes], bytes] | None) -> None:
    file = contents_of(directory).files[0]
    path = directory / file.path
    raw = path.read_bytes()
    path.unlink()
    if change is not None:
        path.write_bytes(change(raw))
    with pytest.raises(Refusal) as caught:
        held(directory)
    assert [(reason.code, reason.field) for reason in caught.value.reasons] == [("PARQUET_FILE", file.path)]


def test_two_files_that_changed_places_are_both_named(tmp_path: Path) -> None:
    story = any_story(7)
    export(published(story, 30), tmp_path / "rows")
    export(story.bench.export(), tmp_path / "rows")
    first, second = [tmp_path / "rows" / file.path for file in contents_of(tmp_path / "rows").files if file.table == "moves"][:2]
    first_raw, second_raw = first.read_bytes(), second.read_bytes()
    first.write_bytes(second_raw)
    second.write_bytes(first_raw)
    with pytest.raises(Refusal) as caught:
        held(tmp_path / "rows")
    assert caught.value.codes == ["PARQUET_FILE"]
    assert len(caught.value.reasons) == 2


def test_a_file_beside_the_list_is_no_part_of_it(directory: Path) -> None:
    (directory / "lines" / "more.parquet").write_bytes(b"PAR1")
    assert held(directory).size == len(october().bench.entries)
    assert code_of(lambda: check(directory, None, lambda done, of: None)) == "PARQUET_FILE"


def forged(directory: Path, sql: str) -> ParquetFile:
    """Other rows in the first file of lines, under a list that says that they are right: bytes and hash of the bytes."""
    contents = contents_of(directory)
    file = next(one for one in contents.files if one.table == "lines")
    path = directory / file.path
    with duckdb_connection() as duckdb:
        duckdb.execute(f"COPY (SELECT * {sql} FROM read_parquet('{path}')) TO '{path}.x' (FORMAT parquet)")
    Path(f"{path}.x").replace(path)
    raw = path.read_bytes()
    changed = replace(file, bytes=len(raw), sha256=sha256(raw).hexdigest())
    write_contents(directory, replace(contents, files=tuple(changed if one == file else one for one in contents.files)))
    return changed


def test_other_rows_under_a_list_that_fits_are_found_by_their_hash_and_by_the_entries(directory: Path, files: Mapping[str, bytes]) -> None:
    file = forged(directory, "REPLACE (declared_g + 1 AS declared_g)")
    assert held(directory)
    assert code_of(lambda: check(directory, None, lambda done, of: None)) == "PARQUET_ROWS"
    with duckdb_connection() as duckdb:
        rows = duckdb.execute(f"SELECT * FROM read_parquet('{directory / file.path}')")
        names = [column[0] for column in rows.description]
        text = b"".join(msgspec.json.encode(dict(zip(names, row, strict=True))) + b"\n" for row in rows.fetchall())
    contents = contents_of(directory)
    lying = replace(file, rows_sha256=sha256(text).hexdigest())
    write_contents(directory, replace(contents, files=tuple(lying if one == file else one for one in contents.files)))
    check(directory, None, lambda done, of: None)
    assert code_of(lambda: check(directory, files.get, lambda done, of: None)) == "PARQUET_ROWS"


def test_what_a_list_says_beside_its_rows_is_held_against_them(directory: Path, files: Mapping[str, bytes]) -> None:
    """A month that has not begun, and a direction that no file has, have no totals: who hides them leaves every row as it is."""
    contents = contents_of(directory)
    check(directory, files.get, lambda done, of: None)
    for lying, code in (
        (replace(contents, files=tuple(replace(file, directions=()) for file in contents.files)), "PARQUET_ROWS"),
        (replace(contents, files=tuple(replace(file, rows=file.rows + 1) for file in contents.files)), "PARQUET_ROWS"),
        (replace(contents, at="2026-09-30T23:59:59+08:00"), "PARQUET_DIRECTORY"),
        (replace(contents, found="0" * 64), "PARQUET_DIRECTORY"),
        (replace(contents, is_demo=not contents.is_demo), "PARQUET_DIRECTORY"),
    ):
        write_contents(directory, lying)
        assert code_of(lambda: check(directory, files.get, lambda done, of: None)) == code


def test_rows_that_are_left_out_are_missed(directory: Path, files: Mapping[str, bytes]) -> None:
    contents = contents_of(directory)
    (directory / contents.files[-1].path).unlink()
    write_contents(directory, replace(contents, files=contents.files[:-1]))
    check(directory, None, lambda done, of: None)
    assert code_of(lambda: check(directory, files.get, lambda done, of: None)) == "PARQUET_ROWS"


def test_another_history_does_not_continue_it(tmp_path: Path) -> None:
    """One that parted before, and one that does not reach as far."""
    export(published(october(), 30), tmp_path / "rows")
    before = bytes_of(tmp_path / "rows")
    for others, code in ((any_story(4).bench.export(), "EXPORT_FORKED"), (published(october(), 20), "PARQUET_SHORT")):
        assert code_of(lambda others=others: export(others, tmp_path / "rows")) == code
        assert code_of(lambda others=others: export_audited(others.get, all_kinds(), tmp_path / "rows", lambda done, of: None)) == code
        assert code_of(lambda others=others: check(tmp_path / "rows", others.get, lambda done, of: None)) == code
    assert bytes_of(tmp_path / "rows") == before


def test_a_directory_of_something_else_is_left_alone(tmp_path: Path, files: Mapping[str, bytes]) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    assert code_of(lambda: export(files, tmp_path)) == "PARQUET_DIRECTORY"
    assert bytes_of(tmp_path) == {"photo.jpg": b"x"}
    assert code_of(lambda: held(tmp_path / "nothing")) == "PARQUET_DIRECTORY"
    assert code_of(lambda: check_name(Path("a*b"))) == "PARQUET_DIRECTORY"


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff", b'{"v": 1}'])
def test_a_list_that_cannot_be_read_is_refused(directory: Path, text: bytes) -> None:
    (directory / CONTENTS).write_bytes(text)
    assert code_of(lambda: held(directory)) == "PARQUET_DIRECTORY"


def test_a_list_that_its_checkpoint_does_not_bear_is_refused(directory: Path) -> None:
    contents = contents_of(directory)
    for lying in (replace(contents, size=contents.size + 1), replace(contents, root="A" * 43 + "="), replace(contents, checkpoint="x")):
        write_contents(directory, lying)
        assert code_of(lambda: held(directory)) == "PARQUET_DIRECTORY"
    twice = replace(contents.files[0], first=contents.files[0].first + 1)
    write_contents(directory, replace(contents, files=(*contents.files, twice)))
    assert code_of(lambda: held(directory)) == "PARQUET_DIRECTORY"


def test_without_duckdb_it_is_said(tmp_path: Path, files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert code_of(lambda: export(files, tmp_path / "rows")) == "ENGINE_MISSING"
    assert not (tmp_path / "rows").exists()
