"""Fixtures of the second reader's tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.vectors import second_reader


@pytest.fixture(params=["pure", "fast"])
def verifiers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both sets of verifiers must accept the same signatures."""
    for suite, verifier in second_reader.VERIFIERS[request.param].items():
        monkeypatch.setitem(second_reader.audit.VERIFIERS, suite, verifier)
    return str(request.param)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the mini export, to be tampered with."""
    shutil.copytree(second_reader.VECTORS / "export", tmp_path / "export")
    return tmp_path / "export"
