"""A scratch copy of the tree, for what a newcomer adds to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.house.scratch import PARTS, SUITES
from tests.house.source import ROOT, tracked


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The product with the tests that use it, as git knows them."""
    wanted = tuple(f"{part}/" for part in (*PARTS, *SUITES))
    for name in tracked():
        if name.startswith(wanted) or name in PARTS:
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    (tmp_path / "tests/added").mkdir()
    (tmp_path / "tests/added/__init__.py").touch()
    return tmp_path
