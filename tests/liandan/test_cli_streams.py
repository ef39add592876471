"""How every command ends (cases S3, O5): no traceback, whatever its streams, their encoding, the names of files and the faults of libraries."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg
import click
import httpx
import msgspec
import pytest
from click.testing import CliRunner

from ledger.kinds.issuer import USES
from ledger.reading import PAGE_MAX
from liandan.cli import COMMANDS, connection, issuer, key, main
from liandan.cli.codes import FAULT, FINDING, INTERRUPTED, UNAVAILABLE, USAGE
from liandan.cli.faults import told
from liandan.cli.office.groups import ActGroup
from liandan.cli.streams import shown
from liandan.client import Dishonest, Unavailable
from signing.refusal import refuse
from signing.suite import SUITES
from tests.house.source import ROOT
from tests.vectors.second_reader import AUDITOR

LOG, SMALL = (ROOT / f"tests/vectors/liandan-v1/{name}" for name in ("log", "export"))
NAMES = [b"\xb2\xe2\xca\xd4.pdf", b"\xff\xfe.entry", "发票🧾.pdf".encode(), b"a\x1b[31m\nb.json"]
ENCODINGS = ["utf-8", "gbk", "ascii", "latin-1", "utf-16"]


def named(folder: Path, name: bytes) -> Path:
    """A file with these bytes for a name."""
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_file_is_told_whatever_its_name_and_the_encoding_of_the_terminal(encoding: str, tmp_path: Path) -> None:
    for name in NAMES:
        named(tmp_path, name)
    answer = CliRunner(charset=encoding).invoke(main, ["verify", str(tmp_path)])
    said = answer.stdout_bytes.decode(encoding)
    assert (answer.exit_code, answer.stderr_bytes) == (FINDING, b""), answer.exception
    assert "\x1b" not in said
    for part in ("\\udcb2\\udce2\\udcca\\udcd4.pdf", "\\udcff\\udcfe.entry", "a\\u001b[31m\\u000ab.json", f"{len(NAMES)} verified"):
        assert part in said
    export = tmp_path / "export"
    shutil.copytree(LOG, export)
    named(export, NAMES[0])
    answer = CliRunner(charset=encoding).invoke(main, ["audit", str(export), "--jobs", "1"])
    assert (answer.exit_code, "FILE_UNEXPECTED" in answer.stdout_bytes.decode(encoding)) == (FINDING, True), answer.exception
    assert "\\udcb2\\udce2" in answer.stdout_bytes.decode(encoding)
    answer = CliRunner(charset=encoding).invoke(main, ["audit", str(export), "--jobs", "1", "--json"])
    assert [one["field"] for one in msgspec.json.decode(answer.stdout_bytes)["findings"]] == ["\\udcb2\\udce2\\udcca\\udcd4.pdf"]
    answer = CliRunner(charset=encoding).invoke(main, ["verify", str(tmp_path / "\udcb2\udce2.pdf")])
    assert (answer.exit_code, "does not exist" in answer.stderr_bytes.decode(encoding)) == (USAGE, True)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_second_auditor_too(encoding: str, tmp_path: Path) -> None:
    named(shutil.copytree(SMALL, export := tmp_path / "export"), NAMES[0])
    for more in ((), ("--json",)):
        answer = subprocess.run(
            [sys.executable, str(AUDITOR), str(export), *more],
            env={"PYTHONIOENCODING": encoding}, capture_output=True, check=False,
        )  # fmt: skip
        said = answer.stdout.decode(encoding)
        assert (answer.returncode, answer.stderr, "\\udcb2" in said, "FILE_UNEXPECTED" in said) == (1, b"", True, True), said


@pytest.mark.parametrize("words", [["--help"], ["verify", "--help"]])
@pytest.mark.parametrize("streams", [">&-", ">/dev/full", "| true", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_an_output_that_nobody_gets_is_no_finding(words: list[str], streams: str, tmp_path: Path) -> None:
    command = f"{sys.executable} -m liandan {' '.join(words)}"
    script = f"set -o pipefail; {{ sleep 0.3; {command}; }} {streams}" if "|" in streams else f"{command} {streams}"
    answer = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == UNAVAILABLE, answer.stderr
    assert len(answer.stderr.splitlines()) <= 1, answer.stderr
    assert ("2>" in streams) or " / " in answer.stderr


OF_ACTS = {
    "access", "approval", "authority", "case", "check", "crew", "delegation", "emergency", "incident", "key", "list", "log", "manifest", "number",
    "party", "permit", "plan", "quota",
}  # fmt: skip


def test_help_needs_nothing_of_what_the_commands_need() -> None:
    """``liandan --help`` and ``verify --help`` take a third of a second less since: guarded by what they import, not by a clock. The help of acts
    is made of the declarations of their kinds, which it has to read.
    """
    script = (
        "import contextlib, io, sys\nfrom liandan.cli import COMMANDS, main\n"
        f"for words in ([], *([name] for name in COMMANDS if name not in {sorted(OF_ACTS)})):\n"
        "    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "        main.main([*words, '--help'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"alembic", "asyncpg", "cryptography", "httpx", "ledger", "litestar", "msgspec", "nacl", "pikepdf", "reportlab", "reports", "rich",
             "sqlalchemy", "structlog", "uvicorn", "uvloop", "whitelist"}  # fmt: skip
    assert heavy & set(answer.stdout.split()) == set()


def test_only_groups_of_acts_read_declarations_for_their_help() -> None:
    groups = {name for name in COMMANDS if isinstance(main.get_command(click.Context(main), name), ActGroup)}
    assert groups | {"check"} == OF_ACTS


def test_what_help_names_without_importing_it_is_what_there_is() -> None:
    assert (tuple(SUITES), tuple(USES), PAGE_MAX) == (key.SUITES, issuer.USES, connection.PAGE_MAX)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (refuse("USCC", found="x"), USAGE, "USCC"),
        (refuse("NO_SUCH_CODE", found="x"), USAGE, "被拒绝 / refused"),
        (Dishonest("x"), FINDING, "证据不符"),
        (Unavailable("x"), UNAVAILABLE, "没有答复"),
        (OSError(28, "No space left on device"), UNAVAILABLE, "No space left"),
        (BrokenPipeError(), UNAVAILABLE, "输出被关闭"),
        (MemoryError(), UNAVAILABLE, "内存不足"),
        (asyncpg.PostgresError("x"), UNAVAILABLE, "数据库拒绝"),
        (asyncpg.InterfaceError("x"), UNAVAILABLE, "无法连接"),
        (sqlite3.DatabaseError("x"), UNAVAILABLE, "状态文件"),
        (httpx.ReadTimeout("x"), UNAVAILABLE, "无法连接"),
        (msgspec.ValidationError("x"), UNAVAILABLE, "不合格式"),
        (ExceptionGroup("x", [OSError(5, "x")]), UNAVAILABLE, "无法连接"),
        (KeyboardInterrupt(), INTERRUPTED, "已中断"),
        (click.Abort(), INTERRUPTED, "已中断"),
        (EOFError(), USAGE, "--passphrase-file"),
        (click.NoSuchOption("--x"), USAGE, "没有此选项"),
        (click.FileError("x", "y"), USAGE, "文件无法读写"),
        (KeyError("x"), FAULT, "程序自身出错 / a fault of the program itself: KeyError"),
        (RecursionError("x"), FAULT, "RecursionError"),
    ],
)
def test_only_a_finding_ends_in_1(error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(error) == code
    said = capsys.readouterr().err
    assert words in said
    assert " / " in said or "\n  →" in said


def test_a_fault_is_told_in_one_line_with_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a fault\x1b[31m")

    monkeypatch.setattr("reports.verify.verify_files", broken)
    (tmp_path / "x.pdf").write_bytes(b"x")
    answer = CliRunner().invoke(main, ["verify", str(tmp_path / "x.pdf")])
    assert (answer.exit_code, "Traceback" in answer.output) == (FAULT, False)
    assert "test_cli_streams.py:" in answer.stderr
    assert "fault\\u001b[31m" in answer.stderr


def test_wrong_usage_is_told_in_both_languages(tmp_path: Path) -> None:
    for words in (
        ["--nope"],
        ["nope"],
        ["verify"],
        ["verify", "--nope"],
        ["verify", str(tmp_path / "nope")],
        ["key", "new", "--suite", "x"],
        ["log", "cut"],
    ):
        answer = CliRunner().invoke(main, words)
        assert (answer.exit_code, answer.stdout) == (USAGE, ""), words
        assert "用法不对 / wrong usage" in answer.stderr, words
        assert any("\u4e00" <= char <= "\u9fff" for char in answer.stderr.partition("wrong usage: ")[2]), words


def test_lines_for_people_keep_blanks_and_show_what_a_terminal_would_obey() -> None:
    assert shown("甲　乙\u00a0丙 :smile: [red]x[/red]") == "甲　乙\u00a0丙 :smile: [red]x[/red]"
    assert shown("\x1b[2J\r\n\t\u202e\udcff\ufeff") == "\\u001b[2J\\u000d\\u000a\\u0009\\u202e\\udcff\\ufeff"


def test_every_command_is_still_found() -> None:
    assert all(main.get_command(click.Context(main), name) is not None for name in COMMANDS)
