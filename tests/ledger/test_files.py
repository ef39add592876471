"""The published tree on disk: several requests may write the same file at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ledger.publishing.files import LogFiles


def test_many_documents_may_archive_the_same_checkpoint_at_once(tmp_path: Path) -> None:
    files = LogFiles(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        for size in range(1, 40):
            list(pool.map(lambda _, size=size: files.archive(size, b"note"), range(16)))
    assert files.archived_sizes() == list(range(1, 40))
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == sorted(map(str, range(1, 40)))
