"""``liandan verify`` on whatever may lie in a folder: an answer in words for each file, in bounded time, without a traceback."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result

from ledger.bundle import open_bundle
from liandan.cli import main
from reports.anchor import Anchor
from reports.certificate.render import render_certificate
from reports.crew import in_order
from reports.kinds import all_kinds
from reports.verify import FILE_MAX, verify_folder
from tests.reports.story import ordinary

FOUND = ordinary().bench.found


@cache
def certificate() -> bytes:
    with ThreadPoolExecutor(1) as elsewhere:  # a loop may run here
        raw = elsewhere.submit(lambda: asyncio.run(ordinary().bundle(123))).result()
    return render_certificate(open_bundle(raw, all_kinds()), raw)


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(certificate())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def run(*arguments: str | Path) -> Result:
    answer = CliRunner().invoke(main, ["verify", *map(str, arguments), "--found", FOUND])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exc_info
    return answer


WHOLE = certificate()
FILES = {
    "empty.pdf": (b"", "FILE_FORM"),
    "head.pdf": (b"%PDF-1.7\n", "CERT_NO_BUNDLE"),
    "zeros.pdf": (bytes(5000), "FILE_FORM"),
    "encrypted.pdf": (encrypted(), "CERT_LOCKED"),
    "picture.pdf": (b"\x89PNG\r\n\x1a\n" + bytes(100), "FILE_FORM"),
    "empty.entry": (b"", "RECEIPT_INCOMPLETE"),
    "empty.tlog-proof": (b"", "RECEIPT_INCOMPLETE"),
    "empty.refusal": (b"", "NOT_JSON"),
    "bundle.json": (b'{"liandan_bundle":1}', "BUNDLE_FORM"),
    "deep.json": (b'{"liandan_bundle":' + b"[" * 100_000, ""),
    "two.pdf": (WHOLE + WHOLE, "NOTE_PAPER"),
    "after.pdf": (WHOLE + b"\n", "NOTE_PAPER"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_gets_an_answer_in_words(name: str, tmp_path: Path) -> None:
    content, code = FILES[name]
    (path := tmp_path / name).write_bytes(content)
    answer = run(path)
    assert answer.exit_code == (4 if code == "NOTE_PAPER" else 1), answer.output
    assert code[:7] in answer.output
    assert "→" in answer.output or code == "NOTE_PAPER"


@pytest.mark.parametrize("length", [1, 100, 5_000, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_cut_file_is_not_good(length: int, tmp_path: Path) -> None:
    (path := tmp_path / "cut.pdf").write_bytes(WHOLE[:length])
    assert run(path).exit_code in (1, 4)


def test_the_same_file_twice_and_under_another_name_is_what_it_is(tmp_path: Path) -> None:
    names = ["c.pdf", "发票.pdf", "c", "c.json", "c.PDF", "c.pdf.exe"]
    for name in names:
        (tmp_path / name).write_bytes(WHOLE)
    answer = run(*(tmp_path / name for name in names), tmp_path / "c.pdf")
    assert (answer.exit_code, answer.output.count("有效 / good  危险废物转移证明")) == (0, 7), answer.output
    assert [line.partition(":")[0] for line in answer.output.splitlines() if "有效 / good" in line] == [*names, "c.pdf"]


def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe.pdf")
    os.mkfifo(tmp_path / "x.entry")
    (folder := tmp_path / "folder.pdf").mkdir()
    (loop := tmp_path / "loop.pdf").symlink_to(loop)
    begun = time.monotonic()
    assert "a pipe, a device or a folder" in run(pipe).output
    assert "a pipe, a device or a folder" in run(tmp_path / "x.entry").output
    assert "a pipe, a device or a folder" in run("/dev/zero").output
    empty = run(folder)
    assert (empty.exit_code, "FILE_FORM" in empty.output) == (1, True)
    whole = run(tmp_path)
    assert whole.exit_code == 1
    assert {"pipe.pdf: 无效", "loop.pdf: 无效"} <= {line.partition(" /")[0] for line in whole.output.splitlines()}
    assert time.monotonic() - begun < 10


def test_what_cannot_be_read_is_said_in_words(tmp_path: Path) -> None:
    unreadable = Path("/proc/self/mem")  # a regular file whose reading fails, also for root
    if not unreadable.exists():
        pytest.skip("no /proc here")
    answer = run(unreadable)
    assert (answer.exit_code, "FILE_FORM" in answer.output) == (1, True)


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path) -> None:
    with (path := tmp_path / "c.pdf").open("wb") as file:
        file.truncate(FILE_MAX * 100)
    assert "more than" in run(path).output


def test_names_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    names = [b"\x1b[2J\x1b[31mgood.pdf", b"a\nb: \xe6\x9c\x89\xe6\x95\x88.pdf", b"\xff\xfe.pdf", b"\x1b]0;x\x07.entry"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"x")
    answer = run(tmp_path)
    assert answer.exit_code == 1
    assert "\x1b" not in answer.output
    assert not any(line.startswith("b: 有效") for line in answer.output.splitlines())
    assert len(json.loads(run(tmp_path, "--json").output)) == 4


def test_the_page_to_read_is_never_written_through_a_link(tmp_path: Path) -> None:
    (path := tmp_path / "c.pdf").write_bytes(WHOLE + b"\n")
    (precious := tmp_path / "precious").write_bytes(b"mine")
    (page := tmp_path / "c.pdf.核对页.pdf").symlink_to(precious)
    assert run(path).exit_code == 4
    assert (precious.read_bytes(), page.read_bytes()) == (b"mine", WHOLE)
    assert run(tmp_path).exit_code == 4
    assert sorted(found.name for found in tmp_path.iterdir()) == ["c.pdf", "c.pdf.核对页.pdf", "precious"]


def test_no_two_files_share_a_page_and_no_file_is_taken_for_one(tmp_path: Path) -> None:
    """Whoever names the files must not choose what is read beside them, nor have his own file written over."""
    names = ["c.pdf", "c", "c.PDF", "d.核对页.pdf"]
    for number, name in enumerate(names, 1):
        (tmp_path / name).write_bytes(WHOLE + b"\n" * number)
    for _ in range(2):
        answer = run(tmp_path)
        assert answer.exit_code == 4
        pages = sorted(path.name for path in tmp_path.iterdir() if path.name not in names)
        assert pages == sorted(f"{name}.核对页.pdf" for name in names)
        assert all((tmp_path / page).read_bytes() == WHOLE and page in answer.output.replace("\n", "") for page in pages)
    assert [(tmp_path / name).read_bytes() for name in names] == [WHOLE + b"\n" * number for number in range(1, 5)]


def test_a_page_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (path := tmp_path / "c.pdf").write_bytes(WHOLE + b"\n")
    monkeypatch.setattr(Path, "replace", full)
    answer = run(path)
    assert (answer.exit_code, "not written" in answer.output, "No space left" in answer.output) == (4, True, True)
    assert [found.name for found in tmp_path.iterdir()] == ["c.pdf"]


@pytest.mark.parametrize("name", ["forged.pdf", "forged.PDF", "forged.Pdf"])
def test_a_damaged_paper_is_told_by_its_name_however_it_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(WHOLE)
    (tmp_path / name).write_bytes(b"x" + WHOLE[2000:])
    answer = run(tmp_path)
    assert (answer.exit_code, f"{name}: 无效" in answer.output) == (1, True), answer.output


def test_a_folder_in_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(WHOLE)
    (inner := tmp_path / "2026-10").mkdir()
    (inner / "forged.pdf").write_bytes(WHOLE[:-1])
    answer = run(tmp_path)
    assert (answer.exit_code, "NOTE_OTHER_FOLDER" in answer.output, "2026-10: 未核验" in answer.output) == (0, True, True)


def test_a_good_file_beside_a_bad_and_an_unchecked_one(tmp_path: Path) -> None:
    for name, content in {"good.pdf": WHOLE, "unchecked.pdf": WHOLE + b"\n"}.items():
        (tmp_path / name).write_bytes(content)
    assert run(tmp_path).exit_code == 4
    (tmp_path / "bad.pdf").write_bytes(b"")
    assert run(tmp_path).exit_code == 1, "1 outranks 4"


def test_ten_thousand_files_are_answered_in_bounded_time(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number:05}{('.pdf', '.json', '.txt')[number % 3]}").write_bytes(b"%PDF-1.7\nx" if number % 2 else b"x")
    begun = time.monotonic()
    reports = verify_folder(tmp_path, Anchor(found=FOUND))
    assert (len(reports), time.monotonic() - begun < 60) == (10_000, True)
    assert all(report.findings or report.notes for report in reports)


def test_large_files_are_held_one_at_a_time(tmp_path: Path) -> None:
    for number in range(40):
        with (tmp_path / f"{number:02}.json").open("wb") as file:
            file.truncate(8 * 1024 * 1024)
    tracemalloc.start()
    verify_folder(tmp_path, Anchor(found=FOUND))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def _begin(base: int) -> None:
    os.environ["LIANDAN_TEST_BASE"] = str(base)


def _work(piece: int) -> tuple[int, int]:
    if piece == 99:
        raise ValueError("a piece that fails")
    return int(os.environ["LIANDAN_TEST_BASE"]) + piece, os.getpid()


def test_work_on_all_cores_comes_back_in_order_and_failures_are_raised() -> None:
    found = list(in_order(_work, range(40), 40, begin=_begin, given=(1000,)))
    assert [number for number, _ in found] == list(range(1000, 1040))
    with pytest.raises(ValueError, match="a piece that fails"):
        list(in_order(_work, [1, 99, *range(20)], 22, begin=_begin, given=(0,)))
