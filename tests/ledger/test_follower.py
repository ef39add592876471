"""What a process that does not publish knows: the shown checkpoint, proofs in it, and whether publication is behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.publishing import follower as module
from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.publishing.files import LogFiles
from ledger.publishing.follower import STALLED_S, Follower
from ledger.tree.merkle import leaf_hash, verify_inclusion
from tests.workbench import Workbench, uscc

BENCH = Workbench()
for serial in range(2, 12):
    BENCH.register(uscc("510112", serial))
SIZE = len(BENCH.entries)


@pytest.fixture
def follower(tmp_path: Path) -> Follower:
    """A process beside a leader that has shown nothing yet."""
    store = CheckpointStore(tmp_path / "store")
    vkeys = BENCH.export()["log.vkey"].decode().split()
    return Follower(store, LogFiles(tmp_path / "log", tmp_path / "entries"), vkeys)


@pytest.fixture
def show(tmp_path: Path) -> Callable[[], None]:
    """The leader shows the whole log."""

    def write() -> None:
        files = LogFiles(tmp_path / "log", tmp_path / "entries")
        for path, content in BENCH.export().items():
            files.write(path, content)

    return write


def test_what_the_leader_shows_is_believed_and_proves_entries(follower: Follower, show: Callable[[], None]) -> None:
    assert follower.refresh() is False
    show()
    assert follower.refresh() is True
    assert follower.refresh() is False
    assert follower.published is not None
    assert follower.published.size == SIZE
    verify_inclusion(3, SIZE, leaf_hash(BENCH.entries[3].raw), follower.inclusion(3, SIZE), follower.published.root)


def test_a_checkpoint_that_a_client_saw_first_is_looked_for(follower: Follower, show: Callable[[], None]) -> None:
    assert follower.root_at(SIZE) is None
    show()
    assert follower.root_at(SIZE) is not None
    assert follower.root_at(SIZE + 1) is None


def test_a_freeze_of_the_leader_stops_appending_here(follower: Follower, tmp_path: Path) -> None:
    assert follower.may_append() is None
    CheckpointStore(tmp_path / "store").freeze("a test")
    assert follower.refresh() is True
    assert follower.may_append() == "the log is frozen: a test"


def test_nothing_is_appended_while_publication_is_behind_for_four_minutes(
    follower: Follower, show: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    follower.note_committed(SIZE)
    now += STALLED_S - 1
    follower.note_committed(SIZE + 1)
    assert follower.may_append() is None
    now += 2
    assert "4 minutes" in str(follower.may_append())
    show()
    follower.refresh()
    assert follower.may_append() is None, "published, though one entry is still to come"
    now += STALLED_S + 1
    assert follower.may_append() is not None
