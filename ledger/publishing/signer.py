"""Who signs checkpoints: a key in this process, or ``liandan signer`` in another one, which no web process can look into.

The signer in its own process does not sign what it is asked to: it reads the checkpoint store itself and signs the promise it finds there,
if that is what was asked for. A captured server can therefore not obtain a signature for a tree head that the store has not promised.
"""

import json
import os
import socket
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from ledger.publishing.checkpoint_store import CheckpointStore
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.note import SigningKey
from signing.phrase import Phrase
from signing.refusal import refuse

log = structlog.get_logger("ledger.publishing.signer")

TIMEOUT_S = 10
MESSAGE_MAX = 16 * 1024  # a note with both lines is 4 KB


class LocalSigner:
    """The log keys in this process."""

    def __init__(self, origin: str, key: SigningKey, ml_dsa_key: SigningKey | None = None) -> None:
        self._key, self._ml_dsa_key = key, ml_dsa_key
        self.vkeys = log_vkeys(origin, [key] if ml_dsa_key is None else [key, ml_dsa_key])

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The log's own note."""
        return sign_checkpoint(checkpoint, self._key, self._ml_dsa_key)


class RemoteSigner:
    """The log keys behind a Unix socket. Raises OSError when nobody answers, Refusal SIGNER_REFUSED when the signer declines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.vkeys = tuple(self._ask({"op": "vkeys"}, "vkeys", list))

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The note that the signer makes of its store's promise; the publisher checks that it says what was promised."""
        asked = {"op": "sign", "size": checkpoint.size, "root": b64encode(checkpoint.root).decode()}
        return b64decode(self._ask(asked, "note", str))

    def _ask(self, message: dict[str, object], name: str, form: type) -> Any:
        """A field of the answer; SIGNER_REFUSED when the signer declines, or whoever answers is no signer of this program."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.connect(str(self._path))
            connection.sendall(json.dumps(message).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline(MESSAGE_MAX)
        if not line.endswith(b"\n"):
            raise ConnectionError("the signer has stopped in the middle of an answer")  # it is asked again: nothing is wrong with the log
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            answer = {"error": "an answer of another form"}
        if "error" in answer or not isinstance(answer.get(name), form):
            found = answer.get("error", answer.get(name))
            raise refuse(
                "SIGNER_REFUSED", field=name, found=found, expected=Phrase("检查点存储中的承诺", "the promise in the checkpoint store")
            )
        return answer[name]


CheckpointSigner = LocalSigner | RemoteSigner  # signs checkpoints of one log; ``vkeys`` are its note keys, Ed25519 first. Blocks


def serve_signer(path: Path, store: CheckpointStore, origin: str, signer: CheckpointSigner, until: Callable[[], bool]) -> None:
    """Answer at a Unix socket (mode 0600) until ``until()`` is true; one request at a time, for a log signs some times a second."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        before = os.umask(0o177)
        try:
            listening.bind(str(path))
        finally:
            os.umask(before)
        listening.listen(16)
        listening.settimeout(0.5)
        while not until():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            try:  # around the closing too: it writes again what a client that has gone did not take
                with connection, connection.makefile("rb") as asked:
                    connection.settimeout(TIMEOUT_S)
                    answer = _answer(asked.readline(MESSAGE_MAX), store, origin, signer)
                    connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError as error:
                log.warning("client_away", error=type(error).__name__)
    path.unlink(missing_ok=True)


def _answer(line: bytes, store: CheckpointStore, origin: str, signer: CheckpointSigner) -> dict[str, object]:
    try:
        asked = json.loads(line)
        if asked["op"] == "vkeys":
            return {"vkeys": list(signer.vkeys)}
        size, root = int(asked["size"]), b64decode(asked["root"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, Base64Error):
        return {"error": "not a request"}
    promise = store.read()
    if asked["op"] != "sign" or promise is None or (promise.size, promise.root) != (size, root):
        log.error("refused", asked=size, promised=None if promise is None else promise.size)
        return {"error": "not what the checkpoint store promises"}
    return {"note": b64encode(signer.sign(Checkpoint(origin, size, root))).decode()}
