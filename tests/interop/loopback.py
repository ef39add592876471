"""Loopback only: directories served over HTTP, tools that listen, and their end."""

from __future__ import annotations

import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
START_S = 30.0
STOP_S = 10.0


class _Quiet(SimpleHTTPRequestHandler):
    """Static files, without a line on stderr per request; what the first directory lacks comes from ``beside``."""

    def __init__(self, *args: Any, directory: Path, beside: Path | None, **more: Any) -> None:
        self._root, self._beside = str(directory), beside
        super().__init__(*args, directory=self._root, **more)

    def translate_path(self, path: str) -> str:
        """Where a file lies."""
        here = super().translate_path(path)
        return here if self._beside is None or Path(here).exists() else str(self._beside) + here.removeprefix(self._root)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(directory: Path, beside: Path | None = None) -> Iterator[str]:
    """A directory at an ephemeral port, with the one that a log keeps its entries in where stock tools ask for them; gives its URL with a slash
    at the end.
    """
    server = ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=directory, beside=beside))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_files(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write path → bytes below a directory."""
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def read_files(directory: Path) -> dict[str, bytes]:
    """Path → bytes of everything below a directory."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def free_port() -> int:
    """A port that nobody listens on now, below those that systems lend to outgoing connections: it stays free until the tool is up."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@contextmanager
def listening(command: list[str], port: int, said: Path) -> Iterator[None]:
    """A program that must listen on ``port``, until the block ends; its output is kept in ``said``."""
    with said.open("ab") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            _await_port(process, port, said)
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_port(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}:\n{said.read_text(errors='replace')}")
        try:
            socket.create_connection((HOST, port), timeout=0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen:\n{said.read_text(errors='replace')}")
