"""A signer in another process signs what the checkpoint store promises, and nothing else."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.publishing.checkpoint_store import CheckpointStore, Promise
from ledger.publishing.signer import LocalSigner, RemoteSigner, serve_signer
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import EMPTY_ROOT
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
    while True:
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):  # the name is there before anybody listens
            connection.connect(str(at))
            break
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
    "line", [b"", b"{}", b"[]", b"not json", b'{"op":"sign","size":"x","root":"AA=="}', b'{"op":"other","size":7,"root":""}', b"[" * 16_000]
)
def test_garbage_is_answered_and_does_not_stop_the_signer(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line + b"\n")
        with connection.makefile("rb") as answers:
            assert "error" in json.loads(answers.readline())
    assert RemoteSigner(path).vkeys


def test_a_client_that_goes_before_its_answer_does_not_stop_the_signer(path: Path) -> None:
    """A publisher may be killed at any moment."""
    for asked in (b"", b'{"op":"vkeys"}\n', b'{"op":'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(asked)
    assert RemoteSigner(path).vkeys


@contextmanager
def answering(directory: Path, answer: bytes) -> Iterator[Path]:
    """Something at the signer's socket that is no signer, or one that dies while it answers."""
    at = directory / "other.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(at))
        listening.listen()

        def answer_once() -> None:
            connection, _ = listening.accept()
            with connection:
                with connection.makefile("rb") as asked:
                    asked.readline()
                connection.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        yield at
        thread.join()


@pytest.mark.parametrize("answer", [b"", b'{"vkeys": ["log'])
def test_a_signer_that_dies_while_it_answers_is_away_and_freezes_nothing(tmp_path: Path, answer: bytes) -> None:
    with answering(tmp_path, answer) as at, pytest.raises(OSError, match="stopped"):
        RemoteSigner(at)


@pytest.mark.parametrize("answer", [b"[]\n", b"{}\n", b"null\n", b"hello\n", b"[" * 9000 + b"\n", b'{"vkeys": 7}\n'])
def test_an_answer_of_another_form_is_refused(tmp_path: Path, answer: bytes) -> None:
    with answering(tmp_path, answer) as at, pytest.raises(Refusal) as refused:
        RemoteSigner(at)
    assert refused.value.codes == ["SIGNER_REFUSED"]
