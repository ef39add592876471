"""A signer in another process signs what the checkpoint store promises, and nothing else."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.checkpoint_store import CheckpointStore, Promise
from ledger.merkle import EMPTY_ROOT
from ledger.signer import LocalSigner, RemoteSigner, serve_signer
from signing.refusal import Refusal
from tests.workbench import ORIGIN, key_of

ROOT = sha256(b"root").digest()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    store = CheckpointStore(tmp_path / "store")
    empty = store.take_over(EMPTY_ROOT)
    assert store.swap(empty, Promise(empty.epoch, 7, ROOT, ""), [], at_s=0)
    stop = threading.Event()
    at = tmp_path / "signer.sock"
    signer = LocalSigner(ORIGIN, key_of("log"))
    thread = threading.Thread(target=serve_signer, args=(at, store, ORIGIN, signer, stop.is_set))
    thread.start()
    while not at.exists():
        stop.wait(0.01)
    yield at
    stop.set()
    thread.join()


def test_the_promise_is_signed(path: Path) -> None:
    signer = RemoteSigner(path)
    note = signer.sign(Checkpoint(ORIGIN, 7, ROOT))
    assert open_checkpoint(note, signer.vkeys).checkpoint == Checkpoint(ORIGIN, 7, ROOT)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("size", "root"), [(8, ROOT), (6, ROOT), (7, EMPTY_ROOT)])
def test_anything_else_is_not(path: Path, size: int, root: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        RemoteSigner(path).sign(Checkpoint(ORIGIN, size, root))
    assert refused.value.codes == ["SIGNER_REFUSED"]


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"not json", b'{"op":"sign","size":"x","root":"AA=="}', b'{"op":"other","size":7,"root":""}']
)
def test_garbage_is_answered_and_does_not_stop_the_signer(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line + b"\n")
        assert "error" in json.loads(connection.makefile("rb").readline())
    assert RemoteSigner(path).vkeys
