"""What a newcomer does in a scratch copy of the tree: change files, and run what must pass there in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.source import FLOORS, ROOT, tracked

PARTS = (
    *FLOORS,
    "alembic",
    "docs/formats",
    "tests/vectors/liandan-v1",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/pace.py",
    "tests/sample.py",
    "tests/signatures.py",
    "tests/stock.py",
    "tests/told.py",
    "tests/verified.py",
    "tests/wholeness.py",
    "tests/workbench.py",
    "pyproject.toml",
)
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


def shown(title: str) -> list[str]:
    """Lines that the diff under a heading of docs/extending.md adds to files of the packages; an ellipsis stands for what is there already."""
    section = (ROOT / "docs/extending.md").read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines, file = [], ""
    for line in re.findall(r"(?s)```diff\n(.*?)```", section)[0].splitlines():
        file = line if line.startswith("--- ") else file
        if line.startswith("+") and not file.startswith("--- docs/"):
            lines.append(line[1:].strip())
    return lines


def assert_shown(scratch: Path, title: str) -> None:
    """The page shows what the copy has: every line of its diff stands in a file that was changed there."""
    there = [line.strip() for name in changed(scratch) for line in (scratch / name).read_text(encoding="utf-8").splitlines()]
    told = shown(title)
    assert told, title
    for line in told:
        begins, is_cut, ends = line.partition("…")
        assert any(one == line or (is_cut and one.startswith(begins) and one.endswith(ends)) for one in there), line
