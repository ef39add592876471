"""What a newcomer does in a scratch copy of the tree: change files, and run what must pass there in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.source import FLOORS, ROOT, tracked

PARTS = (*FLOORS, "alembic", "docs/formats", "tests/__init__.py", "tests/conftest.py", "tests/workbench.py", "pyproject.toml")
SUITES = ("tests/house", "tests/ledger", "tests/manifests", "tests/whitelist", "tests/reports", "tests/liandan")


def insert(path: Path, mark: str, text: str) -> None:
    """Write ``text`` in front of the only place where ``mark`` stands."""
    content = path.read_text(encoding="utf-8")
    assert content.count(mark) == 1, f"{mark!r} stands {content.count(mark)} times in {path}"
    path.write_text(content.replace(mark, text + mark), encoding="utf-8")


def run(scratch: Path, *words: str) -> str:
    """A command in the copy, with the copy's own packages; its output, and a failure as a failure."""
    environment = {**os.environ, "PYTHONPATH": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run([sys.executable, "-m", *words], cwd=scratch, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-6000:] + answer.stderr[-3000:]
    return answer.stdout


def run_tests(scratch: Path, *names: str) -> None:
    """The tests of the copy that a newcomer runs; none may be skipped or missing."""
    out = run(scratch, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *names)
    assert re.search(r"\n\d+ passed in ", f"\n{out}"), out[-2000:]


def changed(scratch: Path) -> list[str]:
    """Files of the packages that are new or other than in the tree: what a reviewer of the change has to read, tests apart."""
    known = {name: (ROOT / name).read_bytes() for name in tracked() if name.startswith(tuple(f"{floor}/" for floor in FLOORS))}
    found = {
        str(path.relative_to(scratch)): path.read_bytes() for floor in FLOORS for path in (scratch / floor).rglob("*") if path.is_file()
    }
    return sorted(name for name, content in found.items() if known.get(name) != content and "__pycache__" not in name)
