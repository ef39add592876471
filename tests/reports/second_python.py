"""A second Python with what liandan needs, for tests that compare what two of them print: found on this machine, its environment made once.

``python -m tests.reports.second_python`` makes it from ``requirements.lock`` outside the checkout, by uv or pip; ``make test`` does so first.
SECOND_PYTHON names an interpreter. Where there is none, or no network for its first time, it says so, and so does the test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.house.source import ROOT

MINORS = (13, 12, 11)
"""Of Python 3, those that the lock file is made for; the newest first."""
NEEDS = "import asn1crypto, asyncpg, cryptography, hypothesis, litestar, msgspec, pikepdf, pytest, reportlab, segno"
ASK = "import sys, zlib; print(sys.version_info[1], zlib.ZLIB_RUNTIME_VERSION, sys.executable)"
PATIENCE_S = 600
LOCK = ROOT / "requirements.lock"
NONE = "no second Python on this machine: byte identity was compared under one alone（本机没有第二个 Python，只在一个之下比对）"


def candidates() -> Iterator[str]:
    """Interpreters that may be there: named, on the path, of pyenv, of uv."""
    if named := os.environ.get("SECOND_PYTHON"):
        yield named
    for minor in MINORS:
        yield from filter(None, [shutil.which(f"python3.{minor}")])
        homes = Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python"
        yield from (str(path) for home in homes for path in sorted(home.glob(f"*/bin/python3.{minor}"), reverse=True))


def _asked(python: str, question: str) -> str | None:
    """What an interpreter prints; ``None`` for one that does not run: a shim may stand on the path all the same."""
    try:
        return subprocess.run([python, "-c", question], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None


@cache
def found() -> tuple[str, str] | None:
    """(interpreter, version) of another minor version with the same zlib, on which bytes depend; ``None`` without one."""
    for python in candidates():
        told = (_asked(python, ASK) or "").split(maxsplit=2)
        if len(told) == 3 and told[1] == zlib.ZLIB_RUNTIME_VERSION and int(told[0]) in {*MINORS} - {sys.version_info[1]}:
            return told[2].strip(), f"3.{told[0]}"
    return None


def environment() -> Path | None:
    """Where its environment is or will be: another one for another lock file."""
    if (second := found()) is None:
        return None
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return kept / "liandan-python" / f"{second[1]}-{sha256(LOCK.read_bytes() + second[0].encode()).hexdigest()[:16]}"


def ready() -> str | None:
    """An interpreter that can print our documents; ``None`` where there is none yet."""
    if (second := found()) is None:
        return None
    own = environment()
    assert own is not None
    made = own / "bin/python"
    if (own / "complete").is_file() and made.exists():
        return str(made)
    return second[0] if _asked(second[0], NEEDS) is not None else None


def make() -> str:
    """Make the environment unless it is there: what came of it, in words; empty when there was nothing to do."""
    if ready() is not None:
        return ""
    second, own = found(), environment()
    if second is None or own is None:
        return NONE
    shutil.rmtree(own, ignore_errors=True)
    own.parent.mkdir(parents=True, exist_ok=True)
    python = str(own / "bin/python")
    by_uv = not os.environ.get("NO_UV") and _runs("uv", "--version")
    steps = (
        (("uv", "venv", "--quiet", "--python", second[0], str(own)), ("uv", "pip", "install", "--quiet", "--python", python))
        if by_uv
        else ((second[0], "-m", "venv", str(own)), (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"))
    )
    if _runs(*steps[0]) and _runs(*steps[1], "--require-hashes", "-r", str(LOCK)):
        (own / "complete").touch()
        return f"Python {second[1]} beside {sys.version_info[0]}.{sys.version_info[1]} → {own}"
    shutil.rmtree(own, ignore_errors=True)
    return f"Python {second[1]} is there, but not what it needs: byte identity was compared under one alone（缺少依赖，只在一个 Python 之下比对）"


def _runs(*command: str) -> bool:
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    try:
        return subprocess.run(command, env=env, capture_output=True, check=False, timeout=PATIENCE_S).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


if __name__ == "__main__":
    if said := make():
        print(said, file=sys.stderr)  # noqa: T201  # a step of make
