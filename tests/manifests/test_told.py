"""Every word that goes into the texts of refusals and alerts stays what it is (``tests/told.py``)."""

from __future__ import annotations

from pathlib import Path

from tests.manifests import told
from tests.told import text


def test_each_scene_is_told_as_the_file_has_it() -> None:
    file = Path(told.__file__).with_suffix(".txt")
    assert file.read_text(encoding="utf-8") == text(told.SCENES), "run python -m tests.told, and read what has changed"
