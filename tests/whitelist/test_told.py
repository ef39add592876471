"""Every word that goes into the texts of the whitelist's refusals and alerts stays what it is (``told.py``)."""

from __future__ import annotations

from tests.whitelist import told


def test_each_scene_is_told_as_the_file_has_it() -> None:
    assert told.FILE.read_text(encoding="utf-8") == told.text(), "run python -m tests.whitelist.told, and read what has changed"
