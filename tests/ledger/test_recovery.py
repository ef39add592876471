"""What a publisher holds against each other before it leads and before it shows a note: promise, files, log and signer."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Thread

import pytest
from asyncpg import Pool, Record
from msgspec.structs import replace

from ledger.publishing.checkpoint_store import CheckpointStore, Promise
from ledger.publishing.freeze import Mismatch
from ledger.publishing.publisher import Publisher
from ledger.publishing.signer import LocalSigner
from ledger.tree.checkpoint import Checkpoint
from ledger.tree.merkle import EMPTY_ROOT
from tests.ledger.log_server import envelopes, make_publisher, running
from tests.workbench import ORIGIN, START, Workbench, key_of, uscc

SIZE = 5


@pytest.fixture
async def publisher(pool: Pool[Record], tmp_path: Path) -> AsyncIterator[Publisher]:
    """The publisher of the next start, over a log of five published entries."""
    bench = Workbench()
    for serial in range(SIZE - 1):
        bench.register(uscc("510112", serial + 10))
    async with running(pool, tmp_path, bench.kinds) as log:
        await log.append(envelopes(bench), now_s=START + 3600)
        assert await log.publisher.wait_for(SIZE, 5)
    made = make_publisher(pool, tmp_path, bench.kinds)
    yield made
    made.close()


def test_a_store_behind_its_own_checkpoint_was_restored(publisher: Publisher, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "checkpoints.sqlite") as db:
        db.execute("UPDATE promise SET size = 3")
    with pytest.raises(Mismatch, match="was the store restored"):
        publisher.recover()


def test_a_store_of_another_log_is_not_used(publisher: Publisher) -> None:
    publisher.origin = "log.example/another"
    with pytest.raises(Mismatch, match="belongs to another log"):
        publisher.recover()


@pytest.mark.breaks_the_log("a tile is damaged")
def test_files_that_do_not_give_the_promised_root_are_no_base(publisher: Publisher, tmp_path: Path) -> None:
    (tile,) = (tmp_path / "log" / "tile" / "0").glob(f"000.p/{SIZE}")
    raw = bytearray(tile.read_bytes())
    raw[40] ^= 1
    tile.write_bytes(raw)
    with pytest.raises(Mismatch, match="do not give the promised root"):
        publisher.recover()


class Liar(LocalSigner):
    """Signs another head than it was asked to."""

    def sign(self, checkpoint: Checkpoint) -> bytes:
        return super().sign(replace(checkpoint, root=EMPTY_ROOT))


async def test_a_signer_that_signs_another_head_freezes_the_log_before_it_is_shown(publisher: Publisher) -> None:
    publisher.recover()
    shown = publisher.files.read("checkpoint")
    publisher._signer = Liar(ORIGIN, key_of("log"))
    with pytest.raises(Mismatch, match="does not say what was promised"):
        await publisher.step()
    assert publisher.files.read("checkpoint") == shown


@pytest.mark.parametrize("changed", [{"epoch": 1}, {"size": 4}, {"root": b"r" * 32}])
def test_a_promise_is_replaced_only_by_whoever_knows_all_of_it(tmp_path: Path, changed: dict[str, object]) -> None:
    store = CheckpointStore(tmp_path / "checkpoints.sqlite")
    store.take_over(EMPTY_ROOT)
    first = store.take_over(EMPTY_ROOT)
    known = Promise(first.epoch, 5, b"\x05" * 32, "five")
    assert store.swap(first, known, [("key", b"five")], at_s=5)
    following = Promise(first.epoch, 6, b"\x06" * 32, "six")
    assert not store.swap(replace(known, **changed), following, [("key", b"six")], at_s=6)
    assert (store.read(), store.shadow(), store.shadow_size()) == (known, [("key", b"five")], (5, 5))
    assert store.swap(known, following, [("key", b"six")], at_s=6)
    assert (store.read(), store.shadow(), store.shadow_size()) == (following, [("key", b"six")], (6, 6))


def test_a_name_that_was_never_written_is_not_looked_for(tmp_path: Path) -> None:
    """Whoever has taken over knows the names: of its own writing and of all who led before; no file is asked about another."""
    path, asked = tmp_path / "checkpoints.sqlite", list[str]()
    first, second = CheckpointStore(path), CheckpointStore(path)
    old = first.take_over(EMPTY_ROOT)
    assert first.swap(old, replace(old, size=1), [("of the first", b"1")], at_s=1)
    promise = second.take_over(EMPTY_ROOT)
    assert second.swap(promise, replace(promise, size=2), [("of the second", b"2")], at_s=2)
    second._db.set_trace_callback(asked.append)
    assert [second.shadow_value(name) for name in ("of the first", "of the second")] == [b"1", b"2"]
    assert len(asked) == 2
    assert [second.shadow_value(f"lots:{number}") for number in range(100)] == [None] * 100
    assert len(asked) < 4, "one in two million is looked for in vain"


def test_a_freeze_is_no_part_of_another_threads_transaction(tmp_path: Path) -> None:
    """A checkpoint that cannot be shown rolls its own transaction back, not the reason why the log has just frozen."""
    store = CheckpointStore(tmp_path / "checkpoints.sqlite")
    promise, freezing = store.take_over(EMPTY_ROOT), Thread(target=store.freeze, args=("a test",))

    def fail_to_show() -> None:
        with store.while_newest(promise):
            freezing.start()
            freezing.join(0.2)  # without the lock it has written by now
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        fail_to_show()
    freezing.join()
    assert store.frozen() == "a test"
