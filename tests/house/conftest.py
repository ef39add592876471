"""A scratch copy of the tree, for what a newcomer adds to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.house.scratch import PARTS, SUITES
from tests.house.source import FLOORS, ROOT, tracked


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The product with the tests that use it, as git knows them. What is compiled already comes along, so that a process in the copy
    compiles only what was changed there; it knows that by size and time, which are kept."""
    wanted = tuple(f"{part}/" for part in (*PARTS, *SUITES))
    for name in tracked():
        if name.startswith(wanted) or name in PARTS:
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    for cache in [path for part in (*FLOORS, "tests") for path in (ROOT / part).rglob("__pycache__")]:
        if (target := tmp_path / cache.relative_to(ROOT)).parent.is_dir():
            shutil.copytree(cache, target)
    (tmp_path / "tests/added").mkdir()
    (tmp_path / "tests/added/__init__.py").touch()
    return tmp_path
