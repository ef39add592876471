"""Starting the bench's other processes and asking what they used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

STOP_S = 60


class Used(Struct, frozen=True):
    """CPU seconds so far: the process, the thread of its event loop, its publisher and PostgreSQL (None where it cannot be told)."""

    process: float
    loop: float
    publisher: float | None
    postgres: float | None


class Child:
    """A running process of the bench."""

    def __init__(self, process: subprocess.Popen[str], url: str, directory: Path | None) -> None:
        self._process, self.url, self._directory = process, url, directory

    def ask(self, what: str) -> dict[str, Any]:
        """One line there, one line back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def used(self) -> Used:
        """CPU so far."""
        answer = self.ask("cpu")
        if self._directory is None:
            return Used(answer["cpu"], answer["loop"], None, None)
        return Used(answer["cpu"], answer["loop"], _publisher_s(self._process.pid), _postgres_s(self._directory))

    def stop(self) -> None:
        """Stop in order; twice does no harm."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def child(role: str, options: Mapping[str, Any], said: Path) -> Iterator[Child]:
    """A process in a role of bench/child.py; ``said`` collects its log lines."""
    directory = Path(options["directory"]) if role == "log" else None
    with said.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.child", role, json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink, text=True, start_new_session=True,
        )  # fmt: skip
    assert process.stdout is not None
    running = Child(process, "", directory)
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{role} did not start: {said.read_text()[-2000:]}")
        running.url = json.loads(line)["url"]
        yield running
    finally:
        running.stop()


def publisher_of(server: int) -> int | None:
    """Process number of the publisher that a server has started and that still runs (Linux)."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields, command = path.read_text().rpartition(")")[2].split(), path.with_name("cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if fields[1] == str(server) and fields[0] != "Z" and b"publisher_process" in command:
            return int(path.parent.name)
    return None


def _publisher_s(server: int) -> float | None:
    """CPU seconds of a server's publisher."""
    found = publisher_of(server)
    if found is None:
        return None
    return _process_s(found)


def _process_s(number: int) -> float:
    """CPU seconds of a living process and its threads, to the nanosecond: its clock, as clock_getcpuclockid(3) gives it. In ``stat`` are
    ticks of 10 ms, which over 900 posts are 11 µs each."""
    return time.clock_gettime(~number << 3 | 2)


def _postgres_s(directory: Path) -> float | None:
    """CPU seconds of the server whose data lies under ``directory``, living and dead processes (Linux)."""
    found = next(directory.rglob("postmaster.pid"), None)
    if found is None or not Path("/proc/self/stat").exists():
        return None
    leader, seconds = found.read_text().split("\n", 1)[0], 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            if leader in (path.parent.name, fields[1]):
                seconds += _process_s(int(path.parent.name))
        except OSError:
            continue  # it has just ended
        if path.parent.name == leader:
            seconds += sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")
    return seconds
