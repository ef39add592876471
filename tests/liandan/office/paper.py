"""A page of the documentation as a story that runs: its files, its commands with who types them, and what is typed in answer to which question."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tests.house.source import ROOT

_PART = re.compile(r"(?ms)(?:^`(?P<name>[\w.]+)`[^\n]*\n\n)?^```(?P<language>\w+)\n(?P<content>.*?)^```$")
TYPED = "▸"
PATIENCE_S = 60.0


class Typed(Struct):
    """A command of the page: its words, who types it, into which file its output goes, and the answers (question, text) that it is
    given, and its exit code."""

    words: list[str]
    who: str
    to: str
    answers: list[tuple[str, str]]
    code: int


def files(page: str) -> dict[str, str]:
    """Files that the page shows, by name."""
    return {match["name"]: match["content"] for match in _PART.finditer(page) if match["language"] == "json" and match["name"]}


def commands_of(page: str, people: Sequence[str]) -> list[Typed]:
    """Every command line in order; a dialogue belongs to the command before it."""
    found: list[Typed] = []
    for match in _PART.finditer(page):
        if match["language"] == "sh":
            found += [_typed(line, people) for line in match["content"].splitlines() if line.startswith("liandan ")]
        elif match["language"] == "text":
            asked = [line.partition(TYPED) for line in match["content"].splitlines() if TYPED in line]
            found[-1].answers = [(question.strip(), text.strip()) for question, _, text in asked]
    return found


def _typed(line: str, people: Sequence[str]) -> Typed:
    line, _, remark = line.partition("  #")
    command, _, to = line.partition(" > ")
    who = next((one for one in people if one in remark), people[0])
    code = re.search("退出码 ([0-9])", remark)
    return Typed(shlex.split(command)[1:], who, to.strip(), [], int(code[1]) if code else 0)


def type_into_terminal(words: Sequence[str], answers: Sequence[tuple[str, str]], env: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Run a command in a terminal of its own and answer each question as it is asked; exit code and everything that stood on the screen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "liandan", *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, close_fds=True,
        start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )  # fmt: skip
    os.close(theirs)
    screen, at = "", 0
    try:
        for question, text in answers:
            for piece in _read(ours, time.monotonic() + PATIENCE_S):
                screen += piece
                if _flat(question) in _flat(screen[at:]):
                    break
            assert _flat(question) in _flat(screen[at:]), f"{question!r} was not asked:\n{screen}"
            at = len(screen)
            os.write(ours, f"{text}\n".encode())
        for piece in _read(ours, time.monotonic() + PATIENCE_S):
            screen += piece
        return process.wait(PATIENCE_S), screen
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(handle: int, until: float) -> Iterator[str]:
    """What comes, until the other end is closed."""
    yield ""
    raw = b""
    while (left := until - time.monotonic()) > 0:
        if not select.select([handle], [], [], left)[0]:
            break
        try:
            piece = os.read(handle, 65536)
        except OSError:
            return
        if not piece:
            return
        raw += piece
        text = raw.decode("utf-8", "ignore")
        raw = raw[len(text.encode()) :]
        yield text


def _flat(text: str) -> str:
    """Without what a terminal breaks lines by."""
    return re.sub(r"[\r\n]", "", text)
